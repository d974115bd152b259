//! White balance: V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE where the camera has it; else
//! V4L2_CID_AUTO_WHITE_BALANCE, and a preset is a colour temperature. Held by V4L2_CID_3A_LOCK; by hand
//! with V4L2_CID_WHITE_BALANCE_TEMPERATURE, in kelvin.

use super::{Knobs, lock};
use crate::backend::control::{Control, ids};
use crate::error::{Error, Result};

/// What is taken for white. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum WhiteBalanceMode {
    /// What the camera finds.
    Auto = 0,
    Cloudy = 1,
    Incandescent = 2,
    Fluorescent = 3,
    Daylight = 4,
    /// A temperature that was set.
    Manual = 5,
    /// As it was when it was locked.
    Locked = 6,
}

use WhiteBalanceMode::{Auto, Cloudy, Daylight, Fluorescent, Incandescent, Locked, Manual};

const MODE: &str = "such white balance";
const TEMPERATURE: &str = "white balance that can be set to a temperature";

/// Items of `enum v4l2_auto_n_preset_white_balance` and what they are here; the first of a mode is the
/// one that is set, and the others stand in for it. What Camera Kit has no name for is told as its like.
const ITEMS: &[(i64, WhiteBalanceMode)] = &[
    (0, Manual),
    (1, Auto),
    (2, Incandescent),
    (3, Fluorescent),
    // Fluorescent of a higher temperature.
    (4, Fluorescent),
    (6, Daylight),
    (8, Cloudy),
];
/// Only told: horizon, flash, shade, the average of everything is grey.
const ALIKE: &[(i64, WhiteBalanceMode)] = &[(5, Daylight), (7, Daylight), (9, Cloudy), (10, Auto)];

/// What a preset is on a camera that knows temperatures only: within what the kernel's documentation
/// has for each preset, and within the usual range of webcams, 2800 to 6500.
fn temperature_of(mode: WhiteBalanceMode) -> Option<i64> {
    match mode {
        Incandescent => Some(2800),
        Fluorescent => Some(4000),
        Daylight => Some(5500),
        Cloudy => Some(6500),
        Auto | Manual | Locked => None,
    }
}

fn preset_item(knobs: &Knobs, mode: WhiteBalanceMode) -> Result<Option<i64>> {
    let items: Vec<i64> = ITEMS.iter().filter(|(_, named)| *named == mode).map(|(item, _)| *item).collect();
    knobs.first_item(ids::AUTO_N_PRESET_WHITE_BALANCE, &items)
}

/// The control, and what a preset sets it to.
fn preset_temperature(knobs: &Knobs, mode: WhiteBalanceMode) -> Result<Option<i64>> {
    let Some((control, kelvin)) = knobs.settable(ids::WHITE_BALANCE_TEMPERATURE)?.zip(temperature_of(mode)) else {
        return Ok(None);
    };
    Ok((control.min..=control.max).contains(&kelvin).then(|| control.nearest(kelvin)))
}

pub(crate) fn is_supported(knobs: &Knobs, mode: WhiteBalanceMode) -> Result<bool> {
    if mode == Locked {
        return lock::has(knobs, lock::WHITE_BALANCE);
    }
    if knobs.has(ids::AUTO_N_PRESET_WHITE_BALANCE)? {
        return Ok(preset_item(knobs, mode)?.is_some());
    }
    match mode {
        Auto => Ok(knobs.settable(ids::AUTO_WHITE_BALANCE)?.is_some()),
        Manual => Ok(knobs.settable(ids::WHITE_BALANCE_TEMPERATURE)?.is_some()),
        _ => Ok(preset_temperature(knobs, mode)?.is_some()),
    }
}

pub(crate) fn get(knobs: &Knobs) -> Result<WhiteBalanceMode> {
    if lock::is_on(knobs, lock::WHITE_BALANCE)? {
        return Ok(Locked);
    }
    if knobs.has(ids::AUTO_N_PRESET_WHITE_BALANCE)? {
        let now = knobs.number(ids::AUTO_N_PRESET_WHITE_BALANCE)?;
        let known = ITEMS.iter().chain(ALIKE).find(|(item, _)| *item == now);
        return Ok(known.map_or(Auto, |(_, mode)| *mode));
    }
    if knobs.has(ids::AUTO_WHITE_BALANCE)? {
        if knobs.number(ids::AUTO_WHITE_BALANCE)? != 0 {
            return Ok(Auto);
        }
    } else {
        knobs.need(ids::WHITE_BALANCE_TEMPERATURE, "white balance that it tells")?;
    }
    chosen_preset(knobs).map(|preset| preset.unwrap_or(Manual))
}

