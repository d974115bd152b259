use super::*;
use crate::backend::{Backend, Connection, Device, NativeMode, Position};
use crate::camera::Source;
use crate::camera::input::InputEvent;
use crate::camera::{Input, Manager};
use crate::error::Code;
use crate::format::PixelFormat;
use crate::runtime::{Mode, Runtime};
use crate::sync::atomic::AtomicUsize;
use proptest::prelude::*;

/// Hears of cameras only.
fn cameras(told: impl Fn(&StatusEvent) + Send + Sync + 'static) -> impl Fn(&ManagerEvent) + Send + Sync + 'static {
    move |event| match event {
        ManagerEvent::Camera(event) => told(event),
        ManagerEvent::Torch(status) => panic!("{status:?}, although nobody asked about a torch"),
    }
}

fn info(id: &str) -> CameraInfo {
    CameraInfo {
        id: id.to_owned(),
        name: "Camera".into(),
        driver: "fake".into(),
        path: String::new(),
        position: Position::Unspecified,
        connection: Connection::Usb,
        orientation: 0,
    }
}

fn listed(id: u32, plugged: u64, in_use: bool) -> Listed {
    let id = format!("fake:{id}");
    Listed { camera: Present { info: info(&id), plugged }, key: id, in_use }
}

/// What someone believes who was told these events.
fn believe(known: &mut Vec<(String, bool)>, event: &StatusEvent) {
    let position = known.iter().position(|(id, _)| *id == event.camera.id);
    match (event.status, position) {
        (Status::Appear, None) => known.push((event.camera.id.clone(), false)),
        (Status::Disappear, Some(position)) => {
            known.remove(position);
        }
        (Status::Available, Some(position)) if known[position].1 => known[position].1 = false,
        (Status::Unavailable, Some(position)) if !known[position].1 => known[position].1 = true,
        _ => panic!("{event:?} makes no sense to someone who knows {known:?}"),
    }
}

fn truth(list: &[Listed]) -> Vec<(String, bool)> {
    list.iter().map(|listed| (listed.camera.info.id.clone(), listed.in_use)).collect()
}

fn lists() -> impl Strategy<Value = Vec<Listed>> {
    prop::collection::btree_map(0u32..6, (0u64..3, any::<bool>()), 0..6)
        .prop_map(|list| list.into_iter().map(|(id, (plugged, in_use))| listed(id, plugged, in_use)).collect())
}

#[test]
fn two_lists_give_the_events_between_them() {
    use Status::{Appear, Available, Disappear, Unavailable};
    let cases = [
        (vec![], vec![], vec![]),
        (vec![], vec![listed(1, 0, false)], vec![(Appear, "fake:1")]),
        (vec![], vec![listed(1, 0, true)], vec![(Appear, "fake:1"), (Unavailable, "fake:1")]),
        (vec![listed(1, 0, true)], vec![], vec![(Disappear, "fake:1")]),
        (vec![listed(1, 0, true)], vec![listed(1, 0, false)], vec![(Available, "fake:1")]),
        // Away for so short a time that no list was made meanwhile.
        (vec![listed(1, 0, false)], vec![listed(1, 1, false)], vec![(Disappear, "fake:1"), (Appear, "fake:1")]),
        // The one that stands in goes before the real one comes.
        (vec![listed(9, 0, false)], vec![listed(1, 0, false)], vec![(Disappear, "fake:9"), (Appear, "fake:1")]),
    ];
    for (before, after, expected) in cases {
        let events: Vec<_> = changes(&before, &after).into_iter().map(|e| (e.status, e.camera.id)).collect();
        assert_eq!(events, told(&expected));
    }
}

proptest! {
    #[test]
    fn whoever_is_told_of_every_change_knows_the_list(all in prop::collection::vec(lists(), 1..8), joins in 0usize..8) {
        let mut known = Vec::new();
        let mut late = None;
        let mut before: &[Listed] = &[];
        for (number, list) in all.iter().enumerate() {
            for event in changes(before, list) {
                believe(&mut known, &event);
                if let Some(late) = &mut late {
                    believe(late, &event);
                }
            }
            known.sort();
            prop_assert_eq!(&known, &truth(list));
            if number == joins {
                let mut joined = Vec::new();
                list.iter().flat_map(Listed::news).for_each(|event| believe(&mut joined, &event));
                late = Some(joined);
            }
            if let Some(late) = &mut late {
                late.sort();
                prop_assert_eq!(&*late, &known);
            }
            before = list;
        }
    }
}

/// Cameras that the test plugs in and out.
#[derive(Default)]
struct Bench {
    present: Mutex<Vec<Present>>,
    broken: AtomicBool,
    watches: AtomicUsize,
    lists: AtomicUsize,
    doubted: Mutex<Vec<String>>,
    changes: Mutex<Option<Weak<dyn Changes>>>,
    /// Happens when the next list is made, and is not on it.
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    own: Mutex<Weak<Bench>>,
}

impl Bench {
    fn new(ids: &[&str]) -> Arc<Bench> {
        let bench = Arc::new(Bench::default());
        *bench.own.lock() = Arc::downgrade(&bench);
        *bench.present.lock() = ids.iter().map(|id| Present { info: info(id), plugged: 0 }).collect();
        bench
    }
    fn plug(&self, id: &str, plugged: u64) {
        self.present.lock().push(Present { info: info(id), plugged });
        self.tell();
    }
    fn unplug(&self, id: &str) {
        self.present.lock().retain(|camera| camera.info.id != id);
        self.tell();
    }
    fn tell(&self) {
        let changes = self.changes.lock().as_ref().and_then(Weak::upgrade);
        if let Some(changes) = changes {
            changes.changed();
        }
    }
}

impl Backend for Bench {
    fn cameras(&self) -> Result<Vec<CameraInfo>> {
        Ok(self.present.lock().iter().map(|camera| camera.info.clone()).collect())
    }
    fn modes(&self, _: &str) -> Result<Vec<NativeMode>> {
        Ok(Vec::new())
    }
    fn open(&self, id: &str) -> Result<Arc<dyn Device>> {
        let bench = self.own.lock().upgrade().unwrap();
        let plugged = self.present.lock().iter().find(|camera| camera.info.id == id).map(|camera| camera.plugged);
        let plugged = plugged.ok_or_else(|| Error::new(Code::DeviceDisabled, "gone"))?;
        Ok(Arc::new(BenchDevice { bench, id: id.to_owned(), plugged }))
    }
    fn owns(&self, id: &str) -> bool {
        id.starts_with("fake:")
    }
    fn watch(&self, changes: Weak<dyn Changes>) -> Result<Option<Arc<dyn Watch>>> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(Error::fatal("nothing tells"));
        }
        *self.changes.lock() = Some(changes);
        self.watches.fetch_add(1, Ordering::SeqCst);
        Ok(Some(Arc::new(BenchWatch(self.own.lock().upgrade().unwrap()))))
    }
}

