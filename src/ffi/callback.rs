//! Functions of the application: the only place that holds and calls them.

use super::guard::c_text;
use crate::error::{Error, Result};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicBool, Ordering};
use std::ffi::{c_char, c_void};

/// Reports the result of an asynchronous call. Runs exactly once for each accepted call.
///
/// Runs on the library's dispatcher thread, or inside camera_manager_dispatch() when the
/// application dispatches; never inside the call that it completes. Every function of the
/// library may be called from inside. It must not throw C++ exceptions.
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
/// removed itself. The listeners of a session or output that is released end where completions
/// run.
///
/// @param user_data  What was given with the callback.
pub type camera_destroy_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// The application's pointer, which the library only passes on.
#[derive(Clone, Copy)]
pub(super) struct UserData(pub(super) *mut c_void);

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
    pub(super) function: F,
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

    pub(super) fn user_data(&self) -> *mut c_void {
        self.user_data.0
    }

    pub(super) fn disarm(&self) -> Disarm {
        Disarm(self.armed.clone())
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
