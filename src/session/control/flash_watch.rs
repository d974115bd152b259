//! Tells what the flash does, from the driver's own news: that it is lit, charging, or ready.
//!
//! Only a camera with a flash is watched, only while somebody listens to the session, and from commit
//! to the next configuration.

use super::{Knobs, flash};
use crate::backend::control::{Change, ControlChanges, ControlWatch, ids};
use crate::session::Session;
use crate::session::events::SessionEvent;
use crate::session::state::State;
use crate::sync::{Arc, Weak};
use flash::FlashState;

/// What the state of the flash follows from.
pub(super) const WATCHED: &[u32] =
    &[ids::FLASH_LED_MODE, ids::FLASH_STROBE, ids::FLASH_STROBE_STATUS, ids::FLASH_READY];

/// Of a device that is open.
pub(in crate::session) struct FlashWatch {
    told: FlashState,
    _watch: Arc<dyn ControlWatch>,
    /// The watch knows it weakly.
    _news: Arc<News>,
}

/// Has the session look at its flash. On the reactor thread, which asks no driver.
struct News(Weak<Session>);

impl ControlChanges for News {
    fn changed(&self, _: Change) {
        let Some(session) = self.0.upgrade() else { return };
        let queue = session.queue.clone();
        queue.push(move || session.look_at_flash());
    }
}

fn watch(knobs: &Knobs, session: Weak<Session>) -> Option<FlashWatch> {
    if !flash::has(knobs).ok()? {
        return None;
    }
    let news = Arc::new(News(session));
    let changes: Arc<dyn ControlChanges> = news.clone();
    let watch = knobs.watch(Arc::downgrade(&changes)).ok()?;
    // Some have one of them, some the other.
    let added = WATCHED.iter().filter(|id| watch.add(**id).is_ok()).count();
    let told = flash::state(knobs).ok()?;
    (added > 0).then_some(FlashWatch { told, _watch: watch, _news: news })
}

impl Session {
    /// In its turn: the flash is watched, if there is one and somebody wants to know.
    pub(in crate::session) fn watch_flash(&self) {
        if self.events.is_empty() || self.flash_watch.lock().is_some() || self.stream().is_err() {
            return;
        }
        let Ok(knobs) = self.knobs() else { return };
        let made = watch(&knobs, self.own.clone());
        let old = std::mem::replace(&mut *self.flash_watch.lock(), made);
        drop(old);
    }

    /// In its turn: its device is no more, or used for something else.
    pub(in crate::session) fn stop_watching_flash(&self) {
        let old = self.flash_watch.lock().take();
        // Out of the lock: the end of a watch waits for what it is telling.
        drop(old);
    }

    /// In its turn: tells what the flash does, if it was told otherwise.
    pub(super) fn look_at_flash(&self) {
        if self.flash_watch.lock().is_none() {
            return;
        }
        // A camera that is gone is told of otherwise.
        let Ok(now) = self.knobs().and_then(|knobs| flash::state(&knobs)) else { return };
        let news = match &mut *self.flash_watch.lock() {
            Some(watch) => std::mem::replace(&mut watch.told, now) != now,
            None => false,
        };
        if news {
            self.events.emit(SessionEvent::Flash(now));
        }
    }

    /// Somebody has begun to listen. Returns at once.
    pub(crate) fn is_listened_to(&self) {
        let Some(own) = self.own.upgrade() else { return };
        if matches!(self.state(), State::Committed | State::Started) {
            self.queue.push(move || own.watch_flash());
        }
    }
}
