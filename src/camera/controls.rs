//! Which controls of its device an input watches. The watch belongs to an open device; which controls it
//! is for outlives a camera that is gone and comes back.

use super::Input;
use crate::backend::control::ControlWatch;
use crate::error::Result;
use crate::sync::Arc;
use std::collections::BTreeSet;

#[derive(Default)]
pub(crate) struct Watched {
    ids: BTreeSet<u32>,
    /// Of the device that is open.
    watch: Option<Arc<dyn ControlWatch>>,
}

impl Input {
    /// Changes of this control are told from now on. In the input's turn.
    pub(crate) fn watch_control(&self, id: u32) -> Result<()> {
        let controls = self.controls()?;
        let present = self.watched().lock().watch.clone();
        let watch = match present {
            Some(watch) => watch,
            None => controls.watch(self.as_changes())?,
        };
        watch.add(id)?;
        let mut watched = self.watched().lock();
        watched.watch = Some(watch);
        watched.ids.insert(id);
        Ok(())
    }

    /// They are told no more; false when they were not. In the input's turn.
    pub(crate) fn stop_watching_control(&self, id: u32) -> bool {
        let (was, watch, last) = {
            let mut watched = self.watched().lock();
            let was = watched.ids.remove(&id);
            let last = if watched.ids.is_empty() { watched.watch.take() } else { None };
            (was, watched.watch.clone(), last)
        };
        if let Some(watch) = watch {
            watch.remove(id);
        }
        // Out of the lock: the end of a watch waits for what it is telling.
        drop(last);
        was
    }

    /// The input is closed.
    pub(super) fn watch_nothing(&self) {
        let old = std::mem::take(&mut *self.watched().lock());
        drop(old);
    }

    /// The device is gone, and may come back.
    pub(super) fn pause_watch(&self) {
        let old = self.watched().lock().watch.take();
        drop(old);
    }

    /// It is back.
    pub(super) fn resume_watch(&self) {
        let ids: Vec<u32> = self.watched().lock().ids.iter().copied().collect();
        for id in ids {
            // A camera that came back without this control has nothing to tell of it.
            let _ = self.watch_control(id);
        }
    }
}
