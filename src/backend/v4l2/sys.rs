//! The system calls of V4L2, and the only `unsafe` of this backend.
//!
//! From crate `v4l` come the structures, the ioctl numbers and the thin call; its types for
//! devices and streams panic on answers that drivers do give. Every function here takes a
//! descriptor, makes one call and gives plain values back, so that nobody else reads a union
//! or a string of the kernel's. A call that a signal interrupted is made again.

use super::error::Errno;
use crate::format::{FrameRate, MAX_PLANES, PixelFormat, Size};
use crate::frame::Memory;
use std::mem::{size_of, zeroed};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::NonNull;
use v4l::v4l_sys as raw;
use v4l::v4l2::{self, vidioc};

mod controls;
pub(super) use controls::*;

/// VIDEO_MAX_PLANES of the kernel's interface.
const KERNEL_PLANES: usize = 8;

pub(super) use raw::{
    V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS as ORPHANED_BUFS, V4L2_BUF_FLAG_ERROR as FLAG_ERROR,
    V4L2_BUF_FLAG_KEYFRAME as FLAG_KEYFRAME, V4L2_BUF_FLAG_TIMESTAMP_MASK as FLAG_TIMESTAMP_MASK,
    V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC as FLAG_TIMESTAMP_MONOTONIC, V4L2_CAP_DEVICE_CAPS as CAP_DEVICE_CAPS,
    V4L2_CAP_IO_MC as CAP_IO_MC, V4L2_CAP_STREAMING as CAP_STREAMING, V4L2_CAP_VIDEO_CAPTURE as CAP_VIDEO_CAPTURE,
    V4L2_CAP_VIDEO_CAPTURE_MPLANE as CAP_VIDEO_CAPTURE_MPLANE, V4L2_CAP_VIDEO_M2M as CAP_VIDEO_M2M,
    V4L2_CAP_VIDEO_M2M_MPLANE as CAP_VIDEO_M2M_MPLANE, V4L2_CID_CAMERA_ORIENTATION as CID_CAMERA_ORIENTATION,
    V4L2_CID_CAMERA_SENSOR_ROTATION as CID_CAMERA_SENSOR_ROTATION, V4L2_CID_EXPOSURE_ABSOLUTE as CID_EXPOSURE_ABSOLUTE,
    V4L2_CID_ISO_SENSITIVITY as CID_ISO_SENSITIVITY, V4L2_FMT_FLAG_EMULATED as FORMAT_EMULATED,
    v4l2_colorspace_V4L2_COLORSPACE_BT2020 as COLORSPACE_BT2020,
    v4l2_colorspace_V4L2_COLORSPACE_DCI_P3 as COLORSPACE_DCI_P3,
    v4l2_colorspace_V4L2_COLORSPACE_JPEG as COLORSPACE_JPEG,
    v4l2_colorspace_V4L2_COLORSPACE_REC709 as COLORSPACE_REC709,
    v4l2_colorspace_V4L2_COLORSPACE_SMPTE240M as COLORSPACE_SMPTE240M,
    v4l2_quantization_V4L2_QUANTIZATION_FULL_RANGE as QUANTIZATION_FULL_RANGE,
    v4l2_quantization_V4L2_QUANTIZATION_LIM_RANGE as QUANTIZATION_LIM_RANGE,
    v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_601 as YCBCR_ENC_601, v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_709 as YCBCR_ENC_709,
    v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_BT2020 as YCBCR_ENC_BT2020,
    v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_BT2020_CONST_LUM as YCBCR_ENC_BT2020_CONST_LUM,
    v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_DEFAULT as YCBCR_ENC_DEFAULT,
    v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_SMPTE240M as YCBCR_ENC_SMPTE240M,
    v4l2_ycbcr_encoding_V4L2_YCBCR_ENC_XV709 as YCBCR_ENC_XV709,
};

/// The two interfaces for capturing video. The numbers are the kernel's buffer types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Interface {
    SinglePlanar = raw::v4l2_buf_type_V4L2_BUF_TYPE_VIDEO_CAPTURE,
    MultiPlanar = raw::v4l2_buf_type_V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE,
}

