//! The controls of virtual cameras, with V4L2's ids, flags and dependencies, as a driver keeps them: one
//! store for all who have the camera open, which outlives streams and begins anew when the camera is
//! plugged in again.
//!
//! | Automatic | What it holds, inactive and volatile meanwhile |
//! |---|---|
//! | EXPOSURE_AUTO, unless manual | EXPOSURE_ABSOLUTE |
//! | AUTOGAIN | GAIN |
//! | ISO_SENSITIVITY_AUTO | ISO_SENSITIVITY |
//! | AUTO_N_PRESET_WHITE_BALANCE, unless manual; AUTO_WHITE_BALANCE says whether it is auto | WHITE_BALANCE_TEMPERATURE |
//! | FOCUS_AUTO | FOCUS_ABSOLUTE; the buttons of AUTO_FOCUS are inactive too |
//!
//! As in the kernel, to set what is held does nothing, and what becomes manual stays where the automatic
//! had it.

pub(super) mod catalog;
pub(super) mod scene;
mod watch;

use super::fault::Camera;
use crate::backend::control::{Change, Control, ControlChanges, ControlWatch, Controls, Kind, MenuItem, Value, ids};
use crate::backend::v4l2::error::{Errno, describe};
use crate::backend::{CameraInfo, Exposure};
use crate::error::{Code, Error, Result};
use crate::runtime::Reactor;
use crate::sync::{Arc, Mutex, MutexGuard, Weak};
use catalog::{Offer, PRESET_AUTO, PRESET_MANUAL, Spec, VENDOR_BITMASK};
use scene::{Look, Optics, Scene};
use watch::{Teller, Watching};

/// Of a text.
const LABEL: &str = "camera-session";

/// What the controls are set to, by id.
pub(super) struct Numbers<'a> {
    specs: &'a [Spec],
    values: &'a [i64],
}

impl Numbers<'_> {
    fn index(&self, id: u32) -> Option<usize> {
        self.specs.binary_search_by_key(&id, |spec| spec.id).ok()
    }

    /// `None` when the camera has no such control.
    fn get(&self, id: u32) -> Option<i64> {
        self.index(id).map(|index| self.values[index])
    }

    /// How far it is from its default.
    fn off_default(&self, id: u32) -> i64 {
        self.index(id).map_or(0, |index| self.values[index] - self.specs[index].default)
    }
}

/// The controls of a camera that is plugged in.
struct State {
    /// Which time it is.
    plug: u64,
    values: Vec<i64>,
    label: String,
    optics: Optics,
    streaming: bool,
    /// The look of frames of this scene, as long as nothing is set and nothing moves.
    resting: Option<(Scene, Look)>,
    watchers: Vec<Arc<Teller>>,
}

/// The controls of one camera, for all who use it.
pub(super) struct Panel {
    specs: Vec<Spec>,
    /// Setting these fails.
    stuck: Vec<u32>,
    /// Frames until automatics have settled, of a camera that must settle.
    settle: Option<u32>,
    state: Mutex<State>,
}

/// What can be seen of each control.
type Shown = Vec<(i64, u32)>;

impl Panel {
    pub(super) fn new(offer: Offer, info: &CameraInfo, stuck: &[u32], settle: Option<u32>) -> Panel {
        let specs = catalog::specs(offer, info);
        let state = Mutex::new(State::new(&specs, 0, settle));
        Panel { specs, stuck: stuck.to_vec(), settle, state }
    }

