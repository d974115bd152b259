//! What goes wrong with files, in codes and in words.

use crate::error::{Error, Result};
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

/// Would writing up to this position go beyond RLIMIT_FSIZE? The kernel would send SIGXFSZ, which
/// ends the process unless the application handles it.
pub(crate) fn check_limit(end: u64) -> io::Result<()> {
    match getrlimit(Resource::Fsize).current {
        Some(limit) if end > limit => Err(ErrorKind::FileTooLarge.into()),
        _ => Ok(()),
    }
}

/// The failure of making the file at `path`.
pub(crate) fn cannot_make(path: &Path, error: &io::Error) -> Error {
    let errno = error.raw_os_error().map(Errno::from_raw_os_error);
    let in_a_folder = path.parent().is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir());
    let advice = match errno {
        Some(Errno::ACCESS | Errno::PERM) => "; choose a folder that this user may write to",
        Some(Errno::ROFS) => "; choose another disk, this one can only be read",
        Some(Errno::NOENT) if in_a_folder => "; no files can be made in this folder",
        Some(Errno::NOENT | Errno::NOTDIR) => "; create its folder first",
        Some(Errno::ISDIR) => "; name a file in it",
        Some(Errno::NAMETOOLONG) => "; choose a shorter name",
        Some(Errno::NXIO) => "; it is no file: name one, not a pipe or a socket",
        Some(Errno::LOOP) => "; its links lead in a circle",
        _ => "",
    };
    let detail = format!("the file {} cannot be made: {error}{advice}", path.display());
    match errno {
        Some(Errno::ACCESS | Errno::PERM | Errno::ROFS | Errno::TXTBSY) => Error::not_allowed(detail),
        Some(
            Errno::NOENT | Errno::NOTDIR | Errno::ISDIR | Errno::NAMETOOLONG | Errno::LOOP | Errno::INVAL | Errno::NXIO,
        ) => Error::invalid(detail),
        _ => Error::fatal(detail),
    }
}

/// Why a write failed, and what to do.
pub(crate) fn why_not_written(error: &io::Error) -> String {
    let advice = match error.kind() {
        ErrorKind::StorageFull => "the disk is full; make room or choose another",
        ErrorKind::QuotaExceeded => "the user's quota is used up; make room or choose another disk",
        ErrorKind::FileTooLarge => "the file may not grow further (RLIMIT_FSIZE, or a limit of the file system)",
        _ if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => "the disk fails",
        _ => "the file cannot be written",
    };
    format!("{advice} ({error})")
}

/// Opens a file to be written over, or a device, or makes it; never waits, and takes nothing that could
/// send SIGPIPE, whose handling is the application's. What it holds stays until it is written over.
pub(crate) fn open_over(path: &Path) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    let fd = rustix::fs::open(path, flags, Mode::from_raw_mode(0o666))?;
    let stat = rustix::fs::fstat(&fd)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile | FileType::CharacterDevice | FileType::BlockDevice => Ok(File::from(fd)),
        _ => Err(Errno::NXIO.into()),
    }
}

/// Makes sure that so many bytes can be written, where the file system can tell beforehand.
pub(crate) fn reserve(file: &File, length: u64) -> io::Result<()> {
    let grown = rustix::fs::fallocate(file, rustix::fs::FallocateFlags::KEEP_SIZE, 0, length);
    match grown {
        Err(errno @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) => Err(errno.into()),
        // Devices, and file systems that cannot.
        _ => Ok(()),
    }
}

/// 7400101 for a path that names nothing.
pub(crate) fn check_path(path: &Path, whose: &str) -> Result<()> {
    if path.as_os_str().is_empty() { Err(Error::invalid(format!("{whose} path is empty"))) } else { Ok(()) }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn failures_have_codes_and_say_what_to_do() {
        for (path, errno, code, words) in [
            ("/none/a", Errno::NOENT, Code::InvalidArgument, "create its folder"),
            ("/proc/a", Errno::NOENT, Code::InvalidArgument, "no files can be made"),
            ("a", Errno::ACCESS, Code::OperationNotAllowed, "this user may write"),
            ("/tmp", Errno::ISDIR, Code::InvalidArgument, "name a file in it"),
            ("a", Errno::IO, Code::ServiceFatalError, "the file a"),
        ] {
            let error = cannot_make(Path::new(path), &io::Error::from(errno));
            assert_eq!(error.code(), code);
            assert!(error.detail().contains(words), "{error}");
        }
        assert!(why_not_written(&ErrorKind::StorageFull.into()).contains("make room"));
        assert!(check_path(Path::new(""), "the photo's").is_err());
    }
}
