//! From the camera's clock to the time in a file: the first frame is at 0, and pauses are not
//! there.

/// Where frames lie in time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeline {
    /// The camera's time that is 0 in the file; `None` before the first frame.
    origin: Option<i64>,
    /// Time in the file of the newest frame, in nanoseconds.
    newest: i64,
    /// From the frame before the newest to it: what the next is expected after.
    period: i64,
    paused: bool,
}

impl Timeline {
    /// `period_ns` is expected between frames until two have come; 0 if nothing is known.
    pub(super) fn new(period_ns: u64) -> Timeline {
        Timeline { origin: None, newest: 0, period: i64::try_from(period_ns).unwrap_or(0), paused: false }
    }

    /// The next frame follows the newest as if no time went by between them.
    pub(super) fn pause(&mut self) {
        self.paused = true;
    }

    /// The time in the file of a frame that is taken at `timestamp_ns` by the camera's clock.
    ///
    /// A clock that goes back (a device that was reset) does not move the file's time back: the
    /// frame is then the next in time, and the clock counts from there.
    pub(super) fn place(&mut self, timestamp_ns: i64) -> u64 {
        let Some(origin) = self.origin else {
            self.origin = Some(timestamp_ns);
            self.paused = false;
            return 0;
        };
        let time = timestamp_ns.saturating_sub(origin);
        if self.paused || time <= self.newest {
            self.newest = self.newest.saturating_add(self.period.max(1));
            self.origin = Some(timestamp_ns.saturating_sub(self.newest));
        } else {
            self.period = time - self.newest;
            self.newest = time;
        }
        self.paused = false;
        self.newest.unsigned_abs()
    }

    /// From the first frame to the end of the newest, which is expected to last as long as the
    /// one before it.
    pub(super) fn duration(&self) -> u64 {
        if self.origin.is_none() { 0 } else { self.newest.saturating_add(self.period).unsigned_abs() }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn time_is_the_cameras_from_the_first_frame_on() {
        let mut timeline = Timeline::new(0);
        assert_eq!(timeline.duration(), 0);
        let times: Vec<_> = [700, 733, 767, 900].iter().map(|ms| timeline.place(ms * MS)).collect();
        assert_eq!(times, [0, 33_000_000, 67_000_000, 200_000_000]);
        assert_eq!(timeline.duration(), 333_000_000);
    }

    #[test]
    fn a_pause_is_not_there() {
        let mut timeline = Timeline::new(0);
        timeline.place(-5 * MS);
        timeline.place(35 * MS);
        timeline.pause();
        assert_eq!(timeline.place(90_000 * MS), 80_000_000, "one period on");
        assert_eq!(timeline.place(90_041 * MS), 121_000_000, "exact again");
        let mut early = Timeline::new(10_000_000);
        early.pause();
        assert_eq!((early.place(MS), early.place(6 * MS)), (0, 5_000_000), "paused before the first frame");
    }

    #[test]
    fn a_clock_that_goes_back_does_not_take_the_file_along() {
        let mut timeline = Timeline::new(0);
        let times: Vec<_> = [100, 140, 20, 60, 60].iter().map(|ms| timeline.place(ms * MS)).collect();
        assert_eq!(times, [0, 40_000_000, 80_000_000, 120_000_000, 160_000_000]);
        for wild in [i64::MIN, i64::MAX, 0, i64::MIN] {
            timeline.place(wild);
        }
    }
}
