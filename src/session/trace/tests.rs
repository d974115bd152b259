//! From what a camera does to a file, and back to a camera that does the same.

use super::*;
use crate::backend::replay::{Replay, ReplayCameras};
use crate::backend::{Backend, Device, FrameSink, Stream, StreamConfig};
use crate::error::Code;
use crate::format::{Colour, Layout, PixelFormat, Size};
use crate::frame::HeapPool;
use crate::runtime::{Dispatcher, Mode, Reactor};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A folder of the test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("camera-trace-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a sink is told: a frame with its number, time, flags, colour and bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Frame(u64, i64, u32, Colour, Vec<Vec<u8>>),
    Corrupt(u64),
    Ended(Code, String),
}

#[derive(Default)]
struct Diary(Mutex<Vec<Told>>);

impl FrameSink for Diary {
    fn frame(&self, frame: Frame, _: u32) {
        let info = frame.info();
        let planes = frame.planes().map(|(_, bytes)| bytes.to_vec()).collect();
        self.0.lock().push(Told::Frame(info.sequence, info.timestamp_ns, info.flags, info.colour, planes));
    }
    fn corrupt(&self, sequence: u64) {
        self.0.lock().push(Told::Corrupt(sequence));
    }
    fn ended(&self, error: Error) {
        self.0.lock().push(Told::Ended(error.code(), error.detail().to_owned()));
    }
}

/// The same with times from that of the first frame on, which is all that a replay can keep.
fn relative(mut told: Vec<Told>) -> Vec<Told> {
    let first = told.iter().find_map(|told| if let Told::Frame(_, time, ..) = told { Some(*time) } else { None });
    for event in &mut told {
        if let Told::Frame(_, time, ..) = event {
            *time -= first.unwrap_or(0);
        }
    }
    told
}

struct Bench {
    runtime: Arc<Runtime>,
    tap: Arc<Tap>,
    setup: Setup,
}

impl Bench {
    fn new(format: PixelFormat, colour: Colour) -> Bench {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        let tap = Tap::new(&runtime);
        let setup = Setup { format, size: Size::new(8, 4), rate: Some(FrameRate::per_second(500)), colour };
        let bench = Bench { runtime, tap, setup };
        bench.configure(setup);
        bench
    }

    fn configure(&self, setup: Setup) {
        self.tap.configured(setup, || self.described());
    }

    fn described(&self) -> (Vec<Tag>, String) {
        let camera = [("CAMERA_NAME".into(), "Test camera".to_owned()), ("CAMERA_DRIVER".into(), "test".to_owned())];
        (camera.to_vec(), "the plan,\nin words".to_owned())
    }

    /// A frame whose bytes follow from its number, with padding in its rows when that is wanted.
    fn frame(&self, number: u64, timestamp_ns: i64, flags: u32, padding: u32) -> Frame {
        let Setup { format, size, colour, .. } = self.setup;
        let layout = match format.is_compressed() {
            true => Layout::compressed(20 + number as usize % 7),
            false => {
                let narrow = Layout::new(format, size, &[]).unwrap();
                let stride = if format.is_known() { narrow.planes()[0].stride } else { 16 };
                Layout::new(format, size, &[stride + padding, 0, 0]).unwrap()
            }
        };
        let lengths: Vec<usize> = (0..layout.memory_count()).map(|memory| layout.memory_length(memory)).collect();
        let (_, mut lease) = HeapPool::new(1, &lengths).take().unwrap();
        for (index, plane) in layout.planes().iter().enumerate() {
            // What is in the padding is nothing's.
            let width = match plane.stride {
                0 => plane.length,
                stride => Layout::new(format, size, &[]).unwrap().planes()[index].stride.min(stride) as usize,
            };
            let width = if width == 0 { plane.length } else { width };
            let rows = lease.bytes_mut(plane.memory as usize)[plane.offset..][..plane.length]
                .chunks_mut(width.max(plane.stride as usize));
            for (row, bytes) in rows.enumerate() {
                let bytes = bytes.iter_mut().take(width).enumerate();
                bytes.for_each(|(at, byte)| *byte = (number as usize * 31 + row * 7 + at + index) as u8);
            }
        }
        lease.into_frame(FrameInfo { format, size, layout, sequence: number, timestamp_ns, flags, colour })
    }

    /// Waits until the disk has what was told.
    fn settle(&self) {
        wait_until(|| !self.tap.queue.lock().writing);
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.runtime.workers.shut_down();
        self.runtime.reactor.shut_down();
    }
}

