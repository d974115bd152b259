//! Outputs: what a session is asked to produce.
//!
//! An output is in one session at most. Its operations take their turn in that session's
//! queue; the session, seen from here as its [`Host`], does the work.

pub(crate) mod photo;

use crate::error::{Code, Error, Result};
use crate::format::{PixelFormat, Profile, RateRange};
use crate::runtime::{Runtime, SerialQueue};
use crate::surface::Surface;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use photo::{Capture, PhotoPart, PhotoSettings, Reply};

/// What an output is for. The numbers cross the C interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Kind {
    /// Runs while its session runs.
    Preview = 0,
    /// Gives a picture for each capture.
    Photo = 1,
    /// Runs between its own start and stop.
    Video = 2,
}

impl Kind {
    /// The word for messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Preview => "preview",
            Kind::Photo => "photo",
            Kind::Video => "video",
        }
    }
}

/// A session, as its outputs see it. Each call is made in the session's turn.
pub(crate) trait Host: Send + Sync {
    /// The session's queue.
    fn queue(&self) -> &Arc<SerialQueue>;
    /// Tells sessions apart.
    fn number(&self) -> u64;
    fn start_output(&self, output: &Arc<Output>) -> Result<()>;
    fn stop_output(&self, output: &Arc<Output>) -> Result<()>;
    fn capture(&self, output: &Arc<Output>, settings: PhotoSettings, reply: Option<Arc<Reply>>) -> Result<()>;
    fn set_frame_rate(&self, output: &Arc<Output>, rates: RateRange) -> Result<()>;
    /// The output was released; it takes no frames any more.
    fn output_released(&self, output: &Arc<Output>);
}

struct State {
    surface: Option<Arc<Surface>>,
    host: Option<Weak<dyn Host>>,
    /// The queue of its session, also after it left that one; at first its own.
    queue: Arc<SerialQueue>,
    released: bool,
    rates: Option<RateRange>,
}

/// A preview, a photo or a video output.
pub(crate) struct Output {
    kind: Kind,
    profile: Profile,
    /// The application's name for it, which its frames carry.
    tag: AtomicU64,
    state: Mutex<State>,
    photo: PhotoPart,
}

