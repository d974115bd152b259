//! One captured stream to every output, without a camera: frames are handed to the router one by
//! one, whole, damaged, and with gaps, and what arrives at surfaces, in events and in ledgers is
//! looked at.

use super::plan::{self, Want};
use super::router::{Observer, Routes};
use super::stream::ActiveStream;
use super::trace::Tap;
use super::watchdog::Patience;
use crate::backend::{CameraFacts, Device, Exposure, FrameSink, NativeMode, Stream, StreamConfig};
use crate::error::{Error, Result};
use crate::format::{Colour, FrameRate, Layout, PixelFormat, Profile, RateRange, Size};
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::image::jpeg::{Encoder, Request};
use crate::image::recipe::Rotation;
use crate::ledger::Counts;
use crate::output::events::OutputEvent;
use crate::output::photo::{PhotoSettings, Pose, Reply};
use crate::output::{Kind, Output};
use crate::runtime::{Mode, Runtime};
use crate::surface::{self, Surface};
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const NATIVE: Size = Size::new(320, 192);
const HALF: Size = Size::new(160, 96);
/// Of those who wait for frames: the test of silence is quick, and the others are not silent for so long.
const PATIENCE: Duration = Duration::from_millis(400);

/// A camera that gives what the test hands over.
#[derive(Default)]
struct Hand {
    sink: Mutex<Option<Arc<dyn FrameSink>>>,
    starts: AtomicU32,
}

