//! The plan: how every output of a session is served from the one stream of its camera. Pure,
//! no I/O.
//!
//! Of the native modes and rates from which every output can be made, the best is, in this order:
//! the one with the highest rate that is asked for, the one that cuts off the least of the
//! picture, the one that costs the least work, the smallest.

use crate::backend::NativeMode;
use crate::camera::capability::UNTOLD;
use crate::error::{Code, Error, Result};
use crate::format::{Colour, FrameRate, PixelFormat, Profile, RateRange, Size};
use crate::image::{can_convert, jpeg};
use crate::output::Kind;
use std::fmt::Write;

/// What one output wants.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Want {
    /// What it is for.
    pub(crate) kind: Kind,
    /// Format and size.
    pub(crate) profile: Profile,
    /// The rates it accepts; `None`: any.
    pub(crate) rates: Option<RateRange>,
    /// Left and right changed; not for photos, of which each says so itself.
    pub(crate) mirror: bool,
    /// What its YUV is to mean, if not what it means in the stream.
    pub(crate) colour: Option<Colour>,
}

impl Want {
    /// A want for the picture as the camera shows it.
    pub(crate) fn plain(kind: Kind, profile: Profile, rates: Option<RateRange>) -> Want {
        Want { kind, profile, rates, mirror: false, colour: None }
    }

    /// Must frames that fit as they are be made all the same?
    fn is_remade(&self) -> bool {
        self.mirror || self.colour.is_some()
    }
}

/// What matters more when there is a choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Priority {
    /// Many frames, and as much of the picture as there is.
    #[default]
    Quality,
    /// Little work: no more than the usual rate unless it must be, and the cheapest mode.
    Power,
}

/// A part of the native picture: the middle of it, in the shape that an output wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crop {
    /// Pixels to the left of it; even, so that chroma stays in place.
    pub(crate) x: u32,
    /// Rows above it; even.
    pub(crate) y: u32,
    /// Its size.
    pub(crate) size: Size,
}

/// How one output is made from native frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The frame itself goes to the surface, or a camera's JPEG picture to the file.
    AsIs,
    /// Something has to be done.
    Make {
        /// Motion-JPEG to pixels first.
        decode: bool,
        /// Only a part of the picture.
        crop: Option<Crop>,
        /// The size changes.
        scale: bool,
        /// The layout changes.
        convert: bool,
        /// A JPEG picture is made.
        encode: bool,
    },
}

/// The one stream that serves every output, and the way to each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The native format.
    pub(crate) format: PixelFormat,
    /// The native size.
    pub(crate) size: Size,
    /// The rate to ask the driver for; `None`: it tells none, so none is asked for.
    pub(crate) rate: Option<FrameRate>,
    /// The way to each output, in the order of the wants.
    pub(crate) ways: Vec<Way>,
}

/// The rate a preview gets when nobody asks for one.
const USUAL_RATE: u32 = 30;

/// Do preview and video have the same aspect ratio, within one percent?
pub(crate) fn check_aspect(wants: &[Want]) -> Result<()> {
    let moving: Vec<_> = wants.iter().filter(|want| matches!(want.kind, Kind::Preview | Kind::Video)).collect();
    for (index, one) in moving.iter().enumerate() {
        for other in &moving[index + 1..] {
            if one.kind != other.kind && !one.profile.size.has_aspect_of(other.profile.size) {
                return Err(Error::fatal(format!(
                    "the {} output is {} and the {} output {}: their aspect ratios differ by more than 1 %; choose sizes of the same shape",
                    one.kind.name(),
                    one.profile.size,
                    other.kind.name(),
                    other.profile.size
                )));
            }
        }
    }
    Ok(())
}

