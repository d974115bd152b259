//! One captured frame to every output: the stream of a committed session.
//!
//! The device runs while anyone needs it: a preview, a video, or a capture that waits for its
//! frame. `router` has the way of the frames.

use super::feed::Feed;
use super::numbers::Numbers;
use super::router::{Observer, Pending, Route, Router, Routes, Waiting, Way};
use super::settle::Settling;
use super::trace::Tap;
use super::watchdog::{self, Patience};
use super::zoom::Zoomer;
use crate::backend::{Device, FrameSink, Stream};
use crate::camera::input::InputUser;
use crate::error::{Code, Error, Result};
use crate::format::Colour;
use crate::output::photo::Capture;
use crate::output::{Kind, Output};
use crate::runtime::clock::now_ns;
use crate::runtime::timer::Timer;
use crate::runtime::{Reactor, Runtime};
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Arc, Mutex};
use std::sync::OnceLock;
use std::time::Instant;

struct Flow {
    /// Gone once the input is closed.
    stream: Option<Arc<dyn Stream>>,
    flowing: bool,
    /// Why there is no stream any more.
    closed: Option<Error>,
    /// Runs while it flows.
    watch: Option<Timer>,
    /// When it began to flow last.
    begun: Instant,
    /// Frames that had come when the stream was started once more because it was silent.
    revived: Option<u64>,
}

impl Flow {
    /// It flows no more, and nobody waits for frames.
    fn rest(&mut self) {
        self.flowing = false;
        self.watch = None;
        self.revived = None;
    }
}

/// The configured stream of a session and its outputs.
pub(crate) struct ActiveStream {
    router: Arc<Router>,
    /// Locked while the device starts or stops; never by the reactor.
    flow: Mutex<Flow>,
    reactor: Arc<Reactor>,
    patience: Patience,
    /// What YUV means in it.
    colour: Colour,
}

impl ActiveStream {
    pub(crate) fn new(
        runtime: &Runtime,
        stream: Arc<dyn Stream>,
        routes: Routes,
        patience: Patience,
        observer: Box<dyn Observer>,
        tap: Arc<Tap>,
    ) -> Arc<Self> {
        let Routes { routes, makers, source } = routes;
        let colour = source.colour;
        let router = Arc::new_cyclic(|own| Router {
            routes,
            makers,
            captures: Mutex::default(),
            waiting: AtomicUsize::new(0),
            spares: OnceLock::new(),
            ended: Mutex::new(None),
            over: Mutex::new(None),
            numbers: Numbers::new(stream.rate()),
            zoomer: Zoomer::new(source, runtime.makers.clone()),
            settling: Settling::new(source, runtime.makers.clone(), own.clone()),
            own: own.clone(),
            pulse: Arc::default(),
            tap,
            observer,
        });
        let flow = Flow {
            stream: Some(stream),
            flowing: false,
            closed: None,
            watch: None,
            begun: Instant::now(),
            revived: None,
        };
        let reactor = runtime.reactor.clone();
        Arc::new(ActiveStream { router, flow: Mutex::new(flow), reactor, patience, colour })
    }

    pub(crate) fn colour(&self) -> Colour {
        self.colour
    }

