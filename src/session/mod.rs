//! The session: inputs and outputs are configured between begin and commit, then run.
//!
//! Every function here is one operation; the caller gives it its turn in the session's queue
//! ([`Session::queue`]), so operations of one session never overlap.

pub(crate) mod control;
mod detection;
pub(crate) mod events;
mod feed;
mod maker;
mod numbers;
mod observer;
pub(crate) mod options;
pub(crate) mod plan;
pub(crate) mod preconfig;
mod rates;
mod reattach;
mod router;
pub(crate) mod settle;
pub(crate) mod state;
mod stream;
#[cfg(all(test, not(loom)))]
mod tests;
pub(crate) mod trace;
pub(crate) mod watchdog;
mod wishes;
mod zoom;

use crate::backend::DEFAULT_BUFFERS;
use crate::backend::{Device, NativeMode, StreamConfig};
use crate::camera::capability;
use crate::camera::input::InputUser;
use crate::camera::{Input, Manager, SceneMode};
use crate::detector::{Detector, DetectorSlot};
use crate::error::{Code, Error, Result};
use crate::format::{PixelFormat, Profile, RateRange};
use crate::output::photo::{PhotoSettings, Reply};
use crate::output::{Host, Kind, Output};
use crate::runtime::log::Level;
use crate::runtime::{Listeners, Runtime, SerialQueue};
use crate::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use crate::trace::Setup;
use control::focus::FocusState;
use events::SessionEvent;
use observer::StreamObserver;
use options::Options;
use plan::Want;
use reattach::Away;
use router::Routes;
use state::{Operation, State};
use stream::ActiveStream;
use trace::Tap;
use wishes::Wishes;

/// What is configured.
#[derive(Default)]
struct Config {
    input: Option<Arc<Input>>,
    outputs: Vec<Arc<Output>>,
    /// From commit to the next begin.
    stream: Option<Arc<ActiveStream>>,
    /// What the stream was made for.
    committed: Option<Committed>,
}

/// What was committed. Outputs, detector, types and options may have changed since; the stream has
/// not.
#[derive(Clone)]
struct Committed {
    served: Vec<(Arc<Output>, Want)>,
    plan: plan::Plan,
    detector: Option<Arc<Detector>>,
    options: Options,
}

/// A session.
pub(crate) struct Session {
    /// Tells sessions of the process apart.
    number: u64,
    mode: SceneMode,
    own: Weak<Session>,
    manager: Weak<Manager>,
    runtime: Arc<Runtime>,
    queue: Arc<SerialQueue>,
    state: AtomicU32,
    config: Mutex<Config>,
    events: Arc<Listeners<SessionEvent>>,
    detector: Arc<DetectorSlot>,
    options: Mutex<Options>,
    /// While it waits for its camera to come back.
    away: Mutex<Option<Away>>,
    /// A try to have it back waits in the queue.
    queued: AtomicBool,
    tap: Arc<Tap>,
    zoom: Mutex<control::zoom::Chosen>,
    focus: Mutex<control::focus::Chosen>,
    /// Of its input's controls.
    chosen: Arc<Mutex<control::Chosen>>,
    wishes: Mutex<Wishes>,
    flash_watch: Mutex<Option<control::flash_watch::FlashWatch>>,
}

impl Session {
    pub(crate) fn new(manager: &Arc<Manager>, mode: SceneMode, number: u64) -> Arc<Session> {
        let runtime = manager.runtime().clone();
        Arc::new_cyclic(|own| Session {
            number,
            mode,
            own: own.clone(),
            manager: Arc::downgrade(manager),
            queue: runtime.serial_queue(),
            state: AtomicU32::new(State::Init as u32),
            config: Mutex::new(Config::default()),
            events: Arc::new(Listeners::new(runtime.dispatcher.clone())),
            detector: manager.detector().clone(),
            options: Mutex::default(),
            away: Mutex::new(None),
            queued: AtomicBool::new(false),
            tap: Tap::new(&runtime),
            zoom: Mutex::default(),
            focus: Mutex::default(),
            chosen: Arc::default(),
            wishes: Mutex::default(),
            flash_watch: Mutex::default(),
            runtime,
        })
    }

    /// Its operations, one at a time and in order.
    pub(crate) fn queue(&self) -> &Arc<SerialQueue> {
        &self.queue
    }

