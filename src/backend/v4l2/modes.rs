//! The table of what a camera offers, out of what its driver enumerates.
//!
//! Drivers enumerate lists, or ranges of sizes with hundreds of millions of members, or
//! nothing, or the same answer for ever. The table is bounded whatever they say.

use super::error::Errno;
use super::sys::{FORMAT_EMULATED, Interval, Intervals, Sizes};
use crate::backend::NativeMode;
use crate::format::{FrameRate, PixelFormat, Size};
use std::collections::HashSet;

/// Answers asked for at most, for drivers that never say that the list is over.
const MAX_FORMATS: u32 = 256;
const MAX_SIZES: u32 = 1024;
const MAX_INTERVALS: u32 = 256;
/// Entries of the table.
const MAX_MODES: usize = 8192;

/// The sizes taken from a range.
const USUAL_SIZES: &[Size] = &[
    Size::new(160, 120),
    Size::new(176, 144),
    Size::new(320, 180),
    Size::new(320, 240),
    Size::new(352, 288),
    Size::new(424, 240),
    Size::new(640, 360),
    Size::new(640, 480),
    Size::new(800, 600),
    Size::new(848, 480),
    Size::new(960, 540),
    Size::new(1024, 768),
    Size::new(1280, 720),
    Size::new(1280, 960),
    Size::new(1280, 1024),
    Size::new(1600, 1200),
    Size::new(1920, 1080),
    Size::new(2048, 1536),
    Size::new(2560, 1440),
    Size::new(2592, 1944),
    Size::new(3840, 2160),
    Size::new(4096, 2160),
    Size::new(7680, 4320),
];

/// The largest size of a range is taken too, up to this: larger ones are a driver's limits
/// (vivid: 16384x8640) rather than a sensor's.
const MAX_PIXELS: u64 = 64 << 20;

/// The rates taken from a range.
const USUAL_RATES: &[FrameRate] = &[
    FrameRate::per_second(1),
    FrameRate::per_second(5),
    FrameRate { frames: 15, seconds: 2 },
    FrameRate::per_second(10),
    FrameRate::per_second(15),
    FrameRate::per_second(20),
    FrameRate::per_second(24),
    FrameRate::per_second(25),
    FrameRate::per_second(30),
    FrameRate::per_second(50),
    FrameRate::per_second(60),
    FrameRate::per_second(90),
    FrameRate::per_second(120),
];

/// The questions that a driver answers.
pub(super) trait Enumerate {
    /// Format number `index` and its V4L2_FMT_FLAG_ bits.
    fn format(&self, index: u32) -> Result<(PixelFormat, u32), Errno>;
    fn sizes(&self, format: PixelFormat, index: u32) -> Result<Sizes, Errno>;
    fn intervals(&self, format: PixelFormat, size: Size, index: u32) -> Result<Intervals, Errno>;
    /// The size that is set now.
    fn current_size(&self) -> Result<Size, Errno>;
    /// The interval that is set now, if the driver has such a thing.
    fn current_interval(&self) -> Result<Option<Interval>, Errno>;
}

/// The formats in the driver's order, those that a library emulates last. ENODEV is an error, any
/// other the end of the list.
pub(super) fn formats(driver: &impl Enumerate) -> Result<Vec<PixelFormat>, Errno> {
    let mut formats = Vec::new();
    let mut known = HashSet::new();
    each(
        MAX_FORMATS,
        |index| driver.format(index),
        |(format, flags)| {
            // Numbers below those of characters are Camera Kit's.
            if format.is_fourcc() && known.insert(format) {
                formats.push((format, flags & FORMAT_EMULATED != 0));
            }
        },
    )?;
    formats.sort_by_key(|&(_, emulated)| emulated);
    Ok(formats.into_iter().map(|(format, _)| format).collect())
}

/// The modes of one format. ENODEV is an error, any other the end of a list.
pub(super) fn modes_of(driver: &impl Enumerate, format: PixelFormat) -> Result<Vec<NativeMode>, Errno> {
    sizes(driver, format)?
        .into_iter()
        .map(|size| Ok(NativeMode { format, size, rates: rates(driver, format, size)? }))
        .collect()
}

