//! camera_output: what a session is asked to produce.

use super::args::{self, Out};
use super::callback::{CompletionFunction, camera_completion_fn};
use super::camera::camera_profile;
use super::guard::{self};
use super::manager::{camera_manager, live_manager};
use super::registry::{OutputObject, enqueue, handle_of, key_of, registry, retire, unknown};
use super::surface::{camera_surface, live_surface};
use crate::camera::Manager;
use crate::error::{Code, Error, Result};
use crate::format::RateRange;
use crate::handle::Lookup;
use crate::output::{Host, Kind, Output};
use crate::runtime::{Completion, SerialQueue};
use crate::surface::Surface;
use crate::sync::Arc;
use std::ffi::c_void;

/// What a session is asked to produce: a preview, photos or a video, in one profile. An output
/// is in one session at most.
pub struct camera_output {
    _opaque: (),
}

/// An output handle, live or released.
pub(super) enum OutputRef {
    Live(Arc<OutputObject>),
    Released,
}

impl OutputRef {
    pub(super) fn new(output: *const camera_output) -> Result<Self> {
        match registry().outputs.get(key_of(output)) {
            // Its handle follows when nothing waits in its queue.
            Lookup::Live(object) if object.output.is_released() => Ok(OutputRef::Released),
            Lookup::Live(object) => Ok(OutputRef::Live(object)),
            Lookup::Released(_) => Ok(OutputRef::Released),
            Lookup::Unknown => Err(unknown(output, "output")),
        }
    }

    /// The failure of adding or removing a released output.
    pub(super) fn released() -> Error {
        released_with(Code::ServiceFatalError)
    }
}

fn released_with(code: Code) -> Error {
    Error::new(code, "the output is released: create a new one")
}

/// Runs an operation in its turn in the queue of the output's session.
pub(super) fn synchronous(
    output: OutputRef,
    released: Code,
    run: impl FnOnce(&Arc<OutputObject>, Option<&Arc<dyn Host>>) -> Result<()>,
) -> Result<()> {
    match output {
        OutputRef::Live(object) => object.output.in_turn(|host| run(&object, host)),
        OutputRef::Released => Err(released_with(released)),
    }
}

pub(super) fn asynchronous(
    output: *mut camera_output,
    completion: camera_completion_fn,
    user_data: *mut c_void,
    released: Code,
    run: impl FnOnce(&Arc<OutputObject>, Option<&Arc<dyn Host>>) -> Result<()> + Send + 'static,
) -> Result<()> {
    let function = CompletionFunction::new(completion, user_data)?;
    let report = move |result| function.call(result);
    let handle = key_of(output);
    match registry().outputs.get(handle) {
        Lookup::Live(object) => {
            let Some(completion) = Completion::new(object.manager.runtime().dispatcher.clone(), report) else {
                return Err(released_with(released));
            };
            let job = move |object: &Arc<OutputObject>, queue: &Arc<SerialQueue>| {
                let gone = object.output.is_released();
                let host = object.output.host_in(queue);
                completion.complete(if gone { Err(released_with(released)) } else { run(object, host.as_ref()) });
                // Not before the report: see `retire`.
                if object.output.is_released() {
                    retire(&registry().outputs, handle, queue);
                }
            };
            if let Some(job) = enqueue(&registry().outputs, handle, |object| object.output.queue(), job) {
                // Its handle went this very moment.
                let queue = object.output.queue();
                if object.output.is_released() {
                    // Nothing waits in its queue, and what is called next must not overtake this.
                    job(&object, &queue);
                } else {
                    // The manager is being released: the output's turn comes first.
                    let own = queue.clone();
                    queue.push(move || job(&object, &own));
                }
            }
            Ok(())
        }
        Lookup::Released(Some(manager)) => {
            let dispatcher = manager.runtime().dispatcher.clone();
            let completion = Completion::new(dispatcher, report).ok_or_else(|| released_with(released))?;
            completion.complete(Err(released_with(released)));
            Ok(())
        }
        Lookup::Released(None) => Err(released_with(released)),
        Lookup::Unknown => Err(unknown(output, "output")),
    }
}

