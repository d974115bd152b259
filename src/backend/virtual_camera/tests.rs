//! The virtual cameras against the backend's contract.

mod controls;
mod faults;
mod looks;

use super::pattern::{Row, read_number};
use super::stream::{Canvas, Schedule};
use super::*;
use crate::backend::FrameSink;
use crate::format::Colour;
use crate::frame::{Frame, FrameInfo};
use crate::runtime::{Dispatcher, Log, Mode};
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Keeps the frames it gets until told otherwise.
#[derive(Default)]
struct Collector {
    frames: Mutex<Vec<(Frame, u32)>>,
    /// Frames let go at once, with sequence and timestamp noted.
    noted: Mutex<Vec<(u64, i64)>>,
    keep: AtomicBool,
}

impl Collector {
    fn new(keep: bool) -> Arc<Collector> {
        Arc::new(Collector { keep: AtomicBool::new(keep), ..Default::default() })
    }

    fn wait_for(&self, count: usize) {
        wait_until(|| self.frames.lock().len().max(self.noted.lock().len()) >= count);
    }

    fn sequences(&self) -> Vec<u64> {
        self.noted.lock().iter().map(|(sequence, _)| *sequence).collect()
    }
}

impl FrameSink for Collector {
    fn frame(&self, frame: Frame, queued: u32) {
        self.noted.lock().push((frame.info().sequence, frame.info().timestamp_ns));
        if self.keep.load(Ordering::Relaxed) {
            self.frames.lock().push((frame, queued));
        }
    }
    fn corrupt(&self, _: u64) {
        panic!("nothing is damaged");
    }
    fn ended(&self, error: Error) {
        panic!("nothing ends: {error}");
    }
}

fn wait_until(what: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !what() {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(1));
    }
}

struct Bench {
    reactor: Arc<Reactor>,
    cameras: VirtualCameras,
}

impl Bench {
    fn new(count: usize) -> Bench {
        Bench::with(vec![Script::default(); count])
    }

    fn with(scripts: Vec<Script>) -> Bench {
        let log = Log::new(Dispatcher::new(Mode::Caller).unwrap());
        let reactor = Reactor::new(log.clone()).unwrap();
        Bench { cameras: VirtualCameras::new(reactor.clone(), log, scripts), reactor }
    }

    fn stream(&self, id: &str, format: PixelFormat, size: Size, rate: u32, buffers: u32) -> Arc<dyn Stream> {
        let device = self.cameras.open(id).unwrap();
        device.configure(&config(format, size, rate, buffers)).unwrap()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.reactor.shut_down();
    }
}

const SMALL: Size = Size::new(320, 180);

fn config(format: PixelFormat, size: Size, rate: u32, buffers: u32) -> StreamConfig {
    StreamConfig { format, size, rate: Some(FrameRate::per_second(rate)), buffers }
}

/// The number that the frame's pixels show in this row. RGB's red serves as luma.
fn number_in(frame: &Frame, row: Row) -> Option<u32> {
    let step = match frame.info().format.to_string().as_str() {
        "YUYV" => 2,
        "RGB3" => 3,
        _ => 1,
    };
    let (plane, bytes) = frame.plane(0).unwrap();
    read_number(frame.info().size, row, |x, y| bytes[y as usize * plane.stride as usize + x as usize * step])
}

#[test]
fn every_mode_shows_its_numbers() {
    let bench = Bench::new(2);
    let modes = bench.cameras.modes("virtual:1").unwrap();
    assert_eq!(modes.len(), 36);
    for mode in modes {
        assert_eq!(mode.rates.len(), 6);
        let stream = bench.stream("virtual:1", mode.format, mode.size, 200, 3);
        let sink = Collector::new(true);
        stream.start(sink.clone()).unwrap();
        sink.wait_for(3);
        stream.stop().unwrap();
        for (frame, _) in sink.frames.lock().iter() {
            let info = frame.info();
            assert_eq!((info.format, info.size), (mode.format, mode.size));
            // What is compressed has tests of its own.
            if mode.format == PixelFormat::MJPEG {
                assert_eq!((info.flags, stream.colour()), (FrameInfo::KEYFRAME, Colour::JFIF));
                assert!(frame.plane(0).unwrap().1.starts_with(&[0xff, 0xd8]));
                assert!(frame.plane(0).unwrap().1.ends_with(&[0xff, 0xd9]));
                continue;
            }
            assert_eq!(info.flags, 0);
            assert_eq!(number_in(frame, Row::Frame), Some(info.sequence as u32), "{mode:?}");
            assert_eq!(number_in(frame, Row::Camera), Some(1), "{mode:?}");
            for (plane, bytes) in frame.planes() {
                assert_eq!(bytes.len(), (plane.stride * plane.rows) as usize);
            }
        }
    }
}

