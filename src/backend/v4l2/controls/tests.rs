//! Controls against drivers that answer as real ones do, and as they should not.

use super::*;
use crate::backend::control::{Change, ids};
use crate::error::Code;
use crate::runtime::reactor::{Interest, Readiness, Source};
use crate::runtime::{Dispatcher, Mode};
use crate::sync::Mutex;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::os::fd::{AsFd, OwnedFd};

type Number = (u32, Kind, i64, i64, u64, u32);

/// A driver of a few controls, which remembers what it is told.
struct Fake {
    controls: Mutex<BTreeMap<u32, Described>>,
    items: BTreeMap<(u32, u32), i64>,
    values: Mutex<BTreeMap<u32, i64>>,
    texts: Mutex<BTreeMap<u32, Vec<u8>>>,
    /// What every call of this name answers.
    fails: Mutex<BTreeMap<&'static str, Errno>>,
    /// Describing this one fails.
    broken: BTreeSet<u32>,
    subscribed: Mutex<BTreeSet<u32>>,
    events: Mutex<VecDeque<Event>>,
    selections: Mutex<BTreeMap<u32, Section>>,
    /// The picture is as large as what is taken.
    unscaled: bool,
    fd: OwnedFd,
}

impl Fake {
    fn new(controls: &[Number]) -> Fake {
        let describe = |&(id, kind, min, max, step, flags): &Number| {
            let name = format!("Number {id:#x}").into_bytes();
            (id, Described { id, number: kind.number(), name, min, max, step, default: min, flags, array: false })
        };
        Fake {
            controls: Mutex::new(controls.iter().map(describe).collect()),
            items: BTreeMap::new(),
            values: Mutex::new(controls.iter().map(|control| (control.0, control.2)).collect()),
            texts: Mutex::default(),
            fails: Mutex::default(),
            broken: BTreeSet::new(),
            subscribed: Mutex::default(),
            events: Mutex::default(),
            selections: Mutex::default(),
            unscaled: false,
            fd: rustix::event::eventfd(0, rustix::event::EventfdFlags::CLOEXEC).unwrap(),
        }
    }

    fn fail(&self, call: &'static str) -> Result<(), Errno> {
        self.fails.lock().get(call).map_or(Ok(()), |errno| Err(*errno))
    }

    fn answer(&self, call: &'static str, errno: Errno) {
        self.fails.lock().insert(call, errno);
    }

    fn look_up(&self, id: u32) -> Result<Described, Errno> {
        let wanted = id & !NEXT;
        let controls = self.controls.lock();
        let found = if id & NEXT == 0 {
            controls.get(&id).map(|control| (id, control))
        } else {
            let compound = id & sys::NEXT_COMPOUND != 0;
            let listed = |control: &Described| compound || !control.array && control.number < 0x100;
            controls.range(wanted + 1..).find(|(_, control)| listed(control)).map(|(id, control)| (*id, control))
        };
        let (id, control) = found.ok_or(Errno::INVAL)?;
        if self.broken.contains(&id) { Err(Errno::IO) } else { Ok(control.clone()) }
    }
}

