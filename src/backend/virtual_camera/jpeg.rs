//! The picture of a virtual camera as Motion-JPEG (ITU-T T.81, baseline), with the chroma sampling
//! of most webcams, 4:2:2.
//!
//! To compress a whole picture takes milliseconds, and frames are drawn on the reactor thread. So
//! each row of blocks ends with a restart marker and stands for itself: what never changes is
//! compressed once. Each frame has two kinds of other rows. In those of the number every block is
//! black or white, which takes a few bits. In those of the bar all blocks are those of the background
//! but the few that the bar touches, and most rows repeat the one above.

use super::pattern::{Geometry, Rgb, WHITE};
use super::view::{View, Weights};
use crate::format::Size;
use std::f32::consts::PI;
use std::ops::Range;

/// Columns and rows of a unit: two blocks of luma, one of each chroma.
const COLUMNS: u32 = 16;
const ROWS: u32 = 8;

/// Bits for the class of a DC difference. Any prefix code may be in a file; this one needs no table.
const CLASS_BITS: u32 = 4;
/// End of block is one bit, 0. All other symbols are nine: a 1 and their place among them.
const SYMBOL_BITS: u32 = 9;
const SYMBOL_BASE: u32 = 1 << 8;
/// Sixteen zeros.
const ZEROS_16: u32 = 160;

/// The order of a block's coefficients in the file (T.81, figure 5), as row and column.
const fn zigzag() -> [(usize, usize); 64] {
    let mut order = [(0, 0); 64];
    let (mut row, mut column, mut index) = (0usize, 0usize, 0);
    while index < 64 {
        order[index] = (row, column);
        if (row + column) % 2 == 0 {
            // Up and to the right.
            if column == 7 {
                row += 1;
            } else if row == 0 {
                column += 1;
            } else {
                row -= 1;
                column += 1;
            }
        } else if row == 7 {
            column += 1;
        } else if column == 0 {
            row += 1;
        } else {
            row += 1;
            column -= 1;
        }
        index += 1;
    }
    order
}

const ORDER: [(usize, usize); 64] = zigzag();

/// What a coefficient is divided by: fine, so that edges stay clean. Chroma is coarser.
const fn step(chroma: bool, (row, column): (usize, usize)) -> u8 {
    (if chroma { 4 + 2 * (row + column) } else { 3 + row + column }) as u8
}

/// A compressed block, in the file's order.
#[derive(Clone, Copy)]
struct Block {
    coefficients: [i16; 64],
    /// Coefficients up to the last that is not 0.
    used: usize,
}

/// Luma left, luma right, U, V.
type Unit = [Block; 4];

/// Full range, as JFIF has it.
fn luma([r, g, b]: Rgb) -> f32 {
    0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b)
}

/// The forward transform (T.81, A.3.3): what a sample counts in a coefficient of one dimension.
struct Transform([[f32; 8]; 8]);

impl Transform {
    fn new() -> Transform {
        let scale = |u: usize| if u == 0 { 0.5f32.sqrt() / 2.0 } else { 0.5 };
        let weight = |u: usize, x: usize| scale(u) * ((2 * x + 1) as f32 * u as f32 * PI / 16.0).cos();
        Transform(std::array::from_fn(|u| std::array::from_fn(|x| weight(u, x))))
    }

    /// The block of samples around 0.
    fn block(&self, chroma: bool, sample: impl Fn(usize, usize) -> f32) -> Block {
        let rows: [[f32; 8]; 8] = std::array::from_fn(|y| {
            let row: [f32; 8] = std::array::from_fn(|x| sample(x, y));
            std::array::from_fn(|u| (0..8).map(|x| row[x] * self.0[u][x]).sum())
        });
        let coefficients = ORDER.map(|(v, u)| {
            let sum: f32 = (0..8).map(|y| rows[y][u] * self.0[v][y]).sum();
            (sum / f32::from(step(chroma, (v, u)))).round() as i16
        });
        let used = coefficients.iter().rposition(|&value| value != 0).map_or(0, |last| last + 1);
        Block { coefficients, used }
    }

    /// The unit at this place of a picture.
    fn unit(&self, column: u32, row: u32, pixel: impl Fn(u32, u32) -> Rgb) -> Unit {
        let at = |x: usize, y: usize| pixel(column * COLUMNS + x as u32, row * ROWS + y as u32);
        let chroma = |x: usize, y: usize, component: usize, scale: f32| {
            let pixel = |x| {
                let rgb = at(x, y);
                (f32::from(rgb[component]) - luma(rgb)) / scale
            };
            (pixel(2 * x) + pixel(2 * x + 1)) / 2.0
        };
        [
            self.block(false, |x, y| luma(at(x, y)) - 128.0),
            self.block(false, |x, y| luma(at(x + 8, y)) - 128.0),
            self.block(true, |x, y| chroma(x, y, 2, 1.772)),
            self.block(true, |x, y| chroma(x, y, 0, 1.402)),
        ]
    }
}

