//! The picture as controls have it: turned, enlarged, unsharp, too dark, too warm. Numbers stay as they are,
//! so that they can be read from every picture.
//!
//! The picture is the same along a column within each of a few bands. So whatever is done with it, each row is
//! a mixture of three: the colour bars, these with the moving bar, and the ramp. They are made once for a
//! frame; a row is then known by its weights, and rows with the same weights are the same.
//!
//! Blurring is a mean over a stretch of the picture, with the exact share of the pixels at its ends: a
//! stretch as wide as a pixel leaves it as it was.

use super::controls::scene::Look;
use super::pattern::{Geometry, Rgb, WHITE};

/// How much of each row: of 256.
pub(super) type Weights = [i32; 3];
const ALL: i32 = 256;
const PLAIN: usize = 0;
const MOVING: usize = 1;
const RAMP: usize = 2;

/// Pixels of the picture's width for which one step of focus blurs by a pixel on either side.
const BLUR: f32 = 4800.0;
/// The same of sharpness, as far as it is less than usual, and how much of an edge each step more adds.
const SOFT: f32 = 1600.0;
const EDGE: f32 = 0.4;
/// Code values go with about this root of the light.
const GAMMA: f64 = 2.2;
/// How strongly code values follow a wrong white balance.
const TINT: f64 = 0.8;

/// Makes the rows of one frame.
#[derive(Default)]
pub(super) struct View {
    width: f32,
    height: f32,
    /// Where bands end: above the moving bar, it, below it.
    bands: [f32; 3],
    look: Look,
    /// Half a stretch, in pixels of the drawn picture; how much of what a wider one lacks is added.
    reach: f32,
    edge: f32,
    rows: [Vec<[f32; 3]>; 3],
    /// Of the row that is being made: sums of the pixels before.
    sums: Vec<[f32; 3]>,
    tones: Option<Box<Tones>>,
    /// Room for rows.
    pub(super) lines: Vec<Rgb>,
}

/// What becomes of each value of red, green and blue, for one look.
struct Tones {
    look: Look,
    of: [[u8; 256]; 3],
}

impl View {
    /// Makes ready for a frame. Needs memory the first time only.
    pub(super) fn aim(&mut self, geometry: &Geometry, look: &Look, number: u32) {
        let size = geometry.size;
        (self.width, self.height, self.look) = (size.width as f32, size.height as f32, *look);
        self.bands = [geometry.bar_rows.start, geometry.bar_rows.end, geometry.ramp].map(|row| row as f32);
        let soft = (-look.sharpness).max(0) as f32 / SOFT + look.defocus as f32 / BLUR;
        self.reach = self.scale() / 2.0 + soft * self.width;
        self.edge = look.sharpness.max(0) as f32 * EDGE;
        let bar = geometry.bar_position(number);
        let moving = |x: u32| if (bar..bar + geometry.cell).contains(&x) { WHITE } else { geometry.bar_colour(x) };
        self.filter(PLAIN, |x| geometry.bar_colour(x));
        self.filter(MOVING, moving);
        self.filter(RAMP, |x| geometry.ramp_colour(x));
        if self.tones.as_ref().is_none_or(|tones| tones.look != *look) {
            let of = tones(look);
            match &mut self.tones {
                Some(tones) => **tones = Tones { look: *look, of },
                None => self.tones = Some(Box::new(Tones { look: *look, of })),
            }
        }
    }

    /// Pixels of the drawn picture in one of this.
    fn scale(&self) -> f32 {
        100.0 / self.look.zoom.max(1) as f32
    }

    /// Where in the drawn picture the middle of a pixel comes from.
    fn source(&self, at: u32, length: f32, flip: bool) -> f32 {
        let at = at as f32 + 0.5;
        let at = if flip { length - at } else { at };
        length / 2.0 + (at - length / 2.0) * self.scale()
    }

    /// A wider stretch, of which sharpening takes what it lacks.
    fn wide(&self) -> f32 {
        self.reach + self.width / 213.0
    }

