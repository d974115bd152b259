//! The torch: the light of the first camera that has one (V4L2_CID_FLASH_LED_MODE with torch), for the
//! application that has no session with it. While a session uses the camera, its flash is the session's.
//!
//! The device is open while the light is on, and for a moment when a camera is asked for the first time
//! whether it has one. Operations take turns; a change by others (a session takes the camera, the camera
//! is gone) is looked at in a turn of its own, once somebody has asked about the torch.

#[cfg(all(test, not(loom)))]
mod tests;

use super::Devices;
use super::devices::UseObserver;
use super::manager::Provider;
use super::status::ManagerEvent;
use crate::backend::Device;
use crate::backend::control::{Change, Control, ControlChanges, ControlWatch, Controls, Value, ids};
use crate::error::{Error, Result};
use crate::runtime::log::Level;
use crate::runtime::{Listeners, Log, Runtime, SerialQueue};
use crate::sync::{Arc, Mutex, Weak};
use std::collections::BTreeMap;

/// Is there light? The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum TorchMode {
    Off = 0,
    On = 1,
    /// When it is dark. No control of V4L2 decides that.
    Auto = 2,
}

/// What can be told about the torch.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct TorchStatus {
    /// There is one, and no session has its camera.
    pub available: bool,
    /// It is on.
    pub active: bool,
    /// How bright it is: 0 while it is off, at most 1.
    pub level: f32,
}

/// A camera with a torch.
#[derive(Clone)]
struct Lamp {
    id: String,
    provider: usize,
    /// Names the device in the process.
    key: String,
}

/// A torch that was switched on. Its end puts it out.
struct Lit {
    lamp: Lamp,
    controls: Arc<dyn Controls>,
    /// Open for as long.
    _device: Arc<dyn Device>,
    /// Tells of other programs; `None`: the driver does not.
    _watch: Option<Arc<dyn ControlWatch>>,
    burns: bool,
}

impl Lit {
    fn put_out(&mut self) -> Result<()> {
        if std::mem::take(&mut self.burns) {
            self.controls.set(ids::FLASH_LED_MODE, &Value::Number(ids::FLASH_LED_NONE))?;
        }
        Ok(())
    }

    /// What the driver says now: another program may have put it out.
    fn is_on(&self) -> bool {
        self.controls.get(ids::FLASH_LED_MODE) == Ok(Value::Number(ids::FLASH_LED_TORCH))
    }

    /// Of its greatest brightness; 1 when the driver knows no degrees.
    fn level(&self) -> f32 {
        let described = self.controls.describe(ids::FLASH_TORCH_INTENSITY);
        match (described, self.controls.get(ids::FLASH_TORCH_INTENSITY)) {
            (Ok(Some(control)), Ok(Value::Number(now))) if control.max > 0 => {
                (now as f64 / control.max as f64).clamp(0.0, 1.0) as f32
            }
            _ => 1.0,
        }
    }
}

impl Drop for Lit {
    fn drop(&mut self) {
        // A device that is gone gives no light either.
        let _ = self.put_out();
    }
}

#[derive(Default)]
struct State {
    /// Whether a camera has a torch, by its id; of those that could be asked.
    known: BTreeMap<String, bool>,
    lit: Option<Lit>,
    /// Somebody wanted to know: what was told last is `told`.
    asked: bool,
    told: TorchStatus,
    ended: bool,
}

/// The torch of a manager.
pub(crate) struct Torch {
    own: Weak<Torch>,
    providers: Arc<Vec<Provider>>,
    devices: Arc<Devices>,
    log: Arc<Log>,
    listeners: Arc<Listeners<ManagerEvent>>,
    turn: Arc<SerialQueue>,
    /// Changed in turns only; never locked while a driver is asked.
    state: Mutex<State>,
    /// The device whose light is on, or is being switched.
    burning: Mutex<Option<String>>,
}

impl Torch {
    pub(super) fn new(
        runtime: &Runtime,
        providers: Arc<Vec<Provider>>,
        devices: Arc<Devices>,
        listeners: Arc<Listeners<ManagerEvent>>,
    ) -> Arc<Torch> {
        let torch = Arc::new_cyclic(|own| Torch {
            own: own.clone(),
            providers,
            devices,
            log: runtime.log.clone(),
            listeners,
            turn: runtime.serial_queue(),
            state: Mutex::default(),
            burning: Mutex::default(),
        });
        let observer: Weak<Torch> = torch.own.clone();
        torch.devices.observe(observer);
        torch
    }

