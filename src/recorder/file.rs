//! The file that is written, and what may go wrong with it.
//!
//! Everything is written with its position, so that neither a shared file offset nor a failed
//! write moves anything. Only files and devices are taken: whoever closes the other end of a
//! pipe or a socket would send this process SIGPIPE, whose handling is the application's.

use crate::disk;
use crate::error::{Error, Result};
use rustix::fs::{FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, ErrorKind, IoSlice};
use std::os::fd::OwnedFd;
use std::path::Path;

/// What bytes are written to.
pub(super) trait Sink: Send {
    /// Writes the parts one after the other from this position. On failure some of it may have
    /// been written. The parts are used up.
    fn write_at(&mut self, at: u64, parts: &mut [IoSlice<'_>]) -> io::Result<()>;
    /// Cuts off what is beyond this length.
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// Returns when everything is on the medium.
    fn sync(&mut self) -> io::Result<()>;
}

/// A sink and how much of it is in use.
pub(super) struct Output {
    sink: Box<dyn Sink>,
    length: u64,
}

impl Output {
    pub(super) fn new(sink: Box<dyn Sink>) -> Output {
        Output { sink, length: 0 }
    }

    /// Bytes from the start to the end.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Adds the parts at the end: all of them, or none.
    pub(super) fn append(&mut self, parts: &mut [IoSlice<'_>]) -> io::Result<()> {
        let more: u64 = parts.iter().map(|part| part.len() as u64).sum();
        let written = self.sink.write_at(self.length, parts);
        match written {
            Ok(()) => self.length += more,
            // If this fails too, what was written stays: a torn end, as after a crash.
            Err(_) => drop(self.sink.cut(self.length)),
        }
        written
    }

    /// Writes over what is there.
    pub(super) fn patch(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        debug_assert!(at + bytes.len() as u64 <= self.length);
        self.sink.write_at(at, &mut [IoSlice::new(bytes)])
    }

    /// Returns when everything is on the medium: only then has every write succeeded (on a
    /// network file system the disk may turn out to be full here).
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.sink.sync()
    }
}

/// A file or device of the operating system.
pub(super) struct Regular(File);

/// What messages call a file whose name is not known.
const DESCRIPTOR: &str = "the file descriptor";

impl Regular {
    /// Creates the file, or empties the one that is there, but for one that is being played or written:
    /// it would be lost.
    pub(super) fn create(path: &Path) -> Result<Regular> {
        let cannot = |errno: Errno| disk::cannot_make(path, &errno.into());
        // NONBLOCK: opening a pipe without a reader would wait for one.
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        let fd = rustix::fs::open(path, flags, Mode::from_raw_mode(0o666)).map_err(|errno| match errno {
            // A pipe without a reader, or a socket.
            Errno::NXIO => not_a_file(&path.display().to_string()),
            errno => cannot(errno),
        })?;
        check_kind(&fd, &path.display().to_string())?;
        let flags = rustix::fs::fcntl_getfl(&fd).map_err(cannot)?;
        rustix::fs::fcntl_setfl(&fd, flags - OFlags::NONBLOCK).map_err(cannot)?;
        // File systems without locks have no such protection.
        if rustix::fs::flock(&fd, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK) {
            return Err(Error::not_allowed(format!(
                "{} is being played by a replay camera, or written by another recording: choose another name",
                path.display()
            )));
        }
        match rustix::fs::ftruncate(&fd, 0) {
            // A device has nothing to cut off.
            Ok(()) | Err(Errno::INVAL) => {}
            Err(errno) => return Err(cannot(errno)),
        }
        Ok(Regular(fd.into()))
    }

    /// Takes a file that the application opened. It is written from its start, whatever its
    /// offset; what it held before is cut off. A descriptor that is refused is given back.
    pub(super) fn from_descriptor(fd: OwnedFd) -> std::result::Result<Regular, (Error, OwnedFd)> {
        // Again: its flags may have been changed through the application's own.
        if let Err(error) = Self::check_descriptor(&fd) {
            return Err((error, fd));
        }
        let mut file = Regular(fd.into());
        match file.cut(0) {
            Ok(()) => Ok(file),
            Err(error) => Err((Error::fatal(format!("{DESCRIPTOR} cannot be emptied: {error}")), file.0.into())),
        }
    }

    /// Can a recording be written to this?
    pub(super) fn check_descriptor(fd: &OwnedFd) -> Result<()> {
        check_kind(fd, DESCRIPTOR)?;
        let flags = rustix::fs::fcntl_getfl(fd)
            .map_err(|errno| Error::invalid(format!("{DESCRIPTOR} is not usable: {errno}")))?;
        if !flags.intersects(OFlags::WRONLY | OFlags::RDWR) {
            return Err(Error::invalid(format!(
                "{DESCRIPTOR} is not open for writing: open it with O_RDWR or O_WRONLY"
            )));
        }
        if flags.contains(OFlags::APPEND) {
            // Linux appends whatever position a write names: sizes could not be put in.
            return Err(Error::invalid(format!("{DESCRIPTOR} is open with O_APPEND: open it without")));
        }
        Ok(())
    }
}

/// Files and devices only.
fn check_kind(fd: &OwnedFd, name: &str) -> Result<()> {
    let stat = rustix::fs::fstat(fd).map_err(|errno| Error::invalid(format!("{name} is not usable: {errno}")))?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile | FileType::CharacterDevice | FileType::BlockDevice => Ok(()),
        _ => Err(not_a_file(name)),
    }
}

fn not_a_file(name: &str) -> Error {
    Error::invalid(format!("{name} is not a file: recordings go to files, not to pipes or sockets"))
}

impl Sink for Regular {
    fn write_at(&mut self, mut at: u64, mut parts: &mut [IoSlice<'_>]) -> io::Result<()> {
        let length: u64 = parts.iter().map(|part| part.len() as u64).sum();
        disk::check_limit(at + length)?;
        // Goes over empty parts at the front, too.
        IoSlice::advance_slices(&mut parts, 0);
        while !parts.is_empty() {
            match rustix::io::pwritev(&self.0, parts, at) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    at += written as u64;
                    IoSlice::advance_slices(&mut parts, written);
                }
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        match rustix::fs::ftruncate(&self.0, length) {
            // A device has no length.
            Err(Errno::INVAL) => Ok(()),
            other => Ok(other?),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        match rustix::fs::fdatasync(&self.0) {
            // A device, or a file system, that has nothing to wait for.
            Err(Errno::INVAL | Errno::NOTSUP | Errno::ROFS) => Ok(()),
            other => Ok(other?),
        }
    }
}

/// A failed write as the application hears of it.
pub(super) fn failure(error: &io::Error, written: u64) -> Error {
    let kept = match written {
        0 => "before its first frame".into(),
        _ => format!("after {written} bytes, which stay playable"),
    };
    Error::fatal(format!("recording ends {kept}: {}", disk::why_not_written(error)))
}