    /// Starts every preview.
    pub(crate) fn start_previews(&self) -> Result<()> {
        let previews = self.router.routes.iter().filter(|route| route.output.kind() == Kind::Preview);
        let first = self.router.numbers.next();
        let begun: Vec<_> = previews.filter_map(|route| route.feed()).filter(|feed| feed.start(first)).collect();
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
        if !feed.start(self.router.numbers.next()) {
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
    /// `flash` is called when frames flow; when it says that there is light now, the photo is a frame that was exposed
    /// after that: its time is at least a period behind, since drivers tell the beginning or the end.
    pub(crate) fn capture(
        &self,
        output: &Arc<Output>,
        flash: impl FnOnce() -> bool,
        make: impl FnOnce() -> Capture,
    ) -> Result<()> {
        let Way::Photos(darkroom) = &self.route(output)?.way else {
            return Err(Error::invalid(format!("a {} output takes no photos", output.kind().name())));
        };
        self.settle_for(true)?;
        let rate = self.flow.lock().stream.as_ref().and_then(|stream| stream.rate());
        let period_ns = rate.map_or(0, |rate| i64::try_from(rate.period_ns()).unwrap_or(0));
        let not_before_ns = flash().then(|| now_ns().saturating_add(period_ns));
        let mut captures = self.router.captures.lock();
        if let Some(error) = &captures.over {
            return Err(error.clone());
        }
        let waiting = Waiting { not_before_ns, output: output.clone(), capture: make(), darkroom: darkroom.clone() };
        captures.queue.push_back(waiting);
        self.router.waiting.store(captures.queue.len(), Ordering::Release);
        Ok(())
    }

    /// The captures that wait, for the stream that comes after this one.
    pub(super) fn take_captures(&self) -> Pending {
        self.router.take_captures()
    }

    /// They go on here, with the next frames; those whose output is served no more fail.
    pub(super) fn give_captures(&self, pending: Pending) {
        self.router.give_captures(pending);
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
        // One that is not served any more does not keep the others from running.
        let missing = outputs.iter().filter_map(|output| match self.feed(output) {
            Ok(feed) => {
                feed.start(self.router.numbers.next());
                None
            }
            Err(error) => Some(error),
        });
        let missing = missing.last();
        self.settle().and(missing.map_or(Ok(()), Err))
    }

    /// Shows a part of the picture, this many times smaller than the whole.
    pub(crate) fn set_zoom(&self, ratio: f64) -> Result<()> {
        self.router.zoomer.set(ratio)
    }

    /// Exposure or white balance was set: the picture is about to change.
    pub(crate) fn exposes_anew(&self) {
        self.router.settling.begin_again(&*self.router.observer);
    }

    /// Goes on where a stream whose device was lost was interrupted: what ran on it runs here, and the
    /// numbers of its frames continue. What ran is known to run also when this fails.
    pub(crate) fn take_over(&self, lost: &ActiveStream) -> Result<usize> {
        let running = lost.running();
        if !running.is_empty() {
            self.router.numbers.resume_from(&lost.router.numbers);
        }
        lost.close();
        self.resume(&running).map(|()| running.len())
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
            let _ = self.stop_flow(&*stream);
        }
        flow.rest();
        let stream = make()?;
        self.router.tap.rate_changed(stream.rate());
        flow.stream = Some(stream);
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
            flow.rest();
            let _ = stream.stop();
            if !needed {
                return Err(error.context("the stream had ended by itself"));
            }
        }
        if needed && !flow.flowing {
            self.router.captures.lock().over = None;
            let numbers = self.router.numbers.save();
            self.router.begin_flow();
            let told = self.router.over.lock().take();
            self.start_flow(&*stream).inspect_err(|_| {
                // Nothing flowed: the end that was told is still the last one, and so is the last number.
                self.router.numbers.restore(numbers);
                let mut over = self.router.over.lock();
                *over = over.or(told);
            })?;
            flow.flowing = true;
            if let Err(error) = self.watch_over(&mut flow, &*stream) {
                flow.rest();
                let _ = self.stop_flow(&*stream);
                return Err(error);
            }
        } else if !needed && flow.flowing {
            flow.rest();
            let stopped = self.stop_flow(&*stream);
            // What comes next is another flow, also if this one was to go on.
            self.router.numbers.begin_anew();
            stopped?;
        }
        Ok(())
    }

    fn start_flow(&self, stream: &dyn Stream) -> Result<()> {
        self.router.tap.starting();
        self.router.settling.begin(&*self.router.observer);
        stream.start(self.router.clone()).inspect_err(|error| self.router.tap.start_failed(error))
    }

    fn stop_flow(&self, stream: &dyn Stream) -> Result<()> {
        let stopped = stream.stop();
        self.router.tap.stopped();
        stopped
    }

