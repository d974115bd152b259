//! Controls of a session's camera, in the families that Camera Kit has. A family is what a user
//! means (focus on this point); the controls of V4L2 are what a driver has. Each family is a file that
//! translates, and knows nothing of sessions.
//!
//! What a camera cannot do is told by the family's query, and is 7400102 when it is set all the same.

pub(crate) mod focus;
mod knobs;
pub(crate) mod stabilization;
pub(crate) mod zoom;

use super::Session;
use super::state::{self, Operation, State};
use crate::error::{Code, Error, Result};
pub(crate) use knobs::Knobs;

impl Session {
    /// Runs a getter or a setter, in the session's turn.
    pub(crate) fn control<R>(&self, run: impl FnOnce(&Knobs) -> Result<R>) -> Result<R> {
        state::check(Operation::Control, self.state())?;
        run(&self.knobs()?)
    }

    /// Runs a question about what is supported, in the session's turn: can be asked while an input is
    /// being configured, too.
    pub(crate) fn ask<R>(&self, run: impl FnOnce(&Knobs) -> Result<R>) -> Result<R> {
        if self.state() != State::Config || self.config.lock().input.is_none() {
            state::check(Operation::Control, self.state())?;
        }
        run(&self.knobs()?)
    }

    fn knobs(&self) -> Result<Knobs> {
        let input = self.config.lock().input.clone();
        let input = input.ok_or_else(|| Error::new(Code::SessionNotConfig, "the session has no input"))?;
        Ok(Knobs::new(input.id(), input.device()?.controls()))
    }
}
