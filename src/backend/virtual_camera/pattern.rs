//! The picture of a virtual camera, and the numbers that are readable from it.
//!
//! # The geometry
//!
//! All is in units of a *cell*, a square of W / 40 pixels, in a picture W wide and H high:
//!
//! | Rows | What is there |
//! |---|---|
//! | 0 .. W/40 | the frame's number, in 40 cells from the left edge to the right |
//! | W/40 .. 3H/4 | eight colour bars; a white bar, a cell wide, moves over them from left to right |
//! | 3H/4 .. H - W/40 | a ramp from black to white |
//! | H - W/40 .. H | the camera's number, in 40 cells |
//!
//! The colour bars begin with another colour for each of eight cameras.
//!
//! # Reading a number
//!
//! Cell `i` (0 is the leftmost) has its centre at column `(2 * i + 1) * W / 80`, and at row
//! `W / 80` for the frame's number, `H - 1 - W / 80` for the camera's. White is 1, black is 0:
//!
//! | Cells | Meaning |
//! |---|---|
//! | 0 to 3 | white, black, white, black: that a number is there, and what white and black are |
//! | 4 to 35 | the number, 32 bits, most significant first; of frames the sequence, modulo 2^32 |
//! | 36 to 39 | the check: 5 exclusive-or each of the number's eight nibbles, most significant bit first |
//!
//! The luma of a cell is black below and white above the middle of the two in cells 0 to 3.
//! The centre of a cell is far enough from its edges to be read after JPEG compression and in
//! a picture scaled down to half the size, where W and H are those of the smaller picture.
//! In YUYV the luma of column x and row y is the byte `y * stride + 2 * x`, in NV12 and I420
//! the byte `y * stride + x`. Motion-JPEG must be decoded first.

use super::view::View;
use crate::format::{Colour, Layout, PixelFormat, Size};
use std::ops::Range;

/// Cells in a row of the picture.
pub(crate) const CELLS: u32 = 40;
/// What the first four cells say.
const SYNC: u64 = 0b1010;
/// Makes the check of number 0 differ from four black cells.
const CHECK: u32 = 5;
/// White and black must differ by this much luma for a number to be there.
#[cfg(test)]
const CONTRAST: u32 = 64;

/// Where a number stands.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    /// The frame's number: at the top.
    Frame,
    /// The camera's: at the bottom.
    Camera,
}

/// The cells of a number; the leftmost is bit 39.
fn cells(number: u32) -> u64 {
    let check = (0..8).fold(CHECK, |check, nibble| check ^ (number >> (4 * nibble)) & 15);
    SYNC << 36 | u64::from(number) << 4 | u64::from(check)
}

/// The number in one row of cells of a picture whose luma `luma(x, y)` tells; `None` when none
/// is readable there.
#[cfg(test)]
pub(crate) fn read_number(size: Size, row: Row, luma: impl Fn(u32, u32) -> u8) -> Option<u32> {
    if size.width < 2 * CELLS || size.height < size.width / (CELLS / 2) {
        return None;
    }
    let middle = size.width / (2 * CELLS);
    let y = match row {
        Row::Frame => middle,
        Row::Camera => size.height - 1 - middle,
    };
    let at = |cell: u32| u32::from(luma((2 * cell + 1) * size.width / (2 * CELLS), y));
    let (white, black) = ((at(0) + at(2)) / 2, (at(1) + at(3)) / 2);
    if white < black + CONTRAST {
        return None;
    }
    let bits = (0..CELLS).fold(0, |bits, cell| bits << 1 | u64::from(2 * at(cell) > white + black));
    let number = (bits >> 4) as u32;
    (bits == cells(number)).then_some(number)
}

/// The number of a frame, read from its picture.
#[cfg(test)]
pub(crate) fn read_frame_number(size: Size, luma: impl Fn(u32, u32) -> u8) -> Option<u32> {
    read_number(size, Row::Frame, luma)
}

/// 8-bit red, green and blue.
pub(super) type Rgb = [u8; 3];

