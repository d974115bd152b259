//! Brighter or darker than the automatic exposure finds right: V4L2_CID_AUTO_EXPOSURE_BIAS, a menu of
//! numbers in thousandths of an EV.

use super::Knobs;
use super::menus::Scale;
use crate::backend::control::ids;
use crate::error::Result;

/// Thousandths of an EV: what the menu counts in.
pub(crate) type Thousandths = i64;

fn scale(knobs: &Knobs) -> Result<Scale> {
    let scale = knobs.scale(ids::AUTO_EXPOSURE_BIAS)?.filter(|scale| scale.settable);
    scale.ok_or_else(|| knobs.cannot("exposure bias"))
}

/// The least and the greatest bias, and the smallest distance of two.
pub(crate) fn range(knobs: &Knobs) -> Result<(Thousandths, Thousandths, Thousandths)> {
    let scale = scale(knobs)?;
    Ok((scale.least(), scale.greatest(), scale.step()))
}

pub(crate) fn get(knobs: &Knobs) -> Result<Thousandths> {
    let scale = scale(knobs)?;
    Ok(scale.number(knobs.number(ids::AUTO_EXPOSURE_BIAS)?).unwrap_or(0))
}

/// Sets the nearest bias that the camera has.
pub(crate) fn set(knobs: &Knobs, bias: Thousandths) -> Result<()> {
    let item = scale(knobs)?.nearest(bias);
    knobs.apply(&[(ids::AUTO_EXPOSURE_BIAS, item)])
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::cameras;
    use super::*;
    use crate::error::Code;

    #[test]
    fn a_bias_is_the_nearest_that_the_camera_has() {
        let fake = cameras::full();
        let knobs = fake.knobs();
        assert_eq!((range(&knobs).unwrap(), get(&knobs).unwrap()), ((-2000, 2000, 500), 0));
        let table = [
            (0, 3, 0),
            (333, 4, 500),
            (200, 3, 0),
            (1300, 5, 2000),
            (9000, 5, 2000),
            (i64::MAX, 5, 2000),
            (-1499, 1, -1000),
            (-1501, 0, -2000),
            (i64::MIN, 0, -2000),
        ];
        for (wanted, item, got) in table {
            set(&knobs, wanted).unwrap();
            assert_eq!((fake.value(ids::AUTO_EXPOSURE_BIAS), get(&knobs).unwrap()), (item, got), "{wanted}");
        }
    }

    #[test]
    fn a_camera_without_it_says_so() {
        for knobs in [cameras::webcam().knobs(), cameras::bare().knobs()] {
            let answers = [range(&knobs).map(drop), get(&knobs).map(drop), set(&knobs, 0)];
            assert!(answers.into_iter().all(|answer| answer.unwrap_err().code() == Code::OperationNotAllowed));
        }
    }
}
