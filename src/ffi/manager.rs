//! camera_manager: the entry.

use super::args::{self, Out, Sized32};
use super::callback::{Stored, camera_destroy_fn, camera_log_fn};
use super::guard;
use super::recording;
use super::registry::{self, insert, key_of, live, registry};
use crate::camera::Manager;
use crate::camera::sources::parse_sources;
use crate::error::{Error, Result};
use crate::handle::Lookup;
use crate::runtime::Mode;
use crate::runtime::log::Level;
use crate::sync::Arc;
use std::ffi::{c_char, c_int, c_void};
use std::os::fd::AsRawFd;

/// The entry to the library: lists cameras, makes inputs, surfaces, outputs, recorders and sessions.
///
/// A program usually has one. Everything made from a manager ends with it, except frames and
/// photos, which end when they are released.
pub struct camera_manager {
    _opaque: (),
}

/// Which thread runs the application's functions.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_dispatch {
    /// The library's: completions, events and log messages on one dispatcher thread; frame
    /// callbacks on a few others, one at a time for each surface.
    Library = 0,
    /// Only the thread that calls camera_manager_dispatch(), inside that call.
    Caller = 1,
}

/// How much a log message matters.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_log_level {
    /// A defect, or a device that failed.
    Error = 1,
    /// Something was worked around.
    Warning = 2,
    /// What a user may want to know.
    Info = 3,
    /// For people who work on the library.
    Debug = 4,
}

/// How a manager is made. Begin with CAMERA_MANAGER_OPTIONS_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_manager_options {
    /// sizeof(camera_manager_options).
    pub size: u32,
    /// One of camera_dispatch.
    pub dispatch: i32,
    /// Where cameras come from: a list, separated by commas, of "v4l2", "virtual:N" (N
    /// virtual cameras, 1 to 256 in all) and "replay:FILE" (a camera that plays a file). NULL: the environment variable CAMERA_SESSION_CAMERAS, with
    /// the same syntax, if it is set, not empty, and the program does not run with raised privileges; else
    /// V4L2 cameras, and one virtual camera while there are none. At most 1023 bytes.
    ///
    /// Virtual cameras fail on request, so that a program can test what it does then. Faults follow
    /// the item that they are for, each behind a "+": "virtual:2+unplug@2s+return@4s". T is a time
    /// from the first frame of a run on (2s, 500ms) or the number of a frame, from 0 (60f); T-T is from
    /// the first up to, but without, the second, and T- from there on. The codes are those that a real
    /// device gives:
    ///
    /// - unplug@T: the camera is gone: 7400108, and not in the list; return@T: it is there again, as a
    ///   device that a new input opens. Each unplug happens once, in the first run that lasts so long.
    /// - fail@T: the driver fails (EIO): the run ends with 7400201. eio@T: one buffer is damaged (EIO).
    ///   fail@commit, fail@start: the driver gives no buffers, does not start (EIO): 7400201.
    /// - silent@T: no frames from there on in this run, and no error; see camera_session_options.
    /// - corrupt and drop, with @60f, @T-T, @T-, =N (every Nth), =N% or both (@1s-2s=25%): frames come
    ///   damaged, or are lost.
    /// - jump@T=500ms, jump@T=-500ms: timestamps jump. wrap, wrap=N: the driver's 32-bit frame numbers
    ///   wrap after 10, or N, frames.
    /// - busy@open, busy@commit: 7400107; denied: 7400102 when it is opened. With =N these and fail@commit
    ///   and fail@start fail the first N times only; behind a return they are of the camera as it came
    ///   back, and count anew.
    /// - slow@open=500ms, and in the same way commit, start, stop: the call takes so much longer.
    ///
    /// Every fault happens to the same frames each time. What kind of camera a virtual one is, and what is in
    /// front of it, is said in the same way:
    ///
    /// - basic, plain: the few controls of a cheap webcam, or none; otherwise it has all that this library
    ///   knows, with their effect in the picture.
    /// - front, back: where it looks; turned=90 (180, 270): its picture is to be turned so far clockwise.
    /// - settle, settle=N: a run begins too dark and too blue, and is right after 10, or N, frames.
    /// - light@T=25%: from T on the scene has so much of its usual light (1 to 6400 %).
    /// - subject@T=200: from T on the lens is sharp at this value of V4L2_CID_FOCUS_ABSOLUTE, above 250 at none.
    /// - cover@T-T: the lens is covered (V4L2_CID_PRIVACY), and the picture black but for its number.
    /// - stuck=NAME: setting this control fails (EIO); the name is that of v4l2-ctl: stuck=zoom_absolute.
    ///
    /// "replay:FILE" plays a Y4M file (4:2:0, 4:2:2, 4:4:4 and mono of 8 bits), JPEG pictures one after
    /// the other, or a Matroska file with Motion-JPEG, H.264 or uncompressed pictures, as a recorder writes
    /// it. The camera has the file's format, size and rate; times between frames are the file's.
    /// It begins again at its end; with "+once" behind it the camera is then gone (7400108) until its
    /// next start. "+rate=25" or "+rate=30000/1001" is the rate of JPEG pictures, else 30. Of a file that was
    /// cut off, what is whole is played. Pictures that are not read in time are gaps in the
    /// numbers. In FILE, %2C is a comma, %2B a plus sign, %25 a percent sign, and so on.
    ///
    /// A session recording (camera_session_start_trace()) is the recorded camera again, under the id
    /// "replay:N": its name, driver, format, size, rate and colour, its frames with their numbers and the
    /// times between them, damaged ones, gaps and silences, failures of a start, and the end with its code
    /// and detail. Each start of the stream plays the next run of the recording, and behind the last the
    /// first; where the application had stopped the stream nothing comes until this one does. A camera
    /// that was unplugged is gone as it was then: for good, or until it was started again, as a device
    /// that a new input opens. Where the recording itself ends amid a run, the stream ends with 7400108.
    /// "+once" changes nothing. Rows of pictures have no padding.
    pub cameras: *const c_char,
}

