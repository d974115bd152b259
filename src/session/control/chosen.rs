//! What was chosen of a session's camera.

use super::exposure::ExposureMode;
use super::flash::FlashMode;
use super::white_balance::WhiteBalanceMode;
use crate::backend::control::ids;

/// Remembered by the session for as long as it has its input. What the camera itself holds is asked of
/// the camera.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chosen {
    /// Once or continuously: a camera's automatic exposure is one.
    pub exposure: Option<ExposureMode>,
    /// Which preset a colour temperature stands for.
    pub white_balance: Option<WhiteBalanceMode>,
    /// Whether captures flash, and whose light is to be put out at the end.
    pub flash: Option<FlashMode>,
    pub record: Record,
}

/// The controls that were set and to what, for a camera that comes back with its defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record(Vec<(u32, i64)>);

impl Record {
    /// The value before counts no more, nor does its place: what was set last is set last again.
    pub(crate) fn note(&mut self, steps: &[(u32, i64)]) {
        for &(id, value) in steps {
            self.0.retain(|(known, _)| *known != id);
            self.0.push((id, value));
        }
    }

    /// In the order in which they are to be set: a value does nothing while an automatic has its control, and
    /// a lock holds what is there.
    pub(crate) fn steps(&self) -> Vec<(u32, i64)> {
        let rank = |id: u32| match id {
            ids::EXPOSURE_AUTO
            | ids::ISO_SENSITIVITY_AUTO
            | ids::AUTO_WHITE_BALANCE
            | ids::AUTO_N_PRESET_WHITE_BALANCE
            | ids::FOCUS_AUTO
            | ids::AUTOGAIN => 0,
            ids::THREE_A_LOCK => 2,
            _ => 1,
        };
        let mut steps = self.0.clone();
        steps.sort_by_key(|(id, _)| rank(*id));
        steps
    }
}
