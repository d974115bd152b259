//! camera_recorder: frames to a file. What is asked of one in order is in `recording.rs`.

use super::args::{self, Out, OutStruct, Sized32};
use super::callback::{Stored, camera_destroy_fn, camera_recorder_event_fn};
use super::guard;
use super::manager::{camera_manager, live_manager};
use super::registry::{RecorderObject, SurfaceObject, handle_of, insert, key_of, registry, unknown};
use super::surface::camera_surface;
use crate::error::{Error, Result};
use crate::format::FrameRate;
use crate::handle::Lookup;
use crate::recorder::{Container, Destination, Options, Recorder, RecorderEvent, State, Statistics};
use crate::sync::Arc;
use std::ffi::{OsStr, c_char, c_int, c_void};
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;

/// Writes the frames that arrive at its surface to a file. One recorder makes one file.
///
/// It has a surface of its own, see camera_recorder_get_surface(), which is given to a preview or
/// video output like any other. Frames are written on a thread of the library, in both dispatch
/// modes, so that a slow disk holds up no camera. Whatever happens to the session, the output, the
/// camera or the program, the file plays up to the last frame that was written.
///
/// Operations of one recorder run one at a time, in the order of the calls; a synchronous call
/// waits for the asynchronous ones before it.
pub struct camera_recorder {
    _opaque: (),
}

/// How a file is organised.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_container {
    /// Matroska (RFC 9559; .mkv). Holds Motion-JPEG and H.264 as they come from the camera, and
    /// most uncompressed formats, without the padding between rows. Each frame has the time at
    /// which it was taken, to 0.05 ms. A file that was cut off, by a crash or a full disk, plays.
    Matroska = 0,
    /// YUV4MPEG2 (.y4m), for tools. Holds YUV and grey of 8 bits, as planes. Frames have no times:
    /// the file says one rate for all.
    Y4m = 1,
}

/// Where a recorder is in its life.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_recorder_state {
    /// Nothing was recorded yet.
    Idle = 0,
    /// Frames are written.
    Recording = 1,
    /// Frames are let go.
    Paused = 2,
    /// The file is finished.
    Stopped = 3,
    /// Recording ended by itself; the file is finished with what could be written.
    Failed = 4,
    /// The recorder was released.
    Released = 5,
}

/// What a recorder reports.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_recorder_event_type {
    /// Recording ended by itself, or the file could not be finished as it should be: the disk is
    /// full, or the frames have another format or size than those before. STOPPED follows.
    Error = 1,
    /// The file is finished and closed. Comes once for each recorder that was started: after a
    /// stop, an error, or the release of the recorder or its manager.
    Stopped = 2,
}

/// How a recorder is made. Begin with CAMERA_RECORDER_OPTIONS_INIT, and set path or fd.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_recorder_options {
    /// sizeof(camera_recorder_options).
    pub size: u32,
    /// One of camera_container.
    pub container: i32,
    /// The file to write, at most 4095 bytes; NULL: fd is used. It is made when the recording
    /// starts, with mode 0666 and the umask; what is there is replaced. A path that is not
    /// absolute begins at the program's folder at that moment. Two recorders at work must not
    /// write to the same file.
    pub path: *const c_char,
    /// A file or device that is open for writing, without O_APPEND; -1: path is used. It stays the
    /// caller's, who may close it once the recorder is made: the recorder has a duplicate
    /// (F_DUPFD_CLOEXEC) until the file is finished. The file is emptied when the recording starts
    /// and written from its beginning; its offset is neither used nor moved.
    pub fd: i32,
    /// Frames that wait for the disk at most, 1 to 64; 0 for the default, 8. Each keeps a buffer of
    /// the camera, or a copy, as long as it waits.
    pub capacity: u32,
    /// Frames per second that a Y4M file is to say, 1 to 1000; 0: the mean rate is measured, and
    /// put in when the file is finished (until then the file says 30). 0 for Matroska, where each
    /// frame has its own time.
    pub frame_rate: u32,
    /// 0.
    pub reserved: u32,
}

// SAFETY: repr(C), the size first; 4 + 4 + 8 + 4 * 4 bytes: no padding.
unsafe impl Sized32 for camera_recorder_options {
    const FIRST: usize = 32;
}

