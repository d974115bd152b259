//! Photos: what is asked for, what comes of it, and who is told.

use super::events::OutputEvent;
use super::save;
use crate::backend::{CameraFacts, Exposure};
use crate::error::{Error, Result};
use crate::format::{Colour, Layout, PixelFormat, Size};
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::image::exif::{Exif, Location, Moment};
use crate::image::jpeg::{self, Encoder, Request};
use crate::image::recipe::Rotation;
use crate::ledger::{self, Ledger};
use crate::runtime::clock::now_ns;
use crate::runtime::{Listeners, Runtime, SerialQueue};
use crate::surface::{Sender, Surface};
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, Condvar, Mutex};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// How much a photo may be compressed. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(i32)]
pub(crate) enum Quality {
    /// Hardly any visible loss.
    #[default]
    High = 0,
    /// About half the bytes.
    Medium = 1,
    /// Small.
    Low = 2,
}

impl Quality {
    /// libjpeg's quality, 1 to 100.
    fn percent(self) -> u8 {
        match self {
            Quality::High => 95,
            Quality::Medium => 85,
            Quality::Low => 65,
        }
    }
}

/// What a capture asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct PhotoSettings {
    /// Compression.
    pub quality: Quality,
    /// How the picture is laid down.
    pub pose: Pose,
    /// Goes into the file.
    pub location: Option<Location>,
}

/// How a picture is laid down: turned, then mirrored left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pose {
    pub rotation: Rotation,
    pub mirror: bool,
}

impl Pose {
    pub(crate) const UPRIGHT: Pose = Pose { rotation: Rotation::None, mirror: false };
}

impl Default for Pose {
    fn default() -> Self {
        Pose::UPRIGHT
    }
}

/// An encoded picture.
#[derive(Debug)]
pub(crate) struct Photo {
    /// Number of the capture, from 1, of its output.
    pub capture_id: u32,
    /// Size in pixels.
    pub size: Size,
    /// When the frame was taken: CLOCK_MONOTONIC in nanoseconds.
    pub timestamp_ns: i64,
    /// The captured frame's number in its stream.
    pub sequence: u64,
    /// The JPEG file.
    pub data: Vec<u8>,
}

impl Photo {
    /// Writes the file, replacing one that is there; when this fails that one stays as it was.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        save::replace(path, &self.data)
    }

    /// The picture as a frame, for a surface.
    fn to_frame(&self) -> Frame {
        let pool = HeapPool::new(1, &[self.data.len()]);
        let (_, mut lease) = pool.take().expect("a new pool has its buffer");
        lease.bytes_mut(0).copy_from_slice(&self.data);
        lease.into_frame(FrameInfo {
            format: PixelFormat::JPEG,
            size: self.size,
            layout: Layout::compressed(self.data.len()),
            sequence: self.sequence,
            timestamp_ns: self.timestamp_ns,
            flags: FrameInfo::KEYFRAME,
            colour: Colour::JFIF,
        })
    }
}

/// Where a thread waits for its photo.
#[derive(Default)]
pub(crate) struct Reply {
    result: Mutex<Option<Result<Arc<Photo>>>>,
    arrived: Condvar,
}

impl Reply {
    /// Waits for the photo; 7400201 when it does not come in time.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> Result<Arc<Photo>> {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        let mut result = self.result.lock();
        loop {
            if let Some(result) = result.take() {
                return result;
            }
            match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => self.arrived.wait(&mut result),
                Some(Duration::ZERO) => {
                    return Err(Error::fatal(format!(
                        "no photo within {} ms: wait longer, a camera may need a second to start; the capture goes on, and its photo goes to the listeners",
                        timeout.unwrap_or_default().as_millis()
                    )));
                }
                Some(left) => {
                    self.arrived.wait_for(&mut result, left);
                }
            }
        }
    }

    fn set(&self, value: Result<Arc<Photo>>) {
        *self.result.lock() = Some(value);
        self.arrived.notify_all();
    }
}

/// Makes photos of one output's frames: knows the plan and the camera.
pub(crate) trait Darkroom: Send + Sync {
    /// The frame that is encoded for a photo in this pose, and what its YUV means; no frame: the
    /// captured one as it is.
    fn prepare(&self, frame: &Frame, pose: Pose) -> Result<(Option<Frame>, Colour)>;

    /// What made the camera, what it is called, and how it exposes now, as far as it tells.
    fn camera(&self) -> (CameraFacts, Exposure);
}

/// The time of day at a time of CLOCK_MONOTONIC.
fn wall_time(timestamp_ns: i64) -> SystemTime {
    let now = SystemTime::now();
    let age = Duration::from_nanos(ledger::age(now_ns(), timestamp_ns));
    now.checked_sub(age).unwrap_or(now)
}

/// A photo that was asked for. Whatever happens to it, whoever waits is told once, and its last
/// event is its end.
pub(crate) struct Capture {
    part: Arc<PartShared>,
    id: u32,
    settings: PhotoSettings,
    reply: Option<Arc<Reply>>,
    /// Where the picture goes besides.
    surface: Option<Arc<Surface>>,
    tag: u64,
    done: bool,
}

