//! What the library has to say beside its results, for the application's log.

use super::Dispatcher;
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{Arc, RwLock};

/// How much a message matters. The numbers cross the C interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub(crate) enum Level {
    /// A defect, or a device that failed.
    Error = 1,
    /// Something was worked around.
    Warning = 2,
    /// What a user may want to know: a stream began, a device was opened.
    Info = 3,
    /// For people who work on the library.
    Debug = 4,
}

type Sink = Arc<dyn Fn(Level, &str) + Send + Sync>;

/// Passes messages to the application through the dispatcher, so that they arrive on the same
/// thread and in the same order as everything else.
pub(crate) struct Log {
    dispatcher: Arc<Dispatcher>,
    /// 0: nobody listens.
    level: AtomicU32,
    sink: RwLock<Option<Sink>>,
}

impl Log {
    pub(crate) fn new(dispatcher: Arc<Dispatcher>) -> Arc<Log> {
        Arc::new(Log { dispatcher, level: AtomicU32::new(0), sink: RwLock::new(None) })
    }

    /// Sends messages up to `level` to `sink` from now on; `None` ends it.
    pub(crate) fn set(&self, level: Level, sink: Option<Sink>) {
        let wanted = if sink.is_some() { level as u32 } else { 0 };
        let old = std::mem::replace(&mut *self.sink.write(), sink);
        self.level.store(wanted, Ordering::Release);
        // The old sink's destructor is application code: it runs where that runs.
        if let Some(old) = old {
            self.dispatcher.post(move || drop(old));
        }
    }

    /// Logs a message, which is only made when somebody listens.
    pub(crate) fn write(&self, level: Level, message: impl FnOnce() -> String) {
        if self.level.load(Ordering::Acquire) < level as u32 {
            return;
        }
        let Some(sink) = self.sink.read().clone() else { return };
        let message = message();
        self.dispatcher.post(move || sink(level, &message));
    }
}
