//! What a stream reports, brought to whom it concerns.

use super::Session;
use super::events::SessionEvent;
use super::options::Options;
use super::router::Observer;
use super::settle::Picture;
use crate::backend::Device;
use crate::camera::Input;
use crate::error::{Code, Error};
use crate::runtime::Listeners;
use crate::runtime::log::Level;
use crate::sync::{Arc, Weak};
use std::time::Duration;

/// Brings what the stream reports to the listeners of manager, input and session, in this order,
/// and to the session's queue.
pub(super) struct StreamObserver {
    pub(super) session: Weak<Session>,
    pub(super) events: Arc<Listeners<SessionEvent>>,
    pub(super) input: Arc<Input>,
    /// What the stream is of.
    pub(super) device: Weak<dyn Device>,
    pub(super) options: Options,
}

impl Observer for StreamObserver {
    fn ended(&self, error: &Error) {
        self.input.lost(error);
        self.events.emit(SessionEvent::Failed(error.clone()));
        if self.options.reattach
            && error.code() == Code::DeviceDisabled
            && let Some(session) = self.session.upgrade()
        {
            session.queue.clone().push(move || session.wait_for_camera(true));
        }
    }

    fn silent(&self) {
        let Some(session) = self.session.upgrade() else { return };
        let queue = session.queue.clone();
        queue.push(move || {
            let Ok(stream) = session.stream() else { return };
            let number = session.number;
            if stream.revive() {
                let told = || format!("session {number}: its camera was silent and was started once more");
                session.runtime.log.write(Level::Warning, told);
            }
        });
    }

    fn time_to_settle(&self) -> Option<Duration> {
        self.options.settle.limit()
    }

    fn is_listened_to(&self) -> bool {
        !self.events.is_empty()
    }

    fn input_closes(&self) {
        if let Some((session, device)) = self.session.upgrade().zip(self.device.upgrade()) {
            session.input_closes(&self.input, &device);
        }
    }

    fn picture(&self, picture: Picture) {
        self.events.emit(SessionEvent::Picture(picture));
    }

    fn captures_done(&self) {
        let Some(session) = self.session.upgrade() else { return };
        let queue = session.queue.clone();
        queue.push(move || {
            if let Ok(stream) = session.stream() {
                // A stream that ended by itself has been reported by its own event.
                let _ = stream.settle();
            }
        });
    }
}
