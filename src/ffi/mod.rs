//! The C interface: one file for each object, and the rooms they share.
//!
//! An exported function checks its arguments, makes one call of the core, and converts the
//! result. It passes through [`guard::call`], where panics end and details are kept.
#![allow(non_camel_case_types)]
// The `@param` texts are the safety contract of each function.
#![allow(clippy::missing_safety_doc)]

mod args;
pub mod callback;
pub mod camera;
pub mod capture;
pub mod color_space;
mod control;
pub mod exposure;
pub mod exposure_bias;
pub mod flash;
pub mod focus;
pub mod frame;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod guard;
pub mod input;
pub mod input_controls;
pub mod input_events;
pub mod input_facts;
pub mod iso;
pub mod library;
pub mod manager;
pub mod manager_events;
pub mod metadata;
pub mod metering;
pub mod mirror;
pub mod output;
pub mod output_events;
pub mod output_rates;
pub mod photo;
pub mod preconfig;
pub mod quality;
pub mod recorder;
pub mod recording;
mod registry;
pub mod session;
pub mod session_config;
pub mod session_events;
pub mod session_options;
pub mod session_trace;
pub mod stabilization;
pub mod surface;
pub mod torch;
pub mod white_balance;
pub mod zoom;