    pub(crate) fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// Tells the application's log what was done, if it wants to know as much.
    pub(crate) fn log(&self, operation: Operation, result: &Result<()>) {
        self.runtime.log.write(Level::Debug, || {
            let state = self.state().name();
            match result {
                Ok(()) => format!("session {}: {} done, state {state}", self.number, operation.name()),
                Err(error) => format!("session {}: {} refused, state {state}: {error}", self.number, operation.name()),
            }
        });
    }

    /// The state at this moment, without waiting for the operations before.
    pub(crate) fn state(&self) -> State {
        State::from_number(self.state.load(Ordering::Acquire))
    }

    fn set_state(&self, next: State) {
        debug_assert!(self.state().may_become(next), "{:?} to {next:?}", self.state());
        self.state.store(next as u32, Ordering::Release);
    }

    /// What it does when something goes wrong, from the next commit on.
    pub(crate) fn set_options(&self, options: Options) -> Result<()> {
        if self.state() == State::Released {
            return Err(Error::fatal("the session is released: create a new one"));
        }
        *self.options.lock() = options;
        Ok(())
    }

    /// Who is told what happens to the session.
    pub(crate) fn events(&self) -> &Listeners<SessionEvent> {
        &self.events
    }

    pub(crate) fn begin_config(&self) -> Result<()> {
        state::check(Operation::BeginConfig, self.state())?;
        self.close_stream();
        self.set_state(State::Config);
        Ok(())
    }

    pub(crate) fn can_add_input(&self, input: &Input) -> bool {
        self.state() == State::Config
            && self.config.lock().input.is_none()
            && !input.is_closed()
            && input.slot().is_free(self.number)
    }

    /// May an input be added now, whichever it is?
    pub(crate) fn check_wants_input(&self) -> Result<()> {
        state::check(Operation::Configure, self.state())?;
        match &self.config.lock().input {
            Some(present) => {
                Err(Error::fatal(format!("the session has an input already, camera {}: remove it first", present.id())))
            }
            None => Ok(()),
        }
    }

    pub(crate) fn add_input(&self, input: &Arc<Input>) -> Result<()> {
        self.check_wants_input()?;
        if input.is_closed() {
            return Err(input.closed(Code::DeviceDisabled));
        }
        input.slot().claim(self.number, input.id())?;
        self.config.lock().input = Some(input.clone());
        self.hear_of_close(input);
        Ok(())
    }

    /// Removes the input that the application knows by this tag, released or not.
    pub(crate) fn remove_input(&self, tag: u64) -> Result<()> {
        state::check(Operation::Configure, self.state())?;
        let mut config = self.config.lock();
        match config.input.take_if(|input| input.tag() == tag) {
            Some(input) => {
                drop(config);
                input.forget_user();
                self.end_controls(&input);
                input.slot().give_up(self.number);
                Ok(())
            }
            None => Err(Error::fatal("the input is not in this session")),
        }
    }

    /// An output that is in this session already can be "added" too, as Camera Kit answers.
    pub(crate) fn can_add_output(&self, output: &Arc<Output>) -> bool {
        if self.state() != State::Config || output.is_released() {
            return false;
        }
        let Some(input) = self.config.lock().input.clone() else { return false };
        match output.host() {
            Some(host) => host.number() == self.number,
            None => self.profile_for(&input, output).is_ok(),
        }
    }

    pub(crate) fn add_output(&self, output: &Arc<Output>) -> Result<()> {
        state::check(Operation::Configure, self.state())?;
        let kind = output.kind().name();
        let Some(input) = self.config.lock().input.clone() else {
            return Err(Error::fatal(format!("the session has no input: add one before the {kind} output")));
        };
        if output.is_released() {
            return Err(output.released(Code::ServiceFatalError));
        }
        if let Some(host) = output.host() {
            let whose = if host.number() == self.number { "this session already" } else { "another session" };
            return Err(Error::fatal(format!("the {kind} output is in {whose}")));
        }
        let profile = self.profile_for(&input, output)?;
        let own = self.own.upgrade().ok_or_else(|| Error::fatal("the session is released"))?;
        let host: Arc<dyn Host> = own;
        output.join(&host, profile)?;
        self.config.lock().outputs.push(output.clone());
        Ok(())
    }

