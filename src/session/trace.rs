//! The session recording, or trace: what the camera of a session does, written to a file that replays
//! as the same camera (`recorder::trace` writes it, `backend::replay` plays it).
//!
//! The tap is where the stream and the router tell what happens. It never holds up a camera, and
//! takes no frame from an output: what happens becomes an entry in a queue of fixed length, which a
//! worker writes. Few pictures wait at a time; when the disk is slower than the camera, those beyond
//! are left out, and only the line that tells of the frame is written.

use super::plan::Want;
use super::state::State;
use super::{Committed, Session};
use crate::backend::{CameraFacts, CameraInfo};
use crate::camera::Input;
use crate::error::{Error, Result};
use crate::format::FrameRate;
use crate::frame::{Frame, FrameInfo};
use crate::recorder::trace::{Configuration, Entry, Writer};
use crate::runtime::clock::now_ns;
use crate::runtime::log::Level;
use crate::runtime::{Log, Run, Runtime, Workers};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use crate::trace::{Event, Line, Picture, Setup, Tag, tag};
use std::collections::VecDeque;
use std::path::Path;

/// Pictures that wait for the disk, the one that is being written included: half of the buffers that
/// a device has, so that it has as many left to fill.
const MOST_PICTURES: usize = 4;
/// Entries that wait: half a minute at 30 frames per second.
const MOST_ENTRIES: usize = 1024;

const CLOCK: &str = "CLOCK";

/// Counts of a trace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Statistics {
    /// Pictures in the files.
    pub(crate) frames: u64,
    /// Frames of which only the line is there.
    pub(crate) left_out: u64,
    /// Events of which there is not even a line.
    pub(crate) lost: u64,
    /// Bytes in all files.
    pub(crate) bytes: u64,
    pub(crate) files: u32,
}

/// How a trace is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) running: bool,
    pub(crate) statistics: Statistics,
    /// Why it ended by itself.
    pub(crate) failure: Option<Error>,
}

#[derive(Default)]
struct Queue {
    status: Status,
    /// The failure that whoever stops the trace is to hear of.
    untold: Option<Error>,
    /// What the stream is set to, whether or not a trace is written.
    setup: Option<Setup>,
    flowing: bool,
    /// CLOCK_MONOTONIC at the start of the trace.
    begun_ns: i64,
    configuration: Option<Arc<Configuration>>,
    entries: VecDeque<Entry>,
    /// That wait or are being written.
    pictures: usize,
    /// Events since the queue was full.
    lost: u64,
    /// A worker was called, and looks at all of this again before it ends.
    writing: bool,
}

/// Where a session tells what its camera does.
pub(super) struct Tap {
    own: Weak<Tap>,
    /// To be looked at for each frame, without the lock.
    on: AtomicBool,
    queue: Mutex<Queue>,
    /// Held while the disk is written; never by the reactor.
    writer: Mutex<Option<Writer>>,
    workers: Arc<Workers>,
    log: Arc<Log>,
}

impl Tap {
    pub(super) fn new(runtime: &Runtime) -> Arc<Tap> {
        Arc::new_cyclic(|own| Tap {
            own: own.clone(),
            on: AtomicBool::new(false),
            queue: Mutex::default(),
            writer: Mutex::new(None),
            workers: runtime.workers.clone(),
            log: runtime.log.clone(),
        })
    }

    /// Is a trace written?
    pub(super) fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// Frames that it may hold at a time.
    pub(super) fn most_held(&self) -> usize {
        if self.is_on() { MOST_PICTURES } else { 0 }
    }

    /// Would it keep a frame that came now?
    pub(super) fn has_room(&self) -> bool {
        self.is_on() && self.queue.lock().pictures < MOST_PICTURES
    }

    /// A frame arrived, with this number and time; without its picture when no buffer could be spared.
    pub(super) fn frame(&self, number: u64, timestamp_ns: i64, frame: Option<&Frame>) {
        if self.is_on() {
            self.take_frame(number, timestamp_ns, frame);
        }
    }

    #[cold]
    fn take_frame(&self, number: u64, timestamp_ns: i64, frame: Option<&Frame>) {
        self.tell(|queue| {
            let kept = frame.filter(|_| queue.pictures < MOST_PICTURES).cloned();
            let flags = frame.map_or(0, |frame| frame.info().flags);
            let flags = flags & (FrameInfo::KEYFRAME | FrameInfo::TIMESTAMP_ESTIMATED);
            let taken_ns = timestamp_ns.saturating_sub(queue.begun_ns);
            let why = if frame.is_some() { "the disk was too slow" } else { "no buffer was free for it" };
            let picture = Picture::LeftOut(why.into());
            Some((Event::Frame { number, taken_ns, flags, picture }, kept))
        });
    }

    /// A frame arrived damaged.
    pub(super) fn corrupt(&self, number: u64) {
        if self.is_on() {
            self.tell(|_| Some((Event::Corrupt(number), None)));
        }
    }