/// # Safety
///
/// `profile` is NULL or points to as many readable bytes as its first field says; `output` is
/// NULL or valid for one write.
unsafe fn create(
    manager: *mut camera_manager,
    kind: Kind,
    profile: *const camera_profile,
    surface: Option<Arc<Surface>>,
    output: *mut *mut camera_output,
) -> Result<()> {
    // SAFETY: the caller's promise, passed on.
    let out = unsafe { Out::new(output, "output") }?;
    let manager = live_manager(manager)?;
    let made = if profile.is_null() {
        Output::without_profile(manager.runtime(), kind, surface)?
    } else {
        // SAFETY: as above.
        let profile = unsafe { args::read(profile, "profile") }?.to_core(kind)?;
        Output::new(manager.runtime(), kind, profile, surface)?
    };
    out.set(insert_output(&manager, made)?);
    Ok(())
}

/// Gives a new output its handle.
pub(super) fn insert_output(manager: &Arc<Manager>, made: Arc<Output>) -> Result<*mut camera_output> {
    let object = Arc::new(OutputObject { output: made.clone(), manager: manager.clone() });
    let key = registry()
        .outputs
        .insert(manager, object)
        .ok_or_else(|| Error::fatal("no handles are left in this process"))?;
    made.set_tag(key.bits());
    Ok(handle_of(key))
}

/// Makes a preview output: frames flow to its surface while its session is started.
///
/// @param manager  The manager.
/// @param profile  Format and size, one that the camera offers: see
///                 camera_capability_get_profile(). Whether it does is checked when the output is
///                 added to a session. Read during the call only. NULL: the session that it is
///                 added to decides, as camera_session_preconfig() told it.
/// @param surface  Where frames go. Must not be NULL; see
///                 camera_manager_create_deferred_preview_output().
/// @param output   Receives the handle. Owned by the caller: give it back with
///                 camera_output_release(). Must not be NULL.
///
/// @retval CAMERA_OK                      Made.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument but profile is NULL or no live
///                                        handle; the profile has a
///                                        wrong struct size, a size of zero, a format that no
///                                        preview can have or that the file of the recorder whose
///                                        surface this is cannot hold, or frame rates.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED
///                                        surface is a recorder's, which has an output already.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_session_add_output()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create_preview_output(
    manager: *mut camera_manager,
    profile: *const camera_profile,
    surface: *mut camera_surface,
    output: *mut *mut camera_output,
) -> i32 {
    guard::call(|| {
        let surface = live_surface(surface)?;
        // SAFETY: the caller's promise, as the header states it.
        unsafe { create(manager, Kind::Preview, profile, Some(surface), output) }
    })
}

/// Makes a preview output that gets its surface later, from camera_output_add_deferred_surface().
/// It can be added, committed and started without one; its frames are then dropped.
///
/// @param manager  The manager.
/// @param profile  Format and size, or NULL, as for camera_manager_create_preview_output(). Read
///                 during the call only.
/// @param output   Receives the handle. Owned by the caller: give it back with
///                 camera_output_release(). Must not be NULL.
///
/// @retval CAMERA_OK                      Made.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  As camera_manager_create_preview_output().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_add_deferred_surface()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create_deferred_preview_output(
    manager: *mut camera_manager,
    profile: *const camera_profile,
    output: *mut *mut camera_output,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        unsafe { create(manager, Kind::Preview, profile, None, output) }
    })
}

