//! The controls that virtual cameras have: names, ranges, units and menus as the kernel's own
//! drivers have them.

use crate::backend::control::{Control, Kind, MenuItem, ids};
use crate::backend::{CameraInfo, Position};

/// A vendor's own controls, one of each kind that no standard control of a camera has: for tests of
/// what applications do with ids that they do not know.
const VENDOR: u32 = 0x0098_f000;
pub(in crate::backend::virtual_camera) const VENDOR_INTEGER64: u32 = VENDOR + 1;
pub(in crate::backend::virtual_camera) const VENDOR_TEXT: u32 = VENDOR + 2;
/// Grabbed while frames flow.
pub(in crate::backend::virtual_camera) const VENDOR_BITMASK: u32 = VENDOR + 3;
/// Of a type that nobody knows.
pub(in crate::backend::virtual_camera) const VENDOR_OTHER: u32 = VENDOR + 4;

/// V4L2_CTRL_FLAG_EXECUTE_ON_WRITE: setting it does something, whatever it was set to before.
const EXECUTE_ON_WRITE: u32 = 0x200;
const BUTTON: u32 = Control::WRITE_ONLY | EXECUTE_ON_WRITE;
const STATUS: u32 = Control::READ_ONLY;

/// AUTO_N_PRESET_WHITE_BALANCE.
pub(super) const PRESET_MANUAL: i64 = 0;
pub(super) const PRESET_AUTO: i64 = 1;
/// ISO_SENSITIVITY_AUTO.
pub(super) const ISO_MANUAL: i64 = 0;
/// Bits of 3A_LOCK.
pub(super) const LOCK_EXPOSURE: i64 = 1;
pub(super) const LOCK_WHITE_BALANCE: i64 = 2;
pub(super) const LOCK_FOCUS: i64 = 4;
/// Bits of AUTO_FOCUS_STATUS.
pub(super) const FOCUS_BUSY: i64 = 1;
pub(super) const FOCUS_REACHED: i64 = 2;
pub(super) const FOCUS_FAILED: i64 = 4;
/// GAIN at which nothing is amplified.
pub(super) const UNITY_GAIN: i64 = 16;
/// What the lens is focused on in units of FOCUS_ABSOLUTE.
pub(super) const LENS_STEP: i64 = 5;
pub(super) const LENS_MAX: i64 = 250;
/// Kelvin.
pub(super) const KELVIN_MIN: i64 = 2800;
pub(super) const KELVIN_MAX: i64 = 6500;
pub(super) const KELVIN_STEP: i64 = 10;

/// The items of a menu.
#[derive(Debug, Clone, Copy)]
enum Items {
    None,
    Names(&'static [(u32, &'static str)]),
    Numbers(&'static [i64]),
}

/// A control as it is described while nothing depends on another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub(super) id: u32,
    name: &'static str,
    pub(super) kind: Kind,
    min: i64,
    max: i64,
    step: u64,
    pub(super) default: i64,
    pub(super) flags: u32,
    items: Items,
}

const fn spec(id: u32, name: &'static str, kind: Kind, range: (i64, i64, u64, i64), flags: u32) -> Spec {
    let (min, max, step, default) = range;
    Spec { id, name, kind, min, max, step, default, flags, items: Items::None }
}

const fn integer(id: u32, name: &'static str, range: (i64, i64, u64, i64)) -> Spec {
    spec(id, name, Kind::Integer, range, 0)
}

const fn boolean(id: u32, name: &'static str, default: i64, flags: u32) -> Spec {
    spec(id, name, Kind::Boolean, (0, 1, 1, default), flags)
}

const fn button(id: u32, name: &'static str) -> Spec {
    spec(id, name, Kind::Button, (0, 0, 0, 0), BUTTON)
}