/// Counts of a recording. Begin with CAMERA_RECORDER_STATISTICS_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_recorder_statistics {
    /// sizeof(camera_recorder_statistics).
    pub size: u32,
    /// Always 0.
    pub reserved: u32,
    /// Frames in the file.
    pub frames: u64,
    /// Bytes in the file.
    pub bytes: u64,
    /// Frames that arrived while recording and were given up, because the disk was slower than
    /// the camera for longer than the surface is deep.
    pub dropped: u64,
    /// Frames that are not in the file because they were of no use: damaged, or H.264 pictures
    /// that need others which are not in the file.
    pub skipped: u64,
    /// What the file lasts, in nanoseconds: from the first frame to the end of the last, without
    /// pauses.
    pub duration_ns: u64,
}

// SAFETY: repr(C), the size first; two u32 and five u64: no padding.
unsafe impl Sized32 for camera_recorder_statistics {
    const FIRST: usize = 48;
}

/// Something that happened to a recorder. Filled by the library; valid until the function that
/// receives it returns.
#[repr(C)]
pub struct camera_recorder_event {
    /// How much of the structure this library filled, in bytes. A newer library may fill more, an
    /// older one less: look before using a field that was added later.
    pub size: u32,
    /// One of camera_recorder_event_type; have a default case.
    pub r#type: i32,
    /// ERROR: why, one of camera_code. STOPPED: CAMERA_OK.
    pub code: i32,
    /// Always 0.
    pub reserved: u32,
    /// ERROR: one sentence with the cause. STOPPED: empty. Never NULL.
    pub detail: *const c_char,
    /// STOPPED: the final counts. ERROR: NULL.
    pub statistics: *const camera_recorder_statistics,
}