    /// Is there a torch? May block.
    pub(crate) fn is_supported(&self) -> Result<bool> {
        self.in_turn(|| Ok(self.find()?.is_some()))
    }

    /// May block.
    pub(crate) fn is_mode_supported(&self, mode: TorchMode) -> Result<bool> {
        Ok(mode != TorchMode::Auto && self.is_supported()?)
    }

    /// May block.
    pub(crate) fn mode(&self) -> Result<TorchMode> {
        let active = self.status()?.active;
        Ok(if active { TorchMode::On } else { TorchMode::Off })
    }

    /// May block.
    pub(crate) fn status(&self) -> Result<TorchStatus> {
        self.in_turn(|| self.look())
    }

    /// 7400102: there is none, it has no such mode, or a session has its camera. May block.
    pub(crate) fn set_mode(&self, mode: TorchMode) -> Result<()> {
        self.in_turn(|| {
            let lamp = self.find()?.filter(|_| mode != TorchMode::Auto);
            if lamp.is_none() && mode == TorchMode::Off {
                return self.switch_off();
            }
            let lamp = lamp.ok_or_else(|| {
                Error::not_allowed("no camera has such a torch: ask camera_manager_is_torch_mode_supported() first")
            })?;
            if mode == TorchMode::On { self.switch_on(lamp) } else { self.switch_off() }?;
            self.tell()
        })
    }

