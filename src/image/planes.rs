//! Three planes of a picture on its way: luma and chroma, or red, green and blue.

use super::convert::{made, room};
use super::recipe::Rect;
use super::sys::{Plane, PlaneMut, Sampling, kernels};
use crate::format::Size;

/// Pixels in a row, and rows, that share a sample of the second and third plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) columns: u32,
    pub(super) rows: u32,
}

impl Grid {
    /// A sample for each pixel.
    pub(super) const FULL: Grid = Grid { columns: 1, rows: 1 };
    pub(super) const YUV422: Grid = Grid { columns: 2, rows: 1 };
    pub(super) const YUV420: Grid = Grid { columns: 2, rows: 2 };

    pub(super) fn of(sampling: Sampling) -> Grid {
        let (columns, rows) = sampling.shared();
        Grid { columns, rows }
    }

    /// The size of the planes that share.
    pub(super) fn shared_size(self, size: Size) -> Size {
        Size::new(size.width.div_ceil(self.columns), size.height.div_ceil(self.rows))
    }

    /// The samples that a part of the picture touches.
    pub(super) fn touched(self, rect: Rect) -> Rect {
        let (x, y) = (rect.x / self.columns, rect.y / self.rows);
        let size =
            self.shared_size(Size::new(rect.x % self.columns + rect.size.width, rect.y % self.rows + rect.size.height));
        Rect { x, y, size }
    }

    /// The same after a quarter turn.
    pub(super) fn sideways(self) -> Grid {
        Grid { columns: self.rows, rows: self.columns }
    }
}

/// Luma (or red) of the picture's size, and two planes of the grid's.
#[derive(Clone, Copy)]
pub(super) struct Planes<'a> {
    pub(super) items: [Plane<'a>; 3],
    pub(super) grid: Grid,
    /// Where in its first shared sample the first pixel is: (0, 0) unless cut out so.
    pub(super) phase: (u32, u32),
}

impl<'a> Planes<'a> {
    pub(super) fn new(items: [Plane<'a>; 3], grid: Grid) -> Planes<'a> {
        Planes { items, grid, phase: (0, 0) }
    }

    /// The picture's size.
    pub(super) fn size(&self) -> Size {
        self.items[0].size()
    }

    /// A part of the picture; the planes must have phase (0, 0) and may be larger than it.
    pub(super) fn part(&self, rect: Rect) -> Planes<'a> {
        let cut = |plane: Plane<'a>, rect: Rect| plane.part(rect.x, rect.y, rect.size.width, rect.size.height);
        let shared = self.grid.touched(rect);
        let [first, second, third] = self.items;
        Planes {
            items: [cut(first, rect), cut(second, shared), cut(third, shared)],
            grid: self.grid,
            phase: (rect.x % self.grid.columns, rect.y % self.grid.rows),
        }
    }

    /// Do samples begin with the picture?
    pub(super) fn is_aligned(&self) -> bool {
        self.phase == (0, 0)
    }

    /// With a sample for each pixel; copies of the samples where there was none.
    pub(super) fn unshared<'b>(self, memory: &'b mut [Vec<u8>; 3]) -> Planes<'b>
    where
        'a: 'b,
    {
        if self.grid == Grid::FULL {
            return self;
        }
        let size = self.size();
        let [_, second, third] = memory;
        let [first, u, v] = self.items;
        for (plane, memory) in [(u, &mut *second), (v, &mut *third)] {
            let mut to = room(memory, size);
            for (y, row) in to.rows_mut().enumerate() {
                let from = plane.row((y as u32 + self.phase.1) / self.grid.rows);
                let skip = ((self.grid.columns - self.phase.0) % self.grid.columns).min(size.width) as usize;
                let (begin, rest) = row.split_at_mut(skip);
                begin.fill(from[0]);
                let from = &from[usize::from(skip > 0)..];
                match self.grid.columns {
                    1 => rest.copy_from_slice(from),
                    2 => kernels::repeat_columns::<2>(from, rest),
                    _ => kernels::repeat_columns::<4>(from, rest),
                }
            }
        }
        Planes::new([first, made(second, size), made(third, size)], Grid::FULL)
    }
}

/// A plane of one grid made one of another, by means and repetition; both are for pictures of
/// the same size.
pub(super) fn regrid(from: Plane<'_>, grid: Grid, to: PlaneMut<'_>, to_grid: Grid, line: &mut Vec<u8>) {
    let (mut to, size) = (to, from.size());
    let last = size.height - 1;
    for (y, out) in to.rows_mut().enumerate() {
        let y = y as u32;
        let row = if to_grid.rows > grid.rows {
            let (a, b) = (from.row(2 * y), from.row((2 * y + 1).min(last)));
            line.resize(size.width as usize, 0);
            kernels::average_rows(a, b, line);
            &line[..]
        } else {
            from.row(y * to_grid.rows / grid.rows)
        };
        match (grid.columns, to_grid.columns) {
            (a, b) if a == b => out.copy_from_slice(row),
            (a, b) if b == 2 * a => kernels::average_columns(row, out),
            (a, b) if a == 2 * b => kernels::repeat_columns::<2>(row, out),
            (4, 1) => kernels::repeat_columns::<4>(row, out),
            (a, b) => unreachable!("from {a} to {b} columns"),
        }
    }
}

/// A plane of the other grid: the plane itself when it is the same, else made in `memory`.
pub(super) fn regridded<'a>(
    from: Plane<'a>,
    grid: Grid,
    size: Size,
    to_grid: Grid,
    memory: &'a mut Vec<u8>,
    line: &mut Vec<u8>,
) -> Plane<'a> {
    if grid == to_grid {
        return from;
    }
    let to = to_grid.shared_size(size);
    regrid(from, grid, room(memory, to), to_grid, line);
    made(memory, to)
}
