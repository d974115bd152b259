//! One recording: from frames as they come to a file, whatever the format and the container.

use super::Container;
use super::avc::{self, Content, Parameters};
use super::file::{self, Output, Sink};
use super::matroska::{Codec, Matroska};
use super::raw::{self, Components};
use super::timeline::Timeline;
use super::y4m::Y4m;
use crate::error::{Error, Result};
use crate::format::{FrameRate, PixelFormat, Size};
use crate::frame::{Frame, FrameInfo};
use crate::image::jpeg;
use std::time::SystemTime;

const H264: PixelFormat = PixelFormat::from_fourcc(*b"H264");

/// What became of a frame.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is in the file.
    Written,
    /// It was not for the file: parameters of a stream, which are in the file's header.
    Used,
    /// It is not in the file, because of this.
    Skipped(String),
}

/// How a format gets into a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    MotionJpeg,
    Avc,
    Uncompressed([u8; 4]),
    Planes(Components),
}

fn way(container: Container, format: PixelFormat) -> Option<Way> {
    let planes = || raw::components(format).map(Way::Planes);
    match container {
        Container::Matroska if format.is_jpeg() => Some(Way::MotionJpeg),
        Container::Matroska if format == H264 => Some(Way::Avc),
        Container::Matroska => crate::format::matroska::fourcc(format).map(Way::Uncompressed).or_else(planes),
        Container::Y4m => planes(),
    }
}

/// Can a container hold frames of this format?
pub(super) fn accepts(container: Container, format: PixelFormat) -> bool {
    way(container, format).is_some()
}

enum Muxer {
    Matroska(Matroska),
    Y4m(Y4m),
}

/// What is known from the first frame on.
struct Stream {
    format: PixelFormat,
    size: Size,
    way: Way,
    /// Made when the header is written.
    muxer: Option<Muxer>,
}

/// A recording under way.
pub(super) struct Recording {
    container: Container,
    rate: Option<FrameRate>,
    out: Output,
    timeline: Timeline,
    stream: Option<Stream>,
    /// Frames in the file.
    frames: u64,
    parameters: Parameters,
    /// Pictures that need others are of no use until a key frame comes.
    needs_key: bool,
    /// The number that the next frame has if none is lost.
    expected: Option<u64>,
    /// Memory for frames that cannot be written from where they are.
    scratch: Vec<u8>,
}

impl Recording {
    pub(super) fn new(container: Container, rate: Option<FrameRate>, sink: Box<dyn Sink>) -> Recording {
        Recording {
            container,
            rate,
            out: Output::new(sink),
            timeline: Timeline::new(rate.map_or(0, FrameRate::period_ns)),
            stream: None,
            frames: 0,
            parameters: Parameters::default(),
            needs_key: true,
            expected: None,
            scratch: Vec::new(),
        }
    }

    /// Bytes in the file.
    pub(super) fn bytes(&self) -> u64 {
        self.out.length()
    }

    /// What the file lasts, in nanoseconds.
    pub(super) fn duration_ns(&self) -> u64 {
        self.timeline.duration()
    }

    /// The next frame follows without a gap in time.
    pub(super) fn pause(&mut self) {
        self.timeline.pause();
        self.needs_key = true;
        self.expected = None;
    }

    /// Writes a frame. A failure is the end of the recording, of which everything before this
    /// frame is kept.
    pub(super) fn frame(&mut self, frame: &Frame) -> Result<Taken> {
        let info = *frame.info();
        let way = self.way(&info)?;
        let bytes = || frame.plane(0).map_or(&[][..], |(_, bytes)| bytes);
        let mut key = true;
        if way == Way::Avc {
            match self.follow(&info, bytes()) {
                Ok(is_key) => key = is_key,
                Err(taken) => return Ok(taken),
            }
        }
        let skipped = |reason: &str| Ok(Taken::Skipped(reason.to_owned()));
        let parts = match way {
            Way::MotionJpeg => match jpeg::whole(bytes()) {
                Ok([a, b, c]) => [a, b, c, &[]],
                Err(error) => return skipped(error.detail()),
            },
            Way::Avc => {
                avc::length_prefixed(bytes(), &mut self.scratch);
                [&self.scratch[..], &[], &[], &[]]
            }
            Way::Uncompressed(_) => match raw::tight(frame, &mut self.scratch) {
                Ok(parts) => parts,
                Err(defect) => return skipped(defect),
            },
            Way::Planes(components) => match raw::planar(frame, &components, &mut self.scratch) {
                Ok(parts) => parts,
                Err(defect) => return skipped(defect),
            },
        };
        let mut timeline = self.timeline;
        let time_ns = timeline.place(info.timestamp_ns);
        let stream = self.stream.as_mut().expect("set by way()");
        let begun = match &mut stream.muxer {
            Some(_) => Ok(()),
            none => begin(self.container, &mut self.out, way, &info, self.rate, &self.parameters)
                .map(|muxer| *none = Some(muxer)),
        };
        let written = begun.and_then(|()| match stream.muxer.as_mut().expect("made above") {
            Muxer::Matroska(matroska) => matroska.frame(&mut self.out, time_ns, key, &parts),
            Muxer::Y4m(y4m) => y4m.frame(&mut self.out, time_ns, &parts),
        });
        written.map_err(|error| file::failure(&error, self.out.length()))?;
        self.timeline = timeline;
        self.frames += 1;
        Ok(Taken::Written)
    }

