//! What was chosen of a session's camera and its controls have no place for.

use super::exposure::ExposureMode;
use super::flash::FlashMode;
use super::white_balance::WhiteBalanceMode;

/// Remembered by the session for as long as it has its input. What the camera itself holds is asked of
/// the camera.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Chosen {
    /// Once or continuously: a camera's automatic exposure is one.
    pub exposure: Option<ExposureMode>,
    /// Which preset a colour temperature stands for.
    pub white_balance: Option<WhiteBalanceMode>,
    /// Whether captures flash, and whose light is to be put out at the end.
    pub flash: Option<FlashMode>,
}