    fn filter(&mut self, row: usize, colour: impl Fn(u32) -> Rgb) {
        let width = self.width as u32;
        let mut sum = [0.0; 3];
        self.sums.clear();
        self.sums.push(sum);
        for x in 0..width {
            let colour = colour(x);
            (0..3).for_each(|c| sum[c] += f32::from(colour[c]));
            self.sums.push(sum);
        }
        let mut made = std::mem::take(&mut self.rows[row]);
        made.clear();
        made.extend((0..width).map(|x| {
            let at = self.source(x, self.width, self.look.hflip);
            let narrow = self.mean(at, self.reach);
            if self.edge == 0.0 {
                return narrow;
            }
            let wide = self.mean(at, self.wide());
            std::array::from_fn(|c| narrow[c] + self.edge * (narrow[c] - wide[c]))
        }));
        self.rows[row] = made;
    }

    /// The mean of the row's pixels within so much of a place.
    fn mean(&self, at: f32, reach: f32) -> [f32; 3] {
        let (from, to) = ((at - reach).max(0.0), (at + reach).min(self.width));
        let (before, until) = (self.sum(from), self.sum(to));
        std::array::from_fn(|c| (until[c] - before[c]) / (to - from))
    }

    /// The sum of the row's pixels up to this place.
    fn sum(&self, to: f32) -> [f32; 3] {
        let whole = to as usize;
        let (sum, share) = (self.sums[whole], to - whole as f32);
        match self.sums.get(whole + 1) {
            Some(next) if share > 0.0 => std::array::from_fn(|c| sum[c] + share * (next[c] - sum[c])),
            _ => sum,
        }
    }

    /// What a row of the picture is made of.
    pub(super) fn weights(&self, y: u32) -> Weights {
        let at = self.source(y, self.height, self.look.vflip);
        let [narrow, wide] = [self.reach, self.wide()].map(|reach| self.shares(at, reach));
        let share = |band: usize| narrow[band] + self.edge * (narrow[band] - wide[band]);
        let [moving, ramp] = [MOVING, RAMP].map(|band| (share(band) * ALL as f32).round() as i32);
        [ALL - moving - ramp, moving, ramp]
    }

    /// How much of a stretch is in each band.
    fn shares(&self, at: f32, reach: f32) -> [f32; 3] {
        let (from, to) = ((at - reach).max(0.0), (at + reach).min(self.height));
        let within = |first: f32, last: f32| (to.min(last) - from.max(first)).max(0.0) / (to - from);
        let [above, below, ramp] = self.bands;
        let (moving, ramp) = (within(above, below), within(ramp, self.height));
        [1.0 - moving - ramp, moving, ramp]
    }

    /// A row with these weights.
    pub(super) fn line(&self, weights: Weights, out: &mut [Rgb]) {
        let Some(tones) = &self.tones else { return };
        let share = weights.map(|weight| weight as f32 / ALL as f32);
        let [plain, moving, ramp] = &self.rows;
        for (out, ((plain, moving), ramp)) in out.iter_mut().zip(plain.iter().zip(moving).zip(ramp)) {
            let mixed: [u8; 3] = std::array::from_fn(|c| {
                (share[PLAIN] * plain[c] + share[MOVING] * moving[c] + share[RAMP] * ramp[c]).round() as u8
            });
            *out = self.saturated(std::array::from_fn(|c| tones.of[c][usize::from(mixed[c])]));
        }
    }

    fn saturated(&self, colour: Rgb) -> Rgb {
        if self.look.saturation == 0 {
            return colour;
        }
        let [r, g, b] = colour.map(i64::from);
        let grey = (77 * r + 150 * g + 29 * b) >> 8;
        // 64 is the usual.
        [r, g, b].map(|value| (grey + (value - grey) * (64 + self.look.saturation) / 64).clamp(0, 255) as u8)
    }
}

