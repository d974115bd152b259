//! camera_session: how its controls are called. Each family has a file of its own.

use super::args::Out;
use super::session::{SessionRef, camera_session, session_ref};
use crate::error::{Error, Result};
use crate::session::Session;
use crate::session::control::Knobs;
use crate::session::state::{self, Operation, State};
use crate::sync::Arc;

/// Runs what is the session's own affair, in its turn; a released session answers as controls do.
pub(super) fn in_turn<R>(session: *mut camera_session, run: impl FnOnce(&Arc<Session>) -> Result<R>) -> Result<R> {
    match session_ref(session)? {
        SessionRef::Live(session) => session.queue().in_turn(|| run(&session)),
        SessionRef::Released(_) => {
            state::check(Operation::Control, State::Released).and(Err(Error::fatal("the session is released")))
        }
    }
}

/// Asks what is supported, in the session's turn: during a configuration, once it has an input, too.
pub(super) fn ask<T>(session: *mut camera_session, out: Out<T>, run: impl FnOnce(&Knobs) -> Result<T>) -> Result<()> {
    ask_with(session, run, |answer| out.set(answer))
}

/// As `ask`, for an answer of several parts: `write` puts them where they go.
pub(super) fn ask_with<T>(
    session: *mut camera_session,
    run: impl FnOnce(&Knobs) -> Result<T>,
    write: impl FnOnce(T),
) -> Result<()> {
    write(in_turn(session, |session| session.ask(run))?);
    Ok(())
}

/// Reads a control, in the session's turn.
pub(super) fn get<T>(session: *mut camera_session, out: Out<T>, run: impl FnOnce(&Knobs) -> Result<T>) -> Result<()> {
    out.set(in_turn(session, |session| session.control(run))?);
    Ok(())
}

/// Sets a control, in the session's turn.
pub(super) fn set(session: *mut camera_session, run: impl FnOnce(&Knobs) -> Result<()>) -> Result<()> {
    in_turn(session, |session| session.control(run))
}