// SAFETY: repr(C), the size first, integers and a pointer; 4 + 4 + 8 bytes without padding.
unsafe impl Sized32 for camera_manager_options {
    const FIRST: usize = 16;
}

const DISPATCH_MODES: &[(i32, Mode)] =
    &[(camera_dispatch::Library as i32, Mode::Library), (camera_dispatch::Caller as i32, Mode::Caller)];

const LOG_LEVELS: &[(i32, Level)] = &[
    (camera_log_level::Error as i32, Level::Error),
    (camera_log_level::Warning as i32, Level::Warning),
    (camera_log_level::Info as i32, Level::Info),
    (camera_log_level::Debug as i32, Level::Debug),
];

/// Makes a manager.
///
/// @param options  How; NULL for the defaults. Read during the call only.
/// @param manager  Receives the handle. Owned by the caller: give it back with
///                 camera_manager_release(). Must not be NULL.
///
/// @retval CAMERA_OK                        Made.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    manager is NULL; options has a wrong size, an
///                                          unknown dispatch mode or a list that is not understood.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR No thread or file descriptor could be had.
///
/// @par Threading
///   Thread-safe. Does not open any camera.
///
/// @since 0.1
/// @see camera_manager_release(), camera_manager_list_cameras()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create(
    options: *const camera_manager_options,
    manager: *mut *mut camera_manager,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(manager, "manager") }?;
        let (mut mode, mut cameras) = (Mode::Library, None);
        if !options.is_null() {
            // SAFETY: the caller's promise: not NULL, of the size that it says.
            let options = unsafe { args::read(options, "options") }?;
            mode = args::one_of(options.dispatch, "options->dispatch", DISPATCH_MODES)?;
            if !options.cameras.is_null() {
                // SAFETY: the caller's promise: a string.
                cameras = Some(unsafe { args::text(options.cameras, 1023, "options->cameras") }?.to_owned());
            }
        }
        let sources = match (cameras, cameras_of_environment()) {
            (Some(list), _) => Some(parse_sources(&list, "options->cameras")?),
            (None, Some(list)) => Some(parse_sources(&list, "the environment variable CAMERA_SESSION_CAMERAS")?),
            (None, None) => None,
        };
        let registry = registry();
        let made = Manager::new(mode, sources, registry.devices.clone(), registry.next_number())?;
        match insert(&registry.managers, &registry.process, made.clone()) {
            Ok(handle) => out.set(handle),
            Err(error) => {
                made.runtime().shut_down();
                return Err(error);
            }
        }
        Ok(())
    })
}

/// The user's own choice of cameras; not believed in a program with raised privileges.
fn cameras_of_environment() -> Option<String> {
    // SAFETY: reads a value that the kernel gave the process.
    let raised = unsafe { libc::getauxval(libc::AT_SECURE) } != 0;
    if raised { None } else { std::env::var("CAMERA_SESSION_CAMERAS").ok().filter(|list| !list.is_empty()) }
}

