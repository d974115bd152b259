//! One captured frame to every output: the stream of a committed session.
//!
//! The device runs while anyone needs it: a preview, a video, or a capture that waits for its
//! frame. Frames arrive on the reactor thread and leave it at once: to surfaces as they are, to
//! an encoder on a worker.

use super::detection::{self, View};
use super::feed::Feed;
use super::maker::{Maker, Orders, PhotoBench, Source};
use super::plan::{Plan, Want};
use crate::backend::{Device, FrameSink, Stream};
use crate::camera::input::InputUser;
use crate::detector::Detector;
use crate::error::{Code, Error, Result};
use crate::format::Colour;
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::ledger::Ledger;
use crate::output::photo::{Capture, Darkroom};
use crate::output::{Kind, Output};
use crate::runtime::Runtime;
use crate::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use crate::sync::{Arc, Mutex};
use std::collections::VecDeque;
use std::sync::OnceLock;

/// With this many buffers left to the device, frames are copied so that it can go on.
const LOW_WATER: u32 = 2;

/// What the stream tells its session. Called on the reactor thread: must not block.
pub(crate) trait Observer: Send + Sync {
    /// The stream ended by itself, or its device is gone although nothing flowed.
    fn ended(&self, error: &Error);
    /// The last capture has its frame: the device may not be needed any more.
    fn captures_done(&self);
}

/// The way to one output.
struct Route {
    output: Arc<Output>,
    way: Way,
}

enum Way {
    /// Previews and videos.
    Feed {
        feed: Arc<Feed>,
        /// Frames go there as they are; else a maker has it.
        direct: bool,
    },
    Photos(Arc<dyn Darkroom>),
}

impl Route {
    fn feed(&self) -> Option<&Arc<Feed>> {
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
    routes: Vec<Route>,
    makers: Vec<Arc<Maker>>,
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
        Ok(Routes { routes, makers: orders.makers(source, &runtime.makers)? })
    }
}

/// A capture that waits for its frame.
struct Waiting {
    output: Arc<Output>,
    capture: Capture,
    darkroom: Arc<dyn Darkroom>,
}

#[derive(Default)]
struct Captures {
    queue: VecDeque<Waiting>,
    /// Nothing flows that could serve one. Under the same lock, so that none is queued behind
    /// the end of the flow and waits for ever.
    over: Option<Error>,
}

/// Where frames go. Lives as long as the configuration.
struct Router {
    routes: Vec<Route>,
    makers: Vec<Arc<Maker>>,
    captures: Mutex<Captures>,
    /// Captures that wait, to look at without the lock.
    waiting: AtomicUsize,
    /// Memory for copies; made when first needed.
    spares: OnceLock<Arc<HeapPool>>,
    ended: Mutex<Option<Error>>,
    /// The end that was told, if nothing began to flow since.
    over: Mutex<Option<Code>>,
    /// The number that the next frame has if none is lost; [`UNKNOWN`] before the first.
    expected: AtomicU64,
    observer: Box<dyn Observer>,
}

/// No frame has this number.
const UNKNOWN: u64 = u64::MAX;

impl Router {
    /// The frame itself, or a copy when the device is short of buffers.
    fn keep_device_going(&self, frame: Frame, queued: u32) -> Option<Frame> {
        if queued > LOW_WATER {
            return Some(frame);
        }
        let spares = self.spares.get_or_init(|| {
            // Not the length of this picture: the next compressed one may be longer.
            let memories = frame.info().layout.memory_count();
            let lengths: Vec<_> = (0..memories).map(|memory| frame.memory_length(memory)).collect();
            HeapPool::new(0, &lengths)
        });
        // No surface keeps more than this, so copies run out only for a photo's encoder.
        let limit = self.feeds().map(|feed| feed.most_frames()).sum::<usize>() + 1;
        let copy = spares.take_or_grow(limit).and_then(|lease| frame.copy_into(lease, FrameInfo::COPIED));
        match copy {
            Some(copy) => Some(copy),
            None if queued > 0 => Some(frame),
            None => None,
        }
    }

    fn feeds(&self) -> impl Iterator<Item = &Arc<Feed>> {
        self.routes.iter().filter_map(|route| route.feed())
    }

    /// Frame `sequence` arrived, damaged or not: every feed learns what was lost before it.
    fn arrived(&self, sequence: u64) {
        let expected = self.expected.swap(sequence.saturating_add(1), Ordering::Relaxed);
        let lost = if expected == UNKNOWN { 0 } else { sequence.saturating_sub(expected) };
        self.feeds().filter(|feed| feed.is_active()).for_each(|feed| feed.arrived(lost));
    }

