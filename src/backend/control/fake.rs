//! Controls of a camera that is none, for tests.

use super::{Control, ControlChanges, ControlWatch, Controls, CropLimits, Kind, MenuItem, Section, Value};
use crate::error::{Error, Result};
use crate::sync::{Arc, Mutex, Weak};

/// The items of one control: index, and number in a menu of numbers.
pub(crate) type Menu<'a> = (u32, &'a [(u32, Option<i64>)]);

/// Remembers what it is set to, and in which order.
pub(crate) struct Fake {
    controls: Vec<(Control, Vec<MenuItem>)>,
    values: Mutex<Vec<(u32, i64)>>,
    /// What was set, in order.
    pub(crate) set: Mutex<Vec<(u32, i64)>>,
    /// Setting this control fails.
    pub(crate) broken: Mutex<Option<u32>>,
    /// Of a driver that can take a part of the picture, and whether it refuses all the same.
    pub(crate) crop: Mutex<Option<CropLimits>>,
    pub(crate) cannot_crop: Mutex<bool>,
}

impl Fake {
    /// Controls by id, kind, range, step and value.
    pub(crate) fn new(controls: &[(u32, Kind, i64, i64, u64, i64)]) -> Arc<Fake> {
        let control = |&(id, kind, min, max, step, value): &(u32, Kind, i64, i64, u64, i64)| Control {
            id,
            name: format!("control {id:#x}"),
            kind,
            min,
            max,
            step,
            default: value,
            flags: 0,
        };
        Arc::new(Fake {
            values: Mutex::new(controls.iter().map(|control| (control.0, control.5)).collect()),
            controls: controls.iter().map(|c| (control(c), Vec::new())).collect(),
            set: Mutex::default(),
            broken: Mutex::default(),
            crop: Mutex::default(),
            cannot_crop: Mutex::default(),
        })
    }

    /// As `new`, and these items for those that have menus.
    pub(crate) fn with_menus(controls: &[(u32, Kind, i64, i64, u64, i64)], menus: &[Menu<'_>]) -> Arc<Fake> {
        let mut fake = Arc::into_inner(Fake::new(controls)).expect("nobody has it yet");
        for (id, items) in menus {
            let (_, menu) = fake.controls.iter_mut().find(|(control, _)| control.id == *id).expect("a control");
            *menu = items
                .iter()
                .map(|(index, number)| MenuItem { index: *index, name: format!("item {index}"), number: *number })
                .collect();
        }
        Arc::new(fake)
    }

    pub(crate) fn value(&self, id: u32) -> i64 {
        self.values.lock().iter().find(|(known, _)| *known == id).expect("a control").1
    }

    /// As the camera itself would.
    pub(crate) fn becomes(&self, id: u32, value: i64) {
        self.values.lock().iter_mut().find(|(known, _)| *known == id).expect("a control").1 = value;
    }
}

impl Controls for Fake {
    fn list(&self) -> Result<Vec<Control>> {
        Ok(self.controls.iter().map(|(control, _)| control.clone()).collect())
    }
    fn describe(&self, id: u32) -> Result<Option<Control>> {
        Ok(self.controls.iter().find(|(control, _)| control.id == id).map(|(control, _)| control.clone()))
    }
    fn menu(&self, control: &Control) -> Result<Vec<MenuItem>> {
        let found = self.controls.iter().find(|(known, _)| known.id == control.id);
        Ok(found.map(|(_, menu)| menu.clone()).unwrap_or_default())
    }
    fn get(&self, id: u32) -> Result<Value> {
        if self.describe(id)?.is_some_and(|control| control.kind == Kind::Button) {
            return Err(Error::not_allowed("a button has no value"));
        }
        let values = self.values.lock();
        let value = values.iter().find(|(known, _)| *known == id);
        value.map(|(_, value)| Value::Number(*value)).ok_or_else(|| Error::not_allowed("no such control"))
    }
    fn set(&self, id: u32, value: &Value) -> Result<()> {
        if *self.broken.lock() == Some(id) {
            return Err(Error::fatal("EIO"));
        }
        let Value::Number(value) = *value else { return Err(Error::invalid("a text")) };
        let control = self.describe(id)?.ok_or_else(|| Error::not_allowed("no such control"))?;
        if control.nearest(value) != value && control.kind != Kind::Button {
            return Err(Error::invalid(format!("{value} is out of range")));
        }
        self.becomes(id, value);
        self.set.lock().push((id, value));
        Ok(())
    }
    fn crop(&self) -> Result<Option<CropLimits>> {
        Ok(*self.crop.lock())
    }
    fn set_crop(&self, section: Section) -> Result<Section> {
        match &mut *self.crop.lock() {
            Some(limits) if !*self.cannot_crop.lock() => {
                limits.current = section;
                Ok(section)
            }
            _ => Err(Error::not_allowed("EINVAL")),
        }
    }
    fn watch(&self, _: Weak<dyn ControlChanges>) -> Result<Arc<dyn ControlWatch>> {
        Err(Error::fatal("nothing changes by itself"))
    }
}