    /// The state of the camera that was plugged in this time; `None` when it has been plugged in anew since.
    fn state(&self, plug: u64) -> Option<MutexGuard<'_, State>> {
        let mut state = self.state.lock();
        if plug > state.plug {
            *state = State::new(&self.specs, plug, self.settle);
        }
        (plug == state.plug).then_some(state)
    }

    fn spec(&self, id: u32) -> Option<(usize, &Spec)> {
        let index = self.specs.binary_search_by_key(&id, |spec| spec.id).ok()?;
        Some((index, &self.specs[index]))
    }

    /// A run begins, with this scene.
    pub(super) fn begin(&self, plug: u64, scene: Scene) {
        let Some(mut state) = self.state(plug) else { return };
        self.change(&mut state, |state| {
            state.streaming = true;
            let State { values, optics, .. } = state;
            optics.begin(&Numbers { specs: &self.specs, values }, scene, self.settle.is_some());
        });
    }

    /// And ends.
    pub(super) fn end(&self, plug: u64) {
        let Some(mut state) = self.state(plug) else { return };
        self.change(&mut state, |state| {
            state.streaming = false;
            state.optics.end();
        });
    }

    /// The next frame is taken; how it looks. Needs no memory.
    pub(super) fn frame(&self, plug: u64, scene: Scene) -> Look {
        let Some(mut state) = self.state(plug) else { return Look::default() };
        if let Some((same, look)) = state.resting
            && same == scene
        {
            return look;
        }
        let State { values, optics, .. } = &mut *state;
        let (before, numbers) = (*optics, Numbers { specs: &self.specs, values });
        let look = optics.frame(&numbers, scene);
        state.resting = (before == state.optics).then_some((scene, look));
        // What changes by itself and is not volatile.
        for id in [ids::PRIVACY, ids::FLASH_STROBE_STATUS, ids::FLASH_READY, ids::FOCUS_ABSOLUTE] {
            let Some((index, _)) = self.spec(id) else { continue };
            let numbers = Numbers { specs: &self.specs, values: &state.values };
            let (was, is) = (before.value(&numbers, id), state.optics.value(&numbers, id));
            if was != is && self.flags(&state, index) & Control::VOLATILE == 0 {
                state.tell(Change { id, value: is.unwrap_or_default(), described_anew: false }, None);
            }
        }
        look
    }

    /// How it exposes, as far as its controls tell.
    pub(super) fn exposure(&self, plug: u64) -> Exposure {
        let Some(state) = self.state(plug) else { return Exposure::default() };
        let has = |id| self.spec(id).is_some();
        Exposure {
            time: has(ids::EXPOSURE_ABSOLUTE).then(|| state.optics.time() as u32),
            iso: has(ids::ISO_SENSITIVITY).then(|| (state.optics.speed() / 1000) as u32),
        }
    }

    fn numbers<'a>(&'a self, state: &'a State) -> Numbers<'a> {
        Numbers { specs: &self.specs, values: &state.values }
    }

    /// The value at this moment.
    fn value(&self, state: &State, index: usize) -> i64 {
        let moving = state.optics.value(&self.numbers(state), self.specs[index].id);
        moving.unwrap_or(state.values[index])
    }

    fn flags(&self, state: &State, index: usize) -> u32 {
        let (spec, numbers) = (&self.specs[index], self.numbers(state));
        let held = match spec.id {
            ids::EXPOSURE_ABSOLUTE => scene::exposes(&numbers),
            ids::GAIN => scene::gains(&numbers),
            ids::ISO_SENSITIVITY => scene::speeds(&numbers),
            ids::WHITE_BALANCE_TEMPERATURE => scene::preset(&numbers) != PRESET_MANUAL,
            ids::FOCUS_ABSOLUTE => scene::focuses(&numbers),
            _ => false,
        };
        let inactive = match spec.id {
            ids::AUTO_EXPOSURE_BIAS => !scene::exposes(&numbers),
            ids::AUTO_FOCUS_START | ids::AUTO_FOCUS_STOP => scene::focuses(&numbers),
            ids::FLASH_STROBE => numbers.get(ids::FLASH_LED_MODE) != Some(ids::FLASH_LED_FLASH),
            _ => false,
        };
        let flag = |on, flags| if on { flags } else { 0 };
        spec.flags
            | flag(held, Control::INACTIVE | Control::VOLATILE)
            | flag(inactive, Control::INACTIVE)
            | flag(state.streaming && spec.id == VENDOR_BITMASK, Control::GRABBED)
    }

    fn shown(&self, state: &State) -> Shown {
        (0..self.specs.len()).map(|index| (self.value(state, index), self.flags(state, index))).collect()
    }

    /// Changes something, and tells everyone of what became of it.
    fn change(&self, state: &mut State, how: impl FnOnce(&mut State)) {
        self.change_by(state, None, how);
    }

    /// The same, done by someone who sets a control, and is not told of that one.
    fn change_by(&self, state: &mut State, by: Option<(u64, u32)>, how: impl FnOnce(&mut State)) {
        let before = self.shown(state);
        how(state);
        state.resting = None;
        if state.watchers.is_empty() {
            return;
        }
        for (spec, (was, is)) in self.specs.iter().zip(before.into_iter().zip(self.shown(state))) {
            let own = by.filter(|(_, id)| *id == spec.id);
            let described_anew = was.1 != is.1;
            let pressed = own.is_some() && spec.kind == Kind::Button;
            if described_anew || pressed || was.0 != is.0 && is.1 & Control::VOLATILE == 0 {
                state.tell(Change { id: spec.id, value: is.0, described_anew }, own.map(|(device, _)| device));
            }
        }
    }

    /// Sets a control that takes this value.
    fn set(&self, state: &mut State, device: u64, index: usize, value: i64) {
        let id = self.specs[index].id;
        let held = self.flags(state, index) & Control::VOLATILE != 0;
        let acts = self.specs[index].kind == Kind::Button || id == ids::FOCUS_ABSOLUTE;
        // What has no effect now is kept for later, but for what an automatic holds.
        if held || !acts && self.value(state, index) == value {
            return;
        }
        self.change_by(state, Some((device, id)), |state| {
            self.keep_what_is_held(state, id);
            if self.specs[index].kind != Kind::Button {
                state.values[index] = value;
            }
            // Both say whether the white balance is automatic.
            let (other, same) = match id {
                ids::AUTO_WHITE_BALANCE => (ids::AUTO_N_PRESET_WHITE_BALANCE, value),
                ids::AUTO_N_PRESET_WHITE_BALANCE => (ids::AUTO_WHITE_BALANCE, i64::from(value == PRESET_AUTO)),
                _ => (id, value),
            };
            if let Some((other, spec)) = self.spec(other)
                && spec.kind != Kind::Button
            {
                state.values[other] = same;
            }
            let State { values, optics, .. } = state;
            optics.follow(&Numbers { specs: &self.specs, values }, id);
        });
    }

    /// Before an automatic ends: where it has what it holds is where that stays.
    fn keep_what_is_held(&self, state: &mut State, id: u32) {
        let held = match id {
            ids::EXPOSURE_AUTO => ids::EXPOSURE_ABSOLUTE,
            ids::AUTOGAIN => ids::GAIN,
            ids::ISO_SENSITIVITY_AUTO => ids::ISO_SENSITIVITY,
            ids::AUTO_WHITE_BALANCE | ids::AUTO_N_PRESET_WHITE_BALANCE => ids::WHITE_BALANCE_TEMPERATURE,
            ids::FOCUS_AUTO => ids::FOCUS_ABSOLUTE,
            _ => return,
        };
        if let Some((index, _)) = self.spec(held) {
            state.values[index] = self.value(state, index);
        }
    }
}

