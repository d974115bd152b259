//! One captured frame to every output: the stream of a committed session.
//!
//! The device runs while anyone needs it: a preview, a video, or a capture that waits for its
//! frame. Frames arrive on the reactor thread and leave it at once: to surfaces as they are, to
//! an encoder on a worker.

use crate::backend::{FrameSink, Stream};
use crate::camera::input::InputUser;
use crate::error::{Code, Error, Result};
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::output::photo::Capture;
use crate::output::{Kind, Output};
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

struct Route {
    output: Arc<Output>,
    active: AtomicBool,
}

/// Where frames go. Lives as long as the configuration.
struct Router {
    routes: Vec<Route>,
    captures: Mutex<VecDeque<Capture>>,
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
        let layout = &frame.info().layout;
        let spares = self.spares.get_or_init(|| {
            let lengths: Vec<_> = (0..layout.memory_count()).map(|memory| layout.memory_length(memory)).collect();
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

    fn next_capture(&self) -> Option<Capture> {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut captures = self.captures.lock();
        let capture = captures.pop_front()?;
        self.waiting.store(captures.len(), Ordering::Release);
        Some(capture)
    }

    fn fail_captures(&self, error: &Error) {
        while let Some(capture) = self.next_capture() {
            capture.fail(error.clone());
        }
    }
}

impl FrameSink for Router {
    fn frame(&self, frame: Frame, queued: u32) {
        let Some(frame) = self.keep_device_going(frame, queued) else { return };
        if let Some(capture) = self.next_capture() {
            capture.take(frame.clone());
            if self.waiting.load(Ordering::Acquire) == 0 {
                self.observer.captures_done();
            }
        }
        for route in &self.routes {
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
        self.fail_captures(&error);
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
    pub(crate) fn new(stream: Arc<dyn Stream>, outputs: &[Arc<Output>], observer: Box<dyn Observer>) -> Arc<Self> {
        let routes =
            outputs.iter().map(|output| Route { output: output.clone(), active: AtomicBool::new(false) }).collect();
        let router = Router {
            routes,
            captures: Mutex::new(VecDeque::new()),
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
    pub(crate) fn capture(&self, make: impl FnOnce() -> Capture) -> Result<()> {
        self.settle_for(true)?;
        let mut captures = self.router.captures.lock();
        captures.push_back(make());
        self.router.waiting.store(captures.len(), Ordering::Release);
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

    /// Puts the stream that `configure` makes in the place of the present one, which is gone by
    /// then; what flowed flows again.
    pub(crate) fn reconfigure(&self, configure: impl FnOnce() -> Result<Arc<dyn Stream>>) -> Result<()> {
        let mut flow = self.flow.lock();
        if let Some(error) = &flow.closed {
            return Err(error.clone());
        }
        if let Some(stream) = flow.stream.take() {
            let _ = stream.stop();
        }
        flow.flowing = false;
        flow.stream = Some(configure()?);
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
        self.router.fail_captures(&error);
    }
}
