//! The right to use one camera.

use super::StatusBoard;
use super::controls::Watched;
use super::devices::DeviceSlot;
use super::status::Awaiting;
use crate::backend::control::{Change, ControlChanges, Controls, Value, ids};
use crate::backend::{Backend, CameraInfo, Device, NativeMode};
use crate::error::{Code, Error, Result};
use crate::format::PixelFormat;
use crate::runtime::{Dispatcher, Listeners, Runtime, SerialQueue};
use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::sync::{Arc, Mutex, Weak};

/// What uses an open input and must know when it closes: a session's stream.
pub(crate) trait InputUser: Send + Sync {
    /// Ends the flow; nothing of the device is held when this returns. `device` is what was open, if it was
    /// not gone.
    fn input_closed(&self, error: Error, device: Option<&Arc<dyn Device>>);

    /// The device is gone, whether or not anything flows. The flow's own end may come as well,
    /// before or after. May block.
    fn device_lost(&self, error: &Error);
}

enum State {
    /// Never opened.
    New,
    Open(Arc<dyn Device>),
    /// Open, but its device is gone, for this reason, and closed.
    Lost(Error),
    /// The session that used it was released and closed the device; one close is still fine.
    ClosedBySession,
    Closed,
}

struct Inner {
    state: State,
    user: Option<Weak<dyn InputUser>>,
    /// What has been asked of the driver, which takes its time to answer.
    formats: Option<Arc<Vec<PixelFormat>>>,
    modes: Vec<(PixelFormat, Arc<Vec<NativeMode>>)>,
}

/// What an input tells.
#[derive(Debug, Clone)]
pub(crate) enum InputEvent {
    /// The device failed, or is gone.
    Failed(Error),
    /// A control that is watched changed, not by this process's own doing.
    Control(Change),
}

/// What was told of failures. Locked while it is told, so that whoever tells of the same failure at
/// the same time goes on behind it.
#[derive(Default)]
struct Losses {
    /// The device is gone, which happens once.
    gone: bool,
    /// The board knows that. It is not told again: the camera that it has by now may be a new one.
    on_board: bool,
    /// Released: nobody is told any more.
    ended: bool,
}

/// An input of a session: one camera, to be opened and closed.
pub(crate) struct Input {
    own: Weak<Input>,
    backend: Arc<dyn Backend>,
    slot: Arc<DeviceSlot>,
    status: Arc<StatusBoard>,
    id: String,
    queue: Arc<SerialQueue>,
    dispatcher: Arc<Dispatcher>,
    /// The application's name for it, for a session to be asked about it.
    tag: AtomicU64,
    /// Set when the state becomes closed: to be asked without the lock.
    closed: AtomicBool,
    /// Set when it was a session's release that closed it.
    closed_by_session: AtomicBool,
    inner: Mutex<Inner>,
    losses: Mutex<Losses>,
    watched: Mutex<Watched>,
    events: Listeners<InputEvent>,
}

impl Input {
    pub(super) fn new(
        runtime: &Runtime,
        backend: Arc<dyn Backend>,
        slot: Arc<DeviceSlot>,
        status: Arc<StatusBoard>,
        id: &str,
    ) -> Arc<Input> {
        let input = Arc::new_cyclic(|own: &Weak<Input>| Input {
            own: own.clone(),
            backend,
            slot,
            status,
            id: id.to_owned(),
            queue: runtime.serial_queue(),
            dispatcher: runtime.dispatcher.clone(),
            tag: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            closed_by_session: AtomicBool::new(false),
            inner: Mutex::new(Inner { state: State::New, user: None, formats: None, modes: Vec::new() }),
            losses: Mutex::default(),
            watched: Mutex::default(),
            events: Listeners::new(runtime.dispatcher.clone()),
        });
        input.status.attend(input.number(), Arc::downgrade(&input));
        input
    }

    /// The camera's id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// What its camera is; `None` when it is not there. May block.
    pub(crate) fn info(&self) -> Option<CameraInfo> {
        self.backend.cameras().ok()?.into_iter().find(|info| info.id == self.id)
    }