/// Finds the native mode from which every output can be served. 7400201 when there is none;
/// 7400110 when only the rates stand in the way.
pub(crate) fn plan(modes: &[NativeMode], wants: &[Want], priority: Priority) -> Result<Plan> {
    // Size and format come first: rates are to blame only when nothing else is.
    if !modes.iter().any(|mode| wants.iter().all(|want| way(mode, want).is_some())) {
        return Err(Error::fatal(refusal(modes, wants)));
    }
    let rates = common_rates(wants)?;
    let mut best: Option<(Rank, Plan)> = None;
    let mut too_slow = None;
    for mode in modes {
        let Some(ways) = wants.iter().map(|want| way(mode, want)).collect::<Option<Vec<Way>>>() else { continue };
        let Some(rate) = choose_rate(mode, rates, priority) else {
            too_slow = Some(mode);
            continue;
        };
        let rank = Rank::new(mode, rate, &ways, wants, priority);
        if best.as_ref().is_none_or(|(present, _)| rank > *present) {
            best = Some((rank, Plan { format: mode.format, size: mode.size, rate, ways }));
        }
    }
    match (best, too_slow, rates) {
        (Some((_, plan)), _, _) => Ok(plan),
        (None, Some(mode), Some(rates)) => Err(Error::new(
            Code::UnresolvedConflicts,
            format!(
                "the camera gives {} {} at {} per second, none of which lies within {} to {}",
                mode.format,
                mode.size,
                list(mode.rates.iter().map(|rate| rate.rounded())),
                rates.min,
                rates.max
            ),
        )),
        _ => Err(Error::fatal(refusal(modes, wants))),
    }
}

/// How the output is made from frames of this mode, if it can be.
pub(crate) fn way(mode: &NativeMode, want: &Want) -> Option<Way> {
    let Profile { format, size, .. } = want.profile;
    if !mode.size.is_valid() {
        return None;
    }
    if want.kind == Kind::Photo {
        if !jpeg::can_encode(mode.format) {
            return None;
        }
        if mode.size == size && mode.format.is_jpeg() {
            return Some(Way::AsIs);
        }
    } else if mode.format == format && mode.size == size {
        let remade = Way::Make { decode: false, crop: None, scale: false, convert: false, encode: false };
        return match want.is_remade() {
            false => Some(Way::AsIs),
            true => can_convert(format, format).then_some(remade),
        };
    }
    let encode = want.kind == Kind::Photo;
    let crop = if mode.size.has_aspect_of(size) { None } else { Some(middle(mode.size, size)?) };
    let seen = crop.map_or(mode.size, |crop| crop.size);
    if size.width > seen.width || size.height > seen.height {
        return None;
    }
    let scale = seen != size;
    // JPEG pictures are made from YUV planes as they lie; anything else passes through I420.
    let target = if encode { PixelFormat::I420 } else { format };
    let made = crate::camera::capability::MADE.contains(&target);
    let direct = encode && !scale && crop.is_none() && !mode.format.is_jpeg();
    if !(direct || made && can_convert(mode.format, target)) {
        return None;
    }
    Some(Way::Make { decode: mode.format.is_jpeg(), crop, scale, convert: !encode && (mode.format != format), encode })
}

/// The largest part in the middle of `native` that has the shape of `size`.
fn middle(native: Size, size: Size) -> Option<Crop> {
    let (width, height) = (u64::from(native.width), u64::from(native.height));
    let (w, h) = (u64::from(size.width), u64::from(size.height));
    let (cut_width, cut_height) =
        if width * h > height * w { (height * w / h, height) } else { (width, width * h / w) };
    let even = |value: u64| u32::try_from(value & !1).ok().filter(|value| *value > 0);
    let cut = Size::new(even(cut_width)?, even(cut_height)?);
    Some(Crop { x: ((native.width - cut.width) / 2) & !1, y: ((native.height - cut.height) / 2) & !1, size: cut })
}

/// Are there rates that every output accepts? 7400110 when two exclude each other.
pub(crate) fn check_rates(wants: &[Want]) -> Result<()> {
    common_rates(wants).map(|_| ())
}

/// The rates that every output accepts; 7400110 when two exclude each other.
fn common_rates(wants: &[Want]) -> Result<Option<RateRange>> {
    let mut common: Option<(RateRange, &Want)> = None;
    for want in wants {
        let Some(rates) = want.rates else { continue };
        common = Some(match common {
            None => (rates, want),
            Some((so_far, first)) => {
                let both = RateRange { min: so_far.min.max(rates.min), max: so_far.max.min(rates.max) };
                if both.min > both.max {
                    return Err(Error::new(
                        Code::UnresolvedConflicts,
                        format!(
                            "the {} output wants {} to {} frames per second and the {} output {} to {}: one camera gives one rate",
                            first.kind.name(),
                            so_far.min,
                            so_far.max,
                            want.kind.name(),
                            rates.min,
                            rates.max
                        ),
                    ));
                }
                (both, first)
            }
        });
    }
    Ok(common.map(|(rates, _)| rates))
}