struct BenchWatch(Arc<Bench>);
impl Watch for BenchWatch {
    fn cameras(&self) -> Result<Vec<Present>> {
        self.0.lists.fetch_add(1, Ordering::SeqCst);
        let present = self.0.present.lock().clone();
        let meanwhile = self.0.meanwhile.lock().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        Ok(present)
    }
    fn doubt(&self, id: &str) {
        self.0.doubted.lock().push(id.to_owned());
    }
}
impl Drop for BenchWatch {
    fn drop(&mut self) {
        self.0.changes.lock().take();
        self.0.watches.fetch_sub(1, Ordering::SeqCst);
    }
}

struct BenchDevice {
    bench: Arc<Bench>,
    id: String,
    plugged: u64,
}
impl Device for BenchDevice {
    fn check_present(&self) -> Result<()> {
        let same = |camera: &Present| camera.info.id == self.id && camera.plugged == self.plugged;
        let present = self.bench.present.lock().iter().any(same);
        present.then_some(()).ok_or_else(|| Error::new(Code::DeviceDisabled, "unplugged"))
    }
    fn formats(&self) -> Result<Vec<PixelFormat>> {
        Ok(Vec::new())
    }
    fn modes_of(&self, _: PixelFormat) -> Result<Vec<NativeMode>> {
        Ok(Vec::new())
    }
    fn facts(&self) -> crate::backend::CameraFacts {
        Default::default()
    }
    fn exposure(&self) -> crate::backend::Exposure {
        Default::default()
    }
    fn configure(&self, _: &crate::backend::StreamConfig) -> Result<Arc<dyn crate::backend::Stream>> {
        Err(Error::fatal("no stream"))
    }
}