    /// The profile for an output that was made without one. One that it has is in the camera's list.
    fn profile_for(&self, input: &Input, output: &Output) -> Result<Option<Profile>> {
        if output.needs_profile() {
            return self.preconfigured(input, output.kind()).map(Some);
        }
        self.check_offered(input, output).map(|()| None)
    }

    /// Is the output's profile in the camera's list?
    fn check_offered(&self, input: &Input, output: &Output) -> Result<()> {
        if output.kind() == Kind::Metadata {
            return Ok(());
        }
        // A device that is gone has its own code at commit; here the contract knows 7400201.
        let offered = offers(input, output).map_err(|error| {
            Error::fatal(format!("the modes of camera {} cannot be read: {}", input.id(), error.detail()))
        })?;
        if offered {
            return Ok(());
        }
        Err(Error::fatal(format!(
            "camera {} does not offer the {} profile {}: take one of those in camera_manager_get_capability()",
            input.id(),
            output.kind().name(),
            output.profile(),
        )))
    }

    pub(crate) fn remove_output(&self, output: &Arc<Output>) -> Result<()> {
        state::check(Operation::Configure, self.state())?;
        if output.is_released() {
            return Err(output.released(Code::ServiceFatalError));
        }
        let mut config = self.config.lock();
        let Some(position) = config.outputs.iter().position(|present| Arc::ptr_eq(present, output)) else {
            return Err(Error::fatal(format!("the {} output is not in this session", output.kind().name())));
        };
        config.outputs.remove(position);
        drop(config);
        output.leave();
        Ok(())
    }

    /// The checks of the contract, in its order. May block.
    pub(crate) fn commit_config(&self) -> Result<()> {
        state::check(Operation::CommitConfig, self.state())?;
        let (input, outputs) = {
            let mut config = self.config.lock();
            // One that was released while it was being added, when it was in no session yet.
            config.outputs.retain(|output| !output.is_released());
            (config.input.clone(), config.outputs.clone())
        };
        let input = input.ok_or_else(|| Error::fatal("the configuration has no input: add one"))?;
        // An open that was called before and not waited for is done first. Nothing that an input
        // does waits for a session's turn, so this ends.
        input.queue().in_turn(|| ());
        if outputs.is_empty() {
            return Err(Error::fatal("the configuration has no output: add one"));
        }
        let (stream, committed) = self.configure(&input, &outputs, *self.options.lock(), self.detector.get())?;
        self.adopt(stream, committed);
        self.set_state(State::Committed);
        self.watch_flash();
        Ok(())
    }

    /// The plan that commit would make of the present configuration, in words, or why it would
    /// make none. May block.
    pub(crate) fn explain_config(&self) -> Result<String> {
        if matches!(self.state(), State::Init | State::Released) {
            return Err(Error::new(Code::SessionNotConfig, "no configuration was begun: there is nothing to explain"));
        }
        let (input, outputs) = {
            let config = self.config.lock();
            (config.input.clone(), config.outputs.clone())
        };
        if let Some(Committed { served, plan, .. }) = self.config.lock().committed.clone() {
            return Ok(plan.explain(&served.iter().map(|(_, want)| *want).collect::<Vec<_>>()));
        }
        let input = input.ok_or_else(|| Error::fatal("the configuration has no input: add one"))?;
        let detector = self.detector.get();
        let present = outputs.iter().filter(|output| !output.is_released());
        let present: Vec<_> = present.collect();
        if present.is_empty() {
            return Err(Error::fatal("the configuration has no output: add one"));
        }
        let wants: Vec<Want> = present.iter().filter_map(|output| self.want(output, detector.as_deref())).collect();
        let planned = plan::check_aspect(&wants).and_then(|()| self.plan_for(&input, &wants));
        Ok(match planned {
            Ok(plan) if input.is_open() => plan.explain(&wants),
            Ok(plan) => format!(
                "{}note: the input is not open, which commit needs: camera_input_open()\n",
                plan.explain(&wants)
            ),
            Err(error) => format!("refused, {}: {}\n", error.code().name(), error.detail()),
        })
    }

