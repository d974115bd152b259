//! The entry: which cameras there are, and the runtime that everything made from it shares.

use super::{Capability, Devices, Input, SceneMode, Source, StatusBoard};
use crate::backend::replay::ReplayCameras;
use crate::backend::v4l2::V4l2;
use crate::backend::virtual_camera::VirtualCameras;
use crate::backend::virtual_camera::script::Script;
use crate::backend::{Backend, CameraInfo, Position};
use crate::detector::DetectorSlot;
use crate::error::{Error, Result};
use crate::runtime::{Mode, Runtime};
use crate::sync::Arc;

pub(super) struct Provider {
    pub(super) backend: Arc<dyn Backend>,
    /// In front of an id it names the device in the process.
    key_prefix: String,
    /// Present only while no other camera is.
    pub(super) stand_in: bool,
}

impl Provider {
    #[cfg(all(test, not(loom)))]
    pub(super) fn of(backend: Arc<dyn Backend>) -> Provider {
        Provider { backend, key_prefix: String::new(), stand_in: false }
    }

    #[cfg(all(test, not(loom)))]
    pub(super) fn stand_in(runtime: &Runtime) -> Provider {
        let backend =
            Arc::new(VirtualCameras::new(runtime.reactor.clone(), runtime.log.clone(), vec![Script::default()]));
        Provider { backend, key_prefix: "stand-in ".into(), stand_in: true }
    }

    /// Names the device of a camera in the process.
    pub(super) fn key(&self, id: &str) -> String {
        format!("{}{id}", self.key_prefix)
    }
}

/// Lists cameras and makes inputs.
pub(crate) struct Manager {
    runtime: Arc<Runtime>,
    devices: Arc<Devices>,
    providers: Arc<Vec<Provider>>,
    status: Arc<StatusBoard>,
    detector: Arc<DetectorSlot>,
}

impl Manager {
    /// A manager; `sources` of `None` means V4L2 cameras, and a virtual one while there are
    /// none. `number` tells managers of the process apart.
    pub(crate) fn new(
        mode: Mode,
        sources: Option<Vec<Source>>,
        devices: Arc<Devices>,
        number: u64,
    ) -> Result<Arc<Manager>> {
        let runtime = Runtime::new(mode)?;
        let v4l2 = || Provider {
            backend: V4l2::new(runtime.reactor.clone(), runtime.log.clone()),
            key_prefix: String::new(),
            stand_in: false,
        };
        // The virtual cameras of one manager are not those of another.
        let virtual_cameras = |scripts, stand_in| Provider {
            backend: Arc::new(VirtualCameras::new(runtime.reactor.clone(), runtime.log.clone(), scripts)),
            key_prefix: format!("manager {number} "),
            stand_in,
        };
        let providers = match sources {
            None => vec![v4l2(), virtual_cameras(vec![Script::default()], true)],
            Some(sources) => sources
                .into_iter()
                .map(|source| match source {
                    Source::V4l2 => v4l2(),
                    Source::Virtual(scripts) => virtual_cameras(scripts, false),
                    // Files of two managers are different devices: each plays at its own pace.
                    Source::Replay(replays) => Provider {
                        backend: Arc::new(ReplayCameras::new(
                            runtime.reactor.clone(),
                            runtime.workers.clone(),
                            replays,
                        )),
                        key_prefix: format!("manager {number} "),
                        stand_in: false,
                    },
                })
                .collect(),
        };
        let providers = Arc::new(providers);
        let status = StatusBoard::new(&runtime, providers.clone(), devices.clone());
        Ok(Arc::new(Manager { devices, providers, status, runtime, detector: Arc::default() }))
    }

    pub(crate) fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// Who is told when cameras come, go, or are used.
    pub(crate) fn status(&self) -> &Arc<StatusBoard> {
        &self.status
    }

    /// What finds objects in frames, for every session.
    pub(crate) fn detector(&self) -> &Arc<DetectorSlot> {
        &self.detector
    }

    /// The cameras present now. May block.
    pub(crate) fn cameras(&self) -> Result<Vec<CameraInfo>> {
        let mut cameras = Vec::new();
        for provider in self.providers.iter() {
            if !provider.stand_in || cameras.is_empty() {
                cameras.extend(provider.backend.cameras()?);
            }
        }
        Ok(cameras)
    }

