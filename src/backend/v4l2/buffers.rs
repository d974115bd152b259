//! Who has which of the driver's buffers.
//!
//! A buffer is with the driver (its lease is parked here, unused), or under frames that are
//! held, or free, because the stream stands still. Whoever gives a buffer to the driver takes
//! its lease first, which only one can; so a buffer that is released on one thread while the
//! stream is started on another is queued once, and never under a frame.

use super::device::{MIN_BUFFERS, Node};
use super::error::{Errno, is_gone};
use super::sys::{self, Filled, Mapping};
use crate::error::{Error, Result};
use crate::format::MAX_PLANES;
use crate::frame::{Buffer, Home, Lease, Memory};
use crate::runtime::{Log, log::Level};
use crate::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use crate::sync::{Arc, Mutex, RwLock, Weak};

/// Buffers that a driver gets before it is told to start.
const ENOUGH_TO_START: u32 = 4;

struct Slot {
    buffer: Arc<Buffer>,
    /// Length of each memory, which QBUF must be told.
    lengths: Vec<u32>,
    /// The lease while the driver has the buffer.
    parked: Mutex<Option<Lease>>,
    /// QBUF failed: parked, but not with the driver.
    stranded: AtomicBool,
}

/// The buffers of one REQBUFS.
pub(super) struct BufferSet {
    node: Arc<Node>,
    slots: Vec<Slot>,
    /// Does the stream run? Read-locked over each QBUF of a released buffer, so that none is
    /// under way any more when the writer has it.
    running: RwLock<bool>,
    /// Buffers with the driver.
    queued: AtomicU32,
    stranded: AtomicU32,
    /// Can the driver forget buffers that are still mapped (Linux 5.0 and later)?
    pub(super) leaves_orphans: bool,
    log: Arc<Log>,
}

impl BufferSet {
    /// Allocates and maps about `count` buffers, two at least. On failure the driver has none.
    pub(super) fn allocate(node: &Arc<Node>, memories: usize, count: u32, log: &Arc<Log>) -> Result<Arc<BufferSet>> {
        let (given, capabilities) = sys::request_buffers(node.fd(), node.interface, count)
            .map_err(|errno| node.failure(format_args!("asking for {count} buffers"), errno))?;
        let mapped = if given < MIN_BUFFERS {
            Err(Error::fatal(format!(
                "{}: the driver gave {given} of {count} buffers, too few to stream; use a smaller size",
                node.path.display()
            )))
        } else {
            (0..given).map(|index| map(node, memories, index)).collect::<Result<Vec<_>>>()
        };
        let mapped = match mapped {
            Ok(mapped) => mapped,
            Err(error) => {
                // The mappings are gone by now, which old kernels insist on.
                let _ = node.free_buffers();
                return Err(error);
            }
        };
        if given < count {
            log.write(Level::Warning, || format!("{}: {given} of {count} buffers", node.path.display()));
        }
        Ok(Arc::new_cyclic(|home: &Weak<BufferSet>| {
            let slot = |(index, (memories, lengths)): (usize, Mapped)| Slot {
                buffer: Buffer::new(index as u32, memories, home.clone()),
                lengths,
                parked: Mutex::new(None),
                stranded: AtomicBool::new(false),
            };
            BufferSet {
                node: node.clone(),
                slots: mapped.into_iter().enumerate().map(slot).collect(),
                running: RwLock::new(false),
                queued: AtomicU32::new(0),
                stranded: AtomicU32::new(0),
                leaves_orphans: capabilities & sys::ORPHANED_BUFS != 0,
                log: log.clone(),
            }
        }))
    }

    pub(super) fn count(&self) -> usize {
        self.slots.len()
    }

    /// Buffers under no frame, while the stream stands still.
    pub(super) fn free(&self) -> usize {
        self.slots.iter().filter(|slot| !slot.buffer.is_held()).count()
    }

    /// Buffers that the driver has to fill.
    pub(super) fn queued(&self) -> u32 {
        self.queued.load(Ordering::Relaxed)
    }

    /// Gives the driver every free buffer and starts it.
    pub(super) fn start(&self) -> Result<()> {
        // First, so that a buffer released from now on queues itself.
        *self.running.write() = true;
        let started = self.start_running();
        if started.is_err() {
            let _ = self.stop();
        }
        started
    }

    fn start_running(&self) -> Result<()> {
        // The rest follows when the driver streams, so that its first frame does not wait for it.
        let rest = self.queue_free(0, ENOUGH_TO_START)?;
        if self.queued() < MIN_BUFFERS {
            return Err(Error::fatal(format!(
                "{}: {} of {} buffers are free, the others are under frames that are held; release frames and try again",
                self.node.path.display(),
                self.queued(),
                self.count()
            )));
        }
        sys::stream(self.node.fd(), self.node.interface, true)
            .map_err(|errno| self.node.failure("starting the stream (STREAMON)", errno))?;
        self.queue_free(rest, u32::MAX).map(|_| ())
    }

    /// Gives free buffers to the driver, from number `first` on, until it has `enough`; returns
    /// the number to go on with.
    fn queue_free(&self, first: usize, enough: u32) -> Result<usize> {
        for (index, slot) in self.slots.iter().enumerate().skip(first) {
            if self.queued() >= enough {
                return Ok(index);
            }
            if let Some(lease) = slot.buffer.lease() {
                self.queue(index, lease)
                    .map_err(|errno| self.node.failure(format_args!("giving buffer {index} to the driver"), errno))?;
            }
        }
        Ok(self.slots.len())
    }

