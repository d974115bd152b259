//! camera_surface: where frames arrive.

use super::args::{self, Out, OutStruct, Sized32};
use super::callback::{Stored, camera_destroy_fn, camera_frame_fn};
use super::frame::{camera_frame, hand_out, let_go};
use super::guard;
use super::manager::{camera_manager, live_manager};
use super::registry::{SurfaceObject, insert, key_of, live, registry, unknown};
use crate::error::{Error, Result};
use crate::handle::Lookup;
use crate::surface::{Delivery, Options, Policy, Statistics, Surface};
use crate::sync::Arc;
use std::ffi::{c_int, c_void};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// A bounded queue of frames with one consumer: a callback, or whoever calls
/// camera_surface_acquire(). A surface has no size and format of its own: it takes what its
/// outputs send, and may serve several.
///
/// A consumer that is slow loses frames by the surface's policy; one that holds many stops
/// getting new ones. Either way it starves only itself.
pub struct camera_surface {
    _opaque: (),
}

/// Which frame a full surface gives up.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum camera_surface_policy {
    /// The one that waits longest: the consumer sees the newest. For previews.
    DropOldest = 0,
    /// The one that arrives: the consumer sees an unbroken run, then a gap. For recording.
    DropNewest = 1,
}

/// How a surface is made. Begin with CAMERA_SURFACE_OPTIONS_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_surface_options {
    /// sizeof(camera_surface_options).
    pub size: u32,
    /// Frames that wait at most, 1 to 64; 0 for the default, 3.
    pub capacity: u32,
    /// One of camera_surface_policy.
    pub policy: i32,
    /// While the consumer holds this many, the surface takes no further frames; those that wait
    /// it may still have. 1 to 64; 0 for the default, 8.
    pub max_held: u32,
}

// SAFETY: repr(C), the size first, four 32-bit integers.
unsafe impl Sized32 for camera_surface_options {
    const FIRST: usize = 16;
}

/// Counts of a surface since it was made. Begin with CAMERA_SURFACE_STATISTICS_INIT.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct camera_surface_statistics {
    /// sizeof(camera_surface_statistics).
    pub size: u32,
    /// Frames that wait now.
    pub waiting: u32,
    /// Frames that the consumer holds now.
    pub held: u32,
    /// Always 0.
    pub reserved: u32,
    /// Frames that arrived.
    pub arrived: u64,
    /// Frames that the consumer took.
    pub delivered: u64,
    /// Frames given up because the surface was full: the consumer was slow.
    pub dropped_full: u64,
    /// Frames given up because the consumer held too many.
    pub dropped_held: u64,
    /// Frames that its outputs gave up before they reached the surface, because making them took
    /// too long, or because consumers held all the memory there is for them.
    pub dropped_early: u64,
    /// Numbers that are missing in the stream: frames that were lost in the driver or on the way
    /// from the camera, counted for each output that sends here and was running.
    pub lost: u64,
    /// Frames that came damaged: the driver said so, or a compressed picture could not be decoded.
    pub corrupt: u64,
    /// Frames that the library made from the camera's (CAMERA_FRAME_CONVERTED).
    pub converted: u64,
    /// Frames that are copies (CAMERA_FRAME_COPIED).
    pub copied: u64,
    /// The age of a frame when the consumer got it: from its timestamp to that moment, in
    /// nanoseconds. Half of the frames were not older than this. Right within a sixteenth.
    pub age_median_ns: u64,
    /// The age of the oldest.
    pub age_worst_ns: u64,
}

// SAFETY: repr(C), the size first, four u32 then eleven u64: no padding.
unsafe impl Sized32 for camera_surface_statistics {
    const FIRST: usize = 104;
}

const POLICIES: &[(i32, Policy)] = &[
    (camera_surface_policy::DropOldest as i32, Policy::DropOldest),
    (camera_surface_policy::DropNewest as i32, Policy::DropNewest),
];

fn object(surface: *const camera_surface) -> Result<Arc<SurfaceObject>> {
    live(&registry().surfaces, surface, "surface")
}

/// The surface behind a handle.
pub(super) fn live_surface(surface: *const camera_surface) -> Result<Arc<Surface>> {
    Ok(object(surface)?.surface.clone())
}

