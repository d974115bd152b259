//! Where completions, events and log messages reach the application: on the library's
//! dispatcher thread, or inside the application's own calls of dispatch.

use super::Thread;
use super::waits::Waits;
use super::workers::Run;
use crate::error::{Error, Result};
use crate::sync::{Arc, Condvar, Mutex, ThreadToken};
use rustix::event::{EventfdFlags, eventfd};
use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Which thread calls the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The library's own threads.
    Library,
    /// Only the thread that calls dispatch.
    Caller,
}

enum Item {
    /// A completion or an event.
    Once(Box<dyn FnOnce() + Send>),
    /// A consumer with frames to take; submitting one allocates nothing.
    Job(Arc<dyn Run>),
}

struct State {
    items: VecDeque<Item>,
    /// The thread that is delivering now.
    delivering: Option<ThreadToken>,
    /// Completions that were promised and not posted yet: the end waits for them.
    promised: usize,
    /// Nothing is promised any more.
    closed: bool,
    shut: bool,
    /// Nobody delivers any more.
    ended: bool,
    thread: Option<Thread>,
}

/// The queue of what the application is to be told.
pub(crate) struct Dispatcher {
    mode: Mode,
    state: Mutex<State>,
    /// Wakes the library's thread, and whoever waits for another's delivery to end.
    changed: Condvar,
    /// Readable while something waits to be dispatched; for the application's loop.
    ready: Option<OwnedFd>,
    waits: Arc<Waits>,
}

impl Dispatcher {
    pub(crate) fn new(mode: Mode) -> Result<Arc<Dispatcher>> {
        let ready = match mode {
            Mode::Library => None,
            Mode::Caller => Some(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(|errno| {
                Error::fatal(format!("no event file descriptor for dispatch: {errno}; close some files"))
            })?),
        };
        let state = State {
            items: VecDeque::new(),
            delivering: None,
            promised: 0,
            closed: false,
            shut: false,
            ended: false,
            thread: None,
        };
        let dispatcher = Arc::new(Dispatcher {
            mode,
            state: Mutex::new(state),
            changed: Condvar::new(),
            ready,
            waits: Arc::default(),
        });
        if mode == Mode::Library {
            let own = dispatcher.clone();
            let thread = Thread::spawn("camera-dispatch", move || own.work())
                .map_err(|error| Error::fatal(format!("no thread for the dispatcher: {error}")))?;
            dispatcher.state.lock().thread = Some(thread);
        }
        Ok(dispatcher)
    }

    /// Who waits for whose callback to end.
    pub(crate) fn waits(&self) -> &Arc<Waits> {
        &self.waits
    }