    /// Stops the driver and takes every buffer back from it.
    pub(super) fn stop(&self) -> Result<(), Errno> {
        *self.running.write() = false;
        let stopped = sys::stream(self.node.fd(), self.node.interface, false);
        for slot in &self.slots {
            slot.stranded.store(false, Ordering::Relaxed);
            // In two steps: the lease's end must not find the slot locked.
            let lease = slot.parked.lock().take();
            drop(lease);
        }
        self.stranded.store(0, Ordering::Relaxed);
        self.queued.store(0, Ordering::Relaxed);
        stopped
    }

    /// A filled buffer, `None` when there is none now. For the reactor, while it runs.
    pub(super) fn dequeue(&self) -> Result<Option<(Lease, Filled)>, Errno> {
        let filled = match sys::dequeue_buffer(self.node.fd(), self.node.interface) {
            Ok(filled) => filled,
            Err(Errno::AGAIN) => return Ok(None),
            Err(errno) => return Err(errno),
        };
        // A buffer that the driver was not given is a defect of the driver's.
        let slot = self.slots.get(filled.index as usize).ok_or(Errno::PROTO)?;
        let lease = slot.parked.lock().take().ok_or(Errno::PROTO)?;
        self.queued.fetch_sub(1, Ordering::Relaxed);
        Ok(Some((lease, filled)))
    }

    /// Gives a buffer that was just dequeued back. For the reactor, while it runs.
    pub(super) fn requeue(&self, filled: &Filled, lease: Lease) {
        // What fails is tried again later.
        let _ = self.queue(filled.index as usize, lease);
    }

    /// Gives a buffer to the driver. On failure it stays parked, to be tried again or to be
    /// taken back by `stop`.
    fn queue(&self, index: usize, lease: Lease) -> Result<(), Errno> {
        let slot = &self.slots[index];
        // Before the driver has it: it may be filled and dequeued before QBUF returns here.
        *slot.parked.lock() = Some(lease);
        let queued = self.hand_over(index);
        if let Err(errno) = queued {
            slot.stranded.store(true, Ordering::Release);
            self.stranded.fetch_add(1, Ordering::Release);
            // The reactor finds out about an unplug, and says so once.
            if !is_gone(errno) {
                self.log.write(Level::Warning, || {
                    self.node.failure(format_args!("giving buffer {index} to the driver"), errno).to_string()
                });
            }
        }
        queued
    }

    fn hand_over(&self, index: usize) -> Result<(), Errno> {
        self.queued.fetch_add(1, Ordering::Relaxed);
        let queued = sys::queue_buffer(self.node.fd(), self.node.interface, index as u32, &self.slots[index].lengths);
        if queued.is_err() {
            self.queued.fetch_sub(1, Ordering::Relaxed);
        }
        queued
    }

    /// Tries again what failed to be queued. The stream must run until this returns.
    pub(super) fn rescue(&self) {
        if self.stranded.load(Ordering::Acquire) == 0 {
            return;
        }
        for (index, slot) in self.slots.iter().enumerate() {
            if slot.stranded.swap(false, Ordering::AcqRel) {
                match self.hand_over(index) {
                    Ok(()) => drop(self.stranded.fetch_sub(1, Ordering::AcqRel)),
                    Err(_) => slot.stranded.store(true, Ordering::Release),
                }
            }
        }
    }
}

impl Home for BufferSet {
    fn give_back(&self, index: u32) {
        let running = self.running.read();
        if !*running {
            return;
        }
        // Somebody else may have queued it already: then there is nothing to do.
        if let Some(lease) = self.slots.get(index as usize).and_then(|slot| slot.buffer.lease()) {
            // After an error the buffer is tried again below, and with the next ones.
            let _ = self.queue(index as usize, lease);
        }
        self.rescue();
    }
}

/// The memories of one buffer, and their lengths.
type Mapped = (Vec<Box<dyn Memory>>, Vec<u32>);

fn map(node: &Node, memories: usize, index: u32) -> Result<Mapped> {
    let places = sys::query_buffer(node.fd(), node.interface, index)
        .map_err(|errno| node.failure(format_args!("asking where buffer {index} is"), errno))?;
    if places.len() != memories || memories > MAX_PLANES || places.iter().any(|&(_, length)| length == 0) {
        return Err(Error::fatal(format!(
            "{}: buffer {index} has memories of {:?} bytes where {memories} were agreed on",
            node.path.display(),
            places.iter().map(|&(_, length)| length).collect::<Vec<_>>()
        )));
    }
    let map_one = |&(offset, length): &(u32, u32)| match Mapping::new(node.fd(), offset, length) {
        Ok(mapping) => Ok(Box::new(mapping) as Box<dyn Memory>),
        Err(errno) => Err(node.failure(format_args!("mapping {length} bytes of buffer {index}"), errno)),
    };
    let mapped = places.iter().map(map_one).collect::<Result<Vec<_>>>()?;
    Ok((mapped, places.iter().map(|&(_, length)| length).collect()))
}