fn wait_until(what: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !what() {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A file as a camera.
struct Player {
    cameras: ReplayCameras,
    runtime: Arc<Runtime>,
}

impl Player {
    fn new(path: &Path) -> Player {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        let replay = Replay { path: path.to_owned(), once: false, rate: None };
        let log = Log::new(Dispatcher::new(Mode::Caller).unwrap());
        let reactor = Reactor::new(log).unwrap();
        Player { cameras: ReplayCameras::new(reactor, runtime.workers.clone(), vec![replay]), runtime }
    }

    fn device(&self) -> Result<Arc<dyn Device>> {
        self.cameras.open("replay:0")
    }

    fn stream(&self, device: &Arc<dyn Device>) -> Result<Arc<dyn Stream>> {
        let mode = self.cameras.modes("replay:0").unwrap().remove(0);
        let rate = mode.rates.first().copied();
        device.configure(&StreamConfig { format: mode.format, size: mode.size, rate, buffers: 8 })
    }

    /// A run, until it has told so much.
    fn run(&self, stream: &Arc<dyn Stream>, events: usize) -> Vec<Told> {
        let diary = Arc::new(Diary::default());
        stream.start(diary.clone()).unwrap();
        wait_until(|| diary.0.lock().len() >= events);
        std::thread::sleep(Duration::from_millis(20));
        stream.stop().unwrap();
        let told = diary.0.lock().clone();
        relative(told)
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.runtime.workers.shut_down();
        self.runtime.reactor.shut_down();
    }
}

/// Tells the tap and a diary the same.
struct Both<'a>(&'a Bench, Diary);

impl Both<'_> {
    fn frame(&self, number: u64, timestamp_ns: i64, flags: u32, padding: u32) {
        let frame = self.0.frame(number, timestamp_ns, flags | FrameInfo::COPIED, padding);
        self.0.tap.frame(number, timestamp_ns, Some(&frame));
        self.1.frame(self.0.frame(number, timestamp_ns, flags, 0), 8);
        self.0.settle();
    }
    fn corrupt(&self, number: u64) {
        self.0.tap.corrupt(number);
        self.1.corrupt(number);
    }
    fn ended(&self, error: Error) {
        self.0.tap.ended(&error);
        self.1.ended(error);
    }
    /// What was told since the last time.
    fn told(&self) -> Vec<Told> {
        relative(std::mem::take(&mut *self.1.0.lock()))
    }
}

fn gone() -> Error {
    Error::new(Code::DeviceDisabled, "virtual:0: the camera was unplugged: ENODEV")
}

