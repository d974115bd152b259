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
    disk::check_limit(bytes.len() as u64).map_err(Failure::Write)?;
    // Through a link: the file is replaced, and the link stays. One that leads nowhere makes its file.
    let Ok(target) = fs::canonicalize(path).or_else(|error| match fs::symlink_metadata(path) {
        Ok(file) if file.is_symlink() => Err(error),
        _ => Ok(path.to_owned()),
    }) else {
        return write_over(path, bytes);
    };
    let present = fs::metadata(&target);
    if present.as_ref().is_ok_and(|file| !file.is_file()) {
        // A device: nothing can take its place.
        return write_over(&target, bytes);
    }
    let (mut file, name) = match beside(&target) {
        Ok(new) => new,
        // A file that may be written, in a folder that may not.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && present.is_ok() => {
            return write_over(&target, bytes);
        }
        Err(error) => return Err(Failure::Make(error)),
    };
    let written = file
        .write_all(bytes)
        .and_then(|()| present.map_or(Ok(()), |present| file.set_permissions(present.permissions())));
    let replaced = written.map_err(Failure::Write).and_then(|()| fs::rename(&name, &target).map_err(Failure::Make));
    if replaced.is_err() {
        let _ = fs::remove_file(&name);
    }
    match replaced {
        // A mount point, for example a file that was passed into a container.
        Err(Failure::Make(error)) if error.kind() == ErrorKind::ResourceBusy => write_over(&target, bytes),
        replaced => replaced,
    }
}

/// Writes over a file where it lies; its space is there before what it holds is touched.
fn write_over(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = disk::open_over(path).map_err(Failure::Make)?;
    disk::reserve(&file, bytes.len() as u64).map_err(Failure::Write)?;
    file.write_all(bytes).map_err(Failure::Write)?;
    if file.metadata().is_ok_and(|file| file.is_file()) {
        file.set_len(bytes.len() as u64).map_err(Failure::Write)?;
    }
    Ok(())
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
    fn links_are_followed_and_pipes_refused() {
        let folder = Folder::new("links");
        let path = |name| folder.0.join(name);
        symlink("nowhere.jpg", path("dangling")).unwrap();
        replace(&path("dangling"), b"one").unwrap();
        assert_eq!(fs::read(path("nowhere.jpg")).unwrap(), b"one");
        symlink("circle", path("circle")).unwrap();
        assert!(replace(&path("circle"), b"one").unwrap_err().detail().contains("circle"));
        assert!(fs::symlink_metadata(path("circle")).unwrap().is_symlink());
        let made = std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap();
        assert!(made.success());
        assert!(replace(&path("pipe"), b"one").unwrap_err().detail().contains("no file"), "and does not wait");
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
            (folder.0.join("x".repeat(300)), "shorter name"),
        ] {
            let error = replace(&path, b"one").unwrap_err();
            assert!(error.detail().contains(word), "{error}");
        }
        assert_eq!(folder.files(), Vec::<OsString>::new());
        replace(Path::new("/dev/null"), b"one").unwrap();
    }
}
