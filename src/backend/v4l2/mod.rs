//! Cameras that the kernel drives: Video4Linux2 capture nodes.
//!
//! | Room | Does |
//! |---|---|
//! | `sys` | the system calls; the only `unsafe` |
//! | `error` | errno to code and detail |
//! | `identity` | names and stable ids |
//! | `firmware` | where a camera is built in |
//! | `enumerate` | which nodes are cameras |
//! | `modes` | what a camera offers |
//! | `colour` | what the driver says about its colours |
//! | `controls` | what can be asked and set at any time, and the news of it |
//! | `facts` | what sensor and lens are |
//! | `device` | an open node, and setting it up |
//! | `buffers` | who has which of the driver's buffers |
//! | `stream` | the flow of frames |
//! | `hotplug` | cameras that come and go |

mod buffers;
mod colour;
mod controls;
mod device;
mod enumerate;
pub(super) mod error;
mod facts;
mod firmware;
mod hotplug;
mod identity;
mod modes;
mod stream;
#[allow(unsafe_code)]
mod sys;
#[cfg(all(test, not(loom)))]
mod vivid_tests;

use super::{Backend, CameraInfo, Changes, Device, NativeMode, Watch};
use crate::error::Result;
use crate::runtime::{Log, Reactor};
use crate::sync::{Arc, Mutex, Weak};
use enumerate::{Known, Roots};

/// The cameras of this machine.
pub(crate) struct V4l2 {
    roots: Roots,
    reactor: Arc<Reactor>,
    log: Arc<Log>,
    /// Where each id was seen last, so that finding a camera does not mean opening all of them.
    seen: Arc<Mutex<Vec<Known>>>,
}

impl V4l2 {
    pub(crate) fn new(reactor: Arc<Reactor>, log: Arc<Log>) -> Arc<V4l2> {
        Arc::new(V4l2 { roots: Roots::default(), reactor, log, seen: Arc::default() })
    }

    /// The open node of the camera with this id.
    fn find(&self, id: &str) -> Result<device::Node> {
        let seen = self.seen.lock().iter().find(|known| known.info.id == id).cloned();
        if let Some(node) = seen.and_then(|known| self.roots.reopen(&known)) {
            return node;
        }
        // It may have come back as another node, or never been listed.
        let known = self.scan()?;
        let by_place = |known: &&Known| identity::id_by_location(&known.place) == id;
        let found = known.iter().find(|known| known.info.id == id).or_else(|| known.iter().find(by_place));
        found.and_then(|known| self.roots.reopen(known)).unwrap_or_else(|| Err(enumerate::missing(id, &known)))
    }

    fn scan(&self) -> Result<Vec<Known>> {
        let before = self.seen.lock().clone();
        let found = self.roots.scan(&before, &self.log)?;
        self.seen.lock().clone_from(&found);
        Ok(found)
    }
}

impl Backend for V4l2 {
    fn cameras(&self) -> Result<Vec<CameraInfo>> {
        Ok(self.scan()?.into_iter().map(|known| known.info).collect())
    }

    fn modes(&self, id: &str) -> Result<Vec<NativeMode>> {
        self.find(id)?.modes()
    }

    fn open(&self, id: &str) -> Result<Arc<dyn Device>> {
        let node = Arc::new(self.find(id)?);
        Ok(Arc::new(device::V4l2Device::new(node, self.reactor.clone(), self.log.clone())))
    }

    fn owns(&self, id: &str) -> bool {
        identity::is_id(id)
    }

    fn watch(&self, changes: Weak<dyn Changes>) -> Result<Option<Arc<dyn Watch>>> {
        let (roots, seen) = (self.roots.clone(), self.seen.clone());
        Ok(Some(hotplug::Hotplug::new(roots, seen, changes, &self.reactor, self.log.clone())?))
    }
}
