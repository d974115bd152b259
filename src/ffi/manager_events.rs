//! camera_manager: what it tells about its cameras.

use super::args::Out;
use super::callback::{ManagerEventFunction, Stored, camera_destroy_fn, camera_manager_event_fn};
use super::camera::camera_description;
use super::guard;
use super::manager::{camera_manager, live_manager};
use super::torch::camera_torch_status;
use crate::camera::status::ManagerEvent;
use crate::error::Error;
use std::ffi::c_void;

/// What a manager tells.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_manager_event_type {
    /// A camera came, went, is used or is not used any more: status says which, camera whose.
    CameraStatus = 0,
    /// The torch went on or off, or can be had or not any more: torch says how it is now. Told once one of the
    /// torch's functions was called, for changes from then on; camera_manager_get_torch_status() tells how it
    /// is before.
    TorchStatus = 1,
}

/// What happened to a camera. The numbers are Camera Kit's.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_status {
    /// It is there: plugged in, or there when the listener was registered. A camera that was
    /// unplugged and plugged in again disappears and appears, with the same id.
    Appear = 0,
    /// It is gone. Its open inputs and the session that uses it cannot be used any more.
    Disappear = 1,
    /// No session of this process uses it any more.
    Available = 2,
    /// A session of this process uses it: its input was added. Until it is removed or the session
    /// released, no other session of the process can have it.
    Unavailable = 3,
}

/// An event of a manager.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_manager_event {
    /// Bytes of the structure as this version of the library knows it.
    pub size: u32,
    /// One of camera_manager_event_type. There may be more of them in later versions.
    pub r#type: i32,
    /// CAMERA_STATUS: one of camera_status. Otherwise 0.
    pub status: i32,
    /// Always 0.
    pub reserved: u32,
    /// The camera, also one that is gone; never NULL for CAMERA_STATUS, and NULL otherwise. Its size is that of
    /// the structure as this version of the library knows it. Valid until the function returns.
    pub camera: *const camera_description,
    /// How the torch is now; never NULL for TORCH_STATUS, and NULL otherwise. As camera in size and life.
    pub torch: *const camera_torch_status,
}

const _: () = assert!(size_of::<camera_manager_event>() == 32);

/// Tells the application of an event.
fn tell(stored: &Stored<ManagerEventFunction>, manager: *mut camera_manager, event: &ManagerEvent) {
    let mut told = camera_manager_event {
        size: size_of::<camera_manager_event>() as u32,
        r#type: camera_manager_event_type::CameraStatus as i32,
        status: 0,
        reserved: 0,
        camera: std::ptr::null(),
        torch: std::ptr::null(),
    };
    match event {
        ManagerEvent::Camera(event) => {
            let camera = camera_description::from_core(&event.camera);
            told.status = event.status as i32;
            told.camera = &raw const camera;
            stored.tell_manager(manager, &told);
        }
        ManagerEvent::Torch(status) => {
            let torch = camera_torch_status::from_core(status);
            told.r#type = camera_manager_event_type::TorchStatus as i32;
            told.torch = &raw const torch;
            stored.tell_manager(manager, &told);
        }
    }
}

/// Registers a function for what a manager tells: cameras come and go, and are in use or not; the torch.
///
/// The new listener is first told of every camera as it is at that moment: APPEAR, and UNAVAILABLE
/// after it if a session uses it. Changes follow, none lost and none told twice. Without listeners
/// nothing is watched, and nothing is polled ever.
///
/// A camera that is plugged in is told of when it can be asked, usually within a few milliseconds
/// of its device node, and at the latest 0.2 s after it: a node that is busy or forbidden by then is
/// told of as what it looks like. If it turns out to be none, or one with another id, it disappears.
/// That needs neither udev nor root; it needs inotify, or the kernel's device messages
/// (NETLINK_KOBJECT_UEVENT), which not every container gets. In a container whose /dev stays as it was
/// made, without these messages, cameras do not come or go, except that one is told to be gone when
/// its stream ends for that reason.
///
/// The virtual camera that stands in where there is no other one appears after the last real
/// camera is gone, and disappears when one comes.
///
/// What other processes do with a camera is not told: the kernel does not tell it. That another
/// process uses it is found out by camera_session_commit_config(), with CAMERA_ERROR_CONFLICT_CAMERA.
///
/// Of a camera that is unplugged are told, in this order: the end of each run by its output, DISAPPEAR by
/// the manager, an error with CAMERA_ERROR_DEVICE_DISABLED by each input that listens, and the same error
/// by the session that uses it.
///
/// @param manager    The manager.
/// @param callback   Receives the events. Must not be NULL.
/// @param user_data  Passed to callback. Never read or freed by the library.
/// @param destroy    Called with user_data when the listener is gone, removed or with its manager.
///                   May be NULL. Not called when this function fails.
/// @param listener   Receives a number for camera_manager_remove_listener(). Must not be NULL.
///
/// @retval CAMERA_OK                        Registered; the present cameras are on their way.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or manager is no live manager.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated or not be watched:
///                                          too many files are open, or inotify's limit is reached
///                                          and the kernel's messages cannot be had.
///
/// @par Threading
///   Thread-safe. Waits for drivers to answer when nothing listened before; usually a few
///   milliseconds.
///
/// @since 0.1
/// @see camera_manager_remove_listener(), camera_input_add_listener(), camera_manager_list_cameras()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_add_listener(
    manager: *mut camera_manager,
    callback: camera_manager_event_fn,
    user_data: *mut c_void,
    destroy: camera_destroy_fn,
    listener: *mut u64,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(listener, "listener") }?;
        if callback.is_none() {
            return Err(Error::invalid("callback is NULL"));
        }
        let handle = manager as usize;
        let number = live_manager(manager)?.status().add(|| {
            let stored = Stored::new(callback, user_data, destroy)?;
            Ok(move |event: &ManagerEvent| tell(&stored, handle as *mut camera_manager, event))
        })?;
        out.set(number);
        Ok(())
    })
}

/// Removes a listener. When this returns the listener is not running and never will be again;
/// called from inside it, that call is its last. What waits to be told is not told to it any more.
/// With the last listener of the manager and its inputs the watching ends.
///
/// @param manager   The manager.
/// @param listener  The number from camera_manager_add_listener().
///
/// @retval CAMERA_OK                      Removed; its destroy function has run, or runs as the
///                                        listener returns when called from inside it.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  manager is no live manager, or has no such listener.
///
/// @par Threading
///   Thread-safe. Waits for a call of the listener that is running on another thread.
///
/// @since 0.1
/// @see camera_manager_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_remove_listener(manager: *mut camera_manager, listener: u64) -> i32 {
    guard::call(|| {
        if live_manager(manager)?.status().remove(listener) {
            Ok(())
        } else {
            Err(Error::invalid(format!("the manager has no listener {listener}")))
        }
    })
}
