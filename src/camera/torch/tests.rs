use super::*;
use crate::backend::control::Kind;
use crate::backend::control::fake::Fake;
use crate::backend::{
    Backend, CameraFacts, CameraInfo, Connection, Exposure, NativeMode, Position, Stream, StreamConfig,
};
use crate::camera::StatusBoard;
use crate::error::Code;
use crate::format::PixelFormat;
use crate::runtime::Mode;
use crate::sync::atomic::{AtomicU32, Ordering};

const LIGHT: u32 = ids::FLASH_LED_MODE;

/// Cameras with these controls, one after the other.
struct Shelf {
    cameras: Mutex<Vec<(String, Arc<Fake>)>>,
    opened: AtomicU32,
}

impl Backend for Shelf {
    fn cameras(&self) -> Result<Vec<CameraInfo>> {
        let info = |id: &String| CameraInfo {
            id: id.clone(),
            name: "Camera".into(),
            driver: "fake".into(),
            path: String::new(),
            position: Position::Unspecified,
            connection: Connection::Usb,
            orientation: 0,
        };
        Ok(self.cameras.lock().iter().map(|(id, _)| info(id)).collect())
    }
    fn modes(&self, _: &str) -> Result<Vec<NativeMode>> {
        Ok(Vec::new())
    }
    fn open(&self, id: &str) -> Result<Arc<dyn Device>> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        let found = self.cameras.lock().iter().find(|(known, _)| known == id).map(|(_, fake)| fake.clone());
        let fake = found.ok_or_else(|| Error::new(Code::DeviceDisabled, "gone"))?;
        Ok(Arc::new(Opened(fake)))
    }
    fn owns(&self, id: &str) -> bool {
        id.starts_with("fake:")
    }
}

struct Opened(Arc<Fake>);

impl Device for Opened {
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
        CameraFacts::default()
    }
    fn exposure(&self) -> Exposure {
        Exposure::default()
    }
    fn controls(&self) -> Option<Arc<dyn Controls>> {
        Some(self.0.clone())
    }
    fn configure(&self, _: &StreamConfig) -> Result<Arc<dyn Stream>> {
        Err(Error::fatal("no stream"))
    }
}

fn lamp() -> Arc<Fake> {
    let light = (LIGHT, Kind::Menu, 0, 2, 1, 0);
    let power = (ids::FLASH_TORCH_INTENSITY, Kind::Integer, 25, 200, 25, 100);
    Fake::with_menus(&[light, power], &[(LIGHT, &[(0, None), (1, None), (2, None)])])
}

struct Rig {
    runtime: Arc<Runtime>,
    shelf: Arc<Shelf>,
    devices: Arc<Devices>,
    board: Arc<StatusBoard>,
    told: Arc<Mutex<Vec<TorchStatus>>>,
}

impl Rig {
    fn new(cameras: &[&Arc<Fake>]) -> Rig {
        let runtime = Runtime::new(Mode::Caller).unwrap();
        let cameras = cameras.iter().enumerate().map(|(n, fake)| (format!("fake:{n}"), Arc::clone(fake))).collect();
        let shelf = Arc::new(Shelf { cameras: Mutex::new(cameras), opened: AtomicU32::new(0) });
        let devices = Arc::<Devices>::default();
        let board = StatusBoard::new(&runtime, Arc::new(vec![Provider::of(shelf.clone())]), devices.clone());
        let told = Arc::<Mutex<Vec<TorchStatus>>>::default();
        let sink = told.clone();
        let listener = move |event: &ManagerEvent| {
            if let ManagerEvent::Torch(status) = event {
                sink.lock().push(*status);
            }
        };
        board.add(|| Ok(listener)).unwrap();
        Rig { runtime, shelf, devices, board, told }
    }
    fn torch(&self) -> &Torch {
        self.board.torch()
    }
    fn told(&self) -> Vec<TorchStatus> {
        self.torch().turn.in_turn(|| ());
        self.runtime.dispatcher.dispatch().unwrap();
        std::mem::take(&mut *self.told.lock())
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.board.end();
        self.runtime.shut_down();
    }
}

fn status(available: bool, level: f32) -> TorchStatus {
    TorchStatus { available, active: level > 0.0, level }
}

