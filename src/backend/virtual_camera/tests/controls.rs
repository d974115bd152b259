//! Controls against the contract, and what is automatic frame by frame.

use super::*;
use crate::backend::Position;
use crate::backend::control::{Change, Control, ControlChanges, ControlWatch, Controls, Kind, Value, ids};
use crate::backend::virtual_camera::controls::catalog::{VENDOR_BITMASK, VENDOR_INTEGER64, VENDOR_OTHER, VENDOR_TEXT};
use crate::backend::virtual_camera::controls::scene::{Look, Scene};

/// A camera whose frames are taken by hand.
pub(super) struct Desk {
    pub(super) bench: Bench,
    pub(super) device: Arc<dyn Device>,
    pub(super) controls: Arc<dyn Controls>,
    frame: u64,
    run: crate::backend::virtual_camera::script::Run,
}

impl Desk {
    pub(super) fn new(script: &str) -> Desk {
        let script = Script::parse(script).unwrap();
        let run = script.run(FrameRate::per_second(30), 0);
        let bench = Bench::with(vec![script]);
        let device = bench.cameras.open("virtual:0").unwrap();
        let controls = device.controls().unwrap();
        Desk { bench, device, controls, frame: 0, run }
    }

    fn camera(&self) -> &Camera {
        self.bench.cameras.find("virtual:0").unwrap()
    }

    pub(super) fn begin(&mut self) {
        self.frame = 0;
        self.camera().panel.begin(0, self.run.scene(0));
    }

    pub(super) fn end(&self) {
        self.camera().panel.end(0);
    }

    pub(super) fn look(&mut self) -> Look {
        let scene = self.run.scene(self.frame);
        self.frame += 1;
        self.camera().panel.frame(0, scene)
    }

    pub(super) fn looks(&mut self, count: usize) -> Vec<Look> {
        (0..count).map(|_| self.look()).collect()
    }

    pub(super) fn set(&self, id: u32, value: i64) {
        self.controls.set(id, &Value::Number(value)).unwrap();
    }

    pub(super) fn get(&self, id: u32) -> i64 {
        number(&*self.controls, id)
    }

    fn flags(&self, id: u32) -> u32 {
        self.controls.describe(id).unwrap().unwrap().flags
    }

    fn is(&self, id: u32, flag: u32) -> bool {
        self.flags(id) & flag != 0
    }
}

fn number(controls: &dyn Controls, id: u32) -> i64 {
    match controls.get(id).unwrap() {
        Value::Number(number) => number,
        Value::Text(text) => panic!("{text}"),
    }
}

const HELD: u32 = Control::INACTIVE | Control::VOLATILE;

