//! The system calls for controls, for the news of them, and for what part of the picture is taken.

use super::{Plain, call, raw, vidioc};
use crate::backend::control::Section;
use crate::backend::v4l2::error::Errno;
use std::mem::size_of;
use std::os::fd::BorrowedFd;

pub(in crate::backend::v4l2) use raw::{
    V4L2_CID_UNIT_CELL_SIZE as CID_UNIT_CELL_SIZE, V4L2_CTRL_FLAG_HAS_PAYLOAD as FLAG_HAS_PAYLOAD,
    V4L2_CTRL_FLAG_NEXT_COMPOUND as NEXT_COMPOUND, V4L2_CTRL_FLAG_NEXT_CTRL as NEXT_CTRL,
    V4L2_EVENT_CTRL_CH_DIMENSIONS as CHANGED_DIMENSIONS, V4L2_EVENT_CTRL_CH_FLAGS as CHANGED_FLAGS,
    V4L2_EVENT_CTRL_CH_RANGE as CHANGED_RANGE, V4L2_SEL_TGT_COMPOSE as COMPOSE, V4L2_SEL_TGT_CROP as CROP,
    V4L2_SEL_TGT_CROP_BOUNDS as CROP_BOUNDS, V4L2_SEL_TGT_CROP_DEFAULT as CROP_DEFAULT,
    V4L2_SEL_TGT_NATIVE_SIZE as NATIVE_SIZE, v4l2_ctrl_type_V4L2_CTRL_TYPE_AREA as TYPE_AREA,
    v4l2_ctrl_type_V4L2_CTRL_TYPE_CTRL_CLASS as TYPE_CLASS,
};

const READ: vidioc::_IOC_TYPE = 2;
const WRITE: vidioc::_IOC_TYPE = 1;

/// The number of a request of V4L2 that crate `v4l` has none of.
const fn request<T>(direction: vidioc::_IOC_TYPE, number: u8) -> vidioc::_IOC_TYPE {
    direction << 30
        | (size_of::<T>() as vidioc::_IOC_TYPE) << 16
        | (b'V' as vidioc::_IOC_TYPE) << 8
        | number as vidioc::_IOC_TYPE
}

const VIDIOC_DQEVENT: vidioc::_IOC_TYPE = request::<raw::v4l2_event>(READ, 89);
const VIDIOC_SUBSCRIBE_EVENT: vidioc::_IOC_TYPE = request::<raw::v4l2_event_subscription>(WRITE, 90);
const VIDIOC_UNSUBSCRIBE_EVENT: vidioc::_IOC_TYPE = request::<raw::v4l2_event_subscription>(WRITE, 91);
const VIDIOC_G_SELECTION: vidioc::_IOC_TYPE = request::<raw::v4l2_selection>(READ | WRITE, 94);
const VIDIOC_S_SELECTION: vidioc::_IOC_TYPE = request::<raw::v4l2_selection>(READ | WRITE, 95);

impl Plain for raw::v4l2_query_ext_ctrl {}
impl Plain for raw::v4l2_queryctrl {}
impl Plain for raw::v4l2_querymenu {}
impl Plain for raw::v4l2_ext_control {}
impl Plain for raw::v4l2_ext_controls {}
impl Plain for raw::v4l2_event {}
impl Plain for raw::v4l2_event_subscription {}
impl Plain for raw::v4l2_selection {}

/// A control as the driver describes it, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::backend::v4l2) struct Described {
    pub(in crate::backend::v4l2) id: u32,
    /// V4L2_CTRL_TYPE_.
    pub(in crate::backend::v4l2) number: u32,
    /// Up to the first NUL.
    pub(in crate::backend::v4l2) name: Vec<u8>,
    pub(in crate::backend::v4l2) min: i64,
    pub(in crate::backend::v4l2) max: i64,
    pub(in crate::backend::v4l2) step: u64,
    pub(in crate::backend::v4l2) default: i64,
    pub(in crate::backend::v4l2) flags: u32,
    /// It has as many values as its dimensions say.
    pub(in crate::backend::v4l2) array: bool,
}