#[test]
fn without_a_light_nothing_can_be_switched() {
    let bare = Fake::new(&[]);
    let rig = Rig::new(&[&bare]);
    let torch = rig.torch();
    assert!(!torch.is_supported().unwrap());
    assert_eq!((torch.mode().unwrap(), torch.status().unwrap()), (TorchMode::Off, TorchStatus::default()));
    for mode in [TorchMode::On, TorchMode::Auto] {
        assert!(!torch.is_mode_supported(mode).unwrap());
        assert_eq!(torch.set_mode(mode).unwrap_err().code(), Code::OperationNotAllowed);
    }
    assert!(!torch.is_mode_supported(TorchMode::Off).unwrap());
    torch.set_mode(TorchMode::Off).expect("what is not there is off already");
    assert_eq!(rig.shelf.opened.load(Ordering::SeqCst), 1, "asked once");
    assert!(rig.told().is_empty());
}

#[test]
fn the_first_light_goes_on_and_off_and_is_told() {
    let (bare, first, second) = (Fake::new(&[]), lamp(), lamp());
    let rig = Rig::new(&[&bare, &first, &second]);
    let torch = rig.torch();
    assert!(torch.is_mode_supported(TorchMode::On).unwrap() && !torch.is_mode_supported(TorchMode::Auto).unwrap());
    assert_eq!(torch.set_mode(TorchMode::Auto).unwrap_err().code(), Code::OperationNotAllowed);
    torch.set_mode(TorchMode::On).unwrap();
    torch.set_mode(TorchMode::On).unwrap();
    assert_eq!((torch.mode().unwrap(), first.value(LIGHT), second.value(LIGHT)), (TorchMode::On, 2, 0));
    assert_eq!(rig.told(), [status(true, 0.5)], "once for two");
    first.becomes(LIGHT, 0);
    assert_eq!(torch.mode().unwrap(), TorchMode::Off, "another program put it out");
    torch.set_mode(TorchMode::Off).unwrap();
    assert_eq!((first.value(LIGHT), rig.told()), (0, vec![status(true, 0.0)]));
}

#[test]
fn what_fails_is_told_by_its_code_and_changes_nothing() {
    let light = lamp();
    let rig = Rig::new(&[&light]);
    *light.broken.lock() = Some(LIGHT);
    assert_eq!(rig.torch().set_mode(TorchMode::On).unwrap_err().code(), Code::ServiceFatalError);
    assert_eq!(rig.torch().status().unwrap(), status(true, 0.0));
    assert!(rig.told().is_empty());
}

#[test]
fn a_session_that_takes_the_camera_has_its_light() {
    let light = lamp();
    let rig = Rig::new(&[&light]);
    let slot = rig.devices.slot("fake:0".into());
    rig.torch().set_mode(TorchMode::On).unwrap();
    slot.claim(7, "fake:0").unwrap();
    assert_eq!((rig.told(), light.value(LIGHT)), (vec![status(true, 0.5), status(false, 0.0)], 0));
    assert_eq!(rig.torch().set_mode(TorchMode::On).unwrap_err().code(), Code::OperationNotAllowed);
    rig.torch().set_mode(TorchMode::Off).unwrap();
    slot.give_up(7);
    assert_eq!(rig.told(), [status(true, 0.0)]);
    rig.torch().set_mode(TorchMode::On).unwrap();
    assert_eq!(light.value(LIGHT), 2);
}

#[test]
fn it_goes_with_its_camera_and_with_its_manager() {
    let light = lamp();
    let rig = Rig::new(&[&light]);
    rig.torch().set_mode(TorchMode::On).unwrap();
    assert_eq!(rig.told().len(), 1);
    let camera = rig.shelf.cameras.lock().pop().unwrap();
    rig.torch().look_again();
    assert_eq!(rig.told(), [TorchStatus::default()]);
    rig.shelf.cameras.lock().push(camera);
    rig.torch().set_mode(TorchMode::On).unwrap();
    rig.board.end();
    assert_eq!(light.value(LIGHT), 0);
    assert_eq!(rig.torch().set_mode(TorchMode::On).unwrap_err().code(), Code::InvalidArgument);
}