const BLACK: Rgb = [0, 0, 0];
pub(super) const WHITE: Rgb = [255, 255, 255];
/// The colour bars of test pictures, at three quarters of full brightness.
const BARS: [Rgb; 8] =
    [[191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0], [191, 0, 191], [191, 0, 0], [0, 0, 191], [32, 32, 32]];

/// What the YUV that is drawn means: what V4L2 means by default.
pub(super) const COLOUR: Colour = Colour::BT601_LIMITED;

/// One byte of a pixel: of the colour itself, or of [`COLOUR`].
#[derive(Clone, Copy)]
enum Component {
    R,
    G,
    B,
    Y,
    U,
    V,
}
use Component::{B, G, R, U, V, Y};

impl Component {
    fn of(self, [r, g, b]: Rgb) -> u8 {
        let weighted = |wr: i32, wg: i32, wb: i32, zero: i32| {
            ((wr * i32::from(r) + wg * i32::from(g) + wb * i32::from(b) + 128) >> 8) + zero
        };
        match self {
            R => r,
            G => g,
            B => b,
            // All three stay within 16 to 240.
            Y => weighted(66, 129, 25, 16) as u8,
            U => weighted(-38, -74, 112, 128) as u8,
            V => weighted(112, -94, -18, 128) as u8,
        }
    }
}

/// How one image plane is made of pixels.
struct Plane {
    /// The bytes of a group of pixels, each with the pixel of the group that it is taken from.
    group: &'static [(Component, u32)],
    /// Pixels in a row that share a group.
    columns: u32,
    /// Rows of pixels that share a row of groups.
    rows: u32,
}

const fn plane(group: &'static [(Component, u32)], columns: u32, rows: u32) -> Plane {
    Plane { group, columns, rows }
}

/// The formats that can be drawn, and how. Luma, or everything, is in the first plane.
const FORMATS: [(PixelFormat, &[Plane]); 5] = [
    (PixelFormat::YUYV, &[plane(&[(Y, 0), (U, 0), (Y, 1), (V, 0)], 2, 1)]),
    (PixelFormat::NV12, &[plane(&[(Y, 0)], 1, 1), plane(&[(U, 0), (V, 0)], 2, 2)]),
    (PixelFormat::I420, &[plane(&[(Y, 0)], 1, 1), plane(&[(U, 0)], 2, 2), plane(&[(V, 0)], 2, 2)]),
    (PixelFormat::from_fourcc(*b"RGB3"), &[plane(&[(R, 0), (G, 0), (B, 0)], 1, 1)]),
    (PixelFormat::from_fourcc(*b"GREY"), &[plane(&[(Y, 0)], 1, 1)]),
];

/// The formats that can be drawn.
pub(super) fn formats() -> impl Iterator<Item = PixelFormat> {
    FORMATS.iter().map(|(format, _)| *format)
}

/// One row of a plane for each thing that is drawn: everything in the picture is the same in
/// all rows of a rectangle, so that drawing is copying pieces of these.
struct Brushes {
    /// A cell, and the moving bar.
    white: Vec<u8>,
    black: Vec<u8>,
    bars: Vec<u8>,
    ramp: Vec<u8>,
    /// The row with the camera's number.
    camera: Vec<u8>,
}

/// What a buffer shows besides the background.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drawn {
    cells: u64,
    bar: u32,
    /// Between the numbers is something else.
    view: bool,
}

/// What is where in the picture of one camera in one size.
#[derive(Debug, Clone)]
pub(super) struct Geometry {
    camera: u32,
    pub(super) size: Size,
    pub(super) cell: u32,
    /// Rows of the moving bar.
    pub(super) bar_rows: Range<u32>,
    /// The first row of the ramp.
    pub(super) ramp: u32,
}

impl Geometry {
    /// `None` when the size is not in whole, even cells.
    pub(super) fn new(camera: u32, size: Size) -> Option<Geometry> {
        if !size.is_valid() || !size.width.is_multiple_of(4 * CELLS) || !size.height.is_multiple_of(2) {
            return None;
        }
        let cell = size.width / CELLS;
        if !cell.is_multiple_of(2) || size.height < 8 * cell {
            return None;
        }
        let bar_rows = (size.height / 4) & !1..(size.height / 2) & !1;
        Some(Geometry { camera, size, cell, bar_rows, ramp: (size.height * 3 / 4) & !1 })
    }

