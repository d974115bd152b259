//! What a session tells about itself.

use super::control::flash::FlashState;
use super::control::focus::FocusState;
use super::settle::Picture;
use crate::error::Error;
use std::time::Duration;

/// An event of a session. Told in the order in which they happened.
#[derive(Debug, Clone)]
pub(crate) enum SessionEvent {
    /// Its streams ended by themselves, or cannot be had again.
    Failed(Error),
    /// Its camera was gone and is back: everything is as it was.
    Reattached {
        /// How long it was away, as far as the session knows.
        away: Duration,
        /// Previews and videos that run again.
        running: usize,
    },
    /// How focusing goes.
    Focus(FocusState),
    /// A smooth zoom began, which takes so long.
    SmoothZoom { duration: Duration },
    /// What the flash does.
    Flash(FlashState),
    /// Exposure and white balance: whether they have settled.
    Picture(Picture),
}
