//! The bytes behind a buffer. The only place outside the system-call rooms where raw memory
//! becomes a slice.

use std::cell::UnsafeCell;

/// A piece of memory that stays where it is, readable and writable, as long as `self` lives.
///
/// # Safety
///
/// `address` must point to `length` initialized bytes, valid for reads and writes until `self`
/// is dropped, and both must answer the same every time. Whoever writes to the memory other
/// than through a lease (a device, by DMA) does so only while no frame exists over it and
/// nobody uses a lease over it: for V4L2, only between QBUF and DQBUF, with the lease put away.
pub(crate) unsafe trait Memory: Send + Sync {
    fn address(&self) -> *mut u8;
    fn length(&self) -> usize;
}

/// Zeroed memory of the heap.
pub(crate) struct HeapMemory(Box<[UnsafeCell<u8>]>);

// SAFETY: the cells are written only through a lease, of which a buffer has at most one and
// only while it has no frames; frames on other threads read only.
unsafe impl Sync for HeapMemory {}

impl HeapMemory {
    pub(crate) fn boxed(length: usize) -> Box<dyn Memory> {
        let zeroed = vec![0u8; length].into_boxed_slice();
        let pointer = Box::into_raw(zeroed) as *mut [UnsafeCell<u8>];
        // SAFETY: UnsafeCell<u8> has the layout of u8, so the box is given back as what it is.
        Box::new(HeapMemory(unsafe { Box::from_raw(pointer) }))
    }
}

// SAFETY: the box owns its bytes, initialized at creation, and never moves or frees them
// before it is dropped; UnsafeCell permits writing through the shared reference.
unsafe impl Memory for HeapMemory {
    fn address(&self) -> *mut u8 {
        self.0.as_ptr() as *mut u8
    }
    fn length(&self) -> usize {
        self.0.len()
    }
}

/// The bytes, for a frame: nobody writes while a frame exists.
pub(super) fn bytes(memory: &dyn Memory) -> &[u8] {
    // SAFETY: the trait promises the range; a frame's existence excludes every writer.
    unsafe { std::slice::from_raw_parts(memory.address(), memory.length()) }
}

/// What a lease has one of: a mutable borrow of it is a mutable borrow of the lease.
pub(super) struct Exclusive(());

impl Exclusive {
    pub(super) fn new() -> Self {
        Exclusive(())
    }
}

/// The bytes, for a lease.
pub(super) fn bytes_mut<'a>(memory: &'a dyn Memory, _lease: &'a mut Exclusive) -> &'a mut [u8] {
    // SAFETY: the trait promises the range; the lease is the only holder of the buffer and is
    // borrowed mutably by the caller for as long as the slice lives.
    unsafe { std::slice::from_raw_parts_mut(memory.address(), memory.length()) }
}
