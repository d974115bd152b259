//! When exposure and white balance have settled after a start: hardly any driver tells, so the picture is
//! looked at, from the start of the stream until it stays as it is or the time for it is over.
//!
//! A look is a few hundred pixels of a frame (`image/look`). Uncompressed frames are looked at where they
//! arrive. Of compressed ones a few a second are decoded to an eighth of their size on a thread of the
//! makers. Otherwise, and while nobody listens, this costs a relaxed load for each frame.

use super::maker::Source;
use super::router::{Observer, Router};
use crate::error::Result;
use crate::format::{PixelFormat, Size};
use crate::frame::{Frame, HeapPool};
use crate::image::look::{self, Look};
use crate::image::{Converter, Kind, Recipe, target_layout};
use crate::runtime::clock::now_ns;
use crate::runtime::{Run, Workers};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use std::time::Duration;

/// The picture has settled when it stayed as it was for so long, and in so many looks.
const STEADY_NS: i64 = 400_000_000;
const LOOKS: u32 = 5;
/// From look to look, of frames that need not be decoded and of those that must.
const PACE_NS: i64 = 20_000_000;
const DECODE_PACE_NS: i64 = 90_000_000;
/// As it was: brightness within these steps of 255, or this part of it, and colours within these steps.
const LUMA: f32 = 1.5;
const LUMA_PART: f32 = 0.04;
const CHROMA: f32 = 2.5;
/// Darker than this there is no picture yet, or there is a cover on the lens.
const BLACK: f32 = 8.0;
/// So many looks of a run say that it is not settled from the start: a capture alone has fewer frames.
const TELLING: u32 = 3;

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    /// Exposure and white balance are being measured.
    Scans,
    /// They have settled.
    Converged,
    /// This frame and those that follow are good, or the time was over.
    Settled { sequence: u64 },
}

/// What a look says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    NotYet,
    /// From the frame with this number on it stayed as it is.
    Steady(u64),
    /// It has not, and there is no more time.
    TimeOver,
}

/// The looks since the picture changed last.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    sequence: u64,
    since_ns: i64,
    looks: u32,
    least: Look,
    most: Look,
}

impl Stretch {
    fn begin(sequence: u64, at_ns: i64, look: Look) -> Stretch {
        Stretch { sequence, since_ns: at_ns, looks: 1, least: look, most: look }
    }

    /// With one more look, unless that is of another picture.
    fn with(self, look: Look) -> Option<Stretch> {
        let both = |choose: fn(f32, f32) -> f32, one: Look| Look {
            luma: choose(one.luma, look.luma),
            blue: choose(one.blue, look.blue),
            red: choose(one.red, look.red),
        };
        let (least, most) = (both(f32::min, self.least), both(f32::max, self.most));
        let same = most.luma - least.luma <= LUMA.max(LUMA_PART * most.luma)
            && most.blue - least.blue <= CHROMA
            && most.red - least.red <= CHROMA;
        same.then_some(Stretch { looks: self.looks + 1, least, most, ..self })
    }
}

/// Decides whether the picture has settled, from one look after the other.
#[derive(Debug)]
struct Judge {
    begun_ns: i64,
    limit_ns: i64,
    looks: u32,
    stretch: Option<Stretch>,
}

impl Judge {
    fn new(begun_ns: i64, limit: Duration) -> Judge {
        let limit_ns = i64::try_from(limit.as_nanos()).unwrap_or(i64::MAX);
        Judge { begun_ns, limit_ns, looks: 0, stretch: None }
    }

    /// The picture is about to be another. That it is not settled was told, if it was; the time for a start is
    /// over when it was to be.
    fn begin_again(&mut self, at_ns: i64, of_start: bool) {
        self.stretch = None;
        if !of_start {
            self.begun_ns = at_ns;
        }
    }

    fn is_over(&self, at_ns: i64) -> bool {
        at_ns.saturating_sub(self.begun_ns) >= self.limit_ns
    }

