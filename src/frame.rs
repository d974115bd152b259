//! A frame, and the buffer it goes back to.
//!
//! A [`Buffer`] is memory that a stream fills again and again: a driver's mapping, or a piece
//! of the heap. Whoever holds its [`Lease`] may fill it; the lease becomes a [`Frame`], which
//! any number of holders share and only read. The last holder's release gives the buffer back
//! to its [`Home`]. A home that is gone (the stream was stopped, the device unplugged) takes
//! nothing back; the memory then ends with the last holder, never before.

#[allow(unsafe_code)]
mod memory;

pub(crate) use memory::{HeapMemory, Memory};

use crate::format::{Colour, Layout, MAX_PLANES, PixelFormat, PlaneLayout, Size};
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Arc, Mutex, Weak};

/// Where a buffer goes when nobody holds it.
pub(crate) trait Home: Send + Sync {
    /// Buffer `index` is free. Called on whatever thread released it; must not block for long.
    fn give_back(&self, index: u32);
}

/// Memory for one frame at a time.
pub(crate) struct Buffer {
    index: u32,
    memories: Vec<Box<dyn Memory>>,
    /// Frames and leases over this buffer. A lease is exclusive: it is the only one.
    holders: AtomicUsize,
    home: Weak<dyn Home>,
}

impl Buffer {
    pub(crate) fn new(index: u32, memories: Vec<Box<dyn Memory>>, home: Weak<dyn Home>) -> Arc<Buffer> {
        assert!(memories.len() <= MAX_PLANES);
        Arc::new(Buffer { index, memories, holders: AtomicUsize::new(0), home })
    }

    /// Does anyone hold it?
    pub(crate) fn is_held(&self) -> bool {
        self.holders.load(Ordering::Acquire) != 0
    }

    /// The right to fill this buffer, if nobody holds it.
    pub(crate) fn lease(self: &Arc<Self>) -> Option<Lease> {
        self.holders
            .compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed)
            .ok()
            .map(|_| Lease { buffer: Some(self.clone()), exclusive: memory::Exclusive::new() })
    }

    fn let_go(&self) {
        if self.holders.fetch_sub(1, Ordering::AcqRel) == 1
            && let Some(home) = self.home.upgrade()
        {
            home.give_back(self.index);
        }
    }
}

/// The exclusive right to a buffer's memory. Dropped unused, it gives the buffer back.
pub(crate) struct Lease {
    buffer: Option<Arc<Buffer>>,
    exclusive: memory::Exclusive,
}

impl Lease {
    fn buffer(&self) -> &Arc<Buffer> {
        self.buffer.as_ref().expect("taken only when the lease ends")
    }

    /// Bytes of one memory.
    pub(crate) fn memory_length(&self, memory: usize) -> usize {
        self.buffer().memories.get(memory).map_or(0, |m| m.length())
    }

    /// The memory, to be filled.
    pub(crate) fn bytes_mut(&mut self, memory: usize) -> &mut [u8] {
        let buffer = self.buffer.as_ref().expect("taken only when the lease ends");
        memory::bytes_mut(&*buffer.memories[memory], &mut self.exclusive)
    }

    /// Makes the filled buffer a frame. Planes that reach beyond the memory are cut off.
    pub(crate) fn into_frame(mut self, mut info: FrameInfo) -> Frame {
        let buffer = self.buffer.take().expect("taken only when the lease ends");
        let mut lengths = [0; MAX_PLANES];
        for (length, memory) in lengths.iter_mut().zip(&buffer.memories) {
            *length = memory.length();
        }
        info.layout.clip(&lengths);
        // The lease's hold becomes the frame's.
        Frame { buffer, info }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(buffer) = self.buffer.take() {
            buffer.let_go();
        }
    }
}

