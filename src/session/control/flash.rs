//! Flash: V4L2_CID_FLASH_LED_MODE, and V4L2_CID_FLASH_STROBE for each capture. The driver's strobe
//! comes when it is asked for, and the frame that is captured is one that follows.

use super::Knobs;
use crate::backend::control::ids;
use crate::error::Result;

/// When there is light. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum FlashMode {
    /// Never.
    Close = 0,
    /// With each capture.
    Open = 1,
    /// With a capture that needs it. No control of V4L2 decides that.
    Auto = 2,
    /// All the time.
    AlwaysOpen = 3,
}

/// What the flash does now. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum FlashState {
    /// There is none, or it is charging.
    Unavailable = 0,
    /// It can flash.
    Ready = 1,
    /// It is lit.
    Flashing = 2,
}

/// Of the menu of V4L2_CID_FLASH_STROBE_SOURCE.
const SOFTWARE: i64 = 0;

fn can_strobe(knobs: &Knobs) -> Result<bool> {
    let led = knobs.has_item(ids::FLASH_LED_MODE, ids::FLASH_LED_FLASH)?;
    if !led || !knobs.has(ids::FLASH_STROBE)? {
        return Ok(false);
    }
    // One that the sensor alone fires does not flash for a capture.
    Ok(!knobs.has(ids::FLASH_STROBE_SOURCE)? || knobs.has_item(ids::FLASH_STROBE_SOURCE, SOFTWARE)?)
}

/// Is there a light that an application can use?
pub(crate) fn has(knobs: &Knobs) -> Result<bool> {
    Ok(can_strobe(knobs)? || is_supported(knobs, FlashMode::AlwaysOpen)?)
}

/// Every camera can be without.
pub(crate) fn is_supported(knobs: &Knobs, mode: FlashMode) -> Result<bool> {
    match mode {
        FlashMode::Close => Ok(true),
        FlashMode::Open => can_strobe(knobs),
        FlashMode::Auto => Ok(false),
        FlashMode::AlwaysOpen => knobs.has_item(ids::FLASH_LED_MODE, ids::FLASH_LED_TORCH),
    }
}

pub(crate) fn get(knobs: &Knobs) -> Result<FlashMode> {
    if !knobs.has(ids::FLASH_LED_MODE)? {
        return Ok(FlashMode::Close);
    }
    Ok(match knobs.number(ids::FLASH_LED_MODE)? {
        ids::FLASH_LED_FLASH => FlashMode::Open,
        ids::FLASH_LED_TORCH => FlashMode::AlwaysOpen,
        _ => FlashMode::Close,
    })
}

pub(crate) fn set(knobs: &Knobs, mode: FlashMode) -> Result<()> {
    if !is_supported(knobs, mode)? {
        return Err(knobs.cannot("such flash mode"));
    }
    let mut steps = Vec::new();
    if mode == FlashMode::Open && knobs.has(ids::FLASH_STROBE_SOURCE)? {
        steps.push((ids::FLASH_STROBE_SOURCE, SOFTWARE));
    }
    if knobs.settable(ids::FLASH_LED_MODE)?.is_some() {
        let item = match mode {
            FlashMode::Open => ids::FLASH_LED_FLASH,
            FlashMode::AlwaysOpen => ids::FLASH_LED_TORCH,
            FlashMode::Close | FlashMode::Auto => ids::FLASH_LED_NONE,
        };
        steps.push((ids::FLASH_LED_MODE, item));
    }
    // A light is known of before it burns, to whoever closes the input meanwhile.
    let before = knobs.chosen().flash;
    knobs.remember(|chosen| chosen.flash = Some(mode));
    knobs.apply(&steps).inspect_err(|_| knobs.remember(|chosen| chosen.flash = before))
}

/// Asked each time: whether it is lit or charged changes by itself.
pub(crate) fn state(knobs: &Knobs) -> Result<FlashState> {
    if !has(knobs)? {
        return Ok(FlashState::Unavailable);
    }
    let strobes = knobs.has(ids::FLASH_STROBE_STATUS)? && knobs.number(ids::FLASH_STROBE_STATUS)? != 0;
    if strobes || get(knobs)? == FlashMode::AlwaysOpen {
        return Ok(FlashState::Flashing);
    }
    let charging = knobs.has(ids::FLASH_READY)? && knobs.number(ids::FLASH_READY)? == 0;
    Ok(if charging { FlashState::Unavailable } else { FlashState::Ready })
}

