//! Cameras that play a file: Y4M, JPEG pictures one after the other, or Matroska.
//!
//! | Room | Does |
//! |---|---|
//! | `input` | reads pieces of a file, with every position checked |
//! | `y4m`, `jpeg`, `matroska` | one container each: what the file is, and its pictures in order |
//! | `stream` | pictures at the file's own pace: read ahead on a worker, handed over on the reactor |
//!
//! A file is never trusted: whatever is in it, memory is bounded by the size of one picture, and what
//! cannot be understood is an error that says at which byte, or the end.

mod input;
mod jpeg;
mod matroska;
mod stream;
#[cfg(all(test, not(loom)))]
mod tests;
mod y4m;

use super::{
    Backend, CameraFacts, CameraInfo, Connection, Device, Exposure, NativeMode, Position, Stream, StreamConfig,
};
use crate::error::{Code, Error, Result};
use crate::format::{Colour, FrameRate, Layout, PixelFormat, Size};
use crate::runtime::{Reactor, Workers};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex};
use input::Input;
use std::path::PathBuf;
use stream::ReplayStream;

/// A file that is to be a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replay {
    pub(crate) path: PathBuf,
    /// The camera is gone at the end of the file, which is played again otherwise.
    pub(crate) once: bool,
    /// The rate of files that do not tell theirs.
    pub(crate) rate: Option<FrameRate>,
}

/// The rate of a file of JPEG pictures that nobody told.
const DEFAULT_RATE: FrameRate = FrameRate::per_second(30);
/// A picture of more bytes is not played: 8K has 100 million at 4:4:4.
const MOST_BYTES: usize = 128 << 20;

/// What a file is as a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Facts {
    format: PixelFormat,
    size: Size,
    rate: FrameRate,
    colour: Colour,
    /// Bytes of a buffer: compressed pictures that are longer count as damaged.
    room: usize,
}

impl Facts {
    /// Refused: sizes that nobody has pictures of.
    fn new(input: &Input, format: PixelFormat, size: Size, rate: FrameRate, colour: Colour) -> Result<Facts> {
        let room = match format.is_compressed() {
            // More than compressing leaves of any picture that is worth it.
            true => Some((size.width as usize * size.height as usize).saturating_mul(2).max(1 << 16)),
            false => Layout::new(format, size, &[]).map(|layout| layout.memory_length(0)),
        };
        let room = room.filter(|room| size.is_valid() && *room <= MOST_BYTES);
        let room = room.ok_or_else(|| input.refuse(format!("pictures of {size} in {format} are not played")))?;
        Ok(Facts { format, size, rate, colour, room })
    }
}

/// The head of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Picture {
    /// From the first picture of the file on, in nanoseconds; never less than that of the one before.
    time_ns: u64,
    /// It can be decoded without others.
    key: bool,
}

/// Reads the pictures of a file in order.
trait Reader: Send {
    fn facts(&self) -> Facts;

    /// Finds the next picture; `None` at the end, also where the file was cut off.
    fn next(&mut self) -> Result<Option<Picture>>;

    /// Copies the picture that `next` found; returns its length, or `None` when it is damaged or does
    /// not fit.
    fn read(&mut self, into: &mut [u8]) -> Result<Option<usize>>;

    /// Begins again with the first picture.
    fn rewind(&mut self);
}

/// Opens a file by what it begins with.
fn open(replay: &Replay) -> Result<Box<dyn Reader>> {
    let mut input = Input::open(&replay.path)?;
    let start: [u8; 10] = input.array_or_zeros(0)?;
    if !start.starts_with(&[0xff, 0xd8]) && replay.rate.is_some() {
        return Err(input.refuse("it tells its own rate: leave out +rate=, which is for files of JPEG pictures".into()));
    }
    match start {
        start if start.starts_with(b"YUV4MPEG2 ") => Ok(Box::new(y4m::Y4m::new(input)?)),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Ok(Box::new(matroska::Matroska::new(input)?)),
        [0xff, 0xd8, ..] => Ok(Box::new(jpeg::Jpegs::new(input, replay.rate.unwrap_or(DEFAULT_RATE))?)),
        _ => Err(input.refuse(format!(
            "it begins with {:02x?}; a file to be played begins with YUV4MPEG2 (Y4M), ff d8 (JPEG pictures one after \
             the other) or 1a 45 df a3 (Matroska)",
            &start[..4]
        ))),
    }
}

struct Camera {
    number: usize,
    replay: Replay,
    /// A stream plays the file.
    streaming: AtomicBool,
}

impl Camera {
    fn id(&self) -> String {
        format!("replay:{}", self.number)
    }

    fn open(&self) -> Result<Box<dyn Reader>> {
        open(&self.replay).map_err(|error| error.context(self.id()))
    }

    fn is_present(&self) -> bool {
        self.replay.path.exists()
    }
}

