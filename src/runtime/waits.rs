//! Who waits for whom. To take a callback away waits until its call on another thread has ended;
//! when that call is waiting for the one who waits, both would wait for ever.

use crate::sync::{Mutex, ThreadToken};

/// Threads that wait for a callback to end, and the threads that run it.
#[derive(Default)]
pub(crate) struct Waits(Mutex<Vec<(ThreadToken, ThreadToken)>>);

/// A wait that is going on.
pub(crate) struct Wait<'a> {
    waits: &'a Waits,
    waiter: ThreadToken,
}

impl Waits {
    /// Begins a wait of this thread for a call on `other`. `None` when there must be none: the call is
    /// this thread's own, or it waits itself, perhaps through others, for a call of this thread. Then
    /// it is as if the callback had been taken away from inside: the call that is going on is its last.
    pub(crate) fn begin(&self, other: ThreadToken) -> Option<Wait<'_>> {
        let own = ThreadToken::current();
        let mut waits = self.0.lock();
        let mut next = Some(other);
        while let Some(thread) = next {
            if thread == own {
                return None;
            }
            next = waits.iter().find(|(waiter, _)| *waiter == thread).map(|(_, awaited)| *awaited);
        }
        waits.push((own, other));
        Some(Wait { waits: self, waiter: own })
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let mut waits = self.waits.0.lock();
        // A thread waits for one call at a time.
        if let Some(index) = waits.iter().position(|(waiter, _)| *waiter == self.waiter) {
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
        assert!(waits.begin(own).is_none(), "from inside");
        std::thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            let (end, ended) = mpsc::channel::<()>();
            let (waits, tell_last) = (&waits, tell.clone());
            // One waits for this thread, another for that one.
            let middle = scope.spawn(move || {
                let wait = waits.begin(own);
                tell.send(ThreadToken::current()).unwrap();
                ended.recv().unwrap();
                drop(wait);
            });
            let middle_token = told.recv().unwrap();
            let (end_last, ended_last) = mpsc::channel::<()>();
            let last = scope.spawn(move || {
                let wait = waits.begin(middle_token);
                tell_last.send(ThreadToken::current()).unwrap();
                ended_last.recv().unwrap();
                drop(wait);
            });
            let last_token = told.recv().unwrap();
            assert!(waits.begin(middle_token).is_none());
            assert!(waits.begin(last_token).is_none(), "through another");
            end_last.send(()).unwrap();
            last.join().unwrap();
            assert!(waits.begin(middle_token).is_none());
            end.send(()).unwrap();
            middle.join().unwrap();
            assert!(waits.0.lock().is_empty());
        });
    }
}
