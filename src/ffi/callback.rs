//! Functions of the application: the only place that holds and calls them.

use super::frame::camera_frame;
use super::guard::c_text;
use super::input::camera_input;
use super::input_events::camera_input_event;
use super::manager::camera_manager;
use super::manager_events::camera_manager_event;
use super::metadata::{CAMERA_DETECTOR_MOST_OBJECTS, camera_metadata_object};
use super::output::camera_output;
use super::output_events::camera_output_event;
use super::photo::camera_photo;
use super::recorder::{camera_recorder, camera_recorder_event};
use super::session::camera_session;
use super::session_events::camera_session_event;
use super::surface::camera_surface;
use crate::error::{Error, Result};
use crate::recorder::RecorderEvent;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicBool, Ordering};
use std::ffi::{c_char, c_void};

/// Reports the result of an asynchronous call. Runs exactly once for each accepted call.
///
/// Runs on the library's dispatcher thread, or inside camera_manager_dispatch() when the
/// application dispatches; never inside the call that it completes. Every function of the
/// library may be called from inside.
///
/// @param code       CAMERA_OK, or why the operation failed.
/// @param detail     One sentence that says which check failed, with values; empty on success.
///                   Valid until the function returns.
/// @param user_data  What was given with the call.
pub type camera_completion_fn = Option<unsafe extern "C" fn(code: i32, detail: *const c_char, user_data: *mut c_void)>;

/// Tells that a stored callback and its user data are not needed any more: it will not be
/// called again and is not running. May be NULL where it can be given.
///
/// Runs once: on the thread that removed the callback, or as the callback returns when it
/// removed itself. The listeners of an object that is released (a manager, an input, a session, an
/// output, a recorder), log callbacks and detectors end where completions run.
///
/// @param user_data  What was given with the callback.
pub type camera_destroy_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// Receives what the library has to say beside its results.
///
/// Runs where completions run.
///
/// @param level      One of camera_log_level.
/// @param message    One line without a line end, in UTF-8. Valid until the function returns.
/// @param user_data  What was given with the function.
pub type camera_log_fn = Option<unsafe extern "C" fn(level: i32, message: *const c_char, user_data: *mut c_void)>;

/// Receives the frames of a surface as they come.
///
/// Runs on one of the library's delivery threads, or inside camera_manager_dispatch() when the
/// application dispatches; for one surface one call at a time, in order. A call that takes long
/// loses frames for this surface only; while many block, the library adds threads for the others. Every
/// function of the library may be called from inside.
///
/// @param surface    The surface.
/// @param frame      The frame, valid until the function returns; keep it with
///                   camera_frame_retain().
/// @param user_data  What was given with the function.
pub type camera_frame_fn =
    Option<unsafe extern "C" fn(surface: *mut camera_surface, frame: *mut camera_frame, user_data: *mut c_void)>;

/// Tells that a running session failed: its device is gone (CAMERA_ERROR_DEVICE_DISABLED, told
/// once) or the driver failed (CAMERA_ERROR_SERVICE_FATAL_ERROR). The streams have ended; stop, begin
/// and release work. Of a session that is committed and whose streams stand still it is told when
/// something listens to its input or to the input's manager; else the next start finds it out. A session
/// with camera_session_options.reattach goes on when its camera is back; its error listeners are told
/// when that cannot be had.
///
/// Runs where completions run.
///
/// @param code       Why.
/// @param detail     One sentence with the cause. Valid until the function returns.
/// @param user_data  What was given with the function.
pub type camera_error_fn = Option<unsafe extern "C" fn(code: i32, detail: *const c_char, user_data: *mut c_void)>;

/// Receives the events of a manager.
///
/// Runs where completions run.
///
/// @param manager    The manager.
/// @param event      What happened. Valid until the function returns.
/// @param user_data  What was given with the function.
pub type camera_manager_event_fn = Option<
    unsafe extern "C" fn(manager: *mut camera_manager, event: *const camera_manager_event, user_data: *mut c_void),
>;

/// Receives the events of an input.
///
/// Runs where completions run.
///
/// @param input      The input.
/// @param event      What happened. Valid until the function returns.
/// @param user_data  What was given with the function.
pub type camera_input_event_fn =
    Option<unsafe extern "C" fn(input: *mut camera_input, event: *const camera_input_event, user_data: *mut c_void)>;

/// Receives the events of a session.
///
/// Runs where completions run.
///
/// @param session    The session.
/// @param event      What happened. Valid until the function returns.
/// @param user_data  What was given with the function.
pub type camera_session_event_fn = Option<
    unsafe extern "C" fn(session: *mut camera_session, event: *const camera_session_event, user_data: *mut c_void),