/// VIDIOC_QUERY_EXT_CTRL. With NEXT_CTRL, NEXT_COMPOUND: of the first control after `id`.
pub(in crate::backend::v4l2) fn query_control(fd: BorrowedFd<'_>, id: u32) -> Result<Described, Errno> {
    let mut answer = raw::v4l2_query_ext_ctrl { id, ..Plain::zero() };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_QUERY_EXT_CTRL, &mut answer)? };
    let name = answer.name.iter().take_while(|&&byte| byte != 0).map(|&byte| byte.to_ne_bytes()[0]).collect();
    Ok(Described {
        id: answer.id,
        number: answer.type_,
        name,
        min: answer.minimum,
        max: answer.maximum,
        step: answer.step,
        default: answer.default_value,
        flags: answer.flags,
        array: answer.nr_of_dims > 0,
    })
}

/// VIDIOC_QUERYCTRL, which is all that drivers older than Linux 3.17 have.
pub(in crate::backend::v4l2) fn query_control_old(fd: BorrowedFd<'_>, id: u32) -> Result<Described, Errno> {
    let mut answer = raw::v4l2_queryctrl { id, ..Plain::zero() };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_QUERYCTRL, &mut answer)? };
    Ok(Described {
        id: answer.id,
        number: answer.type_,
        name: super::until_nul(&answer.name),
        min: answer.minimum.into(),
        max: answer.maximum.into(),
        step: u64::from(answer.step.unsigned_abs()),
        default: answer.default_value.into(),
        flags: answer.flags,
        array: false,
    })
}

/// An item of a menu: which of the two counts, its control's type says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::backend::v4l2) struct Item {
    /// Up to the first NUL.
    pub(in crate::backend::v4l2) name: Vec<u8>,
    pub(in crate::backend::v4l2) number: i64,
}

/// VIDIOC_QUERYMENU; EINVAL where the menu has a hole.
pub(in crate::backend::v4l2) fn menu_item(fd: BorrowedFd<'_>, id: u32, index: u32) -> Result<Item, Errno> {
    let mut answer = raw::v4l2_querymenu { id, index, ..Plain::zero() };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, vidioc::VIDIOC_QUERYMENU, &mut answer)? };
    let item = answer.__bindgen_anon_1;
    // SAFETY: bytes or a number, all of them filled in or zero, so either member is readable.
    let (name, number) = unsafe { (item.name, item.value) };
    Ok(Item { name: super::until_nul(&name), number })
}

/// How wide the number of a control is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend::v4l2) enum Width {
    /// 32 bits with a sign.
    Signed,
    /// 32 bits without.
    Bits,
    Wide,
}

impl Width {
    fn widen(self, value: i32) -> i64 {
        match self {
            Width::Bits => i64::from(value.cast_unsigned()),
            _ => value.into(),
        }
    }

    /// As a driver takes it; `None` for what does not fit.
    fn narrow(self, value: i64) -> Option<i32> {
        match self {
            Width::Bits => u32::try_from(value).ok().map(u32::cast_signed),
            _ => i32::try_from(value).ok(),
        }
    }
}

/// VIDIOC_G_EXT_CTRLS or VIDIOC_S_EXT_CTRLS for one control, of whatever class (V4L2_CTRL_WHICH_CUR_VAL).
///
/// # Safety
///
/// What `control` points to, if its type has it point to anything, must be as long as its `size` says.
unsafe fn one(
    fd: BorrowedFd<'_>,
    request: vidioc::_IOC_TYPE,
    control: &mut raw::v4l2_ext_control,
) -> Result<(), Errno> {
    let mut argument = raw::v4l2_ext_controls { count: 1, controls: control, ..Plain::zero() };
    argument.__bindgen_anon_1.which = raw::V4L2_CTRL_WHICH_CUR_VAL;
    // SAFETY: the structure of this request; its pointer is to one control, which the caller vouches for.
    unsafe { call(fd, request, &mut argument) }
}

