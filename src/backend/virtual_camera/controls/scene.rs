//! What is in front of a virtual camera, and the automatics that answer to it: exposure, white
//! balance and focus, frame by frame, and the flash. Everything is a pure function of the controls and
//! of the frames that came, so that a test sees the same each time.
//!
//! Brightness is counted in thousandths of an EV above that of the picture as it is drawn. Time,
//! sensitivity, gain, the scene's light and the flash's add up. Automatic exposure holds the sum at the
//! bias: by the time, where that is as long as it may be by the sensitivity, then by the gain, the
//! latter two where they are automatic. The flash's light is left out of that, so that it stays to be seen.
//! While exposure is manual, automatic sensitivity and gain stand still.

use super::Numbers;
use super::catalog::{
    BIASES, FOCUS_BUSY, FOCUS_FAILED, FOCUS_REACHED, ISO_MANUAL, KELVIN_MAX, KELVIN_MIN, KELVIN_STEP, LENS_MAX,
    LENS_STEP, LOCK_EXPOSURE, LOCK_FOCUS, LOCK_WHITE_BALANCE, PRESET_AUTO, PRESET_MANUAL, SPEEDS, UNITY_GAIN,
};
use crate::backend::control::ids;

/// The colour of the scene's light.
pub(super) const LIGHT_KELVIN: i64 = 4600;
/// The exposure that it needs, in units of 100 microseconds, and as an index of [`SPEEDS`].
pub(super) const TIME: i64 = 100;
pub(super) const SPEED: i64 = 1;
/// Where the lens is sharp, in units of FOCUS_ABSOLUTE.
pub(super) const SUBJECT: i64 = 100;

/// The longest time that is exposed automatically: most of a frame's at 30 per second.
const LONGEST: i64 = 333;
/// How far off a camera that must settle begins: this much too dark, for light of this colour.
const DAWN: i64 = -3000;
const DAWN_KELVIN: i64 = KELVIN_MIN;
/// Frames until automatics have settled, unless the script says otherwise.
const SETTLE: u32 = 10;
/// Nearer than this, they are there: a hundredth of [`DAWN`], and of the way from [`DAWN_KELVIN`].
const NEAR: i64 = 31;
const NEAR_KELVIN: i64 = 19;
/// How far the lens moves in a frame.
const LENS_SPEED: i64 = 25;
/// Frames that a flash lights, and those after it until the next.
const STROBE: u32 = 3;
const CHARGE: u32 = 10;

/// What the script has in front of the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend::virtual_camera) struct Scene {
    /// Thousandths of an EV more than usual.
    pub(in crate::backend::virtual_camera) light: i64,
    /// Where the lens is sharp; beyond its range it never is.
    pub(in crate::backend::virtual_camera) subject: i64,
    /// The cover of the lens is shut.
    pub(in crate::backend::virtual_camera) covered: bool,
}

impl Default for Scene {
    fn default() -> Scene {
        Scene { light: 0, subject: SUBJECT, covered: false }
    }
}

/// How the picture differs from what is drawn; the default: it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend::virtual_camera) struct Look {
    /// Thousandths of an EV.
    pub(in crate::backend::virtual_camera) level: i64,
    /// How much bluer the light is that the white balance reckons with than the scene's, as their ratio in thousandths
    /// of an octave. Such a picture is too warm.
    pub(in crate::backend::virtual_camera) warmth: i64,
    /// These three from the control's default.
    pub(in crate::backend::virtual_camera) brightness: i64,
    pub(in crate::backend::virtual_camera) contrast: i64,
    pub(in crate::backend::virtual_camera) saturation: i64,
    pub(in crate::backend::virtual_camera) sharpness: i64,
    /// How far the lens is from where it is sharp.
    pub(in crate::backend::virtual_camera) defocus: i64,
    /// Percent.
    pub(in crate::backend::virtual_camera) zoom: i64,
    pub(in crate::backend::virtual_camera) hflip: bool,
    pub(in crate::backend::virtual_camera) vflip: bool,
    pub(in crate::backend::virtual_camera) covered: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look {
            level: 0,
            warmth: 0,
            brightness: 0,
            contrast: 0,
            saturation: 0,
            sharpness: 0,
            defocus: 0,
            zoom: 100,
            hflip: false,
            vflip: false,
            covered: false,
        }
    }
}

/// A ratio in thousandths of its logarithm to base 2.
fn octaves(ratio: f64) -> i64 {
    (1000.0 * ratio.log2()).round() as i64
}

/// In thousandths of an EV: of a time, of a gain, of the index of a sensitivity, of a light of so many percent.
pub(super) fn of_time(units: i64) -> i64 {
    octaves(units.max(1) as f64 / TIME as f64)
}

