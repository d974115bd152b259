//! From errno to the code of the contract and a sentence that a person can act on. The only
//! place that does it.

use crate::error::{Code, Error};
pub(in crate::backend) use rustix::io::Errno;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// The failure of `doing` (what was asked, with its values) on the device node `path`.
pub(super) fn failure(doing: impl std::fmt::Display, path: &Path, errno: Errno) -> Error {
    let mut detail = format!("{}: {doing}: {}", path.display(), describe(errno));
    let advice = advice(path, errno);
    if !advice.is_empty() {
        detail.push_str("; ");
        detail.push_str(&advice);
    }
    Error::new(code(errno), detail)
}

/// The code for an errno.
pub(in crate::backend) fn code(errno: Errno) -> Code {
    match errno {
        Errno::BUSY => Code::ConflictCamera,
        _ if is_gone(errno) => Code::DeviceDisabled,
        _ if is_denied(errno) => Code::OperationNotAllowed,
        _ => Code::ServiceFatalError,
    }
}

/// Does this errno say that the device does not exist (any more)?
pub(super) fn is_gone(errno: Errno) -> bool {
    matches!(errno, Errno::NODEV | Errno::NXIO | Errno::NOENT)
}

/// Does this errno say that the process may not?
pub(super) fn is_denied(errno: Errno) -> bool {
    matches!(errno, Errno::ACCESS | Errno::PERM)
}

/// For example `EBUSY (16): Device or resource busy`.
pub(in crate::backend) fn describe(errno: Errno) -> String {
    let number = errno.raw_os_error();
    let text = std::io::Error::from_raw_os_error(number).to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    match symbol(errno) {
        Some(symbol) => format!("{symbol} ({number}): {text}"),
        None => format!("errno {number}: {text}"),
    }
}

/// The names of the numbers that V4L2, USB and file calls give.
fn symbol(errno: Errno) -> Option<&'static str> {
    Some(match errno {
        Errno::PERM => "EPERM",
        Errno::NOENT => "ENOENT",
        Errno::INTR => "EINTR",
        Errno::IO => "EIO",
        Errno::NXIO => "ENXIO",
        Errno::BADF => "EBADF",
        Errno::AGAIN => "EAGAIN",
        Errno::NOMEM => "ENOMEM",
        Errno::ACCESS => "EACCES",
        Errno::FAULT => "EFAULT",
        Errno::BUSY => "EBUSY",
        Errno::NODEV => "ENODEV",
        Errno::NOTDIR => "ENOTDIR",
        Errno::INVAL => "EINVAL",
        Errno::NFILE => "ENFILE",
        Errno::MFILE => "EMFILE",
        Errno::NOTTY => "ENOTTY",
        Errno::NOSPC => "ENOSPC",
        Errno::PIPE => "EPIPE",
        Errno::RANGE => "ERANGE",
        Errno::NOSYS => "ENOSYS",
        Errno::NOLINK => "ENOLINK",
        Errno::PROTO => "EPROTO",
        Errno::OVERFLOW => "EOVERFLOW",
        Errno::NODATA => "ENODATA",
        Errno::ILSEQ => "EILSEQ",
        Errno::OPNOTSUPP => "EOPNOTSUPP",
        Errno::CONNRESET => "ECONNRESET",
        Errno::NOBUFS => "ENOBUFS",
        Errno::SHUTDOWN => "ESHUTDOWN",
        Errno::TIMEDOUT => "ETIMEDOUT",
        Errno::REMOTEIO => "EREMOTEIO",
        _ => return None,
    })
}

/// What to do about it; empty when there is nothing to say.
fn advice(path: &Path, errno: Errno) -> String {
    match errno {
        Errno::BUSY => match holders(Path::new("/proc"), path) {
            Some(who) => format!("the camera is in use by {who}: let that end first"),
            None => "another process uses the camera (no process of this user was found; `fuser -v` as root tells), \
                     or frames of an earlier configuration are still held and this kernel cannot leave them behind"
                .into(),
        },
        _ if is_gone(errno) => "the camera was unplugged or its driver is gone: plug it in and open it again".into(),
        _ if is_denied(errno) => permission(path, errno),
        Errno::NOSPC => {
            "the bus has no bandwidth left for this stream: use fewer cameras on that USB controller (another \
                         port may be on another one), a smaller size, a lower rate or a compressed format such as MJPG"
                .into()
        }
        Errno::IO => {
            "the driver or the camera failed: unplug it and plug it in again, and see `dmesg` for the reason".into()
        }
        Errno::PROTO | Errno::TIMEDOUT | Errno::ILSEQ | Errno::CONNRESET | Errno::SHUTDOWN => {
            "the camera does not answer as it should: check cable and hub, and see `dmesg`".into()
        }
        Errno::NOMEM | Errno::NOBUFS => {
            "the kernel has no memory for the buffers: use a smaller size, or release frames that are held".into()
        }
        Errno::MFILE | Errno::NFILE => "too many files are open: raise the limit (`ulimit -n`) or close some".into(),
        Errno::PIPE | Errno::NOLINK => {
            "parts of the camera's pipeline are not linked or disagree on the format (`media-ctl -p` shows them)".into()
        }
        _ => String::new(),
    }
}

