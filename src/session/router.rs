//! The way of frames: from the one captured stream to every output, on the reactor thread, which they
//! leave at once: to surfaces as they are, to makers, to an encoder on a worker.

use super::detection::{self, View};
use super::feed::Feed;
use super::maker::{Maker, Orders, PhotoBench, Source};
use super::numbers::{Number, Numbers};
use super::plan::{Plan, Want};
use super::settle::{Picture, Settling};
use super::trace::Tap;
use super::watchdog::Pulse;
use super::zoom::{Passed, Zoomer};
use crate::backend::{Device, FrameSink};
use crate::detector::Detector;
use crate::error::{Code, Error, Result};
use crate::format::Colour;
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::ledger::Ledger;
use crate::output::photo::{Capture, Darkroom};
use crate::output::{Kind, Output};
use crate::runtime::Runtime;
use crate::runtime::clock::now_ns;
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use std::collections::VecDeque;
use std::sync::OnceLock;
use std::time::Duration;

/// With this many buffers left to the device, frames are copied so that it can go on.
const LOW_WATER: u32 = 2;
/// Behind the time that a capture waits for.
const LONGEST_WAIT_NS: i64 = 500_000_000;

/// What the stream tells its session. Called on the reactor thread: must not block.
pub(crate) trait Observer: Send + Sync {
    /// The stream ended by itself, or its device is gone although nothing flowed.
    fn ended(&self, error: &Error);
    /// The last capture has its frame: the device may not be needed any more.
    fn captures_done(&self);
    /// No frame has come for too long.
    fn silent(&self);
    /// How long exposure and white balance may take to settle; `None`: it is not to be told.
    fn time_to_settle(&self) -> Option<Duration> {
        None
    }
    /// Does anybody hear what is told of the picture?
    fn is_listened_to(&self) -> bool {
        false
    }
    /// Its input is closed, and the device will be. May block.
    fn input_closes(&self) {}
    /// How exposure and white balance are. On a maker's thread, too.
    fn picture(&self, _: Picture) {}
}

/// The way to one output.
pub(super) struct Route {
    pub(super) output: Arc<Output>,
    pub(super) way: Way,
}

pub(super) enum Way {
    /// Previews and videos.
    Feed {
        feed: Arc<Feed>,
        /// Frames go there as they are; else a maker has it.
        direct: bool,
    },
    Photos(Arc<dyn Darkroom>),
}

impl Route {
    pub(super) fn feed(&self) -> Option<&Arc<Feed>> {
        match &self.way {
            Way::Feed { feed, .. } => Some(feed),
            Way::Photos(_) => None,
        }
    }

    fn direct_feed(&self) -> Option<&Arc<Feed>> {
        match &self.way {
            Way::Feed { feed, direct: true } => Some(feed),
            _ => None,
        }
    }
}

/// The ways to all outputs, as the plan has them.
pub(crate) struct Routes {
    pub(super) routes: Vec<Route>,
    pub(super) makers: Vec<Arc<Maker>>,
    pub(super) source: Source,
}

impl Routes {
    /// `colour` is what the YUV of the stream means.
    pub(crate) fn new(
        runtime: &Arc<Runtime>,
        device: &Arc<dyn Device>,
        plan: &Plan,
        colour: Colour,
        outputs: &[(Arc<Output>, Want)],
        detector: Option<&Arc<Detector>>,
    ) -> Result<Routes> {
        let source = Source { format: plan.format, size: plan.size, colour };
        let wants: Vec<Want> = outputs.iter().map(|(_, want)| *want).collect();
        let (mut orders, mut routes) = (Orders::default(), Vec::with_capacity(outputs.len()));
        for ((output, want), way) in outputs.iter().zip(&plan.ways) {
            let output = output.clone();
            let feed = match (want.kind, detector) {
                (Kind::Photo, _) => {
                    routes.push(Route { output, way: Way::Photos(PhotoBench::new(source, want, way, device)) });
                    continue;
                }
                (Kind::Metadata, Some(detector)) => {
                    let view = View::new(plan, &wants, way);
                    Feed::limited(output.clone(), detector.most_per_second, |feed| {
                        detection::surface(runtime, detector.clone(), output.clone(), Arc::downgrade(feed), view)
                    })?
                }
                _ => Feed::new(output.clone()),
            };
            let direct = !orders.add(want, way, &feed);
            routes.push(Route { output, way: Way::Feed { feed, direct } });
        }
        Ok(Routes { routes, makers: orders.makers(source, &runtime.makers)?, source })
    }
}

/// A capture that waits for its frame.
pub(super) struct Waiting {
    /// The frame must be of this time or a later one: what was exposed before has not seen the flash.
    pub(super) not_before_ns: Option<i64>,
    pub(super) output: Arc<Output>,
    pub(super) capture: Capture,
    pub(super) darkroom: Arc<dyn Darkroom>,
}

