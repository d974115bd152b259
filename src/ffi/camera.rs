//! camera_list and camera_capability: what cameras there are and what they offer.

use super::args::{self, Out, OutStruct, Sized32};
use super::guard;
use super::manager::{camera_manager, live_manager};
use super::registry::{insert, key_of, live, registry, unknown};
use crate::backend::CameraInfo;
use crate::camera::SceneMode;
use crate::error::{Error, Result};
use crate::format::{PixelFormat, Profile, RateRange, Size};
use crate::handle::{Lookup, Table};
use crate::output::Kind;
use crate::sync::Arc;
use std::ffi::c_char;

/// The cameras that were present at one moment.
pub struct camera_list {
    _opaque: (),
}

/// What one camera offers in one mode.
pub struct camera_capability {
    _opaque: (),
}

/// Which way a camera looks.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_position {
    /// Not known, as with most webcams.
    Unspecified = 0,
    /// Away from the user.
    Back = 1,
    /// Towards the user.
    Front = 2,
}

/// What kind of lens a camera has. V4L2 does not tell: every camera is the default kind.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_type {
    /// Any camera.
    Default = 0,
    /// A wide-angle lens.
    WideAngle = 1,
    /// An ultra-wide lens.
    UltraWide = 2,
    /// A telephoto lens.
    Telephoto = 3,
    /// A depth camera.
    TrueDepth = 4,
}

/// How a camera is connected.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_connection {
    /// Part of the machine.
    BuiltIn = 0,
    /// Can be unplugged.
    UsbPlugin = 1,
    /// Over a network.
    Remote = 2,
}

/// What a session is for.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_scene_mode {
    /// Photos, with a preview and perhaps a video.
    NormalPhoto = 1,
    /// Video, with a preview and perhaps photos.
    NormalVideo = 2,
}

/// What an output is for.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_output_kind {
    /// Frames while the session runs.
    Preview = 0,
    /// A picture for each capture.
    Photo = 1,
    /// Frames between the output's own start and stop.
    Video = 2,
    /// What is seen in the picture. Has no profiles.
    Metadata = 3,
}

/// A camera, as camera_list_get() describes it. Begin with CAMERA_DESCRIPTION_INIT. A value:
/// it stays valid whatever happens to the camera.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_description {
    /// sizeof(camera_description).
    pub size: u32,
    /// One of camera_position.
    pub position: i32,
    /// One of camera_type.
    pub camera_type: i32,
    /// One of camera_connection.
    pub connection: i32,
    /// Clockwise degrees to turn the picture upright, as the camera is built in: 0, 90, 180 or 270. The
    /// library turns nothing by itself: add it to what a photo's settings ask for, and turn what a
    /// preview shows.
    pub orientation: u32,
    /// Identifies the camera across restarts and, when it has a serial number, across ports.
    pub id: [c_char; 128],
    /// What the driver calls it, in UTF-8.
    pub name: [c_char; 64],
    /// The driver.
    pub driver: [c_char; 32],
    /// The device node; empty for a camera that has none.
    pub path: [c_char; 64],
}

// SAFETY: repr(C), the size first, integers and bytes; 5 * 4 + 288 bytes, a multiple of 4.
unsafe impl Sized32 for camera_description {
    const FIRST: usize = 308;
}

impl camera_description {
    pub(super) fn from_core(camera: &CameraInfo) -> Self {
        camera_description {
            size: size_of::<camera_description>() as u32,
            position: camera.position as i32,
            camera_type: camera_type::Default as i32,
            connection: camera.connection as i32,
            orientation: camera.orientation,
            id: args::fixed(&camera.id),
            name: args::fixed(&camera.name),
            driver: args::fixed(&camera.driver),
            path: args::fixed(&camera.path),
        }
    }
}

/// What an output asks for, or a camera offers. Begin with CAMERA_PROFILE_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_profile {
    /// sizeof(camera_profile).
    pub size: u32,
    /// A number of camera_format, or a V4L2 FourCC: see CAMERA_FOURCC().
    pub format: u32,
    /// Pixels in a row, 1 to 32768.
    pub width: u32,
    /// Rows, 1 to 32768.
    pub height: u32,
    /// The slowest rate in frames per second; 0 except in video profiles.
    pub min_frame_rate: u32,
    /// The fastest rate; 0 except in video profiles.
    pub max_frame_rate: u32,
}

