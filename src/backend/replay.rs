//! Cameras that play a file: Y4M, JPEG pictures one after the other, or Matroska.
//!
//! | Room | Does |
//! |---|---|
//! | `input` | reads pieces of a file, with every position checked |
//! | `y4m`, `jpeg`, `matroska` | one container each: what the file is, and its pictures in order |
//! | `trace` | a session recording: the same camera, whatever went wrong with it |
//! | `plug` | whether the camera is plugged in, in use, and how far it was played |
//! | `stream` | pictures at the file's own pace: read ahead on a worker, handed over on the reactor |
//!
//! A file is never trusted: whatever is in it, memory is bounded by the size of one picture, and what
//! cannot be understood is an error that says at which byte, or the end.

mod input;
mod jpeg;
mod matroska;
mod plug;
mod stream;
#[cfg(all(test, not(loom)))]
mod tests;
mod trace;
#[cfg(any(fuzzing, test))]
pub(crate) mod walk;
mod y4m;

use super::{
    Backend, CameraFacts, CameraInfo, Changes, Connection, Device, Exposure, NativeMode, Position, Stream,
    StreamConfig, Watch,
};
use crate::error::{Code, Error, Result};
use crate::format::{Colour, FrameRate, Layout, PixelFormat, Size};
use crate::runtime::{Reactor, Workers};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use input::Input;
use plug::{Claim, Plug, PlugWatch, Watchers};
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
    /// Bytes of a picture: compressed ones that are longer count as damaged.
    room: usize,
    /// Every event is told as it was recorded, also late.
    recorded: bool,
}

impl Facts {
    /// Refused: sizes that nobody has pictures of.
    fn new(input: &Input, format: PixelFormat, size: Size, rate: FrameRate, colour: Colour) -> Result<Facts> {
        let room = match format.is_compressed() {
            // More than compressing leaves of any picture that is worth it.
            true => Some((size.width as usize * size.height as usize).saturating_mul(2).max(1 << 16)),
            // As many as a pixel of a layout that is not known may have.
            false if !format.is_known() => Some((size.width as usize * size.height as usize).saturating_mul(8)),
            false => Layout::new(format, size, &[]).map(|layout| memories(&layout).iter().sum()),
        };
        let room = room.filter(|room| size.is_valid() && *room <= MOST_BYTES);
        let room = room.ok_or_else(|| input.refuse(format!("pictures of {size} in {format} are not played")))?;
        Ok(Facts { format, size, rate, colour, room, recorded: false })
    }

    /// Can a picture of this format and size have so many bytes?
    fn fits(&self, length: usize) -> bool {
        match self.format.is_compressed() {
            true => length > 0 && length <= self.room,
            false if self.format.is_known() => length == self.room,
            false => length > 0 && length <= self.room && length.is_multiple_of(self.size.height as usize),
        }
    }

    /// Where the planes of such a picture lie.
    fn layout(&self, length: usize) -> Layout {
        let Facts { format, size, .. } = *self;
        let layout = match format.is_compressed() {
            true => Some(Layout::compressed(length)),
            false if format.is_known() => Layout::new(format, size, &[]),
            false => Layout::new(format, size, &[(length / size.height as usize) as u32]),
        };
        layout.expect("the facts were checked")
    }

    /// The lengths of a buffer's memories.
    fn memories(&self) -> Vec<usize> {
        match self.format.is_compressed() || !self.format.is_known() {
            true => vec![self.room],
            false => memories(&self.layout(self.room)),
        }
    }
}

fn memories(layout: &Layout) -> Vec<usize> {
    (0..layout.memory_count()).map(|memory| layout.memory_length(memory)).collect()
}

/// The head of a picture. Times are from the first picture of the file on, or from the start of the
/// run, in nanoseconds; never less than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Picture {
    time_ns: u64,
    /// It can be decoded without others.
    key: bool,
    told: Option<Told>,
}

/// What a session recording tells of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    number: u64,
    /// Of the frame itself, from the start of the run on.
    timestamp_ns: i64,
    flags: u32,
}

/// An unplugged camera: how long after that it is there again, if ever.
type Unplugged = Option<u64>;

/// What comes next in a file. All but pictures are in session recordings only.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    /// A picture, to be read.
    Picture(Picture),
    /// A frame arrived damaged.
    Damaged { time_ns: u64, number: u64 },
    /// The stream ends by itself. What comes next is looked for behind `place`.
    End { time_ns: u64, error: Error, unplugged: Option<Unplugged>, place: u64 },
    /// Nothing comes any more in this run.
    Silence,
}

/// Why a run does not begin, and whether that unplugs the camera.
type NotBegun = (Error, Option<Unplugged>);

/// Reads what is in a file in order.
trait Reader: Send {
    fn facts(&self) -> Facts;

    /// What the camera is called in its photos.
    fn camera(&self) -> CameraFacts {
        CameraFacts::default()
    }

    /// A run begins: with the first picture, or with the next run of a session recording, which is
    /// behind `from`; where the one after that is to be looked for is put there.
    fn begin(&mut self, _from: &mut u64) -> std::result::Result<(), NotBegun> {
        self.rewind();
        Ok(())
    }