/// Every mode.
pub(super) fn modes(driver: &impl Enumerate) -> Result<Vec<NativeMode>, Errno> {
    let mut modes = Vec::new();
    for format in formats(driver)? {
        for mode in modes_of(driver, format)? {
            if modes.len() == MAX_MODES {
                return Ok(modes);
            }
            modes.push(mode);
        }
    }
    Ok(modes)
}

/// Calls `ask` with 0, 1, 2... and `take` with the answers, until the list is over.
fn each<T>(limit: u32, ask: impl Fn(u32) -> Result<T, Errno>, mut take: impl FnMut(T)) -> Result<(), Errno> {
    for index in 0..limit {
        match ask(index) {
            Ok(answer) => take(answer),
            Err(Errno::NODEV) => return Err(Errno::NODEV),
            Err(_) => break,
        }
    }
    Ok(())
}

fn sizes(driver: &impl Enumerate, format: PixelFormat) -> Result<Vec<Size>, Errno> {
    let mut sizes = Vec::new();
    each(
        MAX_SIZES,
        |index| driver.sizes(format, index),
        |answer| match answer {
            Sizes::One(size) => sizes.push(size),
            Sizes::Range(min, max, step) => sizes.extend(sizes_in(min, max, step)),
            Sizes::Unknown => {}
        },
    )?;
    let mut known = HashSet::new();
    sizes.retain(|&size| size.is_valid() && known.insert(size));
    if sizes.is_empty() {
        // Older drivers enumerate nothing: what is set now is known to work.
        match driver.current_size() {
            Ok(size) => sizes.extend(Some(size).filter(|size| size.is_valid())),
            Err(Errno::NODEV) => return Err(Errno::NODEV),
            Err(_) => {}
        }
    }
    Ok(sizes)
}

/// The usual sizes within a range, and its largest.
fn sizes_in(min: Size, max: Size, step: Size) -> impl Iterator<Item = Size> {
    let on = |value: u32, min: u32, max: u32, step: u32| {
        value >= min && value <= max && (value - min).is_multiple_of(step.max(1))
    };
    let within = move |size: &Size| {
        on(size.width, min.width, max.width, step.width) && on(size.height, min.height, max.height, step.height)
    };
    let last = |min: u32, max: u32, step: u32| {
        let max = max.min(Size::LIMIT);
        max.checked_sub(min).map_or(0, |range| max - range % step.max(1))
    };
    let largest = Size::new(last(min.width, max.width, step.width), last(min.height, max.height, step.height));
    let sensible = u64::from(largest.width) * u64::from(largest.height) <= MAX_PIXELS;
    USUAL_SIZES.iter().copied().filter(within).chain(sensible.then_some(largest))
}

/// From fastest to slowest, without repetition.
fn rates(driver: &impl Enumerate, format: PixelFormat, size: Size) -> Result<Vec<FrameRate>, Errno> {
    let mut rates = Vec::new();
    each(
        MAX_INTERVALS,
        |index| driver.intervals(format, size, index),
        |answer| match answer {
            Intervals::One(interval) => rates.extend(interval.rate()),
            Intervals::Range(shortest, longest) => rates.extend(rates_in(shortest, longest)),
            Intervals::Unknown => {}
        },
    )?;
    if rates.is_empty() {
        match driver.current_interval() {
            Ok(interval) => rates.extend(interval.and_then(Interval::rate)),
            Err(Errno::NODEV) => return Err(Errno::NODEV),
            Err(_) => {}
        }
    }
    rates.sort_by(|a, b| b.cmp(a));
    rates.dedup();
    Ok(rates)
}

