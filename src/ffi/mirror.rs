//! camera_output: pictures with left and right changed.

use super::args::Out;
use super::guard;
use super::output::{OutputRef, camera_output, synchronous};
use crate::error::Code;

/// Can the pictures of a preview or video output be mirrored? All that the library can make: not
/// compressed ones (Motion-JPEG, H.264), nor those of several memories. Photos are mirrored one by one:
/// see camera_photo_settings.
///
/// @param output     A preview or video output.
/// @param supported  Receives the answer, which depends on the output's format alone: false while it has
///                   no profile. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    supported is NULL; output is NULL, never was an output, or
///                                          is no preview or video output.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
///
/// @par State
///   Any, also in no session.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of the session.
///
/// @since 0.1
/// @see camera_output_enable_mirror()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_is_mirror_supported(output: *mut camera_output, supported: *mut bool) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(supported, "supported") }?;
        synchronous(OutputRef::new(output)?, Code::ServiceFatalError, |object, _| {
            out.set(object.output.can_mirror()?);
            Ok(())
        })
    })
}

/// Changes left and right in the pictures of a preview or video output, or does so no more.
///
/// In a committed or started session it is done at once: a running stream is interrupted for a moment,
/// as by camera_output_set_frame_rate(). Before that it is done by commit. It stays until it is changed,
/// over stop, start and configuration, whether the output runs or not. Mirrored frames are made
/// (CAMERA_FRAME_CONVERTED), which costs processor time. Areas of metadata outputs follow the first
/// preview.
///
/// @param output   A preview or video output.
/// @param enabled  true to mirror.
///
/// @retval CAMERA_OK                          Done, or it was so already.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      output is NULL, never was an output, or is no preview or
///                                            video output.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED Pictures of its format cannot be mirrored.
/// @retval CAMERA_ERROR_DEVICE_DISABLED       The session is committed, and the camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The output is released; or the session is committed and its
///                                            input was closed, or the driver refused.
///
/// @par State
///   Any, also in no session.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of the session, and waits for the device.
///
/// @since 0.1
/// @see camera_output_is_mirror_supported(), camera_photo_settings
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_enable_mirror(output: *mut camera_output, enabled: bool) -> i32 {
    guard::call(|| {
        synchronous(OutputRef::new(output)?, Code::ServiceFatalError, |object, host| {
            object.output.set_mirror(host, enabled)
        })
    })
}
