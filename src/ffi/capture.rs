//! camera_output, for photos: capturing them and hearing of them.

use super::args::{self, Out, Sized32};
use super::callback::{Stored, camera_completion_fn, camera_destroy_fn, camera_photo_fn};
use super::guard;
use super::output::{OutputRef, asynchronous, camera_output, synchronous};
use super::photo::{camera_photo, hand_out, let_go};
use super::registry::OutputObject;
use crate::error::{Code, Error, Result};
use crate::image::exif::Location;
use crate::image::recipe::Rotation;
use crate::output::Kind;
use crate::output::events::OutputEvent;
use crate::output::photo::{PhotoSettings, Pose, Quality, Reply};
use crate::sync::Arc;
use std::ffi::c_void;
use std::time::Duration;

/// How much a photo may be compressed.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_quality_level {
    /// Hardly any visible loss.
    High = 0,
    /// About half the bytes.
    Medium = 1,
    /// Small.
    Low = 2,
}

/// How a picture is turned, clockwise. The numbers are degrees.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_image_rotation {
    /// As the camera gives it.
    _0 = 0,
    /// A quarter turn to the right: width and height change places.
    _90 = 90,
    /// Upside down.
    _180 = 180,
    /// A quarter turn to the left: width and height change places.
    _270 = 270,
}

/// Where a photo was taken (WGS 84).
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_location {
    /// Degrees, north is positive: -90 to 90.
    pub latitude: f64,
    /// Degrees, east is positive: -180 to 180.
    pub longitude: f64,
    /// Metres above sea level: -1000000 to 1000000.
    pub altitude: f64,
}

/// What a capture asks for. Begin with CAMERA_PHOTO_SETTINGS_INIT.
///
/// The pixels of the photo are turned and mirrored, so that it looks right in every program; the
/// orientation in its EXIF data is always "upright". A frame that the camera itself gives as JPEG,
/// in the photo's size, is passed through without encoding it again when it is neither turned nor
/// mirrored; quality is then the camera's affair.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_photo_settings {
    /// sizeof(camera_photo_settings).
    pub size: u32,
    /// One of camera_quality_level.
    pub quality: i32,
    /// One of camera_image_rotation.
    pub rotation: i32,
    /// 1: mirrored left to right, after it was turned. Else 0.
    pub mirror: i32,
    /// Written into the EXIF data; NULL: none. Read during the call only.
    pub location: *const camera_location,
}

// SAFETY: repr(C), the size first, four 32-bit integers and a pointer: no padding.
unsafe impl Sized32 for camera_photo_settings {
    const FIRST: usize = 24;
}

const QUALITIES: &[(i32, Quality)] = &[
    (camera_quality_level::High as i32, Quality::High),
    (camera_quality_level::Medium as i32, Quality::Medium),
    (camera_quality_level::Low as i32, Quality::Low),
];

const ROTATIONS: &[(i32, Rotation)] = &[
    (camera_image_rotation::_0 as i32, Rotation::None),
    (camera_image_rotation::_90 as i32, Rotation::Quarter),
    (camera_image_rotation::_180 as i32, Rotation::Half),
    (camera_image_rotation::_270 as i32, Rotation::ThreeQuarters),
];

const SWITCH: &[(i32, bool)] = &[(0, false), (1, true)];

fn location(given: camera_location) -> Result<Location> {
    Location::new(given.latitude, given.longitude, Some(given.altitude))
        .map_err(|error| error.context("settings->location (NULL when it is not known)"))
}