/// Makes one ioctl.
///
/// # Safety
///
/// `argument` must be the structure that `request` is defined with, and every pointer in it
/// must point to what the kernel may read and write for this request.
unsafe fn call<T>(fd: BorrowedFd<'_>, request: vidioc::_IOC_TYPE, argument: &mut T) -> Result<(), Errno> {
    debug_assert_eq!((request as usize >> 16) & 0x3fff, size_of::<T>(), "the request's own size field");
    let pointer: *mut T = argument;
    loop {
        // SAFETY: the descriptor is open while it is borrowed; the caller vouches for the rest.
        match unsafe { v4l2::ioctl(fd.as_raw_fd(), request, pointer.cast()) } {
            Ok(()) => return Ok(()),
            Err(error) => match Errno::from_io_error(&error).unwrap_or(Errno::IO) {
                Errno::INTR => {}
                errno => return Err(errno),
            },
        }
    }
}

/// Structures of numbers, arrays of numbers, unions of such, and pointers that may be null.
trait Plain: Sized {
    fn zero() -> Self {
        // SAFETY: the trait is private and implemented below only for structures of the kernel's
        // interface, all of whose fields accept zero.
        unsafe { zeroed() }
    }
}
impl Plain for raw::v4l2_capability {}
impl Plain for raw::v4l2_fmtdesc {}
impl Plain for raw::v4l2_frmsizeenum {}
impl Plain for raw::v4l2_frmivalenum {}
impl Plain for raw::v4l2_format {}
impl Plain for raw::v4l2_streamparm {}
impl Plain for raw::v4l2_requestbuffers {}
impl Plain for raw::v4l2_buffer {}
impl Plain for [raw::v4l2_plane; KERNEL_PLANES] {}

/// The answer of VIDIOC_QUERYCAP; strings as bytes up to the first NUL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Capability {
    pub(super) driver: Vec<u8>,
    pub(super) card: Vec<u8>,
    pub(super) bus_info: Vec<u8>,
    /// What the physical device can do.
    pub(super) device: u32,
    /// What this node can do: `device_caps` where the driver fills it in.
    pub(super) node: u32,
}

fn until_nul(bytes: &[u8]) -> Vec<u8> {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default().to_vec()
}

pub(super) fn query_capability(fd: BorrowedFd<'_>) -> Result<Capability, Errno> {
    let mut answer = raw::v4l2_capability::zero();
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_QUERYCAP, &mut answer)? };
    let device = answer.capabilities;
    Ok(Capability {
        driver: until_nul(&answer.driver),
        card: until_nul(&answer.card),
        bus_info: until_nul(&answer.bus_info),
        device,
        node: if device & CAP_DEVICE_CAPS != 0 { answer.device_caps } else { device },
    })
}

/// Format number `index` and its V4L2_FMT_FLAG_ bits.
pub(super) fn enum_format(fd: BorrowedFd<'_>, interface: Interface, index: u32) -> Result<(PixelFormat, u32), Errno> {
    let mut answer = raw::v4l2_fmtdesc { index, type_: interface as u32, ..Plain::zero() };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_ENUM_FMT, &mut answer)? };
    Ok((PixelFormat::from_number(answer.pixelformat), answer.flags))
}

/// One answer of VIDIOC_ENUM_FRAMESIZES, unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sizes {
    One(Size),
    /// From the first to the second in steps of the third.
    Range(Size, Size, Size),
    /// A kind that did not exist when this was written.
    Unknown,
}

