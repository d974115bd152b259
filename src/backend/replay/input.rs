//! Pieces of a file, by their position.

use crate::error::{Code, Error, Result};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Bytes that are read at once where they are looked through.
const WINDOW: usize = 1 << 16;

/// A file that is played.
pub(super) struct Input {
    file: File,
    path: PathBuf,
    /// The bytes that were looked at last, and where they are.
    window: Vec<u8>,
    window_at: u64,
}

impl Input {
    pub(super) fn open(path: &Path) -> Result<Input> {
        let shown = path.display();
        // NONBLOCK: opening a pipe would wait for its other end.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        let opened = rustix::fs::open(path, flags, Mode::empty());
        let file = File::from(opened.map_err(|errno| {
            let (code, advice) = match errno {
                Errno::NOENT | Errno::NOTDIR => (Code::DeviceDisabled, "; see to it that the file is there"),
                Errno::ACCESS | Errno::PERM => (Code::OperationNotAllowed, "; this user may not read it"),
                _ => (Code::ServiceFatalError, ""),
            };
            Error::new(code, format!("the file {shown} cannot be opened: {errno}{advice}"))
        })?);
        let kind = file.metadata().map_err(|error| Error::fatal(format!("the file {shown}: {error}")))?;
        if !kind.is_file() {
            return Err(Error::fatal(format!("{shown} is no file, and cannot be played")));
        }
        // So that no recording overwrites it. One that is still being written can be played all the same.
        let _ = rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockShared);
        Ok(Input { file, path: path.to_owned(), window: Vec::new(), window_at: 0 })
    }

    /// The failure of a file that cannot be used, for this reason.
    pub(super) fn refuse(&self, why: String) -> Error {
        Error::fatal(format!("the file {} cannot be played: {why}", self.path.display()))
    }

    /// The same, with the place of what is wrong.
    pub(super) fn refuse_at(&self, at: u64, expected: &str) -> Error {
        self.refuse(format!("at byte {at} {expected} is expected, and something else is there"))
    }

    /// Bytes that the file has now.
    pub(super) fn length(&self) -> Result<u64> {
        let metadata = self.file.metadata();
        metadata.map(|metadata| metadata.len()).map_err(|error| self.refuse(error.to_string()))
    }

    /// Fills `into` from this position on, as far as there is something; returns how far.
    pub(super) fn read(&self, at: u64, into: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < into.len() {
            let Some(position) = at.checked_add(filled as u64).filter(|at| i64::try_from(*at).is_ok()) else { break };
            match self.file.read_at(&mut into[filled..], position) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.refuse(format!("reading at byte {position}: {error}"))),
            }
        }
        Ok(filled)
    }

    /// The bytes from this position on, at least one and at most a window; empty at the end.
    pub(super) fn look(&mut self, at: u64) -> Result<&[u8]> {
        let within = |at: u64, start: u64, length: usize| at >= start && at - start < length as u64;
        if !within(at, self.window_at, self.window.len()) {
            let mut window = std::mem::take(&mut self.window);
            window.resize(WINDOW, 0);
            let count = self.read(at, &mut window)?;
            window.truncate(count);
            (self.window, self.window_at) = (window, at);
        }
        Ok(&self.window[(at - self.window_at) as usize..])
    }

    /// The byte at this position; `None` behind the end.
    pub(super) fn byte(&mut self, at: u64) -> Result<Option<u8>> {
        Ok(self.look(at)?.first().copied())
    }

    /// So many bytes; `None` when the file ends before.
    pub(super) fn array<const N: usize>(&mut self, at: u64) -> Result<Option<[u8; N]>> {
        let mut array = [0; N];
        for (index, byte) in (0u64..).zip(array.iter_mut()) {
            match self.byte(at.saturating_add(index))? {
                Some(found) => *byte = found,
                None => return Ok(None),
            }
        }
        Ok(Some(array))
    }

    /// So many bytes, with zeros where the file is shorter.
    pub(super) fn array_or_zeros<const N: usize>(&mut self, at: u64) -> Result<[u8; N]> {
        let mut array = [0; N];
        self.read(at, &mut array)?;
        Ok(array)
    }
}
