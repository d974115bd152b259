//! What a camera offers in a mode: the profiles that outputs may ask for. Pure.

use super::SceneMode;
use crate::backend::NativeMode;
use crate::format::{PixelFormat, Profile, RateRange, Size};
use crate::image::jpeg;

/// The profiles of one camera in one mode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Capability {
    pub(crate) preview: Vec<Profile>,
    pub(crate) photo: Vec<Profile>,
    pub(crate) video: Vec<Profile>,
}

impl Capability {
    /// The profiles that follow from a camera's native modes. Preview and video profiles are
    /// the device's own layouts; photos are JPEG pictures, passed through or encoded. Both
    /// scene modes offer the same on V4L2 devices.
    pub(crate) fn new(modes: &[NativeMode], _mode: SceneMode) -> Capability {
        let mut capability = Capability::default();
        for native in modes.iter().filter(|native| native.size.is_valid()) {
            let plain = Profile { format: native.format, size: native.size, rates: None };
            add(&mut capability.preview, plain);
            if jpeg::can_encode(native.format) {
                add(&mut capability.photo, Profile { format: PixelFormat::JPEG, ..plain });
            }
            for rates in rate_ranges(native) {
                add(&mut capability.video, Profile { rates: Some(rates), ..plain });
            }
        }
        capability
    }
}

/// Is this preview profile in the list? As [`Capability::new`] would say, without making it.
pub(crate) fn offers_preview(modes: &[NativeMode], profile: &Profile) -> bool {
    profile.rates.is_none() && offered(modes, profile.size).any(|native| native.format == profile.format)
}

/// Is this photo profile in the list?
pub(crate) fn offers_photo(modes: &[NativeMode], profile: &Profile) -> bool {
    profile.rates.is_none()
        && profile.format == PixelFormat::JPEG
        && offered(modes, profile.size).any(|native| jpeg::can_encode(native.format))
}

/// Is this video profile in the list?
pub(crate) fn offers_video(modes: &[NativeMode], profile: &Profile) -> bool {
    profile.rates.is_some_and(|rates| {
        offered(modes, profile.size)
            .any(|native| native.format == profile.format && rate_ranges(native).contains(&rates))
    })
}

fn offered(modes: &[NativeMode], size: Size) -> impl Iterator<Item = &NativeMode> {
    modes.iter().filter(move |native| native.size == size && size.is_valid())
}

fn add(profiles: &mut Vec<Profile>, profile: Profile) {
    if !profiles.contains(&profile) {
        profiles.push(profile);
    }
}

/// Rates when the device tells none: what nearly every camera does.
pub(crate) const UNTOLD: RateRange = RateRange { min: 1, max: 30 };

/// The frame-rate ranges of a native mode: each rate by itself, fastest first, then the whole
/// span.
pub(crate) fn rate_ranges(native: &NativeMode) -> Vec<RateRange> {
    let mut ranges: Vec<RateRange> = Vec::with_capacity(native.rates.len() + 1);
    for rate in &native.rates {
        let rounded = rate.rounded();
        let single = RateRange { min: rounded, max: rounded };
        if !ranges.contains(&single) {
            ranges.push(single);
        }
    }
    let span = ranges.iter().fold(None, |span: Option<RateRange>, range| {
        let span = span.unwrap_or(*range);
        Some(RateRange { min: span.min.min(range.min), max: span.max.max(range.max) })
    });
    match span {
        None => ranges.push(UNTOLD),
        Some(span) if span.min != span.max => ranges.push(span),
        Some(_) => {}
    }
    ranges
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::format::FrameRate;

    fn native(format: PixelFormat, rates: &[u32]) -> NativeMode {
        let rates = rates.iter().map(|&rate| FrameRate::per_second(rate)).collect();
        NativeMode { format, size: Size::new(640, 480), rates }
    }

    #[test]
    fn rates_stand_alone_and_as_a_span() {
        let ranges = rate_ranges(&native(PixelFormat::YUYV, &[30, 15, 5]));
        let pairs: Vec<_> = ranges.iter().map(|range| (range.min, range.max)).collect();
        assert_eq!(pairs, [(30, 30), (15, 15), (5, 5), (5, 30)]);
        assert_eq!(rate_ranges(&native(PixelFormat::YUYV, &[30])).len(), 1);
        assert_eq!(rate_ranges(&native(PixelFormat::YUYV, &[])), [UNTOLD]);
    }

    #[test]
    fn a_size_is_offered_for_photos_once_and_only_where_a_jpeg_can_be_made() {
        let bayer = PixelFormat::from_fourcc(*b"pRAA");
        let modes = [native(PixelFormat::YUYV, &[30]), native(PixelFormat::NV12, &[30]), native(bayer, &[30])];
        let capability = Capability::new(&modes, SceneMode::NormalPhoto);
        assert_eq!(capability.preview.len(), 3);
        assert_eq!(capability.photo.len(), 1);
        assert_eq!(capability.photo[0].format, PixelFormat::JPEG);
        assert_eq!(Capability::new(&modes[2..], SceneMode::NormalPhoto).photo, []);
    }

    #[test]
    fn asking_for_one_profile_agrees_with_the_list() {
        let bayer = PixelFormat::from_fourcc(*b"pRAA");
        let modes = [native(PixelFormat::YUYV, &[30, 15]), native(PixelFormat::MJPEG, &[]), native(bayer, &[7])];
        let list = Capability::new(&modes, SceneMode::NormalVideo);
        let formats = [PixelFormat::YUYV, PixelFormat::MJPEG, PixelFormat::JPEG, bayer, PixelFormat::NV12];
        let ranges = [(30, 30), (15, 30), (15, 15), (7, 7), (1, 30), (20, 30)];
        let rates = ranges.map(|(min, max)| Some(RateRange { min, max })).into_iter().chain([None]);
        for rates in rates {
            for format in formats {
                for size in [Size::new(640, 480), Size::new(64, 48)] {
                    let profile = Profile { format, size, rates };
                    assert_eq!(offers_preview(&modes, &profile), list.preview.contains(&profile), "{profile}");
                    assert_eq!(offers_photo(&modes, &profile), list.photo.contains(&profile), "{profile}");
                    assert_eq!(offers_video(&modes, &profile), list.video.contains(&profile), "{profile}");
                }
            }
        }
    }
}
