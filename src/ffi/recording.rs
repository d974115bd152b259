//! camera_recorder: start, pause, resume, stop, release, in the order of the calls.

use super::callback::{CompletionFunction, camera_completion_fn};
use super::guard;
use super::recorder::camera_recorder;
use super::registry::{RecorderObject, enqueue, key_of, registry, retire, unknown};
use crate::error::Result;
use crate::handle::{Key, Lookup};
use crate::recorder::{Operation, Recorder, State};
use crate::runtime::{Completion, SerialQueue};
use crate::sync::Arc;
use std::ffi::c_void;

/// Runs an operation in the recorder's turn; with the recorder its surface is released.
fn in_turn(object: &RecorderObject, operation: Operation) -> Result<()> {
    let result = object.recorder.run(operation);
    if result.is_ok() && operation == Operation::Release {
        drop(registry().surfaces.remove(object.surface));
    }
    result
}

/// Lets the handle of a released recorder follow, in its turn.
fn retire_released(object: &RecorderObject, handle: Key) {
    if object.recorder.state() == State::Released {
        retire(&registry().recorders, handle, object.recorder.queue());
    }
}

/// The end of a recorder whose manager ends.
pub(super) fn release_with_manager(object: &RecorderObject) {
    // One that an operation released already answers 7400201, which is fine.
    let _ = object.recorder.queue().in_turn(|| in_turn(object, Operation::Release));
}

fn synchronous(recorder: *mut camera_recorder, operation: Operation) -> Result<()> {
    let handle = key_of(recorder);
    match registry().recorders.get(handle) {
        Lookup::Live(object) => object.recorder.queue().in_turn(|| {
            let result = in_turn(&object, operation);
            retire_released(&object, handle);
            result
        }),
        Lookup::Released(_) => Err(Recorder::released()),
        Lookup::Unknown => Err(unknown(recorder, "recorder")),
    }
}

fn asynchronous(
    recorder: *mut camera_recorder,
    completion: camera_completion_fn,
    user_data: *mut c_void,
    operation: Operation,
) -> Result<()> {
    let function = CompletionFunction::new(completion, user_data)?;
    let report = move |result| function.call(result);
    let handle = key_of(recorder);
    match registry().recorders.get(handle) {
        Lookup::Live(object) => {
            let completion = Completion::new(object.manager.runtime().dispatcher.clone(), report);
            let completion = completion.ok_or_else(Recorder::released)?;
            let job = move |object: &Arc<RecorderObject>, _: &Arc<SerialQueue>| {
                completion.complete(in_turn(object, operation));
                // Not before the report: see `retire`.
                retire_released(object, handle);
            };
            if let Some(job) = enqueue(&registry().recorders, handle, |object| object.recorder.queue().clone(), job) {
                // Its handle went this very moment.
                let queue = object.recorder.queue().clone();
                if object.recorder.state() == State::Released {
                    // Nothing waits in its queue, and what is called next must not overtake this.
                    job(&object, &queue);
                } else {
                    // The manager is being released: the recorder's turn comes first.
                    let own = queue.clone();
                    queue.push(move || job(&object, &own));
                }
            }
            Ok(())
        }
        Lookup::Released(Some(manager)) => {
            let dispatcher = manager.runtime().dispatcher.clone();
            let completion = Completion::new(dispatcher, report).ok_or_else(Recorder::released)?;
            completion.complete(Err(Recorder::released()));
            Ok(())
        }
        // The manager is released too: nothing is left that could run the completion.
        Lookup::Released(None) => Err(Recorder::released()),
        Lookup::Unknown => Err(unknown(recorder, "recorder")),
    }
}

/// Makes the file, or empties the one that was given, and records the frames that arrive from now
/// on. The first frame decides the format and the size. The output has a start of its own, before or
/// after this one: camera_output_start(). Blocks; see camera_recorder_start_async().
///
/// @param recorder  The recorder.
///
/// @retval CAMERA_OK                          Recording.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      recorder is NULL or never was a recorder; the path names
///                                            a folder, or something in one that does not exist, or
///                                            no file; the fd was opened with O_APPEND meanwhile. It
///                                            may be started again when that is repaired.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It was started before; or the file may not be written by
///                                            this user.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The recorder is released; or the file cannot be made for
///                                            another reason, which the detail tells.
///
/// @par State
///   IDLE; becomes RECORDING. On failure it stays IDLE.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this recorder that were called before, and for the
///   file to be made.
///
/// @since 0.1
/// @see camera_recorder_stop()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_start(recorder: *mut camera_recorder) -> i32 {
    guard::call(|| synchronous(recorder, Operation::Start))
}