    pub(super) fn bar_colour(&self, x: u32) -> Rgb {
        BARS[((x * 8 / self.size.width + self.camera) % 8) as usize]
    }

    pub(super) fn ramp_colour(&self, x: u32) -> Rgb {
        [(x * 255 / (self.size.width - 1)) as u8; 3]
    }

    /// The cell of this number at a column.
    pub(super) fn cell_colour(&self, number: u32, x: u32) -> Rgb {
        if cells(number) >> (CELLS - 1 - x / self.cell) & 1 == 1 { WHITE } else { BLACK }
    }

    /// The background: all but the frame's number, whose cells are black, and the moving bar.
    pub(super) fn background(&self, x: u32, y: u32) -> Rgb {
        match y {
            _ if y < self.cell => BLACK,
            _ if y < self.ramp => self.bar_colour(x),
            _ if y < self.size.height - self.cell => self.ramp_colour(x),
            _ => self.cell_colour(self.camera, x),
        }
    }

    /// The first column of the moving bar: a quarter of a cell further with each frame.
    pub(super) fn bar_position(&self, number: u32) -> u32 {
        // An odd step would not begin at a group of two pixels.
        let step = (self.cell / 4).next_multiple_of(2);
        let positions = (self.size.width - self.cell) / step + 1;
        number % positions * step
    }
}

/// Draws the frames of one camera in one format and size.
pub(super) struct Painter {
    format: PixelFormat,
    planes: &'static [Plane],
    brushes: Vec<Brushes>,
    layout: Layout,
    geometry: Geometry,
}

impl Painter {
    /// `None` when the format cannot be drawn or the size is not in whole, even cells.
    pub(super) fn new(camera: u32, format: PixelFormat, size: Size) -> Option<Painter> {
        let (_, planes) = FORMATS.iter().find(|(known, _)| *known == format)?;
        let geometry = Geometry::new(camera, size)?;
        let layout = Layout::new(format, size, &[])?;
        let (width, cell) = (size.width, geometry.cell);
        let brushes = planes
            .iter()
            .map(|plane| Brushes {
                white: plane.row(cell, |_| WHITE),
                black: plane.row(cell, |_| BLACK),
                bars: plane.row(width, |x| geometry.bar_colour(x)),
                ramp: plane.row(width, |x| geometry.ramp_colour(x)),
                camera: plane.row(width, |x| geometry.cell_colour(camera, x)),
            })
            .collect();
        Some(Painter { format, planes, brushes, layout, geometry })
    }

    pub(super) fn format(&self) -> PixelFormat {
        self.format
    }

    pub(super) fn size(&self) -> Size {
        self.geometry.size
    }

    /// Where the planes lie, all in one memory.
    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    /// Fills a buffer with the background and frame 0.
    pub(super) fn prepare(&self, bytes: &mut [u8]) -> Drawn {
        let Geometry { size: Size { width, height }, cell, ramp, .. } = self.geometry;
        for plane in 0..self.planes.len() {
            let brushes = &self.brushes[plane];
            for index in 0..CELLS {
                self.stamp(bytes, plane, index * cell, 0..cell, &brushes.black);
            }
            self.stamp(bytes, plane, 0, cell..ramp, &brushes.bars);
            self.stamp(bytes, plane, 0, ramp..height - cell, &brushes.ramp);
            self.stamp(bytes, plane, 0, height - cell..height, &brushes.camera);
        }
        debug_assert_eq!(cell * CELLS, width);
        let mut drawn = Drawn::default();
        self.draw(bytes, &mut drawn, 0);
        drawn
    }

