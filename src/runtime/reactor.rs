//! One thread that waits for every device.

use super::log::Level;
use super::{Log, Thread};
use crate::error::{Error, Result};
use crate::sync::{Arc, Condvar, Mutex, ThreadToken, Weak};
use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::event::{EventfdFlags, PollFlags, eventfd};
use std::collections::HashMap;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a file descriptor is ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Readiness {
    /// EPOLLIN.
    pub(crate) readable: bool,
    /// EPOLLPRI: V4L2 events.
    pub(crate) priority: bool,
    /// EPOLLERR or EPOLLHUP.
    pub(crate) failed: bool,
}

/// What a source waits for. That the descriptor has failed is told in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// EPOLLIN.
    Readable,
    /// EPOLLPRI alone. A V4L2 node that does not stream answers a question for EPOLLIN with an error
    /// for ever, or begins to stream by itself for read().
    Priority,
}

impl Wait {
    fn epoll(self) -> epoll::EventFlags {
        match self {
            Wait::Readable => epoll::EventFlags::IN,
            Wait::Priority => epoll::EventFlags::PRI,
        }
    }

    fn poll(self) -> PollFlags {
        match self {
            Wait::Readable => PollFlags::IN,
            Wait::Priority => PollFlags::PRI,
        }
    }
}

/// Whether a source is still waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interest {
    Keep,
    /// Never call again; a device that is dead must not be polled.
    Remove,
}

/// A device that is waited for.
pub(crate) trait Source: Send + Sync {
    /// Called on the reactor thread whenever the descriptor is ready. Must not block and must
    /// not call application code. The descriptor is waited for level-triggered, so a source
    /// that cannot make it unready must answer [`Interest::Remove`].
    fn ready(&self, readiness: Readiness) -> Interest;
}

/// Token 0 is the wake-up descriptor's.
const WAKE: u64 = 0;

struct State {
    next_token: u64,
    sources: HashMap<u64, Watched>,
    /// The source that is being called.
    calling: u64,
    shut: bool,
    thread: Option<Thread>,
    /// The reactor's own, once it runs.
    token: Option<ThreadToken>,
}

/// A source and a descriptor of its own for the same open file, so that the source may close
/// its descriptor first.
struct Watched {
    source: Arc<dyn Source>,
    fd: OwnedFd,
    wait: Wait,
    /// The driver is known to wake the epoll.
    settled: bool,
}

/// The thread and what it waits for.
pub(crate) struct Reactor {
    epoll: OwnedFd,
    wake: OwnedFd,
    state: Mutex<State>,
    called: Condvar,
    log: Arc<Log>,
}

impl Reactor {
    pub(crate) fn new(log: Arc<Log>) -> Result<Arc<Reactor>> {
        let failed = |what: &str, errno: rustix::io::Errno| {
            Error::fatal(format!("{what} failed: {errno}; the process may have too many open files"))
        };
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(|e| failed("epoll_create1", e))?;
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(|e| failed("eventfd", e))?;
        epoll::add(&epoll, &wake, epoll::EventData::new_u64(WAKE), epoll::EventFlags::IN)
            .map_err(|e| failed("epoll_ctl", e))?;
        let state =
            State { next_token: WAKE, sources: HashMap::new(), calling: WAKE, shut: false, thread: None, token: None };
        Ok(Arc::new(Reactor { epoll, wake, state: Mutex::new(state), called: Condvar::new(), log }))
    }

    /// Waits for `fd` from now on, until the registration is dropped. The descriptor must stay open
    /// as long as the registration lives.
    pub(crate) fn add(
        self: &Arc<Self>,
        fd: BorrowedFd<'_>,
        wait: Wait,
        source: Arc<dyn Source>,
    ) -> Result<Registration> {
        let mut state = self.state.lock();
        if state.thread.is_none() && !state.shut {
            let own = self.clone();
            let thread = Thread::spawn("camera-reactor", move || own.work())
                .map_err(|error| Error::fatal(format!("no thread for the reactor: {error}")))?;
            state.thread = Some(thread);
        }
        state.next_token += 1;
        let token = state.next_token;
        let own_fd = fd
            .try_clone_to_owned()
            .map_err(|error| Error::fatal(format!("the device's descriptor cannot be duplicated: {error}")))?;
        epoll::add(&self.epoll, &own_fd, epoll::EventData::new_u64(token), wait.epoll())
            .map_err(|errno| Error::fatal(format!("epoll cannot wait for the device: {errno}")))?;
        state.sources.insert(token, Watched { source, fd: own_fd, wait, settled: false });
        Ok(Registration { reactor: Arc::downgrade(self), token })
    }