struct Rig {
    runtime: Arc<Runtime>,
    bench: Arc<Bench>,
    devices: Arc<Devices>,
    board: Arc<StatusBoard>,
}

impl Rig {
    fn new(ids: &[&str]) -> Rig {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        let (bench, devices) = (Bench::new(ids), Arc::<Devices>::default());
        let providers = vec![Provider::of(bench.clone()), Provider::stand_in(&runtime)];
        let board = StatusBoard::new(&runtime, Arc::new(providers), devices.clone());
        Rig { runtime, bench, devices, board }
    }
    fn listen(&self) -> (u64, Told) {
        let told = Told::default();
        let sink = told.clone();
        let number = self.board.add(|| Ok(cameras(move |event| sink.0.lock().push(event.clone())))).unwrap();
        (number, told)
    }
    /// Everything that was asked for is done, and what it tells was told.
    fn settle(&self) {
        self.board.turn.in_turn(|| ());
        self.runtime.dispatcher.dispatch().unwrap();
    }
    fn input(&self, id: &str) -> Arc<Input> {
        Input::new(&self.runtime, self.bench.clone(), self.devices.slot(id.into()), self.board.clone(), id)
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.board.end();
        self.runtime.shut_down();
    }
}

#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<StatusEvent>>>);
impl Told {
    fn take(&self) -> Vec<(Status, String)> {
        std::mem::take(&mut *self.0.lock()).into_iter().map(|event| (event.status, event.camera.id)).collect()
    }
}

fn told(events: &[(Status, &str)]) -> Vec<(Status, String)> {
    events.iter().map(|(status, id)| (*status, (*id).to_owned())).collect()
}

use Status::{Appear, Available, Disappear, Unavailable};

#[test]
fn listeners_hear_what_is_and_then_what_changes() {
    let rig = Rig::new(&["fake:1", "fake:2"]);
    let slot = rig.devices.slot("fake:2".into());
    slot.claim(7, "fake:2").unwrap();
    let (_, first) = rig.listen();
    rig.bench.plug("fake:3", 0);
    rig.settle();
    let present = [(Appear, "fake:1"), (Appear, "fake:2"), (Unavailable, "fake:2"), (Appear, "fake:3")];
    assert_eq!(first.take(), told(&present));
    let (_, second) = rig.listen();
    slot.give_up(7);
    slot.claim(7, "fake:2").unwrap();
    slot.claim(7, "fake:2").unwrap();
    assert_eq!(slot.claim(8, "fake:2").unwrap_err().code(), Code::OperationNotAllowed);
    slot.give_up(8);
    rig.bench.unplug("fake:1");
    rig.settle();
    let changes = [(Available, "fake:2"), (Unavailable, "fake:2"), (Disappear, "fake:1")];
    assert_eq!(first.take(), told(&changes));
    assert_eq!(second.take(), told(&[&present[..], &changes[..]].concat()));
    assert_eq!(rig.bench.watches.load(Ordering::SeqCst), 1, "one watch for all");
}