/// Whom the node belongs to and what would give access.
fn permission(path: &Path, errno: Errno) -> String {
    let Ok(node) = fs::metadata(path) else { return String::new() };
    let mode = node.permissions().mode();
    let group = group_name(node.gid());
    let shown = format!(
        "the node is {} (mode {:04o}), owner {}, group {}",
        mode_text(mode),
        mode & 0o7777,
        node.uid(),
        group.as_deref().unwrap_or("without a name"),
    );
    if errno == Errno::PERM {
        return format!(
            "{shown}; a container or sandbox must be given the device (`docker run --device {path}`)",
            path = path.display()
        );
    }
    // Joining root's group, or one that may not write, helps nobody.
    if node.gid() == 0 || mode & 0o060 != 0o060 {
        return format!(
            "{shown}; cameras belong to group `video` with mode 0660, which udev sees to: repair that and add the user to \
             group `video`"
        );
    }
    let group = group.unwrap_or_else(|| node.gid().to_string());
    format!("{shown}; add the user to that group (`sudo usermod -aG {group} $USER`) and log in again")
}

/// The last nine characters of the mode as `ls -l` shows it.
fn mode_text(mode: u32) -> String {
    (0..9).rev().map(|bit| if mode >> bit & 1 == 0 { '-' } else { ['x', 'w', 'r'][bit % 3] }).collect()
}

/// From /etc/group alone: asking name services may block.
fn group_name(gid: u32) -> Option<String> {
    let groups = fs::read_to_string("/etc/group").ok()?;
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(gid)).then(|| name.to_owned())
    })
}

/// The other processes that have `node` open, as far as this user may see them: for example
/// `ffmpeg (process 4711)`.
fn holders(proc: &Path, node: &Path) -> Option<String> {
    let own = std::process::id();
    let mut found = Vec::new();
    for process in fs::read_dir(proc).ok()?.flatten() {
        let Some(id) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if id == own {
            continue;
        }
        let Ok(files) = fs::read_dir(process.path().join("fd")) else { continue };
        // Links are read and not followed: to ask after what they lead to may block.
        if files.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|target| target == node)) {
            let name = fs::read(process.path().join("comm")).unwrap_or_default();
            found.push(format!("{} (process {id})", super::identity::clean(&name)));
        }
    }
    (!found.is_empty()).then(|| found.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_errno_has_its_code() {
        let cases = [
            (Errno::BUSY, Code::ConflictCamera),
            (Errno::NODEV, Code::DeviceDisabled),
            (Errno::NOENT, Code::DeviceDisabled),
            (Errno::NXIO, Code::DeviceDisabled),
            (Errno::ACCESS, Code::OperationNotAllowed),
            (Errno::PERM, Code::OperationNotAllowed),
            (Errno::IO, Code::ServiceFatalError),
            (Errno::NOSPC, Code::ServiceFatalError),
            (Errno::INVAL, Code::ServiceFatalError),
            (Errno::NOMEM, Code::ServiceFatalError),
        ];
        for (errno, expected) in cases {
            let error = failure("doing this", Path::new("/dev/video-none"), errno);
            assert_eq!(error.code(), expected);
            assert!(error.detail().starts_with("/dev/video-none: doing this: E"), "{error}");
        }
    }

    #[test]
    fn details_name_the_errno_and_what_to_do() {
        assert_eq!(describe(Errno::BUSY), "EBUSY (16): Device or resource busy");
        assert!(describe(Errno::from_raw_os_error(133)).starts_with("errno 133: "));
        let path = Path::new("/dev/video-none");
        assert!(failure("starting", path, Errno::NOSPC).detail().contains("fewer cameras"));
        assert!(failure("starting", path, Errno::NODEV).detail().contains("unplugged"));
    }

    #[test]
    fn a_refused_node_is_shown_with_owner_and_mode() {
        assert_eq!(mode_text(0o640), "rw-r-----");
        let advice = permission(Path::new("/etc/passwd"), Errno::ACCESS);
        assert!(advice.contains("rw-r--r-- (mode 0644), owner 0, group root"), "{advice}");
        assert!(advice.contains("add the user to group `video`"), "{advice}");
    }

    #[test]
    fn the_process_that_holds_a_node_is_named() {
        let proc = std::env::temp_dir().join(format!("camera-proc-{}", std::process::id()));
        let fd = proc.join("4711/fd");
        fs::create_dir_all(&fd).unwrap();
        fs::create_dir_all(proc.join("12")).unwrap();
        fs::write(proc.join("4711/comm"), b"ffm\xffpeg\n").unwrap();
        std::os::unix::fs::symlink("/dev/video9", fd.join("3")).unwrap();
        let found = (holders(&proc, Path::new("/dev/video9")), holders(&proc, Path::new("/dev/video8")));
        fs::remove_dir_all(&proc).unwrap();
        assert_eq!(found, (Some("ffm?peg (process 4711)".into()), None));
    }
}
