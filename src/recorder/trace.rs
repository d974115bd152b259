//! Writes a trace: a session recording, which replays as the same camera.
//!
//! A file holds one set-up (format, size, rate, colour), because a camera that replays it has one
//! mode, and a track of Matroska one format. When a run begins with another set-up, the trace goes on
//! in a file beside the first: `trace.mkv`, `trace-2.mkv`, `trace-3.mkv`.

mod file;

use super::file::{Output, Regular, Sink};
use super::raw;
use crate::disk;
use crate::error::{Error, Result};
use crate::format::Layout;
use crate::frame::{Frame, FrameInfo};
use crate::sync::Arc;
use crate::trace::{self, Event, Line, Picture, Setup, Tag};
use file::{Block, TraceFile};
use std::io;
use std::path::{Path, PathBuf};

/// More files than this are not made: whoever reconfigures that often fills a folder.
const MOST_FILES: u32 = 99;

/// What a session is set to, and with which camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Configuration {
    pub(crate) setup: Setup,
    /// What the camera is.
    pub(crate) camera: Vec<Tag>,
    /// The plan, in words.
    pub(crate) plan: String,
}

/// What a trace is given.
#[expect(
    clippy::large_enum_variant,
    reason = "they wait in memory that is kept, and boxes would be made for each frame"
)]
pub(crate) enum Entry {
    /// The session was committed, or its rate changed.
    Configured(Arc<Configuration>),
    /// Something happened; a frame's picture comes with it unless it was left out.
    Line(Line, Option<Frame>),
}

/// Makes the files of a trace.
pub(super) type Create = Box<dyn FnMut(&Path) -> Result<Box<dyn Sink>> + Send>;

/// Writes a trace to files.
pub(crate) struct Writer {
    path: PathBuf,
    create: Create,
    out: Output,
    /// The file, once it has a head: what is set up must be known for that.
    file: Option<(TraceFile, Setup)>,
    files: u32,
    /// Bytes of the files before this one.
    before: u64,
    configuration: Option<Arc<Configuration>>,
    /// It is not in the present file yet.
    is_new: bool,
    text: String,
    /// Memory for pictures with padding.
    scratch: Vec<u8>,
}

/// The name of the n-th file: `a.mkv` goes on as `a-2.mkv`.
fn nth(path: &Path, number: u32) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

impl Writer {
    /// Makes the file, or empties the one that is there.
    pub(crate) fn new(path: &Path) -> Result<Writer> {
        Self::with(path, Box::new(|path| Ok(Box::new(Regular::create(path)?))))
    }

    pub(super) fn with(path: &Path, mut create: Create) -> Result<Writer> {
        disk::check_path(path, "the trace's")?;
        let out = Output::new(create(path)?);
        Ok(Writer {
            path: path.to_owned(),
            create,
            out,
            file: None,
            files: 1,
            before: 0,
            configuration: None,
            is_new: false,
            text: String::new(),
            scratch: Vec::new(),
        })
    }

    /// Bytes in all files.
    pub(crate) fn bytes(&self) -> u64 {
        self.before + self.out.length()
    }

    pub(crate) fn files(&self) -> u32 {
        self.files
    }

    /// Writes an entry; tells whether a picture is in the file now. After a failure the file ends with
    /// the entry before, and nothing more should be written.
    pub(crate) fn write(&mut self, entry: &Entry) -> Result<bool> {
        match entry {
            Entry::Configured(configuration) => {
                self.configuration = Some(configuration.clone());
                self.is_new = true;
                Ok(false)
            }
            Entry::Line(line, frame) => {
                self.make_ready(line)?;
                if self.file.is_none() {
                    // Of a session that has not been committed there is nothing to tell.
                    return Ok(false);
                }
                self.write_line(line, frame.as_ref())
            }
        }
    }

    /// Sees to it that there is a file that can hold this line.
    fn make_ready(&mut self, line: &Line) -> Result<()> {
        if !self.is_new {
            return Ok(());
        }
        let Some(configuration) = self.configuration.clone() else { return Ok(()) };
        let begins = matches!(line.event, Event::Start | Event::StartFailed(_));
        let other = self.file.as_ref().is_some_and(|(_, setup)| *setup != configuration.setup);
        if other && !begins {
            // What comes before its first run is still about what was.
            return Ok(());
        }
        if other {
            self.next_file(line.at_ns)?;
        }
        self.is_new = false;
        if self.file.is_none() {
            self.begin_file(&configuration, line.at_ns)?;
        }
        let told = Line { at_ns: line.at_ns, event: Event::Configuration(configuration.plan.clone()) };
        self.write_line(&told, None).map(drop)
    }