/// The usual rates within a range of intervals; if there are none, its fastest.
fn rates_in(shortest: Interval, longest: Interval) -> Vec<FrameRate> {
    // An interval of no time, or without end, sets no bound.
    let (fastest, slowest) = (shortest.rate(), longest.rate());
    let within =
        |rate: &FrameRate| fastest.is_none_or(|most| *rate <= most) && slowest.is_none_or(|least| *rate >= least);
    let usual: Vec<_> = USUAL_RATES.iter().copied().filter(within).collect();
    if usual.is_empty() { fastest.into_iter().collect() } else { usual }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cell::Cell;

    /// A driver made of lists; an index beyond its list is EINVAL.
    #[derive(Debug, Clone, Default)]
    struct Fake {
        formats: Vec<(PixelFormat, u32)>,
        sizes: Vec<Sizes>,
        intervals: Vec<Intervals>,
        current: Option<(Size, Interval)>,
        /// Lists start over instead of ending.
        endless: bool,
        /// Questions until the device is unplugged.
        unplugged_after: Option<u32>,
        asked: Cell<u32>,
    }

    impl Fake {
        fn ask(&self) -> Result<(), Errno> {
            self.asked.set(self.asked.get() + 1);
            if self.unplugged_after.is_some_and(|limit| self.asked.get() > limit) { Err(Errno::NODEV) } else { Ok(()) }
        }
        fn get<T: Copy>(&self, list: &[T], index: u32) -> Result<T, Errno> {
            self.ask()?;
            let index = index as usize;
            let index = if self.endless { index % list.len().max(1) } else { index };
            list.get(index).copied().ok_or(Errno::INVAL)
        }
    }

    impl Enumerate for Fake {
        fn format(&self, index: u32) -> Result<(PixelFormat, u32), Errno> {
            self.get(&self.formats, index)
        }
        fn sizes(&self, _: PixelFormat, index: u32) -> Result<Sizes, Errno> {
            self.get(&self.sizes, index)
        }
        fn intervals(&self, _: PixelFormat, _: Size, index: u32) -> Result<Intervals, Errno> {
            self.get(&self.intervals, index)
        }
        fn current_size(&self) -> Result<Size, Errno> {
            self.ask()?;
            self.current.map(|(size, _)| size).ok_or(Errno::NOTTY)
        }
        fn current_interval(&self) -> Result<Option<Interval>, Errno> {
            self.ask()?;
            self.current.map(|(_, interval)| Some(interval)).ok_or(Errno::NOTTY)
        }
    }

    const fn interval(numerator: u32, denominator: u32) -> Interval {
        Interval { numerator, denominator }
    }

    fn webcam() -> Fake {
        Fake {
            formats: vec![(PixelFormat::YUYV, 0), (PixelFormat::MJPEG, 1)],
            sizes: vec![Sizes::One(Size::new(640, 480)), Sizes::One(Size::new(320, 240))],
            intervals: vec![Intervals::One(interval(1, 15)), Intervals::One(interval(1, 30))],
            ..Fake::default()
        }
    }

    #[test]
    fn lists_are_taken_as_they_are_with_the_fastest_rate_first() {
        let modes = modes(&webcam()).unwrap();
        assert_eq!(modes.len(), 4);
        assert_eq!((modes[0].format, modes[0].size), (PixelFormat::YUYV, Size::new(640, 480)));
        assert_eq!(modes[3].rates, [FrameRate::per_second(30), FrameRate::per_second(15)]);
    }

    #[test]
    fn emulated_formats_come_last_and_repetitions_and_foreign_numbers_not_at_all() {
        let mut fake = webcam();
        fake.formats = vec![
            (PixelFormat::NV12, FORMAT_EMULATED),
            (PixelFormat::YUYV, 0),
            (PixelFormat::YUYV, 0),
            (PixelFormat::YUV_420_SP, 0),
        ];
        fake.sizes.push(fake.sizes[0]);
        fake.intervals.push(Intervals::One(interval(2, 60)));
        let modes = modes(&fake).unwrap();
        let formats: Vec<_> = modes.iter().map(|mode| mode.format).collect();
        assert_eq!(formats, [PixelFormat::YUYV, PixelFormat::YUYV, PixelFormat::NV12, PixelFormat::NV12]);
        assert_eq!(modes[0].rates.len(), 2);
    }

    #[test]
    fn a_driver_that_enumerates_nothing_offers_what_is_set() {
        let mut fake = webcam();
        (fake.sizes, fake.intervals) = (vec![], vec![]);
        fake.current = Some((Size::new(720, 576), interval(1, 25)));
        let found = modes(&fake).unwrap();
        assert_eq!(found[1].size, Size::new(720, 576));
        assert_eq!(found[1].rates, [FrameRate::per_second(25)]);
        fake.current = None;
        assert_eq!(modes(&fake).unwrap(), []);
    }

    #[test]
    fn ranges_give_usual_sizes_on_the_step_and_a_sensible_largest() {
        let all = |min, max, step| sizes_in(min, max, step).collect::<Vec<_>>();
        let vivid = all(Size::new(16, 16), Size::new(16384, 8640), Size::new(2, 2));
        assert_eq!(vivid.len(), USUAL_SIZES.len());
        let sensor = all(Size::new(64, 64), Size::new(2000, 1500), Size::new(64, 64));
        assert_eq!(*sensor.last().unwrap(), Size::new(1984, 1472));
        assert!(sensor.contains(&Size::new(1024, 768)) && !sensor.contains(&Size::new(800, 600)));
        let one = all(Size::new(641, 481), Size::new(641, 481), Size::new(0, 0));
        assert_eq!(one, [Size::new(641, 481)]);
        let reversed = all(Size::new(100, 100), Size::new(10, 10), Size::new(1, 1));
        assert!(reversed.iter().all(|size| !size.is_valid()));
    }

    #[test]
    fn ranges_of_intervals_give_usual_rates() {
        let rates = rates_in(interval(1, 30), interval(1, 10));
        assert_eq!((rates.first(), rates.last()), (Some(&FrameRate::per_second(10)), Some(&FrameRate::per_second(30))));
        assert_eq!(rates_in(interval(1, 500), interval(1, 200)), [FrameRate::per_second(500)]);
        assert_eq!(rates_in(interval(0, 0), interval(u32::MAX, 1)).len(), USUAL_RATES.len());
    }

    #[test]
    fn an_unplugged_camera_is_an_error_at_any_moment() {
        let fake = webcam();
        modes(&fake).unwrap();
        for limit in 0..fake.asked.get() {
            let fake = Fake { unplugged_after: Some(limit), ..webcam() };
            assert_eq!(modes(&fake), Err(Errno::NODEV), "after {limit}");
        }
    }

    #[test]
    fn a_list_without_end_is_cut_off() {
        let fake = Fake { endless: true, ..webcam() };
        assert_eq!(modes(&fake).unwrap().len(), 4);
    }

    fn any_size() -> impl Strategy<Value = Size> {
        let side = prop_oneof![any::<u32>(), 0u32..5000, Just(0), Just(u32::MAX)];
        (side.clone(), side).prop_map(|(width, height)| Size::new(width, height))
    }
    fn any_interval() -> impl Strategy<Value = Interval> {
        let part = prop_oneof![any::<u32>(), 0u32..200];
        (part.clone(), part).prop_map(|(numerator, denominator)| interval(numerator, denominator))
    }

    proptest! {
        #[test]
        fn no_answers_break_the_table(
            formats in prop::collection::vec((any::<u32>().prop_map(PixelFormat::from_number), any::<u32>()), 0..4),
            sizes in prop::collection::vec(prop_oneof![
                any_size().prop_map(Sizes::One),
                (any_size(), any_size(), any_size()).prop_map(|(a, b, c)| Sizes::Range(a, b, c)),
                Just(Sizes::Unknown),
            ], 0..4),
            intervals in prop::collection::vec(prop_oneof![
                any_interval().prop_map(Intervals::One),
                (any_interval(), any_interval()).prop_map(|(a, b)| Intervals::Range(a, b)),
                Just(Intervals::Unknown),
            ], 0..4),
            current in prop::option::of((any_size(), any_interval())),
        ) {
            let fake = Fake { formats, sizes, intervals, current, ..Fake::default() };
            for mode in modes(&fake).unwrap() {
                prop_assert!(mode.format.is_fourcc() && mode.size.is_valid());
                prop_assert!(mode.rates.windows(2).all(|pair| pair[0] > pair[1]));
                prop_assert!(mode.rates.iter().all(|rate| rate.frames > 0 && rate.seconds > 0));
            }
        }
    }
}
