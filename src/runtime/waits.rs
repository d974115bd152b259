//! Who waits for whom. To take a callback away waits until its call on another thread has ended;
//! when that call is waiting for the one who waits, both would wait for ever.

use crate::sync::{Mutex, ThreadToken};

/// Threads that wait for a callback to end, and the threads that run it.
#[derive(Default)]
pub(crate) struct Waits(Mutex<Vec<Entry>>);

struct Entry {
    waiter: ThreadToken,
    /// Where the call runs that is waited for, and which it is: a thread may be in several.
    thread: ThreadToken,
    call: usize,
}

/// A wait that is going on.
pub(crate) struct Wait<'a> {
    waits: &'a Waits,
    waiter: ThreadToken,
}

impl Waits {
    /// Begins a wait of this thread for `call` on the thread `other`. `None` when there must be none:
    /// the call is this thread's own, or it waits itself, perhaps through others, for a call of this
    /// thread. Then it is as if the callback had been taken away from inside: the call that is going
    /// on is its last.
    ///
    /// `call` is a number that no other call on that thread has. Under the lock that says whether
    /// the call is going on, as [`Waits::over`].
    pub(crate) fn begin(&self, other: ThreadToken, call: usize) -> Option<Wait<'_>> {
        let own = ThreadToken::current();
        let mut waits = self.0.lock();
        let mut next = Some(other);
        while let Some(thread) = next {
            if thread == own {
                return None;
            }
            next = waits.iter().find(|entry| entry.waiter == thread).map(|entry| entry.thread);
        }
        waits.push(Entry { waiter: own, thread: other, call });
        Some(Wait { waits: self, waiter: own })
    }

    /// This thread's `call` is over: who waited for it waits no more, even before it has woken up
    /// and seen that. Otherwise this thread would take it for one that waits, and not wait for it.
    pub(crate) fn over(&self, call: usize) {
        let own = ThreadToken::current();
        self.0.lock().retain(|entry| entry.thread != own || entry.call != call);
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let mut waits = self.waits.0.lock();
        // A thread waits for one call at a time.
        if let Some(index) = waits.iter().position(|entry| entry.waiter == self.waiter) {
            waits.swap_remove(index);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn nobody_waits_for_a_call_that_waits_for_it() {
        let waits = Waits::default();
        let own = ThreadToken::current();
        assert!(waits.begin(own, 1).is_none(), "from inside");
        std::thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            let (end, ended) = mpsc::channel::<()>();
            let (waits, tell_last) = (&waits, tell.clone());
            // One waits for this thread, another for that one.
            let middle = scope.spawn(move || {
                let wait = waits.begin(own, 1);
                tell.send(ThreadToken::current()).unwrap();
                ended.recv().unwrap();
                drop(wait);
            });
            let middle_token = told.recv().unwrap();
            let (end_last, ended_last) = mpsc::channel::<()>();
            let last = scope.spawn(move || {
                let wait = waits.begin(middle_token, 1);
                tell_last.send(ThreadToken::current()).unwrap();
                ended_last.recv().unwrap();
                drop(wait);
            });
            let last_token = told.recv().unwrap();
            assert!(waits.begin(middle_token, 1).is_none());
            assert!(waits.begin(last_token, 1).is_none(), "through another");
            end_last.send(()).unwrap();
            last.join().unwrap();
            assert!(waits.begin(middle_token, 1).is_none());
            end.send(()).unwrap();
            middle.join().unwrap();
            assert!(waits.0.lock().is_empty());
        });
    }

    #[test]
    fn a_call_that_is_over_is_not_waited_for_even_by_one_who_has_not_seen_it() {
        let waits = Waits::default();
        let own = ThreadToken::current();
        std::thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            let (end, ended) = mpsc::channel::<()>();
            let waits = &waits;
            let waiter = scope.spawn(move || {
                let wait = waits.begin(own, 1);
                tell.send(ThreadToken::current()).unwrap();
                ended.recv().unwrap();
                drop(wait);
            });
            let token = told.recv().unwrap();
            waits.over(2);
            assert!(waits.begin(token, 3).is_none(), "another call of this thread is over");
            waits.over(1);
            assert!(waits.begin(token, 3).is_some());
            end.send(()).unwrap();
            waiter.join().unwrap();
            assert!(waits.0.lock().is_empty());
        });
    }
}