    /// The device, as all inputs of the process share it.
    pub(crate) fn slot(&self) -> &Arc<DeviceSlot> {
        &self.slot
    }

    /// Its operations, one at a time and in order.
    pub(crate) fn queue(&self) -> &Arc<SerialQueue> {
        &self.queue
    }

    /// Where its completions are reported.
    pub(crate) fn dispatcher(&self) -> &Arc<Dispatcher> {
        &self.dispatcher
    }

    pub(crate) fn tag(&self) -> u64 {
        self.tag.load(Ordering::Relaxed)
    }

    pub(crate) fn set_tag(&self, tag: u64) {
        self.tag.store(tag, Ordering::Relaxed);
    }

    /// Opens the device. May block.
    pub(crate) fn open(&self) -> Result<()> {
        match self.inner.lock().state {
            State::New => {}
            State::Open(_) | State::Lost(_) => return Ok(()),
            State::ClosedBySession | State::Closed => return Err(self.closed(Code::ServiceFatalError)),
        }
        let device = self.slot.open(&*self.backend, &self.id)?;
        let mut inner = self.inner.lock();
        // Only the session's release can have come between; it wins.
        match inner.state {
            State::New => inner.state = State::Open(device),
            _ => {
                drop(inner);
                return Err(self.closed(Code::ServiceFatalError));
            }
        }
        Ok(())
    }

    /// Closes the device; a session that uses it loses its stream.
    pub(crate) fn close(&self) -> Result<()> {
        let (old, user) = {
            let mut inner = self.inner.lock();
            if let State::Closed = inner.state {
                return Err(self.closed(Code::ServiceFatalError));
            }
            self.closed.store(true, Ordering::Release);
            (std::mem::replace(&mut inner.state, State::Closed), inner.user.take())
        };
        if let Some(user) = user.and_then(|user| user.upgrade()) {
            let device = if let State::Open(device) = &old { Some(device) } else { None };
            user.input_closed(self.closed(Code::DeviceDisabled), device);
        }
        self.watch_nothing();
        drop(old);
        self.status.let_go(&self.id);
        Ok(())
    }

    /// The session that uses it is released.
    pub(crate) fn close_with_session(&self) {
        let old = {
            let mut inner = self.inner.lock();
            inner.user = None;
            match inner.state {
                State::Open(_) | State::Lost(_) => {
                    self.closed_by_session.store(true, Ordering::Release);
                    self.closed.store(true, Ordering::Release);
                    std::mem::replace(&mut inner.state, State::ClosedBySession)
                }
                _ => return,
            }
        };
        self.watch_nothing();
        drop(old);
        self.status.let_go(&self.id);
    }

    /// Adds a listener for what the device does; `make` is called when nothing else can fail. A
    /// device that is gone already is told of, unless it was told before. May block.
    pub(crate) fn add_listener<C>(&self, make: impl FnOnce() -> Result<C>) -> Result<u64>
    where
        C: Fn(&InputEvent) + Send + Sync + 'static,
    {
        self.status.while_watching(|| {
            let listener = {
                let losses = self.losses.lock();
                if losses.ended {
                    return Err(self.closed(Code::ServiceFatalError));
                }
                self.events.add(make()?)
            };
            self.status.check(self.own.clone());
            Ok(listener)
        })
    }

    /// Removes a listener, and waits for its call on another thread; false when there is none with
    /// this number.
    pub(crate) fn remove_listener(&self, listener: u64) -> bool {
        let removed = self.events.remove(listener);
        self.status.rest();
        removed
    }

    /// It is released: its listeners end behind what they were told.
    pub(crate) fn end_listeners(&self) {
        self.losses.lock().ended = true;
        self.events.end_behind();
        self.status.rest();
    }

    pub(super) fn is_listened_to(&self) -> bool {
        !self.events.is_empty()
    }

