//! The camera-session core for Linux.
#![deny(unsafe_code)]

pub(crate) mod backend;
pub mod error;
pub mod format;
#[allow(unsafe_code)]
pub(crate) mod frame;
pub(crate) mod handle;
pub(crate) mod image;
pub(crate) mod runtime;
pub(crate) mod sync;
