//! A part of the picture, taken by the driver: for drivers that scale it to the size of the picture.

use super::Calls;
use crate::backend::control::{CropLimits, Section};
use crate::backend::v4l2::error::{self, Errno, describe, is_gone};
use crate::backend::v4l2::sys;
use crate::error::{Code, Error, Result};
use crate::format::Size;
use std::path::Path;

/// The picture that the driver makes: its size, and where in it what is taken goes.
#[derive(Debug, PartialEq, Eq)]
struct Made {
    size: Option<Size>,
    compose: Option<Section>,
}

impl Made {
    /// The size of what is seen in it, for people.
    fn shown(&self) -> String {
        let seen = self.compose.map(|compose| Size::new(compose.width, compose.height)).or(self.size);
        seen.map_or("an unknown size".into(), |size| size.to_string())
    }
}

fn made(calls: &dyn Calls) -> Made {
    Made { size: calls.picture_size().ok(), compose: calls.selection(sys::COMPOSE).ok() }
}

/// `None` when nothing can be chosen. Whether the driver scales shows when it is tried only.
pub(super) fn limits(calls: &dyn Calls, path: &Path) -> Result<Option<CropLimits>> {
    let section = |target| match calls.selection(target) {
        Err(errno) if is_gone(errno) => Err(error::failure("asking what may be cut off", path, errno)),
        answer => Ok(answer.ok().filter(|section| section.width > 0 && section.height > 0)),
    };
    let Some(bounds) = section(sys::CROP_BOUNDS)? else { return Ok(None) };
    let Some(current) = section(sys::CROP)? else { return Ok(None) };
    // The bounds cannot be set, and trying that changes nothing. But only a driver that can set nothing
    // has no such call at all: UVC's tells where the picture is all the same.
    if calls.set_selection(sys::CROP_BOUNDS, bounds) == Err(Errno::NOTTY) {
        return Ok(None);
    }
    let default = section(sys::CROP_DEFAULT)?.unwrap_or(bounds);
    Ok(Some(CropLimits { bounds, default, current }))
}

pub(super) fn set(calls: &dyn Calls, path: &Path, wanted: Section) -> Result<Section> {
    let Section { left, top, width, height } = wanted;
    let what = format!("taking {width}x{height} at {left},{top} of the picture");
    let cannot = |why: String| Error::not_allowed(format!("{}: {what}: {why}", path.display()));
    let Some(limits) = limits(calls, path)? else {
        return Err(cannot("the driver always takes all of it".into()));
    };
    let bounds = limits.bounds;
    if width == 0 || height == 0 || !bounds.contains(&wanted) {
        return Err(Error::invalid(format!(
            "{}: {what}: it must be a part of {}x{} at {},{}",
            path.display(),
            bounds.width,
            bounds.height,
            bounds.left,
            bounds.top
        )));
    }
    let before = made(calls);
    let taken = calls.set_selection(sys::CROP, wanted).map_err(|errno| match errno {
        Errno::BUSY => cannot(format!("{}; the driver does not do that while it has buffers", describe(errno))),
        _ if is_gone(errno) => error::failure(&what, path, errno),
        Errno::INVAL | Errno::NOTTY | Errno::NODATA | Errno::RANGE | Errno::ACCESS | Errno::PERM | Errno::OPNOTSUPP => {
            cannot(format!("{}; the driver does not do that", describe(errno)))
        }
        _ => error::failure(&what, path, errno),
    })?;
    let after = made(calls);
    if before == after {
        return Ok(taken);
    }
    // Some drivers do not scale (enough), and make a smaller picture of the smaller part.
    let restored = calls.set_selection(sys::CROP, limits.current);
    if let Some(compose) = before.compose {
        // It tells by its own answer, below.
        let _ = calls.set_selection(sys::COMPOSE, compose);
    }
    let how =
        format!("the driver would make a picture of {} instead of scaling it to {}", after.shown(), before.shown());
    match restored {
        Ok(_) if made(calls) == before => Err(cannot(how)),
        _ => Err(Error::new(
            Code::ServiceFatalError,
            format!("{}: {what}: {how}, and cannot take it back: configure the stream anew", path.display()),
        )),
    }
}
