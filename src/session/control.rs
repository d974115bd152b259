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
pub(super) mod flash_watch;
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
use crate::backend::Device;
use crate::backend::control::ids;
use crate::camera::Input;
use crate::error::{Code, Error, Result};
use crate::runtime::log::Level;
use crate::runtime::timer::Timer;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicBool, Ordering};
pub(crate) use chosen::Chosen;
use flash::FlashMode;
pub(crate) use knobs::Knobs;
use std::time::Duration;

/// What the picture follows only after some frames, because the camera measures anew.
const MEASURED: &[u32] = &[
    ids::EXPOSURE_AUTO,
    ids::EXPOSURE_ABSOLUTE,
    ids::AUTO_EXPOSURE_BIAS,
    ids::EXPOSURE_METERING,
    ids::ISO_SENSITIVITY,
    ids::ISO_SENSITIVITY_AUTO,
    ids::AUTO_WHITE_BALANCE,
    ids::AUTO_N_PRESET_WHITE_BALANCE,
    ids::WHITE_BALANCE_TEMPERATURE,
    ids::THREE_A_LOCK,
];

impl Session {
    /// Has `step` done every so often, in the session's turn, until the timer is dropped. A driver that is
    /// slow has fewer steps, not a queue of them.
    fn step_by_step(&self, interval: Duration, step: fn(&Session)) -> Result<Timer> {
        let (own, queued) = (self.own.clone(), Arc::new(AtomicBool::new(false)));
        Timer::every(&self.runtime.reactor, interval, move || {
            let Some(session) = own.upgrade() else { return };
            if queued.swap(true, Ordering::AcqRel) {
                return;
            }
            let (queued, queue) = (queued.clone(), session.queue.clone());
            queue.push(move || {
                queued.store(false, Ordering::Release);
                step(&session);
            });
        })
    }

    /// Runs a getter or a setter, in the session's turn.
    pub(crate) fn control<R>(&self, run: impl FnOnce(&Knobs) -> Result<R>) -> Result<R> {
        state::check(Operation::Control, self.state())?;
        let input = self.input_of_controls()?;
        let knobs = self.knobs_of(&input)?;
        let answer = run(&knobs);
        self.was_set(&knobs.touched());
        if knobs.touched().contains(&ids::FLASH_LED_MODE) && input.is_closed() {
            // Whoever closed it may have put the light out before it burned.
            self.put_out_now(|| Ok(knobs));
        }
        answer
    }

    /// What follows from controls that were set.
    fn was_set(&self, ids: &[u32]) {
        if ids.iter().any(|id| MEASURED.contains(id))
            && let Ok(stream) = self.stream()
        {
            stream.exposes_anew();
        }
        if ids.iter().any(|id| flash_watch::WATCHED.contains(id)) {
            self.look_at_flash();
        }
    }

    /// The camera was gone and is back with its defaults: what this session had set is set again.
    pub(super) fn restore_controls(&self, input: &Input) {
        let Ok(knobs) = self.knobs_of(input) else { return };
        knobs.apply_again(|id, error| {
            let told = || format!("camera {} is back, and control {id:#x} stays at its default: {error}", input.id());
            self.runtime.log.write(Level::Warning, told);
        });
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
        self.knobs_of(&*self.input_of_controls()?)
    }

    fn input_of_controls(&self) -> Result<Arc<Input>> {
        let input = self.config.lock().input.clone();
        input.ok_or_else(|| Error::new(Code::SessionNotConfig, "the session has no input"))
    }

    fn knobs_of(&self, input: &Input) -> Result<Knobs> {
        Ok(Knobs::new(input.id(), input.device()?.controls()).remembering(&self.chosen))
    }

    /// Flashes, if captures are to: true when there is light from now on. A photo without the flash is better than
    /// none, so a failure is only logged.
    pub(super) fn flash_for_capture(&self) -> bool {
        if self.chosen.lock().flash != Some(FlashMode::Open) {
            return false;
        }
        let lit = self.knobs().and_then(|knobs| flash::before_capture(&knobs));
        if let Err(error) = &lit {
            self.runtime.log.write(Level::Warning, || format!("a capture goes without its flash: {error}"));
        }
        lit.is_ok()
    }

    /// The session is done with this camera: what was chosen is forgotten, and its light is put out,
    /// which would burn on in a driver that nobody uses.
    pub(super) fn end_controls(&self, input: &Input) {
        self.put_out(|| self.knobs_of(input));
        if let Ok(knobs) = self.knobs_of(input) {
            self.end_crop(&knobs);
        }
        *self.chosen.lock() = Chosen::default();
        self.forget_focus();
    }

    /// The input is being closed: its device is the last to hear of the light.
    pub(super) fn input_closes(&self, input: &Input, device: &Arc<dyn Device>) {
        self.put_out(|| Ok(Knobs::new(input.id(), device.controls()).remembering(&self.chosen)));
    }

    fn put_out(&self, knobs: impl FnOnce() -> Result<Knobs>) {
        let lit = matches!(self.chosen.lock().flash, Some(FlashMode::Open | FlashMode::AlwaysOpen));
        if lit {
            self.put_out_now(knobs);
        }
    }

    fn put_out_now(&self, knobs: impl FnOnce() -> Result<Knobs>) {
        if let Err(error) = knobs().and_then(|knobs| flash::set(&knobs, FlashMode::Close)) {
            self.runtime.log.write(Level::Warning, || format!("the flash cannot be put out: {error}"));
        }
    }
}