    /// Is this the reactor's own thread, which must not wait?
    pub(crate) fn is_here(&self) -> bool {
        self.state.lock().token == Some(ThreadToken::current())
    }

    fn remove(&self, token: u64) {
        let mut state = self.state.lock();
        let watched = self.forget(&mut state, token);
        if state.token != Some(ThreadToken::current()) {
            while state.calling == token {
                self.called.wait(&mut state);
            }
        }
        drop(state);
        drop(watched);
    }

    fn work(&self) {
        self.state.lock().token = Some(ThreadToken::current());
        let mut events = Vec::with_capacity(64);
        loop {
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(errno) => {
                    self.log.write(Level::Error, || format!("the reactor cannot wait: {errno}"));
                    return;
                }
            }
            for event in &events {
                let (token, flags) = (event.data.u64(), event.flags);
                if token == WAKE {
                    let _ = rustix::io::read(&self.wake, &mut [0u8; 8]);
                } else {
                    self.call(token, flags);
                }
            }
            if self.state.lock().shut {
                return;
            }
        }
    }

    fn call(&self, token: u64, flags: epoll::EventFlags) {
        let source = {
            let mut state = self.state.lock();
            let Some(watched) = state.sources.get(&token) else { return };
            let source = watched.source.clone();
            state.calling = token;
            source
        };
        let readiness = Readiness {
            readable: flags.contains(epoll::EventFlags::IN),
            priority: flags.contains(epoll::EventFlags::PRI),
            failed: flags.intersects(epoll::EventFlags::ERR | epoll::EventFlags::HUP),
        };
        let interest = catch_unwind(AssertUnwindSafe(|| source.ready(readiness))).unwrap_or(Interest::Remove);
        // Before anyone who waits for this call goes on: with it may go the device's buffers.
        drop(source);
        let mut state = self.state.lock();
        state.calling = WAKE;
        let gone = if interest == Interest::Remove { self.forget(&mut state, token) } else { None };
        if let Some(watched) = state.sources.get_mut(&token)
            && !watched.settled
        {
            watched.settled = self.add_again(watched, token);
        }
        drop(state);
        self.called.notify_all();
        drop(gone);
    }

    /// Puts a descriptor into the epoll anew. Some drivers' poll functions (v4l2loopback's) have the
    /// epoll woken only if nothing was ready when it was put in. True when that is certain.
    fn add_again(&self, watched: &Watched, token: u64) -> bool {
        let _ = epoll::delete(&self.epoll, &watched.fd);
        if epoll::add(&self.epoll, &watched.fd, epoll::EventData::new_u64(token), watched.wait.epoll()).is_err() {
            return false;
        }
        // Only this thread makes it unready: what is not ready now was not when it was put in.
        let mut one = [rustix::event::PollFd::new(&watched.fd, watched.wait.poll())];
        let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        matches!(rustix::event::poll(&mut one, Some(&now)), Ok(0))
    }

    /// Stops waiting for a source. It is dropped by the caller, without the lock.
    fn forget(&self, state: &mut State, token: u64) -> Option<Watched> {
        let watched = state.sources.remove(&token)?;
        let _ = epoll::delete(&self.epoll, &watched.fd);
        Some(watched)
    }

    /// Ends the thread, which no source needs any more.
    pub(crate) fn shut_down(&self) {
        let thread = {
            let mut state = self.state.lock();
            state.shut = true;
            state.thread.take()
        };
        let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes());
        if let Some(thread) = thread {
            thread.join();
        }
    }
}