#[test]
fn every_control_is_described() {
    let desk = Desk::new("");
    let list = desk.controls.list().unwrap();
    assert!(list.windows(2).all(|pair| pair[0].id < pair[1].id), "in the order of the ids");
    assert_eq!(list.len(), 38);
    for control in &list {
        assert_eq!(desk.controls.describe(control.id).unwrap().as_ref(), Some(control));
        assert!(!control.name.is_empty() && control.step >= 1 && control.min <= control.max, "{control:?}");
        let menu = desk.controls.menu(control).unwrap();
        assert_eq!(menu.is_empty(), !control.kind.has_menu(), "{control:?}");
        assert!(menu.windows(2).all(|pair| pair[0].index < pair[1].index));
        for item in &menu {
            assert_eq!(item.number.is_some(), control.kind == Kind::IntegerMenu);
            assert_eq!(item.number.map(|number| number.to_string()).unwrap_or(item.name.clone()), item.name);
        }
        if menu.is_empty() || menu.iter().any(|item| i64::from(item.index) == control.default) {
            continue;
        }
        panic!("{control:?} begins where its menu has a hole");
    }
    let described = |id| list.iter().find(|control| control.id == id).cloned().unwrap();
    let gain = described(ids::GAIN);
    assert_eq!((gain.name.as_str(), gain.min, gain.max, gain.step, gain.default), ("Gain", 16, 256, 1, 16));
    assert_eq!(gain.flags, HELD);
    let focus = described(ids::FOCUS_ABSOLUTE);
    assert_eq!((focus.min, focus.max, focus.step, focus.default, focus.flags), (0, 250, 5, 100, HELD));
    let names = |id| -> Vec<_> {
        desk.controls.menu(&described(id)).unwrap().into_iter().map(|item| (item.index, item.name)).collect()
    };
    let exposures = [(0, "Auto Mode"), (1, "Manual Mode"), (3, "Aperture Priority Mode")];
    assert_eq!(names(ids::EXPOSURE_AUTO), exposures.map(|(index, name)| (index, name.to_owned())));
    assert_eq!(names(ids::AUTO_N_PRESET_WHITE_BALANCE).len(), 10);
    let numbers = |id| -> Vec<_> {
        desk.controls.menu(&described(id)).unwrap().into_iter().filter_map(|item| item.number).collect()
    };
    assert_eq!(numbers(ids::ISO_SENSITIVITY), [50_000, 100_000, 200_000, 400_000, 800_000, 1_600_000, 3_200_000]);
    let biases = numbers(ids::AUTO_EXPOSURE_BIAS);
    assert_eq!((biases.len(), biases[0], biases[6], biases[12]), (13, -2000, 0, 2000));
    assert_eq!(described(ids::AUTO_FOCUS_STATUS).flags, Control::READ_ONLY | Control::VOLATILE);
    assert_eq!(described(ids::PRIVACY).flags, Control::READ_ONLY);
    assert!(described(ids::FLASH_STROBE).is(Control::WRITE_ONLY | Control::INACTIVE));
    assert!(desk.controls.describe(ids::CAMERA_ORIENTATION).unwrap().is_none(), "nothing is known of it");
    assert!(desk.controls.describe(1).unwrap().is_none());
}

#[test]
fn what_the_camera_is_is_told() {
    let desk = Desk::new("front+turned=90");
    assert_eq!((desk.get(ids::CAMERA_ORIENTATION), desk.get(ids::CAMERA_SENSOR_ROTATION)), (0, 270));
    let info = desk.bench.cameras.cameras().unwrap().remove(0);
    assert_eq!((info.position, info.orientation), (Position::Front, 90));
    assert_eq!(Desk::new("back").get(ids::CAMERA_ORIENTATION), 1);
}

#[test]
fn every_value_that_is_offered_can_be_set_and_no_other() {
    let desk = Desk::new("");
    // What would hold others is made manual first.
    for (id, manual) in [
        (ids::EXPOSURE_AUTO, ids::EXPOSURE_MANUAL),
        (ids::AUTOGAIN, 0),
        (ids::ISO_SENSITIVITY_AUTO, 0),
        (ids::AUTO_WHITE_BALANCE, 0),
        (ids::FOCUS_AUTO, 0),
    ] {
        desk.set(id, manual);
    }
    for control in desk.controls.list().unwrap() {
        let settable = !control.is(Control::READ_ONLY) && !matches!(control.kind, Kind::Other(_));
        if !settable || matches!(control.kind, Kind::Text | Kind::Button) {
            continue;
        }
        let items: Vec<i64> = match control.kind.has_menu() {
            true => desk.controls.menu(&control).unwrap().iter().map(|item| item.index.into()).collect(),
            false if control.kind == Kind::Bitmask => vec![control.max, 0, 1],
            false => vec![control.min, control.max, control.min + control.step as i64],
        };
        for value in items {
            desk.set(control.id, value);
            assert_eq!(desk.get(control.id), value, "{control:?}");
        }
        let mut wrong = vec![control.max + 1, i64::MAX];
        match control.kind {
            Kind::Bitmask => wrong.push(8),
            _ => wrong.extend([control.min - 1, i64::MIN]),
        }
        if control.step > 1 {
            wrong.push(control.min + 1);
        }
        if control.id == ids::EXPOSURE_AUTO {
            wrong.push(2);
        }
        let before = desk.get(control.id);
        for value in wrong {
            let error = desk.controls.set(control.id, &Value::Number(value)).unwrap_err();
            assert_eq!(error.code(), Code::InvalidArgument, "{control:?} to {value}");
            assert!(error.detail().contains(&control.name) && error.detail().contains("ERANGE"), "{error}");
        }
        assert_eq!(desk.controls.set(control.id, &Value::Text("1".into())).unwrap_err().code(), Code::InvalidArgument);
        assert_eq!(desk.get(control.id), before);
        desk.set(control.id, if control.id == ids::EXPOSURE_AUTO { 1 } else { control.default });
        if matches!(control.id, ids::AUTOGAIN | ids::ISO_SENSITIVITY_AUTO | ids::AUTO_WHITE_BALANCE | ids::FOCUS_AUTO) {
            desk.set(control.id, 0);
        }
    }
}