#[test]
fn frame_times_are_exact_and_do_not_drift() {
    let rate = FrameRate::new(30000, 1001).unwrap();
    let schedule = Schedule { start: 1_000_000_007, rate };
    assert_eq!(schedule.time_of(0), schedule.start);
    // 30000 frames take 1001 seconds to the nanosecond, after years too.
    let hours = 30_000 * 100_000;
    assert_eq!(schedule.time_of(hours), schedule.start + 1001 * 100_000 * 1_000_000_000);
    for frame in [0, 1, 2, 29, 30, 31, 29_999, 30_000, hours + 1, hours + 7] {
        let time = schedule.time_of(frame);
        assert_eq!(schedule.frame_at(time), frame);
        assert_eq!(schedule.frame_at(time + 33_366_665), frame);
        assert_eq!(frame.checked_sub(1).map(|_| schedule.frame_at(time - 1)), frame.checked_sub(1));
    }
}

#[test]
fn timestamps_are_on_the_grid_and_not_in_the_future() {
    let bench = Bench::new(1);
    let device = bench.cameras.open("virtual:0").unwrap();
    let rate = FrameRate::new(60000, 1001).unwrap();
    let stream =
        device.configure(&StreamConfig { rate: Some(rate), ..config(PixelFormat::NV12, SMALL, 1, 4) }).unwrap();
    assert_eq!(stream.rate(), Some(rate));
    let sink = Collector::new(false);
    let before = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    stream.start(sink.clone()).unwrap();
    sink.wait_for(20);
    stream.stop().unwrap();
    let after = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let noted = sink.noted.lock().clone();
    let nanoseconds = |time: rustix::fs::Timespec| time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64;
    assert_eq!(noted[0].0, 0);
    let schedule = Schedule { start: noted[0].1 as u64, rate };
    assert!(schedule.start >= nanoseconds(before));
    for pair in noted.windows(2) {
        assert!(pair[0].0 < pair[1].0);
    }
    for (sequence, timestamp) in noted {
        assert_eq!(timestamp as u64, schedule.time_of(sequence));
        assert!(timestamp as u64 <= nanoseconds(after));
    }
}

#[test]
fn held_buffers_are_missed_and_come_back() {
    let bench = Bench::new(1);
    let stream = bench.stream("virtual:0", PixelFormat::YUYV, SMALL, 200, 4);
    let sink = Collector::new(true);
    stream.start(sink.clone()).unwrap();
    sink.wait_for(4);
    // The frames that follow find no buffer.
    std::thread::sleep(Duration::from_millis(50));
    let held: Vec<_> = std::mem::take(&mut *sink.frames.lock());
    assert_eq!(held.len(), 4);
    assert_eq!(held.iter().map(|(_, queued)| *queued).collect::<Vec<_>>(), [3, 2, 1, 0]);
    let last = held[3].0.info().sequence;
    sink.keep.store(false, Ordering::Relaxed);
    drop(held);
    sink.wait_for(6);
    stream.stop().unwrap();
    let sequences = sink.sequences();
    assert!(sequences[4] > last + 1, "{sequences:?}");
}

#[test]
fn stop_ends_the_calls_and_a_restart_counts_from_zero() {
    let bench = Bench::new(1);
    let stream = bench.stream("virtual:0", PixelFormat::from_fourcc(*b"GREY"), SMALL, 1000, 4);
    for _ in 0..20 {
        let sink = Collector::new(false);
        stream.start(sink.clone()).unwrap();
        sink.wait_for(3);
        stream.stop().unwrap();
        assert_eq!(Arc::strong_count(&sink), 1, "nothing holds the sink any more");
        assert_eq!(sink.sequences()[0], 0);
    }
    stream.stop().unwrap();
}

#[test]
fn a_start_with_every_buffer_held_gets_new_ones() {
    let bench = Bench::new(1);
    let stream = bench.stream("virtual:0", PixelFormat::I420, SMALL, 500, 2);
    let mut held = Vec::new();
    for _ in 0..3 {
        let sink = Collector::new(true);
        stream.start(sink.clone()).unwrap();
        sink.wait_for(2);
        stream.stop().unwrap();
        held.append(&mut sink.frames.lock());
    }
    for (frame, _) in &held {
        assert_eq!(number_in(frame, Row::Frame), Some(frame.info().sequence as u32));
    }
}