    /// The device failed: its stream ended by itself, or it is gone. Told to the manager's listeners
    /// first, if it is gone, then to the input's. Returns at once.
    pub(crate) fn lost(&self, error: &Error) {
        let gone = error.code() == Code::DeviceDisabled;
        if gone && !std::mem::replace(&mut self.losses.lock().on_board, true) {
            self.status.lost(&self.id);
        }
        let mut losses = self.losses.lock();
        if losses.ended || losses.gone {
            return;
        }
        // Whoever listens later finds out by himself.
        losses.gone = gone && !self.events.is_empty();
        self.events.emit(InputEvent::Failed(error.clone()));
    }

    /// Asks an open device whether it is still there, and tells of it if not. May block. `on_board`: it is
    /// the board that found the camera gone.
    pub(super) fn check_lost(&self, on_board: bool) {
        let (device, user) = match &*self.inner.lock() {
            Inner { state: State::Open(device), user, .. } => (device.clone(), user.clone()),
            _ => return,
        };
        if let Err(error) = device.check_present() {
            self.losses.lock().on_board |= on_board;
            self.lost(&error);
            if let Some(user) = user.and_then(|user| user.upgrade()) {
                user.device_lost(&error);
            }
        }
    }

    /// Tells it from other inputs that exist.
    fn number(&self) -> u64 {
        self.own.as_ptr().addr() as u64
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.inner.lock().state, State::Open(_) | State::Lost(_))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// The open device, for commit: 7400201 when it was never opened or is closed, 7400108
    /// when it is gone.
    pub(crate) fn device(&self) -> Result<Arc<dyn Device>> {
        let device = match &self.inner.lock().state {
            State::Open(device) => device.clone(),
            State::Lost(error) => return Err(error.clone()),
            State::New => {
                return Err(Error::fatal(format!(
                    "the input of camera {} was never opened: call camera_input_open() first",
                    self.id
                )));
            }
            State::ClosedBySession | State::Closed => return Err(self.closed(Code::ServiceFatalError)),
        };
        device.check_present()?;
        Ok(device)
    }

    /// Closes the device if it is gone: the input counts as open all the same. May block.
    pub(crate) fn let_go_of_lost(&self) {
        let Err(error) = self.device() else { return };
        let old = {
            let mut inner = self.inner.lock();
            match &inner.state {
                State::Open(device) if device.check_present().is_err() => {
                    std::mem::replace(&mut inner.state, State::Lost(error))
                }
                _ => return,
            }
        };
        self.pause_watch();
        drop(old);
        self.status.let_go(&self.id);
    }

    /// The device of an open input, which is opened anew if the camera was gone and is back: 7400108
    /// while it is not; 7400107, 7400102 and 7400201 as `open` has them. May block.
    pub(crate) fn reopen(&self) -> Result<Arc<dyn Device>> {
        match self.device() {
            Err(error) if error.code() == Code::DeviceDisabled => {}
            present_or_closed => return present_or_closed,
        }
        let device = self.slot.open(&*self.backend, &self.id)?;
        let old = {
            let mut inner = self.inner.lock();
            if !matches!(inner.state, State::Open(_) | State::Lost(_)) {
                drop(inner);
                return Err(self.closed(Code::ServiceFatalError));
            }
            (inner.formats, inner.modes) = (None, Vec::new());
            std::mem::replace(&mut inner.state, State::Open(device.clone()))
        };
        // The next time that it is gone is news.
        let mut losses = self.losses.lock();
        (losses.gone, losses.on_board) = (false, false);
        drop(losses);
        // That of the device before tells nothing any more.
        self.pause_watch();
        self.resume_watch();
        drop(old);
        self.status.let_go(&self.id);
        Ok(device)
    }

    /// Tells `waiting` whenever its camera may be back, until it says otherwise. Returns at once.
    pub(crate) fn await_camera(&self, waiting: Weak<dyn Awaiting>) {
        self.status.await_camera(self.number(), &self.id, waiting);
    }

    /// Nobody waits for its camera any more. Returns at once.
    pub(crate) fn stop_awaiting(&self) {
        self.status.stop_awaiting(self.number());
    }

    /// What of its device can be asked and set: 7400102 when it has no controls, else as `device`.
    pub(crate) fn controls(&self) -> Result<Arc<dyn Controls>> {
        let nothing = || Error::not_allowed(format!("camera {} has no controls", self.id));
        self.device()?.controls().ok_or_else(nothing)
    }

