//! The planner on any table of modes that a device may have, and any wishes.

use super::Choices;
use crate::backend::NativeMode;
use crate::format::{FrameRate, PixelFormat, Profile, RateRange, Size};
use crate::output::Kind;
use crate::session::plan::{self, Priority, Want, Way};

const FORMATS: [PixelFormat; 8] = [
    PixelFormat::YUYV,
    PixelFormat::MJPEG,
    PixelFormat::NV12,
    PixelFormat::NV12M,
    PixelFormat::I420,
    PixelFormat::RGBA_8888,
    PixelFormat::JPEG,
    PixelFormat::from_fourcc(*b"H264"),
];
const SIZES: [Size; 6] = [
    Size::new(640, 480),
    Size::new(1280, 720),
    Size::new(1920, 1080),
    Size::new(640, 360),
    Size::new(1, 1),
    Size::new(Size::LIMIT, Size::LIMIT),
];
const RATES: [u32; 6] = [30, 60, 15, 5, 1, 120];

/// A plan serves everyone, or trying every mode and rate finds none that does.
pub fn planner(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let modes: Vec<NativeMode> = (0..choices.byte() % 8).map(|_| mode(&mut choices)).collect();
    let wants: Vec<Want> = (0..1 + choices.byte() % 4).map(|_| want(&mut choices)).collect();
    let priority = if choices.byte().is_multiple_of(2) { Priority::Quality } else { Priority::Power };
    let _ = plan::check_aspect(&wants);
    let fits = |mode: &NativeMode, rate: Option<FrameRate>| {
        wants.iter().all(|want| {
            let within = |range: RateRange, rate: FrameRate| (range.min..=range.max).contains(&rate.rounded());
            plan::way(mode, want).is_some()
                && want.rates.is_none_or(|range| rate.is_none_or(|rate| within(range, rate)))
        })
    };
    match plan::plan(&modes, &wants, priority) {
        Ok(plan) => {
            let mut of_plan = modes.iter().filter(|mode| (mode.format, mode.size) == (plan.format, plan.size));
            let mode =
                of_plan.find(|mode| mode.rates.is_empty() || plan.rate.is_some_and(|rate| mode.rates.contains(&rate)));
            let mode = mode.expect("the plan is one of the modes, at one of its rates");
            assert!(fits(mode, plan.rate), "the plan serves everyone: {plan:?}");
            assert_eq!(plan.ways.len(), wants.len());
            for (way, want) in plan.ways.iter().zip(&wants) {
                check_way(mode, want, way);
            }
            assert_eq!(plan.explain(&wants).lines().count(), 1 + wants.len());
        }
        Err(error) => {
            assert!(!error.detail().is_empty());
            let possible = |mode: &NativeMode| match &mode.rates[..] {
                [] => fits(mode, None),
                rates => rates.iter().any(|rate| fits(mode, Some(*rate))),
            };
            let excluded = plan::check_rates(&wants).is_err();
            assert!(excluded || !modes.iter().any(possible), "there is a mode, and it was not found: {error}");
        }
    }
}

/// Nothing is enlarged or taken from outside of the picture, and what is done leads to the wish.
fn check_way(mode: &NativeMode, want: &Want, way: &Way) {
    let Way::Make { crop, scale, .. } = way else {
        assert_eq!(mode.size, want.profile.size);
        return;
    };
    let (x, y, seen) = crop.map_or((0, 0, mode.size), |crop| (crop.x, crop.y, crop.size));
    assert!(seen.is_valid() && x + seen.width <= mode.size.width && y + seen.height <= mode.size.height);
    assert!(want.profile.size.width <= seen.width && want.profile.size.height <= seen.height);
    assert_eq!(*scale, seen != want.profile.size);
}

fn size(choices: &mut Choices<'_>) -> Size {
    match choices.byte() % 8 {
        0 => Size::new(choices.u16().into(), choices.u16().into()),
        1 => Size::new(choices.u32(), choices.u32()),
        _ => choices.one(&SIZES),
    }
}

fn format(choices: &mut Choices<'_>) -> PixelFormat {
    if choices.byte() % 16 == 1 { PixelFormat::from_number(choices.u32()) } else { choices.one(&FORMATS) }
}

fn mode(choices: &mut Choices<'_>) -> NativeMode {
    let (format, size) = (format(choices), size(choices));
    let mut rates: Vec<FrameRate> = (0..choices.byte() % 5)
        .filter_map(|_| match choices.byte() % 4 {
            0 => FrameRate::new(choices.u32(), choices.u32()),
            _ => FrameRate::new(choices.one(&RATES), 1),
        })
        .collect();
    // As the contract of the backends has it: from fastest to slowest, without repetition.
    rates.sort_by(|a, b| b.cmp(a));
    rates.dedup();
    NativeMode { format, size, rates }
}

fn want(choices: &mut Choices<'_>) -> Want {
    let kind = choices.one(&[Kind::Preview, Kind::Photo, Kind::Video, Kind::Metadata]);
    let size = size(choices);
    let format = if kind == Kind::Photo { PixelFormat::JPEG } else { format(choices) };
    let rates = match choices.byte() % 4 {
        0 => None,
        1 => Some((choices.u32(), choices.u32())),
        _ => Some((choices.one(&RATES), choices.one(&RATES))),
    };
    // A range is checked before it comes here: it begins with 1 at least.
    let range = |(one, other): (u32, u32)| RateRange { min: one.min(other).max(1), max: one.max(other).max(1) };
    let rates = rates.map(range);
    Want::plain(kind, Profile { format, size, rates }, rates)
}
