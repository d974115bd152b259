//! Metadata outputs and the detector that they report from.

use super::args::{self, Out, Sized32};
use super::callback::{Stored, camera_destroy_fn, camera_detector_fn};
use super::camera::camera_capability;
use super::frame::{hand_out, let_go};
use super::guard;
use super::manager::{camera_manager, live_manager};
use super::output::{OutputRef, camera_output, insert_output};
use super::registry::{live, registry};
use crate::camera::Manager;
use crate::detector::{Area, Detector, Object, ObjectType};
use crate::error::{Error, Result};
use crate::format::{PixelFormat, Size};
use crate::output::{Output, check_frames};
use crate::sync::{Arc, Weak};
use std::ffi::c_void;

/// What an object is.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_metadata_object_type {
    /// A human face.
    FaceDetection = 0,
    /// A human body.
    HumanBody = 1,
    /// The face of a cat.
    CatFace = 2,
    /// The body of a cat.
    CatBody = 3,
    /// The face of a dog.
    DogFace = 4,
    /// The body of a dog.
    DogBody = 5,
    /// What stands out in the picture.
    SalientDetection = 6,
    /// A bar code of any kind.
    BarCodeDetection = 7,
    /// A human face, with less said about it.
    BasicFaceDetection = 8,
}

/// An object in a picture.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_metadata_object {
    /// One of camera_metadata_object_type.
    pub r#type: i32,
    /// Always 0.
    pub reserved: u32,
    /// When the picture was taken: CLOCK_MONOTONIC in nanoseconds. A detector may leave it 0: that
    /// of its frame.
    pub timestamp_ns: i64,
    /// Left edge of the box around it, as a fraction of the picture's width: 0 to 1.
    pub x: f64,
    /// Upper edge, as a fraction of the picture's height.
    pub y: f64,
    /// Width of the box, as a fraction of the picture's.
    pub width: f64,
    /// Height of the box, as a fraction of the picture's.
    pub height: f64,
    /// Always 0.
    pub more: [u64; 4],
}

const _: () = assert!(size_of::<camera_metadata_object>() == 80);

/// The most objects that a detector may find in one frame.
pub const CAMERA_DETECTOR_MOST_OBJECTS: u32 = 64;

impl camera_metadata_object {
    pub(super) const NONE: camera_metadata_object = camera_metadata_object {
        r#type: 0,
        reserved: 0,
        timestamp_ns: 0,
        x: 0.0,
        y: 0.0,
        width: 0.0,
        height: 0.0,
        more: [0; 4],
    };

