//! The numbers of a stream's frames, which go on when the library starts the stream again by itself.

use crate::format::FrameRate;
use crate::frame::{Frame, FrameInfo};
use crate::runtime::clock::now_ns;
use crate::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// No frame has this number.
const UNKNOWN: u64 = u64::MAX;

/// What is known about the number of a frame that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) sequence: u64,
    /// Numbers that are missing in front of it.
    pub(super) lost: u64,
    /// The stream was interrupted in front of it.
    pub(super) resumed: bool,
}

impl Number {
    /// The frame with this number.
    pub(super) fn give(self, frame: Frame) -> Frame {
        let flags = if self.resumed { FrameInfo::RESUMED } else { 0 };
        frame.renumbered(self.sequence, flags)
    }
}

/// See [`Numbers::save`].
pub(super) struct Saved {
    offset: u64,
    expected: u64,
    resumes: bool,
}

/// Written by the reactor thread alone while the stream flows, and while it does not by whoever
/// starts it.
pub(super) struct Numbers {
    /// Added to the stream's own numbers, with wrapping.
    offset: AtomicU64,
    /// The number that the next frame has if none is lost; [`UNKNOWN`] before the first.
    expected: AtomicU64,
    /// When the last one arrived.
    last_ns: AtomicI64,
    /// The flow that begins goes on where the one before was interrupted.
    resumes: AtomicBool,
    period_ns: u64,
}

impl Numbers {
    pub(super) fn new(rate: Option<FrameRate>) -> Numbers {
        Numbers {
            offset: AtomicU64::new(0),
            expected: AtomicU64::new(UNKNOWN),
            last_ns: AtomicI64::new(0),
            resumes: AtomicBool::new(false),
            period_ns: rate.map_or(0, FrameRate::period_ns),
        }
    }

    /// The flow that begins has numbers of its own, from 0.
    pub(super) fn begin_anew(&self) {
        self.offset.store(0, Ordering::Relaxed);
        self.expected.store(UNKNOWN, Ordering::Relaxed);
        self.resumes.store(false, Ordering::Relaxed);
    }

    /// What they are, for the case that the flow that is to begin does not.
    pub(super) fn save(&self) -> Saved {
        let resumes = self.resumes.load(Ordering::Relaxed);
        Saved { offset: self.offset.load(Ordering::Relaxed), expected: self.expected.load(Ordering::Relaxed), resumes }
    }

    /// As if no flow had been begun since they were saved.
    pub(super) fn restore(&self, saved: Saved) {
        self.offset.store(saved.offset, Ordering::Relaxed);
        self.expected.store(saved.expected, Ordering::Relaxed);
        self.resumes.store(saved.resumes, Ordering::Relaxed);
    }

    /// The flow that begins goes on where this one was interrupted, if it had begun.
    pub(super) fn resume(&self) {
        self.resumes.store(self.expected.load(Ordering::Relaxed) != UNKNOWN, Ordering::Relaxed);
    }

    /// The flow that begins goes on where another stream's was interrupted.
    pub(super) fn resume_from(&self, other: &Numbers) {
        self.expected.store(other.expected.load(Ordering::Relaxed), Ordering::Relaxed);
        self.last_ns.store(other.last_ns.load(Ordering::Relaxed), Ordering::Relaxed);
        self.resume();
    }

    /// Does the flow go on where one was interrupted?
    pub(super) fn resumes(&self) -> bool {
        self.resumes.load(Ordering::Relaxed)
    }

    /// A frame arrived, damaged or not, with this number of the stream's own.
    pub(super) fn arrived(&self, own: u64) -> Number {
        self.arrived_at(own, now_ns())
    }

    fn arrived_at(&self, own: u64, now_ns: i64) -> Number {
        let expected = self.expected.load(Ordering::Relaxed);
        let resumed = self.resumes.load(Ordering::Relaxed);
        if resumed {
            self.resumes.store(false, Ordering::Relaxed);
            let first = expected.saturating_add(self.missing(now_ns));
            self.offset.store(first.wrapping_sub(own), Ordering::Relaxed);
        }
        let sequence = own.wrapping_add(self.offset.load(Ordering::Relaxed));
        let lost = if expected == UNKNOWN { 0 } else { sequence.saturating_sub(expected) };
        self.expected.store(sequence.saturating_add(1), Ordering::Relaxed);
        self.last_ns.store(now_ns, Ordering::Relaxed);
        Number { sequence, lost, resumed }
    }

    /// As many frames as would have come during an interruption that ends now: an estimate, but one
    /// at least, so that nobody takes the frames on both sides for neighbours.
    fn missing(&self, now_ns: i64) -> u64 {
        let away = now_ns.saturating_sub(self.last_ns.load(Ordering::Relaxed));
        let away = u64::try_from(away).unwrap_or(0).saturating_add(self.period_ns / 2);
        away.checked_div(self.period_ns).unwrap_or(0).saturating_sub(1).max(1)
    }

    /// The number that the next frame has at least.
    pub(super) fn next(&self) -> u64 {
        match self.expected.load(Ordering::Relaxed) {
            UNKNOWN => 0,
            expected => expected,
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    fn seen(numbers: &Numbers, own: u64, at_ms: i64) -> (u64, u64, bool) {
        let Number { sequence, lost, resumed } = numbers.arrived_at(own, at_ms * MS);
        (sequence, lost, resumed)
    }

    #[test]
    fn a_flow_that_begins_anew_counts_from_its_own_start() {
        let numbers = Numbers::new(Some(FrameRate::per_second(50)));
        assert_eq!(seen(&numbers, 3, 0), (3, 0, false), "what is missing in front of the first was not meant");
        assert_eq!(seen(&numbers, 6, 60), (6, 2, false));
        assert_eq!(numbers.next(), 7);
        numbers.begin_anew();
        assert_eq!((numbers.next(), seen(&numbers, 0, 80)), (0, (0, 0, false)));
    }

    #[test]
    fn a_start_that_fails_changes_nothing() {
        let numbers = Numbers::new(None);
        seen(&numbers, 4, 0);
        let saved = numbers.save();
        numbers.begin_anew();
        numbers.restore(saved);
        assert_eq!((numbers.next(), seen(&numbers, 6, 1)), (5, (6, 1, false)));
    }

    #[test]
    fn an_interrupted_flow_goes_on_behind_the_frames_that_would_have_come() {
        let numbers = Numbers::new(Some(FrameRate::per_second(50)));
        numbers.resume();
        assert_eq!(seen(&numbers, 0, 0), (0, 0, false), "nothing had begun that could be interrupted");
        for (own, silence_ms, missing) in [(0, 200, 9), (5, 209, 9), (0, 211, 10), (0, 1, 1)] {
            let next = numbers.next();
            numbers.last_ns.store(0, Ordering::Relaxed);
            numbers.resume();
            assert_eq!(seen(&numbers, own, silence_ms), (next + missing, missing, true));
            assert_eq!(seen(&numbers, own + 2, silence_ms + 40), (next + missing + 2, 1, false));
        }
        let other = Numbers::new(None);
        other.resume_from(&numbers);
        let next = numbers.next();
        assert_eq!(seen(&other, 7, 5000), (next + 1, 1, true), "no rate, no estimate");
        assert_eq!(seen(&other, 8, 5040), (next + 2, 0, false));
    }
}