impl Output {
    /// An output, once its profile and its surface make sense: 7400101 otherwise.
    pub(crate) fn new(
        runtime: &Runtime,
        kind: Kind,
        profile: Profile,
        surface: Option<Arc<Surface>>,
    ) -> Result<Arc<Output>> {
        check_profile(kind, &profile)?;
        if surface.as_ref().is_some_and(|surface| surface.is_released()) {
            return Err(Error::invalid(format!("the surface for the {} output is released", kind.name())));
        }
        if let Some(surface) = &surface {
            surface.check_format(profile.format)?;
        }
        Ok(Arc::new(Output {
            kind,
            profile,
            tag: AtomicU64::new(0),
            state: Mutex::new(State {
                surface,
                host: None,
                queue: runtime.serial_queue(),
                released: false,
                rates: profile.rates,
            }),
            photo: PhotoPart::new(runtime),
        }))
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    pub(crate) fn tag(&self) -> u64 {
        self.tag.load(Ordering::Relaxed)
    }

    pub(crate) fn set_tag(&self, tag: u64) {
        self.tag.store(tag, Ordering::Relaxed);
    }

    /// What only a photo output has.
    pub(crate) fn photo(&self) -> &PhotoPart {
        &self.photo
    }

    /// The range of rates asked for, if any.
    pub(crate) fn rates(&self) -> Option<RateRange> {
        self.state.lock().rates
    }

    pub(crate) fn set_rates(&self, rates: RateRange) {
        self.replace_rates(Some(rates));
    }

    /// Sets the range and returns the one before.
    pub(crate) fn replace_rates(&self, rates: Option<RateRange>) -> Option<RateRange> {
        std::mem::replace(&mut self.state.lock().rates, rates)
    }

    pub(crate) fn surface(&self) -> Option<Arc<Surface>> {
        self.state.lock().surface.clone()
    }

    /// Gives a preview that was made without one its surface.
    pub(crate) fn set_surface(&self, surface: Arc<Surface>) -> Result<()> {
        if surface.is_released() {
            return Err(Error::invalid("the surface is released"));
        }
        surface.check_format(self.profile.format)?;
        let mut state = self.state.lock();
        if state.released {
            return Err(self.released(Code::ServiceFatalError));
        }
        if state.surface.is_some() {
            return Err(Error::not_allowed("the preview output has a surface already: it keeps the first one"));
        }
        state.surface = Some(surface);
        Ok(())
    }

    pub(crate) fn is_released(&self) -> bool {
        self.state.lock().released
    }

    /// The session it is in.
    pub(crate) fn host(&self) -> Option<Arc<dyn Host>> {
        self.state.lock().host.as_ref().and_then(Weak::upgrade)
    }

    /// Puts it in a session, unless it is in one or released: of two sessions that add it at
    /// the same time one is refused.
    pub(crate) fn join(&self, host: &Arc<dyn Host>) -> Result<()> {
        let mut state = self.state.lock();
        if state.released {
            return Err(self.released(Code::ServiceFatalError));
        }
        if state.host.as_ref().is_some_and(|present| present.strong_count() > 0) {
            return Err(Error::fatal(format!("the {} output is in another session", self.kind.name())));
        }
        state.host = Some(Arc::downgrade(host));
        state.queue = host.queue().clone();
        Ok(())
    }

    /// Takes it out of its session.
    pub(crate) fn leave(&self) {
        self.state.lock().host = None;
    }

    /// The queue in which its operations take their turn. It stays that of the session which
    /// the output left, so that nothing overtakes what was called before.
    pub(crate) fn queue(&self) -> Arc<SerialQueue> {
        self.state.lock().queue.clone()
    }

    /// The session it is in, for an operation that has its turn in this queue: by then it may
    /// have left for another, whose turn this is not.
    pub(crate) fn host_in(&self, queue: &Arc<SerialQueue>) -> Option<Arc<dyn Host>> {
        self.host().filter(|host| Arc::ptr_eq(host.queue(), queue))
    }

    /// Runs an operation in its turn, with the session that the output is in.
    pub(crate) fn in_turn<R>(&self, operation: impl FnOnce(Option<&Arc<dyn Host>>) -> R) -> R {
        let mut operation = Some(operation);
        loop {
            let queue = self.queue();
            let done = queue.in_turn(|| {
                // It may have joined a session while this waited.
                let here = Arc::ptr_eq(&self.queue(), &queue);
                let operation = if here { operation.take() } else { None };
                operation.map(|operation| operation(self.host_in(&queue).as_ref()))
            });
            if let Some(result) = done {
                return result;
            }
        }
    }

    /// Starts a preview or a video.
    pub(crate) fn start(self: &Arc<Self>, host: Option<&Arc<dyn Host>>) -> Result<()> {
        self.check_kind(&[Kind::Preview, Kind::Video], "start")?;
        self.in_session(host, Code::SessionNotConfig)?.start_output(self)
    }

    /// Stops a preview or a video.
    pub(crate) fn stop(self: &Arc<Self>, host: Option<&Arc<dyn Host>>) -> Result<()> {
        self.check_kind(&[Kind::Preview, Kind::Video], "stop")?;
        self.in_session(host, Code::ServiceFatalError)?.stop_output(self)
    }

    /// Asks for one photo; `reply` is told what becomes of it once this has returned 0.
    pub(crate) fn capture(
        self: &Arc<Self>,
        host: Option<&Arc<dyn Host>>,
        settings: PhotoSettings,
        reply: Option<Arc<Reply>>,
    ) -> Result<()> {
        self.check_kind(&[Kind::Photo], "capture")?;
        self.in_session(host, Code::SessionNotRunning)?.capture(self, settings, reply)
    }

    /// A capture of this output with the next number.
    pub(crate) fn make_capture(&self, settings: PhotoSettings, reply: Option<Arc<Reply>>) -> Capture {
        let surface = self.surface().map(|surface| (surface, self.tag()));
        self.photo.capture(settings, reply, surface)
    }

    /// Narrows the rates of a preview or a video.
    pub(crate) fn set_frame_rate(self: &Arc<Self>, host: Option<&Arc<dyn Host>>, rates: RateRange) -> Result<()> {
        self.check_kind(&[Kind::Preview, Kind::Video], "set_frame_rate")?;
        self.in_session(host, Code::SessionNotConfig)?.set_frame_rate(self, rates)
    }

    /// The end of the output; it leaves its session.
    pub(crate) fn release(self: &Arc<Self>, host: Option<&Arc<dyn Host>>) -> Result<()> {
        let surface = {
            let mut state = self.state.lock();
            if std::mem::replace(&mut state.released, true) {
                return Err(self.released(Code::ServiceFatalError));
            }
            state.host = None;
            state.surface.take()
        };
        if let Some(host) = host {
            host.output_released(self);
        }
        drop(surface);
        self.photo.release();
        Ok(())
    }

    /// The session, or the code of the contract for an output that is released or in none.
    fn in_session<'a>(&self, host: Option<&'a Arc<dyn Host>>, code: Code) -> Result<&'a Arc<dyn Host>> {
        if self.is_released() {
            return Err(self.released(code));
        }
        host.ok_or_else(|| {
            Error::new(
                code,
                format!("the {} output is in no session: add it between begin and commit first", self.kind.name()),
            )
        })
    }

    /// The failure of an operation on a released output.
    pub(crate) fn released(&self, code: Code) -> Error {
        Error::new(code, format!("the {} output is released", self.kind.name()))
    }

    fn check_kind(&self, kinds: &[Kind], operation: &str) -> Result<()> {
        if kinds.contains(&self.kind) {
            return Ok(());
        }
        let instead = if self.kind == Kind::Photo { "capture photos instead" } else { "it needs a photo output" };
        Err(Error::invalid(format!("{operation} does not apply to a {} output: {instead}", self.kind.name())))
    }
}