    /// The stream ended by itself, or its device is gone.
    pub(super) fn ended(&self, error: &Error) {
        self.tell(|queue| {
            queue.flowing = false;
            Some((Event::End(error.clone()), None))
        });
    }

    /// The stream is being started: whatever comes, comes behind this.
    pub(super) fn starting(&self) {
        self.tell(|queue| {
            queue.flowing = true;
            Some((Event::Start, None))
        });
    }

    /// It could not be.
    pub(super) fn start_failed(&self, error: &Error) {
        self.tell(|queue| {
            queue.flowing = false;
            Some((Event::StartFailed(error.clone()), None))
        });
    }

    /// The stream was stopped, if it flowed: nothing comes any more.
    pub(super) fn stopped(&self) {
        self.tell(|queue| std::mem::take(&mut queue.flowing).then_some((Event::Stop, None)));
    }

    /// The session was committed. `describe` tells with what, and is asked only if a trace is written.
    pub(super) fn configured(&self, setup: Setup, describe: impl FnOnce() -> (Vec<Tag>, String)) {
        let described = self.is_on().then(describe);
        let mut queue = self.queue.lock();
        queue.setup = Some(setup);
        if let Some((camera, plan)) = described {
            self.configure(&mut queue, Configuration { setup, camera, plan });
        }
    }

    /// The stream was made anew, for another rate; this is the one that it has.
    pub(super) fn rate_changed(&self, rate: Option<FrameRate>) {
        let mut queue = self.queue.lock();
        let Some(setup) = queue.setup.as_mut().filter(|setup| setup.rate != rate) else { return };
        setup.rate = rate;
        let setup = *setup;
        if let Some(configuration) = queue.configuration.clone() {
            self.configure(&mut queue, Configuration { setup, ..(*configuration).clone() });
        }
    }

    fn configure(&self, queue: &mut Queue, mut configuration: Configuration) {
        if queue.status.running {
            // With it a line can be found in a log that has the clock's own times.
            if tag(&configuration.camera, CLOCK).is_none() {
                configuration.camera.push((CLOCK.into(), format!("CLOCK_MONOTONIC {} ns is 0", queue.begun_ns)));
            }
            let configuration = Arc::new(configuration);
            queue.configuration = Some(configuration.clone());
            // Never left out: what follows is about it.
            queue.entries.push_back(Entry::Configured(configuration));
            self.call_writer(queue);
        }
    }

    /// Has a worker write what waits, unless one does.
    fn call_writer(&self, queue: &mut Queue) {
        if !std::mem::replace(&mut queue.writing, true)
            && let Some(own) = self.own.upgrade()
        {
            self.workers.submit(own);
        }
    }

    /// Queues what `event` tells, and calls a worker; `event` may note facts for later as well. At
    /// one time each, so that the lines are in order.
    fn tell(&self, event: impl FnOnce(&mut Queue) -> Option<(Event, Option<Frame>)>) {
        let mut queue = self.queue.lock();
        let Some((event, frame)) = event(&mut queue) else { return };
        if !queue.status.running {
            return;
        }
        let at_ns = now_ns().saturating_sub(queue.begun_ns);
        if queue.entries.len() + 2 > MOST_ENTRIES {
            queue.lost += 1;
            queue.status.statistics.lost += 1;
            return;
        }
        match (&event, &frame) {
            (_, Some(_)) => queue.pictures += 1,
            (Event::Frame { .. }, None) => queue.status.statistics.left_out += 1,
            _ => {}
        }
        if queue.lost > 0 {
            let lost = Line { at_ns, event: Event::Lost(std::mem::take(&mut queue.lost)) };
            queue.entries.push_back(Entry::Line(lost, None));
        }
        queue.entries.push_back(Entry::Line(Line { at_ns, event }, frame));
        self.call_writer(&mut queue);
    }

