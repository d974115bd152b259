//! Pictures: from one format, size and way around to another, and to JPEG.
//!
//! The work is libyuv's and libjpeg-turbo's; `sys` declares the few functions of theirs that
//! are used and is the only place that calls them. Nothing here trusts a frame: a plane that is
//! shorter than its picture is refused before any C function sees it.
//!
//! Conversions and the JPEG encoder are told what a frame's YUV means: whether it has full
//! range, as JFIF means it, or limited range, as most cameras send it, and by which matrix.

mod colour;
mod convert;
pub(crate) mod converter;
pub(crate) mod exif;
mod geometry;
pub(crate) mod jpeg;
mod load;
pub(crate) mod look;
mod planes;
pub(crate) mod recipe;
mod store;
#[allow(unsafe_code)]
mod sys;

pub(crate) use converter::Converter;
pub(crate) use recipe::{Kind, Recipe, Rect, can_convert, target_layout};
