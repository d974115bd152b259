//! camera_session: the state machine.

use super::args::{self, Out};
use super::callback::{CompletionFunction, Stored, camera_completion_fn, camera_destroy_fn, camera_error_fn};
use super::camera::SCENE_MODES;
use super::guard;
use super::manager::{camera_manager, live_manager};
use super::registry::{enqueue, insert, key_of, registry, retire, unknown};
use crate::camera::Manager;
use crate::error::{Error, Result};
use crate::handle::Lookup;
use crate::runtime::{Completion, SerialQueue};
use crate::session::Session;
use crate::session::events::SessionEvent;
use crate::session::state::{self, Operation, State};
use crate::sync::Arc;
use std::ffi::c_void;

/// A session: one input and any number of outputs, configured between begin and commit, then
/// started, stopped and released.
///
/// Operations of one session run one at a time, in the order of the calls; a synchronous call
/// waits for the asynchronous ones before it. Different sessions do not wait for each other.
pub struct camera_session {
    _opaque: (),
}

/// Where a session is in its life. The numbers are not in life-cycle order.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_session_state {
    /// New.
    Init = 0,
    /// Between begin and commit.
    Config = 1,
    /// Configured, not running.
    Committed = 2,
    /// Ended.
    Released = 3,
    /// Running.
    Started = 4,
}

/// A session handle, live or released.
pub(super) enum SessionRef {
    Live(Arc<Session>),
    /// Released; with the manager while it lives.
    Released(Option<Arc<Manager>>),
}

pub(super) fn session_ref(session: *const camera_session) -> Result<SessionRef> {
    match registry().sessions.get(key_of(session)) {
        Lookup::Live(session) => Ok(SessionRef::Live(session)),
        Lookup::Released(manager) => Ok(SessionRef::Released(manager)),
        Lookup::Unknown => Err(unknown(session, "session")),
    }
}

/// Runs a synchronous operation in the session's turn; a released session answers as the state
/// RELEASED does.
pub(super) fn synchronous(
    session: SessionRef,
    operation: Operation,
    run: impl FnOnce(&Arc<Session>) -> Result<()>,
) -> Result<()> {
    match session {
        SessionRef::Live(session) => {
            let result = session.queue().in_turn(|| run(&session));
            session.log(operation, &result);
            result
        }
        SessionRef::Released(_) => state::check(operation, State::Released),
    }
}

/// Queues an operation that reports to a completion function.
fn asynchronous(
    session: *mut camera_session,
    completion: camera_completion_fn,
    user_data: *mut c_void,
    operation: Operation,
    run: impl FnOnce(&Arc<Session>) -> Result<()> + Send + 'static,
) -> Result<()> {
    let function = CompletionFunction::new(completion, user_data)?;
    let handle = key_of(session);
    match session_ref(session)? {
        SessionRef::Live(session) => {
            let dispatcher = session.runtime().dispatcher.clone();
            let Some(completion) = Completion::new(dispatcher, move |result| function.call(result)) else {
                return state::check(operation, State::Released);
            };
            let job = move |session: &Arc<Session>, _: &Arc<SerialQueue>| {
                let result = run(session);
                session.log(operation, &result);
                completion.complete(result);
                // Not before the report: see `retire`.
                if session.state() == State::Released {
                    retire(&registry().sessions, handle, session.queue());
                }
            };
            if let Some(job) = enqueue(&registry().sessions, handle, |session| session.queue().clone(), job) {
                // Its handle went this very moment.
                if session.state() == State::Released {
                    // Nothing waits in its queue, and what is called next must not overtake this.
                    job(&session, session.queue());
                } else {
                    // The manager is being released: the session's turn comes first.
                    session.queue().clone().push(move || job(&session, session.queue()));
                }
            }
            Ok(())
        }
        SessionRef::Released(Some(manager)) => {
            let dispatcher = manager.runtime().dispatcher.clone();
            let refused = state::check(operation, State::Released);
            match Completion::new(dispatcher, move |result| function.call(result)) {
                Some(completion) => completion.complete(refused),
                None => return refused,
            }
            Ok(())
        }
        // The manager is released too: nothing is left that could run the completion.
        SessionRef::Released(None) => state::check(operation, State::Released),
    }
}

/// Makes a session, in state INIT.
///
/// @param manager  The manager.
/// @param mode     One of camera_scene_mode.
/// @param session  Receives the handle. Owned by the caller: give it back with
///                 camera_session_release(). Must not be NULL.
///
/// @retval CAMERA_OK                      Made.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, manager is no live manager, or
///                                        mode is unknown.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_session_begin_config()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create_session(
    manager: *mut camera_manager,
    mode: i32,
    session: *mut *mut camera_session,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(session, "session") }?;
        let manager = live_manager(manager)?;
        let mode = args::one_of(mode, "mode", SCENE_MODES)?;
        let made = Session::new(&manager, mode, registry().next_number());
        out.set(insert(&registry().sessions, &manager, made)?);
        Ok(())
    })
}