/// Makes a photo output: each capture gives one JPEG picture.
///
/// @param manager  The manager.
/// @param profile  CAMERA_FORMAT_JPEG and a size; or NULL, as for
///                 camera_manager_create_preview_output(). Read during the call only.
/// @param surface  Where pictures go as frames of CAMERA_FORMAT_JPEG. May be NULL: photos then go
///                 to listeners and to camera_output_take_photo() alone.
/// @param output   Receives the handle. Owned by the caller: give it back with
///                 camera_output_release(). Must not be NULL.
///
/// @retval CAMERA_OK                      Made.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument but profile is NULL or no live
///                                        handle; the profile has a
///                                        wrong struct size, a size of zero, another format, or
///                                        frame rates; the surface is that of a recorder whose file
///                                        cannot hold JPEG.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED
///                                        surface is a recorder's, which has an output already.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_take_photo(), camera_output_capture(), camera_output_add_photo_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create_photo_output(
    manager: *mut camera_manager,
    profile: *const camera_profile,
    surface: *mut camera_surface,
    output: *mut *mut camera_output,
) -> i32 {
    guard::call(|| {
        let surface = if surface.is_null() { None } else { Some(live_surface(surface)?) };
        // SAFETY: the caller's promise, as the header states it.
        unsafe { create(manager, Kind::Photo, profile, surface, output) }
    })
}

/// Makes a video output: frames flow to its surface between its own start and stop.
///
/// @param manager  The manager.
/// @param profile  Format, size and range of frame rates; or NULL, as for
///                 camera_manager_create_preview_output(). Read during the call only.
/// @param surface  Where frames go. Must not be NULL.
/// @param output   Receives the handle. Owned by the caller: give it back with
///                 camera_output_release(). Must not be NULL.
///
/// @retval CAMERA_OK                      Made.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument but profile is NULL or no live
///                                        handle; the profile has a
///                                        wrong struct size, a size of zero, a format that no
///                                        video can have or that the file of the recorder whose
///                                        surface this is cannot hold, or no range of frame rates.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED
///                                        surface is a recorder's, which has an output already.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_start()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create_video_output(
    manager: *mut camera_manager,
    profile: *const camera_profile,
    surface: *mut camera_surface,
    output: *mut *mut camera_output,
) -> i32 {
    guard::call(|| {
        let surface = live_surface(surface)?;
        // SAFETY: the caller's promise, as the header states it.
        unsafe { create(manager, Kind::Video, profile, Some(surface), output) }
    })
}

/// Gives a preview output that was made without a surface its surface, once.
///
/// @param output   A preview output from camera_manager_create_deferred_preview_output().
/// @param surface  Where frames go from now on. Must not be NULL.
///
/// @retval CAMERA_OK                          Set; frames flow to it if the session runs.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      output is NULL or never was an output, or is no
///                                            preview; surface is NULL, released or no surface, or
///                                            that of a recorder whose file cannot hold the format.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It has a surface already.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The output is released.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_add_deferred_surface(
    output: *mut camera_output,
    surface: *mut camera_surface,
) -> i32 {
    guard::call(|| {
        let output = OutputRef::new(output)?;
        let surface = live_surface(surface)?;
        match output {
            OutputRef::Live(object) if object.output.kind() == Kind::Preview => object.output.set_surface(surface),
            OutputRef::Live(object) => {
                Err(Error::invalid(format!("a {} output has no deferred surface", object.output.kind().name())))
            }
            OutputRef::Released => Err(OutputRef::released()),
        }
    })
}

/// Starts a video or a metadata output, or a preview that was stopped (or whose session is not
/// started). Blocks; see camera_output_start_async().
///
/// @param output  A preview, video or metadata output.
///
/// @retval CAMERA_OK                        Frames flow.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or is a photo output.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  Nothing detects what the metadata output is to tell of:
///                                          see camera_manager_set_detector().
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG  It is in no session, the session is not committed, or
///                                          the output is released.
/// @retval CAMERA_ERROR_DEVICE_DISABLED     The input was closed, or the device is gone.
/// @retval CAMERA_ERROR_CONFLICT_CAMERA     Another process streams from the device.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It runs already; or the driver refused.
///
/// @par State
///   The session is COMMITTED or STARTED; its state does not change.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of the session, and waits for the device.
///
/// @since 0.1
/// @see camera_output_stop()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_start(output: *mut camera_output) -> i32 {
    guard::call(|| {
        synchronous(OutputRef::new(output)?, Code::SessionNotConfig, |object, host| object.output.start(host))
    })
}

/// Starts a preview, video or metadata output without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param output      A preview, video or metadata output.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                       Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT   output is NULL or never was an output, or completion is NULL.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG The output and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_output_start().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_start()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_start_async(
    output: *mut camera_output,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| {
        asynchronous(output, completion, user_data, Code::SessionNotConfig, |object, host| object.output.start(host))
    })
}

