//! The boundary: what every exported function passes through.

use super::args;
use super::registry::{LAST_DETAIL, LATE_DETAIL, check_process};
use crate::error::{Code, Error, Result};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs one call: its result becomes the code, its detail the thread's, and a panic 7400201.
pub(super) fn call(body: impl FnOnce() -> Result<()>) -> i32 {
    match catch_unwind(AssertUnwindSafe(|| check_process().and_then(|()| body()))) {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => failed(&error),
        Err(panic) => failed(&defect(&*panic)),
    }
}

/// Runs code that answers with a value instead of a code; `fallback` if it panics.
pub(super) fn value<R>(fallback: R, body: impl FnOnce() -> R) -> R {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(fallback)
}

#[cold]
fn failed(error: &Error) -> i32 {
    if LAST_DETAIL.try_with(|last| last.set(error.detail())).is_err() {
        LATE_DETAIL.with(|late| late.set(error.detail()));
    }
    error.code().number()
}

/// The text that camera_error_detail() answers with.
pub(super) fn last_detail() -> *const c_char {
    LAST_DETAIL.try_with(Detail::pointer).unwrap_or_else(|_| LATE_DETAIL.with(LateDetail::pointer))
}

fn defect(panic: &(dyn Any + Send)) -> Error {
    let what = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Error::new(Code::ServiceFatalError, format!("a defect in camera-session was caught, please report it: {what}"))
}

/// Text as C wants it; a NUL inside, which no text of ours has, ends it.
pub(super) fn c_text(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}

/// A text that stays where it is until the next one.
pub(super) struct Detail(RefCell<Option<CString>>);

impl Detail {
    pub(super) const fn new() -> Self {
        Detail(RefCell::new(None))
    }

    fn set(&self, detail: &str) {
        let old = self.0.borrow_mut().replace(c_text(detail));
        drop(old);
    }

    /// The text; empty before the first failure.
    fn pointer(&self) -> *const c_char {
        const EMPTY: &CStr = c"";
        self.0.borrow().as_ref().map_or(EMPTY.as_ptr(), |text| text.as_ptr())
    }
}

/// The same for calls made while a thread ends, from functions of atexit() and destructors of
/// thread-specific data: what must be freed is gone by then. A long text is cut off.
pub(super) struct LateDetail(Cell<[c_char; LateDetail::SIZE]>);

impl LateDetail {
    const SIZE: usize = 512;

    pub(super) const fn new() -> Self {
        LateDetail(Cell::new([0; Self::SIZE]))
    }

    fn set(&self, detail: &str) {
        self.0.set(args::fixed(detail));
    }

    fn pointer(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last() -> String {
        let pointer = last_detail();
        // SAFETY: the pointer is to the thread's own text, which nothing changes meanwhile.
        unsafe { CStr::from_ptr(pointer) }.to_str().unwrap().to_owned()
    }

    #[test]
    fn a_panic_is_a_code_and_a_detail() {
        assert_eq!(call(|| std::panic::resume_unwind(Box::new("on purpose"))), 7400201);
        assert!(last().contains("on purpose"), "{}", last());
        assert_eq!(value(7, || std::panic::resume_unwind(Box::new(1))), 7);
    }

    #[test]
    fn a_failure_leaves_its_detail_and_a_success_leaves_it_be() {
        assert_eq!(call(|| Err(Error::invalid("width is 0"))), 7400101);
        assert_eq!(call(|| Ok(())), 0);
        assert_eq!(last(), "width is 0");
        assert_eq!(c_text("a\0b").as_bytes(), b"a");
    }
}