pub(super) fn enum_sizes(fd: BorrowedFd<'_>, format: PixelFormat, index: u32) -> Result<Sizes, Errno> {
    let mut answer = raw::v4l2_frmsizeenum { index, pixel_format: format.number(), ..Plain::zero() };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_ENUM_FRAMESIZES, &mut answer)? };
    Ok(match answer.type_ {
        raw::v4l2_frmsizetypes_V4L2_FRMSIZE_TYPE_DISCRETE => {
            // SAFETY: numbers only, so every member of the union is readable.
            let one = unsafe { answer.__bindgen_anon_1.discrete };
            Sizes::One(Size::new(one.width, one.height))
        }
        raw::v4l2_frmsizetypes_V4L2_FRMSIZE_TYPE_CONTINUOUS | raw::v4l2_frmsizetypes_V4L2_FRMSIZE_TYPE_STEPWISE => {
            // SAFETY: numbers only, so every member of the union is readable.
            let range = unsafe { answer.__bindgen_anon_1.stepwise };
            Sizes::Range(
                Size::new(range.min_width, range.min_height),
                Size::new(range.max_width, range.max_height),
                Size::new(range.step_width, range.step_height),
            )
        }
        _ => Sizes::Unknown,
    })
}

/// A fraction of a second, unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) numerator: u32,
    pub(super) denominator: u32,
}

impl Interval {
    pub(super) fn rate(self) -> Option<FrameRate> {
        FrameRate::new(self.denominator, self.numerator)
    }
}

impl From<raw::v4l2_fract> for Interval {
    fn from(value: raw::v4l2_fract) -> Self {
        Interval { numerator: value.numerator, denominator: value.denominator }
    }
}

/// One answer of VIDIOC_ENUM_FRAMEINTERVALS, unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intervals {
    One(Interval),
    /// Shortest and longest; steps are not worth having, S_PARM rounds to them.
    Range(Interval, Interval),
    /// A kind that did not exist when this was written.
    Unknown,
}

pub(super) fn enum_intervals(
    fd: BorrowedFd<'_>,
    format: PixelFormat,
    size: Size,
    index: u32,
) -> Result<Intervals, Errno> {
    let mut answer = raw::v4l2_frmivalenum {
        index,
        pixel_format: format.number(),
        width: size.width,
        height: size.height,
        ..Plain::zero()
    };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_ENUM_FRAMEINTERVALS, &mut answer)? };
    Ok(match answer.type_ {
        raw::v4l2_frmivaltypes_V4L2_FRMIVAL_TYPE_DISCRETE => {
            // SAFETY: numbers only, so every member of the union is readable.
            Intervals::One(unsafe { answer.__bindgen_anon_1.discrete }.into())
        }
        raw::v4l2_frmivaltypes_V4L2_FRMIVAL_TYPE_CONTINUOUS | raw::v4l2_frmivaltypes_V4L2_FRMIVAL_TYPE_STEPWISE => {
            // SAFETY: numbers only, so every member of the union is readable.
            let range = unsafe { answer.__bindgen_anon_1.stepwise };
            Intervals::Range(range.min.into(), range.max.into())
        }
        _ => Intervals::Unknown,
    })
}

/// What VIDIOC_G_FMT and VIDIOC_S_FMT tell of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) format: PixelFormat,
    pub(super) size: Size,
    /// Memories of a buffer: 1 with the single-planar interface.
    pub(super) memories: usize,
    /// Bytes per row of each memory's first plane.
    pub(super) strides: [u32; MAX_PLANES],
    pub(super) colorimetry: Colorimetry,
}

/// Three of the four numbers that V4L2 defines colours by, unchecked; 0 is for what is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Colorimetry {
    pub(super) colorspace: u32,
    /// V4L2_YCBCR_ENC_.
    pub(super) encoding: u32,
    pub(super) quantization: u32,
}

