//! camera_session, between begin and commit: its input and its outputs.

use super::args::{Out, OutText};
use super::guard;
use super::input::{InputRef, camera_input};
use super::output::{OutputRef, camera_output};
use super::registry::key_of;
use super::session::{SessionRef, camera_session, session_ref, synchronous};
use crate::error::{Code, Error};
use crate::session::state::{self, Operation};
use std::ffi::c_char;

/// Could this input be added now?
///
/// @param session  The session.
/// @param input    The input.
/// @param result   Receives true when a configuration is begun, the session has no input yet,
///                 the input is not closed, and its device is in no other session. Must not be
///                 NULL.
///
/// @retval CAMERA_OK                      Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL; session never was a session, or
///                                        input an input.
///
/// @par State
///   Any; false in every state but CONFIG.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before.
///
/// @since 0.1
/// @see camera_session_add_input()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_can_add_input(
    session: *mut camera_session,
    input: *mut camera_input,
    result: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(result, "result") }?;
        let (session, input) = (session_ref(session)?, InputRef::new(input)?);
        out.set(match (session, input) {
            (SessionRef::Live(session), InputRef::Live(input)) => {
                session.queue().in_turn(|| session.can_add_input(&input))
            }
            _ => false,
        });
        Ok(())
    })
}

/// Adds the session's one input. It need not be open yet; commit wants it open.
///
/// @param session  The session.
/// @param input    The input. The session keeps its own reference until it is removed.
///
/// @retval CAMERA_OK                          Added.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session, input is
///                                            NULL or never was an input.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No configuration was begun; or the camera is in
///                                            another session of this process.
/// @retval CAMERA_ERROR_DEVICE_DISABLED       The input is closed or released.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The session has an input already.
///
/// @par State
///   CONFIG.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before.
///
/// @since 0.1
/// @see camera_session_remove_input(), camera_session_can_add_input()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_add_input(session: *mut camera_session, input: *mut camera_input) -> i32 {
    guard::call(|| {
        let (session, input) = (session_ref(session)?, InputRef::new(input)?);
        synchronous(session, Operation::Configure, |session| match input {
            InputRef::Live(input) => session.add_input(&input),
            InputRef::Released => {
                session.check_wants_input()?;
                Err(InputRef::closed())
            }
        })
    })
}

/// Removes the session's input. It stays open, and the outputs stay in the session.
///
/// @param session  The session.
/// @param input    The input, released or not.
///
/// @retval CAMERA_OK                          Removed.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session, input is
///                                            NULL or never was an input.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No configuration was begun.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   It is not this session's input.
///
/// @par State
///   CONFIG.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before.
///
/// @since 0.1
/// @see camera_session_add_input()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_remove_input(session: *mut camera_session, input: *mut camera_input) -> i32 {
    guard::call(|| {
        let session = session_ref(session)?;
        InputRef::new(input)?;
        synchronous(session, Operation::Configure, |session| session.remove_input(key_of(input).bits()))
    })
}

/// Could this output be added now?
///
/// @param session  The session.
/// @param output   The output.
/// @param result   Receives true when a configuration is begun, the session has an input, its
///                 camera offers the output's profile, and the output is neither released nor in
///                 another session. An output that is in this session already answers true. Must
///                 not be NULL.
///
/// @retval CAMERA_OK                      Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL; session never was a session, or
///                                        output an output.
///
/// @par State
///   Any; false in every state but CONFIG.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and the
///   first time for the driver to list its modes.
///
/// @since 0.1
/// @see camera_session_add_output()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_can_add_output(
    session: *mut camera_session,
    output: *mut camera_output,
    result: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(result, "result") }?;
        let (session, output) = (session_ref(session)?, OutputRef::new(output)?);
        out.set(match (session, output) {
            (SessionRef::Live(session), OutputRef::Live(object)) => {
                session.queue().in_turn(|| session.can_add_output(&object.output))
            }
            _ => false,
        });
        Ok(())
    })
}

/// Adds an output.
///
/// @param session  The session.
/// @param output   The output. The session keeps its own reference until it is removed.
///
/// @retval CAMERA_OK                          Added.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session, output is
///                                            NULL or never was an output.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No configuration was begun.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The session has no input; its camera does not offer
///                                            the profile; the output is in a session already,
///                                            or released.
///
/// @par State
///   CONFIG.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and the
///   first time for the driver to list its modes.
///
/// @since 0.1
/// @see camera_session_remove_output(), camera_session_can_add_output()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_add_output(session: *mut camera_session, output: *mut camera_output) -> i32 {
    guard::call(|| {
        let (session, output) = (session_ref(session)?, OutputRef::new(output)?);
        synchronous(session, Operation::Configure, |session| match output {
            OutputRef::Live(object) => session.add_output(&object.output),
            OutputRef::Released => {
                state::check(Operation::Configure, session.state())?;
                Err(OutputRef::released())
            }
        })
    })
}

/// Removes an output; it can be added again, here or elsewhere.
///
/// @param session  The session.
/// @param output   The output.
///
/// @retval CAMERA_OK                          Removed.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session, output is
///                                            NULL or never was an output.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No configuration was begun.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   It is not in this session, or released (a released
///                                            output left its session then).
///
/// @par State
///   CONFIG.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before.
///
/// @since 0.1
/// @see camera_session_add_output()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_remove_output(session: *mut camera_session, output: *mut camera_output) -> i32 {
    guard::call(|| {
        let (session, output) = (session_ref(session)?, OutputRef::new(output)?);
        synchronous(session, Operation::Configure, |session| match output {
            OutputRef::Live(object) => session.remove_output(&object.output),
            OutputRef::Released => {
                state::check(Operation::Configure, session.state())?;
                Err(OutputRef::released())
            }
        })
    })
}

/// Tells in words what commit would make of the configuration: the camera's mode, the way to each
/// output (as it is, decode, crop, scale, convert, encode), rates and bytes per second; or which
/// check refuses it and why. Nothing is changed.
///
/// @param session    The session.
/// @param text       Where the text goes: lines that end with a line feed, always ended by NUL, cut
///                   off when text_size is too small. Owned by the caller. Must not be NULL.
/// @param text_size  Bytes at text, 1 or more; 2048 are enough for ten outputs.
/// @param needed     Receives the bytes of the whole text with its NUL. May be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session; text is NULL or
///                                          text_size is 0.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG  No configuration was begun, or the session is released.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The configuration has no input or no output; or the driver
///                                          failed.
///
/// @par State
///   CONFIG, COMMITTED or STARTED.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and the first
///   time for the driver to list its modes.
///
/// @since 0.1
/// @see camera_session_commit_config()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_explain_config(
    session: *mut camera_session,
    text: *mut c_char,
    text_size: usize,
    needed: *mut usize,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller promises `text_size` writable bytes at `text`, and at `needed` one value.
        let (out, length) = unsafe { (OutText::new(text, text_size, "text")?, Out::optional(needed)) };
        let SessionRef::Live(session) = session_ref(session)? else {
            return Err(Error::new(Code::SessionNotConfig, "the session is released"));
        };
        let words = session.queue().in_turn(|| session.explain_config())?;
        out.set(&words);
        if let Some(length) = length {
            length.set(words.len() + 1);
        }
        Ok(())
    })
}
