//! A surface: the bounded queue of frames between a stream and its one consumer.
//!
//! The consumer is a callback, or whoever calls acquire, or an object inside the library that
//! takes the frames on a worker: a reader. A consumer that is slow loses frames
//! by the surface's policy; one that holds frames for long stops getting new ones when it holds
//! [`Options::max_held`]. Either way it starves only itself.

use crate::error::{Error, Result};
use crate::format::PixelFormat;
use crate::frame::{Frame, FrameInfo};
use crate::ledger::{self, Counts, Ledger};
use crate::runtime::clock::now_ns;
use crate::runtime::{Run, Runtime};
use crate::sync::{Arc, Condvar, Mutex, MutexGuard, ThreadToken};
use rustix::event::{EventfdFlags, eventfd};
use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Which frame a full queue gives up. The numbers cross the C interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Policy {
    /// The one that waits longest: the consumer sees the newest. For previews.
    DropOldest = 0,
    /// The one that arrives: the consumer sees an unbroken run, then a gap. For recording.
    DropNewest = 1,
}

/// How a surface behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// Frames that wait at most, 1 to 64.
    pub capacity: usize,
    /// What happens when they are that many.
    pub policy: Policy,
    /// Frames that the consumer holds at most, 1 to 64, beside those that wait.
    pub max_held: usize,
}

impl Options {
    /// The largest capacity and the largest number of held frames.
    pub(crate) const LIMIT: usize = 64;
}

impl Default for Options {
    fn default() -> Self {
        Options { capacity: 3, policy: Policy::DropOldest, max_held: 8 }
    }
}

/// Counts of a surface since its creation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Statistics {
    /// Frames that arrived at the surface.
    pub arrived: u64,
    /// Frames given up because the queue was full.
    pub dropped_full: u64,
    /// Frames given up because the consumer held too many.
    pub dropped_held: u64,
    /// Frames that wait now.
    pub waiting: u32,
    /// Frames that the consumer holds now.
    pub held: u32,
    /// What became of the frames that were sent here.
    pub counts: Counts,
}

/// Who sends frames to a surface: an output.
#[derive(Clone, Default)]
pub(crate) struct Sender {
    /// The application's name for it.
    pub tag: u64,
    /// Where what becomes of its frames is counted too.
    pub ledger: Option<Arc<Ledger>>,
}

/// A frame on its way to a consumer, or in its hands.
pub(crate) struct Delivery {
    frame: Frame,
    output: u64,
    surface: Arc<Surface>,
}

impl Delivery {
    pub(crate) fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The tag of the output that the frame was made for.
    pub(crate) fn output(&self) -> u64 {
        self.output
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.surface.state.lock().statistics.held -= 1;
    }
}

/// An object inside the library whose surface this is. It runs on a worker when frames wait.
pub(crate) trait Reader: Run {
    /// 7400101 when it has no use for frames of this format.
    fn check_format(&self, format: PixelFormat) -> Result<()>;
}

/// What takes frames as they come.
pub(crate) type Consumer = dyn Fn(Delivery) + Send + Sync;

struct Waiting {
    frame: Frame,
    sender: Sender,
}

struct State {
    waiting: VecDeque<Waiting>,
    consumer: Option<Arc<Box<Consumer>>>,
    reader: Option<Arc<dyn Reader>>,
    /// The reader has an output.
    attached: bool,
    /// The consumer's or the reader's run is queued or going on.
    scheduled: bool,
    /// The call that is going on.
    running: Option<Running>,
    /// Threads in acquire.
    acquirers: u32,
    released: bool,
    statistics: Statistics,
}

/// A call of a consumer.
struct Running {
    thread: ThreadToken,
    /// Where it is: unlike that of any other while somebody holds it.
    consumer: usize,
}

/// A queue of frames with one consumer.
pub(crate) struct Surface {
    runtime: Arc<Runtime>,
    options: Options,
    state: Mutex<State>,
    /// A frame arrived, a consumer was set, or the surface was released.
    arrived: Condvar,
    /// A consumer's call ended.
    ended: Condvar,
    /// Readable while frames wait; made when first asked for.
    ready: OnceLock<OwnedFd>,
    ledger: Ledger,
}