impl camera_recorder_event {
    /// The event for C, for as long as `then` runs.
    pub(super) fn with(event: &RecorderEvent, then: impl FnOnce(&camera_recorder_event)) {
        let empty = camera_recorder_event {
            size: size_of::<camera_recorder_event>() as u32,
            r#type: camera_recorder_event_type::Stopped as i32,
            code: 0,
            reserved: 0,
            detail: c"".as_ptr(),
            statistics: std::ptr::null(),
        };
        match event {
            RecorderEvent::Error(error) => {
                let detail = guard::c_text(error.detail());
                let (r#type, code) = (camera_recorder_event_type::Error as i32, error.code().number());
                then(&camera_recorder_event { r#type, code, detail: detail.as_ptr(), ..empty });
            }
            RecorderEvent::Stopped(statistics) => {
                let statistics = counts(statistics);
                then(&camera_recorder_event { statistics: &raw const statistics, ..empty });
            }
        }
    }
}

fn counts(of: &Statistics) -> camera_recorder_statistics {
    camera_recorder_statistics {
        size: size_of::<camera_recorder_statistics>() as u32,
        reserved: 0,
        frames: of.frames,
        bytes: of.bytes,
        dropped: of.dropped,
        skipped: of.skipped,
        duration_ns: of.duration_ns,
    }
}

const CONTAINERS: &[(i32, Container)] =
    &[(camera_container::Matroska as i32, Container::Matroska), (camera_container::Y4m as i32, Container::Y4m)];

/// The highest rate that a file may be told.
const MOST_RATE: u32 = 1000;

/// The live recorder behind a handle; 7400201 for a released one.
fn object(recorder: *const camera_recorder) -> Result<Arc<RecorderObject>> {
    match registry().recorders.get(key_of(recorder)) {
        // Its handle follows when nothing waits in its queue.
        Lookup::Live(object) if object.recorder.state() == State::Released => Err(Recorder::released()),
        Lookup::Live(object) => Ok(object),
        Lookup::Released(_) => Err(Recorder::released()),
        Lookup::Unknown => Err(unknown(recorder, "recorder")),
    }
}

/// # Safety
///
/// `options` is NULL or points to as many readable bytes as its first field says, with a path that
/// is NULL or a string.
unsafe fn read_options(options: *const camera_recorder_options) -> Result<Options> {
    // SAFETY: the caller's promise, passed on.
    let options = unsafe { args::read(options, "options") }?;
    let container = args::one_of(options.container, "options->container", CONTAINERS)?;
    if options.reserved != 0 {
        return Err(Error::invalid("options->reserved is not 0: begin with CAMERA_RECORDER_OPTIONS_INIT"));
    }
    let destination = match (options.path.is_null(), options.fd) {
        (true, ..0) => {
            return Err(Error::invalid("options has neither a path nor an fd: there is nowhere to record to"));
        }
        (false, 0..) => {
            return Err(Error::invalid(format!(
                "options has a path and an fd, {}: begin with CAMERA_RECORDER_OPTIONS_INIT, where fd is -1, and set one",
                options.fd
            )));
        }
        (true, fd) => Destination::Descriptor(duplicate(fd)?),
        (false, _) => {
            // SAFETY: the caller's promise: a string.
            let path = unsafe { args::bytes(options.path, 4095, "options->path") }?;
            Destination::Path(OsStr::from_bytes(path).into())
        }
    };
    let mut chosen = Options::new(destination, container);
    if options.capacity != 0 {
        let limit = crate::surface::Options::LIMIT as u32;
        chosen.capacity = args::within(options.capacity, 1, limit, "options->capacity")? as usize;
    }
    if options.frame_rate != 0 {
        if container == Container::Matroska {
            return Err(Error::invalid(format!(
                "options->frame_rate is {}: in a Matroska file each frame has its own time; leave it 0",
                options.frame_rate
            )));
        }
        let rate = args::within(options.frame_rate, 1, MOST_RATE, "options->frame_rate")?;
        chosen.rate = Some(FrameRate::per_second(rate));
    }
    Ok(chosen)
}

/// A descriptor of the library's own for the caller's open file.
fn duplicate(fd: c_int) -> Result<OwnedFd> {
    // Above the standard streams, which a careless program closes by number.
    // SAFETY: takes and gives numbers; one that is no descriptor is answered with EBADF.
    let own = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) };
    if own >= 0 {
        // SAFETY: it was just made, and nobody else has it.
        return Ok(unsafe { OwnedFd::from_raw_fd(own) });
    }
    let error = std::io::Error::last_os_error();
    Err(if error.raw_os_error() == Some(libc::EBADF) {
        Error::invalid(format!("options->fd is {fd}, which is not open: {error}"))
    } else {
        Error::fatal(format!("the file descriptor {fd} cannot be duplicated: {error}; close some files"))
    })
}

/// Makes a recorder, in state IDLE. Nothing is written before it starts.
///
/// @param manager   The manager.
/// @param options   Where to and how. Read during the call only. Must not be NULL.
/// @param recorder  Receives the handle. Owned by the caller: give it back with
///                  camera_recorder_release(). Must not be NULL.
///
/// @retval CAMERA_OK                        Made. Whether the file can be made is found out by
///                                          camera_recorder_start().
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL; manager is no live manager; options
///                                          has a wrong size, neither or both of path and fd, a path
///                                          that is empty or too long, an fd that is not open, not
///                                          open for writing, open with O_APPEND or no file (a pipe,
///                                          a socket), or another option out of its range.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The fd cannot be duplicated: the process has too many.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_recorder_get_surface(), camera_recorder_start()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create_recorder(
    manager: *mut camera_manager,
    options: *const camera_recorder_options,
    recorder: *mut *mut camera_recorder,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(recorder, "recorder") }?;
        let manager = live_manager(manager)?;
        // SAFETY: as above.
        let options = unsafe { read_options(options) }?;
        let made = Recorder::new(manager.runtime(), options)?;
        let surface = SurfaceObject { surface: made.surface().clone(), manager: manager.clone(), of_recorder: true };
        let surface: *mut camera_surface = insert(&registry().surfaces, &manager, Arc::new(surface))?;
        let surface = key_of(surface);
        let object = RecorderObject { recorder: made, surface, manager: manager.clone() };
        match insert(&registry().recorders, &manager, Arc::new(object)) {
            Ok(handle) => out.set(handle),
            Err(error) => {
                drop(registry().surfaces.remove(surface));
                return Err(error);
            }
        }
        Ok(())
    })
}

