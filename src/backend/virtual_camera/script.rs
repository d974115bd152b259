//! What goes wrong with a virtual camera, and when, and what else is special about it: read from text, and
//! worked out for a run.
//!
//! A script is a list of items with `+` between them, for example `unplug@2s+return@4s`. Each is a
//! name, where it needs one a place behind `@`, and where it needs one a value behind `=`. Places are
//! times of a run, from its first frame on: `2s`, `500ms`, or `60f` for the frame with that number,
//! counted from 0. A time means the first frame that is due then. `A-B` is from A up to, but without,
//! B, and `A-` from A on.
//!
//! | Fault | What happens |
//! |---|---|
//! | `unplug@T` | the camera is gone (ENODEV), also from the list of cameras |
//! | `return@T` | the unplugged camera is there again; T as for the `unplug` before it |
//! | `fail@T` | the driver fails for good (EIO): the run ends |
//! | `fail@commit`, `fail@start` | the driver gives no buffers, or does not start (EIO); with `=N` for the first N times only |
//! | `eio@T` | one buffer cannot be had (EIO), as after a loss of signal |
//! | `silent@T` | no frames from then on in this run, and no error |
//! | `corrupt`, `drop` | frames come damaged, or are lost: all of a place (`@60f`, `@1s-2s`), every Nth (`=10`) or so many (`=25%`) of a place, or of all |
//! | `jump@T=500ms` | timestamps go forward by so much, or back (`-500ms`) |
//! | `wrap`, `wrap=N` | the driver's 32-bit frame numbers wrap after 10, or N, frames |
//! | `busy@open`, `busy@commit` | in use by another process (EBUSY); with `=N` for the first N times only |
//! | `denied` | the process may not open it (EACCES); with `=N` for the first N times only |
//! | `slow@open=500ms`, `slow@commit=`, `slow@start=`, `slow@stop=` | the call takes so much longer |
//!
//! What kind of camera it is, and what happens in front of it, is said in the same way:
//!
//! | Item | Means |
//! |---|---|
//! | `basic`, `plain` | few controls, as cheap webcams have, or none |
//! | `front`, `back`, `turned=90` | where it looks; how far its picture is to be turned clockwise |
//! | `settle`, `settle=N` | a run begins too dark and too blue; exposure and white balance are right after 10, or N, frames |
//! | `light@T=25%` | the scene has so much of its usual light from then on |
//! | `subject@T=200` | the lens is sharp at this value of FOCUS_ABSOLUTE from then on; above 250 it never is |
//! | `cover@T-T` | the lens is covered in these frames, as of `drop` |
//! | `stuck=NAME` | setting this control fails (EIO); NAME as `v4l2-ctl` has it: `zoom_absolute` |
//!
//! Behind a `return`, `busy`, `denied` and the `fail` of calls are of the camera as it came back, and count anew.
//!
//! Faults of the flow are those of every run, but an `unplug` happens once: the next run has the
//! next `unplug` of the script, if there is one.

mod kind;

use super::controls::scene::Scene;
use crate::format::FrameRate;
use kind::Kind;
use std::time::Duration;

const MILLISECOND: u64 = 1_000_000;
/// The longest time that can be said, a day, in milliseconds; and the most frames.
const LONGEST: u64 = 86_400_000;
const MOST_FRAMES: u64 = 1_000_000_000;
/// Frames before the wrap unless said otherwise.
const WRAP: u32 = 10;
/// For faults that never end.
pub(super) const ALWAYS: u32 = u32::MAX;

/// All that may stand in a script, for those who wrote something else.
const NAMES: &str = "unplug@T, return@T, fail@T, fail@commit, fail@start, eio@T, silent@T, \
                     corrupt and drop (@T, @T-T, @T-, =N, =N%), \
                     jump@T=TIME, wrap, busy@open, busy@commit, denied, slow@open=TIME, slow@commit=TIME, \
                     slow@start=TIME and slow@stop=TIME; and of kinds of cameras: basic, plain, front, back, \
                     turned=90, settle, light@T=25%, subject@T=200, cover@T-T, stuck=CONTROL";
const PLACES: &str = "a place is 2s, 500ms, or 60f for frame 60";

/// A place in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Frame(u64),
    Nanoseconds(u64),
}

impl Place {
    /// The first frame that is due there or later, at this rate.
    fn frame(self, rate: FrameRate) -> u64 {
        match self {
            Place::Frame(number) => number,
            Place::Nanoseconds(time) => {
                let unit = 1_000_000_000 * u128::from(rate.seconds);
                let frame = (u128::from(time) * u128::from(rate.frames)).div_ceil(unit);
                u64::try_from(frame).unwrap_or(u64::MAX)
            }
        }
    }