/// The preset that was chosen, if the camera still has its temperature.
fn chosen_preset(knobs: &Knobs) -> Result<Option<WhiteBalanceMode>> {
    let Some(chosen) = knobs.chosen().white_balance else { return Ok(None) };
    match preset_temperature(knobs, chosen)? {
        Some(kelvin) => Ok((knobs.number(ids::WHITE_BALANCE_TEMPERATURE)? == kelvin).then_some(chosen)),
        None => Ok(None),
    }
}

pub(crate) fn set(knobs: &Knobs, mode: WhiteBalanceMode) -> Result<()> {
    if !is_supported(knobs, mode)? {
        return Err(knobs.cannot(MODE));
    }
    let mut steps = lock::step(knobs, lock::WHITE_BALANCE, mode == Locked)?;
    if mode != Locked {
        steps.extend(steps_to(knobs, mode)?);
    }
    knobs.apply(&steps)?;
    knobs.remember(|chosen| chosen.white_balance = Some(mode));
    Ok(())
}

/// What leads to a mode that is supported, once nothing is locked.
fn steps_to(knobs: &Knobs, mode: WhiteBalanceMode) -> Result<Vec<(u32, i64)>> {
    if let Some(item) = preset_item(knobs, mode)? {
        return Ok(vec![(ids::AUTO_N_PRESET_WHITE_BALANCE, item)]);
    }
    let mut steps = Vec::new();
    if knobs.settable(ids::AUTO_WHITE_BALANCE)?.is_some() {
        steps.push((ids::AUTO_WHITE_BALANCE, i64::from(mode == Auto)));
    }
    steps.extend(preset_temperature(knobs, mode)?.map(|kelvin| (ids::WHITE_BALANCE_TEMPERATURE, kelvin)));
    Ok(steps)
}

fn temperature(knobs: &Knobs) -> Result<Control> {
    knobs.settable(ids::WHITE_BALANCE_TEMPERATURE)?.ok_or_else(|| knobs.cannot(TEMPERATURE))
}

fn kelvin(value: i64) -> i32 {
    i32::try_from(value.max(0)).unwrap_or(i32::MAX)
}

/// The lowest and the highest temperature, in kelvin.
pub(crate) fn range(knobs: &Knobs) -> Result<(i32, i32)> {
    let control = temperature(knobs)?;
    Ok((kelvin(control.min), kelvin(control.max)))
}

/// The temperature now, in kelvin; the one that the camera found, too, if it tells.
pub(crate) fn get_temperature(knobs: &Knobs) -> Result<i32> {
    knobs.need(ids::WHITE_BALANCE_TEMPERATURE, "white balance whose temperature it tells")?;
    Ok(kelvin(knobs.number(ids::WHITE_BALANCE_TEMPERATURE)?))
}

