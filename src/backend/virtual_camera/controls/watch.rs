//! Tells of controls that change: what was set is queued where it was set, and told on the reactor thread.
//! Of changes of one control that wait, the last counts, as with the kernel's events.

use super::super::fault::Camera;
use crate::backend::control::{Change, ControlChanges, ControlWatch};
use crate::backend::timer::Timer;
use crate::error::{Code, Error, Result};
use crate::runtime::Reactor;
use crate::runtime::reactor::{Interest, Readiness, Registration, Source, Wait};
use crate::sync::{Arc, Mutex, Weak};
use std::collections::VecDeque;

#[derive(Default)]
struct Queue {
    watched: Vec<u32>,
    waiting: VecDeque<Change>,
}

/// What one who watches is still to be told.
pub(super) struct Teller {
    device: u64,
    queue: Mutex<Queue>,
    timer: Timer,
    changes: Weak<dyn ControlChanges>,
}

impl Teller {
    pub(super) fn new(device: u64, changes: Weak<dyn ControlChanges>) -> Result<Arc<Teller>> {
        Ok(Arc::new(Teller { device, queue: Mutex::default(), timer: Timer::new()?, changes }))
    }

    pub(super) fn device(&self) -> u64 {
        self.device
    }

    /// Called with the camera's controls locked, and without need of memory.
    pub(super) fn tell(&self, change: Change) {
        let mut queue = self.queue.lock();
        if !queue.watched.contains(&change.id) {
            return;
        }
        match queue.waiting.iter_mut().find(|waiting| waiting.id == change.id) {
            Some(waiting) => {
                let described_anew = waiting.described_anew || change.described_anew;
                *waiting = Change { described_anew, ..change };
            }
            None => queue.waiting.push_back(change),
        }
        drop(queue);
        // A time that has passed. Only a broken timer fails, of which the reactor hears.
        let _ = self.timer.arm(Some(1));
    }
}

impl Source for Teller {
    fn ready(&self, _: Readiness) -> Interest {
        self.timer.has_come();
        let Some(changes) = self.changes.upgrade() else { return Interest::Keep };
        // What is added meanwhile arms the timer again.
        let waiting = self.queue.lock().waiting.len();
        for _ in 0..waiting {
            let next = self.queue.lock().waiting.pop_front();
            if let Some(change) = next {
                changes.changed(change);
            }
        }
        Interest::Keep
    }
}

/// Watches until it is dropped.
pub(super) struct Watching {
    camera: Arc<Camera>,
    plug: u64,
    teller: Arc<Teller>,
    /// Given back last, which waits for what is being told.
    _registration: Registration,
}

impl Watching {
    pub(super) fn new(camera: Arc<Camera>, plug: u64, teller: Arc<Teller>, reactor: &Arc<Reactor>) -> Result<Watching> {
        let registration = reactor.add(teller.timer.fd(), Wait::Readable, teller.clone())?;
        Ok(Watching { camera, plug, teller, _registration: registration })
    }
}

impl ControlWatch for Watching {
    fn add(&self, id: u32) -> Result<()> {
        self.camera.check(self.plug, "watching a control")?;
        if self.camera.panel.spec(id).is_none() {
            let camera = self.camera.id();
            let detail = format!("{camera}: watching control {id:#010x}: the camera has no such control");
            return Err(Error::new(Code::OperationNotAllowed, detail));
        }
        let mut queue = self.teller.queue.lock();
        if !queue.watched.contains(&id) {
            queue.watched.push(id);
        }
        // So that telling needs no memory.
        let watched = queue.watched.len();
        queue.waiting.reserve(watched);
        Ok(())
    }

    fn remove(&self, id: u32) {
        let mut queue = self.teller.queue.lock();
        queue.watched.retain(|watched| *watched != id);
        queue.waiting.retain(|change| change.id != id);
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some(mut state) = self.camera.panel.state(self.plug) {
            state.watchers.retain(|teller| !Arc::ptr_eq(teller, &self.teller));
        }
        // On the reactor thread what is being told goes on, but not to this one.
        *self.teller.queue.lock() = Queue::default();
    }
}