/// # Safety
///
/// `settings` is NULL or points to as many readable bytes as its first field says, with a location
/// that is NULL or can be read.
unsafe fn photo_settings(settings: *const camera_photo_settings) -> Result<PhotoSettings> {
    if settings.is_null() {
        return Ok(PhotoSettings::default());
    }
    // SAFETY: the caller's promise, passed on.
    let settings = unsafe { args::read(settings, "settings") }?;
    let given = settings.location;
    // SAFETY: the caller's promise; unaligned, because nothing tells that C aligned it.
    let given = if given.is_null() { None } else { Some(unsafe { given.read_unaligned() }) };
    Ok(PhotoSettings {
        quality: args::one_of(settings.quality, "settings->quality", QUALITIES)?,
        pose: Pose {
            rotation: args::one_of(settings.rotation, "settings->rotation", ROTATIONS)?,
            mirror: args::one_of(settings.mirror, "settings->mirror", SWITCH)?,
        },
        location: given.map(location).transpose()?,
    })
}

/// Asks for one photo, of the next frame. The photo, or why there is none, goes to the
/// output's listeners. Blocks until the capture is under way; see camera_output_capture_async().
///
/// @param output    A photo output.
/// @param settings  How; NULL for the defaults. Read during the call only.
///
/// @retval CAMERA_OK                         Under way: the listeners will be told, once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT     output is NULL, never was an output, or is no photo
///                                           output; a setting is out of range.
/// @retval CAMERA_ERROR_SESSION_NOT_RUNNING  The output is in no session, the session is not
///                                           committed, or the output is released.
/// @retval CAMERA_ERROR_DEVICE_DISABLED      The input was closed, or the device is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The driver refused.
///
/// @par State
///   The session is COMMITTED or STARTED. In COMMITTED, or when nothing else runs, the device
///   runs for the photo only.
///
/// @par Threading
///   Thread-safe. Takes its place among the operations of the session.
///
/// @since 0.1
/// @see camera_output_take_photo(), camera_output_add_photo_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_capture(
    output: *mut camera_output,
    settings: *const camera_photo_settings,
) -> i32 {
    guard::call(|| {
        let output = OutputRef::new(output)?;
        // SAFETY: the caller's promise, as the header states it.
        let settings = unsafe { photo_settings(settings) }?;
        synchronous(output, Code::SessionNotRunning, |object, host| object.output.capture(host, settings, None))
    })
}

/// Asks for one photo without blocking the caller.
///
/// Accepts or refuses as camera_session_commit_config_async() does. The completion says that the
/// capture is under way; the photo itself goes to the output's listeners.
///
/// @param output      A photo output.
/// @param settings    How; NULL for the defaults. Read during the call only.
/// @param completion  Receives the result. Must not be NULL.
/// @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
///
/// @retval CAMERA_OK                        Accepted; completion will run exactly once.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL or never was an output; a setting is out
///                                          of range; completion is NULL.
/// @retval CAMERA_ERROR_SESSION_NOT_RUNNING The output and its manager are released.
///
/// @par Outcome passed to completion
///   The codes of camera_output_capture().
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_capture(), camera_output_add_photo_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_capture_async(
    output: *mut camera_output,
    settings: *const camera_photo_settings,
    completion: camera_completion_fn,
    user_data: *mut c_void,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let settings = unsafe { photo_settings(settings) }?;
        asynchronous(output, completion, user_data, Code::SessionNotRunning, move |object, host| {
            object.output.capture(host, settings, None)
        })
    })
}

