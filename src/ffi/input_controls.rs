//! camera_input: the controls of its device, by V4L2's ids.

use super::args::{self, Out, OutStruct, OutText, Sized32};
use super::guard;
use super::input::{InputRef, camera_input};
use crate::backend::control::{Control, Controls, Value};
use crate::camera::Input;
use crate::error::{Error, Result};
use crate::sync::Arc;
use std::ffi::c_char;

/// What values a control has. The numbers of enum v4l2_ctrl_type; others may occur (arrays, rectangles,
/// what later kernels have), which are listed and neither read nor set.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_control_type {
    /// A number.
    Integer = 1,
    /// 0 or 1.
    Boolean = 2,
    /// The index of an item, which has a name.
    Menu = 3,
    /// Does something when it is set, to whatever value; cannot be read.
    Button = 4,
    /// A number of 64 bits.
    Integer64 = 5,
    /// UTF-8: camera_input_get_control_text().
    Text = 7,
    /// Bits, of which maximum has those that may be set.
    Bitmask = 8,
    /// The index of an item, which stands for a number.
    IntegerMenu = 9,
}

/// Cannot be set now, because the driver needs it as it is: usually while frames flow.
pub const CAMERA_CONTROL_GRABBED: u32 = 0x2;
/// Can be read only.
pub const CAMERA_CONTROL_READ_ONLY: u32 = 0x4;
/// Setting it changes other controls.
pub const CAMERA_CONTROL_UPDATE: u32 = 0x8;
/// Has no effect now, because of another control: an exposure time while the exposure is automatic.
pub const CAMERA_CONTROL_INACTIVE: u32 = 0x10;
/// Can be set only.
pub const CAMERA_CONTROL_WRITE_ONLY: u32 = 0x40;
/// Changes by itself, which no event tells.
pub const CAMERA_CONTROL_VOLATILE: u32 = 0x80;

/// A control of a camera. Begin with CAMERA_CONTROL_INFO_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_control_info {
    /// sizeof(camera_control_info).
    pub size: u32,
    /// V4L2's id, for example V4L2_CID_BRIGHTNESS of linux/v4l2-controls.h; 0: there is none.
    pub id: u32,
    /// One of camera_control_type, or another number.
    pub r#type: i32,
    /// CAMERA_CONTROL_... bits, as they are at this moment. Others may be set.
    pub flags: u32,
    /// The least value; of a text, the least number of bytes.
    pub minimum: i64,
    /// The largest value; of a menu, the largest index; of a text, the largest number of bytes.
    pub maximum: i64,
    /// The distance of two values; values in between are refused. At least 1.
    pub step: u64,
    /// The value that the driver begins with.
    pub default_value: i64,
    /// What the driver calls it, in UTF-8.
    pub name: [c_char; 64],
}

// SAFETY: repr(C), the size first; 4 * 4 + 4 * 8 + 64 bytes without padding.
unsafe impl Sized32 for camera_control_info {
    const FIRST: usize = 112;
}

/// An item of a control's menu. Begin with CAMERA_CONTROL_MENU_ITEM_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_control_menu_item {
    /// sizeof(camera_control_menu_item).
    pub size: u32,
    /// What the control is set to for it. Menus have holes: it is not the number of the item.
    pub index: u32,
    /// INTEGER_MENU: the number that it stands for. Otherwise 0.
    pub number: i64,
    /// MENU: its name; INTEGER_MENU: its number, in UTF-8.
    pub name: [c_char; 64],
}

// SAFETY: repr(C), the size first; 2 * 4 + 8 + 64 bytes without padding.
unsafe impl Sized32 for camera_control_menu_item {
    const FIRST: usize = 80;
}

/// Bytes of a text that a control is set to, without the NUL.
const TEXT: usize = 4096;

fn describe(control: &Control) -> camera_control_info {
    camera_control_info {
        size: 0,
        id: control.id,
        r#type: control.kind.number() as i32,
        flags: control.flags,
        minimum: control.min,
        maximum: control.max,
        step: control.step,
        default_value: control.default,
        name: args::fixed(&control.name),
    }
}

/// Runs something with the controls of an open input, in its turn.
fn with_controls<R>(input: *mut camera_input, run: impl FnOnce(&Arc<dyn Controls>) -> Result<R>) -> Result<R> {
    with_input(input, |input| run(&input.controls()?))
}