/// Captures on their way from one stream to the next.
#[must_use]
pub(super) struct Pending(VecDeque<Waiting>);

impl Pending {
    pub(super) fn fail(self, error: &Error) {
        for Waiting { capture, .. } in self.0 {
            capture.fail(error.clone());
        }
    }
}

#[derive(Default)]
pub(super) struct Captures {
    pub(super) queue: VecDeque<Waiting>,
    /// Nothing flows that could serve one. Under the same lock, so that none is queued behind
    /// the end of the flow and waits for ever.
    pub(super) over: Option<Error>,
}

/// Where frames go. Lives as long as the configuration.
pub(super) struct Router {
    pub(super) routes: Vec<Route>,
    pub(super) makers: Vec<Arc<Maker>>,
    pub(super) captures: Mutex<Captures>,
    /// Captures that wait, to look at without the lock.
    pub(super) waiting: AtomicUsize,
    /// Memory for copies; made when first needed.
    pub(super) spares: OnceLock<Arc<HeapPool>>,
    pub(super) ended: Mutex<Option<Error>>,
    /// The end that was told, if nothing began to flow since.
    pub(super) over: Mutex<Option<Code>>,
    pub(super) numbers: Numbers,
    pub(super) zoomer: Zoomer,
    pub(super) settling: Arc<Settling>,
    /// For what goes on later, on another thread.
    pub(super) own: Weak<Router>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) tap: Arc<Tap>,
    pub(super) observer: Box<dyn Observer>,
}

impl Router {
    /// The frame itself, or a copy when the device is short of buffers.
    fn keep_device_going(&self, frame: Frame, queued: u32) -> Option<Frame> {
        if queued > LOW_WATER || !self.is_kept(frame.info().timestamp_ns) {
            return Some(frame);
        }
        self.copy_of(frame, queued)
    }

    pub(super) fn copy_of(&self, frame: Frame, queued: u32) -> Option<Frame> {
        let spares = self.spares.get_or_init(|| {
            // Not the length of this picture: the next compressed one may be longer.
            let memories = frame.info().layout.memory_count();
            let lengths: Vec<_> = (0..memories).map(|memory| frame.memory_length(memory)).collect();
            HeapPool::new(0, &lengths)
        });
        // No surface keeps more than this, and one is looked at, so copies run out only for a photo's encoder.
        let limit = self.most_frames() + 2 + self.tap.most_held();
        let copy = spares.take_or_grow(limit).and_then(|lease| frame.copy_into(lease, FrameInfo::COPIED));
        match copy {
            Some(copy) => Some(copy),
            None if queued > 0 => Some(frame),
            None => None,
        }
    }

