//! The numbers of frames, as drivers count them and as the library does.

/// The driver's 32-bit frame numbers, continued where they wrap and made to rise always.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    /// The driver's last number, and ours.
    last: Option<(u32, u64)>,
}

impl Sequence {
    /// A larger step is no loss of frames but a driver that began to count anew. At 60 frames
    /// per second this many take almost five hours.
    const PLAUSIBLE: u32 = 1 << 20;

    pub(super) fn extend(&mut self, number: u32) -> u64 {
        let extended = match self.last {
            // Some drivers count on from the run before.
            None if number > Self::PLAUSIBLE => 0,
            None => u64::from(number),
            Some((last, extended)) => match number.wrapping_sub(last) {
                // Also drivers that never count.
                0 => extended + 1,
                step if step <= Self::PLAUSIBLE => extended + u64::from(step),
                _ => extended + 1,
            },
        };
        self.last = Some((number, extended));
        extended
    }

    /// The number of a frame that the driver told nothing about.
    pub(super) fn skip(&mut self) -> u64 {
        self.last.map_or(0, |(_, extended)| extended + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn extend(numbers: &[u32]) -> Vec<u64> {
        let mut sequence = Sequence::default();
        numbers.iter().map(|&number| sequence.extend(number)).collect()
    }

    #[test]
    fn numbers_continue_over_the_wrap_and_keep_gaps() {
        assert_eq!(extend(&[0, 1, 2, 5]), [0, 1, 2, 5]);
        assert_eq!(extend(&[3, 4]), [3, 4], "three lost at the start");
        let mut sequence = Sequence { last: Some((u32::MAX - 1, 77)) };
        assert_eq!([u32::MAX, 0, 3].map(|number| sequence.extend(number)), [78, 79, 82]);
    }

    #[test]
    fn numbers_that_jump_or_stand_still_go_on_by_one() {
        assert_eq!(extend(&[100, 0, 1, 2]), [100, 101, 102, 103]);
        assert_eq!(extend(&[0, 0, 0]), [0, 1, 2]);
        assert_eq!(extend(&[5, 4_000_000_000, 4_000_000_001]), [5, 6, 7]);
        assert_eq!(extend(&[0xffff_ff80, 0xffff_ff81]), [0, 1], "counted on from another run");
    }

    proptest! {
        #[test]
        fn numbers_always_rise(numbers in prop::collection::vec(prop_oneof![any::<u32>(), 0u32..10, (u32::MAX - 5)..=u32::MAX], 0..50)) {
            prop_assert!(extend(&numbers).windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
