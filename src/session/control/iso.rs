//! Sensitivity: V4L2_CID_ISO_SENSITIVITY, a menu of numbers in thousandths of an ISO speed, and
//! V4L2_CID_ISO_SENSITIVITY_AUTO, which must be off for it.

use super::menus::Scale;
use super::{Knobs, lock};
use crate::backend::control::ids;
use crate::error::{Error, Result};

const MANUAL: i64 = 0;
const AUTOMATIC: i64 = 1;
/// What stands for the camera's own choice.
const CHOOSE: i32 = 0;
/// Of an ISO speed.
const PARTS: i64 = 1000;

fn scale(knobs: &Knobs) -> Result<Scale> {
    knobs.scale(ids::ISO_SENSITIVITY)?.ok_or_else(|| knobs.cannot("ISO speed"))
}

/// The nearest whole speed.
fn speed(thousandths: i64) -> i32 {
    i32::try_from((thousandths.max(0).saturating_add(PARTS / 2)) / PARTS).unwrap_or(i32::MAX)
}

/// The least and the greatest speed that can be set.
pub(crate) fn range(knobs: &Knobs) -> Result<(i32, i32)> {
    let scale = scale(knobs)?;
    if !scale.settable {
        return Err(knobs.cannot("ISO speed that can be set"));
    }
    Ok((speed(scale.least()), speed(scale.greatest())))
}

/// The speed now, also the one that the camera chose.
pub(crate) fn get(knobs: &Knobs) -> Result<i32> {
    let scale = scale(knobs)?;
    let item = knobs.number(ids::ISO_SENSITIVITY)?;
    let number = scale.number(item).ok_or_else(|| Error::fatal(format!("the driver's ISO menu has no item {item}")))?;
    Ok(speed(number))
}

/// Sets the nearest speed that the camera has; it does not follow the light any more then.
pub(crate) fn set(knobs: &Knobs, iso: i32) -> Result<()> {
    let (least, most) = range(knobs)?;
    let chooses = iso == CHOOSE && knobs.has_item(ids::ISO_SENSITIVITY_AUTO, AUTOMATIC)?;
    if !chooses && !(least..=most).contains(&iso) {
        return Err(Error::invalid(format!("ISO {iso} is not within {least} to {most}, what the camera can do")));
    }
    if lock::is_on(knobs, lock::EXPOSURE)? {
        return Err(Error::not_allowed("the exposure is locked: set another exposure mode before the ISO speed"));
    }
    if chooses {
        return knobs.apply(&[(ids::ISO_SENSITIVITY_AUTO, AUTOMATIC)]);
    }
    let mut steps = Vec::new();
    if knobs.has_item(ids::ISO_SENSITIVITY_AUTO, MANUAL)? && knobs.number(ids::ISO_SENSITIVITY_AUTO)? != MANUAL {
        steps.push((ids::ISO_SENSITIVITY_AUTO, MANUAL));
    }
    steps.push((ids::ISO_SENSITIVITY, scale(knobs)?.nearest(i64::from(iso) * PARTS)));
    knobs.apply(&steps)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::cameras;
    use super::*;
    use crate::error::Code;
    use ids::{ISO_SENSITIVITY, ISO_SENSITIVITY_AUTO, THREE_A_LOCK};

    #[test]
    fn a_speed_is_the_nearest_and_automatic_goes_off_first() {
        let fake = cameras::full();
        let knobs = fake.knobs();
        assert_eq!((range(&knobs).unwrap(), get(&knobs).unwrap()), ((100, 800), 100));
        set(&knobs, 320).unwrap();
        set(&knobs, 800).unwrap();
        let sets = [(ISO_SENSITIVITY_AUTO, 0), (ISO_SENSITIVITY, 3), (ISO_SENSITIVITY, 4)];
        assert_eq!((fake.set.lock().clone(), get(&knobs).unwrap()), (sets.to_vec(), 800));
        for out in [99, 801, -1, i32::MAX] {
            assert_eq!(set(&knobs, out).unwrap_err().code(), Code::InvalidArgument);
        }
        set(&knobs, 0).unwrap();
        assert_eq!(fake.value(ISO_SENSITIVITY_AUTO), 1, "the camera chooses again");
        fake.becomes(ISO_SENSITIVITY, 1);
        assert_eq!(get(&knobs).unwrap(), 200, "the camera's own choice");
    }

    #[test]
    fn what_fails_leaves_it_automatic() {
        let fake = cameras::full();
        *fake.broken.lock() = Some(ISO_SENSITIVITY);
        assert_eq!(set(&fake.knobs(), 400).unwrap_err().code(), Code::ServiceFatalError);
        assert_eq!((fake.value(ISO_SENSITIVITY_AUTO), fake.value(ISO_SENSITIVITY)), (1, 0));
    }

    #[test]
    fn what_is_locked_or_missing_is_not_set() {
        let locked = cameras::full();
        locked.becomes(THREE_A_LOCK, 1);
        assert_eq!(set(&locked.knobs(), 400).unwrap_err().code(), Code::OperationNotAllowed);
        assert!(locked.set.lock().is_empty());
        for knobs in [cameras::webcam().knobs(), cameras::bare().knobs()] {
            let answers = [range(&knobs).map(drop), get(&knobs).map(drop), set(&knobs, 100)];
            assert!(answers.into_iter().all(|answer| answer.unwrap_err().code() == Code::OperationNotAllowed));
        }
    }
}
