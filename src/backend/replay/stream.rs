//! The flow of a file: a worker reads ahead, and a timer on the reactor hands over what is due.

use super::{Claim, Facts, Reader};
use crate::backend::timer::Timer;
use crate::backend::{FrameSink, Stream};
use crate::error::{Code, Error, Result};
use crate::format::{Colour, FrameRate, Layout};
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::runtime::clock::now_ns;
use crate::runtime::reactor::{Interest, Readiness, Registration, Source, Wait};
use crate::runtime::{Reactor, Run, Workers};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex};
use std::collections::VecDeque;

/// Pictures that wait for their time: as many as a disk needs to pause for a tenth of a second.
const AHEAD: usize = 3;
/// The buffers a stream needs at least at its start, unless it was given fewer altogether.
const ENOUGH: u32 = AHEAD as u32 + 1;
/// More buffers than this are not given, as V4L2 has it (VIDEO_MAX_FRAME).
const MAX_BUFFERS: u32 = 32;

/// A picture that waits, or the number of one that is damaged.
enum Ready {
    Frame(Frame),
    Damaged(u64),
}

#[derive(Default)]
struct Ahead {
    /// With the time after the start at which each is due.
    ready: VecDeque<(u64, Ready)>,
    /// The worker has been called, and looks at all of this again before it ends.
    reading: bool,
    /// CLOCK_MONOTONIC of the first picture: when it had been read.
    start: Option<u64>,
    /// What comes behind the last that waits.
    end: Option<Error>,
}

/// Where the worker is in the file.
#[derive(Default)]
struct Place {
    begun: bool,
    /// The time of the present pass's first picture.
    pass_ns: u64,
    /// The next picture's number, from pass to pass.
    next: u64,
    /// In this pass.
    pictures: u64,
    newest_ns: u64,
}

/// Reads one run's pictures ahead.
struct Feed {
    /// The camera's.
    id: String,
    facts: Facts,
    once: bool,
    period_ns: u64,
    reader: Arc<Mutex<Box<dyn Reader>>>,
    pool: Arc<HeapPool>,
    timer: Timer,
    stopped: AtomicBool,
    ahead: Mutex<Ahead>,
    /// Used in the worker's turn alone.
    place: Mutex<Place>,
    workers: Arc<Workers>,
}

impl Feed {
    /// Has the worker read on if there is room.
    fn call_reader(self: &Arc<Self>) {
        {
            let mut ahead = self.ahead.lock();
            if ahead.reading || ahead.end.is_some() || ahead.ready.len() >= AHEAD {
                return;
            }
            ahead.reading = true;
        }
        self.workers.submit(self.clone());
    }

    /// Is the worker to read on? If not, it has ended for whoever calls it next.
    fn goes_on(&self) -> bool {
        let mut ahead = self.ahead.lock();
        ahead.reading = ahead.end.is_none()
            && ahead.ready.len() < AHEAD
            && self.pool.available() > 0
            && !self.stopped.load(Ordering::Acquire);
        ahead.reading
    }

    /// Reads a picture, or passes over one whose time is gone.
    fn step(&self, reader: &mut dyn Reader) -> Result<()> {
        let mut place = self.place.lock();
        if !std::mem::replace(&mut place.begun, true) {
            reader.rewind();
        }
        let Some(picture) = reader.next()? else { return self.end_of_pass(&mut place, reader) };
        let due = place.pass_ns.saturating_add(picture.time_ns);
        let sequence = place.next;
        place.next += 1;
        place.pictures += 1;
        place.newest_ns = picture.time_ns;
        drop(place);
        if self.is_past(due) {
            return Ok(());
        }
        let Some((_, mut lease)) = self.pool.take() else { return Ok(()) };
        let read = reader.read(lease.bytes_mut(0))?;
        let start = *self.ahead.lock().start.get_or_insert_with(|| (now_ns() as u64).saturating_sub(due));
        let ready = match read {
            None => Ready::Damaged(sequence),
            Some(length) => {
                let Facts { format, size, .. } = self.facts;
                let layout = match format.is_compressed() {
                    true => Some(Layout::compressed(length)),
                    false => Layout::new(format, size, &[]),
                };
                let layout = layout.expect("the facts were checked");
                let flags = if picture.key && format.is_compressed() { FrameInfo::KEYFRAME } else { 0 };
                let timestamp_ns = start.saturating_add(due) as i64;
                let info = FrameInfo { format, size, layout, sequence, timestamp_ns, flags, colour: self.facts.colour };
                Ready::Frame(lease.into_frame(info))
            }
        };
        let mut ahead = self.ahead.lock();
        ahead.ready.push_back((due, ready));
        if ahead.ready.len() == 1 {
            self.timer.arm(Some(start.saturating_add(due)))?;
        }
        Ok(())
    }

    /// Would the next picture be due already?
    fn is_past(&self, due: u64) -> bool {
        let start = self.ahead.lock().start;
        start.is_some_and(|start| start.saturating_add(due).saturating_add(self.period_ns) < now_ns() as u64)
    }

    fn end_of_pass(&self, place: &mut Place, reader: &mut dyn Reader) -> Result<()> {
        if place.pictures == 0 {
            return Err(Error::fatal("the file that is played has no picture any more: it was changed"));
        }
        if self.once {
            return Err(Error::new(
                Code::DeviceDisabled,
                "the file was played to its end (+once): start again, or leave out +once to have it repeated",
            ));
        }
        place.pass_ns = place.pass_ns.saturating_add(place.newest_ns).saturating_add(self.period_ns);
        (place.pictures, place.newest_ns) = (0, 0);
        reader.rewind();
        Ok(())
    }
}

