//! Which cameras are present and which are in use, for those who want to be told.
//!
//! While somebody listens (to the manager, or to an input), or waits for a camera to come back, the
//! backends watch. A list of the
//! cameras is compared with the one before, in turns of a queue, on a worker: once for however
//! many changes came meanwhile. Otherwise nothing is open and nothing runs.
//!
//! The state's lock is held while events are posted, so that they have the order of what happened;
//! never while a driver is asked.

use super::devices::UseObserver;
use super::manager::Provider;
use super::torch::{Torch, TorchStatus};
use super::{Devices, Input};
use crate::backend::{CameraInfo, Changes, Present, Watch};
use crate::error::{Error, Result};
use crate::runtime::log::Level;
use crate::runtime::{Listeners, Log, Runtime, SerialQueue};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use std::collections::BTreeMap;

/// What happened to a camera. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Status {
    /// It is there.
    Appear = 0,
    /// It is gone.
    Disappear = 1,
    /// No session uses it any more.
    Available = 2,
    /// A session uses it.
    Unavailable = 3,
}

/// What happened to which camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatusEvent {
    pub status: Status,
    pub camera: CameraInfo,
}

/// An event of a manager.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ManagerEvent {
    Camera(StatusEvent),
    Torch(TorchStatus),
}

/// A camera as the listeners know it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    camera: Present,
    /// Names the device in the process.
    key: String,
    in_use: bool,
}

impl Listed {
    fn event(&self, status: Status) -> StatusEvent {
        StatusEvent { status, camera: self.camera.info.clone() }
    }

    /// What tells someone who knows nothing yet.
    fn news(&self) -> impl Iterator<Item = StatusEvent> + '_ {
        let used = self.in_use.then(|| self.event(Status::Unavailable));
        std::iter::once(self.event(Status::Appear)).chain(used)
    }
}

/// Whoever waits for a camera that was lost. Called on a worker; returns at once.
pub(crate) trait Awaiting: Send + Sync {
    /// The camera is listed. Told once at the beginning, if it is listed then, and with each new list
    /// that has it; whether it can be used, opening it finds out.
    fn may_be_back(&self);

    /// Nothing tells when cameras come, for this reason: the waiting is over.
    fn cannot_wait(&self, error: Error);
}

/// What each provider watches with; without a watch its list never changes.
type Watches = Vec<Option<Arc<dyn Watch>>>;

#[derive(Default)]
struct State {
    /// `Some` while somebody listens or waits.
    watches: Option<Watches>,
    cameras: Vec<Listed>,
    /// Every input, by its number, to be told when its device is gone.
    inputs: BTreeMap<u64, Weak<Input>>,
    /// Who waits for which camera, by the number of the input.
    waiting: BTreeMap<u64, (String, Weak<dyn Awaiting>)>,
    /// Cameras that a stream found gone, whose other inputs do not know yet.
    lost: Vec<String>,
    ended: bool,
}

/// The cameras of one manager and their listeners.
pub(crate) struct StatusBoard {
    own: Weak<StatusBoard>,
    providers: Arc<Vec<Provider>>,
    devices: Arc<Devices>,
    log: Arc<Log>,
    /// Lists, and the beginning and end of watching.
    turn: Arc<SerialQueue>,
    /// A list waits in the queue: it will see what changed until it begins.
    queued: AtomicBool,
    listeners: Arc<Listeners<ManagerEvent>>,
    torch: Arc<Torch>,
    state: Mutex<State>,
}

impl StatusBoard {
    pub(super) fn new(runtime: &Runtime, providers: Arc<Vec<Provider>>, devices: Arc<Devices>) -> Arc<StatusBoard> {
        let listeners = Arc::new(Listeners::new(runtime.dispatcher.clone()));
        let torch = Torch::new(runtime, providers.clone(), devices.clone(), listeners.clone());
        Arc::new_cyclic(|own| StatusBoard {
            own: own.clone(),
            providers,
            devices,
            log: runtime.log.clone(),
            turn: runtime.serial_queue(),
            queued: AtomicBool::new(false),
            listeners,
            torch,
            state: Mutex::default(),
        })
    }

    /// The light that some cameras have.
    pub(crate) fn torch(&self) -> &Torch {
        &self.torch
    }

    /// Tells the listeners of a camera.
    fn emit(&self, event: StatusEvent) {
        self.listeners.emit(ManagerEvent::Camera(event));
    }

    /// Adds a listener, which is first told of every camera as it is now. `make` is called when
    /// nothing else can fail. May block.
    pub(crate) fn add<C>(&self, make: impl FnOnce() -> Result<C>) -> Result<u64>
    where
        C: Fn(&ManagerEvent) + Send + Sync + 'static,
    {
        self.while_watching(|| {
            let callback = make()?;
            let state = self.state.lock();
            let now = state.cameras.iter().flat_map(Listed::news).map(ManagerEvent::Camera).collect();
            Ok(self.listeners.add_behind(now, callback))
        })
    }

