//! What an output tells about itself.

use super::photo::Photo;
use crate::detector::Object;
use crate::error::Error;
use crate::sync::Arc;

/// An event of an output. Those of one output are told in the order in which they happened.
#[derive(Debug, Clone)]
pub(crate) enum OutputEvent {
    /// The first frame of a run of a preview or a video.
    FrameStart {
        /// Its time, CLOCK_MONOTONIC in nanoseconds.
        timestamp_ns: i64,
    },
    /// The end of a run that had begun: always the last event of the run.
    FrameEnd {
        /// Frames that were sent to the output's surface.
        frames: u64,
    },
    /// The run failed.
    Failed(Error),
    /// A capture is under way.
    CaptureStart { capture_id: u32, timestamp_ns: i64 },
    /// Its frame was taken.
    FrameShutter { capture_id: u32, timestamp_ns: i64 },
    /// Its photo is there.
    PhotoAvailable(Arc<Photo>),
    /// There is no photo: a capture that was cancelled or failed.
    CaptureFailed { capture_id: u32, error: Error },
    /// Always the last event of a capture.
    CaptureEnd {
        capture_id: u32,
        /// Photos: one, or none when it failed.
        frames: u64,
    },
    /// Things were found in a frame.
    Objects(Vec<Object>),
}
