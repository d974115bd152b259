//! The recorder as the application sees it.

use super::*;
use crate::error::Code;
use crate::runtime::Mode;
use reader::read;
use rustix::fs::OFlags;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};

const MS: i64 = 1_000_000;
const LONG: Duration = Duration::from_secs(20);

/// A folder of this test's own, which goes with the value.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("camera-recorder-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Recorder {
    /// Does it on this thread when everything asked before is done.
    fn perform(&self, operation: Operation) -> Result<()> {
        self.queue().in_turn(|| self.run(operation))
    }
    pub(super) fn start(&self) -> Result<()> {
        self.perform(Operation::Start)
    }
    fn pause(&self) -> Result<()> {
        self.perform(Operation::Pause)
    }
    fn resume(&self) -> Result<()> {
        self.perform(Operation::Resume)
    }
    pub(super) fn stop(&self) -> Result<()> {
        self.perform(Operation::Stop)
    }
    pub(super) fn release(&self) -> Result<()> {
        self.perform(Operation::Release)
    }
}

struct Fixture {
    runtime: Arc<Runtime>,
    recorder: Arc<Recorder>,
    events: mpsc::Receiver<RecorderEvent>,
    sent: u64,
}

fn fixture(options: Options) -> Fixture {
    let runtime = Runtime::new(Mode::Library).unwrap();
    let recorder = Recorder::new(&runtime, options).unwrap();
    let (sender, events) = mpsc::channel();
    recorder.events().add(move |event: &RecorderEvent| drop(sender.send(event.clone())));
    Fixture { runtime, recorder, events, sent: 0 }
}

fn in_memory(capacity: usize) -> (Fixture, sinks::Memory) {
    let memory = sinks::Memory::default();
    let destination = Destination::Sink(Box::new(memory.clone()));
    (fixture(Options { capacity, ..Options::new(destination, Container::Matroska) }), memory)
}

impl Fixture {
    fn send_one(&mut self, format: PixelFormat, size: Size) {
        let frame = picture(format, size, 0, self.sent, 1_000_000 * MS + self.sent as i64 * 40 * MS);
        self.recorder.surface().push(frame, &surface::Sender::default());
        self.sent += 1;
    }

    /// Sends frames, none of which is dropped.
    fn send(&mut self, count: usize) {
        for _ in 0..count {
            self.settle();
            self.send_one(PixelFormat::YUYV, Size::new(8, 4));
        }
    }

    /// Returns when nothing waits in the surface or is being written.
    fn settle(&self) {
        let deadline = Instant::now() + LONG;
        let busy = || {
            let statistics = self.recorder.surface().statistics();
            statistics.waiting + statistics.held > 0
        };
        while busy() {
            assert!(Instant::now() < deadline, "frames stay");
            std::thread::yield_now();
        }
    }

    fn event(&self) -> RecorderEvent {
        self.events.recv_timeout(LONG).unwrap()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.runtime.shut_down();
    }
}

#[test]
fn what_arrives_between_start_and_stop_is_in_the_file() {
    let (mut fixture, memory) = in_memory(8);
    assert_eq!(fixture.recorder.state(), State::Idle);
    fixture.send(3);
    fixture.settle();
    fixture.recorder.start().unwrap();
    assert_eq!(fixture.recorder.state(), State::Recording);
    fixture.send(10);
    // Those that still wait are written first.
    fixture.recorder.stop().unwrap();
    fixture.send(2);
    fixture.settle();
    let file = read(&memory.bytes()[..]);
    let ticks: Vec<_> = file.blocks.iter().map(|block| block.tick).collect();
    assert_eq!(ticks, (0..10).map(|n| n * 400).collect::<Vec<_>>());
    let statistics = fixture.recorder.statistics();
    assert_eq!(statistics.bytes, memory.bytes().len() as u64);
    assert_eq!((statistics.frames, statistics.dropped, statistics.duration_ns), (10, 0, 400_000_000));
    assert_eq!(fixture.event(), RecorderEvent::Stopped(statistics));
    assert_eq!(fixture.recorder.state(), State::Stopped);
}

