//! camera_output: the frame rates of previews and videos, and what an output gives.

use super::args::{Out, OutStruct};
use super::camera::camera_profile;
use super::guard;
use super::output::{OutputRef, camera_output, synchronous};
use crate::error::{Code, Error, Result};
use crate::format::RateRange;

fn supported(output: *mut camera_output) -> Result<Vec<RateRange>> {
    let output = OutputRef::new(output)?;
    let mut ranges = Vec::new();
    synchronous(output, Code::SessionNotConfig, |object, host| {
        ranges = object.output.supported_rates(host)?;
        Ok(())
    })?;
    Ok(ranges)
}

/// How many ranges of frame rates the session's camera has for a preview or video output: each rate by
/// itself, fastest first, then spans from the slowest to the fastest.
///
/// @param output  A preview or video output.
/// @param count   Receives the number. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    count is NULL; output is NULL, never was an output, or is
///                                          no preview or video output.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG  The output is in no session, the session has no input, or
///                                          the output is released.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The camera's modes cannot be read.
///
/// @par State
///   Any state but RELEASED of a session that has this output and an input.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of the session, and waits for the driver to
///   answer when it is first asked.
///
/// @since 0.1
/// @see camera_output_get_supported_frame_rate(), camera_output_set_frame_rate()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_get_supported_frame_rate_count(
    output: *mut camera_output,
    count: *mut u32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(count, "count") }?;
        out.set(u32::try_from(supported(output)?.len()).unwrap_or(u32::MAX));
        Ok(())
    })
}

/// One of the ranges of frame rates that the session's camera has for a preview or video output.
///
/// @param output          A preview or video output.
/// @param index           Which, from 0.
/// @param min_frame_rate  Receives the slowest rate in frames per second. Must not be NULL.
/// @param max_frame_rate  Receives the fastest. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    A result is NULL; output is NULL, never was an output, or
///                                          is no preview or video output; index is not below the
///                                          count.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG  The output is in no session, the session has no input, or
///                                          the output is released.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The camera's modes cannot be read.
///
/// @par State
///   As camera_output_get_supported_frame_rate_count().
///
/// @par Threading
///   As camera_output_get_supported_frame_rate_count().
///
/// @since 0.1
/// @see camera_output_get_supported_frame_rate_count()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_get_supported_frame_rate(
    output: *mut camera_output,
    index: u32,
    min_frame_rate: *mut u32,
    max_frame_rate: *mut u32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let (min, max) =
            unsafe { (Out::new(min_frame_rate, "min_frame_rate")?, Out::new(max_frame_rate, "max_frame_rate")?) };
        let ranges = supported(output)?;
        let range = ranges.get(index as usize).ok_or_else(|| {
            Error::invalid(format!("index is {index}, and the output has {} ranges of frame rates", ranges.len()))
        })?;
        min.set(range.min);
        max.set(range.max);
        Ok(())
    })
}

/// The frame rate of a preview or video output: once committed, the one that the camera was asked for,
/// as both ends; before that the range that was set, or that the video's profile has.
///
/// @param output          A preview or video output.
/// @param min_frame_rate  Receives the slowest rate in frames per second. Must not be NULL.
/// @param max_frame_rate  Receives the fastest. Must not be NULL. A camera that tells no rates and was
///                        asked for none is written as 1 to 30.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    A result is NULL; output is NULL, never was an output, or
///                                          is no preview or video output.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG  The output is in no session, or released; or it is a
///                                          preview for which no range was set, and commit has chosen
///                                          none yet.
///
/// @par State
///   Any state but RELEASED of a session that has this output.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of the session.
///
/// @since 0.1
/// @see camera_output_set_frame_rate()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_get_active_frame_rate(
    output: *mut camera_output,
    min_frame_rate: *mut u32,
    max_frame_rate: *mut u32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let (min, max) =
            unsafe { (Out::new(min_frame_rate, "min_frame_rate")?, Out::new(max_frame_rate, "max_frame_rate")?) };
        synchronous(OutputRef::new(output)?, Code::SessionNotConfig, |object, host| {
            let rates = object.output.active_rates(host)?;
            min.set(rates.min);
            max.set(rates.max);
            Ok(())
        })
    })
}

/// What a preview, photo or video output gives. The frame rates are those of the profile that it was
/// made with; camera_output_get_active_frame_rate() tells the present one.
///
/// @param output   A preview, photo or video output.
/// @param profile  Receives format, size and, for a video, frame rates. Begin with
///                 CAMERA_PROFILE_INIT. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    profile is NULL or has a wrong size; output is NULL, never
///                                          was an output, or is a metadata output.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released; or it was made without a profile, and
///                                          is in no session.
///
/// @par State
///   Any, also in no session.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of its session.
///
/// @since 0.1
/// @see camera_manager_create_preview_output()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_get_active_profile(
    output: *mut camera_output,
    profile: *mut camera_profile,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(profile, "profile") }?;
        synchronous(OutputRef::new(output)?, Code::ServiceFatalError, |object, _| {
            out.set(camera_profile::from_core(&object.output.active_profile()?));
            Ok(())
        })
    })
}