    /// Steps 4 to 7 of commit: device, aspect ratio, plan, driver.
    fn configure(
        &self,
        input: &Arc<Input>,
        outputs: &[Arc<Output>],
        options: Options,
        detector: Option<Arc<Detector>>,
    ) -> Result<(Arc<ActiveStream>, Committed)> {
        let device = if options.reattach { input.reopen() } else { input.device() }?;
        let served: Vec<(Arc<Output>, Want)> = outputs
            .iter()
            .filter_map(|output| Some((output.clone(), self.want(output, detector.as_deref())?)))
            .collect();
        let wants: Vec<Want> = served.iter().map(|(_, want)| *want).collect();
        plan::check_aspect(&wants)?;
        let committed = Committed { plan: self.plan_for(input, &wants)?, served, detector, options };
        let stream = self.attach(input, &device, &committed)?;
        Ok((stream, committed))
    }

    /// Step 7: the driver takes the plan.
    fn attach(&self, input: &Arc<Input>, device: &Arc<dyn Device>, committed: &Committed) -> Result<Arc<ActiveStream>> {
        let Committed { plan, served, detector, options } = committed;
        let stream = device.configure(&stream_config(plan))?;
        let routes = Routes::new(&self.runtime, device, plan, stream.colour(), served, detector.as_ref())?;
        self.runtime.log.write(Level::Info, || {
            let rate =
                stream.rate().map_or("its own rate".into(), |r| format!("{}/{} per second", r.frames, r.seconds));
            format!("{:?} session: camera {} gives {} {} at {rate}", self.mode, input.id(), plan.format, plan.size)
        });
        let observer = StreamObserver {
            session: self.own.clone(),
            events: self.events.clone(),
            input: input.clone(),
            device: Arc::downgrade(device),
            options: *options,
        };
        let setup = Setup { format: plan.format, size: plan.size, rate: stream.rate(), colour: stream.colour() };
        let wants = || served.iter().map(|(_, want)| *want).collect::<Vec<_>>();
        self.tap.configured(setup, || (trace::describe(input), plan.explain(&wants())));
        let observer = Box::new(observer);
        let stream = ActiveStream::new(&self.runtime, stream, routes, options.patience, observer, self.tap.clone());
        self.zoom_again(&stream, device, plan)?;
        let user: Weak<ActiveStream> = Arc::downgrade(&stream);
        input.set_user(user)?;
        Ok(stream)
    }

    fn adopt(&self, stream: Arc<ActiveStream>, committed: Committed) {
        let mut config = self.config.lock();
        (config.stream, config.committed) = (Some(stream), Some(committed));
    }

    pub(crate) fn start(&self) -> Result<()> {
        state::check(Operation::Start, self.state())?;
        self.attached()?.start_previews()?;
        self.set_state(State::Started);
        Ok(())
    }

    pub(crate) fn stop(&self) -> Result<()> {
        state::check(Operation::Stop, self.state())?;
        let stopped = self.stream().and_then(|stream| stream.stop_all());
        self.set_state(State::Committed);
        stopped
    }

    pub(crate) fn release(&self) -> Result<()> {
        state::check(Operation::Release, self.state())?;
        self.close_stream();
        let config = std::mem::take(&mut *self.config.lock());
        for output in &config.outputs {
            output.leave();
        }
        if let Some(input) = config.input {
            self.end_controls(&input);
            input.close_with_session();
            input.slot().give_up(self.number);
        }
        self.set_state(State::Released);
        self.end_trace();
        self.events.end_behind();
        Ok(())
    }

    /// Stops what flows and lets go of the device's buffers.
    fn close_stream(&self) {
        self.stop_zooming();
        self.end_scan(Some(FocusState::Unfocused));
        self.stop_watching_flash();
        let (stream, input) = {
            let mut config = self.config.lock();
            config.committed = None;
            (config.stream.take(), config.input.clone())
        };
        if let Some(stream) = stream {
            if let Some(input) = input {
                self.hear_of_close(&input);
                self.stop_waiting(&input);
            }
            stream.close();
        }
    }

    /// While there is no stream the session itself hears that its input closes.
    fn hear_of_close(&self, input: &Input) {
        let own: Weak<Session> = self.own.clone();
        // One that is closed already has nothing to tell.
        let _ = input.set_user(own);
    }