/// Stops a preview or video output. Blocks; see camera_output_stop_async().
///
/// @param output  A preview, video or metadata output.
///
/// @retval CAMERA_OK                        No more frames are captured for it. Those that wait in
///                                          its surface stay there.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or is a photo output.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It does not run; it is in no session, the session is not
///                                          committed, or the output is released; or the stream had
///                                          ended by itself.
///
/// @par State
///   The session is COMMITTED or STARTED; its state does not change.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of the session, and waits for the device.
///
/// @since 0.1
/// @see camera_output_start()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_stop(output: *mut camera_output) -> i32 {
    guard::call(|| {
        synchronous(OutputRef::new(output)?, Code::ServiceFatalError, |object, host| object.output.stop(host))
    })
}

/// Stops a preview, video or metadata output without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param output      A preview, video or metadata output.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL or never was an output, or completion is NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_output_stop().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_stop()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_stop_async(
    output: *mut camera_output,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| {
        asynchronous(output, completion, user_data, Code::ServiceFatalError, |object, host| object.output.stop(host))
    })
}

/// Narrows the frame rate of a preview or video output. A running stream is interrupted for a
/// moment.
///
/// @param output          A preview or video output.
/// @param min_frame_rate  The slowest rate in frames per second, 1 or more.
/// @param max_frame_rate  The fastest, not below the slowest.
///
/// @retval CAMERA_OK                        Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or is a photo
///                                          output; the range is empty, holds no rate that
///                                          the camera has for this profile or reaches beyond
///                                          them, or is set already.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG  The output is in no session, or released.
/// @retval CAMERA_ERROR_UNRESOLVED_CONFLICTS_WITH_CURRENT_CONFIGURATIONS
///                                          Another output of the session needs another rate.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The driver refused.
///
/// @par State
///   Any state but RELEASED of a session that has this output. Before commit the range is used by
///   commit.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of the session, and waits for the device.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_set_frame_rate(
    output: *mut camera_output,
    min_frame_rate: u32,
    max_frame_rate: u32,
) -> i32 {
    guard::call(|| {
        let output = OutputRef::new(output)?;
        if min_frame_rate == 0 || min_frame_rate > max_frame_rate {
            return Err(Error::invalid(format!(
                "min_frame_rate {min_frame_rate} and max_frame_rate {max_frame_rate} are no range from 1"
            )));
        }
        let rates = RateRange { min: min_frame_rate, max: max_frame_rate };
        synchronous(output, Code::SessionNotConfig, |object, host| object.output.set_frame_rate(host, rates))
    })
}

/// Gives an output back. It leaves its session; the session's next commit does without it.
/// Blocks; see camera_output_release_async().
///
/// @param output  The output. Afterwards the handle stays harmless: start and what is about frame
///                rates answer CAMERA_ERROR_SESSION_NOT_CONFIG, capture and take_photo
///                CAMERA_ERROR_SESSION_NOT_RUNNING, all else CAMERA_ERROR_SERVICE_FATAL_ERROR, for
///                ever.
///
/// @retval CAMERA_OK                        Released. Captures that wait are cancelled. Its listeners
///                                          hear what has happened until now and then end: they may
///                                          be called after this has returned, until destroy is.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL or never was an output.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It is released already.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of its session.
///
/// @since 0.1
/// @see camera_session_remove_output()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_release(output: *mut camera_output) -> i32 {
    guard::call(|| {
        let handle = key_of(output);
        synchronous(OutputRef::new(output)?, Code::ServiceFatalError, |object, host| {
            object.output.release(host)?;
            retire(&registry().outputs, handle, &object.output.queue());
            Ok(())
        })
    })
}

/// Gives an output back without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param output      The output.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL or never was an output, or completion is NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_output_release().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_release()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_release_async(
    output: *mut camera_output,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| {
        asynchronous(output, completion, user_data, Code::ServiceFatalError, |object, host| object.output.release(host))
    })
}