impl Capture {
    /// The capture failed or was cancelled. It is told behind the photos that are being encoded.
    pub(crate) fn fail(mut self, error: Error) {
        self.part.ledger.dropped(1);
        let queue = self.part.queue.clone();
        queue.push(move || self.finish(Err(error)));
    }

    /// Encodes the frame on a worker, or what the darkroom makes of it, and tells everyone.
    pub(crate) fn take(mut self, frame: Frame, darkroom: Arc<dyn Darkroom>) {
        let timestamp_ns = frame.info().timestamp_ns;
        self.part.events.emit(OutputEvent::FrameShutter { capture_id: self.id, timestamp_ns });
        let queue = self.part.queue.clone();
        queue.push(move || {
            let photo = self.develop(&frame, &*darkroom);
            if photo.is_err() {
                self.part.ledger.corrupt();
            }
            // The device's buffer is free again before anyone looks at the picture.
            drop(frame);
            self.finish(photo);
        });
    }

    fn develop(&self, frame: &Frame, darkroom: &dyn Darkroom) -> Result<Arc<Photo>> {
        let ledger = &self.part.ledger;
        if frame.info().flags & FrameInfo::COPIED != 0 {
            ledger.copied();
        }
        let (made, colour) = darkroom.prepare(frame, self.settings.pose)?;
        let source = made.as_ref().unwrap_or(frame);
        let (camera, exposure) = darkroom.camera();
        let exif = Exif {
            make: camera.make,
            model: camera.model,
            software: Some(format!("camera-session {}", env!("CARGO_PKG_VERSION"))),
            taken: Some(Moment::local(wall_time(frame.info().timestamp_ns))),
            exposure: exposure.time,
            iso: exposure.iso,
            location: self.settings.location,
        };
        let request = Request { quality: self.settings.quality.percent(), colour, exif: Some(&exif) };
        let mut data = Vec::new();
        if self.part.encoder.lock().encode(source, &request, &mut data)? == jpeg::Way::Encoded {
            ledger.converted();
        }
        let info = frame.info();
        Ok(Arc::new(Photo {
            capture_id: self.id,
            // A picture that the camera itself encoded may differ from what was agreed on.
            size: jpeg::dimensions(&data)?,
            timestamp_ns: info.timestamp_ns,
            sequence: info.sequence,
            data,
        }))
    }

    fn finish(&mut self, result: Result<Arc<Photo>>) {
        if std::mem::replace(&mut self.done, true) {
            return;
        }
        if let Ok(photo) = &result {
            self.part.ledger.delivered(ledger::age(now_ns(), photo.timestamp_ns));
        }
        if let Some(reply) = &self.reply {
            reply.set(result.clone());
        }
        if let (Ok(photo), Some(surface)) = (&result, self.surface.take()) {
            // The output has counted it.
            surface.push(photo.to_frame(), &Sender { tag: self.tag, ledger: None });
        }
        let (event, frames) = match result {
            Ok(photo) => (OutputEvent::PhotoAvailable(photo), 1),
            Err(error) => (OutputEvent::CaptureFailed { capture_id: self.id, error }, 0),
        };
        self.part.events.emit(event);
        self.part.events.emit(OutputEvent::CaptureEnd { capture_id: self.id, frames });
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.finish(Err(Error::fatal(
            "the capture ended without a photo: a defect in camera-session, please report it",
        )));
    }
}

struct PartShared {
    /// Encodes one photo after the other, so that they arrive in the order of the captures.
    queue: Arc<SerialQueue>,
    encoder: Mutex<Encoder>,
    events: Arc<Listeners<OutputEvent>>,
    ledger: Arc<Ledger>,
}

/// What a photo output has beside the rest.
pub(crate) struct PhotoPart {
    shared: Arc<PartShared>,
    captures: AtomicU64,
}

impl PhotoPart {
    pub(super) fn new(runtime: &Runtime, events: Arc<Listeners<OutputEvent>>, ledger: Arc<Ledger>) -> Self {
        let shared =
            PartShared { queue: runtime.serial_queue(), encoder: Mutex::new(Encoder::default()), events, ledger };
        PhotoPart { shared: Arc::new(shared), captures: AtomicU64::new(0) }
    }

    /// The output is released: who listens hears what became of its captures, and no more.
    pub(super) fn end_events(&self) {
        let shared = self.shared.clone();
        self.shared.queue.push(move || shared.events.end_behind());
    }

    /// A capture with the next number, which begins now; `reply` is told first.
    pub(super) fn capture(
        &self,
        settings: PhotoSettings,
        reply: Option<Arc<Reply>>,
        surface: Option<Arc<Surface>>,
        tag: u64,
    ) -> Capture {
        let id = (self.captures.fetch_add(1, Ordering::Relaxed) + 1) as u32;
        self.shared.events.emit(OutputEvent::CaptureStart { capture_id: id, timestamp_ns: now_ns() });
        Capture { part: self.shared.clone(), id, settings, reply, surface, tag, done: false }
    }
}
