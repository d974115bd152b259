//! Threads that run jobs: a fixed number, or as many as there are jobs that block.

use super::Thread;
use crate::error::{Error, Result};
use crate::sync::{Arc, Condvar, Mutex};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// A job. Shared, so that submitting one again allocates nothing.
pub(crate) trait Run: Send + Sync {
    fn run(self: Arc<Self>);
}

/// How long a thread beyond the first waits for another job before it ends.
const IDLE: Duration = Duration::from_millis(500);
/// Threads of a patient pool that take no job for so long are stuck in theirs.
const PATIENCE: Duration = Duration::from_millis(20);
/// More jobs than this at once wait for each other.
const MOST: usize = 256;

struct State {
    jobs: VecDeque<Arc<dyn Run>>,
    threads: usize,
    idle: usize,
    shut: bool,
    /// When a thread last took a job: as long as they do, none is stuck.
    progress: Instant,
    /// Threads to join: ended ones are taken out as others start.
    handles: Vec<Thread>,
}

/// A pool of threads.
pub(crate) struct Workers {
    name: &'static str,
    /// Threads that stay; more come and go when the pool is elastic.
    base: usize,
    most: usize,
    /// How long every thread must have been busy before there is another.
    patience: Duration,
    state: Mutex<State>,
    wake: Condvar,
}

impl Workers {
    /// `count` threads, from the first job on, and more only while all of them are stuck: a job
    /// that is slow holds up no other for long, and jobs that are many need no more threads.
    pub(crate) fn patient(name: &'static str, count: usize) -> Arc<Workers> {
        Self::new(name, count, MOST, PATIENCE)
    }

    /// One thread, and one more whenever a job would have to wait for another that blocks.
    pub(crate) fn elastic(name: &'static str) -> Arc<Workers> {
        Self::new(name, 1, MOST, Duration::ZERO)
    }

    pub(super) fn new(name: &'static str, base: usize, most: usize, patience: Duration) -> Arc<Workers> {
        let state = State {
            jobs: VecDeque::new(),
            threads: 0,
            idle: 0,
            shut: false,
            progress: Instant::now(),
            handles: Vec::new(),
        };
        Arc::new(Workers { name, base, most, patience, state: Mutex::new(state), wake: Condvar::new() })
    }

    /// Runs the job on one of the threads. After the end of the pool, on the caller's.
    pub(crate) fn submit(self: &Arc<Self>, job: Arc<dyn Run>) {
        let mut state = self.state.lock();
        if state.shut && state.threads == 0 {
            drop(state);
            return run_caught(job);
        }
        state.jobs.push_back(job);
        if state.threads < self.base {
            // All that stay, at once: their number never depends on how busy they have been.
            (state.threads..self.base).for_each(|_| self.start_thread(&mut state));
        } else if state.jobs.len() > state.idle
            && state.threads < self.most
            && (self.patience.is_zero() || state.progress.elapsed() > self.patience)
        {
            self.start_thread(&mut state);
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Looks whether jobs wait because every thread is stuck, and starts another one then. For
    /// whoever notices that his job has not begun.
    pub(crate) fn relieve(self: &Arc<Self>) {
        let mut state = self.state.lock();
        let stuck = state.jobs.len() > state.idle && state.progress.elapsed() > self.patience;
        if stuck && !state.shut && state.threads < self.most {
            self.start_thread(&mut state);
        }
    }

    /// Makes sure that there is a thread, without which jobs would wait for ever. To be called
    /// where a failure can still be told, before the first job.
    pub(crate) fn ready(self: &Arc<Self>) -> Result<()> {
        let mut state = self.state.lock();
        if state.threads > 0 || state.shut {
            return Ok(());
        }
        self.try_start_thread(&mut state)
            .map_err(|error| Error::fatal(format!("no thread for {}: {error}; end some threads", self.name)))
    }

    fn try_start_thread(self: &Arc<Self>, state: &mut State) -> std::io::Result<()> {
        state.handles.retain(|handle| !handle.is_finished());
        let pool = self.clone();
        state.handles.push(Thread::spawn(self.name, move || pool.work())?);
        state.threads += 1;
        Ok(())
    }

    fn start_thread(self: &Arc<Self>, state: &mut State) {
        // Without a new thread the job waits for one of the others.
        let _ = self.try_start_thread(state);
    }

    fn work(&self) {
        let mut state = self.state.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                if !self.patience.is_zero() {
                    state.progress = Instant::now();
                }
                drop(state);
                run_caught(job);
                state = self.state.lock();
                continue;
            }
            if state.shut {
                break;
            }
            state.idle += 1;
            let timed_out = if state.threads > self.base {
                self.wake.wait_for(&mut state, IDLE).timed_out()
            } else {
                self.wake.wait(&mut state);
                false
            };
            state.idle -= 1;
            if timed_out && state.jobs.is_empty() && state.threads > self.base {
                break;
            }
        }
        state.threads -= 1;
    }