fn picture(interface: Interface, answer: &raw::v4l2_format) -> Picture {
    let mut strides = [0; MAX_PLANES];
    match interface {
        Interface::SinglePlanar => {
            // SAFETY: numbers only, so every member of the union is readable.
            let pix = unsafe { answer.fmt.pix };
            strides[0] = pix.bytesperline;
            // What follows `priv_` is there only with this number in it (struct v4l2_pix_format).
            let extended = pix.priv_ == raw::V4L2_PIX_FMT_PRIV_MAGIC;
            // SAFETY: numbers only, so either member of the union is readable.
            let encoding = unsafe { pix.__bindgen_anon_1.ycbcr_enc };
            let colorimetry = Colorimetry {
                colorspace: pix.colorspace,
                encoding: if extended { encoding } else { 0 },
                quantization: if extended { pix.quantization } else { 0 },
            };
            Picture {
                format: PixelFormat::from_number(pix.pixelformat),
                size: Size::new(pix.width, pix.height),
                memories: 1,
                strides,
                colorimetry,
            }
        }
        Interface::MultiPlanar => {
            // SAFETY: numbers only, so every member of the union is readable.
            let pix = unsafe { answer.fmt.pix_mp };
            let planes = pix.plane_fmt;
            for (stride, plane) in strides.iter_mut().zip(planes) {
                *stride = plane.bytesperline;
            }
            // SAFETY: numbers only, so either member of the union is readable.
            let encoding = unsafe { pix.__bindgen_anon_1.ycbcr_enc };
            let colorimetry = Colorimetry {
                colorspace: pix.colorspace,
                encoding: encoding.into(),
                quantization: pix.quantization.into(),
            };
            Picture {
                format: PixelFormat::from_number(pix.pixelformat),
                size: Size::new(pix.width, pix.height),
                memories: usize::from(pix.num_planes),
                strides,
                colorimetry,
            }
        }
    }
}

pub(super) fn get_format(fd: BorrowedFd<'_>, interface: Interface) -> Result<Picture, Errno> {
    let mut answer = raw::v4l2_format { type_: interface as u32, ..Plain::zero() };
    // SAFETY: the structure of this request; the union's pointers belong to overlays only.
    unsafe { call(fd, vidioc::VIDIOC_G_FMT, &mut answer)? };
    Ok(picture(interface, &answer))
}

/// Asks for whole pictures of this format and size with the driver's own colours and strides.
pub(super) fn set_format(
    fd: BorrowedFd<'_>,
    interface: Interface,
    format: PixelFormat,
    size: Size,
) -> Result<Picture, Errno> {
    let mut wanted = raw::v4l2_format { type_: interface as u32, ..Plain::zero() };
    let field = raw::v4l2_field_V4L2_FIELD_NONE;
    match interface {
        Interface::SinglePlanar => {
            let pix: &mut raw::v4l2_pix_format =
                // SAFETY: numbers only, and all zero so far.
                unsafe { &mut wanted.fmt.pix };
            (pix.width, pix.height, pix.pixelformat, pix.field) = (size.width, size.height, format.number(), field);
            // So that the driver's colours come back with the rest.
            pix.priv_ = raw::V4L2_PIX_FMT_PRIV_MAGIC;
        }
        Interface::MultiPlanar => {
            let pix: &mut raw::v4l2_pix_format_mplane =
                // SAFETY: numbers only, and all zero so far.
                unsafe { &mut wanted.fmt.pix_mp };
            (pix.width, pix.height, pix.pixelformat, pix.field) = (size.width, size.height, format.number(), field);
            pix.num_planes = format.memory_count() as u8;
        }
    }
    // SAFETY: the structure of this request; the union's pointers belong to overlays only.
    unsafe { call(fd, vidioc::VIDIOC_S_FMT, &mut wanted)? };
    Ok(picture(interface, &wanted))
}

fn interval_of(answer: &raw::v4l2_streamparm) -> Option<Interval> {
    // SAFETY: numbers only, so every member of the union is readable.
    let capture = unsafe { answer.parm.capture };
    (capture.capability & raw::V4L2_CAP_TIMEPERFRAME != 0).then(|| capture.timeperframe.into())
}

/// The time from frame to frame; `None` when the driver does not let it be set.
pub(super) fn get_interval(fd: BorrowedFd<'_>, interface: Interface) -> Result<Option<Interval>, Errno> {
    let mut answer = raw::v4l2_streamparm { type_: interface as u32, ..Plain::zero() };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_G_PARM, &mut answer)? };
    Ok(interval_of(&answer))
}

