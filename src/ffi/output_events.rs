//! camera_output: what it tells about itself, and what became of its frames.

use super::args::{Out, OutStruct, Sized32};
use super::callback::{Stored, camera_destroy_fn, camera_output_event_fn};
use super::guard::{self, c_text};
use super::metadata::camera_metadata_object;
use super::output::{OutputRef, camera_output};
use super::photo::{camera_photo, hand_out, let_go};
use crate::camera::Manager;
use crate::error::Error;
use crate::output::events::OutputEvent;
use crate::sync::Arc;
use std::ffi::{c_char, c_void};
use std::ptr::null_mut;

/// What an output tells.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_output_event_type {
    /// Preview, video, metadata: the first frame since the output was started is on its way.
    /// timestamp_ns is its time.
    FrameStart = 0,
    /// Preview, video, metadata: no more frames come; the output was stopped, or its session was, its
    /// input was closed, or the stream failed. frame_count is how many there were, those that were
    /// dropped on the way to the consumer included. Follows each FRAME_START once.
    FrameEnd = 1,
    /// Something failed: code and detail say what. A preview or a video has lost its stream, and
    /// FRAME_END follows. A photo output has no photo for capture_id, because the capture was
    /// cancelled or failed, and CAPTURE_END follows.
    Error = 2,
    /// Photo: capture capture_id is under way. timestamp_ns is the present time.
    CaptureStart = 3,
    /// Photo: the frame for capture_id was taken. timestamp_ns is its time.
    FrameShutter = 4,
    /// Photo: the photo of capture_id is here.
    PhotoAvailable = 5,
    /// Photo: capture capture_id is over. frame_count is 1 if there was a photo, else 0. Follows
    /// each CAPTURE_START once.
    CaptureEnd = 6,
    /// Metadata: objects were found in a frame, at least one.
    MetadataObjectsAvailable = 7,
}

/// An event of an output. Fields that an event has no use for are 0 or NULL.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_output_event {
    /// Bytes of the structure as this version of the library knows it.
    pub size: u32,
    /// One of camera_output_event_type. There may be more of them in later versions.
    pub r#type: i32,
    /// Number of the capture, from 1, among those of the output.
    pub capture_id: u32,
    /// CAMERA_OK, or for ERROR one of camera_code.
    pub code: i32,
    /// CLOCK_MONOTONIC in nanoseconds.
    pub timestamp_ns: i64,
    /// How many frames or photos there were.
    pub frame_count: u64,
    /// For ERROR one sentence with the cause, else empty; never NULL. Valid until the function
    /// returns.
    pub detail: *const c_char,
    /// The photo. Valid until the function returns; keep it with camera_photo_retain().
    pub photo: *mut camera_photo,
    /// What was found. Valid until the function returns.
    pub objects: *const camera_metadata_object,
    /// How many there are in objects.
    pub object_count: u32,
    /// Always 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<camera_output_event>() == 64);

