//! camera_session: ISO speeds.

use super::args::Out;
use super::control;
use super::guard;
use super::session::camera_session;
use crate::session::control::iso;

/// The least and the greatest ISO speed that can be set on the session's camera (V4L2_CID_ISO_SENSITIVITY).
///
/// @param session  The session.
/// @param min_iso  Receives the least. Must not be NULL.
/// @param max_iso  Receives the greatest. Must not be NULL.
///
/// @retval CAMERA_OK                           Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no ISO speed that can be set.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session has no input, or is released.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is not open, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED, and CONFIG with an input.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and for the driver
///   to answer.
///
/// @since 0.1
/// @see camera_session_set_iso()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_supported_iso_range(
    session: *mut camera_session,
    min_iso: *mut i32,
    max_iso: *mut i32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let min_iso = unsafe { Out::new(min_iso, "min_iso") }?;
        // SAFETY: the caller's promise, as the header states it.
        let max_iso = unsafe { Out::new(max_iso, "max_iso") }?;
        control::ask_with(session, iso::range, |(min, max)| {
            min_iso.set(min);
            max_iso.set(max);
        })
    })
}

/// The ISO speed now, as the driver tells it at this moment.
///
/// @param session  The session.
/// @param iso      Receives the speed. Must not be NULL.
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
///   As camera_session_get_supported_iso_range().
///
/// @since 0.1
/// @see camera_session_set_iso()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_iso(session: *mut camera_session, iso: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(iso, "iso") }?;
        control::get(session, out, iso::get)
    })
}

/// Sets the ISO speed to the nearest one that the camera has. The camera does not choose it any more then
/// (V4L2_CID_ISO_SENSITIVITY_AUTO goes to manual before); when the driver refuses the speed, it goes on
/// choosing.
///
/// @param session  The session.
/// @param iso      The speed, within camera_session_get_supported_iso_range(); 0: the camera chooses again, if it
///                 can.
///
/// @retval CAMERA_OK                           Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or iso is out of range.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no ISO speed that can be set, or its exposure is
///                                             locked (camera_exposure_mode).
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED. The camera keeps the speed over stop, start and configuration.
///
/// @par Threading
///   As camera_session_get_supported_iso_range().
///
/// @since 0.1
/// @see camera_session_get_supported_iso_range()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_iso(session: *mut camera_session, iso: i32) -> i32 {
    guard::call(|| control::set(session, |knobs| iso::set(knobs, iso)))
}