/// Takes one photo and waits for it: the simple way. Listeners are told as well.
///
/// @param output      A photo output.
/// @param settings    How; NULL for the defaults. Read during the call only.
/// @param timeout_ms  Milliseconds to wait for the photo; a negative number waits as long as it
///                    takes.
/// @param photo       Receives the photo. Owned by the caller: give it back with
///                    camera_photo_release(). Must not be NULL.
///
/// @retval CAMERA_OK                         Taken.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT     photo is NULL; output is NULL, never was an output, or
///                                           is no photo output; a setting is out of range.
/// @retval CAMERA_ERROR_SESSION_NOT_RUNNING  The output is in no session, the session is not
///                                           committed, or the output is released.
/// @retval CAMERA_ERROR_DEVICE_DISABLED      The input was closed, or the device is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  No photo in time: the capture goes on, and listeners get
///                                           its photo; or the session was stopped meanwhile, the
///                                           frame could not be encoded, or the driver refused.
///
/// @par State
///   As camera_output_capture().
///
/// @par Threading
///   Thread-safe. Waits for the photo. In any callback it works, and holds up what that thread
///   would deliver.
///
/// @since 0.1
/// @see camera_photo_save(), camera_output_capture()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_take_photo(
    output: *mut camera_output,
    settings: *const camera_photo_settings,
    timeout_ms: i32,
    photo: *mut *mut camera_photo,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(photo, "photo") }?;
        let output = OutputRef::new(output)?;
        // SAFETY: as above.
        let settings = unsafe { photo_settings(settings) }?;
        let reply = Arc::new(Reply::default());
        let mut manager = None;
        synchronous(output, Code::SessionNotRunning, |object, host| {
            manager = Some(object.manager.clone());
            object.output.capture(host, settings, Some(reply.clone()))
        })?;
        let taken = reply.wait(u64::try_from(timeout_ms).ok().map(Duration::from_millis))?;
        let manager = manager.ok_or_else(OutputRef::released)?;
        out.set(hand_out(&manager, taken)?);
        Ok(())
    })
}

/// Registers a function for the output's photos. camera_output_add_listener() tells more.
///
/// @param output     A photo output.
/// @param callback   Told about each capture, in the order of the captures. Must not be NULL.
/// @param user_data  Passed to callback. Never read or freed by the library.
/// @param destroy    Called with user_data when the listener is gone, removed or with its output.
///                   May be NULL. Not called when this function fails.
/// @param listener   Receives a number for camera_output_remove_listener(). Must not be NULL.
///
/// @retval CAMERA_OK                        Registered.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL; output never was an output, or is
///                                          no photo output.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_output_remove_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_add_photo_listener(
    output: *mut camera_output,
    callback: camera_photo_fn,
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
        let object = live_photo_output(output)?;
        let stored = Stored::new(callback, user_data, destroy)?;
        let manager = object.manager.clone();
        out.set(object.output.events().add(move |event: &OutputEvent| {
            let output = handle as *mut camera_output;
            match event {
                OutputEvent::PhotoAvailable(photo) => {
                    let handed_out = hand_out(&manager, photo.clone());
                    stored.tell_photo(output, photo.capture_id, handed_out.clone());
                    if let Ok(photo) = handed_out {
                        let_go(photo);
                    }
                }
                OutputEvent::CaptureFailed { capture_id, error } => {
                    stored.tell_photo(output, *capture_id, Err(error.clone()));
                }
                _ => {}
            }
        }));
        Ok(())
    })
}

/// Removes a listener. When this returns the listener is not running and never will be again;
/// called from inside it, that call is its last.
///
/// @param output    The output.
/// @param listener  The number from camera_output_add_listener() or
///                  camera_output_add_photo_listener().
///
/// @retval CAMERA_OK                        Removed; its destroy function has run, or runs as the
///                                          listener returns when called from inside it.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or has no such
///                                          listener.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released: its listeners end by themselves,
///                                          which their destroy functions tell.
///
/// @par Threading
///   Thread-safe. Waits for a call of the listener that is running on another thread.
///
/// @since 0.1
/// @see camera_output_add_photo_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_output_remove_listener(output: *mut camera_output, listener: u64) -> i32 {
    guard::call(|| match OutputRef::new(output)? {
        OutputRef::Live(object) if object.output.events().remove(listener) => Ok(()),
        OutputRef::Live(_) => Err(Error::invalid(format!("the output has no listener {listener}"))),
        OutputRef::Released => Err(OutputRef::released()),
    })
}

fn live_photo_output(output: *const camera_output) -> Result<Arc<OutputObject>> {
    match OutputRef::new(output)? {
        OutputRef::Live(object) if object.output.kind() == Kind::Photo => Ok(object),
        OutputRef::Live(object) => {
            Err(Error::invalid(format!("a {} output takes no photos", object.output.kind().name())))
        }
        OutputRef::Released => Err(OutputRef::released()),
    }
}
