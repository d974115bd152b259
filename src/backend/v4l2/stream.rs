//! The flow of frames from the driver's buffers to a sink.

use super::buffers::BufferSet;
use super::device::{MIN_BUFFERS, Node};
use super::error::Errno;
use super::sys::{self, Filled};
use crate::backend::sequence::Sequence;
use crate::backend::{FrameSink, Stream};
use crate::error::{Error, Result};
use crate::format::{Colour, FrameRate, Layout, PixelFormat, Size};
use crate::frame::{FrameInfo, Lease};
use crate::runtime::clock::now_ns;
use crate::runtime::reactor::{Interest, Readiness, Registration, Source, Wait};
use crate::runtime::{Log, Reactor, log::Level};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex};

/// What was agreed on with the driver.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture {
    pub(super) format: PixelFormat,
    pub(super) size: Size,
    /// Of an uncompressed picture.
    pub(super) layout: Layout,
    pub(super) compressed: bool,
    /// Memories of a buffer.
    pub(super) memories: usize,
    pub(super) colour: Colour,
}

/// A stream, standing or running.
pub(super) struct V4l2Stream {
    node: Arc<Node>,
    picture: Picture,
    rate: Option<FrameRate>,
    /// Buffers to ask for.
    count: u32,
    reactor: Arc<Reactor>,
    log: Arc<Log>,
    state: Mutex<State>,
}

struct State {
    /// `None` after buffers could not be allocated anew.
    buffers: Option<Arc<BufferSet>>,
    flow: Option<(Registration, Arc<Flow>)>,
}

impl V4l2Stream {
    pub(super) fn new(
        node: Arc<Node>,
        picture: Picture,
        rate: Option<FrameRate>,
        count: u32,
        buffers: Arc<BufferSet>,
        reactor: Arc<Reactor>,
        log: Arc<Log>,
    ) -> Self {
        let state = Mutex::new(State { buffers: Some(buffers), flow: None });
        V4l2Stream { node, picture, rate, count, reactor, log, state }
    }

    /// Buffers to start with: those there are, or new ones when most are under held frames.
    fn usable_buffers(&self) -> Result<Arc<BufferSet>> {
        let present = self.state.lock().buffers.clone();
        if let Some(buffers) = present {
            let (free, count) = (buffers.free(), buffers.count());
            if free >= count.min(3.max(count.div_ceil(2))) {
                return Ok(buffers);
            }
            match self.node.free_buffers() {
                Ok(()) => {}
                // The kernel does not let go of what is mapped: on with the free ones.
                Err(Errno::BUSY) if free >= MIN_BUFFERS as usize => return Ok(buffers),
                Err(Errno::BUSY) => {
                    return Err(Error::fatal(format!(
                        "{}: {} of {count} buffers are under frames that are held, and the driver gives no others \
                         meanwhile{}; release frames and try again",
                        self.node.path.display(),
                        count - free,
                        if buffers.leaves_orphans { "" } else { " (Linux 5.0 and later can)" },
                    )));
                }
                Err(errno) => return Err(self.node.failure("replacing buffers under held frames", errno)),
            }
            self.log.write(Level::Info, || {
                format!("{}: new buffers, {} of {count} are under held frames", self.node.path.display(), count - free)
            });
            self.state.lock().buffers = None;
        }
        let buffers = BufferSet::allocate(&self.node, self.picture.memories, self.count, &self.log)?;
        self.state.lock().buffers = Some(buffers.clone());
        Ok(buffers)
    }
}

impl Stream for V4l2Stream {
    fn rate(&self) -> Option<FrameRate> {
        self.rate
    }

    fn colour(&self) -> Colour {
        self.picture.colour
    }

    fn start(&self, sink: Arc<dyn FrameSink>) -> Result<()> {
        let buffers = self.usable_buffers()?;
        let begun_ns = now_ns();
        buffers.start()?;
        let flow = Arc::new(Flow {
            node: self.node.clone(),
            buffers: buffers.clone(),
            picture: self.picture,
            sink,
            begun_ns,
            ended: AtomicBool::new(false),
            progress: Mutex::new(Progress::default()),
        });
        // Only now: poll answers with an error while the driver does not stream.
        match self.reactor.add(self.node.fd(), Wait::Readable, flow.clone()) {
            Ok(registration) => {
                self.state.lock().flow = Some((registration, flow));
                Ok(())
            }
            Err(error) => {
                let _ = buffers.stop();
                Err(error)
            }
        }
    }