#[test]
fn a_camera_does_again_what_was_recorded_of_it() {
    let folder = Folder::new("again");
    for (format, colour) in [
        (PixelFormat::YUYV, Colour::BT601_LIMITED),
        (PixelFormat::NV12, Colour::BT709_FULL),
        (PixelFormat::NV12M, Colour::BT709_LIMITED),
        (PixelFormat::from_fourcc(*b"NV16"), Colour::JFIF),
        (PixelFormat::from_fourcc(*b"BX24"), Colour::BT601_LIMITED),
        (PixelFormat::from_fourcc(*b"pBAA"), Colour::BT601_LIMITED),
        (PixelFormat::MJPEG, Colour::JFIF),
        (PixelFormat::from_fourcc(*b"H264"), Colour::BT709_LIMITED),
    ] {
        let bench = Bench::new(format, colour);
        let path = folder.file("a.mkv");
        bench.tap.start(&path, Some(bench.described())).unwrap();
        let both = Both(&bench, Diary::default());
        let key = if format.is_compressed() { FrameInfo::KEYFRAME } else { 0 };
        let now = now_ns();
        bench.tap.starting();
        both.frame(u64::from(u32::MAX) - 1, now - 1_234_567, key, 0);
        both.frame(u64::from(u32::MAX), now + 500_000_000, FrameInfo::TIMESTAMP_ESTIMATED, 0);
        both.corrupt(u64::from(u32::MAX) + 1);
        both.frame(u64::from(u32::MAX) + 7, now - 40_000_001, 0, if format.is_known() { 8 } else { 0 });
        bench.tap.stopped();
        bench.tap.stopped();
        let first = both.told();
        bench.tap.starting();
        both.frame(0, now + 1, 0, 0);
        both.ended(Error::fatal("VIDIOC_DQBUF: EIO: the driver failed"));
        bench.tap.stopped();
        let second = both.told();
        bench.tap.starting();
        bench.tap.start_failed(&Error::new(Code::ConflictCamera, "busy"));
        bench.tap.starting();
        both.corrupt(3);
        both.ended(gone());
        let third = both.told();
        bench.tap.stop().unwrap();
        let Status { running, statistics, failure } = bench.tap.status();
        assert_eq!((running, statistics.frames, statistics.left_out, failure), (false, 4, 0, None), "{format}");
        assert_eq!((statistics.bytes, statistics.files), (std::fs::metadata(&path).unwrap().len(), 1));

        let player = Player::new(&path);
        let info = player.cameras.cameras().unwrap().remove(0);
        assert_eq!((info.id.as_str(), info.name.as_str(), info.driver.as_str()), ("replay:0", "Test camera", "test"));
        let device = player.device().unwrap();
        let stream = player.stream(&device).unwrap();
        assert_eq!((stream.rate(), stream.colour()), (bench.setup.rate, colour));
        assert_eq!(player.run(&stream, 4), first, "{format}");
        assert_eq!(player.run(&stream, 2), second, "{format}");
        let failed = stream.start(Arc::new(Diary::default())).unwrap_err();
        assert_eq!((failed.code(), failed.detail()), (Code::ConflictCamera, "busy"));
        assert_eq!(player.run(&stream, 2), third, "{format}");
        // It was unplugged for good.
        assert_eq!(stream.start(Arc::new(Diary::default())).unwrap_err().code(), Code::DeviceDisabled);
        assert_eq!(device.check_present().unwrap_err().code(), Code::DeviceDisabled);
        assert_eq!(player.cameras.cameras().unwrap(), []);
        assert_eq!(player.device().err().unwrap().code(), Code::DeviceDisabled);
    }
}

#[test]
fn a_camera_that_came_back_comes_back() {
    let folder = Folder::new("back");
    let bench = Bench::new(PixelFormat::YUYV, Colour::BT601_LIMITED);
    bench.tap.start(&folder.file("a.mkv"), Some(bench.described())).unwrap();
    let both = Both(&bench, Diary::default());
    bench.tap.starting();
    both.frame(5, now_ns(), 0, 0);
    both.ended(gone());
    let first = both.told();
    // It is not there yet.
    bench.tap.starting();
    bench.tap.start_failed(&gone());
    std::thread::sleep(Duration::from_millis(150));
    bench.tap.starting();
    both.frame(0, now_ns(), 0, 0);
    bench.tap.stopped();
    let second = both.told();
    bench.tap.stop().unwrap();

    let player = Player::new(&folder.file("a.mkv"));
    let (old, begun) = (player.device().unwrap(), Instant::now());
    let stream = player.stream(&old).unwrap();
    for round in 0..2 {
        let device = player.device().unwrap();
        let stream = if round == 0 { stream.clone() } else { player.stream(&device).unwrap() };
        assert_eq!(player.run(&stream, 2), first);
        assert_eq!(player.cameras.cameras().unwrap(), []);
        wait_until(|| !player.cameras.cameras().unwrap().is_empty());
        assert!(begun.elapsed() > Duration::from_millis(140));
        assert_eq!(device.check_present().unwrap_err().code(), Code::DeviceDisabled, "the old device is dead");
        let device = player.device().unwrap();
        let stream = player.stream(&device).unwrap();
        assert_eq!(player.run(&stream, 1), second, "and silent where the application had stopped it");
        // Behind the last run comes the first.
    }
}

