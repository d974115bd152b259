//! The camera-session core for Linux.
#![deny(unsafe_code)]
// Of the tests only the models are compiled then, and what only the others use is idle.
#![cfg_attr(loom, allow(dead_code, unused_imports))]

pub(crate) mod backend;
pub(crate) mod camera;
pub(crate) mod detector;
pub(crate) mod disk;
pub mod error;
#[allow(unsafe_code)]
pub mod ffi;
pub mod format;
pub(crate) mod frame;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
pub(crate) mod handle;
pub(crate) mod image;
pub(crate) mod ledger;
pub(crate) mod output;
pub(crate) mod recorder;
pub(crate) mod runtime;
pub(crate) mod session;
pub(crate) mod surface;
pub(crate) mod sync;
pub(crate) mod trace;
