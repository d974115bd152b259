//! What sensor and lens are, where the kernel knows it.

use super::controls::Calls;
use super::identity;
use super::sys;
use crate::backend::CameraFacts;
use crate::backend::control::ids;
use crate::format::Size;
use std::path::Path;

/// `card` is what QUERYCAP calls the camera, `path` its node, `sys` where sysfs is.
pub(super) fn facts(calls: &dyn Calls, card: &[u8], path: &Path, sys: &Path) -> CameraFacts {
    let node = path.file_name().and_then(|name| name.to_str());
    let model = identity::clean(card);
    CameraFacts {
        make: node.and_then(|node| identity::manufacturer(sys, node)),
        model: (!model.is_empty()).then_some(model),
        // The bounds of cropping are no substitute: many drivers tell the picture's size there.
        pixel_array: calls.selection(sys::NATIVE_SIZE).ok().and_then(|all| told(all.width, all.height)),
        unit_cell_nm: area(calls, sys::CID_UNIT_CELL_SIZE),
        focus: calls.query(ids::FOCUS_ABSOLUTE).ok().map(|focus| (focus.min, focus.max)).filter(|(min, max)| min < max),
    }
}

/// The value of a control that is a `struct v4l2_area`.
pub(super) fn area(calls: &dyn Calls, id: u32) -> Option<Size> {
    let described = calls.query(id).ok()?;
    if described.number != sys::TYPE_AREA || described.array {
        return None;
    }
    let bytes = calls.read_bytes(id, size_of::<[u32; 2]>()).ok()?;
    let number = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes);
    told(number(0)?, number(4)?)
}

fn told(width: u32, height: u32) -> Option<Size> {
    (width > 0 && height > 0).then_some(Size::new(width, height))
}
