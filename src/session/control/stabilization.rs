//! Video stabilization: V4L2_CID_IMAGE_STABILIZATION, which is on or off.

use super::Knobs;
use crate::backend::control::ids;
use crate::error::Result;

/// How much the picture is steadied. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum StabilizationMode {
    Off = 0,
    Low = 1,
    Middle = 2,
    High = 3,
    /// The camera decides.
    Auto = 4,
}

const PURPOSE: &str = "such video stabilization";

/// Every camera can be without; V4L2 knows no degrees.
pub(crate) fn is_supported(knobs: &Knobs, mode: StabilizationMode) -> Result<bool> {
    match mode {
        StabilizationMode::Off => Ok(true),
        StabilizationMode::Auto => Ok(knobs.settable(ids::IMAGE_STABILIZATION)?.is_some()),
        StabilizationMode::Low | StabilizationMode::Middle | StabilizationMode::High => Ok(false),
    }
}

pub(crate) fn get(knobs: &Knobs) -> Result<StabilizationMode> {
    let on = knobs.has(ids::IMAGE_STABILIZATION)? && knobs.number(ids::IMAGE_STABILIZATION)? != 0;
    Ok(if on { StabilizationMode::Auto } else { StabilizationMode::Off })
}

pub(crate) fn set(knobs: &Knobs, mode: StabilizationMode) -> Result<()> {
    if !is_supported(knobs, mode)? {
        return Err(knobs.cannot(PURPOSE));
    }
    if knobs.settable(ids::IMAGE_STABILIZATION)?.is_none() {
        return Ok(());
    }
    knobs.apply(&[(ids::IMAGE_STABILIZATION, i64::from(mode == StabilizationMode::Auto))])
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::knobs::fake::Fake;
    use super::*;
    use crate::backend::control::Kind;
    use crate::error::Code;

    #[test]
    fn a_camera_with_it_is_on_or_off_and_one_without_is_off() {
        let with = Fake::new(&[(ids::IMAGE_STABILIZATION, Kind::Boolean, 0, 1, 1, 1)]);
        let without = Fake::new(&[]);
        assert_eq!(get(&with.knobs()).unwrap(), StabilizationMode::Auto);
        set(&with.knobs(), StabilizationMode::Off).unwrap();
        assert_eq!((get(&with.knobs()).unwrap(), with.value(ids::IMAGE_STABILIZATION)), (StabilizationMode::Off, 0));
        set(&without.knobs(), StabilizationMode::Off).unwrap();
        assert_eq!(get(&without.knobs()).unwrap(), StabilizationMode::Off);
        for (fake, mode) in [(&with, StabilizationMode::High), (&without, StabilizationMode::Auto)] {
            assert!(!is_supported(&fake.knobs(), mode).unwrap());
            assert_eq!(set(&fake.knobs(), mode).unwrap_err().code(), Code::OperationNotAllowed);
        }
    }
}