    /// Will anyone keep a frame of this time? If nobody has room it goes back at once, and a copy would
    /// be made for nothing.
    fn is_kept(&self, timestamp_ns: i64) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
            || self.makers.iter().any(|maker| maker.is_wanted(timestamp_ns))
            || self.routes.iter().filter_map(|route| route.direct_feed()).any(|feed| feed.has_room())
            || self.tap.has_room()
    }

    /// Frames that surfaces and their consumers may keep.
    pub(super) fn most_frames(&self) -> usize {
        self.feeds().map(|feed| feed.most_frames()).sum()
    }

    pub(super) fn feeds(&self) -> impl Iterator<Item = &Arc<Feed>> {
        self.routes.iter().filter_map(|route| route.feed())
    }

    /// A frame arrived, damaged or not, with this number of the stream's own: every feed learns what
    /// was lost before it.
    fn arrived(&self, own: u64) -> Number {
        self.pulse.beat();
        let number = self.numbers.arrived(own);
        self.feeds().filter(|feed| feed.is_active()).for_each(|feed| feed.arrived(number.lost));
        number
    }

    /// The stream begins to flow: numbers begin anew, or go on where it was interrupted.
    pub(super) fn begin_flow(&self) {
        if !self.numbers.resumes() {
            self.numbers.begin_anew();
            self.feeds().for_each(|feed| feed.begin_anew());
        }
        self.zoomer.begin();
    }

    /// On to everyone who wants the frame.
    pub(super) fn pass_on(&self, frame: Frame) {
        let timestamp_ns = frame.info().timestamp_ns;
        if self.serve_capture(&frame) {
            self.observer.captures_done();
        }
        for maker in &self.makers {
            maker.push(&frame);
        }
        for feed in self.routes.iter().filter_map(|route| route.direct_feed()) {
            if feed.wants(timestamp_ns) {
                feed.deliver(frame.clone());
            }
        }
    }

    pub(super) fn stop_feeds(&self) {
        self.feeds().for_each(|feed| {
            feed.stop();
        });
    }

    /// A frame of this time goes to nobody, for the reason that `count` counts.
    pub(super) fn missed(&self, timestamp_ns: i64, count: impl Fn(&Ledger)) {
        self.feeds().for_each(|feed| feed.missed(timestamp_ns, &count));
    }

    /// Gives the frame to the capture that waits longest; true when it was the last. Under the lock
    /// until it stands in its photo queue, so that a cancelled one does not come before it.
    fn serve_capture(&self, frame: &Frame) -> bool {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return false;
        }
        let mut captures = self.captures.lock();
        // A clock of the driver's that went astray is not waited for.
        let too_early = |waiting: &Waiting| {
            let late = |time: i64| now_ns().saturating_sub(time) > LONGEST_WAIT_NS;
            waiting.not_before_ns.is_some_and(|time| frame.info().timestamp_ns < time && !late(time))
        };
        if captures.queue.front().is_some_and(too_early) {
            return false;
        }
        let Some(Waiting { capture, darkroom, .. }) = captures.queue.pop_front() else { return false };
        self.waiting.store(captures.queue.len(), Ordering::Release);
        capture.take(frame.clone(), darkroom);
        captures.queue.is_empty()
    }

    /// The flow is over: captures fail, those that wait and those that would come too late.
    pub(super) fn end_captures(&self, error: &Error) {
        self.captures.lock().over = Some(error.clone());
        self.fail_captures(error);
    }

    /// The captures of one output are cancelled.
    pub(super) fn cancel_captures(&self, output: &Arc<Output>) {
        let mut captures = self.captures.lock();
        let all = std::mem::take(&mut captures.queue);
        let (cancelled, others) = all.into_iter().partition(|waiting| Arc::ptr_eq(&waiting.output, output));
        captures.queue = others;
        self.waiting.store(captures.queue.len(), Ordering::Release);
        for Waiting { capture, .. } in cancelled {
            capture.fail(Error::fatal("the photo output was released before the photo was taken"));
        }
    }

    pub(super) fn take_captures(&self) -> Pending {
        let mut captures = self.captures.lock();
        self.waiting.store(0, Ordering::Release);
        Pending(std::mem::take(&mut captures.queue))
    }

    pub(super) fn give_captures(&self, pending: Pending) {
        let mut captures = self.captures.lock();
        for Waiting { output, capture, not_before_ns, .. } in pending.0 {
            let darkroom = self.routes.iter().find_map(|route| match &route.way {
                Way::Photos(darkroom) if Arc::ptr_eq(&route.output, &output) => Some(darkroom.clone()),
                _ => None,
            });
            match darkroom {
                Some(darkroom) => captures.queue.push_back(Waiting { not_before_ns, output, capture, darkroom }),
                None => capture.fail(Error::fatal("the photo output is served no more")),
            }
        }
        self.waiting.store(captures.queue.len(), Ordering::Release);
    }

    /// The stream's own end and the news that its device is gone may come both, in any order and at
    /// the same time: the first is told. That the device of a failed stream is gone is news.
    fn is_news(&self, end: Code) -> bool {
        let mut over = self.over.lock();
        let news = over.is_none_or(|told| told != Code::DeviceDisabled && end == Code::DeviceDisabled);
        if news {
            *over = Some(end);
        }
        news
    }

    pub(super) fn fail_captures(&self, error: &Error) {
        let mut captures = self.captures.lock();
        self.waiting.store(0, Ordering::Release);
        for Waiting { capture, .. } in captures.queue.drain(..) {
            capture.fail(error.clone());
        }
    }
}

impl FrameSink for Router {
    fn frame(&self, frame: Frame, queued: u32) {
        let FrameInfo { sequence, timestamp_ns, .. } = *frame.info();
        let frame = self.arrived(sequence).give(frame);
        let kept = self.keep_device_going(frame, queued);
        // With the stream's own number, as a camera that plays the trace counts.
        self.tap.frame(sequence, timestamp_ns, kept.as_ref());
        let Some(frame) = kept else {
            self.missed(timestamp_ns, |ledger| ledger.dropped(1));
            return;
        };
        let Some(own) = self.own.upgrade() else { return };
        self.settling.see(&frame, &*self.observer);
        match self.zoomer.take(frame, &own) {
            Passed::Through(frame) => self.pass_on(frame),
            Passed::Taken { given_up: None } => {}
            Passed::Taken { given_up: Some(frame) } => {
                self.missed(frame.info().timestamp_ns, |ledger| ledger.dropped(1));
            }
        }
    }

    fn corrupt(&self, sequence: u64) {
        self.arrived(sequence);
        self.tap.corrupt(sequence);
        // Its time may be as wrong as the rest of it.
        self.missed(i64::MAX, |ledger| ledger.corrupt());
    }

    fn ended(&self, error: Error) {
        if !self.is_news(error.code()) {
            return;
        }
        self.tap.ended(&error);
        *self.ended.lock() = Some(error.clone());
        self.end_captures(&error);
        let next = self.numbers.next();
        self.feeds().for_each(|feed| feed.fail(&error, next));
        self.observer.ended(&error);
    }
}