>;

/// Receives what became of each capture.
///
/// Runs where completions run.
///
/// @param output      The photo output.
/// @param capture_id  Number of the capture, from 1, among those of the output.
/// @param code        CAMERA_OK, or why there is no photo.
/// @param detail      One sentence with the cause; empty with a photo. Valid until the function
///                    returns.
/// @param photo       The photo, or NULL. Valid until the function returns; keep it with
///                    camera_photo_retain().
/// @param user_data   What was given with the function.
pub type camera_photo_fn = Option<
    unsafe extern "C" fn(
        output: *mut camera_output,
        capture_id: u32,
        code: i32,
        detail: *const c_char,
        photo: *mut camera_photo,
        user_data: *mut c_void,
    ),
>;

/// Receives the events of an output.
///
/// Runs where completions run.
///
/// @param output     The output.
/// @param event      What happened. Valid until the function returns.
/// @param user_data  What was given with the function.
pub type camera_output_event_fn =
    Option<unsafe extern "C" fn(output: *mut camera_output, event: *const camera_output_event, user_data: *mut c_void)>;

/// The same, known not to be NULL.
pub(super) type OutputEventFunction = Function<camera_output_event_fn>;
/// The function of a manager's listener, without the NULL it may be in C.
pub(super) type ManagerEventFunction = Function<camera_manager_event_fn>;

/// Finds objects in a frame.
///
/// Runs where frame callbacks run. One call at a time for each metadata output; several at a time when
/// several outputs or sessions are detecting, or when one is started anew while a call for it is still
/// going on. While it looks at one frame newer ones replace each other.
///
/// @param frame      The frame. Valid until the function returns; keep it with
///                   camera_frame_retain().
/// @param objects    Receives what was found; boxes are fractions of the frame. All zero at first.
/// @param capacity   The most that fit: CAMERA_DETECTOR_MOST_OBJECTS.
/// @param user_data  What was given with the function.
/// @return How many were found; more than capacity is taken for capacity.
pub type camera_detector_fn = Option<
    unsafe extern "C" fn(
        frame: *mut camera_frame,
        objects: *mut camera_metadata_object,
        capacity: u32,
        user_data: *mut c_void,
    ) -> u32,
>;

/// Receives what happens to a recording.
///
/// Runs where completions run. The recorder may be stopped and released from inside.
///
/// @param recorder   The recorder; perhaps released meanwhile.
/// @param event      What happened. Valid until the function returns.
/// @param user_data  What was given with the function.
pub type camera_recorder_event_fn = Option<
    unsafe extern "C" fn(recorder: *mut camera_recorder, event: *const camera_recorder_event, user_data: *mut c_void),
>;

/// The application's pointer, which the library only passes on.
#[derive(Clone, Copy)]
pub(super) struct UserData(*mut c_void);

// SAFETY: the library never looks at what the pointer points to. The header says on which
// thread each callback runs, so the application knows that the pointer travels.
unsafe impl Send for UserData {}
// SAFETY: as above.
unsafe impl Sync for UserData {}

/// A completion function with its user data.
pub(super) struct CompletionFunction {
    function: unsafe extern "C" fn(i32, *const c_char, *mut c_void),
    user_data: UserData,
}

impl CompletionFunction {
    /// 7400101 when the function is NULL.
    pub(super) fn new(function: camera_completion_fn, user_data: *mut c_void) -> Result<Self> {
        let function = function.ok_or_else(|| Error::invalid("completion is NULL"))?;
        Ok(CompletionFunction { function, user_data: UserData(user_data) })
    }

    pub(super) fn call(self, result: Result<()>) {
        let UserData(user_data) = self.user_data;
        let (code, detail) = match &result {
            Ok(()) => (0, c_text("")),
            Err(error) => (error.code().number(), c_text(error.detail())),
        };
        // SAFETY: the application gave this function for these arguments; the detail lives
        // until it returns.
        unsafe { (self.function)(code, detail.as_ptr(), user_data) };
    }
}

/// A callback that is kept: its function, its user data, and what to do at its end.
pub(super) struct Stored<F> {
    function: F,
    user_data: UserData,
    destroy: camera_destroy_fn,
    armed: Arc<AtomicBool>,
}

/// Says of a callback that it was never stored after all.
pub(super) struct Disarm(Arc<AtomicBool>);

