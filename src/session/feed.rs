//! The way of frames to one output's surface: whether it runs, what it got, and the events and
//! counts of its run.

use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::ledger::Ledger;
use crate::output::Output;
use crate::output::events::OutputEvent;
use crate::surface::{Sender, Surface};
use crate::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use crate::sync::{Arc, Mutex};
use std::sync::OnceLock;

#[derive(Default)]
struct Run {
    running: bool,
    /// Of this feed's runs.
    number: u64,
    /// Has the stream brought a frame since the run began? Numbers that are missing before it
    /// were not meant for this run.
    seen: bool,
    /// Frames sent to the surface; the first one began the run for the application.
    frames: u64,
    /// Frames with lower numbers came before it, and may still be on their way from a maker.
    first: u64,
}

/// Frames of one output that is not for photos.
pub(super) struct Feed {
    output: Arc<Output>,
    sender: Sender,
    /// `running`, to look at without the lock.
    active: AtomicBool,
    /// Held while a frame is sent, so that none comes after the end of the run.
    run: Mutex<Run>,
    /// The time from frame to frame, when not every frame is wanted.
    period_ns: Option<i64>,
    /// When the next frame is wanted.
    due_ns: AtomicI64,
    /// Of a feed whose frames the library itself looks at; set before the first.
    own: OnceLock<Arc<Surface>>,
}

impl Feed {
    pub(super) fn new(output: Arc<Output>) -> Arc<Feed> {
        Arc::new(Feed::make(output, None))
    }

    /// A feed that takes no more frames than these, and sends them to `surface`.
    pub(super) fn limited(
        output: Arc<Output>,
        most_per_second: u32,
        surface: impl FnOnce(&Arc<Feed>) -> Result<Arc<Surface>>,
    ) -> Result<Arc<Feed>> {
        let feed = Arc::new(Feed::make(output, Some(1_000_000_000 / i64::from(most_per_second.max(1)))));
        let own = surface(&feed)?;
        feed.own.get_or_init(|| own);
        Ok(feed)
    }

    fn make(output: Arc<Output>, period_ns: Option<i64>) -> Feed {
        Feed {
            sender: output.sender(),
            output,
            active: AtomicBool::new(false),
            run: Mutex::default(),
            period_ns,
            due_ns: AtomicI64::new(i64::MIN),
            own: OnceLock::new(),
        }
    }

    /// Is a frame of this time wanted?
    pub(super) fn wants(&self, timestamp_ns: i64) -> bool {
        // Frames that are a little early are on time.
        let early = self.period_ns.unwrap_or(0) / 8;
        self.is_active() && timestamp_ns.saturating_add(early) >= self.due_ns.load(Ordering::Relaxed)
    }

    pub(super) fn is_active(&self) -> bool {
        self.active.load(Ordering::Acquire)
    }

    /// Begins a run with the frame of this number, or a later one; false when one is under way.
    pub(super) fn start(&self, first: u64) -> bool {
        let mut run = self.run.lock();
        if run.running {
            return false;
        }
        *run = Run { running: true, number: run.number + 1, first, ..Run::default() };
        self.due_ns.store(i64::MIN, Ordering::Relaxed);
        self.active.store(true, Ordering::Release);
        true
    }

    /// Ends the run; false when there is none. No frame is sent once this returns.
    pub(super) fn stop(&self) -> bool {
        let mut run = self.run.lock();
        self.active.store(false, Ordering::Release);
        self.end(&mut run);
        let was = std::mem::replace(&mut run.running, false);
        drop(run);
        // What waits to be looked at is of this run, and nobody is told of it any more.
        if let Some(own) = self.own.get() {
            own.let_go();
        }
        was
    }

    /// The stream begins anew: so do the numbers of its frames.
    pub(super) fn begin_anew(&self) {
        self.run.lock().first = 0;
    }

    /// The number of the run that is under way.
    pub(super) fn run(&self) -> Option<u64> {
        let run = self.run.lock();
        run.running.then_some(run.number)
    }

    /// Tells something of this run, unless it has ended.
    pub(super) fn tell(&self, number: u64, event: OutputEvent) {
        let run = self.run.lock();
        if run.running && run.number == number && run.frames > 0 {
            self.output.events().emit(event);
        }
    }

    /// The stream ended by itself. When another one flows, a new run begins with its first frame, whose number is
    /// at least `next` if it goes on with the numbers: what is still being made comes too late.
    pub(super) fn fail(&self, error: &Error, next: u64) {
        let mut run = self.run.lock();
        run.first = run.first.max(next);
        if run.running {
            self.output.events().emit(OutputEvent::Failed(error.clone()));
            self.end(&mut run);
        }
    }

