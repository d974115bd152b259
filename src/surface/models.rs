//! Every order in which frames, their consumer and the end can meet at one surface: each frame is
//! delivered or dropped, once and counted so, and comes back; no wake-up is lost; whoever takes a
//! consumer away has it no more when that returns.

use super::*;
use crate::format::{Colour, Layout, Size};
use crate::frame::{Buffer, HeapMemory, Home};
use crate::runtime::Mode;
use crate::sync::Weak;
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::model::{explore, explore_within, spawn};
use std::sync::atomic::AtomicU64 as PlainU64;

/// Counts the buffers that come back, each as a one at its own place.
#[derive(Default)]
struct Returned(PlainU64);

impl Home for Returned {
    fn give_back(&self, index: u32) {
        self.0.fetch_add(1 << (8 * index), Ordering::Relaxed);
    }
}

#[derive(Clone)]
struct Room {
    runtime: Arc<Runtime>,
    surface: Arc<Surface>,
    returned: Arc<Returned>,
}

impl Room {
    fn new(mode: Mode, options: Options) -> Room {
        let runtime = Runtime::small(mode);
        Room { surface: Surface::new(runtime.clone(), options), runtime, returned: Arc::default() }
    }

    fn push(&self, number: u32) {
        let home: Weak<dyn Home> = Arc::downgrade(&self.returned) as Weak<dyn Home>;
        let buffer = Buffer::new(number, vec![HeapMemory::boxed(1)], home);
        let frame = buffer.lease().unwrap().into_frame(FrameInfo {
            format: PixelFormat::MJPEG,
            size: Size::new(1, 1),
            layout: Layout::compressed(1),
            sequence: u64::from(number),
            // Of any time its age is the same.
            timestamp_ns: i64::MAX,
            flags: 0,
            colour: Colour::JFIF,
        });
        self.surface.push(frame, &Sender::default());
    }

    /// So many frames are done with: each came back once, and is counted once.
    fn check(&self, frames: u32, delivered: u64) {
        let each: u64 = (0..frames).map(|number| 1 << (8 * number)).sum();
        assert_eq!(self.returned.0.load(Ordering::Relaxed), each);
        let statistics = self.surface.statistics();
        assert_eq!((statistics.waiting, statistics.held, statistics.arrived), (0, 0, u64::from(frames)));
        assert_eq!(statistics.counts.delivered, delivered);
        assert_eq!(statistics.counts.delivered + statistics.counts.dropped, u64::from(frames));
    }

    fn dispatch_all(&self) {
        while self.runtime.dispatcher.dispatch().unwrap() > 0 {}
    }

    fn is_readable(&self) -> bool {
        let fd = self.surface.fd().unwrap();
        let mut fds = [rustix::event::PollFd::new(&fd, rustix::event::PollFlags::IN)];
        rustix::event::poll(&mut fds, Some(&Default::default())).unwrap() == 1
    }
}

fn options(capacity: usize, policy: Policy) -> Options {
    Options { capacity, policy, max_held: 8 }
}

/// A consumer that is inside for a while.
#[derive(Clone, Default)]
struct Witness {
    inside: Arc<AtomicU32>,
    calls: Arc<AtomicU32>,
}

