//! How a picture looks as a whole: its brightness and the balance of its colours, from a few hundred of
//! its pixels. Cheap enough for every frame, on any thread: nothing is allocated, nothing is written.

use super::convert::{Arrangement, arrangement};
use super::sys::{Packed, RgbOrder, Sampling};
use crate::format::{PixelFormat, PlaneLayout, Range};
use crate::frame::Frame;

/// A grid of so many pixels is looked at.
const COLUMNS: usize = 24;
const ROWS: usize = 16;

/// Means over a picture. Steps of 8 bits with full range, whatever the frame's range is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    /// 0 is black, 255 white.
    pub(crate) luma: f32,
    /// How much bluer and redder than grey; 0 for pictures without colours.
    pub(crate) blue: f32,
    pub(crate) red: f32,
}

/// A plane of a frame.
struct Plane<'a>(PlaneLayout, &'a [u8]);

impl Plane<'_> {
    fn at(&self, column: usize, row: usize) -> Option<f32> {
        self.1.get(row * self.0.stride as usize + column).map(|byte| f32::from(*byte))
    }
}

/// Looks at an uncompressed frame; `None` when its pixels cannot be read as they lie.
pub(crate) fn look(frame: &Frame) -> Option<Look> {
    let reader = Reader::of(frame)?;
    let (width, height) = (frame.info().size.width as usize, frame.info().size.height as usize);
    let mut sum = [0.0; 3];
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let (x, y) = ((2 * column + 1) * width / (2 * COLUMNS), (2 * row + 1) * height / (2 * ROWS));
            let pixel = reader.pixel(x, y)?;
            sum = std::array::from_fn(|channel| sum[channel] + pixel[channel]);
        }
    }
    let [luma, blue, red] = sum.map(|sum| sum / (COLUMNS * ROWS) as f32);
    Some(match (reader.way, frame.info().colour.range) {
        (Way::Rgb(_), _) | (_, Range::Full) => Look { luma, blue, red },
        (_, Range::Limited) => {
            Look { luma: (luma - 16.0).max(0.0) * 255.0 / 219.0, blue: blue * 255.0 / 224.0, red: red * 255.0 / 224.0 }
        }
    })
}

/// Where the values of a pixel are.
#[derive(Clone, Copy)]
enum Way {
    Grey,
    /// The upper byte of two.
    Deep,
    /// One colour at each place, repeated every two columns and rows.
    Mosaic,
    Packed {
        luma: usize,
        blue: usize,
        red: usize,
    },
    /// How many columns and rows share a value of chroma.
    Pairs {
        shared: (usize, usize),
        blue: usize,
    },
    Planes {
        shared: (usize, usize),
        blue: usize,
    },
    Rgb([usize; 4]),
}

impl Way {
    fn of(format: PixelFormat) -> Option<Way> {
        let shared = |sampling| match sampling {
            Sampling::Yuv420 => (2, 2),
            Sampling::Yuv422 => (2, 1),
            _ => (1, 1),
        };
        Some(match arrangement(format) {
            Some(Arrangement::Grey) => Way::Grey,
            Some(Arrangement::Packed { order, v_first }) => {
                let (luma, chroma) = if order == Packed::LumaFirst { (0, 1) } else { (1, 0) };
                let (blue, red) = if v_first { (chroma + 2, chroma) } else { (chroma, chroma + 2) };
                Way::Packed { luma, blue, red }
            }
            Some(Arrangement::SemiPlanar { sampling, v_first }) => {
                Way::Pairs { shared: shared(sampling), blue: v_first.into() }
            }
            Some(Arrangement::Planar { sampling, v_first }) => {
                Way::Planes { shared: shared(sampling), blue: 1 + usize::from(v_first) }
            }
            Some(Arrangement::Rgb(order)) => Way::Rgb(match order {
                RgbOrder::Rgb => [0, 1, 2, 3],
                RgbOrder::Bgr => [2, 1, 0, 3],
                RgbOrder::Rgbx => [0, 1, 2, 4],
                RgbOrder::Bgrx => [2, 1, 0, 4],
                RgbOrder::Xrgb => [1, 2, 3, 4],
            }),
            None => match &format.number().to_le_bytes() {
                b"BA81" | b"GBRG" | b"GRBG" | b"RGGB" => Way::Mosaic,
                b"Y16 " => Way::Deep,
                _ => return None,
            },
        })
    }
}

struct Reader<'a> {
    way: Way,
    planes: [Option<Plane<'a>>; 3],
}