    /// Removes a listener, and waits for its call on another thread; false when there is none with
    /// this number.
    pub(crate) fn remove(&self, listener: u64) -> bool {
        let removed = self.listeners.remove(listener);
        self.rest();
        removed
    }

    /// Runs `add`, which adds a listener somewhere, while the cameras are watched. May block.
    pub(super) fn while_watching<R>(&self, add: impl FnOnce() -> Result<R>) -> Result<R> {
        self.turn.in_turn(|| {
            let added = self.watch().and_then(|()| add());
            self.rest_now();
            added
        })
    }

    /// There is another input; its number tells it from others.
    pub(super) fn attend(&self, number: u64, input: Weak<Input>) {
        self.state.lock().inputs.insert(number, input);
    }

    /// It is no more.
    pub(super) fn forget(&self, number: u64) {
        self.state.lock().inputs.remove(&number);
    }

    /// Tells `waiting` whenever the camera with this id may be back, on behalf of the input with this
    /// number. Returns at once.
    pub(super) fn await_camera(&self, number: u64, id: &str, waiting: Weak<dyn Awaiting>) {
        let (Some(own), id) = (self.own.upgrade(), id.to_owned()) else { return };
        self.turn.push(move || {
            let Some(told) = waiting.upgrade() else { return };
            match own.watch() {
                Err(error) => told.cannot_wait(error),
                Ok(()) => {
                    let mut state = own.state.lock();
                    let listed = state.cameras.iter().any(|listed| listed.camera.info.id == id);
                    state.waiting.insert(number, (id, waiting));
                    drop(state);
                    if listed {
                        told.may_be_back();
                    }
                }
            }
        });
    }

    /// Nobody waits on behalf of this input any more. Returns at once.
    pub(super) fn stop_awaiting(&self, number: u64) {
        let Some(own) = self.own.upgrade() else { return };
        // Behind the beginning, which may wait in the queue.
        self.turn.push(move || {
            own.state.lock().waiting.remove(&number);
            own.rest_now();
        });
    }

    /// Asks an input's device whether it is there, and tells the input if it is not.
    pub(super) fn check(&self, input: Weak<Input>) {
        self.turn.push(move || {
            if let Some(input) = input.upgrade() {
                // What is on the board came after it.
                input.check_lost(true);
            }
        });
    }

    /// The device of this camera is gone, as its own driver says. Returns at once.
    pub(super) fn lost(&self, id: &str) {
        {
            let mut state = self.state.lock();
            let Some(position) = state.cameras.iter().position(|listed| listed.camera.info.id == id) else { return };
            let listed = state.cameras.remove(position);
            state.lost.push(listed.camera.info.id.clone());
            self.emit(listed.event(Status::Disappear));
        }
        self.torch.look_again();
        self.doubt(id);
    }

    /// An input has let go of the device of this camera. Some drivers have one back only then.
    pub(super) fn let_go(&self, id: &str) {
        let unknown = |state: &State| !state.cameras.iter().any(|listed| listed.camera.info.id == id);
        if unknown(&self.state.lock()) {
            self.doubt(id);
        }
    }

    /// The list is to be made anew, with a closer look at this camera.
    fn doubt(&self, id: &str) {
        let Some(watches) = self.state.lock().watches.clone() else { return };
        for (provider, watch) in self.providers.iter().zip(watches) {
            if let Some(watch) = watch.filter(|_| provider.backend.owns(id)) {
                watch.doubt(id);
            }
        }
        self.changed();
    }

    /// Ends everything: what was told still reaches the listeners, and they end behind it.
    pub(crate) fn end(&self) {
        let old = self.turn.in_turn(|| {
            let mut state = self.state.lock();
            state.ended = true;
            std::mem::take(&mut state.watches)
        });
        drop(old);
        self.torch.end();
        self.listeners.end_behind();
    }

    /// In its turn: begins to watch, if nobody does yet.
    fn watch(&self) -> Result<()> {
        {
            let state = self.state.lock();
            if state.ended {
                return Err(Error::invalid("the manager is released"));
            }
            if state.watches.is_some() {
                return Ok(());
            }
        }
        // First the watches, then the list: what changes between them is told by the watches.
        let watches = self
            .providers
            .iter()
            .map(|provider| provider.backend.watch(self.own.clone()))
            .collect::<Result<Watches>>()?;
        let found = self.list(&watches)?;
        let observer: Weak<StatusBoard> = self.own.clone();
        self.devices.observe(observer);
        let mut state = self.state.lock();
        state.cameras = found.into_iter().map(|(camera, key)| self.listed(camera, key)).collect();
        state.watches = Some(watches);
        Ok(())
    }

    /// Stops watching when nobody listens any more; soon, on a worker.
    pub(super) fn rest(&self) {
        if self.state.lock().watches.is_some()
            && let Some(own) = self.own.upgrade()
        {
            self.turn.push(move || own.rest_now());
        }
    }