impl Surface {
    /// A surface of this manager's runtime.
    pub(crate) fn new(runtime: Arc<Runtime>, options: Options) -> Arc<Surface> {
        let state = State {
            waiting: VecDeque::with_capacity(options.capacity + 1),
            consumer: None,
            reader: None,
            attached: false,
            scheduled: false,
            running: None,
            acquirers: 0,
            released: false,
            statistics: Statistics::default(),
        };
        Arc::new(Surface {
            runtime,
            options,
            state: Mutex::new(state),
            arrived: Condvar::new(),
            ended: Condvar::new(),
            ready: OnceLock::new(),
            ledger: Ledger::default(),
        })
    }

    /// Frames that this surface and its consumer may keep from a stream.
    pub(crate) fn most_frames(&self) -> usize {
        self.options.capacity + self.options.max_held
    }

    /// Counts in this surface's ledger and in that of the sender.
    pub(crate) fn count(&self, sender: &Sender, count: impl Fn(&Ledger)) {
        count(&self.ledger);
        if let Some(ledger) = &sender.ledger {
            count(ledger);
        }
    }

    /// Frames that wait at most.
    pub(crate) fn capacity(&self) -> usize {
        self.options.capacity
    }

    /// Would a frame that arrives now be kept, for a while at least?
    pub(crate) fn has_room(&self) -> bool {
        let state = self.state.lock();
        let full = state.waiting.len() >= self.options.capacity && self.options.policy == Policy::DropNewest;
        !state.released && !full && (state.statistics.held as usize) < self.options.max_held
    }

    /// A frame arrives. Never blocks and never calls the application.
    pub(crate) fn push(self: &Arc<Self>, frame: Frame, sender: &Sender) {
        let flags = frame.info().flags;
        if flags & FrameInfo::CONVERTED != 0 {
            self.count(sender, Ledger::converted);
        }
        if flags & FrameInfo::COPIED != 0 {
            self.count(sender, Ledger::copied);
        }
        let (mut given_up, mut queued_up) = (None, false);
        let mut state = self.state.lock();
        state.statistics.arrived += 1;
        let full = state.waiting.len() >= self.options.capacity;
        if state.released {
            given_up = Some(frame);
        } else if state.statistics.held as usize >= self.options.max_held {
            state.statistics.dropped_held += 1;
            given_up = Some(frame);
        } else if full && self.options.policy == Policy::DropNewest {
            state.statistics.dropped_full += 1;
            given_up = Some(frame);
        } else {
            queued_up = true;
            if full {
                state.statistics.dropped_full += 1;
                given_up = state.waiting.pop_front().map(|oldest| {
                    self.count(&oldest.sender, |ledger| ledger.dropped(1));
                    oldest.frame
                });
            }
            state.waiting.push_back(Waiting { frame, sender: sender.clone() });
            if state.waiting.len() == 1 {
                self.signal();
            }
            if state.acquirers > 0 {
                self.arrived.notify_one();
            }
        }
        let wanted = state.consumer.is_some() || state.reader.is_some();
        let run = !state.scheduled && wanted && !state.waiting.is_empty();
        let queued = state.scheduled && state.running.is_none() && state.reader.is_none();
        state.scheduled |= run;
        let reader = state.reader.clone().filter(|_| run);
        drop(state);
        if !queued_up {
            self.count(sender, |ledger| ledger.dropped(1));
        }
        // Gives a buffer back to its device: a system call, so not under the lock.
        drop(given_up);
        match reader {
            Some(reader) => self.runtime.workers.submit(reader),
            None if run => self.runtime.deliver(self.clone()),
            // Since the frame before this one; perhaps every thread is stuck in a callback.
            None if queued => self.runtime.relieve_delivery(),
            None => {}
        }
    }

    /// The oldest frame that waits, or `None` when none came in `timeout`.
    pub(crate) fn acquire(self: &Arc<Self>, timeout: Option<Duration>) -> Result<Option<Delivery>> {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        let mut state = self.state.lock();
        loop {
            if state.released {
                return Err(released());
            }
            if state.reader.is_some() {
                return Err(read_by_the_library());
            }
            if state.consumer.is_some() {
                return Err(Error::not_allowed(
                    "the surface delivers to a callback: remove it with camera_surface_set_callback(surface, NULL, ...) to acquire frames",
                ));
            }
            if let Some(delivery) = self.take(&mut state) {
                return Ok(Some(delivery));
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Ok(None);
            }
            state.acquirers += 1;
            match left {
                Some(left) => {
                    self.arrived.wait_for(&mut state, left);
                }
                None => self.arrived.wait(&mut state),
            }
            state.acquirers -= 1;
        }
    }

