//! Whether the camera of a session recording is plugged in. A recorded unplug makes its devices dead for
//! good; where the recording goes on behind it the camera comes back, to be opened anew.

use super::{Camera, Unplugged};
use crate::backend::timer::Timer;
use crate::backend::{Changes, Present, Watch};
use crate::error::{Code, Error, Result};
use crate::runtime::Reactor;
use crate::runtime::clock::now_ns;
use crate::runtime::reactor::{Interest, Readiness, Registration, Source, Wait};
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use std::os::fd::AsFd;

/// Those who want to know that a camera goes or comes back.
#[derive(Default)]
pub(super) struct Watchers {
    all: Mutex<Vec<(u64, Weak<dyn Changes>)>>,
    next: AtomicU64,
}

impl Watchers {
    /// What `Backend::cameras` answers is another now. On the reactor thread, or that of a start.
    fn changed(&self) {
        let watchers = self.all.lock();
        let told: Vec<_> = watchers.iter().filter_map(|(_, changes)| changes.upgrade()).collect();
        // With the lock, so that a watch that has ended is not told any more.
        told.iter().for_each(|changes| changes.changed());
        drop(watchers);
        // Without it: the last to hold one may end its watch.
        drop(told);
    }
}

/// Watches the list. Nothing can be in doubt: what a file says is known.
pub(super) struct PlugWatch {
    number: u64,
    watchers: Arc<Watchers>,
    cameras: Vec<Arc<Camera>>,
}

impl PlugWatch {
    pub(super) fn new(watchers: &Arc<Watchers>, cameras: &[Arc<Camera>], changes: Weak<dyn Changes>) -> PlugWatch {
        let number = watchers.next.fetch_add(1, Ordering::Relaxed);
        watchers.all.lock().push((number, changes));
        PlugWatch { number, watchers: watchers.clone(), cameras: cameras.to_vec() }
    }
}

impl Watch for PlugWatch {
    fn cameras(&self) -> Result<Vec<Present>> {
        let present = |camera: &&Arc<Camera>| camera.is_present();
        let info = |camera: &Arc<Camera>| Present { plugged: camera.plug.number(), info: camera.info() };
        Ok(self.cameras.iter().filter(present).map(info).collect())
    }

    fn doubt(&self, _: &str) {}
}

impl Drop for PlugWatch {
    fn drop(&mut self) {
        self.watchers.all.lock().retain(|(number, _)| *number != self.number);
    }
}

#[derive(Default)]
struct State {
    /// Grows with every unplug.
    number: u64,
    /// CLOCK_MONOTONIC in nanoseconds.
    gone_until: Option<u64>,
    /// The plug whose device has a configured stream.
    streaming: Option<u64>,
    /// Where the next run of the recording is looked for.
    played: u64,
}

pub(super) struct Plug {
    watchers: Arc<Watchers>,
    state: Mutex<State>,
    /// Waits for the return, which others are to hear of.
    returning: Mutex<Option<Registration>>,
}

impl Plug {
    pub(super) fn new(watchers: &Arc<Watchers>) -> Plug {
        Plug { watchers: watchers.clone(), state: Mutex::default(), returning: Mutex::new(None) }
    }

    /// Which time it is plugged in.
    pub(super) fn number(&self) -> u64 {
        self.state.lock().number
    }

    pub(super) fn is_in(&self) -> bool {
        self.state.lock().gone_until.is_none_or(|until| now_ns() as u64 >= until)
    }

    /// How far the file was played.
    pub(super) fn played(&self) -> u64 {
        self.state.lock().played
    }

    pub(super) fn set_played(&self, place: u64) {
        self.state.lock().played = place;
    }

    /// The camera is gone, for ever or for so long. On any thread.
    pub(super) fn pull(&self, returns: Unplugged, reactor: &Arc<Reactor>) {
        let until = returns.map(|delay| (now_ns() as u64).saturating_add(delay));
        {
            let mut state = self.state.lock();
            state.number += 1;
            state.gone_until = Some(until.unwrap_or(u64::MAX));
        }
        self.watchers.changed();
        if let Some(until) = until {
            // Without a timer it is there again all the same, but nobody is told.
            *self.returning.lock() = Return::at(until, &self.watchers, reactor).ok();
        }
    }
}

/// Tells that a camera is there again.
struct Return {
    timer: Timer,
    watchers: Weak<Watchers>,
}

impl Return {
    fn at(until: u64, watchers: &Arc<Watchers>, reactor: &Arc<Reactor>) -> Result<Registration> {
        let source = Arc::new(Return { timer: Timer::new()?, watchers: Arc::downgrade(watchers) });
        source.timer.arm(Some(until))?;
        reactor.add(source.timer.fd().as_fd(), Wait::Readable, source.clone())
    }
}

impl Source for Return {
    fn ready(&self, _: Readiness) -> Interest {
        if let Some(watchers) = self.watchers.upgrade() {
            watchers.changed();
        }
        Interest::Remove
    }
}

/// The right to play the file, for one stream.
pub(super) struct Claim {
    pub(super) camera: Arc<Camera>,
    plugged: u64,
}

impl Claim {
    pub(super) fn new(camera: &Arc<Camera>, plugged: u64) -> Result<Claim> {
        camera.check(plugged)?;
        let mut state = camera.plug.state.lock();
        if state.streaming == Some(plugged) {
            return Err(Error::new(
                Code::ConflictCamera,
                format!("{} has a configured stream already: release the session that uses it first", camera.id()),
            ));
        }
        state.streaming = Some(plugged);
        drop(state);
        Ok(Claim { camera: camera.clone(), plugged })
    }

    /// As `Camera::check`.
    pub(super) fn check(&self) -> Result<()> {
        self.camera.check(self.plugged)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut state = self.camera.plug.state.lock();
        if state.streaming == Some(self.plugged) {
            state.streaming = None;
        }
    }
}
