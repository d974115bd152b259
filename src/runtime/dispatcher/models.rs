//! Every order in which threads can post, dispatch and end.
//!
//! A call counts with a plain load and a plain store: two at a time lose a count.

use super::*;
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::model::{explore, explore_within, spawn};
use std::sync::Mutex as Plain;

#[derive(Clone)]
struct Room {
    dispatcher: Arc<Dispatcher>,
    count: Arc<AtomicU32>,
    order: Arc<Plain<Vec<u32>>>,
}

impl Room {
    fn new(mode: Mode) -> Room {
        Room { dispatcher: Dispatcher::new(mode).unwrap(), count: Arc::new(AtomicU32::new(0)), order: Arc::default() }
    }

    fn post(&self, number: u32) {
        let (count, order) = (self.count.clone(), self.order.clone());
        self.dispatcher.post(move || {
            let before = count.load(Ordering::Relaxed);
            order.lock().unwrap().push(number);
            count.store(before + 1, Ordering::Relaxed);
        });
    }

    fn is_readable(&self) -> bool {
        let mut fds =
            [rustix::event::PollFd::new(self.dispatcher.ready.as_ref().unwrap(), rustix::event::PollFlags::IN)];
        rustix::event::poll(&mut fds, Some(&Default::default())).unwrap() == 1
    }

    /// These were delivered, each once, those of a ten in their order; with `alone` never two at a time.
    fn check(&self, numbers: &[u32], alone: bool) {
        let order = self.order.lock().unwrap().clone();
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, numbers);
        for ten in [0, 1, 2] {
            assert!(order.iter().filter(|number| **number / 10 == ten).is_sorted(), "{order:?}");
        }
        assert!(!alone || self.count.load(Ordering::Relaxed) as usize == numbers.len(), "two at a time: {order:?}");
    }
}

/// Two threads post while a third dispatches: nothing is lost, nothing comes twice, the order of each
/// is kept, and at rest the descriptor is readable exactly when something waits.
#[test]
fn what_is_posted_is_dispatched_once_and_the_descriptor_says_so() {
    explore(|| {
        let room = Room::new(Mode::Caller);
        let others = [10, 20].map(|ten| {
            let room = room.clone();
            spawn(move || {
                room.post(ten);
                room.post(ten + 1);
            })
        });
        let first = room.dispatcher.dispatch().unwrap();
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(room.is_readable(), first < 4);
        assert_eq!(room.dispatcher.dispatch().unwrap(), 4 - first);
        assert!(!room.is_readable());
        room.check(&[10, 11, 20, 21], true);
    });
}

/// Two threads dispatch: one at a time, and the other is refused.
#[test]
fn only_one_thread_dispatches() {
    explore(|| {
        let room = Room::new(Mode::Caller);
        room.post(1);
        room.post(2);
        let other = room.clone();
        let thread = spawn(move || {
            other.post(10);
            other.dispatcher.dispatch()
        });
        let _ = room.dispatcher.dispatch();
        let _ = thread.join().unwrap();
        room.dispatcher.dispatch().unwrap();
        room.check(&[1, 2, 10], true);
    });
}

/// The end, while one thread dispatches and another posts: whoever delivers it, all is delivered once,
/// and what was posted before the end is when that returns.
#[test]
fn the_end_leaves_nothing_behind() {
    explore(|| {
        let room = Room::new(Mode::Caller);
        room.post(1);
        let (poster, second) = (room.clone(), room.clone());
        let threads = [
            spawn(move || poster.post(10)),
            spawn(move || {
                let _ = second.dispatcher.dispatch();
            }),
        ];
        room.dispatcher.shut_down();
        assert!(room.order.lock().unwrap().contains(&1));
        for thread in threads {
            thread.join().unwrap();
        }
        // After the end the one who posts delivers, beside whoever else does.
        room.check(&[1, 10], false);
    });
}

/// The library's own thread misses no wake-up, and the end waits for it.
#[test]
fn the_librarys_thread_delivers_all_before_the_end() {
    explore_within(5, || {
        let room = Room::new(Mode::Library);
        let other = room.clone();
        let thread = spawn(move || {
            other.post(10);
            other.post(11);
        });
        room.post(1);
        thread.join().unwrap();
        room.dispatcher.shut_down();
        room.check(&[1, 10, 11], true);
    });
}

/// The end from inside a callback: what is left follows when the callback returns.
#[test]
fn an_end_from_inside_a_callback_is_an_end() {
    explore(|| {
        let room = Room::new(Mode::Caller);
        let inside = room.clone();
        room.dispatcher.post(move || inside.dispatcher.shut_down());
        room.post(1);
        let other = room.clone();
        let thread = spawn(move || other.post(10));
        room.dispatcher.dispatch().unwrap();
        thread.join().unwrap();
        room.check(&[1, 10], false);
    });
}

/// The library's thread is woken by what is posted: nothing else would.
#[test]
fn what_is_posted_wakes_the_librarys_thread() {
    explore_within(4, || {
        let room = Room::new(Mode::Library);
        let heard = Arc::new((Mutex::new(0), Condvar::new()));
        let post = |room: &Room, heard: &Arc<(Mutex<u32>, Condvar)>| {
            let heard = heard.clone();
            room.dispatcher.post(move || {
                *heard.0.lock() += 1;
                heard.1.notify_all();
            });
        };
        let (other, told) = (room.clone(), heard.clone());
        let thread = spawn(move || post(&other, &told));
        post(&room, &heard);
        let mut count = heard.0.lock();
        while *count < 2 {
            heard.1.wait(&mut count);
        }
        drop(count);
        thread.join().unwrap();
        room.dispatcher.shut_down();
    });
}