    /// What a camera offers in a mode. May block.
    pub(crate) fn capability(&self, id: &str, mode: SceneMode) -> Result<Capability> {
        let mut capability = Capability::new(&self.provider(id)?.backend.modes(id)?, mode);
        capability.objects = self.detector.get().map_or_else(Vec::new, |detector| detector.types.clone());
        Ok(capability)
    }

    /// An input for the camera with this id, present or not; opening it finds out.
    pub(crate) fn create_input(&self, id: &str) -> Result<Arc<Input>> {
        let provider = self.provider(id)?;
        let slot = self.devices.slot(provider.key(id));
        Ok(Input::new(&self.runtime, provider.backend.clone(), slot, self.status.clone(), id))
    }

    /// An input for the first camera in this position. May block.
    pub(crate) fn create_input_at(&self, position: Position) -> Result<Arc<Input>> {
        let cameras = self.cameras()?;
        match cameras.iter().find(|camera| camera.position == position) {
            Some(camera) => self.create_input(&camera.id),
            None => Err(Error::fatal(format!(
                "no camera has position {position:?}: {} present, see camera_manager_list_cameras()",
                cameras.len()
            ))),
        }
    }

    fn provider(&self, id: &str) -> Result<&Provider> {
        self.providers.iter().find(|provider| provider.backend.owns(id)).ok_or_else(|| {
            Error::invalid(format!(
                "\"{id}\" is no camera id of this manager: take one from camera_manager_list_cameras()"
            ))
        })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn virtual_cameras_of_two_managers_are_different_devices() {
        let devices = Arc::new(Devices::default());
        let make = |number| {
            Manager::new(Mode::Caller, Some(vec![Source::Virtual(vec![Script::default()])]), devices.clone(), number)
                .unwrap()
        };
        let inputs: Vec<_> = [make(1), make(2)].iter().map(|m| m.create_input("virtual:0").unwrap()).collect();
        inputs[0].slot().claim(1, "").unwrap();
        inputs[1].slot().claim(2, "").unwrap();
        assert_eq!(inputs[0].slot().claim(2, "").unwrap_err().code(), Code::OperationNotAllowed);
        inputs[0].slot().give_up(2);
        assert!(!inputs[0].slot().is_free(2), "only its holder gives it up");
        inputs[0].slot().give_up(1);
        inputs[0].slot().claim(2, "").unwrap();
    }

    #[test]
    fn an_open_device_is_shared_and_closed_with_its_last_input() {
        let devices = Arc::new(Devices::default());
        let manager =
            Manager::new(Mode::Caller, Some(vec![Source::Virtual(vec![Script::default()])]), devices.clone(), 1)
                .unwrap();
        let (one, other) = (manager.create_input("virtual:0").unwrap(), manager.create_input("virtual:0").unwrap());
        one.open().unwrap();
        other.open().unwrap();
        assert!(Arc::ptr_eq(&one.device().unwrap(), &other.device().unwrap()));
        one.close().unwrap();
        assert_eq!(one.close().unwrap_err().code(), Code::ServiceFatalError);
        assert_eq!(one.open().unwrap_err().code(), Code::ServiceFatalError);
        other.device().unwrap();
        other.close().unwrap();
        assert_eq!(other.device().err().map(|error| error.code()), Some(Code::ServiceFatalError));
    }

    #[test]
    fn an_input_that_was_closed_meanwhile_gets_no_user() {
        struct User;
        impl crate::camera::input::InputUser for User {
            fn input_closed(&self, _: Error, _: Option<&Arc<dyn crate::backend::Device>>) {}
            fn device_lost(&self, _: &Error) {}
        }
        let manager =
            Manager::new(Mode::Caller, Some(vec![Source::Virtual(vec![Script::default()])]), Arc::default(), 1)
                .unwrap();
        let input = manager.create_input("virtual:0").unwrap();
        let user = Arc::new(User);
        let weak = || Arc::downgrade(&user) as crate::sync::Weak<dyn crate::camera::input::InputUser>;
        input.open().unwrap();
        input.set_user(weak()).unwrap();
        input.close().unwrap();
        assert_eq!(input.set_user(weak()).unwrap_err().code(), Code::ServiceFatalError);
    }
}
