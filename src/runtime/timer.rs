//! Something that is done again and again, on the reactor thread.

use super::reactor::{Interest, Reactor, Readiness, Registration, Source, Wait};
use crate::error::{Error, Result};
use crate::sync::Arc;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// Runs until it is dropped. Once it is, its function is not running and never will.
pub(crate) struct Timer {
    // Before what it waits for.
    _registration: Registration,
}

struct Tick<F> {
    fd: OwnedFd,
    tick: F,
}

impl Timer {
    /// Calls `tick` every so often. It must not block.
    pub(crate) fn every(
        reactor: &Arc<Reactor>,
        interval: Duration,
        tick: impl Fn() + Send + Sync + 'static,
    ) -> Result<Timer> {
        let failed = |errno: rustix::io::Errno| Error::fatal(format!("no timer: {errno}; close some files"));
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let fd = rustix::time::timerfd_create(TimerfdClockId::Monotonic, flags).map_err(failed)?;
        let time = Timespec {
            tv_sec: i64::try_from(interval.as_secs()).unwrap_or(i64::MAX),
            // Nothing at all would mean never.
            tv_nsec: i64::from(interval.subsec_nanos().max(u32::from(interval.as_secs() == 0))),
        };
        let often = Itimerspec { it_interval: time, it_value: time };
        rustix::time::timerfd_settime(&fd, TimerfdTimerFlags::empty(), &often).map_err(failed)?;
        let source = Arc::new(Tick { fd, tick });
        let registration = reactor.add(source.fd.as_fd(), Wait::Readable, source.clone())?;
        Ok(Timer { _registration: registration })
    }
}

impl<F: Fn() + Send + Sync> Source for Tick<F> {
    fn ready(&self, _: Readiness) -> Interest {
        // Ticks that were missed while the machine slept are one.
        if rustix::io::read(&self.fd, &mut [0u8; 8]).is_ok() {
            (self.tick)();
        }
        Interest::Keep
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::runtime::{Mode, Runtime};
    use crate::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn ticks_until_it_is_dropped() {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        let ticks = Arc::new(AtomicU32::new(0));
        let count = ticks.clone();
        let timer = Timer::every(&runtime.reactor, Duration::from_millis(1), move || {
            count.fetch_add(1, Ordering::SeqCst);
        });
        let timer = timer.unwrap();
        while ticks.load(Ordering::SeqCst) < 3 {
            std::thread::yield_now();
        }
        drop(timer);
        let seen = ticks.load(Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(ticks.load(Ordering::SeqCst), seen);
        runtime.shut_down();
    }
}