    /// Is this later than another, as far as can be told without a rate?
    fn may_follow(self, other: Place) -> bool {
        match (self, other) {
            (Place::Frame(this), Place::Frame(other)) | (Place::Nanoseconds(this), Place::Nanoseconds(other)) => {
                this > other
            }
            _ => true,
        }
    }
}

/// Which frames of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Share {
    All,
    /// The last of each so many.
    Every(u64),
    Percent(u64),
}

/// Frames of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch<P> {
    from: P,
    /// Without it; `None`: to the end.
    until: Option<P>,
    share: Share,
    /// Tells stretches apart, so that two of them do not scatter over the same frames.
    seed: u64,
}

impl Stretch<u64> {
    fn has(&self, frame: u64) -> bool {
        if frame < self.from || self.until.is_some_and(|until| frame >= until) {
            return false;
        }
        match self.share {
            Share::All => true,
            Share::Every(count) => (frame - self.from) % count == count - 1,
            Share::Percent(percent) => scatter(frame, self.seed) % 100 < percent,
        }
    }
}

/// A number that looks like chance and is the same every time (the finalizer of SplitMix64).
fn scatter(frame: u64, seed: u64) -> u64 {
    let mut mixed = frame.wrapping_add(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// A camera is unplugged, and comes back or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unplug {
    gone: Place,
    back: Option<Place>,
}

/// How often the first uses of a camera are refused; [`ALWAYS`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Refusals {
    pub(super) denied: u32,
    pub(super) busy_at_open: u32,
    pub(super) busy_at_commit: u32,
    pub(super) failing_commit: u32,
    pub(super) failing_start: u32,
}

/// What goes wrong with one camera. The default: nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// By the return from which on they hold, 0 for the beginning.
    refusals: Vec<(u64, Refusals)>,
    /// How much longer calls take.
    pub(super) slow_open: Duration,
    pub(super) slow_commit: Duration,
    pub(super) slow_start: Duration,
    pub(super) slow_stop: Duration,
    unplugs: Vec<Unplug>,
    fail: Option<Place>,
    eio: Vec<Place>,
    silent: Option<Place>,
    corrupt: Vec<Stretch<Place>>,
    dropped: Vec<Stretch<Place>>,
    jumps: Vec<(Place, i64)>,
    /// Frames before the wrap.
    wrap: Option<u32>,
    /// What kind of camera it is, and what it sees.
    pub(super) kind: Kind,
}

/// What is wrong with the text of a script.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misread {
    /// The byte of the text where it is.
    pub(crate) at: usize,
    pub(crate) why: String,
}

impl Script {
    /// Reads a script.
    pub(crate) fn parse(text: &str) -> Result<Script, Misread> {
        let mut script = Script::default();
        if text.is_empty() {
            return Ok(script);
        }
        let mut at = 0;
        for fault in text.split('+') {
            script.add(fault.trim()).map_err(|why| Misread { at, why: format!("\"{fault}\": {why}") })?;
            at += fault.len() + 1;
        }
        Ok(script)
    }

