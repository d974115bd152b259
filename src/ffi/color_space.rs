//! camera_session: colour spaces.

use super::args::Out;
use super::control;
use super::guard;
use super::session::camera_session;
use crate::error::{Error, Result};
use crate::format::Colour;

/// Colour spaces that frames can have; the numbers are those of OH_NativeBuffer_ColorSpace, of which no
/// others are supported. Drivers seldom know the primaries of their sensors: those of sRGB, which are
/// also those of BT.709, are assumed.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_color_space {
    /// YUV of BT.709 from 0 to 255.
    Bt709Full = 3,
    /// YUV of BT.709 from 16 to 235: high-definition video.
    Bt709Limited = 8,
    /// YUV of BT.601 from 0 to 255: JPEG pictures.
    SrgbFull = 11,
    /// YUV of BT.601 from 16 to 235: most cameras.
    SrgbLimited = 16,
}

/// The largest number of OH_NativeBuffer_ColorSpace.
const LAST: i32 = 31;

const SPACES: &[(camera_color_space, Colour)] = &[
    (camera_color_space::Bt709Full, Colour::BT709_FULL),
    (camera_color_space::Bt709Limited, Colour::BT709_LIMITED),
    (camera_color_space::SrgbFull, Colour::JFIF),
    (camera_color_space::SrgbLimited, Colour::BT601_LIMITED),
];

fn number(colour: Colour) -> Result<i32> {
    let space = SPACES.iter().find(|(_, of)| *of == colour).map(|(space, _)| *space as i32);
    space.ok_or_else(|| Error::fatal(format!("{colour:?} has no number: a defect in camera-session")))
}

fn colour(space: i32) -> Result<Option<Colour>> {
    if !(0..=LAST).contains(&space) {
        return Err(Error::invalid(format!(
            "color_space is {space}, which is no colour space: see camera_color_space"
        )));
    }
    Ok(SPACES.iter().find(|(known, _)| *known as i32 == space).map(|(_, colour)| *colour))
}

/// How many colour spaces the previews and videos of a session can have.
///
/// If all of them are YUV that the library can make, they can have each of camera_color_space;
/// otherwise there is only what the camera gives. RGBA is always full-range sRGB, and JPEG says itself
/// what it is (CAMERA_COLOR_SPACE_SRGB_FULL): both have no choice. Photos are JPEG.
///
/// @param session  The session.
/// @param count    Receives the number. Must not be NULL. Before commit it is not known what the camera
///                 gives: counted is what can be made for the outputs so far, which may be none.
///
/// @retval CAMERA_OK                          Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session has no input, or is released.
///
/// @par State
///   COMMITTED, STARTED, and CONFIG with an input.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before.
///
/// @since 0.1
/// @see camera_session_get_supported_color_space()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_supported_color_space_count(
    session: *mut camera_session,
    count: *mut u32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(count, "count") }?;
        let colours = control::in_turn(session, |session| session.supported_colours())?;
        out.set(u32::try_from(colours.len()).unwrap_or(u32::MAX));
        Ok(())
    })
}

/// One of the colour spaces that the previews and videos of a session can have.
///
/// @param session      The session.
/// @param index        Which, from 0. Once committed, 0 is what the camera gives.
/// @param color_space  Receives one of camera_color_space. Must not be NULL.
///
/// @retval CAMERA_OK                          Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, session never was a session, or index
///                                            is not below the count.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session has no input, or is released.
///
/// @par State
///   As camera_session_get_supported_color_space_count().
///
/// @par Threading
///   As camera_session_get_supported_color_space_count().
///
/// @since 0.1
/// @see camera_session_get_supported_color_space_count(), camera_session_set_color_space()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_supported_color_space(
    session: *mut camera_session,
    index: u32,
    color_space: *mut i32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(color_space, "color_space") }?;
        let colours = control::in_turn(session, |session| session.supported_colours())?;
        let colour = colours.get(index as usize).ok_or_else(|| {
            Error::invalid(format!("index is {index}, and the session can have {} colour spaces", colours.len()))
        })?;
        out.set(number(*colour)?);
        Ok(())
    })
}

/// The colour space of a session's previews and videos of YUV. camera_frame_get_info() tells that of
/// each frame.
///
/// @param session      The session.
/// @param color_space  Receives one of camera_color_space. Must not be NULL.
///
/// @retval CAMERA_OK                          Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session is not committed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_get_supported_color_space_count().
///
/// @since 0.1
/// @see camera_session_set_color_space()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_active_color_space(
    session: *mut camera_session,
    color_space: *mut i32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(color_space, "color_space") }?;
        out.set(number(control::in_turn(session, |session| session.colour())?)?);
        Ok(())
    })
}

/// Sets the colour space of a session's previews and videos of YUV.
///
/// It is done at once: a running stream is interrupted for a moment, as by
/// camera_output_set_frame_rate(). In another colour space than the camera's, frames are made
/// (CAMERA_FRAME_CONVERTED), which costs processor time.
///
/// @param session      The session.
/// @param color_space  One of those that camera_session_get_supported_color_space() tells.
///
/// @retval CAMERA_OK                            Set, or it was so already.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or color_space is no number
///                                              of OH_NativeBuffer_ColorSpace.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The outputs cannot have it.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input was closed, or the driver refused.
///
/// @par State
///   COMMITTED, STARTED. It stays over stop, start and configuration, for outputs that can have it.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of the session, and waits for the device.
///
/// @since 0.1
/// @see camera_session_get_supported_color_space(), camera_session_get_active_color_space()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_color_space(session: *mut camera_session, color_space: i32) -> i32 {
    guard::call(|| {
        let colour = colour(color_space)?;
        control::in_turn(session, |session| session.set_colour(colour))
    })
}
