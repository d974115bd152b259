//! Exposure: who decides about it (V4L2_CID_EXPOSURE_AUTO, V4L2_CID_3A_LOCK), and for how long
//! (V4L2_CID_EXPOSURE_ABSOLUTE, in 100 microseconds).

use super::{Knobs, lock};
use crate::backend::control::{Control, ids};
use crate::error::{Error, Result};

/// Who decides about the exposure. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum ExposureMode {
    /// The camera does not tell.
    Unspecified = -1,
    /// As it was when it was locked.
    Locked = 0,
    /// The camera. V4L2 knows no exposure that is automatic once: what [`ExposureMode::ContinuousAuto`] is.
    Auto = 1,
    /// The camera, all the time.
    ContinuousAuto = 2,
    /// Whoever sets its duration.
    Manual = 3,
}

const MODE: &str = "such exposure mode";
const DURATION: &str = "exposure duration that can be set";
/// A unit of V4L2_CID_EXPOSURE_ABSOLUTE in microseconds.
const UNIT: i64 = 100;

/// The item that is automatic here. UVC cameras have the second only: most have no iris that could move.
fn automatic(knobs: &Knobs) -> Result<Option<i64>> {
    knobs.first_item(ids::EXPOSURE_AUTO, &[ids::EXPOSURE_AUTO_ALL, ids::EXPOSURE_APERTURE_PRIORITY])
}

/// The item in which the duration can be set.
fn manual(knobs: &Knobs) -> Result<Option<i64>> {
    knobs.first_item(ids::EXPOSURE_AUTO, &[ids::EXPOSURE_MANUAL, ids::EXPOSURE_SHUTTER_PRIORITY])
}

/// A camera without the choice: what it is always.
fn only_mode(knobs: &Knobs) -> Result<Option<ExposureMode>> {
    Ok(if knobs.has(ids::EXPOSURE_AUTO)? {
        None
    } else if lock::has(knobs, lock::EXPOSURE)? {
        // What can be held moves by itself otherwise.
        Some(ExposureMode::ContinuousAuto)
    } else if knobs.settable(ids::EXPOSURE_ABSOLUTE)?.is_some() {
        Some(ExposureMode::Manual)
    } else {
        Some(ExposureMode::Unspecified)
    })
}

pub(crate) fn is_supported(knobs: &Knobs, mode: ExposureMode) -> Result<bool> {
    use ExposureMode::{Auto, ContinuousAuto, Locked, Manual, Unspecified};
    match (mode, only_mode(knobs)?) {
        (Unspecified, _) => Ok(false),
        (Locked, _) => lock::has(knobs, lock::EXPOSURE),
        (Auto | ContinuousAuto, Some(only)) => Ok(only == ContinuousAuto),
        (Auto | ContinuousAuto, None) => Ok(automatic(knobs)?.is_some()),
        (Manual, Some(only)) => Ok(only == Manual),
        (Manual, None) => Ok(manual(knobs)?.is_some()),
    }
}

pub(crate) fn get(knobs: &Knobs) -> Result<ExposureMode> {
    if lock::is_on(knobs, lock::EXPOSURE)? {
        return Ok(ExposureMode::Locked);
    }
    let mode = match only_mode(knobs)? {
        Some(only) => only,
        None if is_manual(knobs)? => ExposureMode::Manual,
        None => ExposureMode::ContinuousAuto,
    };
    let once = knobs.chosen().exposure == Some(ExposureMode::Auto);
    Ok(if mode == ExposureMode::ContinuousAuto && once { ExposureMode::Auto } else { mode })
}

/// Of a camera with V4L2_CID_EXPOSURE_AUTO.
fn is_manual(knobs: &Knobs) -> Result<bool> {
    Ok(matches!(knobs.number(ids::EXPOSURE_AUTO)?, ids::EXPOSURE_MANUAL | ids::EXPOSURE_SHUTTER_PRIORITY))
}

