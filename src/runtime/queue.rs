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

/// Operations that run one at a time, in the order in which they were called.
pub(crate) struct SerialQueue {
    /// One of the three above. Whoever makes it other than IDLE from IDLE runs, and passes the
    /// right on to the next entry or makes it IDLE again.
    status: AtomicU32,
    entries: Mutex<VecDeque<Entry>>,
    granted: Condvar,
    workers: Arc<Workers>,
}

impl SerialQueue {
    pub(crate) fn new(workers: Arc<Workers>) -> Arc<SerialQueue> {
        Arc::new(SerialQueue {
            status: AtomicU32::new(IDLE),
            entries: Mutex::new(VecDeque::new()),
            granted: Condvar::new(),
            workers,
        })
    }

    /// Queues an operation; returns at once.
    pub(crate) fn push(self: &Arc<Self>, job: impl FnOnce() + Send + 'static) {
        let mut entries = self.entries.lock();
        entries.push_back(Entry::Job(Box::new(job)));
        if self.status.swap(WAITED_FOR, Ordering::AcqRel) == IDLE {
            drop(entries);
            self.workers.submit(self.clone());
        }
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
        let mut entries = self.entries.lock();
        if self.status.swap(WAITED_FOR, Ordering::AcqRel) == IDLE {
            // Whoever ran is done meanwhile; nothing waits, because entries come under the lock.
            return;
        }
        let turn = Arc::new(Turn::default());
        entries.push_back(Entry::Turn(turn.clone()));
        while !turn.granted.load(Ordering::Acquire) {
            self.granted.wait(&mut entries);
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
        let mut entries = self.entries.lock();
        match entries.front() {
            None => self.status.store(IDLE, Ordering::Release),
            Some(Entry::Job(_)) => {
                drop(entries);
                self.workers.submit(self.clone());
            }
            Some(Entry::Turn(_)) => self.grant_front(&mut entries),
        }
    }

    fn grant_front(&self, entries: &mut VecDeque<Entry>) {
        if let Some(Entry::Turn(turn)) = entries.pop_front() {
            turn.granted.store(true, Ordering::Release);
            self.granted.notify_all();
        }
    }
}

impl Run for SerialQueue {
    /// Runs operations until there are none, or until it is a waiting thread's turn.
    fn run(self: Arc<Self>) {
        let mut entries = self.entries.lock();
        loop {
            match entries.front() {
                None => {
                    self.status.store(IDLE, Ordering::Release);
                    return;
                }
                Some(Entry::Turn(_)) => return self.grant_front(&mut entries),
                Some(Entry::Job(_)) => {
                    let Some(Entry::Job(job)) = entries.pop_front() else { unreachable!("looked at above") };
                    drop(entries);
                    // What the operation owes (its completion) is paid while it unwinds.
                    let _ = catch_unwind(AssertUnwindSafe(job));
                    entries = self.entries.lock();
                }
            }
        }
    }
}

struct PassOn<'a>(&'a Arc<SerialQueue>);

impl Drop for PassOn<'_> {
    fn drop(&mut self) {
        self.0.pass_on();
    }
}

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
