//! camera_session: whether quality or power counts for more.

use super::args;
use super::control;
use super::guard;
use super::session::camera_session;
use crate::session::plan::Priority;

/// What counts for more when a session is planned.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_quality_prioritization {
    /// The picture: the highest rate within the ranges, and the mode that cuts off least. This is how a
    /// session begins.
    HighQuality = 0,
    /// Power: of the rates within the ranges none above 30 frames per second, unless only higher ones are
    /// there; and at that rate the mode that costs the processor least, though it may show less of the
    /// picture.
    PowerBalance = 1,
}

const PRIORITIES: &[(i32, Priority)] = &[
    (camera_quality_prioritization::HighQuality as i32, Priority::Quality),
    (camera_quality_prioritization::PowerBalance as i32, Priority::Power),
];

/// Sets what counts for more. Where that makes another mode or rate the best one, the camera is configured
/// anew at once: a running stream is interrupted for a moment. camera_session_explain_config() and
/// camera_output_get_active_frame_rate() tell what came of it.
///
/// @param session  The session.
/// @param quality  One of camera_quality_prioritization.
///
/// @retval CAMERA_OK                          Set, or it was so already.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      session never was a session, or quality is unknown.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session is not committed.
/// @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input was closed, or the driver refused.
///
/// @par State
///   COMMITTED, STARTED. It stays over stop, start and configuration of this session.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of the session, and waits for the device.
///
/// @since 0.1
/// @see camera_output_set_frame_rate()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_quality_prioritization(session: *mut camera_session, quality: i32) -> i32 {
    guard::call(|| {
        let priority = args::one_of(quality, "quality", PRIORITIES)?;
        control::in_turn(session, |session| session.set_priority(priority))
    })
}