#[test]
fn the_stand_in_comes_when_the_last_camera_goes_and_goes_with_the_first() {
    let rig = Rig::new(&["fake:1"]);
    let (_, told_) = rig.listen();
    rig.settle();
    assert_eq!(told_.take(), told(&[(Appear, "fake:1")]));
    rig.bench.unplug("fake:1");
    rig.settle();
    assert_eq!(told_.take(), told(&[(Disappear, "fake:1"), (Appear, "virtual:0")]));
    rig.bench.plug("fake:2", 1);
    rig.settle();
    assert_eq!(told_.take(), told(&[(Disappear, "virtual:0"), (Appear, "fake:2")]));
}

#[test]
fn nobody_who_does_not_listen_pays() {
    let rig = Rig::new(&["fake:1"]);
    let input = rig.input("fake:1");
    input.open().unwrap();
    input.lost(&Error::new(Code::DeviceDisabled, "gone"));
    assert_eq!((rig.bench.watches.load(Ordering::SeqCst), rig.bench.lists.load(Ordering::SeqCst)), (0, 0));
    let (one, _) = rig.listen();
    let (two, _) = rig.listen();
    let listener = input.add_listener(|| Ok(|_: &InputEvent| ())).unwrap();
    assert_eq!(rig.bench.lists.load(Ordering::SeqCst), 1, "one list for all");
    assert!(rig.board.remove(one) && !rig.board.remove(one) && rig.board.remove(two));
    rig.settle();
    assert_eq!(rig.bench.watches.load(Ordering::SeqCst), 1, "the input listens");
    assert!(input.remove_listener(listener) && !input.remove_listener(listener));
    rig.settle();
    assert_eq!(rig.bench.watches.load(Ordering::SeqCst), 0);
    // It begins anew, with what is there then.
    rig.bench.present.lock().clear();
    let (_, later) = rig.listen();
    rig.settle();
    assert_eq!(later.take(), told(&[(Appear, "virtual:0")]));
}

#[test]
fn many_changes_are_one_list() {
    let rig = Rig::new(&[]);
    rig.listen();
    let before = rig.bench.lists.load(Ordering::SeqCst);
    rig.board.turn.in_turn(|| (0..100).for_each(|number| rig.bench.plug(&format!("fake:{number}"), 0)));
    rig.settle();
    assert_eq!(rig.bench.lists.load(Ordering::SeqCst), before + 1);
}

#[test]
fn what_cannot_be_watched_is_refused_and_nothing_is_left() {
    let rig = Rig::new(&["fake:1"]);
    rig.bench.broken.store(true, Ordering::SeqCst);
    let made = AtomicUsize::new(0);
    let refused = rig.board.add(|| {
        made.fetch_add(1, Ordering::SeqCst);
        Ok(|_: &ManagerEvent| ())
    });
    assert_eq!(refused.unwrap_err().code(), Code::ServiceFatalError);
    let input = rig.input("fake:1");
    assert_eq!(input.add_listener(|| Ok(|_: &InputEvent| ())).unwrap_err().code(), Code::ServiceFatalError);
    assert_eq!(made.load(Ordering::SeqCst), 0, "its destructor is not for a call that fails");
    rig.bench.broken.store(false, Ordering::SeqCst);
    // Nor is anything left when the listener cannot be made.
    rig.board.add(|| Err::<fn(&ManagerEvent), _>(Error::invalid("callback is NULL"))).unwrap_err();
    assert_eq!(rig.bench.watches.load(Ordering::SeqCst), 0);
    rig.listen();
    rig.board.end();
    assert_eq!(rig.bench.watches.load(Ordering::SeqCst), 0);
    assert!(rig.board.add(|| Ok(|_: &ManagerEvent| ())).is_err());
}

