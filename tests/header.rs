//! The checked-in header is the one that the sources give.
//!
//! `make header` (CAMERA_UPDATE_HEADER=1) writes it anew.

use std::path::Path;

fn generate() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml is understood");
    // One file after the other, in the order in which a reader meets the objects. The core's own
    // constants and types are not looked at.
    let files = [
        "library",
        "callback",
        "manager",
        "camera",
        "torch",
        "manager_events",
        "input",
        "input_events",
        "input_controls",
        "input_facts",
        "surface",
        "recorder",
        "recording",
        "frame",
        "photo",
        "output",
        "output_rates",
        "mirror",
        "output_events",
        "metadata",
        "capture",
        "session",
        "session_config",
        "session_options",
        "session_events",
        "session_trace",
        "stabilization",
        "focus",
        "zoom",
        "flash",
        "exposure",
        "metering",
        "exposure_bias",
        "iso",
        "white_balance",
        "color_space",
        "quality",
        "preconfig",
    ];
    let mut builder = cbindgen::Builder::new().with_config(config);
    for file in files {
        builder = builder.with_src(root.join(format!("src/ffi/{file}.rs")));
    }
    let mut bytes = Vec::new();
    builder.generate().expect("the interface can be written as a header").write(&mut bytes);
    String::from_utf8(bytes).expect("the header is text")
}

#[test]
fn the_checked_in_header_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/camera_session.h");
    let fresh = generate();
    if std::env::var_os("CAMERA_UPDATE_HEADER").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &fresh).unwrap();
        return;
    }
    let present = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(present == fresh, "include/camera_session.h is not what src/ffi gives: run `make header`");
}

#[test]
fn the_header_has_the_crates_version() {
    let header = generate();
    let number = |name: &str| {
        let line =
            header.lines().find(|line| line.contains(&format!("#define CAMERA_SESSION_VERSION_{name} "))).unwrap();
        line.rsplit(' ').next().unwrap().to_owned()
    };
    let version = ["MAJOR", "MINOR", "PATCH"].map(number).join(".");
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
}

/// Each function's comment names its results, its threads and its first version, so that a
/// reader never has to guess.
#[test]
fn every_function_is_documented_as_the_template_wants() {
    let header = generate();
    let mut comment = String::new();
    let (mut functions, mut missing) = (0, Vec::new());
    // The attribute may stand on a line of its own.
    let header = header.replace("CAMERA_API\n", "CAMERA_API ");
    for line in header.lines() {
        if line.trim_start().starts_with("/**") {
            comment.clear();
        }
        comment.push_str(line);
        comment.push('\n');
        let Some(name) = line.strip_prefix("CAMERA_API").and_then(|rest| rest.split_once('(')) else { continue };
        let name = name.0.rsplit([' ', '*']).next().unwrap();
        functions += 1;
        let parameters = !line.contains("(void)");
        let results = if comment.contains("@return") { vec![] } else { vec!["@retval CAMERA_OK"] };
        let wanted = ["@par Threading", "@since"].into_iter().chain(results).chain(parameters.then_some("@param"));
        missing.extend(wanted.filter(|tag| !comment.contains(tag)).map(|tag| format!("{name}: {tag}")));
        if name.ends_with("_async") && !comment.contains("@par Outcome passed to completion") {
            missing.push(format!("{name}: @par Outcome passed to completion"));
        }
    }
    assert!(functions > 50, "{functions} functions found");
    assert!(missing.is_empty(), "{missing:#?}");
}
