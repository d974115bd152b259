//! Frames that have to be made: decoded, cropped, scaled, converted. Off the reactor thread, once
//! for each distinct result, however many outputs want it.
//!
//! A compressed picture that several results are made from is decoded once: by a maker whose
//! results go to the other makers.

use super::feed::Feed;
use super::plan::{Crop, Want, Way};
use crate::backend::{CameraFacts, Device, Exposure};
use crate::error::{Error, Result};
use crate::format::{Colour, PixelFormat, Size};
use crate::frame::{Frame, HeapPool};
use crate::image::{self, Converter, Recipe, Rect, target_layout};
use crate::ledger::Ledger;
use crate::output::Kind;
use crate::output::photo::{Darkroom, Pose};
use crate::runtime::{Run, Workers};
use crate::sync::{Arc, Mutex, Weak};
use std::collections::VecDeque;

/// Frames that wait to be made, beside the one that is being made: more would only be older.
const WAITING: usize = 2;

/// Photos of one output that may be on their way at the same time.
const PHOTOS: usize = 64;

/// What is to be made of the frames of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    crop: Option<Crop>,
    pose: Pose,
    format: PixelFormat,
    size: Size,
    /// What YUV means in the result; `None`: what it means in the source.
    colour: Option<Colour>,
}

impl Wanted {
    /// What the output wants made, in this pose; `None` when it takes frames as they are, or a
    /// photo that can be encoded from them at once.
    fn of(want: &Want, way: &Way, pose: Pose) -> Option<Wanted> {
        let (decode, crop, scale) = match *way {
            Way::AsIs => (false, None, false),
            Way::Make { decode, crop, scale, .. } => (decode, crop, scale),
        };
        let size = want.profile.size;
        if want.kind != Kind::Photo {
            let made = Wanted { crop, pose, format: want.profile.format, size, colour: want.colour };
            return (*way != Way::AsIs).then_some(made);
        }
        let size = if pose.rotation.is_sideways() { Size::new(size.height, size.width) } else { size };
        let prepared = decode || crop.is_some() || scale || pose != Pose::UPRIGHT;
        // JPEG pictures are JFIF's, so nothing is left to do for their encoder.
        prepared.then_some(Wanted { crop, pose, format: PixelFormat::I420, size, colour: Some(Colour::JFIF) })
    }
}

/// Frames that others are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) format: PixelFormat,
    pub(super) size: Size,
    pub(super) colour: Colour,
}

/// A converter with the memory for its results.
struct Bench {
    converter: Mutex<Converter>,
    pool: Arc<HeapPool>,
}

impl Bench {
    /// With memory for so many results; more is allocated when consumers keep more.
    fn new(source: Source, wanted: Wanted, results: usize) -> Result<Bench> {
        let kind = |format, size, colour| image::Kind { format, size, colour };
        let colour = wanted.colour.unwrap_or(source.colour);
        let mut recipe =
            Recipe::plain(kind(source.format, source.size, source.colour), kind(wanted.format, wanted.size, colour));
        if let Some(crop) = wanted.crop {
            recipe.crop = Rect { x: crop.x, y: crop.y, size: crop.size };
        }
        (recipe.rotation, recipe.mirror) = (wanted.pose.rotation, wanted.pose.mirror);
        let converter = Converter::new(recipe)?;
        let layout = target_layout(wanted.format, wanted.size)
            .ok_or_else(|| Error::fatal(format!("no frame of {} {} fits in memory", wanted.format, wanted.size)))?;
        let lengths: Vec<_> = (0..layout.memory_count()).map(|memory| layout.memory_length(memory)).collect();
        let results = u32::try_from(results).unwrap_or(u32::MAX);
        Ok(Bench { converter: Mutex::new(converter), pool: HeapPool::new(results, &lengths) })
    }

    /// Makes the frame. `None` when consumers hold as many results as there may be.
    fn make(&self, frame: &Frame, most: usize) -> Result<Option<Frame>> {
        let Some(lease) = self.pool.take_or_grow(most) else { return Ok(None) };
        self.converter.lock().run(frame, lease).map(Some)
    }
}

/// Makes the frames that the photos of one output are encoded from.
pub(super) struct PhotoBench {
    source: Source,
    want: Want,
    way: Way,
    facts: CameraFacts,
    /// A photo does not keep a device open.
    device: Weak<dyn Device>,
    /// That of the pose that was asked for last.
    bench: Mutex<Option<(Wanted, Arc<Bench>)>>,
}

impl PhotoBench {
    pub(super) fn new(source: Source, want: &Want, way: &Way, device: &Arc<dyn Device>) -> Arc<PhotoBench> {
        let (facts, device) = (device.facts(), Arc::downgrade(device));
        Arc::new(PhotoBench { source, want: *want, way: *way, facts, device, bench: Mutex::new(None) })
    }
}

