//! Which part of the picture the exposure is measured in: V4L2_CID_EXPOSURE_METERING. V4L2 has no
//! control for a point.

use super::Knobs;
use crate::backend::control::ids;
use crate::error::Result;

/// Where light is measured. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum MeteringMode {
    /// All over the picture.
    Matrix = 0,
    /// All over it, the centre more.
    Center = 1,
    /// In a small area of its centre.
    Spot = 2,
}

// Of `enum v4l2_exposure_metering`.
const AVERAGE: i64 = 0;
const CENTER_WEIGHTED: i64 = 1;
const SPOT: i64 = 2;
const MATRIX: i64 = 3;

const PURPOSE: &str = "such mode of exposure metering";

/// The item of the mode: a camera without a matrix measures the average of the same area.
fn item(knobs: &Knobs, mode: MeteringMode) -> Result<Option<i64>> {
    let items: &[i64] = match mode {
        MeteringMode::Matrix => &[MATRIX, AVERAGE],
        MeteringMode::Center => &[CENTER_WEIGHTED],
        MeteringMode::Spot => &[SPOT],
    };
    knobs.first_item(ids::EXPOSURE_METERING, items)
}

pub(crate) fn is_supported(knobs: &Knobs, mode: MeteringMode) -> Result<bool> {
    Ok(item(knobs, mode)?.is_some())
}

pub(crate) fn get(knobs: &Knobs) -> Result<MeteringMode> {
    knobs.need(ids::EXPOSURE_METERING, "exposure metering that it tells")?;
    Ok(match knobs.number(ids::EXPOSURE_METERING)? {
        CENTER_WEIGHTED => MeteringMode::Center,
        SPOT => MeteringMode::Spot,
        _ => MeteringMode::Matrix,
    })
}

pub(crate) fn set(knobs: &Knobs, mode: MeteringMode) -> Result<()> {
    let item = item(knobs, mode)?.ok_or_else(|| knobs.cannot(PURPOSE))?;
    knobs.apply(&[(ids::EXPOSURE_METERING, item)])
}

/// No control of V4L2 takes one.
pub(crate) fn no_point<R>(knobs: &Knobs) -> Result<R> {
    Err(knobs.cannot("metering point"))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::cameras;
    use super::super::knobs::fake::Fake;
    use super::*;
    use crate::backend::control::Kind;
    use crate::error::Code;
    use MeteringMode::{Center, Matrix, Spot};

    #[test]
    fn every_mode_is_set_and_read_back_or_refused() {
        let one = (ids::EXPOSURE_METERING, Kind::Menu, 0, 2, 1, 2);
        let average = Fake::with_menus(&[one], &[(ids::EXPOSURE_METERING, &[(0, None), (2, None)])]);
        let table = [
            (cameras::full(), [Some(3), Some(1), Some(2)]),
            (average, [Some(0), None, Some(2)]),
            (cameras::webcam(), [None; 3]),
            (cameras::bare(), [None; 3]),
        ];
        for (fake, items) in table {
            let knobs = fake.knobs();
            for (mode, item) in [Matrix, Center, Spot].into_iter().zip(items) {
                assert_eq!(is_supported(&knobs, mode).unwrap(), item.is_some());
                match item {
                    Some(item) => {
                        set(&knobs, mode).unwrap();
                        assert_eq!((get(&knobs).unwrap(), fake.value(ids::EXPOSURE_METERING)), (mode, item));
                    }
                    None => assert_eq!(set(&knobs, mode).unwrap_err().code(), Code::OperationNotAllowed),
                }
            }
        }
        assert_eq!(get(&cameras::webcam().knobs()).unwrap_err().code(), Code::OperationNotAllowed);
        assert_eq!(no_point::<()>(&cameras::full().knobs()).unwrap_err().code(), Code::OperationNotAllowed);
    }
}