    /// In its turn, in which listeners are added, too.
    fn rest_now(&self) {
        let awaited = {
            let mut state = self.state.lock();
            state.waiting.retain(|_, (_, waiting)| waiting.strong_count() > 0);
            !state.waiting.is_empty()
        };
        if awaited || !self.listeners.is_empty() || self.inputs().iter().any(|input| input.is_listened_to()) {
            return;
        }
        let old = {
            let mut state = self.state.lock();
            state.cameras.clear();
            state.lost.clear();
            state.watches.take()
        };
        // Out of the lock: this waits for a call of the watch that is under way.
        drop(old);
    }

    /// Not to be dropped under the state's lock, which the end of the last owner takes.
    fn inputs(&self) -> Vec<Arc<Input>> {
        self.state.lock().inputs.values().filter_map(Weak::upgrade).collect()
    }

    /// Every camera now, with its key. May block.
    fn list(&self, watches: &Watches) -> Result<Vec<(Present, String)>> {
        let mut found: Vec<(Present, String)> = Vec::new();
        for (provider, watch) in self.providers.iter().zip(watches) {
            if provider.stand_in && !found.is_empty() {
                continue;
            }
            let cameras = match watch {
                Some(watch) => watch.cameras()?,
                None => {
                    let always = |info| Present { info, plugged: 0 };
                    provider.backend.cameras()?.into_iter().map(always).collect()
                }
            };
            found.extend(cameras.into_iter().map(|camera| {
                let key = provider.key(&camera.info.id);
                (camera, key)
            }));
        }
        Ok(found)
    }

    fn listed(&self, camera: Present, key: String) -> Listed {
        let in_use = self.devices.in_use(&key);
        Listed { camera, key, in_use }
    }

    /// In its turn: makes the list anew and tells what changed.
    fn update(&self) {
        let (watches, lost) = {
            let mut state = self.state.lock();
            let Some(watches) = state.watches.clone() else { return };
            (watches, std::mem::take(&mut state.lost))
        };
        let mut found = match self.list(&watches) {
            Ok(found) => found,
            Err(error) => {
                self.state.lock().lost.extend(lost);
                self.log.write(Level::Warning, || format!("the cameras cannot be listed: {error}"));
                return;
            }
        };
        drop(watches);
        let (gone, back) = {
            let mut state = self.state.lock();
            if state.watches.is_none() {
                return;
            }
            // Lost while the list was made, which may have been too early. Another list follows.
            found.retain(|(camera, _)| !state.lost.contains(&camera.info.id));
            let found: Vec<Listed> = found.into_iter().map(|(camera, key)| self.listed(camera, key)).collect();
            let events = changes(&state.cameras, &found);
            let mut gone = lost;
            gone.extend(events.iter().filter(|e| e.status == Status::Disappear).map(|e| e.camera.id.clone()));
            events.into_iter().for_each(|event| self.emit(event));
            state.cameras = found;
            let listed = |id: &str| state.cameras.iter().any(|listed| listed.camera.info.id == id);
            let awaited = state.waiting.values().filter(|(id, _)| listed(id));
            let back: Vec<_> = awaited.filter_map(|(_, waiting)| waiting.upgrade()).collect();
            (gone, back)
        };
        self.torch.look_again();
        back.iter().for_each(|waiting| waiting.may_be_back());
        if !gone.is_empty() {
            let inputs = self.inputs();
            inputs
                .iter()
                .filter(|input| gone.iter().any(|id| id == input.id()))
                .for_each(|input| input.check_lost(true));
        }
    }
}

impl Changes for StatusBoard {
    fn changed(&self) {
        let Some(own) = self.own.upgrade() else { return };
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.turn.push(move || {
                own.queued.store(false, Ordering::Release);
                own.update();
            });
        }
    }
}

impl UseObserver for StatusBoard {
    fn use_changed(&self) {
        let mut state = self.state.lock();
        if state.watches.is_none() {
            return;
        }
        for listed in &mut state.cameras {
            let now = self.devices.in_use(&listed.key);
            if listed.in_use != now {
                listed.in_use = now;
                self.emit(listed.event(if now { Status::Unavailable } else { Status::Available }));
            }
        }
    }
}

/// The events that lead from one list to the other: first what is gone, then what is new.
fn changes(before: &[Listed], after: &[Listed]) -> Vec<StatusEvent> {
    let same = |one: &Listed, other: &Listed| {
        one.camera.info.id == other.camera.info.id && one.camera.plugged == other.camera.plugged
    };
    let gone = before.iter().filter(|listed| !after.iter().any(|other| same(listed, other)));
    let mut events: Vec<StatusEvent> = gone.map(|listed| listed.event(Status::Disappear)).collect();
    for listed in after {
        match before.iter().find(|other| same(listed, other)) {
            None => events.extend(listed.news()),
            Some(known) if known.in_use != listed.in_use => {
                events.push(listed.event(if listed.in_use { Status::Unavailable } else { Status::Available }));
            }
            Some(_) => {}
        }
    }
    events
}

#[cfg(all(test, not(loom)))]
mod tests;