#[test]
fn what_cannot_be_done_is_refused_as_drivers_do() {
    let desk = Desk::new("stuck=zoom_absolute");
    let set = |id, value| desk.controls.set(id, &Value::Number(value)).unwrap_err();
    for (error, code, words) in [
        (set(0x0098_0999, 1), Code::OperationNotAllowed, "virtual:0: setting control 0x00980999: EINVAL (22)"),
        (set(ids::PRIVACY, 1), Code::OperationNotAllowed, "EACCES"),
        (set(ids::AUTO_FOCUS_STATUS, 1), Code::OperationNotAllowed, "EACCES"),
        (set(VENDOR_OTHER, 0), Code::OperationNotAllowed, "type 0x1ff"),
        (set(VENDOR_TEXT, 0), Code::InvalidArgument, "a text of 0 to 32 bytes"),
        (set(ids::FLASH_STROBE, 0), Code::OperationNotAllowed, "EBUSY"),
        (set(ids::FOCUS_ABSOLUTE, 51), Code::InvalidArgument, "\"Focus, Absolute\" (0x009a090a) to 51: ERANGE (34)"),
        (set(ids::FOCUS_ABSOLUTE, 51), Code::InvalidArgument, "it takes 0 to 250 in steps of 5"),
        (set(ids::EXPOSURE_AUTO, 2), Code::InvalidArgument, "it takes 0 (Auto Mode), 1 (Manual Mode), 3"),
        (set(ids::ZOOM_ABSOLUTE, 200), Code::ServiceFatalError, "EIO"),
    ] {
        assert_eq!(error.code(), code, "{error}");
        assert!(error.detail().contains(words), "{error}");
    }
    assert_eq!(desk.get(ids::ZOOM_ABSOLUTE), 100);
    for id in [1, ids::AUTO_FOCUS_START, VENDOR_OTHER] {
        assert_eq!(desk.controls.get(id).unwrap_err().code(), Code::OperationNotAllowed);
    }
}

#[test]
fn a_vendor_has_a_large_number_a_text_and_bits_that_are_grabbed() {
    let mut desk = Desk::new("");
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(desk.get(VENDOR_INTEGER64), 1 << 33);
    assert_eq!(desk.controls.get(VENDOR_TEXT).unwrap(), text("camera-session"));
    desk.controls.set(VENDOR_TEXT, &text("grün")).unwrap();
    assert_eq!(desk.controls.get(VENDOR_TEXT).unwrap(), text("grün"));
    let long = "x".repeat(33);
    assert_eq!(desk.controls.set(VENDOR_TEXT, &text(&long)).unwrap_err().code(), Code::InvalidArgument);
    desk.set(VENDOR_BITMASK, 0x8000_0001);
    desk.begin();
    assert!(desk.is(VENDOR_BITMASK, Control::GRABBED));
    let error = desk.controls.set(VENDOR_BITMASK, &Value::Number(0)).unwrap_err();
    assert!(error.code() == Code::OperationNotAllowed && error.detail().contains("EBUSY"), "{error}");
    desk.end();
    desk.set(VENDOR_BITMASK, 4);
    assert_eq!(desk.get(VENDOR_BITMASK), 4);
    assert_eq!(desk.controls.describe(VENDOR_OTHER).unwrap().unwrap().kind, Kind::Other(0x1ff));
}