// SAFETY: repr(C), the size first, six u32.
unsafe impl Sized32 for camera_profile {
    const FIRST: usize = 24;
}

impl camera_profile {
    pub(super) fn from_core(profile: &Profile) -> Self {
        camera_profile {
            size: size_of::<camera_profile>() as u32,
            format: profile.format.number(),
            width: profile.size.width,
            height: profile.size.height,
            min_frame_rate: profile.rates.map_or(0, |rates| rates.min),
            max_frame_rate: profile.rates.map_or(0, |rates| rates.max),
        }
    }

    /// Rates belong to video profiles alone; in others they must be 0.
    pub(super) fn to_core(self, kind: Kind) -> Result<Profile> {
        let rates = RateRange { min: self.min_frame_rate, max: self.max_frame_rate };
        if kind != Kind::Video && (rates.min, rates.max) != (0, 0) {
            return Err(Error::invalid(format!(
                "a {} profile has no frame rates: set min_frame_rate and max_frame_rate to 0",
                kind.name()
            )));
        }
        Ok(Profile {
            format: PixelFormat::from_number(self.format),
            size: Size::new(self.width, self.height),
            rates: (kind == Kind::Video).then_some(rates),
        })
    }
}

pub(super) const SCENE_MODES: &[(i32, SceneMode)] = &[
    (camera_scene_mode::NormalPhoto as i32, SceneMode::NormalPhoto),
    (camera_scene_mode::NormalVideo as i32, SceneMode::NormalVideo),
];

const KINDS: &[(i32, Kind)] = &[
    (camera_output_kind::Preview as i32, Kind::Preview),
    (camera_output_kind::Photo as i32, Kind::Photo),
    (camera_output_kind::Video as i32, Kind::Video),
    (camera_output_kind::Metadata as i32, Kind::Metadata),
];

/// Bytes of a camera id at most, without the NUL.
pub(super) const ID_LENGTH: usize = 127;

/// Lists the cameras that are present now.
///
/// @param manager  The manager.
/// @param list     Receives the list. Owned by the caller: give it back with
///                 camera_list_release(). Must not be NULL.
///
/// @retval CAMERA_OK                        Written; the list may be empty.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or manager is no live manager.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated.
///
/// @par Threading
///   Thread-safe. Waits for drivers to answer, usually a few milliseconds.
///
/// @since 0.1
/// @see camera_list_get_count(), camera_list_get()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_list_cameras(manager: *mut camera_manager, list: *mut *mut camera_list) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(list, "list") }?;
        let manager = live_manager(manager)?;
        let cameras = manager.cameras()?;
        out.set(insert(&registry().lists, &manager, Arc::new(cameras))?);
        Ok(())
    })
}

/// The number of cameras in a list.
///
/// @param list   The list.
/// @param count  Receives the number. Must not be NULL.
///
/// @retval CAMERA_OK                      Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, or list is no live list.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_list_get()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_list_get_count(list: *mut camera_list, count: *mut u32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(count, "count") }?;
        out.set(live(&registry().lists, list, "camera list")?.len() as u32);
        Ok(())
    })
}

/// Describes one camera of a list.
///
/// @param list         The list.
/// @param index        Which, from 0.
/// @param description  Filled. Its size field says how much of it the program knows. Must not
///                     be NULL.
///
/// @retval CAMERA_OK                      Filled.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL; list is no live list; index is
///                                        beyond the end; description->size is wrong.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_list_get_count()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_list_get(
    list: *mut camera_list,
    index: u32,
    description: *mut camera_description,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(description, "description") }?;
        let cameras = live(&registry().lists, list, "camera list")?;
        let camera = cameras.get(index as usize).ok_or_else(|| match cameras.len() {
            0 => Error::invalid(
                "the list is empty: no camera is present; plug one in, see `ls -l /dev/video*`, or choose virtual cameras in the manager's options",
            ),
            count => beyond(index, count),
        })?;
        out.set(camera_description::from_core(camera));
        Ok(())
    })
}

/// Gives a list back.
///
/// @param list  The list. Its handle is released.
///
/// @retval CAMERA_OK                      Released.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  list is NULL, released or not a list.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_list_release(list: *mut camera_list) -> i32 {
    guard::call(|| release(&registry().lists, list, "camera list"))
}