/// The fastest rate within the range; without one, or to save power, the fastest that is not above the
/// usual rate if there is one. `Some(None)`: the device tells no rates. `None`: none fits.
fn choose_rate(mode: &NativeMode, rates: Option<RateRange>, priority: Priority) -> Option<Option<FrameRate>> {
    if mode.rates.is_empty() {
        return Some(rates.map(|rates| FrameRate::per_second(rates.max.min(USUAL_RATE).max(rates.min))));
    }
    let fitting = |rate: &&FrameRate| match rates {
        Some(rates) => (rates.min..=rates.max).contains(&rate.rounded()),
        None => rate.rounded() <= USUAL_RATE,
    };
    let best = match (mode.rates.iter().filter(fitting), priority) {
        (fitting, Priority::Quality) => fitting.max(),
        (fitting, Priority::Power) => {
            let usual = fitting.clone().filter(|rate| rate.rounded() <= USUAL_RATE).max();
            usual.or_else(|| fitting.min())
        }
    };
    match (best, rates) {
        (Some(rate), _) => Some(Some(*rate)),
        (None, None) => Some(mode.rates.iter().min().copied()),
        (None, Some(_)) => None,
    }
}

fn area(size: Size) -> u64 {
    u64::from(size.width) * u64::from(size.height)
}

/// Picoseconds for each pixel that is decoded. As all that follow they are from measurements of the
/// libraries that do the work on a desktop processor; only the proportions matter.
const DECODE: u64 = 2000;

/// Work for one frame of an output, in picoseconds, but for decoding.
fn cost(mode: &NativeMode, want: &Want, way: &Way) -> u64 {
    let Way::Make { crop, scale, convert, encode, .. } = way else { return 0 };
    let seen = crop.map_or(mode.size, |crop| crop.size);
    let target = area(want.profile.size);
    u64::from(*scale) * area(seen) * 170
        + u64::from(*convert) * target * 350
        + u64::from(*encode) * target * 2000
        + u64::from(want.mirror) * target * 170
        + u64::from(want.colour.is_some()) * target * 350
        // Writing the result.
        + target * 100
}

/// What makes one mode better than another, most important first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    rate: Option<FrameRate>,
    /// Picoseconds of work a second, when power counts for more than the picture.
    most_work: std::cmp::Reverse<u64>,
    /// Pixels of the native picture that outputs do not show.
    cut_off: std::cmp::Reverse<u64>,
    /// Picoseconds of work a second; photos count as one a second.
    work: std::cmp::Reverse<u64>,
    pixels: std::cmp::Reverse<u64>,
}

impl Rank {
    fn new(mode: &NativeMode, rate: Option<FrameRate>, ways: &[Way], wants: &[Want], priority: Priority) -> Rank {
        let per_second = u64::from(rate.map_or(UNTOLD.max, FrameRate::rounded));
        // A detector has no say in what people see.
        let seen = wants.iter().zip(ways).filter(|(want, _)| want.kind != Kind::Metadata);
        let cut_off = seen.map(|(_, way)| match way {
            Way::Make { crop: Some(crop), .. } => area(mode.size) - area(crop.size),
            // In thousandths, so that modes of different size compare.
            _ => 0,
        });
        let cut_off = cut_off.sum::<u64>() * 1000 / area(mode.size).max(1);
        let often = |want: &Want| if want.kind == Kind::Photo { 1 } else { per_second };
        // A picture is decoded once, however many outputs are made from it.
        let decodes = |way: &Way| matches!(way, Way::Make { decode: true, .. });
        let decoded = wants.iter().zip(ways).filter(|(_, way)| decodes(way)).map(|(want, _)| often(want)).max();
        let decoding = (area(mode.size) * DECODE).saturating_mul(decoded.unwrap_or(0));
        let work = wants.iter().zip(ways).map(|(want, way)| cost(mode, want, way).saturating_mul(often(want)));
        let work = work.fold(decoding, u64::saturating_add);
        Rank {
            rate,
            most_work: std::cmp::Reverse(if priority == Priority::Power { work } else { 0 }),
            cut_off: std::cmp::Reverse(cut_off),
            work: std::cmp::Reverse(work),
            pixels: std::cmp::Reverse(area(mode.size)),
        }
    }
}

