//! Cameras that are none, for the tests of all families: one with everything, a webcam as UVC has it,
//! and one without controls.

use super::knobs::fake::{Fake, Menu};
use crate::backend::control::Kind::{self, Bitmask, Boolean, Button, Integer, IntegerMenu};
use crate::backend::control::ids;
use crate::sync::Arc;

/// Everything is at its most automatic, and the light is out.
pub(super) fn full() -> Arc<Fake> {
    let choice = Kind::Menu;
    let menus: &[Menu<'_>] = &[
        (ids::EXPOSURE_AUTO, &[(0, None), (1, None), (2, None), (3, None)]),
        (
            ids::AUTO_EXPOSURE_BIAS,
            &[(0, Some(-2000)), (1, Some(-1000)), (2, Some(-500)), (3, Some(0)), (4, Some(500)), (5, Some(2000))],
        ),
        (ids::ISO_SENSITIVITY, &[(0, Some(100_000)), (1, Some(200_000)), (3, Some(400_000)), (4, Some(800_000))]),
        (ids::ISO_SENSITIVITY_AUTO, &[(0, None), (1, None)]),
        (ids::EXPOSURE_METERING, &[(0, None), (1, None), (2, None), (3, None)]),
        (
            ids::AUTO_N_PRESET_WHITE_BALANCE,
            &[(0, None), (1, None), (2, None), (3, None), (6, None), (7, None), (8, None), (9, None)],
        ),
        (ids::FLASH_LED_MODE, &[(0, None), (1, None), (2, None)]),
        (ids::FLASH_STROBE_SOURCE, &[(0, None), (1, None)]),
    ];
    Fake::with_menus(
        &[
            (ids::WHITE_BALANCE_TEMPERATURE, Integer, 2500, 10_000, 50, 5000),
            (ids::EXPOSURE_AUTO, choice, 0, 3, 1, 0),
            (ids::EXPOSURE_ABSOLUTE, Integer, 1, 10_000, 1, 100),
            (ids::AUTO_EXPOSURE_BIAS, IntegerMenu, 0, 5, 1, 3),
            (ids::AUTO_N_PRESET_WHITE_BALANCE, choice, 0, 9, 1, 1),
            (ids::ISO_SENSITIVITY, IntegerMenu, 0, 4, 1, 0),
            (ids::ISO_SENSITIVITY_AUTO, choice, 0, 1, 1, 1),
            (ids::EXPOSURE_METERING, choice, 0, 3, 1, 0),
            (ids::THREE_A_LOCK, Bitmask, 0, 7, 0, 0),
            (ids::FLASH_LED_MODE, choice, 0, 2, 1, 0),
            (ids::FLASH_STROBE_SOURCE, choice, 0, 1, 1, 1),
            (ids::FLASH_STROBE, Button, 0, 0, 0, 0),
            (ids::FLASH_STROBE_STATUS, Boolean, 0, 1, 1, 0),
            (ids::FLASH_READY, Boolean, 0, 1, 1, 1),
        ],
        menus,
    )
}

/// As the driver of USB cameras gives them, with a menu that has holes.
pub(super) fn webcam() -> Arc<Fake> {
    Fake::with_menus(
        &[
            (ids::AUTO_WHITE_BALANCE, Boolean, 0, 1, 1, 1),
            (ids::WHITE_BALANCE_TEMPERATURE, Integer, 2800, 6500, 100, 4600),
            (ids::EXPOSURE_AUTO, Kind::Menu, 0, 3, 1, 3),
            (ids::EXPOSURE_ABSOLUTE, Integer, 3, 2047, 1, 250),
        ],
        &[(ids::EXPOSURE_AUTO, &[(1, None), (3, None)])],
    )
}

pub(super) fn bare() -> Arc<Fake> {
    Fake::new(&[])
}
