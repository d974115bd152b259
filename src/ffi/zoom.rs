//! camera_session: zoom.

use super::args::{self, Out};
use super::control::in_turn;
use super::guard;
use super::session::camera_session;
use crate::session::control::zoom::check_ratio;

/// How a smooth zoom moves.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_smooth_zoom_mode {
    /// By equal factors in equal times.
    Normal = 0,
}

const MODES: &[(i32, ())] = &[(camera_smooth_zoom_mode::Normal as i32, ())];

/// The ratios to which the session's camera can zoom.
///
/// Every camera zooms: one with a zoom lens (V4L2_CID_ZOOM_ABSOLUTE) by that, with the least value as
/// ratio 1; the others by showing a part of their picture, enlarged to the whole, in every output. The
/// latter costs processor time; a camera's Motion-JPEG is decoded and encoded for it. Formats that the
/// library cannot make (H.264, several memories for a frame) are not zoomed: 1 to 1.
///
/// @param session  The session.
/// @param minimum  Receives the smallest ratio, 1. Must not be NULL.
/// @param maximum  Receives the largest. Must not be NULL. Without a zoom lens it depends on what was
///                 committed; before that it is 8.
///
/// @retval CAMERA_OK                          Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session has no input, or is released.
/// @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input is not open, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED, and CONFIG with an input.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and for the driver
///   to answer.
///
/// @since 0.1
/// @see camera_session_set_zoom_ratio()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_zoom_ratio_range(
    session: *mut camera_session,
    minimum: *mut f64,
    maximum: *mut f64,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let (least, most) = unsafe { (Out::new(minimum, "minimum")?, Out::new(maximum, "maximum")?) };
        let range = in_turn(session, |session| session.zoom_range())?;
        least.set(range.0);
        most.set(range.1);
        Ok(())
    })
}

/// The zoom ratio now; on the way of a smooth zoom, where it is.
///
/// @param session  The session.
/// @param ratio    Receives it. Must not be NULL.
///
/// @retval CAMERA_OK                          Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_get_zoom_ratio_range().
///
/// @since 0.1
/// @see camera_session_set_zoom_ratio()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_zoom_ratio(session: *mut camera_session, ratio: *mut f64) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(ratio, "ratio") }?;
        out.set(in_turn(session, |session| session.zoom_ratio())?);
        Ok(())
    })
}

/// Zooms at once. A smooth zoom that is under way ends.
///
/// @param session  The session.
/// @param ratio    The ratio; what is beyond the range becomes its nearest end. The lens takes the
///                 nearest step that it has.
///
/// @retval CAMERA_OK                            Set: the next frames show it.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or ratio is no finite number.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED. The ratio stays over stop, start and configuration of this session.
///
/// @par Threading
///   As camera_session_get_zoom_ratio_range().
///
/// @since 0.1
/// @see camera_session_get_zoom_ratio_range(), camera_session_set_smooth_zoom()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_zoom_ratio(session: *mut camera_session, ratio: f64) -> i32 {
    guard::call(|| {
        check_ratio(ratio)?;
        in_turn(session, |session| session.set_zoom_ratio(ratio))
    })
}

/// Zooms little by little: 400 milliseconds for twice or half the ratio, and at least 100. The session's
/// listeners are told how long it takes (CAMERA_SESSION_EVENT_TYPE_SMOOTH_ZOOM_INFO).
///
/// @param session  The session.
/// @param ratio    The ratio at the end; what is beyond the range becomes its nearest end.
/// @param mode     One of camera_smooth_zoom_mode.
///
/// @retval CAMERA_OK                            Begun.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, ratio is no finite number, or
///                                              mode is unknown.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, the driver failed, or there is no timer.
///
/// @par State
///   COMMITTED, STARTED. A new configuration ends it where it is.
///
/// @par Threading
///   As camera_session_get_zoom_ratio_range(); does not wait for the end of the zoom.
///
/// @since 0.1
/// @see camera_session_set_zoom_ratio(), camera_session_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_smooth_zoom(session: *mut camera_session, ratio: f64, mode: i32) -> i32 {
    guard::call(|| {
        args::one_of(mode, "mode", MODES)?;
        check_ratio(ratio)?;
        in_turn(session, |session| session.set_smooth_zoom(ratio))
    })
}