#[test]
fn a_pause_is_not_in_the_file() {
    let (mut fixture, memory) = in_memory(8);
    fixture.recorder.start().unwrap();
    fixture.send(3);
    fixture.recorder.pause().unwrap();
    assert_eq!((fixture.recorder.state(), fixture.recorder.statistics().frames), (State::Paused, 3));
    fixture.send(50);
    fixture.recorder.resume().unwrap();
    fixture.send(3);
    fixture.recorder.pause().unwrap();
    fixture.send(7);
    fixture.recorder.stop().unwrap();
    let ticks: Vec<_> = read(&memory.bytes()[..]).blocks.iter().map(|block| block.tick).collect();
    assert_eq!(ticks, [0, 400, 800, 1_200, 1_600, 2_000]);
    assert_eq!(fixture.recorder.statistics().dropped, 0);
}

#[test]
fn operations_are_refused_where_they_make_no_sense() {
    let (mut fixture, _memory) = in_memory(2);
    let recorder = fixture.recorder.clone();
    let check = |results: [Result<()>; 3]| {
        for result in results {
            assert_eq!(result.unwrap_err().code(), Code::OperationNotAllowed);
        }
    };
    check([recorder.pause(), recorder.resume(), recorder.stop()]);
    recorder.start().unwrap();
    check([recorder.start(), recorder.resume(), recorder.start()]);
    recorder.pause().unwrap();
    check([recorder.start(), recorder.pause(), recorder.start()]);
    recorder.stop().unwrap();
    check([recorder.stop(), recorder.start(), recorder.resume()]);
    recorder.release().unwrap();
    for operation in [Operation::Start, Operation::Pause, Operation::Resume, Operation::Stop, Operation::Release] {
        assert_eq!(recorder.perform(operation).unwrap_err().code(), Code::ServiceFatalError);
    }
    assert!(recorder.surface().is_released());
    fixture.send(3);
    let runtime = fixture.runtime.clone();
    for capacity in [0, 65] {
        let destination = Destination::Path("x.mkv".into());
        let options = Options { capacity, ..Options::new(destination, Container::Y4m) };
        assert_eq!(Recorder::new(&runtime, options).err().unwrap().code(), Code::InvalidArgument);
    }
}

#[test]
fn asynchronous_operations_run_in_order_and_the_surface_is_the_recorders() {
    let (mut fixture, memory) = in_memory(8);
    let (sender, done) = mpsc::channel();
    let ask = |recorder: &Arc<Recorder>, operation| {
        let (sender, own) = (sender.clone(), recorder.clone());
        recorder.queue().push(move || sender.send((operation, own.run(operation).is_ok())).unwrap());
    };
    ask(&fixture.recorder, Operation::Start);
    assert_eq!(done.recv_timeout(LONG).unwrap(), (Operation::Start, true));
    fixture.send(4);
    for operation in [Operation::Pause, Operation::Stop, Operation::Stop, Operation::Release] {
        ask(&fixture.recorder, operation);
    }
    let results: Vec<_> = (0..4).map(|_| done.recv_timeout(LONG).unwrap().1).collect();
    assert_eq!(results, [true, true, false, true]);
    assert_eq!(read(&memory.bytes()[..]).blocks.len(), 4);
    let (other, _memory) = in_memory(8);
    let surface = other.recorder.surface();
    assert_eq!(surface.acquire(Some(Duration::ZERO)).err().unwrap().code(), Code::OperationNotAllowed);
    assert!(surface.set_consumer(Some(Box::new(drop))).is_err());
}