    fn stop_feeds(&self) {
        self.feeds().for_each(|feed| {
            feed.stop();
        });
    }

    /// A frame of this time goes to nobody, for the reason that `count` counts.
    fn missed(&self, timestamp_ns: i64, count: impl Fn(&Ledger)) {
        self.feeds().for_each(|feed| feed.missed(timestamp_ns, &count));
    }

    fn next_capture(&self) -> Option<Waiting> {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut captures = self.captures.lock();
        let capture = captures.queue.pop_front()?;
        self.waiting.store(captures.queue.len(), Ordering::Release);
        Some(capture)
    }

    /// The flow is over: captures fail, those that wait and those that would come too late.
    fn end_captures(&self, error: &Error) {
        self.captures.lock().over = Some(error.clone());
        self.fail_captures(error);
    }

    /// The captures of one output are cancelled.
    fn cancel_captures(&self, output: &Arc<Output>) {
        let mut captures = self.captures.lock();
        let all = std::mem::take(&mut captures.queue);
        let (cancelled, others) = all.into_iter().partition(|waiting| Arc::ptr_eq(&waiting.output, output));
        captures.queue = others;
        self.waiting.store(captures.queue.len(), Ordering::Release);
        drop(captures);
        for Waiting { capture, .. } in cancelled {
            capture.fail(Error::fatal("the photo output was released before the photo was taken"));
        }
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

    fn fail_captures(&self, error: &Error) {
        while let Some(capture) = self.next_capture() {
            capture.capture.fail(error.clone());
        }
    }
}

impl FrameSink for Router {
    fn frame(&self, frame: Frame, queued: u32) {
        let timestamp_ns = frame.info().timestamp_ns;
        self.arrived(frame.info().sequence);
        let Some(frame) = self.keep_device_going(frame, queued) else {
            self.missed(timestamp_ns, |ledger| ledger.dropped(1));
            return;
        };
        if let Some(Waiting { capture, darkroom, .. }) = self.next_capture() {
            capture.take(frame.clone(), darkroom);
            if self.waiting.load(Ordering::Acquire) == 0 {
                self.observer.captures_done();
            }
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

    fn corrupt(&self, sequence: u64) {
        self.arrived(sequence);
        // Its time may be as wrong as the rest of it.
        self.missed(i64::MAX, |ledger| ledger.corrupt());
    }

    fn ended(&self, error: Error) {
        if !self.is_news(error.code()) {
            return;
        }
        *self.ended.lock() = Some(error.clone());
        self.end_captures(&error);
        self.feeds().for_each(|feed| feed.fail(&error));
        self.observer.ended(&error);
    }
}

struct Flow {
    /// Gone once the input is closed.
    stream: Option<Arc<dyn Stream>>,
    flowing: bool,
    /// Why there is no stream any more.
    closed: Option<Error>,
}

/// The configured stream of a session and its outputs.
pub(crate) struct ActiveStream {
    router: Arc<Router>,
    /// Locked while the device starts or stops; never by the reactor.
    flow: Mutex<Flow>,
}

impl ActiveStream {
    pub(crate) fn new(stream: Arc<dyn Stream>, routes: Routes, observer: Box<dyn Observer>) -> Arc<Self> {
        let Routes { routes, makers } = routes;
        let router = Router {
            routes,
            makers,
            captures: Mutex::default(),
            waiting: AtomicUsize::new(0),
            spares: OnceLock::new(),
            ended: Mutex::new(None),
            over: Mutex::new(None),
            expected: AtomicU64::new(UNKNOWN),
            observer,
        };
        let flow = Flow { stream: Some(stream), flowing: false, closed: None };
        Arc::new(ActiveStream { router: Arc::new(router), flow: Mutex::new(flow) })
    }

    /// Starts every preview.
    pub(crate) fn start_previews(&self) -> Result<()> {
        let previews = self.router.routes.iter().filter(|route| route.output.kind() == Kind::Preview);
        let begun: Vec<_> = previews.filter_map(|route| route.feed()).filter(|feed| feed.start()).collect();
        // Also without a preview a device that is gone must not look started.
        self.settle().inspect_err(|_| {
            for feed in begun {
                feed.stop();
            }
        })
    }

    /// Starts one output; 7400201 when it runs.
    pub(crate) fn start(&self, output: &Arc<Output>) -> Result<()> {
        let present = self.route(output).is_ok();
        if output.kind() == Kind::Metadata && !present {
            return Err(Error::not_allowed(
                "nothing detects what the metadata output is to tell of: call camera_manager_set_detector() before commit, with a detector for one of its types",
            ));
        }
        let feed = self.feed(output)?;
        if !feed.start() {
            return Err(Error::fatal(format!("the {} output runs already", output.kind().name())));
        }
        self.settle().inspect_err(|_| {
            feed.stop();
        })
    }

    /// Stops one output; 7400201 when it does not run.
    pub(crate) fn stop(&self, output: &Arc<Output>) -> Result<()> {
        if !self.feed(output)?.stop() {
            return Err(Error::fatal(format!("the {} output does not run", output.kind().name())));
        }
        self.settle_to_stop()
    }

    /// Takes an output out of the flow, whether it runs or not.
    pub(crate) fn release(&self, output: &Arc<Output>) {
        let Ok(route) = self.route(output) else { return };
        match route.feed() {
            Some(feed) if feed.stop() => {}
            Some(_) => return,
            None => self.router.cancel_captures(output),
        }
        // The output is gone whatever the device says.
        let _ = self.settle();
    }

    /// Asks for the next frame as a photo. On failure there was no capture.
    pub(crate) fn capture(&self, output: &Arc<Output>, make: impl FnOnce() -> Capture) -> Result<()> {
        let Way::Photos(darkroom) = &self.route(output)?.way else {
            return Err(Error::invalid(format!("a {} output takes no photos", output.kind().name())));
        };
        self.settle_for(true)?;
        let mut captures = self.router.captures.lock();
        if let Some(error) = &captures.over {
            return Err(error.clone());
        }
        let waiting = Waiting { output: output.clone(), capture: make(), darkroom: darkroom.clone() };
        captures.queue.push_back(waiting);
        self.router.waiting.store(captures.queue.len(), Ordering::Release);
        Ok(())
    }

    /// Ends previews, videos and waiting captures. The failure of a stream that had ended by
    /// itself is reported here.
    pub(crate) fn stop_all(&self) -> Result<()> {
        self.router.stop_feeds();
        self.router.fail_captures(&Error::fatal("the session was stopped before the photo was taken"));
        self.settle_to_stop()
    }

    /// A stop that fails is 7400201, whatever it was that ended the stream before.
    fn settle_to_stop(&self) -> Result<()> {
        self.settle().map_err(|error| Error::fatal(format!("stopped, but: {}", error.detail())))
    }

    /// The outputs that run now.
    pub(crate) fn running(&self) -> Vec<Arc<Output>> {
        let active = self.router.routes.iter().filter(|route| route.feed().is_some_and(|feed| feed.is_active()));
        active.map(|route| route.output.clone()).collect()
    }

    /// Starts the outputs that ran on the stream before this one.
    pub(crate) fn resume(&self, outputs: &[Arc<Output>]) -> Result<()> {
        for output in outputs {
            self.feed(output)?.start();
        }
        self.settle()
    }

    /// Puts the stream that `configure` makes in the place of the present one, which is gone by
    /// then; what flowed flows again. On failure the stream that `restore` makes does, and when
    /// that cannot be had either the stream has ended by itself.
    pub(crate) fn reconfigure(
        &self,
        configure: impl FnOnce() -> Result<Arc<dyn Stream>>,
        restore: impl FnOnce() -> Result<Arc<dyn Stream>>,
    ) -> Result<()> {
        let Err(error) = self.replace(configure) else { return Ok(()) };
        if self.flow.lock().closed.is_none()
            && let Err(lost) = self.replace(restore)
        {
            let mut flow = self.flow.lock();
            if flow.stream.is_none() {
                flow.closed.get_or_insert_with(|| lost.clone());
            }
            drop(flow);
            self.router.ended(lost);
        }
        Err(error)
    }

    fn replace(&self, make: impl FnOnce() -> Result<Arc<dyn Stream>>) -> Result<()> {
        let mut flow = self.flow.lock();
        if let Some(error) = &flow.closed {
            return Err(error.clone());
        }
        if let Some(stream) = flow.stream.take() {
            let _ = stream.stop();
        }
        flow.flowing = false;
        flow.stream = Some(make()?);
        drop(flow);
        self.settle()
    }

    /// Lets the device flow while someone needs it, and stops it when nobody does.
    pub(crate) fn settle(&self) -> Result<()> {
        self.settle_for(false)
    }

    fn settle_for(&self, capture: bool) -> Result<()> {
        let mut flow = self.flow.lock();
        if let Some(error) = &flow.closed {
            return Err(error.clone());
        }
        let Some(stream) = flow.stream.clone() else { return Ok(()) };
        let needed = capture
            || self.router.waiting.load(Ordering::Acquire) > 0
            || self.router.feeds().any(|feed| feed.is_active());
        let ended = self.router.ended.lock().take();
        if let Some(error) = ended {
            // The flow is over; tidy up, so that a later start begins afresh.
            flow.flowing = false;
            let _ = stream.stop();
            if !needed {
                return Err(error.context("the stream had ended by itself"));
            }
        }
        if needed && !flow.flowing {
            self.router.captures.lock().over = None;
            self.router.expected.store(UNKNOWN, Ordering::Relaxed);
            *self.router.over.lock() = None;
            stream.start(self.router.clone())?;
            flow.flowing = true;
        } else if !needed && flow.flowing {
            flow.flowing = false;
            stream.stop()?;
        }
        Ok(())
    }

    fn route(&self, output: &Arc<Output>) -> Result<&Route> {
        self.router.routes.iter().find(|route| Arc::ptr_eq(&route.output, output)).ok_or_else(|| {
            Error::new(
                Code::ServiceFatalError,
                format!("the {} output is not part of the committed configuration", output.kind().name()),
            )
        })
    }

    fn feed(&self, output: &Arc<Output>) -> Result<&Arc<Feed>> {
        self.route(output)?
            .feed()
            .ok_or_else(|| Error::invalid(format!("a {} output has no start and stop", output.kind().name())))
    }

    /// The end: nothing flows, and nothing of the device is held.
    pub(crate) fn close(&self) {
        self.input_closed(Error::fatal("the session was reconfigured or released"));
    }
}

impl InputUser for ActiveStream {
    fn input_closed(&self, error: Error) {
        let stream = {
            let mut flow = self.flow.lock();
            flow.closed.get_or_insert_with(|| error.clone());
            flow.flowing = false;
            flow.stream.take()
        };
        if let Some(stream) = stream {
            // What the device says to its own end changes nothing.
            let _ = stream.stop();
            drop(stream);
        }
        self.router.stop_feeds();
        self.router.end_captures(&error);
    }

    fn device_lost(&self, error: &Error) {
        if self.flow.lock().closed.is_none() {
            self.router.ended(error.clone());
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::format::{FrameRate, Layout, PixelFormat, Profile, Size};
    use crate::output::photo::{PhotoSettings, Reply};
    use crate::runtime::{Mode, Runtime};

    struct Nobody;
    impl Observer for Nobody {
        fn ended(&self, _: &Error) {}
        fn captures_done(&self) {}
    }

    /// A stream that gives no frames, and may end as it starts.
    #[derive(Default)]
    struct Still {
        ends: bool,
        starts: AtomicUsize,
    }
    impl Stream for Still {
        fn rate(&self) -> Option<FrameRate> {
            None
        }
        fn colour(&self) -> crate::format::Colour {
            crate::format::Colour::JFIF
        }
        fn start(&self, sink: Arc<dyn crate::backend::FrameSink>) -> Result<()> {
            self.starts.fetch_add(1, Ordering::Relaxed);
            if self.ends {
                sink.ended(Error::fatal("unplugged"));
            }
            Ok(())
        }
        fn stop(&self) -> Result<()> {
            Ok(())
        }
    }

    fn as_they_are(output: &Arc<Output>) -> Routes {
        struct AsItIs;
        impl Darkroom for AsItIs {
            fn prepare(&self, _: &Frame, _: crate::output::photo::Pose) -> Result<(Option<Frame>, Colour)> {
                Ok((None, Colour::JFIF))
            }
            fn camera(&self) -> (crate::backend::CameraFacts, crate::backend::Exposure) {
                Default::default()
            }
        }
        let route = Route { output: output.clone(), way: Way::Photos(Arc::new(AsItIs)) };
        Routes { routes: vec![route], makers: Vec::new() }
    }

    fn photo_output() -> Arc<Output> {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        let profile = Profile { format: PixelFormat::JPEG, size: Size::new(64, 48), rates: None };
        Output::new(&runtime, Kind::Photo, profile, None).unwrap()
    }

    fn capture(stream: &ActiveStream, output: &Arc<Output>) -> (Result<()>, Arc<Reply>) {
        let reply = Arc::new(Reply::default());
        (stream.capture(output, || output.make_capture(PhotoSettings::default(), Some(reply.clone()))), reply)
    }

    #[test]
    fn a_capture_behind_the_end_of_the_flow_is_refused_and_does_not_wait() {
        let output = photo_output();
        let still = Arc::new(Still { ends: true, ..Still::default() });
        let stream = ActiveStream::new(still.clone(), as_they_are(&output), Box::new(Nobody));
        for starts in 1..3 {
            assert_eq!(capture(&stream, &output).0.unwrap_err().detail(), "unplugged");
            assert_eq!(still.starts.load(Ordering::Relaxed), starts, "each tries anew");
        }
        let stream = ActiveStream::new(Arc::new(Still::default()), as_they_are(&output), Box::new(Nobody));
        let (asked, reply) = capture(&stream, &output);
        asked.unwrap();
        stream.input_closed(Error::fatal("closed"));
        assert_eq!(reply.wait(None).unwrap_err().detail(), "closed");
        assert_eq!(capture(&stream, &output).0.unwrap_err().detail(), "closed");
    }

    #[test]
    fn what_cannot_be_configured_anew_goes_on_as_before_or_has_ended() {
        let output = photo_output();
        let stream = ActiveStream::new(Arc::new(Still::default()), as_they_are(&output), Box::new(Nobody));
        let (asked, reply) = capture(&stream, &output);
        asked.unwrap();
        let before = Arc::new(Still::default());
        let restored = before.clone();
        let busy = || Err(Error::fatal("busy"));
        let failed = stream.reconfigure(busy, || Ok(restored as Arc<dyn Stream>));
        assert_eq!(failed.unwrap_err().detail(), "busy");
        assert_eq!(before.starts.load(Ordering::Relaxed), 1, "the capture is still waited for");
        assert_eq!(stream.reconfigure(busy, || Err(Error::fatal("gone"))).unwrap_err().detail(), "busy");
        assert_eq!(reply.wait(None).unwrap_err().detail(), "gone");
        assert_eq!(stream.start_previews().unwrap_err().detail(), "gone", "nothing looks started");
    }

    #[test]
    fn a_lost_device_is_told_once_whoever_says_it() {
        #[derive(Clone, Default)]
        struct Told(Arc<Mutex<Vec<Code>>>);
        impl Observer for Told {
            fn ended(&self, error: &Error) {
                self.0.lock().push(error.code());
            }
            fn captures_done(&self) {}
        }
        let gone = Error::new(Code::DeviceDisabled, "gone");
        let output = photo_output();
        for flows in [false, true] {
            let told = Told::default();
            let still = Arc::new(Still::default());
            let stream = ActiveStream::new(still.clone(), as_they_are(&output), Box::new(told.clone()));
            let waiting = flows.then(|| capture(&stream, &output).1);
            stream.device_lost(&gone);
            stream.router.ended(gone.clone());
            stream.device_lost(&gone);
            stream.router.ended(Error::fatal("STREAMOFF failed"));
            assert_eq!(*told.0.lock(), [Code::DeviceDisabled]);
            if let Some(reply) = waiting {
                assert_eq!(reply.wait(None).unwrap_err().code(), Code::DeviceDisabled, "nothing waits for ever");
            }
            // The next start finds out for itself; its end is another.
            capture(&stream, &output).0.unwrap();
            stream.router.ended(Error::fatal("EIO"));
            stream.device_lost(&gone);
            assert_eq!(*told.0.lock(), [Code::DeviceDisabled, Code::ServiceFatalError, Code::DeviceDisabled]);
            stream.close();
            stream.device_lost(&gone);
            assert_eq!(told.0.lock().len(), 3, "what is closed has nothing to lose");
        }
    }

    #[test]
    fn copies_have_room_for_longer_pictures_than_the_first() {
        let output = photo_output();
        let stream = ActiveStream::new(Arc::new(Still::default()), as_they_are(&output), Box::new(Nobody));
        let pool = HeapPool::new(2, &[100]);
        for length in [10, 100] {
            let (_, lease) = pool.take().unwrap();
            let frame = lease.into_frame(FrameInfo {
                format: PixelFormat::MJPEG,
                size: Size::new(64, 48),
                layout: Layout::compressed(length),
                sequence: 0,
                timestamp_ns: 0,
                flags: 0,
            });
            let copy = stream.router.keep_device_going(frame, 0).expect("a copy");
            assert_eq!((copy.info().flags, copy.plane(0).unwrap().1.len()), (FrameInfo::COPIED, length));
        }
    }
}
