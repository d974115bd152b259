//! The recorder: it writes the frames that arrive at its surface to a file.
//!
//! Frames wait in the surface and are written on a worker, so that a slow disk holds up no
//! camera: when it is slower than the camera for longer than the surface is deep, frames are
//! dropped and counted. Operations and frames take turns in the recorder's queue; an operation
//! that comes after a frame finds it written.
//!
//! What can be played is in the file as soon as a frame is written; see `matroska`.

mod avc;
mod ebml;
mod file;
mod matroska;
mod raw;
mod recording;
#[cfg(all(test, not(loom)))]
mod tests;
mod timeline;
pub(crate) mod trace;
mod y4m;

use crate::error::{Error, Result};
use crate::format::{FrameRate, PixelFormat};
use crate::runtime::{Listeners, Log, Run, Runtime, SerialQueue, log};
use crate::surface::{self, Delivery, Policy, Surface};
use crate::sync::{Arc, Mutex, Weak};
use file::{Regular, Sink};
use recording::{Finished, Recording, Taken};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// How a file is organised. The numbers cross the C interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Container {
    /// Matroska (.mkv): Motion-JPEG and H.264 as they come from the camera, and uncompressed
    /// pictures, each with the time at which it was taken.
    Matroska = 0,
    /// YUV4MPEG2 (.y4m): uncompressed pictures at one rate, for tools.
    Y4m = 1,
}

impl Container {
    fn name(self) -> &'static str {
        match self {
            Container::Matroska => "Matroska",
            Container::Y4m => "Y4M",
        }
    }

    /// What it can hold, in words.
    fn holds(self) -> &'static str {
        match self {
            Container::Matroska => "JPEG, H.264 and most uncompressed formats",
            Container::Y4m => "YUV or grey of 8 bits, uncompressed",
        }
    }

    /// Can such a file hold frames of this format?
    fn accepts(self, format: PixelFormat) -> bool {
        recording::accepts(self, format)
    }
}

/// Where a recording goes.
pub(crate) enum Destination {
    /// A file, made when the recording starts; one that is there is replaced.
    Path(PathBuf),
    /// A file that is open for writing.
    Descriptor(OwnedFd),
    #[cfg(test)]
    #[allow(private_interfaces, reason = "for this room's tests")]
    Sink(Box<dyn Sink>),
}

/// What a recorder is to do.
pub(crate) struct Options {
    pub destination: Destination,
    pub container: Container,
    /// Frames that wait for the disk at most, 1 to 64.
    pub capacity: usize,
    /// The rate that a Y4M file is to say; by default it is measured.
    pub rate: Option<FrameRate>,
}

impl Options {
    /// A quarter of a second at 30 frames per second: longer than a disk usually pauses.
    pub(crate) const CAPACITY: usize = 8;

    pub(crate) fn new(destination: Destination, container: Container) -> Options {
        Options { destination, container, capacity: Self::CAPACITY, rate: None }
    }
}

/// Where a recorder is. The numbers cross the C interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum State {
    /// Nothing was recorded yet.
    Idle = 0,
    /// Frames are written.
    Recording = 1,
    /// Frames are let go.
    Paused = 2,
    /// The file is finished.
    Stopped = 3,
    /// Recording ended by itself; the file has what could be written.
    Failed = 4,
    /// The recorder is of no further use.
    Released = 5,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Idle => "IDLE",
            State::Recording => "RECORDING",
            State::Paused => "PAUSED",
            State::Stopped => "STOPPED",
            State::Failed => "FAILED",
            State::Released => "RELEASED",
        }
    }
}

/// Counts of a recording.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Statistics {
    /// Frames in the file.
    pub frames: u64,
    /// Bytes in the file.
    pub bytes: u64,
    /// Frames that were dropped because the disk was slower than the camera.
    pub dropped: u64,
    /// Frames that could not be written as they were: corrupt, or of no use without others.
    pub skipped: u64,
    /// What the file lasts, in nanoseconds.
    pub duration_ns: u64,
}

