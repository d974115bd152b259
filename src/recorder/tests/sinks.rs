//! Sinks that are not files.

use super::super::file::Sink;
use crate::sync::{Arc, Condvar, Mutex};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, IoSlice};

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    /// Bytes that there is room for, and how writing more fails.
    room: Option<(usize, ErrorKind)>,
    /// Nothing that is there can be changed.
    append_only: bool,
    closed: bool,
    /// Writes wait until this is false.
    held: bool,
    writes: usize,
}

/// A file in memory, of limited size if wanted. Clones are the same file.
#[derive(Clone, Default)]
pub(super) struct Memory(Arc<(Mutex<State>, Condvar)>);

impl Memory {
    pub(super) fn with_room(room: usize, error: ErrorKind) -> Memory {
        let memory = Memory::default();
        memory.0.0.lock().room = Some((room, error));
        memory
    }

    pub(super) fn append_only() -> Memory {
        let memory = Memory::default();
        memory.0.0.lock().append_only = true;
        memory
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.0.lock().bytes.clone()
    }

    /// Makes writes wait from now on, or no longer.
    pub(super) fn hold(&self, held: bool) {
        self.0.0.lock().held = held;
        self.0.1.notify_all();
    }

    /// Returns when so many writes have begun.
    pub(super) fn wait_for_writes(&self, writes: usize) {
        let mut state = self.0.0.lock();
        while state.writes < writes {
            self.0.1.wait(&mut state);
        }
    }
}

impl Sink for Memory {
    fn write_at(&mut self, at: u64, parts: &mut [IoSlice<'_>]) -> io::Result<()> {
        let mut state = self.0.0.lock();
        assert!(!state.closed, "written after its end");
        state.writes += 1;
        self.0.1.notify_all();
        while state.held {
            self.0.1.wait(&mut state);
        }
        let mut at = usize::try_from(at).unwrap();
        assert!(at <= state.bytes.len(), "a hole");
        if state.append_only && at < state.bytes.len() {
            return Err(ErrorKind::PermissionDenied.into());
        }
        for part in parts {
            // As a disk does it: what there is room for is written.
            let room = state.room.map_or(usize::MAX, |(room, _)| room.saturating_sub(at));
            let fits = &part[..part.len().min(room)];
            let length = state.bytes.len().max(at + fits.len());
            state.bytes.resize(length, 0);
            state.bytes[at..at + fits.len()].copy_from_slice(fits);
            at += fits.len();
            if fits.len() < part.len() {
                return Err(state.room.unwrap().1.into());
            }
        }
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.0.0.lock().bytes.truncate(usize::try_from(length).unwrap());
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.0.lock().closed = true;
        Ok(())
    }
}

/// A file of any size: what is written in large pieces is taken to be zero.
#[derive(Clone, Default)]
pub(super) struct Sparse(Arc<Mutex<Pieces>>);

#[derive(Default)]
struct Pieces {
    small: BTreeMap<u64, Vec<u8>>,
    length: u64,
}

impl Sparse {
    const LARGE: usize = 1 << 16;

    pub(super) fn length(&self) -> u64 {
        self.0.lock().length
    }

    pub(super) fn read(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        let state = self.0.lock();
        let end = at.checked_add(length as u64).filter(|end| *end <= state.length)?;
        let mut out = vec![0; length];
        let first = at.saturating_sub(Self::LARGE as u64);
        for (&piece_at, piece) in state.small.range(first..end) {
            for (index, byte) in piece.iter().enumerate() {
                let place = piece_at + index as u64;
                if (at..end).contains(&place) {
                    out[(place - at) as usize] = *byte;
                }
            }
        }
        Some(out)
    }
}

impl Sink for Sparse {
    fn write_at(&mut self, mut at: u64, parts: &mut [IoSlice<'_>]) -> io::Result<()> {
        let mut state = self.0.lock();
        for part in parts {
            if part.len() < Self::LARGE {
                // Later pieces are written over earlier ones that begin at the same place or before.
                if let Some((&old_at, old)) = state.small.range_mut(..=at).next_back()
                    && at + part.len() as u64 <= old_at + old.len() as u64
                {
                    let from = (at - old_at) as usize;
                    old[from..from + part.len()].copy_from_slice(part);
                } else if !part.is_empty() {
                    state.small.insert(at, part.to_vec());
                }
            }
            at += part.len() as u64;
        }
        state.length = state.length.max(at);
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.0.lock().length = length;
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A real file in which large pieces of data are holes.
pub(super) struct Holes(pub(super) std::fs::File);

impl Sink for Holes {
    fn write_at(&mut self, mut at: u64, parts: &mut [IoSlice<'_>]) -> io::Result<()> {
        use std::os::unix::fs::FileExt;
        for part in parts {
            if part.len() < Sparse::LARGE {
                self.0.write_all_at(part, at)?;
            }
            at += part.len() as u64;
        }
        let length = self.0.metadata()?.len().max(at);
        self.0.set_len(length)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}