    /// From now on silence counts, and not before: a driver may take its time to start.
    fn watch_over(&self, flow: &mut Flow, stream: &dyn Stream) -> Result<()> {
        flow.begun = Instant::now();
        let Some(patience) = self.patience.with(stream.rate()) else { return Ok(()) };
        let router = self.router.clone();
        let watch = watchdog::watch(&self.reactor, patience, router.pulse.clone(), move || router.observer.silent())?;
        flow.watch = Some(watch);
        Ok(())
    }

    /// Was it silent, as a watch says that may be of an earlier start?
    fn was_silent(&self, flow: &Flow, stream: &dyn Stream) -> bool {
        // A timer may be a little early.
        self.patience.with(stream.rate()).is_some_and(|patience| flow.begun.elapsed() >= patience / 8 * 7)
    }

    /// The stream has been silent for too long: it is started once more, and has failed if that does
    /// not help. May block. True when it was started.
    pub(crate) fn revive(&self) -> bool {
        let mut flow = self.flow.lock();
        let Some(stream) = flow.stream.clone().filter(|_| flow.flowing) else { return false };
        if !self.was_silent(&flow, &*stream) {
            return false;
        }
        let frames = self.router.pulse.frames();
        flow.watch = None;
        let _ = self.stop_flow(&*stream);
        let failure = if flow.revived == Some(frames) {
            Error::fatal(
                "the camera is silent: no frame came for too long, nor after it was started once more; see camera_session_options for cameras that are triggered",
            )
        } else {
            flow.revived = Some(frames);
            self.router.numbers.resume();
            match self.start_flow(&*stream) {
                Ok(()) => match self.watch_over(&mut flow, &*stream) {
                    Ok(()) => return true,
                    Err(error) => {
                        let _ = self.stop_flow(&*stream);
                        error.context("the camera was silent, and cannot be watched any more")
                    }
                },
                Err(error) => error.context("the camera was silent, and starting it once more failed"),
            }
        };
        flow.rest();
        drop(flow);
        self.router.ended(failure);
        false
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

    /// Nothing flows any more, and nothing of the device is held; what ran is still known.
    pub(crate) fn interrupt(&self, why: Error) {
        let stream = {
            let mut flow = self.flow.lock();
            flow.closed.get_or_insert(why);
            flow.rest();
            flow.stream.take()
        };
        if let Some(stream) = stream {
            // What the device says to its own end changes nothing.
            let _ = self.stop_flow(&*stream);
            drop(stream);
        }
    }

    /// The end: nothing flows, and nothing of the device is held.
    pub(crate) fn close(&self) {
        self.end(Error::fatal("the session was reconfigured or released"));
    }

    fn end(&self, error: Error) {
        self.interrupt(error.clone());
        // Where nothing flowed any more, this is the reason from now on.
        self.flow.lock().closed = Some(error.clone());
        self.router.stop_feeds();
        self.router.end_captures(&error);
    }
}

impl InputUser for ActiveStream {
    fn input_closed(&self, error: Error, _: Option<&Arc<dyn Device>>) {
        self.router.observer.input_closes();
        self.end(error);
    }

