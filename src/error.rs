//! The result codes of Camera Kit, written once, and the error that travels with them.
//!
//! A code says which family of failure it is, and its number and text are the same on every
//! face of the library. The *detail* says which check failed, on which object, with which
//! values and errno, and what to do.

use std::borrow::Cow;
use std::ffi::CStr;

/// The result of an operation inside the library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

const fn c_string(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("a code's text holds a NUL"),
    }
}

/// Numbers, names and texts of the codes. Every other table is derived from this one.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, $name:literal, $text:literal;)*) => {
        /// Why an operation failed. The numbers are those of Camera Kit.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(i32)]
        pub enum Code { $($(#[$doc])* $variant = $number,)* }

        impl Code {
            /// Every code, in the order of the numbers.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The code's constant name without prefix, for example `INVALID_ARGUMENT`.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// The name as a C string.
            pub const fn c_name(self) -> &'static CStr {
                match self { $(Code::$variant => c_string(concat!($name, "\0")),)* }
            }

            /// The text as a C string.
            pub const fn c_text(self) -> &'static CStr {
                match self { $(Code::$variant => c_string(concat!($text, "\0")),)* }
            }

            /// The message text that applications log, as Camera Kit words it.
            pub const fn text(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }
        }
    };
}

codes! {
    /// An argument is null, ill-typed or out of range, or a handle is unknown.
    InvalidArgument = 7400101, "INVALID_ARGUMENT", "Parameter missing or parameter type incorrect.";
    /// Not allowed now, here, or for this process.
    OperationNotAllowed = 7400102, "OPERATION_NOT_ALLOWED", "Operation not allowed.";
    /// The session has no committed configuration.
    SessionNotConfig = 7400103, "SESSION_NOT_CONFIG", "Session not config.";
    /// A capture before the session was committed.
    SessionNotRunning = 7400104, "SESSION_NOT_RUNNING", "Session not running.";
    /// The session is being configured already.
    SessionConfigLocked = 7400105, "SESSION_CONFIG_LOCKED", "Session config locked.";
    /// Reserved by Camera Kit.
    DeviceSettingLocked = 7400106, "DEVICE_SETTING_LOCKED", "Device setting locked.";
    /// Another process uses the device (EBUSY).
    ConflictCamera = 7400107, "CONFLICT_CAMERA", "Can not use camera cause of conflict.";
    /// The input is closed, or the device is gone (ENODEV).
    DeviceDisabled = 7400108, "DEVICE_DISABLED", "Camera disabled cause of security reason.";
    /// The device was taken away while it was in use.
    DevicePreempted = 7400109, "DEVICE_PREEMPTED", "Can not use camera cause of preempted.";
    /// A frame rate that conflicts with that of another stream.
    UnresolvedConflicts = 7400110, "UNRESOLVED_CONFLICTS_WITH_CURRENT_CONFIGURATIONS", "Unresolved conflicts with current configurations.";
    /// Everything else; the detail says what.
    ServiceFatalError = 7400201, "SERVICE_FATAL_ERROR", "Camera service fatal error.";
}

impl Code {
    /// The number that crosses the C interface.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The code with this number, if there is one.
    pub fn from_number(number: i32) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.number() == number)
    }
}

/// A failure: its code, and one sentence that a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} ({}): {detail}", .code.name(), .code.number())]
pub struct Error {
    code: Code,
    detail: Cow<'static, str>,
}

impl Error {
    /// A failure with this code and detail.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Error { code, detail: detail.into() }
    }

    /// 7400101: the caller passed something that can never be right.
    pub fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Code::InvalidArgument, detail)
    }

    /// 7400102: right in itself, not allowed here.
    pub fn not_allowed(detail: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Code::OperationNotAllowed, detail)
    }

    /// 7400201: everything that has no code of its own.
    pub fn fatal(detail: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Code::ServiceFatalError, detail)
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence that says which check failed, on what, and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The same failure, with what was being done in front of the detail.
    #[must_use]
    pub fn context(self, doing: impl std::fmt::Display) -> Self {
        Error { code: self.code, detail: format!("{doing}: {}", self.detail).into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_found_again() {
        for (index, code) in Code::ALL.iter().enumerate() {
            assert_eq!(Code::from_number(code.number()), Some(*code));
            assert!(Code::ALL[..index].iter().all(|other| other.number() < code.number()));
            assert!(!code.name().is_empty() && code.text().ends_with('.'));
        }
        assert_eq!(Code::from_number(0), None);
    }

    #[test]
    fn context_keeps_the_code() {
        let error = Error::new(Code::ConflictCamera, "held by process 12").context("commit");
        assert_eq!(error.code(), Code::ConflictCamera);
        assert_eq!(error.detail(), "commit: held by process 12");
    }
}
