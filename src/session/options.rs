//! How a session behaves: what the application may choose.

use super::watchdog::Patience;
use std::time::Duration;

/// As the application wants it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// How long the stream may be silent.
    pub(crate) patience: Patience,
    /// A camera that was lost is used again when it is back.
    pub(crate) reattach: bool,
    /// How long the picture may take to settle.
    pub(crate) settle: Settle,
}

/// For how long after a start it is looked whether exposure and white balance have settled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Settle {
    /// Three seconds.
    #[default]
    Usual,
    Within(Duration),
    /// It is not looked.
    Never,
}

impl Settle {
    pub(super) fn limit(self) -> Option<Duration> {
        match self {
            Settle::Usual => Some(Duration::from_secs(3)),
            Settle::Within(time) => Some(time),
            Settle::Never => None,
        }
    }
}
