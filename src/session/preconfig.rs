//! Preconfiguration: outputs that are made without a profile get one from the session, by a name for
//! their quality and a shape.

use super::state::{self, Operation, State};
use super::{Session, modes_for};
use crate::camera::{Input, capability::Capability};
use crate::error::{Error, Result};
use crate::format::{PixelFormat, Profile, RateRange, Size};
use crate::output::Kind;
use std::fmt;

/// How good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    /// Pictures of so many rows.
    Rows(u32),
    /// The largest.
    Highest,
    /// Nothing here can do it.
    Unsupported,
}

/// What a session was preconfigured for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Preconfig {
    pub(crate) quality: Quality,
    /// Width and height of the shape.
    pub(crate) ratio: Size,
}

/// What its outputs get. Each is an entry of the camera's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Profiles {
    preview: Profile,
    photo: Profile,
    video: Profile,
}

/// Layouts of frames, the best first: what an application of Camera Kit expects, then what costs least.
const LAYOUTS: [PixelFormat; 5] =
    [PixelFormat::YUV_420_SP, PixelFormat::NV12, PixelFormat::NV21, PixelFormat::I420, PixelFormat::YUYV];

/// Frames per second of a video.
const RATE: u32 = 30;

/// Worse with every number: 30 exactly, a span with 30 in it, slower, faster.
fn distance(rates: RateRange) -> (u32, u32) {
    match rates {
        RateRange { min: RATE, max: RATE } => (0, 0),
        RateRange { min, max } if min <= RATE && RATE <= max => (1, max - RATE),
        RateRange { max, .. } if max < RATE => (2, RATE - max),
        RateRange { min, .. } => (3, min - RATE),
    }
}

fn area(size: Size) -> u64 {
    u64::from(size.width) * u64::from(size.height)
}

impl fmt::Display for Preconfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Size { width, height } = self.ratio;
        match self.quality {
            Quality::Rows(rows) => write!(f, "{} in {width}:{height}", Size::new(rows * width / height, rows)),
            Quality::Highest => write!(f, "sizes in {width}:{height}"),
            Quality::Unsupported => write!(f, "pictures of BT.2020"),
        }
    }
}

impl Preconfig {
    /// Does the quality have this size, in this shape?
    fn fits(&self, size: Size) -> bool {
        match self.quality {
            Quality::Rows(rows) => size == Size::new(rows * self.ratio.width / self.ratio.height, rows),
            Quality::Highest => size.has_aspect_of(self.ratio),
            Quality::Unsupported => false,
        }
    }

    fn profiles(&self, camera: &Capability) -> Option<Profiles> {
        // A layout that is not among the usual ones comes after them, and compressed pictures last.
        let layout = |format: PixelFormat| {
            let known = LAYOUTS.iter().position(|known| *known == format);
            known.unwrap_or(LAYOUTS.len() + usize::from(format.is_compressed()))
        };
        let videos = camera.video.iter().filter(|video| self.fits(video.size));
        let video = videos.min_by_key(|video| {
            (std::cmp::Reverse(area(video.size)), layout(video.format), video.rates.map(distance))
        })?;
        let preview = Profile { rates: None, ..*video };
        let shaped = camera.photo.iter().filter(|photo| photo.size.has_aspect_of(self.ratio));
        let photo = shaped.max_by_key(|photo| area(photo.size))?;
        camera.preview.contains(&preview).then_some(Profiles { preview, photo: *photo, video: *video })
    }
}

impl Session {
    fn camera_offers(&self, input: &Input) -> Result<Capability> {
        let modes = modes_for(input, &[]).map_err(|error| {
            Error::fatal(format!("the modes of camera {} cannot be read: {}", input.id(), error.detail()))
        })?;
        Ok(Capability::new(&modes, self.mode))
    }

    /// Can the camera of its input do it? Before there is one: can any? May block.
    pub(crate) fn can_preconfig(&self, preconfig: &Preconfig) -> Result<bool> {
        if self.state() == State::Released {
            return Err(Error::fatal("the session is released: create a new one"));
        }
        let input = self.config.lock().input.clone();
        if let Some(input) = input {
            return Ok(preconfig.profiles(&self.camera_offers(&input)?).is_some());
        }
        let manager = self.manager.upgrade().ok_or_else(|| Error::fatal("the session's manager is released"))?;
        let cameras = manager.cameras()?;
        // One that goes meanwhile, or whose driver does not answer, can do nothing.
        let mut offers = cameras.iter().filter_map(|camera| manager.capability(&camera.id, self.mode).ok());
        Ok(offers.any(|offers| preconfig.profiles(&offers).is_some()))
    }