    fn device_lost(&self, error: &Error) {
        if self.flow.lock().closed.is_none() {
            self.router.ended(error.clone());
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::maker::Source;
    use super::*;
    use crate::format::{FrameRate, Layout, PixelFormat, Profile, Size};
    use crate::frame::{Frame, FrameInfo, HeapPool};
    use crate::output::photo::Darkroom;
    use crate::output::photo::{PhotoSettings, Reply};
    use crate::runtime::{Mode, Runtime};
    use crate::sync::atomic::AtomicBool;

    struct Nobody;
    impl Observer for Nobody {
        fn ended(&self, _: &Error) {}
        fn captures_done(&self) {}
        fn silent(&self) {}
    }

    /// A stream that gives no frames, and may end as it starts.
    #[derive(Default)]
    struct Still {
        ends: bool,
        fails: AtomicBool,
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
            if self.fails.load(Ordering::Relaxed) {
                return Err(Error::new(Code::DeviceDisabled, "gone"));
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
        let source = Source { format: PixelFormat::MJPEG, size: Size::new(64, 48), colour: Colour::JFIF };
        Routes { routes: vec![route], makers: Vec::new(), source }
    }

    fn active_told(stream: Arc<Still>, routes: Routes, observer: Box<dyn Observer>) -> Arc<ActiveStream> {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        ActiveStream::new(&runtime, stream, routes, Patience::Endless, observer, Tap::new(&runtime))
    }

    fn active(stream: Arc<Still>, routes: Routes) -> Arc<ActiveStream> {
        active_told(stream, routes, Box::new(Nobody))
    }

    fn photo_output() -> Arc<Output> {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        let profile = Profile { format: PixelFormat::JPEG, size: Size::new(64, 48), rates: None };
        Output::new(&runtime, Kind::Photo, profile, None).unwrap()
    }

    fn capture(stream: &ActiveStream, output: &Arc<Output>) -> (Result<()>, Arc<Reply>) {
        let reply = Arc::new(Reply::default());
        (stream.capture(output, || false, || output.make_capture(PhotoSettings::default(), Some(reply.clone()))), reply)
    }

    #[test]
    fn a_capture_behind_the_end_of_the_flow_is_refused_and_does_not_wait() {
        let output = photo_output();
        let still = Arc::new(Still { ends: true, ..Still::default() });
        let stream = active(still.clone(), as_they_are(&output));
        for starts in 1..3 {
            assert_eq!(capture(&stream, &output).0.unwrap_err().detail(), "unplugged");
            assert_eq!(still.starts.load(Ordering::Relaxed), starts, "each tries anew");
        }
        let stream = active(Arc::new(Still::default()), as_they_are(&output));
        let (asked, reply) = capture(&stream, &output);
        asked.unwrap();
        stream.input_closed(Error::fatal("closed"), None);
        assert_eq!(reply.wait(None).unwrap_err().detail(), "closed");
        assert_eq!(capture(&stream, &output).0.unwrap_err().detail(), "closed");
    }

    #[test]
    fn what_cannot_be_configured_anew_goes_on_as_before_or_has_ended() {
        let output = photo_output();
        let stream = active(Arc::new(Still::default()), as_they_are(&output));
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
            fn silent(&self) {}
        }
        let gone = Error::new(Code::DeviceDisabled, "gone");
        let output = photo_output();
        for flows in [false, true] {
            let told = Told::default();
            let still = Arc::new(Still::default());
            let stream = active_told(still.clone(), as_they_are(&output), Box::new(told.clone()));
            let waiting = flows.then(|| capture(&stream, &output).1);
            stream.device_lost(&gone);
            stream.router.ended(gone.clone());
            stream.device_lost(&gone);
            stream.router.ended(Error::fatal("STREAMOFF failed"));
            assert_eq!(*told.0.lock(), [Code::DeviceDisabled]);
            if let Some(reply) = waiting {
                assert_eq!(reply.wait(None).unwrap_err().code(), Code::DeviceDisabled, "nothing waits for ever");
            }
            // A start that fails finds nothing new.
            still.fails.store(true, Ordering::Relaxed);
            assert_eq!(capture(&stream, &output).0.unwrap_err().code(), Code::DeviceDisabled);
            stream.device_lost(&gone);
            assert_eq!(told.0.lock().len(), 1);
            // The next start finds out for itself; its end is another.
            still.fails.store(false, Ordering::Relaxed);
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
        let stream = active(Arc::new(Still::default()), as_they_are(&output));
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
                colour: Colour::JFIF,
            });
            let copy = stream.router.copy_of(frame, 0).expect("a copy");
            assert_eq!((copy.info().flags, copy.plane(0).unwrap().1.len()), (FrameInfo::COPIED, length));
        }
    }
}