fn tones(look: &Look) -> [[u8; 256]; 3] {
    let light = (look.level as f64 / 1000.0 / GAMMA).exp2();
    let warm = (look.warmth as f64 / 1000.0 * TINT).exp2();
    // 32 is the usual.
    let contrast = (32 + look.contrast) as f64 / 32.0;
    [light * warm, light, light / warm].map(|gain| {
        std::array::from_fn(|value| {
            // What is too bright is lost before anything else is done.
            let taken = (value as f64 * gain).min(255.0);
            let shown = (taken - 128.0) * contrast + 128.0 + look.brightness as f64;
            if look.covered { 0 } else { shown.round().clamp(0.0, 255.0) as u8 }
        })
    })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::format::{Colour, Layout, PixelFormat, Size};
    use crate::frame::{FrameInfo, HeapPool};
    use crate::image::jpeg::{Encoder, Request};
    use crate::image::{Converter, Kind, Recipe};

    const SIZE: Size = Size::new(320, 240);
    const COLUMNS: u32 = 5;

    /// `cargo test --lib -- --ignored view::tests` writes target/controls-sheet.jpg, for people to look at: from left
    /// to right, and on in the next row, as the list below.
    #[test]
    #[ignore = "for people"]
    fn a_contact_sheet_is_written() {
        let usual = Look::default();
        let sheet = [
            usual,
            Look { brightness: -40, ..usual },
            Look { brightness: 40, ..usual },
            Look { contrast: -22, ..usual },
            Look { contrast: 28, ..usual },
            Look { saturation: -64, ..usual },
            Look { saturation: 64, ..usual },
            Look { sharpness: -3, ..usual },
            Look { sharpness: 3, ..usual },
            Look { hflip: true, ..usual },
            Look { vflip: true, ..usual },
            Look { level: -2000, ..usual },
            Look { level: 1000, ..usual },
            Look { warmth: -716, ..usual },
            Look { warmth: 500, ..usual },
            Look { defocus: 20, ..usual },
            Look { defocus: 100, ..usual },
            Look { zoom: 150, ..usual },
            Look { zoom: 400, defocus: 10, ..usual },
            Look { zoom: 200, hflip: true, saturation: -44, level: -1333, ..usual },
        ];
        let (width, height) = (SIZE.width + 8, SIZE.height + 8);
        let size = Size::new(width * COLUMNS, height * (sheet.len() as u32).div_ceil(COLUMNS));
        let (rgb, planes) = (PixelFormat::from_fourcc(*b"RGB3"), PixelFormat::from_fourcc(*b"444P"));
        let lease = || HeapPool::new(1, &[3 * (size.width * size.height) as usize]).take().unwrap().1;
        let (geometry, mut view) = (Geometry::new(2, SIZE).unwrap(), View::default());
        let (mut canvas, mut line) = (lease(), vec![WHITE; SIZE.width as usize]);
        let bytes = canvas.bytes_mut(0);
        bytes.fill(90);
        for (index, look) in (0..).zip(sheet) {
            view.aim(&geometry, &look, 30);
            for y in 0..SIZE.height {
                view.line(view.weights(y), &mut line);
                let (left, top) = (index % COLUMNS * width + 4, index / COLUMNS * height + 4);
                let row = line.as_flattened();
                bytes[3 * ((top + y) * size.width + left) as usize..][..row.len()].copy_from_slice(row);
            }
        }
        let (layout, colour) = (Layout::new(rgb, size, &[]).unwrap(), Colour::JFIF);
        let kind = |format| Kind { format, size, colour };
        let info = FrameInfo { format: rgb, size, layout, sequence: 0, timestamp_ns: 0, flags: 0, colour };
        let mut converter = Converter::new(Recipe::plain(kind(rgb), kind(planes))).unwrap();
        let made = converter.run(&canvas.into_frame(info), lease()).unwrap();
        let mut jpeg = Vec::new();
        Encoder::default().encode(&made, &Request { quality: 92, colour, exif: None }, &mut jpeg).unwrap();
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/target/controls-sheet.jpg"), jpeg).unwrap();
    }
}
