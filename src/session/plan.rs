//! The plan: how every output of a session is served from the one stream of its camera. Pure,
//! no I/O.

use crate::backend::NativeMode;
use crate::error::{Error, Result};
use crate::format::{FrameRate, PixelFormat, Profile, RateRange, Size};
use crate::image::jpeg;
use crate::output::Kind;

/// What one output wants.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Want {
    /// What it is for.
    pub kind: Kind,
    /// Format and size.
    pub profile: Profile,
    /// The rates it accepts; `None`: any.
    pub rates: Option<RateRange>,
}

/// The one stream that serves every output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The native format.
    pub format: PixelFormat,
    /// The native size.
    pub size: Size,
    /// The rate to ask the driver for; `None`: it tells none, so none is asked for.
    pub rate: Option<FrameRate>,
}

/// The rate a preview gets when nobody asks for one.
const USUAL_RATE: u32 = 30;

/// Do preview and video have the same aspect ratio, within one percent?
pub(crate) fn check_aspect(wants: &[Want]) -> Result<()> {
    let moving: Vec<_> = wants.iter().filter(|want| want.kind != Kind::Photo).collect();
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
pub(crate) fn plan(modes: &[NativeMode], wants: &[Want]) -> Result<Plan> {
    // Size and format come first: rates are to blame only when nothing else is.
    let serving: Vec<_> = modes.iter().filter(|mode| wants.iter().all(|want| serves(mode, want))).collect();
    if serving.is_empty() {
        return Err(Error::fatal(refusal(modes, wants)));
    }
    let rates = common_rates(wants)?;
    let mut best: Option<(Rank, Plan)> = None;
    let mut without_rate = None;
    for mode in serving {
        let Some(rate) = choose_rate(mode, rates) else {
            without_rate = Some(mode);
            continue;
        };
        let candidate = (Rank::new(mode, wants, rate), Plan { format: mode.format, size: mode.size, rate });
        if best.as_ref().is_none_or(|(rank, _)| candidate.0 > *rank) {
            best = Some(candidate);
        }
    }
    match (best, without_rate, rates) {
        (Some((_, plan)), _, _) => Ok(plan),
        (None, Some(mode), Some(rates)) => Err(Error::new(
            crate::error::Code::UnresolvedConflicts,
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
                        crate::error::Code::UnresolvedConflicts,
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

/// Can the output be made from frames of this mode?
fn serves(mode: &NativeMode, want: &Want) -> bool {
    mode.size == want.profile.size
        && match want.kind {
            Kind::Photo => jpeg::can_encode(mode.format),
            Kind::Preview | Kind::Video => mode.format == want.profile.format,
        }
}

/// The fastest rate within the range; without one, the fastest that is not above the usual
/// rate. `Some(None)`: the device tells no rates. `None`: none fits.
fn choose_rate(mode: &NativeMode, rates: Option<RateRange>) -> Option<Option<FrameRate>> {
    if mode.rates.is_empty() {
        return Some(rates.map(|rates| FrameRate::per_second(rates.max.min(USUAL_RATE).max(rates.min))));
    }
    let fitting = |rate: &&FrameRate| match rates {
        Some(rates) => (rates.min..=rates.max).contains(&rate.rounded()),
        None => rate.rounded() <= USUAL_RATE,
    };
    match (mode.rates.iter().filter(fitting).max(), rates) {
        (Some(rate), _) => Some(Some(*rate)),
        (None, None) => Some(mode.rates.iter().min().copied()),
        (None, Some(_)) => None,
    }
}

/// What makes one mode better than another, most important first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    rate: Option<FrameRate>,
    /// A photo alone: a camera's own JPEG needs no work.
    no_encoding: bool,
}

impl Rank {
    fn new(mode: &NativeMode, wants: &[Want], rate: Option<FrameRate>) -> Rank {
        let photos = wants.iter().any(|want| want.kind == Kind::Photo);
        Rank { rate, no_encoding: photos && mode.format.is_jpeg() }
    }
}

/// Why no mode serves every output.
fn refusal(modes: &[NativeMode], wants: &[Want]) -> String {
    if let Some(want) = wants.iter().find(|want| !modes.iter().any(|mode| serves(mode, want))) {
        return format!("the camera has no mode for the {} output's {}", want.kind.name(), want.profile);
    }
    format!(
        "the camera gives one stream, from which {} cannot all be served: choose the same size for all, and the same format for previews and videos",
        list(wants.iter().map(|want| format!("{} {}", want.kind.name(), want.profile)))
    )
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
        Want { kind, profile: Profile { format, size, rates }, rates }
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
        assert_eq!(plan(&camera(), &[preview]).unwrap().rate, Some(FrameRate::per_second(30)));
        let video = want(Kind::Video, PixelFormat::YUYV, VGA, Some((15, 15)));
        assert_eq!(plan(&camera(), &[preview, video]).unwrap().rate, Some(FrameRate::per_second(15)));
    }

    #[test]
    fn a_photo_alone_takes_the_mode_that_is_fast_and_needs_no_encoding() {
        let photo = want(Kind::Photo, PixelFormat::JPEG, HD, None);
        assert_eq!(plan(&camera(), &[photo]).unwrap().format, PixelFormat::MJPEG);
        let preview = want(Kind::Preview, PixelFormat::YUYV, HD, None);
        assert_eq!(plan(&camera(), &[photo, preview]).unwrap().format, PixelFormat::YUYV);
    }

    #[test]
    fn refusals_say_what_stands_in_the_way() {
        let cases = [
            (
                vec![want(Kind::Preview, PixelFormat::NV12, VGA, None)],
                Code::ServiceFatalError,
                "no mode for the preview",
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
            let error = plan(&camera(), &wants).unwrap_err();
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

    fn any_mode() -> impl Strategy<Value = NativeMode> {
        let format = prop::sample::select(vec![PixelFormat::YUYV, PixelFormat::NV12, PixelFormat::MJPEG]);
        let size = prop::sample::select(vec![VGA, HD]);
        let rates = prop::sample::subsequence(vec![60, 30, 15, 5], 0..=4);
        (format, size, rates).prop_map(|(format, size, rates)| mode(format, size, &rates))
    }

    fn any_want() -> impl Strategy<Value = Want> {
        let kind = prop::sample::select(vec![Kind::Preview, Kind::Photo, Kind::Video]);
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
                serves(mode, want) && want.rates.is_none_or(|rates| rate.is_none_or(|rate| {
                    (rates.min..=rates.max).contains(&rate.rounded())
                }))
            });
            match plan(&modes, &wants) {
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