/// Camera Kit's own numbers among the layouts that previews and videos can have.
const MADE_NUMBERS: [PixelFormat; 2] = [PixelFormat::YUV_420_SP, PixelFormat::RGBA_8888];

/// What an output may ask for at all, whatever the camera.
fn check_profile(kind: Kind, profile: &Profile) -> Result<()> {
    let name = kind.name();
    if !profile.size.is_valid() {
        return Err(Error::invalid(format!(
            "the {name} profile's size {} is not within 1x1 and {limit}x{limit}",
            profile.size,
            limit = crate::format::Size::LIMIT
        )));
    }
    let supported = match kind {
        Kind::Photo => profile.format == PixelFormat::JPEG,
        Kind::Preview | Kind::Video => profile.format.is_fourcc() || MADE_NUMBERS.contains(&profile.format),
    };
    if !supported {
        return Err(Error::invalid(format!(
            "the {name} profile's format {} is not supported: take a profile from camera_manager_get_capability()",
            profile.format
        )));
    }
    match (kind, profile.rates) {
        (Kind::Video, Some(rates)) if rates.min == 0 || rates.min > rates.max => Err(Error::invalid(format!(
            "the video profile's frame rates {} to {} are no range: take a profile of CAMERA_OUTPUT_KIND_VIDEO, or set min_frame_rate and max_frame_rate",
            rates.min, rates.max
        ))),
        (Kind::Video, None) => {
            Err(Error::invalid("the video profile has no frame rates: take one of CAMERA_OUTPUT_KIND_VIDEO"))
        }
        _ => Ok(()),
    }
}