    /// The file descriptor that is readable while something waits; in caller mode only.
    pub(crate) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.ready.as_ref().map(|fd| fd.as_fd())
    }

    /// Queues a call of application code.
    pub(crate) fn post(&self, call: impl FnOnce() + Send + 'static) {
        self.put(Item::Once(Box::new(call)), false);
    }

    /// Takes a call on that `post_promised` will bring, and does not end before; false when the end has
    /// begun. Whoever asks while the manager is being released is so refused, and neither called by
    /// nobody nor able to put off the end by asking again and again.
    #[must_use]
    pub(crate) fn promise(&self) -> bool {
        let mut state = self.state.lock();
        if !state.closed {
            state.promised += 1;
        }
        !state.closed
    }

    /// Queues the call that was promised.
    pub(crate) fn post_promised(&self, call: impl FnOnce() + Send + 'static) {
        self.put(Item::Once(Box::new(call)), true);
    }

    /// From now on nothing is promised.
    pub(crate) fn close(&self) {
        self.state.lock().closed = true;
    }

    /// Queues a consumer with frames to take.
    pub(crate) fn submit(&self, job: Arc<dyn Run>) {
        self.put(Item::Job(job), false);
    }

    fn put(&self, item: Item, promised: bool) {
        let mut state = self.state.lock();
        state.promised -= usize::from(promised);
        if state.ended {
            // A listener that is destroyed as late as this: nobody else would.
            drop(state);
            return deliver(item);
        }
        let first = state.items.is_empty();
        state.items.push_back(item);
        if first && let Some(fd) = &self.ready {
            // The counter cannot overflow: it is written once per time the queue fills.
            let _ = rustix::io::write(fd, &1u64.to_ne_bytes());
        }
        let awaited = self.mode == Mode::Library || state.shut;
        drop(state);
        if first && awaited {
            self.changed.notify_all();
        }
    }

    /// Delivers what was queued when the call began; returns how much that was. Nested in a
    /// callback, or while another thread dispatches, it is refused.
    pub(crate) fn dispatch(&self) -> Result<u32> {
        if self.mode == Mode::Library {
            return Err(Error::not_allowed(
                "this manager dispatches on its own thread: create it with CAMERA_DISPATCH_CALLER to dispatch yourself",
            ));
        }
        let mut state = self.state.lock();
        if let Some(thread) = state.delivering {
            return Err(Error::not_allowed(if thread == ThreadToken::current() {
                "dispatch was called from inside a callback of this manager"
            } else {
                "another thread is dispatching this manager"
            }));
        }
        let count = state.items.len();
        state.delivering = Some(ThreadToken::current());
        let mut delivered = 0;
        // The end was asked for from inside a callback: nothing may be left behind.
        while delivered < count || state.shut {
            if let Some(item) = state.items.pop_front() {
                drop(state);
                deliver(item);
                delivered += 1;
                state = self.state.lock();
            } else if state.promised > 0 {
                self.changed.wait(&mut state);
            } else {
                break;
            }
        }
        state.delivering = None;
        state.ended = state.shut;
        if state.items.is_empty()
            && let Some(fd) = &self.ready
        {
            let _ = rustix::io::read(fd, &mut [0u8; 8]);
        }
        drop(state);
        self.changed.notify_all();
        Ok(u32::try_from(delivered).unwrap_or(u32::MAX))
    }

    fn work(&self) {
        let own = ThreadToken::current();
        let mut state = self.state.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                state.delivering = Some(own);
                drop(state);
                deliver(item);
                state = self.state.lock();
                state.delivering = None;
            } else if state.shut && state.promised == 0 {
                state.ended = true;
                return;
            } else {
                self.changed.wait(&mut state);
            }
        }
    }

    /// Delivers what is left or was promised, and ends. In caller mode what is left is delivered here, on the
    /// caller's thread, or by a thread that is dispatching already, which is waited for. From
    /// inside a callback, the rest follows when the callback returns.
    pub(crate) fn shut_down(&self) {
        let mut state = self.state.lock();
        (state.closed, state.shut) = (true, true);
        let thread = state.thread.take();
        drop(state);
        self.changed.notify_all();
        match self.mode {
            Mode::Library => {
                if let Some(thread) = thread {
                    thread.join();
                }
            }
            Mode::Caller => loop {
                let own = ThreadToken::current();
                let mut state = self.state.lock();
                while state.delivering.is_some_and(|thread| thread != own) {
                    self.changed.wait(&mut state);
                }
                // Inside a callback its dispatch goes on with what is left.
                if state.ended || state.delivering.is_some() {
                    return;
                }
                drop(state);
                // Refused when another thread was quicker: that one is waited for.
                if self.dispatch().is_ok() {
                    return;
                }
            },
        }
    }
}

fn deliver(item: Item) {
    // Application code does not unwind into here; what is caught is a defect of our own.
    let _ = catch_unwind(AssertUnwindSafe(|| match item {
        Item::Once(call) => call(),
        Item::Job(job) => job.run(),
    }));
}

#[cfg(all(test, loom))]
mod models;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn the_fd_is_readable_exactly_while_something_waits() {
        let dispatcher = Dispatcher::new(Mode::Caller).unwrap();
        let readable = || {
            let mut fds =
                [rustix::event::PollFd::new(dispatcher.ready.as_ref().unwrap(), rustix::event::PollFlags::IN)];
            rustix::event::poll(&mut fds, Some(&Default::default())).unwrap() == 1
        };
        assert!(!readable());
        dispatcher.post(|| ());
        dispatcher.post(|| ());
        assert!(readable());
        assert_eq!(dispatcher.dispatch().unwrap(), 2);
        assert!(!readable());
        let inner = dispatcher.clone();
        dispatcher.post(move || inner.post(|| ()));
        assert_eq!(dispatcher.dispatch().unwrap(), 1, "what a callback posts waits for the next call");
        assert!(readable());
    }

    #[test]
    fn nested_dispatch_is_refused() {
        let dispatcher = Dispatcher::new(Mode::Caller).unwrap();
        let inner = dispatcher.clone();
        let refused = Arc::new(AtomicUsize::new(0));
        let count = refused.clone();
        dispatcher.post(move || {
            if inner.dispatch().is_err_and(|error| error.code() == Code::OperationNotAllowed) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        dispatcher.dispatch().unwrap();
        assert_eq!(refused.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn the_end_delivers_what_is_left() {
        for mode in [Mode::Library, Mode::Caller] {
            let dispatcher = Dispatcher::new(mode).unwrap();
            let count = Arc::new(AtomicUsize::new(0));
            for _ in 0..100 {
                let count = count.clone();
                dispatcher.post(move || {
                    count.fetch_add(1, Ordering::Relaxed);
                });
            }
            dispatcher.shut_down();
            assert_eq!(count.load(Ordering::Relaxed), 100, "{mode:?}");
        }
    }
}
