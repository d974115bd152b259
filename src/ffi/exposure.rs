//! camera_session: exposure modes and exposure durations.

use super::args::{self, Out};
use super::control;
use super::guard;
use super::session::camera_session;
use crate::session::control::exposure::{self, ExposureMode};

/// Who decides about the exposure.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_exposure_mode {
    /// The camera does not tell: it has no control for it. Cannot be set.
    Unspecified = -1,
    /// As it was when it was locked (V4L2_CID_3A_LOCK).
    Locked = 0,
    /// The camera. V4L2 knows no exposure that is found once and then kept: what CONTINUOUS_AUTO is.
    Auto = 1,
    /// The camera, all the time (V4L2_CID_EXPOSURE_AUTO: automatic, or aperture priority as UVC cameras have it).
    ContinuousAuto = 2,
    /// The application, with camera_session_set_exposure_duration() (V4L2_CID_EXPOSURE_AUTO: manual, or shutter
    /// priority).
    Manual = 3,
}

const MODES: &[(i32, ExposureMode)] = &[
    (camera_exposure_mode::Unspecified as i32, ExposureMode::Unspecified),
    (camera_exposure_mode::Locked as i32, ExposureMode::Locked),
    (camera_exposure_mode::Auto as i32, ExposureMode::Auto),
    (camera_exposure_mode::ContinuousAuto as i32, ExposureMode::ContinuousAuto),
    (camera_exposure_mode::Manual as i32, ExposureMode::Manual),
];

/// Is an exposure mode supported by the session's camera?
///
/// @param session    The session.
/// @param mode       One of camera_exposure_mode.
/// @param supported  Receives the answer. Must not be NULL.
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
///   Thread-safe. Waits for the operations of this session that were called before, and for the driver
///   to answer.
///
/// @since 0.1
/// @see camera_session_set_exposure_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_is_exposure_mode_supported(
    session: *mut camera_session,
    mode: i32,
    supported: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(supported, "supported") }?;
        let mode = args::one_of(mode, "mode", MODES)?;
        control::ask(session, out, |knobs| exposure::is_supported(knobs, mode))
    })
}

/// The exposure mode now.
///
/// @param session  The session.
/// @param mode     Receives one of camera_exposure_mode; UNSPECIFIED from a camera that has no control for it.
///                 Must not be NULL.
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
///   As camera_session_is_exposure_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_exposure_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_exposure_mode(session: *mut camera_session, mode: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(mode, "mode") }?;
        control::get(session, out, |knobs| Ok(exposure::get(knobs)? as i32))
    })
}

/// Sets the exposure mode.
///
/// LOCKED keeps the exposure as it is; every other mode takes the lock off first.
///
/// @param session  The session.
/// @param mode     One of camera_exposure_mode.
///
/// @retval CAMERA_OK                           Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or mode is unknown.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not support the mode.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED. The camera keeps the mode over stop, start and configuration.
///
/// @par Threading
///   As camera_session_is_exposure_mode_supported().
///
/// @since 0.1
/// @see camera_session_is_exposure_mode_supported()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_exposure_mode(session: *mut camera_session, mode: i32) -> i32 {
    guard::call(|| {
        let mode = args::one_of(mode, "mode", MODES)?;
        control::set(session, |knobs| exposure::set(knobs, mode))
    })
}

/// The shortest and the longest exposure that can be set, in microseconds.
///
/// @param session       The session.
/// @param min_duration  Receives the shortest. Must not be NULL.
/// @param max_duration  Receives the longest, in microseconds. A camera cannot expose longer than its frame
///                      rate allows, whatever it lists. Must not be NULL.
///
/// @retval CAMERA_OK                           Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure that can be set.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session has no input, or is released.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is not open, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED, and CONFIG with an input.
///
/// @par Threading
///   As camera_session_is_exposure_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_exposure_duration()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_supported_exposure_duration_range(
    session: *mut camera_session,
    min_duration: *mut i32,
    max_duration: *mut i32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let min_duration = unsafe { Out::new(min_duration, "min_duration") }?;
        // SAFETY: the caller's promise, as the header states it.
        let max_duration = unsafe { Out::new(max_duration, "max_duration") }?;
        control::ask_with(session, exposure::duration_range, |(min, max)| {
            min_duration.set(min);
            max_duration.set(max);
        })
    })
}

/// The duration of the exposure now, as the driver tells it at this moment. While the exposure is automatic
/// some drivers tell what the camera chose, and others what was set last.
///
/// @param session   The session.
/// @param duration  Receives microseconds. Must not be NULL.
///
/// @retval CAMERA_OK                           Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not tell.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_is_exposure_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_exposure_duration()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_exposure_duration(session: *mut camera_session, duration: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(duration, "duration") }?;
        control::get(session, out, exposure::get_duration)
    })
}

/// Sets the duration of the exposure.
///
/// The exposure becomes manual (camera_exposure_mode) before, because drivers refuse or ignore a duration while
/// the camera chooses it. When the driver refuses the duration, everything is set back. The duration becomes
/// the nearest one that the camera has: V4L2 counts in 100 microseconds (V4L2_CID_EXPOSURE_ABSOLUTE).
/// camera_session_get_exposure_duration() tells which.
///
/// @param session   The session.
/// @param duration  Microseconds, within camera_session_get_supported_exposure_duration_range().
///
/// @retval CAMERA_OK                           Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or duration is out of range.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure that can be set.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED. The camera keeps the duration over stop, start and configuration.
///
/// @par Threading
///   As camera_session_is_exposure_mode_supported().
///
/// @since 0.1
/// @see camera_session_get_supported_exposure_duration_range(), camera_session_set_exposure_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_exposure_duration(session: *mut camera_session, duration: i32) -> i32 {
    guard::call(|| control::set(session, |knobs| exposure::set_duration(knobs, duration)))
}
