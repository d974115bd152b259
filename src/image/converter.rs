//! Frames made into other frames: another format, size, part, or way around.
//!
//! A picture goes through three planes, those of luma and chroma or of red, green and blue:
//! `load` makes them of the frame (or finds them in it), `geometry` scales and turns each,
//! `store` writes them as the target has them. What a recipe does not ask for is left out, and
//! what can be written where it belongs is. A picture that keeps its place goes through in
//! strips of a few rows, which stay in the processor's cache between the steps.
//!
//! Chroma that several pixels share stays as it is where it can: scaling goes from a plane of
//! chroma to the target's plane of chroma. Where the pixels that share a sample do not stay
//! together, in a part that begins with an odd column or a picture of odd width that is
//! mirrored, the picture gets a sample for each pixel first.

#[cfg(all(test, not(loom)))]
mod tests;

use super::convert::{Arrangement, made, room};
use super::geometry::{Geometry, Turn};
use super::load::{self, Decoded, Direct, JpegLoader, Loader};
use super::planes::{Grid, Planes, regridded};
use super::recipe::{Kind, Recipe, Rect, target_arrangement, target_layout};
use super::store::{Store, Target, grid_of};
use super::sys::{from_rgb, yuv};
use crate::error::{Error, Result};
use crate::format::{Layout, Size};
use crate::frame::{Frame, FrameInfo, Lease};

/// Rows of a strip; all grids divide it.
const STRIP: u32 = 16;

/// Makes frames by one recipe. Keeps its memory from frame to frame; one for each thread.
pub(crate) struct Converter {
    recipe: Recipe,
    layout: Layout,
    /// `None` for JPEG.
    source: Option<Arrangement>,
    target: Arrangement,
    loader: Loader,
    jpeg: JpegLoader,
    geometry: Geometry,
    store: Store,
    unshared: [Vec<u8>; 3],
    placed: Placed,
    line: Vec<u8>,
}

/// Memory of [`Converter::place`].
#[derive(Default)]
struct Placed {
    regridded: [Vec<u8>; 2],
    planes: [Vec<u8>; 3],
}

/// The picture before it is placed.
enum Picture<'a> {
    /// A frame that is taken apart as needed.
    Frame(&'a Frame, Arrangement, &'a mut Loader),
    Planes(Planes<'a>),
}

impl Picture<'_> {
    fn part(&mut self, rect: Rect) -> Result<Planes<'_>> {
        match self {
            Picture::Frame(frame, arrangement, loader) => loader.load(frame, *arrangement, rect),
            Picture::Planes(planes) => Ok(planes.part(rect)),
        }
    }
}

impl Converter {
    /// Refused when the recipe is not one that can be followed.
    pub(crate) fn new(recipe: Recipe) -> Result<Converter> {
        recipe.check()?;
        let Kind { format, size, .. } = recipe.target;
        let (Some(target), Some(layout)) = (target_arrangement(format), target_layout(format, size)) else {
            return Err(Error::invalid(format!("a {format} picture of {size} cannot be made")));
        };
        let source = super::convert::arrangement(recipe.source.format);
        let from_rgb = matches!(source, Some(Arrangement::Rgb(_)));
        Ok(Converter {
            recipe,
            layout,
            source,
            target,
            loader: Loader::default(),
            jpeg: JpegLoader::default(),
            geometry: Geometry::new(&recipe),
            store: Store::new(&recipe, target, from_rgb),
            unshared: Default::default(),
            placed: Placed::default(),
            line: Vec::new(),
        })
    }

