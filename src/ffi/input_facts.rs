//! camera_input: what is known of the camera itself.

use super::args::{self, OutStruct, Sized32};
use super::guard;
use super::input::{InputRef, camera_input};
use crate::format::Size;
use std::ffi::c_char;

/// What is known of a camera, its sensor and its lens. Begin with CAMERA_FACTS_INIT. Zero, or an empty
/// text: nobody tells. USB cameras tell who made them and what they are; drivers of sensors tell the sizes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_facts {
    /// sizeof(camera_facts).
    pub size: u32,
    /// Pixels of the sensor in a row, those that no picture shows too (V4L2_SEL_TGT_NATIVE_SIZE).
    pub pixel_array_width: u32,
    /// Rows of the sensor.
    pub pixel_array_height: u32,
    /// Width of the sensor in micrometres: its pixels times the width of one (V4L2_CID_UNIT_CELL_SIZE).
    pub sensor_width_um: u32,
    /// Its height in micrometres.
    pub sensor_height_um: u32,
    /// Always 0.
    pub reserved: u32,
    /// The least value of V4L2_CID_FOCUS_ABSOLUTE; equal to focus_maximum when the focus cannot be set.
    pub focus_minimum: i64,
    /// The largest; larger is nearer. V4L2 leaves the unit to drivers.
    pub focus_maximum: i64,
    /// Who made it, in UTF-8.
    pub make: [c_char; 64],
    /// What it is called, in UTF-8.
    pub model: [c_char; 64],
}

// SAFETY: repr(C), the size first; 6 * 4 + 2 * 8 + 128 bytes without padding.
unsafe impl Sized32 for camera_facts {
    const FIRST: usize = 168;
}

/// What is known of the camera of an open input: its maker, its sensor, its lens. Position and
/// orientation are in camera_description.
///
/// @param input  The input. It must be open.
/// @param facts  Filled. Its size must be set. Must not be NULL.
///
/// @retval CAMERA_OK                        Filled, with zeros for what is not known.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    input never was an input; facts is NULL or has a wrong size.
/// @retval CAMERA_ERROR_DEVICE_DISABLED     The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The input is not open.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this input that were called before, and for the driver to
///   answer.
///
/// @since 0.1
/// @see camera_list_get(), camera_input_get_next_control()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_input_get_facts(input: *mut camera_input, facts: *mut camera_facts) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(facts, "facts") }?;
        let InputRef::Live(input) = InputRef::new(input)? else { return Err(InputRef::released()) };
        let known = input.queue().in_turn(|| Ok(input.device()?.facts()))?;
        let nothing = Size::new(0, 0);
        let (pixels, sensor) = (known.pixel_array.unwrap_or(nothing), known.sensor_um().unwrap_or(nothing));
        let (focus_minimum, focus_maximum) = known.focus.unwrap_or_default();
        out.set(camera_facts {
            size: 0,
            pixel_array_width: pixels.width,
            pixel_array_height: pixels.height,
            sensor_width_um: sensor.width,
            sensor_height_um: sensor.height,
            reserved: 0,
            focus_minimum,
            focus_maximum,
            make: args::fixed(known.make.as_deref().unwrap_or_default()),
            model: args::fixed(known.model.as_deref().unwrap_or_default()),
        });
        Ok(())
    })
}