/// Writes bits to memory that is large enough; what is beyond its end is left out.
struct Writer<'a> {
    out: &'a mut [u8],
    at: usize,
    bits: u64,
    count: u32,
    /// The DC coefficients before, of luma, U and V.
    before: [i16; 3],
}

impl<'a> Writer<'a> {
    fn new(out: &'a mut [u8]) -> Writer<'a> {
        Writer { out, at: 0, bits: 0, count: 0, before: [0; 3] }
    }

    fn byte(&mut self, byte: u8) {
        if let Some(place) = self.out.get_mut(self.at) {
            *place = byte;
            self.at += 1;
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let length = bytes.len().min(self.out.len() - self.at);
        self.out[self.at..self.at + length].copy_from_slice(&bytes[..length]);
        self.at += length;
    }

    fn put(&mut self, value: u32, bits: u32) {
        self.bits = self.bits << bits | u64::from(value);
        self.count += bits;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.bits >> self.count) as u8;
            self.byte(byte);
            if byte == 0xff {
                // What looks like a marker is told from one by a zero (T.81, F.1.2.3).
                self.byte(0);
            }
        }
    }

    /// How many bits a number needs, and they (T.81, F.1.2.1).
    fn magnitude(value: i16) -> (u32, u32) {
        let bits = 16 - value.unsigned_abs().leading_zeros();
        let shown = if value < 0 { i32::from(value) - 1 } else { i32::from(value) };
        (bits, shown as u32 & ((1 << bits) - 1))
    }

    fn block(&mut self, block: &Block, component: usize) {
        let before = std::mem::replace(&mut self.before[component], block.coefficients[0]);
        let (bits, shown) = Self::magnitude(block.coefficients[0] - before);
        self.put(bits, CLASS_BITS);
        self.put(shown, bits);
        let mut zeros = 0;
        for &value in block.coefficients[..block.used].iter().skip(1) {
            if value == 0 {
                zeros += 1;
                continue;
            }
            for _ in 0..zeros / 16 {
                self.put(SYMBOL_BASE + ZEROS_16, SYMBOL_BITS);
            }
            let (bits, shown) = Self::magnitude(value);
            self.put(SYMBOL_BASE + zeros % 16 * 10 + bits - 1, SYMBOL_BITS);
            self.put(shown, bits);
            zeros = 0;
        }
        if block.used < 64 {
            self.put(0, 1);
        }
    }

    fn unit(&mut self, unit: &Unit) {
        for (block, component) in unit.iter().zip([0, 0, 1, 2]) {
            self.block(block, component);
        }
    }

    /// The end of a row: the last byte is filled with ones.
    fn end_row(&mut self) {
        let missing = (8 - self.count % 8) % 8;
        self.put((1 << missing) - 1, missing);
        (self.bits, self.count, self.before) = (0, 0, [0; 3]);
    }
}

/// A row of units.
enum Line {
    /// Always these bytes.
    Still(Vec<u8>),
    /// The frame's number.
    Cells,
    /// The bar is in these rows of it.
    Bar(Range<u32>),
}

/// Draws the frames of one camera in one size.
pub(super) struct JpegPainter {
    geometry: Geometry,
    transform: Transform,
    head: Vec<u8>,
    lines: Vec<Line>,
    black: Unit,
    white: Unit,
    /// A row of units with the colour bars, where the bar moves.
    bars: Vec<Unit>,
}