    fn take(self: &Arc<Self>, state: &mut State) -> Option<Delivery> {
        let Waiting { frame, sender } = state.waiting.pop_front()?;
        let age = ledger::age(now_ns(), frame.info().timestamp_ns);
        self.count(&sender, |ledger| ledger.delivered(age));
        state.statistics.held += 1;
        if state.waiting.is_empty() {
            self.unsignal();
        }
        Some(Delivery { frame, output: sender.tag, surface: self.clone() })
    }

    /// The descriptor that is readable while frames wait.
    pub(crate) fn fd(&self) -> Result<BorrowedFd<'_>> {
        let state = self.state.lock();
        if state.released {
            return Err(released());
        }
        if state.reader.is_some() {
            return Err(read_by_the_library());
        }
        if self.ready.get().is_none() {
            let initial = u32::from(!state.waiting.is_empty());
            let fd = eventfd(initial, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(|errno| {
                Error::fatal(format!("no event file descriptor for the surface: {errno}; close some files"))
            })?;
            let _ = self.ready.set(fd);
        }
        Ok(self.ready.get().expect("set above").as_fd())
    }

    fn signal(&self) {
        if let Some(fd) = self.ready.get() {
            // Written once each time the queue stops being empty: the counter cannot overflow.
            let _ = rustix::io::write(fd, &1u64.to_ne_bytes());
        }
    }

    fn unsignal(&self) {
        if let Some(fd) = self.ready.get() {
            let _ = rustix::io::read(fd, &mut [0u8; 8]);
        }
    }

    /// Makes `consumer` take the frames, from those that wait on; `None` ends that. Returns
    /// when the old consumer is not running (from inside it: this call was its last).
    /// A released surface gives the new consumer back, and so does a manager without threads.
    pub(crate) fn set_consumer(
        self: &Arc<Self>,
        consumer: Option<Box<Consumer>>,
    ) -> Result<(), (Error, Option<Box<Consumer>>)> {
        if consumer.is_some()
            && let Err(error) = self.runtime.ready_to_deliver()
        {
            return Err((error, consumer));
        }
        let mut state = self.state.lock();
        if state.released {
            return Err((released(), consumer));
        }
        if state.reader.is_some() {
            return Err((read_by_the_library(), consumer));
        }
        let old = std::mem::replace(&mut state.consumer, consumer.map(Arc::new));
        let run = !state.scheduled && state.consumer.is_some() && !state.waiting.is_empty();
        state.scheduled |= run;
        self.arrived.notify_all();
        self.wait_for_call(&mut state, old.as_ref());
        drop(state);
        drop(old);
        if run {
            self.runtime.deliver(self.clone());
        }
        Ok(())
    }

    /// Makes this the surface of an object inside the library. `reader` runs on a worker, whoever
    /// dispatches for the application, when frames wait, and takes them with
    /// [`Surface::take_waiting`] until there are none. Set once, before the first frame.
    pub(crate) fn set_reader(&self, reader: Arc<dyn Reader>) {
        self.state.lock().reader = Some(reader);
    }

    /// An output sends frames of this format here from now on, until [`Surface::detach`]. A reader
    /// takes those of one output only: 7400102 when it has one, 7400101 when it has no use for the
    /// format. An application's own consumer is not asked: it chose the format.
    pub(crate) fn attach(&self, format: PixelFormat) -> Result<()> {
        let Some(reader) = self.state.lock().reader.clone() else { return Ok(()) };
        reader.check_format(format)?;
        if std::mem::replace(&mut self.state.lock().attached, true) {
            return Err(Error::not_allowed(
                "the surface of a recorder takes the frames of one output, and has one: release that first, or make another recorder",
            ));
        }
        Ok(())
    }

    /// The output is released.
    pub(crate) fn detach(&self) {
        self.state.lock().attached = false;
    }

    /// The oldest frame that waits, for the surface's reader. After `None` the reader runs again
    /// when a frame comes.
    pub(crate) fn take_waiting(self: &Arc<Self>) -> Option<Delivery> {
        let mut state = self.state.lock();
        let delivery = self.take(&mut state);
        if delivery.is_none() {
            state.scheduled = false;
        }
        delivery
    }

