//! The devices that this process has open: each once, whoever opened it, and which session
//! uses it.

use crate::backend::{Backend, Device};
use crate::error::{Error, Result};
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, Mutex, Weak};
use std::collections::BTreeMap;

/// One device of the process, as long as an input for it exists.
pub(crate) struct DeviceSlot {
    devices: Weak<Devices>,
    /// Locked while the device is being opened, so that it is opened once; only those who want
    /// the same device wait.
    open: Mutex<Option<Weak<dyn Device>>>,
    /// The number of the session that uses it; 0 for none.
    claimed_by: AtomicU64,
    /// Held while a session takes the device, and while its torch is switched on.
    taking: Mutex<()>,
}

impl DeviceSlot {
    /// Opens the device, or shares it when it is open already.
    pub(crate) fn open(&self, backend: &dyn Backend, id: &str) -> Result<Arc<dyn Device>> {
        let mut open = self.open.lock();
        // One that is gone stays with those who have it; what was plugged in since is another.
        let present = |device: &Arc<dyn Device>| device.check_present().is_ok();
        if let Some(device) = open.as_ref().and_then(Weak::upgrade).filter(present) {
            return Ok(device);
        }
        let device = backend.open(id)?;
        *open = Some(Arc::downgrade(&device));
        Ok(device)
    }

    /// Makes the device the session's; 7400102 when it is another's. May block: a torch that burns goes out first.
    pub(crate) fn claim(&self, session: u64, id: &str) -> Result<()> {
        let taken = {
            let _taking = self.taking.lock();
            self.claimed_by.compare_exchange(0, session, Ordering::AcqRel, Ordering::Acquire)
        };
        match taken {
            Ok(_) => {
                if let Some(devices) = self.devices.upgrade() {
                    devices.tell_taken(self);
                }
                self.tell_use();
                Ok(())
            }
            Err(other) if other == session => Ok(()),
            Err(_) => Err(Error::not_allowed(format!(
                "camera {id} is in another session of this process: remove its input there or release that session"
            ))),
        }
    }

    /// May the session claim it?
    pub(crate) fn is_free(&self, session: u64) -> bool {
        let holder = self.claimed_by.load(Ordering::Acquire);
        holder == 0 || holder == session
    }

    /// The session is done with the device.
    pub(crate) fn give_up(&self, session: u64) {
        if self.claimed_by.compare_exchange(session, 0, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            self.tell_use();
        }
    }

    /// Runs something that must not be while a session has the device; `None`: one has it.
    pub(crate) fn while_free<R>(&self, run: impl FnOnce() -> R) -> Option<R> {
        let _taking = self.taking.lock();
        (self.claimed_by.load(Ordering::Acquire) == 0).then(run)
    }

    /// The device's light was set by its control, which only this process knows of.
    pub(crate) fn light_was_set(&self) {
        self.tell_use();
    }

    fn tell_use(&self) {
        if let Some(devices) = self.devices.upgrade() {
            devices.tell_use();
        }
    }
}

impl Drop for DeviceSlot {
    fn drop(&mut self) {
        if let Some(devices) = self.devices.upgrade() {
            // Another may have come in its place already.
            devices.slots.lock().retain(|_, slot| slot.strong_count() > 0);
        }
    }
}

/// Whoever wants to know which devices are in use.
pub(crate) trait UseObserver: Send + Sync {
    /// A session has taken the device with this key, and goes on when this returns. May block.
    fn device_taken(&self, _key: &str) {}

    /// A session took a device, or gave it up, or its light was set by its control. Called after the fact,
    /// on the thread that did it; must not block.
    fn use_changed(&self);
}

/// The devices of the process. Shared by all managers.
#[derive(Default)]
pub(crate) struct Devices {
    slots: Mutex<BTreeMap<String, Weak<DeviceSlot>>>,
    observers: Mutex<Vec<Weak<dyn UseObserver>>>,
}

impl Devices {
    /// The slot of the device with this key: the same for everyone who asks while it exists.
    pub(crate) fn slot(self: &Arc<Self>, key: String) -> Arc<DeviceSlot> {
        let mut slots = self.slots.lock();
        if let Some(slot) = slots.get(&key).and_then(Weak::upgrade) {
            return slot;
        }
        let slot = Arc::new(DeviceSlot {
            devices: Arc::downgrade(self),
            open: Mutex::new(None),
            claimed_by: AtomicU64::new(0),
            taking: Mutex::new(()),
        });
        slots.insert(key, Arc::downgrade(&slot));
        slot
    }

    /// Does a session use the device with this key?
    pub(crate) fn in_use(&self, key: &str) -> bool {
        let slot = self.slots.lock().get(key).and_then(Weak::upgrade);
        // Out of the lock, which the end of the last owner takes.
        slot.is_some_and(|slot| slot.claimed_by.load(Ordering::Acquire) != 0)
    }

    /// Tells `observer` from now on, as long as it exists.
    pub(crate) fn observe(&self, observer: Weak<dyn UseObserver>) {
        let mut observers = self.observers.lock();
        observers.retain(|known| known.strong_count() > 0 && !known.ptr_eq(&observer));
        observers.push(observer);
    }

    fn tell_taken(&self, slot: &DeviceSlot) {
        let is_it = |known: &Weak<DeviceSlot>| std::ptr::eq(known.as_ptr(), slot);
        let key = self.slots.lock().iter().find(|(_, known)| is_it(known)).map(|(key, _)| key.clone());
        let Some(key) = key else { return };
        let observers = self.observers.lock().clone();
        for observer in observers.iter().filter_map(Weak::upgrade) {
            observer.device_taken(&key);
        }
    }

    fn tell_use(&self) {
        let observers = self.observers.lock().clone();
        for observer in observers.iter().filter_map(Weak::upgrade) {
            observer.use_changed();
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::backend::FrameSink;
    use crate::camera::{Manager, Source};
    use crate::format::{PixelFormat, Size};
    use crate::frame::Frame;
    use crate::runtime::Mode;
    use crate::sync::atomic::AtomicBool;
    use std::time::{Duration, Instant};

    #[derive(Default)]
    struct Ended(AtomicBool);
    impl FrameSink for Ended {
        fn frame(&self, _: Frame, _: u32) {}
        fn corrupt(&self, _: u64) {}
        fn ended(&self, _: Error) {
            self.0.store(true, Ordering::Release);
        }
    }

    /// An input that was not closed when its camera was unplugged keeps nobody from the camera.
    #[test]
    fn a_camera_that_is_there_again_is_opened_anew_while_its_old_device_is_held() {
        let script = crate::backend::virtual_camera::script::Script::parse("unplug@0f+return@1f").unwrap();
        let manager = Manager::new(Mode::Caller, Some(vec![Source::Virtual(vec![script])]), Arc::default(), 1).unwrap();
        let old = manager.create_input("virtual:0").unwrap();
        old.open().unwrap();
        let (format, size) = (PixelFormat::YUYV, Size::new(320, 240));
        let config = crate::backend::StreamConfig { format, size, rate: None, buffers: 2 };
        let stream = old.device().unwrap().configure(&config).unwrap();
        let sink = Arc::new(Ended::default());
        stream.start(sink.clone()).unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !sink.0.load(Ordering::Acquire) || manager.cameras().unwrap().is_empty() {
            assert!(Instant::now() < deadline);
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(old.device().is_err());
        let new = manager.create_input("virtual:0").unwrap();
        new.open().unwrap();
        new.device().unwrap().configure(&config).unwrap();
    }
}
