//! Files that are played as cameras: see src/fuzzing/replay.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| camera_session::fuzzing::replay(bytes));