/// Calls the application's function with an event.
fn tell(
    stored: &Stored<super::callback::OutputEventFunction>,
    manager: &Arc<Manager>,
    output: *mut camera_output,
    event: &OutputEvent,
) {
    let (mut failure, mut handle, mut objects) = (None, null_mut(), Vec::new());
    let blank = camera_output_event {
        size: size_of::<camera_output_event>() as u32,
        r#type: 0,
        capture_id: 0,
        code: 0,
        timestamp_ns: 0,
        frame_count: 0,
        detail: std::ptr::null(),
        photo: null_mut(),
        objects: std::ptr::null(),
        object_count: 0,
        reserved: 0,
    };
    use camera_output_event_type as Type;
    let (kind, told) = match event {
        OutputEvent::FrameStart { timestamp_ns } => {
            (Type::FrameStart, camera_output_event { timestamp_ns: *timestamp_ns, ..blank })
        }
        OutputEvent::FrameEnd { frames } => (Type::FrameEnd, camera_output_event { frame_count: *frames, ..blank }),
        OutputEvent::Failed(error) => {
            failure = Some(error.clone());
            (Type::Error, blank)
        }
        OutputEvent::CaptureStart { capture_id, timestamp_ns } => {
            (Type::CaptureStart, camera_output_event { capture_id: *capture_id, timestamp_ns: *timestamp_ns, ..blank })
        }
        OutputEvent::FrameShutter { capture_id, timestamp_ns } => {
            (Type::FrameShutter, camera_output_event { capture_id: *capture_id, timestamp_ns: *timestamp_ns, ..blank })
        }
        OutputEvent::PhotoAvailable(photo) => {
            let (capture_id, timestamp_ns) = (photo.capture_id, photo.timestamp_ns);
            let told = camera_output_event { capture_id, timestamp_ns, ..blank };
            match hand_out(manager, photo.clone()) {
                Ok(photo) => {
                    handle = photo;
                    (Type::PhotoAvailable, told)
                }
                Err(error) => {
                    failure = Some(error);
                    (Type::Error, told)
                }
            }
        }
        OutputEvent::CaptureFailed { capture_id, error } => {
            failure = Some(error.clone());
            (Type::Error, camera_output_event { capture_id: *capture_id, ..blank })
        }
        OutputEvent::CaptureEnd { capture_id, frames } => {
            (Type::CaptureEnd, camera_output_event { capture_id: *capture_id, frame_count: *frames, ..blank })
        }
        OutputEvent::Objects(found) => {
            objects = found.iter().map(camera_metadata_object::from_core).collect();
            let timestamp_ns = found.first().map_or(0, |object| object.timestamp_ns);
            let told = camera_output_event {
                timestamp_ns,
                objects: objects.as_ptr(),
                object_count: objects.len() as u32,
                ..blank
            };
            (Type::MetadataObjectsAvailable, told)
        }
    };
    let detail = c_text(failure.as_ref().map_or("", Error::detail));
    let code = failure.map_or(0, |error| error.code().number());
    stored.tell_output(
        output,
        &camera_output_event { r#type: kind as i32, code, detail: detail.as_ptr(), photo: handle, ..told },
    );
    drop(objects);
    if !handle.is_null() {
        let_go(handle);
    }
}

/// Registers a function for everything that an output tells: the frames of a preview or a video
/// begin and end, captures begin, are taken, and end, objects are found.
///
/// Events of one output come in the order in which they happened. They are no measure of time:
/// frames go to surfaces by another way, and the first may be there before FRAME_START is told.
///
/// @param output     The output.
/// @param callback   Receives the events. Must not be NULL.
/// @param user_data  Passed to callback. Never read or freed by the library.
/// @param destroy    Called with user_data when the listener is gone, removed or with its output.
///                   May be NULL. Not called when this function fails.
/// @param listener   Receives a number for camera_output_remove_listener(). Must not be NULL.
///
/// @retval CAMERA_OK                        Registered.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or output never was an output.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
///
/// @par State
///   Any. Events from before are not told. With the release of the output, captures that wait are
///   cancelled, and its listeners end behind the last event: they may still be called after the
///   release has returned, until destroy is.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_remove_listener(), camera_output_add_photo_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_add_listener(
    output: *mut camera_output,
    callback: camera_output_event_fn,
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
        let handle = output as usize;
        let OutputRef::Live(object) = OutputRef::new(output)? else { return Err(OutputRef::released()) };
        let stored = Stored::new(callback, user_data, destroy)?;
        let manager = object.manager.clone();
        let id = object.output.events().add(move |event: &OutputEvent| {
            tell(&stored, &manager, handle as *mut camera_output, event);
        });
        out.set(id);
        Ok(())
    })
}

/// Counts of an output since it was made. Begin with CAMERA_OUTPUT_STATISTICS_INIT.
///
/// At rest they add up: of the frames that the driver numbered while a preview or a video ran, each
/// was delivered, waits in the surface, or is counted once as lost, corrupt or dropped (but for those
/// that were just being made as the output was stopped). Of the captures
/// of a photo output each is a photo (delivered), was cancelled (dropped), or had a frame that could not
/// be made a photo (corrupt). Of the frames that a detector wanted, each was given to it (delivered) or
/// is counted as with a video.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_output_statistics {
    /// sizeof(camera_output_statistics).
    pub size: u32,
    /// Always 0.
    pub reserved: u32,
    /// Frames that the consumer took from the surface; photos; frames given to the detector.
    pub delivered: u64,
    /// Numbers that are missing in the stream: frames that were lost in the driver or on the way
    /// from the camera.
    pub lost: u64,
    /// Frames that came damaged: the driver said so, or a compressed picture could not be decoded.
    pub corrupt: u64,
    /// Frames given up because the consumer was slow or held too many, because making them took too
    /// long, or because a deferred preview had no surface yet; captures that were cancelled.
    pub dropped: u64,
    /// Frames that the library made from the camera's; photos that it encoded. The others are as
    /// the camera gave them.
    pub converted: u64,
    /// Frames that were copied because consumers held too many of the device's buffers.
    pub copied: u64,
    /// The age of a frame when the consumer got it, or of a photo when it was there: from its
    /// timestamp to that moment, in nanoseconds. Half of them were not older than this. Right
    /// within a sixteenth.
    pub age_median_ns: u64,
    /// The age of the oldest.
    pub age_worst_ns: u64,
}

// SAFETY: repr(C), the size first, two u32 then eight u64: no padding.
unsafe impl Sized32 for camera_output_statistics {
    const FIRST: usize = 72;
}

/// Reads the counts of an output.
///
/// @param output      The output.
/// @param statistics  Receives them. Its size must be set. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL or never was an output; statistics is
///                                          NULL or has a wrong size.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
///
/// @par State
///   Any. Counts go on over stop, start and configuration.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_surface_get_statistics()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_get_statistics(
    output: *mut camera_output,
    statistics: *mut camera_output_statistics,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(statistics, "statistics") }?;
        let OutputRef::Live(object) = OutputRef::new(output)? else { return Err(OutputRef::released()) };
        let counts = object.output.ledger().counts();
        out.set(camera_output_statistics {
            size: 0,
            reserved: 0,
            delivered: counts.delivered,
            lost: counts.lost,
            corrupt: counts.corrupt,
            dropped: counts.dropped,
            converted: counts.converted,
            copied: counts.copied,
            age_median_ns: counts.age_median_ns,
            age_worst_ns: counts.age_worst_ns,
        });
        Ok(())
    })
}
