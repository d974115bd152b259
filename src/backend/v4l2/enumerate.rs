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

/// Opens a node: a camera, `None` for what is none, or why it cannot be opened.
type Opener = fn(&Path) -> Result<Option<Node>, Errno>;

/// Where devices and what is known about them lie, and how they are opened; otherwise in tests.
#[derive(Debug, Clone)]
pub(super) struct Roots {
    pub(super) dev: PathBuf,
    pub(super) sys: PathBuf,
    pub(super) open: Opener,
}

impl Default for Roots {
    fn default() -> Self {
        Roots { dev: "/dev".into(), sys: "/sys".into(), open: Node::open }
    }
}

/// A camera that was found: its description, and what it is recognized by.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) info: CameraInfo,
    pub(super) place: Place,
    pub(super) node: u32,
    /// Its place as /sys has it: all there is to go by while it cannot be opened.
    guess: String,
    /// Why it could not be opened this time.
    refused: Option<Errno>,
    /// It could not be opened and its place is a guess, so its id may be another when it can.
    hidden: bool,
}

impl Known {
    /// Are these the same device, as far as can be told without opening it?
    fn looks_like(&self, place: &Place, guess: &str) -> bool {
        self.guess == guess && self.place.unit == place.unit && self.place.index == place.index
    }
}

/// What was found at a node.
#[derive(Debug, Clone)]
pub(super) struct Look {
    /// A camera, as far as can be told.
    pub(super) known: Option<Known>,
    /// Another look soon would find nothing else. Not so while a node cannot be opened, or waits
    /// for its name: drivers and udev take a moment after it appeared.
    pub(super) settled: bool,
}

/// What a look at one node shows.
struct Seen {
    place: Place,
    guess: String,
    /// udev has linked it.
    linked: bool,
    sysfs: Sysfs,
    path: PathBuf,
    opened: Result<Node, Errno>,
}

/// No camera with this id is among those present.
pub(super) fn missing(id: &str, present: &[Known]) -> Error {
    let hidden = present.iter().filter(|known| known.hidden).find_map(|known| Some((known, known.refused?)));
    match hidden {
        Some((hidden, errno)) => {
            error::failure(format_args!("opening, to see whether it is {id}"), Path::new(&hidden.info.path), errno)
        }
        None => Error::new(
            Code::DeviceDisabled,
            format!("no camera {id} is present: it was unplugged, or never was on this machine"),
        ),
    }
}

impl Roots {
    /// Every camera, by node number. `before` is what an earlier scan found: a camera that cannot
    /// be opened now is described as it was then.
    pub(super) fn scan(&self, before: &[Known], log: &Log) -> Result<Vec<Known>> {
        let links = identity::links(&self.dev);
        let look = |node| self.look(node, &links, before.iter().find(|known| known.node == node), log).known;
        let mut found: Vec<Known> = self.nodes()?.into_iter().filter_map(look).collect();
        name(&mut found.iter_mut().collect::<Vec<_>>());
        Ok(found)
    }

    /// The numbers of the video nodes, in order.
    pub(super) fn nodes(&self) -> Result<Vec<u32>> {
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
        Ok(nodes)
    }

    /// The path of a node.
    pub(super) fn path(&self, node: u32) -> PathBuf {
        self.dev.join(format!("video{node}"))
    }

    /// Looks at a node, which has no id yet. It is not kept open: there may be many.
    pub(super) fn look(&self, node: u32, links: &HashMap<String, String>, before: Option<&Known>, log: &Log) -> Look {
        let seen = match self.see(node, links) {
            Ok(Some(seen)) => seen,
            Ok(None) => return Look { known: None, settled: true },
            Err(_) => return Look { known: None, settled: false },
        };
        let refused = seen.opened.as_ref().err().copied();
        if let Some(errno) = refused {
            log.write(Level::Info, || error::failure("opening", &seen.path, errno).detail().to_owned());
            if let Some(before) = before.filter(|before| before.looks_like(&seen.place, &seen.guess)) {
                return Look { known: Some(Known { refused, ..before.clone() }), settled: false };
            }
            // What cannot be opened may be a camera when it is the first node of its device.
            if !seen.sysfs.present || seen.sysfs.index != 0 {
                return Look { known: None, settled: false };
            }
        }
        let settled = refused.is_none() && (seen.place.unit.is_none() || seen.linked);
        let info = describe(&seen);
        let hidden = refused.is_some() && seen.sysfs.usb.is_none();
        let known = Known { info, node, guess: seen.guess, refused, hidden, place: seen.place };
        Look { known: Some(known), settled }
    }