/// Makes the white balance manual and sets the nearest temperature that the camera has.
pub(crate) fn set_temperature(knobs: &Knobs, wanted: i32) -> Result<()> {
    let control = temperature(knobs)?;
    let (least, most) = range(knobs)?;
    if !(least..=most).contains(&wanted) {
        return Err(Error::invalid(format!(
            "{wanted} kelvin are not within {least} to {most}, what the camera can do"
        )));
    }
    let mut steps = lock::step(knobs, lock::WHITE_BALANCE, false)?;
    // The driver refuses or ignores a temperature while it chooses one.
    steps.extend(steps_to(knobs, Manual)?);
    steps.push((ids::WHITE_BALANCE_TEMPERATURE, control.nearest(i64::from(wanted))));
    knobs.apply(&steps)?;
    knobs.remember(|chosen| chosen.white_balance = Some(Manual));
    Ok(())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::cameras;
    use super::super::knobs::fake::Fake;
    use super::*;
    use crate::backend::control::Kind;
    use crate::error::Code;
    use ids::{AUTO_N_PRESET_WHITE_BALANCE, AUTO_WHITE_BALANCE, THREE_A_LOCK, WHITE_BALANCE_TEMPERATURE};

    const MODES: [WhiteBalanceMode; 7] = [Auto, Cloudy, Incandescent, Fluorescent, Daylight, Manual, Locked];

    #[test]
    fn every_mode_is_set_and_read_back_or_refused() {
        let table = [
            (cameras::full(), [true; 7]),
            (cameras::webcam(), [true, true, true, true, true, true, false]),
            (cameras::bare(), [false; 7]),
            // It cannot be as warm as a bulb, nor choose.
            (
                Fake::new(&[(WHITE_BALANCE_TEMPERATURE, Kind::Integer, 3000, 7000, 1000, 4000)]),
                [false, true, false, true, true, true, false],
            ),
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
        assert_eq!(get(&cameras::bare().knobs()).unwrap_err().code(), Code::OperationNotAllowed);
    }

    #[test]
    fn presets_are_items_or_temperatures_behind_automatic_off() {
        let (full, webcam) = (cameras::full(), cameras::webcam());
        set(&full.knobs(), Cloudy).unwrap();
        assert_eq!(*full.set.lock(), [(AUTO_N_PRESET_WHITE_BALANCE, 8)]);
        let knobs = webcam.knobs();
        set(&knobs, Incandescent).unwrap();
        set(&knobs, Auto).unwrap();
        let sets = [(AUTO_WHITE_BALANCE, 0), (WHITE_BALANCE_TEMPERATURE, 2800), (AUTO_WHITE_BALANCE, 1)];
        assert_eq!(*webcam.set.lock(), sets);
    }

    #[test]
    fn a_preset_is_told_for_as_long_as_the_camera_has_it() {
        let fake = cameras::webcam();
        let knobs = fake.knobs();
        set(&knobs, Daylight).unwrap();
        fake.becomes(WHITE_BALANCE_TEMPERATURE, 3000);
        assert_eq!(get(&knobs).unwrap(), Manual, "another program set it");
        set(&knobs, Daylight).unwrap();
        set_temperature(&knobs, 5500).unwrap();
        assert_eq!((get(&knobs).unwrap(), get_temperature(&knobs).unwrap()), (Manual, 5500));
        fake.becomes(AUTO_WHITE_BALANCE, 1);
        assert_eq!(get(&knobs).unwrap(), Auto);
    }

    #[test]
    fn what_camera_kit_has_no_name_for_is_told_as_its_like() {
        let fake = cameras::full();
        for (item, mode) in [(9, Cloudy), (7, Daylight), (4, Fluorescent), (10, Auto), (99, Auto)] {
            fake.becomes(AUTO_N_PRESET_WHITE_BALANCE, item);
            assert_eq!(get(&fake.knobs()).unwrap(), mode);
        }
    }

    #[test]
    fn temperatures_are_kelvin_and_manual_comes_first() {
        let (full, webcam) = (cameras::full(), cameras::webcam());
        full.becomes(THREE_A_LOCK, 3);
        set_temperature(&full.knobs(), 4310).unwrap();
        let sets = [(THREE_A_LOCK, 1), (AUTO_N_PRESET_WHITE_BALANCE, 0), (WHITE_BALANCE_TEMPERATURE, 4300)];
        assert_eq!(*full.set.lock(), sets);
        let knobs = webcam.knobs();
        assert_eq!((range(&knobs).unwrap(), get_temperature(&knobs).unwrap()), ((2800, 6500), 4600));
        set_temperature(&knobs, 6449).unwrap();
        assert_eq!(*webcam.set.lock(), [(AUTO_WHITE_BALANCE, 0), (WHITE_BALANCE_TEMPERATURE, 6400)]);
        for out in [2799, 6501, 0, -1, i32::MAX] {
            assert_eq!(set_temperature(&knobs, out).unwrap_err().code(), Code::InvalidArgument);
        }
        let knobs = cameras::bare().knobs();
        let answers = [range(&knobs).map(drop), get_temperature(&knobs).map(drop), set_temperature(&knobs, 5000)];
        assert!(answers.into_iter().all(|answer| answer.unwrap_err().code() == Code::OperationNotAllowed));
    }

    #[test]
    fn a_temperature_that_fails_leaves_it_automatic() {
        for fake in [cameras::full(), cameras::webcam()] {
            *fake.broken.lock() = Some(WHITE_BALANCE_TEMPERATURE);
            assert_eq!(set_temperature(&fake.knobs(), 4000).unwrap_err().code(), Code::ServiceFatalError);
            assert_eq!(get(&fake.knobs()).unwrap(), Auto);
        }
    }
}