#[test]
fn what_an_automatic_holds_is_inactive_and_stays_where_it_was() {
    let mut desk = Desk::new("light@0f=50%");
    desk.begin();
    desk.looks(2);
    for (automatic, manual, held, value, other) in [
        (ids::EXPOSURE_AUTO, ids::EXPOSURE_MANUAL, ids::EXPOSURE_ABSOLUTE, 200, 50),
        (ids::AUTOGAIN, 0, ids::GAIN, 16, 32),
        (ids::ISO_SENSITIVITY_AUTO, 0, ids::ISO_SENSITIVITY, 1, 3),
        (ids::AUTO_WHITE_BALANCE, 0, ids::WHITE_BALANCE_TEMPERATURE, 4600, 5000),
        (ids::FOCUS_AUTO, 0, ids::FOCUS_ABSOLUTE, 100, 50),
    ] {
        assert!(desk.is(automatic, Control::UPDATE));
        assert_eq!(desk.flags(held), HELD);
        desk.set(held, other);
        assert_eq!(desk.get(held), value, "held, and what it is set to is not kept");
        desk.set(automatic, manual);
        assert_eq!((desk.get(held), desk.flags(held)), (value, 0));
        desk.set(held, other);
        desk.looks(3);
        assert_eq!(desk.get(held), other);
    }
    assert!(desk.is(ids::AUTO_EXPOSURE_BIAS, Control::INACTIVE));
    desk.set(ids::AUTO_EXPOSURE_BIAS, 0);
    assert_eq!(desk.get(ids::AUTO_EXPOSURE_BIAS), 0, "for later");
}

#[test]
fn white_balance_is_automatic_preset_or_manual() {
    let mut desk = Desk::new("");
    desk.begin();
    desk.set(ids::AUTO_N_PRESET_WHITE_BALANCE, 6);
    assert_eq!((desk.get(ids::AUTO_WHITE_BALANCE), desk.get(ids::WHITE_BALANCE_TEMPERATURE)), (0, 5500));
    assert_eq!(desk.flags(ids::WHITE_BALANCE_TEMPERATURE), HELD);
    assert!(desk.looks(2)[1].warmth > 200, "daylight is reckoned with in warmer light");
    let mut kelvin = Vec::new();
    for preset in 2..10 {
        desk.set(ids::AUTO_N_PRESET_WHITE_BALANCE, preset);
        kelvin.push(desk.look().warmth);
    }
    kelvin.sort_unstable();
    kelvin.dedup();
    assert_eq!(kelvin.len(), 8, "all presets differ");
    desk.set(ids::AUTO_N_PRESET_WHITE_BALANCE, 0);
    assert_eq!(desk.get(ids::WHITE_BALANCE_TEMPERATURE), 6500);
    desk.set(ids::WHITE_BALANCE_TEMPERATURE, 3000);
    assert!(desk.look().warmth < -500);
    desk.set(ids::AUTO_WHITE_BALANCE, 1);
    assert_eq!(desk.get(ids::AUTO_N_PRESET_WHITE_BALANCE), 1);
    let looks = desk.looks(12);
    assert!(looks[0].warmth < -100 && looks[11] == Look::default(), "{looks:?}");
}

#[test]
fn nothing_that_was_set_is_nothing_to_be_seen() {
    for script in ["", "basic", "plain", "stuck=gain"] {
        let mut desk = Desk::new(script);
        desk.begin();
        assert_eq!(desk.looks(5), [Look::default(); 5]);
    }
}

#[test]
fn a_camera_that_must_settle_is_right_after_so_many_frames() {
    for frames in [1usize, 5, 10, 40] {
        let mut desk = Desk::new(&format!("settle={frames}"));
        for _ in 0..2 {
            desk.begin();
            assert!(desk.get(ids::EXPOSURE_ABSOLUTE) < 20);
            let looks = desk.looks(frames + 3);
            assert_eq!((looks[0].level, looks[0].warmth), (-3000, -716));
            assert!(looks.windows(2).all(|pair| pair[0].level <= pair[1].level && pair[0].warmth <= pair[1].warmth));
            let good = looks.iter().position(|look| *look == Look::default()).unwrap();
            assert!(good == frames || good + 1 == frames, "{good}, not {frames}");
            assert_eq!(desk.get(ids::EXPOSURE_ABSOLUTE), 100);
            desk.end();
        }
    }
}

