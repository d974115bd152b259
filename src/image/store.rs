//! Three planes as a picture of the target's format.

use super::colour::{self, Rows, ToRgb};
use super::convert::{Arrangement, made, room};
use super::load::NEUTRAL;
use super::planes::{Grid, Planes, regrid, regridded};
use super::recipe::Recipe;
use super::sys::kernels::{self, Chroma, TermsMut};
use super::sys::{Packed, Plane, PlaneMut, RgbOrder, yuv};
use crate::format::{Layout, Size};

/// The planes of a picture that is being made.
pub(super) struct Target<'a> {
    pub(super) planes: [Option<PlaneMut<'a>>; 3],
}

impl<'a> Target<'a> {
    /// `layout` is without gaps, and `bytes` has room for it.
    pub(super) fn new(mut bytes: &'a mut [u8], layout: &Layout) -> Target<'a> {
        let mut planes = [None, None, None];
        for (to, plane) in planes.iter_mut().zip(layout.planes()) {
            let (own, rest) = std::mem::take(&mut bytes).split_at_mut(plane.length);
            *to = PlaneMut::new(own, plane.stride, plane.rows);
            bytes = rest;
        }
        Target { planes }
    }

    pub(super) fn plane(&mut self, index: usize) -> PlaneMut<'_> {
        self.planes[index].as_mut().expect("the format has this plane").whole()
    }

    /// Some rows of a plane.
    fn part(&mut self, index: usize, y: u32, rows: u32) -> PlaneMut<'_> {
        self.planes[index].as_mut().expect("the format has this plane").part(y, rows)
    }
}

/// The grid that a format's chroma has; for RGB a sample for each pixel.
pub(super) fn grid_of(arrangement: Arrangement) -> Grid {
    match arrangement {
        Arrangement::Packed { .. } => Grid::YUV422,
        Arrangement::SemiPlanar { sampling, .. } | Arrangement::Planar { sampling, .. } => Grid::of(sampling),
        Arrangement::Grey | Arrangement::Rgb(_) => Grid::FULL,
    }
}

/// Writes planes of YUV or RGB as they are to be in the target.
pub(super) struct Store {
    target: Arrangement,
    from_rgb: bool,
    /// YUV as RGB.
    to_rgb: ToRgb,
    /// YUV from RGB, or from another colour.
    to_yuv: Option<Rows>,
    coloured: [Vec<u8>; 3],
    /// The source's planes in other grids.
    shared: [Vec<u8>; 3],
    chroma: [Vec<u8>; 2],
    terms: [Vec<i16>; 3],
    line: Vec<u8>,
}

impl Store {
    pub(super) fn new(recipe: &Recipe, target: Arrangement, from_rgb: bool) -> Store {
        let (from, to) = (recipe.source.colour, recipe.target.colour);
        Store {
            target,
            from_rgb,
            to_rgb: colour::to_rgb(from),
            to_yuv: if from_rgb { Some(colour::to_yuv(to)) } else { colour::between(from, to) },
            coloured: Default::default(),
            shared: Default::default(),
            chroma: Default::default(),
            terms: Default::default(),
            line: Vec::new(),
        }
    }

    /// Is it YUV before and after, and means the same?
    pub(super) fn keeps_values(&self) -> bool {
        !matches!(self.target, Arrangement::Rgb(_)) && self.to_yuv.is_none()
    }

    /// Does luma, or all that becomes RGB from RGB, need each of the three planes pixel by pixel?
    pub(super) fn mixes(&self) -> bool {
        self.from_rgb || self.to_yuv.is_some_and(|rows| rows[0].weights[1..] != [0, 0])
    }

    /// Writes a strip of the picture, from row `y` on, which is the first of a chroma sample.
    pub(super) fn strip(&mut self, planes: &Planes<'_>, y: u32, target: &mut Target<'_>) {
        match (self.target, self.to_yuv) {
            (Arrangement::Rgb(order), _) => self.rgb(planes, order, y, target),
            (_, None) => self.yuv(planes, y, target),
            (_, Some(rows)) => {
                let mut memory = std::mem::take(&mut self.coloured);
                let coloured = self.coloured(planes, &rows, &mut memory);
                self.yuv(&coloured, y, target);
                self.coloured = memory;
            }
        }
    }