impl State {
    fn new(specs: &[Spec], plug: u64, settle: Option<u32>) -> State {
        State {
            plug,
            values: specs.iter().map(|spec| spec.default).collect(),
            label: LABEL.to_owned(),
            optics: Optics::new(settle),
            streaming: false,
            resting: None,
            watchers: Vec::new(),
        }
    }

    /// Tells everyone but this device.
    fn tell(&self, change: Change, but: Option<u64>) {
        self.watchers.iter().filter(|teller| Some(teller.device()) != but).for_each(|teller| teller.tell(change));
    }
}

/// The controls of a camera, for one who has it open.
pub(super) struct VirtualControls {
    pub(super) camera: Arc<Camera>,
    pub(super) plug: u64,
    /// Tells those apart who have the camera open.
    pub(super) device: u64,
    pub(super) reactor: Arc<Reactor>,
}

impl VirtualControls {
    fn panel(&self) -> &Panel {
        &self.camera.panel
    }

    fn state(&self, doing: &str) -> Result<MutexGuard<'_, State>> {
        self.camera.check(self.plug, doing)?;
        self.panel().state(self.plug).ok_or_else(|| self.camera.gone(doing))
    }

    fn failure(&self, code: Code, doing: &str, errno: Errno, advice: &str) -> Error {
        Error::new(code, format!("{}: {doing}: {}; {advice}", self.camera.id(), describe(errno)))
    }

    /// The control, for `doing`; 7400102 when the camera has none with this id.
    fn need(&self, id: u32, doing: &str) -> Result<(usize, &Spec)> {
        self.panel().spec(id).ok_or_else(|| {
            let doing = format!("{doing} control {id:#010x}");
            self.failure(Code::OperationNotAllowed, &doing, Errno::INVAL, "the camera has no such control")
        })
    }

    /// The place of a control that takes this, and may be set now.
    fn settable(&self, id: u32, value: &Value) -> Result<usize> {
        let (index, spec) = self.need(id, "setting")?;
        let shown = match value {
            Value::Number(number) => number.to_string(),
            Value::Text(text) => format!("\"{text}\""),
        };
        let doing = format!("setting control \"{}\" ({id:#010x}) to {shown}", spec.name());
        let refused = |errno, advice| Err(self.failure(Code::OperationNotAllowed, &doing, errno, advice));
        let flags = self.panel().flags(&*self.state(&doing)?, index);
        if let Kind::Other(number) = spec.kind {
            return refused(Errno::INVAL, &format!("nothing is known of controls of type {number:#x}"));
        } else if flags & Control::READ_ONLY != 0 {
            return refused(Errno::ACCESS, "it can only be read");
        } else if flags & Control::GRABBED != 0 {
            return refused(Errno::BUSY, "it cannot be set while frames flow: stop first");
        }
        let taken = match value {
            Value::Number(number) => spec.kind != Kind::Text && spec.takes(*number),
            Value::Text(text) => spec.kind == Kind::Text && spec.takes_text(text) && !text.contains('\0'),
        };
        if !taken {
            let advice = format!("it takes {}", spec.range());
            return Err(self.failure(Code::InvalidArgument, &doing, Errno::RANGE, &advice));
        }
        if self.panel().stuck.contains(&id) {
            return Err(self.camera.failure(&doing, Errno::IO, "stuck"));
        }
        if id == ids::FLASH_STROBE && flags & Control::INACTIVE != 0 {
            return refused(Errno::BUSY, "the LED is not in flash mode: set LED Mode to 1 first");
        }
        Ok(index)
    }
}

