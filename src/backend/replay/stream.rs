//! The flow of a file: a worker reads ahead, and a timer on the reactor hands over what is due.

use super::plug::Claim;
use super::{Facts, Item, Picture, Reader, Unplugged};
use crate::backend::timer::Timer;
use crate::backend::{FrameSink, Stream};
use crate::error::{Code, Error, Result};
use crate::format::{Colour, FrameRate};
use crate::frame::{Frame, FrameInfo, HeapPool, Lease};
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

/// What a session recording has is told up to so much late, rather than lost, in nanoseconds.
const LATE: u64 = 500_000_000;

/// What waits for its time.
enum Ready {
    Frame(Frame),
    /// The number of a picture that is damaged.
    Damaged(u64),
    /// The stream ends by itself, and the camera may be unplugged. The file was played up to this place.
    End(Error, Option<Unplugged>, u64),
    /// The end of a file that is played once.
    Over(Error),
}

#[derive(Default)]
struct Ahead {
    /// With the time after the start at which each is due.
    ready: VecDeque<(u64, Ready)>,
    /// The worker has been called, and looks at all of this again before it ends.
    reading: bool,
    /// Nothing comes behind what waits.
    over: bool,
    /// CLOCK_MONOTONIC of the first picture, when it had been read; of a session recording's run, when
    /// it began.
    start: Option<u64>,
    /// What comes behind the last that waits.
    end: Option<Error>,
}

/// Where the worker is in the file.
#[derive(Default)]
struct Place {
    /// The time of the present pass's first picture.
    pass_ns: u64,
    /// The next picture's number, from pass to pass.
    next: u64,
    /// In this pass.
    pictures: u64,
    newest_ns: u64,
    /// Memory for pictures whose planes go to several memories.
    scratch: Vec<u8>,
}

/// Reads one run's pictures ahead.
struct Feed {
    claim: Arc<Claim>,
    facts: Facts,
    /// The lengths of a buffer's memories.
    memories: Vec<usize>,
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
            if ahead.reading || ahead.over || ahead.end.is_some() || ahead.ready.len() >= AHEAD {
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
            && !ahead.over
            && ahead.ready.len() < AHEAD
            && self.pool.available() > 0
            && !self.stopped.load(Ordering::Acquire);
        ahead.reading
    }

    /// Reads what comes next.
    fn step(&self, reader: &mut dyn Reader) -> Result<()> {
        let mut place = self.place.lock();
        match reader.next()? {
            None => self.end_of_pass(&mut place, reader),
            Some(Item::Picture(picture)) => self.read(picture, &mut place, reader),
            Some(Item::Damaged { time_ns, number }) => self.wait_for(time_ns, Ready::Damaged(number)),
            Some(Item::End { time_ns, error, unplugged, place }) => {
                self.ahead.lock().over = true;
                self.wait_for(time_ns, Ready::End(error, unplugged, place))
            }
            Some(Item::Silence) => {
                self.ahead.lock().over = true;
                Ok(())
            }
        }
    }

    /// Reads a picture, or passes over one whose time is gone.
    fn read(&self, picture: Picture, place: &mut Place, reader: &mut dyn Reader) -> Result<()> {
        let due = place.pass_ns.saturating_add(picture.time_ns);
        let sequence = picture.told.map_or(place.next, |told| told.number);
        place.next += 1;
        place.pictures += 1;
        place.newest_ns = picture.time_ns;
        if self.is_past(due) {
            return Ok(());
        }
        let Some((_, mut lease)) = self.pool.take() else { return Ok(()) };
        let read = self.fill(&mut lease, &mut place.scratch, reader)?;
        let start = *self.ahead.lock().start.get_or_insert_with(|| (now_ns() as u64).saturating_sub(due));
        let ready = match read {
            None => Ready::Damaged(sequence),
            Some(length) => {
                let Facts { format, size, colour, .. } = self.facts;
                let key = if picture.key && format.is_compressed() { FrameInfo::KEYFRAME } else { 0 };
                let timestamp_ns = match picture.told {
                    Some(told) => (start as i64).saturating_add(told.timestamp_ns),
                    None => start.saturating_add(due) as i64,
                };
                let flags = picture.told.map_or(key, |told| told.flags);
                let layout = self.facts.layout(length);
                Ready::Frame(lease.into_frame(FrameInfo {
                    format,
                    size,
                    layout,
                    sequence,
                    timestamp_ns,
                    flags,
                    colour,
                }))
            }
        };
        self.wait_for(due, ready)
    }

    /// Reads the picture into a buffer, whose memories it may have to be spread over.
    fn fill(&self, lease: &mut Lease, scratch: &mut Vec<u8>, reader: &mut dyn Reader) -> Result<Option<usize>> {
        if self.memories.len() == 1 {
            return reader.read(lease.bytes_mut(0));
        }
        scratch.resize(self.facts.room, 0);
        let read = reader.read(scratch)?;
        let mut at = 0;
        for (memory, &length) in self.memories.iter().enumerate() {
            lease.bytes_mut(memory)[..length].copy_from_slice(&scratch[at..at + length]);
            at += length;
        }
        Ok(read)
    }

    /// Hands it to the reactor, for when it is due.
    fn wait_for(&self, due: u64, ready: Ready) -> Result<()> {
        let mut ahead = self.ahead.lock();
        let start = *ahead.start.get_or_insert_with(|| (now_ns() as u64).saturating_sub(due));
        ahead.ready.push_back((due, ready));
        if ahead.ready.len() == 1 {
            self.timer.arm(Some(start.saturating_add(due)))?;
        }
        Ok(())
    }