    /// The planes in the target's colour and grid.
    fn coloured<'a>(&mut self, planes: &Planes<'_>, rows: &Rows, memory: &'a mut [Vec<u8>; 3]) -> Planes<'a> {
        let (size, grid) = (planes.size(), grid_of(self.target));
        let [first, second, third] = memory;
        let [a, b, c] = planes.items;
        let [shared_a, shared_b, shared_c] = &mut self.shared;
        let line = &mut self.line;
        let mut y = room(first, size);
        if rows[0].weights[1..] == [0, 0] {
            // Another range only.
            combine([a, a, a], &rows[0], &mut y);
        } else {
            let b = regridded(b, planes.grid, size, Grid::FULL, shared_b, line);
            let c = regridded(c, planes.grid, size, Grid::FULL, shared_c, line);
            combine([a, b, c], &rows[0], &mut y);
        }
        let y = y.into_plane();
        if self.target == Arrangement::Grey {
            return Planes::new([y; 3], Grid::FULL);
        }
        let shared = grid.shared_size(size);
        let b = regridded(b, planes.grid, size, grid, shared_b, line);
        let c = regridded(c, planes.grid, size, grid, shared_c, line);
        // Chroma does not depend on luma, but on red.
        let a = if self.from_rgb { regridded(a, planes.grid, size, grid, shared_a, line) } else { b };
        let (mut u, mut v) = (room(second, shared), room(third, shared));
        combine([a, b, c], &rows[1], &mut u);
        combine([a, b, c], &rows[2], &mut v);
        Planes::new([y, u.into_plane(), v.into_plane()], grid)
    }

    fn yuv(&mut self, planes: &Planes<'_>, y: u32, target: &mut Target<'_>) {
        let size = planes.size();
        let [luma, u, v] = planes.items;
        let Arrangement::Packed { order, v_first } = self.target else {
            yuv::copy(luma, target.part(0, y, size.height));
            return self.chroma(u, v, planes.grid, size, y, target);
        };
        let [first, second] = &mut self.chroma;
        let u = regridded(u, planes.grid, size, Grid::YUV422, first, &mut self.line);
        let v = regridded(v, planes.grid, size, Grid::YUV422, second, &mut self.line);
        let (u, v) = if v_first { (v, u) } else { (u, v) };
        let luma = even(luma, &mut self.shared[0]);
        yuv::pack(luma, u, v, order, target.part(0, y, size.height));
    }

    /// Writes chroma of a strip; packed formats have none of their own.
    pub(super) fn chroma(
        &mut self,
        u: Plane<'_>,
        v: Plane<'_>,
        grid: Grid,
        size: Size,
        y: u32,
        target: &mut Target<'_>,
    ) {
        let to_grid = grid_of(self.target);
        let (y, rows) = (y / to_grid.rows, size.height.div_ceil(to_grid.rows));
        match self.target {
            Arrangement::Planar { v_first, .. } => {
                let (at_u, at_v) = if v_first { (2, 1) } else { (1, 2) };
                for (from, index) in [(u, at_u), (v, at_v)] {
                    let to = target.part(index, y, rows);
                    if grid == to_grid { yuv::copy(from, to) } else { regrid(from, grid, to, to_grid, &mut self.line) }
                }
            }
            Arrangement::SemiPlanar { v_first, .. } => {
                let [first, second] = &mut self.chroma;
                let u = regridded(u, grid, size, to_grid, first, &mut self.line);
                let v = regridded(v, grid, size, to_grid, second, &mut self.line);
                let (u, v) = if v_first { (v, u) } else { (u, v) };
                yuv::merge_chroma(u, v, target.part(1, y, rows));
            }
            Arrangement::Packed { .. } | Arrangement::Grey | Arrangement::Rgb(_) => {}
        }
    }

    /// A picture without colour.
    pub(super) fn no_chroma(&mut self, target: &mut Target<'_>) {
        for plane in target.planes.iter_mut().skip(1).flatten() {
            plane.rows_mut().for_each(|row| row.fill(NEUTRAL));
        }
    }