impl JpegPainter {
    /// `None` when the size is not in cells of whole blocks.
    pub(super) fn new(camera: u32, size: Size) -> Option<JpegPainter> {
        let geometry = Geometry::new(camera, size)?;
        if !geometry.cell.is_multiple_of(ROWS) || !size.width.is_multiple_of(COLUMNS) {
            return None;
        }
        let (transform, columns) = (Transform::new(), size.width / COLUMNS);
        // Blocks reach beyond the last row, whose pixels are repeated there.
        let background = |x: u32, y: u32| geometry.background(x, y.min(size.height - 1));
        let mut memory = vec![0; (size.width * ROWS * 4) as usize];
        let lines = (0..size.height.div_ceil(ROWS))
            .map(|row| {
                let rows = row * ROWS..(row + 1) * ROWS;
                let covered = rows.start.max(geometry.bar_rows.start)..rows.end.min(geometry.bar_rows.end);
                if rows.start < geometry.cell {
                    return Line::Cells;
                } else if !covered.is_empty() {
                    return Line::Bar(covered.start - rows.start..covered.end - rows.start);
                }
                let mut writer = Writer::new(&mut memory);
                (0..columns).for_each(|column| writer.unit(&transform.unit(column, row, background)));
                writer.end_row();
                let length = writer.at;
                Line::Still(memory[..length].to_vec())
            })
            .collect();
        let first = geometry.bar_rows.start / ROWS;
        Some(JpegPainter {
            head: head(size),
            lines,
            black: transform.unit(0, 0, |_, _| [0; 3]),
            white: transform.unit(0, 0, |_, _| WHITE),
            bars: (0..columns).map(|column| transform.unit(column, first, background)).collect(),
            transform,
            geometry,
        })
    }

    pub(super) fn size(&self) -> Size {
        self.geometry.size
    }

    /// Bytes that no picture is longer than.
    pub(super) fn most_bytes(&self) -> usize {
        self.geometry.size.width as usize * self.geometry.size.height as usize
    }

    /// Writes the frame with this number; returns its length.
    pub(super) fn draw(&self, out: &mut [u8], number: u32) -> usize {
        let mut writer = Writer::new(out);
        writer.bytes(&self.head);
        let mut above: Option<(&Line, Range<usize>)> = None;
        for (row, line) in self.lines.iter().enumerate() {
            if row > 0 {
                // RST0 to RST7, in turn.
                writer.bytes(&[0xff, 0xd0 + ((row - 1) % 8) as u8]);
            }
            let start = writer.at;
            match (line, &above) {
                (Line::Still(bytes), _) => writer.bytes(bytes),
                (Line::Cells, Some((Line::Cells, same))) => self.repeat(&mut writer, same.clone()),
                (Line::Bar(rows), Some((Line::Bar(before), same))) if rows == before => {
                    self.repeat(&mut writer, same.clone());
                }
                (Line::Cells, _) => self.cells(&mut writer, number),
                (Line::Bar(rows), _) => self.bar(&mut writer, number, rows),
            }
            above = Some((line, start..writer.at));
        }
        writer.bytes(&[0xff, 0xd9]);
        writer.at
    }

    pub(super) fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// The same as `draw`, with what is between the numbers as `view` has it, which was aimed at this frame.
    pub(super) fn draw_view(&self, out: &mut [u8], number: u32, view: &mut View) -> usize {
        let Geometry { size, cell, .. } = self.geometry;
        let width = size.width as usize;
        let mut lines = std::mem::take(&mut view.lines);
        lines.resize(width * ROWS as usize, WHITE);
        let mut writer = Writer::new(out);
        writer.bytes(&self.head);
        let mut above: Option<([Option<Weights>; ROWS as usize], Range<usize>)> = None;
        for row in 0..self.lines.len() as u32 {
            if row > 0 {
                writer.bytes(&[0xff, 0xd0 + ((row - 1) % 8) as u8]);
            }
            let start = writer.at;
            // The camera's number is in rows without weights.
            let weights = std::array::from_fn(|y| {
                let y = (row * ROWS + y as u32).min(size.height - 1);
                (cell..size.height - cell).contains(&y).then(|| view.weights(y))
            });
            match &above {
                _ if row * ROWS < cell => self.cells(&mut writer, number),
                Some((same, bytes)) if *same == weights => self.repeat(&mut writer, bytes.clone()),
                _ => {
                    for (weights, line) in weights.iter().zip(lines.chunks_exact_mut(width)) {
                        match weights {
                            Some(weights) => view.line(*weights, line),
                            None => (0..).zip(line).for_each(|(x, pixel)| {
                                *pixel = self.geometry.background(x, size.height - 1);
                            }),
                        }
                    }
                    for column in 0..self.bars.len() as u32 {
                        let pixel = |x: u32, y: u32| lines[(y % ROWS) as usize * width + x as usize];
                        writer.unit(&self.transform.unit(column, row, pixel));
                    }
                    writer.end_row();
                }
            }
            above = (row * ROWS >= cell).then_some((weights, start..writer.at));
        }
        writer.bytes(&[0xff, 0xd9]);
        view.lines = lines;
        writer.at
    }

    fn repeat(&self, writer: &mut Writer<'_>, same: Range<usize>) {
        let length = same.len();
        if writer.out.len() - writer.at >= length {
            writer.out.copy_within(same, writer.at);
            writer.at += length;
        }
    }