/// What a recorder reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RecorderEvent {
    /// Recording ended by itself, for this reason, or the file could not be finished.
    Error(Error),
    /// The file is finished, on request or after an error.
    Stopped(Statistics),
}

/// What can be asked of a recorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Makes the file; frames that arrive from now on are written.
    Start,
    /// Lets frames go; in the file there will be no gap.
    Pause,
    /// Writes again.
    Resume,
    /// Finishes the file, which is on the disk then.
    Stop,
    /// As stop if need be; the surface is released too.
    Release,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Operation::Start => "start",
            Operation::Pause => "pause",
            Operation::Resume => "resume",
            Operation::Stop => "stop",
            Operation::Release => "release",
        }
    }
}

struct Status {
    state: State,
    statistics: Statistics,
    /// Drops of the surface that were not while recording.
    drops_before: u64,
    /// Why recording ended by itself.
    failure: Option<Error>,
}

/// What is used in the recorder's turn only.
struct Work {
    destination: Option<Destination>,
    recording: Option<Recording>,
}

/// Writes the frames that arrive at its surface to a file, once.
pub(crate) struct Recorder {
    surface: Arc<Surface>,
    queue: Arc<SerialQueue>,
    events: Listeners<RecorderEvent>,
    log: Arc<Log>,
    container: Container,
    rate: Option<FrameRate>,
    /// Held while the disk is written, by whoever has the turn.
    work: Mutex<Work>,
    /// Held for short only.
    status: Mutex<Status>,
}

impl Recorder {
    /// A recorder; nothing is opened before it starts.
    pub(crate) fn new(runtime: &Arc<Runtime>, options: Options) -> Result<Arc<Recorder>> {
        let Options { destination, container, capacity, rate } = options;
        if !(1..=surface::Options::LIMIT).contains(&capacity) {
            return Err(Error::invalid(format!(
                "a recorder's capacity is {capacity}: it must be from 1 to {}",
                surface::Options::LIMIT
            )));
        }
        match &destination {
            Destination::Path(path) if path.as_os_str().is_empty() => {
                return Err(Error::invalid("a recorder's path is empty"));
            }
            Destination::Descriptor(fd) => Regular::check_descriptor(fd)?,
            _ => {}
        }
        // One frame at a time is taken out and written.
        let surface_options = surface::Options { capacity, policy: Policy::DropNewest, max_held: 2 };
        let surface = Surface::new(runtime.clone(), surface_options);
        let status = Status { state: State::Idle, statistics: Statistics::default(), drops_before: 0, failure: None };
        let recorder = Arc::new(Recorder {
            queue: runtime.serial_queue(),
            events: Listeners::new(runtime.dispatcher.clone()),
            log: runtime.log.clone(),
            container,
            rate,
            work: Mutex::new(Work { destination: Some(destination), recording: None }),
            status: Mutex::new(status),
            surface,
        });
        recorder.surface.set_reader(Arc::new(Reader { recorder: Arc::downgrade(&recorder), container }));
        Ok(recorder)
    }

    /// Where the frames are to be sent.
    pub(crate) fn surface(&self) -> &Arc<Surface> {
        &self.surface
    }

    /// Who wants to hear of what happens.
    pub(crate) fn events(&self) -> &Listeners<RecorderEvent> {
        &self.events
    }

    pub(crate) fn state(&self) -> State {
        self.status.lock().state
    }

    /// The counts now; never waits for the disk.
    pub(crate) fn statistics(&self) -> Statistics {
        self.refresh(&mut self.status.lock()).statistics
    }

    /// Where operations take their turn.
    pub(crate) fn queue(&self) -> &Arc<SerialQueue> {
        &self.queue
    }

    /// The failure of everything that is asked of a released recorder.
    pub(crate) fn released() -> Error {
        Error::fatal("the recorder is released: create a new one")
    }