impl Darkroom for PhotoBench {
    fn prepare(&self, frame: &Frame, pose: Pose) -> Result<(Option<Frame>, Colour)> {
        let Some(wanted) = Wanted::of(&self.want, &self.way, pose) else { return Ok((None, self.source.colour)) };
        let bench = {
            let mut present = self.bench.lock();
            match &*present {
                Some((same, bench)) if *same == wanted => bench.clone(),
                _ => present.insert((wanted, Arc::new(Bench::new(self.source, wanted, 0)?))).1.clone(),
            }
        };
        let made = bench.make(frame, PHOTOS)?;
        let made = made.ok_or_else(|| Error::fatal("too many photos are being encoded at the same time"))?;
        Ok((Some(made), wanted.colour.unwrap_or(self.source.colour)))
    }

    fn camera(&self) -> (CameraFacts, Exposure) {
        let exposure = self.device.upgrade().map(|device| device.exposure());
        (self.facts.clone(), exposure.unwrap_or_default())
    }
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Frame>,
    scheduled: bool,
}

/// Makes one result for every output that wants it, and for the makers that go on with it.
pub(super) struct Maker {
    bench: Bench,
    feeds: Vec<Arc<Feed>>,
    next: Vec<Arc<Maker>>,
    workers: Arc<Workers>,
    state: Mutex<State>,
}

/// A result and who wants it, while the makers are being put together.
struct Order {
    wanted: Wanted,
    feeds: Vec<Arc<Feed>>,
}

/// The makers for the frames that outputs want made from those of the source.
#[derive(Default)]
pub(super) struct Orders(Vec<Order>);

impl Orders {
    /// Adds an output; false when it takes frames as they are.
    pub(super) fn add(&mut self, want: &Want, way: &Way, feed: &Arc<Feed>) -> bool {
        let pose = Pose { mirror: want.mirror, ..Pose::UPRIGHT };
        let Some(wanted) = Wanted::of(want, way, pose) else { return false };
        match self.0.iter_mut().find(|order| order.wanted == wanted) {
            Some(order) => order.feeds.push(feed.clone()),
            None => self.0.push(Order { wanted, feeds: vec![feed.clone()] }),
        }
        true
    }

    /// One maker for each distinct result.
    pub(super) fn makers(mut self, source: Source, workers: &Arc<Workers>) -> Result<Vec<Arc<Maker>>> {
        if !self.0.is_empty() {
            // While the failure can still be told.
            workers.ready()?;
        }
        if !(source.format.is_jpeg() && self.0.len() > 1) {
            return self.0.into_iter().map(|order| order.maker(source, Vec::new(), workers)).collect();
        }
        // Chroma of 4:2:2 pictures is halved here; of the layouts that are made only RGBA could
        // show the difference.
        let decoded = Source { format: PixelFormat::I420, size: self.decoded_size(source.size), ..source };
        let wanted =
            Wanted { crop: None, pose: Pose::UPRIGHT, format: decoded.format, size: decoded.size, colour: None };
        let same = self.0.iter().position(|order| order.wanted == wanted);
        let feeds = same.map_or_else(Vec::new, |index| self.0.remove(index).feeds);
        let next = self.0.into_iter().map(|order| order.maker(decoded, Vec::new(), workers));
        let next = next.collect::<Result<Vec<_>>>()?;
        Ok(vec![Order { wanted, feeds }.maker(source, next, workers)?])
    }

    /// A decoder makes smaller pictures at once, for less: a half, a quarter or an eighth, of which
    /// the smallest that every result can be made from is enough.
    fn decoded_size(&self, native: Size) -> Size {
        let divided = |divisor: u32| {
            let whole = native.width.is_multiple_of(2 * divisor) && native.height.is_multiple_of(2 * divisor);
            whole.then(|| Size::new(native.width / divisor, native.height / divisor))
        };
        let enough = |size: &Size| {
            self.0.iter().all(|Order { wanted, .. }| {
                wanted.crop.is_none() && wanted.size.width <= size.width && wanted.size.height <= size.height
            })
        };
        [8, 4, 2].into_iter().filter_map(divided).find(enough).unwrap_or(native)
    }
}

impl Order {
    fn maker(self, source: Source, next: Vec<Arc<Maker>>, workers: &Arc<Workers>) -> Result<Arc<Maker>> {
        let state = State { waiting: VecDeque::with_capacity(WAITING + 1), scheduled: false };
        // Those that wait in surfaces and makers, one in each consumer's hands, and one on its way: a
        // stream whose consumers keep no more allocates nothing once it runs.
        let surfaces = self.feeds.iter().map(|feed| feed.surface().map_or(1, |surface| surface.capacity() + 1));
        let usual = surfaces.sum::<usize>() + next.len() * (WAITING + 1) + 1;
        Ok(Arc::new(Maker {
            bench: Bench::new(source, self.wanted, usual)?,
            feeds: self.feeds,
            next,
            workers: workers.clone(),
            state: Mutex::new(state),
        }))
    }
}

impl Maker {
    /// Does anyone want what is made of a frame of this time?
    pub(super) fn is_wanted(&self, timestamp_ns: i64) -> bool {
        self.feeds.iter().any(|feed| feed.wants(timestamp_ns))
            || self.next.iter().any(|next| next.is_wanted(timestamp_ns))
    }

