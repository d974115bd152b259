//! What a conversion is to make: plain values and their checks.

use super::convert::{Arrangement, arrangement};
use crate::error::{Error, Result};
use crate::format::{Colour, Layout, PixelFormat, Size};

/// A picture before or after a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Kind {
    pub(crate) format: PixelFormat,
    pub(crate) size: Size,
    /// What its YUV means; nothing for RGB.
    pub(crate) colour: Colour,
}

/// A part of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Rect {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) size: Size,
}

impl Rect {
    /// All of a picture.
    pub(crate) fn whole(size: Size) -> Rect {
        Rect { x: 0, y: 0, size }
    }

    fn lies_within(self, size: Size) -> bool {
        let within = |start: u32, length: u32, all: u32| u64::from(start) + u64::from(length) <= u64::from(all);
        within(self.x, self.size.width, size.width) && within(self.y, self.size.height, size.height)
    }
}

/// Clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Rotation {
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

impl Rotation {
    /// 0, 90, 180 or 270.
    #[cfg(test)]
    pub(crate) fn from_degrees(degrees: u32) -> Option<Rotation> {
        Some(match degrees {
            0 => Rotation::None,
            90 => Rotation::Quarter,
            180 => Rotation::Half,
            270 => Rotation::ThreeQuarters,
            _ => return None,
        })
    }

    /// Do width and height change places?
    pub(crate) fn is_sideways(self) -> bool {
        matches!(self, Rotation::Quarter | Rotation::ThreeQuarters)
    }

    pub(super) fn degrees(self) -> u32 {
        match self {
            Rotation::None => 0,
            Rotation::Quarter => 90,
            Rotation::Half => 180,
            Rotation::ThreeQuarters => 270,
        }
    }
}

/// A conversion: of the source the part `crop`, turned by `rotation`, then (as the viewer sees
/// it) mirrored left to right, scaled to the target's size. Only pixels are changed; the aspect
/// ratio becomes what the target's is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Recipe {
    pub(crate) source: Kind,
    /// In pixels of the source.
    pub(crate) crop: Rect,
    pub(crate) rotation: Rotation,
    pub(crate) mirror: bool,
    pub(crate) target: Kind,
}

impl Recipe {
    /// All of the source, upright.
    pub(crate) fn plain(source: Kind, target: Kind) -> Recipe {
        Recipe { source, crop: Rect::whole(source.size), rotation: Rotation::None, mirror: false, target }
    }

    /// The target's size before the turn.
    pub(super) fn upright_target(&self) -> Size {
        let Size { width, height } = self.target.size;
        if self.rotation.is_sideways() { Size::new(height, width) } else { self.target.size }
    }

    pub(super) fn check(&self) -> Result<()> {
        let (source, target) = (&self.source, &self.target);
        if !can_convert(source.format, target.format) {
            return Err(Error::invalid(format!("there is no conversion from {} to {}", source.format, target.format)));
        }
        for size in [source.size, target.size, self.crop.size] {
            if !size.is_valid() {
                return Err(Error::invalid(format!("a picture of {size} cannot be converted")));
            }
        }
        if !self.crop.lies_within(source.size) {
            let Rect { x, y, size } = self.crop;
            return Err(Error::invalid(format!("{size} at {x}, {y} is not within a picture of {}", source.size)));
        }
        Ok(())
    }
}

/// Can frames of one format be made into the other? Any that is read here or is JPEG into any
/// that lies in one memory.
pub(crate) fn can_convert(source: PixelFormat, target: PixelFormat) -> bool {
    (source.is_jpeg() || arrangement(source).is_some()) && target_arrangement(target).is_some()
}

pub(super) fn target_arrangement(target: PixelFormat) -> Option<Arrangement> {
    arrangement(target).filter(|_| target.memory_count() == 1)
}

/// Where the planes of a converted picture lie: rows and planes without gaps. `None` for
/// formats that are no target and pictures beyond memory.
pub(crate) fn target_layout(target: PixelFormat, size: Size) -> Option<Layout> {
    target_arrangement(target)?;
    if size.is_valid() { Layout::new(target, size, &[]) } else { None }
}