    /// Does it, in the recorder's turn.
    pub(crate) fn run(&self, operation: Operation) -> Result<()> {
        let result = self.run_in_state(operation);
        self.log.write(log::Level::Debug, || {
            let (name, state) = (operation.name(), self.state().name());
            match &result {
                Ok(()) => format!("recorder: {name} done, state {state}"),
                Err(error) => format!("recorder: {name} refused or failed, state {state}: {error}"),
            }
        });
        result
    }

    fn run_in_state(&self, operation: Operation) -> Result<()> {
        let mut work = self.work.lock();
        let state = self.state();
        match (operation, state) {
            (_, State::Released) => Err(Self::released()),
            (Operation::Start, State::Idle) => self.start_in_turn(&mut work),
            (Operation::Start, _) => Err(Error::not_allowed(
                "this recorder has been started: a recorder makes one file, create another for the next",
            )),
            (Operation::Pause, State::Recording) => {
                self.write_waiting(&mut work)?;
                if let Some(recording) = &mut work.recording {
                    recording.pause();
                }
                self.refresh(&mut self.status.lock()).state = State::Paused;
                Ok(())
            }
            (Operation::Pause, _) => self.refuse(operation, "is recording", state),
            (Operation::Resume, State::Paused) => {
                self.let_go_waiting();
                self.count_drops_from_now(State::Recording);
                Ok(())
            }
            (Operation::Resume, _) => self.refuse(operation, "is paused", state),
            (Operation::Stop, State::Recording) => {
                self.write_waiting(&mut work)?;
                self.finish(&mut work, None)
            }
            (Operation::Stop, State::Paused) => self.finish(&mut work, None),
            (Operation::Stop, _) => self.refuse(operation, "is recording or paused", state),
            (Operation::Release, _) => {
                // The recorder is released whatever becomes of the file: the listeners are told.
                let _ = self.write_waiting(&mut work);
                let _ = self.finish(&mut work, None);
                work.destination = None;
                self.status.lock().state = State::Released;
                drop(work);
                let _ = self.surface.release();
                self.events.end_behind();
                Ok(())
            }
        }
    }

    /// The failure of an operation that is not for this state; after recording ended by itself,
    /// the reason for that.
    fn refuse(&self, operation: Operation, when: &str, state: State) -> Result<()> {
        let failure = self.status.lock().failure.clone();
        Err(failure.unwrap_or_else(|| {
            let (name, state) = (operation.name(), state.name());
            Error::not_allowed(format!("{name} is allowed while a recorder {when}; this one is {state}"))
        }))
    }

    fn start_in_turn(&self, work: &mut Work) -> Result<()> {
        let sink: Box<dyn Sink> = match work.destination.take().expect("it goes with the start only") {
            Destination::Path(path) => match Regular::create(&path) {
                Ok(file) => Box::new(file),
                Err(error) => {
                    // It may be started again once the path can be used.
                    work.destination = Some(Destination::Path(path));
                    return Err(error);
                }
            },
            Destination::Descriptor(fd) => match Regular::from_descriptor(fd) {
                Ok(file) => Box::new(file),
                Err((error, fd)) => {
                    work.destination = Some(Destination::Descriptor(fd));
                    return Err(error);
                }
            },
            #[cfg(test)]
            Destination::Sink(sink) => sink,
        };
        work.recording = Some(Recording::new(self.container, self.rate, sink));
        self.let_go_waiting();
        self.count_drops_from_now(State::Recording);
        Ok(())
    }

    /// Writes what waits as an operation begins.
    fn write_waiting(&self, work: &mut Work) -> Result<()> {
        // A camera that is faster than the disk must not keep the operation from ever ending.
        for _ in 0..self.surface.statistics().waiting {
            let Some(delivery) = self.surface.take_waiting() else { break };
            self.write(work, &delivery)?;
        }
        Ok(())
    }

    fn let_go_waiting(&self) {
        for _ in 0..self.surface.statistics().waiting {
            drop(self.surface.take_waiting());
        }
    }

