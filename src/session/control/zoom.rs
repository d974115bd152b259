//! Zoom: the lens of a camera that has one (V4L2_CID_ZOOM_ABSOLUTE), a part of the picture for the others:
//! made by the driver where it can, which costs nothing and loses least, else by the session's stream.

use super::Knobs;
use crate::backend::Device;
use crate::backend::control::{Control, Section, ids};
use crate::error::{Code, Error, Result};
use crate::runtime::log::Level;
use crate::runtime::timer::Timer;
use crate::session::Session;
use crate::session::events::SessionEvent;
use crate::session::plan::Plan;
use crate::session::stream::ActiveStream;
use crate::session::zoom::{LARGEST, LEAST, largest};
use crate::sync::Arc;
use std::time::{Duration, Instant};

/// A zoom to twice or half the ratio takes so long when it is smooth.
const OCTAVE: Duration = Duration::from_millis(400);
/// And every one at least so long.
const SHORTEST: Duration = Duration::from_millis(100);
/// From step to step.
const STEP: Duration = Duration::from_millis(33);

/// A lens that zooms. V4L2 leaves the unit to drivers: those of UVC cameras are proportional to the focal
/// length (UVC 1.5, 4.2.2.1.13), so that the least value is the ratio 1.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lens(Control);

impl Lens {
    fn of(knobs: &Knobs) -> Result<Option<Lens>> {
        let control = knobs.settable(ids::ZOOM_ABSOLUTE)?;
        // From 0 on there is no proportion.
        Ok(control.filter(|control| control.min > 0 && control.max > control.min).map(Lens))
    }

    fn largest(&self) -> f64 {
        self.0.max as f64 / self.0.min as f64
    }

    fn ratio(&self, value: i64) -> f64 {
        (value as f64 / self.0.min as f64).clamp(1.0, self.largest())
    }

    fn value(&self, ratio: f64) -> i64 {
        self.0.nearest((self.0.min as f64 * ratio).round() as i64)
    }
}

/// A driver that makes the picture from a part of what the sensor sees, and scales it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cropper {
    /// All of the picture.
    whole: Section,
}

impl Cropper {
    fn of(knobs: &Knobs) -> Result<Option<Cropper>> {
        // What a driver calls the whole may be less than there is, and never more.
        let whole = knobs
            .crop()?
            .map(|limits| if limits.bounds.contains(&limits.default) { limits.default } else { limits.bounds });
        Ok(whole.map(|whole| Cropper { whole }).filter(|cropper| cropper.largest() > 1.0))
    }

    fn largest(self) -> f64 {
        (f64::from(self.whole.width.min(self.whole.height)) / f64::from(LEAST)).clamp(1.0, LARGEST)
    }

    /// The part in the middle that this ratio shows.
    fn section(self, ratio: f64) -> Section {
        // Even, as most drivers want it.
        let shown = |whole: u32| ((f64::from(whole) / ratio / 2.0).round() as u32 * 2).clamp(whole.min(2), whole);
        let (width, height) = (shown(self.whole.width), shown(self.whole.height));
        let before = |whole: u32, shown: u32| i32::try_from((whole - shown) / 4 * 2).unwrap_or(0);
        Section {
            left: self.whole.left.saturating_add(before(self.whole.width, width)),
            top: self.whole.top.saturating_add(before(self.whole.height, height)),
            width,
            height,
        }
    }

