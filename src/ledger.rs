//! The ledger: what became of the frames of an output or of a surface, counted where it happens.
//!
//! Counts only grow, so a ledger may be read at any time. At rest everything adds up: of the
//! frames that the driver numbered while an output ran, each was delivered, waits for its
//! consumer, or is counted once as lost, corrupt or dropped.

use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// What the counts of a ledger are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Handed to the consumer.
    pub delivered: u64,
    /// Numbers that never came: lost in the driver, or on the way from the camera.
    pub lost: u64,
    /// Came damaged: marked so by the driver, or a compressed picture that cannot be decoded.
    pub corrupt: u64,
    /// Given up because the consumer, or making the frame, took too long.
    pub dropped: u64,
    /// Made by the library from a frame of the camera.
    pub converted: u64,
    /// Copied because consumers held too many of the device's buffers.
    pub copied: u64,
    /// Half of the frames were not older than this when they were delivered, in nanoseconds;
    /// within a sixteenth of it.
    pub age_median_ns: u64,
    /// The oldest at its delivery.
    pub age_worst_ns: u64,
}

/// Counts for one output or one surface.
#[derive(Default)]
pub(crate) struct Ledger {
    delivered: AtomicU64,
    lost: AtomicU64,
    corrupt: AtomicU64,
    dropped: AtomicU64,
    converted: AtomicU64,
    copied: AtomicU64,
    ages: Ages,
}

impl Ledger {
    /// A frame of this age was handed over.
    pub(crate) fn delivered(&self, age_ns: u64) {
        self.delivered.fetch_add(1, Ordering::Relaxed);
        self.ages.add(age_ns);
    }

    pub(crate) fn lost(&self, frames: u64) {
        self.lost.fetch_add(frames, Ordering::Relaxed);
    }

    pub(crate) fn corrupt(&self) {
        self.corrupt.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn dropped(&self, frames: u64) {
        self.dropped.fetch_add(frames, Ordering::Relaxed);
    }

    pub(crate) fn converted(&self) {
        self.converted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn copied(&self) {
        self.copied.fetch_add(1, Ordering::Relaxed);
    }

    /// All of it now.
    pub(crate) fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            delivered: read(&self.delivered),
            lost: read(&self.lost),
            corrupt: read(&self.corrupt),
            dropped: read(&self.dropped),
            converted: read(&self.converted),
            copied: read(&self.copied),
            age_median_ns: self.ages.median(),
            age_worst_ns: read(&self.ages.worst),
        }
    }
}

/// How old a frame with this timestamp is, both from CLOCK_MONOTONIC. Drivers may stamp a little
/// ahead of the clock; such a frame is new.
pub(crate) fn age(now_ns: i64, timestamp_ns: i64) -> u64 {
    u64::try_from(now_ns.saturating_sub(timestamp_ns)).unwrap_or(0)
}

/// Octaves from 1024 ns on; the last one ends beyond two minutes.
const OCTAVES: usize = 27;
/// Equal parts of an octave.
const PARTS: usize = 8;
const FIRST_OCTAVE: u32 = 10;
const CELLS: usize = 1 + OCTAVES * PARTS;

/// A histogram whose cells grow with the age, so that it needs neither memory nor sorting.
struct Ages {
    cells: [AtomicU32; CELLS],
    worst: AtomicU64,
}

impl Default for Ages {
    fn default() -> Self {
        Ages { cells: std::array::from_fn(|_| AtomicU32::new(0)), worst: AtomicU64::new(0) }
    }
}

impl Ages {
    fn add(&self, age_ns: u64) {
        self.cells[Self::cell(age_ns)].fetch_add(1, Ordering::Relaxed);
        self.worst.fetch_max(age_ns, Ordering::Relaxed);
    }

    /// Cell 0 holds what is below the first octave, the last one what is beyond the last.
    fn cell(age_ns: u64) -> usize {
        let Some(octave) = age_ns.checked_ilog2().and_then(|log| log.checked_sub(FIRST_OCTAVE)) else { return 0 };
        let part = (age_ns >> (octave + FIRST_OCTAVE - PARTS.ilog2())) as usize % PARTS;
        (1 + octave as usize * PARTS + part).min(CELLS - 1)
    }

    /// The middle of a cell.
    fn middle(cell: usize) -> u64 {
        let Some(above) = cell.checked_sub(1) else { return 1 << (FIRST_OCTAVE - 1) };
        let start = 1u64 << (above / PARTS + FIRST_OCTAVE as usize);
        let part = start / PARTS as u64;
        start + part * (above % PARTS) as u64 + part / 2
    }

    fn median(&self) -> u64 {
        let counts = self.cells.each_ref().map(|cell| u64::from(cell.load(Ordering::Relaxed)));
        let half = counts.iter().sum::<u64>().div_ceil(2);
        if half == 0 {
            return 0;
        }
        let mut so_far = 0;
        let found = counts.iter().position(|count| {
            so_far += count;
            so_far >= half
        });
        // What is in the middle of the last cell may be more than there was.
        found.map_or(0, Self::middle).min(self.worst.load(Ordering::Relaxed))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_new_ledger_is_empty() {
        assert_eq!(Ledger::default().counts(), Counts::default());
    }

    #[test]
    fn frames_from_the_future_are_new() {
        assert_eq!((age(5, 7), age(7, 5), age(i64::MIN, i64::MAX)), (0, 2, 0));
    }

    proptest! {
        #[test]
        fn the_median_is_within_a_sixteenth(mut ages in prop::collection::vec(2048u64..100_000_000_000, 1..200)) {
            let ledger = Ledger::default();
            ages.iter().for_each(|age| ledger.delivered(*age));
            ages.sort_unstable();
            let (true_median, counts) = (ages[(ages.len() - 1) / 2], ledger.counts());
            prop_assert!(counts.age_median_ns.abs_diff(true_median) <= true_median / 16 + 1, "{counts:?} {true_median}");
            prop_assert_eq!(counts.age_worst_ns, *ages.last().unwrap());
            prop_assert_eq!(counts.delivered, ages.len() as u64);
        }

        #[test]
        fn any_age_has_a_cell_and_later_ages_no_earlier_one(one in any::<u64>(), other in any::<u64>()) {
            let (low, high) = (one.min(other), one.max(other));
            prop_assert!(Ages::cell(low) <= Ages::cell(high));
            prop_assert!(Ages::cell(high) < CELLS);
        }
    }
}