    fn add(&mut self, fault: &str) -> Result<(), String> {
        let (head, value) = fault.split_once('=').map_or((fault, None), |(head, value)| (head, Some(value)));
        let (name, place) = head.split_once('@').map_or((head, None), |(name, place)| (name, Some(place)));
        let at = || place.ok_or_else(|| format!("when is missing: {name}@2s; {PLACES}")).and_then(place_of);
        // Only what takes a value may have one.
        let call = name == "fail" && matches!(place, Some("commit" | "start"));
        if value.is_some() && !call && matches!(name, "unplug" | "return" | "fail" | "eio" | "silent") {
            return Err(format!("{name} takes no value: {name}@2s"));
        }
        if let Some(read) = self.kind.add(name, place, value) {
            return read;
        }
        match name {
            "unplug" => {
                if self.unplugs.last().is_some_and(|unplug| unplug.back.is_none()) {
                    return Err("the camera is unplugged already: a return@T must come before".into());
                }
                self.unplugs.push(Unplug { gone: at()?, back: None });
            }
            "return" => {
                let back = at()?;
                let unplug = self.unplugs.last_mut().filter(|unplug| unplug.back.is_none());
                let unplug = unplug.ok_or("a camera returns that was unplugged: unplug@T must come before")?;
                if !back.may_follow(unplug.gone) {
                    return Err(
                        "a camera returns later than it was unplugged: T counts from the run's start too".into()
                    );
                }
                unplug.back = Some(back);
            }
            "fail" => match place {
                Some("commit") => self.refused_now().failing_commit = times(value)?,
                Some("start") => self.refused_now().failing_start = times(value)?,
                _ => once(&mut self.fail, at()?)?,
            },
            "silent" => once(&mut self.silent, at()?)?,
            "eio" => self.eio.push(at()?),
            "corrupt" => self.corrupt.push(frames_of(name, place, value, self.stretches())?),
            "drop" => self.dropped.push(frames_of(name, place, value, self.stretches())?),
            "jump" => {
                let value = value.ok_or("how far is missing: jump@2s=500ms, or jump@2s=-500ms")?;
                let (sign, length) = value.strip_prefix('-').map_or((1, value), |length| (-1, length));
                self.jumps.push((at()?, sign * i64::try_from(nanoseconds(length)?).unwrap_or(i64::MAX)));
            }
            "wrap" if place.is_none() => {
                let frames = value.map_or(Ok(u64::from(WRAP)), |value| number(value, 1..=1_000_000))?;
                once(&mut self.wrap, frames as u32)?;
            }
            "denied" if place.is_none() => self.refused_now().denied = times(value)?,
            "busy" => match place {
                Some("open") => self.refused_now().busy_at_open = times(value)?,
                Some("commit") => self.refused_now().busy_at_commit = times(value)?,
                _ => return Err("a camera can be busy@open or busy@commit, and busy@open=3 the first 3 times".into()),
            },
            "slow" => {
                let call = match place {
                    Some("open") => &mut self.slow_open,
                    Some("commit") => &mut self.slow_commit,
                    Some("start") => &mut self.slow_start,
                    Some("stop") => &mut self.slow_stop,
                    _ => return Err("slow are slow@open, slow@commit, slow@start or slow@stop, each with =TIME".into()),
                };
                let value = value.ok_or_else(|| format!("how slow is missing: {head}=500ms"))?;
                *call = Duration::from_nanos(nanoseconds(value)?);
            }
            "wrap" | "denied" => return Err(format!("{name} has no place: {name}, or {name}=3")),
            _ => return Err(format!("no fault has this name; there are {NAMES}; {PLACES}")),
        }
        Ok(())
    }

    /// What is refused of the camera as it is behind the last return of the script.
    fn refused_now(&mut self) -> &mut Refusals {
        let returns = self.unplugs.iter().filter(|unplug| unplug.back.is_some()).count() as u64;
        if self.refusals.last().is_none_or(|(from, _)| *from != returns) {
            self.refusals.push((returns, Refusals::default()));
        }
        &mut self.refusals.last_mut().expect("pushed just now").1
    }

    /// What is refused of a camera that was unplugged so often before, and the place of that in the
    /// script: it counts by itself.
    pub(super) fn refusals(&self, unplugged: u64) -> (usize, Refusals) {
        let index = self.refusals.iter().rposition(|(from, _)| *from <= unplugged);
        index.map_or((0, Refusals::default()), |index| (index, self.refusals[index].1))
    }

    /// Places in the script that refuse, at least one.
    pub(super) fn places_of_refusals(&self) -> usize {
        self.refusals.len().max(1)
    }

    /// Is the camera ever unplugged?
    pub(super) fn goes(&self) -> bool {
        !self.unplugs.is_empty()
    }

    /// How many stretches there are.
    fn stretches(&self) -> u64 {
        (self.corrupt.len() + self.dropped.len()) as u64
    }

    /// What becomes of a run at this rate, when the camera was unplugged so often before.
    pub(super) fn run(&self, rate: FrameRate, unplugged: usize) -> Run {
        let frame = |place: Place| place.frame(rate);
        let frames = |some: &Stretch<Place>| Stretch {
            from: frame(some.from),
            until: some.until.map(frame),
            share: some.share,
            seed: some.seed,
        };
        let unplug = self.unplugs.get(unplugged);
        let gone = unplug.map(|unplug| {
            let gone = frame(unplug.gone);
            (gone, End::Unplugged { back: unplug.back.map(|back| frame(back).max(gone + 1)) })
        });
        let failed = self.fail.map(|place| (frame(place), End::Failed));
        Run {
            // Unplugged comes first where both are due.
            end: gone.into_iter().chain(failed).min_by_key(|(frame, _)| *frame),
            silent: self.silent.map(frame),
            eio: self.eio.iter().copied().map(frame).collect(),
            corrupt: self.corrupt.iter().map(frames).collect(),
            dropped: self.dropped.iter().map(frames).collect(),
            jumps: self.jumps.iter().map(|(place, by)| (frame(*place), *by)).collect(),
            first: self.wrap.map_or(0, |frames| 0u32.wrapping_sub(frames)),
            show: self.kind.show(rate),
        }
    }
}

fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err("this can be said once only".into()),
    }
}

fn number(text: &str, range: std::ops::RangeInclusive<u64>) -> Result<u64, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|number| digits && range.contains(number))
        .ok_or_else(|| format!("\"{text}\" is no whole number from {} to {}", range.start(), range.end()))
}

fn times(value: Option<&str>) -> Result<u32, String> {
    value.map_or(Ok(ALWAYS), |value| number(value, 1..=1_000_000).map(|times| times as u32))
}

/// A length of time.
fn nanoseconds(text: &str) -> Result<u64, String> {
    if let Some(ms) = text.strip_suffix("ms") {
        return Ok(number(ms, 0..=LONGEST)? * MILLISECOND);
    }
    match text.strip_suffix('s') {
        Some(seconds) => Ok(number(seconds, 0..=LONGEST / 1000)? * 1000 * MILLISECOND),
        None => Err(format!("\"{text}\" is no time: a time is 2s or 500ms")),
    }
}

fn place_of(text: &str) -> Result<Place, String> {
    match text.strip_suffix('f') {
        Some(frame) => Ok(Place::Frame(number(frame, 0..=MOST_FRAMES)?)),
        None if text.ends_with('s') => Ok(Place::Nanoseconds(nanoseconds(text)?)),
        None => Err(format!("\"{text}\" is no place: {PLACES}")),
    }
}

/// Frames by place, share, or both.
fn frames_of(name: &str, place: Option<&str>, value: Option<&str>, seed: u64) -> Result<Stretch<Place>, String> {
    let share = match value.map(|value| (value, value.strip_suffix('%'))) {
        None => Share::All,
        Some((_, Some(percent))) => Share::Percent(number(percent, 1..=100)?),
        Some((every, None)) => Share::Every(number(every, 1..=MOST_FRAMES)?),
    };
    let Some(place) = place else {
        return match share {
            Share::All => Err(format!("which frames is missing: {name}@60f, {name}@1s-2s, {name}=10, {name}=25%")),
            _ => Ok(Stretch { from: Place::Frame(0), until: None, share, seed }),
        };
    };
    let (from, until) = match place.split_once('-') {
        None if share != Share::All => {
            return Err(format!("a share is one of several frames: {name}@{place}-={}", value.unwrap_or_default()));
        }
        None => match place_of(place)? {
            Place::Frame(frame) => (Place::Frame(frame), Some(Place::Frame(frame + 1))),
            // The one frame that is due from then on, at any rate that a camera has.
            Place::Nanoseconds(_) => {
                return Err(format!("which frames is meant? {name}@{place}- is from then on, {name}@60f is one"));
            }
        },
        Some((from, "")) => (place_of(from)?, None),
        Some((from, until)) => (place_of(from)?, Some(place_of(until)?)),
    };
    if until.is_some_and(|until| !until.may_follow(from)) {
        return Err(format!("{place} ends before it begins"));
    }
    Ok(Stretch { from, until, share, seed })
}

/// How a run ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The camera comes back when this frame would have been due.
    Unplugged {
        back: Option<u64>,
    },
    Failed,
}

/// What becomes of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Good,
    /// It has a number, and never comes.
    Lost,
    /// The driver marks it.
    Corrupt,
    /// The driver has an error in its place.
    Eio,
    /// Nothing comes any more.
    Silent,
    End(End),
}

/// The faults of one run, by frames.
#[derive(Debug)]
pub(super) struct Run {
    end: Option<(u64, End)>,
    silent: Option<u64>,
    eio: Vec<u64>,
    corrupt: Vec<Stretch<u64>>,
    dropped: Vec<Stretch<u64>>,
    jumps: Vec<(u64, i64)>,
    /// The driver's number of frame 0.
    first: u32,
    show: kind::Show,
}