    /// Finds what comes next; `None` at the end, also where the file was cut off.
    fn next(&mut self) -> Result<Option<Item>>;

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
    if input.length()? == 0 {
        return Err(input.refuse("it is empty".into()));
    }
    match start {
        start if start.starts_with(b"YUV4MPEG2 ") => Ok(Box::new(y4m::Y4m::new(input)?)),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => {
            let head = matroska::Head::read(&mut input)?;
            match trace::is_trace(&head) {
                true => Ok(Box::new(trace::Trace::new(input, head)?)),
                false => Ok(Box::new(matroska::Matroska::new(input, head)?)),
            }
        }
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
    plug: Plug,
    /// Somebody has opened the file.
    opened: AtomicBool,
}

impl Camera {
    fn id(&self) -> String {
        format!("replay:{}", self.number)
    }

    fn open(&self) -> Result<Box<dyn Reader>> {
        let opened = open(&self.replay).map_err(|error| error.context(self.id()))?;
        self.opened.store(true, Ordering::Relaxed);
        Ok(opened)
    }

    /// A file that nobody has opened yet is listed though it is missing: opening it says what is wrong.
    fn is_present(&self) -> bool {
        (self.replay.path.exists() || !self.opened.load(Ordering::Relaxed)) && self.plug.is_in()
    }

    fn gone(&self) -> Error {
        let (id, path) = (self.id(), self.replay.path.display());
        let detail = format!("{id}: the camera was unplugged, as {path} has it: open it again once it is back");
        Error::new(Code::DeviceDisabled, detail)
    }

    /// 7400108 when it was unplugged since it was plugged in for this time.
    fn check(&self, plugged: u64) -> Result<()> {
        if self.plug.number() != plugged {
            return Err(self.gone());
        }
        if !self.replay.path.exists() {
            let (id, path) = (self.id(), self.replay.path.display());
            return Err(Error::new(Code::DeviceDisabled, format!("{id}: the file {path} is not there any more")));
        }
        Ok(())
    }

    /// What it is: a file, or what a session recording says.
    fn info(&self) -> CameraInfo {
        let path = self.replay.path.to_string_lossy().into_owned();
        if let Some(head) = self.trace_head() {
            return trace::camera(&head, self.id(), path);
        }
        CameraInfo {
            id: self.id(),
            name: self.replay.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            driver: "replay".into(),
            path,
            position: Position::Unspecified,
            connection: Connection::BuiltIn,
            orientation: 0,
        }
    }

    fn trace_head(&self) -> Option<matroska::Head> {
        let mut input = Input::open(&self.replay.path).ok()?;
        let head = matroska::Head::read(&mut input).ok()?;
        trace::is_trace(&head).then_some(head)
    }
}

/// The cameras `replay:0` and so on.
pub(crate) struct ReplayCameras {
    reactor: Arc<Reactor>,
    workers: Arc<Workers>,
    cameras: Vec<Arc<Camera>>,
    watchers: Arc<Watchers>,
}

impl ReplayCameras {
    pub(crate) fn new(reactor: Arc<Reactor>, workers: Arc<Workers>, replays: Vec<Replay>) -> ReplayCameras {
        let watchers = Arc::<Watchers>::default();
        let camera = |(number, replay)| {
            Arc::new(Camera { number, replay, plug: Plug::new(&watchers), opened: AtomicBool::new(false) })
        };
        let cameras = replays.into_iter().enumerate().map(camera).collect();
        ReplayCameras { reactor, workers, cameras, watchers }
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
        Ok(self.cameras.iter().filter(|camera| camera.is_present()).map(|camera| camera.info()).collect())
    }

    fn modes(&self, id: &str) -> Result<Vec<NativeMode>> {
        Ok(vec![mode(&self.find(id)?.open()?.facts())])
    }

    fn open(&self, id: &str) -> Result<Arc<dyn Device>> {
        let camera = self.find(id)?.clone();
        let reader = camera.open()?;
        let plugged = camera.plug.number();
        if !camera.plug.is_in() {
            return Err(camera.gone());
        }
        Ok(Arc::new(ReplayDevice {
            plugged,
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

    fn watch(&self, changes: Weak<dyn Changes>) -> Result<Option<Arc<dyn Watch>>> {
        // Only a session recording tells that its camera goes.
        let goes = self.cameras.iter().any(|camera| camera.trace_head().is_some());
        Ok(goes.then(|| -> Arc<dyn Watch> { Arc::new(PlugWatch::new(&self.watchers, &self.cameras, changes)) }))
    }
}

/// All that a file offers.
fn mode(facts: &Facts) -> NativeMode {
    NativeMode { format: facts.format, size: facts.size, rates: vec![facts.rate] }
}

/// An open file.
struct ReplayDevice {
    camera: Arc<Camera>,
    /// Which time the camera was plugged in.
    plugged: u64,
    facts: Facts,
    reader: Arc<Mutex<Box<dyn Reader>>>,
    reactor: Arc<Reactor>,
    workers: Arc<Workers>,
}

impl Device for ReplayDevice {
    fn check_present(&self) -> Result<()> {
        self.camera.check(self.plugged)
    }

    fn formats(&self) -> Result<Vec<PixelFormat>> {
        Ok(vec![self.facts.format])
    }

    fn modes_of(&self, format: PixelFormat) -> Result<Vec<NativeMode>> {
        Ok(if format == self.facts.format { vec![mode(&self.facts)] } else { Vec::new() })
    }

    fn facts(&self) -> CameraFacts {
        self.reader.lock().camera()
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
        let claim = Claim::new(&self.camera, self.plugged)?;
        let (reactor, workers, reader) = (self.reactor.clone(), self.workers.clone(), self.reader.clone());
        Ok(Arc::new(ReplayStream::new(reactor, workers, reader, self.facts, claim, config.buffers)))
    }
}
