//! camera_session: how it behaves when something goes wrong, and what it tells of.

use super::args::{self, Sized32};
use super::guard;
use super::session::{SessionRef, camera_session, session_ref};
use crate::error::{Error, Result};
use crate::session::options::{Options, Settle};
use crate::session::watchdog::Patience;
use std::time::Duration;

/// How a session behaves when something goes wrong, and how long it looks whether the picture has settled. Begin with CAMERA_SESSION_OPTIONS_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_session_options {
    /// sizeof(camera_session_options).
    pub size: u32,
    /// Milliseconds without a frame after which a stream that should run counts as silent: it is
    /// started once more, and has failed if no frame comes for as long again. 20 to 3600000; 0 for the
    /// default, 5000 or ten frame periods, whichever is longer; -1 for never: a camera that is
    /// triggered. Silence is noticed at most a quarter of this time late.
    pub silence_ms: i32,
    /// 1: when the camera is gone and comes back, known by its id, the session opens it again with the
    /// plan of the last commit, and previews and videos that ran run again. 0, the default: it does not.
    ///
    /// The loss is told all the same, and each run of an output ends with its events. While the camera
    /// is away an output's start, capture and, after a stop, start answer CAMERA_ERROR_DEVICE_DISABLED;
    /// stop is what it always is, captures that waited have failed, and a commit fails until the camera is
    /// back, then opens it again with the same input. If none of this happens meanwhile, then, with
    /// CAMERA_SESSION_EVENT_TYPE_REATTACHED, everything goes on: the input and the outputs are the same,
    /// photos can be taken, frame numbers continue behind as many as would have come meanwhile (at least
    /// one; in no count of an output, whose run had ended), and the first frame has CAMERA_FRAME_RESUMED. A camera that is back but cannot be had
    /// (busy, no permission) is tried again, at last every two seconds, and the error listeners are told
    /// once, after the fifth try (about 0.8 seconds). The first frames may come before REATTACHED is told,
    /// which has another way. What the session's functions had set (exposure, zoom, light) is set again; raw
    /// controls are not. A recorder goes on in the same file, with a gap in its times. To stop waiting, begin a configuration, close the input or release the session.
    pub reattach: i32,
    /// Milliseconds after a start of the camera within which exposure and white balance are to have settled:
    /// CAMERA_SESSION_EVENT_TYPE_SETTLED is told with the first frame that comes later, if it was not told
    /// before. 20 to 3600000; 0 for the default, 3000; -1: the picture is not looked at, and neither SETTLED
    /// nor EXPOSURE_STATE is told.
    pub settle_ms: i32,
}

// SAFETY: repr(C), the size first, four 32-bit integers.
unsafe impl Sized32 for camera_session_options {
    const FIRST: usize = 16;
}

fn patience(silence_ms: i32) -> Result<Patience> {
    match silence_ms {
        -1 => Ok(Patience::Endless),
        0 => Ok(Patience::Usual),
        20..=3_600_000 => Ok(Patience::Of(Duration::from_millis(u64::from(silence_ms.unsigned_abs())))),
        _ => Err(Error::invalid(format!(
            "options->silence_ms is {silence_ms}, not within 20 to 3600000, 0 (the default) or -1 (never)"
        ))),
    }
}

fn settle(settle_ms: i32) -> Result<Settle> {
    match settle_ms {
        -1 => Ok(Settle::Never),
        0 => Ok(Settle::Usual),
        20..=3_600_000 => Ok(Settle::Within(Duration::from_millis(u64::from(settle_ms.unsigned_abs())))),
        _ => Err(Error::invalid(format!(
            "options->settle_ms is {settle_ms}, not within 20 to 3600000, 0 (the default) or -1 (never)"
        ))),
    }
}

fn switch(reattach: i32) -> Result<bool> {
    match reattach {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::invalid(format!("options->reattach is {reattach}, neither 0 nor 1"))),
    }
}

/// Changes how a session behaves when something goes wrong.
///
/// @param session  The session.
/// @param options  How; NULL for the defaults. Read during the call only.
///
/// @retval CAMERA_OK                        Changed, from the next commit on.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session; options has a wrong
///                                          size, or one of them is out of its range.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released.
///
/// @par State
///   Any but RELEASED.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before.
///
/// @since 0.1
/// @see camera_session_commit_config(), camera_session_add_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_options(
    session: *mut camera_session,
    options: *const camera_session_options,
) -> i32 {
    guard::call(|| {
        let session = session_ref(session)?;
        let mut wanted = Options::default();
        if !options.is_null() {
            // SAFETY: the caller's promise: not NULL, of the size that it says.
            let options = unsafe { args::read(options, "options") }?;
            wanted = Options {
                patience: patience(options.silence_ms)?,
                reattach: switch(options.reattach)?,
                settle: settle(options.settle_ms)?,
            };
        }
        match session {
            SessionRef::Live(session) => session.queue().in_turn(|| session.set_options(wanted)),
            SessionRef::Released(_) => Err(Error::fatal("the session is released: create a new one")),
        }
    })
}