    pub(super) fn from_core(object: &Object) -> Self {
        let Object { kind, timestamp_ns, area: Area { x, y, width, height } } = *object;
        camera_metadata_object { r#type: kind as i32, timestamp_ns, x, y, width, height, ..Self::NONE }
    }

    /// `None` for a type that there is not.
    fn to_core(self, of_frame_ns: i64) -> Option<Object> {
        let timestamp_ns = if self.timestamp_ns == 0 { of_frame_ns } else { self.timestamp_ns };
        let area = Area { x: self.x, y: self.y, width: self.width, height: self.height };
        Some(Object { kind: ObjectType::from_number(self.r#type)?, timestamp_ns, area })
    }
}

/// What a detector wants and finds. Begin with CAMERA_DETECTOR_OPTIONS_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_detector_options {
    /// sizeof(camera_detector_options).
    pub size: u32,
    /// The layout of its frames: a number of camera_format, or a V4L2 FourCC, as for a preview.
    pub format: u32,
    /// Pixels in a row of its frames. If their shape is not that of the camera's picture, they show
    /// the middle of it.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The most frames that it gets in a second, 1 to 1000.
    pub max_frame_rate: u32,
    /// How many there are in types, 1 to 32.
    pub type_count: u32,
    /// What it finds: numbers of camera_metadata_object_type. Read during the call only.
    pub types: *const i32,
}

// SAFETY: repr(C), the size first, six u32 and a pointer: no padding.
unsafe impl Sized32 for camera_detector_options {
    const FIRST: usize = 32;
}

/// Reads a list of types.
///
/// # Safety
///
/// `types` is NULL or points to `count` readable integers.
unsafe fn object_types(types: *const i32, count: u32, name: &str) -> Result<Vec<ObjectType>> {
    if types.is_null() {
        return Err(Error::invalid(format!("{name} is NULL")));
    }
    args::within(count, 1, 32, format_args!("the number of {name}"))?;
    let mut found: Vec<ObjectType> = Vec::new();
    for index in 0..count as usize {
        // SAFETY: within the caller's promise; unaligned, because nothing tells that C aligned it.
        let number = unsafe { types.add(index).read_unaligned() };
        let known = ObjectType::from_number(number).ok_or_else(|| {
            Error::invalid(format!("{name}[{index}] is {number}, not one of camera_metadata_object_type (0 to 8)"))
        })?;
        if !found.contains(&known) {
            found.push(known);
        }
    }
    Ok(found)
}

/// Gives the library something that finds objects in frames, or takes it away. Linux cameras find
/// none themselves: without a detector the list of types in a capability is empty.
///
/// Sessions that are committed from then on, and have a metadata output that tells of a type that
/// the detector finds, send it frames while that output runs. Those that were committed before go on
/// with what they have: begin, commit and start them again for another detector, which interrupts
/// their previews and videos.
///
/// @param manager    The manager.
/// @param options    What it wants and finds; with detect NULL it may be NULL too. Read during the
///                   call only.
/// @param detect     Finds the objects in a frame; NULL takes the detector away.
/// @param user_data  Passed to detect. Never read or freed by the library.
/// @param destroy    Called with user_data when no session uses the detector any more, at the latest
///                   with the release of the manager; runs where completions run. May be NULL. Not
///                   called when this function fails.
///
/// @retval CAMERA_OK                      Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  manager is no live manager; options is NULL although detect
///                                        is not, or has a wrong size; format, width, height or
///                                        max_frame_rate is not possible; types is NULL, type_count not
///                                        from 1 to 32, or one of the types unknown.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_manager_create_metadata_output(), camera_capability_get_metadata_type()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_set_detector(
    manager: *mut camera_manager,
    options: *const camera_detector_options,
    detect: camera_detector_fn,
    user_data: *mut c_void,
    destroy: camera_destroy_fn,
) -> i32 {
    guard::call(|| {
        let manager = live_manager(manager)?;
        if detect.is_none() {
            manager.detector().set(None);
            return Ok(());
        }
        // SAFETY: the caller's promise: not NULL, of the size that it says.
        let options = unsafe { args::read(options, "options") }?;
        // SAFETY: the caller's promise, passed on.
        let types = unsafe { object_types(options.types, options.type_count, "options->types") }?;
        let frames = (PixelFormat::from_number(options.format), Size::new(options.width, options.height));
        check_frames("detector", frames.0, frames.1)?;
        let rate = args::within(options.max_frame_rate, 1, 1000, "options->max_frame_rate")?;
        let stored = Stored::new(detect, user_data, destroy)?;
        // The manager has the detector, not the other way round.
        let owner: Weak<Manager> = Arc::downgrade(&manager);
        let dispatcher = manager.runtime().dispatcher.clone();
        let detector = Detector::new(dispatcher, types, frames, rate, move |delivery| {
            let Some(manager) = owner.upgrade() else { return Vec::new() };
            let timestamp_ns = delivery.frame().info().timestamp_ns;
            // Without a handle there is no frame to look at, and the next one may have more luck.
            let Ok(frame) = hand_out(&manager, delivery) else { return Vec::new() };
            let found = stored.detect(frame);
            let_go(frame);
            found.into_iter().filter_map(|object| object.to_core(timestamp_ns)).collect()
        });
        manager.detector().set(Some(Arc::new(detector)));
        Ok(())
    })
}

/// Makes an output that tells what is seen: objects of these types, as the event
/// CAMERA_OUTPUT_EVENT_TYPE_METADATA_OBJECTS_AVAILABLE, from its start to its stop. What sees them is
/// the detector of camera_manager_set_detector(), which must be there when the session is committed.
///
/// Boxes are fractions of the picture that the session's first preview shows; without a preview, of
/// the camera's. Boxes that reach beyond it are cut off there. Objects that are not seen there, whose
/// box is empty or no number, or whose type is none of the output's, are not told of.
///
/// @param manager     The manager.
/// @param types       Numbers of camera_metadata_object_type. Read during the call only.
/// @param type_count  How many, 1 to 32.
/// @param output      Receives the handle. Owned by the caller: give it back with
///                    camera_output_release(). Must not be NULL.
///
/// @retval CAMERA_OK                      Made.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  types or output is NULL, manager is no live manager, there
///                                        are no types or too many, or one is unknown.
///
/// @par State
///   Any session takes it once it has an input. Its start is refused with
///   CAMERA_ERROR_OPERATION_NOT_ALLOWED when nothing detects its types.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_manager_set_detector(), camera_output_add_listener(), camera_output_start()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create_metadata_output(
    manager: *mut camera_manager,
    types: *const i32,
    type_count: u32,
    output: *mut *mut camera_output,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(output, "output") }?;
        let manager = live_manager(manager)?;
        // SAFETY: as above.
        let types = unsafe { object_types(types, type_count, "types") }?;
        out.set(insert_output(&manager, Output::metadata(manager.runtime(), types))?);
        Ok(())
    })
}