    /// Waits until no call of this consumer, which was taken away, is going on; not for one of
    /// its successor, which may itself wait for the caller. Inside the call there is no waiting.
    fn wait_for_call(&self, state: &mut MutexGuard<'_, State>, of: Option<&Arc<Box<Consumer>>>) {
        let Some(number) = of.map(|consumer| Arc::as_ptr(consumer).addr()) else { return };
        let going_on = |state: &State| {
            let own = state.running.as_ref().filter(|running| running.consumer == number);
            own.map(|running| running.thread)
        };
        while let Some(thread) = going_on(state)
            && let Some(wait) = self.runtime.dispatcher.waits().begin(thread, number)
        {
            self.ended.wait(state);
            drop(wait);
        }
    }

    pub(crate) fn is_released(&self) -> bool {
        self.state.lock().released
    }

    pub(crate) fn statistics(&self) -> Statistics {
        let state = self.state.lock();
        Statistics { waiting: state.waiting.len() as u32, counts: self.ledger.counts(), ..state.statistics }
    }

    /// Lets go of the frames that wait.
    pub(crate) fn let_go(&self) {
        let mut state = self.state.lock();
        let waiting = std::mem::take(&mut state.waiting);
        if !waiting.is_empty() {
            self.unsignal();
        }
        drop(state);
        for Waiting { sender, .. } in &waiting {
            self.count(sender, |ledger| ledger.dropped(1));
        }
    }

    /// The end: frames that wait are let go, acquirers return, the consumer is not running
    /// when this returns. Frames that were taken stay readable.
    pub(crate) fn release(&self) -> Result<()> {
        let mut state = self.state.lock();
        if std::mem::replace(&mut state.released, true) {
            return Err(released());
        }
        let waiting = std::mem::take(&mut state.waiting);
        let consumer = state.consumer.take();
        let reader = state.reader.take();
        self.arrived.notify_all();
        self.signal();
        self.wait_for_call(&mut state, consumer.as_ref());
        drop(state);
        for Waiting { sender, .. } in &waiting {
            self.count(sender, |ledger| ledger.dropped(1));
        }
        drop(waiting);
        drop(consumer);
        drop(reader);
        Ok(())
    }
}

fn released() -> Error {
    Error::fatal("the surface is released")
}

fn read_by_the_library() -> Error {
    Error::not_allowed("the frames of this surface are taken by the recorder that it belongs to")
}

impl Run for Surface {
    /// One frame to the consumer, then to the back of the line: no surface keeps a thread.
    fn run(self: Arc<Self>) {
        let mut state = self.state.lock();
        if let Some(consumer) = state.consumer.clone()
            && let Some(delivery) = self.take(&mut state)
        {
            let number = Arc::as_ptr(&consumer).addr();
            state.running = Some(Running { thread: ThreadToken::current(), consumer: number });
            drop(state);
            consumer(delivery);
            drop(consumer);
            state = self.state.lock();
            state.running = None;
            self.runtime.dispatcher.waits().over(number);
            self.ended.notify_all();
        }
        let more = state.consumer.is_some() && !state.waiting.is_empty();
        state.scheduled = more;
        drop(state);
        if more {
            let runtime = self.runtime.clone();
            runtime.deliver(self);
        }
    }
}