/// Facts that travel with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameInfo {
    /// What the bytes mean.
    pub format: PixelFormat,
    /// The picture's size in pixels.
    pub size: Size,
    /// Where the planes lie.
    pub layout: Layout,
    /// The driver's number of the frame in its run, from 0; gaps are frames lost before the library.
    pub sequence: u64,
    /// CLOCK_MONOTONIC in nanoseconds: when the driver says the frame was taken.
    pub timestamp_ns: i64,
    /// Bits of [`FrameInfo::COPIED`] and its siblings.
    pub flags: u32,
    /// What its YUV means.
    pub colour: Colour,
}

impl FrameInfo {
    /// The timestamp was taken by the library at arrival: the driver gave none on
    /// CLOCK_MONOTONIC.
    pub(crate) const TIMESTAMP_ESTIMATED: u32 = 1;
    /// The bytes are a copy: the consumer held so many frames that the device's own buffers
    /// were needed.
    pub(crate) const COPIED: u32 = 2;
    /// A compressed frame that can be decoded without the ones before it.
    pub(crate) const KEYFRAME: u32 = 4;
    /// The library made the picture from the camera's: decoded, cropped, scaled or converted.
    pub(crate) const CONVERTED: u32 = 8;
    /// The first frame after the library started the stream again by itself.
    pub(crate) const RESUMED: u32 = 16;
}

/// One captured picture; cheap to clone, readable until the last clone is dropped.
pub(crate) struct Frame {
    buffer: Arc<Buffer>,
    info: FrameInfo,
}

impl Frame {
    /// Format, size, time and number.
    pub(crate) fn info(&self) -> &FrameInfo {
        &self.info
    }

    /// The same frame with another number, and these flags too.
    pub(crate) fn renumbered(mut self, sequence: u64, flags: u32) -> Frame {
        self.info.sequence = sequence;
        self.info.flags |= flags;
        self
    }

    /// Bytes that one memory has room for, used or not.
    pub(crate) fn memory_length(&self, memory: usize) -> usize {
        self.buffer.memories.get(memory).map_or(0, |m| m.length())
    }

    /// The planes with their bytes.
    pub(crate) fn planes(&self) -> impl ExactSizeIterator<Item = (PlaneLayout, &[u8])> {
        self.info.layout.planes().iter().map(|plane| {
            let memory = &*self.buffer.memories[plane.memory as usize];
            (*plane, &memory::bytes(memory)[plane.offset..plane.offset + plane.length])
        })
    }

    /// The bytes of one plane.
    pub(crate) fn plane(&self, index: usize) -> Option<(PlaneLayout, &[u8])> {
        self.planes().nth(index)
    }

    /// A copy in other memory. `None` when that is too small.
    pub(crate) fn copy_into(&self, mut lease: Lease, flags: u32) -> Option<Frame> {
        for memory in 0..self.info.layout.memory_count() {
            let length = self.info.layout.memory_length(memory);
            if lease.buffer().memories.len() <= memory || lease.memory_length(memory) < length {
                return None;
            }
            let source = &*self.buffer.memories[memory];
            lease.bytes_mut(memory)[..length].copy_from_slice(&memory::bytes(source)[..length]);
        }
        Some(lease.into_frame(FrameInfo { flags: self.info.flags | flags, ..self.info }))
    }
}

impl Clone for Frame {
    fn clone(&self) -> Self {
        self.buffer.holders.fetch_add(1, Ordering::Relaxed);
        Frame { buffer: self.buffer.clone(), info: self.info }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.buffer.let_go();
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame").field("buffer", &self.buffer.index).field("info", &self.info).finish()
    }
}

/// Buffers on the heap, all of one size, that come back to be filled again.
pub(crate) struct HeapPool {
    own: Weak<HeapPool>,
    lengths: Vec<usize>,
    state: Mutex<PoolState>,
}

struct PoolState {
    free: Vec<u32>,
    buffers: Vec<Arc<Buffer>>,
}

