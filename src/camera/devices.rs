//! The devices that this process has open: each once, whoever opened it, and which session
//! uses it.

use crate::backend::{Backend, Device};
use crate::error::{Error, Result};
use crate::sync::{Arc, Mutex, Weak};
use std::collections::HashMap;

/// One device of the process.
#[derive(Default)]
struct Entry {
    /// Locked while the device is being opened, so that it is opened once; only those who want
    /// the same device wait.
    open: Arc<Mutex<Option<Weak<dyn Device>>>>,
    /// The session that uses it.
    claimed_by: Option<u64>,
}

/// Every device of the process that is open or used by a session. Shared by all managers.
#[derive(Default)]
pub(crate) struct Devices {
    entries: Mutex<HashMap<String, Entry>>,
}

impl Devices {
    /// Opens the device, or shares it when it is open already.
    pub(crate) fn open(&self, key: &str, backend: &dyn Backend, id: &str) -> Result<Arc<dyn Device>> {
        let slot = self.entries.lock().entry(key.to_owned()).or_default().open.clone();
        let mut open = slot.lock();
        if let Some(device) = open.as_ref().and_then(Weak::upgrade) {
            return Ok(device);
        }
        let opened = backend.open(id);
        *open = opened.as_ref().ok().map(Arc::downgrade);
        drop(open);
        drop(slot);
        self.tidy();
        opened
    }

    /// Makes the device the session's; 7400102 when it is another's.
    pub(crate) fn claim(&self, key: &str, session: u64) -> Result<()> {
        let mut entries = self.entries.lock();
        let entry = entries.entry(key.to_owned()).or_default();
        match entry.claimed_by {
            Some(other) if other != session => Err(Error::not_allowed(format!(
                "the camera {key} is in another session of this process: remove its input there or release that session"
            ))),
            _ => {
                entry.claimed_by = Some(session);
                Ok(())
            }
        }
    }

    /// May the session claim it?
    pub(crate) fn is_free(&self, key: &str, session: u64) -> bool {
        let entries = self.entries.lock();
        entries.get(key).and_then(|entry| entry.claimed_by).is_none_or(|other| other == session)
    }

    /// The session is done with the device.
    pub(crate) fn give_up(&self, key: &str, session: u64) {
        if let Some(entry) = self.entries.lock().get_mut(key)
            && entry.claimed_by == Some(session)
        {
            entry.claimed_by = None;
        }
        self.tidy();
    }

    /// Forgets devices that nobody has open or uses.
    fn tidy(&self) {
        self.entries.lock().retain(|_, entry| {
            entry.claimed_by.is_some()
                || Arc::strong_count(&entry.open) > 1
                || entry.open.lock().as_ref().is_some_and(|device| device.strong_count() > 0)
        });
    }

    /// Devices that are known now; for tests.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.entries.lock().len()
    }
}
