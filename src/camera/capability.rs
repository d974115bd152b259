//! What a camera offers in a mode: the profiles that outputs may ask for. Pure.
//!
//! Offered are the device's own layouts and sizes, and what can be made from them: the usual
//! 4:2:0 layouts and RGBA, JPEG for photos, and smaller usual sizes of the same shape. Rates are
//! those that some native mode really reaches.

use super::SceneMode;
use crate::backend::NativeMode;
use crate::detector::ObjectType;
use crate::format::{PixelFormat, Profile, RateRange, Size};
use crate::image::{can_convert, jpeg};

/// The profiles of one camera in one mode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Capability {
    pub(crate) preview: Vec<Profile>,
    pub(crate) photo: Vec<Profile>,
    pub(crate) video: Vec<Profile>,
    /// What metadata outputs can tell of: nothing without a detector.
    pub(crate) objects: Vec<ObjectType>,
}

/// Layouts that are made where the device does not give them itself.
pub(crate) const MADE: [PixelFormat; 5] =
    [PixelFormat::NV12, PixelFormat::NV21, PixelFormat::I420, PixelFormat::YUV_420_SP, PixelFormat::RGBA_8888];

/// Sizes that are made from larger ones of the same shape, largest first.
const USUAL_SIZES: &[Size] = &[
    Size::new(3840, 2160),
    Size::new(2880, 2160),
    Size::new(2592, 1944),
    Size::new(2560, 1440),
    Size::new(2048, 1536),
    Size::new(1920, 1080),
    Size::new(1600, 1200),
    Size::new(1440, 1080),
    Size::new(1280, 960),
    Size::new(1280, 720),
    Size::new(1024, 768),
    Size::new(960, 720),
    Size::new(960, 540),
    Size::new(800, 600),
    Size::new(640, 480),
    Size::new(640, 360),
    Size::new(320, 240),
    Size::new(320, 180),
];

/// Can frames of this size be made from those of the larger by scaling alone?
pub(crate) fn scales_to(native: Size, size: Size) -> bool {
    native == size || size.width <= native.width && size.height <= native.height && native.has_aspect_of(size)
}

/// Can frames of this layout and size be made from this native mode's, for a preview or a video?
pub(crate) fn serves_frames(native: &NativeMode, format: PixelFormat, size: Size) -> bool {
    (native.format == format && native.size == size)
        || (MADE.contains(&format) && can_convert(native.format, format) && scales_to(native.size, size))
}

/// Can photos of this size be made from this native mode's frames?
pub(crate) fn serves_photos(native: &NativeMode, size: Size) -> bool {
    jpeg::can_encode(native.format)
        && (native.size == size || can_convert(native.format, PixelFormat::I420) && scales_to(native.size, size))
}

impl Capability {
    /// The profiles that follow from a camera's native modes. Both scene modes offer the same on
    /// V4L2 devices.
    pub(crate) fn new(modes: &[NativeMode], _mode: SceneMode) -> Capability {
        let modes: Vec<&NativeMode> = modes.iter().filter(|native| native.size.is_valid()).collect();
        let mut capability = Capability::default();
        for (format, size) in candidates(&modes) {
            let serving: Vec<_> = modes.iter().copied().filter(|native| serves_frames(native, format, size)).collect();
            if serving.is_empty() {
                continue;
            }
            let plain = Profile { format, size, rates: None };
            capability.preview.push(plain);
            let rates = rate_ranges(&serving).into_iter();
            capability.video.extend(rates.map(|rates| Profile { rates: Some(rates), ..plain }));
        }
        for size in sizes(&modes) {
            if modes.iter().any(|native| serves_photos(native, size)) {
                capability.photo.push(Profile { format: PixelFormat::JPEG, size, rates: None });
            }
        }
        capability
    }
}