fn with_input<R>(input: *mut camera_input, run: impl FnOnce(&Input) -> Result<R>) -> Result<R> {
    match InputRef::new(input)? {
        InputRef::Live(input) => input.queue().in_turn(|| run(&input)),
        InputRef::Released => Err(InputRef::released()),
    }
}

fn needed(controls: &Arc<dyn Controls>, id: u32) -> Result<Control> {
    controls.describe(id)?.ok_or_else(|| Error::not_allowed(format!("the camera has no control {id:#010x}")))
}

/// Describes the control of a camera that has the next higher id. Begin with 0, and go on with the id
/// that was written, until that is 0.
///
/// @param input  The input. It must be open.
/// @param after  The id of the control before; 0 for the first.
/// @param info   Filled; id is 0 when there are no more, also of a driver that has none. Its size must be set. Must not be NULL.
///
/// @retval CAMERA_OK                            Filled.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; info is NULL or has a wrong size.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   It is a camera that cannot have controls (a replay).
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this input that were called before, and for the driver to
///   answer.
///
/// @since 0.1
/// @see camera_input_describe_control(), camera_input_get_control()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_get_next_control(
    input: *mut camera_input,
    after: u32,
    info: *mut camera_control_info,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(info, "info") }?;
        let none = camera_control_info {
            size: 0,
            id: 0,
            r#type: 0,
            flags: 0,
            minimum: 0,
            maximum: 0,
            step: 0,
            default_value: 0,
            name: [0; 64],
        };
        let next = with_controls(input, |controls| controls.next(after))?;
        out.set(next.as_ref().map_or(none, describe));
        Ok(())
    })
}

/// Describes one control of a camera, as it is at this moment.
///
/// @param input  The input. It must be open.
/// @param id     The control's id.
/// @param info   Filled. Its size must be set. Must not be NULL.
///
/// @retval CAMERA_OK                            Filled.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; info is NULL or has a wrong size.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
///
/// @par Threading
///   As camera_input_get_next_control().
///
/// @since 0.1
/// @see camera_input_get_next_control()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_describe_control(
    input: *mut camera_input,
    id: u32,
    info: *mut camera_control_info,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(info, "info") }?;
        out.set(describe(&with_controls(input, |controls| needed(controls, id))?));
        Ok(())
    })
}

/// The number of items in a control's menu.
///
/// @param input  The input. It must be open.
/// @param id     The control's id.
/// @param count  Receives the number; 0 for a control without a menu. Must not be NULL.
///
/// @retval CAMERA_OK                            Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input, or count is NULL.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
///
/// @par Threading
///   As camera_input_get_next_control().
///
/// @since 0.1
/// @see camera_input_get_control_menu_item()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_get_control_menu_count(
    input: *mut camera_input,
    id: u32,
    count: *mut u32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(count, "count") }?;
        let items = with_controls(input, |controls| items(controls, id))?;
        out.set(u32::try_from(items.len()).unwrap_or(u32::MAX));
        Ok(())
    })
}

fn items(controls: &Arc<dyn Controls>, id: u32) -> Result<Vec<crate::backend::control::MenuItem>> {
    let control = needed(controls, id)?;
    if control.kind.has_menu() { controls.menu(&control) } else { Ok(Vec::new()) }
}

/// Describes one item of a control's menu.
///
/// @param input  The input. It must be open.
/// @param id     The control's id.
/// @param nth    Which of its items, from 0 to below what camera_input_get_control_menu_count() says.
/// @param item   Filled. Its size must be set. Must not be NULL.
///
/// @retval CAMERA_OK                            Filled.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; item is NULL or has a wrong size;
///                                              nth is beyond the end.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
///
/// @par Threading
///   As camera_input_get_next_control().
///
/// @since 0.1
/// @see camera_input_get_control_menu_count()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_get_control_menu_item(
    input: *mut camera_input,
    id: u32,
    nth: u32,
    item: *mut camera_control_menu_item,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(item, "item") }?;
        let items = with_controls(input, |controls| items(controls, id))?;
        let item = items.get(nth as usize).ok_or_else(|| {
            Error::invalid(format!("nth is {nth}, and the menu of control {id:#010x} has {} items", items.len()))
        })?;
        out.set(camera_control_menu_item {
            size: 0,
            index: item.index,
            number: item.number.unwrap_or(0),
            name: args::fixed(&item.name),
        });
        Ok(())
    })
}