#[test]
fn another_configuration_goes_on_in_another_file() {
    let folder = Folder::new("files");
    let mut bench = Bench::new(PixelFormat::YUYV, Colour::BT601_LIMITED);
    bench.tap.start(&folder.file("a.b.mkv"), Some(bench.described())).unwrap();
    assert!(bench.tap.start(&folder.file("c"), None).is_err(), "one at a time");
    let run = |bench: &Bench| {
        bench.tap.starting();
        let frame = bench.frame(1, now_ns(), 0, 0);
        bench.tap.frame(1, now_ns(), Some(&frame));
        bench.tap.stopped();
    };
    run(&bench);
    bench.configure(bench.setup);
    run(&bench);
    // Never used: no file.
    bench.configure(Setup { size: Size::new(16, 16), ..bench.setup });
    bench.setup.format = PixelFormat::MJPEG;
    bench.configure(bench.setup);
    run(&bench);
    bench.setup.rate = FrameRate::new(15, 1);
    bench.tap.rate_changed(bench.setup.rate);
    bench.tap.rate_changed(bench.setup.rate);
    run(&bench);
    bench.tap.stop().unwrap();
    assert_eq!(bench.tap.status().statistics.files, 3);
    for (name, format, rate, runs) in [
        ("a.b.mkv", PixelFormat::YUYV, 500, 2),
        ("a.b-2.mkv", PixelFormat::MJPEG, 500, 1),
        ("a.b-3.mkv", PixelFormat::MJPEG, 15, 1),
    ] {
        let player = Player::new(&folder.file(name));
        let modes = player.cameras.modes("replay:0").unwrap();
        assert_eq!((modes[0].format, modes[0].rates[0]), (format, FrameRate::per_second(rate)), "{name}");
        let stream = player.stream(&player.device().unwrap()).unwrap();
        (0..=runs).for_each(|_| assert_eq!(player.run(&stream, 1).len(), 1));
    }
    assert!(!folder.file("a.b-4.mkv").exists());
}

#[test]
fn a_slow_disk_costs_pictures_and_a_very_slow_one_lines() {
    let folder = Folder::new("slow");
    let bench = Bench::new(PixelFormat::YUYV, Colour::BT601_LIMITED);
    bench.tap.start(&folder.file("a.mkv"), Some(bench.described())).unwrap();
    assert!(bench.tap.has_room() && bench.tap.most_held() == MOST_PICTURES);
    bench.tap.starting();
    bench.settle();
    {
        // The disk does not move.
        let _writer = bench.tap.writer.lock();
        for number in 0..10 {
            let frame = bench.frame(number, now_ns(), 0, 0);
            bench.tap.frame(number, now_ns(), Some(&frame));
        }
        assert_eq!(bench.tap.status().statistics.left_out, 10 - MOST_PICTURES as u64);
        assert!(!bench.tap.has_room());
        (10..2000).for_each(|number| bench.tap.corrupt(number));
    }
    bench.settle();
    bench.tap.corrupt(2000);
    bench.tap.stop().unwrap();
    let statistics = bench.tap.status().statistics;
    assert_eq!(statistics.frames, MOST_PICTURES as u64);
    assert!(statistics.lost > 900 && !bench.tap.is_on());
    let player = Player::new(&folder.file("a.mkv"));
    let stream = player.stream(&player.device().unwrap()).unwrap();
    let told = player.run(&stream, MOST_PICTURES + 1000);
    assert!(matches!(told[MOST_PICTURES - 1], Told::Frame(3, ..)), "pictures, then gaps");
    assert!(matches!(told[MOST_PICTURES], Told::Corrupt(10)));
    let last = told.iter().rev().find(|told| matches!(told, Told::Corrupt(_)));
    assert_eq!(last, Some(&Told::Corrupt(2000)));
}

#[test]
fn a_trace_begins_and_ends_whenever_it_likes() {
    let folder = Folder::new("whenever");
    let runtime = Runtime::new(Mode::Caller).unwrap();
    let tap = Tap::new(&runtime);
    assert!(tap.stop().is_err());
    assert_eq!(tap.start(Path::new(""), None).unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(tap.start(Path::new("/nonexistent/a"), None).unwrap_err().code(), Code::InvalidArgument);
    tap.start(&folder.file("empty"), None).unwrap();
    tap.ended(&gone());
    tap.stop().unwrap();
    assert_eq!(std::fs::metadata(folder.file("empty")).unwrap().len(), 0, "nothing was committed");
    // Amid a run.
    let bench = Bench::new(PixelFormat::YUYV, Colour::BT601_LIMITED);
    bench.tap.starting();
    bench.tap.corrupt(1);
    bench.tap.start(&folder.file("amid"), Some(bench.described())).unwrap();
    bench.tap.corrupt(2);
    bench.tap.stop().unwrap();
    bench.tap.corrupt(3);
    let player = Player::new(&folder.file("amid"));
    let stream = player.stream(&player.device().unwrap()).unwrap();
    let told = player.run(&stream, 2);
    assert_eq!(told[0], Told::Corrupt(2));
    assert!(matches!(&told[1], Told::Ended(Code::DeviceDisabled, text) if text.contains("recording ends here")));
    assert_eq!(player.run(&stream, 2).len(), 2, "again");
}
