//! A thread of the library, and which thread this is.

use crate::sync::{Arc, JoinHandle, ThreadBuilder, ThreadToken};
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use std::io;
use std::sync::OnceLock;

/// While it lives, this thread takes no signals, and threads that it starts take none for ever: the
/// application's signals are for its own threads, whether it handles, waits for or reads them.
struct SignalsElsewhere(Option<SigSet>);

impl SignalsElsewhere {
    fn new() -> Self {
        let mut set = SigSet::all();
        // These a thread causes itself; whoever reports crashes wants to see them.
        for own in [Signal::SIGSEGV, Signal::SIGBUS, Signal::SIGFPE, Signal::SIGILL, Signal::SIGTRAP] {
            set.remove(own);
        }
        SignalsElsewhere(set.thread_swap_mask(SigmaskHow::SIG_BLOCK).ok())
    }
}

impl Drop for SignalsElsewhere {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = before.thread_set_mask();
        }
    }
}

/// A thread that can be joined, by any thread but itself.
pub(crate) struct Thread {
    handle: JoinHandle<()>,
    /// Set by the thread before it does anything else.
    token: Arc<OnceLock<ThreadToken>>,
}

impl Thread {
    pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<Thread> {
        let token = Arc::new(OnceLock::new());
        let own = token.clone();
        let _masked = SignalsElsewhere::new();
        let handle = ThreadBuilder::new().name(name.into()).spawn(move || {
            let _ = own.set(ThreadToken::current());
            work();
        })?;
        Ok(Thread { handle, token })
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.handle.is_finished()
    }

    /// Is this thread the one that asks?
    pub(crate) fn is_current(&self) -> bool {
        self.token.get() == Some(&ThreadToken::current())
    }

    /// Waits for the end of the thread, unless it is the one that asks.
    pub(crate) fn join(self) {
        if !self.is_current() {
            // A panic was caught and reported where it happened.
            let _ = self.handle.join();
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn the_applications_signals_are_not_for_the_librarys_threads() {
        let before = SigSet::thread_get_mask().unwrap();
        let (sender, receiver) = mpsc::channel();
        let thread = Thread::spawn("test", move || sender.send(SigSet::thread_get_mask().unwrap()).unwrap()).unwrap();
        let inside = receiver.recv().unwrap();
        thread.join();
        assert!(inside.contains(Signal::SIGTERM) && inside.contains(Signal::SIGUSR1));
        assert!(!inside.contains(Signal::SIGSEGV));
        assert_eq!(SigSet::thread_get_mask().unwrap(), before, "the caller's own mask is as it was");
    }
}
