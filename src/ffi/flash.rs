//! camera_session: the flash of its camera.

use super::args::{self, Out};
use super::control;
use super::guard;
use super::session::camera_session;
use crate::session::control::flash::{self, FlashMode};

/// When the light of a camera is on (V4L2_CID_FLASH_LED_MODE).
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_flash_mode {
    /// Never.
    Close = 0,
    /// With each capture: the driver is told to strobe (V4L2_CID_FLASH_STROBE) when the capture is called, and the
    /// frame that becomes the photo follows. A flash that fails costs no photo; the log tells.
    Open = 1,
    /// With a capture that needs it. V4L2 does not tell which does: not supported.
    Auto = 2,
    /// All the time, as a torch.
    AlwaysOpen = 3,
}

/// What the flash does now.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_flash_state {
    /// There is none, or it is charging.
    Unavailable = 0,
    /// It can flash.
    Ready = 1,
    /// It is lit.
    Flashing = 2,
}

const MODES: &[(i32, FlashMode)] = &[
    (camera_flash_mode::Close as i32, FlashMode::Close),
    (camera_flash_mode::Open as i32, FlashMode::Open),
    (camera_flash_mode::Auto as i32, FlashMode::Auto),
    (camera_flash_mode::AlwaysOpen as i32, FlashMode::AlwaysOpen),
];

/// Has the session's camera a flash, or a light that can be on all the time? Lights that the kernel gives as
/// devices of their own are not found.
///
/// @param session    The session.
/// @param has_flash  Receives the answer. Must not be NULL.
///
/// @retval CAMERA_OK                         Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session has no input, or is released.
/// @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is not open, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED, and CONFIG with an input.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and for the driver
///   to answer.
///
/// @since 0.1
/// @see camera_session_is_flash_mode_supported()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_has_flash(session: *mut camera_session, has_flash: *mut bool) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(has_flash, "has_flash") }?;
        control::ask(session, out, flash::has)
    })
}

/// Is a flash mode supported by the session's camera?
///
/// @param session    The session.
/// @param mode       One of camera_flash_mode.
/// @param supported  Receives the answer. Must not be NULL. CLOSE is supported by every camera.
///
/// @retval CAMERA_OK                         Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, session never was a session, or mode is
///                                           unknown.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session has no input, or is released.
/// @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is not open, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED, and CONFIG with an input.
///
/// @par Threading
///   As camera_session_has_flash().
///
/// @since 0.1
/// @see camera_session_set_flash_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_is_flash_mode_supported(
    session: *mut camera_session,
    mode: i32,
    supported: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(supported, "supported") }?;
        let mode = args::one_of(mode, "mode", MODES)?;
        control::ask(session, out, |knobs| flash::is_supported(knobs, mode))
    })
}

/// The flash mode now.
///
/// @param session  The session.
/// @param mode     Receives one of camera_flash_mode; CLOSE from a camera without a flash. Must not be NULL.
///
/// @retval CAMERA_OK                         Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_has_flash().
///
/// @since 0.1
/// @see camera_session_set_flash_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_flash_mode(session: *mut camera_session, mode: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(mode, "mode") }?;
        control::get(session, out, |knobs| Ok(flash::get(knobs)? as i32))
    })
}

/// Sets the flash mode. When the session is released, or its input removed, the light goes out.
///
/// @param session  The session.
/// @param mode     One of camera_flash_mode.
///
/// @retval CAMERA_OK                           Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or mode is unknown.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not support the mode.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED. The mode is kept over stop, start and configuration.
///
/// @par Threading
///   As camera_session_has_flash().
///
/// @since 0.1
/// @see camera_session_is_flash_mode_supported()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_flash_mode(session: *mut camera_session, mode: i32) -> i32 {
    guard::call(|| {
        let mode = args::one_of(mode, "mode", MODES)?;
        control::set(session, |knobs| flash::set(knobs, mode))
    })
}

/// What the flash does at this moment.
///
/// @param session  The session.
/// @param state    Receives one of camera_flash_state; UNAVAILABLE from a camera without a flash. Must not be
///                 NULL.
///
/// @retval CAMERA_OK                         Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_has_flash().
///
/// @since 0.1
/// @see camera_session_set_flash_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_flash_state(session: *mut camera_session, state: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(state, "state") }?;
        control::get(session, out, |knobs| Ok(flash::state(knobs)? as i32))
    })
}
