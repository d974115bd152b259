//! A virtual camera as all its users see it: plugged in or not, in use or not, and the failures
//! that its script has for calls. They are worded as those of a real driver are.

use super::controls::Panel;
use super::script::{ALWAYS, Refusals, Script};
use crate::backend::timer::Timer;
use crate::backend::v4l2::error::{Errno, code, describe};
use crate::backend::{CameraInfo, Changes, Connection, Present, Watch};
use crate::error::{Code, Error, Result};
use crate::runtime::clock::now_ns;
use crate::runtime::log::Level;
use crate::runtime::reactor::{Interest, Readiness, Registration, Source, Wait};
use crate::runtime::{Log, Reactor};
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use std::os::fd::AsFd;
use std::time::Duration;

/// Hears of every change of the list of virtual cameras, and tells those who watch it.
pub(super) struct Roster {
    log: Arc<Log>,
    watchers: Mutex<Vec<(u64, Weak<dyn Changes>)>>,
    next: AtomicU64,
}

impl Roster {
    pub(super) fn new(log: Arc<Log>) -> Roster {
        Roster { log, watchers: Mutex::default(), next: AtomicU64::new(0) }
    }

    /// A camera was unplugged, or is there again: what `Backend::cameras` answers is another now.
    /// Called on the reactor thread, without a lock, and must not block.
    fn changed(&self, camera: &Camera, present: bool) {
        let what = if present { "is there again" } else { "was unplugged" };
        self.log.write(Level::Info, || format!("{} {what}, as its script has it", camera.id()));
        let watchers = self.watchers.lock();
        let told: Vec<_> = watchers.iter().filter_map(|(_, changes)| changes.upgrade()).collect();
        // With the lock, so that a watch that has ended is not told any more.
        told.iter().for_each(|changes| changes.changed());
        drop(watchers);
        // Without it: the last to hold one may end its watch.
        drop(told);
    }
}

/// Watches the list. Nothing is asked and nothing can be in doubt: what a script does is known.
pub(super) struct RosterWatch {
    number: u64,
    roster: Arc<Roster>,
    cameras: Vec<Arc<Camera>>,
}

impl RosterWatch {
    /// `None` when no camera ever goes.
    pub(super) fn of(cameras: &[Arc<Camera>], changes: Weak<dyn Changes>) -> Option<Arc<dyn Watch>> {
        let roster = cameras.iter().find(|camera| camera.script.goes())?.roster.clone();
        let number = roster.next.fetch_add(1, Ordering::Relaxed);
        roster.watchers.lock().push((number, changes));
        Some(Arc::new(RosterWatch { number, roster, cameras: cameras.to_vec() }))
    }
}

impl Watch for RosterWatch {
    fn cameras(&self) -> Result<Vec<Present>> {
        let present = |camera: &Arc<Camera>| {
            let plug = camera.plug.lock();
            plug.is_present().then(|| Present { info: camera.info(), plugged: plug.number })
        };
        Ok(self.cameras.iter().filter_map(present).collect())
    }

    fn doubt(&self, _: &str) {}
}

impl Drop for RosterWatch {
    fn drop(&mut self) {
        self.roster.watchers.lock().retain(|(number, _)| *number != self.number);
    }
}

/// Which time the camera is plugged in, and until when it is not.
#[derive(Default)]
struct Plug {
    /// Grows with every unplug.
    number: u64,
    /// CLOCK_MONOTONIC in nanoseconds.
    gone_until: Option<u64>,
    /// The plug whose device has the camera's buffers.
    streaming: Option<u64>,
}

/// What all uses of one camera share.
pub(super) struct Camera {
    number: u32,
    pub(super) script: Script,
    roster: Arc<Roster>,
    plug: Mutex<Plug>,
    pub(super) panel: Panel,
    /// Devices that were opened, which tells them apart.
    devices: AtomicU64,
    /// How often it was denied, busy at open, busy at commit, failed at commit, failed at start, for each place
    /// of the script that has these.
    refused: Vec<[AtomicU32; 5]>,
    /// Waits for the return, which others are to hear of.
    returning: Mutex<Option<Registration>>,
}

