//! Cameras that fail, against what the contract has for a driver that does.

use super::*;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    Frame { sequence: u64, number: u32, timestamp_ns: i64 },
    Corrupt(u64),
    Ended(Code, String),
}
use Event::{Corrupt, Ended};

#[derive(Default)]
struct Diary(Mutex<Vec<Event>>);

impl FrameSink for Diary {
    fn frame(&self, frame: Frame, _: u32) {
        let info = frame.info();
        let number = number_in(&frame, Row::Frame).expect("a number is drawn");
        self.0.lock().push(Event::Frame { sequence: info.sequence, number, timestamp_ns: info.timestamp_ns });
    }
    fn corrupt(&self, sequence: u64) {
        self.0.lock().push(Corrupt(sequence));
    }
    fn ended(&self, error: Error) {
        self.0.lock().push(Ended(error.code(), error.detail().to_owned()));
    }
}

impl Diary {
    fn events(&self) -> Vec<Event> {
        self.0.lock().clone()
    }

    /// Sequence, number and time of each frame that came.
    fn frames(&self) -> Vec<(u64, u32, i64)> {
        let frame = |event| match event {
            Event::Frame { sequence, number, timestamp_ns } => Some((sequence, number, timestamp_ns)),
            _ => None,
        };
        self.events().into_iter().filter_map(frame).collect()
    }

    fn wait_for_frame(&self, sequence: u64) {
        wait_until(|| self.frames().last().is_some_and(|(last, ..)| *last >= sequence));
    }

    fn wait_for_end(&self) -> (Code, String) {
        wait_until(|| matches!(self.events().last(), Some(Ended(..))));
        let Some(Ended(code, detail)) = self.events().last().cloned() else { unreachable!() };
        (code, detail)
    }
}

fn bench(script: &str) -> Bench {
    Bench::with(vec![Script::parse(script).unwrap()])
}

fn grey(rate: u32) -> StreamConfig {
    config(PixelFormat::from_fourcc(*b"GREY"), SMALL, rate, 4)
}

/// A running stream and what it gave.
fn started(device: &Arc<dyn Device>, rate: u32) -> (Arc<dyn Stream>, Arc<Diary>) {
    let stream = device.configure(&grey(rate)).unwrap();
    let diary = Arc::new(Diary::default());
    stream.start(diary.clone()).unwrap();
    (stream, diary)
}

#[test]
fn an_unplugged_camera_is_gone_until_it_returns_as_another_device() {
    let bench = bench("unplug@5f+return@30f");
    let cameras = bench.cameras.cameras().unwrap();
    let device = bench.cameras.open("virtual:0").unwrap();
    let (stream, diary) = started(&device, 100);
    let (code, detail) = diary.wait_for_end();
    assert_eq!(code, Code::DeviceDisabled);
    assert!(detail.starts_with("virtual:0: taking a buffer") && detail.contains("ENODEV (19)"), "{detail}");
    assert!(diary.frames().iter().all(|(sequence, ..)| *sequence < 5));
    // Twice, so that whoever is quicker than the return has been looked at.
    let gone = |error: Option<Error>| error.is_none_or(|error| error.code() == Code::DeviceDisabled);
    assert!(gone(bench.cameras.open("virtual:0").err()) && gone(bench.cameras.modes("virtual:0").err()));
    wait_until(|| bench.cameras.cameras().unwrap() == cameras);
    // The old device stays dead, and its stream may still be there.
    assert_eq!(device.check_present().unwrap_err().code(), Code::DeviceDisabled);
    assert_eq!(device.formats().unwrap_err().code(), Code::DeviceDisabled);
    assert_eq!(device.configure(&grey(30)).err().unwrap().code(), Code::DeviceDisabled);
    stream.stop().unwrap();
    assert_eq!(stream.start(diary.clone()).unwrap_err().code(), Code::DeviceDisabled);
    let next = bench.cameras.open("virtual:0").unwrap();
    let (again, seen) = started(&next, 200);
    drop(stream);
    assert_eq!(next.configure(&grey(30)).err().unwrap().code(), Code::ConflictCamera);
    seen.wait_for_frame(20);
    again.stop().unwrap();
    assert_eq!(diary.events().iter().filter(|event| matches!(event, Ended(..))).count(), 1, "told once");
}

#[test]
fn a_camera_that_does_not_return_stays_gone() {
    let bench = bench("unplug@0f");
    let device = bench.cameras.open("virtual:0").unwrap();
    let (stream, diary) = started(&device, 100);
    assert_eq!(diary.wait_for_end().0, Code::DeviceDisabled);
    assert_eq!(diary.events().len(), 1, "no frame came");
    assert_eq!(bench.cameras.cameras().unwrap(), []);
    assert_eq!(bench.cameras.open("virtual:0").err().unwrap().code(), Code::DeviceDisabled);
    assert!(bench.cameras.owns("virtual:0"));
    stream.stop().unwrap();
}

#[test]
fn a_driver_that_fails_ends_the_run_and_the_next_one_too() {
    let bench = bench("fail@5f");
    let device = bench.cameras.open("virtual:0").unwrap();
    let stream = device.configure(&grey(200)).unwrap();
    for _ in 0..2 {
        let diary = Arc::new(Diary::default());
        stream.start(diary.clone()).unwrap();
        let (code, detail) = diary.wait_for_end();
        assert_eq!(code, Code::ServiceFatalError);
        assert!(detail.contains("EIO (5)"), "{detail}");
        let last = diary.frames().last().map_or(0, |(sequence, ..)| sequence + 1);
        assert!(last <= 5);
        let events = diary.events();
        assert_eq!(events[events.len() - 2], Corrupt(last), "the first EIO may be a damaged frame");
        device.check_present().unwrap();
        stream.stop().unwrap();
    }
}