/// Starts recording without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param recorder    The recorder.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or completion is
///                                          NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_recorder_start().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_recorder_start()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_start_async(
    recorder: *mut camera_recorder,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| asynchronous(recorder, completion, user_data, Operation::Start))
}

/// Lets the frames go that arrive from now on; those that arrived before are written. In the file
/// there is no gap: the next frame follows the last one as if no time went by. Blocks; see
/// camera_recorder_pause_async().
///
/// @param recorder  The recorder.
///
/// @retval CAMERA_OK                          Paused.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      recorder is NULL or never was a recorder.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is not recording.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The recorder is released; or recording ended by itself,
///                                            before or just now, and the detail tells why.
///
/// @par State
///   RECORDING; becomes PAUSED.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this recorder that were called before, and for the
///   disk.
///
/// @since 0.1
/// @see camera_recorder_resume()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_pause(recorder: *mut camera_recorder) -> i32 {
    guard::call(|| synchronous(recorder, Operation::Pause))
}

/// Pauses a recording without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param recorder    The recorder.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or completion is
///                                          NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_recorder_pause().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_recorder_pause()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_pause_async(
    recorder: *mut camera_recorder,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| asynchronous(recorder, completion, user_data, Operation::Pause))
}

/// Records again, from the next frame that arrives on. Blocks; see camera_recorder_resume_async().
///
/// @param recorder  The recorder.
///
/// @retval CAMERA_OK                          Recording.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      recorder is NULL or never was a recorder.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is not paused.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The recorder is released; or recording ended by itself,
///                                            and the detail tells why.
///
/// @par State
///   PAUSED; becomes RECORDING.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this recorder that were called before; never for the
///   disk.
///
/// @since 0.1
/// @see camera_recorder_pause()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_resume(recorder: *mut camera_recorder) -> i32 {
    guard::call(|| synchronous(recorder, Operation::Resume))
}

/// Resumes a recording without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param recorder    The recorder.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or completion is
///                                          NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_recorder_resume().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_recorder_resume()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_resume_async(
    recorder: *mut camera_recorder,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| asynchronous(recorder, completion, user_data, Operation::Resume))
}

/// Writes what has arrived, finishes the file (index, duration, sizes), waits until it is on the
/// disk, and closes it. A recording without a frame leaves an empty file. Listeners are told before
/// this is done. The output goes on, and its frames are let go. Blocks; see
/// camera_recorder_stop_async().
///
/// @param recorder  The recorder.
///
/// @retval CAMERA_OK                          The file is complete.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      recorder is NULL or never was a recorder.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is neither recording nor paused.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The recorder is released; or recording ended by itself,
///                                            before or just now, and the detail tells why: the file
///                                            has what could be written.
///
/// @par State
///   RECORDING or PAUSED; becomes STOPPED, or FAILED.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this recorder that were called before, and for the
///   disk.
///
/// @since 0.1
/// @see camera_recorder_get_statistics(), camera_recorder_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_stop(recorder: *mut camera_recorder) -> i32 {
    guard::call(|| synchronous(recorder, Operation::Stop))
}

/// Stops recording without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param recorder    The recorder.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or completion is
///                                          NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_recorder_stop().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_recorder_stop()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_stop_async(
    recorder: *mut camera_recorder,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| asynchronous(recorder, completion, user_data, Operation::Stop))
}

/// Gives a recorder back, and its surface with it. A recording is finished as camera_recorder_stop()
/// does; whether that succeeded is told to the listeners. The output that sends to its surface goes
/// on without it. Blocks; see camera_recorder_release_async().
///
/// @param recorder  The recorder. Afterwards the handle stays harmless: everything but
///                  camera_recorder_get_state() answers CAMERA_ERROR_SERVICE_FATAL_ERROR, for ever.
///
/// @retval CAMERA_OK                          Released, and its file is closed. Its listeners hear what
///                                            happened until then, and end.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      recorder is NULL or never was a recorder.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   It is released already.
///
/// @par State
///   Any; becomes RELEASED.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this recorder that were called before, and for the
///   disk.
///
/// @since 0.1
/// @see camera_recorder_stop()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_release(recorder: *mut camera_recorder) -> i32 {
    guard::call(|| synchronous(recorder, Operation::Release))
}

/// Gives a recorder back without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param recorder    The recorder.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or completion is
///                                          NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_recorder_release().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_recorder_release()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_release_async(
    recorder: *mut camera_recorder,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| asynchronous(recorder, completion, user_data, Operation::Release))
}
