//! Facts in photos, and markers of pictures: see src/fuzzing.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| camera_session::fuzzing::facts(bytes));
