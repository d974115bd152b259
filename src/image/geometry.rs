//! Turning and scaling of planes.

use super::convert::{made, room};
use super::recipe::{Recipe, Rotation};
use super::sys::area::Area;
use super::sys::yuv::{self, Filter};
use super::sys::{Plane, PlaneMut};
use crate::format::Size;

/// One of the eight ways to lay a rectangle down: upside down or not, then clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    upside_down: bool,
    rotation: Rotation,
}

impl Turn {
    const NONE: Turn = Turn { upside_down: false, rotation: Rotation::None };

    /// Rotated, then mirrored left to right.
    pub(super) fn new(rotation: Rotation, mirror: bool) -> Turn {
        let rotation = match (mirror, rotation) {
            // Mirrored is upside down and half around.
            (true, Rotation::None) => Rotation::Half,
            (true, Rotation::Half) => Rotation::None,
            _ => rotation,
        };
        Turn { upside_down: mirror, rotation }
    }

    pub(super) fn is_none(self) -> bool {
        self == Turn::NONE
    }

    pub(super) fn is_sideways(self) -> bool {
        self.rotation.is_sideways()
    }

    fn size(self, size: Size) -> Size {
        if self.is_sideways() { Size::new(size.height, size.width) } else { size }
    }

    /// Is the right end of a row, or the lower end of a column, first afterwards?
    fn reverses(self) -> (bool, bool) {
        let (columns, rows) = match self.rotation {
            Rotation::None => (false, false),
            Rotation::Quarter => (false, true),
            Rotation::Half => (true, true),
            Rotation::ThreeQuarters => (true, false),
        };
        (columns, rows != self.upside_down)
    }

    /// Does a picture of this size begin with what was the odd one out in pairs of pixels?
    pub(super) fn splits_pairs(self, size: Size) -> bool {
        let (columns, rows) = self.reverses();
        columns && !size.width.is_multiple_of(2) || rows && !size.height.is_multiple_of(2)
    }

    fn apply(self, from: Plane<'_>, to: PlaneMut<'_>) {
        if self.is_none() {
            yuv::copy(from, to);
        } else {
            yuv::rotate(from, self.upside_down, self.rotation.degrees(), to);
        }
    }
}

/// Where a picture's planes go: another size, another way around.
pub(super) struct Geometry {
    pub(super) turn: Turn,
    /// Tables and memory for sizes that occurred.
    areas: Vec<Area>,
    turned: Vec<u8>,
    scaled: Vec<u8>,
}

impl Geometry {
    pub(super) fn new(recipe: &Recipe) -> Geometry {
        Geometry {
            turn: Turn::new(recipe.rotation, recipe.mirror),
            areas: Vec::new(),
            turned: Vec::new(),
            scaled: Vec::new(),
        }
    }

    /// Makes a plane of it that is `upright` large before the turn. Less is turned: what
    /// becomes smaller is scaled first.
    pub(super) fn place(&mut self, from: Plane<'_>, upright: Size, to: PlaneMut<'_>) {
        let area = |size: Size| u64::from(size.width) * u64::from(size.height);
        if from.size() == upright {
            self.turn.apply(from, to);
        } else if self.turn.is_none() {
            self.scale(from, to, 1);
        } else if area(upright) <= area(from.size()) {
            let mut memory = std::mem::take(&mut self.turned);
            self.scale(from, room(&mut memory, upright), 1);
            self.turn.apply(made(&memory, upright), to);
            self.turned = memory;
        } else {
            let mut memory = std::mem::take(&mut self.turned);
            let size = self.turn.size(from.size());
            self.turn.apply(from, room(&mut memory, size));
            self.scale(made(&memory, size), to, 1);
            self.turned = memory;
        }
    }

    /// Scales samples of one byte or pairs of them: by area where it becomes smaller, bilinear
    /// where it becomes larger.
    pub(super) fn scale(&mut self, from: Plane<'_>, to: PlaneMut<'_>, channels: usize) {
        let samples = |size: Size| Size::new(size.width / channels as u32, size.height);
        let (small, large) = (samples(to.size()), samples(from.size()));
        if from.size() == to.size() {
            yuv::copy(from, to);
        } else if small.width >= large.width && small.height >= large.height {
            bilinear(from, to, channels);
        } else if is_exact_in_libyuv(large, small, channels) {
            if channels == 1 { yuv::scale(from, to, Filter::Box) } else { yuv::scale_pairs(from, to, Filter::Box) }
        } else {
            // The one direction in which it becomes larger comes after.
            let middle = Size::new(small.width.min(large.width), small.height.min(large.height));
            if middle == small {
                self.area(from, to, large, small, channels);
            } else {
                let bytes = Size::new(middle.width * channels as u32, middle.height);
                let mut memory = std::mem::take(&mut self.scaled);
                self.area(from, room(&mut memory, bytes), large, middle, channels);
                bilinear(made(&memory, bytes), to, channels);
                self.scaled = memory;
            }
        }
    }

    fn area(&mut self, from: Plane<'_>, to: PlaneMut<'_>, large: Size, small: Size, channels: usize) {
        let known = self.areas.iter().position(|area| area.is_for(large, small, channels));
        let index = known.or_else(|| {
            self.areas.push(Area::new(large, small, channels)?);
            Some(self.areas.len() - 1)
        });
        match index {
            Some(index) => self.areas[index].scale(from, to),
            // To a hundredth and less.
            None => nearest(from, to, channels),
        }
    }
}

/// Is this a ratio that libyuv scales by, exactly by area and with vector instructions?
fn is_exact_in_libyuv(large: Size, small: Size, channels: usize) -> bool {
    let is = |ratio: u32| large == Size::new(small.width * ratio, small.height * ratio);
    let is_three_quarters = (4 * small.width, 4 * small.height) == (3 * large.width, 3 * large.height);
    small.width >= 2 && small.height >= 2 && (is(2) || channels == 1 && (is(4) || is_three_quarters))
}

fn bilinear(from: Plane<'_>, to: PlaneMut<'_>, channels: usize) {
    let size = from.size();
    if size.width < 2 * channels as u32 || size.height < 2 {
        nearest(from, to, channels);
    } else if channels == 1 {
        yuv::scale(from, to, Filter::Bilinear);
    } else {
        yuv::scale_pairs(from, to, Filter::Bilinear);
    }
}

/// For sizes that nobody looks at: a single row or column made more, or a picture made a dot.
fn nearest(from: Plane<'_>, mut to: PlaneMut<'_>, channels: usize) {
    let (large, small) = (from.size(), to.size());
    let middle =
        |index: usize, from: u32, to: u32| ((2 * index as u64 + 1) * u64::from(from) / (2 * u64::from(to))) as usize;
    for (y, row) in to.rows_mut().enumerate() {
        let source = from.row(middle(y, large.height, small.height) as u32);
        for (x, sample) in row.chunks_exact_mut(channels).enumerate() {
            let x = middle(x, large.width / channels as u32, small.width / channels as u32);
            sample.copy_from_slice(&source[x * channels..][..channels]);
        }
    }
}