#[test]
fn frames_are_lost_damaged_and_missed_where_the_script_has_it() {
    let bench = bench("drop=5+corrupt@7f+corrupt@22f-24f+eio@11f");
    let device = bench.cameras.open("virtual:0").unwrap();
    let (stream, diary) = started(&device, 100);
    diary.wait_for_frame(40);
    stream.stop().unwrap();
    let corrupt: Vec<u64> = diary
        .events()
        .iter()
        .filter_map(|event| if let Corrupt(number) = event { Some(*number) } else { None })
        .collect();
    assert_eq!(corrupt.len(), 4, "{corrupt:?}");
    assert_eq!((corrupt[0], &corrupt[2..]), (7, &[22, 23][..]));
    // Of a buffer that cannot be had nobody knows the number: it follows the last one.
    assert!((9..=11).contains(&corrupt[1]), "{corrupt:?}");
    for (sequence, number, _) in diary.frames() {
        assert_eq!(sequence, u64::from(number));
        assert!(sequence % 5 != 4 && ![7, 11, 22, 23].contains(&sequence), "{sequence}");
    }
}

#[test]
fn numbers_go_on_over_the_wrap_and_timestamps_jump() {
    let bench = bench("wrap=5+jump@10f=1s+jump@20f=-3s");
    let device = bench.cameras.open("virtual:0").unwrap();
    let (stream, diary) = started(&device, 100);
    diary.wait_for_frame(30);
    stream.stop().unwrap();
    let frames = diary.frames();
    let (_, first, start) = frames[0];
    for (sequence, number, timestamp_ns) in frames {
        assert_eq!(number, first.wrapping_add(sequence as u32));
        // Frames before the first one that came are not counted.
        let frame = i64::from(number.wrapping_add(5));
        let shift = if frame < 10 {
            0
        } else if frame < 20 {
            1_000_000_000
        } else {
            -2_000_000_000
        };
        assert_eq!(timestamp_ns - start, (frame - i64::from(first.wrapping_add(5))) * 10_000_000 + shift);
    }
}

#[test]
fn a_silent_camera_is_not_an_error_and_can_be_unplugged() {
    let bench = bench("silent@4f+unplug@30f");
    let device = bench.cameras.open("virtual:0").unwrap();
    let (stream, diary) = started(&device, 100);
    assert_eq!(diary.wait_for_end().0, Code::DeviceDisabled);
    assert!(diary.frames().iter().all(|(sequence, ..)| *sequence < 4));
    assert!(diary.events().len() <= 5);
    stream.stop().unwrap();
}

#[test]
fn cameras_are_busy_or_forbidden_as_often_as_the_script_has_it() {
    let bench = bench("denied=2+busy@open=1+busy@commit=2");
    for (_, code, text) in [
        (0, Code::OperationNotAllowed, "EACCES (13)"),
        (1, Code::OperationNotAllowed, "group video"),
        (2, Code::ConflictCamera, "process 4711"),
    ] {
        let error = bench.cameras.open("virtual:0").err().unwrap();
        assert_eq!(error.code(), code);
        assert!(error.detail().contains(text), "{error}");
    }
    bench.cameras.modes("virtual:0").unwrap();
    let device = bench.cameras.open("virtual:0").unwrap();
    for _ in 0..2 {
        let error = device.configure(&grey(30)).err().unwrap();
        assert_eq!(error.code(), Code::ConflictCamera);
        assert!(error.detail().contains("EBUSY (16)"), "{error}");
    }
    device.configure(&grey(30)).unwrap();
    let always = super::faults::bench("denied");
    assert_eq!(always.cameras.modes("virtual:0").unwrap_err().code(), Code::OperationNotAllowed);
    for _ in 0..5 {
        assert_eq!(always.cameras.open("virtual:0").err().unwrap().code(), Code::OperationNotAllowed);
    }
    assert_eq!(always.cameras.cameras().unwrap().len(), 1, "it is known to be a camera");
}

#[test]
fn slow_calls_take_their_time_and_a_dead_stream_stops_at_once() {
    let bench = bench("slow@open=30ms+slow@commit=30ms+slow@start=30ms+slow@stop=30ms+fail@100f");
    let at_least = |begin: Instant| assert!(begin.elapsed() >= Duration::from_millis(30));
    let begin = Instant::now();
    let device = bench.cameras.open("virtual:0").unwrap();
    at_least(begin);
    let begin = Instant::now();
    let stream = device.configure(&grey(1000)).unwrap();
    at_least(begin);
    let (begin, diary) = (Instant::now(), Arc::new(Diary::default()));
    stream.start(diary.clone()).unwrap();
    at_least(begin);
    let begin = Instant::now();
    stream.stop().unwrap();
    at_least(begin);
}

#[test]
fn faults_of_one_camera_are_not_those_of_another() {
    let bench = Bench::with(vec![Script::parse("unplug@0f").unwrap(), Script::default()]);
    let device = bench.cameras.open("virtual:0").unwrap();
    let (_stream, diary) = started(&device, 100);
    diary.wait_for_end();
    let left = bench.cameras.cameras().unwrap();
    assert_eq!(left.iter().map(|camera| camera.id.as_str()).collect::<Vec<_>>(), ["virtual:1"]);
    let other = bench.cameras.open("virtual:1").unwrap();
    let (_stream, diary) = started(&other, 100);
    diary.wait_for_frame(3);
}
