//! camera_photo: an encoded picture.

use super::args::{self, OutStruct, Sized32};
use super::guard;
use super::registry::{self, PhotoEntry, insert, key_of, registry, unknown};
use crate::camera::Manager;
use crate::error::Result;
use crate::handle::Lookup;
use crate::output::photo::Photo;
use crate::sync::Arc;
use std::ffi::{OsStr, c_char, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// An encoded picture, counted by reference like a frame, and valid until its last reference is
/// released, whatever happens to its session and camera.
pub struct camera_photo {
    _opaque: (),
}

/// What a photo is. Begin with CAMERA_PHOTO_INFO_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_photo_info {
    /// sizeof(camera_photo_info).
    pub size: u32,
    /// Number of the capture, from 1, among those of its output.
    pub capture_id: u32,
    /// A number of camera_format: CAMERA_FORMAT_JPEG.
    pub format: u32,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Always 0.
    pub reserved: u32,
    /// The captured frame's number in its stream.
    pub sequence: u64,
    /// When the frame was taken: CLOCK_MONOTONIC in nanoseconds.
    pub timestamp_ns: i64,
    /// The file's bytes. Owned by the photo and valid as long as it.
    pub data: *const c_void,
    /// How many.
    pub length: usize,
}

// SAFETY: repr(C), the size first, six u32, two 64-bit integers, a pointer and a size: no
// padding.
unsafe impl Sized32 for camera_photo_info {
    const FIRST: usize = 56;
}

/// A handle with one reference.
pub(super) fn hand_out(manager: &Arc<Manager>, photo: Arc<Photo>) -> Result<*mut camera_photo> {
    insert(&registry().photos, manager, PhotoEntry { photo, references: 1 })
}

/// Releases one reference.
pub(super) fn let_go(photo: *mut camera_photo) {
    let _ = drop_reference(photo);
}

fn drop_reference(photo: *mut camera_photo) -> Result<()> {
    registry::drop_reference(&registry().photos, photo, "photo", |entry| &mut entry.references)
}

fn live_photo(photo: *const camera_photo) -> Result<Arc<Photo>> {
    match registry().photos.get(key_of(photo)) {
        Lookup::Live(entry) => Ok(entry.photo),
        Lookup::Released(_) => Err(registry::released(photo, "photo")),
        Lookup::Unknown => Err(unknown(photo, "photo")),
    }
}

/// Adds a reference to a photo, for example to keep it beyond the listener that received it.
///
/// @param photo  The photo.
///
/// @retval CAMERA_OK                        Added.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    photo is NULL, released or not a photo.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It has 4294967295 references.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_photo_release()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_photo_retain(photo: *mut camera_photo) -> i32 {
    guard::call(|| registry::add_reference(&registry().photos, photo, "photo", |entry| &mut entry.references))
}

/// Gives a reference to a photo back.
///
/// @param photo  The photo.
///
/// @retval CAMERA_OK                      Given back.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  photo is NULL, released or not a photo.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_photo_retain()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_photo_release(photo: *mut camera_photo) -> i32 {
    guard::call(|| drop_reference(photo))
}

/// Size, time and bytes of a photo.
///
/// @param photo  The photo.
/// @param info   Filled. Its size field says how much of it the program knows. Must not be NULL.
///               info->data is valid as long as the caller's reference to the photo.
///
/// @retval CAMERA_OK                      Filled.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  photo is NULL, released or not a photo; info is NULL or
///                                        its size is wrong.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_photo_save()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_photo_get_info(photo: *mut camera_photo, info: *mut camera_photo_info) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(info, "info") }?;
        let photo = live_photo(photo)?;
        out.set(camera_photo_info {
            size: 0,
            capture_id: photo.capture_id,
            format: crate::format::PixelFormat::JPEG.number(),
            width: photo.size.width,
            height: photo.size.height,
            reserved: 0,
            sequence: photo.sequence,
            timestamp_ns: photo.timestamp_ns,
            data: photo.data.as_ptr().cast(),
            length: photo.data.len(),
        });
        Ok(())
    })
}

/// Writes a photo to a file, replacing one that is there. When this fails, for example because the
/// disk is full, the file that is there stays as it was.
///
/// @param photo  The photo.
/// @param path   The file, at most 4095 bytes. Read during the call only. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    photo is NULL, released or not a photo; path is NULL, empty
///                                          or too long, names a folder, or something in one that
///                                          does not exist.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  This user may not write there.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The file could not be written, for example because the disk
///                                          is full; the detail says why.
///
/// @par Threading
///   Thread-safe. Waits for the disk.
///
/// @since 0.1
/// @see camera_photo_get_info()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_photo_save(photo: *mut camera_photo, path: *const c_char) -> i32 {
    guard::call(|| {
        let photo = live_photo(photo)?;
        // SAFETY: the caller's promise, as the header states it.
        let path = Path::new(OsStr::from_bytes(unsafe { args::bytes(path, 4095, "path") }?));
        photo.save(path)
    })
}