/// A source that is waited for until this is dropped. When the drop returns, the source is not
/// being called and never will be again (dropped by the source itself: after this call).
pub(crate) struct Registration {
    reactor: Weak<Reactor>,
    token: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        if let Some(reactor) = self.reactor.upgrade() {
            reactor.remove(self.token);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::runtime::{Dispatcher, Mode};
    use crate::sync::atomic::{AtomicUsize, Ordering};
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    struct Counter {
        fd: OwnedFd,
        calls: AtomicUsize,
        /// Reads the descriptor, or leaves it ready and asks to be removed.
        interest: Interest,
    }
    impl Source for Counter {
        fn ready(&self, readiness: Readiness) -> Interest {
            assert!(readiness.readable);
            if self.interest == Interest::Keep {
                let _ = rustix::io::read(&self.fd, &mut [0u8; 8]);
            }
            self.calls.fetch_add(1, Ordering::SeqCst);
            self.interest
        }
    }

    fn counter(interest: Interest) -> Arc<Counter> {
        let fd = eventfd(1, EventfdFlags::NONBLOCK).unwrap();
        Arc::new(Counter { fd, calls: AtomicUsize::new(0), interest })
    }

    fn reactor() -> Arc<Reactor> {
        Reactor::new(Log::new(Dispatcher::new(Mode::Caller).unwrap())).unwrap()
    }

    fn wait_for(what: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !what() {
            assert!(Instant::now() < deadline);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn calls_while_registered_and_never_after() {
        let reactor = reactor();
        let source = counter(Interest::Keep);
        let registration = reactor.add(source.fd.as_fd(), Wait::Readable, source.clone()).unwrap();
        wait_for(|| source.calls.load(Ordering::SeqCst) == 1);
        drop(registration);
        rustix::io::write(&source.fd, &1u64.to_ne_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(source.calls.load(Ordering::SeqCst), 1);
        assert_eq!(Arc::strong_count(&source), 1);
        reactor.shut_down();
    }

    #[test]
    fn a_dead_source_is_not_polled_again() {
        let reactor = reactor();
        let source = counter(Interest::Remove);
        let registration = reactor.add(source.fd.as_fd(), Wait::Readable, source.clone()).unwrap();
        wait_for(|| source.calls.load(Ordering::SeqCst) == 1);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(source.calls.load(Ordering::SeqCst), 1);
        drop(registration);
        reactor.shut_down();
    }

    /// Notes what it is told, and has enough after the first time.
    struct Once(Mutex<Vec<Readiness>>);
    impl Source for Once {
        fn ready(&self, readiness: Readiness) -> Interest {
            self.0.lock().push(readiness);
            Interest::Remove
        }
    }

    #[test]
    fn who_waits_for_priority_is_told_of_that_and_of_failures_alone() {
        use std::net::{TcpListener, TcpStream};
        let reactor = reactor();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let pair = || {
            let out = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            (out, listener.accept().unwrap().0)
        };
        let once = || Arc::new(Once(Mutex::new(Vec::new())));
        let (out, end) = pair();
        let source = once();
        let _registration = reactor.add(end.as_fd(), Wait::Priority, source.clone()).unwrap();
        rustix::net::send(&out, b"readable", rustix::net::SendFlags::empty()).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        assert!(source.0.lock().is_empty(), "only readable");
        rustix::net::send(&out, b"!", rustix::net::SendFlags::OOB).unwrap();
        wait_for(|| source.0.lock().len() == 1);
        assert_eq!(source.0.lock()[0], Readiness { readable: false, priority: true, failed: false });

        let (out, end) = pair();
        let source = once();
        let _registration = reactor.add(end.as_fd(), Wait::Priority, source.clone()).unwrap();
        drop(out);
        end.shutdown(std::net::Shutdown::Write).unwrap();
        wait_for(|| source.0.lock().len() == 1);
        assert!(source.0.lock()[0].failed);
        assert!(!reactor.is_here());
        reactor.shut_down();
    }
}
