//! camera_input: the right to use one camera.

use super::args::{self, Out};
use super::callback::{CompletionFunction, camera_completion_fn};
use super::camera::{ID_LENGTH, camera_position, camera_type};
use super::guard;
use super::manager::{camera_manager, live_manager};
use super::registry::{handle_of, key_of, registry, unknown};
use crate::backend::Position;
use crate::camera::{Input, Manager};
use crate::error::{Code, Error, Result};
use crate::handle::Lookup;
use crate::runtime::Completion;
use crate::sync::Arc;
use std::ffi::{c_char, c_void};

/// The right to use one camera: opened, added to a session, closed. Several inputs of a process
/// may be open on one camera; the device is opened once and shared.
pub struct camera_input {
    _opaque: (),
}

/// An input handle, live or released.
pub(super) enum InputRef {
    Live(Arc<Input>),
    Released,
}

impl InputRef {
    pub(super) fn new(input: *const camera_input) -> Result<Self> {
        match registry().inputs.get(key_of(input)) {
            Lookup::Live(input) => Ok(InputRef::Live(input)),
            Lookup::Released(_) => Ok(InputRef::Released),
            Lookup::Unknown => Err(unknown(input, "input")),
        }
    }

    /// The failure of adding a released input, which is closed.
    pub(super) fn closed() -> Error {
        Error::new(Code::DeviceDisabled, RELEASED)
    }

    /// The failure of listening to a released input.
    pub(super) fn released() -> Error {
        Error::fatal(RELEASED)
    }
}

const RELEASED: &str = "the input is released and therefore closed: create and open a new one";

const POSITIONS: &[(i32, Position)] = &[
    (camera_position::Unspecified as i32, Position::Unspecified),
    (camera_position::Back as i32, Position::Back),
    (camera_position::Front as i32, Position::Front),
];

const TYPES: &[(i32, bool)] = &[
    (camera_type::Default as i32, true),
    (camera_type::WideAngle as i32, false),
    (camera_type::UltraWide as i32, false),
    (camera_type::Telephoto as i32, false),
    (camera_type::TrueDepth as i32, false),
];

fn give_out(manager: &Arc<Manager>, input: Arc<Input>, out: Out<*mut camera_input>) -> Result<()> {
    let key = registry()
        .inputs
        .insert(manager, input.clone())
        .ok_or_else(|| Error::fatal("no handles are left in this process"))?;
    input.set_tag(key.bits());
    out.set(handle_of(key));
    Ok(())
}

/// Runs an operation in the input's turn. A released input answers as a closed one.
fn synchronous(input: *mut camera_input, run: impl FnOnce(&Input) -> Result<()>) -> Result<()> {
    match InputRef::new(input)? {
        InputRef::Live(input) => input.queue().in_turn(|| run(&input)),
        InputRef::Released => Err(Error::fatal(RELEASED)),
    }
}

fn asynchronous(
    input: *mut camera_input,
    completion: camera_completion_fn,
    user_data: *mut c_void,
    run: impl FnOnce(&Input) -> Result<()> + Send + 'static,
) -> Result<()> {
    let function = CompletionFunction::new(completion, user_data)?;
    let report = move |result| function.call(result);
    match registry().inputs.get(key_of(input)) {
        Lookup::Live(input) => {
            let completion =
                Completion::new(input.dispatcher().clone(), report).ok_or_else(|| Error::fatal(RELEASED))?;
            input.queue().clone().push(move || completion.complete(run(&input)));
            Ok(())
        }
        Lookup::Released(Some(manager)) => {
            let dispatcher = manager.runtime().dispatcher.clone();
            let completion = Completion::new(dispatcher, report).ok_or_else(|| Error::fatal(RELEASED))?;
            completion.complete(Err(Error::fatal(RELEASED)));
            Ok(())
        }
        Lookup::Released(None) => Err(Error::fatal(RELEASED)),
        Lookup::Unknown => Err(unknown(input, "input")),
    }
}

/// Makes an input for a camera. The device is opened by camera_input_open().
///
/// @param manager    The manager.
/// @param camera_id  The camera's id, from camera_list_get(). Read during the call only. Must not
///                   be NULL.
/// @param input      Receives the handle. Owned by the caller: give it back with
///                   camera_input_release(). Must not be NULL.
///
/// @retval CAMERA_OK                      Made; the camera may be absent all the same.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, manager is no live manager, or
///                                        camera_id is no id of its cameras.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_input_open(), camera_manager_create_input_by_position()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create_input(
    manager: *mut camera_manager,
    camera_id: *const c_char,
    input: *mut *mut camera_input,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(input, "input") }?;
        let manager = live_manager(manager)?;
        // SAFETY: as above.
        let id = unsafe { args::text(camera_id, ID_LENGTH, "camera_id") }?;
        give_out(&manager, manager.create_input(id)?, out)
    })
}

