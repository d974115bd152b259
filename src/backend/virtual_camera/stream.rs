//! The flow of a virtual camera: a timer on the reactor, and buffers that are drawn into.

use super::artist::Artist;
use super::controls::scene::Look;
use super::fault::{Claim, Departure, wait};
use super::pattern::Drawn;
use super::script::{End, Fate, Run};
use super::view::View;
use crate::backend::sequence::Sequence;
use crate::backend::timer::Timer;
use crate::backend::{FrameSink, Stream};
use crate::error::Result;
use crate::format::{Colour, FrameRate};
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::runtime::Reactor;
use crate::runtime::clock::now_ns;
use crate::runtime::reactor::{Interest, Readiness, Registration, Source, Wait};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex};
use std::sync::OnceLock;

const NANOSECONDS: u64 = 1_000_000_000;

/// The buffers a stream needs at least at its start, unless it was given fewer altogether: one
/// to fill while another is on its way.
const ENOUGH: u32 = 2;

/// Buffers, and what is drawn in each.
pub(super) struct Canvas {
    artist: Arc<Artist>,
    pool: Arc<HeapPool>,
    desk: Mutex<Desk>,
}

struct Desk {
    /// For each buffer.
    drawn: Vec<Drawn>,
    view: View,
}

impl Canvas {
    /// Buffers with the background drawn, which costs too much for the reactor thread.
    pub(super) fn new(artist: Arc<Artist>, buffers: u32) -> Arc<Canvas> {
        let pool = HeapPool::new(buffers, &[artist.room()]);
        let mut drawn = vec![Drawn::default(); buffers as usize];
        // All are taken before the first is given back.
        let leases: Vec<_> = std::iter::from_fn(|| pool.take()).collect();
        for (index, mut lease) in leases {
            drawn[index as usize] = artist.prepare(lease.bytes_mut(0));
        }
        let desk = Mutex::new(Desk { drawn, view: View::default() });
        Arc::new(Canvas { artist, pool, desk })
    }

    /// The frame that the driver gave this number, in a buffer that is free; `None` when all are
    /// held.
    pub(super) fn frame(&self, number: u32, look: &Look, sequence: u64, timestamp_ns: i64) -> Option<Frame> {
        let (index, mut lease) = self.pool.take()?;
        let Desk { drawn, view } = &mut *self.desk.lock();
        let info = self.artist.draw(lease.bytes_mut(0), &mut drawn[index as usize], number, look, view);
        Some(lease.into_frame(FrameInfo { sequence, timestamp_ns, ..info }))
    }
}

/// When frames are due. Every time is computed from the start, so that no error adds up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    /// CLOCK_MONOTONIC, nanoseconds: the time of frame 0.
    pub(super) start: u64,
    pub(super) rate: FrameRate,
}

impl Schedule {
    /// The first nanosecond at or after the exact time of this frame.
    pub(super) fn time_of(&self, frame: u64) -> u64 {
        let unit = u128::from(NANOSECONDS) * u128::from(self.rate.seconds);
        let after = (u128::from(frame) * unit).div_ceil(u128::from(self.rate.frames));
        self.start.saturating_add(u64::try_from(after).unwrap_or(u64::MAX))
    }

    /// The last frame that is due at `now`, which is not before the start.
    pub(super) fn frame_at(&self, now: u64) -> u64 {
        let unit = u128::from(NANOSECONDS) * u128::from(self.rate.seconds);
        let passed = u128::from(now.saturating_sub(self.start)) * u128::from(self.rate.frames);
        u64::try_from(passed / unit).unwrap_or(u64::MAX)
    }
}

/// Of frames that were missed because the reactor was late, so many at least have their faults.
const MOST_MISSED: u64 = 4096;

/// One run, from start to stop.
struct Flow {
    timer: Timer,
    rate: FrameRate,
    /// Begins with the first call of the reactor, so that frame 0 is never late.
    schedule: OnceLock<Schedule>,
    canvas: Arc<Canvas>,
    sink: Arc<dyn FrameSink>,
    run: Run,
    departure: Departure,
    /// Which time the camera is plugged in.
    plug: u64,
    ended: AtomicBool,
    /// Used on the reactor thread alone, and never locked while the sink is called.
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    /// The next frame.
    next: u64,
    sequence: Sequence,
    /// The last buffer could not be had.
    failed: bool,
}

impl Flow {
    /// Frames whose time has passed, up to `due`. Those before it were lost, as in a driver
    /// without a free buffer; but what goes wrong with them goes wrong.
    fn catch_up(&self, schedule: &Schedule, due: u64) -> Result<()> {
        let first = self.progress.lock().next.max(due.saturating_sub(MOST_MISSED));
        self.progress.lock().next = due + 1;
        for frame in first..=due {
            let look = self.departure.camera.panel.frame(self.plug, self.run.scene(frame));
            match self.run.fate(frame) {
                Fate::Good if frame == due => self.deliver(schedule, frame, &look),
                Fate::Good | Fate::Lost | Fate::Silent => {}
                // The driver needs a buffer to mark.
                Fate::Corrupt if self.canvas.pool.available() == 0 => {}
                Fate::Corrupt => {
                    let sequence = self.number(frame);
                    self.sink.corrupt(sequence);
                }
                Fate::Eio => self.fail("eio")?,
                Fate::End(End::Failed) => {
                    self.fail("fail")?;
                    return self.fail("fail");
                }
                Fate::End(End::Unplugged { back }) => {
                    return Err(self.departure.unplug(back.map(|frame| schedule.time_of(frame))));
                }
            }
        }
        Ok(())
    }