const fn menu(id: u32, name: &'static str, items: &'static [(u32, &'static str)], default: i64, flags: u32) -> Spec {
    let last = items[items.len() - 1].0 as i64;
    Spec { items: Items::Names(items), ..spec(id, name, Kind::Menu, (0, last, 1, default), flags) }
}

const fn numbers(id: u32, name: &'static str, items: &'static [i64], default: i64) -> Spec {
    let range = (0, items.len() as i64 - 1, 1, default);
    Spec { items: Items::Numbers(items), ..spec(id, name, Kind::IntegerMenu, range, 0) }
}

/// Thousandths of an EV, in thirds.
pub(super) const BIASES: [i64; 13] = [-2000, -1667, -1333, -1000, -667, -333, 0, 333, 667, 1000, 1333, 1667, 2000];
/// Thousandths of an ISO speed.
pub(super) const SPEEDS: [i64; 7] = [50_000, 100_000, 200_000, 400_000, 800_000, 1_600_000, 3_200_000];

/// In the order of the ids.
const TABLE: &[Spec] = &[
    integer(ids::BRIGHTNESS, "Brightness", (-64, 64, 1, 0)),
    integer(ids::CONTRAST, "Contrast", (0, 64, 1, 32)),
    integer(ids::SATURATION, "Saturation", (0, 128, 1, 64)),
    boolean(ids::AUTO_WHITE_BALANCE, "White Balance, Automatic", 1, Control::UPDATE),
    boolean(ids::AUTOGAIN, "Gain, Automatic", 1, Control::UPDATE),
    integer(ids::GAIN, "Gain", (UNITY_GAIN, 16 * UNITY_GAIN, 1, UNITY_GAIN)),
    boolean(ids::HFLIP, "Horizontal Flip", 0, 0),
    boolean(ids::VFLIP, "Vertical Flip", 0, 0),
    menu(
        ids::POWER_LINE_FREQUENCY,
        "Power Line Frequency",
        &[(0, "Disabled"), (1, "50 Hz"), (2, "60 Hz"), (3, "Auto")],
        1,
        0,
    ),
    integer(
        ids::WHITE_BALANCE_TEMPERATURE,
        "White Balance Temperature",
        (KELVIN_MIN, KELVIN_MAX, KELVIN_STEP as u64, super::scene::LIGHT_KELVIN),
    ),
    integer(ids::SHARPNESS, "Sharpness", (0, 6, 1, 3)),
    spec(VENDOR_INTEGER64, "Vendor Counter", Kind::Integer64, (0, 1 << 40, 1, 1 << 33), 0),
    spec(VENDOR_TEXT, "Vendor Label", Kind::Text, (0, 32, 1, 0), 0),
    spec(VENDOR_BITMASK, "Vendor Pipeline", Kind::Bitmask, (0, 0x8000_0005, 0, 1), 0),
    spec(VENDOR_OTHER, "Vendor Region", Kind::Other(0x1ff), (0, 0, 1, 0), 0),
    menu(
        ids::EXPOSURE_AUTO,
        "Auto Exposure",
        // Two is not there, as with most webcams.
        &[(0, "Auto Mode"), (1, "Manual Mode"), (3, "Aperture Priority Mode")],
        ids::EXPOSURE_APERTURE_PRIORITY,
        Control::UPDATE,
    ),
    integer(ids::EXPOSURE_ABSOLUTE, "Exposure Time, Absolute", (1, 10_000, 1, super::scene::TIME)),
    integer(ids::FOCUS_ABSOLUTE, "Focus, Absolute", (0, LENS_MAX, LENS_STEP as u64, super::scene::SUBJECT)),
    boolean(ids::FOCUS_AUTO, "Focus, Automatic Continuous", 1, Control::UPDATE),
    integer(ids::ZOOM_ABSOLUTE, "Zoom, Absolute", (100, 400, 1, 100)),
    boolean(ids::PRIVACY, "Privacy", 0, STATUS),
    numbers(ids::AUTO_EXPOSURE_BIAS, "Auto Exposure, Bias", &BIASES, 6),
    menu(
        ids::AUTO_N_PRESET_WHITE_BALANCE,
        "White Balance, Auto & Preset",
        &[
            (0, "Manual"),
            (1, "Auto"),
            (2, "Incandescent"),
            (3, "Fluorescent"),
            (4, "Fluorescent H"),
            (5, "Horizon"),
            (6, "Daylight"),
            (7, "Flash"),
            (8, "Cloudy"),
            (9, "Shade"),
        ],
        PRESET_AUTO,
        Control::UPDATE,
    ),
    boolean(ids::IMAGE_STABILIZATION, "Image Stabilization", 0, 0),
    numbers(ids::ISO_SENSITIVITY, "ISO Sensitivity", &SPEEDS, super::scene::SPEED),
    menu(ids::ISO_SENSITIVITY_AUTO, "ISO Sensitivity, Auto", &[(0, "Manual"), (1, "Auto")], 1, Control::UPDATE),
    menu(
        ids::EXPOSURE_METERING,
        "Exposure, Metering Mode",
        &[(0, "Average"), (1, "Center Weighted"), (2, "Spot"), (3, "Matrix")],
        0,
        0,
    ),
    spec(ids::THREE_A_LOCK, "3A Lock", Kind::Bitmask, (0, 7, 0, 0), 0),
    button(ids::AUTO_FOCUS_START, "Auto Focus, Start"),
    button(ids::AUTO_FOCUS_STOP, "Auto Focus, Stop"),
    spec(ids::AUTO_FOCUS_STATUS, "Auto Focus, Status", Kind::Bitmask, (0, 7, 0, 0), STATUS | Control::VOLATILE),
    menu(ids::CAMERA_ORIENTATION, "Camera Orientation", &[(0, "Front"), (1, "Back"), (2, "External")], 0, STATUS),
    spec(ids::CAMERA_SENSOR_ROTATION, "Camera Sensor Rotation", Kind::Integer, (0, 0, 1, 0), STATUS),
    menu(ids::FLASH_LED_MODE, "LED Mode", &[(0, "Off"), (1, "Flash"), (2, "Torch")], 0, Control::UPDATE),
    menu(ids::FLASH_STROBE_SOURCE, "Strobe Source", &[(0, "Software")], 0, 0),
    button(ids::FLASH_STROBE, "Strobe"),
    boolean(ids::FLASH_STROBE_STATUS, "Strobe Status", 0, STATUS),
    integer(ids::FLASH_INTENSITY, "Intensity, Flash Mode", (100, 1000, 50, 500)),
    integer(ids::FLASH_TORCH_INTENSITY, "Intensity, Torch Mode", (25, 200, 25, 100)),
    boolean(ids::FLASH_READY, "Ready to Strobe", 1, STATUS),
];

/// What a cheap webcam has.
const BASIC: [u32; 5] =
    [ids::BRIGHTNESS, ids::CONTRAST, ids::POWER_LINE_FREQUENCY, ids::EXPOSURE_AUTO, ids::EXPOSURE_ABSOLUTE];

/// How many controls a camera has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::backend::virtual_camera) enum Offer {
    #[default]
    All,
    Basic,
    None,
}

/// The controls of such a camera, in the order of the ids.
pub(super) fn specs(offer: Offer, info: &CameraInfo) -> Vec<Spec> {
    let built = |spec: &Spec| {
        let offered = match offer {
            Offer::All => true,
            Offer::Basic => BASIC.contains(&spec.id),
            Offer::None => false,
        };
        let fixed = |value: i64| Spec { default: value, ..*spec };
        match (spec.id, info.position) {
            _ if !offered => None,
            // As firmware tells them: only where it knows.
            (ids::CAMERA_ORIENTATION, Position::Unspecified) => None,
            (ids::CAMERA_ORIENTATION, Position::Front) => Some(fixed(0)),
            (ids::CAMERA_ORIENTATION, Position::Back) => Some(fixed(1)),
            (ids::CAMERA_SENSOR_ROTATION, _) => {
                // The kernel counts the other way around.
                let degrees = i64::from((360 - info.orientation % 360) % 360);
                (degrees != 0).then(|| Spec { min: degrees, max: degrees, ..fixed(degrees) })
            }
            _ => Some(*spec),
        }
    };
    TABLE.iter().filter_map(built).collect()
}

/// A control by its name as `v4l2-ctl` writes it: `white_balance_automatic`.
pub(in crate::backend::virtual_camera) fn id_of(name: &str) -> Option<u32> {
    TABLE.iter().find(|spec| spec.slug() == name).map(|spec| spec.id)
}

impl Spec {
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    fn slug(&self) -> String {
        let words = self.name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
    }

    pub(super) fn described(&self, flags: u32) -> Control {
        let Spec { id, name, kind, min, max, step, default, .. } = *self;
        Control { id, name: name.to_owned(), kind, min, max, step: step.max(1), default, flags }
    }

    pub(super) fn menu(&self) -> Vec<MenuItem> {
        match self.items {
            Items::None => Vec::new(),
            Items::Names(names) => names
                .iter()
                .map(|(index, name)| MenuItem { index: *index, name: (*name).to_owned(), number: None })
                .collect(),
            Items::Numbers(numbers) => (0..)
                .zip(numbers)
                .map(|(index, number)| MenuItem { index, name: number.to_string(), number: Some(*number) })
                .collect(),
        }
    }

    /// Is this one of its values? Of a button, everything is.
    pub(super) fn takes(&self, value: i64) -> bool {
        let within = (self.min..=self.max).contains(&value);
        match (self.kind, self.items) {
            (Kind::Button, _) => true,
            (Kind::Bitmask, _) => value & !self.max == 0,
            (_, Items::Names(names)) => names.iter().any(|(index, _)| i64::from(*index) == value),
            _ => within && (i128::from(value) - i128::from(self.min)) % i128::from(self.step.max(1)) == 0,
        }
    }

    /// So many bytes?
    pub(super) fn takes_text(&self, text: &str) -> bool {
        (self.min..=self.max).contains(&(text.len() as i64))
    }

    /// Its values, for people.
    pub(super) fn range(&self) -> String {
        match (self.kind, self.items) {
            (Kind::Text, _) => format!("a text of {} to {} bytes", self.min, self.max),
            (Kind::Bitmask, _) => format!("bits of {:#x}", self.max),
            (_, Items::Names(names)) => {
                let names: Vec<String> = names.iter().map(|(index, name)| format!("{index} ({name})")).collect();
                names.join(", ")
            }
            _ if self.step > 1 => format!("{} to {} in steps of {}", self.min, self.max, self.step),
            _ => format!("{} to {}", self.min, self.max),
        }
    }
}