impl Stream for Hand {
    fn rate(&self) -> Option<FrameRate> {
        None
    }
    fn colour(&self) -> Colour {
        Colour::JFIF
    }
    fn start(&self, sink: Arc<dyn FrameSink>) -> Result<()> {
        *self.sink.lock() = Some(sink);
        self.starts.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
    fn stop(&self) -> Result<()> {
        *self.sink.lock() = None;
        Ok(())
    }
}

struct NoDevice;

impl Device for NoDevice {
    fn check_present(&self) -> Result<()> {
        Ok(())
    }
    fn formats(&self) -> Result<Vec<PixelFormat>> {
        Ok(Vec::new())
    }
    fn modes_of(&self, _: PixelFormat) -> Result<Vec<NativeMode>> {
        Ok(Vec::new())
    }
    fn facts(&self) -> CameraFacts {
        CameraFacts { make: None, model: Some("Hand".into()), ..CameraFacts::default() }
    }
    fn exposure(&self) -> Exposure {
        Exposure { time: Some(80), iso: Some(200) }
    }
    fn configure(&self, _: &StreamConfig) -> Result<Arc<dyn Stream>> {
        Err(Error::fatal("not here"))
    }
}

/// Counts what a session would be told.
#[derive(Default)]
struct Heard {
    ended: Mutex<Vec<Error>>,
    silent: AtomicU32,
}

struct Ear(Arc<Heard>);

impl Observer for Ear {
    fn ended(&self, error: &Error) {
        self.0.ended.lock().push(error.clone());
    }
    fn captures_done(&self) {}
    fn silent(&self) {
        self.0.silent.fetch_add(1, Ordering::SeqCst);
    }
}

/// A picture whose left half is dark and whose right half is bright, as a JPEG file.
fn jpeg() -> Vec<u8> {
    let layout = Layout::new(PixelFormat::I420, NATIVE, &[]).unwrap();
    let pool = HeapPool::new(1, &[layout.memory_length(0)]);
    let (_, mut lease) = pool.take().unwrap();
    let bytes = lease.bytes_mut(0);
    bytes.fill(128);
    for row in bytes[..(NATIVE.width * NATIVE.height) as usize].chunks_exact_mut(NATIVE.width as usize) {
        row[..160].fill(30);
        row[160..].fill(220);
    }
    let info = FrameInfo {
        format: PixelFormat::I420,
        size: NATIVE,
        layout,
        sequence: 0,
        timestamp_ns: 0,
        flags: 0,
        colour: Colour::JFIF,
    };
    let mut file = Vec::new();
    let request = Request { quality: 95, colour: Colour::JFIF, exif: None };
    Encoder::default().encode(&lease.into_frame(info), &request, &mut file).unwrap();
    file
}

fn frame_of(bytes: &[u8], sequence: u64) -> Frame {
    let pool = HeapPool::new(1, &[bytes.len()]);
    let (_, mut lease) = pool.take().unwrap();
    lease.bytes_mut(0).copy_from_slice(bytes);
    lease.into_frame(FrameInfo {
        format: PixelFormat::MJPEG,
        size: NATIVE,
        layout: Layout::compressed(bytes.len()),
        sequence,
        timestamp_ns: 1_000_000_000 + sequence as i64 * 33_000_000,
        flags: FrameInfo::KEYFRAME,
        colour: Colour::JFIF,
    })
}

/// Outputs of a Motion-JPEG camera and their surfaces.
struct Studio {
    runtime: Arc<Runtime>,
    hand: Arc<Hand>,
    stream: Arc<ActiveStream>,
    outputs: Vec<Arc<Output>>,
    surfaces: Vec<Option<Arc<Surface>>>,
    told: Vec<Arc<Mutex<Vec<OutputEvent>>>>,
    picture: Vec<u8>,
    heard: Arc<Heard>,
    /// Is asked for the facts of photos.
    _device: Arc<dyn Device>,
}

fn profile(kind: Kind, format: PixelFormat, size: Size) -> Profile {
    let rates = (kind == Kind::Video).then_some(RateRange { min: 30, max: 30 });
    Profile { format, size, rates }
}

fn studio(wanted: &[(Kind, PixelFormat, Size)]) -> Studio {
    let runtime = Runtime::new(Mode::Caller).unwrap();
    let mode = NativeMode { format: PixelFormat::MJPEG, size: NATIVE, rates: vec![FrameRate::per_second(30)] };
    let (mut outputs, mut surfaces, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, format, size) in wanted {
        let options = surface::Options { capacity: 16, max_held: 16, ..surface::Options::default() };
        let surface = (*kind != Kind::Photo).then(|| Surface::new(runtime.clone(), options));
        let output = Output::new(&runtime, *kind, profile(*kind, *format, *size), surface.clone()).unwrap();
        let diary = Arc::new(Mutex::new(Vec::new()));
        let pen = diary.clone();
        output.events().add(move |event: &OutputEvent| pen.lock().push(event.clone()));
        outputs.push(output);
        surfaces.push(surface);
        told.push(diary);
    }
    let wants: Vec<(Arc<Output>, Want)> = outputs
        .iter()
        .map(|output| (output.clone(), Want::plain(output.kind(), output.profile(), output.rates())))
        .collect();
    let plan =
        plan::plan(&[mode], &wants.iter().map(|(_, want)| *want).collect::<Vec<_>>(), plan::Priority::Quality).unwrap();
    let device: Arc<dyn Device> = Arc::new(NoDevice);
    let routes = Routes::new(&runtime, &device, &plan, Colour::JFIF, &wants, None).unwrap();
    let hand = Arc::new(Hand::default());
    let heard = Arc::new(Heard::default());
    let ear = Box::new(Ear(heard.clone()));
    let stream = ActiveStream::new(&runtime, hand.clone(), routes, Patience::Of(PATIENCE), ear, Tap::new(&runtime));
    Studio { runtime, hand, stream, outputs, surfaces, told, picture: jpeg(), heard, _device: device }
}

impl Studio {
    fn send(&self, bytes: &[u8], sequence: u64) {
        let sink = self.hand.sink.lock().clone().expect("the stream flows");
        sink.frame(frame_of(bytes, sequence), 8);
    }