/// Why no mode serves every output.
fn refusal(modes: &[NativeMode], wants: &[Want]) -> String {
    if let Some(want) = wants.iter().find(|want| !modes.iter().any(|mode| way(mode, want).is_some())) {
        return format!(
            "the camera has no mode from which the {} output's {} can be made",
            want.kind.name(),
            want.profile
        );
    }
    format!(
        "the camera gives one stream, and none of its modes serves {} together: choose smaller sizes, or one layout that can be converted",
        list(wants.iter().map(|want| format!("{} {}", want.kind.name(), want.profile)))
    )
}

impl Plan {
    /// The plan in words, a line for the stream and one for each output.
    pub(crate) fn explain(&self, wants: &[Want]) -> String {
        let mut text = String::new();
        let rate =
            self.rate.map_or("the driver's own rate".to_owned(), |rate| format!("{} per second", rate.rounded()));
        let per_second = u64::from(self.rate.map_or(0, FrameRate::rounded));
        let _ = writeln!(text, "camera: {} {} at {rate}", self.format, self.size);
        for (want, way) in wants.iter().zip(&self.ways) {
            let _ = write!(text, "{} {} {}: ", want.kind.name(), want.profile.format, want.profile.size);
            let _ = match way {
                Way::AsIs => write!(text, "as it is"),
                Way::Make { decode, crop, scale, convert, encode } => {
                    let crop = crop.map(|crop| format!("crop {} at {},{}", crop.size, crop.x, crop.y));
                    let steps = [
                        decode.then(|| "decode".to_owned()),
                        crop,
                        scale.then(|| "scale".to_owned()),
                        convert.then(|| "convert".to_owned()),
                        want.colour.map(|_| "recolour".to_owned()),
                        want.mirror.then(|| "mirror".to_owned()),
                        encode.then(|| "encode".to_owned()),
                    ];
                    write!(text, "{}", steps.into_iter().flatten().collect::<Vec<_>>().join(", "))
                }
            };
            if want.kind == Kind::Photo {
                let _ = writeln!(text, "; one for each capture");
                continue;
            }
            let layout = crate::format::Layout::new(want.profile.format, want.profile.size, &[]);
            let bytes: u64 = layout.map_or(0, |layout| layout.planes().iter().map(|plane| plane.length as u64).sum());
            let _ = match (per_second, want.profile.format.is_compressed()) {
                (0, _) | (_, true) => writeln!(text, "; {rate}"),
                _ => writeln!(text, "; {rate}, {:.1} MB per second", (bytes * per_second) as f64 / 1e6),
            };
        }
        text
    }
}