#[test]
fn exposure_follows_the_light_unless_it_is_locked_or_manual() {
    let mut desk = Desk::new("light@5f=25%");
    desk.begin();
    let looks = desk.looks(20);
    assert_eq!((looks[4].level, looks[19].level), (0, 0));
    assert!((-2000..-900).contains(&looks[5].level), "{}", looks[5].level);
    // As long as may be, and the rest by the sensitivity.
    assert_eq!(desk.device.exposure(), Exposure { time: Some(200), iso: Some(200) });
    desk.begin();
    desk.looks(2);
    desk.set(ids::THREE_A_LOCK, 1);
    assert_eq!(desk.looks(20)[19].level, -2000);
    desk.set(ids::THREE_A_LOCK, 0);
    assert_eq!(desk.looks(20)[19].level, 0);
    desk.set(ids::EXPOSURE_AUTO, ids::EXPOSURE_MANUAL);
    desk.set(ids::EXPOSURE_ABSOLUTE, 50);
    desk.set(ids::ISO_SENSITIVITY_AUTO, 0);
    desk.set(ids::ISO_SENSITIVITY, 3);
    assert_eq!(desk.looks(20)[19].level, -2000 - 1000 + 2000);
    assert_eq!(desk.device.exposure(), Exposure { time: Some(50), iso: Some(400) });
    desk.set(ids::AUTOGAIN, 0);
    desk.set(ids::GAIN, 64);
    assert_eq!(desk.look().level, 1000);
    desk.end();
}

#[test]
fn a_bias_is_kept_and_manual_sensitivity_makes_the_time_shorter() {
    let mut desk = Desk::new("");
    desk.set(ids::AUTO_EXPOSURE_BIAS, 9);
    desk.begin();
    assert_eq!(desk.look().level, 1000, "from the first frame on");
    desk.set(ids::AUTO_EXPOSURE_BIAS, 0);
    let looks = desk.looks(15);
    assert!(looks[0].level > -1000 && looks[14].level == -2000);
    desk.set(ids::AUTO_EXPOSURE_BIAS, 6);
    desk.set(ids::ISO_SENSITIVITY_AUTO, 0);
    desk.set(ids::ISO_SENSITIVITY, 4);
    assert_eq!(desk.looks(20)[19].level, 0);
    assert_eq!(desk.device.exposure(), Exposure { time: Some(13), iso: Some(800) });
}

#[test]
fn the_lens_hunts_and_tells_whether_it_found() {
    const STATUS: u32 = ids::AUTO_FOCUS_STATUS;
    let mut desk = Desk::new("subject@5f=200+subject@20f=300+subject@60f=50");
    desk.begin();
    assert_eq!((desk.looks(5)[4].defocus, desk.get(STATUS)), (0, 2));
    assert_eq!((desk.look().defocus, desk.get(STATUS)), (75, 1));
    assert_eq!((desk.looks(10)[9].defocus, desk.get(STATUS), desk.get(ids::FOCUS_ABSOLUTE)), (0, 2, 200));
    let looks = desk.looks(40);
    assert!(looks[10..].iter().all(|look| look.defocus >= 50), "{looks:?}");
    assert_eq!(desk.get(STATUS), 4, "beyond the range");
    desk.looks(15);
    assert_eq!((desk.look().defocus, desk.get(STATUS), desk.get(ids::FOCUS_ABSOLUTE)), (0, 2, 50));
    // By hand, and once.
    desk.set(ids::FOCUS_AUTO, 0);
    assert_eq!((desk.get(STATUS), desk.get(ids::FOCUS_ABSOLUTE)), (0, 50));
    desk.set(ids::FOCUS_ABSOLUTE, 0);
    assert_eq!((desk.look().defocus, desk.get(STATUS)), (50, 0));
    desk.set(ids::AUTO_FOCUS_START, 0);
    assert_eq!(desk.get(STATUS), 1);
    assert_eq!((desk.looks(3)[2].defocus, desk.get(STATUS), desk.get(ids::FOCUS_ABSOLUTE)), (0, 2, 50));
    desk.set(ids::FOCUS_ABSOLUTE, 250);
    desk.set(ids::AUTO_FOCUS_START, 0);
    desk.looks(2);
    desk.set(ids::AUTO_FOCUS_STOP, 0);
    assert_eq!((desk.looks(3)[2].defocus, desk.get(STATUS)), (150, 0));
    desk.set(ids::FOCUS_AUTO, 1);
    desk.set(ids::THREE_A_LOCK, 4);
    assert_eq!(desk.looks(9)[8].defocus, 150, "locked");
    desk.set(ids::THREE_A_LOCK, 0);
    assert_eq!(desk.looks(9)[8].defocus, 0);
    assert!(desk.is(ids::AUTO_FOCUS_START, Control::INACTIVE));
}