#[cfg(all(test, loom))]
mod models;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::format::{Layout, PixelFormat, Size};
    use crate::frame::{FrameInfo, HeapPool};
    use crate::runtime::Mode;

    fn frame(pool: &Arc<HeapPool>, sequence: u64) -> Frame {
        let (_, lease) = pool.take().expect("a free buffer");
        lease.into_frame(FrameInfo {
            format: PixelFormat::MJPEG,
            size: Size::new(1, 1),
            layout: Layout::compressed(1),
            sequence,
            timestamp_ns: 0,
            flags: 0,
            colour: crate::format::Colour::JFIF,
        })
    }

    fn surface(options: Options) -> (Arc<Runtime>, Arc<Surface>, Arc<HeapPool>) {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        (runtime.clone(), Surface::new(runtime, options), HeapPool::new(16, &[1]))
    }

    fn numbers(surface: &Arc<Surface>) -> Vec<u64> {
        std::iter::from_fn(|| surface.acquire(Some(Duration::ZERO)).unwrap())
            .map(|delivery| delivery.frame().info().sequence)
            .collect()
    }

    #[test]
    fn the_policy_says_which_frame_goes() {
        for (policy, kept) in [(Policy::DropOldest, [2, 3, 4]), (Policy::DropNewest, [0, 1, 2])] {
            let (_runtime, surface, pool) = surface(Options { policy, ..Options::default() });
            (0..5).for_each(|number| surface.push(frame(&pool, number), &Sender::default()));
            assert_eq!(surface.statistics().dropped_full, 2);
            assert_eq!(numbers(&surface), kept);
            assert_eq!(pool.available(), 16, "everything came back");
        }
    }

    #[test]
    fn a_consumer_that_holds_frames_stops_getting_them() {
        let (_runtime, surface, pool) = surface(Options { max_held: 2, ..Options::default() });
        let mut held = Vec::new();
        for number in 0..10 {
            surface.push(frame(&pool, number), &Sender::default());
            held.extend(surface.acquire(Some(Duration::ZERO)).unwrap());
        }
        assert_eq!((held.len(), surface.statistics().dropped_held), (2, 8));
        held.clear();
        surface.push(frame(&pool, 10), &Sender::default());
        assert_eq!(numbers(&surface), [10]);
    }

    #[test]
    fn frames_come_in_order_one_at_a_time_and_the_last_call_is_known() {
        let (runtime, surface, pool) = surface(Options { capacity: 8, ..Options::default() });
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = seen.clone();
        let own = surface.clone();
        let set = surface.set_consumer(Some(Box::new(move |delivery| {
            sink.lock().push(delivery.frame().info().sequence);
            if delivery.frame().info().sequence == 2 {
                assert!(own.set_consumer(None).is_ok());
            }
        })));
        assert!(set.is_ok());
        (0..5).for_each(|number| surface.push(frame(&pool, number), &Sender::default()));
        while runtime.dispatcher.dispatch().unwrap() > 0 {}
        assert_eq!(*seen.lock(), [0, 1, 2]);
        assert_eq!(numbers(&surface), [3, 4]);
    }

    #[test]
    fn acquire_waits_and_release_wakes_it() {
        let (_runtime, surface, pool) = surface(Options::default());
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| surface.acquire(None).map(|d| d.unwrap().frame().info().sequence));
            std::thread::sleep(Duration::from_millis(5));
            surface.push(frame(&pool, 9), &Sender::default());
            assert_eq!(waiter.join().unwrap().unwrap(), 9);
            let waiter = scope.spawn(|| surface.acquire(None).map(|_| ()));
            std::thread::sleep(Duration::from_millis(5));
            surface.release().unwrap();
            assert_eq!(waiter.join().unwrap().unwrap_err().code(), Code::ServiceFatalError);
        });
        assert_eq!(surface.release().unwrap_err().code(), Code::ServiceFatalError);
        surface.push(frame(&pool, 10), &Sender::default());
        assert_eq!(pool.available(), 16);
    }

    #[test]
    fn setting_a_consumer_waits_for_its_predecessor_alone() {
        let (_runtime, surface, _pool) = surface(Options::default());
        let other = std::thread::spawn(ThreadToken::current).join().unwrap();
        assert!(surface.set_consumer(Some(Box::new(|_| ()))).is_ok());
        // As if another thread were inside some other consumer, for ever.
        let elsewhere = std::ptr::from_ref(&surface).addr();
        surface.state.lock().running = Some(Running { thread: other, consumer: elsewhere });
        assert!(surface.set_consumer(Some(Box::new(|_| ()))).is_ok());
        assert!(surface.set_consumer(None).is_ok());
    }

    #[test]
    fn a_frame_wakes_who_acquires_and_not_who_waits_for_a_call_to_end() {
        let (_runtime, surface, pool) = surface(Options::default());
        std::thread::scope(|scope| {
            // A thread in set_consumer(), there first.
            let waiter = scope.spawn(|| {
                let mut state = surface.state.lock();
                let other = std::thread::spawn(ThreadToken::current).join().unwrap();
                let consumer: Arc<Box<Consumer>> = Arc::new(Box::new(|_| ()));
                state.running = Some(Running { thread: other, consumer: Arc::as_ptr(&consumer).addr() });
                surface.wait_for_call(&mut state, Some(&consumer));
            });
            while surface.state.lock().running.is_none() {
                std::thread::yield_now();
            }
            let acquirer = scope.spawn(|| surface.acquire(Some(Duration::from_secs(20))).unwrap().is_some());
            while surface.state.lock().acquirers == 0 {
                std::thread::yield_now();
            }
            let before = Instant::now();
            surface.push(frame(&pool, 1), &Sender::default());
            assert!(acquirer.join().unwrap());
            assert!(before.elapsed() < Duration::from_secs(10), "woken by the frame");
            surface.state.lock().running = None;
            surface.ended.notify_all();
            waiter.join().unwrap();
        });
    }
}