fn list(items: impl Iterator<Item = impl ToString>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::error::Code;
    use proptest::prelude::*;

    const VGA: Size = Size::new(640, 480);
    const HD: Size = Size::new(1280, 720);

    fn mode(format: PixelFormat, size: Size, rates: &[u32]) -> NativeMode {
        NativeMode { format, size, rates: rates.iter().map(|&rate| FrameRate::per_second(rate)).collect() }
    }

    fn want(kind: Kind, format: PixelFormat, size: Size, rates: Option<(u32, u32)>) -> Want {
        let rates = rates.map(|(min, max)| RateRange { min, max });
        Want::plain(kind, Profile { format, size, rates }, rates)
    }

    fn camera() -> Vec<NativeMode> {
        vec![
            mode(PixelFormat::YUYV, VGA, &[60, 30, 15]),
            mode(PixelFormat::YUYV, HD, &[10, 5]),
            mode(PixelFormat::MJPEG, HD, &[60, 30]),
        ]
    }

    #[test]
    fn a_preview_gets_the_usual_rate_and_a_video_its_own() {
        let preview = want(Kind::Preview, PixelFormat::YUYV, VGA, None);
        assert_eq!(plan(&camera(), &[preview], Priority::Quality).unwrap().rate, Some(FrameRate::per_second(30)));
        let video = want(Kind::Video, PixelFormat::YUYV, VGA, Some((15, 15)));
        assert_eq!(
            plan(&camera(), &[preview, video], Priority::Quality).unwrap().rate,
            Some(FrameRate::per_second(15))
        );
    }

    #[test]
    fn a_photo_alone_takes_the_mode_that_is_fast_and_needs_no_encoding() {
        let photo = want(Kind::Photo, PixelFormat::JPEG, HD, None);
        assert_eq!(plan(&camera(), &[photo], Priority::Quality).unwrap().format, PixelFormat::MJPEG);
        let preview = want(Kind::Preview, PixelFormat::YUYV, HD, None);
        assert_eq!(plan(&camera(), &[photo, preview], Priority::Quality).unwrap().format, PixelFormat::YUYV);
    }

    #[test]
    fn refusals_say_what_stands_in_the_way() {
        let cases = [
            (
                vec![want(Kind::Preview, PixelFormat::NV12, Size::new(1920, 1080), None)],
                Code::ServiceFatalError,
                "no mode from which the preview",
            ),
            (
                vec![want(Kind::Preview, PixelFormat::YUYV, VGA, None), want(Kind::Photo, PixelFormat::JPEG, HD, None)],
                Code::ServiceFatalError,
                "one stream",
            ),
            (vec![want(Kind::Video, PixelFormat::YUYV, HD, Some((30, 30)))], Code::UnresolvedConflicts, "10, 5"),
            (
                vec![
                    want(Kind::Video, PixelFormat::YUYV, VGA, Some((15, 15))),
                    want(Kind::Preview, PixelFormat::YUYV, VGA, Some((30, 60))),
                ],
                Code::UnresolvedConflicts,
                "one rate",
            ),
        ];
        for (wants, code, words) in cases {
            let error = plan(&camera(), &wants, Priority::Quality).unwrap_err();
            assert_eq!(error.code(), code, "{error}");
            assert!(error.detail().contains(words), "{error}");
        }
    }

    #[test]
    fn preview_and_video_must_have_one_shape() {
        let preview = want(Kind::Preview, PixelFormat::YUYV, VGA, None);
        let video = want(Kind::Video, PixelFormat::YUYV, HD, Some((30, 30)));
        let photo = want(Kind::Photo, PixelFormat::JPEG, VGA, None);
        assert_eq!(check_aspect(&[preview, video]).unwrap_err().code(), Code::ServiceFatalError);
        check_aspect(&[photo, video]).unwrap();
    }

    #[test]
    fn three_outputs_come_from_one_stream_at_the_least_cost() {
        let wants = [
            want(Kind::Preview, PixelFormat::NV12, Size::new(640, 360), None),
            want(Kind::Video, PixelFormat::I420, HD, Some((30, 30))),
            want(Kind::Photo, PixelFormat::JPEG, HD, None),
        ];
        let plan = plan(&camera(), &wants, Priority::Quality).unwrap();
        assert_eq!((plan.format, plan.size, plan.rate), (PixelFormat::MJPEG, HD, Some(FrameRate::per_second(30))));
        let text = plan.explain(&wants);
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                "camera: MJPG 1280x720 at 30 per second",
                "preview NV12 640x360: decode, scale, convert; 30 per second, 10.4 MB per second",
                "video YU12 1280x720: decode, convert; 30 per second, 41.5 MB per second",
                "photo JPEG 1280x720: as it is; one for each capture",
            ]
        );
    }

    #[test]
    fn another_shape_is_cut_from_the_middle_only_when_nothing_else_serves() {
        let preview = want(Kind::Preview, PixelFormat::NV12, HD, None);
        let photo = want(Kind::Photo, PixelFormat::JPEG, Size::new(1600, 1200), None);
        let modes = [mode(PixelFormat::YUYV, Size::new(1600, 1200), &[30]), mode(PixelFormat::YUYV, HD, &[30])];
        assert_eq!(plan(&modes, &[preview], Priority::Quality).unwrap().size, HD);
        let both = plan(&modes, &[preview, photo], Priority::Quality).unwrap();
        let Way::Make { crop: Some(crop), scale: true, .. } = both.ways[0] else { panic!("{both:?}") };
        assert_eq!(crop, Crop { x: 0, y: 150, size: Size::new(1600, 900) });
    }

    #[test]
    fn what_is_mirrored_or_recoloured_is_made_where_it_would_fit_as_it_is() {
        let yuyv = mode(PixelFormat::YUYV, VGA, &[30]);
        let plain = want(Kind::Preview, PixelFormat::YUYV, VGA, None);
        assert_eq!(way(&yuyv, &plain), Some(Way::AsIs));
        for remade in [Want { mirror: true, ..plain }, Want { colour: Some(Colour::BT709_FULL), ..plain }] {
            assert!(matches!(way(&yuyv, &remade), Some(Way::Make { convert: false, scale: false, .. })));
        }
        let mjpeg = mode(PixelFormat::MJPEG, VGA, &[30]);
        let compressed = Want { mirror: true, ..want(Kind::Preview, PixelFormat::MJPEG, VGA, None) };
        assert_eq!(way(&mjpeg, &compressed), None, "nothing is compressed again");
    }

    #[test]
    fn to_save_power_is_the_usual_rate_and_the_least_work() {
        let fast = mode(PixelFormat::YUYV, VGA, &[60, 30, 15]);
        let rate = |rates, priority| {
            let plan = plan(std::slice::from_ref(&fast), &[want(Kind::Video, PixelFormat::YUYV, VGA, rates)], priority);
            plan.unwrap().rate.unwrap().rounded()
        };
        assert_eq!(rate(Some((15, 60)), Priority::Quality), 60);
        assert_eq!(rate(Some((15, 60)), Priority::Power), 30);
        assert_eq!(rate(Some((40, 60)), Priority::Power), 60, "no less than is asked for");
        // A part of the picture that costs less, or all of it.
        let modes = [mode(PixelFormat::YUYV, HD, &[30]), mode(PixelFormat::MJPEG, Size::new(1280, 960), &[30])];
        let four_by_three = [want(Kind::Preview, PixelFormat::NV12, VGA, None)];
        assert_eq!(plan(&modes, &four_by_three, Priority::Quality).unwrap().format, PixelFormat::MJPEG);
        assert_eq!(plan(&modes, &four_by_three, Priority::Power).unwrap().format, PixelFormat::YUYV);
    }

    fn any_mode() -> impl Strategy<Value = NativeMode> {
        let format = prop::sample::select(vec![PixelFormat::YUYV, PixelFormat::NV12, PixelFormat::MJPEG]);
        let size = prop::sample::select(vec![VGA, HD]);
        let rates = prop::sample::subsequence(vec![60, 30, 15, 5], 0..=4);
        (format, size, rates).prop_map(|(format, size, rates)| mode(format, size, &rates))
    }

    fn any_want() -> impl Strategy<Value = Want> {
        let kind = prop::sample::select(vec![Kind::Preview, Kind::Photo, Kind::Video, Kind::Metadata]);
        let format = prop::sample::select(vec![PixelFormat::YUYV, PixelFormat::NV12]);
        let size = prop::sample::select(vec![VGA, HD]);
        let rates = prop::option::of((1u32..61, 0u32..30).prop_map(|(min, more)| (min, min + more)));
        (kind, format, size, rates).prop_map(|(kind, format, size, rates)| match kind {
            Kind::Photo => want(kind, PixelFormat::JPEG, size, None),
            _ => want(kind, format, size, rates),
        })
    }

    proptest! {
        /// A plan serves every output; without one, no mode and rate do (checked by trying all).
        #[test]
        fn a_plan_serves_everyone_or_there_is_none(
            modes in prop::collection::vec(any_mode(), 0..6),
            wants in prop::collection::vec(any_want(), 1..4),
        ) {
            let fits = |mode: &NativeMode, rate: Option<&FrameRate>| wants.iter().all(|want| {
                way(mode, want).is_some() && want.rates.is_none_or(|rates| rate.is_none_or(|rate| {
                    (rates.min..=rates.max).contains(&rate.rounded())
                }))
            });
            match plan(&modes, &wants, Priority::Quality) {
                Ok(plan) => {
                    let mode = modes.iter().find(|mode| {
                        mode.format == plan.format && mode.size == plan.size
                            && (mode.rates.is_empty() || plan.rate.is_some_and(|rate| mode.rates.contains(&rate)))
                    });
                    prop_assert!(mode.is_some_and(|mode| fits(mode, plan.rate.as_ref())));
                }
                Err(_) => {
                    let exclusive = common_rates(&wants).is_err();
                    let possible = modes.iter().any(|mode| {
                        if mode.rates.is_empty() { fits(mode, None) } else { mode.rates.iter().any(|rate| fits(mode, Some(rate))) }
                    });
                    prop_assert!(exclusive || !possible);
                }
            }
        }
    }
}
