//! The way of frames to one output's surface: whether it runs, what it got, and the events and
//! counts of its run.

use crate::error::Error;
use crate::frame::Frame;
use crate::ledger::Ledger;
use crate::output::Output;
use crate::output::events::OutputEvent;
use crate::surface::{Sender, Surface};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex};

#[derive(Default)]
struct Run {
    running: bool,
    /// Has the stream brought a frame since the run began? Numbers that are missing before it
    /// were not meant for this run.
    seen: bool,
    /// Frames sent to the surface; the first one began the run for the application.
    frames: u64,
}

/// Frames of one output, a preview or a video.
pub(super) struct Feed {
    output: Arc<Output>,
    sender: Sender,
    /// `running`, to look at without the lock.
    active: AtomicBool,
    /// Held while a frame is sent, so that none comes after the end of the run.
    run: Mutex<Run>,
}

impl Feed {
    pub(super) fn new(output: Arc<Output>) -> Arc<Feed> {
        let sender = output.sender();
        Arc::new(Feed { output, sender, active: AtomicBool::new(false), run: Mutex::default() })
    }

    pub(super) fn is_active(&self) -> bool {
        self.active.load(Ordering::Acquire)
    }

    /// Begins a run; false when one is under way.
    pub(super) fn start(&self) -> bool {
        let mut run = self.run.lock();
        if run.running {
            return false;
        }
        *run = Run { running: true, ..Run::default() };
        self.active.store(true, Ordering::Release);
        true
    }

    /// Ends the run; false when there is none. No frame is sent once this returns.
    pub(super) fn stop(&self) -> bool {
        let mut run = self.run.lock();
        self.active.store(false, Ordering::Release);
        self.end(&mut run);
        std::mem::replace(&mut run.running, false)
    }

    /// The stream ended by itself. When another one flows, a new run begins with its first frame.
    pub(super) fn fail(&self, error: &Error) {
        let mut run = self.run.lock();
        if run.running {
            self.output.events().emit(OutputEvent::Failed(error.clone()));
            self.end(&mut run);
        }
    }

    fn end(&self, run: &mut Run) {
        let frames = std::mem::take(&mut run.frames);
        run.seen = false;
        if frames > 0 {
            self.output.events().emit(OutputEvent::FrameEnd { frames });
        }
    }

    /// The stream brought a frame, damaged or not, and before it lost this many.
    pub(super) fn arrived(&self, lost: u64) {
        let mut run = self.run.lock();
        if run.running && std::mem::replace(&mut run.seen, true) && lost > 0 {
            self.count(|ledger| ledger.lost(lost));
        }
    }

    /// A frame that arrived does not reach the surface, for the reason that `count` counts.
    pub(super) fn missed(&self, count: impl Fn(&Ledger)) {
        if self.is_active() {
            self.count(count);
        }
    }

    /// Sends a frame to the surface, if the output runs.
    pub(super) fn deliver(&self, frame: Frame) {
        let mut run = self.run.lock();
        if !run.running {
            return;
        }
        if run.frames == 0 {
            let timestamp_ns = frame.info().timestamp_ns;
            self.output.events().emit(OutputEvent::FrameStart { timestamp_ns });
        }
        run.frames += 1;
        if let Some(surface) = self.surface() {
            surface.push(frame, &self.sender);
        }
    }

    fn count(&self, count: impl Fn(&Ledger)) {
        match self.surface() {
            Some(surface) => surface.count(&self.sender, count),
            None => count(self.output.ledger()),
        }
    }

    pub(super) fn surface(&self) -> Option<Arc<Surface>> {
        self.output.surface()
    }

    /// Frames that the surface and its consumer may keep.
    pub(super) fn most_frames(&self) -> usize {
        self.surface().map_or(0, |surface| surface.most_frames())
    }
}