    /// A frame of the source arrives. Never blocks.
    pub(super) fn push(self: &Arc<Self>, frame: &Frame) {
        if !self.is_wanted(frame.info().timestamp_ns) {
            return;
        }
        let mut given_up = None;
        let mut state = self.state.lock();
        if state.waiting.len() == WAITING {
            given_up = state.waiting.pop_front();
        }
        state.waiting.push_back(frame.clone());
        let run = !std::mem::replace(&mut state.scheduled, true);
        drop(state);
        if let Some(frame) = given_up {
            self.missed(&frame, &|ledger| ledger.dropped(1));
        }
        if run {
            self.workers.submit(self.clone());
        }
    }

    /// A frame is not made for anyone, for the reason that `count` counts.
    fn missed(&self, frame: &Frame, count: &dyn Fn(&Ledger)) {
        self.feeds.iter().for_each(|feed| feed.missed(frame.info().timestamp_ns, count));
        self.next.iter().for_each(|next| next.missed(frame, count));
    }

    fn make(&self, frame: &Frame) {
        // As many results may be held as surfaces and consumers keep, or wait to be gone on with,
        // and one on its way.
        let kept: usize = self.feeds.iter().map(|feed| feed.most_frames()).sum();
        match self.bench.make(frame, kept + self.next.len() * (WAITING + 1) + 1) {
            Ok(Some(made)) => {
                self.next.iter().for_each(|next| next.push(&made));
                self.feeds.iter().for_each(|feed| feed.deliver(made.clone()));
            }
            Ok(None) => self.missed(frame, &|ledger| ledger.dropped(1)),
            Err(_) => self.missed(frame, &|ledger| ledger.corrupt()),
        }
    }
}

impl Run for Maker {
    /// One frame, then to the back of the line: no output keeps a thread.
    fn run(self: Arc<Self>) {
        let frame = self.state.lock().waiting.pop_front();
        if let Some(frame) = frame {
            self.make(&frame);
        }
        let mut state = self.state.lock();
        state.scheduled = !state.waiting.is_empty();
        let more = state.scheduled;
        drop(state);
        if more {
            let workers = self.workers.clone();
            workers.submit(self);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::format::Profile;
    use crate::output::Output;
    use crate::runtime::{Mode, Runtime};

    const HD: Size = Size::new(1280, 720);

    fn makers(native: PixelFormat, wanted: &[(PixelFormat, Size, bool)]) -> Vec<Arc<Maker>> {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        let mut orders = Orders::default();
        for &(format, size, cropped) in wanted {
            let profile = Profile { format, size, rates: None };
            let output = Output::new(&runtime, Kind::Preview, profile, None).unwrap();
            let want = Want::plain(Kind::Preview, profile, None);
            let crop = cropped.then_some(Crop { x: 160, y: 0, size: Size::new(960, 720) });
            let way = Way::Make { decode: native.is_jpeg(), crop, scale: true, convert: true, encode: false };
            assert!(orders.add(&want, &way, &Feed::new(output)));
        }
        let source = Source { format: native, size: HD, colour: Colour::JFIF };
        let makers = orders.makers(source, &runtime.makers).unwrap();
        runtime.shut_down();
        makers
    }

    /// The size that is decoded to, and how many results are made from it.
    fn decoded(wanted: &[(PixelFormat, Size, bool)]) -> (Size, usize, usize) {
        let makers = makers(PixelFormat::MJPEG, wanted);
        assert_eq!(makers.len(), 1, "one picture is decoded once");
        let recipe = makers[0].bench.converter.lock().recipe().target;
        assert_eq!(recipe.format, PixelFormat::I420);
        (recipe.size, makers[0].next.len(), makers[0].feeds.len())
    }

    #[test]
    fn each_distinct_result_is_made_once_and_pictures_are_decoded_once() {
        let (half, quarter) = (Size::new(640, 360), Size::new(320, 180));
        let nv12 = |size| (PixelFormat::NV12, size, false);
        assert_eq!(makers(PixelFormat::YUYV, &[nv12(half), nv12(half), nv12(HD)]).len(), 2);
        assert_eq!(makers(PixelFormat::MJPEG, &[nv12(half), nv12(half)]).len(), 1);
        assert_eq!(decoded(&[nv12(half), nv12(HD)]), (HD, 2, 0));
        assert_eq!(decoded(&[nv12(half), (PixelFormat::I420, HD, false)]), (HD, 1, 1));
        assert_eq!(decoded(&[nv12(half), nv12(quarter)]), (half, 2, 0), "no more than is needed");
        assert_eq!(decoded(&[nv12(quarter), (PixelFormat::NV21, quarter, false)]).0, quarter);
        assert_eq!(
            decoded(&[nv12(quarter), (PixelFormat::NV12, Size::new(320, 240), true)]).0,
            HD,
            "cut from the whole"
        );
    }
}