/// The native formats and sizes in the driver's order, then what may be made.
fn candidates(modes: &[&NativeMode]) -> Vec<(PixelFormat, Size)> {
    let mut pairs: Vec<(PixelFormat, Size)> = Vec::new();
    let native = modes.iter().map(|native| (native.format, native.size));
    let sizes = sizes(modes);
    let made = MADE.into_iter().flat_map(|format| sizes.iter().map(move |size| (format, *size)));
    for pair in native.chain(made) {
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    pairs
}

/// The native sizes, then usual ones that are made from them.
fn sizes(modes: &[&NativeMode]) -> Vec<Size> {
    let mut sizes: Vec<Size> = Vec::new();
    let made = USUAL_SIZES.iter().copied().filter(|size| modes.iter().any(|native| scales_to(native.size, *size)));
    for size in modes.iter().map(|native| native.size).chain(made) {
        if !sizes.contains(&size) {
            sizes.push(size);
        }
    }
    sizes
}

/// Rates when the device tells none: what nearly every camera does.
pub(crate) const UNTOLD: RateRange = RateRange { min: 1, max: 30 };

/// The frame-rate ranges that these modes reach between them: each rate by itself, fastest first,
/// then the span of each mode.
pub(crate) fn rate_ranges(modes: &[&NativeMode]) -> Vec<RateRange> {
    let mut singles: Vec<RateRange> = Vec::new();
    let mut spans: Vec<RateRange> = Vec::new();
    for native in modes {
        let rates: Vec<u32> = native.rates.iter().map(|rate| rate.rounded()).collect();
        for &rate in &rates {
            add(&mut singles, RateRange { min: rate, max: rate });
        }
        match (rates.iter().min(), rates.iter().max()) {
            (Some(&min), Some(&max)) if min != max => add(&mut spans, RateRange { min, max }),
            (None, _) => add(&mut spans, UNTOLD),
            _ => {}
        }
    }
    singles.sort_by_key(|range| std::cmp::Reverse(range.max));
    singles.extend(spans);
    singles
}

fn add(ranges: &mut Vec<RateRange>, range: RateRange) {
    if !ranges.contains(&range) {
        ranges.push(range);
    }
}

/// Is this preview profile in the list? As [`Capability::new`] would say, without making it.
pub(crate) fn offers_preview(modes: &[NativeMode], profile: &Profile) -> bool {
    profile.rates.is_none() && listed_size(modes, profile) && serving(modes, profile).next().is_some()
}

/// Is this photo profile in the list?
pub(crate) fn offers_photo(modes: &[NativeMode], profile: &Profile) -> bool {
    profile.rates.is_none()
        && profile.format == PixelFormat::JPEG
        && listed_size(modes, profile)
        && modes.iter().any(|native| serves_photos(native, profile.size))
}

/// Is this video profile in the list?
pub(crate) fn offers_video(modes: &[NativeMode], profile: &Profile) -> bool {
    let serving: Vec<_> = serving(modes, profile).collect();
    listed_size(modes, profile) && profile.rates.is_some_and(|rates| rate_ranges(&serving).contains(&rates))
}

fn listed_size(modes: &[NativeMode], profile: &Profile) -> bool {
    profile.size.is_valid()
        && (USUAL_SIZES.contains(&profile.size) || modes.iter().any(|native| native.size == profile.size))
}

/// The modes from which the profile's frames can be made.
pub(crate) fn serving<'a>(modes: &'a [NativeMode], profile: &'a Profile) -> impl Iterator<Item = &'a NativeMode> {
    modes.iter().filter(|native| native.size.is_valid() && serves_frames(native, profile.format, profile.size))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::format::FrameRate;

    const VGA: Size = Size::new(640, 480);

    fn native(format: PixelFormat, size: Size, rates: &[u32]) -> NativeMode {
        let rates = rates.iter().map(|&rate| FrameRate::per_second(rate)).collect();
        NativeMode { format, size, rates }
    }

    #[test]
    fn rates_stand_alone_and_as_a_span() {
        let mode = native(PixelFormat::YUYV, VGA, &[30, 15, 5]);
        let pairs: Vec<_> = rate_ranges(&[&mode]).iter().map(|range| (range.min, range.max)).collect();
        assert_eq!(pairs, [(30, 30), (15, 15), (5, 5), (5, 30)]);
        assert_eq!(rate_ranges(&[&native(PixelFormat::YUYV, VGA, &[30])]).len(), 1);
        assert_eq!(rate_ranges(&[&native(PixelFormat::YUYV, VGA, &[])]), [UNTOLD]);
    }

    #[test]
    fn rates_are_those_that_some_mode_really_reaches() {
        let hd = Size::new(1280, 720);
        let modes = [native(PixelFormat::YUYV, hd, &[5]), native(PixelFormat::MJPEG, hd, &[30])];
        let list = Capability::new(&modes, SceneMode::NormalVideo);
        let of = |format| {
            let profiles = list.video.iter().filter(|p| p.format == format && p.size == hd);
            profiles.map(|p| p.rates.unwrap().max).collect::<Vec<_>>()
        };
        assert_eq!(of(PixelFormat::YUYV), [5], "the device's own layout comes at its own rate only");
        assert_eq!(of(PixelFormat::NV12), [30, 5], "decoded it comes faster");
    }

    #[test]
    fn smaller_usual_sizes_of_the_same_shape_are_made() {
        let modes = [native(PixelFormat::YUYV, Size::new(1280, 720), &[30])];
        let list = Capability::new(&modes, SceneMode::NormalPhoto);
        let nv12 = |size| list.preview.contains(&Profile { format: PixelFormat::NV12, size, rates: None });
        assert!(nv12(Size::new(1280, 720)) && nv12(Size::new(640, 360)));
        assert!(!nv12(VGA), "another shape");
        assert!(!nv12(Size::new(1920, 1080)), "larger");
        assert!(list.photo.iter().any(|photo| photo.size == Size::new(640, 360)));
    }

    #[test]
    fn what_cannot_be_converted_is_offered_as_it_is_alone() {
        let bayer = PixelFormat::from_fourcc(*b"pRAA");
        let list = Capability::new(&[native(bayer, VGA, &[30])], SceneMode::NormalPhoto);
        assert_eq!(list.preview, [Profile { format: bayer, size: VGA, rates: None }]);
        assert_eq!(list.photo, []);
    }

    #[test]
    fn asking_for_one_profile_agrees_with_the_list() {
        let bayer = PixelFormat::from_fourcc(*b"pRAA");
        let hd = Size::new(1280, 720);
        let modes =
            [native(PixelFormat::YUYV, VGA, &[30, 15]), native(PixelFormat::MJPEG, hd, &[]), native(bayer, VGA, &[7])];
        let list = Capability::new(&modes, SceneMode::NormalVideo);
        let formats = [PixelFormat::YUYV, PixelFormat::MJPEG, PixelFormat::JPEG, bayer].into_iter().chain(MADE);
        let ranges = [(30, 30), (15, 30), (15, 15), (7, 7), (1, 30), (20, 30)];
        for format in formats {
            for rates in ranges.map(|(min, max)| Some(RateRange { min, max })).into_iter().chain([None]) {
                for size in [VGA, hd, Size::new(64, 48), Size::new(320, 240), Size::new(640, 360)] {
                    let profile = Profile { format, size, rates };
                    assert_eq!(offers_preview(&modes, &profile), list.preview.contains(&profile), "{profile}");
                    assert_eq!(offers_photo(&modes, &profile), list.photo.contains(&profile), "{profile}");
                    assert_eq!(offers_video(&modes, &profile), list.video.contains(&profile), "{profile}");
                }
            }
        }
    }
}