    /// The ratio that the driver made of it; `None`: it cannot, and everything is as it was.
    fn zoom(self, knobs: &Knobs, ratio: f64) -> Result<Option<f64>> {
        match knobs.set_crop(self.section(ratio.clamp(1.0, self.largest()))) {
            Ok(made) => Ok(Some((f64::from(self.whole.width) / f64::from(made.width.max(1))).max(1.0))),
            Err(error) if error.code() == Code::OperationNotAllowed => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What the session remembers of its zoom.
pub(crate) struct Chosen {
    /// Of a camera without a zoom lens.
    pub(crate) ratio: f64,
    /// Its driver has refused to crop.
    cannot_crop: bool,
    /// It crops now.
    crops: bool,
    smooth: Option<Smooth>,
}

impl Default for Chosen {
    fn default() -> Chosen {
        Chosen { ratio: 1.0, cannot_crop: false, crops: false, smooth: None }
    }
}

/// A smooth zoom under way.
struct Smooth {
    from: f64,
    to: f64,
    begun: Instant,
    duration: Duration,
    _timer: Timer,
}

impl Smooth {
    /// The ratio at this time, and whether it is the last.
    fn at(&self, now: Instant) -> (f64, bool) {
        let part = now.duration_since(self.begun).as_secs_f64() / self.duration.as_secs_f64();
        // Equal steps for the eye are equal factors.
        if part >= 1.0 { (self.to, true) } else { (self.from * (self.to / self.from).powf(part), false) }
    }
}

fn duration(from: f64, to: f64) -> Duration {
    OCTAVE.mul_f64((to / from).log2().abs()).max(SHORTEST)
}

impl Session {
    /// The smallest and the largest ratio.
    pub(crate) fn zoom_range(&self) -> Result<(f64, f64)> {
        let (lens, cropper) = self.ask(|knobs| Ok((Lens::of(knobs)?, self.cropper(knobs)?)))?;
        let part = || cropper.map_or_else(|| self.largest_part(), Cropper::largest);
        Ok((1.0, lens.map_or_else(part, |lens| lens.largest())))
    }

    /// Of a driver that can, as far as is known.
    fn cropper(&self, knobs: &Knobs) -> Result<Option<Cropper>> {
        if self.zoom.lock().cannot_crop { Ok(None) } else { Cropper::of(knobs) }
    }

    fn largest_part(&self) -> f64 {
        // Before commit nobody knows what the camera will give.
        let config = self.config.lock();
        config.committed.as_ref().map_or(LARGEST, |committed| largest(committed.plan.format, committed.plan.size))
    }

    pub(crate) fn zoom_ratio(&self) -> Result<f64> {
        self.control(|knobs| match Lens::of(knobs)? {
            Some(lens) => Ok(lens.ratio(knobs.number(ids::ZOOM_ABSOLUTE)?)),
            None => {
                let Chosen { ratio, crops, .. } = *self.zoom.lock();
                Ok(if crops { ratio } else { ratio.min(self.largest_part()) })
            }
        })
    }

    /// Zooms at once, to the nearest ratio that there is.
    pub(crate) fn set_zoom_ratio(&self, ratio: f64) -> Result<()> {
        self.control(|knobs| {
            self.stop_zooming();
            self.zoom_to(knobs, ratio)
        })
    }

    fn zoom_to(&self, knobs: &Knobs, ratio: f64) -> Result<()> {
        if let Some(lens) = Lens::of(knobs)? {
            return knobs.apply(&[(ids::ZOOM_ABSOLUTE, lens.value(ratio.clamp(1.0, lens.largest())))]);
        }
        let stream = self.stream()?;
        if let Some(made) = self.zoom_by_driver(knobs, ratio)? {
            stream.set_zoom(1.0)?;
            self.zoom.lock().ratio = made;
            return Ok(());
        }
        let ratio = ratio.clamp(1.0, self.largest_part());
        stream.set_zoom(ratio)?;
        self.zoom.lock().ratio = ratio;
        Ok(())
    }

    /// The ratio that the driver has made; `None`: it cannot, which is remembered.
    fn zoom_by_driver(&self, knobs: &Knobs, ratio: f64) -> Result<Option<f64>> {
        let Some(cropper) = self.cropper(knobs)? else { return Ok(None) };
        let made = cropper.zoom(knobs, ratio)?;
        let mut zoom = self.zoom.lock();
        (zoom.crops, zoom.cannot_crop) = (made.is_some(), made.is_none());
        Ok(made)
    }

    /// A stream was configured, which may have undone what the driver crops.
    pub(in crate::session) fn zoom_again(
        &self,
        stream: &ActiveStream,
        device: &Arc<dyn Device>,
        plan: &Plan,
    ) -> Result<()> {
        stream.set_zoom(self.ratio_of_stream(device).min(largest(plan.format, plan.size)))
    }

    /// What is left for the stream to zoom, when the driver has done what it can.
    fn ratio_of_stream(&self, device: &Arc<dyn Device>) -> f64 {
        let Chosen { ratio, crops, .. } = *self.zoom.lock();
        let again = || self.zoom_by_driver(&Knobs::new("of the session", device.controls()), ratio);
        // One that cannot any more leaves it to the stream.
        if (crops || ratio > 1.0) && matches!(again(), Ok(Some(_))) {
            return 1.0;
        }
        self.zoom.lock().crops = false;
        ratio
    }

    /// The session is done with this camera: it shows everything again.
    pub(super) fn end_crop(&self, knobs: &Knobs) {
        let (crops, ratio) = {
            let mut zoom = self.zoom.lock();
            zoom.cannot_crop = false;
            (std::mem::take(&mut zoom.crops), zoom.ratio)
        };
        if crops
            && ratio > 1.0
            && let Ok(Some(cropper)) = Cropper::of(knobs)
        {
            let _ = cropper.zoom(knobs, 1.0);
        }
    }

    /// Zooms little by little; the listeners are told how long it takes.
    pub(crate) fn set_smooth_zoom(&self, to: f64) -> Result<()> {
        let from = self.zoom_ratio()?;
        let (least, most) = self.zoom_range()?;
        let to = to.clamp(least, most);
        let duration = duration(from, to);
        let timer = self.step_by_step(STEP, Session::zoom_on)?;
        let begun = Instant::now();
        let old = self.zoom.lock().smooth.replace(Smooth { from, to, begun, duration, _timer: timer });
        drop(old);
        self.events.emit(SessionEvent::SmoothZoom { duration });
        Ok(())
    }

    /// In the session's turn: the next step of a smooth zoom.
    fn zoom_on(&self) {
        let Some((ratio, last)) = self.zoom.lock().smooth.as_ref().map(|smooth| smooth.at(Instant::now())) else {
            return;
        };
        // A camera that is gone, or a session that is configured anew, zooms no further.
        let made = self.control(|knobs| self.zoom_to(knobs, ratio));
        if let Err(error) = &made {
            self.runtime.log.write(Level::Warning, || format!("a smooth zoom ends before {ratio:.2}: {error}"));
        }
        if last || made.is_err() {
            self.stop_zooming();
        }
    }

    /// A smooth zoom stays where it is.
    pub(in crate::session) fn stop_zooming(&self) {
        let smooth = self.zoom.lock().smooth.take();
        // Out of the lock: the end of its timer waits for a tick.
        drop(smooth);
    }
}

/// Of what is given as a ratio, before anything else is looked at.
pub(crate) fn check_ratio(ratio: f64) -> Result<()> {
    if ratio.is_finite() {
        return Ok(());
    }
    Err(Error::invalid(format!("the zoom ratio is {ratio}, which is no number")))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::knobs::fake::Fake;
    use super::*;
    use crate::backend::control::{CropLimits, Kind};

    #[test]
    fn a_lens_that_begins_at_nothing_is_none() {
        let lens = |min, max| {
            let fake = Fake::new(&[(ids::ZOOM_ABSOLUTE, Kind::Integer, min, max, 10, min)]);
            Lens::of(&fake.knobs()).unwrap()
        };
        assert_eq!((lens(0, 100), lens(-5, 5), lens(100, 100)), (None, None, None));
        let lens = lens(100, 400).unwrap();
        assert_eq!([1.0, 1.24, 2.5, 4.0].map(|ratio| lens.value(ratio)), [100, 120, 250, 400]);
        assert_eq!([100, 250, 400, 900].map(|value| lens.ratio(value)), [1.0, 2.5, 4.0, 4.0]);
    }

    #[test]
    fn a_driver_that_crops_shows_the_middle_and_one_that_cannot_is_not_asked_for_more() {
        let section = |left, top, width, height| Section { left, top, width, height };
        let fake = Fake::new(&[]);
        assert_eq!(Cropper::of(&fake.knobs()).unwrap(), None);
        let whole = section(8, 4, 1280, 720);
        *fake.crop.lock() = Some(CropLimits { bounds: section(0, 0, 1296, 728), default: whole, current: whole });
        let knobs = fake.knobs();
        let cropper = Cropper::of(&knobs).unwrap().expect("it crops");
        assert_eq!((cropper.largest(), cropper.section(1.0)), (8.0, whole));
        assert_eq!(cropper.zoom(&knobs, 2.0).unwrap(), Some(2.0));
        assert_eq!(fake.crop.lock().unwrap().current, section(328, 184, 640, 360));
        assert_eq!(cropper.zoom(&knobs, 99.0).unwrap(), Some(8.0));
        for tenth in 10..80 {
            assert!(whole.contains(&cropper.section(f64::from(tenth) / 10.0)), "{tenth}");
        }
        *fake.cannot_crop.lock() = true;
        assert_eq!(cropper.zoom(&knobs, 2.0).unwrap(), None);
    }

    #[test]
    fn the_same_factor_takes_the_same_time() {
        assert_eq!(duration(1.0, 2.0), duration(4.0, 2.0));
        assert_eq!((duration(1.0, 4.0), duration(1.0, 1.0)), (2 * OCTAVE, SHORTEST));
    }
}
