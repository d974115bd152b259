//! camera_frame: one captured picture.

use super::args::{OutStruct, Sized32};
use super::guard;
use super::output::camera_output;
use super::registry::{self, FrameEntry, insert, key_of, registry, unknown};
use crate::camera::Manager;
use crate::error::{Error, Result};
use crate::format::{Matrix, Range};
use crate::handle::Lookup;
use crate::surface::Delivery;
use crate::sync::Arc;
use std::ffi::c_void;

/// One captured picture: its planes in memory, and when it was taken. Counted by reference,
/// and readable until the last reference is released: also after its session stopped, was
/// configured anew or released, and after its camera was unplugged.
pub struct camera_frame {
    _opaque: (),
}

/// The driver gave no timestamp on CLOCK_MONOTONIC, or one that cannot be (more than a second ahead,
/// or from long before the start): the library took its own at arrival.
pub const CAMERA_FRAME_TIMESTAMP_ESTIMATED: u32 = 1;
/// The bytes are a copy, made because consumers held so many frames that the device needed its
/// own buffers back.
pub const CAMERA_FRAME_COPIED: u32 = 2;
/// A compressed frame that can be decoded without the ones before it.
pub const CAMERA_FRAME_KEYFRAME: u32 = 4;
/// The library made the frame from the camera's: decoded, cropped, scaled or converted it.
pub const CAMERA_FRAME_CONVERTED: u32 = 8;
/// The first frame after the library started the camera again by itself, because it had been silent or
/// unplugged (camera_session_options): the numbers and times before it are missing. An output that
/// does not get this very frame, because it was slow, has the gap in its numbers only.
pub const CAMERA_FRAME_RESUMED: u32 = 16;

/// The coefficients that luma and chroma are made with.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_color_matrix {
    /// ITU-R BT.601: most webcams, JPEG.
    Bt601 = 0,
    /// ITU-R BT.709: high-definition video.
    Bt709 = 1,
}

/// The levels of black and white.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_color_range {
    /// Luma from 16 to 235, chroma from 16 to 240.
    Limited = 0,
    /// From 0 to 255.
    Full = 1,
}

/// What a frame is. Begin with CAMERA_FRAME_INFO_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_frame_info {
    /// sizeof(camera_frame_info).
    pub size: u32,
    /// A number of camera_format, or a V4L2 FourCC.
    pub format: u32,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Planes, 1 to 4: see camera_frame_get_plane().
    pub plane_count: u32,
    /// CAMERA_FRAME_... bits.
    pub flags: u32,
    /// The driver's number of the frame since the device began to stream, from 0. It begins anew with
    /// every start of the device: after a stop, a commit, or another frame rate; but it goes on when the
    /// library starts the device again by itself (CAMERA_FRAME_RESUMED). Gaps are frames that were lost
    /// before they reached the library, or that no surface took.
    pub sequence: u64,
    /// When the driver says the frame was taken: CLOCK_MONOTONIC in nanoseconds. It may lie
    /// slightly ahead of the clock at arrival with drivers that stamp the next frame. It rises as the
    /// driver's clock does, whatever becomes of the time of day; what wraps or jumps is replaced, see
    /// CAMERA_FRAME_TIMESTAMP_ESTIMATED. That clock stands still while the machine sleeps.
    pub timestamp_ns: i64,
    /// The output that the frame was made for; its handle may have been released meanwhile.
    pub output: *mut camera_output,
    /// How its luma and chroma follow from red, green and blue: one of camera_color_matrix. Means
    /// nothing for RGB.
    pub color_matrix: i32,
    /// The levels that they take: one of camera_color_range. Means nothing for RGB.
    pub color_range: i32,
}

// SAFETY: repr(C), the size first, six u32, two 64-bit integers, a pointer and two i32: no
// padding.
unsafe impl Sized32 for camera_frame_info {
    const FIRST: usize = 56;
}

/// One plane of a frame. Begin with CAMERA_PLANE_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_plane {
    /// sizeof(camera_plane).
    pub size: u32,
    /// Bytes from the start of a row to that of the next; 0 for compressed data.
    pub stride: u32,
    /// Rows; 0 for compressed data.
    pub rows: u32,
    /// Always 0.
    pub reserved: u32,
    /// The bytes. Owned by the frame and valid as long as it; not to be written to.
    pub data: *const c_void,
    /// Bytes at data. May be less than stride * rows when the driver gave a short buffer.
    pub length: usize,
}

// SAFETY: repr(C), the size first, four u32, a pointer and a size: no padding.
unsafe impl Sized32 for camera_plane {
    const FIRST: usize = 32;
}

