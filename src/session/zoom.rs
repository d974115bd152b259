//! Zoom for cameras that cannot: a smaller part of each picture, enlarged to the whole, before it goes
//! to the outputs. They get frames of the camera's own format and size all the same.
//!
//! Until somebody zooms, frames do not pass here. From then on all of them do until the next start of
//! the stream, zoomed or not, so that none overtakes another.

use super::maker::Source;
use super::plan::Crop;
use super::router::Router;
use crate::error::{Error, Result};
use crate::format::{Layout, PixelFormat, Size};
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::image::jpeg::{Encoder, Request};
use crate::image::{Converter, Kind, Recipe, Rect, can_convert, target_layout};
use crate::runtime::{Run, Workers};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex};
use std::collections::VecDeque;

/// Frames that wait to be zoomed, beside the one that is: more would only be older.
const WAITING: usize = 2;
/// The largest ratio: beyond, pixels are seen and not pictures.
pub(super) const LARGEST: f64 = 8.0;
/// The smallest part that is shown, in pixels of each direction.
pub(super) const LEAST: u32 = 32;
/// Of pictures that are compressed again.
const QUALITY: u32 = 90;

/// The largest zoom of a camera that gives these frames; 1 when they cannot be made again.
pub(super) fn largest(format: PixelFormat, size: Size) -> f64 {
    if !can_zoom(format) {
        return 1.0;
    }
    let least = size.width.min(size.height);
    (f64::from(least) / f64::from(LEAST)).clamp(1.0, LARGEST)
}

fn can_zoom(format: PixelFormat) -> bool {
    format.is_jpeg() || can_convert(format, format)
}

/// The part of a picture that is shown at this ratio, in the middle; `None`: all of it.
fn part(size: Size, ratio: f64) -> Option<Crop> {
    // Even, so that chroma stays in place.
    let shown = |whole: u32| ((f64::from(whole) / ratio / 2.0).round() as u32 * 2).clamp(2, whole.max(2));
    let before = |whole: u32, shown: u32| whole.saturating_sub(shown) / 4 * 2;
    let shown = Size::new(shown(size.width), shown(size.height));
    if ratio <= 1.0 || shown == size || shown.width > size.width || shown.height > size.height {
        return None;
    }
    Some(Crop { x: before(size.width, shown.width), y: before(size.height, shown.height), size: shown })
}

#[derive(Default)]
struct State {
    part: Option<Crop>,
    waiting: VecDeque<Frame>,
    scheduled: bool,
    /// Grows with every start of the stream: frames of the one before go nowhere.
    flow: u64,
}

/// What zoomed frames are made with; used in the turn of one thread.
struct Bench {
    converter: Option<(Crop, Converter)>,
    results: Arc<HeapPool>,
    /// Of compressed pictures: what is encoded, and its encoder.
    decoded: Arc<HeapPool>,
    encoder: Encoder,
    jpeg: Vec<u8>,
}

/// The zoom of one stream.
pub(super) struct Zoomer {
    source: Source,
    workers: Arc<Workers>,
    in_use: AtomicBool,
    state: Mutex<State>,
    bench: Mutex<Bench>,
}

impl Zoomer {
    pub(super) fn new(source: Source, workers: Arc<Workers>) -> Zoomer {
        let Source { format, size, .. } = source;
        let lengths = |format| {
            let layout = target_layout(format, size);
            layout.map_or(Vec::new(), |layout| vec![layout.memory_length(0)])
        };
        // More than compressing leaves of a picture.
        let compressed = || vec![(size.width as usize * size.height as usize).saturating_mul(2).max(1 << 16)];
        let (results, decoded) = match format.is_jpeg() {
            true => (compressed(), lengths(PixelFormat::I420)),
            false => (lengths(format), Vec::new()),
        };
        let bench = Bench {
            converter: None,
            results: HeapPool::new(0, &results),
            decoded: HeapPool::new(0, &decoded),
            encoder: Encoder::default(),
            jpeg: Vec::new(),
        };
        Zoomer { source, workers, in_use: AtomicBool::new(false), state: Mutex::default(), bench: Mutex::new(bench) }
    }

    /// Shows this much from the next frame on.
    pub(super) fn set(&self, ratio: f64) -> Result<()> {
        let part = part(self.source.size, ratio);
        if part.is_some() {
            if !can_zoom(self.source.format) {
                return Err(Error::not_allowed(format!("frames of {} cannot be zoomed", self.source.format)));
            }
            self.workers.ready()?;
            self.in_use.store(true, Ordering::Release);
        }
        self.state.lock().part = part;
        Ok(())
    }

    /// The stream begins to flow.
    pub(super) fn begin(&self) {
        let mut state = self.state.lock();
        state.flow += 1;
        let old = std::mem::take(&mut state.waiting);
        self.in_use.store(state.part.is_some(), Ordering::Release);
        drop(state);
        drop(old);
    }

    /// Takes a frame, to hand it to the router's outputs later; gives it back when it need not. What had
    /// to go for it comes with it.
    pub(super) fn take(&self, frame: Frame, router: &Arc<Router>) -> Passed {
        if !self.in_use.load(Ordering::Acquire) {
            return Passed::Through(frame);
        }
        let mut state = self.state.lock();
        let given_up = if state.waiting.len() == WAITING { state.waiting.pop_front() } else { None };
        state.waiting.push_back(frame);
        let run = !std::mem::replace(&mut state.scheduled, true);
        drop(state);
        if run {
            self.workers.submit(router.clone());
        }
        Passed::Taken { given_up }
    }

