//! An open node, and setting it up for a stream.

use super::buffers::BufferSet;
use super::colour;
use super::controls::V4l2Controls;
use super::enumerate::is_camera;
use super::error::{Errno, code, failure, is_gone};
use super::facts;
use super::modes::{self, Enumerate};
use super::stream::{Picture, V4l2Stream};
use super::sys::{self, Capability, Interface, Interval, Intervals, Sizes};
use crate::backend::control::Controls;
use crate::backend::{CameraFacts, Device, Exposure, NativeMode, Stream, StreamConfig};
use crate::error::{Code, Error, Result};
use crate::format::{FrameRate, Layout, PixelFormat, Size};
use crate::runtime::{Log, Reactor, log::Level};
use crate::sync::Arc;
use rustix::fs::{Mode, OFlags};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

/// Fewer buffers cannot stream: one would always be with the reader and none with the driver.
pub(super) const MIN_BUFFERS: u32 = 2;

/// VIDEO_MAX_FRAME: more the kernel does not give.
const MAX_BUFFERS: u32 = 32;

/// An open capture node. The descriptor is closed when the device, its stream and whoever
/// gives a buffer back at that moment are done with it.
pub(super) struct Node {
    fd: OwnedFd,
    pub(super) path: PathBuf,
    pub(super) capability: Capability,
    pub(super) interface: Interface,
}

impl Node {
    /// Opens a node; `None` when it is no camera. Never waits: V4L2 nodes opened without
    /// O_NONBLOCK can block in DQBUF for ever after an unplug.
    pub(super) fn open(path: &Path) -> Result<Option<Node>, Errno> {
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let fd = loop {
            match rustix::fs::open(path, flags, Mode::empty()) {
                Err(Errno::INTR) => {}
                // A folder, and what else is no device.
                Err(Errno::ISDIR) => return Ok(None),
                opened => break opened?,
            }
        };
        let capability = match sys::query_capability(fd.as_fd()) {
            Ok(capability) => capability,
            Err(errno) if is_gone(errno) => return Err(errno),
            Err(_) => return Ok(None),
        };
        if !is_camera(capability.node) {
            return Ok(None);
        }
        let multi = capability.node & sys::CAP_VIDEO_CAPTURE == 0;
        let interface = if multi { Interface::MultiPlanar } else { Interface::SinglePlanar };
        Ok(Some(Node { fd, path: path.to_owned(), capability, interface }))
    }

