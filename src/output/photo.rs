//! Photos: what is asked for, what comes of it, and who is told.

use crate::error::{Error, Result};
use crate::format::{Colour, Layout, PixelFormat, Size};
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::image::jpeg::{self, Encoder, Request};
use crate::runtime::{Listeners, Runtime, SerialQueue};
use crate::surface::Surface;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PhotoSettings {
    /// Compression.
    pub quality: Quality,
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
        })
    }
}

/// What became of a capture.
#[derive(Debug, Clone)]
pub(crate) enum PhotoEvent {
    Available(Arc<Photo>),
    Failed { capture_id: u32, error: Error },
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

/// A photo that was asked for. Whatever happens to it, whoever waits is told once.
pub(crate) struct Capture {
    part: Arc<PartShared>,
    id: u32,
    settings: PhotoSettings,
    reply: Option<Arc<Reply>>,
    /// Where the picture goes besides, and for which output's tag.
    surface: Option<(Arc<Surface>, u64)>,
    done: bool,
}

impl Capture {
    /// The capture failed or was cancelled.
    pub(crate) fn fail(mut self, error: Error) {
        self.finish(Err(error));
    }

    /// Encodes the frame on a worker, or what `prepare` makes of it, and tells everyone.
    pub(crate) fn take(mut self, frame: Frame, prepare: impl FnOnce(&Frame) -> Result<Option<Frame>> + Send + 'static) {
        let queue = self.part.queue.clone();
        queue.push(move || {
            // What a driver's YUV means is not known here; what was decoded from JPEG has full range.
            let colour = if frame.info().format.is_jpeg() { Colour::JFIF } else { Colour::BT601_LIMITED };
            let photo = prepare(&frame).and_then(|made| self.encode(made.as_ref().unwrap_or(&frame), colour));
            // The device's buffer is free again before anyone looks at the picture.
            drop(frame);
            self.finish(photo);
        });
    }

    fn encode(&self, frame: &Frame, colour: Colour) -> Result<Arc<Photo>> {
        let mut data = Vec::new();
        let request = Request { quality: self.settings.quality.percent(), colour, exif: None };
        self.part.encoder.lock().encode(frame, &request, &mut data)?;
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
        if let Some(reply) = &self.reply {
            reply.set(result.clone());
        }
        if let (Ok(photo), Some((surface, tag))) = (&result, self.surface.take()) {
            surface.push(photo.to_frame(), tag);
        }
        self.part.events.emit(match result {
            Ok(photo) => PhotoEvent::Available(photo),
            Err(error) => PhotoEvent::Failed { capture_id: self.id, error },
        });
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
    events: Listeners<PhotoEvent>,
}

/// What a photo output has beside the rest.
pub(crate) struct PhotoPart {
    shared: Arc<PartShared>,
    captures: AtomicU64,
}

impl PhotoPart {
    pub(super) fn new(runtime: &Runtime) -> Self {
        let shared = PartShared {
            queue: runtime.serial_queue(),
            encoder: Mutex::new(Encoder::default()),
            events: Listeners::new(runtime.dispatcher.clone()),
        };
        PhotoPart { shared: Arc::new(shared), captures: AtomicU64::new(0) }
    }

    /// Who is told about photos.
    pub(crate) fn events(&self) -> &Listeners<PhotoEvent> {
        &self.shared.events
    }

    /// A capture with the next number; `reply` is told first.
    pub(super) fn capture(
        &self,
        settings: PhotoSettings,
        reply: Option<Arc<Reply>>,
        surface: Option<(Arc<Surface>, u64)>,
    ) -> Capture {
        let number = self.captures.fetch_add(1, Ordering::Relaxed) + 1;
        Capture { part: self.shared.clone(), id: number as u32, settings, reply, surface, done: false }
    }

    pub(super) fn release(&self) {
        self.shared.events.clear();
    }
}