impl Run {
    /// What becomes of a frame, whatever became of others.
    pub(super) fn fate(&self, frame: u64) -> Fate {
        let among = |all: &[Stretch<u64>]| all.iter().any(|some| some.has(frame));
        match self.end {
            Some((last, end)) if frame >= last => Fate::End(end),
            _ if self.silent.is_some_and(|silent| frame >= silent) => Fate::Silent,
            _ if among(&self.dropped) => Fate::Lost,
            _ if self.eio.contains(&frame) => Fate::Eio,
            _ if among(&self.corrupt) => Fate::Corrupt,
            _ => Fate::Good,
        }
    }

    /// The next frame, from this on, at whose time something happens.
    pub(super) fn next(&self, frame: u64) -> Option<u64> {
        let end = self.end.map(|(end, _)| end.max(frame));
        if self.silent.is_some_and(|silent| frame >= silent) { end } else { Some(frame) }
    }

    /// Does the camera come back after this run has unplugged it?
    pub(super) fn returns(&self) -> bool {
        matches!(self.end, Some((_, End::Unplugged { back: Some(_) })))
    }

    /// The driver's number of a frame.
    pub(super) fn number(&self, frame: u64) -> u32 {
        // Drivers count in 32 bits.
        self.first.wrapping_add(frame as u32)
    }

    /// What is in front of the camera at a frame.
    pub(super) fn scene(&self, frame: u64) -> Scene {
        self.show.scene(frame)
    }

