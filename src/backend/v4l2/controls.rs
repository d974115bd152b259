//! The controls of an open node, as the contract in `backend/control.rs` has them.
//!
//! The kernel clamps and rounds what it is set to, and does not tell. So a value is compared with the
//! range, the step and the menu first, and what the control does not take never reaches the driver.

mod crop;
mod events;
#[cfg(all(test, not(loom)))]
mod tests;
mod words;

use super::device::Node;
use super::error::{self, Errno, is_gone};
use super::identity::clean;
use super::sys::{self, Described, Event, Item, Width};
use crate::backend::control::{
    Control, ControlChanges, ControlWatch, Controls, CropLimits, Kind, MenuItem, Section, Value,
};
use crate::error::{Error, Result};
use crate::format::Size;
use crate::runtime::{Log, Reactor};
use crate::sync::{Arc, Weak};
use events::Events;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use words::Doing;

/// The calls to a driver, which tests answer as drivers do.
pub(super) trait Calls: Send + Sync {
    /// VIDIOC_QUERY_EXT_CTRL.
    fn query(&self, id: u32) -> Result<Described, Errno>;
    /// VIDIOC_QUERYCTRL.
    fn query_old(&self, id: u32) -> Result<Described, Errno>;
    fn item(&self, id: u32, index: u32) -> Result<Item, Errno>;
    fn read(&self, id: u32, width: Width) -> Result<i64, Errno>;
    fn write(&self, id: u32, width: Width, value: i64) -> Result<(), Errno>;
    /// VIDIOC_G_CTRL.
    fn read_old(&self, id: u32) -> Result<i32, Errno>;
    /// VIDIOC_S_CTRL.
    fn write_old(&self, id: u32, value: i32) -> Result<(), Errno>;
    fn read_bytes(&self, id: u32, size: usize) -> Result<Vec<u8>, Errno>;
    fn write_bytes(&self, id: u32, bytes: &mut [u8]) -> Result<(), Errno>;
    fn subscribe(&self, id: u32) -> Result<(), Errno>;
    fn unsubscribe(&self, id: u32) -> Result<(), Errno>;
    fn dequeue(&self) -> Result<Option<Event>, Errno>;
    fn selection(&self, target: u32) -> Result<Section, Errno>;
    fn set_selection(&self, target: u32, to: Section) -> Result<Section, Errno>;
    fn picture_size(&self) -> Result<Size, Errno>;
    fn check_present(&self) -> Result<()>;
    /// What is waited on for events.
    fn fd(&self) -> BorrowedFd<'_>;
}

impl Calls for Node {
    fn query(&self, id: u32) -> Result<Described, Errno> {
        sys::query_control(self.fd(), id)
    }
    fn query_old(&self, id: u32) -> Result<Described, Errno> {
        sys::query_control_old(self.fd(), id)
    }
    fn item(&self, id: u32, index: u32) -> Result<Item, Errno> {
        sys::menu_item(self.fd(), id, index)
    }
    fn read(&self, id: u32, width: Width) -> Result<i64, Errno> {
        sys::read_number(self.fd(), id, width)
    }
    fn write(&self, id: u32, width: Width, value: i64) -> Result<(), Errno> {
        sys::write_number(self.fd(), id, width, value)
    }
    fn read_old(&self, id: u32) -> Result<i32, Errno> {
        sys::get_control(self.fd(), id)
    }
    fn write_old(&self, id: u32, value: i32) -> Result<(), Errno> {
        sys::set_control(self.fd(), id, value)
    }
    fn read_bytes(&self, id: u32, size: usize) -> Result<Vec<u8>, Errno> {
        sys::read_bytes(self.fd(), id, size)
    }
    fn write_bytes(&self, id: u32, bytes: &mut [u8]) -> Result<(), Errno> {
        sys::write_bytes(self.fd(), id, bytes)
    }
    fn subscribe(&self, id: u32) -> Result<(), Errno> {
        sys::subscribe(self.fd(), id)
    }
    fn unsubscribe(&self, id: u32) -> Result<(), Errno> {
        sys::unsubscribe(self.fd(), id)
    }
    fn dequeue(&self) -> Result<Option<Event>, Errno> {
        sys::dequeue_event(self.fd())
    }
    fn selection(&self, target: u32) -> Result<Section, Errno> {
        sys::get_selection(self.fd(), target)
    }
    fn set_selection(&self, target: u32, to: Section) -> Result<Section, Errno> {
        sys::set_selection(self.fd(), target, to)
    }
    fn picture_size(&self) -> Result<Size, Errno> {
        sys::get_format(self.fd(), self.interface).map(|picture| picture.size)
    }
    fn check_present(&self) -> Result<()> {
        Node::check_present(self)
    }
    fn fd(&self) -> BorrowedFd<'_> {
        Node::fd(self)
    }
}

/// More controls no driver is believed to have, nor items in a menu.
const MAX_CONTROLS: usize = 4096;
const MAX_ITEMS: i64 = 1024;