/// Sets the time from frame to frame and gives back what the driver made of it.
pub(super) fn set_interval(
    fd: BorrowedFd<'_>,
    interface: Interface,
    interval: Interval,
) -> Result<Option<Interval>, Errno> {
    let mut wanted = raw::v4l2_streamparm { type_: interface as u32, ..Plain::zero() };
    let timeperframe = raw::v4l2_fract { numerator: interval.numerator, denominator: interval.denominator };
    wanted.parm.capture = raw::v4l2_captureparm {
        capability: 0,
        capturemode: 0,
        timeperframe,
        extendedmode: 0,
        readbuffers: 0,
        reserved: [0; 4],
    };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_S_PARM, &mut wanted)? };
    Ok(interval_of(&wanted))
}

/// Asks for `count` buffers to be mapped; 0 gives all back. How many there are, and the
/// V4L2_BUF_CAP_ bits of the queue.
pub(super) fn request_buffers(fd: BorrowedFd<'_>, interface: Interface, count: u32) -> Result<(u32, u32), Errno> {
    let mut answer = raw::v4l2_requestbuffers {
        count,
        type_: interface as u32,
        memory: raw::v4l2_memory_V4L2_MEMORY_MMAP,
        ..Plain::zero()
    };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_REQBUFS, &mut answer)? };
    Ok((answer.count, answer.capabilities))
}

/// A buffer request about `index` with room for the planes; `planes` must outlive its use.
fn buffer(interface: Interface, index: u32, planes: &mut [raw::v4l2_plane; KERNEL_PLANES]) -> raw::v4l2_buffer {
    let mut buffer =
        raw::v4l2_buffer { index, type_: interface as u32, memory: raw::v4l2_memory_V4L2_MEMORY_MMAP, ..Plain::zero() };
    if interface == Interface::MultiPlanar {
        buffer.m.planes = planes.as_mut_ptr();
        buffer.length = KERNEL_PLANES as u32;
    }
    buffer
}

/// Where the memories of a buffer are mapped from: offset and length of each.
pub(super) fn query_buffer(fd: BorrowedFd<'_>, interface: Interface, index: u32) -> Result<Vec<(u32, u32)>, Errno> {
    let mut planes = Plain::zero();
    let mut answer = buffer(interface, index, &mut planes);
    // SAFETY: the structure of this request; its pointer is null or to `planes`, with their number.
    unsafe { call(fd, vidioc::VIDIOC_QUERYBUF, &mut answer)? };
    Ok(match interface {
        // SAFETY: the kernel filled in the member for mapped memory.
        Interface::SinglePlanar => vec![(unsafe { answer.m.offset }, answer.length)],
        Interface::MultiPlanar => {
            let count = (answer.length as usize).min(KERNEL_PLANES);
            let planes = planes[..count].iter();
            // SAFETY: the kernel filled in the member for mapped memory.
            planes.map(|plane| (unsafe { plane.m.mem_offset }, plane.length)).collect()
        }
    })
}

/// Gives buffer `index` to the driver to fill.
pub(super) fn queue_buffer(fd: BorrowedFd<'_>, interface: Interface, index: u32, lengths: &[u32]) -> Result<(), Errno> {
    let mut planes: [raw::v4l2_plane; KERNEL_PLANES] = Plain::zero();
    for (plane, &length) in planes.iter_mut().zip(lengths) {
        plane.length = length;
    }
    let mut argument = buffer(interface, index, &mut planes);
    if interface == Interface::MultiPlanar {
        argument.length = lengths.len().min(KERNEL_PLANES) as u32;
    }
    // SAFETY: the structure of this request; its pointer is null or to `planes`, of which there
    // are as many as it says or more.
    unsafe { call(fd, vidioc::VIDIOC_QBUF, &mut argument) }
}

/// A filled buffer, as the driver tells it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filled {
    pub(super) index: u32,
    pub(super) sequence: u32,
    pub(super) flags: u32,
    pub(super) timestamp_ns: i64,
    /// Bytes from the start of each memory to the end of its data.
    pub(super) used: [usize; MAX_PLANES],
    /// Where the data of each memory begins.
    pub(super) offsets: [usize; MAX_PLANES],
}

// The fields are narrower on 32-bit machines.
#[allow(clippy::unnecessary_cast)]
fn nanoseconds(time: &raw::timeval) -> i64 {
    (time.tv_sec as i64).saturating_mul(1_000_000_000).saturating_add((time.tv_usec as i64).saturating_mul(1000))
}