    /// Waits until a condition holds: makers and encoders have threads of their own.
    fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !holds() {
            assert!(Instant::now() < end, "never came true: {what}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn arrived(&self, output: usize) -> u64 {
        self.surfaces[output].as_ref().unwrap().statistics().arrived
    }

    fn next(&self, output: usize) -> Frame {
        let surface = self.surfaces[output].as_ref().unwrap();
        let delivery = surface.acquire(Some(Duration::from_secs(20))).unwrap().expect("a frame");
        delivery.frame().clone()
    }

    fn counts(&self, output: usize) -> Counts {
        self.outputs[output].ledger().counts()
    }

    /// What was told since the last time, at least so much.
    fn told(&self, output: usize, least: usize) -> Vec<OutputEvent> {
        self.until("events", || {
            while self.runtime.dispatcher.dispatch().unwrap() > 0 {}
            self.told[output].lock().len() >= least
        });
        std::mem::take(&mut *self.told[output].lock())
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        self.stream.close();
        self.runtime.shut_down();
    }
}

/// Dark on the left and bright on the right, in the first plane.
fn check_picture(frame: &Frame, step: usize) {
    let (layout, bytes) = frame.plane(0).unwrap();
    let (width, height) = (frame.info().size.width as usize, frame.info().size.height as usize);
    for y in [0, height / 2, height - 1] {
        let row = &bytes[y * layout.stride as usize..];
        let (left, right) = (row[step * (width / 4)], row[step * (3 * width / 4)]);
        assert!(left.abs_diff(30) <= 6 && right.abs_diff(220) <= 6, "{left} {right} in {:?}", frame.info());
    }
}

#[test]
fn one_compressed_stream_serves_every_layout_and_size() {
    let studio = studio(&[
        (Kind::Preview, PixelFormat::NV12, HALF),
        (Kind::Video, PixelFormat::I420, NATIVE),
        (Kind::Preview, PixelFormat::RGBA_8888, HALF),
        (Kind::Preview, PixelFormat::NV12, HALF),
        (Kind::Preview, PixelFormat::MJPEG, NATIVE),
    ]);
    studio.stream.start_previews().unwrap();
    studio.stream.start(&studio.outputs[1]).unwrap();
    for sequence in 0..3 {
        studio.send(&studio.picture, sequence);
        for (output, step) in [(0, 1), (1, 1), (2, 4), (3, 1)] {
            let frame = studio.next(output);
            assert_eq!(frame.info().sequence, sequence);
            assert_eq!(
                (frame.info().format, frame.info().size),
                (studio.outputs[output].profile().format, studio.outputs[output].profile().size)
            );
            assert_ne!(frame.info().flags & FrameInfo::CONVERTED, 0);
            check_picture(&frame, step);
        }
        assert_eq!(studio.next(4).plane(0).unwrap().1, studio.picture);
    }
    let delivered = |output| studio.counts(output).delivered;
    assert_eq!([0, 1, 2, 3, 4].map(delivered), [3; 5]);
    assert_eq!([0, 1, 2, 3, 4].map(|output| studio.counts(output).converted), [3, 3, 3, 3, 0]);
}

#[test]
fn damaged_pictures_are_counted_and_the_stream_goes_on() {
    let studio = studio(&[(Kind::Preview, PixelFormat::NV12, HALF), (Kind::Video, PixelFormat::I420, NATIVE)]);
    studio.stream.start_previews().unwrap();
    studio.stream.start(&studio.outputs[1]).unwrap();
    let whole = &studio.picture;
    let mut torn = whole.clone();
    torn.truncate(whole.len() / 2);
    let damaged: [&[u8]; 4] = [&torn, &[], &whole[..3], &[0x55; 500]];
    for (round, bytes) in damaged.into_iter().enumerate() {
        let (sequence, frames) = (2 * round as u64, round as u64 + 1);
        studio.send(bytes, sequence);
        studio.send(whole, sequence + 1);
        for output in [0, 1] {
            let frame = studio.next(output);
            assert_eq!(frame.info().sequence, sequence + 1);
            check_picture(&frame, 1);
            let counts = studio.counts(output);
            assert_eq!((counts.corrupt, counts.delivered, counts.lost, counts.dropped), (frames, frames, 0, 0));
        }
    }
}

#[test]
fn what_the_driver_lost_or_marked_is_in_every_ledger() {
    let studio = studio(&[(Kind::Preview, PixelFormat::MJPEG, NATIVE), (Kind::Video, PixelFormat::I420, NATIVE)]);
    studio.stream.start_previews().unwrap();
    studio.send(&studio.picture, 7);
    studio.send(&studio.picture, 10);
    studio.stream.start(&studio.outputs[1]).unwrap();
    // What is missing before the first frame of a run was not meant for it.
    studio.send(&studio.picture, 13);
    studio.until("13", || studio.arrived(1) == 1);
    studio.hand.sink.lock().clone().unwrap().corrupt(14);
    studio.send(&studio.picture, 15);
    studio.until("15", || studio.arrived(1) == 2);
    studio.send(&studio.picture, 17);
    let taken: Vec<u64> = (0..5).map(|_| studio.next(0).info().sequence).collect();
    assert_eq!(taken, [7, 10, 13, 15, 17]);
    assert_eq!((0..3).map(|_| studio.next(1).info().sequence).collect::<Vec<_>>(), [13, 15, 17]);
    let of = |output| {
        let counts = studio.counts(output);
        (counts.delivered, counts.lost, counts.corrupt, counts.dropped)
    };
    assert_eq!(of(0), (5, 5, 1, 0), "11 numbers");
    assert_eq!(of(1), (3, 1, 1, 0), "5 numbers");
    let surface = studio.surfaces[0].as_ref().unwrap().statistics().counts;
    assert_eq!((surface.lost, surface.corrupt), (5, 1));

    // Numbers begin anew with the flow.
    studio.stream.stop_all().unwrap();
    studio.stream.start_previews().unwrap();
    studio.send(&studio.picture, 0);
    studio.send(&studio.picture, 1);
    studio.until("two more", || studio.arrived(0) == 7);
    assert_eq!(of(0).1, 5);
}

#[test]
fn a_stream_that_fails_ends_the_run_and_says_why() {
    let studio = studio(&[(Kind::Preview, PixelFormat::MJPEG, NATIVE), (Kind::Video, PixelFormat::MJPEG, NATIVE)]);
    studio.stream.start_previews().unwrap();
    studio.send(&studio.picture, 0);
    studio.send(&studio.picture, 1);
    studio.hand.sink.lock().clone().unwrap().ended(Error::fatal("the cable is out"));
    let told = studio.told(0, 3);
    let [
        OutputEvent::FrameStart { timestamp_ns: 1_000_000_000 },
        OutputEvent::Failed(why),
        OutputEvent::FrameEnd { frames: 2 },
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!(why.detail(), "the cable is out");
    assert!(studio.told(1, 0).is_empty(), "it did not run");
    assert!(studio.stream.stop_all().is_err());
    studio.stream.start_previews().unwrap();
    studio.send(&studio.picture, 0);
    studio.stream.stop_all().unwrap();
    let told = studio.told(0, 2);
    assert!(matches!(told[..], [OutputEvent::FrameStart { .. }, OutputEvent::FrameEnd { frames: 1 }]), "{told:?}");
}

#[test]
fn a_cameras_own_jpeg_is_passed_through_unless_something_has_to_change() {
    let studio = studio(&[(Kind::Photo, PixelFormat::JPEG, NATIVE), (Kind::Photo, PixelFormat::JPEG, HALF)]);
    let take = |output: usize, rotation, sequence| {
        let reply = Arc::new(Reply::default());
        let settings = PhotoSettings { pose: Pose { rotation, mirror: false }, ..PhotoSettings::default() };
        let object = &studio.outputs[output];
        studio.stream.capture(object, || false, || object.make_capture(settings, Some(reply.clone()))).unwrap();
        studio.send(&studio.picture, sequence);
        reply.wait(Some(Duration::from_secs(20))).unwrap()
    };
    let as_it_is = take(0, Rotation::None, 5);
    assert_eq!((as_it_is.size, as_it_is.sequence, studio.counts(0).converted), (NATIVE, 5, 0));
    // The compressed picture itself is the camera's, behind other headers.
    let scan = |file: &[u8]| file.windows(2).rposition(|two| two == [0xff, 0xda]).map(|at| file[at..].to_vec());
    assert_eq!(scan(&as_it_is.data), scan(&studio.picture));
    assert!(as_it_is.data.windows(4).any(|bytes| bytes == b"Exif"));
    assert!(as_it_is.data.windows(5).any(|bytes| bytes == b"Hand\0"));

    let turned = take(0, Rotation::Quarter, 6);
    assert_eq!((turned.size, studio.counts(0).converted), (Size::new(192, 320), 1));
    let smaller = take(1, Rotation::None, 7);
    assert_eq!((smaller.size, studio.counts(1).converted, studio.counts(1).delivered), (HALF, 1, 1));
    let events = studio.told(1, 4);
    assert!(
        matches!(
            &events[..],
            [
                OutputEvent::CaptureStart { capture_id: 1, .. },
                OutputEvent::FrameShutter { capture_id: 1, .. },
                OutputEvent::PhotoAvailable(_),
                OutputEvent::CaptureEnd { capture_id: 1, frames: 1 }
            ]
        ),
        "{events:?}"
    );
}

#[test]
fn a_damaged_frame_is_no_photo_and_the_next_one_is() {
    let studio = studio(&[(Kind::Photo, PixelFormat::JPEG, NATIVE)]);
    let output = &studio.outputs[0];
    let replies: Vec<_> = (0..2).map(|_| Arc::new(Reply::default())).collect();
    for reply in &replies {
        studio
            .stream
            .capture(output, || false, || output.make_capture(PhotoSettings::default(), Some(reply.clone())))
            .unwrap();
    }
    studio.send(&studio.picture[..studio.picture.len() / 2], 0);
    studio.send(&studio.picture, 1);
    let wait = |reply: &Arc<Reply>| reply.wait(Some(Duration::from_secs(20)));
    assert!(wait(&replies[0]).unwrap_err().detail().contains("MJPG frame"));
    assert_eq!(wait(&replies[1]).unwrap().capture_id, 2);
    let told = studio.told(0, 8);
    let order: Vec<_> = told
        .iter()
        .filter_map(|event| match event {
            OutputEvent::CaptureFailed { capture_id, .. } => Some((*capture_id, 'x')),
            OutputEvent::PhotoAvailable(photo) => Some((photo.capture_id, 'p')),
            OutputEvent::CaptureEnd { capture_id, frames } => Some((*capture_id, if *frames == 1 { '1' } else { '0' })),
            _ => None,
        })
        .collect();
    assert_eq!(order, [(1, 'x'), (1, '0'), (2, 'p'), (2, '1')]);
}

/// The stream of the last frames must not hold what nobody wants.
#[test]
fn what_nobody_wants_is_not_made() {
    let studio = studio(&[(Kind::Preview, PixelFormat::NV12, HALF), (Kind::Video, PixelFormat::I420, NATIVE)]);
    studio.stream.start(&studio.outputs[1]).unwrap();
    studio.send(&studio.picture, 0);
    studio.send(&studio.picture, 1);
    studio.until("the video", || studio.arrived(1) == 2);
    studio.stream.stop(&studio.outputs[1]).unwrap();
    assert_eq!((studio.arrived(0), studio.counts(0)), (0, Counts::default()));
    assert!(studio.hand.sink.lock().is_none(), "the device rests");
}

#[test]
fn a_silent_stream_is_started_once_more_and_then_has_failed() {
    let studio = studio(&[(Kind::Preview, PixelFormat::MJPEG, NATIVE)]);
    let starts = || studio.hand.starts.load(Ordering::SeqCst);
    let silences = || studio.heard.silent.load(Ordering::SeqCst);
    studio.stream.start_previews().unwrap();
    studio.send(&studio.picture, 0);
    studio.until("silence", || silences() == 1);
    assert!(studio.stream.revive());
    assert_eq!(starts(), 2);
    studio.send(&studio.picture, 0);
    // It helped, so the next silence is another one.
    studio.until("silence", || silences() == 2);
    assert!(studio.stream.revive());
    studio.until("silence", || silences() == 3);
    assert!(!studio.stream.revive());
    assert_eq!((starts(), studio.heard.ended.lock().len()), (3, 1));
    assert!(studio.heard.ended.lock()[0].detail().contains("silent"));
    assert!(!studio.stream.revive(), "nothing flows");
    let told = studio.told(0, 3);
    assert!(matches!(told[1..], [OutputEvent::Failed(_), OutputEvent::FrameEnd { frames: 2 }]), "{told:?}");
    // Nobody waits for a stream that rests, and a later start begins afresh.
    assert!(studio.stream.stop_all().is_err());
    studio.stream.start_previews().unwrap();
    studio.send(&studio.picture, 0);
    studio.stream.stop_all().unwrap();
    let before = silences();
    std::thread::sleep(2 * PATIENCE);
    assert_eq!(silences(), before);
}
