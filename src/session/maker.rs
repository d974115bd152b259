//! Frames that have to be made: decoded, cropped, scaled, converted. Off the reactor thread, once
//! for each distinct result, however many outputs want it.

use super::plan::{Crop, Plan, Want, Way};
use crate::error::{Error, Result};
use crate::format::{Colour, PixelFormat, Size};
use crate::frame::{Frame, HeapPool};
use crate::image::{self, Converter, Recipe, Rect, target_layout};
use crate::output::{Kind, Output};
use crate::runtime::{Run, Workers};
use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::sync::{Arc, Mutex};
use std::collections::VecDeque;

/// Frames that wait to be made, beside the one that is being made: more would only be older.
const WAITING: usize = 2;

/// What is to be made of native frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    crop: Option<Crop>,
    format: PixelFormat,
    size: Size,
}

impl Wanted {
    /// What the output wants made; `None` when it takes frames as they are, or a photo that can
    /// be encoded from them at once.
    pub(super) fn of(want: &Want, way: &Way) -> Option<Wanted> {
        let Way::Make { decode, crop, scale, .. } = *way else { return None };
        let Kind::Photo = want.kind else {
            return Some(Wanted { crop, format: want.profile.format, size: want.profile.size });
        };
        let prepared = decode || crop.is_some() || scale;
        prepared.then_some(Wanted { crop, format: PixelFormat::I420, size: want.profile.size })
    }
}

/// A converter with the memory for its results.
pub(super) struct Bench {
    converter: Mutex<Converter>,
    pool: Arc<HeapPool>,
}

impl Bench {
    pub(super) fn new(plan: &Plan, wanted: Wanted) -> Result<Arc<Bench>> {
        // What the YUV of a camera means is not known here; pictures in JPEG files have full range.
        let colour = if plan.format.is_jpeg() { Colour::JFIF } else { Colour::BT601_LIMITED };
        let kind = |format, size| image::Kind { format, size, colour };
        let mut recipe = Recipe::plain(kind(plan.format, plan.size), kind(wanted.format, wanted.size));
        if let Some(crop) = wanted.crop {
            recipe.crop = Rect { x: crop.x, y: crop.y, size: crop.size };
        }
        let converter = Converter::new(recipe)?;
        let layout = target_layout(wanted.format, wanted.size)
            .ok_or_else(|| Error::fatal(format!("no frame of {} {} fits in memory", wanted.format, wanted.size)))?;
        let lengths: Vec<_> = (0..layout.memory_count()).map(|memory| layout.memory_length(memory)).collect();
        Ok(Arc::new(Bench { converter: Mutex::new(converter), pool: HeapPool::new(0, &lengths) }))
    }

    /// Makes the frame. `None` when consumers hold as many results as there may be.
    pub(super) fn make(&self, frame: &Frame, most: usize) -> Result<Option<Frame>> {
        let Some(lease) = self.pool.take_or_grow(most) else { return Ok(None) };
        self.converter.lock().run(frame, lease).map(Some)
    }

    /// Makes the frame for a photo, of which few exist at a time.
    pub(super) fn prepare(&self, frame: &Frame) -> Result<Frame> {
        self.make(frame, 64)?.ok_or_else(|| Error::fatal("too many photos are being encoded at the same time"))
    }
}

/// An output that wants the result, while its flag is set.
pub(super) struct Target {
    pub(super) output: Arc<Output>,
    pub(super) active: Arc<AtomicBool>,
}

struct State {
    waiting: VecDeque<Frame>,
    scheduled: bool,
}

/// Makes one result for every output that wants it.
pub(super) struct Maker {
    bench: Arc<Bench>,
    targets: Vec<Target>,
    workers: Arc<Workers>,
    state: Mutex<State>,
    /// Frames that were not made because making took too long.
    late: AtomicU64,
    /// Frames that could not be made: damaged pictures.
    failed: AtomicU64,
}

impl Maker {
    pub(super) fn new(bench: Arc<Bench>, targets: Vec<Target>, workers: Arc<Workers>) -> Arc<Maker> {
        let state = State { waiting: VecDeque::with_capacity(WAITING + 1), scheduled: false };
        Arc::new(Maker {
            bench,
            targets,
            workers,
            state: Mutex::new(state),
            late: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        })
    }

    /// A native frame arrives. Never blocks.
    pub(super) fn push(self: &Arc<Self>, frame: &Frame) {
        if !self.targets.iter().any(|target| target.active.load(Ordering::Acquire)) {
            return;
        }
        let mut given_up = None;
        let mut state = self.state.lock();
        if state.waiting.len() == WAITING {
            given_up = state.waiting.pop_front();
            self.late.fetch_add(1, Ordering::Relaxed);
        }
        state.waiting.push_back(frame.clone());
        let run = !std::mem::replace(&mut state.scheduled, true);
        drop(state);
        drop(given_up);
        if run {
            self.workers.submit(self.clone());
        }
    }

    fn deliver(&self, frame: &Frame) {
        // As many results may be held as surfaces and consumers keep, and one on its way.
        let surfaces = self.targets.iter().filter_map(|target| target.output.surface());
        let most = surfaces.map(|surface| surface.most_frames()).sum::<usize>() + 1;
        match self.bench.make(frame, most) {
            Ok(Some(made)) => {
                for target in &self.targets {
                    if target.active.load(Ordering::Acquire)
                        && let Some(surface) = target.output.surface()
                    {
                        surface.push(made.clone(), target.output.tag());
                    }
                }
            }
            Ok(None) => {
                self.late.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl Run for Maker {
    /// One frame, then to the back of the line: no output keeps a thread.
    fn run(self: Arc<Self>) {
        let frame = self.state.lock().waiting.pop_front();
        if let Some(frame) = frame {
            self.deliver(&frame);
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