impl HeapPool {
    /// `count` buffers with memories of these lengths, all zero.
    pub(crate) fn new(count: u32, lengths: &[usize]) -> Arc<HeapPool> {
        let pool = Arc::new_cyclic(|own: &Weak<HeapPool>| HeapPool {
            own: own.clone(),
            lengths: lengths.to_vec(),
            state: Mutex::new(PoolState { free: Vec::new(), buffers: Vec::new() }),
        });
        for index in (0..count).rev() {
            let buffer = pool.allocate(index);
            pool.state.lock().free.push(index);
            pool.state.lock().buffers.insert(0, buffer);
        }
        pool
    }

    fn allocate(&self, index: u32) -> Arc<Buffer> {
        let memories = self.lengths.iter().map(|&length| HeapMemory::boxed(length)).collect();
        Buffer::new(index, memories, self.own.clone())
    }

    /// A free buffer and its index; `None` when all are held.
    pub(crate) fn take(&self) -> Option<(u32, Lease)> {
        let mut state = self.state.lock();
        let index = state.free.pop()?;
        let lease = state.buffers[index as usize].lease().expect("a free buffer has no holder");
        Some((index, lease))
    }

    /// A free buffer, made if there are fewer than `limit`.
    pub(crate) fn take_or_grow(&self, limit: usize) -> Option<Lease> {
        if let Some((_, lease)) = self.take() {
            return Some(lease);
        }
        let mut state = self.state.lock();
        let index = state.buffers.len();
        if index >= limit {
            return None;
        }
        let buffer = self.allocate(u32::try_from(index).ok()?);
        let lease = buffer.lease();
        state.buffers.push(buffer);
        lease
    }

    /// Free buffers at this moment.
    pub(crate) fn available(&self) -> usize {
        self.state.lock().free.len()
    }
}

impl Home for HeapPool {
    fn give_back(&self, index: u32) {
        self.state.lock().free.push(index);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn info(pool_length: usize) -> FrameInfo {
        FrameInfo {
            format: PixelFormat::MJPEG,
            size: Size::new(4, 4),
            layout: Layout::compressed(pool_length),
            sequence: 7,
            timestamp_ns: 1,
            flags: 0,
            colour: Colour::JFIF,
        }
    }

    #[test]
    fn the_last_holder_gives_the_buffer_back() {
        let pool = HeapPool::new(1, &[16]);
        let (_, mut lease) = pool.take().unwrap();
        lease.bytes_mut(0).fill(0xab);
        let frame = lease.into_frame(info(16));
        let other = frame.clone();
        drop(frame);
        assert!(pool.take().is_none(), "still held");
        assert_eq!(other.plane(0).unwrap().1, [0xab; 16]);
        drop(other);
        assert!(pool.take().is_some());
    }

    #[test]
    fn a_lease_that_is_dropped_gives_the_buffer_back() {
        let pool = HeapPool::new(2, &[1]);
        drop(pool.take());
        assert_eq!(pool.available(), 2);
    }

    #[test]
    fn a_frame_outlives_its_pool() {
        let pool = HeapPool::new(1, &[8]);
        let (_, mut lease) = pool.take().unwrap();
        lease.bytes_mut(0).copy_from_slice(b"pictures");
        let frame = lease.into_frame(info(8));
        drop(pool);
        assert_eq!(frame.plane(0).unwrap().1, b"pictures");
    }

    #[test]
    fn planes_never_reach_beyond_the_memory() {
        let pool = HeapPool::new(1, &[8]);
        let frame = pool.take().unwrap().1.into_frame(info(100));
        assert_eq!(frame.plane(0).unwrap().1.len(), 8);
    }

    #[test]
    fn copies_are_marked_and_refused_when_they_do_not_fit() {
        let pool = HeapPool::new(2, &[8]);
        let frame = pool.take().unwrap().1.into_frame(info(8));
        let copy = frame.copy_into(pool.take().unwrap().1, FrameInfo::COPIED).unwrap();
        assert_eq!(copy.info().flags, FrameInfo::COPIED);
        assert_eq!(copy.info().sequence, 7);
        let small = HeapPool::new(1, &[4]);
        assert!(frame.copy_into(small.take().unwrap().1, 0).is_none());
        assert_eq!(small.available(), 1);
    }
}
