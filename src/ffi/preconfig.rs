//! camera_session: preconfiguration, which gives outputs their profiles.

use super::args::{self, Out};
use super::guard;
use super::session::{SessionRef, camera_session, session_ref};
use crate::error::{Error, Result};
use crate::format::Size;
use crate::session::Session;
use crate::session::preconfig::{Preconfig, Quality};
use crate::sync::Arc;

/// How good the pictures of a preconfigured session are.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_preconfig_type {
    /// Previews and videos of 720 rows.
    P720 = 0,
    /// Of 1080 rows.
    P1080 = 1,
    /// Of 2160 rows.
    P4k = 2,
    /// As large as there are.
    HighQuality = 3,
    /// Photos in BT.2020, which no camera of V4L2 gives: not supported.
    HighQualityBt2020 = 4,
}

/// The shape of the pictures of a preconfigured session.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_preconfig_ratio {
    /// Square. Nothing is cut out for it: the camera must have such a mode.
    R1x1 = 0,
    /// 4:3.
    R4x3 = 1,
    /// 16:9.
    R16x9 = 2,
}

const TYPES: &[(i32, Quality)] = &[
    (camera_preconfig_type::P720 as i32, Quality::Rows(720)),
    (camera_preconfig_type::P1080 as i32, Quality::Rows(1080)),
    (camera_preconfig_type::P4k as i32, Quality::Rows(2160)),
    (camera_preconfig_type::HighQuality as i32, Quality::Highest),
    (camera_preconfig_type::HighQualityBt2020 as i32, Quality::Unsupported),
];

const RATIOS: &[(i32, Size)] = &[
    (camera_preconfig_ratio::R1x1 as i32, Size::new(1, 1)),
    (camera_preconfig_ratio::R4x3 as i32, Size::new(4, 3)),
    (camera_preconfig_ratio::R16x9 as i32, Size::new(16, 9)),
];

fn preconfig(quality: i32, ratio: i32) -> Result<Preconfig> {
    Ok(Preconfig {
        quality: args::one_of(quality, "preconfig_type", TYPES)?,
        ratio: args::one_of(ratio, "ratio", RATIOS)?,
    })
}

fn in_turn<R>(session: *mut camera_session, run: impl FnOnce(&Arc<Session>) -> Result<R>) -> Result<R> {
    match session_ref(session)? {
        SessionRef::Live(session) => session.queue().in_turn(|| run(&session)),
        SessionRef::Released(_) => Err(Error::fatal("the session is released: create a new one")),
    }
}

/// Could the session be preconfigured so? The camera of its input answers; while there is none, true
/// means that some camera of the manager can.
///
/// @param session         The session.
/// @param preconfig_type  One of camera_preconfig_type.
/// @param ratio           One of camera_preconfig_ratio. Camera Kit's own choices are 4:3 for photos and
///                        16:9 for videos.
/// @param result          Receives the answer. Must not be NULL.
///
/// @retval CAMERA_OK                        Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT    result is NULL, session never was a session, or
///                                          preconfig_type or ratio is unknown.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released, or the cameras cannot be asked.
///
/// @par State
///   Any but RELEASED.
///
/// @par Threading
///   Thread-safe. Waits for the operations of this session that were called before, and for drivers to
///   answer.
///
/// @since 0.1
/// @see camera_session_preconfig()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_can_preconfig(
    session: *mut camera_session,
    preconfig_type: i32,
    ratio: i32,
    result: *mut bool,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(result, "result") }?;
        let preconfig = preconfig(preconfig_type, ratio)?;
        out.set(in_turn(session, |session| session.can_preconfig(&preconfig))?);
        Ok(())
    })
}

/// Chooses profiles for the outputs that were made without one (profile NULL) and are added from now on:
/// previews and videos of the size that the type and the ratio name, in CAMERA_FORMAT_YUV_420_SP where it can be made, videos with 30
/// frames per second or the fastest rate below, and the largest photos of that shape. Each is a profile
/// that the input's camera offers: it is looked for when the output is added. Outputs with a profile of
/// their own keep it. An output that is removed has no profile again.
///
/// @param session         The session.
/// @param preconfig_type  One of camera_preconfig_type.
/// @param ratio           One of camera_preconfig_ratio.
///
/// @retval CAMERA_OK                            Chosen.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or preconfig_type
///                                              or ratio is unknown.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The session is committed: call camera_session_begin_config()
///                                              first.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     camera_session_can_preconfig() says no; the session is
///                                              released, or the cameras cannot be asked.
///
/// @par State
///   INIT and CONFIG. It stays until another is chosen.
///
/// @par Threading
///   As camera_session_can_preconfig().
///
/// @since 0.1
/// @see camera_session_can_preconfig(), camera_output_get_active_profile()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_session_preconfig(
    session: *mut camera_session,
    preconfig_type: i32,
    ratio: i32,
) -> i32 {
    guard::call(|| {
        let preconfig = preconfig(preconfig_type, ratio)?;
        in_turn(session, |session| session.preconfig(preconfig))
    })
}
