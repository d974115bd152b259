//! A camera that was lost and comes back: the session opens it again and goes on where it was.
//!
//! From the loss on, the session is told by the watch on cameras when its camera is listed; that is
//! tried then, in the session's turn. Nothing runs meanwhile. A camera that is there but cannot be
//! had (another process was quicker, or its permissions are not set yet) is tried again, ever less
//! often, and the application is told.

use super::{ActiveStream, Committed, Session, SessionEvent};
use crate::camera::Input;
use crate::camera::status::Awaiting;
use crate::error::{Code, Error, Result};
use crate::runtime::log::Level;
use crate::runtime::timer::Timer;
use crate::sync::atomic::Ordering;
use crate::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// How long to wait before the first further try; each wait is twice the one before.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// And the longest.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// Tries that may fail before the application is told: permissions come late, but within a second.
const QUIET: u32 = 5;

/// A camera that is waited for.
pub(super) struct Away {
    since: Instant,
    /// Has the application been told? Else its return is no news either.
    known: bool,
    /// Tries in a row that found it present and could not have it.
    tries: u32,
    told: bool,
    /// Has it tried again.
    again: Option<Timer>,
}

impl Session {
    /// The session's stream, whose camera is opened again first if it was lost and is back.
    pub(super) fn attached(&self) -> Result<Arc<ActiveStream>> {
        if let Some((input, committed)) = self.to_reattach()
            && (self.away.lock().is_some() || is_gone(&input))
        {
            // A try may have opened the device and failed later; this one may do better.
            self.wait_for_camera(false);
            self.reattach(&input, committed).inspect_err(|_| self.loss_is_known())?;
        }
        self.stream()
    }

    /// The application has been told that the camera is away.
    fn loss_is_known(&self) {
        if let Some(away) = self.away.lock().as_mut() {
            away.known = true;
        }
    }

    /// What is to be attached again when its camera was lost.
    fn to_reattach(&self) -> Option<(Arc<Input>, Committed)> {
        let config = self.config.lock();
        let committed = config.committed.clone().filter(|committed| committed.options.reattach)?;
        Some((config.input.clone()?, committed))
    }

    /// In its turn: the camera is lost, as the application has been told or not. Whoever says so may be
    /// late, when the camera is back already, or may be wrong.
    pub(super) fn wait_for_camera(&self, known: bool) {
        let Some((input, _)) = self.to_reattach() else { return };
        if self.away.lock().is_none() && !is_gone(&input) {
            return;
        }
        {
            let mut away = self.away.lock();
            if let Some(away) = &mut *away {
                away.known |= known;
                return;
            }
            if !input.is_open() {
                return;
            }
            *away = Some(Away { since: Instant::now(), known, tries: 0, told: false, again: None });
        }
        self.let_go_of(&input);
        let own: Weak<Session> = self.own.clone();
        input.await_camera(own);
    }

    /// Nothing of the dead device is held: some drivers have their device back only then.
    fn let_go_of(&self, input: &Input) {
        if let Ok(stream) = self.stream() {
            stream.interrupt(Error::new(
                Code::DeviceDisabled,
                format!("camera {} is gone, and is waited for", input.id()),
            ));
        }
        self.stop_watching_flash();
        input.let_go_of_lost();
    }

    /// In its turn: the camera is waited for no more.
    pub(super) fn stop_waiting(&self, input: &Input) {
        let away = self.away.lock().take();
        if away.is_some() {
            input.stop_awaiting();
        }
        // Out of the lock: the end of its timer waits for a tick.
        drop(away);
    }

    /// In its turn: the camera may be back.
    fn try_again(&self) {
        self.queued.store(false, Ordering::Release);
        let due = match self.away.lock().as_mut() {
            Some(away) => away.again.take(),
            None => return,
        };
        // Out of the lock. A try that takes long has no others pile up behind it.
        drop(due);
        let Some((input, committed)) = self.to_reattach() else { return };
        match self.reattach(&input, committed) {
            // It was closed, or is not there after all.
            Err(_) if !input.is_open() => self.stop_waiting(&input),
            Err(error) if error.code() == Code::DeviceDisabled => self.rest_until_listed(),
            Err(error) => self.refused(input.id(), &error),
            Ok(()) => {}
        }
    }

    /// Opens the camera again and puts the committed plan to it; what ran runs again.
    fn reattach(&self, input: &Arc<Input>, mut committed: Committed) -> Result<()> {
        let device = input.reopen()?;
        let lost = self.stream()?;
        // A try before this one may have got as far as buffers.
        lost.interrupt(Error::new(
            Code::DeviceDisabled,
            format!("camera {} was gone, and could not be had again yet", input.id()),
        ));
        let kept = committed.served.iter().map(|(output, _)| !output.is_released()).collect::<Vec<_>>();
        retain(&mut committed.served, &kept);
        retain(&mut committed.plan.ways, &kept);
        let stream = self.attach(input, &device, &committed)?;
        self.adopt(stream.clone(), committed);
        self.restore_controls(input);
        self.watch_flash();
        let running = stream.take_over(&lost)?;
        let Some(Away { since, known, again, .. }) = self.away.lock().take() else { return Ok(()) };
        drop(again);
        input.stop_awaiting();
        let away = since.elapsed();
        self.runtime.log.write(Level::Info, || {
            format!(
                "session {}: camera {} is back after {} ms; {running} running",
                self.number,
                input.id(),
                away.as_millis()
            )
        });
        if known {
            self.events.emit(SessionEvent::Reattached { away, running });
        }
        Ok(())
    }

    /// It is not there: the next list that has it tells.
    fn rest_until_listed(&self) {
        let again = self.away.lock().as_mut().and_then(|away| {
            away.tries = 0;
            away.again.take()
        });
        drop(again);
    }

    /// It is there, and cannot be had.
    fn refused(&self, id: &str, error: &Error) {
        let own = self.own.clone();
        let (wait, tell) = {
            let mut away = self.away.lock();
            let Some(away) = away.as_mut() else { return };
            let wait = FIRST_WAIT.saturating_mul(1 << away.tries.min(10)).min(LONGEST_WAIT);
            away.tries = away.tries.saturating_add(1);
            let tell = away.tries >= QUIET && !std::mem::replace(&mut away.told, true);
            (wait, tell)
        };
        let timer = Timer::every(&self.runtime.reactor, wait, move || {
            if let Some(session) = own.upgrade() {
                session.may_be_back();
            }
        });
        if tell || timer.is_err() {
            let mut told = error.clone();
            if let Err(no_timer) = &timer {
                told = no_timer.clone();
            }
            let told = told.context(format!("camera {id} is back and cannot be used, which is tried again"));
            self.events.emit(SessionEvent::Failed(told));
        }
        let before = self.away.lock().as_mut().and_then(|away| std::mem::replace(&mut away.again, timer.ok()));
        drop(before);
    }
}

impl Awaiting for Session {
    fn may_be_back(&self) {
        let Some(own) = self.own.upgrade() else { return };
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.queue.push(move || own.try_again());
        }
    }

    fn cannot_wait(&self, error: Error) {
        let told = error.context("the return of the camera will not be noticed: start and commit find it out");
        self.events.emit(SessionEvent::Failed(told));
    }
}

/// Is its device gone for good, until it is opened anew?
fn is_gone(input: &Input) -> bool {
    input.device().is_err_and(|error| error.code() == Code::DeviceDisabled)
}

/// Keeps the elements that `kept` has.
fn retain<T>(elements: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    elements.retain(|_| kept.next().copied().unwrap_or(false));
}