    /// A buffer came: its number.
    fn number(&self, frame: u64) -> u64 {
        let mut progress = self.progress.lock();
        progress.failed = false;
        progress.sequence.extend(self.run.number(frame))
    }

    /// A buffer cannot be had. Once may be a loss of signal, twice in a row is the end.
    fn fail(&self, fault: &str) -> Result<()> {
        let sequence = {
            let mut progress = self.progress.lock();
            if std::mem::replace(&mut progress.failed, true) {
                return Err(self.departure.fail(fault));
            }
            progress.sequence.skip()
        };
        self.sink.corrupt(sequence);
        Ok(())
    }

    fn deliver(&self, schedule: &Schedule, frame: u64, look: &Look) {
        if self.canvas.pool.available() == 0 {
            return;
        }
        let sequence = self.number(frame);
        let timestamp_ns = (schedule.time_of(frame) as i64).saturating_add(self.run.shift(frame));
        if let Some(frame) = self.canvas.frame(self.run.number(frame), look, sequence, timestamp_ns) {
            self.sink.frame(frame, self.canvas.pool.available() as u32);
        }
    }
}

impl Source for Flow {
    fn ready(&self, _: Readiness) -> Interest {
        let now = now_ns() as u64;
        let schedule = self.schedule.get_or_init(|| Schedule { start: now, rate: self.rate });
        let next = self.progress.lock().next;
        let caught_up = match self.run.next(next) {
            Some(next) if now >= schedule.time_of(next) => self.catch_up(schedule, schedule.frame_at(now).max(next)),
            _ => Ok(()),
        };
        let next = self.progress.lock().next;
        let wake = self.run.next(next).map(|next| schedule.time_of(next));
        // Setting the timer also takes back its readiness: there is nothing to read.
        match caught_up.and_then(|()| self.timer.arm(wake)) {
            Ok(()) => Interest::Keep,
            Err(error) => {
                self.ended.store(true, Ordering::Release);
                self.sink.ended(error);
                Interest::Remove
            }
        }
    }
}

/// A configured virtual camera.
pub(super) struct VirtualStream {
    reactor: Arc<Reactor>,
    artist: Arc<Artist>,
    rate: FrameRate,
    buffers: u32,
    canvas: Mutex<Arc<Canvas>>,
    /// Holds the flow; after its end the sink is not called.
    running: Mutex<Option<(Registration, Arc<Flow>)>>,
    claim: Claim,
}

impl VirtualStream {
    pub(super) fn new(reactor: Arc<Reactor>, claim: Claim, artist: Artist, rate: FrameRate, buffers: u32) -> Self {
        let artist = Arc::new(artist);
        let canvas = Mutex::new(Canvas::new(artist.clone(), buffers));
        VirtualStream { reactor, artist, rate, buffers, canvas, running: Mutex::new(None), claim }
    }

    /// The buffers to run with: new ones when too many of the old are still held.
    fn canvas(&self) -> Arc<Canvas> {
        let mut canvas = self.canvas.lock();
        if canvas.pool.available() < self.buffers.min(ENOUGH) as usize {
            *canvas = Canvas::new(self.artist.clone(), self.buffers);
        }
        canvas.clone()
    }
}

impl Stream for VirtualStream {
    fn rate(&self) -> Option<FrameRate> {
        Some(self.rate)
    }

    fn colour(&self) -> Colour {
        self.artist.colour()
    }

    fn start(&self, sink: Arc<dyn FrameSink>) -> Result<()> {
        let camera = self.claim.camera();
        self.claim.begin()?;
        let plug = self.claim.plug();
        let run = camera.script.run(self.rate, plug as usize);
        let flow = Arc::new(Flow {
            timer: Timer::new()?,
            rate: self.rate,
            schedule: OnceLock::new(),
            canvas: self.canvas(),
            sink,
            departure: Departure::new(camera, &self.reactor, run.returns())?,
            run,
            plug,
            ended: AtomicBool::new(false),
            progress: Mutex::default(),
        });
        // Armed first: the reactor is to see no flow that could still fail here.
        flow.timer.arm(Some(now_ns() as u64))?;
        camera.panel.begin(plug, flow.run.scene(0));
        let registration = self.reactor.add(flow.timer.fd(), Wait::Readable, flow.clone());
        let registration = registration.inspect_err(|_| camera.panel.end(plug))?;
        *self.running.lock() = Some((registration, flow));
        Ok(())
    }

    fn stop(&self) -> Result<()> {
        // Taken out first: the reactor is waited for without the lock.
        let Some((registration, flow)) = self.running.lock().take() else { return Ok(()) };
        drop(registration);
        self.claim.camera().panel.end(flow.plug);
        if !flow.ended.load(Ordering::Acquire) {
            wait(self.claim.camera().script.slow_stop);
        }
        Ok(())
    }
}

impl Drop for VirtualStream {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}
