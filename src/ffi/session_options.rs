//! camera_session: how it behaves when something goes wrong.

use super::args::{self, Sized32};
use super::guard;
use super::session::{SessionRef, camera_session, session_ref};
use crate::error::{Error, Result};
use crate::session::watchdog::Patience;
use std::time::Duration;

/// How a session behaves when something goes wrong. Begin with CAMERA_SESSION_OPTIONS_INIT.
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
}

// SAFETY: repr(C), the size first, two 32-bit integers.
unsafe impl Sized32 for camera_session_options {
    const FIRST: usize = 8;
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
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_session_commit_config(), camera_session_add_error_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_set_options(
    session: *mut camera_session,
    options: *const camera_session_options,
) -> i32 {
    guard::call(|| {
        let session = session_ref(session)?;
        let mut patience_wanted = Patience::Usual;
        if !options.is_null() {
            // SAFETY: the caller's promise: not NULL, of the size that it says.
            patience_wanted = patience(unsafe { args::read(options, "options") }?.silence_ms)?;
        }
        match session {
            SessionRef::Live(session) => session.set_patience(patience_wanted),
            SessionRef::Released(_) => Err(Error::fatal("the session is released: create a new one")),
        }
    })
}