    /// Begins a trace. `described` is what the session is committed to. In the session's turn, so that
    /// this does not change meanwhile. May block.
    pub(super) fn start(&self, path: &Path, described: Option<(Vec<Tag>, String)>) -> Result<()> {
        let mut writer = self.writer.lock();
        if self.queue.lock().status.running {
            return Err(Error::not_allowed("a trace of this session is being written: stop it first"));
        }
        self.workers.ready()?;
        *writer = Some(Writer::new(path)?);
        let mut queue = self.queue.lock();
        (queue.status, queue.untold) = (Status { running: true, ..Status::default() }, None);
        queue.status.statistics.files = 1;
        queue.entries = VecDeque::with_capacity(MOST_ENTRIES);
        (queue.begun_ns, queue.lost) = (now_ns(), 0);
        queue.configuration = None;
        if let Some(((camera, plan), setup)) = described.zip(queue.setup) {
            self.configure(&mut queue, Configuration { setup, camera, plan });
        }
        if queue.flowing {
            // It did before; to the trace this is the start.
            queue.entries.push_back(Entry::Line(Line { at_ns: 0, event: Event::Start }, None));
        }
        self.on.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Writes what waits and closes the file. The failure of a trace that ended by itself is told here,
    /// once. May block.
    pub(super) fn stop(&self) -> Result<()> {
        {
            let mut queue = self.queue.lock();
            if let Some(failure) = queue.untold.take() {
                return Err(failure);
            }
            if !queue.status.running {
                return Err(Error::not_allowed("no trace of this session is being written: start one first"));
            }
            let at_ns = now_ns().saturating_sub(queue.begun_ns);
            queue.entries.push_back(Entry::Line(Line { at_ns, event: Event::Close }, None));
            // Nothing comes behind it.
            queue.status.running = false;
        }
        self.on.store(false, Ordering::Relaxed);
        let mut writer = self.writer.lock();
        self.write_waiting(&mut writer);
        // Gone if it failed.
        let finished = writer.take().map_or(Ok(()), Writer::finish);
        let mut queue = self.queue.lock();
        queue.entries = VecDeque::new();
        let stopped = queue.untold.take().map_or(finished, Err);
        queue.status.failure = stopped.as_ref().err().cloned();
        stopped
    }

    /// The counts now; never waits for the disk.
    pub(super) fn status(&self) -> Status {
        self.queue.lock().status.clone()
    }

    /// Writes entries until there are none.
    fn write_waiting(&self, writer: &mut Option<Writer>) {
        while let Some(entry) = self.next() {
            let had_picture = matches!(entry, Entry::Line(_, Some(_)));
            let written = match writer {
                Some(writer) => writer.write(&entry).map(|picture| (picture, writer.bytes(), writer.files())),
                // It failed: what still waited is let go.
                None => {
                    self.queue.lock().pictures -= usize::from(had_picture);
                    continue;
                }
            };
            // The frame goes back before its place is free.
            drop(entry);
            let mut queue = self.queue.lock();
            queue.pictures -= usize::from(had_picture);
            match written {
                Ok((picture, bytes, files)) => {
                    let statistics = &mut queue.status.statistics;
                    (statistics.bytes, statistics.files) = (bytes, files);
                    statistics.frames += u64::from(picture);
                    statistics.left_out += u64::from(had_picture && !picture);
                }
                Err(error) => {
                    (queue.status.running, queue.status.failure) = (false, Some(error.clone()));
                    queue.untold = Some(error.clone());
                    drop(queue);
                    self.on.store(false, Ordering::Relaxed);
                    self.log.write(Level::Error, || error.to_string());
                    // What can be put in still is; the failure is known.
                    let _ = writer.take().map(Writer::finish);
                }
            }
        }
    }

    fn next(&self) -> Option<Entry> {
        let mut queue = self.queue.lock();
        let next = queue.entries.pop_front();
        queue.writing = next.is_some();
        next
    }
}

impl Run for Tap {
    fn run(self: Arc<Self>) {
        self.write_waiting(&mut self.writer.lock());
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        // Nobody stopped it: the file is closed all the same, and nobody is told.
        let _ = self.stop();
    }
}

/// What an input's camera is, for the head of a trace. May block.
pub(super) fn describe(input: &Input) -> Vec<Tag> {
    let facts = input.device().map_or_else(|_| CameraFacts::default(), |device| device.facts());
    input.info().map_or_else(|| vec![("CAMERA_ID".into(), input.id().to_owned())], |info: CameraInfo| info.tags(&facts))
}

impl Session {
    /// Writes what its camera does to files from now on. In the session's turn. May block.
    pub(crate) fn start_trace(&self, path: &Path) -> Result<()> {
        if self.state() == State::Released {
            return Err(Error::fatal("the session is released: create a new one"));
        }
        let (input, committed) = {
            let config = self.config.lock();
            (config.input.clone(), config.committed.clone())
        };
        let described = input.zip(committed).map(|(input, Committed { served, plan, .. })| {
            let wants: Vec<Want> = served.iter().map(|(_, want)| *want).collect();
            (describe(&input), plan.explain(&wants))
        });
        self.tap.start(path, described)
    }

    /// Closes the trace. In the session's turn. May block.
    pub(crate) fn stop_trace(&self) -> Result<()> {
        if self.state() == State::Released {
            return Err(Error::fatal("the session is released, and its trace ended with it"));
        }
        self.tap.stop()
    }

    /// How the trace is, or the last one was.
    pub(crate) fn trace_status(&self) -> Status {
        self.tap.status()
    }

    /// The session is released, and its trace closed.
    pub(super) fn end_trace(&self) {
        if self.tap.is_on()
            && let Err(error) = self.tap.stop()
        {
            self.runtime.log.write(Level::Error, || format!("session {}: {error}", self.number));
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