    fn stream(&self) -> Result<Arc<ActiveStream>> {
        let stream = self.config.lock().stream.clone();
        stream.ok_or_else(|| Error::fatal("the session has no stream: a defect in camera-session, please report it"))
    }
}

impl InputUser for Session {
    fn input_closed(&self, _: Error, device: Option<&Arc<dyn Device>>) {
        let input = self.config.lock().input.clone();
        if let Some((input, device)) = input.zip(device) {
            self.input_closes(&input, device);
        }
    }

    fn device_lost(&self, _: &Error) {}
}

/// Is the output's profile in its camera's list? Asks the driver for no more than it takes to find
/// out: most profiles are native, or made from the first formats.
fn offers(input: &Input, output: &Output) -> Result<bool> {
    let profile = output.profile();
    let offered = |modes: &[NativeMode]| match output.kind() {
        Kind::Preview => capability::offers_preview(modes, &profile),
        Kind::Video => capability::offers_video(modes, &profile),
        Kind::Photo => capability::offers_photo(modes, &profile),
        Kind::Metadata => true,
    };
    let mut modes = Vec::new();
    for format in formats_for(input, &[Want::plain(output.kind(), profile, None)])? {
        let of_format = input.modes_of(format)?;
        if offered(&of_format) {
            return Ok(true);
        }
        modes.extend_from_slice(&of_format);
    }
    // A size may be native to one format while another is what its frames are made from.
    Ok(offered(&modes))
}

/// The modes from which a plan can be made.
fn modes_for(input: &Input, wants: &[Want]) -> Result<Vec<NativeMode>> {
    let mut modes = Vec::new();
    for format in formats_for(input, wants)? {
        modes.extend_from_slice(&input.modes_of(format)?);
    }
    Ok(modes)
}

/// The native formats that may serve, likely ones first: a layout that is never made by
/// converting comes as it is or not at all.
fn formats_for(input: &Input, wants: &[Want]) -> Result<Vec<PixelFormat>> {
    let native_only = |want: &&Want| want.kind != Kind::Photo && !capability::MADE.contains(&want.profile.format);
    let mut only: Vec<PixelFormat> = wants.iter().filter(native_only).map(|want| want.profile.format).collect();
    if !only.is_empty() {
        only.dedup();
        return Ok(only);
    }
    let mut formats = input.formats()?.to_vec();
    formats.sort_by_key(|format| !wants.iter().any(|want| want.profile.format == *format));
    Ok(formats)
}

fn stream_config(plan: &plan::Plan) -> StreamConfig {
    StreamConfig { format: plan.format, size: plan.size, rate: plan.rate, buffers: DEFAULT_BUFFERS }
}

impl Host for Session {
    fn queue(&self) -> &Arc<SerialQueue> {
        &self.queue
    }

    fn number(&self) -> u64 {
        self.number
    }

    fn start_output(&self, output: &Arc<Output>) -> Result<()> {
        state::check(Operation::OutputStart, self.state())?;
        self.attached()?.start(output)
    }

    fn stop_output(&self, output: &Arc<Output>) -> Result<()> {
        state::check(Operation::OutputStop, self.state())?;
        self.stream()?.stop(output)
    }

    fn capture(&self, output: &Arc<Output>, settings: PhotoSettings, reply: Option<Arc<Reply>>) -> Result<()> {
        state::check(Operation::Capture, self.state())?;
        let stream = self.attached()?;
        stream.capture(output, || self.flash_for_capture(), || output.make_capture(settings, reply))
    }

    fn set_frame_rate(&self, output: &Arc<Output>, rates: RateRange) -> Result<()> {
        self.change_rates(output, rates)
    }

    fn supported_rates(&self, output: &Arc<Output>) -> Result<Vec<RateRange>> {
        self.rates_offered(output)
    }

    fn set_mirror(&self, output: &Arc<Output>, mirror: bool) -> Result<()> {
        self.mirror(output, mirror)
    }

    fn active_rates(&self, output: &Arc<Output>) -> Result<RateRange> {
        self.rates_now(output)
    }

    fn output_released(&self, output: &Arc<Output>) {
        let stream = {
            let mut config = self.config.lock();
            config.outputs.retain(|present| !Arc::ptr_eq(present, output));
            config.stream.clone()
        };
        if let Some(stream) = stream {
            stream.release(output);
        }
    }
}