/// The value of a control that has a number; not for other types.
pub(in crate::backend::v4l2) fn read_number(fd: BorrowedFd<'_>, id: u32, width: Width) -> Result<i64, Errno> {
    let mut control = raw::v4l2_ext_control { id, ..Plain::zero() };
    // SAFETY: with a size of zero the kernel refuses to fill in what it would need a pointer for.
    unsafe { one(fd, vidioc::VIDIOC_G_EXT_CTRLS, &mut control)? };
    let value = control.__bindgen_anon_1;
    Ok(match width {
        // SAFETY: numbers, all of their bytes filled in or zero.
        Width::Wide => unsafe { value.value64 },
        // SAFETY: as above.
        _ => width.widen(unsafe { value.value }),
    })
}

/// Sets a control that has a number. ERANGE for one that does not fit.
pub(in crate::backend::v4l2) fn write_number(
    fd: BorrowedFd<'_>,
    id: u32,
    width: Width,
    value: i64,
) -> Result<(), Errno> {
    let mut control = raw::v4l2_ext_control { id, ..Plain::zero() };
    match width {
        Width::Wide => control.__bindgen_anon_1.value64 = value,
        _ => control.__bindgen_anon_1.value = width.narrow(value).ok_or(Errno::RANGE)?,
    }
    // SAFETY: with a size of zero the kernel refuses to read what it would need a pointer for.
    unsafe { one(fd, vidioc::VIDIOC_S_EXT_CTRLS, &mut control) }
}

/// More bytes no control is believed to have.
const MAX_BYTES: usize = 0x10000;

/// The bytes of a control whose value is not a number; a text's with its NUL. `size` is what the control
/// has, as far as is known.
pub(in crate::backend::v4l2) fn read_bytes(fd: BorrowedFd<'_>, id: u32, size: usize) -> Result<Vec<u8>, Errno> {
    let mut bytes = vec![0; size.clamp(1, MAX_BYTES)];
    loop {
        let size = u32::try_from(bytes.len()).expect("it is bounded");
        let mut control = raw::v4l2_ext_control { id, size, ..Plain::zero() };
        control.__bindgen_anon_1.p_u8 = bytes.as_mut_ptr();
        // SAFETY: the pointer is to `bytes`, which are as many as it says.
        match unsafe { one(fd, vidioc::VIDIOC_G_EXT_CTRLS, &mut control) } {
            Ok(()) => return Ok(bytes),
            // It tells how many there are.
            Err(Errno::NOSPC) if control.size > size && control.size as usize <= MAX_BYTES => {
                bytes.resize(control.size as usize, 0);
            }
            Err(errno) => return Err(errno),
        }
    }
}

/// Sets a control whose value is not a number; a text needs its NUL.
pub(in crate::backend::v4l2) fn write_bytes(fd: BorrowedFd<'_>, id: u32, bytes: &mut [u8]) -> Result<(), Errno> {
    let size = u32::try_from(bytes.len()).map_err(|_| Errno::RANGE)?;
    let mut control = raw::v4l2_ext_control { id, size, ..Plain::zero() };
    control.__bindgen_anon_1.p_u8 = bytes.as_mut_ptr();
    // SAFETY: the pointer is to `bytes`, which are as many as it says.
    unsafe { one(fd, vidioc::VIDIOC_S_EXT_CTRLS, &mut control) }
}

/// Asks for the news of a control, but not of what is set through this descriptor.
pub(in crate::backend::v4l2) fn subscribe(fd: BorrowedFd<'_>, id: u32) -> Result<(), Errno> {
    let mut argument = raw::v4l2_event_subscription { type_: raw::V4L2_EVENT_CTRL, id, ..Plain::zero() };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, VIDIOC_SUBSCRIBE_EVENT, &mut argument) }
}

/// No more of them. Nothing happens when there was no such subscription.
pub(in crate::backend::v4l2) fn unsubscribe(fd: BorrowedFd<'_>, id: u32) -> Result<(), Errno> {
    let mut argument = raw::v4l2_event_subscription { type_: raw::V4L2_EVENT_CTRL, id, ..Plain::zero() };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, VIDIOC_UNSUBSCRIBE_EVENT, &mut argument) }
}