#[test]
fn the_surface_tells_at_once_what_a_file_cannot_hold() {
    let runtime = Runtime::new(Mode::Caller).unwrap();
    let recorder = Recorder::new(&runtime, Options::new(Destination::Path("a.y4m".into()), Container::Y4m)).unwrap();
    let surface = recorder.surface();
    surface.attach(PixelFormat::YUYV).unwrap();
    assert!(surface.attach(PixelFormat::YUYV).unwrap_err().detail().contains("has one"));
    surface.detach();
    for format in [PixelFormat::MJPEG, PixelFormat::RGBA_8888, v4l2(b"H264")] {
        let error = surface.attach(format).unwrap_err();
        assert_eq!(error.code(), Code::InvalidArgument);
        assert!(error.detail().contains("Y4M") && error.detail().contains("8 bits"), "{error}");
    }
    assert_eq!(surface.fd().unwrap_err().code(), Code::OperationNotAllowed);
    runtime.shut_down();
}

#[test]
fn a_slow_disk_costs_frames_that_are_counted_and_never_more_memory() {
    let (mut fixture, memory) = in_memory(4);
    fixture.recorder.start().unwrap();
    fixture.send(1);
    fixture.settle();
    memory.hold(true);
    let begun = fixture.recorder.surface().statistics().counts.delivered as usize;
    fixture.send_one(PixelFormat::YUYV, Size::new(8, 4));
    // The header and the first frame were two writes.
    memory.wait_for_writes(begun + 2);
    for _ in 0..20 {
        fixture.send_one(PixelFormat::YUYV, Size::new(8, 4));
    }
    let surface = fixture.recorder.surface().statistics();
    assert_eq!((surface.waiting, surface.held), (4, 1));
    // Asked while the disk is stuck.
    assert_eq!(fixture.recorder.statistics().dropped, 16);
    memory.hold(false);
    fixture.recorder.stop().unwrap();
    let statistics = fixture.recorder.statistics();
    assert_eq!((statistics.frames, statistics.dropped), (6, 16));
    assert_eq!(read(&memory.bytes()[..]).blocks.len(), 6);
}

#[test]
fn a_change_of_size_ends_the_recording_with_an_error() {
    let (mut fixture, memory) = in_memory(8);
    fixture.recorder.start().unwrap();
    fixture.send(3);
    fixture.settle();
    fixture.send_one(PixelFormat::YUYV, Size::new(16, 4));
    let RecorderEvent::Error(error) = fixture.event() else { panic!("an error first") };
    assert_eq!(error.code(), Code::ServiceFatalError);
    assert!(error.detail().contains("16x4") && error.detail().contains("8x4"), "{error}");
    let RecorderEvent::Stopped(statistics) = fixture.event() else { panic!("then the end") };
    assert_eq!((statistics.frames, fixture.recorder.state()), (3, State::Failed));
    assert_eq!(fixture.recorder.stop().unwrap_err(), error);
    let file = read(&memory.bytes()[..]);
    assert!(file.blocks.len() == 3 && file.segment_size.is_some());
}

#[test]
fn a_full_disk_is_an_event_and_the_file_is_finished() {
    for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge] {
        let memory = sinks::Memory::with_room(1_000, kind);
        let destination = Destination::Sink(Box::new(memory.clone()));
        let mut fixture = fixture(Options::new(destination, Container::Matroska));
        fixture.recorder.start().unwrap();
        fixture.send(30);
        let RecorderEvent::Error(error) = fixture.event() else { panic!("an error first") };
        assert_eq!(error.code().number(), 7400201);
        let word = match kind {
            ErrorKind::StorageFull => "disk is full",
            ErrorKind::QuotaExceeded => "quota",
            _ => "may not grow",
        };
        assert!(error.detail().contains(word), "{error}");
        let RecorderEvent::Stopped(statistics) = fixture.event() else { panic!("then the end") };
        fixture.settle();
        let file = read(&memory.bytes()[..]);
        assert!(statistics.frames > 3 && statistics.frames == file.blocks.len() as u64);
        assert!(file.segment_size.is_some() && file.duration.is_some());
        assert_eq!(fixture.recorder.stop().unwrap_err(), error);
    }
}

