//! What a session does when something goes wrong.

use super::watchdog::Patience;

/// As the application wants it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// How long the stream may be silent.
    pub(crate) patience: Patience,
    /// A camera that was lost is used again when it is back.
    pub(crate) reattach: bool,
}