impl<'a> Reader<'a> {
    fn of(frame: &'a Frame) -> Option<Reader<'a>> {
        let way = Way::of(frame.info().format)?;
        let plane = |index| frame.plane(index).map(|(layout, bytes)| Plane(layout, bytes));
        Some(Reader { way, planes: [plane(0), plane(1), plane(2)] })
    }

    fn at(&self, plane: usize, column: usize, row: usize) -> Option<f32> {
        self.planes[plane].as_ref()?.at(column, row)
    }

    /// Luma and the differences of blue and red; `None` beyond the end of the frame's bytes.
    fn pixel(&self, x: usize, y: usize) -> Option<[f32; 3]> {
        let neutral = |value: f32| value - 128.0;
        Some(match self.way {
            Way::Grey => [self.at(0, x, y)?, 0.0, 0.0],
            Way::Deep => [self.at(0, 2 * x + 1, y)?, 0.0, 0.0],
            Way::Mosaic => {
                let (x, y) = (x & !1, y & !1);
                let four = [self.at(0, x, y)?, self.at(0, x + 1, y)?, self.at(0, x, y + 1)?, self.at(0, x + 1, y + 1)?];
                [four.iter().sum::<f32>() / 4.0, 0.0, 0.0]
            }
            Way::Packed { luma, blue, red } => {
                let pair = x / 2 * 4;
                [
                    self.at(0, 2 * x + luma, y)?,
                    neutral(self.at(0, pair + blue, y)?),
                    neutral(self.at(0, pair + red, y)?),
                ]
            }
            Way::Pairs { shared: (columns, rows), blue } => {
                let (pair, row) = (x / columns * 2, y / rows);
                let chroma = |which: usize| self.at(1, pair + which, row).map(neutral);
                [self.at(0, x, y)?, chroma(blue)?, chroma(1 - blue)?]
            }
            Way::Planes { shared: (columns, rows), blue } => {
                let chroma = |plane: usize| self.at(plane, x / columns, y / rows).map(neutral);
                [self.at(0, x, y)?, chroma(blue)?, chroma(3 - blue)?]
            }
            Way::Rgb([red, green, blue, bytes]) => {
                let [red, green, blue] = [red, green, blue].map(|colour| self.at(0, bytes * x + colour, y));
                let (red, green, blue) = (red?, green?, blue?);
                let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
                [luma, (blue - luma) * 0.564, (red - luma) * 0.713]
            }
        })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::format::{Colour, Layout, Size};
    use crate::frame::{FrameInfo, HeapPool};

    fn frame(format: PixelFormat, size: Size, colour: Colour, fill: &dyn Fn(usize) -> u8) -> Frame {
        let layout = Layout::new(format, size, &[]).unwrap();
        let pool = HeapPool::new(1, &[layout.memory_length(0)]);
        let (_, mut lease) = pool.take().unwrap();
        lease.bytes_mut(0).iter_mut().enumerate().for_each(|(at, byte)| *byte = fill(at));
        lease.into_frame(FrameInfo { format, size, layout, sequence: 0, timestamp_ns: 0, flags: 0, colour })
    }

    const SIZE: Size = Size::new(96, 48);
    const PIXELS: usize = 96 * 48;

    fn looks(code: &[u8; 4], fill: &dyn Fn(usize) -> u8) -> (i32, i32, i32) {
        let look = look(&frame(PixelFormat::from_fourcc(*code), SIZE, Colour::JFIF, fill)).expect("a look");
        (look.luma.round() as i32, look.blue.round() as i32, look.red.round() as i32)
    }

    #[test]
    fn every_layout_of_the_same_picture_looks_the_same() {
        let (y, u, v) = (90, 158, 108);
        let same = (90, 30, -20);
        let packed = |order: [u8; 4]| move |at: usize| order[at % 4];
        assert_eq!(looks(b"YUYV", &packed([y, u, y, v])), same);
        assert_eq!(looks(b"VYUY", &packed([v, y, u, y])), same);
        assert_eq!(looks(b"NV12", &|at| if at < PIXELS { y } else { [u, v][at % 2] }), same);
        assert_eq!(looks(b"NV61", &|at| if at < PIXELS { y } else { [v, u][at % 2] }), same);
        assert_eq!(looks(b"YU12", &|at| if at < PIXELS { y } else { [u, v][(at - PIXELS) * 4 / PIXELS] }), same);
        assert_eq!(looks(b"YV12", &|at| if at < PIXELS { y } else { [v, u][(at - PIXELS) * 4 / PIXELS] }), same);
        assert_eq!(looks(b"GREY", &|_| y), (90, 0, 0));
        assert_eq!(looks(b"Y16 ", &|at| [7, y][at % 2]), (90, 0, 0));
        assert_eq!(looks(b"RGGB", &|at| [80, 100][at % 2]), (90, 0, 0));
        // The same colour by the equations of JFIF.
        let (r, g, b) = (62, 94, 143);
        assert_eq!(looks(b"RGB3", &|at| [r, g, b][at % 3]), same);
        assert_eq!(looks(b"XR24", &packed([b, g, r, 0])), same);
        assert_eq!(looks(b"BX24", &packed([0, r, g, b])), same);
    }

    #[test]
    fn limited_range_is_widened_and_what_cannot_be_read_has_no_look() {
        let limited = |y| look(&frame(PixelFormat::YUYV, SIZE, Colour::BT601_LIMITED, &|at| [y, 128][at % 2])).unwrap();
        assert_eq!((limited(16).luma, limited(235).luma, limited(3).luma), (0.0, 255.0, 0.0));
        assert_eq!(look(&frame(PixelFormat::from_fourcc(*b"RGBP"), SIZE, Colour::JFIF, &|_| 0)), None);
        for (width, height) in [(1, 1), (2, 2), (5, 3)] {
            for code in [b"YUYV", b"NV12", b"YU12", b"GREY", b"RGB3"] {
                let tiny = frame(PixelFormat::from_fourcc(*code), Size::new(width, height), Colour::JFIF, &|_| 128);
                assert!(look(&tiny).is_some(), "{code:?} {width}x{height}");
            }
        }
    }

    /// Not a test: how long a look takes. Run with `--release -- --ignored --nocapture`.
    #[test]
    #[ignore = "a measurement"]
    fn how_long_a_look_takes() {
        for (code, size) in [(b"YUYV", Size::new(1920, 1080)), (b"NV12", Size::new(3840, 2160))] {
            // More of them than the caches hold.
            let frames: Vec<_> =
                (0..16).map(|_| frame(PixelFormat::from_fourcc(*code), size, Colour::JFIF, &|at| at as u8)).collect();
            let begun = std::time::Instant::now();
            let sum: f32 = frames.iter().cycle().take(1600).map(|frame| look(frame).unwrap().luma).sum();
            println!("{} {size}: {:?} each ({sum})", String::from_utf8_lossy(code), begun.elapsed() / 1600);
        }
    }
}
