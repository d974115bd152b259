//! What is behind the handles: the only process-wide state of the library.

use super::guard::{Detail, LateDetail};
use crate::camera::{Capability, Devices, Input, Manager};
use crate::error::{Error, Result};
use crate::handle::{Key, Lookup, Table};
use crate::output::Output;
use crate::output::photo::Photo;
use crate::recorder::Recorder;
use crate::runtime::SerialQueue;
use crate::session::Session;
use crate::surface::{Delivery, Surface};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicU64, Ordering};
use once_cell::sync::Lazy;
use std::sync::atomic::AtomicBool;

/// Owner of the managers themselves: the process.
pub(super) struct Process;

/// A surface, and the manager whose frames and photos it hands out.
pub(super) struct SurfaceObject {
    pub(super) surface: Arc<Surface>,
    pub(super) manager: Arc<Manager>,
    /// A recorder's own, which is released with it.
    pub(super) of_recorder: bool,
}

/// A recorder, the handle of its surface, and the manager that tells of it.
pub(super) struct RecorderObject {
    pub(super) recorder: Arc<Recorder>,
    pub(super) surface: Key,
    pub(super) manager: Arc<Manager>,
}

/// An output, and the manager whose photos it hands out.
pub(super) struct OutputObject {
    pub(super) output: Arc<Output>,
    pub(super) manager: Arc<Manager>,
}

/// A frame in the application's hands.
pub(super) struct FrameEntry {
    pub(super) delivery: Delivery,
    pub(super) references: u32,
}

/// A photo in the application's hands.
#[derive(Clone)]
pub(super) struct PhotoEntry {
    pub(super) photo: Arc<Photo>,
    pub(super) references: u32,
}

/// Every table.
pub(super) struct Registry {
    pub(super) process: Arc<Process>,
    pub(super) managers: Table<Arc<Manager>, Process>,
    pub(super) lists: Table<Arc<Vec<crate::backend::CameraInfo>>, Manager>,
    pub(super) capabilities: Table<Arc<Capability>, Manager>,
    pub(super) inputs: Table<Arc<Input>, Manager>,
    pub(super) surfaces: Table<Arc<SurfaceObject>, Manager>,
    pub(super) outputs: Table<Arc<OutputObject>, Manager>,
    pub(super) sessions: Table<Arc<Session>, Manager>,
    pub(super) frames: Table<FrameEntry, Manager>,
    pub(super) photos: Table<PhotoEntry, Manager>,
    pub(super) recorders: Table<Arc<RecorderObject>, Manager>,
    pub(super) devices: Arc<Devices>,
    numbers: AtomicU64,
}

/// Set in a child of fork(). By itself, because the registry may be in the making as the process
/// forks.
static FORKED: AtomicBool = AtomicBool::new(false);

extern "C" fn forked() {
    FORKED.store(true, Ordering::Relaxed);
}

/// 7400201 in a child of a process that used the library before it forked. None of the threads
/// came along, locks may be held for ever, and what waits for the devices is the parent's too: a
/// child that stopped a stream would stop the parent's.
pub(super) fn check_process() -> Result<()> {
    if FORKED.load(Ordering::Relaxed) {
        return Err(Error::fatal(
            "this process was forked from one that uses cameras, and cannot use them itself: call exec, or fork before the first call of camera-session",
        ));
    }
    Ok(())
}

static REGISTRY: Lazy<Registry> = Lazy::new(|| {
    // SAFETY: the handler does nothing but store a flag, and its code is never unloaded. Without
    // memory for it there is no check, as there was none before.
    unsafe { libc::pthread_atfork(None, None, Some(forked)) };
    new_registry()
});

fn new_registry() -> Registry {
    Registry {
        process: Arc::new(Process),
        // Kinds lie in the top byte of a key. No address of a Linux process has these.
        managers: Table::new(0xc1),
        lists: Table::new(0xc2),
        capabilities: Table::new(0xc3),
        inputs: Table::new(0xc4),
        surfaces: Table::new(0xc5),
        outputs: Table::new(0xc6),
        sessions: Table::new(0xc7),
        frames: Table::new(0xc8),
        photos: Table::new(0xc9),
        recorders: Table::new(0xca),
        devices: Arc::default(),
        numbers: AtomicU64::new(0),
    }
}

thread_local! {
    /// The detail of the last call that failed on this thread.
    pub(super) static LAST_DETAIL: Detail = const { Detail::new() };

    /// The same once that is gone, because the thread ends.
    pub(super) static LATE_DETAIL: LateDetail = const { LateDetail::new() };
}

/// The registry of the process.
pub(super) fn registry() -> &'static Registry {
    &REGISTRY
}

