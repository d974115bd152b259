//! What a source of cameras must do. The comments here are the specification that every
//! backend keeps and that the rest of the library relies on.
//!
//! # What the library guarantees
//!
//! - Calls of one [`Device`] come one at a time, from threads that may block; but see
//!   [`Device::check_present`] and [`Device::exposure`].
//! - At most one [`Stream`] of a device exists; it is dropped before the next `configure`.
//! - `start` and `stop` of a stream alternate, `start` first.
//! - Calls of [`Watch::cameras`] come one at a time, from threads that may block.
//!
//! # What a backend guarantees
//!
//! - Nothing here calls application code, and nothing panics, whatever a driver answers.
//! - A [`FrameSink`] is called on the reactor thread, one call at a time, from `start` until
//!   `stop` returns or [`FrameSink::ended`] was called, and never after.
//! - A device that is dead is never polled: it is reported once through `ended`.
//! - Errors carry the code of the contract and a detail with the object, the values, the errno
//!   and what to do.
//! - Frames stay readable after their stream, their device and the backend are gone.
//!
//! # Cameras that come and go
//!
//! A backend whose cameras may change has a [`Watch`]. It exists only while somebody wants to
//! know, and costs nothing else. It says [`Changes::changed`] when its list may have changed; the
//! list is then asked for on a worker, once for many changes. What the driver does not tell is not
//! looked for: nothing is polled.

pub(crate) mod control;
pub(crate) mod replay;
mod sequence;
mod subject;
mod timer;
pub(crate) mod v4l2;
pub(crate) mod virtual_camera;

use crate::error::{Error, Result};
use crate::format::{Colour, FrameRate, PixelFormat, Size};
use crate::frame::Frame;
use crate::sync::{Arc, Weak};

/// Which way a camera looks. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Position {
    /// Not known, as with most webcams.
    Unspecified = 0,
    /// Away from the user.
    Back = 1,
    /// Towards the user.
    Front = 2,
}

/// How a camera is connected. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Connection {
    /// Part of the machine.
    BuiltIn = 0,
    /// Can be unplugged.
    Usb = 1,
}

/// A camera as enumeration finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CameraInfo {
    /// Stable across restarts and, where the device has a serial number, across ports.
    pub id: String,
    /// What the driver calls it, for people.
    pub name: String,
    /// The driver's name.
    pub driver: String,
    /// The device node; empty for a camera that has none.
    pub path: String,
    /// Which way it looks.
    pub position: Position,
    /// How it is connected.
    pub connection: Connection,
    /// Clockwise degrees to turn the picture upright: 0, 90, 180 or 270.
    pub orientation: u32,
}

/// A native mode of a camera: a format in a size, and the rates at which it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NativeMode {
    /// The device's own format.
    pub format: PixelFormat,
    /// Picture size.
    pub size: Size,
    /// Rates from fastest to slowest, without repetition. Empty: the device does not tell,
    /// and any rate may be tried.
    pub rates: Vec<FrameRate>,
}

/// What a stream is to be configured to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamConfig {
    /// A native format of the device.
    pub format: PixelFormat,
    /// A native size.
    pub size: Size,
    /// The rate wanted; `None` leaves the driver's own.
    pub rate: Option<FrameRate>,
    /// Buffers that the stream cycles through.
    pub buffers: u32,
}

/// Buffers a stream asks for unless told otherwise: two for the driver to fill, one on its
/// way, and five that consumers may hold before frames are copied.
pub(crate) const DEFAULT_BUFFERS: u32 = 8;

/// What a camera says about itself, for the pictures that it takes. `None`: nobody tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CameraFacts {
    /// Who made it.
    pub make: Option<String>,
    /// What it is called.
    pub model: Option<String>,
    /// All pixels of its sensor, those that no picture shows too.
    pub pixel_array: Option<Size>,
    /// How wide and high one of them is, in nanometres.
    pub unit_cell_nm: Option<Size>,
    /// The least and the most that the focus can be set to, in units of the driver's own: larger is nearer.
    pub focus: Option<(i64, i64)>,
}

impl CameraFacts {
    /// How wide and high the sensor is, in micrometres.
    pub(crate) fn sensor_um(&self) -> Option<Size> {
        let (pixels, cell) = (self.pixel_array?, self.unit_cell_nm?);
        let micrometres = |count: u32, nm: u32| u32::try_from(u64::from(count) * u64::from(nm) / 1000).ok();
        Some(Size::new(micrometres(pixels.width, cell.width)?, micrometres(pixels.height, cell.height)?))
    }
}

/// How a camera exposes, as far as its driver tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Exposure {
    /// In units of 100 microseconds.
    pub time: Option<u32>,
    /// The sensitivity as an ISO speed.
    pub iso: Option<u32>,
}

/// A source of cameras.
pub(crate) trait Backend: Send + Sync {
    /// The cameras present now, in a stable order. A device that cannot be asked (no
    /// permission, busy) is listed if it is known to be a camera, and left out otherwise. May
    /// block for as long as drivers do.
    fn cameras(&self) -> Result<Vec<CameraInfo>>;

