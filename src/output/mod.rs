//! Outputs: what a session is asked to produce.
//!
//! An output is in one session at most. Its operations take their turn in that session's
//! queue; the session, seen from here as its [`Host`], does the work.

pub(crate) mod events;
pub(crate) mod photo;
mod save;

use crate::detector::ObjectType;
use crate::error::{Code, Error, Result};
use crate::format::{PixelFormat, Profile, RateRange, Size};
use crate::image::can_convert;
use crate::ledger::Ledger;
use crate::runtime::{Listeners, Runtime, SerialQueue};
use crate::surface::{Sender, Surface};
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use events::OutputEvent;
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
    /// Tells what is seen, between its own start and stop.
    Metadata = 3,
}

impl Kind {
    /// The word for messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Preview => "preview",
            Kind::Photo => "photo",
            Kind::Video => "video",
            Kind::Metadata => "metadata",
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
    fn supported_rates(&self, output: &Arc<Output>) -> Result<Vec<RateRange>>;
    fn active_rates(&self, output: &Arc<Output>) -> Result<RateRange>;
    fn set_mirror(&self, output: &Arc<Output>, mirror: bool) -> Result<()>;
    /// The output was released; it takes no frames any more.
    fn output_released(&self, output: &Arc<Output>);
}

struct State {
    surface: Option<Arc<Surface>>,
    host: Option<Weak<dyn Host>>,
    /// The queue of its session, also after it left that one; at first its own.
    queue: Arc<SerialQueue>,
    released: bool,
    profile: Option<Profile>,
    rates: Option<RateRange>,
    /// What a metadata output is to tell of.
    types: Vec<ObjectType>,
    /// Its pictures have left and right changed.
    mirror: bool,
}

impl State {
    /// Its surface may have another output. Without a profile it never had this one.
    fn let_go_of_surface(&self) {
        if let (Some(surface), Some(_)) = (&self.surface, self.profile) {
            surface.detach();
        }
    }
}

/// Of an output that has none: no camera offers it.
const NO_PROFILE: Profile = Profile { format: PixelFormat::from_number(0), size: Size::new(0, 0), rates: None };

