//! camera_session: where the exposure is measured.

use super::args::{self, Out};
use super::control;
use super::guard;
use super::session::camera_session;
use crate::session::control::metering::{self, MeteringMode};

/// Where light is measured for the exposure.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_exposure_metering_mode {
    /// All over the picture (V4L2_CID_EXPOSURE_METERING: matrix, or average where there is no matrix).
    Matrix = 0,
    /// All over it, the centre more.
    Center = 1,
    /// In a small area of its centre.
    Spot = 2,
}

/// A point of the picture.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_point {
    /// From 0, the left edge, to 1, the right one.
    pub x: f64,
    /// From 0, the upper edge, to 1, the lower one.
    pub y: f64,
}

const MODES: &[(i32, MeteringMode)] = &[
    (camera_exposure_metering_mode::Matrix as i32, MeteringMode::Matrix),
    (camera_exposure_metering_mode::Center as i32, MeteringMode::Center),
    (camera_exposure_metering_mode::Spot as i32, MeteringMode::Spot),
];

/// Is a mode of exposure metering supported by the session's camera?
///
/// @param session    The session.
/// @param mode       One of camera_exposure_metering_mode.
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
/// @see camera_session_set_exposure_metering_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_is_exposure_metering_mode_supported(
    session: *mut camera_session,
    mode: i32,
    supported: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(supported, "supported") }?;
        let mode = args::one_of(mode, "mode", MODES)?;
        control::ask(session, out, |knobs| metering::is_supported(knobs, mode))
    })
}

/// The mode of exposure metering now.
///
/// @param session  The session.
/// @param mode     Receives one of camera_exposure_metering_mode. Must not be NULL.
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
///   As camera_session_is_exposure_metering_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_exposure_metering_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_exposure_metering_mode(
    session: *mut camera_session,
    mode: *mut i32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(mode, "mode") }?;
        control::get(session, out, |knobs| Ok(metering::get(knobs)? as i32))
    })
}

/// Sets the mode of exposure metering.
///
/// @param session  The session.
/// @param mode     One of camera_exposure_metering_mode.
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
///   As camera_session_is_exposure_metering_mode_supported().
///
/// @since 0.1
/// @see camera_session_is_exposure_metering_mode_supported()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_exposure_metering_mode(session: *mut camera_session, mode: i32) -> i32 {
    guard::call(|| {
        let mode = args::one_of(mode, "mode", MODES)?;
        control::set(session, |knobs| metering::set(knobs, mode))
    })
}

/// The point that the exposure is measured at. V4L2 has no control for one, so no camera supports it.
///
/// @param session  The session.
/// @param point    Receives the point. Must not be NULL.
///
/// @retval CAMERA_OK                           Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  Always, once the arguments and the state are right: V4L2 has no
///                                             control for it.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_is_exposure_metering_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_exposure_metering_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_metering_point(
    session: *mut camera_session,
    point: *mut camera_point,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(point, "point") }?;
        control::get(session, out, metering::no_point)
    })
}

/// Sets the point that the exposure is measured at. V4L2 has no control for one, so no camera supports it.
///
/// @param session  The session.
/// @param point    A point of the picture.
///
/// @retval CAMERA_OK                           Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or point is not within 0 to 1.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  Always, once the arguments and the state are right: V4L2 has no
///                                             control for it.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_is_exposure_metering_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_exposure_metering_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_metering_point(session: *mut camera_session, point: camera_point) -> i32 {
    guard::call(|| {
        args::within_picture(point)?;
        control::set(session, metering::no_point)
    })
}
