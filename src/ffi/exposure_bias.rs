//! camera_session: exposure bias.

use super::args::Out;
use super::control;
use super::guard;
use super::session::camera_session;
use crate::error::{Error, Result};
use crate::session::control::bias::{self, Thousandths};

/// The driver counts in thousandths of an EV, which are few.
fn ev(bias: Thousandths) -> f32 {
    (bias as f64 / 1000.0) as f32
}

/// Whatever is beyond the driver's numbers is beyond its range too.
fn thousandths(bias: f32) -> Result<Thousandths> {
    if bias.is_finite() {
        return Ok((f64::from(bias) * 1000.0).round() as Thousandths);
    }
    Err(Error::invalid(format!("bias is {bias}, which is no number of EV")))
}

/// How much brighter or darker the pictures of the session's camera can be made than its automatic exposure
/// makes them (V4L2_CID_AUTO_EXPOSURE_BIAS).
///
/// @param session   The session.
/// @param min_bias  Receives the least bias in EV. Must not be NULL.
/// @param max_bias  Receives the greatest, in EV. Must not be NULL.
/// @param step      Receives the smallest distance of two, in EV; 0 when there is one only. Must not be NULL.
///
/// @retval CAMERA_OK                           Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure bias.
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
/// @see camera_session_set_exposure_bias()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_exposure_bias_range(
    session: *mut camera_session,
    min_bias: *mut f32,
    max_bias: *mut f32,
    step: *mut f32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let min_bias = unsafe { Out::new(min_bias, "min_bias") }?;
        // SAFETY: the caller's promise, as the header states it.
        let max_bias = unsafe { Out::new(max_bias, "max_bias") }?;
        // SAFETY: the caller's promise, as the header states it.
        let step = unsafe { Out::new(step, "step") }?;
        control::ask_with(session, bias::range, |(least, greatest, distance)| {
            min_bias.set(ev(least));
            max_bias.set(ev(greatest));
            step.set(ev(distance));
        })
    })
}

/// The smallest distance of two exposure biases: the step of camera_session_get_exposure_bias_range().
///
/// @param session  The session.
/// @param step     Receives EV. Must not be NULL.
///
/// @retval CAMERA_OK                           Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure bias.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session has no input, or is released.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is not open, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED, and CONFIG with an input.
///
/// @par Threading
///   As camera_session_get_exposure_bias_range().
///
/// @since 0.1
/// @see camera_session_get_exposure_bias_range()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_exposure_bias_step(session: *mut camera_session, step: *mut f32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(step, "step") }?;
        control::ask(session, out, |knobs| Ok(ev(bias::range(knobs)?.2)))
    })
}

/// The exposure bias now.
///
/// @param session  The session.
/// @param bias     Receives EV. Must not be NULL.
///
/// @retval CAMERA_OK                           Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure bias.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_get_exposure_bias_range().
///
/// @since 0.1
/// @see camera_session_set_exposure_bias()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_exposure_bias(session: *mut camera_session, bias: *mut f32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(bias, "bias") }?;
        control::get(session, out, |knobs| Ok(ev(bias::get(knobs)?)))
    })
}

/// Sets the exposure bias to the nearest one that the camera has; beyond its range, to the least or the
/// greatest. It has no effect while the exposure is manual.
///
/// @param session  The session.
/// @param bias     EV; 1 is twice the light.
///
/// @retval CAMERA_OK                           Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or bias is not finite.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure bias.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED. The camera keeps the bias over stop, start and configuration.
///
/// @par Threading
///   As camera_session_get_exposure_bias_range().
///
/// @since 0.1
/// @see camera_session_get_exposure_bias_range()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_exposure_bias(session: *mut camera_session, bias: f32) -> i32 {
    guard::call(|| {
        let bias = thousandths(bias)?;
        control::set(session, |knobs| bias::set(knobs, bias))
    })
}

/// The exposure value now. As in Camera Kit it is the bias in EV, as the driver tells it at this moment: what
/// camera_session_get_exposure_bias() tells.
///
/// @param session  The session.
/// @param value    Receives EV. Must not be NULL.
///
/// @retval CAMERA_OK                           Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure bias.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
///
/// @par State
///   COMMITTED, STARTED.
///
/// @par Threading
///   As camera_session_get_exposure_bias_range().
///
/// @since 0.1
/// @see camera_session_set_exposure_bias()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_exposure_value(session: *mut camera_session, value: *mut f32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(value, "value") }?;
        control::get(session, out, |knobs| Ok(ev(bias::get(knobs)?)))
    })
}