#[test]
fn frames_outlive_everything() {
    let sink = Collector::new(true);
    {
        let bench = Bench::new(1);
        let device = bench.cameras.open("virtual:0").unwrap();
        let stream = device.configure(&config(PixelFormat::YUYV, Size::new(640, 480), 100, 8)).unwrap();
        stream.start(sink.clone()).unwrap();
        sink.wait_for(3);
        drop(stream);
        drop(device);
    }
    for (frame, _) in sink.frames.lock().iter() {
        assert_eq!(number_in(frame, Row::Frame), Some(frame.info().sequence as u32));
    }
}

#[test]
fn cameras_are_listed_and_found() {
    let bench = Bench::new(2);
    let cameras = bench.cameras.cameras().unwrap();
    assert_eq!(cameras.iter().map(|camera| camera.id.as_str()).collect::<Vec<_>>(), ["virtual:0", "virtual:1"]);
    assert_eq!(cameras[1].name, "Virtual camera 1");
    for (id, owned) in [
        ("virtual:0", true),
        ("virtual:7", true),
        ("virtual:", false),
        ("virtual:+1", false),
        ("virtual:01", false),
        ("virtual:99999999999", false),
        ("usb-camera", false),
    ] {
        assert_eq!(bench.cameras.owns(id), owned, "{id}");
    }
    for id in ["virtual:2", "nonsense"] {
        assert_eq!(bench.cameras.open(id).err().unwrap().code(), Code::DeviceDisabled);
        assert_eq!(bench.cameras.modes(id).err().unwrap().code(), Code::DeviceDisabled);
    }
}

#[test]
fn what_is_not_offered_is_refused_and_the_rate_limited() {
    let bench = Bench::new(1);
    let device = bench.cameras.open("virtual:0").unwrap();
    device.check_present().unwrap();
    for (format, size) in [(PixelFormat::NV21, SMALL), (PixelFormat::NV12, Size::new(800, 600))] {
        let error = device.configure(&config(format, size, 30, 4)).err().unwrap();
        assert_eq!(error.code(), Code::ServiceFatalError);
        assert!(error.detail().contains("YUYV") && error.detail().contains("1920x1080"), "{error}");
    }
    let stream = device.configure(&config(PixelFormat::NV12, SMALL, 2_000_000, 0)).unwrap();
    assert_eq!(stream.rate(), Some(FrameRate::per_second(1000)));
}

#[test]
fn a_camera_serves_one_stream_at_a_time() {
    let bench = Bench::new(1);
    let first = bench.stream("virtual:0", PixelFormat::NV12, SMALL, 30, 4);
    let other = bench.cameras.open("virtual:0").unwrap();
    let config = config(PixelFormat::NV12, SMALL, 30, 4);
    assert_eq!(other.configure(&config).err().unwrap().code(), Code::ConflictCamera);
    drop(first);
    other.configure(&config).unwrap();
}

/// `cargo test --release --lib -- --ignored --nocapture what_a_frame_costs`
#[test]
#[ignore = "a measurement"]
fn what_a_frame_costs() {
    /// Lets frames go at once, and remembers the CPU time of the thread.
    #[derive(Default)]
    struct Cpu(Mutex<Vec<Duration>>);
    impl FrameSink for Cpu {
        fn frame(&self, _: Frame, _: u32) {
            let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
            self.0.lock().push(Duration::new(time.tv_sec as u64, time.tv_nsec as u32));
        }
        fn corrupt(&self, _: u64) {}
        fn ended(&self, _: Error) {}
    }
    let bench = Bench::new(1);
    for size in [Size::new(640, 480), Size::new(1920, 1080)] {
        for format in artist::formats() {
            let started = Instant::now();
            let stream = bench.stream("virtual:0", format, size, 500, 8);
            let configured = started.elapsed();
            let cpu = Arc::new(Cpu::default());
            stream.start(cpu.clone()).unwrap();
            wait_until(|| cpu.0.lock().len() > 1000);
            stream.stop().unwrap();
            let noted = cpu.0.lock().split_off(100);
            let with_waiting = (noted[noted.len() - 1] - noted[0]) / (noted.len() - 1) as u32;
            // Of that, what is done here and not by the system to wait for the timer.
            let canvas = Canvas::new(Arc::new(Artist::new(0, format, size).unwrap()), 8);
            let started = Instant::now();
            (0..10_000).for_each(|number| drop(canvas.frame(number, &Default::default(), 0, 0).unwrap()));
            let alone = started.elapsed() / 10_000;
            println!(
                "{format} {size}: {alone:?} a frame, {with_waiting:?} with the timer, configured in {configured:?}"
            );
        }
    }
}
