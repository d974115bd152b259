//! The ids of standard controls, as `linux/v4l2-controls.h` has them.

const USER: u32 = 0x0098_0900;
const CAMERA: u32 = 0x009a_0900;
const FLASH: u32 = 0x009c_0900;

pub(crate) const BRIGHTNESS: u32 = USER;
pub(crate) const CONTRAST: u32 = USER + 1;
pub(crate) const SATURATION: u32 = USER + 2;
/// Boolean.
pub(crate) const AUTO_WHITE_BALANCE: u32 = USER + 12;
/// Boolean: the gain follows the light by itself.
pub(crate) const AUTOGAIN: u32 = USER + 18;
pub(crate) const GAIN: u32 = USER + 19;
pub(crate) const HFLIP: u32 = USER + 20;
pub(crate) const VFLIP: u32 = USER + 21;
/// A menu of `enum v4l2_power_line_frequency`: off, 50 Hz, 60 Hz, auto.
pub(crate) const POWER_LINE_FREQUENCY: u32 = USER + 24;
/// Kelvin.
pub(crate) const WHITE_BALANCE_TEMPERATURE: u32 = USER + 26;
pub(crate) const SHARPNESS: u32 = USER + 27;

/// A menu of `enum v4l2_exposure_auto_type`: [`EXPOSURE_AUTO_ALL`] and its siblings.
pub(crate) const EXPOSURE_AUTO: u32 = CAMERA + 1;
pub(crate) const EXPOSURE_AUTO_ALL: i64 = 0;
pub(crate) const EXPOSURE_MANUAL: i64 = 1;
/// The time is set, the iris follows.
pub(crate) const EXPOSURE_SHUTTER_PRIORITY: i64 = 2;
/// The iris is set, the time follows: what UVC cameras call automatic.
pub(crate) const EXPOSURE_APERTURE_PRIORITY: i64 = 3;
/// In units of 100 microseconds.
pub(crate) const EXPOSURE_ABSOLUTE: u32 = CAMERA + 2;
/// Boolean: the frame rate may fall for a longer exposure.
pub(crate) const EXPOSURE_AUTO_PRIORITY: u32 = CAMERA + 3;
/// In units of the driver's own; larger is nearer.
pub(crate) const FOCUS_ABSOLUTE: u32 = CAMERA + 10;
/// Boolean: continuous.
pub(crate) const FOCUS_AUTO: u32 = CAMERA + 12;
/// In units of the driver's own.
pub(crate) const ZOOM_ABSOLUTE: u32 = CAMERA + 13;
/// Boolean: a cover that the user has shut.
pub(crate) const PRIVACY: u32 = CAMERA + 16;
/// A menu of numbers, in thousandths of an EV.
pub(crate) const AUTO_EXPOSURE_BIAS: u32 = CAMERA + 19;
/// A menu of `enum v4l2_auto_n_preset_white_balance`.
pub(crate) const AUTO_N_PRESET_WHITE_BALANCE: u32 = CAMERA + 20;
/// Boolean.
pub(crate) const IMAGE_STABILIZATION: u32 = CAMERA + 22;
/// A menu of numbers, in thousandths of an ISO speed.
pub(crate) const ISO_SENSITIVITY: u32 = CAMERA + 23;
/// A menu: 0 manual, 1 automatic.
pub(crate) const ISO_SENSITIVITY_AUTO: u32 = CAMERA + 24;
/// A menu of `enum v4l2_exposure_metering`: average, centre-weighted, spot, matrix.
pub(crate) const EXPOSURE_METERING: u32 = CAMERA + 25;
/// Bits: 1 exposure, 2 white balance, 4 focus.
pub(crate) const THREE_A_LOCK: u32 = CAMERA + 27;
/// A button: focus once.
pub(crate) const AUTO_FOCUS_START: u32 = CAMERA + 28;
pub(crate) const AUTO_FOCUS_STOP: u32 = CAMERA + 29;
/// Bits: 0 idle, 1 busy, 2 reached, 4 failed. Read-only, volatile.
pub(crate) const AUTO_FOCUS_STATUS: u32 = CAMERA + 30;
/// A menu of `enum v4l2_camera_orientation`: front, back, external. Read-only.
pub(crate) const CAMERA_ORIENTATION: u32 = CAMERA + 34;
/// Degrees, counterclockwise. Read-only.
pub(crate) const CAMERA_SENSOR_ROTATION: u32 = CAMERA + 35;

/// A menu of `enum v4l2_flash_led_mode`: none, flash, torch.
pub(crate) const FLASH_LED_MODE: u32 = FLASH + 1;
pub(crate) const FLASH_LED_NONE: i64 = 0;
pub(crate) const FLASH_LED_FLASH: i64 = 1;
pub(crate) const FLASH_LED_TORCH: i64 = 2;
/// A menu: 0 software, 1 external.
pub(crate) const FLASH_STROBE_SOURCE: u32 = FLASH + 2;
/// A button.
pub(crate) const FLASH_STROBE: u32 = FLASH + 3;
/// Boolean, read-only: it flashes now.
pub(crate) const FLASH_STROBE_STATUS: u32 = FLASH + 5;
/// Milliamperes.
pub(crate) const FLASH_INTENSITY: u32 = FLASH + 7;
/// Milliamperes.
pub(crate) const FLASH_TORCH_INTENSITY: u32 = FLASH + 8;
/// Boolean, read-only: charged.
pub(crate) const FLASH_READY: u32 = FLASH + 12;