impl Registry {
    /// A number that no other manager or session of the process has.
    pub(super) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// The key that a typed handle stands for.
pub(super) fn key_of<T>(handle: *const T) -> Key {
    Key::from_bits(handle as usize as u64)
}

/// The typed handle for a key.
pub(super) fn handle_of<T>(key: Key) -> *mut T {
    // Keys use the whole of 64 bits; see the check below for narrower machines.
    key.bits() as usize as *mut T
}

const _: () = assert!(usize::BITS == 64, "camera-session needs 64-bit pointers: a handle carries a 64-bit key");

/// Puts an object in a table and gives the handle.
pub(super) fn insert<T, O, H>(table: &Table<T, O>, owner: &Arc<O>, value: T) -> Result<*mut H> {
    match table.insert(owner, value) {
        Some(key) => Ok(handle_of(key)),
        None => Err(Error::fatal("no handles are left in this process")),
    }
}

/// Queues an operation behind the earlier ones of a live object, which is told the queue; gives it back when the handle
/// is not live. Looking and queueing are one step: see [`retire`].
pub(super) fn enqueue<T, O, J>(
    table: &Table<Arc<T>, O>,
    key: Key,
    queue_of: impl FnOnce(&T) -> Arc<SerialQueue>,
    job: J,
) -> Option<J>
where
    T: Send + Sync + 'static,
    J: FnOnce(&Arc<T>, &Arc<SerialQueue>) + Send + 'static,
{
    let (mut job, mut idle) = (Some(job), None);
    table.update(key, |object| {
        let Some(job) = job.take() else { return };
        let (queue, object) = (queue_of(object), object.clone());
        let own = queue.clone();
        if queue.enqueue(move || job(&object, &own)) {
            idle = Some(queue);
        }
    });
    // Outside the table's lock: this may start a thread.
    if let Some(queue) = idle {
        queue.start();
    }
    job
}

/// Takes a released object out of its table, in its turn in its queue, as soon as nothing waits
/// behind it there. Calls on its handle are answered at once from then on, and must not
/// overtake those that wait.
pub(super) fn retire<T, O>(table: &'static Table<T, O>, key: Key, queue: &Arc<SerialQueue>)
where
    T: Send + Sync,
    O: Send + Sync,
{
    if let Lookup::Live(None) = table.remove_if(key, |_| queue.is_last()) {
        let own = queue.clone();
        queue.when_drained(move || retire(table, key, &own));
    }
}

/// The live object behind a handle; 7400101 for anything else. For objects whose released
/// handles have no answers of their own.
pub(super) fn live<T: Clone, O, H>(table: &Table<T, O>, handle: *const H, what: &str) -> Result<T> {
    match table.get(key_of(handle)) {
        Lookup::Live(value) => Ok(value),
        Lookup::Released(_) => Err(released(handle, what)),
        Lookup::Unknown => Err(unknown(handle, what)),
    }
}

/// Adds a reference to a live object that counts its own; 7400101 for anything else.
pub(super) fn add_reference<T, O, H>(
    table: &Table<T, O>,
    handle: *const H,
    what: &str,
    count_of: fn(&mut T) -> &mut u32,
) -> Result<()> {
    let added = table.update(key_of(handle), |object| {
        let count = count_of(object);
        *count = count.checked_add(1)?;
        Some(())
    });
    match added {
        Lookup::Live(Some(())) => Ok(()),
        Lookup::Live(None) => Err(Error::fatal(format!("the {what} has as many references as can be counted"))),
        Lookup::Released(_) => Err(released(handle, what)),
        Lookup::Unknown => Err(unknown(handle, what)),
    }
}

/// Takes a reference away; with the last one the object goes.
pub(super) fn drop_reference<T, O, H>(
    table: &Table<T, O>,
    handle: *const H,
    what: &str,
    count_of: fn(&mut T) -> &mut u32,
) -> Result<()> {
    let last = table.remove_if(key_of(handle), |object| {
        let count = count_of(object);
        *count -= 1;
        *count == 0
    });
    match last {
        Lookup::Live(object) => {
            // Outside the table's lock: a frame may give a buffer back to its device here.
            drop(object);
            Ok(())
        }
        Lookup::Released(_) => Err(released(handle, what)),
        Lookup::Unknown => Err(unknown(handle, what)),
    }
}

/// The failure of a call on an object that was released.
pub(super) fn released<H>(handle: *const H, what: &str) -> Error {
    Error::invalid(format!("the {what} {handle:?} was released"))
}

/// The failure of a call on something that never was a handle of this kind.
pub(super) fn unknown<H>(handle: *const H, what: &str) -> Error {
    if handle.is_null() {
        Error::invalid(format!("{what} is NULL"))
    } else {
        let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        Error::invalid(format!("{what} {handle:?} is no handle of {article} {what}"))
    }
}