#[test]
fn the_loss_of_an_idle_device_is_told_once_and_in_order() {
    let rig = Rig::new(&["fake:1", "fake:2"]);
    let (one, other, closed) = (rig.input("fake:1"), rig.input("fake:2"), rig.input("fake:1"));
    let diary = Arc::new(Mutex::new(Vec::<String>::new()));
    for input in [&one, &other, &closed] {
        input.open().unwrap();
        let (sink, id) = (diary.clone(), input.id().to_owned());
        let told = move |event: &InputEvent| {
            let InputEvent::Failed(error) = event else { panic!("{event:?}") };
            sink.lock().push(format!("{id} {}", error.code().number()));
        };
        input.add_listener(|| Ok(told)).unwrap();
    }
    closed.close().unwrap();
    let sink = diary.clone();
    let told = move |event: &StatusEvent| sink.lock().push(format!("{:?} {}", event.status, event.camera.id));
    rig.board.add(|| Ok(cameras(told))).unwrap();
    rig.settle();
    diary.lock().clear();
    rig.bench.unplug("fake:1");
    rig.settle();
    assert_eq!(*diary.lock(), ["Disappear fake:1", "fake:1 7400108"]);
    // Again by its stream, which was told of it later.
    one.lost(&Error::new(Code::DeviceDisabled, "gone"));
    rig.settle();
    assert_eq!(diary.lock().len(), 2);
    // Back: the old one stays dead, a new one works.
    rig.bench.plug("fake:1", 1);
    rig.settle();
    assert_eq!(diary.lock().pop().unwrap(), "Appear fake:1");
    assert_eq!(one.device().err().unwrap().code(), Code::DeviceDisabled);
    let new = rig.input("fake:1");
    new.open().unwrap();
    new.device().unwrap();
}

#[test]
fn the_loss_of_a_streaming_device_is_told_before_any_list_is_made() {
    let rig = Rig::new(&["fake:1"]);
    let input = rig.input("fake:1");
    input.open().unwrap();
    let (_, manager) = rig.listen();
    let errors = Arc::new(AtomicUsize::new(0));
    let count = errors.clone();
    let count = move |_: &InputEvent| {
        count.fetch_add(1, Ordering::SeqCst);
    };
    input.add_listener(|| Ok(count)).unwrap();
    rig.settle();
    manager.take();
    // A driver that fails is no loss of the camera, and may fail again.
    input.lost(&Error::fatal("EIO"));
    input.lost(&Error::fatal("EIO"));
    rig.settle();
    assert_eq!((manager.take(), errors.swap(0, Ordering::SeqCst)), (vec![], 2));
    rig.board.turn.in_turn(|| {
        rig.bench.present.lock().clear();
        input.lost(&Error::new(Code::DeviceDisabled, "gone"));
        rig.runtime.dispatcher.dispatch().unwrap();
        assert_eq!((manager.take(), errors.load(Ordering::SeqCst)), (told(&[(Disappear, "fake:1")]), 1));
    });
    rig.settle();
    assert_eq!(manager.take(), told(&[(Appear, "virtual:0")]), "the list says the same");
    assert_eq!(*rig.bench.doubted.lock(), ["fake:1"]);
    // Some drivers have the camera back when the last one lets go.
    input.close().unwrap();
    assert_eq!(*rig.bench.doubted.lock(), ["fake:1", "fake:1"]);
}

#[test]
fn a_camera_that_is_lost_while_a_list_is_made_does_not_come_back_with_it() {
    let rig = Rig::new(&["fake:1", "fake:2"]);
    let input = rig.input("fake:2");
    input.open().unwrap();
    let (_, told_) = rig.listen();
    rig.settle();
    told_.take();
    let bench = rig.bench.clone();
    *rig.bench.meanwhile.lock() = Some(Box::new(move || {
        bench.present.lock().clear();
        input.lost(&Error::new(Code::DeviceDisabled, "gone"));
    }));
    rig.bench.unplug("fake:1");
    rig.settle();
    rig.settle();
    assert_eq!(told_.take(), told(&[(Disappear, "fake:2"), (Disappear, "fake:1"), (Appear, "virtual:0")]));
}