    /// The native modes of the camera with this id. 7400108 when it is gone, 7400102 when the
    /// process may not open it. May block.
    fn modes(&self, id: &str) -> Result<Vec<NativeMode>>;

    /// Opens a camera. 7400107 when another process has it exclusively, 7400108 when it is
    /// gone, 7400102 without permission, 7400201 otherwise. May block.
    fn open(&self, id: &str) -> Result<Arc<dyn Device>>;

    /// Is this one of the ids that this backend gives out, whether or not it is present?
    fn owns(&self, id: &str) -> bool;

    /// Watches for cameras that come and go, from before this returns until the watch is dropped.
    /// `None`: the list is always the same. 7400201 when nothing can tell.
    fn watch(&self, _changes: Weak<dyn Changes>) -> Result<Option<Arc<dyn Watch>>> {
        Ok(None)
    }
}

/// Whoever wants to know that cameras come and go.
pub(crate) trait Changes: Send + Sync {
    /// [`Watch::cameras`] may answer otherwise now. Called on any thread, the reactor's too;
    /// returns at once. Calling it for nothing does no harm.
    fn changed(&self);
}

/// A camera that is present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Present {
    /// What it is.
    pub info: CameraInfo,
    /// Another number when it was plugged in anew, however short a time it was away.
    pub plugged: u64,
}

/// Notices cameras that come and go. Dropping it ends that; what is being told at that moment is
/// told before the drop returns, except on the reactor thread, which must not wait.
pub(crate) trait Watch: Send + Sync {
    /// The cameras present now, as [`Backend::cameras`] has them. One that has just come and
    /// cannot be asked yet (busy, no permission, not named yet) may be left out for at most 200
    /// milliseconds, so that it is listed as what it is; `changed` follows. May block.
    fn cameras(&self) -> Result<Vec<Present>>;

    /// This camera was found to be gone, or may be back: what is known of it is asked anew before
    /// it is listed. Called on any thread, the reactor's too; returns at once. The caller sees to
    /// it that `cameras` is called.
    fn doubt(&self, id: &str);
}

/// An open camera. Dropping it closes it.
pub(crate) trait Device: Send + Sync {
    /// 7400108 when the device is gone; nothing else is an error here. May come at the same time
    /// as other calls.
    fn check_present(&self) -> Result<()>;

    /// The native formats, the preferred ones first.
    fn formats(&self) -> Result<Vec<PixelFormat>>;

    /// The native modes of one of the formats that `formats` lists; asked for no other. Apart
    /// from it, because a driver takes long to list everything.
    fn modes_of(&self, format: PixelFormat) -> Result<Vec<NativeMode>>;

    /// Who made the camera and what it is called.
    fn facts(&self) -> CameraFacts;

    /// How it exposes at this moment. May come at the same time as other calls.
    fn exposure(&self) -> Exposure;

    /// What can be asked and set while frames flow; keeps the device open. `None`: nothing.
    fn controls(&self) -> Option<Arc<dyn control::Controls>> {
        None
    }

    /// Sets format, size and rate and allocates buffers; nothing flows yet.
    ///
    /// The driver must take the format and size exactly, else 7400201 with what it offered
    /// instead. EBUSY is 7400107, ENODEV 7400108, all else 7400201. On failure the driver holds
    /// no buffers and the device can be configured again.
    fn configure(&self, config: &StreamConfig) -> Result<Arc<dyn Stream>>;
}

/// Configured buffers of a device. Dropping it stops it and gives the driver's buffers back,
/// except those under frames that are still held.
pub(crate) trait Stream: Send + Sync {
    /// The rate the driver settled on; `None` when it does not tell.
    fn rate(&self) -> Option<FrameRate>;

    /// What the YUV of its frames means, as the driver says or as the rules of its interface
    /// have it for what the driver does not say. JPEG pictures mean [`Colour::JFIF`]. Frames of
    /// RGB have no such meaning: for them it is the colour that YUV made of them is to have,
    /// [`Colour::BT601_LIMITED`]. The same as long as the stream exists.
    fn colour(&self) -> Colour;

    /// Starts the flow into `sink`. Buffers under frames that are held stay out; when too few
    /// are left, new ones are allocated. On failure nothing flows and `start` may be tried
    /// again. ENOSPC (bandwidth of the bus) is 7400201 with that explanation.
    fn start(&self, sink: Arc<dyn FrameSink>) -> Result<()>;

    /// Stops the flow. When it returns the sink is not being called and is never called again.
    /// After `ended` it only tidies up and returns 0. Never called on the reactor thread.
    fn stop(&self) -> Result<()>;
}

/// Where the frames of a stream go.
pub(crate) trait FrameSink: Send + Sync {
    /// A frame arrived. `queued` is how many buffers the device has left to fill: at one or
    /// none the next frames are lost unless this one is let go.
    fn frame(&self, frame: Frame, queued: u32);

    /// The driver marked a buffer as damaged and it was given back to it at once.
    fn corrupt(&self, sequence: u64);

    /// The stream ended by itself: the device is gone (7400108) or failed (7400201). Nothing
    /// follows.
    fn ended(&self, error: Error);
}