/// A preview, a photo, a video or a metadata output.
pub(crate) struct Output {
    kind: Kind,
    /// Made without a profile: each session that it is added to gives it one.
    late: bool,
    /// The application's name for it, which its frames carry.
    tag: AtomicU64,
    state: Mutex<State>,
    events: Arc<Listeners<OutputEvent>>,
    ledger: Arc<Ledger>,
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
            surface.attach(profile.format)?;
        }
        Ok(Output::made(runtime, kind, Some(profile), surface, Vec::new()))
    }

    /// An output that gets its profile from the session that it is added to.
    pub(crate) fn without_profile(runtime: &Runtime, kind: Kind, surface: Option<Arc<Surface>>) -> Result<Arc<Output>> {
        if surface.as_ref().is_some_and(|surface| surface.is_released()) {
            return Err(Error::invalid(format!("the surface for the {} output is released", kind.name())));
        }
        Ok(Output::made(runtime, kind, None, surface, Vec::new()))
    }

    /// An output that tells of objects of these types. It has no profile: it takes what the detector
    /// asks for.
    pub(crate) fn metadata(runtime: &Runtime, types: Vec<ObjectType>) -> Arc<Output> {
        Output::made(runtime, Kind::Metadata, Some(NO_PROFILE), None, types)
    }

    fn made(
        runtime: &Runtime,
        kind: Kind,
        profile: Option<Profile>,
        surface: Option<Arc<Surface>>,
        types: Vec<ObjectType>,
    ) -> Arc<Output> {
        let (events, ledger) = (Arc::new(Listeners::new(runtime.dispatcher.clone())), Arc::new(Ledger::default()));
        Arc::new(Output {
            kind,
            late: profile.is_none(),
            tag: AtomicU64::new(0),
            state: Mutex::new(State {
                surface,
                host: None,
                queue: runtime.serial_queue(),
                released: false,
                profile,
                rates: profile.and_then(|profile| profile.rates),
                types,
                mirror: false,
            }),
            photo: PhotoPart::new(runtime, events.clone(), ledger.clone()),
            events,
            ledger,
        })
    }

    /// What a metadata output tells of.
    pub(crate) fn object_types(&self) -> Vec<ObjectType> {
        self.state.lock().types.clone()
    }

    /// Adds types to those that a metadata output tells of, or takes them away.
    pub(crate) fn change_object_types(&self, types: &[ObjectType], add: bool) -> Result<()> {
        self.check_kind(&[Kind::Metadata], "changing metadata types")?;
        let mut state = self.state.lock();
        if state.released {
            return Err(self.released(Code::ServiceFatalError));
        }
        state.types.retain(|present| !types.contains(present));
        if add {
            state.types.extend_from_slice(types);
        }
        Ok(())
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// What it gives. Nothing, that no camera offers, as long as that is not decided.
    pub(crate) fn profile(&self) -> Profile {
        self.state.lock().profile.unwrap_or(NO_PROFILE)
    }

    /// Must a session decide what it gives?
    pub(crate) fn needs_profile(&self) -> bool {
        self.late && self.state.lock().profile.is_none()
    }

    pub(crate) fn tag(&self) -> u64 {
        self.tag.load(Ordering::Relaxed)
    }

    pub(crate) fn set_tag(&self, tag: u64) {
        self.tag.store(tag, Ordering::Relaxed);
    }

    /// Who is told what happens to it.
    pub(crate) fn events(&self) -> &Listeners<OutputEvent> {
        &self.events
    }

    /// What became of its frames.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The output as its surface sees it.
    pub(crate) fn sender(&self) -> Sender {
        Sender { tag: self.tag(), ledger: Some(self.ledger.clone()) }
    }

    /// The range of rates asked for, if any.
    pub(crate) fn rates(&self) -> Option<RateRange> {
        self.state.lock().rates
    }

    pub(crate) fn set_rates(&self, rates: Option<RateRange>) {
        self.state.lock().rates = rates;
    }

    pub(crate) fn surface(&self) -> Option<Arc<Surface>> {
        self.state.lock().surface.clone()
    }

    /// Gives a preview that was made without one its surface.
    pub(crate) fn set_surface(&self, surface: Arc<Surface>) -> Result<()> {
        if surface.is_released() {
            return Err(Error::invalid("the surface is released"));
        }
        let mut state = self.state.lock();
        if state.released {
            return Err(self.released(Code::ServiceFatalError));
        }
        if state.surface.is_some() {
            return Err(Error::not_allowed("the preview output has a surface already: it keeps the first one"));
        }
        if let Some(profile) = state.profile {
            surface.attach(profile.format)?;
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
    /// the same time one is refused. One that needs a profile gets this.
    pub(crate) fn join(&self, host: &Arc<dyn Host>, profile: Option<Profile>) -> Result<()> {
        let mut state = self.state.lock();
        if state.released {
            return Err(self.released(Code::ServiceFatalError));
        }
        if state.host.as_ref().is_some_and(|present| present.strong_count() > 0) {
            return Err(Error::fatal(format!("the {} output is in another session", self.kind.name())));
        }
        if let Some(profile) = profile {
            if let Some(surface) = &state.surface {
                surface.attach(profile.format).map_err(|error| Error::fatal(error.detail().to_owned()))?;
            }
            (state.profile, state.rates) = (Some(profile), profile.rates);
        }
        state.host = Some(Arc::downgrade(host));
        state.queue = host.queue().clone();
        Ok(())
    }

    /// Takes it out of its session.
    pub(crate) fn leave(&self) {
        let mut state = self.state.lock();
        state.host = None;
        if self.late {
            state.let_go_of_surface();
            (state.profile, state.rates) = (None, None);
        }
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
        self.check_kind(&[Kind::Preview, Kind::Video, Kind::Metadata], "start")?;
        self.in_session(host, Code::SessionNotConfig)?.start_output(self)
    }

    /// Stops a preview or a video.
    pub(crate) fn stop(self: &Arc<Self>, host: Option<&Arc<dyn Host>>) -> Result<()> {
        self.check_kind(&[Kind::Preview, Kind::Video, Kind::Metadata], "stop")?;
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
        self.photo.capture(settings, reply, self.surface(), self.tag())
    }

    /// Narrows the rates of a preview or a video.
    pub(crate) fn set_frame_rate(self: &Arc<Self>, host: Option<&Arc<dyn Host>>, rates: RateRange) -> Result<()> {
        self.check_kind(&[Kind::Preview, Kind::Video], "set_frame_rate")?;
        self.in_session(host, Code::SessionNotConfig)?.set_frame_rate(self, rates)
    }

    /// The ranges of rates that the camera of its session has for a preview or a video.
    pub(crate) fn supported_rates(self: &Arc<Self>, host: Option<&Arc<dyn Host>>) -> Result<Vec<RateRange>> {
        self.check_kind(&[Kind::Preview, Kind::Video], "get_supported_frame_rate")?;
        self.in_session(host, Code::SessionNotConfig)?.supported_rates(self)
    }

    /// The rate of a preview or a video now.
    pub(crate) fn active_rates(self: &Arc<Self>, host: Option<&Arc<dyn Host>>) -> Result<RateRange> {
        self.check_kind(&[Kind::Preview, Kind::Video], "get_active_frame_rate")?;
        self.in_session(host, Code::SessionNotConfig)?.active_rates(self)
    }

    /// What it gives; 7400201 when that is not decided, or it is released.
    pub(crate) fn active_profile(&self) -> Result<Profile> {
        self.check_kind(&[Kind::Preview, Kind::Photo, Kind::Video], "get_active_profile")?;
        if self.is_released() {
            return Err(self.released(Code::ServiceFatalError));
        }
        let profile = self.state.lock().profile;
        profile.ok_or_else(|| {
            Error::fatal(format!(
                "the {} output was made without a profile, and gets one when it is added to a preconfigured session",
                self.kind.name()
            ))
        })
    }

    /// Are its pictures mirrored?
    pub(crate) fn is_mirrored(&self) -> bool {
        self.state.lock().mirror
    }

    pub(crate) fn put_mirror(&self, mirror: bool) {
        self.state.lock().mirror = mirror;
    }

    /// Can the pictures of a preview or a video be mirrored? Only those that can be made.
    pub(crate) fn can_mirror(&self) -> Result<bool> {
        self.check_kind(&[Kind::Preview, Kind::Video], "mirroring (each photo has it in its settings)")?;
        if self.is_released() {
            return Err(self.released(Code::ServiceFatalError));
        }
        let format = self.profile().format;
        Ok(can_convert(format, format))
    }

    /// Mirrors the pictures of a preview or a video, or does so no more.
    pub(crate) fn set_mirror(self: &Arc<Self>, host: Option<&Arc<dyn Host>>, mirror: bool) -> Result<()> {
        if !self.can_mirror()? {
            return Err(Error::not_allowed(format!("frames of {} cannot be mirrored", self.profile().format)));
        }
        if self.is_mirrored() == mirror {
            return Ok(());
        }
        match host {
            Some(host) => host.set_mirror(self, mirror),
            None => {
                self.put_mirror(mirror);
                Ok(())
            }
        }
    }

    /// The end of the output; it leaves its session.
    pub(crate) fn release(self: &Arc<Self>, host: Option<&Arc<dyn Host>>) -> Result<()> {
        {
            let mut state = self.state.lock();
            if std::mem::replace(&mut state.released, true) {
                return Err(self.released(Code::ServiceFatalError));
            }
            state.host = None;
        }
        if let Some(host) = host {
            host.output_released(self);
        }
        let mut state = self.state.lock();
        state.let_go_of_surface();
        let surface = state.surface.take();
        drop(state);
        drop(surface);
        self.photo.end_events();
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
        let fitting: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
        Err(Error::invalid(format!(
            "{operation} does not apply to a {} output: it is for {} outputs",
            self.kind.name(),
            fitting.join(" and ")
        )))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // One that got no handle, and so was never released.
        self.state.lock().let_go_of_surface();
    }
}

/// Camera Kit's own numbers among the layouts that previews and videos can have.
const MADE_NUMBERS: [PixelFormat; 2] = [PixelFormat::YUV_420_SP, PixelFormat::RGBA_8888];

fn check_size(name: &str, size: Size) -> Result<()> {
    if size.is_valid() {
        return Ok(());
    }
    let limit = Size::LIMIT;
    Err(Error::invalid(format!("the {name}'s size {size} is not within 1x1 and {limit}x{limit}")))
}

fn unsupported(name: &str, format: PixelFormat) -> Error {
    Error::invalid(format!(
        "the {name}'s format {format} is not supported: take one that camera_manager_get_capability() lists for it (for frames a V4L2 FourCC, CAMERA_FORMAT_YUV_420_SP or CAMERA_FORMAT_RGBA_8888)"
    ))
}

/// Frames that a camera might give, or that might be made.
pub(crate) fn check_frames(name: &str, format: PixelFormat, size: Size) -> Result<()> {
    check_size(name, size)?;
    if format.is_fourcc() || MADE_NUMBERS.contains(&format) { Ok(()) } else { Err(unsupported(name, format)) }
}

/// What an output may ask for at all, whatever the camera.
fn check_profile(kind: Kind, profile: &Profile) -> Result<()> {
    let name = kind.name();
    check_size(name, profile.size)?;
    if kind != Kind::Photo {
        check_frames(name, profile.format, profile.size)?;
    } else if profile.format != PixelFormat::JPEG {
        return Err(unsupported(name, profile.format));
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