    /// Outputs that are added without a profile get theirs from this. May block.
    pub(crate) fn preconfig(&self, preconfig: Preconfig) -> Result<()> {
        if matches!(self.state(), State::Committed | State::Started) {
            state::check(Operation::Configure, self.state())?;
        }
        if !self.can_preconfig(&preconfig)? {
            return Err(Error::fatal(format!(
                "no camera offers {preconfig}: ask camera_session_can_preconfig() first, with another ratio too"
            )));
        }
        self.wishes.lock().preconfig = Some(preconfig);
        Ok(())
    }

    /// The profile for an output that was made without one.
    pub(super) fn preconfigured(&self, input: &Input, kind: Kind) -> Result<Profile> {
        let preconfig = self.wishes().preconfig.ok_or_else(|| {
            Error::fatal(format!(
                "the {} output was made without a profile, and the session is not preconfigured: call camera_session_preconfig() first",
                kind.name()
            ))
        })?;
        let profiles = preconfig.profiles(&self.camera_offers(input)?).ok_or_else(|| {
            Error::fatal(format!(
                "camera {} does not offer {preconfig}, for which the session was preconfigured",
                input.id()
            ))
        })?;
        Ok(match kind {
            Kind::Photo => profiles.photo,
            Kind::Video => profiles.video,
            Kind::Preview | Kind::Metadata => profiles.preview,
        })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::backend::NativeMode;
    use crate::camera::SceneMode;
    use crate::format::FrameRate;

    fn offers(modes: &[(PixelFormat, Size, &[u32])]) -> Capability {
        let modes = modes.iter().map(|&(format, size, rates)| NativeMode {
            format,
            size,
            rates: rates.iter().map(|&rate| FrameRate::per_second(rate)).collect(),
        });
        Capability::new(&modes.collect::<Vec<_>>(), SceneMode::NormalVideo)
    }

    const WIDE: Size = Size::new(16, 9);

    #[test]
    fn sizes_are_the_nominal_ones_and_all_are_offered() {
        let camera = offers(&[
            (PixelFormat::MJPEG, Size::new(1920, 1080), &[60, 30]),
            (PixelFormat::YUYV, Size::new(1600, 1200), &[15]),
        ]);
        let of = |quality, ratio| Preconfig { quality, ratio }.profiles(&camera);
        let hd = of(Quality::Rows(720), WIDE).unwrap();
        assert_eq!((hd.preview.format, hd.preview.size), (PixelFormat::YUV_420_SP, Size::new(1280, 720)));
        assert_eq!(hd.video.rates, Some(RateRange { min: 30, max: 30 }));
        assert_eq!(hd.photo.size, Size::new(1920, 1080), "the largest of the shape");
        assert!(camera.preview.contains(&hd.preview) && camera.video.contains(&hd.video));
        assert!(camera.photo.contains(&hd.photo));
        let classic = of(Quality::Rows(1080), Size::new(4, 3)).unwrap();
        assert_eq!(classic.preview.size, Size::new(1440, 1080));
        assert_eq!(classic.video.rates, Some(RateRange { min: 15, max: 15 }), "the fastest there is");
        assert_eq!(of(Quality::Highest, WIDE).unwrap().video.size, Size::new(1920, 1080));
        assert_eq!(of(Quality::Rows(2160), WIDE), None);
        assert_eq!(of(Quality::Rows(720), Size::new(1, 1)), None, "no squares are cut out");
        assert_eq!(of(Quality::Unsupported, WIDE), None);
    }

    #[test]
    fn what_cannot_be_made_comes_as_it_is_if_photos_can_be_taken() {
        let size = Size::new(1280, 720);
        let bayer = PixelFormat::from_fourcc(*b"pRAA");
        let preconfig = Preconfig { quality: Quality::Rows(720), ratio: WIDE };
        assert_eq!(preconfig.profiles(&offers(&[(bayer, size, &[30])])), None);
        let both = offers(&[(bayer, size, &[30]), (PixelFormat::MJPEG, size, &[])]);
        let profiles = preconfig.profiles(&both).unwrap();
        assert_eq!(
            (profiles.video.format, profiles.video.rates),
            (PixelFormat::YUV_420_SP, Some(RateRange { min: 1, max: 30 }))
        );
    }
}