pub(crate) fn set(knobs: &Knobs, mode: ExposureMode) -> Result<()> {
    if !is_supported(knobs, mode)? {
        return Err(knobs.cannot(MODE));
    }
    let mut steps = lock::step(knobs, lock::EXPOSURE, mode == ExposureMode::Locked)?;
    let item = match mode {
        ExposureMode::Auto | ExposureMode::ContinuousAuto => automatic(knobs)?,
        ExposureMode::Manual => manual(knobs)?,
        ExposureMode::Locked | ExposureMode::Unspecified => None,
    };
    steps.extend(item.map(|item| (ids::EXPOSURE_AUTO, item)));
    knobs.apply(&steps)?;
    knobs.remember(|chosen| chosen.exposure = Some(mode));
    Ok(())
}

/// The control, if whoever asks may set it.
fn duration_control(knobs: &Knobs) -> Result<Control> {
    let control = knobs.settable(ids::EXPOSURE_ABSOLUTE)?.ok_or_else(|| knobs.cannot(DURATION))?;
    if is_supported(knobs, ExposureMode::Manual)? || only_mode(knobs)? == Some(ExposureMode::ContinuousAuto) {
        return Ok(control);
    }
    Err(knobs.cannot(DURATION))
}

fn microseconds(units: i64) -> i32 {
    i32::try_from(units.max(0).saturating_mul(UNIT)).unwrap_or(i32::MAX)
}

/// The shortest and the longest duration that can be set, in microseconds.
pub(crate) fn duration_range(knobs: &Knobs) -> Result<(i32, i32)> {
    let control = duration_control(knobs)?;
    Ok((microseconds(control.min), microseconds(control.max)))
}

/// The duration now, in microseconds; of a camera that only tells it, too.
pub(crate) fn get_duration(knobs: &Knobs) -> Result<i32> {
    knobs.need(ids::EXPOSURE_ABSOLUTE, "exposure duration that it tells")?;
    Ok(microseconds(knobs.number(ids::EXPOSURE_ABSOLUTE)?))
}

