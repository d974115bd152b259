//! What goes wrong with cameras: in use, unplugged, forbidden, broken.

use super::{PATIENCE, Sink, config, rig, started};
use crate::backend::Backend;
use crate::error::Code;
use crate::format::PixelFormat;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

// vivid's controls, from its vivid-ctrls.c.
const WRAP_SEQUENCE_NUMBER: u32 = 0x00f0_f026;
const PERCENTAGE_OF_DROPPED_BUFFERS: u32 = 0x00f0_f040;
pub(super) const DISCONNECT: u32 = 0x00f0_f041;
const BUFFER_FLAG_ERROR: u32 = 0x00f0_f042;
const REQBUFS_ERROR: u32 = 0x00f0_f043;
const QBUF_ERROR: u32 = 0x00f0_f044;
const STREAMON_ERROR: u32 = 0x00f0_f045;
const FATAL_STREAMING_ERROR: u32 = 0x00f0_f046;

/// Processor time of this process, from /proc/self/stat, in ticks of 10 ms.
pub(super) fn ticks() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// Another process that streams from a node, ended with this.
struct Streamer(Child);
impl Streamer {
    fn new(path: &str) -> Option<Streamer> {
        let mut command = Command::new("v4l2-ctl");
        command.args(["-d", path, "--stream-mmap"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().ok().map(Streamer)
    }
}
impl Drop for Streamer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn a_camera_in_use_is_a_conflict_that_names_the_user() {
    let rig = rig();
    let (first, second) = (rig.open(0), rig.open(0));
    let stream = first.configure(&config(PixelFormat::YUYV)).unwrap();
    let error = second.configure(&config(PixelFormat::NV12)).err().unwrap();
    assert_eq!(error.code(), Code::ConflictCamera, "{error}");
    assert!(error.detail().contains("EBUSY (16)"), "{error}");
    drop(stream);
    drop(second.configure(&config(PixelFormat::NV12)).unwrap());
    let Some(_streamer) = Streamer::new(&rig.cameras[0].path) else {
        return eprintln!("SKIP the other process: there is no v4l2-ctl");
    };
    let deadline = Instant::now() + PATIENCE;
    let error = loop {
        match second.configure(&config(PixelFormat::NV12)) {
            Err(error) => break error,
            Ok(_) => assert!(Instant::now() < deadline, "the other process does not stream"),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    eprintln!("{error}");
    assert_eq!(error.code(), Code::ConflictCamera);
    assert!(error.detail().contains("v4l2-ctl (process "), "{error}");
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn an_unplugged_camera_ends_its_stream_once_and_costs_nothing() {
    let rig = rig();
    for (camera, format) in [(0, PixelFormat::YUYV), (1, PixelFormat::NV12M)] {
        let device = rig.open(camera);
        device.check_present().unwrap();
        let stream = device.configure(&config(format)).unwrap();
        let sink = started(&stream, 2);
        drop(sink.frames(5));
        rig.control(camera, DISCONNECT, 1);
        drop(sink.wait("the end", |seen| !seen.ended.is_empty()));
        let before = ticks();
        std::thread::sleep(Duration::from_secs(1));
        let spent = ticks() - before;
        let ended = sink.seen().ended.clone();
        eprintln!("camera {camera}: {}; {spent} ticks in the second after", ended[0]);
        assert_eq!((ended.len(), ended[0].code()), (1, Code::DeviceDisabled));
        assert!(spent < 20, "{spent} ticks of processor time");
        assert_eq!(device.check_present().unwrap_err().code(), Code::DeviceDisabled);
        assert_eq!(rig.v4l2.cameras().unwrap().len(), rig.cameras.len() - 1);
        // A frame that is released late, and everything else, still works.
        sink.release();
        stream.stop().unwrap();
        let error = stream.start(Sink::new(0)).unwrap_err();
        assert_eq!(error.code(), Code::DeviceDisabled, "{error}");
        drop(stream);
        let error = device.configure(&config(format)).err().unwrap();
        assert_eq!(error.code(), Code::DeviceDisabled, "{error}");
        drop(device);
        // vivid plugs itself in again when its last user has gone.
        assert_eq!(rig.v4l2.cameras().unwrap(), rig.cameras);
        let device = rig.open(camera);
        let stream = device.configure(&config(format)).unwrap();
        drop(started(&stream, 0).frames(3));
    }
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn faults_of_the_driver_are_survived_or_told() {
    let rig = rig();
    let format = config(PixelFormat::YUYV);
    let device = rig.open(0);
    rig.control(0, REQBUFS_ERROR, 1);
    let error = device.configure(&format).err().unwrap();
    assert_eq!(error.code(), Code::ServiceFatalError, "{error}");
    let stream = device.configure(&format).unwrap();

    rig.control(0, STREAMON_ERROR, 1);
    let error = stream.start(Sink::new(0)).unwrap_err();
    assert_eq!(error.code(), Code::ServiceFatalError, "{error}");
    rig.control(0, QBUF_ERROR, 1);
    stream.start(Sink::new(0)).unwrap_err();

    let sink = started(&stream, 0);
    drop(sink.frames(3));
    rig.control(0, BUFFER_FLAG_ERROR, 1);
    drop(sink.wait("a corrupt buffer", |seen| seen.corrupt.len() == 1));
    // A buffer that could not be queued is queued with a later one: none is lost for good.
    rig.control(0, QBUF_ERROR, 1);
    let count = sink.seen().infos.len();
    let seen = sink.frames(count + 20);
    let (corrupt, last) = (seen.corrupt[0], *seen.queued.last().unwrap());
    assert!(last >= 5, "{:?}", seen.queued);
    let missing = (0..).find(|number| seen.infos.iter().all(|info| info.sequence != *number));
    assert_eq!(missing, Some(corrupt), "the corrupt one keeps its number");
    drop(seen);

    rig.control(0, PERCENTAGE_OF_DROPPED_BUFFERS, 40);
    let count = sink.seen().infos.len();
    let seen = sink.frames(count + 40);
    let numbers: Vec<_> = seen.infos[count + 5..].iter().map(|info| info.sequence).collect();
    assert!(numbers.windows(2).any(|pair| pair[1] > pair[0] + 1), "gaps show: {numbers:?}");
    drop(seen);
    rig.control(0, PERCENTAGE_OF_DROPPED_BUFFERS, 0);

    rig.control(0, FATAL_STREAMING_ERROR, 1);
    let seen = sink.wait("the end", |seen| !seen.ended.is_empty());
    eprintln!("{}", seen.ended[0]);
    assert_eq!(seen.ended[0].code(), Code::ServiceFatalError);
    drop(seen);
    let before = ticks();
    std::thread::sleep(Duration::from_secs(1));
    assert!(ticks() - before < 20);
    assert_eq!(sink.seen().ended.len(), 1);
    // The same stream works again.
    stream.stop().unwrap();
    let sink = started(&stream, 0);
    drop(sink.frames(5));
    stream.stop().unwrap();

    rig.control(0, WRAP_SEQUENCE_NUMBER, 1);
    let sink = started(&stream, 0);
    let numbers: Vec<_> = sink.frames(200).infos.iter().map(|info| info.sequence).collect();
    rig.control(0, WRAP_SEQUENCE_NUMBER, 0);
    assert!(numbers.windows(2).all(|pair| (1..5).contains(&(pair[1] - pair[0]))), "{numbers:?}");
    eprintln!("numbers {} to {} over the wrap", numbers[0], numbers.last().unwrap());
}

/// Runs itself again as a user who may not open the cameras.
#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn cameras_are_listed_without_permission_and_tell_what_is_missing() {
    let rig = rig();
    if std::env::var_os("CAMERA_TEST_DENIED").is_none() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(std::env::current_exe().unwrap());
        let own_name = "cameras_are_listed_without_permission_and_tell_what_is_missing";
        command.args([own_name, "--ignored", "--nocapture"]).env("CAMERA_TEST_DENIED", "1");
        let status = command.status().expect("setpriv runs");
        assert!(status.success(), "{status}");
        return;
    }
    assert_eq!(rig.cameras[0].name, "vivid-000-vid-cap");
    assert_ne!(rig.cameras[0].id, rig.cameras[1].id);
    let unknown = "v4l2:platform:vivid-000-video-index0";
    for id in [rig.cameras[0].id.as_str(), rig.cameras[1].id.as_str(), unknown] {
        let error = rig.v4l2.open(id).err().unwrap();
        eprintln!("{error}");
        assert_eq!(error.code(), Code::OperationNotAllowed);
        assert!(error.detail().contains("the node is rw"), "{error}");
        assert_eq!(rig.v4l2.modes(id).unwrap_err().code(), Code::OperationNotAllowed);
    }
}
