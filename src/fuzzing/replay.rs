//! Files that are played as cameras: recordings of any kind, session recordings among them.

use crate::backend::replay::walk::walk;
use crate::trace::Line;
use std::path::PathBuf;

/// A file that goes with the value.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Any bytes are played up to some place, or are refused; any text is a line that says the same when it
/// is written again, or none.
pub fn replay(bytes: &[u8]) {
    let thread = format!("{:?}", std::thread::current().id()).replace(|c: char| !c.is_ascii_digit(), "");
    // In memory, where there is such a folder.
    let folder = PathBuf::from("/dev/shm");
    let folder = if folder.is_dir() { folder } else { std::env::temp_dir() };
    let file = Temporary(folder.join(format!("camera-fuzz-replay-{}-{thread}", std::process::id())));
    std::fs::write(&file.0, bytes).expect("a temporary file");
    let _ = walk(&file.0);

    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    if let Some(line) = Line::parse(&text) {
        let written = line.to_string();
        let again = Line::parse(&written).expect("it was written by us");
        assert_eq!(again.to_string(), written);
    }
}
