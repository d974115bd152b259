//! What paces a camera that has no hardware.

use crate::error::{Error, Result};
use rustix::fs::Timespec;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

const NANOSECONDS: u64 = 1_000_000_000;

/// A timer that makes its descriptor readable.
pub(super) struct Timer(OwnedFd);

impl Timer {
    pub(super) fn new() -> Result<Timer> {
        rustix::time::timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)
            .map(Timer)
            .map_err(|errno| Error::fatal(format!("no timer for a camera without hardware: {errno}; close some files")))
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Makes the timer ready at this time of CLOCK_MONOTONIC, and unready until then; without a
    /// time it is unready for ever.
    pub(super) fn arm(&self, time: Option<u64>) -> Result<()> {
        // Zero disarms a timer.
        let time = time.map_or(0, |time| time.max(1));
        let value = Timespec { tv_sec: (time / NANOSECONDS) as i64, tv_nsec: (time % NANOSECONDS) as _ };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        rustix::time::timerfd_settime(&self.0, TimerfdTimerFlags::ABSTIME, &once)
            .map(|_| ())
            .map_err(|errno| Error::fatal(format!("the timer of a camera without hardware cannot be set: {errno}")))
    }
}