/// The news of one control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend::v4l2) struct Event {
    pub(in crate::backend::v4l2) id: u32,
    /// V4L2_EVENT_CTRL_CH_.
    pub(in crate::backend::v4l2) changes: u32,
    /// The new value; 0 of what has no number.
    pub(in crate::backend::v4l2) value: i64,
}

/// The oldest of the news that wait: `None` for what is not about a control. ENOENT when none waits.
pub(in crate::backend::v4l2) fn dequeue_event(fd: BorrowedFd<'_>) -> Result<Option<Event>, Errno> {
    let mut answer = raw::v4l2_event::zero();
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, VIDIOC_DQEVENT, &mut answer)? };
    if answer.type_ != raw::V4L2_EVENT_CTRL {
        return Ok(None);
    }
    // SAFETY: numbers only, so every member of the union is readable.
    let control = unsafe { answer.u.ctrl };
    let value = control.__bindgen_anon_1;
    let value = match control.type_ {
        _ if control.flags & FLAG_HAS_PAYLOAD != 0 => 0,
        // SAFETY: as above.
        raw::v4l2_ctrl_type_V4L2_CTRL_TYPE_INTEGER64 => unsafe { value.value64 },
        // SAFETY: as above.
        raw::v4l2_ctrl_type_V4L2_CTRL_TYPE_BITMASK => Width::Bits.widen(unsafe { value.value }),
        // SAFETY: as above.
        _ => unsafe { value.value }.into(),
    };
    Ok(Some(Event { id: answer.id, changes: control.changes, value }))
}

/// Which buffer type a selection is of: this one with both interfaces.
const CAPTURE: u32 = raw::v4l2_buf_type_V4L2_BUF_TYPE_VIDEO_CAPTURE;

pub(in crate::backend::v4l2) fn get_selection(fd: BorrowedFd<'_>, target: u32) -> Result<Section, Errno> {
    let mut answer = raw::v4l2_selection { type_: CAPTURE, target, ..Plain::zero() };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, VIDIOC_G_SELECTION, &mut answer)? };
    Ok(section(answer.r))
}

/// Sets it, and tells what the driver made of it.
pub(in crate::backend::v4l2) fn set_selection(fd: BorrowedFd<'_>, target: u32, to: Section) -> Result<Section, Errno> {
    let r = raw::v4l2_rect { left: to.left, top: to.top, width: to.width, height: to.height };
    let mut wanted = raw::v4l2_selection { type_: CAPTURE, target, r, ..Plain::zero() };
    // SAFETY: the structure of this request, which has no pointers.
    unsafe { call(fd, VIDIOC_S_SELECTION, &mut wanted)? };
    Ok(section(wanted.r))
}

fn section(r: raw::v4l2_rect) -> Section {
    Section { left: r.left, top: r.top, width: r.width, height: r.height }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_the_kernels_numbers() {
        // From linux/videodev2.h on a 64-bit machine.
        #[cfg(target_pointer_width = "64")]
        assert_eq!(VIDIOC_DQEVENT as u32, 0x8088_5659);
        assert_eq!([VIDIOC_SUBSCRIBE_EVENT, VIDIOC_UNSUBSCRIBE_EVENT].map(|n| n as u32), [0x4020_565a, 0x4020_565b]);
        assert_eq!([VIDIOC_G_SELECTION, VIDIOC_S_SELECTION].map(|n| n as u32), [0xc040_565e, 0xc040_565f]);
        // What `v4l` has is spelled the same.
        assert_eq!(request::<raw::v4l2_ext_controls>(READ | WRITE, 72), vidioc::VIDIOC_S_EXT_CTRLS);
    }

    #[test]
    fn bits_have_no_sign() {
        assert_eq!(Width::Bits.widen(i32::MIN), 0x8000_0000);
        assert_eq!(Width::Bits.narrow(0x8000_2000), Some(0x8000_2000_u32.cast_signed()));
        assert_eq!((Width::Bits.narrow(-1), Width::Bits.narrow(1 << 32)), (None, None));
        assert_eq!((Width::Signed.widen(-1), Width::Signed.narrow(-1)), (-1, Some(-1)));
        assert_eq!(Width::Signed.narrow(1 << 31), None);
    }
}