impl Camera {
    pub(super) fn new(number: u32, script: Script, roster: &Arc<Roster>) -> Arc<Camera> {
        let kind = &script.kind;
        Arc::new(Camera {
            number,
            panel: Panel::new(kind.offer, &info(number, &script), &kind.stuck, kind.settle),
            devices: AtomicU64::new(0),
            refused: (0..script.places_of_refusals()).map(|_| Default::default()).collect(),
            script,
            roster: roster.clone(),
            plug: Mutex::default(),
            returning: Mutex::new(None),
        })
    }

    pub(super) fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn id(&self) -> String {
        format!("virtual:{}", self.number)
    }

    pub(super) fn info(&self) -> CameraInfo {
        info(self.number, &self.script)
    }

    /// A number for another device.
    pub(super) fn next_device(&self) -> u64 {
        self.devices.fetch_add(1, Ordering::Relaxed)
    }

    /// The failure of `doing` with this errno, which `fault` of the script asked for.
    pub(super) fn failure(&self, doing: &str, errno: Errno, fault: &str) -> Error {
        let advice = match errno {
            Errno::BUSY => "the camera is in use by camera-hog (process 4711): let that end first",
            Errno::ACCESS => "the node is rw-rw---- (mode 0660), owner 0, group video; add the user to that group",
            Errno::IO => "the driver or the camera failed: stop and start again",
            _ => "the camera was unplugged: open it again once it is back",
        };
        let (id, errno_text) = (self.id(), describe(errno));
        Error::new(code(errno), format!("{id}: {doing}: {errno_text}; {advice} (made up: {fault} in its script)"))
    }

    pub(super) fn is_present(&self) -> bool {
        self.plug.lock().is_present()
    }

    pub(super) fn gone(&self, doing: &str) -> Error {
        self.failure(doing, Errno::NODEV, "unplug")
    }

    /// 7400108 for a device that was opened before the camera was unplugged.
    pub(super) fn check(&self, plug: u64, doing: &str) -> Result<()> {
        if self.plug.lock().number == plug { Ok(()) } else { Err(self.gone(doing)) }
    }

    /// May its modes be asked for by someone who has not opened it?
    pub(super) fn may_be_asked(&self) -> Result<()> {
        if !self.is_present() {
            return Err(self.gone("opening the camera"));
        }
        let (place, Refusals { denied, .. }) = self.script.refusals(self.plug.lock().number);
        if denied != 0 && (denied == ALWAYS || self.refused[place][0].load(Ordering::Relaxed) < denied) {
            return Err(self.failure("opening the camera", Errno::ACCESS, "denied"));
        }
        Ok(())
    }

    /// Opens the camera; returns which time it is plugged in.
    pub(super) fn open(&self) -> Result<u64> {
        wait(self.script.slow_open);
        let number = {
            let plug = self.plug.lock();
            if !plug.is_present() {
                drop(plug);
                return Err(self.gone("opening the camera"));
            }
            plug.number
        };
        let (place, refusals) = self.script.refusals(number);
        let [denied, busy, ..] = &self.refused[place];
        self.refuse(denied, refusals.denied, "opening the camera", Errno::ACCESS, "denied")?;
        self.refuse(busy, refusals.busy_at_open, "opening the camera", Errno::BUSY, "busy@open")?;
        Ok(number)
    }

    /// Fails the first so many times.
    fn refuse(&self, count: &AtomicU32, times: u32, doing: &str, errno: Errno, fault: &str) -> Result<()> {
        let next = |count: u32| (times == ALWAYS || count < times).then(|| count.saturating_add(1));
        match count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(_) => Err(self.failure(doing, errno, fault)),
            Err(_) => Ok(()),
        }
    }

    /// The camera is gone, until this time of CLOCK_MONOTONIC or for ever. `timer` tells of its
    /// return. On the reactor thread.
    fn unplug(self: &Arc<Self>, until: Option<u64>, timer: Option<Timer>, reactor: &Arc<Reactor>) {
        {
            let mut plug = self.plug.lock();
            plug.number += 1;
            plug.gone_until = Some(until.unwrap_or(u64::MAX));
        }
        self.roster.changed(self, false);
        let (Some(_), Some(timer)) = (until, timer) else { return };
        let fd = timer.fd().try_clone_to_owned();
        let source = Arc::new(Return { timer, camera: Arc::downgrade(self) });
        // Without it the camera is there again all the same, but nobody is told.
        if let Ok(fd) = fd
            && source.timer.arm(until).is_ok()
            && let Ok(registration) = reactor.add(fd.as_fd(), Wait::Readable, source)
        {
            *self.returning.lock() = Some(registration);
        }
    }
}