    fn switch_on(&self, lamp: Lamp) -> Result<()> {
        let slot = self.devices.slot(lamp.key.clone());
        let device = self.open(&lamp)?;
        let controls = device.controls().ok_or_else(|| Error::fatal(format!("camera {} has no controls", lamp.id)))?;
        // No session takes the camera between the look at it and the light.
        let lit = slot.while_free(|| {
            *self.burning.lock() = Some(lamp.key.clone());
            controls.set(ids::FLASH_LED_MODE, &Value::Number(ids::FLASH_LED_TORCH))
        });
        match lit {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                self.burns_no_more();
                return Err(error.context(format!("camera {}", lamp.id)));
            }
            None => {
                return Err(Error::not_allowed(format!(
                    "camera {} is in a session, which has its flash: camera_session_set_flash_mode()",
                    lamp.id
                )));
            }
        }
        let id = lamp.id.clone();
        let lit = Lit { lamp, _watch: self.watch(&controls), controls, _device: device, burns: true };
        let old = self.state.lock().lit.replace(lit);
        if let Some(mut old) = old {
            // The same light must go on burning; that of another camera goes out.
            old.burns = old.lamp.id != id;
        }
        Ok(())
    }

    /// The light that was on is out, unless it is another's by now.
    fn burns_no_more(&self) {
        let still = self.state.lock().lit.as_ref().map(|lit| lit.lamp.key.clone());
        *self.burning.lock() = still;
    }

    /// What other programs make of the light is looked at, as far as the driver tells of it.
    fn watch(&self, controls: &Arc<dyn Controls>) -> Option<Arc<dyn ControlWatch>> {
        let own: Weak<Torch> = self.own.clone();
        let watch = controls.watch(own).ok()?;
        for id in [ids::FLASH_LED_MODE, ids::FLASH_TORCH_INTENSITY] {
            // One that it does not have, or does not tell of, is not heard of.
            let _ = watch.add(id);
        }
        Some(watch)
    }

    fn switch_off(&self) -> Result<()> {
        let lit = self.state.lock().lit.take();
        let out = lit
            .map_or(Ok(()), |mut lit| lit.put_out().map_err(|error| error.context(format!("camera {}", lit.lamp.id))));
        self.burns_no_more();
        out
    }

    fn open(&self, lamp: &Lamp) -> Result<Arc<dyn Device>> {
        self.devices.slot(lamp.key.clone()).open(&*self.providers[lamp.provider].backend, &lamp.id)
    }

    /// The cameras may be others now, be used by others, or have another light. Returns at once.
    pub(super) fn look_again(&self) {
        if self.state.lock().asked
            && let Some(own) = self.own.upgrade()
        {
            self.turn.push(move || own.refresh());
        }
    }

    /// In its turn.
    fn refresh(&self) {
        self.yield_light();
        if let Err(error) = self.tell() {
            self.log.write(Level::Warning, || format!("the torch cannot be looked at: {error}"));
        }
    }

    /// In its turn: the light of a camera that a session has taken goes out. The session waits for that
    /// before it has the camera (`device_taken`).
    fn yield_light(&self) {
        let lit = self.state.lock().lit.take_if(|lit| self.devices.in_use(&lit.lamp.key));
        if lit.is_some() {
            drop(lit);
            self.burns_no_more();
        }
    }

    /// Puts it out, for good.
    pub(super) fn end(&self) {
        let lit = self.turn.in_turn(|| {
            let mut state = self.state.lock();
            state.ended = true;
            state.lit.take()
        });
        drop(lit);
    }

    /// Runs an operation in its turn; before the first one it is noted how things are.
    fn in_turn<R>(&self, operation: impl FnOnce() -> Result<R>) -> Result<R> {
        self.turn.in_turn(|| {
            let (asked, ended) = {
                let state = self.state.lock();
                (state.asked, state.ended)
            };
            if ended {
                return Err(Error::invalid("the manager is released"));
            }
            if !asked {
                let now = self.look()?;
                let mut state = self.state.lock();
                (state.told, state.asked) = (now, true);
            }
            operation()
        })
    }

    /// In its turn: tells how things are, if they were told otherwise.
    fn tell(&self) -> Result<()> {
        let now = self.look()?;
        let mut state = self.state.lock();
        if state.told != now && !state.ended {
            state.told = now;
            self.listeners.emit(ManagerEvent::Torch(now));
        }
        Ok(())
    }

    /// In its turn: how things are.
    fn look(&self) -> Result<TorchStatus> {
        let Some(lamp) = self.find()? else { return Ok(TorchStatus::default()) };
        let lit = self.state.lock().lit.take();
        let (active, level) = lit.as_ref().filter(|lit| lit.is_on()).map_or((false, 0.0), |lit| (true, lit.level()));
        self.state.lock().lit = lit;
        Ok(TorchStatus { available: !self.devices.in_use(&lamp.key), active, level })
    }

    /// In its turn: the first camera that has a torch.
    fn find(&self) -> Result<Option<Lamp>> {
        let mut none_yet = true;
        for (number, provider) in self.providers.iter().enumerate() {
            if provider.stand_in && !none_yet {
                continue;
            }
            for camera in provider.backend.cameras()? {
                none_yet = false;
                let lamp = Lamp { key: provider.key(&camera.id), provider: number, id: camera.id };
                if self.has_torch(&lamp) {
                    return Ok(Some(lamp));
                }
            }
        }
        Ok(None)
    }

    /// One that cannot be asked now (no permission, or gone just now) has none until it can.
    fn has_torch(&self, lamp: &Lamp) -> bool {
        if let Some(known) = self.state.lock().known.get(&lamp.id) {
            return *known;
        }
        let Ok(answer) = self.open(lamp).and_then(|device| offers_torch(device.controls().as_deref())) else {
            return false;
        };
        self.state.lock().known.insert(lamp.id.clone(), answer);
        answer
    }
}

fn offers_torch(controls: Option<&dyn Controls>) -> Result<bool> {
    let Some(controls) = controls else { return Ok(false) };
    let Some(mode) = controls.describe(ids::FLASH_LED_MODE)?.filter(|mode| !mode.is(Control::READ_ONLY)) else {
        return Ok(false);
    };
    Ok(controls.menu(&mode)?.iter().any(|item| i64::from(item.index) == ids::FLASH_LED_TORCH))
}

impl UseObserver for Torch {
    fn device_taken(&self, key: &str) {
        if self.burning.lock().as_deref() == Some(key) {
            self.turn.in_turn(|| self.yield_light());
        }
    }

    fn use_changed(&self) {
        self.look_again();
    }
}

impl ControlChanges for Torch {
    fn changed(&self, _: Change) {
        self.look_again();
    }
}