    /// Follows an H.264 stream: is this picture, which is to be written, a key frame? Or what
    /// becomes of it if it is not to be written.
    fn follow(&mut self, info: &FrameInfo, bytes: &[u8]) -> Result<bool, Taken> {
        let content = self.parameters.look(bytes);
        if content == Content::NoPicture {
            return Err(Taken::Used);
        }
        let key = content == Content::Key || info.flags & FrameInfo::KEYFRAME != 0;
        // What was lost may be what this picture is made from.
        self.needs_key |= self.expected.is_some_and(|expected| expected != info.sequence);
        self.expected = Some(info.sequence.wrapping_add(1));
        if self.needs_key && !key {
            return Err(Taken::Skipped("it needs pictures that are not in the file".into()));
        }
        if self.parameters.record().is_none() {
            return Err(Taken::Skipped("the parameter sets of the stream have not come yet".into()));
        }
        self.needs_key = false;
        Ok(key)
    }

    /// How frames of this kind are written: that of the first frame, whose kind all must have.
    fn way(&mut self, info: &FrameInfo) -> Result<Way> {
        if let Some(stream) = &self.stream {
            if (stream.format, stream.size) != (info.format, info.size) {
                return Err(Error::fatal(format!(
                    "recording ends: the frames are {} {} now, and were {} {}; a file holds one format and size",
                    info.format, info.size, stream.format, stream.size
                )));
            }
            return Ok(stream.way);
        }
        let way = way(self.container, info.format).ok_or_else(|| {
            Error::fatal(format!(
                "recording ends: a {} file cannot hold {} frames, but {}",
                self.container.name(),
                info.format,
                self.container.holds()
            ))
        })?;
        self.stream = Some(Stream { format: info.format, size: info.size, way, muxer: None });
        Ok(way)
    }

    /// Finishes the file; everything is tried, and the first failure returned.
    pub(super) fn finish(mut self) -> (Result<()>, Finished) {
        let duration_ns = self.duration_ns();
        let muxer = self.stream.as_mut().and_then(|stream| stream.muxer.as_mut());
        let finished = match muxer {
            // Files without frames are empty.
            None => Ok(()),
            Some(Muxer::Matroska(matroska)) => matroska.finish(&mut self.out, duration_ns),
            Some(Muxer::Y4m(y4m)) => y4m.finish(&mut self.out),
        };
        let synced = self.out.sync();
        let result = finished.and(synced).map_err(|error| file::failure(&error, self.out.length()));
        (result, Finished { frames: self.frames, bytes: self.bytes(), duration_ns })
    }
}

/// What is in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Finished {
    pub(super) frames: u64,
    pub(super) bytes: u64,
    pub(super) duration_ns: u64,
}

/// Writes the header.
fn begin(
    container: Container,
    out: &mut Output,
    way: Way,
    info: &FrameInfo,
    rate: Option<FrameRate>,
    parameters: &Parameters,
) -> std::io::Result<Muxer> {
    let FrameInfo { format, size, colour, .. } = *info;
    let codec = match way {
        Way::Planes(components) if container == Container::Y4m => {
            return Y4m::begin(out, &components, size, rate, colour.range).map(Muxer::Y4m);
        }
        Way::Planes(components) => Codec::Uncompressed(raw::planar_fourcc(&components)),
        Way::MotionJpeg => Codec::MotionJpeg,
        Way::Avc => Codec::Avc(parameters.record().unwrap_or_default()),
        Way::Uncompressed(fourcc) => Codec::Uncompressed(fourcc),
    };
    // An H.264 stream says itself what its colours mean, and those of RGB mean themselves.
    let told = !matches!(codec, Codec::Avc(_)) && !format.is_rgb();
    Matroska::begin(out, codec, size, told.then_some(colour), SystemTime::now()).map(Muxer::Matroska)
}