/// Flashes, for a capture in mode [`FlashMode::Open`].
pub(crate) fn before_capture(knobs: &Knobs) -> Result<()> {
    // A button: the value means nothing.
    knobs.apply(&[(ids::FLASH_STROBE, 1)])
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::cameras;
    use super::super::knobs::fake::Fake;
    use super::*;
    use crate::backend::control::Kind;
    use crate::error::Code;
    use FlashMode::{AlwaysOpen, Auto, Close, Open};
    use ids::{FLASH_LED_MODE, FLASH_READY, FLASH_STROBE, FLASH_STROBE_SOURCE, FLASH_STROBE_STATUS};

    /// A light that cannot flash.
    fn lamp() -> Arc<Fake> {
        let light = (FLASH_LED_MODE, Kind::Menu, 0, 2, 1, 0);
        Fake::with_menus(&[light], &[(FLASH_LED_MODE, &[(0, None), (2, None)])])
    }

    /// A flash that only the sensor fires.
    fn wired() -> Arc<Fake> {
        Fake::with_menus(
            &[
                (FLASH_LED_MODE, Kind::Menu, 0, 1, 1, 0),
                (FLASH_STROBE_SOURCE, Kind::Menu, 0, 1, 1, 1),
                (FLASH_STROBE, Kind::Button, 0, 0, 0, 0),
            ],
            &[(FLASH_LED_MODE, &[(0, None), (1, None)]), (FLASH_STROBE_SOURCE, &[(1, None)])],
        )
    }

    use crate::sync::Arc;

    #[test]
    fn every_mode_is_set_and_read_back_or_refused() {
        let table = [
            (cameras::full(), [true, true, false, true]),
            (lamp(), [true, false, false, true]),
            (wired(), [true, false, false, false]),
            (cameras::webcam(), [true, false, false, false]),
            (cameras::bare(), [true, false, false, false]),
        ];
        for (fake, supported) in table {
            let knobs = fake.knobs();
            assert_eq!(has(&knobs).unwrap(), supported[1] || supported[3]);
            for (mode, supported) in [Close, Open, Auto, AlwaysOpen].into_iter().zip(supported) {
                assert_eq!(is_supported(&knobs, mode).unwrap(), supported, "{mode:?}");
                match set(&knobs, mode) {
                    Ok(()) => assert_eq!((supported, get(&knobs).unwrap()), (true, mode)),
                    Err(error) => assert_eq!((supported, error.code()), (false, Code::OperationNotAllowed)),
                }
            }
        }
    }

    #[test]
    fn a_flash_is_the_softwares_to_fire() {
        let fake = cameras::full();
        let knobs = fake.knobs();
        set(&knobs, Open).unwrap();
        before_capture(&knobs).unwrap();
        set(&knobs, Close).unwrap();
        let sets = [(FLASH_STROBE_SOURCE, 0), (FLASH_LED_MODE, 1), (FLASH_STROBE, 1), (FLASH_LED_MODE, 0)];
        assert_eq!((fake.set.lock().clone(), knobs.chosen().flash), (sets.to_vec(), Some(Close)));
    }

    #[test]
    fn a_mode_that_fails_is_not_chosen_and_nothing_is_left_half_set() {
        let fake = cameras::full();
        let knobs = fake.knobs();
        *fake.broken.lock() = Some(FLASH_LED_MODE);
        assert_eq!(set(&knobs, Open).unwrap_err().code(), Code::ServiceFatalError);
        assert_eq!((fake.value(FLASH_STROBE_SOURCE), knobs.chosen().flash), (1, None));
    }

    #[test]
    fn the_state_is_what_the_driver_tells_now() {
        let fake = cameras::full();
        let knobs = fake.knobs();
        assert_eq!(state(&knobs).unwrap(), FlashState::Ready);
        fake.becomes(FLASH_READY, 0);
        assert_eq!(state(&knobs).unwrap(), FlashState::Unavailable);
        fake.becomes(FLASH_STROBE_STATUS, 1);
        assert_eq!(state(&knobs).unwrap(), FlashState::Flashing);
        let lamp = lamp();
        assert_eq!(state(&lamp.knobs()).unwrap(), FlashState::Ready);
        set(&lamp.knobs(), AlwaysOpen).unwrap();
        assert_eq!(state(&lamp.knobs()).unwrap(), FlashState::Flashing);
        assert_eq!(state(&cameras::bare().knobs()).unwrap(), FlashState::Unavailable);
    }
}
