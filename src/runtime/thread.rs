//! A thread of the library, and which thread this is.

use crate::sync::{Arc, ThreadToken};
use std::io;
use std::sync::OnceLock;
use std::thread::{Builder, JoinHandle};

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
        let handle = Builder::new().name(name.into()).spawn(move || {
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