/// The value of a control at this moment.
///
/// @param input  The input. It must be open.
/// @param id     The control's id.
/// @param value  Receives the number, the index of the menu's item, 0 or 1, or the bits. Must not be NULL.
///
/// @retval CAMERA_OK                            Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; value is NULL; the control is a
///                                              text.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control, or it cannot be read.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
///
/// @par Threading
///   As camera_input_get_next_control().
///
/// @since 0.1
/// @see camera_input_set_control(), camera_input_get_control_text()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_get_control(input: *mut camera_input, id: u32, value: *mut i64) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(value, "value") }?;
        match with_controls(input, |controls| controls.get(id))? {
            Value::Number(number) => {
                out.set(number);
                Ok(())
            }
            Value::Text(_) => Err(Error::invalid(format!(
                "control {id:#010x} is a text: read it with camera_input_get_control_text()"
            ))),
        }
    })
}

/// Sets a control. Nothing is rounded: a value that the control does not take is refused.
///
/// The control families of camera_session set V4L2's controls too: what is set here, they see.
///
/// @param input  The input. It must be open.
/// @param id     The control's id.
/// @param value  The number, the index of the menu's item, 0 or 1, or the bits; anything for a button.
///
/// @retval CAMERA_OK                            Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; the control does not take the
///                                              value, or is a text.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control, or it cannot be set (now).
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
///
/// @par Threading
///   As camera_input_get_next_control().
///
/// @since 0.1
/// @see camera_input_get_control(), camera_input_set_control_text()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_set_control(input: *mut camera_input, id: u32, value: i64) -> i32 {
    guard::call(|| with_input(input, |input| input.set_control(id, &Value::Number(value))))
}

/// The text of a control, cut off at a character to fit.
///
/// @param input      The input. It must be open.
/// @param id         The control's id.
/// @param text       Receives the text, in UTF-8 with a NUL. Must not be NULL.
/// @param text_size  Bytes that text has room for, at least 1.
/// @param needed     Receives the bytes that the whole text needs, with its NUL. May be NULL.
///
/// @retval CAMERA_OK                            Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; text is NULL or has no room; the
///                                              control is no text.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control, or it cannot be read.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
///
/// @par Threading
///   As camera_input_get_next_control().
///
/// @since 0.1
/// @see camera_input_set_control_text()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_get_control_text(
    input: *mut camera_input,
    id: u32,
    text: *mut c_char,
    text_size: usize,
    needed: *mut usize,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller promises `text_size` writable bytes at `text`, and at `needed` one value.
        let (out, length) = unsafe { (OutText::new(text, text_size, "text")?, Out::optional(needed)) };
        let Value::Text(words) = with_controls(input, |controls| controls.get(id))? else {
            return Err(Error::invalid(format!(
                "control {id:#010x} is no text: read it with camera_input_get_control()"
            )));
        };
        out.set(&words);
        if let Some(length) = length {
            length.set(words.len() + 1);
        }
        Ok(())
    })
}

/// Sets the text of a control.
///
/// @param input  The input. It must be open.
/// @param id     The control's id.
/// @param text   The text, in UTF-8, at most 4096 bytes. Read during the call only. Must not be NULL.
///
/// @retval CAMERA_OK                            Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; text is NULL, no UTF-8, too short or
///                                              too long; the control is no text.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control, or it cannot be set (now).
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
///
/// @par Threading
///   As camera_input_get_next_control().
///
/// @since 0.1
/// @see camera_input_get_control_text()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_set_control_text(input: *mut camera_input, id: u32, text: *const c_char) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let text = unsafe { args::text(text, TEXT, "text") }?;
        with_input(input, |input| input.set_control(id, &Value::Text(text.to_owned())))
    })
}

/// Has the listeners of an input told when a control changes, by another process or by the camera itself
/// (CAMERA_INPUT_EVENT_TYPE_CONTROL). What this process sets is not told, but what other controls become
/// by it is. Volatile controls change without being told.
///
/// @param input  The input. It must be open. Closing it ends its watches; a camera that comes back to a
///               session (camera_session_options.reattach) is watched again.
/// @param id     The control's id.
/// @param watch  Whether to tell. To say it twice is the same as once.
///
/// @retval CAMERA_OK                            Done.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control.
/// @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver cannot tell of changes.
///
/// @par Threading
///   As camera_input_get_next_control().
///
/// @since 0.1
/// @see camera_input_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_watch_control(input: *mut camera_input, id: u32, watch: bool) -> i32 {
    guard::call(|| {
        with_input(input, |input| {
            if watch {
                return input.watch_control(id);
            }
            if !input.stop_watching_control(id) {
                needed(&input.controls()?, id)?;
            }
            Ok(())
        })
    })
}
