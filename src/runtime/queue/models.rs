//! Every order in which threads and a worker can meet at one queue.
//!
//! The operations count with plain loads and stores: two at a time, or one that does not see what
//! the one before it did, lose a count.

use super::*;
use crate::sync::model::{explore_within, spawn};
use std::sync::Mutex as Plain;
use std::time::Duration;

/// A queue, and what its operations do.
#[derive(Clone)]
struct Room {
    workers: Arc<Workers>,
    queue: Arc<SerialQueue>,
    count: Arc<AtomicU32>,
    order: Arc<Plain<Vec<u32>>>,
}

impl Room {
    fn new() -> Room {
        let workers = Workers::new("model", 1, 1, Duration::ZERO);
        let queue = SerialQueue::new(workers.clone());
        Room { workers, queue, count: Arc::new(AtomicU32::new(0)), order: Arc::default() }
    }

    fn operation(&self, number: u32) {
        let before = self.count.load(Ordering::Relaxed);
        self.order.lock().unwrap().push(number);
        self.count.store(before + 1, Ordering::Relaxed);
    }

    fn in_turn(&self, number: u32) {
        self.queue.in_turn(|| self.operation(number));
    }

    fn push(&self, number: u32) {
        let room = self.clone();
        self.queue.push(move || room.operation(number));
    }

    /// Waits for what was queued; each of these numbers ran once and alone. Their order.
    fn end(self, mut numbers: Vec<u32>) -> Vec<u32> {
        let seen = self.queue.in_turn(|| self.count.load(Ordering::Relaxed));
        self.workers.shut_down();
        let order = self.order.lock().unwrap().clone();
        assert_eq!(self.count.load(Ordering::Relaxed) as usize, numbers.len(), "two at a time: {order:?}");
        assert_eq!(self.queue.status.load(Ordering::Relaxed), IDLE);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        numbers.sort_unstable();
        assert_eq!(sorted, numbers);
        assert!(seen as usize <= numbers.len());
        order
    }
}

fn place(order: &[u32], number: u32) -> usize {
    order.iter().position(|one| *one == number).unwrap()
}

/// A thread that takes its turn while another queues and takes its own: all run once, one at a time,
/// each thread's in its order, and nobody waits for ever.
#[test]
fn turns_and_jobs_run_once_alone_and_in_order() {
    explore_within(4, || {
        let room = Room::new();
        let other = room.clone();
        let thread = spawn(move || {
            other.push(10);
            other.in_turn(11);
        });
        room.in_turn(1);
        room.push(2);
        thread.join().unwrap();
        let order = room.end(vec![1, 2, 10, 11]);
        assert!(place(&order, 10) < place(&order, 11) && place(&order, 1) < place(&order, 2), "{order:?}");
    });
}

/// Three threads want their turn and no worker is there: the turn goes from hand to hand.
#[test]
fn turns_go_from_hand_to_hand() {
    explore_within(5, || {
        let room = Room::new();
        let threads = [1, 2].map(|number| {
            let room = room.clone();
            spawn(move || room.in_turn(number))
        });
        room.in_turn(3);
        for thread in threads {
            thread.join().unwrap();
        }
        room.end(vec![1, 2, 3]);
    });
}

/// Two threads queue: one of them starts the worker for both, whoever comes first.
#[test]
fn jobs_of_two_threads_find_one_worker() {
    explore_within(4, || {
        let room = Room::new();
        let other = room.clone();
        let thread = spawn(move || {
            other.push(10);
            other.push(11);
        });
        room.push(1);
        thread.join().unwrap();
        let order = room.end(vec![1, 10, 11]);
        assert!(place(&order, 10) < place(&order, 11), "{order:?}");
    });
}

/// What is to run when nothing waits runs once, behind what was queued before, and whether or not
/// something comes as the operation ends.
#[test]
fn what_comes_afterwards_runs_once_and_last() {
    explore_within(5, || {
        let room = Room::new();
        let other = room.clone();
        let thread = spawn(move || other.push(10));
        room.queue.in_turn(|| {
            room.operation(1);
            let after = room.clone();
            room.queue.when_drained(move || after.operation(3));
            room.push(2);
        });
        thread.join().unwrap();
        // It may be that nothing but the worker is left to run it.
        room.workers.shut_down();
        let order = room.end(vec![1, 2, 3, 10]);
        assert!(place(&order, 1) < place(&order, 2) && place(&order, 2) < place(&order, 3), "{order:?}");
    });
}

/// The same when nothing waits as it is asked for: whoever has the turn looks before it goes, or the
/// next one does.
#[test]
fn what_comes_afterwards_is_not_forgotten() {
    explore_within(4, || {
        let room = Room::new();
        let other = room.clone();
        let thread = spawn(move || other.in_turn(10));
        let after = room.clone();
        room.queue.in_turn(|| room.queue.when_drained(move || after.operation(1)));
        thread.join().unwrap();
        room.workers.shut_down();
        room.end(vec![1, 10]);
    });
}
