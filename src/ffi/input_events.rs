//! camera_input: what it tells about its device.

use super::args::Out;
use super::callback::{Stored, camera_destroy_fn, camera_input_event_fn};
use super::guard::{self, c_text};
use super::input::{InputRef, camera_input};
use crate::camera::input::InputEvent;
use crate::error::Error;
use std::ffi::{c_char, c_void};

/// What an input tells.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_input_event_type {
    /// The device failed: code and detail say how.
    Error = 0,
    /// A control that camera_input_watch_control() named changed, by another process or by the camera
    /// itself: control and value say which, and to what.
    Control = 1,
}

/// An event of an input.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_input_event {
    /// Bytes of the structure as this version of the library knows it.
    pub size: u32,
    /// One of camera_input_event_type. There may be more of them in later versions.
    pub r#type: i32,
    /// CONTROL: CAMERA_OK. ERROR: the code.
    ///
    /// CAMERA_ERROR_DEVICE_DISABLED: the camera is gone; the input is of no use any more, and a new
    /// one can be opened when the camera is back (or its session does so: camera_session_options.reattach). CAMERA_ERROR_SERVICE_FATAL_ERROR: the driver
    /// failed; the session may be stopped and started again. CAMERA_ERROR_CONFLICT_CAMERA and
    /// CAMERA_ERROR_DEVICE_PREEMPTED: the device was taken away by another; V4L2 drivers do not do
    /// that.
    pub code: i32,
    /// CONTROL: the control's id. Otherwise 0.
    pub control: u32,
    /// ERROR: one sentence with the cause; otherwise empty. Never NULL. Valid until the function returns.
    pub detail: *const c_char,
    /// CONTROL: the value at the moment of the change; 0 for a text. Otherwise 0. A change may be one of the
    /// control's flags or range alone: a white balance that is not automatic any more becomes active, with the
    /// value from before this process sets another, which is not told. camera_input_get_control() has the
    /// value now.
    pub value: i64,
}

const _: () = assert!(size_of::<camera_input_event>() == 32);

/// Registers a function for what an input tells: its device failed, a control changed.
///
/// ERROR is told once when the stream of a session that uses the input ends by itself, and once,
/// with CAMERA_ERROR_DEVICE_DISABLED, when the device of the open input is gone, whether or not
/// anything streams. If the device is gone when the first listener is registered, that one is told.
/// What the application does itself, closing the input included, is no event.
///
/// While an input has a listener its manager watches for cameras that come and go, with the limits
/// that camera_manager_add_listener() tells.
///
/// @param input      The input.
/// @param callback   Receives the events. Must not be NULL.
/// @param user_data  Passed to callback. Never read or freed by the library.
/// @param destroy    Called with user_data when the listener is gone, removed or with its input.
///                   May be NULL. Not called when this function fails.
/// @param listener   Receives a number for camera_input_remove_listener(). Must not be NULL.
///
/// @retval CAMERA_OK                        Registered.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or input never was an input.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The input is released; or the devices could not be
///                                          enumerated or not be watched, see
///                                          camera_manager_add_listener().
///
/// @par State
///   Any. Events from before are not told.
///
/// @par Threading
///   Thread-safe. Waits for drivers to answer when nothing listened before; usually a few
///   milliseconds.
///
/// @since 0.1
/// @see camera_input_remove_listener(), camera_manager_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_add_listener(
    input: *mut camera_input,
    callback: camera_input_event_fn,
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
        let handle = input as usize;
        let InputRef::Live(object) = InputRef::new(input)? else { return Err(InputRef::released()) };
        let number = object.add_listener(|| {
            let stored = Stored::new(callback, user_data, destroy)?;
            Ok(move |event: &InputEvent| {
                let (kind, code, detail, control, value) = match event {
                    InputEvent::Failed(error) => {
                        (camera_input_event_type::Error, error.code().number(), error.detail(), 0, 0)
                    }
                    InputEvent::Control(change) => (camera_input_event_type::Control, 0, "", change.id, change.value),
                };
                let detail = c_text(detail);
                let told = camera_input_event {
                    size: size_of::<camera_input_event>() as u32,
                    r#type: kind as i32,
                    code,
                    control,
                    detail: detail.as_ptr(),
                    value,
                };
                stored.tell_input(handle as *mut camera_input, &told);
            })
        })?;
        out.set(number);
        Ok(())
    })
}

/// Removes a listener. When this returns the listener is not running and never will be again;
/// called from inside it, that call is its last.
///
/// @param input     The input.
/// @param listener  The number from camera_input_add_listener().
///
/// @retval CAMERA_OK                        Removed; its destroy function has run, or runs as the
///                                          listener returns when called from inside it.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    input is NULL or never was an input, or it has no such
///                                          listener.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The input is released, and its listeners with it.
///
/// @par Threading
///   Thread-safe. Waits for a call of the listener that is running on another thread.
///
/// @since 0.1
/// @see camera_input_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_remove_listener(input: *mut camera_input, listener: u64) -> i32 {
    guard::call(|| match InputRef::new(input)? {
        InputRef::Live(object) if object.remove_listener(listener) => Ok(()),
        InputRef::Live(_) => Err(Error::invalid(format!("the input has no listener {listener}"))),
        InputRef::Released => Err(InputRef::released()),
    })
}