fn info(number: u32, script: &Script) -> CameraInfo {
    CameraInfo {
        id: format!("virtual:{number}"),
        name: format!("Virtual camera {number}"),
        driver: "virtual".into(),
        path: String::new(),
        position: script.kind.position,
        connection: Connection::BuiltIn,
        orientation: script.kind.orientation,
    }
}

impl Plug {
    fn is_present(&self) -> bool {
        self.gone_until.is_none_or(|until| now_ns() as u64 >= until)
    }
}

/// Tells that a camera is there again.
struct Return {
    timer: Timer,
    camera: Weak<Camera>,
}

impl Source for Return {
    fn ready(&self, _: Readiness) -> Interest {
        if let Some(camera) = self.camera.upgrade() {
            camera.roster.changed(&camera, true);
        }
        Interest::Remove
    }
}

/// The camera's buffers, for one stream; given back when this is dropped. Like a driver, the
/// camera serves one at a time.
pub(super) struct Claim {
    camera: Arc<Camera>,
    plug: u64,
}

impl Claim {
    /// As a driver takes a configuration, or does not.
    pub(super) fn new(camera: &Arc<Camera>, plug: u64) -> Result<Claim> {
        const DOING: &str = "configuring the camera";
        wait(camera.script.slow_commit);
        camera.check(plug, DOING)?;
        let (place, refusals) = camera.script.refusals(plug);
        let refused = &camera.refused[place];
        camera.refuse(&refused[2], refusals.busy_at_commit, DOING, Errno::BUSY, "busy@commit")?;
        let buffers = "asking for buffers (REQBUFS)";
        camera.refuse(&refused[3], refusals.failing_commit, buffers, Errno::IO, "fail@commit")?;
        let mut state = camera.plug.lock();
        if state.streaming == Some(plug) {
            return Err(Error::new(
                Code::ConflictCamera,
                format!("{} has a configured stream already: release the session that uses it first", camera.id()),
            ));
        }
        state.streaming = Some(plug);
        drop(state);
        Ok(Claim { camera: camera.clone(), plug })
    }

    pub(super) fn camera(&self) -> &Arc<Camera> {
        &self.camera
    }

    /// As a driver starts, or does not; 7400108 when the camera was unplugged since.
    pub(super) fn begin(&self) -> Result<()> {
        const DOING: &str = "starting the stream (STREAMON)";
        let camera = &self.camera;
        wait(camera.script.slow_start);
        camera.check(self.plug, DOING)?;
        let (place, refusals) = camera.script.refusals(self.plug);
        camera.refuse(&camera.refused[place][4], refusals.failing_start, DOING, Errno::IO, "fail@start")
    }

    /// Which time the camera is plugged in: how often it was unplugged before.
    pub(super) fn plug(&self) -> u64 {
        self.plug
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut plug = self.camera.plug.lock();
        // It may be another's, after a return.
        if plug.streaming == Some(self.plug) {
            plug.streaming = None;
        }
    }
}

/// How the camera goes and returns in one run.
pub(super) struct Departure {
    pub(super) camera: Arc<Camera>,
    reactor: Arc<Reactor>,
    /// Made before the run, where a failure can be told.
    timer: Mutex<Option<Timer>>,
}

impl Departure {
    pub(super) fn new(camera: &Arc<Camera>, reactor: &Arc<Reactor>, returns: bool) -> Result<Departure> {
        let timer = if returns { Some(Timer::new()?) } else { None };
        Ok(Departure { camera: camera.clone(), reactor: reactor.clone(), timer: Mutex::new(timer) })
    }

    /// Unplugs the camera until this time; the end of the stream that it was.
    pub(super) fn unplug(&self, until: Option<u64>) -> Error {
        let timer = self.timer.lock().take();
        self.camera.unplug(until, timer, &self.reactor);
        self.camera.gone("taking a buffer from the driver (DQBUF)")
    }

    /// The end of a stream whose driver fails.
    pub(super) fn fail(&self, fault: &str) -> Error {
        self.camera.failure("taking a buffer from the driver (DQBUF)", Errno::IO, fault)
    }
}

/// Waits as long as the script has it.
pub(super) fn wait(time: Duration) {
    if !time.is_zero() {
        std::thread::sleep(time);
    }
}