    /// By how much the timestamp of a frame is off, in nanoseconds.
    pub(super) fn shift(&self, frame: u64) -> i64 {
        self.jumps.iter().filter(|(from, _)| frame >= *from).fold(0, |sum, (_, by)| sum.saturating_add(*by))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RATE: FrameRate = FrameRate::per_second(30);

    fn run(text: &str) -> Run {
        Script::parse(text).unwrap().run(RATE, 0)
    }

    fn fates(text: &str, fate: Fate) -> Vec<u64> {
        let run = run(text);
        (0..100).filter(|frame| run.fate(*frame) == fate).collect()
    }

    #[test]
    fn places_are_frames_and_times_of_any_rate() {
        assert_eq!(fates("corrupt@7f", Fate::Corrupt), [7]);
        assert_eq!(fates("corrupt@10f-12f", Fate::Corrupt), [10, 11]);
        assert_eq!(fates("corrupt@97f-", Fate::Corrupt), [97, 98, 99]);
        assert_eq!(fates("drop@1s-1100ms", Fate::Lost), [30, 31, 32]);
        assert_eq!(fates("eio@1s+eio@3f", Fate::Eio), [3, 30]);
        // 1001 ms at 30000/1001 is frame 30 exactly, 1002 ms is after it.
        let ntsc = FrameRate { frames: 30000, seconds: 1001 };
        assert_eq!(place_of("1001ms").unwrap().frame(ntsc), 30);
        assert_eq!(place_of("1002ms").unwrap().frame(ntsc), 31);
    }

    #[test]
    fn shares_are_the_same_every_time() {
        assert_eq!(fates("drop=10", Fate::Lost), [9, 19, 29, 39, 49, 59, 69, 79, 89, 99]);
        assert_eq!(fates("drop@50f-=20", Fate::Lost), [69, 89]);
        let some = run("corrupt=40%");
        let count = (0..10_000).filter(|frame| some.fate(*frame) == Fate::Corrupt).count();
        assert!((3700..4300).contains(&count), "{count}");
        assert_eq!(fates("corrupt=40%", Fate::Corrupt), fates("corrupt=40%", Fate::Corrupt));
        assert_eq!(fates("corrupt=100%", Fate::Good), []);
        let both = run("drop=50%+corrupt=50%");
        let corrupt = (0..10_000).filter(|frame| both.fate(*frame) == Fate::Corrupt).count();
        assert!((2300..2700).contains(&corrupt), "half of those that are not lost: {corrupt}");
    }

    #[test]
    fn runs_end_once_each_unplug_in_its_turn() {
        let script = Script::parse("unplug@1s+return@3s+unplug@5f").unwrap();
        let (first, second) = (script.run(RATE, 0), script.run(RATE, 1));
        assert_eq!(first.fate(29), Fate::Good);
        assert_eq!(first.fate(30), Fate::End(End::Unplugged { back: Some(90) }));
        assert!(first.returns() && !second.returns());
        assert_eq!(second.fate(5), Fate::End(End::Unplugged { back: None }));
        assert_eq!(script.run(RATE, 2).fate(1_000_000), Fate::Good);
        assert_eq!(run("fail@10f+unplug@20f").fate(25), Fate::End(End::Failed));
        assert_eq!(run("unplug@20f+return@1ms").fate(25), Fate::End(End::Unplugged { back: Some(21) }));
    }

    #[test]
    fn nothing_is_waited_for_in_silence_but_the_end() {
        let silent = run("silent@10f");
        assert_eq!((silent.next(9), silent.next(10), silent.fate(10)), (Some(9), None, Fate::Silent));
        assert_eq!(run("silent@10f+unplug@30f").next(11), Some(30));
        assert_eq!(run("").next(11), Some(11));
    }

    #[test]
    fn numbers_wrap_and_timestamps_jump() {
        let wrap = run("wrap=3+jump@10f=500ms+jump@20f=-1s");
        assert_eq!([0, 2, 3, 4].map(|frame| wrap.number(frame)), [u32::MAX - 2, u32::MAX, 0, 1]);
        assert_eq!([9, 10, 20].map(|frame| wrap.shift(frame)), [0, 500_000_000, -500_000_000]);
    }

    #[test]
    fn times_and_delays_are_kept() {
        let script = Script::parse("denied=2+busy@open+busy@commit=1+slow@open=1s+slow@stop=20ms").unwrap();
        let refusals = Refusals { denied: 2, busy_at_open: ALWAYS, busy_at_commit: 1, ..Refusals::default() };
        assert_eq!((script.refusals(0), script.refusals(7)), ((0, refusals), (0, refusals)));
        let back = Script::parse("denied+unplug@1f+return@2f+busy@open=3+unplug@1f+return@2f").unwrap();
        let of = |unplugged| back.refusals(unplugged).1;
        assert_eq!((of(0).denied, of(0).busy_at_open), (ALWAYS, 0));
        assert_eq!((of(1).denied, of(1).busy_at_open, back.refusals(1).0), (0, 3, 1));
        assert_eq!(of(2), of(1), "until another return says otherwise");
        assert_eq!((script.slow_open, script.slow_stop), (Duration::from_secs(1), Duration::from_millis(20)));
        let script = Script::parse("fail@commit=2+fail@start+fail@5f").unwrap();
        let (_, refusals) = script.refusals(0);
        assert_eq!((refusals.failing_commit, refusals.failing_start), (2, ALWAYS));
        assert_eq!(script.run(RATE, 0).fate(5), Fate::End(End::Failed));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, at, why) in [
            ("unplugged@2s", 0, "no fault has this name"),
            ("unplug@2s+", 10, "no fault has this name"),
            ("drop=10+unplug", 8, "when is missing"),
            ("unplug@2", 0, "no place"),
            ("unplug@-2s", 0, "no whole number"),
            ("unplug@99999999999999999999s", 0, "no whole number"),
            ("unplug@1s+unplug@2s", 10, "unplugged already"),
            ("return@2s", 0, "unplug@T must come before"),
            ("unplug@2s+return@1s", 10, "later"),
            ("unplug@2s=3", 0, "takes no value"),
            ("fail@2s=3", 0, "takes no value"),
            ("fail@stop", 0, "no place"),
            ("drop", 0, "which frames"),
            ("drop=0", 0, "no whole number"),
            ("drop=101%", 0, "no whole number"),
            ("corrupt@5f=3", 0, "one of several"),
            ("corrupt@2s", 0, "from then on"),
            ("corrupt@5f-5f", 0, "ends before"),
            ("jump@2s", 0, "how far"),
            ("jump@2s=5f", 0, "no time"),
            ("busy", 0, "busy@open or busy@commit"),
            ("slow@close=1s", 0, "slow@stop"),
            ("slow@open", 0, "how slow"),
            ("wrap@2s", 0, "has no place"),
            ("fail@1s+fail@2s", 8, "once"),
        ] {
            let misread = Script::parse(text).unwrap_err();
            assert_eq!(misread.at, at, "{text}: {misread:?}");
            assert!(misread.why.contains(why), "{text}: {misread:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z@=+%0-9.\u{fc}-]{0,40}") {
            let _ = Script::parse(&text).map(|script| script.run(RATE, 0).fate(u64::MAX));
        }

        #[test]
        fn faults_put_together_at_random_work_out(
            faults in prop::collection::vec(prop_oneof![
                Just("drop=3"), Just("corrupt=20%"), Just("eio@4f"), Just("jump@1s=-1s"), Just("corrupt@1s-4f"),
            ], 1..6),
            frame in any::<u64>(),
        ) {
            let run = run(&faults.join("+"));
            run.fate(frame);
            prop_assert!(run.next(frame).is_some_and(|next| next >= frame));
            run.number(frame);
            run.shift(frame);
        }
    }
}