pub(super) fn of_gain(gain: i64) -> i64 {
    octaves(gain.max(1) as f64 / UNITY_GAIN as f64)
}

fn of_speed(index: i64) -> i64 {
    (index - SPEED) * 1000
}

pub(in crate::backend::virtual_camera) fn of_light(percent: u64) -> i64 {
    octaves(percent.max(1) as f64 / 100.0)
}

fn raised(value: i64, level: i64) -> i64 {
    (value as f64 * (level as f64 / 1000.0).exp2()).round() as i64
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    Idle,
    Busy,
    Reached,
    /// Nothing is to be seen sharp yet: through the whole range and back.
    Sweep {
        back: bool,
    },
    /// For the subject that is there.
    Failed(i64),
}

/// Where everything stands that moves by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Optics {
    scene: Scene,
    time: i64,
    gain: i64,
    /// An index of [`SPEEDS`].
    speed: i64,
    kelvin: i64,
    lens: i64,
    focus: Focus,
    /// The first frame of a run, which shows where the run begins.
    first: bool,
    /// Frames that are still lit, and those until the flash can be used again.
    strobe: u32,
    charging: u32,
    /// What is left of a distance in each frame, in millionths.
    left: i64,
}

/// What is left of a distance in each frame, in millionths, so that a hundredth is after so many.
fn left(frames: u32) -> i64 {
    let frames = i32::try_from(frames.max(1)).unwrap_or(i32::MAX);
    // A root that needs no mathematics library.
    let (mut least, mut most) = (0, 1_000_000);
    while most - least > 1 {
        let middle = (least + most) / 2;
        if (f64::from(middle) / 1e6).powi(frames) > 0.01 { most = middle } else { least = middle }
    }
    i64::from(least)
}

impl Optics {
    /// `settle`: frames until automatics are there.
    pub(super) fn new(settle: Option<u32>) -> Optics {
        Optics {
            scene: Scene::default(),
            time: 0,
            gain: 0,
            speed: SPEED,
            kelvin: LIGHT_KELVIN,
            lens: SUBJECT,
            focus: Focus::Idle,
            first: false,
            strobe: 0,
            charging: 0,
            left: left(settle.unwrap_or(SETTLE)),
        }
    }

    /// A run begins; `dawn`: with everything automatic off.
    pub(super) fn begin(&mut self, controls: &Numbers<'_>, scene: Scene, dawn: bool) {
        self.scene = scene;
        self.first = true;
        if exposes(controls) && !locked(controls, LOCK_EXPOSURE) {
            let wanted = self.wanted(controls);
            self.expose(controls, if dawn { wanted + DAWN } else { wanted });
        }
        if preset(controls) == PRESET_AUTO && !locked(controls, LOCK_WHITE_BALANCE) {
            self.kelvin = if dawn { DAWN_KELVIN } else { LIGHT_KELVIN };
        }
        if focuses(controls) && !locked(controls, LOCK_FOCUS) {
            self.focus = Focus::Busy;
            if let Some(best) = best(scene.subject)
                && (!dawn || best == self.lens)
            {
                (self.lens, self.focus) = (best, Focus::Reached);
            }
        }
    }

    /// A run ends: what needs frames to end ends now.
    pub(super) fn end(&mut self) {
        (self.strobe, self.charging) = (0, 0);
    }

    /// The next frame; how it looks.
    pub(super) fn frame(&mut self, controls: &Numbers<'_>, scene: Scene) -> Look {
        self.scene = scene;
        if !std::mem::take(&mut self.first) {
            self.adapt(controls);
        }
        let look = self.look(controls);
        if self.strobe > 0 {
            self.strobe -= 1;
        } else {
            self.charging = self.charging.saturating_sub(1);
        }
        look
    }

    fn adapt(&mut self, controls: &Numbers<'_>) {
        if exposes(controls) && !locked(controls, LOCK_EXPOSURE) {
            let (is, wanted) = (self.automatic(controls), self.wanted(controls));
            let next = self.approach(is, wanted, NEAR);
            self.expose(controls, next);
        }
        if preset(controls) == PRESET_AUTO && !locked(controls, LOCK_WHITE_BALANCE) {
            self.kelvin = self.approach(self.kelvin, LIGHT_KELVIN, NEAR_KELVIN);
        }
        self.focus(controls);
    }

    fn approach(&self, from: i64, to: i64, near: i64) -> i64 {
        let left = (to - from) * self.left / 1_000_000;
        if left.abs() <= near { to } else { to - left }
    }

    /// What automatics add to the brightness, and what they should.
    fn automatic(&self, controls: &Numbers<'_>) -> i64 {
        let speed = if speeds(controls) { of_speed(self.speed) } else { 0 };
        let gain = if gains(controls) { self.gain } else { 0 };
        self.time + speed + gain
    }

