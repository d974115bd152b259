//! A file that is replaced as a whole or not at all.

use crate::disk;
use crate::error::{Error, Result};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Names of new files that are tried: as many threads may save to one file at the same moment.
const TRIES: u32 = 100;

/// Writes `bytes` to the file at `path`. When this fails, for example because the disk is full,
/// what was there before is there still.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    disk::check_path(path, "the photo's")?;
    match write(path, bytes) {
        Ok(()) => Ok(()),
        Err(Failure::Make(error)) => Err(disk::cannot_make(path, &error)),
        Err(Failure::Write(error)) => Err(Error::fatal(format!(
            "the photo cannot be written to {}: {}",
            path.display(),
            disk::why_not_written(&error)
        ))),
    }
}

enum Failure {
    Make(io::Error),
    Write(io::Error),
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    // Through a link: the file is replaced, and the link stays.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    disk::check_limit(bytes.len() as u64).map_err(Failure::Write)?;
    let over = || File::create(&target).map_err(Failure::Make)?.write_all(bytes).map_err(Failure::Write);
    let present = fs::metadata(&target);
    if present.as_ref().is_ok_and(|file| !file.is_file()) {
        // A device or a pipe: nothing can take its place.
        return over();
    }
    let (mut file, name) = match beside(&target) {
        Ok(new) => new,
        // A file that may be written, in a folder that may not.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && present.is_ok() => return over(),
        Err(error) => return Err(Failure::Make(error)),
    };
    let written = file
        .write_all(bytes)
        .and_then(|()| present.map_or(Ok(()), |present| file.set_permissions(present.permissions())))
        .and_then(|()| fs::rename(&name, &target));
    written.map_err(|error| {
        let _ = fs::remove_file(&name);
        Failure::Write(error)
    })
}

/// A new file in the folder of this one.
fn beside(target: &Path) -> io::Result<(File, PathBuf)> {
    let name = target.file_name().ok_or(ErrorKind::InvalidInput)?;
    for number in 0..TRIES {
        let mut new = OsString::from(".");
        // Names have at most 255 bytes; this one is seen by nobody for long.
        new.push(if name.len() < 200 { name } else { "photo".as_ref() });
        new.push(format!(".{}-{number}", std::process::id()));
        let path = target.with_file_name(new);
        match File::create_new(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (file, path)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path = std::env::temp_dir().join(format!("camera-save-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }
        fn files(&self) -> Vec<OsString> {
            let mut names: Vec<_> = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_is_made_or_replaced_and_nothing_else_is_left() {
        let folder = Folder::new("replaced");
        let (file, link) = (folder.0.join("photo.jpg"), folder.0.join("link.jpg"));
        replace(&file, b"one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("photo.jpg", &link).unwrap();
        replace(&link, b"another").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"another");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(folder.files(), ["link.jpg", "photo.jpg"]);
        let long = folder.0.join("x".repeat(255));
        replace(&long, b"long").unwrap();
        assert_eq!(fs::read(&long).unwrap(), b"long");
    }

    #[test]
    fn what_cannot_be_written_says_why_and_what_was_there_stays() {
        let folder = Folder::new("refused");
        for (path, word) in [
            (folder.0.join("none/photo.jpg"), "create its folder"),
            (folder.0.clone(), "name a file in it"),
            (PathBuf::from("/dev/full"), "make room"),
            (PathBuf::from("/proc/photo.jpg"), "no files can be made"),
            (PathBuf::new(), "empty"),
        ] {
            let error = replace(&path, b"one").unwrap_err();
            assert!(error.detail().contains(word), "{error}");
        }
        assert_eq!(folder.files(), Vec::<OsString>::new());
        replace(Path::new("/dev/null"), b"one").unwrap();
    }
}