    /// A node for tests of what comes before anything is asked of the driver.
    #[cfg(test)]
    pub(super) fn fake(fd: OwnedFd, path: &Path, bus_info: &str) -> Node {
        let node = sys::CAP_VIDEO_CAPTURE | sys::CAP_STREAMING;
        let (driver, card, bus_info) = (b"fake".to_vec(), b"Fake camera".to_vec(), bus_info.as_bytes().to_vec());
        let capability = Capability { driver, card, bus_info, device: node, node };
        Node { fd, path: path.to_owned(), capability, interface: Interface::SinglePlanar }
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// The failure of `doing` on this node.
    pub(super) fn failure(&self, doing: impl std::fmt::Display, errno: Errno) -> Error {
        failure(doing, &self.path, errno)
    }

    pub(super) fn check_present(&self) -> Result<()> {
        match sys::query_capability(self.fd()) {
            Err(errno) if is_gone(errno) => Err(self.failure("asking whether the camera is there", errno)),
            _ => Ok(()),
        }
    }

    pub(super) fn modes(&self) -> Result<Vec<NativeMode>> {
        modes::modes(self).map_err(|errno| self.failure("listing what the camera offers", errno))
    }

    fn formats(&self) -> Result<Vec<PixelFormat>> {
        modes::formats(self).map_err(|errno| self.failure("listing the camera's formats", errno))
    }

    fn modes_of(&self, format: PixelFormat) -> Result<Vec<NativeMode>> {
        modes::modes_of(self, format)
            .map_err(|errno| self.failure(format_args!("listing the modes of {format}"), errno))
    }

    /// A control's value, if the driver has the control and tells.
    pub(super) fn control(&self, id: u32) -> Option<i32> {
        sys::get_control(self.fd(), id).ok()
    }

    /// Gives every buffer back to the driver, or tries to.
    pub(super) fn free_buffers(&self) -> Result<(), Errno> {
        sys::request_buffers(self.fd(), self.interface, 0).map(|_| ())
    }

    /// Format, size and strides, exactly as wanted or not at all.
    fn set_picture(&self, config: &StreamConfig) -> Result<Picture> {
        let StreamConfig { format, size, .. } = *config;
        let set = sys::set_format(self.fd(), self.interface, format, size)
            .map_err(|errno| self.failure(format_args!("setting {format} {size}"), errno))?;
        let refused = |why: String| Error::fatal(format!("{}: {why}", self.path.display()));
        if (set.format, set.size) != (format, size) {
            return Err(refused(format!(
                "the driver does not take {format} {size} and offers {} {} instead; choose a mode it lists",
                set.format, set.size
            )));
        }
        let strides = set.strides.get(..set.memories).ok_or_else(|| {
            refused(format!("{format} comes in {} memories, which is more than this library handles", set.memories))
        })?;
        let compressed = format.is_compressed();
        let layout = if compressed { Some(Layout::compressed(0)) } else { Layout::new(format, size, strides) };
        let layout =
            layout.ok_or_else(|| refused(format!("{format} {size} with strides {strides:?} fits no memory")))?;
        // Equal, or bytes would be lost or looked for where there are none.
        if layout.memory_count() != set.memories {
            return Err(refused(format!(
                "{format} comes in {} memories where {} were expected",
                set.memories,
                layout.memory_count()
            )));
        }
        let colour = colour::colour(format, set.colorimetry);
        Ok(Picture { format, size, layout, compressed, memories: set.memories, colour })
    }

    /// Sets the rate, and tells what it is then. Drivers without rates are fine.
    fn set_rate(&self, rate: Option<FrameRate>) -> Result<Option<FrameRate>> {
        let answer = match rate {
            Some(FrameRate { frames, seconds }) => {
                let interval = Interval { numerator: seconds, denominator: frames };
                sys::set_interval(self.fd(), self.interface, interval)
            }
            None => sys::get_interval(self.fd(), self.interface),
        };
        match answer {
            Ok(interval) => Ok(interval.and_then(Interval::rate)),
            Err(errno) if code(errno) == Code::ServiceFatalError && errno != Errno::IO => Ok(None),
            Err(errno) => Err(self.failure("setting the frame rate", errno)),
        }
    }
}

impl Enumerate for Node {
    fn format(&self, index: u32) -> Result<(PixelFormat, u32), Errno> {
        sys::enum_format(self.fd(), self.interface, index)
    }
    fn sizes(&self, format: PixelFormat, index: u32) -> Result<Sizes, Errno> {
        sys::enum_sizes(self.fd(), format, index)
    }
    fn intervals(&self, format: PixelFormat, size: Size, index: u32) -> Result<Intervals, Errno> {
        sys::enum_intervals(self.fd(), format, size, index)
    }
    fn current_size(&self) -> Result<Size, Errno> {
        sys::get_format(self.fd(), self.interface).map(|picture| picture.size)
    }
    fn current_interval(&self) -> Result<Option<Interval>, Errno> {
        sys::get_interval(self.fd(), self.interface)
    }
}

/// An open camera.
pub(super) struct V4l2Device {
    node: Arc<Node>,
    /// One for all, because they share what the driver is asked to tell.
    controls: Arc<V4l2Controls>,
    reactor: Arc<Reactor>,
    log: Arc<Log>,
}

impl V4l2Device {
    pub(super) fn new(node: Arc<Node>, reactor: Arc<Reactor>, log: Arc<Log>) -> Self {
        let controls = V4l2Controls::new(node.clone(), &node.path, reactor.clone(), log.clone());
        V4l2Device { node, controls: Arc::new(controls), reactor, log }
    }
}

impl Device for V4l2Device {
    fn check_present(&self) -> Result<()> {
        self.node.check_present()
    }

    fn formats(&self) -> Result<Vec<PixelFormat>> {
        self.node.formats()
    }

    fn modes_of(&self, format: PixelFormat) -> Result<Vec<NativeMode>> {
        self.node.modes_of(format)
    }

    fn facts(&self) -> CameraFacts {
        facts::facts(&*self.node, &self.node.capability.card, &self.node.path, Path::new("/sys"))
    }

    fn exposure(&self) -> Exposure {
        let time = self.node.control(sys::CID_EXPOSURE_ABSOLUTE).and_then(|time| u32::try_from(time).ok());
        // A menu of numbers, which stand for thousandths of an ISO speed ("Camera Control Reference",
        // V4L2_CID_ISO_SENSITIVITY).
        let item = self.node.control(sys::CID_ISO_SENSITIVITY).and_then(|item| u32::try_from(item).ok());
        let iso = item.and_then(|item| sys::menu_item(self.node.fd(), sys::CID_ISO_SENSITIVITY, item).ok());
        let iso = iso.and_then(|item| u32::try_from(item.number / 1000).ok());
        let told = |value: &u32| *value > 0;
        Exposure { time: time.filter(told), iso: iso.filter(told) }
    }

    fn controls(&self) -> Option<Arc<dyn Controls>> {
        Some(self.controls.clone())
    }

    fn configure(&self, config: &StreamConfig) -> Result<Arc<dyn Stream>> {
        let picture = self.node.set_picture(config)?;
        let rate = self.node.set_rate(config.rate)?;
        let count = config.buffers.clamp(MIN_BUFFERS, MAX_BUFFERS);
        let buffers = BufferSet::allocate(&self.node, picture.memories, count, &self.log)?;
        self.log.write(Level::Info, || {
            let rate =
                rate.map_or("its own rate".into(), |rate| format!("{}/{} per second", rate.frames, rate.seconds));
            let (format, size, path) = (picture.format, picture.size, self.node.path.display());
            format!("{path}: {format} {size} at {rate}, {} buffers", buffers.count())
        });
        let (reactor, log) = (self.reactor.clone(), self.log.clone());
        Ok(Arc::new(V4l2Stream::new(self.node.clone(), picture, rate, count, buffers, reactor, log)))
    }
}
