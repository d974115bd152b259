//! camera_session: focus.

use super::args::{self, Out};
use super::control::{self, in_turn};
use super::guard;
use super::metering::camera_point;
use super::session::camera_session;
use crate::session::control::focus::{self, FocusMode};

/// How the camera focuses.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_focus_mode {
    /// As camera_session_set_focus_distance() says (V4L2_CID_FOCUS_ABSOLUTE).
    Manual = 0,
    /// All the time (V4L2_CID_FOCUS_AUTO).
    ContinuousAuto = 1,
    /// Once, each time it is set (V4L2_CID_AUTO_FOCUS_START).
    Auto = 2,
    /// Stays as it is (V4L2_CID_3A_LOCK, or automatic focus switched off).
    Locked = 3,
}

/// Where focusing stands.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_focus_state {
    /// The camera looks for the distance.
    Scan = 0,
    /// It has found it.
    Focused = 1,
    /// It has not.
    Unfocused = 2,
}

const MODES: &[(i32, FocusMode)] = &[
    (camera_focus_mode::Manual as i32, FocusMode::Manual),
    (camera_focus_mode::ContinuousAuto as i32, FocusMode::ContinuousAuto),
    (camera_focus_mode::Auto as i32, FocusMode::Auto),
    (camera_focus_mode::Locked as i32, FocusMode::Locked),
];

/// Is a focus mode supported by the session's camera?
///
/// @param session    The session.
/// @param mode       One of camera_focus_mode.
/// @param supported  Receives the answer. Must not be NULL.
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
/// @see camera_session_set_focus_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_is_focus_mode_supported(
    session: *mut camera_session,
    mode: i32,
    supported: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(supported, "supported") }?;
        let mode = args::one_of(mode, "mode", MODES)?;
        control::ask(session, out, |knobs| focus::is_supported(knobs, mode))
    })
}

/// The focus mode now.
///
/// @param session  The session.
/// @param mode     Receives one of camera_focus_mode. Must not be NULL. V4L2 does not tell MANUAL, AUTO and
///                 LOCKED from each other by its controls: what this session set last is remembered.
///
/// @retval CAMERA_OK                            Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no focus that could be set.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_is_focus_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_focus_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_focus_mode(session: *mut camera_session, mode: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(mode, "mode") }?;
        out.set(in_turn(session, |session| session.focus_mode())? as i32);
        Ok(())
    })
}

/// Sets the focus mode. Where the camera tells how its focusing goes (V4L2_CID_AUTO_FOCUS_STATUS), AUTO and
/// CONTINUOUS_AUTO are followed by CAMERA_SESSION_EVENT_TYPE_FOCUS_STATE: SCAN, then FOCUSED or
/// UNFOCUSED, after five seconds at the latest.
///
/// @param session  The session.
/// @param mode     One of camera_focus_mode.
///
/// @retval CAMERA_OK                            Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or mode is unknown.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera does not support the mode.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED. The camera keeps it over stop, start and configuration.
///
/// @par Threading
///   As camera_session_is_focus_mode_supported().
///
/// @since 0.1
/// @see camera_session_is_focus_mode_supported(), camera_session_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_focus_mode(session: *mut camera_session, mode: i32) -> i32 {
    guard::call(|| {
        let mode = args::one_of(mode, "mode", MODES)?;
        in_turn(session, |session| session.set_focus_mode(mode))
    })
}

/// The point of the picture that is focused on. V4L2 has no control for it: always refused.
///
/// @param session  The session.
/// @param point    Would receive it. Must not be NULL.
///
/// @retval CAMERA_OK                            Never.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   Always, once the session is committed.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_is_focus_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_focus_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_focus_point(session: *mut camera_session, point: *mut camera_point) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(point, "point") }?;
        control::get(session, out, |knobs| Err(knobs.cannot("focus point")))
    })
}

/// Focuses on a point of the picture. V4L2 has no control for it: always refused.
///
/// @param session  The session.
/// @param point    The point; both numbers from 0 to 1.
///
/// @retval CAMERA_OK                            Never.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or point is beyond the picture.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   Always, once the session is committed.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_is_focus_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_focus_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_focus_point(session: *mut camera_session, point: camera_point) -> i32 {
    guard::call(|| {
        args::within_picture(point)?;
        control::set(session, |knobs| Err(knobs.cannot("focus point")))
    })
}

/// Can the focus distance be set?
///
/// @param session    The session.
/// @param supported  Receives the answer. Must not be NULL.
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
/// @see camera_session_set_focus_distance()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_is_focus_distance_supported(
    session: *mut camera_session,
    supported: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(supported, "supported") }?;
        control::ask(session, out, focus::is_distance_supported)
    })
}

/// The focus distance now: where the lens stands in its range. V4L2 leaves the unit to drivers, so that
/// it says nothing about metres.
///
/// @param session   The session.
/// @param distance  Receives a number from 0, the nearest, to 1, the farthest. Must not be NULL.
///
/// @retval CAMERA_OK                            Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera's focus distance cannot be set.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_is_focus_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_focus_distance()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_focus_distance(session: *mut camera_session, distance: *mut f64) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(distance, "distance") }?;
        control::get(session, out, focus::distance)
    })
}

/// Sets the focus distance; the focus mode becomes MANUAL.
///
/// @param session   The session.
/// @param distance  From 0, the nearest, to 1, the farthest; the lens takes the nearest step that it has.
///
/// @retval CAMERA_OK                            Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or distance is not within 0 to 1.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera's focus distance cannot be set.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED. The camera keeps it over stop, start and configuration.
///
/// @par Threading
///   As camera_session_is_focus_mode_supported().
///
/// @since 0.1
/// @see camera_session_is_focus_distance_supported()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_focus_distance(session: *mut camera_session, distance: f64) -> i32 {
    guard::call(|| {
        focus::check_distance(distance)?;
        in_turn(session, |session| session.set_focus_distance(distance))
    })
}

/// The focal length of the lens in millimetres. V4L2 has no control for it: always refused.
///
/// @param session       The session.
/// @param focal_length  Would receive it. Must not be NULL.
///
/// @retval CAMERA_OK                            Never.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   Always, once the session is committed.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_is_focus_mode_supported().
///
/// @since 0.1
/// @see camera_session_get_zoom_ratio()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_focal_length(session: *mut camera_session, focal_length: *mut f64) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(focal_length, "focal_length") }?;
        control::get(session, out, |knobs| Err(knobs.cannot("focal length that is known")))
    })
}