    fn rgb(&mut self, planes: &Planes<'_>, order: RgbOrder, y: u32, target: &mut Target<'_>) {
        let size = planes.size();
        let [luma, u, v] = planes.items;
        let mut to = target.part(0, y, size.height);
        if self.from_rgb {
            for (index, pixels) in (0..).zip(to.rows_mut()) {
                kernels::merge_rgb(order, [luma.row(index), u.row(index), v.row(index)], pixels);
            }
            return;
        }
        // Kernels take a sample for one pixel or for two.
        let grid = if planes.grid.columns > 2 { Grid::FULL } else { planes.grid };
        let [first, second] = &mut self.chroma;
        let u = regridded(u, planes.grid, size, grid, first, &mut self.line);
        let v = regridded(v, planes.grid, size, grid, second, &mut self.line);
        let colour = self.to_rgb;
        let mut terms = terms(&mut self.terms, u.width() * grid.columns);
        if grid.columns == 2 {
            let chroma = |row: u32| Chroma::Planes(u.row(row), v.row(row));
            return shared_to_rgb(order, luma, grid.rows, chroma, &colour, terms, to);
        }
        for (index, pixels) in (0..).zip(to.rows_mut()) {
            if index % grid.rows == 0 {
                let row = index / grid.rows;
                kernels::plane_terms::<1>(u.row(row), v.row(row), &colour, terms.whole());
            }
            kernels::to_rgb(order, luma.row(index), terms.read(), &colour, pixels);
        }
    }

    /// Luma and chroma in pairs as pixels; the pairs begin with the picture, and two pixels in a
    /// row share one.
    pub(super) fn pairs_as_rgb(
        &mut self,
        [luma, pairs]: [Plane<'_>; 2],
        rows: u32,
        v_first: bool,
        order: RgbOrder,
        to: PlaneMut<'_>,
    ) {
        let terms = terms(&mut self.terms, pairs.width());
        let chroma = |row: u32| Chroma::Pairs { bytes: pairs.row(row), v_first };
        shared_to_rgb(order, luma, rows, chroma, &self.to_rgb, terms, to);
    }

    /// Packed 4:2:2 as pixels, as [`kernels::packed_to_rgb`] does it.
    pub(super) fn packed_as_rgb(
        &self,
        packed: Plane<'_>,
        packing: Packed,
        v_first: bool,
        order: RgbOrder,
        mut to: PlaneMut<'_>,
    ) -> bool {
        let mut rows = packed.rows().zip(to.rows_mut());
        rows.all(|(packed, pixels)| kernels::packed_to_rgb(order, packed, packing, v_first, &self.to_rgb, pixels))
    }
}

/// Pixels from luma of which `shared` rows share a row of chroma.
fn shared_to_rgb<'a>(
    order: RgbOrder,
    luma: Plane<'_>,
    shared: u32,
    chroma: impl Fn(u32) -> Chroma<'a>,
    colour: &ToRgb,
    mut terms: TermsMut<'_>,
    mut to: PlaneMut<'_>,
) {
    let mut rows = (0..).zip(to.rows_mut());
    while let Some((index, pixels)) = rows.next() {
        let (chroma, first) = (chroma(index / shared), (luma.row(index), pixels));
        let second = if shared == 2 { rows.next() } else { None };
        match second {
            Some((index, pixels)) => {
                let rows = [first, (luma.row(index), pixels)];
                kernels::shared_to_rgb(order, chroma, colour, terms.whole(), rows);
            }
            None => kernels::shared_to_rgb(order, chroma, colour, terms.whole(), [first]),
        }
    }
}

fn combine(from: [Plane<'_>; 3], row: &colour::Row, to: &mut PlaneMut<'_>) {
    let [a, b, c] = from;
    for (y, to) in (0..).zip(to.rows_mut()) {
        kernels::combine(a.row(y), b.row(y), c.row(y), row, to);
    }
}

/// Rows of an even length, the last sample of others twice.
fn even<'a>(from: Plane<'a>, memory: &'a mut Vec<u8>) -> Plane<'a> {
    let (width, size) = (from.width() as usize, Size::new(from.width().next_multiple_of(2), from.height()));
    if size == from.size() {
        return from;
    }
    let mut to = room(memory, size);
    for (from, to) in from.rows().zip(to.rows_mut()) {
        to[..width].copy_from_slice(from);
        to[width] = from[width - 1];
    }
    made(memory, size)
}

fn terms(memory: &mut [Vec<i16>; 3], width: u32) -> TermsMut<'_> {
    let [red, green, blue] = memory.each_mut().map(|memory| {
        if memory.len() < width as usize {
            memory.resize(width as usize, 0);
        }
        &mut memory[..width as usize]
    });
    TermsMut { red, green, blue }
}