    /// Writes one frame, or ends the recording.
    fn write(&self, work: &mut Work, delivery: &Delivery) -> Result<()> {
        if self.state() != State::Recording {
            return Ok(());
        }
        let Some(recording) = &mut work.recording else { return Ok(()) };
        match recording.frame(delivery.frame()) {
            Ok(taken) => {
                let (bytes, duration_ns) = (recording.bytes(), recording.duration_ns());
                let mut status = self.status.lock();
                let statistics = &mut status.statistics;
                (statistics.bytes, statistics.duration_ns) = (bytes, duration_ns);
                match taken {
                    Taken::Written => statistics.frames += 1,
                    Taken::Used => {}
                    Taken::Skipped(reason) => {
                        statistics.skipped += 1;
                        let number = delivery.frame().info().sequence;
                        drop(status);
                        self.log.write(log::Level::Warning, || format!("frame {number} is not recorded: {reason}"));
                    }
                }
                Ok(())
            }
            Err(error) => self.finish(work, Some(error)),
        }
    }

    /// Finishes the file; `failure` is why recording ends by itself. Returns the failure, that
    /// or one in finishing.
    fn finish(&self, work: &mut Work, failure: Option<Error>) -> Result<()> {
        let Some(recording) = work.recording.take() else { return Ok(()) };
        let (finished, Finished { frames, bytes, duration_ns }) = recording.finish();
        let failure = failure.or(finished.err());
        let statistics = {
            let mut status = self.status.lock();
            self.refresh(&mut status);
            status.state = if failure.is_some() { State::Failed } else { State::Stopped };
            status.failure = failure.clone();
            status.statistics = Statistics { frames, bytes, duration_ns, ..status.statistics };
            status.statistics
        };
        if let Some(error) = failure.clone() {
            self.log.write(log::Level::Error, || error.to_string());
            self.events.emit(RecorderEvent::Error(error));
        }
        self.events.emit(RecorderEvent::Stopped(statistics));
        failure.map_or(Ok(()), Err)
    }

    fn surface_drops(&self) -> u64 {
        let statistics = self.surface.statistics();
        statistics.dropped_full + statistics.dropped_held
    }

    /// Brings the drops up to date while they count.
    fn refresh<'a>(&self, status: &'a mut Status) -> &'a mut Status {
        if status.state == State::Recording {
            status.statistics.dropped = self.surface_drops() - status.drops_before;
        }
        status
    }

    /// Enters a state in which drops count; those up to now do not.
    fn count_drops_from_now(&self, state: State) {
        let drops = self.surface_drops();
        let mut status = self.status.lock();
        status.drops_before = drops - status.statistics.dropped;
        status.state = state;
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Nobody stopped it: the file is finished all the same, and nobody is told.
        if let Some(recording) = self.work.lock().recording.take() {
            let _ = recording.finish();
        }
        let _ = self.surface.release();
    }
}

/// Writes what waits in the surface of a recorder that is still there.
struct Reader {
    recorder: Weak<Recorder>,
    container: Container,
}

impl surface::Reader for Reader {
    fn check_format(&self, format: PixelFormat) -> Result<()> {
        if self.container.accepts(format) {
            return Ok(());
        }
        let (name, holds) = (self.container.name(), self.container.holds());
        Err(Error::invalid(format!(
            "the surface is that of a recorder, whose {name} file cannot hold {format} frames, but {holds}"
        )))
    }
}

impl Run for Reader {
    fn run(self: Arc<Self>) {
        let Some(recorder) = self.recorder.upgrade() else { return };
        // One frame in a turn: operations need not wait for those that come meanwhile.
        let one = || {
            let mut work = recorder.work.lock();
            recorder.surface.take_waiting().is_some_and(|delivery| {
                // A failure is in the recorder's state and events.
                let _ = recorder.write(&mut work, &delivery);
                true
            })
        };
        while recorder.queue.in_turn(one) {}
    }
}
