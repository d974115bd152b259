//! The camera-session core for Linux.
#![deny(unsafe_code)]

pub(crate) mod backend;
pub(crate) mod camera;
pub(crate) mod detector;
pub(crate) mod disk;
pub mod error;
#[allow(unsafe_code)]
pub mod ffi;
pub mod format;
pub(crate) mod frame;
pub(crate) mod handle;
pub(crate) mod image;
pub(crate) mod ledger;
pub(crate) mod output;
pub(crate) mod recorder;
pub(crate) mod runtime;
pub(crate) mod session;
pub(crate) mod surface;
pub(crate) mod sync;