    /// A frame that came at this time. `None`: it cannot be looked at.
    fn see(&mut self, sequence: u64, at_ns: i64, look: Option<Look>) -> Verdict {
        self.looks += 1;
        if let Some(look) = look {
            let kept = self.stretch.and_then(|stretch| stretch.with(look));
            self.stretch = if look.luma < BLACK { None } else { kept.or(Some(Stretch::begin(sequence, at_ns, look))) };
        }
        match self.stretch {
            Some(Stretch { looks, since_ns, sequence, .. }) if looks >= LOOKS && at_ns - since_ns >= STEADY_NS => {
                Verdict::Steady(sequence)
            }
            _ if self.is_over(at_ns) => Verdict::TimeOver,
            _ => Verdict::NotYet,
        }
    }
}

/// A compressed frame that is to be looked at.
struct Closed {
    frame: Frame,
    at_ns: i64,
    flow: u64,
}

struct State {
    judge: Judge,
    /// Is the end to be told, and not the state of exposure alone?
    of_start: bool,
    /// Grows with every beginning: looks of the one before count no more.
    flow: u64,
    last_ns: i64,
    waiting: Option<Closed>,
    /// A worker has a frame, or is about to take one.
    busy: bool,
}

/// Makes small pictures of compressed ones.
struct Bench {
    converter: Converter,
    pool: Arc<HeapPool>,
}

impl Bench {
    fn new(source: Source) -> Result<Bench> {
        let Source { format, size, colour } = source;
        let divides = |divisor: &u32| size.width.is_multiple_of(*divisor) && size.height.is_multiple_of(*divisor);
        let divisor = [8, 4, 2].into_iter().find(divides).unwrap_or(1);
        let small = Size::new(size.width / divisor, size.height / divisor);
        let target = Kind { format: PixelFormat::I420, size: small, colour };
        let length = target_layout(target.format, small).map_or(0, |layout| layout.memory_length(0));
        let converter = Converter::new(Recipe::plain(Kind { format, size, colour }, target))?;
        Ok(Bench { converter, pool: HeapPool::new(1, &[length]) })
    }

    fn look(&mut self, frame: &Frame) -> Option<Look> {
        let (_, lease) = self.pool.take()?;
        look::look(&self.converter.run(frame, lease).ok()?)
    }
}

/// Looks at the pictures of one stream.
pub(super) struct Settling {
    source: Source,
    workers: Arc<Workers>,
    router: Weak<Router>,
    looking: AtomicBool,
    state: Mutex<State>,
    /// In the turn of one worker.
    bench: Mutex<Option<Bench>>,
}

impl Settling {
    pub(super) fn new(source: Source, workers: Arc<Workers>, router: Weak<Router>) -> Arc<Settling> {
        let state = State {
            judge: Judge::new(0, Duration::ZERO),
            of_start: false,
            flow: 0,
            last_ns: 0,
            waiting: None,
            busy: false,
        };
        let (state, bench) = (Mutex::new(state), Mutex::default());
        Arc::new(Settling { source, workers, router, looking: AtomicBool::new(false), state, bench })
    }

    /// The stream starts.
    pub(super) fn begin(&self, observer: &dyn Observer) {
        self.look_anew(observer, true);
    }

    /// Exposure or white balance was set to something else. What is being judged goes on with that, and with
    /// the time that it had: whoever sets something again and again does not keep a start from its end.
    pub(super) fn begin_again(&self, observer: &dyn Observer) {
        {
            let mut state = self.state.lock();
            if self.looking.load(Ordering::Acquire) {
                let of_start = state.of_start;
                state.judge.begin_again(now_ns(), of_start);
                state.flow += 1;
                let old = state.waiting.take();
                // A frame is given back out of the lock.
                drop(state);
                drop(old);
                return;
            }
        }
        self.look_anew(observer, false);
    }

    fn look_anew(&self, observer: &dyn Observer, of_start: bool) {
        let limit = observer.time_to_settle();
        let now = now_ns();
        let old = {
            let mut state = self.state.lock();
            state.judge = Judge::new(now, limit.unwrap_or_default());
            (state.of_start, state.last_ns) = (of_start, i64::MIN);
            state.flow += 1;
            self.looking.store(limit.is_some(), Ordering::Release);
            state.waiting.take()
        };
        drop(old);
    }