/// Ends a manager and everything made from it: sessions are released, inputs closed, recordings
/// finished, recorders, surfaces and outputs released. Operations that were accepted complete
/// first; every completion has run when this returns, and no function of the application is called
/// any more. Asynchronous calls on them that other threads make meanwhile are refused, as those on
/// released handles are.
///
/// Frames and photos that the application holds stay valid until they are released.
///
/// @param manager  The manager. Its handle and those of everything made from it are released.
///
/// @retval CAMERA_OK                      Ended.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  manager is NULL, released or not a manager.
///
/// @par Threading
///   Thread-safe. Waits for operations under way. In caller-driven mode the completions that
///   are left run inside this call. From inside a callback of this manager it
///   waits for the others, not for that one; what is left follows when the callback has
///   returned.
///
/// @since 0.1
/// @see camera_manager_create()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_release(manager: *mut camera_manager) -> i32 {
    guard::call(|| {
        let registry = registry();
        let manager = match registry.managers.remove(key_of(manager)) {
            Lookup::Live(manager) => manager,
            Lookup::Released(_) => return Err(Error::invalid(format!("the manager {manager:?} was released"))),
            Lookup::Unknown => return Err(registry::unknown(manager, "manager")),
        };
        // What is called from here on is refused: its handles are released. If it were accepted, the result
        // would overtake those that wait in the object's queue, and whoever called again and again could
        // put off the end for ever.
        manager.runtime().dispatcher.close();
        for session in registry.sessions.remove_owned(&manager) {
            // A session that an operation released already answers 7400201, which is fine.
            let _ = session.queue().in_turn(|| session.release());
        }
        for object in registry.outputs.remove_owned(&manager) {
            let _ = object.output.in_turn(|host| object.output.release(host));
        }
        for input in registry.inputs.remove_owned(&manager) {
            let _ = input.queue().in_turn(|| input.close());
            input.end_listeners();
        }
        // What its cameras do tells nobody any more.
        manager.status().end();
        // After what sends to them, so that their files have every frame.
        for object in registry.recorders.remove_owned(&manager) {
            recording::release_with_manager(&object);
        }
        for object in registry.surfaces.remove_owned(&manager) {
            let _ = object.surface.release();
        }
        manager.detector().set(None);
        drop(registry.lists.remove_owned(&manager));
        drop(registry.capabilities.remove_owned(&manager));
        manager.runtime().log.set(Level::Error, None);
        manager.runtime().shut_down();
        Ok(())
    })
}

/// A file descriptor that is readable while functions of the application wait to be run, for
/// epoll, poll, GLib or libuv. Caller-driven mode only.
///
/// @param manager  A manager made with CAMERA_DISPATCH_CALLER.
/// @param fd       Receives the descriptor. Owned by the library: wait for it to be readable,
///                 do not read, write or close it. Valid until the manager is released. Must
///                 not be NULL.
///
/// @retval CAMERA_OK                          Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or manager is no live manager.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED The manager dispatches on its own thread.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_manager_dispatch()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_get_dispatch_fd(manager: *mut camera_manager, fd: *mut c_int) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(fd, "fd") }?;
        let manager = live_manager(manager)?;
        let descriptor = manager.runtime().dispatcher.fd().ok_or_else(|| {
            Error::not_allowed("this manager dispatches on its own thread: create it with CAMERA_DISPATCH_CALLER")
        })?;
        out.set(descriptor.as_raw_fd());
        Ok(())
    })
}

/// Runs the application's functions that are waiting: completions, events, frame callbacks and
/// log messages. What they cause waits for the next call, so that this one always ends.
///
/// @param manager  A manager made with CAMERA_DISPATCH_CALLER.
/// @param count    Receives how many were run. May be NULL.
///
/// @retval CAMERA_OK                          Run; perhaps there were none.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      manager is no live manager.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED The manager dispatches on its own thread; or the
///                                            call came from inside a callback of this manager,
///                                            or while another thread is in this function.
///
/// @par Threading
///   One thread at a time for each manager. Blocks only as long as the functions it runs.
///
/// @since 0.1
/// @see camera_manager_get_dispatch_fd()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_dispatch(manager: *mut camera_manager, count: *mut u32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::optional(count) };
        let delivered = live_manager(manager)?.runtime().dispatcher.dispatch()?;
        if let Some(out) = out {
            out.set(delivered);
        }
        Ok(())
    })
}

/// Sends the library's messages to the application, or stops doing so. Without this the
/// library prints nothing, anywhere.
///
/// @param manager    The manager.
/// @param level      The least important level that is wanted, one of camera_log_level.
/// @param callback   Receives the messages; NULL ends it.
/// @param user_data  Passed to callback. Never read or freed by the library.
/// @param destroy    Called with user_data when the callback is not needed any more: where
///                   completions run, after the last message. May be NULL. Not called when this
///                   function fails.
///
/// @retval CAMERA_OK                      Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  manager is no live manager, or level is unknown.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_set_log_callback(
    manager: *mut camera_manager,
    level: i32,
    callback: camera_log_fn,
    user_data: *mut c_void,
    destroy: camera_destroy_fn,
) -> i32 {
    guard::call(|| {
        let manager = live_manager(manager)?;
        let level = args::one_of(level, "level", LOG_LEVELS)?;
        let Some(_) = callback else {
            manager.runtime().log.set(level, None);
            return Ok(());
        };
        let stored = Stored::new(callback, user_data, destroy)?;
        let sink = move |level: Level, message: &str| stored.log(level as i32, message);
        manager.runtime().log.set(level, Some(Arc::new(sink)));
        Ok(())
    })
}

/// The manager behind a handle.
pub(super) fn live_manager(manager: *const camera_manager) -> Result<Arc<Manager>> {
    live(&registry().managers, manager, "manager")
}