#[test]
fn a_flash_lights_some_frames_and_must_be_ready() {
    let mut desk = Desk::new("");
    desk.set(ids::FLASH_LED_MODE, ids::FLASH_LED_FLASH);
    desk.set(ids::FLASH_STROBE, 1);
    assert_eq!(desk.get(ids::FLASH_STROBE_STATUS), 0, "nobody sees it");
    desk.begin();
    desk.look();
    desk.set(ids::FLASH_STROBE, 1);
    assert_eq!((desk.get(ids::FLASH_STROBE_STATUS), desk.get(ids::FLASH_READY)), (1, 0));
    let error = desk.controls.set(ids::FLASH_STROBE, &Value::Number(0)).unwrap_err();
    assert!(error.code() == Code::OperationNotAllowed && error.detail().contains("EBUSY"), "{error}");
    let levels: Vec<_> = desk.looks(5).iter().map(|look| look.level).collect();
    assert_eq!(levels, [2585, 2585, 2585, 0, 0]);
    assert_eq!((desk.get(ids::FLASH_STROBE_STATUS), desk.get(ids::FLASH_READY)), (0, 0));
    desk.looks(8);
    assert_eq!(desk.get(ids::FLASH_READY), 1);
    desk.set(ids::FLASH_LED_MODE, ids::FLASH_LED_TORCH);
    assert_eq!(desk.looks(20)[19].level, 1000, "it stays to be seen");
    desk.set(ids::FLASH_TORCH_INTENSITY, 25);
    assert_eq!(desk.look().level, 322);
    desk.set(ids::FLASH_LED_MODE, ids::FLASH_LED_NONE);
    assert_eq!(desk.looks(2)[1], Look::default());
}

#[test]
fn few_controls_or_none() {
    let basic = Desk::new("basic");
    let list: Vec<_> = basic.controls.list().unwrap().iter().map(|control| control.id).collect();
    let few = [ids::BRIGHTNESS, ids::CONTRAST, ids::POWER_LINE_FREQUENCY, ids::EXPOSURE_AUTO, ids::EXPOSURE_ABSOLUTE];
    assert_eq!(list, few);
    assert_eq!(basic.device.exposure(), Exposure { time: Some(100), iso: None });
    let plain = Desk::new("plain");
    assert!(plain.controls.list().unwrap().is_empty());
    assert_eq!(plain.controls.describe(ids::BRIGHTNESS).unwrap(), None);
    assert_eq!(plain.controls.get(ids::BRIGHTNESS).unwrap_err().code(), Code::OperationNotAllowed);
    assert_eq!(plain.device.exposure(), Exposure::default());
}

#[derive(Default)]
struct Heard(Mutex<Vec<Change>>);

impl ControlChanges for Heard {
    fn changed(&self, change: Change) {
        assert_eq!(std::thread::current().name(), Some("camera-reactor"));
        self.0.lock().push(change);
    }
}

fn watch(controls: &dyn Controls, some: &[u32]) -> (Arc<Heard>, Arc<dyn ControlWatch>) {
    let heard = Arc::new(Heard::default());
    let changes: Arc<dyn ControlChanges> = heard.clone();
    let watch = controls.watch(Arc::downgrade(&changes)).unwrap();
    some.iter().for_each(|id| watch.add(*id).unwrap());
    (heard, watch)
}

impl Heard {
    fn wait(&self, mut expected: Vec<Change>) {
        wait_until(|| self.0.lock().len() >= expected.len());
        // Whatever should not come would come soon.
        std::thread::sleep(Duration::from_millis(10));
        let mut heard = std::mem::take(&mut *self.0.lock());
        heard.sort_by_key(|change| change.id);
        expected.sort_by_key(|change| change.id);
        assert_eq!(heard, expected);
    }
}