    fn wanted(&self, controls: &Numbers<'_>) -> i64 {
        let speed = if speeds(controls) { 0 } else { of_speed(self.speed) };
        let gain = if gains(controls) { 0 } else { self.gain };
        let bias = controls.get(ids::AUTO_EXPOSURE_BIAS).and_then(|index| BIASES.get(index as usize)).copied();
        bias.unwrap_or(0) - self.scene.light - speed - gain
    }

    /// Divides what automatics are to add among them.
    fn expose(&mut self, controls: &Numbers<'_>, mut level: i64) {
        let (shortest, longest) = (of_time(1), of_time(LONGEST));
        if speeds(controls) {
            let fits = |index: &i64| level - of_speed(*index) <= longest;
            self.speed = match level < shortest {
                true => 0,
                false => (SPEED..SPEEDS.len() as i64).find(fits).unwrap_or(SPEEDS.len() as i64 - 1),
            };
            level -= of_speed(self.speed);
        }
        self.time = level.clamp(shortest, longest);
        if gains(controls) {
            self.gain = (level - self.time).clamp(0, of_gain(16 * UNITY_GAIN));
        }
    }

    fn focus(&mut self, controls: &Numbers<'_>) {
        let best = best(self.scene.subject);
        if focuses(controls) {
            if locked(controls, LOCK_FOCUS) {
                return;
            }
            let sharp = best == Some(self.lens);
            match self.focus {
                Focus::Idle | Focus::Reached if !sharp => self.focus = Focus::Busy,
                Focus::Idle => self.focus = Focus::Reached,
                Focus::Failed(subject) if subject != self.scene.subject => self.focus = Focus::Busy,
                _ => {}
            }
        }
        let (Focus::Busy | Focus::Sweep { .. }) = self.focus else { return };
        let back = matches!(self.focus, Focus::Sweep { back: true });
        let goal = best.unwrap_or(if back { 0 } else { LENS_MAX });
        self.lens += (goal - self.lens).clamp(-LENS_SPEED, LENS_SPEED);
        self.focus = match best {
            _ if self.lens != goal => Focus::Sweep { back },
            Some(_) => Focus::Reached,
            None if back => Focus::Failed(self.scene.subject),
            None => Focus::Sweep { back: true },
        };
    }

    fn look(&self, controls: &Numbers<'_>) -> Look {
        let off = |id| controls.off_default(id);
        let sharp = best(self.scene.subject).unwrap_or(self.scene.subject);
        Look {
            level: self.time + of_speed(self.speed) + self.gain + self.scene.light + self.lamp(controls),
            warmth: octaves(self.kelvin as f64 / LIGHT_KELVIN as f64),
            brightness: off(ids::BRIGHTNESS),
            contrast: off(ids::CONTRAST),
            saturation: off(ids::SATURATION),
            sharpness: off(ids::SHARPNESS),
            defocus: (self.lens - sharp).abs(),
            zoom: 100 + off(ids::ZOOM_ABSOLUTE),
            hflip: off(ids::HFLIP) != 0,
            vflip: off(ids::VFLIP) != 0,
            covered: self.scene.covered,
        }
    }

    /// What the flash adds.
    fn lamp(&self, controls: &Numbers<'_>) -> i64 {
        let current = match controls.get(ids::FLASH_LED_MODE) {
            Some(ids::FLASH_LED_TORCH) => controls.get(ids::FLASH_TORCH_INTENSITY),
            _ if self.strobe > 0 => controls.get(ids::FLASH_INTENSITY),
            _ => None,
        };
        current.map_or(0, |milliamperes| octaves(1.0 + milliamperes as f64 / 100.0))
    }

    /// What a control is at that is not just as it was set.
    pub(super) fn value(&self, controls: &Numbers<'_>, id: u32) -> Option<i64> {
        let focus = match self.focus {
            Focus::Idle => 0,
            Focus::Busy | Focus::Sweep { .. } => FOCUS_BUSY,
            Focus::Reached => FOCUS_REACHED,
            Focus::Failed(_) => FOCUS_FAILED,
        };
        Some(match id {
            ids::EXPOSURE_ABSOLUTE if exposes(controls) => self.time(),
            ids::GAIN if gains(controls) => raised(UNITY_GAIN, self.gain),
            ids::ISO_SENSITIVITY if speeds(controls) => self.speed,
            ids::WHITE_BALANCE_TEMPERATURE if preset(controls) != PRESET_MANUAL => self.temperature(),
            ids::FOCUS_ABSOLUTE => self.lens,
            ids::AUTO_FOCUS_STATUS => focus,
            ids::PRIVACY => self.scene.covered.into(),
            ids::FLASH_STROBE_STATUS => (self.strobe > 0).into(),
            ids::FLASH_READY => self.is_ready().into(),
            _ => return None,
        })
    }

