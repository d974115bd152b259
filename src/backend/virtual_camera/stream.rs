//! The flow of a virtual camera: a timer on the reactor, and buffers that are drawn into.

use super::Claim;
use super::pattern::{self, Drawn, Painter};
use crate::backend::{FrameSink, Stream};
use crate::error::{Error, Result};
use crate::format::{Colour, FrameRate};
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::runtime::Reactor;
use crate::runtime::reactor::{Interest, Readiness, Registration, Source};
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, Mutex};
use rustix::fs::Timespec;
use rustix::time::{ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::OnceLock;

const NANOSECONDS: u64 = 1_000_000_000;

/// The buffers a stream needs at least at its start, unless it was given fewer altogether: one
/// to fill while another is on its way.
const ENOUGH: u32 = 2;

/// Buffers, and what is drawn in each.
pub(super) struct Canvas {
    painter: Arc<Painter>,
    pool: Arc<HeapPool>,
    drawn: Mutex<Vec<Drawn>>,
}

impl Canvas {
    /// Buffers with the background drawn, which costs too much for the reactor thread.
    pub(super) fn new(painter: Arc<Painter>, buffers: u32) -> Arc<Canvas> {
        let pool = HeapPool::new(buffers, &[painter.layout().memory_length(0)]);
        let mut drawn = vec![Drawn::default(); buffers as usize];
        // All are taken before the first is given back.
        let leases: Vec<_> = std::iter::from_fn(|| pool.take()).collect();
        for (index, mut lease) in leases {
            drawn[index as usize] = painter.prepare(lease.bytes_mut(0));
        }
        Arc::new(Canvas { painter, pool, drawn: Mutex::new(drawn) })
    }

    /// The frame with this number in a buffer that is free; `None` when all are held.
    pub(super) fn frame(&self, sequence: u64, timestamp_ns: i64) -> Option<Frame> {
        let (index, mut lease) = self.pool.take()?;
        // The picture has room for the lower half of the number, as documented there.
        self.painter.draw(lease.bytes_mut(0), &mut self.drawn.lock()[index as usize], sequence as u32);
        let (format, size, layout) = (self.painter.format(), self.painter.size(), self.painter.layout());
        let colour = pattern::COLOUR;
        Some(lease.into_frame(FrameInfo { format, size, layout, sequence, timestamp_ns, flags: 0, colour }))
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

/// One run, from start to stop.
struct Flow {
    timer: OwnedFd,
    rate: FrameRate,
    /// Begins with the first call of the reactor, so that frame 0 is never late.
    schedule: OnceLock<Schedule>,
    canvas: Arc<Canvas>,
    sink: Arc<dyn FrameSink>,
    /// The next frame; only the reactor thread, which calls one at a time, uses it.
    next: AtomicU64,
}

impl Flow {
    /// Makes the timer ready at this time, and unready until then.
    fn arm(&self, time: u64) -> Result<()> {
        let value = Timespec { tv_sec: (time / NANOSECONDS) as i64, tv_nsec: (time % NANOSECONDS) as _ };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        rustix::time::timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &once)
            .map(|_| ())
            .map_err(|errno| Error::fatal(format!("the timer of a virtual camera cannot be set: {errno}")))
    }
}

impl Source for Flow {
    fn ready(&self, _: Readiness) -> Interest {
        let mut next = self.next.load(Ordering::Relaxed);
        let now = now();
        let schedule = self.schedule.get_or_init(|| Schedule { start: now, rate: self.rate });
        if now >= schedule.time_of(next) {
            // Frames whose time has passed too were lost, as in a driver without a free buffer.
            let due = schedule.frame_at(now).max(next);
            next = due + 1;
            self.next.store(next, Ordering::Relaxed);
            if let Some(frame) = self.canvas.frame(due, schedule.time_of(due) as i64) {
                self.sink.frame(frame, self.canvas.pool.available() as u32);
            }
        }
        // Setting the timer also takes back its readiness: there is nothing to read.
        match self.arm(schedule.time_of(next)) {
            Ok(()) => Interest::Keep,
            Err(error) => {
                self.sink.ended(error);
                Interest::Remove
            }
        }
    }
}

/// A configured virtual camera.
pub(super) struct VirtualStream {
    reactor: Arc<Reactor>,
    painter: Arc<Painter>,
    rate: FrameRate,
    buffers: u32,
    canvas: Mutex<Arc<Canvas>>,
    /// Holds the flow; after its end the sink is not called.
    running: Mutex<Option<Registration>>,
    _claim: Claim,
}

impl VirtualStream {
    pub(super) fn new(reactor: Arc<Reactor>, claim: Claim, painter: Painter, rate: FrameRate, buffers: u32) -> Self {
        let painter = Arc::new(painter);
        let canvas = Mutex::new(Canvas::new(painter.clone(), buffers));
        VirtualStream { reactor, painter, rate, buffers, canvas, running: Mutex::new(None), _claim: claim }
    }

    /// The buffers to run with: new ones when too many of the old are still held.
    fn canvas(&self) -> Arc<Canvas> {
        let mut canvas = self.canvas.lock();
        if canvas.pool.available() < self.buffers.min(ENOUGH) as usize {
            *canvas = Canvas::new(self.painter.clone(), self.buffers);
        }
        canvas.clone()
    }
}

impl Stream for VirtualStream {
    fn rate(&self) -> Option<FrameRate> {
        Some(self.rate)
    }

    fn colour(&self) -> Colour {
        pattern::COLOUR
    }

    fn start(&self, sink: Arc<dyn FrameSink>) -> Result<()> {
        let timer = rustix::time::timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)
            .map_err(|errno| Error::fatal(format!("no timer for a virtual camera: {errno}; close some files")))?;
        let (rate, schedule, next) = (self.rate, OnceLock::new(), AtomicU64::new(0));
        let flow = Arc::new(Flow { timer, rate, schedule, canvas: self.canvas(), sink, next });
        // Armed first: the reactor is to see no flow that could still fail here.
        flow.arm(now())?;
        let registration = self.reactor.add(flow.timer.as_fd(), false, flow.clone())?;
        *self.running.lock() = Some(registration);
        Ok(())
    }

    fn stop(&self) -> Result<()> {
        // Taken out first: the reactor is waited for without the lock.
        let running = self.running.lock().take();
        drop(running);
        Ok(())
    }
}

impl Drop for VirtualStream {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

fn now() -> u64 {
    let time = rustix::time::clock_gettime(ClockId::Monotonic);
    time.tv_sec as u64 * NANOSECONDS + time.tv_nsec as u64
}
