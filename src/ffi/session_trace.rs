//! camera_session: the session recording, a file for bug reports.

use super::args::{self, OutStruct, Sized32};
use super::guard;
use super::session::{SessionRef, camera_session, session_ref};
use crate::error::{Error, Result};
use crate::session::Session;
use crate::session::trace::Status;
use crate::sync::Arc;
use std::ffi::{OsStr, c_char};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Counts of a session's trace. Begin with CAMERA_TRACE_STATISTICS_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_trace_statistics {
    /// sizeof(camera_trace_statistics).
    pub size: u32,
    /// 1 while it is written, else 0.
    pub running: u32,
    /// Why it ended by itself, one of camera_code; CAMERA_OK if it did not.
    pub code: i32,
    /// Files that it has.
    pub files: u32,
    /// Bytes in all of them.
    pub bytes: u64,
    /// Frames that are there with their pictures.
    pub frames: u64,
    /// Frames of which only number and time are there, because the disk was slower than the camera, or
    /// all buffers were in use.
    pub frames_left_out: u64,
    /// Events of which nothing is there but their count: the disk did not move for about half a minute.
    pub events_lost: u64,
}

// SAFETY: repr(C), the size first; four 32-bit integers and four u64: no padding.
unsafe impl Sized32 for camera_trace_statistics {
    const FIRST: usize = 48;
}

fn counts(status: &Status) -> camera_trace_statistics {
    let statistics = &status.statistics;
    camera_trace_statistics {
        size: size_of::<camera_trace_statistics>() as u32,
        running: u32::from(status.running),
        code: status.failure.as_ref().map_or(0, |error| error.code().number()),
        files: statistics.files,
        bytes: statistics.bytes,
        frames: statistics.frames,
        frames_left_out: statistics.left_out,
        events_lost: statistics.lost,
    }
}

fn live(session: *const camera_session) -> Result<Arc<Session>> {
    match session_ref(session)? {
        SessionRef::Live(session) => Ok(session),
        SessionRef::Released(_) => Err(Error::fatal("the session is released: create a new one")),
    }
}

/// Writes what the session's camera does to a file from now on, for a bug report: each frame as it
/// came, with its number and times, frames that are missing or damaged, starts, stops and failures of its stream
/// with their codes, what the camera is, and what was committed. As a source of cameras the file is
/// that camera again: see "replay:FILE" at camera_manager_options. It has the pictures themselves:
/// tell those who are in them.
///
/// The file is Matroska, which players show, and which can be used up to where it was cut off when the
/// process or the machine ends. Beside the pictures it has a line of text for each event, as
/// subtitles. The trace goes on when the session is stopped, reconfigured or loses its camera. A file
/// has one configuration of the camera: when the camera starts with another format, size or rate,
/// the trace goes on in a file beside the first, for trace.mkv that is trace-2.mkv, then trace-3.mkv,
/// up to 99; those that are there are replaced.
///
/// No output gets fewer frames because of a trace, and the camera is never held up: when the disk is
/// slower than the camera, pictures are left out, and counted. When the disk is full, or fails, the
/// trace ends by itself; camera_session_stop_trace() tells why.
///
/// @param session  The session.
/// @param path     The file; one that is there is replaced. Read during the call only. Must not be
///                 NULL.
///
/// @retval CAMERA_OK                          The file is there, and the trace is being written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session; path is NULL,
///                                            empty or too long, or names a folder, something in one
///                                            that does not exist, or no file.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED A trace of this session is being written; or the file
///                                            may not be written by this user.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The session is released; or the file cannot be made for
///                                            another reason, which the detail tells.
///
/// @par State
///   Any but RELEASED.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, for the file to
///   be made, and for the driver to tell what the camera is.
///
/// @since 0.1
/// @see camera_session_stop_trace(), camera_session_get_trace_statistics()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_start_trace(session: *mut camera_session, path: *const c_char) -> i32 {
    guard::call(|| {
        let session = live(session)?;
        // SAFETY: the caller's promise: a string.
        let path = Path::new(OsStr::from_bytes(unsafe { args::bytes(path, 4095, "path") }?));
        session.queue().in_turn(|| session.start_trace(path))
    })
}

/// Writes what has arrived, and closes the trace, which is on the disk then. A session that is released
/// does this by itself. Without a commit there is nothing to write, and the file stays empty.
///
/// @param session  The session.
///
/// @retval CAMERA_OK                          The file is complete.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No trace of this session is being written.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The session is released; or the trace ended by itself,
///                                            before or just now, and the detail tells why: the file
///                                            has what could be written. That is told once.
///
/// @par State
///   Any but RELEASED.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and for the disk.
///
/// @since 0.1
/// @see camera_session_start_trace()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_stop_trace(session: *mut camera_session) -> i32 {
    guard::call(|| {
        let session = live(session)?;
        session.queue().in_turn(|| session.stop_trace())
    })
}

/// What the trace has so far, or what the last one had in all.
///
/// @param session     The session.
/// @param statistics  Filled. Its size field says how much of it the program knows. Must not be NULL.
///
/// @retval CAMERA_OK                        Filled; with zeros if no trace was started.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session; statistics is NULL
///                                          or its size is wrong.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released.
///
/// @par State
///   Any but RELEASED.
///
/// @par Threading
///   Thread-safe; never blocks, and does not wait for operations or for the disk.
///
/// @since 0.1
/// @see camera_session_start_trace()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_get_trace_statistics(
    session: *mut camera_session,
    statistics: *mut camera_trace_statistics,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(statistics, "statistics") }?;
        out.set(counts(&live(session)?.trace_status()));
        Ok(())
    })
}