/// What a camera offers in a mode: the profiles that outputs may ask for.
///
/// @param manager     The manager.
/// @param camera_id   The camera's id, from camera_list_get(). Read during the call only. Must
///                    not be NULL.
/// @param mode        One of camera_scene_mode.
/// @param capability  Receives the capability. Owned by the caller: give it back with
///                    camera_capability_release(). Must not be NULL.
///
/// @retval CAMERA_OK                          Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, manager is no live manager,
///                                            camera_id has not the form of an id of its cameras,
///                                            or mode is unknown.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED The process may not open the device.
/// @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The driver failed.
///
/// @par Threading
///   Thread-safe. Waits for the driver to answer.
///
/// @since 0.1
/// @see camera_capability_get_profile()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_get_capability(
    manager: *mut camera_manager,
    camera_id: *const c_char,
    mode: i32,
    capability: *mut *mut camera_capability,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(capability, "capability") }?;
        let manager = live_manager(manager)?;
        // SAFETY: as above.
        let id = unsafe { args::text(camera_id, ID_LENGTH, "camera_id") }?;
        let mode = args::one_of(mode, "mode", SCENE_MODES)?;
        let offered = manager.capability(id, mode)?;
        out.set(insert(&registry().capabilities, &manager, Arc::new(offered))?);
        Ok(())
    })
}

/// The number of profiles that a camera offers for a kind of output.
///
/// @param capability  The capability.
/// @param kind        One of camera_output_kind.
/// @param count       Receives the number. Must not be NULL.
///
/// @retval CAMERA_OK                      Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, capability is no live capability,
///                                        or kind is unknown.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_capability_get_profile()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_capability_get_profile_count(
    capability: *mut camera_capability,
    kind: i32,
    count: *mut u32,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(count, "count") }?;
        with_profiles(capability, kind, |profiles| {
            out.set(profiles.len() as u32);
            Ok(())
        })
    })
}

/// One profile that a camera offers for a kind of output. The camera's preferred format and
/// size come first, as its driver lists them.
///
/// @param capability  The capability.
/// @param kind        One of camera_output_kind.
/// @param index       Which, from 0.
/// @param profile     Filled. Its size field says how much of it the program knows. Must not be
///                    NULL.
///
/// @retval CAMERA_OK                      Filled.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL; capability is no live capability;
///                                        kind is unknown; index is beyond the end;
///                                        profile->size is wrong.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_capability_get_profile_count()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_capability_get_profile(
    capability: *mut camera_capability,
    kind: i32,
    index: u32,
    profile: *mut camera_profile,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(profile, "profile") }?;
        with_profiles(capability, kind, |profiles| {
            let found = profiles.get(index as usize).ok_or_else(|| beyond(index, profiles.len()))?;
            out.set(camera_profile::from_core(found));
            Ok(())
        })
    })
}

/// Gives a capability back.
///
/// @param capability  The capability. Its handle is released.
///
/// @retval CAMERA_OK                      Released.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  capability is NULL, released or not a capability.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_capability_release(capability: *mut camera_capability) -> i32 {
    guard::call(|| release(&registry().capabilities, capability, "capability"))
}

fn with_profiles<R>(
    capability: *mut camera_capability,
    kind: i32,
    then: impl FnOnce(&[Profile]) -> Result<R>,
) -> Result<R> {
    let capability = live(&registry().capabilities, capability, "capability")?;
    then(match args::one_of(kind, "kind", KINDS)? {
        Kind::Preview => &capability.preview,
        Kind::Photo => &capability.photo,
        Kind::Video => &capability.video,
        // It takes what the detector asks for.
        Kind::Metadata => &[],
    })
}

pub(super) fn beyond(index: u32, count: usize) -> Error {
    match count {
        0 => Error::invalid(format!("index is {index}, and there is none")),
        _ => Error::invalid(format!("index is {index}, not within 0 to {}", count - 1)),
    }
}

/// Takes a value out of its table.
fn release<T: Clone, O, H>(table: &Table<T, O>, handle: *const H, what: &str) -> Result<()> {
    match table.remove(key_of(handle)) {
        Lookup::Live(value) => {
            drop(value);
            Ok(())
        }
        Lookup::Released(_) => Err(Error::invalid(format!("the {what} {handle:?} was released"))),
        Lookup::Unknown => Err(unknown(handle, what)),
    }
}