    fn cells(&self, writer: &mut Writer<'_>, number: u32) {
        for column in 0..self.bars.len() as u32 {
            for half in [0, ROWS] {
                let white = self.geometry.cell_colour(number, column * COLUMNS + half) == WHITE;
                writer.block(if white { &self.white[0] } else { &self.black[0] }, 0);
            }
            writer.block(&self.black[2], 1);
            writer.block(&self.black[3], 2);
        }
        writer.end_row();
    }

    fn bar(&self, writer: &mut Writer<'_>, number: u32, rows: &Range<u32>) {
        let from = self.geometry.bar_position(number);
        let bar = from..from + self.geometry.cell;
        let row = self.geometry.bar_rows.start / ROWS;
        for (column, background) in (0..).zip(&self.bars) {
            let columns = column * COLUMNS..(column + 1) * COLUMNS;
            if columns.end <= bar.start || columns.start >= bar.end {
                writer.unit(background);
            } else if columns.start >= bar.start && columns.end <= bar.end && rows.len() == ROWS as usize {
                writer.unit(&self.white);
            } else {
                writer.unit(&self.transform.unit(column, row, |x, y| {
                    let white = bar.contains(&x) && rows.contains(&(y % ROWS));
                    if white { WHITE } else { self.geometry.background(x, y) }
                }));
            }
        }
        writer.end_row();
    }
}

