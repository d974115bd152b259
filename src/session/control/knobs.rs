//! The controls of one camera, as the families use them.

use super::Chosen;
use crate::backend::control::{Control, ControlChanges, ControlWatch, Controls, CropLimits, MenuItem, Section, Value};
use crate::error::{Code, Error, Result};
use crate::sync::{Arc, Mutex, Weak};

/// The controls of a camera that may have none.
pub(crate) struct Knobs {
    camera: String,
    controls: Option<Arc<dyn Controls>>,
    chosen: Arc<Mutex<Chosen>>,
    /// What was set with these to something else, and the buttons.
    touched: Mutex<Vec<u32>>,
}

impl Knobs {
    pub(crate) fn new(camera: &str, controls: Option<Arc<dyn Controls>>) -> Knobs {
        Knobs { camera: camera.to_owned(), controls, chosen: Arc::default(), touched: Mutex::default() }
    }

    /// The same, and what was chosen before is known and kept here.
    pub(super) fn remembering(self, chosen: &Arc<Mutex<Chosen>>) -> Knobs {
        Knobs { chosen: chosen.clone(), ..self }
    }

    /// What was chosen before.
    pub(crate) fn chosen(&self) -> Chosen {
        self.chosen.lock().clone()
    }

    /// Remembers what the camera's controls cannot hold.
    pub(crate) fn remember(&self, choose: impl FnOnce(&mut Chosen)) {
        choose(&mut self.chosen.lock());
    }

    /// The controls that became something else, and the buttons that were pressed.
    pub(super) fn touched(&self) -> Vec<u32> {
        self.touched.lock().clone()
    }

    /// Sets again what was set before, in its order; what cannot be set is told and left.
    pub(super) fn apply_again(&self, failed: impl Fn(u32, &Error)) {
        let Ok(controls) = self.controls() else { return };
        for (id, value) in self.chosen().record.steps() {
            if let Err(error) = controls.set(id, &Value::Number(value)) {
                failed(id, &error);
            }
        }
    }

    /// The control with this id, as it is now; `None` when the camera has none.
    pub(crate) fn find(&self, id: u32) -> Result<Option<Control>> {
        match &self.controls {
            Some(controls) => controls.describe(id),
            None => Ok(None),
        }
    }

    /// Has the camera this control?
    pub(crate) fn has(&self, id: u32) -> Result<bool> {
        Ok(self.find(id)?.is_some())
    }

    /// The control with this id; 7400102 without one: `purpose` is what it would be for, with an article.
    pub(crate) fn need(&self, id: u32, purpose: &str) -> Result<Control> {
        self.find(id)?.ok_or_else(|| self.cannot(purpose))
    }

    /// The failure of what this camera cannot do.
    pub(crate) fn cannot(&self, purpose: &str) -> Error {
        Error::new(Code::OperationNotAllowed, format!("camera {} has no {purpose}", self.camera))
    }

    fn controls(&self) -> Result<&Arc<dyn Controls>> {
        self.controls.as_ref().ok_or_else(|| self.cannot("controls"))
    }

    /// Watches for changes, of none until they are added.
    pub(super) fn watch(&self, changes: Weak<dyn ControlChanges>) -> Result<Arc<dyn ControlWatch>> {
        self.controls()?.watch(changes)
    }

    /// From which part of the sensor the picture is made; `None` of a camera that cannot choose.
    pub(super) fn crop(&self) -> Result<Option<CropLimits>> {
        self.controls.as_ref().map_or(Ok(None), |controls| controls.crop())
    }

    pub(super) fn set_crop(&self, section: Section) -> Result<Section> {
        self.controls()?.set_crop(section)
    }

    /// The items of a control with a menu.
    pub(crate) fn menu(&self, control: &Control) -> Result<Vec<MenuItem>> {
        self.controls()?.menu(control)
    }

    /// The value of a control that has a number.
    pub(crate) fn number(&self, id: u32) -> Result<i64> {
        match self.controls()?.get(id)? {
            Value::Number(number) => Ok(number),
            Value::Text(_) => Err(Error::fatal(format!("camera {}: control {id:#x} is a text", self.camera))),
        }
    }