/// The state of a session at this moment. Operations that are under way or queued may change
/// it at once.
///
/// @param session  The session, released or not.
/// @param state    Receives one of camera_session_state. Must not be NULL.
///
/// @retval CAMERA_OK                      Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, or session never was a session.
///
/// @par Threading
///   Thread-safe; never blocks, and does not wait for operations.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_state(session: *mut camera_session, state: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(state, "state") }?;
        out.set(match session_ref(session)? {
            SessionRef::Live(session) => session.state() as i32,
            SessionRef::Released(_) => State::Released as i32,
        });
        Ok(())
    })
}

/// Begins a configuration. A running session stops first; its input and outputs stay, to be
/// removed or committed again. A configuration cannot be abandoned, only committed, or the
/// session released.
///
/// @param session  The session.
///
/// @retval CAMERA_OK                          The session is in state CONFIG.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session.
/// @retval CAMERA_ERROR_SESSION_CONFIG_LOCKED A configuration was begun already, by any thread.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The session is released.
///
/// @par State
///   INIT, COMMITTED or STARTED; becomes CONFIG. After commit the application starts the
///   session, and its video outputs, again.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and for the
///   device to stop.
///
/// @since 0.1
/// @see camera_session_commit_config()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_begin_config(session: *mut camera_session) -> i32 {
    guard::call(|| synchronous(session_ref(session)?, Operation::BeginConfig, |session| session.begin_config()))
}

/// Commits the configuration: checks that the camera can serve every output from its one
/// stream, and programs the device. Blocks; see camera_session_commit_config_async().
///
/// @param session  The session.
///
/// @retval CAMERA_OK                          The session is in state COMMITTED.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No configuration was begun, or the session is released.
/// @retval CAMERA_ERROR_CONFLICT_CAMERA       Another process streams from the device.
/// @retval CAMERA_ERROR_DEVICE_DISABLED       The device is gone.
/// @retval CAMERA_ERROR_UNRESOLVED_CONFLICTS_WITH_CURRENT_CONFIGURATIONS
///                                            Only the frame rates stand in the way.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   No input, no output, the input is not open; the
///                                            aspect ratios of preview and video differ by more
///                                            than 1 %; no stream serves every output; or the
///                                            driver refused. The detail says which.
///
/// @par State
///   CONFIG; becomes COMMITTED. The input must be open; an open that is under way is waited for. On
///   failure it stays CONFIG with input and outputs as they were,
///   and the driver holds nothing: correct the configuration and commit again.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and for the
///   device.
///
/// @since 0.1
/// @see camera_session_commit_config_async()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_commit_config(session: *mut camera_session) -> i32 {
    guard::call(|| synchronous(session_ref(session)?, Operation::CommitConfig, |session| session.commit_config()))
}

/// Commits the configuration without blocking the caller.
///
/// The call accepts or refuses. When it returns CAMERA_OK the commit takes its place behind the
/// session's earlier operations and completion runs exactly once. When it returns anything else
/// nothing was queued and completion never runs. A refusal because of the session's state is a
/// result and goes to completion.
///
/// @param session     The session. It may be released meanwhile.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion. Never read or freed by the library; must stay valid
///                    until completion has returned. May be NULL.
///
/// @retval CAMERA_OK                      Accepted; completion will run.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  session is NULL or never was a session, or completion is NULL.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The session and its manager are released: nothing
///                                        is left to run completion.
///
/// @par Outcome passed to completion
///   The codes of camera_session_commit_config().
///
/// @par State
///   As camera_session_commit_config(), when the operation runs.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_session_commit_config()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_commit_config_async(
    session: *mut camera_session,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| {
        asynchronous(session, completion, user_data, Operation::CommitConfig, |session| session.commit_config())
    })
}

/// Starts the session: its preview streams run. Video outputs wait for their own start, photos
/// for a capture. Blocks; see camera_session_start_async().
///
/// @param session  The session.
///
/// @retval CAMERA_OK                        The session is in state STARTED.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG  No configuration is committed, or the session is released.
/// @retval CAMERA_ERROR_CONFLICT_CAMERA     Another process streams from the device.
/// @retval CAMERA_ERROR_DEVICE_DISABLED     The input was closed, or the device is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It runs already; or the driver refused, for example
///                                          for lack of bandwidth on the bus.
///
/// @par State
///   COMMITTED; becomes STARTED, or stays COMMITTED on failure.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and for the
///   device to start.
///
/// @since 0.1
/// @see camera_session_stop(), camera_session_start_async()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_start(session: *mut camera_session) -> i32 {
    guard::call(|| synchronous(session_ref(session)?, Operation::Start, |session| session.start()))
}

