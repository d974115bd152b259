//! One FIFO of operations: a session's, or an input's.
//!
//! Asynchronous operations run on a worker. A synchronous one takes its *turn* in the same
//! order and runs on the thread that called: at once when nothing is before it, which is the
//! usual case and costs two short locks.

use super::workers::{Run, Workers};
use crate::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use crate::sync::{Arc, Condvar, Mutex};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

enum Entry {
    /// Runs on a worker.
    Job(Box<dyn FnOnce() + Send>),
    /// A thread that waits to run by itself.
    Turn(Arc<Turn>),
}

#[derive(Default)]
struct Turn {
    granted: AtomicBool,
}

/// Nobody runs.
const IDLE: u32 = 0;
/// Someone runs, and nothing waits.
const RUNNING: u32 = 1;
/// Someone runs, or was told to, and entries may wait. Set under the lock only.
const WAITED_FOR: u32 = 2;

#[derive(Default)]
struct Waiting {
    entries: VecDeque<Entry>,
    /// What runs when nothing else waits: see [`SerialQueue::when_drained`].
    afterwards: Vec<Box<dyn FnOnce() + Send>>,
}

/// Operations that run one at a time, in the order in which they were called.
pub(crate) struct SerialQueue {
    /// One of the three above. Whoever makes it other than IDLE from IDLE runs, and passes the
    /// right on to the next entry or makes it IDLE again.
    status: AtomicU32,
    waiting: Mutex<Waiting>,
    granted: Condvar,
    workers: Arc<Workers>,
}

impl SerialQueue {
    pub(crate) fn new(workers: Arc<Workers>) -> Arc<SerialQueue> {
        Arc::new(SerialQueue {
            status: AtomicU32::new(IDLE),
            waiting: Mutex::new(Waiting::default()),
            granted: Condvar::new(),
            workers,
        })
    }

    /// Queues an operation; returns at once.
    pub(crate) fn push(self: &Arc<Self>, job: impl FnOnce() + Send + 'static) {
        if self.enqueue(job) {
            self.start();
        }
    }

    /// The first half of `push`, which can be done under another lock. When it answers true,
    /// [`SerialQueue::start`] must follow.
    #[must_use]
    pub(crate) fn enqueue(&self, job: impl FnOnce() + Send + 'static) -> bool {
        let mut waiting = self.waiting.lock();
        waiting.entries.push_back(Entry::Job(Box::new(job)));
        self.status.swap(WAITED_FOR, Ordering::AcqRel) == IDLE
    }

    /// The second half of `push`: finds a worker for what was queued.
    pub(crate) fn start(self: &Arc<Self>) {
        self.workers.submit(self.clone());
    }

    /// Does nothing wait behind the operation that runs?
    pub(crate) fn is_last(&self) -> bool {
        self.waiting.lock().entries.is_empty()
    }

    /// From inside an operation: runs `job` on a worker when nothing waits in the queue any more.
    pub(crate) fn when_drained(&self, job: impl FnOnce() + Send + 'static) {
        let mut waiting = self.waiting.lock();
        waiting.afterwards.push(Box::new(job));
        // Whoever runs must look before it goes.
        self.status.store(WAITED_FOR, Ordering::Release);
    }

    /// Runs an operation on this thread when everything called before it is done.
    pub(crate) fn in_turn<R>(self: &Arc<Self>, operation: impl FnOnce() -> R) -> R {
        if self.status.compare_exchange(IDLE, RUNNING, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.wait_for_turn();
        }
        // Passes the turn on when the operation is done, and also when it panics.
        let _next = PassOn(self);
        operation()
    }

    #[cold]
    fn wait_for_turn(&self) {
        let mut waiting = self.waiting.lock();
        if self.status.swap(WAITED_FOR, Ordering::AcqRel) == IDLE {
            // Whoever ran is done meanwhile; nothing waits, because entries come under the lock.
            return;
        }
        let turn = Arc::new(Turn::default());
        waiting.entries.push_back(Entry::Turn(turn.clone()));
        while !turn.granted.load(Ordering::Acquire) {
            self.granted.wait(&mut waiting);
        }
    }

    /// The turn of whoever ran is over.
    fn pass_on(self: &Arc<Self>) {
        if self.status.compare_exchange(RUNNING, IDLE, Ordering::Release, Ordering::Relaxed).is_err() {
            self.pass_on_to_next();
        }
    }