/// As after a moment's loose contact: what the dead device's inputs say is not of the new one.
#[test]
fn a_camera_that_is_back_before_the_list_is_made_goes_and_comes_once() {
    let rig = Rig::new(&["fake:1"]);
    let inputs = [rig.input("fake:1"), rig.input("fake:1")];
    inputs.iter().for_each(|input| input.open().unwrap());
    let (_, manager) = rig.listen();
    rig.settle();
    manager.take();
    rig.board.turn.in_turn(|| {
        *rig.bench.present.lock() = vec![Present { info: info("fake:1"), plugged: 1 }];
        inputs[0].lost(&Error::new(Code::DeviceDisabled, "gone"));
    });
    (0..5).for_each(|_| rig.settle());
    assert_eq!(manager.take(), told(&[(Disappear, "fake:1"), (Appear, "fake:1")]));
    assert_eq!(rig.bench.lists.load(Ordering::SeqCst), 2);
    // Nor what they say to a new listener.
    inputs[1].add_listener(|| Ok(|_: &InputEvent| {})).unwrap();
    (0..3).for_each(|_| rig.settle());
    assert_eq!(manager.take(), []);
}

/// Two inputs share the device, and the session of one finds it gone. Nobody listens to the other,
/// but its session wants to know.
#[test]
fn every_input_of_a_lost_device_learns_of_it() {
    #[derive(Default)]
    struct User(AtomicUsize);
    impl crate::camera::input::InputUser for User {
        fn input_closed(&self, _: Error, _: Option<&Arc<dyn Device>>) {}
        fn device_lost(&self, error: &Error) {
            assert_eq!(error.code(), Code::DeviceDisabled);
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    for by_stream in [true, false] {
        let rig = Rig::new(&["fake:1"]);
        let (one, other) = (rig.input("fake:1"), rig.input("fake:1"));
        one.open().unwrap();
        other.open().unwrap();
        let user = Arc::new(User::default());
        let weak: Weak<User> = Arc::downgrade(&user);
        other.set_user(weak).unwrap();
        rig.listen();
        rig.bench.present.lock().clear();
        if by_stream {
            one.lost(&Error::new(Code::DeviceDisabled, "gone"));
        } else {
            rig.bench.tell();
        }
        rig.settle();
        assert_eq!(user.0.load(Ordering::SeqCst), 1);
        drop((one, other));
        assert!(rig.board.state.lock().inputs.is_empty());
    }
}

#[test]
fn an_input_that_listens_late_is_told_of_what_is_gone() {
    let rig = Rig::new(&["fake:1"]);
    let input = rig.input("fake:1");
    input.open().unwrap();
    rig.bench.present.lock().clear();
    let errors = Arc::new(AtomicUsize::new(0));
    let count = errors.clone();
    let count = move |_: &InputEvent| {
        count.fetch_add(1, Ordering::SeqCst);
    };
    input.add_listener(|| Ok(count)).unwrap();
    rig.settle();
    assert_eq!(errors.load(Ordering::SeqCst), 1);
    input.end_listeners();
    assert_eq!(input.add_listener(|| Ok(|_: &InputEvent| ())).unwrap_err().code(), Code::ServiceFatalError);
}

/// Uses are told to every manager of the process.
#[test]
fn a_device_that_another_manager_uses_is_unavailable() {
    let devices = Arc::<Devices>::default();
    let manager = || {
        Manager::new(Mode::Caller, Some(vec![Source::Virtual(vec![Default::default()])]), devices.clone(), 1).unwrap()
    };
    let (one, other) = (manager(), manager());
    let told_ = Told::default();
    let sink = told_.clone();
    other.status().add(|| Ok(cameras(move |event| sink.0.lock().push(event.clone())))).unwrap();
    let input = one.create_input("virtual:0").unwrap();
    input.slot().claim(3, "virtual:0").unwrap();
    other.runtime().dispatcher.dispatch().unwrap();
    assert_eq!(told_.take(), told(&[(Appear, "virtual:0"), (Unavailable, "virtual:0")]));
    for manager in [one, other] {
        manager.status().end();
        manager.runtime().shut_down();
    }
}