/// Everything before the first row (T.81, annex B; the first segment is JFIF's).
fn head(size: Size) -> Vec<u8> {
    let mut out = vec![0xff, 0xd8];
    let mut segment = |marker: u8, content: &[u8]| {
        out.extend([0xff, marker]);
        out.extend((content.len() as u16 + 2).to_be_bytes());
        out.extend_from_slice(content);
    };
    // Version 1.1; no unit, square pixels, no thumbnail.
    segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for chroma in [false, true] {
        let steps = ORDER.map(|place| step(chroma, place));
        segment(0xdb, &[&[u8::from(chroma)], &steps[..]].concat());
    }
    let (width, height) = ((size.width as u16).to_be_bytes(), (size.height as u16).to_be_bytes());
    // 8 bits; three components: number, sampling, steps.
    segment(0xc0, &[&[8], &height[..], &width, &[3, 1, 0x21, 0, 2, 0x11, 1, 3, 0x11, 1]].concat());
    let mut counts = [0; 16];
    counts[CLASS_BITS as usize - 1] = 12;
    segment(0xc4, &[&[0x00], &counts[..], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]].concat());
    let mut counts = [0; 16];
    (counts[0], counts[SYMBOL_BITS as usize - 1]) = (1, ZEROS_16 as u8 + 1);
    let mut symbols = vec![0];
    symbols.extend((0..16).flat_map(|zeros| (1..=10).map(move |bits| zeros << 4 | bits)));
    symbols.push(0xf0);
    segment(0xc4, &[&[0x10], &counts[..], &symbols].concat());
    segment(0xdd, &((size.width / COLUMNS) as u16).to_be_bytes());
    segment(0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    out
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::SIZES;
    use super::super::controls::scene::Look;
    use super::super::pattern::{Row, read_number};
    use super::*;
    use crate::format::{Colour, Layout, PixelFormat};
    use crate::frame::{Frame, FrameInfo, HeapPool};
    use crate::image::{Converter, Kind, Recipe};

    /// As libjpeg-turbo decodes it, which refuses what it would have to warn of.
    fn decoded(bytes: &[u8], size: Size) -> Frame {
        let (_, mut lease) = HeapPool::new(1, &[bytes.len()]).take().unwrap();
        lease.bytes_mut(0).copy_from_slice(bytes);
        let (format, layout) = (PixelFormat::MJPEG, Layout::compressed(bytes.len()));
        let (sequence, timestamp_ns, flags, colour) = (0, 0, 0, Colour::JFIF);
        let frame = lease.into_frame(FrameInfo { format, size, layout, sequence, timestamp_ns, flags, colour });
        let kind = |format| Kind { format, size, colour: Colour::JFIF };
        let mut converter = Converter::new(Recipe::plain(kind(format), kind(PixelFormat::RGBA_8888))).unwrap();
        let room = size.width as usize * size.height as usize * 4;
        converter.run(&frame, HeapPool::new(1, &[room]).take().unwrap().1).unwrap()
    }

    #[test]
    fn pictures_decode_to_what_was_drawn() {
        for size in SIZES {
            let painter = JpegPainter::new(3, size).unwrap();
            let mut bytes = vec![0; painter.most_bytes()];
            for number in [0, 1, 77, 0xdead_beef] {
                let length = painter.draw(&mut bytes, number);
                assert!(length < bytes.len() / 2, "{length} bytes for {size}");
                let frame = decoded(&bytes[..length], size);
                let pixels = frame.plane(0).unwrap().1;
                let at = |x: u32, y: u32| &pixels[(y * size.width + x) as usize * 4..][..3];
                let green = |x: u32, y: u32| at(x, y)[1];
                assert_eq!(read_number(size, Row::Frame, green), Some(number), "{size}");
                assert_eq!(read_number(size, Row::Camera, green), Some(3), "{size}");
                let geometry = &painter.geometry;
                let bar = geometry.bar_position(number)..geometry.bar_position(number) + geometry.cell;
                let mut worst = 0;
                // Colours that share chroma with a neighbour are looked at from a distance.
                for y in (geometry.cell..size.height).step_by(3) {
                    for x in (8..size.width - 8).step_by(5) {
                        let pixel = |x: u32| {
                            let white = bar.contains(&x) && geometry.bar_rows.contains(&y);
                            if white { WHITE } else { geometry.background(x, y) }
                        };
                        let near = |other: Rgb| (0..3).all(|i| other[i].abs_diff(pixel(x)[i]) < 8);
                        let flat = (x - 8..x + 8).all(|x| near(pixel(x)));
                        let below = geometry.background(x, (y + 8).min(size.height - 1));
                        let edge =
                            geometry.bar_rows.contains(&(y + 8)) != geometry.bar_rows.contains(&y.saturating_sub(8));
                        if flat && !edge && near(below) && near(geometry.background(x, y.saturating_sub(8)))
                            || flat && bar.contains(&x) && geometry.bar_rows.contains(&y) && !edge
                        {
                            worst = (0..3).map(|i| at(x, y)[i].abs_diff(pixel(x)[i])).max().unwrap().max(worst);
                        }
                    }
                }
                assert!(worst <= 8, "{size}, frame {number}: {worst} off");
            }
        }
    }

    #[test]
    fn a_view_is_the_same_as_in_pictures_that_are_not_compressed() {
        let look = Look { level: -1000, warmth: 300, defocus: 40, zoom: 150, vflip: true, ..Look::default() };
        for size in [SIZES[1], SIZES[2]] {
            let (painter, mut view) = (JpegPainter::new(3, size).unwrap(), View::default());
            let mut bytes = vec![0; painter.most_bytes()];
            view.aim(&painter.geometry, &look, 77);
            let length = painter.draw_view(&mut bytes, 77, &mut view);
            let frame = decoded(&bytes[..length], size);
            let pixels = frame.plane(0).unwrap().1;
            let green = |x: u32, y: u32| pixels[(y * size.width + x) as usize * 4 + 1];
            assert_eq!(read_number(size, Row::Frame, green), Some(77), "{size}");
            assert_eq!(read_number(size, Row::Camera, green), Some(3), "{size}");
            let mut line = vec![WHITE; size.width as usize];
            let mut far = 0;
            // Not where a block is a number's as well.
            for y in painter.geometry.cell..size.height - 2 * painter.geometry.cell {
                view.line(view.weights(y), &mut line);
                let row = &pixels[(y * size.width * 4) as usize..];
                let off = |is: &[u8], should: &Rgb| (0..3).any(|c| is[c].abs_diff(should[c]) > 24);
                far += row.chunks_exact(4).zip(&line).filter(|(is, should)| off(is, should)).count();
            }
            assert!(far * 50 < pixels.len() / 4, "{far} pixels of {size}");
        }
    }

    #[test]
    fn too_little_memory_is_not_overrun() {
        let painter = JpegPainter::new(0, SIZES[1]).unwrap();
        let mut whole = vec![0; painter.most_bytes()];
        let length = painter.draw(&mut whole, 5);
        for room in [0, 1, 100, 700, 1000, length - 1] {
            let mut small = vec![0; room];
            assert_eq!(painter.draw(&mut small, 5).max(room), room);
        }
    }

    #[test]
    fn coefficients_are_in_zigzag_order() {
        assert_eq!(ORDER[..6], [(0, 0), (0, 1), (1, 0), (2, 0), (1, 1), (0, 2)]);
        assert_eq!(ORDER[62..], [(7, 6), (7, 7)]);
        let mut all = ORDER.map(|(row, column)| row * 8 + column);
        all.sort_unstable();
        assert_eq!(all, std::array::from_fn(|index| index));
    }
}