/// The surface whose frames are recorded, to be given to a preview or video output. That is told
/// at once when the file cannot hold the output's format. Give it to one output only: a file holds
/// frames of one format and size, in the order in which they come.
///
/// Its counts can be read with camera_surface_get_statistics(). Its frames are the recorder's:
/// camera_surface_set_callback(), camera_surface_acquire(), camera_surface_get_fd() and
/// camera_surface_release() answer CAMERA_ERROR_OPERATION_NOT_ALLOWED and change nothing.
///
/// @param recorder  The recorder.
/// @param surface   Receives the handle, the same each time. Owned by the recorder, with which it is
///                  released. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    surface is NULL, or recorder is NULL or never was a
///                                          recorder.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder is released.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_manager_create_video_output()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_get_surface(
    recorder: *mut camera_recorder,
    surface: *mut *mut camera_surface,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(surface, "surface") }?;
        out.set(handle_of(object(recorder)?.surface));
        Ok(())
    })
}

/// The state of a recorder at this moment. Operations that are under way or queued may change it
/// at once.
///
/// @param recorder  The recorder, released or not.
/// @param state     Receives one of camera_recorder_state. Must not be NULL.
///
/// @retval CAMERA_OK                      Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, or recorder never was a recorder.
///
/// @par Threading
///   Thread-safe; never blocks, and does not wait for operations or for the disk.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_get_state(recorder: *mut camera_recorder, state: *mut i32) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(state, "state") }?;
        out.set(match registry().recorders.get(key_of(recorder)) {
            Lookup::Live(object) => object.recorder.state() as i32,
            Lookup::Released(_) => State::Released as i32,
            Lookup::Unknown => return Err(unknown(recorder, "recorder")),
        });
        Ok(())
    })
}

/// What was recorded so far, or in all. After a release the STOPPED event has the final counts.
///
/// @param recorder    The recorder.
/// @param statistics  Filled. Its size field says how much of it the program knows. Must not be
///                    NULL.
///
/// @retval CAMERA_OK                        Filled.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder; statistics is
///                                          NULL or its size is wrong.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder is released.
///
/// @par Threading
///   Thread-safe; never blocks, and does not wait for operations or for the disk.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_get_statistics(
    recorder: *mut camera_recorder,
    statistics: *mut camera_recorder_statistics,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(statistics, "statistics") }?;
        out.set(counts(&object(recorder)?.recorder.statistics()));
        Ok(())
    })
}

/// Registers a function for what happens to the recording: that it failed, and that the file is
/// finished.
///
/// @param recorder   The recorder.
/// @param callback   Told about each event, in order. Must not be NULL.
/// @param user_data  Passed to callback. Never read or freed by the library.
/// @param destroy    Called with user_data when the listener is gone, removed or with its recorder:
///                   then behind the last event, where completions run. May be NULL. Not called
///                   when this function fails.
/// @param listener   Receives a number for camera_recorder_remove_listener(). Must not be NULL.
///
/// @retval CAMERA_OK                        Registered.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    callback or listener is NULL, or recorder is NULL or
///                                          never was a recorder.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder is released.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_recorder_remove_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_add_listener(
    recorder: *mut camera_recorder,
    callback: camera_recorder_event_fn,
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
        let handle = recorder as usize;
        let object = object(recorder)?;
        let stored = Stored::new(callback, user_data, destroy)?;
        let tell = move |event: &RecorderEvent| stored.tell_recorder(handle as *mut camera_recorder, event);
        out.set(object.recorder.events().add(tell));
        Ok(())
    })
}

/// Removes a listener. When this returns the listener is not running and never will be again;
/// called from inside it, that call is its last.
///
/// @param recorder  The recorder.
/// @param listener  The number from camera_recorder_add_listener().
///
/// @retval CAMERA_OK                        Removed; its destroy function has run, or runs as the
///                                          listener returns when called from inside it.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or it has no
///                                          such listener.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder is released; its listeners end by
///                                          themselves.
///
/// @par Threading
///   Thread-safe. Waits for a call of the listener that is running on another thread.
///
/// @since 0.1
/// @see camera_recorder_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_recorder_remove_listener(recorder: *mut camera_recorder, listener: u64) -> i32 {
    guard::call(|| {
        if object(recorder)?.recorder.events().remove(listener) {
            Ok(())
        } else {
            Err(Error::invalid(format!("the recorder has no listener {listener}")))
        }
    })
}