/// A camera with more controls that cannot be described is broken itself, and each of them may take long.
const MAX_BROKEN: u32 = 8;

const NEXT: u32 = sys::NEXT_CTRL | sys::NEXT_COMPOUND;

/// The classes that there are so far (V4L2_CTRL_CLASS_USER and its siblings, by 16 bits), where in each of
/// them standard controls begin and those of single drivers do, and where very old drivers have theirs
/// (V4L2_CID_PRIVATE_BASE).
const CLASSES: std::ops::RangeInclusive<u32> = 0x98..=0xa5;
const BLOCKS: [u32; 2] = [0x900, 0x1900];
const PRIVATE: u32 = 0x0800_0000;

/// The controls of one open node.
pub(super) struct V4l2Controls {
    calls: Arc<dyn Calls>,
    path: PathBuf,
    events: Arc<Events>,
}

impl V4l2Controls {
    pub(super) fn new(calls: Arc<dyn Calls>, path: &Path, reactor: Arc<Reactor>, log: Arc<Log>) -> V4l2Controls {
        let events = Events::new(calls.clone(), path, reactor, log);
        V4l2Controls { calls, path: path.to_owned(), events }
    }

    fn failure(&self, doing: impl std::fmt::Display, errno: Errno) -> Error {
        error::failure(doing, &self.path, errno)
    }

    fn query(&self, id: u32) -> Result<Described, Errno> {
        match self.calls.query(id) {
            Err(Errno::NOTTY) => self.calls.query_old(id & !sys::NEXT_COMPOUND),
            answer => answer,
        }
    }

    /// The id of the first control after `last` whose description fails: some cameras answer for one of
    /// their controls with an error, and the kernel's list ends there.
    fn broken_after(&self, last: u32) -> Option<u32> {
        let blocks = CLASSES.flat_map(|class| BLOCKS.map(|block| class << 16 | block));
        let mut ids = blocks.flat_map(|first| first..first + 0x100).filter(|id| *id > last);
        ids.find(|id| self.query(*id) != Err(Errno::INVAL))
    }

    /// Every control of a driver that cannot be asked for the next one.
    fn list_by_number(&self) -> Vec<Control> {
        let private = (PRIVATE..PRIVATE + 0x100).map_while(|id| self.query(id).ok());
        let user = (0x98_0900..0x98_0940).filter_map(|id| self.query(id).ok());
        private.chain(user).filter_map(control).collect()
    }

    /// A control that is there, for `doing` something with it.
    fn known(&self, id: u32, doing: &str) -> Result<Control> {
        self.describe(id)?.ok_or_else(|| {
            Error::not_allowed(format!(
                "{}: {doing} control {id:#x}: the camera has no such control",
                self.path.display()
            ))
        })
    }

    fn read_number(&self, control: &Control) -> Result<i64, Errno> {
        let width = width(control.kind);
        match self.calls.read(control.id, width) {
            Err(Errno::NOTTY) if width != Width::Wide => {
                let value = self.calls.read_old(control.id)?;
                Ok(if width == Width::Bits { value.cast_unsigned().into() } else { value.into() })
            }
            answer => answer,
        }
    }

    fn write_number(&self, control: &Control, value: i64) -> Result<(), Errno> {
        let width = width(control.kind);
        match self.calls.write(control.id, width, value) {
            Err(Errno::NOTTY) if width != Width::Wide => {
                let low = i32::from_ne_bytes((value as u32).to_ne_bytes());
                self.calls.write_old(control.id, low)
            }
            answer => answer,
        }
    }
}

fn width(kind: Kind) -> Width {
    match kind {
        Kind::Integer64 => Width::Wide,
        Kind::Bitmask => Width::Bits,
        _ => Width::Signed,
    }
}

/// `None` for the heading of a class and for what is disabled.
fn control(described: Described) -> Option<Control> {
    if described.number == sys::TYPE_CLASS || described.flags & Control::DISABLED != 0 {
        return None;
    }
    let kind = match described.array {
        true => Kind::Other(described.number),
        false => Kind::from_number(described.number),
    };
    // Bits have no sign, and older calls give them one.
    let number = |value: i64| if kind == Kind::Bitmask { value & 0xffff_ffff } else { value };
    let name = clean(&described.name);
    Some(Control {
        id: described.id,
        name: if name.is_empty() { format!("Control {:#x}", described.id) } else { name },
        kind,
        min: number(described.min),
        max: number(described.max),
        step: described.step.max(1),
        default: number(described.default),
        flags: described.flags,
    })
}

