//! camera_session: video stabilization.

use super::args::{self, Out};
use super::control;
use super::guard;
use super::session::camera_session;
use crate::session::control::stabilization::{self, StabilizationMode};

/// How much the picture is steadied against the shaking of a hand.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_video_stabilization_mode {
    /// Not at all.
    Off = 0,
    /// A little. V4L2 knows no degrees: not supported.
    Low = 1,
    /// More. Not supported.
    Middle = 2,
    /// Much. Not supported.
    High = 3,
    /// As the camera does it (V4L2_CID_IMAGE_STABILIZATION).
    Auto = 4,
}

const MODES: &[(i32, StabilizationMode)] = &[
    (camera_video_stabilization_mode::Off as i32, StabilizationMode::Off),
    (camera_video_stabilization_mode::Low as i32, StabilizationMode::Low),
    (camera_video_stabilization_mode::Middle as i32, StabilizationMode::Middle),
    (camera_video_stabilization_mode::High as i32, StabilizationMode::High),
    (camera_video_stabilization_mode::Auto as i32, StabilizationMode::Auto),
];

/// Is a mode of video stabilization supported by the session's camera?
///
/// @param session    The session.
/// @param mode       One of camera_video_stabilization_mode.
/// @param supported  Receives the answer. Must not be NULL. OFF is supported by every camera.
///
/// @retval CAMERA_OK                          Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, session never was a session, or mode is
///                                            unknown.
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
/// @see camera_session_set_video_stabilization_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_is_video_stabilization_mode_supported(
    session: *mut camera_session,
    mode: i32,
    supported: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(supported, "supported") }?;
        let mode = args::one_of(mode, "mode", MODES)?;
        control::ask(session, out, |knobs| stabilization::is_supported(knobs, mode))
    })
}

/// The mode of video stabilization now.
///
/// @param session  The session.
/// @param mode     Receives one of camera_video_stabilization_mode. Must not be NULL.
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
///   As camera_session_is_video_stabilization_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_video_stabilization_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_video_stabilization_mode(
    session: *mut camera_session,
    mode: *mut i32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(mode, "mode") }?;
        control::get(session, out, |knobs| Ok(stabilization::get(knobs)? as i32))
    })
}

/// Sets the mode of video stabilization.
///
/// @param session  The session.
/// @param mode     One of camera_video_stabilization_mode.
///
/// @retval CAMERA_OK                            Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or mode is unknown.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera does not support the mode.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED. The camera keeps the mode over stop, start and configuration.
///
/// @par Threading
///   As camera_session_is_video_stabilization_mode_supported().
///
/// @since 0.1
/// @see camera_session_is_video_stabilization_mode_supported()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_video_stabilization_mode(session: *mut camera_session, mode: i32) -> i32 {
    guard::call(|| {
        let mode = args::one_of(mode, "mode", MODES)?;
        control::set(session, |knobs| stabilization::set(knobs, mode))
    })
}