    fn stop(&self) -> Result<()> {
        // Out of the lock: the registration's end waits for a call that is under way.
        let flow = self.state.lock().flow.take();
        let Some((registration, flow)) = flow else { return Ok(()) };
        drop(registration);
        match flow.buffers.stop() {
            Err(errno) if !flow.ended.load(Ordering::Acquire) => {
                Err(self.node.failure("stopping the stream (STREAMOFF)", errno))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for V4l2Stream {
    fn drop(&mut self) {
        let _ = self.stop();
        // Unmaps what no frame holds, which old kernels insist on.
        drop(self.state.lock().buffers.take());
        if let Err(errno) = self.node.free_buffers()
            && errno != Errno::NODEV
        {
            self.log.write(Level::Warning, || self.node.failure("giving buffers back", errno).to_string());
        }
    }
}

/// A running stream, as the reactor knows it.
struct Flow {
    node: Arc<Node>,
    buffers: Arc<BufferSet>,
    picture: Picture,
    sink: Arc<dyn FrameSink>,
    /// When the driver was started.
    begun_ns: i64,
    ended: AtomicBool,
    /// Used on the reactor thread alone, and never locked while the sink is called.
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    sequence: Sequence,
    /// EIO of DQBUF since the last buffer.
    failures: u32,
    /// Buffers under held frames since the last one that was ours to take.
    foreign: u32,
    /// Calls since the last buffer although the descriptor was readable.
    idle: u32,
}

/// A driver that announces buffers and has none so often in a row is broken.
const MAX_IDLE: u32 = 100;

impl Source for Flow {
    fn ready(&self, readiness: Readiness) -> Interest {
        let mut taken = 0;
        // Bounded, so that one fast camera does not hold up the others.
        for _ in 0..self.buffers.count() {
            match self.buffers.dequeue() {
                Ok(Some((lease, filled))) => {
                    taken += 1;
                    self.deliver(lease, &filled);
                }
                Ok(None) => break,
                // Once may be a loss of signal; the buffer is not given back then.
                Err(Errno::IO) if !readiness.failed && self.is_first_failure() => {
                    let sequence = self.progress.lock().sequence.skip();
                    self.sink.corrupt(sequence);
                    taken += 1;
                    break;
                }
                // A buffer that is under a held frame: some drivers (v4l2loopback) take them in turn.
                Err(Errno::PROTO) if self.is_bearable() => {
                    let sequence = self.progress.lock().sequence.skip();
                    self.sink.corrupt(sequence);
                    taken += 1;
                }
                Err(errno) => return self.end(self.node.failure("taking a buffer from the driver (DQBUF)", errno)),
            }
        }
        self.buffers.rescue();
        if taken > 0 {
            return Interest::Keep;
        }
        if readiness.failed {
            let reason = self.node.check_present().err().unwrap_or_else(|| {
                Error::fatal(format!(
                    "{}: the driver reports an error (POLLERR) and has no buffers; stop and start again, and see `dmesg`",
                    self.node.path.display()
                ))
            });
            return self.end(reason);
        }
        let idle = {
            let mut progress = self.progress.lock();
            progress.idle += u32::from(readiness.readable);
            progress.idle
        };
        if idle > MAX_IDLE {
            let path = self.node.path.display();
            return self.end(Error::fatal(format!("{path}: the driver keeps announcing buffers and has none")));
        }
        Interest::Keep
    }
}

impl Flow {
    fn is_first_failure(&self) -> bool {
        let mut progress = self.progress.lock();
        progress.failures += 1;
        progress.failures == 1
    }

    /// A buffer that the driver was not given, for the first times in a row.
    fn is_bearable(&self) -> bool {
        let mut progress = self.progress.lock();
        progress.foreign += 1;
        progress.foreign <= MAX_IDLE
    }

    fn end(&self, error: Error) -> Interest {
        if !self.ended.swap(true, Ordering::AcqRel) {
            self.sink.ended(error);
        }
        Interest::Remove
    }

    fn deliver(&self, lease: Lease, filled: &Filled) {
        let sequence = {
            let mut progress = self.progress.lock();
            (progress.failures, progress.idle, progress.foreign) = (0, 0, 0);
            progress.sequence.extend(filled.sequence)
        };
        let empty = filled.used[..self.picture.memories].contains(&0);
        if empty || filled.flags & sys::FLAG_ERROR != 0 {
            self.buffers.requeue(filled, lease);
            self.sink.corrupt(sequence);
            return;
        }
        let frame = lease.into_frame(info(&self.picture, filled, sequence, self.begun_ns));
        self.sink.frame(frame, self.buffers.queued());
    }
}

/// The driver's time of a frame, if it can be one: on CLOCK_MONOTONIC, not ahead of `now` (but for drivers
/// that stamp the next frame), and of this run (but for those that begin with a frame they had). Else a clock
/// has wrapped or jumped, and such a time would make a photo's date wrong by years.
fn plausible(filled: &Filled, begun: i64, now: i64) -> Option<i64> {
    const AHEAD: i64 = 1_000_000_000;
    const BEFORE: i64 = 10_000_000_000;
    let monotonic = filled.flags & sys::FLAG_TIMESTAMP_MASK == sys::FLAG_TIMESTAMP_MONOTONIC;
    let earliest = begun.saturating_sub(BEFORE).max(1);
    let time = filled.timestamp_ns;
    (monotonic && (earliest..=now.saturating_add(AHEAD)).contains(&time)).then_some(time)
}

fn info(picture: &Picture, filled: &Filled, sequence: u64, begun_ns: i64) -> FrameInfo {
    let mut layout = match picture.compressed {
        true => Layout::compressed(filled.used[0].saturating_sub(filled.offsets[0])),
        false => picture.layout,
    };
    layout.advance(&filled.offsets);
    layout.clip(&filled.used);
    let mut flags = 0;
    if picture.format.is_jpeg() || picture.compressed && filled.flags & sys::FLAG_KEYFRAME != 0 {
        flags |= FrameInfo::KEYFRAME;
    }
    let now = now_ns();
    let timestamp_ns = plausible(filled, begun_ns, now).unwrap_or_else(|| {
        flags |= FrameInfo::TIMESTAMP_ESTIMATED;
        now
    });
    FrameInfo {
        format: picture.format,
        size: picture.size,
        layout,
        sequence,
        timestamp_ns,
        flags,
        colour: picture.colour,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::MAX_PLANES;

    fn filled() -> Filled {
        let flags = sys::FLAG_TIMESTAMP_MONOTONIC;
        Filled { index: 0, sequence: 9, flags, timestamp_ns: 5, used: [0; MAX_PLANES], offsets: [0; MAX_PLANES] }
    }

    #[test]
    fn frames_reach_no_further_than_the_driver_filled_them() {
        let size = Size::new(4, 2);
        let layout = Layout::new(PixelFormat::NV12M, size, &[4, 4]).unwrap();
        let picture = Picture {
            format: PixelFormat::NV12M,
            size,
            layout,
            compressed: false,
            memories: 2,
            colour: Colour::BT601_LIMITED,
        };
        let mut filled = filled();
        (filled.used[..2]).copy_from_slice(&[8 + 16, 3]);
        filled.offsets[0] = 16;
        let info = info(&picture, &filled, 9, 0);
        let planes: Vec<_> = info.layout.planes().iter().map(|plane| (plane.offset, plane.length)).collect();
        assert_eq!(planes, [(16, 8), (0, 3)]);
        assert_eq!((info.sequence, info.timestamp_ns, info.flags), (9, 5, 0));
    }

    #[test]
    fn a_time_of_another_clock_is_not_believed() {
        const SECOND: i64 = 1_000_000_000;
        let (begun, now) = (100 * SECOND, 200 * SECOND);
        let believed = |time| {
            let mut filled = filled();
            filled.timestamp_ns = time;
            plausible(&filled, begun, now).is_some()
        };
        assert!([begun, begun - 9 * SECOND, now, now + SECOND / 2].into_iter().all(believed));
        // Wrapped, before and after: vivid's wrap_timestamp.
        let wrapped = [0, -1, 5, begun - 11 * SECOND, now + 2 * SECOND, i64::MIN, i64::MAX];
        assert!(!wrapped.into_iter().any(believed));
        let mut other = filled();
        (other.flags, other.timestamp_ns) = (0, now);
        assert_eq!(plausible(&other, begun, now), None);
    }

    #[test]
    fn compressed_frames_are_as_long_as_their_data() {
        let layout = Layout::compressed(0);
        let size = Size::new(640, 480);
        let picture =
            Picture { format: PixelFormat::MJPEG, size, layout, compressed: true, memories: 1, colour: Colour::JFIF };
        let mut filled = filled();
        (filled.used[0], filled.offsets[0], filled.flags) = (1000, 100, 0);
        let info = info(&picture, &filled, 0, 0);
        let plane = info.layout.planes()[0];
        assert_eq!((plane.offset, plane.length, plane.stride), (100, 900, 0));
        assert_eq!(info.flags, FrameInfo::KEYFRAME | FrameInfo::TIMESTAMP_ESTIMATED);
        assert!(info.timestamp_ns > 0);
        filled.offsets[0] = 5000;
        assert_eq!(super::info(&picture, &filled, 0, 0).layout.planes()[0].length, 0);
    }
}
