//! What the fuzzer calls: each function takes any bytes, makes of them what one room is given from
//! outside, and panics when the room does not keep a promise. Not in the library that is shipped:
//! compiled for the fuzzer (`cfg(fuzzing)`), and for the ordinary tests, which go through the inputs
//! that once failed and a few new ones.

mod facts;
mod motion_jpeg;
mod planner;
mod replay;

pub use facts::facts;
pub use motion_jpeg::motion_jpeg;
pub use planner::planner;
pub use replay::replay;

pub use crate::ffi::fuzzing::operations;

use crate::format::{Colour, Layout, PixelFormat, Size};
use crate::frame::{Frame, FrameInfo, HeapPool};

/// Decisions from bytes. When they are used up, every decision is the first one.
pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Choices(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(crate) fn number<const BYTES: usize>(&mut self) -> [u8; BYTES] {
        std::array::from_fn(|_| self.byte())
    }

    pub(crate) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.number())
    }

    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.number())
    }

    /// Below `count`, which is not 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let number = if count <= 256 { self.byte().into() } else { self.u32() as usize };
        number % count
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// At most so many bytes.
    pub(crate) fn bytes(&mut self, most: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }
}

/// A frame with these bytes in memory of exactly their length, so that a sanitizer sees one more.
fn frame_of(format: PixelFormat, size: Size, layout: Layout, bytes: &[u8]) -> Frame {
    let (_, mut lease) = HeapPool::new(1, &[bytes.len()]).take().expect("its one buffer");
    lease.bytes_mut(0).copy_from_slice(bytes);
    lease.into_frame(FrameInfo { format, size, layout, sequence: 7, timestamp_ns: 1, flags: 0, colour: Colour::JFIF })
}

/// A picture with something to compress in every block.
fn picture(size: Size) -> Frame {
    let layout = Layout::new(PixelFormat::I420, size, &[]).expect("a small picture");
    let bytes: Vec<u8> = (0..layout.memory_length(0)).map(|at| (40 + at % 61 + at / 97 % 89) as u8).collect();
    frame_of(PixelFormat::I420, size, layout, &bytes)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use proptest::prelude::*;

    type Target = fn(&[u8]);
    const TARGETS: [(&str, Target); 5] = [
        ("operations", super::operations),
        ("motion_jpeg", super::motion_jpeg),
        ("planner", super::planner),
        ("facts", super::facts),
        ("replay", super::replay),
    ];

    /// fuzz/regressions/TARGET has what once failed, fuzz/seeds/TARGET what a fuzzer begins with.
    #[test]
    fn what_once_failed_fails_no_more() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
        let mut files = 0;
        for (name, target) in TARGETS {
            for folder in ["regressions", "seeds"] {
                let Ok(entries) = std::fs::read_dir(root.join(folder).join(name)) else { continue };
                for entry in entries {
                    let path = entry.unwrap().path();
                    println!("{}", path.display());
                    target(&std::fs::read(path).unwrap());
                    files += 1;
                }
            }
        }
        assert!(files >= TARGETS.len(), "{files} inputs: every target has a seed");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_bytes_are_handled(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            for (_, target) in TARGETS {
                target(&bytes);
            }
        }
    }
}
