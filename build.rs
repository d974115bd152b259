//! Links the C libraries of `src/image/sys.rs` and names the shared library for the loader.
//! Writes no files.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// The libraries, and how Debian's packages with their headers are called.
const LIBRARIES: [(&str, &str); 2] = [("turbojpeg", "libturbojpeg0-dev"), ("yuv", "libyuv-dev")];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=Cargo.toml");
    for variable in ["PKG_CONFIG", "PKG_CONFIG_PATH", "LIBRARY_PATH", "CC"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }

    for directory in turbojpeg_directories() {
        println!("cargo:rustc-link-search=native={directory}");
    }
    for (library, package) in LIBRARIES {
        // A hint only: flags that are not seen here may lead the linker to the library.
        if is_missing(library) {
            println!("cargo:warning=lib{library}.so was not found; on Debian and Ubuntu: apt-get install {package}");
        }
        println!("cargo:rustc-link-lib={library}");
    }

    let abi = abi_number(&fs::read_to_string("Cargo.toml").expect("Cargo.toml is readable"));
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libcamera_session.so.{abi}");
    // The library has threads of its own: after dlclose their code must still be there.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}

/// The value of `abi` in the section `[package.metadata.camera-session]`.
fn abi_number(manifest: &str) -> String {
    manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[package.metadata.camera-session]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .find(|(key, _)| key.trim() == "abi")
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        .expect("Cargo.toml has `abi` in [package.metadata.camera-session]")
}

/// Where libturbojpeg is when it is not where the linker looks anyway. libyuv has no
/// pkg-config file.
fn turbojpeg_directories() -> Vec<String> {
    let program = env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    let Ok(output) = Command::new(program).args(["--libs-only-L", "libturbojpeg"]).output() else {
        return Vec::new();
    };
    let flags = String::from_utf8_lossy(&output.stdout);
    flags.split_whitespace().filter_map(|flag| flag.strip_prefix("-L")).map(str::to_owned).collect()
}

/// Does the C compiler know no such library? When it cannot be asked, or another machine is
/// built for, nothing is missing.
fn is_missing(library: &str) -> bool {
    if env::var("HOST") != env::var("TARGET") {
        return false;
    }
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    let file = format!("lib{library}.so");
    let Ok(output) = Command::new(compiler).arg(format!("-print-file-name={file}")).output() else {
        return false;
    };
    // The compiler answers with the bare name when it does not find the file.
    output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()) == Path::new(&file)
}
