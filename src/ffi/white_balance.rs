//! camera_session: white balance.

use super::args::{self, Out};
use super::control;
use super::guard;
use super::session::camera_session;
use crate::session::control::white_balance::{self, WhiteBalanceMode};

/// Which light is taken for white. A camera with V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE has its own idea of
/// each. On one with V4L2_CID_WHITE_BALANCE_TEMPERATURE alone they are the temperatures below, as far as
/// its range has them.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_white_balance_mode {
    /// What the camera finds.
    Auto = 0,
    /// A sky with clouds: 6500 kelvin.
    Cloudy = 1,
    /// Light bulbs: 2800 kelvin.
    Incandescent = 2,
    /// Tubes: 4000 kelvin.
    Fluorescent = 3,
    /// The sun: 5500 kelvin.
    Daylight = 4,
    /// What camera_session_set_white_balance() sets.
    Manual = 5,
    /// As it was when it was locked (V4L2_CID_3A_LOCK).
    Locked = 6,
}

const MODES: &[(i32, WhiteBalanceMode)] = &[
    (camera_white_balance_mode::Auto as i32, WhiteBalanceMode::Auto),
    (camera_white_balance_mode::Cloudy as i32, WhiteBalanceMode::Cloudy),
    (camera_white_balance_mode::Incandescent as i32, WhiteBalanceMode::Incandescent),
    (camera_white_balance_mode::Fluorescent as i32, WhiteBalanceMode::Fluorescent),
    (camera_white_balance_mode::Daylight as i32, WhiteBalanceMode::Daylight),
    (camera_white_balance_mode::Manual as i32, WhiteBalanceMode::Manual),
    (camera_white_balance_mode::Locked as i32, WhiteBalanceMode::Locked),
];

/// Is a mode of white balance supported by the session's camera?
///
/// @param session    The session.
/// @param mode       One of camera_white_balance_mode.
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
/// @see camera_session_set_white_balance_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_is_white_balance_mode_supported(
    session: *mut camera_session,
    mode: i32,
    supported: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(supported, "supported") }?;
        let mode = args::one_of(mode, "mode", MODES)?;
        control::ask(session, out, |knobs| white_balance::is_supported(knobs, mode))
    })
}

/// The mode of white balance now. A preset of the camera that has no name here is told as the one that is most
/// like it.
///
/// @param session  The session.
/// @param mode     Receives one of camera_white_balance_mode. Must not be NULL.
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
///   As camera_session_is_white_balance_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_white_balance_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_white_balance_mode(session: *mut camera_session, mode: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(mode, "mode") }?;
        control::get(session, out, |knobs| Ok(white_balance::get(knobs)? as i32))
    })
}

/// Sets the mode of white balance. LOCKED keeps it as it is; every other mode takes the lock off first.
///
/// @param session  The session.
/// @param mode     One of camera_white_balance_mode.
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
///   As camera_session_is_white_balance_mode_supported().
///
/// @since 0.1
/// @see camera_session_is_white_balance_mode_supported()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_white_balance_mode(session: *mut camera_session, mode: i32) -> i32 {
    guard::call(|| {
        let mode = args::one_of(mode, "mode", MODES)?;
        control::set(session, |knobs| white_balance::set(knobs, mode))
    })
}

/// The lowest and the highest colour temperature that can be set, in kelvin.
///
/// @param session          The session.
/// @param min_temperature  Receives the lowest. Must not be NULL.
/// @param max_temperature  Receives the highest. Must not be NULL.
///
/// @retval CAMERA_OK                           Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no white balance that can be set to a
///                                             temperature.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session has no input, or is released.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is not open, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED, and CONFIG with an input.
///
/// @par Threading
///   As camera_session_is_white_balance_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_white_balance()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_white_balance_range(
    session: *mut camera_session,
    min_temperature: *mut i32,
    max_temperature: *mut i32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let min_temperature = unsafe { Out::new(min_temperature, "min_temperature") }?;
        // SAFETY: the caller's promise, as the header states it.
        let max_temperature = unsafe { Out::new(max_temperature, "max_temperature") }?;
        control::ask_with(session, white_balance::range, |(min, max)| {
            min_temperature.set(min);
            max_temperature.set(max);
        })
    })
}

/// The colour temperature now, as the driver tells it at this moment. While the white balance is automatic some
/// drivers tell what the camera found, and others what was set last.
///
/// @param session      The session.
/// @param temperature  Receives kelvin. Must not be NULL.
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
///   As camera_session_is_white_balance_mode_supported().
///
/// @since 0.1
/// @see camera_session_set_white_balance()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_white_balance(session: *mut camera_session, temperature: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(temperature, "temperature") }?;
        control::get(session, out, white_balance::get_temperature)
    })
}

/// Sets the colour temperature that is taken for white to the nearest one that the camera has. The white
/// balance becomes manual before; when the driver refuses the temperature, everything is set back.
///
/// @param session      The session.
/// @param temperature  Kelvin, within camera_session_get_white_balance_range().
///
/// @retval CAMERA_OK                           Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or temperature is out of range.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no white balance that can be set to a
///                                             temperature.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED. The camera keeps the temperature over stop, start and configuration.
///
/// @par Threading
///   As camera_session_is_white_balance_mode_supported().
///
/// @since 0.1
/// @see camera_session_get_white_balance_range(), camera_session_set_white_balance_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_white_balance(session: *mut camera_session, temperature: i32) -> i32 {
    guard::call(|| control::set(session, |knobs| white_balance::set_temperature(knobs, temperature)))
}