    fn next(&self) -> Option<(Frame, Option<Crop>, u64)> {
        let mut state = self.state.lock();
        let frame = state.waiting.pop_front()?;
        Some((frame, state.part, state.flow))
    }

    fn is_of_this_flow(&self, flow: u64) -> bool {
        self.state.lock().flow == flow
    }

    /// Does another frame wait? If not, the next one has this called again.
    fn goes_on(&self) -> bool {
        let mut state = self.state.lock();
        state.scheduled = !state.waiting.is_empty();
        state.scheduled
    }

    /// The part of the frame, as a frame of the same kind. `None` when consumers hold as many as there
    /// may be.
    fn zoomed(&self, frame: &Frame, part: Crop, most: usize) -> Result<Option<Frame>> {
        let mut bench = self.bench.lock();
        let bench = &mut *bench;
        let Source { format, size, colour } = self.source;
        let compressed = format.is_jpeg();
        let (target, pool) = if compressed { (PixelFormat::I420, &bench.decoded) } else { (format, &bench.results) };
        if bench.converter.as_ref().is_none_or(|(known, _)| *known != part) {
            let kind = |format| Kind { format, size, colour };
            let mut recipe = Recipe::plain(kind(format), kind(target));
            recipe.crop = Rect { x: part.x, y: part.y, size: part.size };
            bench.converter = Some((part, Converter::new(recipe)?));
        }
        let Some((_, converter)) = &mut bench.converter else { return Ok(None) };
        let Some(lease) = pool.take_or_grow(if compressed { 1 } else { most }) else { return Ok(None) };
        let made = converter.run(frame, lease)?;
        if !compressed {
            return Ok(Some(made));
        }
        let request = Request { quality: QUALITY as _, colour, exif: None };
        bench.encoder.encode(&made, &request, &mut bench.jpeg)?;
        let Some(mut lease) = bench.results.take_or_grow(most) else { return Ok(None) };
        let bytes = lease.bytes_mut(0);
        let room = bytes.get_mut(..bench.jpeg.len());
        let room = room.ok_or_else(|| Error::fatal("a zoomed picture is larger than any"))?;
        room.copy_from_slice(&bench.jpeg);
        let flags = made.info().flags | FrameInfo::KEYFRAME;
        Ok(Some(lease.into_frame(FrameInfo { layout: Layout::compressed(bench.jpeg.len()), flags, ..*frame.info() })))
    }
}

/// What became of a frame that was to be zoomed.
pub(super) enum Passed {
    /// It need not be: on with it.
    Through(Frame),
    /// It comes later; this one does not.
    Taken { given_up: Option<Frame> },
}

impl Run for Router {
    /// Zooms one frame, then to the back of the line: no stream keeps a thread.
    fn run(self: Arc<Self>) {
        if let Some((frame, part, flow)) = self.zoomer.next() {
            let timestamp_ns = frame.info().timestamp_ns;
            let most = self.most_frames() + WAITING + 1;
            let zoomed = match part {
                None => Ok(Some(frame)),
                Some(part) => self.zoomer.zoomed(&frame, part, most),
            };
            match zoomed {
                _ if !self.zoomer.is_of_this_flow(flow) => {}
                Ok(Some(frame)) => self.pass_on(frame),
                Ok(None) => self.missed(timestamp_ns, |ledger| ledger.dropped(1)),
                Err(_) => self.missed(timestamp_ns, |ledger| ledger.corrupt()),
            }
        }
        if self.zoomer.goes_on() {
            let workers = self.zoomer.workers.clone();
            workers.submit(self);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_part_is_in_the_middle_and_even() {
        let size = Size::new(640, 480);
        assert_eq!(part(size, 1.0), None);
        assert_eq!(part(size, 0.5), None);
        assert_eq!(part(size, 1.001), None, "not a pixel less");
        let at = |ratio| part(size, ratio).map(|crop| (crop.x, crop.y, crop.size.width, crop.size.height));
        assert_eq!(at(2.0), Some((160, 120, 320, 240)));
        assert_eq!(at(8.0), Some((280, 210, 80, 60)));
        for tenth in 10..80 {
            let Some(Crop { x, y, size: shown }) = part(size, f64::from(tenth) / 10.0) else { continue };
            assert!([x, y, shown.width, shown.height].iter().all(|number| number.is_multiple_of(2)));
            assert!(x + shown.width <= size.width && y + shown.height <= size.height);
        }
        assert_eq!(part(Size::new(1, 1), 4.0), None);
    }

    #[test]
    fn small_pictures_are_zoomed_less() {
        assert_eq!(largest(PixelFormat::YUYV, Size::new(640, 480)), LARGEST);
        assert_eq!(largest(PixelFormat::MJPEG, Size::new(128, 64)), 2.0);
        assert_eq!(largest(PixelFormat::YUYV, Size::new(16, 16)), 1.0);
        assert_eq!(largest(PixelFormat::from_fourcc(*b"H264"), Size::new(640, 480)), 1.0);
    }
}
