//! What a camera measures by itself, held as it is: V4L2_CID_3A_LOCK, a bit for each.

use super::Knobs;
use crate::backend::control::{Control, ids};
use crate::error::Result;

pub(crate) const EXPOSURE: i64 = 1;
pub(crate) const WHITE_BALANCE: i64 = 2;

/// Can the camera hold this? The greatest value of a bitmask is all of its bits.
pub(crate) fn has(knobs: &Knobs, bit: i64) -> Result<bool> {
    Ok(knobs.settable(ids::THREE_A_LOCK)?.is_some_and(|lock: Control| lock.max & bit != 0))
}

/// Does it?
pub(crate) fn is_on(knobs: &Knobs, bit: i64) -> Result<bool> {
    Ok(has(knobs, bit)? && knobs.number(ids::THREE_A_LOCK)? & bit != 0)
}

/// What leads there, for [`Knobs::apply`]: nothing when it is so already.
pub(crate) fn step(knobs: &Knobs, bit: i64, on: bool) -> Result<Vec<(u32, i64)>> {
    if is_on(knobs, bit)? == on {
        return Ok(Vec::new());
    }
    let bits = knobs.number(ids::THREE_A_LOCK)?;
    Ok(vec![(ids::THREE_A_LOCK, if on { bits | bit } else { bits & !bit })])
}
