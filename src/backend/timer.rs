//! A timer for the reactor: it paces cameras that have no hardware, and has others looked at again.

use crate::error::{Error, Result};
use rustix::fs::Timespec;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// A timer that makes its descriptor readable.
pub(super) struct Timer(OwnedFd);

impl Timer {
    pub(super) fn new() -> Result<Timer> {
        // Reading must not wait when another thread has armed it anew.
        rustix::time::timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)
            .map(Timer)
            .map_err(|errno| Error::fatal(format!("no timer for cameras: timerfd_create: {errno}; close some files")))
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Makes the timer ready at this time of CLOCK_MONOTONIC, and unready until then; without a
    /// time it is unready for ever.
    pub(super) fn arm(&self, time: Option<u64>) -> Result<()> {
        self.set(time.map(Duration::from_nanos), TimerfdTimerFlags::ABSTIME)
    }

    /// The same, with the time from now on.
    pub(super) fn arm_in(&self, wait: Option<Duration>) -> Result<()> {
        self.set(wait, TimerfdTimerFlags::empty())
    }

    fn set(&self, time: Option<Duration>, flags: TimerfdTimerFlags) -> Result<()> {
        // Zero disarms a timer.
        let time = time.map_or(Duration::ZERO, |time| time.max(Duration::from_nanos(1)));
        let tv_sec = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        let value = Timespec { tv_sec, tv_nsec: time.subsec_nanos().into() };
        let once = Itimerspec { it_interval: Timespec::default(), it_value: value };
        rustix::time::timerfd_settime(&self.0, flags, &once)
            .map(|_| ())
            .map_err(|errno| Error::fatal(format!("the timer for cameras cannot be set: timerfd_settime: {errno}")))
    }

    /// Has its time come? Answers so once for each time it was armed.
    pub(super) fn has_come(&self) -> bool {
        rustix::io::read(&self.0, &mut [0; 8]).is_ok()
    }
}