impl Witness {
    fn consumer(&self, inside: impl Fn() + Send + Sync + 'static) -> Option<Box<Consumer>> {
        let own = self.clone();
        Some(Box::new(move |delivery| {
            own.inside.store(1, Ordering::Relaxed);
            own.calls.store(own.calls.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            inside();
            drop(delivery);
            own.inside.store(0, Ordering::Relaxed);
        }))
    }

    fn is_inside(&self) -> bool {
        self.inside.load(Ordering::Relaxed) == 1
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// Frames come while one thread acquires and the queue holds one: what is not taken is dropped, and
/// the descriptor is readable exactly when a frame waits.
#[test]
fn a_frame_is_acquired_or_dropped() {
    for policy in [Policy::DropOldest, Policy::DropNewest] {
        explore(move || {
            let room = Room::new(Mode::Caller, options(1, policy));
            assert!(!room.is_readable());
            let other = room.clone();
            let thread = spawn(move || {
                other.push(0);
                other.push(1);
            });
            let first = room.surface.acquire(None).unwrap().unwrap().frame().info().sequence;
            thread.join().unwrap();
            assert_eq!(room.is_readable(), room.surface.statistics().waiting == 1);
            let second = room.surface.acquire(Some(Duration::ZERO)).unwrap();
            let second = second.map(|delivery| delivery.frame().info().sequence);
            assert!(!room.is_readable());
            assert!(second.is_none_or(|second| first < second), "in order");
            room.check(2, 1 + u64::from(second.is_some()));
        });
    }
}

/// Two threads acquire, two frames come: each wakes one.
#[test]
fn each_frame_wakes_one_that_acquires() {
    explore_within(4, || {
        let room = Room::new(Mode::Caller, options(2, Policy::DropOldest));
        let threads = [0, 1].map(|_| {
            let room = room.clone();
            spawn(move || room.surface.acquire(None).unwrap().is_some())
        });
        room.push(0);
        room.push(1);
        for thread in threads {
            assert!(thread.join().unwrap());
        }
        room.check(2, 2);
    });
}

/// A consumer is set while one acquires and one pushes: the one returns, and the frame is either
/// acquired or given to the consumer.
#[test]
fn a_consumer_takes_over_from_one_that_acquires() {
    explore(|| {
        let room = Room::new(Mode::Caller, options(2, Policy::DropOldest));
        let witness = Witness::default();
        let (acquirer, pusher) = (room.clone(), room.clone());
        let acquiring = spawn(move || acquirer.surface.acquire(None).is_ok());
        let pushing = spawn(move || pusher.push(0));
        assert!(room.surface.set_consumer(witness.consumer(|| ())).is_ok());
        pushing.join().unwrap();
        let acquired = acquiring.join().unwrap();
        room.dispatch_all();
        assert_eq!(witness.calls() + u32::from(acquired), 1);
        room.check(1, 1);
    });
}

/// The same without a frame: whoever acquires is told of the consumer, and waits no more.
#[test]
fn a_consumer_wakes_who_acquires() {
    explore(|| {
        let room = Room::new(Mode::Caller, options(2, Policy::DropOldest));
        let threads = [0, 1].map(|_| {
            let room = room.clone();
            spawn(move || room.surface.acquire(None).is_err())
        });
        assert!(room.surface.set_consumer(Witness::default().consumer(|| ())).is_ok());
        for thread in threads {
            assert!(thread.join().unwrap());
        }
    });
}

/// Frames come before, while and after a consumer is set: it gets them all, and no run is missing.
#[test]
fn a_new_consumer_misses_no_frame() {
    explore(|| {
        let room = Room::new(Mode::Caller, options(2, Policy::DropNewest));
        let witness = Witness::default();
        let other = room.clone();
        let thread = spawn(move || {
            other.push(0);
            other.push(1);
        });
        assert!(room.surface.set_consumer(witness.consumer(|| ())).is_ok());
        room.runtime.dispatcher.dispatch().unwrap();
        thread.join().unwrap();
        room.dispatch_all();
        assert_eq!(witness.calls(), 2);
        room.check(2, 2);
    });
}

/// A consumer is taken away while another thread calls it: it is not inside when that returns, and is
/// not called again; its frames wait for whoever comes.
#[test]
fn a_consumer_that_was_taken_away_is_not_running() {
    explore(|| {
        let room = Room::new(Mode::Caller, options(2, Policy::DropOldest));
        let witness = Witness::default();
        assert!(room.surface.set_consumer(witness.consumer(|| ())).is_ok());
        room.push(0);
        let other = room.clone();
        let thread = spawn(move || {
            other.runtime.dispatcher.dispatch().unwrap();
            other.push(1);
            other.runtime.dispatcher.dispatch().unwrap();
        });
        assert!(room.surface.set_consumer(None).is_ok());
        assert!(!witness.is_inside());
        let calls = witness.calls();
        thread.join().unwrap();
        room.dispatch_all();
        assert_eq!(witness.calls(), calls);
        let left = std::iter::from_fn(|| room.surface.acquire(Some(Duration::ZERO)).unwrap()).count();
        assert_eq!(calls as usize + left, 2);
        room.check(2, 2);
    });
}

/// The end, while a frame comes and another is delivered: nothing is lost or counted twice, and the
/// consumer is not inside when that returns.
#[test]
fn the_end_accounts_for_every_frame() {
    explore(|| {
        let room = Room::new(Mode::Caller, options(2, Policy::DropOldest));
        let witness = Witness::default();
        assert!(room.surface.set_consumer(witness.consumer(|| ())).is_ok());
        room.push(0);
        let (pusher, caller) = (room.clone(), room.clone());
        let threads = [
            spawn(move || pusher.push(1)),
            spawn(move || {
                caller.runtime.dispatcher.dispatch().unwrap();
            }),
        ];
        room.surface.release().unwrap();
        assert!(!witness.is_inside());
        let calls = witness.calls();
        for thread in threads {
            thread.join().unwrap();
        }
        room.dispatch_all();
        assert_eq!(witness.calls(), calls);
        room.check(2, u64::from(calls));
    });
}

/// The end wakes whoever acquires.
#[test]
fn the_end_wakes_who_acquires() {
    explore(|| {
        let room = Room::new(Mode::Caller, options(1, Policy::DropOldest));
        let threads = [0, 1].map(|_| {
            let room = room.clone();
            spawn(move || room.surface.acquire(None).is_err())
        });
        room.surface.release().unwrap();
        for thread in threads {
            assert!(thread.join().unwrap());
        }
    });
}

/// Takes frames as a recorder does.
struct All {
    surface: std::sync::Mutex<Option<Arc<Surface>>>,
    taken: AtomicU32,
}

impl Run for All {
    fn run(self: Arc<Self>) {
        let surface = self.surface.lock().unwrap().clone();
        while let Some(delivery) = surface.as_ref().and_then(Surface::take_waiting) {
            self.taken.store(self.taken.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            drop(delivery);
        }
    }
}

impl Reader for All {
    fn check_format(&self, _: PixelFormat) -> Result<()> {
        Ok(())
    }
}

/// A reader that has just found nothing is run again for the frame that comes then, and never twice
/// at a time.
#[test]
fn a_reader_misses_no_frame() {
    explore_within(4, || {
        let room = Room::new(Mode::Caller, options(3, Policy::DropNewest));
        let reader = Arc::new(All { surface: std::sync::Mutex::default(), taken: AtomicU32::new(0) });
        *reader.surface.lock().unwrap() = Some(room.surface.clone());
        room.surface.set_reader(reader.clone());
        let other = room.clone();
        let thread = spawn(move || other.push(0));
        room.push(1);
        room.push(2);
        thread.join().unwrap();
        room.runtime.workers.shut_down();
        assert_eq!(reader.taken.load(Ordering::Relaxed), 3);
        room.check(3, 3);
        // The circle of surface and reader.
        room.surface.release().unwrap();
        *reader.surface.lock().unwrap() = None;
    });
}

/// A frame callback on a delivery thread and an event's listener on the dispatcher's take each other
/// away: neither waits for ever, and all threads end.
#[test]
fn a_callback_and_a_listener_that_take_each_other_away_both_end() {
    explore_within(3, || {
        let room = Room::new(Mode::Library, options(1, Policy::DropOldest));
        let listeners = Arc::new(crate::runtime::Listeners::<u32>::new(room.runtime.dispatcher.clone()));
        let (surface, heard) = (room.surface.clone(), Arc::new(AtomicU32::new(0)));
        let hears = heard.clone();
        let id = listeners.add(move |_| {
            let _ = surface.set_consumer(None);
            hears.fetch_add(1, Ordering::Relaxed);
        });
        let (witness, removes) = (Witness::default(), listeners.clone());
        let consumer = witness.consumer(move || {
            removes.remove(id);
        });
        assert!(room.surface.set_consumer(consumer).is_ok());
        room.push(0);
        listeners.emit(1);
        room.runtime.shut_down();
        assert!(witness.calls() + heard.load(Ordering::Relaxed) > 0);
        listeners.remove(id);
        let _ = room.surface.release();
        room.check(1, u64::from(witness.calls()));
    });
}

/// A thread that waited for a consumer's call waits no more when that has ended, even before it has
/// found out: who takes its own callback away then waits for it.
#[test]
fn who_has_been_waiting_is_waited_for() {
    explore(|| {
        let room = Room::new(Mode::Caller, options(1, Policy::DropOldest));
        let other =
            Room { surface: Surface::new(room.runtime.clone(), options(1, Policy::DropOldest)), ..room.clone() };
        let (awaited, waiting) = (Witness::default(), Witness::default());
        assert!(room.surface.set_consumer(awaited.consumer(|| ())).is_ok());
        room.push(0);
        let taken = room.surface.clone();
        // Is inside while it waits for the end of the other's call.
        let consumer = waiting.consumer(move || {
            let _ = taken.set_consumer(None);
        });
        assert!(other.surface.set_consumer(consumer).is_ok());
        other.push(1);
        let second = other.surface.clone();
        let thread = spawn(move || second.run());
        room.surface.clone().run();
        // As the next callback on this thread.
        let _ = other.surface.set_consumer(None);
        assert!(!waiting.is_inside(), "it was taken away, and its call goes on");
        thread.join().unwrap();
        room.dispatch_all();
    });
}
