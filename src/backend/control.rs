//! Controls: what of a camera can be asked and set at any time, while frames flow too.
//!
//! They are V4L2's on every backend: the ids of `linux/v4l2-controls.h`, the units, the menus and the
//! flags of the kernel's "User Controls", "Camera Control Reference", "Flash Control Reference" and
//! "Image Source Control Reference". What families of an application's interface make of them is
//! `session/control`'s.

#![allow(dead_code, reason = "until every family is there")]

#[cfg(all(test, not(loom)))]
pub(crate) mod fake;
#[allow(dead_code, reason = "until every family is there")]
pub(crate) mod ids;

use crate::error::{Error, Result};
use crate::sync::{Arc, Weak};

/// What values a control has. The numbers of `enum v4l2_ctrl_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    /// 0 or 1.
    Boolean,
    /// The index of an item that has a name.
    Menu,
    /// Does something when it is set to anything, and has no value.
    Button,
    Integer64,
    Text,
    Bitmask,
    /// The index of an item that stands for a number.
    IntegerMenu,
    /// An array, a rectangle, or what did not exist when this was written: listed, and neither read nor set.
    Other(u32),
}

impl Kind {
    pub(crate) fn from_number(number: u32) -> Kind {
        match number {
            1 => Kind::Integer,
            2 => Kind::Boolean,
            3 => Kind::Menu,
            4 => Kind::Button,
            5 => Kind::Integer64,
            7 => Kind::Text,
            8 => Kind::Bitmask,
            9 => Kind::IntegerMenu,
            other => Kind::Other(other),
        }
    }

    pub(crate) fn number(self) -> u32 {
        match self {
            Kind::Integer => 1,
            Kind::Boolean => 2,
            Kind::Menu => 3,
            Kind::Button => 4,
            Kind::Integer64 => 5,
            Kind::Text => 7,
            Kind::Bitmask => 8,
            Kind::IntegerMenu => 9,
            Kind::Other(number) => number,
        }
    }

    /// Has it items?
    pub(crate) fn has_menu(self) -> bool {
        matches!(self, Kind::Menu | Kind::IntegerMenu)
    }
}

/// A control as the driver describes it at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Control {
    pub id: u32,
    /// What the driver calls it, for people.
    pub name: String,
    pub kind: Kind,
    /// Of a text: the least and the most bytes of it.
    pub min: i64,
    pub max: i64,
    /// Values are `min` and so many of these above it; at least 1.
    pub step: u64,
    pub default: i64,
    /// Bits of [`Control::READ_ONLY`] and its siblings; V4L2_CTRL_FLAG_... of the kernel.
    pub flags: u32,
}

impl Control {
    pub(crate) const DISABLED: u32 = 0x1;
    /// Cannot be set now, because the driver needs it as it is (usually while frames flow).
    pub(crate) const GRABBED: u32 = 0x2;
    pub(crate) const READ_ONLY: u32 = 0x4;
    /// Setting it changes other controls.
    pub(crate) const UPDATE: u32 = 0x8;
    /// Has no effect now, because of another control: exposure time while exposure is automatic.
    pub(crate) const INACTIVE: u32 = 0x10;
    pub(crate) const WRITE_ONLY: u32 = 0x40;
    /// Changes by itself, and no event tells.
    pub(crate) const VOLATILE: u32 = 0x80;

    pub(crate) fn is(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// The value nearest to this one that the control takes.
    pub(crate) fn nearest(&self, value: i64) -> i64 {
        let value = value.clamp(self.min, self.max.max(self.min));
        let step = i64::try_from(self.step).unwrap_or(1).max(1);
        let above = i128::from(value) - i128::from(self.min);
        let steps = (above + i128::from(step) / 2) / i128::from(step);
        let nearest = i128::from(self.min) + steps * i128::from(step);
        // The last step may lead beyond the maximum.
        let nearest = if nearest > i128::from(self.max) { nearest - i128::from(step) } else { nearest };
        i64::try_from(nearest).unwrap_or(value).max(self.min)
    }
}

/// An item of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MenuItem {
    pub index: u32,
    /// Its name, or its number in decimal.
    pub name: String,
    /// Of an [`Kind::IntegerMenu`].
    pub number: Option<i64>,
}

/// What a control is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Of every kind but text: 0 or 1, the index of an item, bits, a number.
    Number(i64),
    Text(String),
}

/// A control changed, by someone else or by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub id: u32,
    /// Its value; 0 for a text, which must be asked for.
    pub value: i64,
    /// Its flags or its range changed as well, or alone: V4L2_EVENT_CTRL_CH_FLAGS, ..._RANGE.
    pub described_anew: bool,
}

/// Who is told of changes. Called on the reactor thread: must not block.
pub(crate) trait ControlChanges: Send + Sync {
    fn changed(&self, change: Change);
}

/// Tells of changes until it is dropped; not for ever after, except on the reactor thread.
pub(crate) trait ControlWatch: Send + Sync {
    /// Changes of this control are told from now on. What this device object sets itself is not told,
    /// but what it makes other controls become is. 7400102 when it has no such control.
    fn add(&self, id: u32) -> Result<()>;

