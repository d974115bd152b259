//! One captured frame to every output: the stream of a committed session.
//!
//! The device runs while anyone needs it: a preview, a video, or a capture that waits for its
//! frame. Frames arrive on the reactor thread and leave it at once: to surfaces as they are, to
//! an encoder on a worker.

use super::maker::{Bench, Maker, Target, Wanted};
use super::plan::{Plan, Want, Way};
use crate::backend::{FrameSink, Stream};
use crate::camera::input::InputUser;
use crate::error::{Code, Error, Result};
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::output::photo::Capture;
use crate::output::{Kind, Output};
use crate::runtime::Workers;
use crate::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use crate::sync::{Arc, Mutex};
use std::collections::VecDeque;
use std::sync::OnceLock;

/// With this many buffers left to the device, frames are copied so that it can go on.
const LOW_WATER: u32 = 2;

/// What the stream tells its session. Called on the reactor thread: must not block.
pub(crate) trait Observer: Send + Sync {
    /// The stream ended by itself.
    fn ended(&self, error: &Error);
    /// The last capture has its frame: the device may not be needed any more.
    fn captures_done(&self);
}

/// The way to one output.
struct Route {
    output: Arc<Output>,
    /// Shared with the maker, if frames are made for it.
    active: Arc<AtomicBool>,
    /// Frames go there as they are.
    direct: bool,
    /// Makes the frames that photos are encoded from, when native ones cannot be.
    bench: Option<Arc<Bench>>,
}

/// The ways to all outputs, as the plan has them.
pub(crate) struct Routes {
    routes: Vec<Route>,
    makers: Vec<Arc<Maker>>,
}

impl Routes {
    pub(crate) fn new(workers: &Arc<Workers>, plan: &Plan, wants: &[Want], outputs: &[Arc<Output>]) -> Result<Routes> {
        let mut routes = Vec::with_capacity(outputs.len());
        // One maker for each distinct result.
        let mut benches: Vec<(Wanted, Arc<Bench>, Vec<Target>)> = Vec::new();
        for ((output, want), way) in outputs.iter().zip(wants).zip(&plan.ways) {
            let active = Arc::new(AtomicBool::new(false));
            let mut bench = None;
            if let Some(wanted) = Wanted::of(want, way) {
                let present = benches.iter().position(|(other, ..)| *other == wanted && want.kind != Kind::Photo);
                let index = match present {
                    Some(index) => index,
                    None => {
                        benches.push((wanted, Bench::new(plan, wanted)?, Vec::new()));
                        benches.len() - 1
                    }
                };
                let (_, own, targets) = &mut benches[index];
                if want.kind == Kind::Photo {
                    bench = Some(own.clone());
                } else {
                    targets.push(Target { output: output.clone(), active: active.clone() });
                }
            }
            let direct = *way == Way::AsIs && want.kind != Kind::Photo;
            routes.push(Route { output: output.clone(), active, direct, bench });
        }
        if benches.iter().any(|(.., targets)| !targets.is_empty()) {
            // While the failure can still be told.
            workers.ready()?;
        }
        let makers = benches.into_iter().filter(|(.., targets)| !targets.is_empty());
        let makers = makers.map(|(_, bench, targets)| Maker::new(bench, targets, workers.clone())).collect();
        Ok(Routes { routes, makers })
    }
}

/// A capture that waits for its frame.
struct Waiting {
    capture: Capture,
    bench: Option<Arc<Bench>>,
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
    corrupt: AtomicU64,
    observer: Box<dyn Observer>,
}

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
        let limit: usize = self.surfaces().map(|surface| surface.most_frames()).sum::<usize>() + 1;
        let copy = spares.take_or_grow(limit).and_then(|lease| frame.copy_into(lease, FrameInfo::COPIED));
        match copy {
            Some(copy) => Some(copy),
            None if queued > 0 => Some(frame),
            None => None,
        }
    }

    fn surfaces(&self) -> impl Iterator<Item = Arc<crate::surface::Surface>> {
        self.routes.iter().filter_map(|route| route.output.surface())
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

    fn fail_captures(&self, error: &Error) {
        while let Some(capture) = self.next_capture() {
            capture.capture.fail(error.clone());
        }
    }
}

