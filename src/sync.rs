//! Locks and atomics, all from one place: parking_lot's in the library, loom's when a test
//! explores the interleavings of a room (`RUSTFLAGS="--cfg loom"`).
//!
//! Lock order, from first taken to last: session, output, input, recorder, surface,
//! runtime rooms. No lock is held while application code runs, and none across a blocking device
//! call except the session's own place in its queue, which is not a lock but a turn, and what a
//! recorder's turn alone uses.

#[cfg(not(loom))]
pub(crate) use parking_lot::{Condvar, Mutex, MutexGuard, RwLock};
pub(crate) use std::sync::{Arc, Weak};

#[cfg(not(loom))]
pub(crate) mod atomic {
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};
}

#[cfg(loom)]
pub(crate) mod atomic {
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};
}

#[cfg(not(loom))]
pub(crate) use std::thread::{Builder as ThreadBuilder, JoinHandle};

/// Tells threads apart. Unlike the standard library's id it needs no memory of its own, which the
/// main thread of a C program would never give back.
#[cfg(not(loom))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ThreadToken(usize);

#[cfg(not(loom))]
impl ThreadToken {
    pub(crate) fn current() -> Self {
        thread_local! {
            static HERE: u8 = const { 0 };
        }
        // Its address is this thread's alone, as long as the thread lives.
        ThreadToken(HERE.with(|here| std::ptr::from_ref(here).addr()))
    }
}

#[cfg(loom)]
pub(crate) use model::{Condvar, JoinHandle, Mutex, MutexGuard, RwLock, ThreadBuilder, ThreadToken};

/// loom's locks behind parking_lot's signatures, and its threads behind the standard library's, so
/// that no room needs two versions. A report names the line that calls them (`track_caller`).
#[cfg(loom)]
pub(crate) mod model {
    use std::io;
    use std::ops::{Deref, DerefMut};

    /// Runs `room` in every order in which its threads can meet. What the room observes is for its
    /// own thread to check, at its end: a panic inside a callback ends where the library catches it.
    #[cfg(test)]
    pub(crate) fn explore(room: impl Fn() + Send + Sync + 'static) {
        run(loom::model::Builder::new(), room);
    }

    /// As `explore`, for a room with too many orders: those with at most so many preemptions
    /// (switches away from a thread that could go on), or as many as LOOM_MAX_PREEMPTIONS says.
    #[cfg(test)]
    pub(crate) fn explore_within(preemptions: usize, room: impl Fn() + Send + Sync + 'static) {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound.get_or_insert(preemptions);
        run(builder, room);
    }

    #[cfg(test)]
    fn run(mut builder: loom::model::Builder, room: impl Fn() + Send + Sync + 'static) {
        use std::sync::Arc;
        use std::sync::atomic::{AtomicUsize, Ordering};

        builder.max_branches = builder.max_branches.max(10_000);
        let orders = Arc::new(AtomicUsize::new(0));
        let count = orders.clone();
        builder.check(move || {
            count.fetch_add(1, Ordering::Relaxed);
            room();
        });
        let orders = orders.load(Ordering::Relaxed);
        println!("{orders} orders");
        assert!(orders > 2, "so few orders prove nothing: do the threads meet?");
    }

    /// A thread of a model.
    #[cfg(test)]
    pub(crate) fn spawn<T: 'static>(work: impl FnOnce() -> T + 'static) -> loom::thread::JoinHandle<T> {
        loom::thread::spawn(work)
    }

    pub(crate) struct ThreadBuilder(loom::thread::Builder);

    impl ThreadBuilder {
        pub(crate) fn new() -> Self {
            ThreadBuilder(loom::thread::Builder::new())
        }
        pub(crate) fn name(self, name: String) -> Self {
            ThreadBuilder(self.0.name(name))
        }
        pub(crate) fn spawn<T: Send + 'static>(
            self,
            work: impl FnOnce() -> T + Send + 'static,
        ) -> io::Result<JoinHandle<T>> {
            self.0.spawn(work).map(JoinHandle)
        }
    }

    pub(crate) struct JoinHandle<T>(loom::thread::JoinHandle<T>);

    impl<T> JoinHandle<T> {
        pub(crate) fn join(self) -> std::thread::Result<T> {
            self.0.join()
        }
        /// loom cannot tell. Ended threads are then joined at the end of their pool.
        pub(crate) fn is_finished(&self) -> bool {
            false
        }
    }

    #[derive(Debug, Default)]
    pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);
    pub(crate) struct MutexGuard<'a, T>(Option<loom::sync::MutexGuard<'a, T>>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Mutex(loom::sync::Mutex::new(value))
        }
        #[track_caller]
        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            MutexGuard(Some(self.0.lock().expect("no test panics under a lock")))
        }
    }
    impl<T> Deref for MutexGuard<'_, T> {
        type Target = T;
        fn deref(&self) -> &T {
            self.0.as_ref().expect("present outside wait")
        }
    }
    impl<T> DerefMut for MutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            self.0.as_mut().expect("present outside wait")
        }
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct ThreadToken(loom::thread::ThreadId);
    impl ThreadToken {
        pub(crate) fn current() -> Self {
            ThreadToken(loom::thread::current().id())
        }
    }

    #[derive(Debug, Default)]
    pub(crate) struct Condvar(loom::sync::Condvar);
    impl Condvar {
        pub(crate) fn new() -> Self {
            Condvar(loom::sync::Condvar::new())
        }
        #[track_caller]
        pub(crate) fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
            let inner = guard.0.take().expect("present outside wait");
            guard.0 = Some(self.0.wait(inner).expect("no test panics under a lock"));
        }
        /// loom has no clock: a timed wait is a wait.
        #[track_caller]
        pub(crate) fn wait_for<T>(&self, guard: &mut MutexGuard<'_, T>, _: std::time::Duration) -> WaitResult {
            self.wait(guard);
            WaitResult
        }
        #[track_caller]
        pub(crate) fn notify_one(&self) {
            self.0.notify_one();
        }
        #[track_caller]
        pub(crate) fn notify_all(&self) {
            self.0.notify_all();
        }
    }
    pub(crate) struct WaitResult;
    impl WaitResult {
        pub(crate) fn timed_out(&self) -> bool {
            false
        }
    }

    #[derive(Debug, Default)]
    pub(crate) struct RwLock<T>(loom::sync::RwLock<T>);
    impl<T> RwLock<T> {
        pub(crate) fn new(value: T) -> Self {
            RwLock(loom::sync::RwLock::new(value))
        }
        #[track_caller]
        pub(crate) fn read(&self) -> loom::sync::RwLockReadGuard<'_, T> {
            self.0.read().expect("no test panics under a lock")
        }
        #[track_caller]
        pub(crate) fn write(&self) -> loom::sync::RwLockWriteGuard<'_, T> {
            self.0.write().expect("no test panics under a lock")
        }
    }
}
