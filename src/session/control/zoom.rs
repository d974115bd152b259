//! Zoom: the lens of a camera that has one (V4L2_CID_ZOOM_ABSOLUTE), a part of the picture for the others.

use super::Knobs;
use crate::backend::control::{Control, ids};
use crate::error::{Error, Result};
use crate::runtime::timer::Timer;
use crate::session::Session;
use crate::session::events::SessionEvent;
use crate::session::zoom::{LARGEST, largest};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicBool, Ordering};
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
        let control = knobs.find(ids::ZOOM_ABSOLUTE)?;
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

/// What the session remembers of its zoom.
pub(crate) struct Chosen {
    /// Of a camera without a zoom lens.
    pub(crate) ratio: f64,
    smooth: Option<Smooth>,
}

impl Default for Chosen {
    fn default() -> Chosen {
        Chosen { ratio: 1.0, smooth: None }
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
        let lens = self.ask(Lens::of)?;
        Ok((1.0, lens.map_or_else(|| self.largest_part(), |lens| lens.largest())))
    }

    fn largest_part(&self) -> f64 {
        // Before commit nobody knows what the camera will give.
        let config = self.config.lock();
        config.committed.as_ref().map_or(LARGEST, |committed| largest(committed.plan.format, committed.plan.size))
    }

    pub(crate) fn zoom_ratio(&self) -> Result<f64> {
        self.control(|knobs| match Lens::of(knobs)? {
            Some(lens) => Ok(lens.ratio(knobs.number(ids::ZOOM_ABSOLUTE)?)),
            None => Ok(self.zoom.lock().ratio.min(self.largest_part())),
        })
    }

    /// Zooms at once, to the nearest ratio that there is.
    pub(crate) fn set_zoom_ratio(&self, ratio: f64) -> Result<()> {
        self.control(|knobs| {
            check(ratio)?;
            self.stop_zooming();
            self.zoom_to(knobs, ratio)
        })
    }

    fn zoom_to(&self, knobs: &Knobs, ratio: f64) -> Result<()> {
        if let Some(lens) = Lens::of(knobs)? {
            return knobs.apply(&[(ids::ZOOM_ABSOLUTE, lens.value(ratio.clamp(1.0, lens.largest())))]);
        }
        let ratio = ratio.clamp(1.0, self.largest_part());
        self.stream()?.set_zoom(ratio)?;
        self.zoom.lock().ratio = ratio;
        Ok(())
    }

    /// Zooms little by little; the listeners are told how long it takes.
    pub(crate) fn set_smooth_zoom(&self, to: f64) -> Result<()> {
        check(to)?;
        let from = self.zoom_ratio()?;
        let (least, most) = self.zoom_range()?;
        let to = to.clamp(least, most);
        let duration = duration(from, to);
        let (own, queued) = (self.own.clone(), Arc::new(AtomicBool::new(false)));
        let timer = Timer::every(&self.runtime.reactor, STEP, move || {
            let Some(session) = own.upgrade() else { return };
            // A driver that is slow has fewer steps, not a queue of them.
            if queued.swap(true, Ordering::AcqRel) {
                return;
            }
            let queued = queued.clone();
            let queue = session.queue.clone();
            queue.push(move || {
                queued.store(false, Ordering::Release);
                session.zoom_on();
            });
        })?;
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
        let failed = self.control(|knobs| self.zoom_to(knobs, ratio)).is_err();
        if last || failed {
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

fn check(ratio: f64) -> Result<()> {
    if ratio.is_finite() {
        return Ok(());
    }
    Err(Error::invalid(format!("the zoom ratio is {ratio}, which is no number")))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::knobs::fake::Fake;
    use super::*;
    use crate::backend::control::Kind;

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
    fn the_same_factor_takes_the_same_time() {
        assert_eq!(duration(1.0, 2.0), duration(4.0, 2.0));
        assert_eq!((duration(1.0, 4.0), duration(1.0, 1.0)), (2 * OCTAVE, SHORTEST));
    }
}