    #[cfg(test)]
    pub(crate) fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Makes a frame of another, with its number and time, in the first memory of `target`,
    /// laid out as [`target_layout`] says. Refused: a frame that is not the recipe's source, one
    /// that lacks bytes, a JPEG picture that is damaged, a target that is too small.
    pub(crate) fn run(&mut self, frame: &Frame, mut target: Lease) -> Result<Frame> {
        let (info, source) = (frame.info(), &self.recipe.source);
        if (info.format, info.size) != (source.format, source.size) {
            return Err(Error::fatal(format!(
                "a {} frame of {} came where {} frames of {} are converted",
                info.format, info.size, source.format, source.size
            )));
        }
        let (needed, given) = (self.layout.memory_length(0), target.memory_length(0));
        if given < needed {
            return Err(Error::fatal(format!("{needed} bytes are converted to, and there are {given}")));
        }
        self.fill(frame, Target::new(target.bytes_mut(0), &self.layout))?;
        let Kind { format, size, colour } = self.recipe.target;
        let kept = FrameInfo::TIMESTAMP_ESTIMATED | FrameInfo::RESUMED;
        let flags = info.flags & kept | FrameInfo::CONVERTED;
        Ok(target.into_frame(FrameInfo { format, size, layout: self.layout, flags, colour, ..*info }))
    }

    fn fill(&mut self, frame: &Frame, mut target: Target<'_>) -> Result<()> {
        let Some(source) = self.source else { return self.fill_from_jpeg(frame, target) };
        if self.fill_at_once(frame, source, &mut target)? {
            return Ok(());
        }
        let crop = self.recipe.crop;
        // Taken out while it is borrowed on its own.
        let mut loader = std::mem::take(&mut self.loader);
        let result = self.fill_from(Picture::Frame(frame, source, &mut loader), crop, &mut target);
        self.loader = loader;
        result
    }

    fn fill_from(&mut self, mut picture: Picture<'_>, crop: Rect, target: &mut Target<'_>) -> Result<()> {
        if crop.size != self.recipe.upright_target() || !self.geometry.turn.is_none() {
            let planes = picture.part(crop)?;
            self.place(planes, target);
            return Ok(());
        }
        let Size { width, height } = crop.size;
        for y in (0..height).step_by(STRIP as usize) {
            let size = Size::new(width, STRIP.min(height - y));
            let planes = picture.part(Rect { x: crop.x, y: crop.y + y, size })?;
            let planes = if planes.is_aligned() { planes } else { planes.unshared(&mut self.unshared) };
            self.store.strip(&planes, y, target);
        }
        Ok(())
    }