impl Calls for Fake {
    fn query(&self, id: u32) -> Result<Described, Errno> {
        self.fail("query")?;
        self.look_up(id)
    }
    fn query_old(&self, id: u32) -> Result<Described, Errno> {
        self.fail("query_old")?;
        assert_eq!(id & sys::NEXT_COMPOUND, 0, "a flag that it does not know");
        if id & NEXT != 0 {
            self.fail("next")?;
        }
        self.look_up(id)
    }
    fn item(&self, id: u32, index: u32) -> Result<Item, Errno> {
        self.fail("item")?;
        let number = *self.items.get(&(id, index)).ok_or(Errno::INVAL)?;
        Ok(Item { name: format!("item {index}").into_bytes(), number })
    }
    fn read(&self, id: u32, _: Width) -> Result<i64, Errno> {
        self.fail("read")?;
        Ok(self.values.lock()[&id])
    }
    fn write(&self, id: u32, _: Width, value: i64) -> Result<(), Errno> {
        self.fail("write")?;
        self.values.lock().insert(id, value);
        Ok(())
    }
    fn read_old(&self, id: u32) -> Result<i32, Errno> {
        self.fail("read_old")?;
        Ok(self.values.lock()[&id] as i32)
    }
    fn write_old(&self, id: u32, value: i32) -> Result<(), Errno> {
        self.fail("write_old")?;
        self.values.lock().insert(id, value.into());
        Ok(())
    }
    fn read_bytes(&self, id: u32, size: usize) -> Result<Vec<u8>, Errno> {
        self.fail("read_bytes")?;
        let mut bytes = self.texts.lock()[&id].clone();
        bytes.resize(size, 0);
        Ok(bytes)
    }
    fn write_bytes(&self, id: u32, bytes: &mut [u8]) -> Result<(), Errno> {
        self.fail("write_bytes")?;
        assert_eq!(bytes.last(), Some(&0), "the kernel wants the NUL");
        self.texts.lock().insert(id, bytes.to_vec());
        Ok(())
    }
    fn subscribe(&self, id: u32) -> Result<(), Errno> {
        self.fail("subscribe")?;
        self.look_up(id)?;
        assert!(self.subscribed.lock().insert(id), "once");
        Ok(())
    }
    fn unsubscribe(&self, id: u32) -> Result<(), Errno> {
        self.fail("unsubscribe")?;
        self.subscribed.lock().remove(&id);
        Ok(())
    }
    fn dequeue(&self) -> Result<Option<Event>, Errno> {
        self.fail("dequeue")?;
        self.events.lock().pop_front().map(Some).ok_or(Errno::NOENT)
    }
    fn selection(&self, target: u32) -> Result<Section, Errno> {
        self.fail("selection")?;
        self.selections.lock().get(&target).copied().ok_or(Errno::INVAL)
    }
    fn set_selection(&self, target: u32, to: Section) -> Result<Section, Errno> {
        self.fail("set_selection")?;
        if target == sys::CROP_BOUNDS {
            return Err(Errno::INVAL);
        }
        self.fail("set_crop")?;
        let mut selections = self.selections.lock();
        if !selections.contains_key(&target) {
            return Err(Errno::INVAL);
        }
        // Whole pairs of pixels.
        let taken = Section { left: to.left & !1, width: to.width & !1, ..to };
        selections.insert(target, taken);
        if self.unscaled {
            selections.insert(sys::COMPOSE, Section { left: 0, top: 0, ..taken });
        }
        Ok(taken)
    }
    fn picture_size(&self) -> Result<Size, Errno> {
        Ok(Size::new(640, 360))
    }
    fn check_present(&self) -> Result<()> {
        self.fail("present").map_err(|errno| error::failure("asking", Path::new("/dev/video-fake"), errno))
    }
    fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

fn controls(fake: Fake) -> (V4l2Controls, Arc<Fake>) {
    let log = Log::new(Dispatcher::new(Mode::Caller).unwrap());
    let fake = Arc::new(fake);
    let reactor = Reactor::new(log.clone()).unwrap();
    (V4l2Controls::new(fake.clone(), Path::new("/dev/video-fake"), reactor, log), fake)
}

const GAIN: u32 = ids::GAIN;
const MODE: u32 = 0x98_1902;
const MASK: u32 = 0x98_1903;
const TEXT: u32 = 0x98_1904;
const WIDE: u32 = 0x98_1905;
const PUSH: u32 = 0x98_1906;
const SPEED: u32 = 0x98_1907;
const SWITCH: u32 = 0x98_1908;

/// One of each type.
fn every_type() -> Fake {
    let wide = 1 << 40;
    let mut fake = Fake::new(&[
        (GAIN, Kind::Integer, -10, 20, 5, 0),
        (MODE, Kind::Menu, 0, 4, 1, 0),
        (MASK, Kind::Bitmask, 0, -0x8000_0000, 0, 0),
        (TEXT, Kind::Text, 2, 6, 2, sys::FLAG_HAS_PAYLOAD),
        (WIDE, Kind::Integer64, -wide, wide, 1, 0),
        (PUSH, Kind::Button, 0, 0, 0, Control::WRITE_ONLY),
        (SPEED, Kind::IntegerMenu, 1, 3, 1, 0),
        (SWITCH, Kind::Boolean, 0, 1, 1, 0),
    ]);
    fake.items = [(MODE, 0, 0), (MODE, 3, 0), (MODE, 4, 0), (SPEED, 1, -7), (SPEED, 3, 1 << 33)]
        .map(|(id, index, number)| ((id, index), number))
        .into();
    fake.texts.lock().insert(TEXT, b"  a\xff\0b".to_vec());
    fake
}

#[test]
fn every_type_takes_what_is_its_own_and_nothing_else() {
    let (controls, fake) = controls(every_type());
    let number = Value::Number;
    let text = |text: &str| Value::Text(text.into());
    let cases = [
        (GAIN, vec![number(-10), number(-5), number(20)], vec![number(-11), number(21), number(-9), text("5")]),
        (MODE, vec![number(0), number(3)], vec![number(1), number(-1), number(5), number(1 << 40)]),
        (MASK, vec![number(0), number(0x8000_0000)], vec![number(1), number(-1), number(1 << 32)]),
        (
            TEXT,
            vec![text("ab"), text("\u{e9}ab\u{e9}")],
            vec![text("a"), text("abc"), text("ab\0c"), text("abcdefgh"), number(1)],
        ),
        (WIDE, vec![number(1 << 40), number(-(1 << 40))], vec![number(i64::MAX), number(i64::MIN)]),
        (PUSH, vec![number(0), number(i64::MIN)], vec![text("")]),
        (SPEED, vec![number(1), number(3)], vec![number(0), number(2), number(4)]),
        (SWITCH, vec![number(0), number(1)], vec![number(2), number(-1)]),
    ];
    for (id, good, bad) in cases {
        for value in good {
            controls.set(id, &value).unwrap_or_else(|error| panic!("{value:?}: {error}"));
            if id != PUSH {
                assert_eq!(controls.get(id).unwrap(), value);
            }
        }
        let before = fake.values.lock().clone();
        for value in bad {
            let error = controls.set(id, &value).unwrap_err();
            assert_eq!(error.code(), Code::InvalidArgument, "{value:?}: {error}");
            assert!(error.detail().contains(&format!("/dev/video-fake: setting control \"Number {id:#x}\" ({id:#x})")));
            assert!(error.detail().contains("it takes "), "{error}");
        }
        assert_eq!(*fake.values.lock(), before, "the driver was not asked");
    }
    let error = controls.set(MODE, &Value::Number(1)).unwrap_err();
    assert!(error.detail().contains("no such item; it takes 0 (item 0), 3 (item 3), 4 (item 4)"), "{error}");
    let error = controls.set(GAIN, &Value::Number(3)).unwrap_err();
    assert!(error.detail().contains("between two steps; it takes -10 to 20 in steps of 5"), "{error}");
}

#[test]
fn texts_numbers_and_menus_are_read_as_they_are() {
    let (controls, fake) = controls(every_type());
    assert_eq!(controls.get(TEXT).unwrap(), Value::Text("  a\u{fffd}".into()));
    let described = |id| controls.describe(id).unwrap().unwrap();
    assert_eq!((described(MASK).min, described(MASK).max, described(MASK).step), (0, 0x8000_0000, 1));
    let menu = |id| controls.menu(&described(id)).unwrap();
    let names: Vec<_> = menu(SPEED).into_iter().map(|item| (item.index, item.name, item.number)).collect();
    assert_eq!(names, [(1, "-7".into(), Some(-7)), (3, "8589934592".into(), Some(1 << 33))]);
    assert_eq!(menu(MODE).len(), 3);
    assert!(menu(MODE).iter().all(|item| item.number.is_none()));
    assert!(menu(GAIN).is_empty());
    let endless = Control { min: -5, max: i64::MAX, ..described(MODE) };
    assert_eq!(controls.menu(&endless).unwrap().len(), 3, "a driver's nonsense");
    assert_eq!(controls.get(PUSH).unwrap_err().code(), Code::OperationNotAllowed);
    fake.answer("item", Errno::NODEV);
    assert_eq!(controls.menu(&described(MODE)).unwrap_err().code(), Code::DeviceDisabled);
}

#[test]
fn headings_and_disabled_controls_are_not_there_and_unknown_types_are_listed() {
    let fake = every_type();
    let add = |id: u32, number: u32, flags: u32, array: bool, name: &[u8]| {
        let (min, max, step, default) = (0, 9, 1, 0);
        let control = Described { id, number, name: name.to_vec(), min, max, step, default, flags, array };
        fake.controls.lock().insert(id, control);
    };
    add(0x98_0001, sys::TYPE_CLASS, Control::READ_ONLY | Control::WRITE_ONLY, false, b"User Controls");
    add(0x98_2000, 1, Control::DISABLED, false, b"not built in");
    add(0x98_2001, 1, sys::FLAG_HAS_PAYLOAD, true, b"2 \xff Element\x07Arr\xc3");
    add(0x98_2002, 0x107, sys::FLAG_HAS_PAYLOAD, false, b"");
    let (controls, _) = controls(fake);
    let listed = controls.list().unwrap();
    assert!(listed.windows(2).all(|pair| pair[0].id < pair[1].id));
    let kinds: Vec<_> = listed.iter().map(|control| (control.id, control.kind)).collect();
    assert_eq!(kinds.len(), 10);
    assert_eq!(kinds[8..], [(0x98_2001, Kind::Other(1)), (0x98_2002, Kind::Other(0x107))]);
    assert_eq!((listed[8].name.as_str(), listed[9].name.as_str()), ("2 ? Element Arr", "Control 0x982002"));
    for id in [0x98_2001, 0x98_2002] {
        assert_eq!(controls.get(id).unwrap_err().code(), Code::OperationNotAllowed);
        assert_eq!(controls.set(id, &Value::Number(0)).unwrap_err().code(), Code::OperationNotAllowed);
    }
    for id in [0x98_0001, 0x98_2000, 0, 1, GAIN | NEXT, u32::MAX] {
        assert_eq!(controls.describe(id).unwrap(), None, "{id:#x}");
        assert_eq!(controls.get(id).unwrap_err().code(), Code::OperationNotAllowed);
        let error = controls.set(id, &Value::Number(0)).unwrap_err();
        assert!(error.detail().contains("no such control"), "{error}");
    }
}

#[test]
fn old_drivers_are_asked_in_their_own_way() {
    let (controls, fake) = controls(every_type());
    let all = controls.list().unwrap();
    for call in ["query", "read", "write"] {
        fake.answer(call, Errno::NOTTY);
    }
    assert_eq!(controls.list().unwrap(), all);
    controls.set(GAIN, &Value::Number(15)).unwrap();
    assert_eq!(controls.get(GAIN).unwrap(), Value::Number(15));
    controls.set(MASK, &Value::Number(0x8000_0000)).unwrap();
    assert_eq!(controls.get(MASK).unwrap(), Value::Number(0x8000_0000));
    let error = controls.set(WIDE, &Value::Number(1)).unwrap_err();
    assert_eq!(error.code(), Code::ServiceFatalError, "64 bits do not fit: {error}");
    // Older still: one after the other.
    fake.answer("next", Errno::INVAL);
    let private = Described { id: PRIVATE, ..fake.look_up(GAIN).unwrap() };
    fake.controls.lock().insert(PRIVATE, private);
    let found: Vec<_> = controls.list().unwrap().iter().map(|control| control.id).collect();
    assert_eq!(found, [GAIN, PRIVATE]);
    fake.answer("query_old", Errno::NOTTY);
    assert!(controls.list().unwrap().is_empty(), "no controls at all");
    assert_eq!(controls.describe(GAIN).unwrap(), None);
}

#[test]
fn a_control_that_cannot_be_described_hides_none_behind_it() {
    let mut fake = every_type();
    fake.broken = [GAIN, TEXT].into();
    let (controls, fake) = controls(fake);
    let found: Vec<_> = controls.list().unwrap().iter().map(|control| control.id).collect();
    assert_eq!(found, [MODE, MASK, WIDE, PUSH, SPEED, SWITCH]);
    assert_eq!(controls.describe(GAIN).unwrap_err().code(), Code::ServiceFatalError);
    fake.answer("query", Errno::IO);
    assert_eq!(controls.list().unwrap_err().code(), Code::ServiceFatalError, "not one of them");
    fake.answer("query", Errno::NODEV);
    assert_eq!(controls.list().unwrap_err().code(), Code::DeviceDisabled);
    assert_eq!(controls.get(GAIN).unwrap_err().code(), Code::DeviceDisabled);
}

#[test]
fn a_driver_that_does_not_go_on_is_asked_no_further() {
    struct Stuck(Fake);
    impl std::ops::Deref for Stuck {
        type Target = Fake;
        fn deref(&self) -> &Fake {
            &self.0
        }
    }
    let fake = Stuck(every_type());
    // Its only control calls itself by another's id.
    let wrong = Described { id: GAIN - 1, ..fake.look_up(GAIN).unwrap() };
    fake.controls.lock().retain(|id, _| *id == GAIN);
    fake.controls.lock().insert(GAIN, wrong);
    let (controls, _) = controls(fake.0);
    assert!(controls.list().unwrap().len() <= MAX_CONTROLS);
}

#[test]
fn what_a_driver_says_becomes_a_code_and_advice() {
    let inactive = Control::INACTIVE;
    let table = [
        ("write", Errno::BUSY, 0, Code::OperationNotAllowed, "stop the session first"),
        ("write", Errno::ACCESS, 0, Code::OperationNotAllowed, "can only be read"),
        ("write", Errno::ACCESS, inactive, Code::OperationNotAllowed, "set to automatic"),
        ("write", Errno::RANGE, 0, Code::InvalidArgument, "it takes -10 to 20"),
        ("write", Errno::INVAL, 0, Code::InvalidArgument, "it takes -10 to 20"),
        ("write", Errno::NODEV, 0, Code::DeviceDisabled, "plug it in"),
        ("write", Errno::IO, 0, Code::ServiceFatalError, "dmesg"),
        ("write", Errno::IO, inactive, Code::ServiceFatalError, "set to automatic"),
        ("write", Errno::PIPE, 0, Code::ServiceFatalError, "to manual first"),
        ("read", Errno::ACCESS, 0, Code::OperationNotAllowed, "can only be set"),
        ("read", Errno::INVAL, 0, Code::OperationNotAllowed, "no longer"),
        ("read", Errno::BUSY, 0, Code::ServiceFatalError, "try again"),
        ("read", Errno::NODEV, 0, Code::DeviceDisabled, "plug it in"),
        ("read", Errno::IO, inactive, Code::ServiceFatalError, "dmesg"),
    ];
    for (call, errno, flags, code, words) in table {
        let (controls, fake) = controls(Fake::new(&[(GAIN, Kind::Integer, -10, 20, 5, flags)]));
        fake.answer(call, errno);
        let error = match call {
            "read" => controls.get(GAIN).unwrap_err(),
            _ => controls.set(GAIN, &Value::Number(5)).unwrap_err(),
        };
        assert_eq!(error.code(), code, "{error}");
        for part in [words, "control \"Number 0x980913\" (0x980913)", "/dev/video-fake: ", &error::describe(errno)] {
            assert!(error.detail().contains(part), "{part}: {error}");
        }
    }
    for (flags, words) in [(Control::READ_ONLY, "can only be read"), (Control::GRABBED, "stop the session first")] {
        let (controls, _) = controls(Fake::new(&[(GAIN, Kind::Integer, -10, 20, 5, flags)]));
        let error = controls.set(GAIN, &Value::Number(5)).unwrap_err();
        assert!(error.code() == Code::OperationNotAllowed && error.detail().contains(words), "{error}");
        controls.get(GAIN).unwrap();
    }
}

/// Notes what it is told.
#[derive(Default)]
struct Told(Mutex<Vec<Change>>);
impl ControlChanges for Told {
    fn changed(&self, change: Change) {
        self.0.lock().push(change);
    }
}

const PRIORITY: Readiness = Readiness { readable: false, priority: true, failed: false };

#[test]
fn watches_share_what_the_driver_tells() {
    let (controls, fake) = controls(every_type());
    let (one, two) = (Arc::new(Told::default()), Arc::new(Told::default()));
    let weak = |told: &Arc<Told>| Arc::downgrade(told) as Weak<dyn ControlChanges>;
    let (first, second) = (controls.watch(weak(&one)).unwrap(), controls.watch(weak(&two)).unwrap());
    assert!(fake.subscribed.lock().is_empty());
    first.add(GAIN).unwrap();
    second.add(GAIN).unwrap();
    second.add(WIDE).unwrap();
    let error = second.add(0x98_7777).unwrap_err();
    assert_eq!(error.code(), Code::OperationNotAllowed, "{error}");
    let tell = |id, changes, value| {
        fake.events.lock().push_back(Event { id, changes, value });
        assert_eq!(controls.events.ready(PRIORITY), Interest::Keep);
    };
    tell(GAIN, 1, 5);
    tell(WIDE, 2, 1 << 40);
    tell(MODE, 1, 3);
    assert_eq!(*one.0.lock(), [Change { id: GAIN, value: 5, described_anew: false }]);
    assert_eq!(two.0.lock()[1], Change { id: WIDE, value: 1 << 40, described_anew: true });
    assert_eq!(two.0.lock().len(), 2);
    second.remove(GAIN);
    assert_eq!(*fake.subscribed.lock(), [GAIN, WIDE].into(), "the other still wants it");
    drop(first);
    assert_eq!(*fake.subscribed.lock(), [WIDE].into());
    tell(GAIN, 1, 6);
    assert_eq!((one.0.lock().len(), two.0.lock().len()), (1, 2));
    second.remove(WIDE);
    assert!(fake.subscribed.lock().is_empty());
    second.add(GAIN).unwrap();
    drop(two);
    tell(GAIN, 1, 7);
    drop(second);
    assert!(fake.subscribed.lock().is_empty());
}

#[test]
fn what_cannot_be_waited_for_is_let_go() {
    let (controls, fake) = controls(every_type());
    let told = Arc::new(Told::default());
    let weak = || Arc::downgrade(&told) as Weak<dyn ControlChanges>;
    let failed = Readiness { failed: true, ..PRIORITY };
    assert_eq!(controls.events.ready(failed), Interest::Keep, "it is there");
    let calls = (0..1000).take_while(|_| controls.events.ready(failed) == Interest::Keep).count();
    assert!(calls <= 101, "{calls} calls for nothing");
    fake.answer("present", Errno::NODEV);
    assert_eq!(controls.events.ready(failed), Interest::Remove);
    fake.answer("dequeue", Errno::NODEV);
    assert_eq!(controls.events.ready(PRIORITY), Interest::Remove);
    fake.answer("unsubscribe", Errno::NOTTY);
    assert_eq!(controls.watch(weak()).err().unwrap().code(), Code::ServiceFatalError);
    fake.answer("unsubscribe", Errno::NODEV);
    assert_eq!(controls.watch(weak()).err().unwrap().code(), Code::DeviceDisabled);
}

#[test]
fn a_watch_that_is_dropped_is_not_being_told_any_more() {
    use std::sync::mpsc::{Sender, channel};
    use std::time::Duration;
    /// Says that it was called, and takes its time.
    struct Slow(Mutex<Sender<()>>, Mutex<bool>);
    impl ControlChanges for Slow {
        fn changed(&self, _: Change) {
            self.0.lock().send(()).unwrap();
            std::thread::sleep(Duration::from_millis(50));
            *self.1.lock() = true;
        }
    }
    let (controls, fake) = controls(every_type());
    let (sender, called) = channel();
    let slow = Arc::new(Slow(Mutex::new(sender), Mutex::new(false)));
    let watch = controls.watch(Arc::downgrade(&slow) as Weak<dyn ControlChanges>).unwrap();
    watch.add(GAIN).unwrap();
    fake.events.lock().push_back(Event { id: GAIN, changes: 1, value: 0 });
    let events = controls.events.clone();
    let reactor = std::thread::spawn(move || events.ready(PRIORITY));
    called.recv().unwrap();
    drop(watch);
    assert!(*slow.1.lock(), "the call has ended");
    assert_eq!(reactor.join().unwrap(), Interest::Keep);
}

const BOUNDS: Section = Section { left: 0, top: 0, width: 1280, height: 720 };
const PART: Section = Section { left: 321, top: 180, width: 641, height: 360 };

fn camera_that_crops() -> Fake {
    let fake = every_type();
    let picture = Section { left: 0, top: 0, width: 640, height: 360 };
    let all = [(sys::CROP_BOUNDS, BOUNDS), (sys::CROP, BOUNDS), (sys::CROP_DEFAULT, BOUNDS), (sys::COMPOSE, picture)];
    fake.selections.lock().extend(all);
    fake
}

#[test]
fn a_part_is_taken_by_drivers_that_scale_it() {
    let (controls, fake) = controls(camera_that_crops());
    let limits = controls.crop().unwrap().unwrap();
    assert_eq!(limits, CropLimits { bounds: BOUNDS, default: BOUNDS, current: BOUNDS });
    let taken = controls.set_crop(PART).unwrap();
    assert_eq!(taken, Section { left: 320, width: 640, ..PART });
    assert_eq!(controls.crop().unwrap().unwrap().current, taken);
    for outside in [
        Section { left: 900, ..PART },
        Section { width: 0, ..PART },
        Section { top: -1, ..PART },
        Section { width: u32::MAX, ..PART },
    ] {
        assert_eq!(controls.set_crop(outside).unwrap_err().code(), Code::InvalidArgument);
    }
    for (errno, code) in [
        (Errno::BUSY, Code::OperationNotAllowed),
        (Errno::INVAL, Code::OperationNotAllowed),
        (Errno::NODEV, Code::DeviceDisabled),
        (Errno::IO, Code::ServiceFatalError),
    ] {
        fake.answer("set_crop", errno);
        let error = controls.set_crop(PART).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

#[test]
fn drivers_that_do_not_scale_are_left_as_they_were() {
    let (controls, fake) = controls(Fake { unscaled: true, ..camera_that_crops() });
    let before = fake.selections.lock().clone();
    let error = controls.set_crop(Section { width: 320, height: 180, ..PART }).unwrap_err();
    assert_eq!(error.code(), Code::OperationNotAllowed, "{error}");
    let after = fake.selections.lock().clone();
    assert_eq!(before, after);
}

#[test]
fn drivers_that_only_tell_where_the_picture_is_cannot_crop() {
    let (controls, fake) = controls(camera_that_crops());
    fake.answer("set_selection", Errno::NOTTY);
    assert_eq!(controls.crop().unwrap(), None);
    assert_eq!(controls.set_crop(PART).unwrap_err().code(), Code::OperationNotAllowed);
    fake.answer("selection", Errno::NODATA);
    assert_eq!(controls.crop().unwrap(), None);
    fake.answer("selection", Errno::NODEV);
    assert_eq!(controls.crop().unwrap_err().code(), Code::DeviceDisabled);
}

#[test]
fn sensor_and_lens_are_what_the_driver_says() {
    use crate::backend::v4l2::facts::facts;
    let fake = Fake::new(&[(ids::FOCUS_ABSOLUTE, Kind::Integer, 0, 255, 5, 0)]);
    let ask = |fake: &Fake| facts(fake, b"Cam\0", Path::new("/dev/video-fake"), Path::new("/nonexistent"));
    let known = ask(&fake);
    assert_eq!((known.model.as_deref(), known.focus), (Some("Cam"), Some((0, 255))));
    assert_eq!((known.make, known.pixel_array, known.unit_cell_nm), (None, None, None));
    let cell =
        Described { id: sys::CID_UNIT_CELL_SIZE, number: sys::TYPE_AREA, ..fake.look_up(ids::FOCUS_ABSOLUTE).unwrap() };
    fake.controls.lock().insert(cell.id, cell);
    let bytes = [1120_u32, 1400].map(u32::to_ne_bytes).concat();
    fake.texts.lock().insert(sys::CID_UNIT_CELL_SIZE, bytes);
    fake.selections.lock().insert(sys::NATIVE_SIZE, Section { left: 0, top: 0, width: 3280, height: 2464 });
    let known = ask(&fake);
    assert_eq!((known.pixel_array, known.unit_cell_nm), (Some(Size::new(3280, 2464)), Some(Size::new(1120, 1400))));
    assert_eq!(known.sensor_um(), Some(Size::new(3673, 3449)));
    fake.texts.lock().insert(sys::CID_UNIT_CELL_SIZE, vec![0; 8]);
    assert_eq!((ask(&fake).unit_cell_nm, ask(&fake).sensor_um()), (None, None));
}
