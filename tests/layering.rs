//! The house rules of ARCHITECTURE.md, read from the sources: which room imports which, where
//! `unsafe` and foreign crates may be, where process-wide state is, how long a file is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Rooms by floor, from the ground up. A room imports from lower floors, and from those rooms of
/// its own floor that are named with it.
const FLOORS: &[&[(&str, &[&str])]] = &[
    &[("error", &[]), ("sync", &[]), ("format", &[])],
    &[("handle", &[]), ("frame", &[]), ("runtime", &[]), ("ledger", &[]), ("disk", &[]), ("trace", &[])],
    &[("surface", &[]), ("image", &[]), ("backend", &[]), ("detector", &["surface"])],
    &[("camera", &[]), ("output", &[]), ("recorder", &[])],
    &[("session", &[])],
    // `ffi/fuzzing.rs` takes its decisions from where the other targets of the fuzzer do.
    &[("ffi", &["fuzzing"]), ("fuzzing", &["ffi"])],
];

/// A foreign crate and the only places that may name it.
const CRATES: &[(&str, &[&str])] = &[
    ("v4l", &["backend/v4l2/"]),
    ("parking_lot", &["sync.rs"]),
    ("loom", &["sync.rs"]),
    ("jiff", &["image/exif/moment.rs"]),
    ("once_cell", &["ffi/registry.rs"]),
    ("thiserror", &["error.rs", "image/jpeg/markers.rs"]),
    ("libc", &["backend/v4l2/", "ffi/"]),
    ("nix", &["runtime/thread.rs"]),
    ("rustix", &["backend/", "runtime/", "surface.rs", "recorder/file.rs", "disk.rs"]),
];

const UNSAFE: &[&str] =
    &["ffi/", "backend/v4l2/sys.rs", "backend/v4l2/sys/", "image/sys.rs", "image/sys/", "frame/memory.rs"];

const MOST_LINES: usize = 700;

struct Source {
    /// From src/, with slashes.
    path: String,
    /// Lines of code: comments and the test module at the end are left out.
    code: Vec<String>,
    lines: usize,
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            let code = text
                .lines()
                .take_while(|line| !line.starts_with("mod tests {"))
                .map(|line| line.split("//").next().unwrap().to_owned())
                .collect();
            Source { path: name, code, lines: text.lines().count() }
        })
        .collect()
}

fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/") || path.ends_with("/models.rs")
}

fn room(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap()
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.iter().any(|(name, _)| *name == room))
}

/// Words of a line: identifiers and paths in order.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Rooms that a file names after `crate::`, in `use crate::{a, b::c}` too.
fn imports(source: &Source) -> Vec<String> {
    let text = source.code.join("\n");
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        // `$crate::` and `pub(in crate::…)` do not occur.
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            for part in group.split_inclusive(['{', '}', ',']) {
                if depth == 0 {
                    found.extend(words(part).next().map(str::to_owned));
                }
                match part.chars().last() {
                    Some('{') => depth += 1,
                    Some('}') if depth == 0 => break,
                    Some('}') => depth -= 1,
                    _ => {}
                }
            }
        } else {
            found.extend(words(rest).next().map(str::to_owned));
        }
    }
    found
}

#[test]
fn rooms_import_from_lower_floors_only() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.path != "lib.rs") {
        let own = room(&source.path);
        let level = floor(own).unwrap_or_else(|| panic!("{own} has no floor: give it one here and in ARCHITECTURE.md"));
        for import in imports(source) {
            let Some(other) = floor(&import) else { continue };
            let neighbours = FLOORS[level].iter().find(|(name, _)| *name == own).unwrap().1;
            if import != own && other >= level && !neighbours.contains(&import.as_str()) {
                wrong.push(format!("{} imports {import}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_import_reader_sees_groups_and_paths() {
    let source = |text: &str| Source { path: "x.rs".into(), code: vec![text.into()], lines: 1 };
    assert_eq!(imports(&source("use crate::{surface::{Surface, Policy}, frame::Frame};")), ["surface", "frame"]);
    assert_eq!(imports(&source("fn f(x: crate::session::State) {}")), ["session"]);
}

#[test]
fn files_are_of_a_size_that_can_be_read() {
    let long: Vec<_> =
        sources().iter().filter(|s| s.lines > MOST_LINES).map(|s| format!("{}: {}", s.path, s.lines)).collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn unsafe_code_is_where_it_may_be_and_nowhere_else() {
    let mut found = BTreeMap::new();
    for source in sources() {
        let count = source.code.iter().flat_map(|line| words(line)).filter(|word| *word == "unsafe").count();
        if count > 0 && !UNSAFE.iter().any(|place| source.path.starts_with(place)) {
            found.insert(source.path, count);
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn foreign_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !is_test(&source.path)) {
        for (name, places) in CRATES {
            let named =
                source.code.iter().any(|line| line.contains(&format!("{name}::")) && words(line).any(|w| w == *name));
            if named && !places.iter().any(|place| source.path.starts_with(place)) {
                wrong.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_registry_holds_process_wide_state() {
    let mut wrong = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| !["ffi/registry.rs", "sync.rs"].contains(&source.path.as_str()) && !is_test(&source.path))
    {
        for line in &source.code {
            let declares =
                line.trim_start().trim_start_matches("pub ").starts_with("static ") || line.contains("thread_local!");
            if declares {
                wrong.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn functions_of_the_application_are_called_in_one_room() {
    let mut wrong = Vec::new();
    for source in sources() {
        let text = source.code.join("\n");
        // `extern "C" fn(` is a function type; image/sys has those of the C libraries it calls.
        let pointers = text.matches("extern \"C\" fn(").count();
        if pointers > 0 && source.path != "ffi/callback.rs" && !source.path.starts_with("image/sys") {
            wrong.push(source.path);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn planner_and_states_do_no_io() {
    for source in sources().iter().filter(|s| ["session/plan.rs", "session/state.rs"].contains(&s.path.as_str())) {
        for word in ["std::fs", "std::io", "std::net", "std::thread", "runtime", "sync", "Device", "Stream"] {
            assert!(!source.code.iter().any(|line| line.contains(word)), "{} names {word}", source.path);
        }
    }
}

/// Every exported function passes through the guard, so that no panic crosses into C.
#[test]
fn every_exported_function_passes_through_the_guard() {
    let mut missing = Vec::new();
    let mut functions = 0;
    for source in sources().iter().filter(|source| source.path.starts_with("ffi/")) {
        let text = source.code.join("\n");
        for exported in text.split("#[unsafe(no_mangle)]").skip(1) {
            functions += 1;
            let body = exported.split("\n}\n").next().unwrap();
            let name = body.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap_or("?");
            // Two functions only return constants.
            let constant = ["camera_version", "camera_version_string"].contains(&name);
            if !constant && !body.contains("guard::call(") && !body.contains("guard::value(") {
                missing.push(format!("{}: {name}", source.path));
            }
        }
    }
    assert!(functions > 60, "{functions} found");
    assert!(missing.is_empty(), "{missing:#?}");
}