#[test]
fn dev_full_is_a_full_disk() {
    for container in [Container::Matroska, Container::Y4m] {
        let mut fixture = fixture(Options::new(Destination::Path("/dev/full".into()), container));
        fixture.recorder.start().unwrap();
        fixture.send(1);
        let RecorderEvent::Error(error) = fixture.event() else { panic!("an error first") };
        assert!(error.detail().contains("disk is full") && error.detail().contains("os error 28"), "{error}");
        assert_eq!(fixture.event(), RecorderEvent::Stopped(Statistics::default()));
        assert_eq!(fixture.recorder.stop().unwrap_err(), error);
    }
}

#[test]
fn files_are_made_and_replaced_and_have_the_usual_rights() {
    let folder = Folder::new("rights");
    let path = folder.0.join("a.mkv");
    std::fs::write(&path, vec![7; 100_000]).unwrap();
    let plain = folder.0.join("plain");
    for path in [path, folder.0.join("b.mkv")] {
        let mut fixture = fixture(Options::new(Destination::Path(path.clone()), Container::Matroska));
        fixture.recorder.start().unwrap();
        fixture.send(3);
        fixture.recorder.stop().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(read(&bytes[..]).blocks.len(), 3);
        std::fs::write(&plain, []).unwrap();
        let rights = |path: &PathBuf| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(rights(&path), rights(&plain), "0666 and the umask");
    }
}

#[test]
fn descriptors_of_files_are_taken_and_others_refused() {
    let folder = Folder::new("descriptors");
    let path = folder.0.join("a.mkv");
    let with = |fd: OwnedFd| Options::new(Destination::Descriptor(fd), Container::Matroska);
    let record = |fd: OwnedFd| {
        let mut fixture = fixture(with(fd));
        fixture.recorder.start()?;
        fixture.send(3);
        fixture.recorder.stop()
    };
    let open = |options: &mut std::fs::OpenOptions| OwnedFd::from(options.open(&path).unwrap());
    record(open(std::fs::OpenOptions::new().write(true).create(true).truncate(false))).unwrap();
    assert_eq!(read(&std::fs::read(&path).unwrap()[..]).blocks.len(), 3);
    record(open(std::fs::OpenOptions::new().write(true))).unwrap();
    assert_eq!(read(&std::fs::read(&path).unwrap()[..]).blocks.len(), 3, "what was there is replaced");
    let (_reader, writer) = std::io::pipe().unwrap();
    let (_one, other) = std::os::unix::net::UnixStream::pair().unwrap();
    for fd in [
        open(std::fs::OpenOptions::new().read(true)),
        open(std::fs::OpenOptions::new().append(true)),
        writer.into(),
        other.into(),
    ] {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        assert_eq!(Recorder::new(&runtime, with(fd)).err().unwrap().code(), Code::InvalidArgument);
        runtime.shut_down();
    }
    // Changed meanwhile, and changed back: what a start refuses is not lost.
    let fd = open(std::fs::OpenOptions::new().write(true));
    let own = fd.try_clone().unwrap();
    let mut fixture = fixture(with(fd));
    let flags = rustix::fs::fcntl_getfl(&own).unwrap();
    rustix::fs::fcntl_setfl(&own, flags | OFlags::APPEND).unwrap();
    for _ in 0..2 {
        assert_eq!(fixture.recorder.start().unwrap_err().code(), Code::InvalidArgument);
    }
    assert_eq!(fixture.recorder.state(), State::Idle);
    rustix::fs::fcntl_setfl(&own, flags).unwrap();
    fixture.recorder.start().unwrap();
    fixture.send(4);
    fixture.recorder.stop().unwrap();
    assert_eq!(read(&std::fs::read(&path).unwrap()[..]).blocks.len(), 4);
}