    /// Sets controls in this order; when one fails, those before it are set back.
    pub(crate) fn apply(&self, steps: &[(u32, i64)]) -> Result<()> {
        if steps.is_empty() {
            return Ok(());
        }
        let controls = self.controls()?;
        let mut done: Vec<(u32, Value)> = Vec::with_capacity(steps.len());
        for &(id, value) in steps {
            // Buttons cannot be read, and need not be set back.
            let before = controls.get(id).ok();
            if let Err(error) = controls.set(id, &Value::Number(value)) {
                for (id, before) in done.iter().rev() {
                    // What cannot be set back is as it is; the first failure is told.
                    let _ = controls.set(*id, before);
                }
                return Err(error.context(format!("camera {}", self.camera)));
            }
            if before != Some(Value::Number(value)) {
                self.touched.lock().push(id);
            }
            done.extend(before.map(|before| (id, before)));
        }
        // What cannot be read holds nothing: to press a button again would be another thing.
        let held = |step: &&(u32, i64)| done.iter().any(|(id, _)| *id == step.0);
        let held: Vec<(u32, i64)> = steps.iter().filter(held).copied().collect();
        self.chosen.lock().record.note(&held);
        Ok(())
    }
}

/// Controls of a camera that is none, for tests of the families.
#[cfg(all(test, not(loom)))]
pub(crate) mod fake {
    use super::*;
    use crate::backend::control::Kind;
    pub(crate) use crate::backend::control::fake::{Fake, Menu};

    impl Fake {
        pub(crate) fn knobs(self: &Arc<Fake>) -> Knobs {
            Knobs::new("fake", Some(self.clone()))
        }
    }

    #[test]
    fn what_was_set_is_set_again_in_its_order() {
        let control = |id| (id, Kind::Integer, 0, 9, 1, 5);
        let fake = Fake::new(&[control(1), control(2), control(3), (4, Kind::Button, 0, 0, 0, 0)]);
        let knobs = fake.knobs();
        knobs.apply(&[(1, 1), (2, 2), (4, 1)]).unwrap();
        *fake.broken.lock() = Some(3);
        knobs.apply(&[(2, 9), (3, 3)]).unwrap_err();
        *fake.broken.lock() = None;
        knobs.apply(&[(3, 3)]).unwrap();
        knobs.apply(&[(1, 8)]).unwrap();
        assert_eq!(
            (knobs.touched(), knobs.chosen().record.steps()),
            (vec![1, 2, 4, 2, 3, 1], vec![(2, 2), (3, 3), (1, 8)])
        );

        let back = Fake::new(&[control(1), control(2), control(3)]);
        *back.broken.lock() = Some(3);
        let failures = Mutex::new(Vec::new());
        let again = Knobs { chosen: knobs.chosen.clone(), ..back.knobs() };
        again.apply_again(|id, _| failures.lock().push(id));
        assert_eq!((back.value(1), back.value(2), back.value(3), &failures.lock()[..]), (8, 2, 5, &[3][..]));
    }

    #[test]
    fn automatics_are_set_again_before_values_and_locks_after_them() {
        use crate::backend::control::ids;
        let mut record = super::super::chosen::Record::default();
        record.note(&[(ids::THREE_A_LOCK, 1), (ids::EXPOSURE_ABSOLUTE, 50), (ids::EXPOSURE_AUTO, 1)]);
        let expected = vec![(ids::EXPOSURE_AUTO, 1), (ids::EXPOSURE_ABSOLUTE, 50), (ids::THREE_A_LOCK, 1)];
        assert_eq!(record.steps(), expected);
    }

    #[test]
    fn what_is_set_to_what_it_is_touches_nothing() {
        let fake = Fake::new(&[(1, Kind::Integer, 0, 9, 1, 5), (2, Kind::Button, 0, 0, 0, 0)]);
        let knobs = fake.knobs();
        knobs.apply(&[(1, 5), (2, 1)]).unwrap();
        assert_eq!(knobs.touched(), [2]);
        knobs.apply(&[(1, 6)]).unwrap();
        assert_eq!(knobs.touched(), [2, 1]);
    }

    #[test]
    fn what_fails_halfway_is_set_back() {
        let fake = Fake::new(&[(1, Kind::Integer, 0, 9, 1, 5), (2, Kind::Integer, 0, 9, 1, 6)]);
        fake.knobs().apply(&[(1, 2), (2, 3)]).unwrap();
        *fake.broken.lock() = Some(2);
        assert_eq!(fake.knobs().apply(&[(1, 7), (2, 8)]).unwrap_err().detail(), "camera fake: EIO");
        assert_eq!((fake.value(1), fake.value(2)), (2, 3));
        assert_eq!(*fake.set.lock(), [(1, 2), (2, 3), (1, 7), (1, 2)]);
    }
}