/// Makes a surface.
///
/// @param manager  The manager.
/// @param options  How; NULL for the defaults. Read during the call only.
/// @param surface  Receives the handle. Owned by the caller: give it back with
///                 camera_surface_release(). Must not be NULL.
///
/// @retval CAMERA_OK                      Made.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  surface is NULL, manager is no live manager, or an
///                                        option is out of its range.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_surface_set_callback(), camera_surface_acquire()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_manager_create_surface(
    manager: *mut camera_manager,
    options: *const camera_surface_options,
    surface: *mut *mut camera_surface,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(surface, "surface") }?;
        let manager = live_manager(manager)?;
        let mut chosen = Options::default();
        if !options.is_null() {
            // SAFETY: as above: not NULL, of the size that it says.
            let options = unsafe { args::read(options, "options") }?;
            let limit = Options::LIMIT as u32;
            chosen.policy = args::one_of(options.policy, "options->policy", POLICIES)?;
            if options.capacity != 0 {
                chosen.capacity = args::within(options.capacity, 1, limit, "options->capacity")? as usize;
            }
            if options.max_held != 0 {
                chosen.max_held = args::within(options.max_held, 1, limit, "options->max_held")? as usize;
            }
        }
        let made = Surface::new(manager.runtime().clone(), chosen);
        let object = SurfaceObject { surface: made, manager: manager.clone(), of_recorder: false };
        out.set(insert(&registry().surfaces, &manager, Arc::new(object))?);
        Ok(())
    })
}

/// Makes a function the surface's consumer, or takes it away again. When this returns, the
/// consumer that was there before is not running and never will be again; called from inside
/// it, that call is its last.
///
/// @param surface    The surface.
/// @param callback   Receives the frames, beginning with those that wait; NULL for none, so that
///                   camera_surface_acquire() takes them.
/// @param user_data  Passed to callback. Never read or freed by the library.
/// @param destroy    Called with user_data when the callback is not needed any more: replaced,
///                   taken away, or its surface released. May be NULL. Not called when this
///                   function fails.
///
/// @retval CAMERA_OK                          Set.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      surface is NULL, released or not a surface.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is the surface of a recorder, which takes its frames.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   No thread could be had to call it.
///
/// @par Threading
///   Thread-safe. Waits for a call of the earlier consumer that is running on another thread.
///
/// @since 0.1
/// @see camera_surface_acquire()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_surface_set_callback(
    surface: *mut camera_surface,
    callback: camera_frame_fn,
    user_data: *mut c_void,
    destroy: camera_destroy_fn,
) -> i32 {
    guard::call(|| {
        let object = object(surface)?;
        let Some(_) = callback else {
            return object.surface.set_consumer(None).map_err(|(error, _)| as_argument(&object.surface, error));
        };
        let stored = Stored::new(callback, user_data, destroy)?;
        let disarm = stored.disarm();
        let (manager, handle) = (object.manager.clone(), surface as usize);
        let consumer = move |delivery: Delivery| {
            let Ok(frame) = hand_out(&manager, delivery) else { return };
            stored.deliver(handle as *mut camera_surface, frame);
            let_go(frame);
        };
        object.surface.set_consumer(Some(Box::new(consumer))).map_err(|(error, consumer)| {
            disarm.forget();
            drop(consumer);
            as_argument(&object.surface, error)
        })
    })
}

/// A released surface is a wrong argument, whether its handle still stood when looked at or not.
fn as_argument(surface: &Surface, error: Error) -> Error {
    if surface.is_released() { Error::invalid(error.detail().to_owned()) } else { error }
}