impl Run for Feed {
    fn run(self: Arc<Self>) {
        // The run before may still be reading; it sees that it was stopped.
        let mut reader = self.reader.lock();
        while self.goes_on() {
            if let Err(error) = self.step(&mut **reader) {
                let mut ahead = self.ahead.lock();
                ahead.reading = false;
                ahead.end = Some(error.context(&self.id));
                if ahead.ready.is_empty() {
                    // The reactor waits for nothing else.
                    let _ = self.timer.arm(Some(now_ns() as u64));
                }
                return;
            }
        }
    }
}

/// One run, as the reactor knows it.
struct Flow {
    feed: Arc<Feed>,
    sink: Arc<dyn FrameSink>,
}

impl Flow {
    /// What is due now, the newest of it; damaged ones are told all the same.
    fn take_due(&self) -> (Vec<u64>, Option<Frame>) {
        let mut ahead = self.feed.ahead.lock();
        let (mut damaged, mut newest) = (Vec::new(), None);
        // Without a start nothing waits.
        let now = (now_ns() as u64).saturating_sub(ahead.start.unwrap_or(0));
        while ahead.ready.front().is_some_and(|(due, _)| *due <= now) {
            match ahead.ready.pop_front() {
                Some((_, Ready::Damaged(sequence))) => damaged.push(sequence),
                Some((_, Ready::Frame(frame))) => newest = Some(frame),
                None => {}
            }
        }
        (damaged, newest)
    }

    /// Waits for the next picture, for the reader, or for nobody.
    fn arm(&self) -> Result<()> {
        let mut ahead = self.feed.ahead.lock();
        let start = ahead.start.unwrap_or(0);
        match (ahead.ready.front(), &ahead.end) {
            (Some((due, _)), _) => self.feed.timer.arm(Some(start.saturating_add(*due))),
            (None, Some(_)) => Err(ahead.end.take().expect("just seen")),
            // While all buffers are held the reader cannot be called: it is looked again.
            (None, None) => self.feed.timer.arm(Some(now_ns() as u64 + self.feed.period_ns)),
        }
    }
}

impl Source for Flow {
    fn ready(&self, _: Readiness) -> Interest {
        let (damaged, frame) = self.take_due();
        self.feed.call_reader();
        // In the order of their numbers.
        let newest = frame.as_ref().map_or(u64::MAX, |frame| frame.info().sequence);
        damaged.iter().filter(|number| **number < newest).for_each(|number| self.sink.corrupt(*number));
        if let Some(frame) = frame {
            self.sink.frame(frame, self.feed.pool.available() as u32);
        }
        damaged.iter().filter(|number| **number > newest).for_each(|number| self.sink.corrupt(*number));
        match self.arm() {
            Ok(()) => Interest::Keep,
            Err(error) => {
                self.feed.stopped.store(true, Ordering::Release);
                self.sink.ended(error);
                Interest::Remove
            }
        }
    }
}

/// A file that is ready to be played.
pub(super) struct ReplayStream {
    reactor: Arc<Reactor>,
    workers: Arc<Workers>,
    reader: Arc<Mutex<Box<dyn Reader>>>,
    facts: Facts,
    buffers: u32,
    pool: Mutex<Arc<HeapPool>>,
    running: Mutex<Option<(Registration, Arc<Feed>)>>,
    claim: Claim,
}

impl ReplayStream {
    pub(super) fn new(
        reactor: Arc<Reactor>,
        workers: Arc<Workers>,
        reader: Arc<Mutex<Box<dyn Reader>>>,
        facts: Facts,
        claim: Claim,
        buffers: u32,
    ) -> Self {
        // What waits for its time is not with the consumers.
        let buffers = buffers.saturating_add(AHEAD as u32).clamp(ENOUGH, MAX_BUFFERS);
        let pool = Mutex::new(HeapPool::new(buffers, &[facts.room]));
        ReplayStream { reactor, workers, reader, facts, buffers, pool, running: Mutex::new(None), claim }
    }

    /// The buffers to run with: new ones when too many of the old are still held.
    fn pool(&self) -> Arc<HeapPool> {
        let mut pool = self.pool.lock();
        if pool.available() < ENOUGH as usize {
            *pool = HeapPool::new(self.buffers, &[self.facts.room]);
        }
        pool.clone()
    }
}

impl Stream for ReplayStream {
    fn rate(&self) -> Option<FrameRate> {
        Some(self.facts.rate)
    }

    fn colour(&self) -> Colour {
        self.facts.colour
    }

    fn start(&self, sink: Arc<dyn FrameSink>) -> Result<()> {
        self.workers.ready()?;
        let feed = Arc::new(Feed {
            id: self.claim.0.id(),
            facts: self.facts,
            once: self.claim.0.replay.once,
            period_ns: self.facts.rate.period_ns().max(1),
            reader: self.reader.clone(),
            pool: self.pool(),
            timer: Timer::new()?,
            stopped: AtomicBool::new(false),
            ahead: Mutex::default(),
            place: Mutex::default(),
            workers: self.workers.clone(),
        });
        let flow = Arc::new(Flow { feed: feed.clone(), sink });
        // Nothing is due before the reader has found it.
        let registration = self.reactor.add(feed.timer.fd(), Wait::Readable, flow)?;
        feed.call_reader();
        *self.running.lock() = Some((registration, feed));
        Ok(())
    }

    fn stop(&self) -> Result<()> {
        // Taken out first: the reactor is waited for without the lock.
        let Some((registration, feed)) = self.running.lock().take() else { return Ok(()) };
        feed.stopped.store(true, Ordering::Release);
        drop(registration);
        feed.ahead.lock().ready.clear();
        Ok(())
    }
}

impl Drop for ReplayStream {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}