    /// Opens a camera again where it was seen. `None` when it is not there any more.
    pub(super) fn reopen(&self, known: &Known) -> Option<Result<Node>> {
        let seen = self.see(known.node, &identity::links(&self.dev)).ok()??;
        let same = match &seen.opened {
            Ok(_) => seen.place == known.place,
            Err(_) => known.looks_like(&seen.place, &seen.guess),
        };
        same.then(|| seen.opened.map_err(|errno| error::failure("opening", &seen.path, errno)))
    }

    /// `None`: no camera. An errno: nothing is behind the node, not yet or not any more.
    fn see(&self, node: u32, links: &HashMap<String, String>) -> Result<Option<Seen>, Errno> {
        let (name, path) = (format!("video{node}"), self.path(node));
        let opened = match (self.open)(&path) {
            Ok(Some(node)) => Ok(node),
            Ok(None) => return Ok(None),
            Err(errno) if error::is_gone(errno) => return Err(errno),
            Err(errno) => Err(errno),
        };
        let sysfs = identity::sysfs(&self.sys, &name);
        let bus_info = opened.as_ref().map_or(String::new(), |node| identity::clean(&node.capability.bus_info));
        let guess = sysfs.location.clone().unwrap_or_else(|| format!("node:{name}"));
        let unit = sysfs.usb.as_ref().and_then(|usb| usb.unit.clone());
        let link = links.get(&name);
        let expected = sysfs.usb.as_ref().and_then(|usb| usb.link(sysfs.index));
        let place = Place {
            link: link.filter(|_| unit.is_some()).cloned().or(expected),
            unit,
            location: if bus_info.is_empty() { guess.clone() } else { bus_info },
            index: sysfs.index,
        };
        Ok(Some(Seen { place, guess, linked: link.is_some(), sysfs, path, opened }))
    }
}

/// Gives cameras their ids, which depend on which others there are.
pub(super) fn name(found: &mut [&mut Known]) {
    let ids = identity::ids(&found.iter().map(|known| &known.place).collect::<Vec<_>>());
    for (known, id) in found.iter_mut().zip(ids) {
        known.info.id = id;
    }
}

/// The number of a node's name. One spelling each: `video07` is no name of the kernel's.
pub(super) fn node_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("video")?;
    let number = digits.parse().ok()?;
    (format!("{number}") == digits).then_some(number)
}

/// Everything but the id.
fn describe(seen: &Seen) -> CameraInfo {
    let (mut name, mut driver) = (seen.sysfs.name.clone(), seen.sysfs.driver.clone());
    let firmware = &seen.sysfs.firmware;
    let (mut position, mut orientation) = (position_of(firmware.orientation), orientation_of(firmware.rotation));
    if let Ok(node) = &seen.opened {
        let card = identity::clean(&node.capability.card);
        if !card.is_empty() {
            name = card;
        }
        driver = identity::clean(&node.capability.driver);
        position = position_of(node.control(sys::CID_CAMERA_ORIENTATION).or(firmware.orientation));
        orientation = orientation_of(node.control(sys::CID_CAMERA_SENSOR_ROTATION).or(firmware.rotation));
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

/// Clockwise, from V4L2_CID_CAMERA_SENSOR_ROTATION: by how many degrees counterclockwise the picture must
/// be turned to make good how the sensor is mounted. Numbers that are no right angles are left alone.
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
    use crate::backend::v4l2::firmware::Firmware;
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
        assert_eq!(position_of(Some(1)), Position::Back);
    }

    #[test]
    fn cameras_that_cannot_be_asked_look_where_the_firmware_says() {
        let seen = |orientation, rotation| Seen {
            place: Place { link: None, unit: None, location: "platform:isp".into(), index: 0 },
            guess: "platform:isp".into(),
            linked: false,
            sysfs: Sysfs { firmware: Firmware { orientation, rotation }, ..Sysfs::default() },
            path: "/dev/video0".into(),
            opened: Err(Errno::ACCESS),
        };
        let info = describe(&seen(Some(0), Some(90)));
        assert_eq!((info.position, info.orientation), (Position::Front, 270));
        let info = describe(&seen(None, None));
        assert_eq!((info.position, info.orientation), (Position::Unspecified, 0));
    }

    #[test]
    fn what_is_no_device_is_no_camera() {
        let log = Log::new(Dispatcher::new(Mode::Caller).unwrap());
        let root = std::env::temp_dir().join(format!("camera-dev-{}", std::process::id()));
        let roots = Roots { dev: root.clone(), sys: root.join("sys"), ..Roots::default() };
        assert!(roots.scan(&[], &log).unwrap().is_empty(), "no folder");
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("video0"), b"not a camera").unwrap();
        fs::create_dir(root.join("video1")).unwrap();
        std::os::unix::fs::symlink("/dev/null", root.join("video2")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("video3")).unwrap();
        let found = roots.scan(&[], &log).unwrap();
        fs::remove_dir_all(&root).unwrap();
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(missing("v4l2:x", &[]).code(), Code::DeviceDisabled);
    }
}