/// Makes the exposure manual and its duration the nearest one, in microseconds.
pub(crate) fn set_duration(knobs: &Knobs, duration: i32) -> Result<()> {
    let control = duration_control(knobs)?;
    let (least, most) = duration_range(knobs)?;
    if !(least..=most).contains(&duration) {
        return Err(Error::invalid(format!(
            "an exposure of {duration} microseconds is not within {least} to {most}, what the camera can do"
        )));
    }
    let mut steps = lock::step(knobs, lock::EXPOSURE, false)?;
    if knobs.has(ids::EXPOSURE_AUTO)? && !is_manual(knobs)? {
        // The driver refuses or ignores a duration while it chooses one.
        steps.extend(manual(knobs)?.map(|item| (ids::EXPOSURE_AUTO, item)));
    }
    steps.push((ids::EXPOSURE_ABSOLUTE, control.nearest((i64::from(duration) + UNIT / 2) / UNIT)));
    knobs.apply(&steps)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::cameras;
    use super::*;
    use crate::error::Code;
    use ExposureMode::{Auto, ContinuousAuto, Locked, Manual, Unspecified};
    use ids::{EXPOSURE_ABSOLUTE, EXPOSURE_AUTO, THREE_A_LOCK};

    const MODES: [ExposureMode; 5] = [Unspecified, Locked, Auto, ContinuousAuto, Manual];

    #[test]
    fn modes_of_a_camera_with_everything_of_a_webcam_and_of_one_with_nothing() {
        let table = [
            (cameras::full(), [false, true, true, true, true]),
            (cameras::webcam(), [false, false, true, true, true]),
            (cameras::bare(), [false; 5]),
        ];
        for (fake, supported) in table {
            let knobs = fake.knobs();
            for (mode, supported) in MODES.into_iter().zip(supported) {
                assert_eq!(is_supported(&knobs, mode).unwrap(), supported, "{mode:?}");
                match set(&knobs, mode) {
                    Ok(()) => assert_eq!((supported, get(&knobs).unwrap()), (true, mode)),
                    Err(error) => assert_eq!((supported, error.code()), (false, Code::OperationNotAllowed)),
                }
            }
        }
        assert_eq!(get(&cameras::bare().knobs()).unwrap(), Unspecified);
    }

    #[test]
    fn a_camera_without_the_choice_has_one_mode() {
        use crate::backend::control::Kind;
        let manual = super::super::knobs::fake::Fake::new(&[(EXPOSURE_ABSOLUTE, Kind::Integer, 1, 100, 1, 5)]);
        let lock = super::super::knobs::fake::Fake::new(&[(THREE_A_LOCK, Kind::Bitmask, 0, 1, 1, 0)]);
        for (fake, only) in [(manual, Manual), (lock, ContinuousAuto)] {
            let knobs = fake.knobs();
            assert_eq!(get(&knobs).unwrap(), only);
            assert_eq!(is_supported(&knobs, Manual).unwrap(), only == Manual);
            assert_eq!(is_supported(&knobs, Auto).unwrap(), only == ContinuousAuto);
            set(&knobs, only).unwrap();
            assert!(fake.set.lock().is_empty(), "nothing to be done");
        }
    }

    #[test]
    fn the_item_is_the_cameras_own() {
        let (full, webcam) = (cameras::full(), cameras::webcam());
        for (fake, automatic) in [(&full, ids::EXPOSURE_AUTO_ALL), (&webcam, ids::EXPOSURE_APERTURE_PRIORITY)] {
            set(&fake.knobs(), ContinuousAuto).unwrap();
            assert_eq!(*fake.set.lock(), [(EXPOSURE_AUTO, automatic)]);
        }
        full.becomes(EXPOSURE_AUTO, ids::EXPOSURE_SHUTTER_PRIORITY);
        assert_eq!(get(&full.knobs()).unwrap(), Manual, "as another program left it");
    }

    #[test]
    fn the_lock_is_taken_off_first_and_other_locks_stay() {
        let fake = cameras::full();
        fake.becomes(THREE_A_LOCK, 6);
        let knobs = fake.knobs();
        set(&knobs, Locked).unwrap();
        set(&knobs, Locked).unwrap();
        set(&knobs, Auto).unwrap();
        assert_eq!(*fake.set.lock(), [(THREE_A_LOCK, 7), (THREE_A_LOCK, 6), (EXPOSURE_AUTO, 0)]);
    }

    #[test]
    fn durations_are_microseconds_and_automatic_goes_off_first() {
        let fake = cameras::webcam();
        let knobs = fake.knobs();
        // 3 to 2047 units of the driver.
        assert_eq!(duration_range(&knobs).unwrap(), (300, 204_700));
        set_duration(&knobs, 8_333).unwrap();
        assert_eq!(*fake.set.lock(), [(EXPOSURE_AUTO, 1), (EXPOSURE_ABSOLUTE, 83)]);
        assert_eq!((get(&knobs).unwrap(), get_duration(&knobs).unwrap()), (Manual, 8_300));
        set_duration(&knobs, 8_350).unwrap();
        assert_eq!(fake.set.lock()[2..], [(EXPOSURE_ABSOLUTE, 84)], "it is manual already");
        for out in [299, 204_701, 0, -1, i32::MAX, i32::MIN] {
            assert_eq!(set_duration(&knobs, out).unwrap_err().code(), Code::InvalidArgument);
        }
        // What the camera makes of it is asked for each time.
        fake.becomes(EXPOSURE_ABSOLUTE, 250);
        assert_eq!(get_duration(&knobs).unwrap(), 25_000);
    }

    #[test]
    fn a_duration_that_fails_leaves_the_exposure_automatic() {
        let fake = cameras::full();
        let knobs = fake.knobs();
        set(&knobs, Locked).unwrap();
        fake.set.lock().clear();
        *fake.broken.lock() = Some(EXPOSURE_ABSOLUTE);
        assert_eq!(set_duration(&knobs, 10_000).unwrap_err().code(), Code::ServiceFatalError);
        let steps = [(THREE_A_LOCK, 0), (EXPOSURE_AUTO, 1), (EXPOSURE_AUTO, 0), (THREE_A_LOCK, 1)];
        assert_eq!((fake.set.lock().clone(), get(&knobs).unwrap()), (steps.to_vec(), Locked));
    }

    #[test]
    fn no_duration_is_said_so() {
        let knobs = cameras::bare().knobs();
        let answers = [
            duration_range(&knobs).map(drop).unwrap_err(),
            get_duration(&knobs).map(drop).unwrap_err(),
            set_duration(&knobs, 100).unwrap_err(),
        ];
        assert!(answers.iter().all(|error| error.code() == Code::OperationNotAllowed));
    }
}