#[test]
fn paths_that_cannot_be_used_are_told_at_the_start_and_can_be_repaired() {
    let folder = Folder::new("paths");
    let pipe = folder.0.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let missing = folder.0.join("missing");
    for path in [missing.join("a.mkv"), folder.0.clone(), pipe, PathBuf::from("/dev/null/a.mkv")] {
        let fixture = fixture(Options::new(Destination::Path(path.clone()), Container::Matroska));
        let error = fixture.recorder.start().unwrap_err();
        assert_eq!(error.code(), Code::InvalidArgument, "{error}");
        assert_eq!(fixture.recorder.state(), State::Idle);
        if path.starts_with(&missing) {
            std::fs::create_dir(&missing).unwrap();
            fixture.recorder.start().unwrap();
            // No frame came: the file is there and empty.
            fixture.recorder.stop().unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), b"");
        }
    }
}

#[test]
fn a_recorder_that_nobody_stops_finishes_its_file() {
    for release in [true, false] {
        let (mut fixture, memory) = in_memory(8);
        fixture.recorder.start().unwrap();
        fixture.send(5);
        fixture.settle();
        let surface = fixture.recorder.surface().clone();
        if release {
            fixture.recorder.release().unwrap();
            let RecorderEvent::Stopped(statistics) = fixture.event() else { panic!("the end is told") };
            assert_eq!(statistics.frames, 5);
            // The listener went with the recorder, behind that.
            assert!(fixture.events.recv_timeout(LONG).is_err_and(|end| end == mpsc::RecvTimeoutError::Disconnected));
        } else {
            // The last handle of the application goes.
            let (other, _memory) = in_memory(1);
            let deadline = Instant::now() + LONG;
            let weak = Arc::downgrade(&std::mem::replace(&mut fixture.recorder, other.recorder.clone()));
            while weak.strong_count() > 0 {
                assert!(Instant::now() < deadline);
                std::thread::yield_now();
            }
        }
        assert!(surface.is_released());
        let file = read(&memory.bytes()[..]);
        assert!(file.blocks.len() == 5 && file.segment_size.is_some());
    }
}

#[test]
fn frames_are_written_though_the_application_does_not_dispatch() {
    let runtime = Runtime::new(Mode::Caller).unwrap();
    let memory = sinks::Memory::default();
    let options = Options::new(Destination::Sink(Box::new(memory.clone())), Container::Matroska);
    let recorder = Recorder::new(&runtime, options).unwrap();
    recorder.start().unwrap();
    for number in 0..5 {
        recorder
            .surface()
            .push(picture(v4l2(b"GREY"), Size::new(2, 2), 0, number, number as i64 * MS), &surface::Sender::default());
    }
    memory.wait_for_writes(6);
    recorder.stop().unwrap();
    assert_eq!(recorder.statistics().frames, 5);
    drop(recorder);
    runtime.shut_down();
}

#[test]
fn a_file_size_limit_is_an_error_and_not_a_signal() {
    let status = Command::new("sh")
        .args(["-c", "ulimit -f 16 && exec \"$0\" --exact recorder::tests::object::under_a_limit --ignored"])
        .arg(std::env::current_exe().unwrap())
        // Which may be a file beyond the limit already.
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    // SIGXFSZ would be a signal instead of a code.
    assert_eq!(status.code(), Some(0));
}

#[test]
#[ignore = "runs in a process of its own, started by the test above"]
fn under_a_limit() {
    let folder = Folder::new("limit");
    let path = folder.0.join("a.mkv");
    let mut fixture = fixture(Options::new(Destination::Path(path.clone()), Container::Matroska));
    fixture.recorder.start().unwrap();
    let frames = 30;
    for _ in 0..frames {
        fixture.settle();
        fixture.send_one(PixelFormat::YUYV, Size::new(32, 32));
    }
    let RecorderEvent::Error(error) = fixture.event() else { panic!("an error first") };
    assert!(error.detail().contains("RLIMIT_FSIZE"), "{error}");
    let file = read(&std::fs::read(&path).unwrap()[..]);
    assert!((1..frames).contains(&file.blocks.len()) && file.segment_size.is_some());
}
