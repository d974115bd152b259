//! Cameras that need no hardware: they draw a moving picture with the frame's number readable
//! from its pixels, at an exact pace, and behave towards the library as a driver does: where
//! their script wants it so, as one that fails. They have controls, whose effect is seen in the picture.

mod artist;
mod controls;
mod fault;
mod jpeg;
pub(crate) mod pattern;
pub(crate) mod script;
mod stream;
#[cfg(all(test, not(loom)))]
mod tests;
mod view;

use super::control::{Controls, ids};
use super::{Backend, CameraFacts, CameraInfo, Changes, Device, Exposure, NativeMode, Stream, StreamConfig, Watch};
use crate::error::{Code, Error, Result};
use crate::format::{FrameRate, PixelFormat, Size};
use crate::runtime::{Log, Reactor};
use crate::sync::{Arc, Weak};
use artist::Artist;
use controls::VirtualControls;
use fault::{Camera, Claim, Roster, RosterWatch};
use script::Script;
use stream::VirtualStream;

/// The sizes of every format.
const SIZES: [Size; 6] = [
    // First what most programs want, as webcams do.
    Size::new(640, 480),
    Size::new(320, 180),
    Size::new(320, 240),
    Size::new(640, 360),
    Size::new(1280, 720),
    Size::new(1920, 1080),
];
/// The rates of every size, fastest first.
const RATES: [FrameRate; 6] = [
    FrameRate::per_second(60),
    FrameRate::per_second(30),
    FrameRate::per_second(25),
    FrameRate::per_second(15),
    FrameRate::per_second(10),
    FrameRate::per_second(5),
];
/// The rate when none is asked for.
const DEFAULT_RATE: FrameRate = FrameRate::per_second(30);
/// The limits between which any rate is taken exactly, listed or not, so that fractions
/// (30000/1001) and fast streams can be had without hardware too. Beyond them the limit itself
/// is what the stream runs at.
const RATE_LIMITS: (FrameRate, FrameRate) = (FrameRate::per_second(1), FrameRate::per_second(1000));
/// More buffers than this are not given, as V4L2 has it (VIDEO_MAX_FRAME).
const MAX_BUFFERS: u32 = 32;

/// A fixed number of virtual cameras: `virtual:0` and so on.
pub(crate) struct VirtualCameras {
    reactor: Arc<Reactor>,
    cameras: Vec<Arc<Camera>>,
}

impl VirtualCameras {
    /// A camera for each script.
    pub(crate) fn new(reactor: Arc<Reactor>, log: Arc<Log>, scripts: Vec<Script>) -> VirtualCameras {
        let roster = Arc::new(Roster::new(log));
        let cameras = (0..).zip(scripts).map(|(number, script)| Camera::new(number, script, &roster)).collect();
        VirtualCameras { reactor, cameras }
    }

    /// The camera with this id, plugged in or not.
    fn find(&self, id: &str) -> Result<&Arc<Camera>> {
        parse_id(id).and_then(|number| self.cameras.get(number as usize)).ok_or_else(|| {
            let count = self.cameras.len();
            Error::new(
                Code::DeviceDisabled,
                format!(
                    "there is no camera \"{id}\": this manager has virtual:0 to virtual:{}",
                    count.saturating_sub(1)
                ),
            )
        })
    }
}

/// All that a virtual camera offers.
fn modes() -> Vec<NativeMode> {
    artist::formats().flat_map(|format| SIZES.map(|size| NativeMode { format, size, rates: RATES.to_vec() })).collect()
}

/// The number in `virtual:N`, written as it is given out: digits, without leading zeros.
fn parse_id(id: &str) -> Option<u32> {
    let digits = id.strip_prefix("virtual:")?;
    let number = digits.parse::<u32>().ok()?;
    (digits == number.to_string()).then_some(number)
}