fn change(id: u32, value: i64) -> Change {
    Change { id, value, described_anew: false }
}

fn anew(id: u32, value: i64) -> Change {
    Change { id, value, described_anew: true }
}

#[test]
fn changes_are_told_to_others_and_what_follows_them_to_all() {
    const SOME: [u32; 4] = [ids::BRIGHTNESS, ids::EXPOSURE_AUTO, ids::EXPOSURE_ABSOLUTE, ids::AUTO_EXPOSURE_BIAS];
    let desk = Desk::new("");
    let other = desk.bench.cameras.open("virtual:0").unwrap();
    let others = other.controls().unwrap();
    let (own, _own_watch) = watch(&*desk.controls, &SOME);
    let (theirs, their_watch) = watch(&*others, &SOME);
    desk.set(ids::BRIGHTNESS, 7);
    desk.set(ids::BRIGHTNESS, 7);
    desk.set(ids::CONTRAST, 7);
    theirs.wait(vec![change(ids::BRIGHTNESS, 7)]);
    desk.set(ids::EXPOSURE_AUTO, ids::EXPOSURE_MANUAL);
    let follow = vec![anew(ids::EXPOSURE_ABSOLUTE, 100), anew(ids::AUTO_EXPOSURE_BIAS, 6)];
    theirs.wait([vec![change(ids::EXPOSURE_AUTO, 1)], follow.clone()].concat());
    own.wait(follow);
    assert_eq!(number(&*others, ids::EXPOSURE_AUTO), 1, "one store");
    // Another object of the same device is the same device.
    desk.device.controls().unwrap().set(ids::BRIGHTNESS, &Value::Number(9)).unwrap();
    theirs.wait(vec![change(ids::BRIGHTNESS, 9)]);
    own.wait(vec![]);
    their_watch.remove(ids::BRIGHTNESS);
    desk.set(ids::BRIGHTNESS, 1);
    theirs.wait(vec![]);
    assert_eq!(their_watch.add(1).unwrap_err().code(), Code::OperationNotAllowed);
    their_watch.add(ids::AUTO_FOCUS_START).unwrap();
    desk.set(ids::FOCUS_AUTO, 0);
    theirs.wait(vec![anew(ids::AUTO_FOCUS_START, 0)]);
    desk.set(ids::AUTO_FOCUS_START, 1);
    theirs.wait(vec![change(ids::AUTO_FOCUS_START, 0)]);
    their_watch.add(VENDOR_TEXT).unwrap();
    desk.controls.set(VENDOR_TEXT, &Value::Text("new".into())).unwrap();
    theirs.wait(vec![change(VENDOR_TEXT, 0)]);
    drop(their_watch);
    desk.set(ids::EXPOSURE_ABSOLUTE, 5);
    theirs.wait(vec![]);
    assert_eq!(Arc::strong_count(&theirs), 1);
}

#[test]
fn what_changes_by_itself_is_told_unless_it_is_volatile() {
    let mut desk = Desk::new("cover@20f-22f");
    let (heard, _watch) = watch(
        &*desk.controls,
        &[
            ids::PRIVACY,
            ids::FLASH_STROBE_STATUS,
            ids::FLASH_READY,
            ids::AUTO_FOCUS_STATUS,
            ids::EXPOSURE_ABSOLUTE,
            ids::FOCUS_ABSOLUTE,
            VENDOR_BITMASK,
        ],
    );
    desk.begin();
    heard.wait(vec![anew(VENDOR_BITMASK, 1)]);
    desk.set(ids::FLASH_LED_MODE, ids::FLASH_LED_FLASH);
    desk.set(ids::FLASH_STROBE, 1);
    heard.wait(vec![change(ids::FLASH_STROBE_STATUS, 1), change(ids::FLASH_READY, 0)]);
    desk.looks(5);
    heard.wait(vec![change(ids::FLASH_STROBE_STATUS, 0)]);
    desk.looks(9);
    heard.wait(vec![change(ids::FLASH_READY, 1)]);
    desk.looks(7);
    heard.wait(vec![change(ids::PRIVACY, 1)]);
    assert_eq!(desk.get(ids::PRIVACY), 1);
    desk.looks(2);
    heard.wait(vec![change(ids::PRIVACY, 0)]);
    desk.set(ids::FOCUS_AUTO, 0);
    desk.set(ids::FOCUS_ABSOLUTE, 75);
    heard.wait(vec![anew(ids::FOCUS_ABSOLUTE, 100)]);
    desk.set(ids::AUTO_FOCUS_START, 0);
    desk.looks(2);
    heard.wait(vec![change(ids::FOCUS_ABSOLUTE, 100)]);
    desk.end();
    heard.wait(vec![anew(VENDOR_BITMASK, 1)]);
}

