//! camera_session: what it tells about itself.

use super::args::Out;
use super::callback::{Stored, camera_destroy_fn, camera_session_event_fn};
use super::guard::{self, c_text};
use super::session::{camera_session, live_for_listeners};
use crate::error::Error;
use crate::session::events::SessionEvent;
use crate::session::settle::Picture;
use std::ffi::{CString, c_char, c_void};

/// What a session tells.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_session_event_type {
    /// Its streams ended by themselves, or its camera is back and cannot be used yet
    /// (camera_session_options.reattach): code and detail say how. What camera_session_add_error_listener()
    /// tells.
    Error = 0,
    /// Its camera was gone and is back, and the session has opened it again: away_ms and running say how.
    /// Only with camera_session_options.reattach. Previews and videos that run again tell FRAME_START with their
    /// first frame, which has CAMERA_FRAME_RESUMED.
    Reattached = 1,
    /// A smooth zoom began, which takes so many milliseconds: value.
    SmoothZoomInfo = 2,
    /// How focusing goes: value is one of camera_focus_state.
    FocusState = 3,
    /// Exposure and white balance have settled after a start of the camera: value is the `sequence` of the first
    /// frame that looks as those after it. Told once for each start of the camera: by a session or an output, after a
    /// camera came back, after a silent one was started once more. When they have not settled
    /// within camera_session_options.settle_ms it is told all the same, with the number of the frame that came
    /// then; CAMERA_EXPOSURE_STATE_CONVERGED is not. Also told so: black pictures, and formats that the library
    /// cannot look into (H.264 and the like). The library looks at some hundred pixels of the frames, and only
    /// while the session has a listener; it finds a picture settled after 0.4 seconds and five frames without a
    /// change, brighter or darker by at most 4 %, so that things which move a lot in front of the camera can keep it
    /// from that. Frames must flow for it: a session that has nothing but a photo output streams only for its
    /// captures, and is told nothing. Add a preview.
    Settled = 4,
    /// How exposure and white balance are: value is one of camera_exposure_state. Found out as for SETTLED:
    /// after a start of the camera, and after the session's functions for exposure, its bias, metering, sensitivity or
    /// white balance changed something (with some cameras also those for focus, whose lock is in the same control,
    /// V4L2_CID_3A_LOCK), but not after raw controls. SCAN may come again before CONVERGED does.
    ExposureState = 5,
    /// The flash of the camera is lit, charging or ready: value is one of camera_flash_state. Told of its changes
    /// from commit on, as far as the driver tells of them (V4L2_CID_FLASH_LED_MODE, _STROBE_STATUS, _READY).
    FlashState = 6,
}

/// How exposure and white balance are.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_exposure_state {
    /// They are being measured.
    Scan = 0,
    /// They have settled.
    Converged = 1,
}

/// An event of a session.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_session_event {
    /// Bytes of the structure as this version of the library knows it.
    pub size: u32,
    /// One of camera_session_event_type. There may be more of them in later versions.
    pub r#type: i32,
    /// ERROR: the code of the failure, as camera_error_fn has it. Otherwise CAMERA_OK.
    pub code: i32,
    /// REATTACHED: previews, videos and metadata outputs that run again. Otherwise 0.
    pub running: u32,
    /// ERROR: one sentence with the cause; otherwise empty. Never NULL. Valid until the function returns.
    pub detail: *const c_char,
    /// REATTACHED: milliseconds from when the session found the camera gone. Otherwise 0.
    pub away_ms: u64,
    /// What the type says; otherwise 0.
    pub value: i64,
}

const _: () = assert!(size_of::<camera_session_event>() == 40);

/// Registers a function for what a session tells: its streams failed, its camera is back.
///
/// Events of one session come in the order in which they happened.
///
/// @param session    The session.
/// @param callback   Receives the events. Must not be NULL.
/// @param user_data  Passed to callback. Never read or freed by the library.
/// @param destroy    Called with user_data when the listener is gone, removed or with its
///                   session. May be NULL. Not called when this function fails.
/// @param listener   Receives a number for camera_session_remove_listener(). Must not be NULL.
///
/// @retval CAMERA_OK                        Registered.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session, callback or listener is NULL, or session
///                                          never was a session.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released.
///
/// @par State
///   Any but RELEASED. Events from before are not told.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_session_remove_listener(), camera_session_set_options()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_add_listener(
    session: *mut camera_session,
    callback: camera_session_event_fn,
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
        let handle = session as usize;
        let session = live_for_listeners(session)?;
        let stored = Stored::new(callback, user_data, destroy)?;
        out.set(session.events().add(move |event: &SessionEvent| {
            let (told, _detail) = in_c(event);
            stored.tell_session(handle as *mut camera_session, &told);
        }));
        session.is_listened_to();
        Ok(())
    })
}

/// The event as the application gets it, and what its detail points to.
fn in_c(event: &SessionEvent) -> (camera_session_event, CString) {
    let detail = c_text(if let SessionEvent::Failed(error) = event { error.detail() } else { "" });
    let mut told = camera_session_event {
        size: size_of::<camera_session_event>() as u32,
        r#type: camera_session_event_type::Error as i32,
        code: 0,
        running: 0,
        // Where the text is does not change when its owner moves.
        detail: detail.as_ptr(),
        away_ms: 0,
        value: 0,
    };
    match event {
        SessionEvent::Failed(error) => told.code = error.code().number(),
        SessionEvent::Reattached { away, running } => {
            told.r#type = camera_session_event_type::Reattached as i32;
            told.away_ms = u64::try_from(away.as_millis()).unwrap_or(u64::MAX);
            told.running = u32::try_from(*running).unwrap_or(u32::MAX);
        }
        SessionEvent::Focus(state) => {
            told.r#type = camera_session_event_type::FocusState as i32;
            told.value = i64::from(*state as i32);
        }
        SessionEvent::SmoothZoom { duration } => {
            told.r#type = camera_session_event_type::SmoothZoomInfo as i32;
            told.value = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        }
        SessionEvent::Flash(state) => {
            told.r#type = camera_session_event_type::FlashState as i32;
            told.value = i64::from(*state as i32);
        }
        SessionEvent::Picture(picture) => (told.r#type, told.value) = of_picture(*picture),
    }
    (told, detail)
}

/// Type and value.
fn of_picture(picture: Picture) -> (i32, i64) {
    let state = camera_session_event_type::ExposureState as i32;
    match picture {
        Picture::Scans => (state, camera_exposure_state::Scan as i64),
        Picture::Converged => (state, camera_exposure_state::Converged as i64),
        Picture::Settled { sequence } => {
            (camera_session_event_type::Settled as i32, i64::try_from(sequence).unwrap_or(i64::MAX))
        }
    }
}

/// Removes a listener. When this returns the listener is not running and never will be again;
/// called from inside it, that call is its last.
///
/// @param session   The session.
/// @param listener  The number from camera_session_add_listener() or
///                  camera_session_add_error_listener().
///
/// @retval CAMERA_OK                        Removed; its destroy function has run, or runs as the
///                                          listener returns when called from inside it.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session, or it has no
///                                          such listener.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released: its listeners end by themselves,
///                                          which their destroy functions tell.
///
/// @par Threading
///   Thread-safe. Waits for a call of the listener that is running on another thread.
///
/// @since 0.1
/// @see camera_session_add_listener(), camera_session_add_error_listener()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_remove_listener(session: *mut camera_session, listener: u64) -> i32 {
    guard::call(|| {
        if live_for_listeners(session)?.events().remove(listener) {
            Ok(())
        } else {
            Err(Error::invalid(format!("the session has no listener {listener}")))
        }
    })
}