    /// Can the flash be used?
    pub(super) fn is_ready(&self) -> bool {
        self.strobe == 0 && self.charging == 0
    }

    /// In units of 100 microseconds.
    pub(super) fn time(&self) -> i64 {
        raised(TIME, self.time).clamp(1, 10_000)
    }

    /// Thousandths of an ISO speed.
    pub(super) fn speed(&self) -> i64 {
        SPEEDS.get(self.speed as usize).copied().unwrap_or_default()
    }

    fn temperature(&self) -> i64 {
        let steps = (self.kelvin.clamp(KELVIN_MIN, KELVIN_MAX) - KELVIN_MIN + KELVIN_STEP / 2) / KELVIN_STEP;
        KELVIN_MIN + steps * KELVIN_STEP
    }

    /// A control was set: everything that follows it at once. What is automatic follows with the frames.
    pub(super) fn follow(&mut self, controls: &Numbers<'_>, id: u32) {
        let manual = |id| controls.get(id);
        match id {
            ids::EXPOSURE_AUTO | ids::EXPOSURE_ABSOLUTE if !exposes(controls) => {
                self.time = manual(ids::EXPOSURE_ABSOLUTE).map_or(0, of_time);
            }
            ids::AUTOGAIN | ids::GAIN if !gains(controls) => self.gain = manual(ids::GAIN).map_or(0, of_gain),
            ids::ISO_SENSITIVITY_AUTO | ids::ISO_SENSITIVITY if !speeds(controls) => {
                self.speed = manual(ids::ISO_SENSITIVITY).unwrap_or(SPEED);
            }
            ids::AUTO_WHITE_BALANCE | ids::AUTO_N_PRESET_WHITE_BALANCE | ids::WHITE_BALANCE_TEMPERATURE => {
                let set = match preset(controls) {
                    PRESET_MANUAL => manual(ids::WHITE_BALANCE_TEMPERATURE),
                    preset => kelvin_of(preset),
                };
                self.kelvin = set.unwrap_or(self.kelvin);
            }
            ids::FOCUS_AUTO => self.focus = if focuses(controls) { Focus::Busy } else { Focus::Idle },
            ids::FOCUS_ABSOLUTE if !focuses(controls) => {
                self.lens = manual(ids::FOCUS_ABSOLUTE).unwrap_or(self.lens);
                self.focus = Focus::Idle;
            }
            // While it focuses continuously, drivers ignore both.
            ids::AUTO_FOCUS_START if !focuses(controls) => self.focus = Focus::Busy,
            ids::AUTO_FOCUS_STOP if !focuses(controls) => self.focus = Focus::Idle,
            ids::FLASH_LED_MODE => self.strobe = 0,
            ids::FLASH_STROBE => (self.strobe, self.charging) = (STROBE, CHARGE),
            _ => {}
        }
    }
}

/// Where the lens is sharp, if it can be there.
fn best(subject: i64) -> Option<i64> {
    (0..=LENS_MAX).contains(&subject).then(|| (subject + LENS_STEP / 2) / LENS_STEP * LENS_STEP)
}

/// The light that a preset is for; `None` of what is no preset.
fn kelvin_of(preset: i64) -> Option<i64> {
    // Incandescent, fluorescent, fluorescent H, horizon, daylight, flash, cloudy, shade.
    const PRESETS: [i64; 8] = [2850, 4000, 4200, 5000, 5500, 5300, 6500, 7500];
    usize::try_from(preset - 2).ok().and_then(|index| PRESETS.get(index)).copied()
}

/// Is this automatic? A camera without such a control exposes and balances by itself, and has neither gain nor
/// sensitivity nor focus that could change.
pub(super) fn exposes(controls: &Numbers<'_>) -> bool {
    controls.get(ids::EXPOSURE_AUTO) != Some(ids::EXPOSURE_MANUAL)
}

pub(super) fn gains(controls: &Numbers<'_>) -> bool {
    controls.get(ids::AUTOGAIN) == Some(1)
}

pub(super) fn speeds(controls: &Numbers<'_>) -> bool {
    controls.get(ids::ISO_SENSITIVITY_AUTO).is_some_and(|auto| auto != ISO_MANUAL)
}

pub(super) fn focuses(controls: &Numbers<'_>) -> bool {
    controls.get(ids::FOCUS_AUTO) == Some(1)
}

pub(super) fn preset(controls: &Numbers<'_>) -> i64 {
    controls.get(ids::AUTO_N_PRESET_WHITE_BALANCE).unwrap_or(PRESET_AUTO)
}

fn locked(controls: &Numbers<'_>, bit: i64) -> bool {
    controls.get(ids::THREE_A_LOCK).is_some_and(|bits| bits & bit != 0)
}