impl FrameSink for Router {
    fn frame(&self, frame: Frame, queued: u32) {
        let Some(frame) = self.keep_device_going(frame, queued) else { return };
        if let Some(Waiting { capture, bench }) = self.next_capture() {
            capture.take(frame.clone(), move |frame| bench.map(|bench| bench.prepare(frame)).transpose());
            if self.waiting.load(Ordering::Acquire) == 0 {
                self.observer.captures_done();
            }
        }
        for maker in &self.makers {
            maker.push(&frame);
        }
        for route in self.routes.iter().filter(|route| route.direct) {
            if route.active.load(Ordering::Acquire)
                && let Some(surface) = route.output.surface()
            {
                surface.push(frame.clone(), route.output.tag());
            }
        }
    }

    fn corrupt(&self, _sequence: u64) {
        self.corrupt.fetch_add(1, Ordering::Relaxed);
    }

    fn ended(&self, error: Error) {
        *self.ended.lock() = Some(error.clone());
        self.end_captures(&error);
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
            corrupt: AtomicU64::new(0),
            observer,
        };
        let flow = Flow { stream: Some(stream), flowing: false, closed: None };
        Arc::new(ActiveStream { router: Arc::new(router), flow: Mutex::new(flow) })
    }

    /// Starts every preview.
    pub(crate) fn start_previews(&self) -> Result<()> {
        let previews = || self.router.routes.iter().filter(|route| route.output.kind() == Kind::Preview);
        let before: Vec<bool> = previews().map(|route| route.active.swap(true, Ordering::AcqRel)).collect();
        // Also without a preview a device that is gone must not look started.
        self.settle().inspect_err(|_| {
            for (route, was) in previews().zip(&before) {
                route.active.store(*was, Ordering::Release);
            }
        })
    }

    /// Starts one output; 7400201 when it runs.
    pub(crate) fn start(&self, output: &Arc<Output>) -> Result<()> {
        let route = self.route(output)?;
        if route.active.swap(true, Ordering::AcqRel) {
            return Err(Error::fatal(format!("the {} output runs already", output.kind().name())));
        }
        self.settle().inspect_err(|_| route.active.store(false, Ordering::Release))
    }

    /// Stops one output; 7400201 when it does not run.
    pub(crate) fn stop(&self, output: &Arc<Output>) -> Result<()> {
        let route = self.route(output)?;
        if !route.active.swap(false, Ordering::AcqRel) {
            return Err(Error::fatal(format!("the {} output does not run", output.kind().name())));
        }
        self.settle_to_stop()
    }

    /// Takes an output out of the flow, whether it runs or not.
    pub(crate) fn release(&self, output: &Arc<Output>) {
        if let Ok(route) = self.route(output)
            && route.active.swap(false, Ordering::AcqRel)
        {
            // The output is gone whatever the device says.
            let _ = self.settle();
        }
    }

    /// Asks for the next frame as a photo. On failure there was no capture.
    pub(crate) fn capture(&self, output: &Arc<Output>, make: impl FnOnce() -> Capture) -> Result<()> {
        let bench = self.route(output)?.bench.clone();
        self.settle_for(true)?;
        let mut captures = self.router.captures.lock();
        if let Some(error) = &captures.over {
            return Err(error.clone());
        }
        captures.queue.push_back(Waiting { capture: make(), bench });
        self.router.waiting.store(captures.queue.len(), Ordering::Release);
        Ok(())
    }

    /// Ends previews, videos and waiting captures. The failure of a stream that had ended by
    /// itself is reported here.
    pub(crate) fn stop_all(&self) -> Result<()> {
        for route in &self.router.routes {
            route.active.store(false, Ordering::Release);
        }
        self.router.fail_captures(&Error::fatal("the session was stopped before the photo was taken"));
        self.settle_to_stop()
    }

    /// A stop that fails is 7400201, whatever it was that ended the stream before.
    fn settle_to_stop(&self) -> Result<()> {
        self.settle().map_err(|error| Error::fatal(format!("stopped, but: {}", error.detail())))
    }

    /// The outputs that run now.
    pub(crate) fn running(&self) -> Vec<Arc<Output>> {
        let active = self.router.routes.iter().filter(|route| route.active.load(Ordering::Acquire));
        active.map(|route| route.output.clone()).collect()
    }

    /// Starts the outputs that ran on the stream before this one.
    pub(crate) fn resume(&self, outputs: &[Arc<Output>]) -> Result<()> {
        for output in outputs {
            self.route(output)?.active.store(true, Ordering::Release);
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
            || self.router.routes.iter().any(|route| route.active.load(Ordering::Acquire));
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
        for route in &self.router.routes {
            route.active.store(false, Ordering::Release);
        }
        self.router.end_captures(&error);
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
        let route =
            Route { output: output.clone(), active: Arc::new(AtomicBool::new(false)), direct: true, bench: None };
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