/// A handle with one reference, for a frame on its way to the application.
pub(super) fn hand_out(manager: &Arc<Manager>, delivery: Delivery) -> Result<*mut camera_frame> {
    insert(&registry().frames, manager, FrameEntry { delivery, references: 1 })
}

/// Releases one reference; the frame goes with the last.
pub(super) fn let_go(frame: *mut camera_frame) {
    // A handle that the application released too often is gone, which is the application's affair.
    let _ = drop_reference(frame);
}

fn drop_reference(frame: *mut camera_frame) -> Result<()> {
    registry::drop_reference(&registry().frames, frame, "frame", |entry| &mut entry.references)
}

/// Looks at a live frame, under the table's lock.
fn look<R>(frame: *const camera_frame, read: impl FnOnce(&mut FrameEntry) -> Result<R>) -> Result<R> {
    match registry().frames.update(key_of(frame), read) {
        Lookup::Live(result) => result,
        Lookup::Released(_) => Err(registry::released(frame, "frame")),
        Lookup::Unknown => Err(unknown(frame, "frame")),
    }
}

/// Adds a reference to a frame, for example to keep it beyond the callback that received it.
/// Each is given back with camera_frame_release().
///
/// @param frame  The frame.
///
/// @retval CAMERA_OK                        Added.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    frame is NULL, released or not a frame.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It has 4294967295 references.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_frame_release()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_frame_retain(frame: *mut camera_frame) -> i32 {
    guard::call(|| registry::add_reference(&registry().frames, frame, "frame", |entry| &mut entry.references))
}

/// Gives a reference back. With the last one the frame's memory goes back to its camera, or
/// ends if that is gone.
///
/// @param frame  The frame.
///
/// @retval CAMERA_OK                      Given back.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  frame is NULL, released or not a frame.
///
/// @par Threading
///   Thread-safe; does not wait for other calls.
///
/// @since 0.1
/// @see camera_frame_retain()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_frame_release(frame: *mut camera_frame) -> i32 {
    guard::call(|| drop_reference(frame))
}

/// Format, size, time and number of a frame.
///
/// @param frame  The frame.
/// @param info   Filled. Its size field says how much of it the program knows. Must not be NULL.
///
/// @retval CAMERA_OK                      Filled.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  frame is NULL, released or not a frame; info is NULL or
///                                        its size is wrong.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_frame_get_plane()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_frame_get_info(frame: *mut camera_frame, info: *mut camera_frame_info) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(info, "info") }?;
        out.set(look(frame, |entry| {
            let info = entry.delivery.frame().info();
            Ok(camera_frame_info {
                size: 0,
                format: info.format.number(),
                width: info.size.width,
                height: info.size.height,
                plane_count: info.layout.planes().len() as u32,
                flags: info.flags,
                sequence: info.sequence,
                timestamp_ns: info.timestamp_ns,
                output: entry.delivery.output() as usize as *mut camera_output,
                color_matrix: match info.colour.matrix {
                    Matrix::Bt601 => camera_color_matrix::Bt601,
                    Matrix::Bt709 => camera_color_matrix::Bt709,
                } as i32,
                color_range: match info.colour.range {
                    Range::Limited => camera_color_range::Limited,
                    Range::Full => camera_color_range::Full,
                } as i32,
            })
        })?);
        Ok(())
    })
}

/// The bytes of one plane.
///
/// @param frame  The frame.
/// @param index  Which, from 0.
/// @param plane  Filled. Its size field says how much of it the program knows. Must not be NULL.
///               plane->data is valid as long as the caller's reference to the frame.
///
/// @retval CAMERA_OK                      Filled.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  frame is NULL, released or not a frame; index is beyond
///                                        its planes; plane is NULL or its size is wrong.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_frame_get_info()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_frame_get_plane(frame: *mut camera_frame, index: u32, plane: *mut camera_plane) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(plane, "plane") }?;
        out.set(look(frame, |entry| {
            let frame = entry.delivery.frame();
            let (layout, bytes) = frame.plane(index as usize).ok_or_else(|| {
                let count = frame.info().layout.planes().len();
                Error::invalid(format!("index is {index}, and the frame's planes are 0 to {}", count.saturating_sub(1)))
            })?;
            Ok(camera_plane {
                size: 0,
                stride: layout.stride,
                rows: layout.rows,
                reserved: 0,
                data: bytes.as_ptr().cast(),
                length: bytes.len(),
            })
        })?);
        Ok(())
    })
}