impl Backend for VirtualCameras {
    fn cameras(&self) -> Result<Vec<CameraInfo>> {
        Ok(self.cameras.iter().filter(|camera| camera.is_present()).map(|camera| camera.info()).collect())
    }

    fn modes(&self, id: &str) -> Result<Vec<NativeMode>> {
        self.find(id)?.may_be_asked()?;
        Ok(modes())
    }

    fn open(&self, id: &str) -> Result<Arc<dyn Device>> {
        let camera = self.find(id)?.clone();
        let plug = camera.open()?;
        let number = camera.next_device();
        Ok(Arc::new(VirtualDevice { camera, plug, number, reactor: self.reactor.clone() }))
    }

    fn owns(&self, id: &str) -> bool {
        parse_id(id).is_some()
    }

    fn watch(&self, changes: Weak<dyn Changes>) -> Result<Option<Arc<dyn Watch>>> {
        Ok(RosterWatch::of(&self.cameras, changes))
    }
}

/// An open virtual camera.
struct VirtualDevice {
    camera: Arc<Camera>,
    /// Which time the camera is plugged in: after an unplug this device is dead for good.
    plug: u64,
    /// Tells it apart from others of the same camera.
    number: u64,
    reactor: Arc<Reactor>,
}

impl Device for VirtualDevice {
    fn check_present(&self) -> Result<()> {
        self.camera.check(self.plug, "asking whether the camera is there")
    }

    fn formats(&self) -> Result<Vec<PixelFormat>> {
        self.camera.check(self.plug, "listing the camera's formats")?;
        Ok(artist::formats().collect())
    }

    fn modes_of(&self, format: PixelFormat) -> Result<Vec<NativeMode>> {
        self.camera.check(self.plug, "listing the modes of the camera")?;
        Ok(modes().into_iter().filter(|mode| mode.format == format).collect())
    }

    fn facts(&self) -> CameraFacts {
        CameraFacts {
            make: Some("camera-session".into()),
            model: Some(format!("Virtual camera {}", self.camera.number())),
            // As of a small sensor: 5.8 by 3.2 millimetres.
            pixel_array: Some(Size::new(1920, 1080)),
            unit_cell_nm: Some(Size::new(3000, 3000)),
            focus: self.focus_range(),
        }
    }

    fn exposure(&self) -> Exposure {
        self.camera.panel.exposure(self.plug)
    }

    fn controls(&self) -> Option<Arc<dyn Controls>> {
        let (camera, reactor) = (self.camera.clone(), self.reactor.clone());
        Some(Arc::new(VirtualControls { camera, plug: self.plug, device: self.number, reactor }))
    }

    fn configure(&self, config: &StreamConfig) -> Result<Arc<dyn Stream>> {
        let claim = Claim::new(&self.camera, self.plug)?;
        let artist = self.artist(config.format, config.size)?;
        let rate = config.rate.unwrap_or(DEFAULT_RATE).clamp(RATE_LIMITS.0, RATE_LIMITS.1);
        let buffers = config.buffers.clamp(1, MAX_BUFFERS);
        Ok(Arc::new(VirtualStream::new(self.reactor.clone(), claim, artist, rate, buffers)))
    }
}

impl VirtualDevice {
    fn focus_range(&self) -> Option<(i64, i64)> {
        let focus = self.controls()?.describe(ids::FOCUS_ABSOLUTE).ok()??;
        Some((focus.min, focus.max))
    }

    fn artist(&self, format: PixelFormat, size: Size) -> Result<Artist> {
        let offered = if SIZES.contains(&size) { Artist::new(self.camera.number(), format, size) } else { None };
        offered.ok_or_else(|| {
            let formats: Vec<String> = artist::formats().map(|format| format.to_string()).collect();
            let sizes = SIZES.map(|size| size.to_string());
            Error::fatal(format!(
                "{} does not give {format} in {size}: it offers {} in {}",
                self.camera.id(),
                formats.join(", "),
                sizes.join(", ")
            ))
        })
    }
}