/// Starts the session without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param session     The session. It may be released meanwhile.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                       Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT   session is NULL or never was a session, or completion is NULL.
/// @retval CAMERA_ERROR_SESSION_NOT_CONFIG The session and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_session_start().
///
/// @par State
///   As camera_session_start(), when the operation runs.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_session_start()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_start_async(
    session: *mut camera_session,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| asynchronous(session, completion, user_data, Operation::Start, |session| session.start()))
}

/// Stops the session: preview and video outputs stop, captures that wait are cancelled, each
/// with its event. Frames that wait in surfaces stay there. Blocks; see
/// camera_session_stop_async().
///
/// @param session  The session.
///
/// @retval CAMERA_OK                        The session is in state COMMITTED.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It is not started; or a stream failed to stop, or
///                                          had ended by itself, and the state is COMMITTED all
///                                          the same.
///
/// @par State
///   STARTED; becomes COMMITTED.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and for the
///   device to stop. Callbacks of surfaces may still be running when it returns.
///
/// @since 0.1
/// @see camera_session_start(), camera_session_stop_async()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_stop(session: *mut camera_session) -> i32 {
    guard::call(|| synchronous(session_ref(session)?, Operation::Stop, |session| session.stop()))
}

/// Stops the session without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param session     The session. It may be released meanwhile.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session, or completion is NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_session_stop().
///
/// @par State
///   As camera_session_stop(), when the operation runs.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_session_stop()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_stop_async(
    session: *mut camera_session,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| asynchronous(session, completion, user_data, Operation::Stop, |session| session.stop()))
}

/// Releases the session: it stops, its device is closed, its outputs are free for other
/// sessions, and its listeners end behind their last event. Frames and photos that the application holds stay
/// valid. Its input is closed for good, if it was open: a later session needs a new one. To keep
/// an input, camera_session_remove_input() it first. Blocks; see camera_session_release_async().
///
/// @param session  The session. Afterwards the handle stays harmless: every call on it answers
///                 as the state RELEASED does, for ever.
///
/// @retval CAMERA_OK                        The session is in state RELEASED.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It is released already.
///
/// @par State
///   Any; becomes RELEASED.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and for the
///   device to stop.
///
/// @since 0.1
/// @see camera_session_release_async()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_release(session: *mut camera_session) -> i32 {
    guard::call(|| {
        let handle = key_of(session);
        synchronous(session_ref(session)?, Operation::Release, |session| {
            session.release()?;
            retire(&registry().sessions, handle, session.queue());
            Ok(())
        })
    })
}

/// Releases the session without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does.
///
/// @param session     The session.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session, or completion is NULL.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_session_release().
///
/// @par State
///   Any; becomes RELEASED when the operation runs.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_session_release()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_release_async(
    session: *mut camera_session,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| asynchronous(session, completion, user_data, Operation::Release, |session| session.release()))
}

/// Registers a function for the session's errors.
///
/// @param session    The session.
/// @param callback   Told about errors. Must not be NULL.
/// @param user_data  Passed to callback. Never read or freed by the library.
/// @param destroy    Called with user_data when the listener is gone, removed or with its
///                   session. May be NULL. Not called when this function fails.
/// @param listener   Receives a number for camera_session_remove_listener(). Must not be NULL.
///
/// @retval CAMERA_OK                        Registered.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session, callback or listener is NULL, or session
///                                          never was a session.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_session_remove_listener(), camera_session_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_add_error_listener(
    session: *mut camera_session,
    callback: camera_error_fn,
    user_data: *mut c_void,
    destroy: camera_destroy_fn,
    listener: *mut u64,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(listener, "listener") }?;
        if callback.is_none() {
            return Err(Error::invalid("callback is NULL"));
        }
        let session = live_for_listeners(session)?;
        let stored = Stored::new(callback, user_data, destroy)?;
        out.set(session.events().add(move |event: &SessionEvent| {
            if let SessionEvent::Failed(error) = event {
                stored.tell_error(error);
            }
        }));
        Ok(())
    })
}

pub(super) fn live_for_listeners(session: *const camera_session) -> Result<Arc<Session>> {
    match session_ref(session)? {
        SessionRef::Live(session) if session.state() != State::Released => Ok(session),
        _ => Err(Error::fatal("the session is released")),
    }
}