    /// Would the next picture be due already?
    fn is_past(&self, due: u64) -> bool {
        let (start, late) = (self.ahead.lock().start, if self.facts.recorded { LATE } else { self.period_ns });
        start.is_some_and(|start| start.saturating_add(due).saturating_add(late) < now_ns() as u64)
    }

    fn end_of_pass(&self, place: &mut Place, reader: &mut dyn Reader) -> Result<()> {
        if place.pictures == 0 {
            return Err(Error::fatal("the file that is played has no picture any more: it was changed"));
        }
        if self.claim.camera.replay.once {
            let error = Error::new(
                Code::DeviceDisabled,
                "the file was played to its end (+once): start again, or leave out +once to have it repeated",
            );
            // The last picture lasts as long as the others.
            let end = place.pass_ns.saturating_add(place.newest_ns).saturating_add(self.period_ns);
            self.ahead.lock().over = true;
            return self.wait_for(end, Ready::Over(error.context(self.claim.camera.id())));
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
                ahead.end = Some(error.context(self.claim.camera.id()));
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
    reactor: Arc<Reactor>,
}

impl Flow {
    /// The next that is due now. Of a file's pictures that are due together it is the newest; a
    /// session recording has them all, as they came.
    fn take_due(&self) -> Option<Ready> {
        let mut ahead = self.feed.ahead.lock();
        // Without a start nothing waits.
        let now = (now_ns() as u64).saturating_sub(ahead.start.unwrap_or(0));
        while ahead.ready.front().is_some_and(|(due, _)| *due <= now) {
            let (_, ready) = ahead.ready.pop_front()?;
            let newer = |(due, other): &(u64, Ready)| *due <= now && matches!(other, Ready::Frame(_));
            let passed = !self.feed.facts.recorded && matches!(ready, Ready::Frame(_));
            if !(passed && ahead.ready.iter().any(newer)) {
                return Some(ready);
            }
        }
        None
    }

    /// Waits for the next picture, for the reader, or for nobody.
    fn arm(&self) -> Result<()> {
        let mut ahead = self.feed.ahead.lock();
        let start = ahead.start.unwrap_or(0);
        match (ahead.ready.front(), &ahead.end) {
            (Some((due, _)), _) => self.feed.timer.arm(Some(start.saturating_add(*due))),
            (None, Some(_)) => Err(ahead.end.take().expect("just seen")),
            (None, None) if ahead.over => self.feed.timer.arm(None),
            // While all buffers are held the reader cannot be called: it is looked again.
            (None, None) => self.feed.timer.arm(Some(now_ns() as u64 + self.feed.period_ns)),
        }
    }

    fn end(&self, error: Error) -> Interest {
        self.feed.stopped.store(true, Ordering::Release);
        self.sink.ended(error);
        Interest::Remove
    }
}

impl Source for Flow {
    fn ready(&self, _: Readiness) -> Interest {
        // Not for ever: others want to be called as well.
        for _ in 0..AHEAD {
            let Some(ready) = self.take_due() else { break };
            self.feed.call_reader();
            match ready {
                Ready::Damaged(sequence) => self.sink.corrupt(sequence),
                Ready::Frame(frame) => self.sink.frame(frame, self.feed.pool.available() as u32),
                Ready::Over(error) => return self.end(error),
                Ready::End(error, unplugged, place) => {
                    let plug = &self.feed.claim.camera.plug;
                    plug.set_played(place);
                    if let Some(returns) = unplugged {
                        plug.pull(returns, &self.reactor);
                    }
                    return self.end(error);
                }
            }
        }
        self.feed.call_reader();
        match self.arm() {
            Ok(()) => Interest::Keep,
            Err(error) => self.end(error),
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
    claim: Arc<Claim>,
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
        let (pool, claim) = (Mutex::new(HeapPool::new(buffers, &facts.memories())), Arc::new(claim));
        ReplayStream { reactor, workers, reader, facts, buffers, pool, running: Mutex::new(None), claim }
    }

    /// The buffers to run with: new ones when too many of the old are still held.
    fn pool(&self) -> Arc<HeapPool> {
        let mut pool = self.pool.lock();
        if pool.available() < ENOUGH as usize {
            *pool = HeapPool::new(self.buffers, &self.facts.memories());
        }
        pool.clone()
    }

    /// Goes to where the next run begins.
    fn begin(&self) -> Result<()> {
        self.claim.check()?;
        let plug = &self.claim.camera.plug;
        let mut played = plug.played();
        // The run before may still be reading; it was stopped, and ends.
        let begun = self.reader.lock().begin(&mut played);
        plug.set_played(played);
        begun.map_err(|(error, unplugged)| {
            if let Some(returns) = unplugged {
                plug.pull(returns, &self.reactor);
            }
            error
        })
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
        self.begin()?;
        // What was recorded is due from here on.
        let start = self.facts.recorded.then(|| now_ns() as u64);
        let feed = Arc::new(Feed {
            claim: self.claim.clone(),
            facts: self.facts,
            memories: self.facts.memories(),
            period_ns: self.facts.rate.period_ns().max(1),
            reader: self.reader.clone(),
            pool: self.pool(),
            timer: Timer::new()?,
            stopped: AtomicBool::new(false),
            ahead: Mutex::new(Ahead { start, ..Ahead::default() }),
            place: Mutex::default(),
            workers: self.workers.clone(),
        });
        let flow = Arc::new(Flow { feed: feed.clone(), sink, reactor: self.reactor.clone() });
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
