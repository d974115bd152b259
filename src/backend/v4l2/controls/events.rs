//! The news of controls: VIDIOC_DQEVENT on the reactor, for everybody who watches a node.
//!
//! The kernel leaves out what was set through the same open file. So all of a device's watches share its
//! descriptor, and what is subscribed is what any of them wants.
//!
//! Locks: `subscribed` is held while the driver is asked, and never taken on the reactor thread, except
//! to add a control there. `state` is short. `telling` is held while the watches are told, so that a
//! watch that is dropped can wait for the end of that.

use super::Calls;
use crate::backend::control::{Change, ControlChanges, ControlWatch};
use crate::backend::v4l2::error::{self, Errno};
use crate::backend::v4l2::sys::{CHANGED_DIMENSIONS, CHANGED_FLAGS, CHANGED_RANGE, Event};
use crate::error::{Error, Result};
use crate::runtime::reactor::{Interest, Readiness, Registration, Source, Wait};
use crate::runtime::{Log, Reactor, log::Level};
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A driver that announces news so often in a row and has none is broken.
const MAX_IDLE: u32 = 100;

/// Bounded, so that one camera does not hold up the others.
const MOST_AT_ONCE: usize = 64;

struct Watcher {
    number: u64,
    ids: BTreeSet<u32>,
    changes: Weak<dyn ControlChanges>,
}

#[derive(Default)]
struct State {
    next: u64,
    watchers: Vec<Watcher>,
    /// There while anybody wants to know anything.
    registration: Option<Registration>,
}

impl State {
    fn wants(&self, id: u32) -> bool {
        self.watchers.iter().any(|watcher| watcher.ids.contains(&id))
    }

    /// What is to be dropped without the lock, because that may wait.
    fn idle_registration(&mut self) -> Option<Registration> {
        let idle = self.watchers.iter().all(|watcher| watcher.ids.is_empty());
        if idle { self.registration.take() } else { None }
    }
}

pub(super) struct Events {
    calls: Arc<dyn Calls>,
    path: PathBuf,
    reactor: Arc<Reactor>,
    log: Arc<Log>,
    /// What the driver was asked to tell.
    subscribed: Mutex<BTreeSet<u32>>,
    state: Mutex<State>,
    telling: Mutex<()>,
    /// Calls in a row for nothing.
    idle: AtomicU32,
}

impl Events {
    pub(super) fn new(calls: Arc<dyn Calls>, path: &Path, reactor: Arc<Reactor>, log: Arc<Log>) -> Arc<Events> {
        Arc::new(Events {
            calls,
            path: path.to_owned(),
            reactor,
            log,
            subscribed: Mutex::default(),
            state: Mutex::default(),
            telling: Mutex::new(()),
            idle: AtomicU32::new(0),
        })
    }

    pub(super) fn watch(self: &Arc<Self>, changes: Weak<dyn ControlChanges>) -> Result<Arc<dyn ControlWatch>> {
        // No control has this id, so this is a question only.
        match self.calls.unsubscribe(0) {
            Err(Errno::NOTTY) => {
                return Err(Error::fatal(format!(
                    "{}: the driver does not tell of changes of its controls (VIDIOC_SUBSCRIBE_EVENT): ask for their \
                     values instead",
                    self.path.display()
                )));
            }
            Err(errno) if error::is_gone(errno) => {
                return Err(error::failure("watching controls", &self.path, errno));
            }
            _ => {}
        }
        let mut state = self.state.lock();
        state.next += 1;
        let number = state.next;
        state.watchers.push(Watcher { number, ids: BTreeSet::new(), changes });
        Ok(Arc::new(Watch { events: self.clone(), number }))
    }