/// Takes the oldest frame that waits, or waits for one.
///
/// @param surface     The surface.
/// @param timeout_ms  Milliseconds to wait for a frame; 0 does not wait, a negative number waits
///                    until there is one or the surface is released.
/// @param frame       Receives the frame, or NULL when none came in time. A frame is owned by the
///                    caller: give it back with camera_frame_release(). Must not be NULL.
///
/// @retval CAMERA_OK                          Taken, or *frame is NULL.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      frame is NULL, or surface is NULL, released or not a
///                                            surface.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED The surface has a callback, or is that of a recorder.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The surface was released while this call waited.
///
/// @par Threading
///   Thread-safe. Waits for timeout_ms at most. Waiting inside a callback of the manager holds up
///   what that thread would deliver.
///
/// @since 0.1
/// @see camera_surface_get_fd()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_surface_acquire(
    surface: *mut camera_surface,
    timeout_ms: i32,
    frame: *mut *mut camera_frame,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(frame, "frame") }?;
        let object = object(surface)?;
        let timeout = u64::try_from(timeout_ms).ok().map(Duration::from_millis);
        out.set(match object.surface.acquire(timeout)? {
            Some(delivery) => hand_out(&object.manager, delivery)?,
            None => std::ptr::null_mut(),
        });
        Ok(())
    })
}

/// A file descriptor that is readable while frames wait, for epoll, poll, GLib or libuv.
///
/// @param surface  The surface.
/// @param fd       Receives the descriptor. Owned by the library: wait for it to be readable, do
///                 not read, write or close it. Valid until the surface is released. Must not be
///                 NULL.
///
/// @retval CAMERA_OK                          Written.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      fd is NULL, or surface is NULL, released or not a
///                                            surface.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is the surface of a recorder, which takes its frames.
/// @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   No file descriptor could be had.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
/// @see camera_surface_acquire()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_surface_get_fd(surface: *mut camera_surface, fd: *mut c_int) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { Out::new(fd, "fd") }?;
        out.set(live_surface(surface)?.fd()?.as_raw_fd());
        Ok(())
    })
}

/// What became of the frames that arrived at a surface.
///
/// @param surface     The surface.
/// @param statistics  Filled. Its size field says how much of it the program knows. Must not be
///                    NULL.
///
/// @retval CAMERA_OK                      Filled.
/// @retval CAMERA_ERROR_INVALID_ARGUMENT  surface is NULL, released or not a surface; statistics
///                                        is NULL or its size is wrong.
///
/// @par Threading
///   Thread-safe; never blocks.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_surface_get_statistics(
    surface: *mut camera_surface,
    statistics: *mut camera_surface_statistics,
) -> i32 {
    guard::call(|| {
        // SAFETY: the caller's promise, as the header states it.
        let out = unsafe { OutStruct::new(statistics, "statistics") }?;
        let Statistics { arrived, dropped_full, dropped_held, waiting, held, counts } =
            live_surface(surface)?.statistics();
        out.set(camera_surface_statistics {
            size: 0,
            waiting,
            held,
            reserved: 0,
            arrived,
            delivered: counts.delivered,
            dropped_full,
            dropped_held,
            // The parts are read one after the other while frames come.
            dropped_early: counts.dropped.saturating_sub(dropped_full + dropped_held),
            lost: counts.lost,
            corrupt: counts.corrupt,
            converted: counts.converted,
            copied: counts.copied,
            age_median_ns: counts.age_median_ns,
            age_worst_ns: counts.age_worst_ns,
        });
        Ok(())
    })
}

/// Gives a surface back. Frames that wait are let go; frames that were taken stay valid until
/// they are released. Outputs that send to it go on without it.
///
/// @param surface  The surface. Its handle is released.
///
/// @retval CAMERA_OK                          Released; its callback is not running, and its destroy
///                                            function has run (from inside the callback: runs as
///                                            it returns).
/// @retval CAMERA_ERROR_INVALID_ARGUMENT      surface is NULL, released or not a surface.
/// @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is the surface of a recorder, with which it is
///                                            released.
///
/// @par Threading
///   Thread-safe. Waits for a call of the callback that is running on another thread. Threads in
///   camera_surface_acquire() return.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn camera_surface_release(surface: *mut camera_surface) -> i32 {
    guard::call(|| match registry().surfaces.remove_if(key_of(surface), |object| !object.of_recorder) {
        Lookup::Live(Some(object)) => object.surface.release(),
        Lookup::Live(None) => {
            Err(Error::not_allowed("the surface belongs to a recorder and ends with it: see camera_recorder_release()"))
        }
        Lookup::Released(_) => Err(Error::invalid(format!("the surface {surface:?} was released"))),
        Lookup::Unknown => Err(unknown(surface, "surface")),
    })
}