    /// Turns what the buffer shows into the frame with this number: only cells that change and
    /// the places where the bar was and is are written.
    pub(super) fn draw(&self, bytes: &mut [u8], drawn: &mut Drawn, number: u32) {
        if drawn.view {
            *drawn = self.prepare(bytes);
        }
        self.draw_number(bytes, drawn, number);
        let bar = self.geometry.bar_position(number);
        for (index, plane) in self.planes.iter().enumerate() {
            let brushes = &self.brushes[index];
            let background = &brushes.bars[plane.bytes(drawn.bar)..][..brushes.white.len()];
            self.stamp(bytes, index, drawn.bar, self.geometry.bar_rows.clone(), background);
            self.stamp(bytes, index, bar, self.geometry.bar_rows.clone(), &brushes.white);
        }
        drawn.bar = bar;
    }

    fn draw_number(&self, bytes: &mut [u8], drawn: &mut Drawn, number: u32) {
        let cell = self.geometry.cell;
        let wanted = cells(number);
        let mut changed = wanted ^ drawn.cells;
        // Cells are grey, which differs in the first plane alone.
        let ink = &self.brushes[0];
        while changed != 0 {
            let bit = changed.trailing_zeros();
            changed &= changed - 1;
            let brush = if wanted >> bit & 1 == 1 { &ink.white } else { &ink.black };
            self.stamp(bytes, 0, (CELLS - 1 - bit) * cell, 0..cell, brush);
        }
        drawn.cells = wanted;
    }

    /// The same as `draw`, with what is between the numbers as `view` has it, which was aimed at this frame.
    pub(super) fn draw_view(&self, bytes: &mut [u8], drawn: &mut Drawn, number: u32, view: &mut View) {
        let Geometry { size, cell, .. } = self.geometry;
        let mut line = std::mem::take(&mut view.lines);
        line.resize(size.width as usize, BLACK);
        for (plane, place) in self.planes.iter().zip(self.layout.planes()) {
            let (stride, length) = (place.stride as usize, plane.bytes(size.width));
            let mut above = None;
            for y in (cell..size.height - cell).step_by(plane.rows as usize) {
                let start = place.offset + (y / plane.rows) as usize * stride;
                let weights = view.weights(y);
                if above == Some(weights) {
                    bytes.copy_within(start - stride..start - stride + length, start);
                } else if let Some(row) = bytes.get_mut(start..start + length) {
                    view.line(weights, &mut line);
                    plane.write(&line, row);
                }
                above = Some(weights);
            }
        }
        view.lines = line;
        self.draw_number(bytes, drawn, number);
        drawn.view = true;
    }

    pub(super) fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Copies `brush` to each of these rows of the picture, from column `x` on.
    fn stamp(&self, bytes: &mut [u8], plane: usize, x: u32, rows: Range<u32>, brush: &[u8]) {
        let place = self.layout.planes()[plane];
        let (shape, stride) = (&self.planes[plane], place.stride as usize);
        let (first, last) = (rows.start / shape.rows, rows.end / shape.rows);
        let start = place.offset + first as usize * stride + shape.bytes(x);
        let Some(area) = bytes.get_mut(start..) else { return };
        for row in area.chunks_mut(stride).take((last - first) as usize) {
            if let Some(row) = row.get_mut(..brush.len()) {
                row.copy_from_slice(brush);
            }
        }
    }
}

impl Plane {
    /// Bytes that `pixels` pixels take in a row.
    fn bytes(&self, pixels: u32) -> usize {
        (pixels / self.columns) as usize * self.group.len()
    }

    /// Makes a row of this plane of the colours of its pixels.
    fn write(&self, colours: &[Rgb], row: &mut [u8]) {
        for (colours, group) in colours.chunks_exact(self.columns as usize).zip(row.chunks_exact_mut(self.group.len()))
        {
            for (byte, (component, pixel)) in group.iter_mut().zip(self.group) {
                *byte = component.of(colours[*pixel as usize]);
            }
        }
    }