    fn begin_file(&mut self, configuration: &Configuration, origin_ns: i64) -> Result<()> {
        let library = concat!("camera-session ", env!("CARGO_PKG_VERSION"));
        let own = [
            (trace::MARK.into(), trace::VERSION.to_owned()),
            ("LIBRARY".into(), library.to_owned()),
            ("KERNEL".into(), kernel()),
            ("FILE_OF_TRACE".into(), self.files.to_string()),
        ];
        let plan = [("PLAN".into(), configuration.plan.trim_end().to_owned())];
        let setup = configuration.setup.tags();
        let tags = own.iter().chain(&setup).chain(&configuration.camera).chain(&plan);
        let begun = TraceFile::begin(&mut self.out, &configuration.setup, tags, origin_ns);
        self.file = Some((begun.map_err(|error| self.failure(&error))?, configuration.setup));
        Ok(())
    }

    /// Closes the present file and makes the next.
    fn next_file(&mut self, at_ns: i64) -> Result<()> {
        if self.files == MOST_FILES {
            return Err(Error::fatal(format!(
                "the trace ends: the session was configured so often that it has {MOST_FILES} files"
            )));
        }
        self.write_line(&Line { at_ns, event: Event::Close }, None)?;
        self.finish_file()?;
        let path = nth(&self.path, self.files + 1);
        let sink = (self.create)(&path)
            .map_err(|error| Error::fatal(format!("the trace ends with another configuration: {}", error.detail())))?;
        self.before += self.out.length();
        self.out = Output::new(sink);
        self.files += 1;
        Ok(())
    }

    fn write_line(&mut self, line: &Line, frame: Option<&Frame>) -> Result<bool> {
        let (parts, told) = match (&line.event, frame) {
            (Event::Frame { number, taken_ns, flags, .. }, Some(frame)) => {
                let (picture, parts) = match picture(frame, &mut self.scratch) {
                    Ok(parts) => (Picture::Bytes(parts.iter().map(|part| part.len() as u64).sum()), Some(parts)),
                    Err(defect) => (Picture::LeftOut(defect.into()), None),
                };
                let event = Event::Frame { number: *number, taken_ns: *taken_ns, flags: *flags, picture };
                (parts, Some(Line { at_ns: line.at_ns, event }))
            }
            _ => (None, None),
        };
        let (is_frame, picture) = (matches!(line.event, Event::Frame { .. }), parts.is_some());
        trace::write(&mut self.text, told.as_ref().unwrap_or(line));
        let key = |frame: &Frame| {
            let info = frame.info();
            !info.format.is_compressed() || info.format.is_jpeg() || info.flags & FrameInfo::KEYFRAME != 0
        };
        let block = parts.map(|parts| Block { parts, key: frame.is_some_and(key) });
        let Some((file, _)) = &mut self.file else { return Ok(false) };
        let written = file.line(&mut self.out, line.at_ns, &self.text, is_frame, block);
        written.map(|()| picture).map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &io::Error) -> Error {
        let (bytes, why) = (self.bytes(), disk::why_not_written(error));
        Error::fatal(format!("the trace ends after {bytes} bytes, which can be replayed: {why}"))
    }

    fn finish_file(&mut self) -> Result<()> {
        let finished = self.file.take().map_or(Ok(()), |(mut file, _)| file.finish(&mut self.out));
        let synced = self.out.sync();
        finished.and(synced).map_err(|error| self.failure(&error))
    }

    /// Closes the trace; everything is tried, and the first failure returned.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.finish_file()
    }
}

/// The bytes of a frame: without the padding of rows where the layout is known, else all.
fn picture<'a>(frame: &'a Frame, scratch: &'a mut Vec<u8>) -> std::result::Result<raw::Parts<'a>, &'static str> {
    let info = frame.info();
    let known = Layout::new(info.format, info.size, &[]).is_some_and(|layout| layout.memory_length(0) > 0);
    if known {
        return raw::tight(frame, scratch);
    }
    let mut parts = raw::Parts::default();
    for (part, (_, bytes)) in parts.iter_mut().zip(frame.planes()) {
        *part = bytes;
    }
    Ok(parts)
}

/// The release of the kernel, whose drivers the camera has.
fn kernel() -> String {
    std::fs::read_to_string("/proc/sys/kernel/osrelease").map_or("unknown".into(), |text| text.trim().to_owned())
}
