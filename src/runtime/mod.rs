//! The library's threads and how work moves between them.
//!
//! | Thread | Number | Does |
//! |---|---|---|
//! | dispatcher | 1, or none when the application dispatches | completions, events, log |
//! | delivery | 4, more while all are stuck in callbacks; none when the application dispatches | frame callbacks |
//! | reactor | 1, from the first stream or listener for cameras on | waits for every device, and for news of cameras |
//! | workers | 1, more while operations block | operations of sessions and inputs; photos; lists of cameras |
//! | makers | 1 to 4, from the first frame that is made on | decoding, scaling, converting |
//!
//! None of these numbers grows with the number of cameras.

pub(crate) mod clock;
pub(crate) mod completion;
pub(crate) mod dispatcher;
pub(crate) mod listeners;
pub(crate) mod log;
pub(crate) mod queue;
pub(crate) mod reactor;
mod thread;
pub(crate) mod timer;
pub(crate) mod waits;
pub(crate) mod workers;

pub(crate) use completion::Completion;
pub(crate) use dispatcher::Dispatcher;
pub(crate) use dispatcher::Mode;
pub(crate) use listeners::Listeners;
pub(crate) use log::Log;
pub(crate) use queue::SerialQueue;
pub(crate) use reactor::Reactor;
pub(crate) use thread::Thread;
pub(crate) use workers::{Run, Workers};

use crate::error::Result;
use crate::sync::Arc;

/// Threads that run frame callbacks; more come when callbacks block all of these.
const DELIVERY_THREADS: usize = 4;

fn maker_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |count| count.get().min(4))
}

/// Everything that runs for one manager.
pub(crate) struct Runtime {
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) workers: Arc<Workers>,
    /// Threads that make frames: as many as there are processors, up to four.
    pub(crate) makers: Arc<Workers>,
    pub(crate) reactor: Arc<Reactor>,
    pub(crate) log: Arc<Log>,
    delivery: Option<Arc<Workers>>,
}

impl Runtime {
    pub(crate) fn new(mode: Mode) -> Result<Arc<Runtime>> {
        let dispatcher = Dispatcher::new(mode)?;
        let log = Log::new(dispatcher.clone());
        let delivery = match mode {
            Mode::Library => Some(Workers::patient("camera-deliver", DELIVERY_THREADS)),
            Mode::Caller => None,
        };
        let workers = Workers::elastic("camera-worker");
        let makers = Workers::patient("camera-make", maker_threads());
        match workers.ready().and_then(|()| Reactor::new(log.clone())) {
            Ok(reactor) => Ok(Arc::new(Runtime { workers, makers, reactor, log, delivery, dispatcher })),
            Err(error) => {
                // Their threads would wait for ever.
                workers.shut_down();
                dispatcher.shut_down();
                Err(error)
            }
        }
    }

    /// For the models: no thread before it is needed, and one in each pool.
    #[cfg(all(test, loom))]
    pub(crate) fn small(mode: Mode) -> Arc<Runtime> {
        let pool = |name| Workers::new(name, 1, 1, std::time::Duration::ZERO);
        let dispatcher = Dispatcher::new(mode).unwrap();
        let log = Log::new(dispatcher.clone());
        Arc::new(Runtime {
            workers: pool("camera-worker"),
            makers: pool("camera-make"),
            reactor: Reactor::new(log.clone()).unwrap(),
            delivery: (mode == Mode::Library).then(|| pool("camera-deliver")),
            log,
            dispatcher,
        })
    }

    /// A queue of operations that run one at a time and in order.
    pub(crate) fn serial_queue(&self) -> Arc<SerialQueue> {
        SerialQueue::new(self.workers.clone())
    }

    /// Makes sure that `deliver` has a thread to run on, where it needs one.
    pub(crate) fn ready_to_deliver(&self) -> Result<()> {
        self.delivery.as_ref().map_or(Ok(()), |delivery| delivery.ready())
    }

    /// Runs `job`, which calls application code, where the application wants it to run: on a
    /// delivery thread, or inside the application's own dispatch call. Never allocates once
    /// the queues have grown.
    pub(crate) fn deliver(&self, job: Arc<dyn Run>) {
        match &self.delivery {
            Some(delivery) => delivery.submit(job),
            None => self.dispatcher.submit(job),
        }
    }

    /// A job given to `deliver` has not begun although time has passed.
    pub(crate) fn relieve_delivery(&self) {
        if let Some(delivery) = &self.delivery {
            delivery.relieve();
        }
    }

    /// Ends the threads: what is queued runs first. Called once, at the manager's end.
    pub(crate) fn shut_down(&self) {
        self.workers.shut_down();
        self.makers.shut_down();
        self.reactor.shut_down();
        if let Some(delivery) = &self.delivery {
            delivery.shut_down();
        }
        self.dispatcher.shut_down();
    }
}