    /// Sets a control by its id. In the input's turn.
    pub(crate) fn set_control(&self, id: u32, value: &Value) -> Result<()> {
        self.controls()?.set(id, value)?;
        if [ids::FLASH_LED_MODE, ids::FLASH_TORCH_INTENSITY].contains(&id) {
            self.slot().light_was_set();
        }
        Ok(())
    }

    pub(super) fn watched(&self) -> &Mutex<Watched> {
        &self.watched
    }

    /// Who hears of changes.
    pub(super) fn as_changes(&self) -> Weak<dyn ControlChanges> {
        self.own.clone()
    }

    /// The native formats of its camera. May block the first time.
    pub(crate) fn formats(&self) -> Result<Arc<Vec<PixelFormat>>> {
        if let Some(formats) = self.inner.lock().formats.clone() {
            return Ok(formats);
        }
        let formats = match self.open_device() {
            Some(device) => device.formats()?,
            None => return self.load_closed(),
        };
        Ok(self.inner.lock().formats.insert(Arc::new(formats)).clone())
    }

    /// The native modes of one format of its camera. May block the first time.
    pub(crate) fn modes_of(&self, format: PixelFormat) -> Result<Arc<Vec<NativeMode>>> {
        let known = |inner: &Inner| inner.modes.iter().find(|(known, _)| *known == format).map(|(_, m)| m.clone());
        if let Some(modes) = known(&self.inner.lock()) {
            return Ok(modes);
        }
        let Some(device) = self.open_device() else {
            self.load_closed()?;
            return Ok(known(&self.inner.lock()).unwrap_or_default());
        };
        // For formats that it does not have, a driver may answer with the list of another.
        if !self.formats()?.contains(&format) {
            return Ok(Arc::default());
        }
        let modes = Arc::new(device.modes_of(format)?);
        self.inner.lock().modes.push((format, modes.clone()));
        Ok(modes)
    }

    fn open_device(&self) -> Option<Arc<dyn Device>> {
        match &self.inner.lock().state {
            State::Open(device) => Some(device.clone()),
            _ => None,
        }
    }

    /// Learns everything about a camera that is not open: it is opened for a moment, so once
    /// is better than twice.
    fn load_closed(&self) -> Result<Arc<Vec<PixelFormat>>> {
        let modes = self.backend.modes(&self.id)?;
        let mut formats: Vec<PixelFormat> = Vec::new();
        for mode in &modes {
            if !formats.contains(&mode.format) {
                formats.push(mode.format);
            }
        }
        let by_format = formats.iter().map(|format| {
            let of_format = modes.iter().filter(|mode| mode.format == *format).cloned().collect();
            (*format, Arc::new(of_format))
        });
        let mut inner = self.inner.lock();
        inner.modes = by_format.collect();
        Ok(inner.formats.insert(Arc::new(formats)).clone())
    }

    /// Who is to be told when it closes; 7400201 when it was closed meanwhile.
    pub(crate) fn set_user(&self, user: Weak<dyn InputUser>) -> Result<()> {
        let mut inner = self.inner.lock();
        if let State::Open(_) | State::Lost(_) = inner.state {
            inner.user = Some(user);
            return Ok(());
        }
        drop(inner);
        Err(self.closed(Code::ServiceFatalError))
    }

    pub(crate) fn forget_user(&self) {
        self.inner.lock().user = None;
    }

    /// The failure of an operation on a closed input.
    pub(crate) fn closed(&self, code: Code) -> Error {
        // Not from the state: its lock may be held by the caller.
        let with = if self.closed_by_session.load(Ordering::Acquire) {
            " with the session that it was in, when that was released"
        } else {
            ""
        };
        Error::new(code, format!("the input of camera {} was closed{with}: create and open a new one", self.id))
    }
}

impl ControlChanges for Input {
    fn changed(&self, change: Change) {
        self.events.emit(InputEvent::Control(change));
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.status.forget(self.number());
    }
}
