//! What belongs to no object: version, codes, details.

use super::args::{self, Out};
use super::guard;
use crate::error::{Code, Error};
use crate::format::PixelFormat;
use std::ffi::{CStr, c_char};

/// Result codes. The numbers and texts are those of Camera Kit.
/// cbindgen:prefix-with-name=false
/// cbindgen:rename-all=None
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_code {
    /// Success.
    CAMERA_OK = 0,
    /// An argument is null, ill-typed or out of range; an unknown or wrong-kind handle.
    CAMERA_ERROR_INVALID_ARGUMENT = 7400101,
    /// Configuring outside begin and commit; no permission; not supported here; used by another
    /// session of this process.
    CAMERA_ERROR_OPERATION_NOT_ALLOWED = 7400102,
    /// Start, or a control, before commit.
    CAMERA_ERROR_SESSION_NOT_CONFIG = 7400103,
    /// Capture before commit.
    CAMERA_ERROR_SESSION_NOT_RUNNING = 7400104,
    /// Begin while already configuring.
    CAMERA_ERROR_SESSION_CONFIG_LOCKED = 7400105,
    /// Reserved.
    CAMERA_ERROR_DEVICE_SETTING_LOCKED = 7400106,
    /// The device is in use by another process.
    CAMERA_ERROR_CONFLICT_CAMERA = 7400107,
    /// The device is gone, or a session that is to start or to commit has an input that is closed. What is asked
    /// of a closed input itself is answered with SERVICE_FATAL_ERROR.
    CAMERA_ERROR_DEVICE_DISABLED = 7400108,
    /// The device was taken away.
    CAMERA_ERROR_DEVICE_PREEMPTED = 7400109,
    /// A frame rate that conflicts with another stream.
    CAMERA_ERROR_UNRESOLVED_CONFLICTS_WITH_CURRENT_CONFIGURATIONS = 7400110,
    /// Everything else: commit checks, start twice, stop when not running, second release,
    /// driver failure, a defect caught at the boundary.
    CAMERA_ERROR_SERVICE_FATAL_ERROR = 7400201,
}

/// Pixel formats of Camera Kit. Every other number is a V4L2 FourCC, the device's own layout;
/// the two ranges do not meet. CAMERA_FOURCC() makes one.
/// cbindgen:prefix-with-name=false
/// cbindgen:rename-all=None
#[derive(Clone, Copy)]
#[repr(u32)]
pub enum camera_format {
    /// 8-bit R, G, B, A in this order in memory.
    CAMERA_FORMAT_RGBA_8888 = 3,
    /// NV21: a plane of Y, then one of interleaved V and U at half width and height.
    CAMERA_FORMAT_YUV_420_SP = 1003,
    /// A JPEG picture.
    CAMERA_FORMAT_JPEG = 2000,
}

/// Version of the loaded library: major * 1000000 + minor * 1000 + patch.
///
/// Compare with CAMERA_SESSION_VERSION, the version of the header.
///
/// @return The version.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_version_string()
#[unsafe(no_mangle)]
pub extern "C" fn camera_version() -> u32 {
    const fn number(text: &str) -> u32 {
        let (mut value, mut index) = (0, 0);
        while index < text.len() {
            value = value * 10 + (text.as_bytes()[index] - b'0') as u32;
            index += 1;
        }
        value
    }
    number(env!("CARGO_PKG_VERSION_MAJOR")) * 1_000_000
        + number(env!("CARGO_PKG_VERSION_MINOR")) * 1_000
        + number(env!("CARGO_PKG_VERSION_PATCH"))
}

/// Version of the loaded library as text, for example "0.1.0".
///
/// @return A constant string, valid for ever. Never NULL.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_version()
#[unsafe(no_mangle)]
pub extern "C" fn camera_version_string() -> *const c_char {
    const TEXT: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    TEXT.as_ptr().cast()
}

