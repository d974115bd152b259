//! Notices that a stream has gone silent: the driver brings no frames, and no error either.

use crate::error::Result;
use crate::format::FrameRate;
use crate::runtime::Reactor;
use crate::runtime::timer::Timer;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// What is long without a frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Five seconds, or ten frames of a slow camera.
    #[default]
    Usual,
    /// So long.
    Of(Duration),
    /// However long it takes: a camera that is triggered.
    Endless,
}

/// No camera that works is silent for as long.
const USUAL: Duration = Duration::from_secs(5);
/// But one whose frames are far apart.
const FRAMES: u32 = 10;

impl Patience {
    /// With a stream of this rate.
    pub(super) fn with(self, rate: Option<FrameRate>) -> Option<Duration> {
        match self {
            Patience::Usual => {
                let period = rate.map_or(Duration::ZERO, |rate| Duration::from_nanos(rate.period_ns()));
                Some(USUAL.max(period.saturating_mul(FRAMES)))
            }
            Patience::Of(time) => Some(time),
            Patience::Endless => None,
        }
    }
}

/// Looks so often within the time that is allowed: silence is noticed that much late at most.
const LOOKS: u32 = 4;

/// Counts the looks since the last frame.
#[derive(Default)]
pub(super) struct Pulse {
    frames: AtomicU64,
    seen: AtomicU64,
    silent: AtomicU32,
}

impl Pulse {
    /// A frame came, whatever it was worth.
    pub(super) fn beat(&self) {
        self.frames.fetch_add(1, Ordering::Relaxed);
    }

    /// How many came since the beginning.
    pub(super) fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// Silence begins anew.
    pub(super) fn forgive(&self) {
        self.silent.store(0, Ordering::Relaxed);
    }

    /// Has it been silent for as long as is allowed? True once for each silence of that length.
    fn look(&self) -> bool {
        let frames = self.frames.load(Ordering::Relaxed);
        if self.seen.swap(frames, Ordering::Relaxed) != frames {
            self.forgive();
            return false;
        }
        if self.silent.fetch_add(1, Ordering::Relaxed) + 1 < LOOKS {
            return false;
        }
        self.forgive();
        true
    }
}

/// Looks at the pulse, and calls `silent` on the reactor thread, until it is dropped.
pub(super) fn watch(
    reactor: &Arc<Reactor>,
    patience: Duration,
    pulse: Arc<Pulse>,
    silent: impl Fn() + Send + Sync + 'static,
) -> Result<Timer> {
    pulse.forgive();
    Timer::every(reactor, patience / LOOKS, move || {
        if pulse.look() {
            silent();
        }
    })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_slow_camera_has_more_time() {
        assert_eq!(Patience::Usual.with(Some(FrameRate::per_second(30))), Some(USUAL));
        assert_eq!(Patience::Usual.with(FrameRate::new(1, 2)), Some(Duration::from_secs(20)));
        assert_eq!(Patience::Usual.with(None), Some(USUAL));
        assert_eq!(Patience::Endless.with(None), None);
    }

    #[test]
    fn silence_is_told_once_for_each_time_that_is_allowed() {
        let pulse = Pulse::default();
        pulse.beat();
        let looks: Vec<bool> = (0..9).map(|_| pulse.look()).collect();
        assert_eq!(looks, [false, false, false, false, true, false, false, false, true]);
        pulse.look();
        pulse.beat();
        assert!((0..4).all(|_| !pulse.look()), "a frame begins it anew");
        assert!(pulse.look());
    }
}