impl Disarm {
    /// The call that would have stored it failed: its user data is still the application's.
    pub(super) fn forget(self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl<F> Stored<F> {
    /// 7400101 when the function is NULL; `destroy` is then not called.
    pub(super) fn new(function: Option<F>, user_data: *mut c_void, destroy: camera_destroy_fn) -> Result<Self> {
        let function = function.ok_or_else(|| Error::invalid("callback is NULL"))?;
        Ok(Stored { function, user_data: UserData(user_data), destroy, armed: Arc::new(AtomicBool::new(true)) })
    }

    pub(super) fn disarm(&self) -> Disarm {
        Disarm(self.armed.clone())
    }
}

/// A callback's function type, without the `Option` that lets C pass NULL.
type Function<F> = <F as Nullable>::Function;

/// A function type that C may pass as NULL.
pub(super) trait Nullable {
    type Function;
}

impl<F> Nullable for Option<F> {
    type Function = F;
}

impl Stored<Function<camera_log_fn>> {
    pub(super) fn log(&self, level: i32, message: &str) {
        let message = c_text(message);
        // SAFETY: the application gave this function for these arguments; the message lives
        // until it returns.
        unsafe { (self.function)(level, message.as_ptr(), self.user_data.0) };
    }
}

impl Stored<Function<camera_frame_fn>> {
    pub(super) fn deliver(&self, surface: *mut camera_surface, frame: *mut camera_frame) {
        // SAFETY: the application gave this function for these arguments, which are handles.
        unsafe { (self.function)(surface, frame, self.user_data.0) };
    }
}

impl Stored<Function<camera_error_fn>> {
    pub(super) fn tell_error(&self, error: &Error) {
        let detail = c_text(error.detail());
        // SAFETY: the application gave this function for these arguments; the detail lives
        // until it returns.
        unsafe { (self.function)(error.code().number(), detail.as_ptr(), self.user_data.0) };
    }
}

impl Stored<Function<camera_photo_fn>> {
    pub(super) fn tell_photo(
        &self,
        output: *mut camera_output,
        capture_id: u32,
        photo: Result<*mut camera_photo, Error>,
    ) {
        let (code, detail, photo) = match photo {
            Ok(photo) => (0, c_text(""), photo),
            Err(error) => (error.code().number(), c_text(error.detail()), std::ptr::null_mut()),
        };
        // SAFETY: the application gave this function for these arguments: handles, and a detail
        // that lives until it returns.
        unsafe { (self.function)(output, capture_id, code, detail.as_ptr(), photo, self.user_data.0) };
    }
}

impl Stored<Function<camera_manager_event_fn>> {
    pub(super) fn tell_manager(&self, manager: *mut camera_manager, event: &camera_manager_event) {
        // SAFETY: the application gave this function for these arguments: a handle, and pointers to
        // what lives until it returns.
        unsafe { (self.function)(manager, event, self.user_data.0) };
    }
}

impl Stored<Function<camera_input_event_fn>> {
    pub(super) fn tell_input(&self, input: *mut camera_input, event: &camera_input_event) {
        // SAFETY: as above.
        unsafe { (self.function)(input, event, self.user_data.0) };
    }
}

impl Stored<Function<camera_session_event_fn>> {
    pub(super) fn tell_session(&self, session: *mut camera_session, event: &camera_session_event) {
        // SAFETY: as above.
        unsafe { (self.function)(session, event, self.user_data.0) };
    }
}

impl Stored<OutputEventFunction> {
    pub(super) fn tell_output(&self, output: *mut camera_output, event: &camera_output_event) {
        // SAFETY: the application gave this function for these arguments: handles, and pointers to
        // what lives until it returns.
        unsafe { (self.function)(output, event, self.user_data.0) };
    }
}

impl Stored<Function<camera_detector_fn>> {
    pub(super) fn detect(&self, frame: *mut camera_frame) -> Vec<camera_metadata_object> {
        let mut objects = vec![camera_metadata_object::NONE; CAMERA_DETECTOR_MOST_OBJECTS as usize];
        // SAFETY: the application gave this function for these arguments: a handle, and as many
        // objects as it is told.
        let found =
            unsafe { (self.function)(frame, objects.as_mut_ptr(), CAMERA_DETECTOR_MOST_OBJECTS, self.user_data.0) };
        objects.truncate(found as usize);
        objects
    }
}

impl Stored<Function<camera_recorder_event_fn>> {
    pub(super) fn tell_recorder(&self, recorder: *mut camera_recorder, event: &RecorderEvent) {
        camera_recorder_event::with(event, |event| {
            // SAFETY: the application gave this function for these arguments: a handle, and an
            // event that lives until it returns.
            unsafe { (self.function)(recorder, event, self.user_data.0) };
        });
    }
}

impl<F> Drop for Stored<F> {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy
            && self.armed.load(Ordering::Relaxed)
        {
            // SAFETY: the application gave this function for this pointer, once.
            unsafe { destroy(self.user_data.0) };
        }
    }
}
