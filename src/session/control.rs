//! Controls of a session's camera, in the families that Camera Kit has. A family is what a user
//! means (focus on this point); the controls of V4L2 are what a driver has. Each family is a file that
//! translates, and knows nothing of sessions.
//!
//! What a camera cannot do is told by the family's query, and is 7400102 when it is set all the same.

pub(crate) mod bias;
#[cfg(all(test, not(loom)))]
mod cameras;
mod chosen;
pub(crate) mod exposure;
pub(crate) mod flash;
pub(crate) mod focus;
pub(crate) mod iso;
mod knobs;
mod lock;
mod menus;
pub(crate) mod metering;
pub(crate) mod stabilization;
pub(crate) mod white_balance;
pub(crate) mod zoom;

use super::Session;
use super::state::{self, Operation, State};
use crate::camera::Input;
use crate::error::{Code, Error, Result};
use crate::runtime::log::Level;
pub(crate) use chosen::Chosen;
use flash::FlashMode;
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
        self.knobs_of(&input)
    }

    fn knobs_of(&self, input: &Input) -> Result<Knobs> {
        Ok(Knobs::new(input.id(), input.device()?.controls()).remembering(&self.chosen))
    }

    /// Flashes, if captures are to. A photo without the flash is better than none, so a failure is only
    /// logged.
    pub(super) fn flash_for_capture(&self) {
        if self.chosen.lock().flash == Some(FlashMode::Open)
            && let Err(error) = self.knobs().and_then(|knobs| flash::before_capture(&knobs))
        {
            self.runtime.log.write(Level::Warning, || format!("a capture goes without its flash: {error}"));
        }
    }

    /// The session is done with this camera: what was chosen is forgotten, and its light is put out,
    /// which would burn on in a driver that nobody uses.
    pub(super) fn end_controls(&self, input: &Input) {
        let chosen = std::mem::take(&mut *self.chosen.lock());
        if matches!(chosen.flash, Some(FlashMode::Open | FlashMode::AlwaysOpen))
            && let Err(error) = self.knobs_of(input).and_then(|knobs| flash::set(&knobs, FlashMode::Close))
        {
            self.runtime.log.write(Level::Warning, || format!("the flash cannot be put out: {error}"));
        }
        *self.chosen.lock() = Chosen::default();
        self.forget_focus();
    }
}