#[test]
fn controls_outlive_streams_and_begin_anew_with_another_plug() {
    let bench = Bench::with(vec![Script::parse("unplug@3f+return@4f").unwrap()]);
    let device = bench.cameras.open("virtual:0").unwrap();
    let controls = device.controls().unwrap();
    let set = |controls: &dyn Controls, value| controls.set(ids::BRIGHTNESS, &Value::Number(value));
    set(&*controls, 20).unwrap();
    let (heard, watching) = watch(&*controls, &[ids::BRIGHTNESS]);
    /// Hears the end.
    #[derive(Default)]
    struct End(AtomicBool);
    impl FrameSink for End {
        fn frame(&self, _: Frame, _: u32) {}
        fn corrupt(&self, _: u64) {}
        fn ended(&self, _: Error) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let stream = device.configure(&config(PixelFormat::NV12, SMALL, 100, 4)).unwrap();
    let end = Arc::new(End::default());
    stream.start(end.clone()).unwrap();
    assert_eq!(number(&*controls, ids::BRIGHTNESS), 20);
    wait_until(|| end.0.load(Ordering::Relaxed));
    for error in [
        controls.list().err(),
        controls.describe(ids::BRIGHTNESS).err(),
        controls.get(ids::BRIGHTNESS).err(),
        set(&*controls, 3).err(),
        watching.add(ids::CONTRAST).err(),
        controls.watch(Weak::<Heard>::new()).err(),
    ] {
        assert_eq!(error.unwrap().code(), Code::DeviceDisabled);
    }
    wait_until(|| bench.cameras.open("virtual:0").is_ok());
    let again = bench.cameras.open("virtual:0").unwrap();
    let anew = again.controls().unwrap();
    assert_eq!(number(&*anew, ids::BRIGHTNESS), 0);
    let (news, _watch) = watch(&*bench.cameras.open("virtual:0").unwrap().controls().unwrap(), &[ids::BRIGHTNESS]);
    set(&*anew, 5).unwrap();
    drop(stream);
    news.wait(vec![change(ids::BRIGHTNESS, 5)]);
    heard.wait(vec![]);
    drop(watching);
    assert_eq!(number(&*anew, ids::BRIGHTNESS), 5);
}

#[test]
fn a_watch_may_end_in_its_own_call() {
    #[derive(Default)]
    struct Once(Mutex<Option<Arc<dyn ControlWatch>>>, AtomicBool);
    impl ControlChanges for Once {
        fn changed(&self, _: Change) {
            assert!(!self.1.swap(true, Ordering::Relaxed), "told once");
            let watch = self.0.lock().take();
            drop(watch);
        }
    }
    let desk = Desk::new("");
    let once = Arc::new(Once::default());
    let changes: Arc<dyn ControlChanges> = once.clone();
    let other = desk.bench.cameras.open("virtual:0").unwrap();
    let watch = other.controls().unwrap().watch(Arc::downgrade(&changes)).unwrap();
    watch.add(ids::BRIGHTNESS).unwrap();
    watch.add(ids::CONTRAST).unwrap();
    *once.0.lock() = Some(watch);
    desk.set(ids::BRIGHTNESS, 1);
    wait_until(|| once.1.load(Ordering::Relaxed));
    desk.set(ids::CONTRAST, 1);
    std::thread::sleep(Duration::from_millis(10));
    assert_eq!(Scene::default().light, 0);
}
