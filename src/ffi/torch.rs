//! camera_manager: the torch.

use super::args::{self, Out, OutStruct, Sized32};
use super::guard;
use super::manager::{camera_manager, live_manager};
use crate::camera::torch::{TorchMode, TorchStatus};

/// Is there light?
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_torch_mode {
    /// No.
    Off = 0,
    /// Yes.
    On = 1,
    /// When it is dark. V4L2 does not tell when it is: not supported.
    Auto = 2,
}

/// How the torch is. Begin with CAMERA_TORCH_STATUS_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_torch_status {
    /// sizeof(camera_torch_status).
    pub size: u32,
    /// 1: there is one, and no session of this process has its camera; else 0.
    pub available: i32,
    /// 1: this manager's torch is on; else 0.
    pub active: i32,
    /// How bright it is, of its greatest brightness (V4L2_CID_FLASH_TORCH_INTENSITY): 0 while it is off, 1 when the
    /// camera knows no degrees.
    pub level: f32,
}

// SAFETY: repr(C), the size first, three integers and a float of 32 bits each.
unsafe impl Sized32 for camera_torch_status {
    const FIRST: usize = 16;
}

impl camera_torch_status {
    pub(super) fn from_core(status: &TorchStatus) -> Self {
        camera_torch_status {
            size: size_of::<camera_torch_status>() as u32,
            available: i32::from(status.available),
            active: i32::from(status.active),
            level: status.level,
        }
    }
}

const MODES: &[(i32, TorchMode)] = &[
    (camera_torch_mode::Off as i32, TorchMode::Off),
    (camera_torch_mode::On as i32, TorchMode::On),
    (camera_torch_mode::Auto as i32, TorchMode::Auto),
];

/// Is there a torch? It is the light of the first camera in the list that has one
/// (V4L2_CID_FLASH_LED_MODE with torch).
///
/// To find out, each camera is opened for a moment, once. A camera that cannot be opened has none until
/// it can.
///
/// @param manager    The manager.
/// @param supported  Receives the answer. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or manager is no live manager.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated.
///
/// @par Threading
///   Thread-safe. Waits for calls about the torch that were made before, and for drivers to answer.
///
/// @since 0.1
/// @see camera_manager_set_torch_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_is_torch_supported(manager: *mut camera_manager, supported: *mut bool) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(supported, "supported") }?;
        out.set(live_manager(manager)?.status().torch().is_supported()?);
        Ok(())
    })
}

/// Is a mode of the torch supported?
///
/// @param manager    The manager.
/// @param mode       One of camera_torch_mode.
/// @param supported  Receives the answer. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, manager is no live manager, or mode is
///                                          unknown.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated.
///
/// @par Threading
///   As camera_manager_is_torch_supported().
///
/// @since 0.1
/// @see camera_manager_set_torch_mode()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_is_torch_mode_supported(
    manager: *mut camera_manager,
    mode: i32,
    supported: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(supported, "supported") }?;
        let mode = args::one_of(mode, "mode", MODES)?;
        out.set(live_manager(manager)?.status().torch().is_mode_supported(mode)?);
        Ok(())
    })
}

/// The mode of the torch now, as this manager set it and the driver has it.
///
/// @param manager  The manager.
/// @param mode     Receives one of camera_torch_mode; OFF without a torch. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or manager is no live manager.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated.
///
/// @par Threading
///   As camera_manager_is_torch_supported().
///
/// @since 0.1
/// @see camera_manager_set_torch_mode(), camera_manager_get_torch_status()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_get_torch_mode(manager: *mut camera_manager, mode: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(mode, "mode") }?;
        out.set(live_manager(manager)?.status().torch().mode()? as i32);
        Ok(())
    })
}

/// Switches the torch on or off.
///
/// Its camera's device is open while it is on. It goes out when a session of this process takes the camera
/// (camera_session_add_input()), which has the light then: camera_session_set_flash_mode(). It goes out with
/// the manager, too.
///
/// @param manager  The manager.
/// @param mode     One of camera_torch_mode.
///
/// @retval CAMERA_OK                            Switched, or so already.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        manager is no live manager, or mode is unknown.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The mode is not supported, a session has the camera, or the
///                                              process may not open it.
/// @retval CAMERA_ERROR_CONFLICT_CAMERA         Another process has the camera.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The driver failed, or the devices could not be enumerated.
///
/// @par Threading
///   As camera_manager_is_torch_supported().
///
/// @since 0.1
/// @see camera_manager_is_torch_mode_supported(), camera_manager_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_set_torch_mode(manager: *mut camera_manager, mode: i32) -> i32 {
    guard::call(|| {
        let mode = args::one_of(mode, "mode", MODES)?;
        live_manager(manager)?.status().torch().set_mode(mode)
    })
}

/// How the torch is at this moment. Changes are told to the manager's listeners
/// (CAMERA_MANAGER_EVENT_TYPE_TORCH_STATUS) from the first call of a function of the torch on.
///
/// @param manager  The manager.
/// @param status   Receives the answer. Must not be NULL; its size must be set.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, manager is no live manager, or status has a
///                                          wrong size.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated.
///
/// @par Threading
///   As camera_manager_is_torch_supported().
///
/// @since 0.1
/// @see camera_manager_set_torch_mode(), camera_manager_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_get_torch_status(
    manager: *mut camera_manager,
    status: *mut camera_torch_status,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(status, "status") }?;
        out.set(camera_torch_status::from_core(&live_manager(manager)?.status().torch().status()?));
        Ok(())
    })
}