impl Controls for V4l2Controls {
    fn list(&self) -> Result<Vec<Control>> {
        let mut found = Vec::new();
        let (mut last, mut broken) = (0, 0);
        for _ in 0..MAX_CONTROLS {
            match self.query(last | NEXT) {
                Ok(described) if described.id & NEXT != 0 || described.id <= last => break,
                Ok(described) => {
                    last = described.id;
                    found.extend(control(described));
                }
                Err(errno) if is_gone(errno) => return Err(self.failure("listing controls", errno)),
                // Nothing at all, or an old driver that does not know the flag.
                Err(Errno::INVAL) if last == 0 => {
                    found = self.list_by_number();
                    break;
                }
                Err(Errno::INVAL | Errno::NOTTY) => break,
                Err(errno) => {
                    broken += 1;
                    match self.broken_after(last).filter(|_| broken <= MAX_BROKEN) {
                        Some(next) => {
                            last = next;
                            found.extend(self.query(next).ok().and_then(control));
                        }
                        None if found.is_empty() => return Err(self.failure("listing controls", errno)),
                        None => break,
                    }
                }
            }
        }
        found.sort_by_key(|control| control.id);
        Ok(found)
    }

    fn describe(&self, id: u32) -> Result<Option<Control>> {
        // To ask for one after another is another question.
        if id & NEXT != 0 {
            return Ok(None);
        }
        match self.query(id) {
            Ok(described) => Ok(control(described)),
            Err(Errno::INVAL | Errno::NOTTY) => Ok(None),
            Err(errno) => Err(self.failure(format_args!("describing control {id:#x}"), errno)),
        }
    }

    fn menu(&self, control: &Control) -> Result<Vec<MenuItem>> {
        if !control.kind.has_menu() {
            return Ok(Vec::new());
        }
        let first = control.min.max(0);
        let last = control.max.min(first.saturating_add(MAX_ITEMS)).min(u32::MAX.into());
        let mut items = Vec::new();
        for index in (first..=last).filter_map(|index| u32::try_from(index).ok()) {
            match self.calls.item(control.id, index) {
                Ok(Item { number, .. }) if control.kind == Kind::IntegerMenu => {
                    items.push(MenuItem { index, name: number.to_string(), number: Some(number) });
                }
                Ok(Item { name, .. }) => items.push(MenuItem { index, name: clean(&name), number: None }),
                Err(errno) if is_gone(errno) => {
                    let doing = format!("listing the menu of {}", words::name(control));
                    return Err(self.failure(doing, errno));
                }
                Err(_) => {}
            }
        }
        Ok(items)
    }

    fn get(&self, id: u32) -> Result<Value> {
        let control = self.known(id, "reading")?;
        let refuse = |why: &str| Err(words::refusal(&self.path, &Doing::Reading, &control, why));
        match control.kind {
            Kind::Other(_) => return refuse("values of its type are not supported"),
            Kind::Button => return refuse("a button has no value"),
            _ if control.is(Control::WRITE_ONLY) => return refuse("it can only be set"),
            _ => {}
        }
        let value = if control.kind == Kind::Text {
            let size = usize::try_from(control.max).unwrap_or(0).saturating_add(1);
            self.calls.read_bytes(id, size).map(|bytes| Value::Text(words::text(&bytes)))
        } else {
            self.read_number(&control).map(Value::Number)
        };
        value.map_err(|errno| words::failure(&self.path, &Doing::Reading, &control, &[], errno))
    }

    fn set(&self, id: u32, value: &Value) -> Result<()> {
        let control = self.known(id, "setting")?;
        let doing = Doing::Setting(value);
        let refuse = |why: &str| Err(words::refusal(&self.path, &doing, &control, why));
        match control.kind {
            Kind::Other(_) => return refuse("values of its type are not supported"),
            _ if control.is(Control::READ_ONLY) => return refuse("it can only be read"),
            _ if control.is(Control::GRABBED) => {
                return refuse(
                    "the driver needs it as it is (EBUSY), usually while frames flow: set it before the \
                     session starts, or stop the session first",
                );
            }
            _ => {}
        }
        let misfit = words::misfit(&control, value).or_else(|| match value {
            Value::Number(index) if control.kind.has_menu() => {
                let hole = u32::try_from(*index).map_or(true, |index| self.calls.item(id, index) == Err(Errno::INVAL));
                hole.then_some("the menu has no such item")
            }
            _ => None,
        });
        if let Some(misfit) = misfit {
            return Err(words::not_taken(&self.path, value, &control, &self.items(&control), misfit));
        }
        let set = match value {
            Value::Text(text) => self.calls.write_bytes(id, &mut [text.as_bytes(), b"\0"].concat()),
            Value::Number(number) => self.write_number(&control, *number),
        };
        set.map_err(|errno| words::failure(&self.path, &doing, &control, &self.items(&control), errno))
    }

    fn watch(&self, changes: Weak<dyn ControlChanges>) -> Result<Arc<dyn ControlWatch>> {
        self.events.watch(changes)
    }

    fn crop(&self) -> Result<Option<CropLimits>> {
        crop::limits(&*self.calls, &self.path)
    }

    fn set_crop(&self, section: Section) -> Result<Section> {
        crop::set(&*self.calls, &self.path, section)
    }
}

impl V4l2Controls {
    /// The items of a menu, for the detail of a failure.
    fn items(&self, control: &Control) -> Vec<MenuItem> {
        self.menu(control).unwrap_or_default()
    }
}
