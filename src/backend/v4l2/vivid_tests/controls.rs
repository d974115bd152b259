//! Controls of a real driver: every type that vivid has, and the news of them.

use super::faults::{DISCONNECT, ticks};
use super::{PATIENCE, Rig, config, rig, started};
use crate::backend::Backend;
use crate::backend::control::{
    Change, Control, ControlChanges, ControlWatch, Controls, CropLimits, Kind, Section, Value, ids,
};
use crate::backend::v4l2::controls::V4l2Controls;
use crate::backend::v4l2::device::Node;
use crate::backend::v4l2::{facts, sys};
use crate::error::Code;
use crate::format::{PixelFormat, Size};
use crate::runtime::{Dispatcher, Log, Mode};
use std::collections::BTreeSet;
use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, Weak};
use std::time::{Duration, Instant};

/// vivid's control of an area, from its vivid-ctrls.c.
const AREA: u32 = 0x0098_f90b;

fn named(controls: &dyn Controls, name: &str) -> Control {
    let all = controls.list().unwrap();
    all.into_iter().find(|control| control.name == name).unwrap_or_else(|| panic!("no control {name}"))
}

fn number(controls: &dyn Controls, id: u32) -> i64 {
    match controls.get(id).unwrap() {
        Value::Number(number) => number,
        Value::Text(text) => panic!("{id:#x} is {text:?}"),
    }
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn every_control_is_described_read_and_set() {
    let rig = rig();
    let (device, other) = (rig.open(0), rig.open(0));
    let (controls, other) = (device.controls().unwrap(), other.controls().unwrap());
    let begin = Instant::now();
    let all = controls.list().unwrap();
    eprintln!("{} controls in {:?}", all.len(), begin.elapsed());
    if let Ok(listed) = Command::new("v4l2-ctl").args(["-d", &rig.cameras[0].path, "-l"]).output() {
        let text = String::from_utf8_lossy(&listed.stdout).into_owned();
        let hex = |word: &str| word.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let id = |line: &str| line.split_once(" 0x").and_then(|(_, rest)| hex(&format!("0x{}", &rest[..8])));
        let theirs: BTreeSet<u32> = text.lines().filter_map(id).collect();
        let ours: BTreeSet<u32> = all.iter().map(|control| control.id).collect();
        assert_eq!(ours, theirs, "{text}");
    }
    let mut read = 0;
    for control in &all {
        let value = controls.get(control.id);
        eprintln!(
            "  {:#010x} {:?} {} {}..{}/{} {:#x}: {value:?}",
            control.id, control.kind, control.name, control.min, control.max, control.step, control.flags
        );
        assert_eq!(controls.describe(control.id).unwrap().as_ref(), Some(control));
        match control.kind {
            Kind::Other(_) | Kind::Button => assert_eq!(value.unwrap_err().code(), Code::OperationNotAllowed),
            _ if control.is(Control::READ_ONLY) => {
                let error = controls.set(control.id, &value.unwrap()).unwrap_err();
                assert_eq!(error.code(), Code::OperationNotAllowed, "{error}");
            }
            _ => {
                // The gain is volatile, and may be what it may not be set to.
                controls.set(control.id, &value.unwrap()).unwrap();
                read += 1;
            }
        }
    }
    assert!(read > 30, "{read}");
    for kind in [
        Kind::Integer,
        Kind::Boolean,
        Kind::Menu,
        Kind::Button,
        Kind::Integer64,
        Kind::Text,
        Kind::Bitmask,
        Kind::IntegerMenu,
    ] {
        assert!(all.iter().any(|control| control.kind == kind), "{kind:?}");
    }
    assert!(all.iter().filter(|control| matches!(control.kind, Kind::Other(_))).count() >= 4, "arrays and an area");

    let number = Value::Number;
    let text = |text: &str| Value::Text(text.into());
    let table = [
        ("Integer 32 Bits", vec![number(i32::MIN.into()), number(i32::MAX.into())], vec![number(1 << 31), text("1")]),
        ("Integer 64 Bits", vec![number(i64::MIN), number(i64::MAX)], vec![]),
        ("String", vec![text("ab "), text("abcd")], vec![text("a"), text("abcde"), text("a\0c"), number(0)]),
        ("Bitmask", vec![number(0x8040_2010), number(0)], vec![number(1), number(-1), number(1 << 32)]),
        ("Menu", vec![number(1), number(4)], vec![number(0), number(2), number(5)]),
        ("Integer Menu", vec![number(2), number(8)], vec![number(0), number(1), number(9)]),
        ("Boolean", vec![number(1), number(0)], vec![number(2)]),
        ("Contrast", vec![number(0), number(255)], vec![number(256), number(-1)]),
    ];
    for (name, good, bad) in table {
        let id = named(&*controls, name).id;
        let before = controls.get(id).unwrap();
        for value in good {
            controls.set(id, &value).unwrap_or_else(|error| panic!("{value:?}: {error}"));
            assert_eq!(other.get(id).unwrap(), value, "{name}");
        }
        controls.set(id, &before).unwrap();
        for value in bad {
            let error = controls.set(id, &value).unwrap_err();
            assert_eq!(error.code(), Code::InvalidArgument, "{error}");
            assert!(error.detail().contains(name) && error.detail().contains("it takes "), "{error}");
        }
        assert_eq!(other.get(id).unwrap(), before, "nothing is rounded");
    }
    controls.set(named(&*controls, "Button").id, &number(7)).unwrap();
    let menu = controls.menu(&named(&*controls, "Menu")).unwrap();
    assert_eq!(menu.iter().map(|item| item.index).collect::<Vec<_>>(), [1, 3, 4], "{menu:?}");
    let menu = controls.menu(&named(&*controls, "Integer Menu")).unwrap();
    assert!(
        menu.iter().all(|item| item.number.map(|number| number.to_string()).as_ref() == Some(&item.name)),
        "{menu:?}"
    );
    assert_eq!(menu.last().and_then(|item| item.number), Some(42), "{menu:?}");
    let error = controls.set(0x0098_ffff, &number(0)).unwrap_err();
    assert_eq!(error.code(), Code::OperationNotAllowed, "{error}");

    let node = Node::open(Path::new(&rig.cameras[0].path)).unwrap().unwrap();
    assert_eq!(facts::area(&node, AREA), Some(Size::new(1000, 2000)));
    assert_eq!(facts::area(&node, ids::CONTRAST), None);
    eprintln!("{:?}", device.facts());
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn volatile_values_are_fresh_and_grabbed_controls_refuse() {
    let rig = rig();
    let device = rig.open(0);
    let controls = device.controls().unwrap();
    controls.set(ids::AUTOGAIN, &Value::Number(1)).unwrap();
    assert!(controls.describe(ids::GAIN).unwrap().unwrap().is(Control::VOLATILE));
    // vivid's gain follows the clock, second by second.
    let first = number(&*controls, ids::GAIN);
    let deadline = Instant::now() + PATIENCE;
    while number(&*controls, ids::GAIN) == first {
        assert!(Instant::now() < deadline, "always {first}");
        std::thread::sleep(Duration::from_millis(50));
    }
    let scaler = named(&*controls, "Enable Capture Scaler").id;
    let stream = device.configure(&config(PixelFormat::YUYV)).unwrap();
    let sink = started(&stream, 0);
    drop(sink.frames(2));
    assert!(controls.describe(scaler).unwrap().unwrap().is(Control::GRABBED));
    let error = controls.set(scaler, &Value::Number(1)).unwrap_err();
    eprintln!("{error}");
    assert!(error.code() == Code::OperationNotAllowed && error.detail().contains("stop the session"), "{error}");
    controls.set(ids::BRIGHTNESS, &Value::Number(100)).unwrap();
    drop(sink.frames(5));
    stream.stop().unwrap();
    controls.set(scaler, &Value::Number(1)).unwrap();
    controls.set(ids::BRIGHTNESS, &Value::Number(128)).unwrap();
}

/// Notes what it is told and when.
#[derive(Default)]
struct Told {
    changes: Mutex<Vec<(Change, Instant)>>,
    more: Condvar,
}

impl ControlChanges for Told {
    fn changed(&self, change: Change) {
        self.changes.lock().unwrap().push((change, Instant::now()));
        self.more.notify_all();
    }
}

impl Told {
    fn wait(&self, what: &str, is: impl Fn(&Change) -> bool) -> (Change, Instant) {
        let found = |all: &[(Change, Instant)]| all.iter().copied().find(|(change, _)| is(change));
        let all = self.changes.lock().unwrap();
        let (all, _) = self.more.wait_timeout_while(all, PATIENCE, |all| found(all).is_none()).unwrap();
        found(&all).unwrap_or_else(|| panic!("{what}: {all:?}"))
    }

    fn all(&self) -> Vec<Change> {
        self.changes.lock().unwrap().iter().map(|(change, _)| *change).collect()
    }
}

fn watch(controls: &Arc<dyn Controls>, of: &[u32]) -> (Arc<Told>, Arc<dyn ControlWatch>) {
    let told = Arc::new(Told::default());
    let watch = controls.watch(Arc::downgrade(&told) as Weak<dyn ControlChanges>).unwrap();
    of.iter().for_each(|id| watch.add(*id).unwrap());
    (told, watch)
}

fn by_another_process(rig: &Rig, setting: &str) -> Instant {
    let mut command = Command::new("v4l2-ctl");
    command.args(["-d", &rig.cameras[0].path, "-c", setting]).stdout(Stdio::null());
    assert!(command.status().expect("v4l2-ctl runs").success());
    Instant::now()
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn changes_made_elsewhere_are_told_and_our_own_are_not() {
    let rig = rig();
    let device = rig.open(0);
    let controls = device.controls().unwrap();
    controls.set(ids::AUTOGAIN, &Value::Number(1)).unwrap();
    let (wide, mask, text) = ["Integer 64 Bits", "Bitmask", "String"].map(|name| named(&*controls, name).id).into();
    let (told, watched) = watch(&controls, &[ids::BRIGHTNESS, ids::AUTOGAIN, ids::GAIN, wide, mask, text]);
    // A second one, of the same controls.
    let (other_told, other) = watch(&controls, &[ids::BRIGHTNESS]);

    controls.set(ids::BRIGHTNESS, &Value::Number(90)).unwrap();
    controls.set(ids::AUTOGAIN, &Value::Number(0)).unwrap();
    // The gain is no longer automatic: that is news, though we caused it.
    let (change, _) = told.wait("the gain's flags", |change| change.id == ids::GAIN);
    assert!(change.described_anew);
    assert!(told.all().iter().all(|change| change.id == ids::GAIN), "{:?}", told.all());

    // Standing and streaming.
    let stream = device.configure(&config(PixelFormat::YUYV)).unwrap();
    for (streaming, first) in [(false, 10), (true, 40)] {
        let sink = streaming.then(|| started(&stream, 0));
        let left = by_another_process(&rig, &format!("brightness={first}"));
        let (_, at) = told.wait("v4l2-ctl's", |change| (change.id, change.value) == (ids::BRIGHTNESS, first));
        eprintln!("told {:?} after v4l2-ctl had ended (streaming: {streaming})", at.saturating_duration_since(left));
        assert!(at.saturating_duration_since(left) < Duration::from_millis(100));
        let file = File::options().read(true).write(true).open(&rig.cameras[0].path).unwrap();
        let mut delays = Vec::new();
        for value in first + 1..first + 21 {
            let begin = Instant::now();
            sys::set_control(file.as_fd(), ids::BRIGHTNESS, value as i32).unwrap();
            let (_, at) = told.wait("another file's", |change| (change.id, change.value) == (ids::BRIGHTNESS, value));
            delays.push(at.saturating_duration_since(begin));
        }
        delays.sort();
        eprintln!("told after {:?} to {:?}, in the middle {:?}", delays[0], delays[19], delays[10]);
        assert!(delays[19] < Duration::from_millis(100));
        if let Some(sink) = sink {
            drop(sink.frames(3));
            assert!(sink.seen().ended.is_empty());
            stream.stop().unwrap();
        }
    }
    by_another_process(&rig, &format!("integer_64_bits={},bitmask=0x80402010,string=xyz", i64::MIN + 5));
    for (id, value) in [(wide, i64::MIN + 5), (mask, 0x8040_2010), (text, 0)] {
        told.wait("every type", |change| (change.id, change.value) == (id, value));
    }
    assert_eq!(controls.get(text).unwrap(), Value::Text("xyz".into()));
    assert!(other_told.all().iter().all(|change| change.id == ids::BRIGHTNESS) && other_told.all().len() > 40);

    drop(watched);
    let before = (told.all().len(), other_told.all().len());
    by_another_process(&rig, "brightness=3");
    other_told.wait("the one that is left", |change| change.value == 3);
    assert_eq!(told.all().len(), before.0, "nothing after the end");
    other.remove(ids::BRIGHTNESS);
    by_another_process(&rig, "brightness=128");
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(other_told.all().len(), before.1 + 1);
    other.add(ids::BRIGHTNESS).unwrap();
    by_another_process(&rig, "brightness=127");
    other_told.wait("once more", |change| change.value == 127);
    assert_eq!(other.add(0x0098_ffff).unwrap_err().code(), Code::OperationNotAllowed);
}

/// Has enough after the first change, and ends its watch from inside the call.
#[derive(Default)]
struct Once {
    told: Told,
    watch: Mutex<Option<Arc<dyn ControlWatch>>>,
}

impl ControlChanges for Once {
    fn changed(&self, change: Change) {
        drop(self.watch.lock().unwrap().take());
        self.told.changed(change);
    }
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn a_watch_ends_from_inside_its_own_call_and_begins_again() {
    let rig = rig();
    let device = rig.open(0);
    let controls = device.controls().unwrap();
    let file = File::options().read(true).write(true).open(&rig.cameras[0].path).unwrap();
    let set = |value| sys::set_control(file.as_fd(), ids::CONTRAST, value).unwrap();
    let once = Arc::new(Once::default());
    for round in 1..20 {
        let watch = controls.watch(Arc::downgrade(&once) as Weak<dyn ControlChanges>).unwrap();
        watch.add(ids::CONTRAST).unwrap();
        *once.watch.lock().unwrap() = Some(watch);
        set(round);
        once.told.wait("the first change", |change| change.value == round.into());
        set(100 + round);
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(once.told.all().len(), round as usize, "{:?}", once.told.all());
    }
    set(128);
    assert_eq!(Arc::strong_count(&once), 1);
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn a_camera_that_is_unplugged_while_it_is_watched_costs_nothing() {
    let rig = rig();
    let device = rig.open(0);
    let controls = device.controls().unwrap();
    let (told, watched) = watch(&controls, &[ids::BRIGHTNESS, DISCONNECT]);
    let idle = ticks();
    std::thread::sleep(Duration::from_secs(1));
    let idle = ticks() - idle;
    rig.control(0, DISCONNECT, 1);
    let before = ticks();
    std::thread::sleep(Duration::from_secs(1));
    let spent = ticks() - before;
    eprintln!("{idle} ticks of processor time in a second before, {spent} after; told {:?}", told.all());
    assert!(idle < 20 && spent < 20);
    for error in [
        controls.list().map(drop).unwrap_err(),
        controls.get(ids::BRIGHTNESS).map(drop).unwrap_err(),
        controls.set(ids::BRIGHTNESS, &Value::Number(1)).unwrap_err(),
        watched.add(ids::CONTRAST).unwrap_err(),
    ] {
        assert_eq!(error.code(), Code::DeviceDisabled, "{error}");
    }
    drop(watched);
    assert_eq!(Arc::strong_count(&told), 1);
    drop((controls, device));
    assert_eq!(rig.v4l2.cameras().unwrap(), rig.cameras, "nobody has it open any more");
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn a_loopback_camera_has_the_controls_that_it_has() {
    let Some(path) = std::env::var_os("CAMERA_TEST_LOOPBACK") else {
        return eprintln!("SKIP: no v4l2loopback");
    };
    let rig = rig();
    let file = File::options().read(true).write(true).custom_flags(libc::O_NONBLOCK).open(&path).unwrap();
    let node = Arc::new(Node::fake(file.into(), Path::new(&path), "loopback"));
    let log = Log::new(Dispatcher::new(Mode::Caller).unwrap());
    let controls: Arc<dyn Controls> = Arc::new(V4l2Controls::new(node, Path::new(&path), rig.reactor.clone(), log));
    for control in controls.list().unwrap() {
        eprintln!("{control:?}: {:?}", controls.get(control.id));
    }
    assert_eq!(controls.describe(ids::BRIGHTNESS).unwrap(), None);
    assert_eq!(controls.get(ids::EXPOSURE_ABSOLUTE).unwrap_err().code(), Code::OperationNotAllowed);
    assert_eq!(controls.crop().unwrap(), None);
    let told = Arc::new(Told::default());
    let watch = controls.watch(Arc::downgrade(&told) as Weak<dyn ControlChanges>);
    let first = controls.list().unwrap().first().map(|control| control.id);
    eprintln!(
        "watching: {:?}",
        watch.as_ref().map(|watch| first.map(|id| watch.add(id))).map_err(|error| error.detail())
    );
    let before = ticks();
    std::thread::sleep(Duration::from_secs(1));
    assert!(ticks() - before < 20, "nothing spins");
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn a_part_of_the_picture_is_taken_where_the_driver_scales() {
    let rig = rig();
    let device = rig.open(0);
    let controls = device.controls().unwrap();
    assert_eq!(controls.crop().unwrap(), None, "vivid's webcam input has none");
    let input = |number: &str| {
        let mut command = Command::new("v4l2-ctl");
        command.args(["-d", &rig.cameras[0].path, "-i", number]).stdout(Stdio::null());
        assert!(command.status().expect("v4l2-ctl runs").success());
    };
    input("3");
    let switch = |name: &str, on: i64| controls.set(named(&*controls, name).id, &Value::Number(on));
    for name in ["Enable Capture Cropping", "Enable Capture Composing", "Enable Capture Scaler"] {
        switch(name, 1).unwrap();
    }
    let CropLimits { bounds, default, current } = controls.crop().unwrap().unwrap();
    eprintln!("bounds {bounds:?}, default {default:?}, now {current:?}");
    let mut picture = config(PixelFormat::YUYV);
    (picture.size, picture.rate) = (Size::new(640, 360), None);
    let stream = device.configure(&picture).unwrap();
    let sink = started(&stream, 0);
    drop(sink.frames(3));
    let part = Section {
        left: bounds.left + (bounds.width / 4) as i32,
        top: bounds.top + (bounds.height / 4) as i32,
        width: bounds.width / 2,
        height: bounds.height / 2,
    };
    let taken = controls.set_crop(part);
    eprintln!("while frames flow: {taken:?}");
    match taken {
        Ok(taken) => assert_eq!(controls.crop().unwrap().unwrap().current, taken),
        Err(error) => assert_eq!(error.code(), Code::OperationNotAllowed, "{error}"),
    }
    let seen = sink.seen().infos.len();
    assert_eq!(sink.frames(seen + 5).infos.last().unwrap().size, picture.size);
    let outside = Section { width: bounds.width + 2, ..bounds };
    assert_eq!(controls.set_crop(outside).unwrap_err().code(), Code::InvalidArgument);
    // Less than a quarter: vivid scales no further, and would make a smaller picture.
    let tiny = Section { width: 32, height: 32, ..part };
    let before = controls.crop().unwrap();
    let refused = controls.set_crop(tiny);
    eprintln!("a tiny part: {refused:?}");
    assert_eq!(refused.unwrap_err().code(), Code::OperationNotAllowed);
    assert_eq!(controls.crop().unwrap(), before, "as it was");
    controls.set_crop(default).unwrap();
    let seen = sink.seen().infos.len();
    drop(sink.frames(seen + 3));
    stream.stop().unwrap();
    drop(stream);
    // Without a scaler a smaller part is a smaller picture.
    switch("Enable Capture Scaler", 0).unwrap();
    let refused = controls.set_crop(part);
    eprintln!("without a scaler: {refused:?}");
    assert!(refused.is_err_and(|error| error.code() == Code::OperationNotAllowed));
    switch("Enable Capture Scaler", 1).unwrap();
    input("0");
}
