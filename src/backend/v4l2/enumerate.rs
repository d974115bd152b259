//! Which of the nodes in /dev are cameras.
//!
//! A camera is a node that captures video by streaming. Drivers make further nodes for one
//! device (metadata, the output side of converters, radio, teletext), which are none; nor are
//! the nodes of an image pipeline that programs must put together through the media
//! controller first (V4L2_CAP_IO_MC), because size and rate cannot be chosen on them.

use super::device::Node;
use super::error::{self, Errno};
use super::identity::{self, Place, Sysfs};
use super::sys;
use crate::backend::{CameraInfo, Connection, Position};
use crate::error::{Code, Error, Result};
use crate::runtime::{Log, log::Level};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Where devices and what is known about them lie; elsewhere in tests.
#[derive(Debug, Clone)]
pub(super) struct Roots {
    pub(super) dev: PathBuf,
    pub(super) sys: PathBuf,
}

impl Default for Roots {
    fn default() -> Self {
        Roots { dev: "/dev".into(), sys: "/sys".into() }
    }
}

/// A camera that was found: its description, and what it is recognized by.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) info: CameraInfo,
    pub(super) place: Place,
    node: u32,
    /// The process may not open it and its place is a guess, so its id may be another when it may.
    hidden: bool,
}

/// What a look at one node shows.
struct Seen {
    place: Place,
    sysfs: Sysfs,
    path: PathBuf,
    opened: Result<Node, Errno>,
}

/// No camera with this id is among those present.
pub(super) fn missing(id: &str, present: &[Known]) -> Error {
    match present.iter().find(|known| known.hidden) {
        Some(hidden) => {
            let path = Path::new(&hidden.info.path);
            error::failure(format_args!("opening, to see whether it is {id}"), path, Errno::ACCESS)
        }
        None => Error::new(
            Code::DeviceDisabled,
            format!("no camera {id} is present: it was unplugged, or never was on this machine"),
        ),
    }
}

impl Roots {
    /// Every camera, by node number.
    pub(super) fn scan(&self, log: &Log) -> Result<Vec<Known>> {
        let entries = match fs::read_dir(&self.dev) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                let errno = Errno::from_io_error(&error).unwrap_or(Errno::IO);
                return Err(error::failure("listing devices", &self.dev, errno));
            }
        };
        let number = |entry: fs::DirEntry| entry.file_name().to_str().and_then(node_number);
        let mut nodes: Vec<u32> = entries.flatten().filter_map(number).collect();
        nodes.sort_unstable();
        let links = identity::links(&self.dev);
        let look = |node| {
            let seen = self.look(node, &links)?;
            if let Err(errno) = &seen.opened {
                log.write(Level::Info, || error::failure("opening", &seen.path, *errno).detail().to_owned());
            }
            let denied = matches!(seen.opened, Err(errno) if error::is_denied(errno));
            let known =
                Known { info: describe(&seen), node, hidden: denied && seen.sysfs.usb.is_none(), place: seen.place };
            // Not kept open: there may be many.
            Some(known)
        };
        let mut found: Vec<Known> = nodes.into_iter().filter_map(look).collect();
        let ids = identity::ids(&found.iter().map(|known| &known.place).collect::<Vec<_>>());
        for (known, id) in found.iter_mut().zip(ids) {
            known.info.id = id;
        }
        Ok(found)
    }

    /// Opens a camera again where it was seen. `None` when it is not there any more.
    pub(super) fn reopen(&self, known: &Known) -> Option<Result<Node>> {
        let seen = self.look(known.node, &identity::links(&self.dev))?;
        if seen.place != known.place {
            return None;
        }
        Some(seen.opened.map_err(|errno| error::failure("opening", &seen.path, errno)))
    }

    /// `None`: gone, or no camera as far as can be told.
    fn look(&self, node: u32, links: &HashMap<String, String>) -> Option<Seen> {
        let name = format!("video{node}");
        let path = self.dev.join(&name);
        let opened = match Node::open(&path) {
            Ok(Some(node)) => Ok(node),
            Ok(None) => return None,
            Err(errno) if error::is_gone(errno) => return None,
            Err(errno) => Err(errno),
        };
        let sysfs = identity::sysfs(&self.sys, &name);
        // What cannot be opened may be a camera when it is the first node of its device.
        if opened.is_err() && (!sysfs.present || sysfs.index != 0) {
            return None;
        }
        let bus_info = opened.as_ref().map_or(String::new(), |node| identity::clean(&node.capability.bus_info));
        let location = if bus_info.is_empty() { sysfs.location.clone() } else { Some(bus_info) };
        let unit = sysfs.usb.as_ref().and_then(|usb| usb.unit.clone());
        let place = Place {
            link: links.get(&name).filter(|_| unit.is_some()).cloned(),
            unit,
            location: location.unwrap_or_else(|| format!("node:{name}")),
            index: sysfs.index,
        };
        Some(Seen { place, sysfs, path, opened })
    }
}