    /// A row of this plane, `width` pixels wide, from the colours of its pixels.
    fn row(&self, width: u32, colour: impl Fn(u32) -> Rgb) -> Vec<u8> {
        (0..width)
            .step_by(self.columns as usize)
            .flat_map(|x| self.group.iter().map(move |(component, pixel)| (*component, x + pixel)))
            .map(|(component, x)| component.of(colour(x)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_documented() {
        assert_eq!(cells(0), 0b1010 << 36 | 0b0101);
        assert_eq!(cells(0x1234_5678), 0b1010 << 36 | 0x1234_5678 << 4 | (5 ^ 1 ^ 2 ^ 3 ^ 4 ^ 5 ^ 6 ^ 7 ^ 8));
    }

    #[test]
    fn numbers_are_read_back_and_the_background_is_restored() {
        let size = Size::new(320, 180);
        for format in formats() {
            let painter = Painter::new(3, format, size).unwrap();
            let mut bytes = vec![0; painter.layout().memory_length(0)];
            let mut drawn = painter.prepare(&mut bytes);
            let first = bytes.clone();
            let step = bytes.len() / (size.width * size.height) as usize;
            for number in [0, 1, 2, 1000, 0xffff_ffff, 0x8000_0001, 155, 156, 157] {
                painter.draw(&mut bytes, &mut drawn, number);
                let luma = |x: u32, y: u32| bytes[(y * size.width + x) as usize * step];
                assert_eq!(read_frame_number(size, luma), Some(number), "{format}");
                assert_eq!(read_number(size, Row::Camera, luma), Some(3), "{format}");
            }
            painter.draw(&mut bytes, &mut drawn, 0);
            assert_eq!(bytes, first, "{format}");
        }
    }

    #[test]
    fn a_picture_without_a_number_reads_as_none() {
        let size = Size::new(320, 240);
        for other in 0..=255 {
            assert_eq!(read_frame_number(size, |_, _| other), None);
        }
        assert_eq!(read_frame_number(size, |x, y| (x ^ y) as u8), None);
        assert_eq!(read_frame_number(Size::new(40, 40), |_, _| 0), None);
        // One cell misread.
        let bits = cells(77) ^ 1 << 20;
        assert_eq!(read_frame_number(size, |x, _| if bits >> (39 - x / 8) & 1 == 1 { 235 } else { 16 }), None);
    }

    /// The formulas of BT.601 with its levels, in double precision.
    #[test]
    fn yuv_is_of_the_colour_that_is_told() {
        assert_eq!(COLOUR, Colour::BT601_LIMITED);
        for colour in BARS.into_iter().chain([BLACK, WHITE]) {
            let [r, g, b] = colour.map(|level| f64::from(level) / 255.0);
            let y = 0.299 * r + 0.587 * g + 0.114 * b;
            let exact =
                [(Y, 16.0 + 219.0 * y), (U, 128.0 + 224.0 * (b - y) / 1.772), (V, 128.0 + 224.0 * (r - y) / 1.402)];
            for (component, should) in exact {
                let is = f64::from(component.of(colour));
                assert!((is - should).abs() < 1.2, "{colour:?}: {is}, not {should:.2}");
            }
        }
    }

    #[test]
    fn numbers_survive_scaling_to_half() {
        let size = Size::new(320, 240);
        let painter = Painter::new(0, PixelFormat::NV12, size).unwrap();
        let mut bytes = vec![0; painter.layout().memory_length(0)];
        let mut drawn = painter.prepare(&mut bytes);
        painter.draw(&mut bytes, &mut drawn, 0xdead_beef);
        let at = |x: u32, y: u32| u32::from(bytes[(y * 320 + x) as usize]);
        let half = |x: u32, y: u32| {
            let (x, y) = (2 * x, 2 * y);
            ((at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4) as u8
        };
        assert_eq!(read_frame_number(Size::new(160, 120), half), Some(0xdead_beef));
    }

    #[test]
    fn sizes_that_do_not_divide_are_refused() {
        assert!(Painter::new(0, PixelFormat::NV12, Size::new(321, 240)).is_none());
        assert!(Painter::new(0, PixelFormat::NV12, Size::new(640, 64)).is_none());
        assert!(Painter::new(0, PixelFormat::NV21, Size::new(640, 480)).is_none());
    }
}