/// Takes a filled buffer from the driver. EAGAIN when there is none.
pub(super) fn dequeue_buffer(fd: BorrowedFd<'_>, interface: Interface) -> Result<Filled, Errno> {
    let mut planes = Plain::zero();
    let mut answer = buffer(interface, 0, &mut planes);
    // SAFETY: the structure of this request; its pointer is null or to `planes`, with their number.
    unsafe { call(fd, vidioc::VIDIOC_DQBUF, &mut answer)? };
    let mut filled = Filled {
        index: answer.index,
        sequence: answer.sequence,
        flags: answer.flags,
        timestamp_ns: nanoseconds(&answer.timestamp),
        used: [0; MAX_PLANES],
        offsets: [0; MAX_PLANES],
    };
    match interface {
        Interface::SinglePlanar => filled.used[0] = answer.bytesused as usize,
        Interface::MultiPlanar => {
            let count = (answer.length as usize).min(MAX_PLANES);
            for (index, plane) in planes[..count].iter().enumerate() {
                filled.used[index] = plane.bytesused as usize;
                filled.offsets[index] = plane.data_offset as usize;
            }
        }
    }
    Ok(filled)
}

/// Starts (VIDIOC_STREAMON) or stops (VIDIOC_STREAMOFF) the flow.
pub(super) fn stream(fd: BorrowedFd<'_>, interface: Interface, on: bool) -> Result<(), Errno> {
    let mut argument = interface as std::os::raw::c_int;
    let request = if on { vidioc::VIDIOC_STREAMON } else { vidioc::VIDIOC_STREAMOFF };
    // SAFETY: both requests take an int.
    unsafe { call(fd, request, &mut argument) }
}

/// The value of a simple control.
pub(super) fn get_control(fd: BorrowedFd<'_>, id: u32) -> Result<i32, Errno> {
    let mut argument = raw::v4l2_control { id, value: 0 };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_G_CTRL, &mut argument)? };
    Ok(argument.value)
}

/// Sets a simple control.
pub(super) fn set_control(fd: BorrowedFd<'_>, id: u32, value: i32) -> Result<(), Errno> {
    let mut argument = raw::v4l2_control { id, value };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_S_CTRL, &mut argument) }
}

/// A memory of a driver's buffer in this process. It stays valid after the buffer was given
/// back, the descriptor closed or the device unplugged: the kernel keeps the pages for it.
pub(super) struct Mapping {
    address: NonNull<u8>,
    length: usize,
}

// SAFETY: a mapping belongs to the process, not to a thread; who may access its bytes when is
// the business of leases and frames.
unsafe impl Send for Mapping {}
// SAFETY: as above; the struct itself is never changed.
unsafe impl Sync for Mapping {}

impl Mapping {
    pub(super) fn new(fd: BorrowedFd<'_>, offset: u32, length: u32) -> Result<Mapping, Errno> {
        let length = usize::try_from(length).map_err(|_| Errno::OVERFLOW)?;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice touches no other memory.
        let mapped = unsafe {
            v4l2::mmap(
                std::ptr::null_mut(),
                length,
                protection,
                libc::MAP_SHARED,
                fd.as_raw_fd(),
                offset as libc::off_t,
            )
        };
        let address = mapped.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        let address = NonNull::new(address.cast()).ok_or(Errno::FAULT)?;
        Ok(Mapping { address, length })
    }
}

// SAFETY: the mapping is readable and writable over its length until it is unmapped in drop,
// and never moves. The driver writes to it only between QBUF and DQBUF, when the buffer's
// lease is parked and not used (see buffers.rs).
unsafe impl Memory for Mapping {
    fn address(&self) -> *mut u8 {
        self.address.as_ptr()
    }
    fn length(&self) -> usize {
        self.length
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: exactly the range that was mapped, and nobody borrows it any more. There is
        // nothing to do about an error.
        let _ = unsafe { v4l2::munmap(self.address.as_ptr().cast(), self.length) };
    }
}