    /// Ends the threads when their jobs are done, and waits for them, except for the caller's
    /// own thread when it is one of them.
    pub(crate) fn shut_down(&self) {
        let handles = {
            let mut state = self.state.lock();
            state.shut = true;
            std::mem::take(&mut state.handles)
        };
        self.wake.notify_all();
        handles.into_iter().for_each(Thread::join);
    }
}

/// A job reports its own panics (a completion that is dropped says so); here they end.
fn run_caught(job: Arc<dyn Run>) {
    let _ = catch_unwind(AssertUnwindSafe(|| job.run()));
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::Barrier;
    use std::sync::mpsc;

    struct Job<F>(F);
    impl<F: Fn() + Send + Sync> Run for Job<F> {
        fn run(self: Arc<Self>) {
            (self.0)();
        }
    }

    #[test]
    fn a_blocked_job_does_not_hold_up_the_next() {
        let pool = Workers::elastic("test");
        let barrier = Arc::new(Barrier::new(5));
        for _ in 0..4 {
            let barrier = barrier.clone();
            pool.submit(Arc::new(Job(move || {
                barrier.wait();
            })));
        }
        barrier.wait();
        pool.shut_down();
    }

    #[test]
    fn a_patient_pool_grows_only_while_every_thread_is_stuck() {
        let pool = Workers::patient("test", 2);
        let (gate, opened) = (Arc::new(Barrier::new(3)), Arc::new(AtomicUsize::new(0)));
        for _ in 0..2 {
            let gate = gate.clone();
            pool.submit(Arc::new(Job(move || {
                gate.wait();
            })));
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        // Each submission looks whether the threads are stuck.
        while opened.load(Ordering::SeqCst) == 0 {
            assert!(Instant::now() < deadline, "held up by two that are stuck");
            let opened = opened.clone();
            pool.submit(Arc::new(Job(move || {
                opened.fetch_add(1, Ordering::SeqCst);
            })));
            std::thread::sleep(Duration::from_millis(5));
        }
        gate.wait();
        pool.shut_down();
    }

    #[test]
    fn extra_threads_end_when_idle() {
        let pool = Workers::elastic("test");
        let barrier = Arc::new(Barrier::new(4));
        for _ in 0..3 {
            let barrier = barrier.clone();
            pool.submit(Arc::new(Job(move || {
                barrier.wait();
            })));
        }
        barrier.wait();
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        while pool.state.lock().threads > 1 {
            assert!(std::time::Instant::now() < deadline, "threads stayed");
            std::thread::sleep(Duration::from_millis(10));
        }
        pool.shut_down();
    }

    #[test]
    fn what_is_queued_runs_before_the_end_and_panics_stop_nothing() {
        let pool = Workers::new("test", 1, 1, Duration::ZERO);
        let (gate, opened) = mpsc::channel::<()>();
        let opened = Mutex::new(opened);
        pool.submit(Arc::new(Job(move || {
            opened.lock().recv().unwrap();
            std::panic::resume_unwind(Box::new("on purpose"));
        })));
        let ran = Arc::new(AtomicUsize::new(0));
        for _ in 0..10 {
            let ran = ran.clone();
            pool.submit(Arc::new(Job(move || {
                ran.fetch_add(1, Ordering::Relaxed);
            })));
        }
        gate.send(()).unwrap();
        pool.shut_down();
        assert_eq!(ran.load(Ordering::Relaxed), 10);
    }
}