/// The number of a node's name. One spelling each: `video07` is no name of the kernel's.
fn node_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("video")?;
    let number = digits.parse().ok()?;
    (format!("{number}") == digits).then_some(number)
}

/// Everything but the id.
fn describe(seen: &Seen) -> CameraInfo {
    let (mut name, mut driver) = (seen.sysfs.name.clone(), seen.sysfs.driver.clone());
    let (mut position, mut orientation) = (Position::Unspecified, 0);
    if let Ok(node) = &seen.opened {
        let card = identity::clean(&node.capability.card);
        if !card.is_empty() {
            name = card;
        }
        driver = identity::clean(&node.capability.driver);
        position = position_of(node.control(sys::CID_CAMERA_ORIENTATION));
        orientation = orientation_of(node.control(sys::CID_CAMERA_SENSOR_ROTATION));
    }
    if name.is_empty() {
        name = if driver.is_empty() { "Camera".to_owned() } else { driver.clone() };
    }
    let connection = match &seen.sysfs.usb {
        Some(usb) if usb.fixed => Connection::BuiltIn,
        Some(_) => Connection::Usb,
        None if seen.place.location.starts_with("usb-") => Connection::Usb,
        None => Connection::BuiltIn,
    };
    let path = seen.path.to_string_lossy().into_owned();
    CameraInfo { id: String::new(), name, driver, path, position, connection, orientation }
}

/// From V4L2_CAMERA_ORIENTATION_FRONT (0), _BACK (1) and _EXTERNAL (2).
fn position_of(control: Option<i32>) -> Position {
    match control {
        Some(0) => Position::Front,
        Some(1) => Position::Back,
        _ => Position::Unspecified,
    }
}

/// The control tells the correction counter-clockwise.
fn orientation_of(control: Option<i32>) -> u32 {
    match control {
        Some(90) => 270,
        Some(180) => 180,
        Some(270) => 90,
        _ => 0,
    }
}

/// Does a node with these V4L2_CAP_ bits capture video for programs?
pub(super) fn is_camera(capabilities: u32) -> bool {
    let has = |bits| capabilities & bits != 0;
    has(sys::CAP_VIDEO_CAPTURE | sys::CAP_VIDEO_CAPTURE_MPLANE)
        && has(sys::CAP_STREAMING)
        && !has(sys::CAP_VIDEO_M2M | sys::CAP_VIDEO_M2M_MPLANE | sys::CAP_IO_MC)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::runtime::{Dispatcher, Mode};

    #[test]
    fn only_nodes_that_stream_captured_video_are_cameras() {
        let (video, planes, stream) = (sys::CAP_VIDEO_CAPTURE, sys::CAP_VIDEO_CAPTURE_MPLANE, sys::CAP_STREAMING);
        assert!(is_camera(video | stream) && is_camera(planes | stream));
        assert!(!is_camera(video), "only read()");
        for other in [
            0x0000_0002, /* output */
            0x0004_0000, /* radio */
            0x0080_0000, /* metadata */
            0x10,        /* vbi */
        ] {
            assert!(!is_camera(other | stream), "{other:#x}");
        }
        assert!(!is_camera(video | stream | sys::CAP_VIDEO_M2M) && !is_camera(planes | stream | sys::CAP_IO_MC));
    }

    #[test]
    fn node_names_are_the_kernels() {
        assert_eq!(node_number("video0"), Some(0));
        assert_eq!(node_number("video63"), Some(63));
        for other in ["video", "video-dec", "video07", "video+1", "vbi0", "video99999999999"] {
            assert_eq!(node_number(other), None, "{other}");
        }
    }

    #[test]
    fn rotations_are_turned_into_clockwise_degrees() {
        assert_eq!([0, 90, 180, 270, 45].map(|degrees| orientation_of(Some(degrees))), [0, 270, 180, 90, 0]);
        assert_eq!(position_of(Some(0)), Position::Front);
        assert_eq!((position_of(Some(2)), position_of(None)), (Position::Unspecified, Position::Unspecified));
    }

    #[test]
    fn what_is_no_device_is_no_camera() {
        let log = Log::new(Dispatcher::new(Mode::Caller).unwrap());
        let root = std::env::temp_dir().join(format!("camera-dev-{}", std::process::id()));
        let roots = Roots { dev: root.clone(), sys: root.join("sys") };
        assert!(roots.scan(&log).unwrap().is_empty(), "no folder");
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("video0"), b"not a camera").unwrap();
        fs::create_dir(root.join("video1")).unwrap();
        std::os::unix::fs::symlink("/dev/null", root.join("video2")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("video3")).unwrap();
        let found = roots.scan(&log).unwrap();
        fs::remove_dir_all(&root).unwrap();
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(missing("v4l2:x", &[]).code(), Code::DeviceDisabled);
    }
}