    /// What goes from frame to target in one step. `false` when this is not of that kind.
    fn fill_at_once(&mut self, frame: &Frame, source: Arrangement, target: &mut Target<'_>) -> Result<bool> {
        let crop = self.recipe.crop;
        let scaled = crop.size != self.recipe.upright_target();
        let grid = grid_of(source);
        let aligned = crop.x.is_multiple_of(grid.columns) && crop.y.is_multiple_of(grid.rows);
        if !self.geometry.turn.is_none() || !aligned {
            return Ok(false);
        }
        match (source, self.target) {
            (Arrangement::SemiPlanar { sampling, v_first }, Arrangement::Rgb(order))
                if !scaled && grid.columns == 2 =>
            {
                let (y, pairs) = load::semi(frame, sampling, crop)?;
                self.store.pairs_as_rgb([y, pairs], grid.rows, v_first, order, target.plane(0));
            }
            (Arrangement::Packed { order, v_first }, Arrangement::Rgb(rgb)) if !scaled => {
                let packed = load::packed(frame, crop)?;
                return Ok(self.store.packed_as_rgb(packed, order, v_first, rgb, target.plane(0)));
            }
            (Arrangement::Packed { order, v_first }, Arrangement::Planar { v_first: to_v_first, .. })
                if !scaled && grid_of(self.target) == Grid::YUV420 && self.store.keeps_values() =>
            {
                let [Some(y), Some(u), Some(v)] = &mut target.planes else { return Ok(false) };
                let (u, v) = if v_first == to_v_first { (u, v) } else { (v, u) };
                yuv::packed_to_planes(load::packed(frame, crop)?, order, y.whole(), u.whole(), v.whole());
            }
            (Arrangement::SemiPlanar { sampling, .. }, to)
                if source == to && self.store.keeps_values() && !is_enlarged(crop.size, self.recipe.target.size) =>
            {
                let (y, pairs) = load::semi(frame, sampling, crop)?;
                self.geometry.scale(y, target.plane(0), 1);
                self.geometry.scale(pairs, target.plane(1), 2);
            }
            (Arrangement::Packed { order, v_first }, Arrangement::SemiPlanar { v_first: to_v_first, .. })
                if !scaled
                    && v_first == to_v_first
                    && grid_of(self.target) == Grid::YUV420
                    && crop.size.width.is_multiple_of(yuv::PACKED_TO_SEMI_WIDTH)
                    && self.store.keeps_values() =>
            {
                let [Some(y), Some(pairs), _] = &mut target.planes else { return Ok(false) };
                yuv::packed_to_semi(load::packed(frame, crop)?, order, y.whole(), pairs.whole());
            }
            (Arrangement::Rgb(order), Arrangement::Planar { v_first, .. })
                if !scaled && grid_of(self.target) == Grid::YUV420 =>
            {
                let [Some(y), Some(u), Some(v)] = &mut target.planes else { return Ok(false) };
                let (u, v) = if v_first { (v, u) } else { (u, v) };
                let (pixels, colour) = (load::pixels(frame, order, crop)?, self.recipe.target.colour);
                return Ok(from_rgb::rgb_to_planes(pixels, order, colour, y.whole(), u.whole(), v.whole()));
            }
            (Arrangement::Rgb(order), Arrangement::SemiPlanar { v_first, .. })
                if !scaled && grid_of(self.target) == Grid::YUV420 =>
            {
                let [Some(y), Some(pairs), _] = &mut target.planes else { return Ok(false) };
                let (pixels, colour) = (load::pixels(frame, order, crop)?, self.recipe.target.colour);
                return Ok(from_rgb::rgb_to_semi(pixels, order, colour, y.whole(), pairs.whole(), v_first));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fill_from_jpeg(&mut self, frame: &Frame, mut target: Target<'_>) -> Result<()> {
        let (divisor, crop) = self.divided();
        let size = Size::new(self.recipe.source.size.width / divisor, self.recipe.source.size.height / divisor);
        let upright = self.recipe.upright_target();
        let in_place = crop == Rect::whole(upright) && crop.size == size && self.geometry.turn.is_none();
        let grid = grid_of(self.target);
        let [first, second, third] = &mut target.planes;
        let direct = match (self.target, first, second, third) {
            _ if !in_place || !self.store.keeps_values() => None,
            (Arrangement::Planar { v_first, .. }, Some(y), Some(u), Some(v)) => {
                let (u, v) = if v_first { (v, u) } else { (u, v) };
                Some(Direct { luma: y.whole(), chroma: Some((u.whole(), v.whole(), grid)) })
            }
            (Arrangement::SemiPlanar { .. } | Arrangement::Grey, Some(y), ..) => {
                Some(Direct { luma: y.whole(), chroma: None })
            }
            _ => None,
        };
        let mut jpeg = std::mem::take(&mut self.jpeg);
        let result = match jpeg.load(frame, divisor, direct) {
            Ok(Decoded::Planes(planes)) => self.fill_from(Picture::Planes(planes), crop, &mut target),
            Ok(Decoded::Chroma(Some((u, v, grid)))) => {
                self.store.chroma(u, v, grid, size, 0, &mut target);
                Ok(())
            }
            Ok(Decoded::Chroma(None)) => {
                self.store.no_chroma(&mut target);
                Ok(())
            }
            Ok(Decoded::Done) => Ok(()),
            Err(error) => Err(error),
        };
        self.jpeg = jpeg;
        result
    }

    /// A JPEG picture can be decoded to a half, a quarter or an eighth for less than its whole;
    /// by what its size is divided, and the crop then.
    fn divided(&self) -> (u32, Rect) {
        let (Rect { x, y, size }, upright, source) =
            (self.recipe.crop, self.recipe.upright_target(), self.recipe.source.size);
        let numbers = [x, y, size.width, size.height, source.width, source.height];
        let divides = |divisor: &u32| {
            numbers.iter().all(|number| number.is_multiple_of(*divisor))
                && size.width / divisor >= upright.width
                && size.height / divisor >= upright.height
        };
        let divisor = [8, 4, 2].into_iter().find(divides).unwrap_or(1);
        let size = Size::new(size.width / divisor, size.height / divisor);
        (divisor, Rect { x: x / divisor, y: y / divisor, size })
    }

    /// Scales and turns planes, into the target where they are as it has them.
    fn place(&mut self, planes: Planes<'_>, target: &mut Target<'_>) {
        let planes = if planes.is_aligned() { planes } else { planes.unshared(&mut self.unshared) };
        let upright = self.recipe.upright_target();
        let turn = self.geometry.turn;
        let mixes = self.store.mixes();
        let grid = grid_for(&planes, mixes, self.target, turn, upright);
        let placed_grid = if turn.is_sideways() { grid.sideways() } else { grid };
        let Placed { regridded: memory, planes: [first, second, third] } = &mut self.placed;
        let [y, u, v] = planes.items;
        let (u, v) = if planes.size() == upright && grid != planes.grid {
            let [second, third] = memory;
            let u = regridded(u, planes.grid, upright, grid, second, &mut self.line);
            (u, regridded(v, planes.grid, upright, grid, third, &mut self.line))
        } else {
            (u, v)
        };
        let (size, shared) = (self.recipe.target.size, placed_grid.shared_size(self.recipe.target.size));
        let upright_shared = grid.shared_size(upright);
        let as_is = self.store.keeps_values() && placed_grid == grid_of(self.target);
        match self.target {
            Arrangement::Planar { v_first, .. } if as_is => {
                let (at_u, at_v) = if v_first { (2, 1) } else { (1, 2) };
                self.geometry.place(y, upright, target.plane(0));
                self.geometry.place(u, upright_shared, target.plane(at_u));
                self.geometry.place(v, upright_shared, target.plane(at_v));
            }
            Arrangement::SemiPlanar { .. } if as_is => {
                self.geometry.place(y, upright, target.plane(0));
                self.geometry.place(u, upright_shared, room(second, shared));
                self.geometry.place(v, upright_shared, room(third, shared));
                self.store.chroma(made(second, shared), made(third, shared), placed_grid, size, 0, target);
            }
            Arrangement::Grey if self.store.keeps_values() => self.geometry.place(y, upright, target.plane(0)),
            _ => {
                self.geometry.place(y, upright, room(first, size));
                self.geometry.place(u, upright_shared, room(second, shared));
                self.geometry.place(v, upright_shared, room(third, shared));
                let items = [made(first, size), made(second, shared), made(third, shared)];
                self.store.strip(&Planes::new(items, placed_grid), 0, target);
            }
        }
    }
}

/// libyuv doubles pairs of chroma wrongly: they are taken apart first.
fn is_enlarged(from: Size, to: Size) -> bool {
    to.width > from.width || to.height > from.height
}

/// The grid in which planes are placed, before the turn.
fn grid_for(planes: &Planes<'_>, mixes: bool, target: Arrangement, turn: Turn, upright: Size) -> Grid {
    let to_rgb = matches!(target, Arrangement::Rgb(_));
    if mixes || turn.splits_pairs(upright) {
        return Grid::FULL;
    }
    if target == Arrangement::Grey {
        return planes.grid;
    }
    if !to_rgb {
        let grid = grid_of(target);
        return if turn.is_sideways() { grid.sideways() } else { grid };
    }
    let grid = if planes.size() == upright {
        planes.grid
    } else {
        // As much chroma as there is, but no more than pixels.
        let shared = planes.items[1].size();
        let least = |shared: u32, upright: u32| if shared < upright { 2 } else { 1 };
        Grid { columns: least(shared.width, upright.width), rows: least(shared.height, upright.height) }
    };
    if turn.is_sideways() && grid != grid.sideways() { Grid::FULL } else { grid }
}