    fn add(self: &Arc<Self>, number: u64, id: u32) -> Result<()> {
        let mut subscribed = self.subscribed.lock();
        if subscribed.contains(&id) && !self.state.lock().wants(id) {
            // Left over from a watch that ended on the reactor thread. What waits is old news.
            let _ = self.calls.unsubscribe(id);
            subscribed.remove(&id);
        }
        if !subscribed.contains(&id) {
            self.calls.subscribe(id).map_err(|errno| match errno {
                Errno::INVAL => Error::not_allowed(format!(
                    "{}: watching control {id:#x}: the camera has no such control",
                    self.path.display()
                )),
                _ => error::failure(format_args!("watching control {id:#x}"), &self.path, errno),
            })?;
            subscribed.insert(id);
        }
        let mut state = self.state.lock();
        if state.registration.is_none() {
            state.registration = Some(self.reactor.add(self.calls.fd(), Wait::Priority, self.clone())?);
        }
        if let Some(watcher) = state.watchers.iter_mut().find(|watcher| watcher.number == number) {
            watcher.ids.insert(id);
        }
        Ok(())
    }

    /// Changes the list of watches so that less is told; then that is not being told, and never will be.
    fn less(&self, change: impl FnOnce(&mut State)) {
        let registration = {
            let mut state = self.state.lock();
            change(&mut state);
            state.idle_registration()
        };
        drop(registration);
        if self.reactor.is_here() {
            // It must not wait. The driver goes on, and is not listened to.
            return;
        }
        drop(self.telling.lock());
        let mut subscribed = self.subscribed.lock();
        let unwanted: Vec<u32> = {
            let state = self.state.lock();
            subscribed.iter().copied().filter(|id| !state.wants(*id)).collect()
        };
        for id in unwanted {
            // A device that is gone has forgotten it already.
            let _ = self.calls.unsubscribe(id);
            subscribed.remove(&id);
        }
    }

    fn tell(&self, event: Event) {
        let Event { id, changes, value } = event;
        let described_anew = changes & (CHANGED_FLAGS | CHANGED_RANGE | CHANGED_DIMENSIONS) != 0;
        let wants = |watcher: &&Watcher| watcher.ids.contains(&id);
        let told: Vec<_> = self.state.lock().watchers.iter().filter(wants).map(|w| w.changes.clone()).collect();
        for changes in told.iter().filter_map(Weak::upgrade) {
            changes.changed(Change { id, value, described_anew });
        }
    }

    fn end(&self, why: &str) -> Interest {
        self.log.write(Level::Info, || format!("{}: its controls are watched no more: {why}", self.path.display()));
        Interest::Remove
    }
}

impl Source for Events {
    fn ready(&self, readiness: Readiness) -> Interest {
        let _telling = self.telling.lock();
        let mut taken = false;
        for _ in 0..MOST_AT_ONCE {
            match self.calls.dequeue() {
                Ok(event) => {
                    taken = true;
                    if let Some(event) = event {
                        self.tell(event);
                    }
                }
                // V4L2's own word for "none waits".
                Err(Errno::NOENT | Errno::AGAIN) => break,
                Err(errno) => return self.end(&error::describe(errno)),
            }
        }
        if taken {
            self.idle.store(0, Ordering::Relaxed);
            return Interest::Keep;
        }
        if readiness.failed
            && let Err(gone) = self.calls.check_present()
        {
            return self.end(gone.detail());
        }
        if self.idle.fetch_add(1, Ordering::Relaxed) > MAX_IDLE {
            return self.end("the driver keeps announcing news and has none");
        }
        Interest::Keep
    }
}

struct Watch {
    events: Arc<Events>,
    number: u64,
}

impl ControlWatch for Watch {
    fn add(&self, id: u32) -> Result<()> {
        self.events.add(self.number, id)
    }

    fn remove(&self, id: u32) {
        self.events.less(|state| {
            if let Some(watcher) = state.watchers.iter_mut().find(|watcher| watcher.number == self.number) {
                watcher.ids.remove(&id);
            }
        });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.events.less(|state| state.watchers.retain(|watcher| watcher.number != self.number));
    }
}