    #[cold]
    fn pass_on_to_next(self: &Arc<Self>) {
        let mut waiting = self.waiting.lock();
        match waiting.entries.front() {
            None if waiting.afterwards.is_empty() => self.status.store(IDLE, Ordering::Release),
            None | Some(Entry::Job(_)) => {
                drop(waiting);
                self.workers.submit(self.clone());
            }
            Some(Entry::Turn(_)) => self.grant_front(&mut waiting),
        }
    }

    fn grant_front(&self, waiting: &mut Waiting) {
        if let Some(Entry::Turn(turn)) = waiting.entries.pop_front() {
            turn.granted.store(true, Ordering::Release);
            self.granted.notify_all();
        }
    }
}

impl Run for SerialQueue {
    /// Runs operations until there are none, then what comes afterwards, or until it is a waiting
    /// thread's turn.
    fn run(self: Arc<Self>) {
        let mut waiting = self.waiting.lock();
        loop {
            if let Some(Entry::Turn(_)) = waiting.entries.front() {
                return self.grant_front(&mut waiting);
            }
            let job = match waiting.entries.pop_front() {
                Some(Entry::Job(job)) => Some(job),
                _ => waiting.afterwards.pop(),
            };
            let Some(job) = job else {
                self.status.store(IDLE, Ordering::Release);
                return;
            };
            drop(waiting);
            // What the operation owes (its completion) is paid while it unwinds.
            let _ = catch_unwind(AssertUnwindSafe(job));
            waiting = self.waiting.lock();
        }
    }
}

struct PassOn<'a>(&'a Arc<SerialQueue>);

impl Drop for PassOn<'_> {
    fn drop(&mut self) {
        self.0.pass_on();
    }
}

#[cfg(all(test, loom))]
mod models;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    #[test]
    fn synchronous_operations_wait_for_those_before_them() {
        let workers = Workers::elastic("test");
        let queue = SerialQueue::new(workers.clone());
        let order = Arc::new(Mutex::new(Vec::new()));
        for number in 0..3 {
            let order = order.clone();
            queue.push(move || {
                std::thread::sleep(Duration::from_millis(5));
                order.lock().push(number);
            });
        }
        queue.in_turn(|| order.lock().push(3));
        let late = order.clone();
        queue.push(move || late.lock().push(4));
        queue.in_turn(|| order.lock().push(5));
        assert_eq!(*order.lock(), [0, 1, 2, 3, 4, 5]);
        workers.shut_down();
    }

    #[test]
    fn threads_take_turns_and_nothing_is_lost() {
        let workers = Workers::elastic("test");
        let queue = SerialQueue::new(workers.clone());
        let count = Arc::new(Mutex::new((0u32, 0u32)));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        queue.in_turn(|| {
                            let seen = count.lock().0;
                            count.lock().0 = seen + 1;
                        });
                        let count = count.clone();
                        queue.push(move || count.lock().1 += 1);
                    }
                });
            }
        });
        queue.in_turn(|| ());
        assert_eq!(*count.lock(), (2000, 2000));
        workers.shut_down();
    }

    #[test]
    fn what_comes_afterwards_waits_for_everything_else() {
        let workers = Workers::elastic("test");
        let queue = SerialQueue::new(workers.clone());
        let (sender, receiver) = mpsc::channel();
        let (inside, late) = (queue.clone(), sender.clone());
        queue.in_turn(|| {
            // Two at once: neither waits for the other.
            for _ in 0..2 {
                let (own, sender) = (queue.clone(), sender.clone());
                queue.when_drained(move || sender.send((1, own.is_last())).unwrap());
            }
            queue.push(move || late.send((0, inside.is_last())).unwrap());
            assert!(!queue.is_last());
        });
        let seen: Vec<_> = (0..3).map(|_| receiver.recv_timeout(Duration::from_secs(20)).unwrap()).collect();
        assert_eq!(seen, [(0, true), (1, true), (1, true)]);
        queue.in_turn(|| ());
        workers.shut_down();
    }

    #[test]
    fn a_panic_passes_the_turn_on() {
        let workers = Workers::elastic("test");
        let queue = SerialQueue::new(workers.clone());
        let (sender, receiver) = mpsc::channel();
        queue.push(|| std::panic::resume_unwind(Box::new("on purpose")));
        let panicked =
            catch_unwind(AssertUnwindSafe(|| queue.in_turn(|| std::panic::resume_unwind(Box::new("again")))));
        assert!(panicked.is_err());
        queue.push(move || sender.send(()).unwrap());
        receiver.recv_timeout(Duration::from_secs(20)).unwrap();
        workers.shut_down();
    }
}