    /// A frame came. Never blocks.
    pub(super) fn see(self: &Arc<Self>, frame: &Frame, observer: &dyn Observer) {
        if self.looking.load(Ordering::Relaxed) {
            self.see_closely(frame, observer);
        }
    }

    fn see_closely(self: &Arc<Self>, frame: &Frame, observer: &dyn Observer) {
        let at_ns = now_ns();
        let compressed = self.source.format.is_jpeg();
        let Some(flow) = self.due(at_ns, if compressed { DECODE_PACE_NS } else { PACE_NS }, observer) else { return };
        if !compressed {
            self.judge(frame.info().sequence, at_ns, flow, look::look(frame), observer);
        } else if self.hand_over(Closed { frame: frame.clone(), at_ns, flow }) {
            self.workers.submit(self.clone());
        }
    }

    /// Is it time for another look, and does anybody want to know? The flow that it is of.
    fn due(&self, at_ns: i64, pace_ns: i64, observer: &dyn Observer) -> Option<u64> {
        let listened = observer.is_listened_to();
        let mut state = self.state.lock();
        if !listened {
            if state.judge.is_over(at_ns) {
                self.looking.store(false, Ordering::Release);
            }
            return None;
        }
        if at_ns.saturating_sub(state.last_ns) < pace_ns {
            return None;
        }
        state.last_ns = at_ns;
        Some(state.flow)
    }

    /// True when a worker must be called. The frame before that nobody took yet has been looked past.
    fn hand_over(&self, closed: Closed) -> bool {
        let mut state = self.state.lock();
        let passed = state.waiting.replace(closed);
        let call = !std::mem::replace(&mut state.busy, true);
        drop(state);
        drop(passed);
        call
    }

    /// One more look, and what is to be told of it.
    fn judge(&self, sequence: u64, at_ns: i64, flow: u64, look: Option<Look>, observer: &dyn Observer) {
        let mut state = self.state.lock();
        if state.flow != flow || !self.looking.load(Ordering::Acquire) {
            return;
        }
        let verdict = state.judge.see(sequence, at_ns, look);
        let (looks, of_start) = (state.judge.looks, state.of_start);
        if verdict != Verdict::NotYet {
            self.looking.store(false, Ordering::Release);
        }
        drop(state);
        if looks == TELLING || (looks < TELLING && verdict != Verdict::NotYet) {
            observer.picture(Picture::Scans);
        }
        if let Verdict::Steady(_) = verdict {
            observer.picture(Picture::Converged);
        }
        match verdict {
            Verdict::Steady(sequence) if of_start => observer.picture(Picture::Settled { sequence }),
            Verdict::TimeOver if of_start => observer.picture(Picture::Settled { sequence }),
            _ => {}
        }
    }

    fn look_at_compressed(&self, frame: &Frame) -> Option<Look> {
        let mut bench = self.bench.lock();
        if bench.is_none() {
            *bench = Bench::new(self.source).ok();
        }
        bench.as_mut()?.look(frame)
    }

    /// Does another frame wait? If not, the next one has a worker called; and when none will, the memory
    /// is not needed any more.
    fn goes_on(&self) -> bool {
        let mut state = self.state.lock();
        state.busy = state.waiting.is_some();
        let goes_on = state.busy;
        drop(state);
        if !goes_on && !self.looking.load(Ordering::Acquire) {
            self.bench.lock().take();
        }
        goes_on
    }
}