/// Adds types to those that a metadata output tells of.
///
/// @param output      A metadata output.
/// @param types       Numbers of camera_metadata_object_type. Read during the call only.
/// @param type_count  How many, 1 to 32.
///
/// @retval CAMERA_OK                        Added; those that were there already stay.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or is no metadata
///                                          output; types is NULL, or one of them unknown.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
///
/// @par State
///   Any. A session that was committed while the detector found none of its types must be committed
///   again.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_remove_metadata_types()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_add_metadata_types(
    output: *mut camera_output,
    types: *const i32,
    type_count: u32,
) -> i32 {
    // SAFETY: the caller's promise, passed on.
    guard::call(|| unsafe { change(output, types, type_count, true) })
}

/// Takes types away from those that a metadata output tells of.
///
/// @param output      A metadata output.
/// @param types       Numbers of camera_metadata_object_type. Read during the call only.
/// @param type_count  How many, 1 to 32.
///
/// @retval CAMERA_OK                        Taken away; it does not matter whether they were there.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or is no metadata
///                                          output; types is NULL, or one of them unknown.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
///
/// @par State
///   Any.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_add_metadata_types()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_remove_metadata_types(
    output: *mut camera_output,
    types: *const i32,
    type_count: u32,
) -> i32 {
    // SAFETY: the caller's promise, passed on.
    guard::call(|| unsafe { change(output, types, type_count, false) })
}

/// # Safety
///
/// `types` is NULL or points to `count` readable integers.
unsafe fn change(output: *mut camera_output, types: *const i32, count: u32, add: bool) -> Result<()> {
    let output = OutputRef::new(output)?;
    // SAFETY: the caller's promise, passed on.
    let types = unsafe { object_types(types, count, "types") }?;
    match output {
        OutputRef::Live(object) => object.output.change_object_types(&types, add),
        OutputRef::Released => Err(OutputRef::released()),
    }
}

/// How many types of objects metadata outputs can tell of.
///
/// @param capability  The capability.
/// @param count       Receives how many; 0 without a detector. Must not be NULL.
///
/// @retval CAMERA_OK                      Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  count is NULL; capability is NULL, released or not a
///                                        capability.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_capability_get_metadata_type(), camera_manager_set_detector()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_capability_get_metadata_type_count(
    capability: *mut camera_capability,
    count: *mut u32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(count, "count") }?;
        out.set(live(&registry().capabilities, capability, "capability")?.objects.len() as u32);
        Ok(())
    })
}

/// One of the types of objects that metadata outputs can tell of: what the detector finds that the
/// manager had when the capability was asked for.
///
/// @param capability  The capability.
/// @param index       From 0 to the count less 1.
/// @param type        Receives the number, one of camera_metadata_object_type. Must not be NULL.
///
/// @retval CAMERA_OK                      Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  type is NULL, index is too large; capability is NULL,
///                                        released or not a capability.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_capability_get_metadata_type_count()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_capability_get_metadata_type(
    capability: *mut camera_capability,
    index: u32,
    r#type: *mut i32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(r#type, "type") }?;
        let capability = live(&registry().capabilities, capability, "capability")?;
        let found = capability.objects.get(index as usize);
        out.set(*found.ok_or_else(|| super::camera::beyond(index, capability.objects.len()))? as i32);
        Ok(())
    })
}