/// The cameras `replay:0` and so on.
pub(crate) struct ReplayCameras {
    reactor: Arc<Reactor>,
    workers: Arc<Workers>,
    cameras: Vec<Arc<Camera>>,
}

impl ReplayCameras {
    pub(crate) fn new(reactor: Arc<Reactor>, workers: Arc<Workers>, replays: Vec<Replay>) -> ReplayCameras {
        let camera = |(number, replay)| Arc::new(Camera { number, replay, streaming: AtomicBool::new(false) });
        ReplayCameras { reactor, workers, cameras: replays.into_iter().enumerate().map(camera).collect() }
    }

    fn find(&self, id: &str) -> Result<&Arc<Camera>> {
        parse_id(id).and_then(|number| self.cameras.get(number)).ok_or_else(|| {
            let last = self.cameras.len().saturating_sub(1);
            Error::new(
                Code::DeviceDisabled,
                format!("there is no camera \"{id}\": this manager has replay:0 to replay:{last}"),
            )
        })
    }
}

/// The number in `replay:N`, written as it is given out.
fn parse_id(id: &str) -> Option<usize> {
    let digits = id.strip_prefix("replay:")?;
    let number = digits.parse::<usize>().ok()?;
    (digits == number.to_string()).then_some(number)
}

impl Backend for ReplayCameras {
    fn cameras(&self) -> Result<Vec<CameraInfo>> {
        let info = |camera: &Arc<Camera>| CameraInfo {
            id: camera.id(),
            name: camera.replay.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            driver: "replay".into(),
            path: camera.replay.path.to_string_lossy().into_owned(),
            position: Position::Unspecified,
            connection: Connection::BuiltIn,
            orientation: 0,
        };
        Ok(self.cameras.iter().filter(|camera| camera.is_present()).map(info).collect())
    }

    fn modes(&self, id: &str) -> Result<Vec<NativeMode>> {
        Ok(vec![mode(&self.find(id)?.open()?.facts())])
    }

    fn open(&self, id: &str) -> Result<Arc<dyn Device>> {
        let camera = self.find(id)?.clone();
        let reader = camera.open()?;
        Ok(Arc::new(ReplayDevice {
            facts: reader.facts(),
            reader: Arc::new(Mutex::new(reader)),
            reactor: self.reactor.clone(),
            workers: self.workers.clone(),
            camera,
        }))
    }

    fn owns(&self, id: &str) -> bool {
        parse_id(id).is_some()
    }
}

/// All that a file offers.
fn mode(facts: &Facts) -> NativeMode {
    NativeMode { format: facts.format, size: facts.size, rates: vec![facts.rate] }
}

/// An open file.
struct ReplayDevice {
    camera: Arc<Camera>,
    facts: Facts,
    reader: Arc<Mutex<Box<dyn Reader>>>,
    reactor: Arc<Reactor>,
    workers: Arc<Workers>,
}

impl Device for ReplayDevice {
    fn check_present(&self) -> Result<()> {
        if self.camera.is_present() {
            return Ok(());
        }
        let (id, path) = (self.camera.id(), self.camera.replay.path.display());
        Err(Error::new(Code::DeviceDisabled, format!("{id}: the file {path} is not there any more")))
    }

    fn formats(&self) -> Result<Vec<PixelFormat>> {
        Ok(vec![self.facts.format])
    }

    fn modes_of(&self, format: PixelFormat) -> Result<Vec<NativeMode>> {
        Ok(if format == self.facts.format { vec![mode(&self.facts)] } else { Vec::new() })
    }

    fn facts(&self) -> CameraFacts {
        CameraFacts::default()
    }

    fn exposure(&self) -> Exposure {
        // A file does not tell.
        Exposure::default()
    }

    fn configure(&self, config: &StreamConfig) -> Result<Arc<dyn Stream>> {
        let Facts { format, size, rate, .. } = self.facts;
        if (config.format, config.size) != (format, size) || config.rate.is_some_and(|wanted| wanted != rate) {
            return Err(Error::fatal(format!(
                "{} does not give {} {}: its file has {format} {size} at {}/{} per second",
                self.camera.id(),
                config.format,
                config.size,
                rate.frames,
                rate.seconds
            )));
        }
        let claim = Claim::new(&self.camera)?;
        let (reactor, workers, reader) = (self.reactor.clone(), self.workers.clone(), self.reader.clone());
        Ok(Arc::new(ReplayStream::new(reactor, workers, reader, self.facts, claim, config.buffers)))
    }
}

/// The right to play the file, for one stream.
struct Claim(Arc<Camera>);

impl Claim {
    fn new(camera: &Arc<Camera>) -> Result<Claim> {
        if camera.streaming.swap(true, Ordering::Acquire) {
            return Err(Error::new(
                Code::ConflictCamera,
                format!("{} has a configured stream already: release the session that uses it first", camera.id()),
            ));
        }
        Ok(Claim(camera.clone()))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.0.streaming.store(false, Ordering::Release);
    }
}