/// Makes an input for the first camera with a position and a type.
///
/// @param manager      The manager.
/// @param position     One of camera_position. V4L2 drivers of webcams do not tell a position:
///                     those cameras are CAMERA_POSITION_UNSPECIFIED.
/// @param camera_type  One of camera_type. V4L2 cameras are CAMERA_TYPE_DEFAULT.
/// @param input        Receives the handle. Owned by the caller: give it back with
///                     camera_input_release(). Must not be NULL.
///
/// @retval CAMERA_OK                        Made.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    input is NULL, manager is no live manager, position or
///                                          camera_type is unknown.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR There is no such camera.
///
/// @par Threading
///   Thread-safe. Waits for drivers to answer.
///
/// @since 0.1
/// @see camera_manager_create_input()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create_input_by_position(
    manager: *mut camera_manager,
    position: i32,
    camera_type: i32,
    input: *mut *mut camera_input,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(input, "input") }?;
        let manager = live_manager(manager)?;
        let position = args::one_of(position, "position", POSITIONS)?;
        if !args::one_of(camera_type, "camera_type", TYPES)? {
            return Err(Error::fatal(format!(
                "no camera has type {camera_type}: V4L2 does not tell lenses apart, use CAMERA_TYPE_DEFAULT"
            )));
        }
        give_out(&manager, manager.create_input_at(position)?, out)
    })
}

/// Opens the camera. Blocks; see camera_input_open_async(). An input that is open stays open, and answers
/// CAMERA_OK, also when its camera has gone since: that is told by its listeners and by commit.
///
/// @param input  The input.
///
/// @retval CAMERA_OK                          Open.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      input is NULL or never was an input.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED The process may not open the device.
/// @retval CAMERA_ERROR_CONFLICT_CAMERA       Another process has it exclusively.
/// @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input was closed or released; or the driver failed.
///
/// @par State
///   Not opened yet, or open. A closed input cannot be opened again.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this input that were called before, and for the
///   device.
///
/// @since 0.1
/// @see camera_input_close(), camera_input_open_async()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_open(input: *mut camera_input) -> i32 {
    guard::call(|| synchronous(input, Input::open))
}

/// Opens the camera without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does. Operations of one input run
/// one at a time, in the order of the calls.
///
/// @param input       The input. It may be released meanwhile.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    input is NULL or never was an input, or completion is NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The input and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_input_open().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_input_open()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_open_async(
    input: *mut camera_input,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| asynchronous(input, completion, user_data, Input::open))
}

/// Closes the camera, for good: a closed input is not opened again. A session that uses it
/// loses its stream; its state does not change, its next stop answers
/// CAMERA_ERROR_SERVICE_FATAL_ERROR and becomes COMMITTED. Blocks; see camera_input_close_async().
///
/// @param input  The input.
///
/// @retval CAMERA_OK                        Closed. Also when it was never opened, and once after
///                                          the session that used it was released, which closed
///                                          the device.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    input is NULL or never was an input.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It is closed already, or released.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this input that were called before, and for the
///   device to stop.
///
/// @since 0.1
/// @see camera_input_open(), camera_input_release()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_close(input: *mut camera_input) -> i32 {
    guard::call(|| synchronous(input, Input::close))
}

/// Closes the camera without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param input       The input. It may be released meanwhile.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    input is NULL or never was an input, or completion is NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The input and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_input_close().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_input_close()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_close_async(
    input: *mut camera_input,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| asynchronous(input, completion, user_data, Input::close))
}

/// Gives an input back; it is closed if it was not, and its listeners end where completions run.
///
/// @param input  The input. Its handle is released; every later call answers as for a closed
///               input.
///
/// @retval CAMERA_OK                      Released, now or before.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  input is NULL or never was an input.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this input that were called before, and for the
///   device to stop.
///
/// @since 0.1
/// @see camera_input_close()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_release(input: *mut camera_input) -> i32 {
    guard::call(|| match registry().inputs.remove(key_of(input)) {
        Lookup::Live(input) => {
            // Closed already is as good.
            let _ = input.queue().in_turn(|| input.close());
            input.end_listeners();
            Ok(())
        }
        Lookup::Released(_) => Ok(()),
        Lookup::Unknown => Err(unknown(input, "input")),
    })
}