    fn end(&self, run: &mut Run) {
        let frames = std::mem::take(&mut run.frames);
        run.seen = false;
        if frames > 0 {
            self.output.events().emit(OutputEvent::FrameEnd { frames });
        }
    }

    /// The stream brought a frame, damaged or not, and before it lost this many.
    pub(super) fn arrived(&self, lost: u64) {
        let mut run = self.run.lock();
        if run.running && std::mem::replace(&mut run.seen, true) && lost > 0 {
            self.count(|ledger| ledger.lost(lost));
        }
    }

    /// A frame of this time does not reach the surface, for the reason that `count` counts.
    pub(super) fn missed(&self, timestamp_ns: i64, count: impl Fn(&Ledger)) {
        if self.wants(timestamp_ns) {
            self.count(count);
        }
    }

    /// Sends a frame to the surface, if the output runs.
    pub(super) fn deliver(&self, frame: Frame) {
        let mut run = self.run.lock();
        let timestamp_ns = frame.info().timestamp_ns;
        if !run.running || frame.info().sequence < run.first || !self.wants(timestamp_ns) {
            return;
        }
        if let Some(period) = self.period_ns {
            // On average as often as is wanted, whatever the camera's own rate.
            let next = match self.due_ns.load(Ordering::Relaxed) {
                i64::MIN => timestamp_ns.saturating_add(period),
                due => due.saturating_add(period).max(timestamp_ns),
            };
            self.due_ns.store(next, Ordering::Relaxed);
        }
        if run.frames == 0 {
            self.output.events().emit(OutputEvent::FrameStart { timestamp_ns });
        }
        run.frames += 1;
        match self.surface() {
            Some(surface) => surface.push(frame, &self.sender),
            // A preview that has not got its surface yet, or whose surface was released.
            None => self.output.ledger().dropped(1),
        }
    }

    fn count(&self, count: impl Fn(&Ledger)) {
        match self.surface() {
            Some(surface) => surface.count(&self.sender, count),
            None => count(self.output.ledger()),
        }
    }

    pub(super) fn surface(&self) -> Option<Arc<Surface>> {
        self.own.get().cloned().or_else(|| self.output.surface())
    }

    /// Does it run, with a consumer that could take a frame now?
    pub(super) fn has_room(&self) -> bool {
        self.is_active() && self.surface().is_some_and(|surface| surface.has_room())
    }

    /// Frames that the surface and its consumer may keep.
    pub(super) fn most_frames(&self) -> usize {
        self.surface().map_or(0, |surface| surface.most_frames())
    }
}

#[cfg(all(test, loom))]
mod models;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::format::{Colour, Layout, PixelFormat, Profile, Size};
    use crate::frame::{FrameInfo, HeapPool};
    use crate::output::Kind;
    use crate::runtime::{Mode, Runtime};
    use crate::surface::Options;

    #[test]
    fn a_run_begins_with_its_own_frames() {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        let surface = Surface::new(runtime.clone(), Options { capacity: 8, ..Options::default() });
        let profile = Profile { format: PixelFormat::MJPEG, size: Size::new(4, 4), rates: None };
        let output = Output::new(&runtime, Kind::Preview, profile, Some(surface.clone())).unwrap();
        let feed = Feed::new(output);
        let pool = HeapPool::new(8, &[1]);
        let send = |sequence| {
            feed.deliver(pool.take().unwrap().1.into_frame(FrameInfo {
                format: PixelFormat::MJPEG,
                size: Size::new(4, 4),
                layout: Layout::compressed(1),
                sequence,
                timestamp_ns: 0,
                flags: 0,
                colour: Colour::JFIF,
            }));
            surface.statistics().arrived
        };
        assert!(feed.start(5));
        assert!(!feed.start(0), "it runs");
        // One that was still being made when the run before was stopped.
        assert_eq!(send(4), 0);
        assert_eq!(send(5), 1);
        feed.begin_anew();
        assert_eq!(send(0), 2);
        // The stream ends with frame 7, of which 7 is still being made; the next one goes on with 9.
        assert_eq!(send(6), 3);
        feed.fail(&Error::fatal("the driver failed"), 8);
        assert_eq!(send(7), 3);
        assert_eq!(send(9), 4);
        assert!(feed.stop());
        assert_eq!(send(10), 4);
        runtime.shut_down();
    }
}