    /// They are told no more.
    fn remove(&self, id: u32);
}

/// A rectangle of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Section {
    pub left: i32,
    pub top: i32,
    pub width: u32,
    pub height: u32,
}

impl Section {
    /// Is all of `other` in it?
    pub(crate) fn contains(&self, other: &Section) -> bool {
        let within = |start: i32, length: u32, other_start: i32, other_length: u32| {
            let end = |start: i32, length: u32| i64::from(start) + i64::from(length);
            start <= other_start && end(other_start, other_length) <= end(start, length)
        };
        within(self.left, self.width, other.left, other.width) && within(self.top, self.height, other.top, other.height)
    }
}

/// From which part of what the sensor sees the driver makes the picture. Coordinates are the driver's
/// own, and are pixels of the sensor or of the signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CropLimits {
    /// The most that can be taken.
    pub bounds: Section,
    /// The whole picture, as the driver means it.
    pub default: Section,
    /// What is taken now.
    pub current: Section,
}

/// The controls of an open device. All calls may come at the same time as others, from threads that
/// may block. 7400108 when the device is gone.
pub(crate) trait Controls: Send + Sync {
    /// Every control in the order of the ids, without those that are disabled and without the headings
    /// of classes. A driver that has none answers with an empty list.
    fn list(&self) -> Result<Vec<Control>>;

    /// The control with the next higher id; `None` behind the last.
    fn next(&self, after: u32) -> Result<Option<Control>> {
        Ok(self.list()?.into_iter().find(|control| control.id > after))
    }

    /// One control, as it is described now; `None` when the camera has none with this id, or it is
    /// disabled.
    fn describe(&self, id: u32) -> Result<Option<Control>>;

    /// The items of a control with a menu that exist; menus have holes.
    fn menu(&self, control: &Control) -> Result<Vec<MenuItem>>;

    /// The value now, of a volatile control too. 7400102: there is no such control, it cannot be read, or
    /// its kind is [`Kind::Other`].
    fn get(&self, id: u32) -> Result<Value>;

    /// Sets it. 7400101: a value that it does not take; nothing is rounded. 7400102: there is no such
    /// control, it is read-only or grabbed, or its kind is [`Kind::Other`]. 7400201: the driver failed.
    fn set(&self, id: u32, value: &Value) -> Result<()>;

    /// Watches for changes, of none until they are added. 7400201 when the driver cannot tell.
    fn watch(&self, changes: Weak<dyn ControlChanges>) -> Result<Arc<dyn ControlWatch>>;

    /// From which part of the sensor the picture is made; `None` when the driver does not let it be chosen.
    fn crop(&self) -> Result<Option<CropLimits>> {
        Ok(None)
    }

    /// Makes the picture from this part, in the size that it has, and tells what the driver made of it:
    /// it may need other edges. Setting a format may undo it. 7400101: not within the bounds. 7400102: the
    /// driver cannot, or not while frames flow, or it would change the size of the picture; everything is
    /// then as it was.
    fn set_crop(&self, _section: Section) -> Result<Section> {
        Err(Error::not_allowed("this camera cannot take a part of the picture by itself"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_value_is_one_that_the_control_takes() {
        let control = |min, max, step| Control {
            id: 1,
            name: String::new(),
            kind: Kind::Integer,
            min,
            max,
            step,
            default: min,
            flags: 0,
        };
        assert_eq!([-1, 0, 4, 5, 9, 100].map(|value| control(0, 14, 10).nearest(value)), [0, 0, 0, 10, 10, 10]);
        assert_eq!([-7, -6, -5].map(|value| control(-9, 9, 3).nearest(value)), [-6, -6, -6]);
        assert_eq!(control(i64::MIN, i64::MAX, 1).nearest(i64::MAX), i64::MAX);
        assert_eq!(control(i64::MIN, i64::MAX, u64::MAX).nearest(3), 3, "a driver's nonsense");
        assert_eq!(control(5, -5, 0).nearest(0), 5, "and more of it");
    }

    #[test]
    fn sections_know_what_is_in_them() {
        let section = |left, top, width, height| Section { left, top, width, height };
        let bounds = section(-2, 0, 10, 6);
        assert!(
            bounds.contains(&bounds) && bounds.contains(&section(7, 5, 1, 1)) && bounds.contains(&section(0, 0, 0, 0))
        );
        for outside in [section(-3, 0, 1, 1), section(0, -1, 1, 1), section(7, 0, 2, 1), section(0, 0, 1, u32::MAX)] {
            assert!(!bounds.contains(&outside), "{outside:?}");
        }
        assert!(!bounds.contains(&section(i32::MAX, i32::MAX, u32::MAX, u32::MAX)));
    }

    #[test]
    fn kinds_keep_their_numbers() {
        assert!((0..0x200).all(|number| Kind::from_number(number).number() == number));
    }
}