impl Controls for VirtualControls {
    fn list(&self) -> Result<Vec<Control>> {
        let state = self.state("listing the camera's controls")?;
        let described = |(index, spec): (usize, &Spec)| spec.described(self.panel().flags(&state, index));
        Ok(self.panel().specs.iter().enumerate().map(described).collect())
    }

    fn describe(&self, id: u32) -> Result<Option<Control>> {
        let state = self.state("asking for a control")?;
        Ok(self.panel().spec(id).map(|(index, spec)| spec.described(self.panel().flags(&state, index))))
    }

    fn menu(&self, control: &Control) -> Result<Vec<MenuItem>> {
        self.camera.check(self.plug, "listing the items of a control")?;
        Ok(self.panel().spec(control.id).map(|(_, spec)| spec.menu()).unwrap_or_default())
    }

    fn get(&self, id: u32) -> Result<Value> {
        let state = self.state("reading a control")?;
        let (index, spec) = self.need(id, "reading")?;
        let doing = || format!("reading control \"{}\" ({id:#010x})", spec.name());
        let refused = |errno, advice: &str| Err(self.failure(Code::OperationNotAllowed, &doing(), errno, advice));
        match spec.kind {
            Kind::Other(number) => refused(Errno::INVAL, &format!("nothing is known of controls of type {number:#x}")),
            Kind::Text => Ok(Value::Text(state.label.clone())),
            _ if spec.flags & Control::WRITE_ONLY != 0 => refused(Errno::ACCESS, "it can only be set"),
            _ => Ok(Value::Number(self.panel().value(&state, index))),
        }
    }

    fn set(&self, id: u32, value: &Value) -> Result<()> {
        let index = self.settable(id, value)?;
        let mut state = self.state("setting a control")?;
        match value {
            Value::Number(number) => {
                // With nobody to see it, a flash is over at once; one that is charging waits.
                if id == ids::FLASH_STROBE && !state.streaming {
                    return Ok(());
                } else if id == ids::FLASH_STROBE && !state.optics.is_ready() {
                    let (doing, advice) =
                        ("setting control \"Strobe\"", "the flash is not ready: wait for Ready to Strobe");
                    return Err(self.failure(Code::OperationNotAllowed, doing, Errno::BUSY, advice));
                }
                self.panel().set(&mut state, self.device, index, *number);
            }
            Value::Text(text) => {
                if state.label != *text {
                    state.label.clone_from(text);
                    state.tell(Change { id, value: 0, described_anew: false }, Some(self.device));
                }
            }
        }
        Ok(())
    }

    fn watch(&self, changes: Weak<dyn ControlChanges>) -> Result<Arc<dyn ControlWatch>> {
        self.camera.check(self.plug, "watching the camera's controls")?;
        let teller = Teller::new(self.device, changes)?;
        let watching = Watching::new(self.camera.clone(), self.plug, teller.clone(), &self.reactor)?;
        self.state("watching the camera's controls")?.watchers.push(teller);
        Ok(Arc::new(watching))
    }
}