impl Run for Settling {
    fn run(self: Arc<Self>) {
        let waiting = self.state.lock().waiting.take();
        if let Some(Closed { frame, at_ns, flow }) = waiting
            && let Some(router) = self.router.upgrade()
        {
            let look = self.look_at_compressed(&frame);
            self.judge(frame.info().sequence, at_ns, flow, look, &*router.observer);
        }
        if self.goes_on() {
            let workers = self.workers.clone();
            workers.submit(self);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const GREY: Look = Look { luma: 100.0, blue: 0.0, red: 0.0 };
    const PERIOD: i64 = 33_000_000;

    /// Looks, a period apart, until something is decided: what, and at which look.
    fn judged(period: i64, limit_ms: u64, looks: impl IntoIterator<Item = Look>) -> Option<(Verdict, usize)> {
        let mut judge = Judge::new(0, Duration::from_millis(limit_ms));
        looks.into_iter().enumerate().find_map(|(at, look)| {
            let verdict = judge.see(at as u64, (at as i64 + 1) * period, Some(look));
            (verdict != Verdict::NotYet).then_some((verdict, at))
        })
    }

    fn lit(luma: f32) -> Look {
        Look { luma, ..GREY }
    }

    #[test]
    fn a_picture_that_stays_has_settled_with_its_first_frame() {
        assert_eq!(judged(PERIOD, 3000, vec![GREY; 100]), Some((Verdict::Steady(0), 13)));
        assert_eq!(judged(PERIOD / 10, 3000, vec![GREY; 200]), Some((Verdict::Steady(0), 122)), "as long");
        assert_eq!(judged(10 * PERIOD, 3000, vec![GREY; 100]), Some((Verdict::Steady(0), 4)), "as many looks");
    }

    #[test]
    fn brightness_and_each_colour_must_settle() {
        for change in [lit(130.0), lit(70.0), Look { blue: 9.0, ..GREY }, Look { red: -9.0, ..GREY }] {
            let looks = (0..100).map(|at| if at < 20 { change } else { GREY });
            // It is steady before and after.
            assert_eq!(judged(PERIOD, 3000, looks), Some((Verdict::Steady(0), 13)));
            let looks = (0..100).map(|at| match at {
                20.. => GREY,
                at => Look { luma: GREY.luma + at as f32 * 5.0, blue: change.blue * at as f32, ..change },
            });
            assert_eq!(judged(PERIOD, 3000, looks), Some((Verdict::Steady(20), 33)));
        }
    }

    #[test]
    fn what_comes_nearer_ever_more_slowly_settles_when_it_is_near() {
        // Three EV too dark, a fifth less with each frame.
        let looks = (0..100).map(|at| lit(100.0 * (-3.0 * 0.8f32.powi(at)).exp2()));
        let Some((Verdict::Steady(sequence), _)) = judged(PERIOD, 3000, looks.clone()) else { panic!("never") };
        let first = looks.clone().nth(sequence as usize).unwrap();
        assert!((10..25).contains(&sequence) && first.luma > 95.0, "{sequence} {first:?}");
    }

    #[test]
    fn noise_is_no_change_and_movement_is() {
        let wave = |size: f32| (0..200).map(move |at| lit(100.0 + size * (at as f32).sin()));
        assert_eq!(judged(PERIOD, 3000, wave(1.5)), Some((Verdict::Steady(0), 13)));
        assert_eq!(judged(PERIOD, 3000, wave(5.0)), Some((Verdict::TimeOver, 90)));
    }

    #[test]
    fn black_is_no_picture() {
        for dark in [0.0, 1.0, 6.0] {
            assert_eq!(judged(PERIOD, 1000, vec![lit(dark); 100]), Some((Verdict::TimeOver, 30)));
        }
        let looks = (0..100).map(|at| if at < 20 { lit(0.0) } else { GREY });
        assert_eq!(judged(PERIOD, 3000, looks), Some((Verdict::Steady(20), 33)));
        let flicker = (0..100).map(|at| if at % 10 == 0 { lit(0.0) } else { GREY });
        assert_eq!(judged(PERIOD, 1000, flicker), Some((Verdict::TimeOver, 30)));
    }

    #[test]
    fn a_start_ends_in_time_whatever_is_set_meanwhile() {
        let ended = |of_start| {
            let mut judge = Judge::new(0, Duration::from_millis(1000));
            (0..90).find(|at| {
                let at_ns = at * PERIOD;
                if at % 5 == 0 {
                    judge.begin_again(at_ns, of_start);
                }
                judge.see(*at as u64, at_ns, Some(GREY)) != Verdict::NotYet
            })
        };
        assert_eq!((ended(true), ended(false)), (Some(31), None));
    }

    #[test]
    fn frames_that_cannot_be_looked_at_wait_for_the_time() {
        let mut judge = Judge::new(0, Duration::from_millis(100));
        assert_eq!([10, 99, 100].map(|ms| judge.see(ms, ms as i64 * 1_000_000, None)), {
            [Verdict::NotYet, Verdict::NotYet, Verdict::TimeOver]
        });
    }
}