/// The name of a result code, for example "INVALID_ARGUMENT".
///
/// @param code  Any number.
///
/// @return A constant string, valid for ever: "OK" for 0, "UNKNOWN" for a number that is no
///         code. Never NULL.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_error_text(), camera_error_detail()
#[unsafe(no_mangle)]
pub extern "C" fn camera_error_name(code: i32) -> *const c_char {
    guard::value(c"UNKNOWN".as_ptr(), || texts(code).0.as_ptr())
}

/// The message text of a result code, as Camera Kit words it, for example
/// "Parameter missing or parameter type incorrect.".
///
/// @param code  Any number.
///
/// @return A constant string, valid for ever: "Success." for 0, "Unknown code." for a number
///         that is no code. Never NULL.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_error_name(), camera_error_detail()
#[unsafe(no_mangle)]
pub extern "C" fn camera_error_text(code: i32) -> *const c_char {
    guard::value(c"Unknown code.".as_ptr(), || texts(code).1.as_ptr())
}

/// What went wrong in the last call that failed on this thread: one sentence that says which
/// check failed, on which object, with the values and the errno, and what to do.
///
/// Asynchronous operations hand their detail to the completion function instead. A call that
/// succeeds leaves the text as it was.
///
/// @return A string of the calling thread, valid until another call fails on it; empty when
///         none has failed. Never NULL.
///
/// @par Threading
///   Thread-safe; each thread has its own.
///
/// @since 0.1
/// @see camera_error_text()
#[unsafe(no_mangle)]
pub extern "C" fn camera_error_detail() -> *const c_char {
    guard::value(c"".as_ptr(), guard::last_detail)
}

/// The name of a pixel format, for people: "YUYV", "NV12", "JPEG", "RGBA_8888"; "-BE" follows
/// a FourCC of V4L2's big-endian kind.
///
/// @param format    A number of camera_format or a V4L2 FourCC.
/// @param text      Where the name goes, always ended by NUL. Owned by the caller. Must not be
///                  NULL.
/// @param text_size Bytes at text, 16 or more.
///
/// @retval CAMERA_OK                      Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  text is NULL, or text_size is below 16.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see CAMERA_FOURCC()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_format_name(format: u32, text: *mut c_char, text_size: usize) -> i32 {
    guard::call(|| {
        if text_size < FORMAT_NAME_SIZE {
            return Err(Error::invalid(format!("text_size is {text_size}, below {FORMAT_NAME_SIZE}")));
        }
        // SAFETY: the caller promises `text_size` writable bytes, which are at least these.
        let out = unsafe { Out::new(text.cast::<[c_char; FORMAT_NAME_SIZE]>(), "text") }?;
        out.set(args::fixed(&PixelFormat::from_number(format).to_string()));
        Ok(())
    })
}

const FORMAT_NAME_SIZE: usize = 16;

fn texts(code: i32) -> (&'static CStr, &'static CStr) {
    match (code, Code::from_number(code)) {
        (0, _) => (c"OK", c"Success."),
        (_, Some(code)) => (code.c_name(), code.c_text()),
        (_, None) => (c"UNKNOWN", c"Unknown code."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// cbindgen sees no macros, so the header's numbers are written again above; here they meet.
    #[test]
    fn the_headers_codes_are_the_tables() {
        use camera_code::*;
        let header = [
            CAMERA_ERROR_INVALID_ARGUMENT,
            CAMERA_ERROR_OPERATION_NOT_ALLOWED,
            CAMERA_ERROR_SESSION_NOT_CONFIG,
            CAMERA_ERROR_SESSION_NOT_RUNNING,
            CAMERA_ERROR_SESSION_CONFIG_LOCKED,
            CAMERA_ERROR_DEVICE_SETTING_LOCKED,
            CAMERA_ERROR_CONFLICT_CAMERA,
            CAMERA_ERROR_DEVICE_DISABLED,
            CAMERA_ERROR_DEVICE_PREEMPTED,
            CAMERA_ERROR_UNRESOLVED_CONFLICTS_WITH_CURRENT_CONFIGURATIONS,
            CAMERA_ERROR_SERVICE_FATAL_ERROR,
        ];
        let numbers: Vec<i32> = Code::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(header.map(|code| code as i32).to_vec(), numbers);
        assert_eq!(CAMERA_OK as i32, 0);
    }
}
