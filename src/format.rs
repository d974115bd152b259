//! Pixel formats, sizes, rates and profiles: plain values, no I/O.
//!
//! A format is one of Camera Kit's numbers or a V4L2 FourCC. The ranges do not meet: the
//! smallest FourCC of printable characters is 0x20202020, Camera Kit's largest number is 3001.

pub(crate) mod matroska;

use std::fmt;

/// A pixel format: a number of Camera Kit's `CameraFormat`, or a V4L2 FourCC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PixelFormat(u32);

/// How the bytes of one image plane follow from the width and height of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PlaneShape {
    /// Bytes for `columns` pixels.
    bytes: u32,
    /// Pixels that share those bytes, horizontally.
    columns: u32,
    /// Rows of pixels that share one row of the plane.
    rows: u32,
}

const fn plane(bytes: u32, columns: u32, rows: u32) -> PlaneShape {
    PlaneShape { bytes, columns, rows }
}

/// One uncompressed format.
struct Shape {
    format: PixelFormat,
    planes: &'static [PlaneShape],
    /// Each image plane in a memory of its own (V4L2's `...M` formats).
    separate: bool,
}

macro_rules! fourcc {
    ($code:literal) => {
        PixelFormat::from_fourcc(*$code)
    };
}

const PACKED_422: &[PlaneShape] = &[plane(4, 2, 1)];
const SEMI_420: &[PlaneShape] = &[plane(1, 1, 1), plane(2, 2, 2)];
const SEMI_422: &[PlaneShape] = &[plane(1, 1, 1), plane(2, 2, 1)];
const SEMI_444: &[PlaneShape] = &[plane(1, 1, 1), plane(2, 1, 1)];
const PLANAR_420: &[PlaneShape] = &[plane(1, 1, 1), plane(1, 2, 2), plane(1, 2, 2)];
const PLANAR_422: &[PlaneShape] = &[plane(1, 1, 1), plane(1, 2, 1), plane(1, 2, 1)];
const PLANAR_444: &[PlaneShape] = &[plane(1, 1, 1), plane(1, 1, 1), plane(1, 1, 1)];
const ONE: &[PlaneShape] = &[plane(1, 1, 1)];
const TWO: &[PlaneShape] = &[plane(2, 1, 1)];
const THREE: &[PlaneShape] = &[plane(3, 1, 1)];
const FOUR: &[PlaneShape] = &[plane(4, 1, 1)];

const fn single(format: PixelFormat, planes: &'static [PlaneShape]) -> Shape {
    Shape { format, planes, separate: false }
}
const fn multi(format: PixelFormat, planes: &'static [PlaneShape]) -> Shape {
    Shape { format, planes, separate: true }
}

/// Memory layouts as the V4L2 documentation defines them ("Image Formats").
const SHAPES: &[Shape] = &[
    single(PixelFormat::RGBA_8888, FOUR),
    single(PixelFormat::YUV_420_SP, SEMI_420),
    single(PixelFormat::YUYV, PACKED_422),
    single(fourcc!(b"UYVY"), PACKED_422),
    single(fourcc!(b"YVYU"), PACKED_422),
    single(fourcc!(b"VYUY"), PACKED_422),
    single(PixelFormat::NV12, SEMI_420),
    single(PixelFormat::NV21, SEMI_420),
    single(fourcc!(b"NV16"), SEMI_422),
    single(fourcc!(b"NV61"), SEMI_422),
    single(fourcc!(b"NV24"), SEMI_444),
    single(fourcc!(b"NV42"), SEMI_444),
    single(PixelFormat::I420, PLANAR_420),
    single(fourcc!(b"YV12"), PLANAR_420),
    single(fourcc!(b"422P"), PLANAR_422),
    single(fourcc!(b"444P"), PLANAR_444),
    multi(PixelFormat::NV12M, SEMI_420),
    multi(fourcc!(b"NM21"), SEMI_420),
    multi(fourcc!(b"NM16"), SEMI_422),
    multi(fourcc!(b"NM61"), SEMI_422),
    multi(fourcc!(b"YM12"), PLANAR_420),
    multi(fourcc!(b"YM21"), PLANAR_420),
    multi(fourcc!(b"YM16"), PLANAR_422),
    multi(fourcc!(b"YM61"), PLANAR_422),
    multi(fourcc!(b"YM24"), PLANAR_444),
    multi(fourcc!(b"YM42"), PLANAR_444),
    single(fourcc!(b"GREY"), ONE),
    single(fourcc!(b"BA81"), ONE),
    single(fourcc!(b"GBRG"), ONE),
    single(fourcc!(b"GRBG"), ONE),
    single(fourcc!(b"RGGB"), ONE),
    single(fourcc!(b"Y16 "), TWO),
    single(fourcc!(b"RGBP"), TWO),
    single(fourcc!(b"RGB3"), THREE),
    single(fourcc!(b"BGR3"), THREE),
    single(fourcc!(b"XR24"), FOUR),
    single(fourcc!(b"AR24"), FOUR),
    single(fourcc!(b"BX24"), FOUR),
    single(fourcc!(b"BA24"), FOUR),
    single(fourcc!(b"XB24"), FOUR),
    single(fourcc!(b"AB24"), FOUR),
    single(fourcc!(b"RGB4"), FOUR),
    single(fourcc!(b"BGR4"), FOUR),
];

impl PixelFormat {
    /// 8-bit R, G, B, A in this order in memory.
    pub const RGBA_8888: PixelFormat = PixelFormat(3);
    /// NV21: a plane of Y, a plane of interleaved V and U at half size.
    pub const YUV_420_SP: PixelFormat = PixelFormat(1003);
    /// A JPEG picture.
    pub const JPEG: PixelFormat = PixelFormat(2000);
    /// V4L2's packed 4:2:2, the layout most webcams give.
    pub const YUYV: PixelFormat = fourcc!(b"YUYV");
    /// V4L2's NV12 in one memory.
    pub const NV12: PixelFormat = fourcc!(b"NV12");
    /// V4L2's NV21 in one memory.
    pub const NV21: PixelFormat = fourcc!(b"NV21");
    /// V4L2's NV12 with each plane in a memory of its own.
    pub const NV12M: PixelFormat = fourcc!(b"NM12");
    /// V4L2's planar 4:2:0 (also called YUV420).
    pub const I420: PixelFormat = fourcc!(b"YU12");
    /// Motion-JPEG.
    pub const MJPEG: PixelFormat = fourcc!(b"MJPG");
    /// V4L2's JFIF JPEG.
    pub const JFIF: PixelFormat = fourcc!(b"JPEG");

    /// The format with this number; any number is a format, known or not.
    pub const fn from_number(number: u32) -> Self {
        PixelFormat(number)
    }

    /// The V4L2 format with these four characters.
    pub const fn from_fourcc(code: [u8; 4]) -> Self {
        PixelFormat(u32::from_le_bytes(code))
    }

    /// The number that crosses the C interface.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Is this a V4L2 FourCC rather than a number of Camera Kit?
    pub const fn is_fourcc(self) -> bool {
        self.0 >= 0x2020_2020
    }

    /// Are pictures of this format streams of bytes, of a length that changes?
    pub fn is_compressed(self) -> bool {
        self.is_jpeg()
            || [*b"H264", *b"AVC1", *b"HEVC", *b"VP80", *b"VP90", *b"MPG4", *b"MPEG"]
                .iter()
                .any(|code| self == PixelFormat::from_fourcc(*code))
    }

    /// Is every picture of this format a JPEG picture?
    pub fn is_jpeg(self) -> bool {
        self == PixelFormat::JPEG || self == PixelFormat::MJPEG || self == PixelFormat::JFIF
    }

    /// Are its samples red, green and blue, and no others?
    pub fn is_rgb(self) -> bool {
        self == PixelFormat::RGBA_8888
            || [
                *b"RGBP", *b"RGB3", *b"BGR3", *b"XR24", *b"AR24", *b"BX24", *b"BA24", *b"XB24", *b"AB24", *b"RGB4",
                *b"BGR4",
            ]
            .iter()
            .any(|code| self == PixelFormat::from_fourcc(*code))
    }

    fn shape(self) -> Option<&'static Shape> {
        SHAPES.iter().find(|shape| shape.format == self)
    }

    /// Is the layout of its planes known here?
    pub fn is_known(self) -> bool {
        self.shape().is_some() || self.is_compressed()
    }

    /// How many memories a frame of this format has in V4L2's multi-planar interface.
    pub fn memory_count(self) -> usize {
        self.shape().map_or(1, |shape| if shape.separate { shape.planes.len() } else { 1 })
    }
}

impl fmt::Display for PixelFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            PixelFormat::RGBA_8888 => f.write_str("RGBA_8888"),
            PixelFormat::YUV_420_SP => f.write_str("YUV_420_SP"),
            PixelFormat::JPEG => f.write_str("JPEG"),
            _ if self.is_fourcc() => {
                // Bit 31 marks V4L2's big-endian variants.
                for byte in (self.0 & 0x7fff_ffff).to_le_bytes() {
                    write!(f, "{}", char::from(if byte.is_ascii_graphic() || byte == b' ' { byte } else { b'?' }))?;
                }
                if self.0 >> 31 != 0 { f.write_str("-BE") } else { Ok(()) }
            }
            _ => write!(f, "{}", self.0),
        }
    }
}

impl fmt::Debug for PixelFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The coefficients that brightness and colour differences are made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Matrix {
    /// ITU-R BT.601: standard definition, most webcams, JPEG.
    Bt601,
    /// ITU-R BT.709: high definition.
    Bt709,
}

/// The values that black and white have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Range {
    /// Luma from 16 to 235, chroma from 16 to 240.
    Limited,
    /// From 0 to 255.
    Full,
}

/// What the numbers of a YUV picture mean. For grey pictures the range counts, for RGB nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour {
    /// How luma and chroma follow from red, green and blue.
    pub matrix: Matrix,
    /// The values that they take.
    pub range: Range,
}

impl Colour {
    /// What most cameras send uncompressed.
    pub const BT601_LIMITED: Colour = Colour { matrix: Matrix::Bt601, range: Range::Limited };
    /// What JPEG pictures hold (JFIF), and so Motion-JPEG.
    pub const JFIF: Colour = Colour { matrix: Matrix::Bt601, range: Range::Full };
    /// High-definition video.
    pub const BT709_LIMITED: Colour = Colour { matrix: Matrix::Bt709, range: Range::Limited };
    /// High-definition video with full range.
    pub const BT709_FULL: Colour = Colour { matrix: Matrix::Bt709, range: Range::Full };
}

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Size {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// The largest width or height that is handled: what fits V4L2 drivers (16384) with room.
    pub const LIMIT: u32 = 32768;

    /// A size.
    pub const fn new(width: u32, height: u32) -> Self {
        Size { width, height }
    }

    /// Is neither side zero nor beyond the limit?
    pub const fn is_valid(self) -> bool {
        self.width > 0 && self.height > 0 && self.width <= Self::LIMIT && self.height <= Self::LIMIT
    }

    /// Do the aspect ratios differ by at most 1 %?
    pub fn has_aspect_of(self, other: Size) -> bool {
        // Wide enough for sizes that nobody has checked yet.
        let a = u128::from(self.width) * u128::from(other.height);
        let b = u128::from(other.width) * u128::from(self.height);
        a.abs_diff(b) * 100 <= a.max(b)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// Frames per second as a fraction, as drivers give it (30000/1001, 742500/12375).
#[derive(Debug, Clone, Copy)]
pub struct FrameRate {
    /// Frames in `seconds` seconds.
    pub frames: u32,
    /// Never 0.
    pub seconds: u32,
}

impl FrameRate {
    /// A rate; `None` when either part is zero.
    pub fn new(frames: u32, seconds: u32) -> Option<Self> {
        (frames > 0 && seconds > 0).then_some(FrameRate { frames, seconds })
    }

    /// A whole number of frames per second.
    pub const fn per_second(frames: u32) -> Self {
        FrameRate { frames, seconds: 1 }
    }

    /// Frames per second, rounded to the nearest whole number, at least 1 (Camera Kit's rates
    /// are whole numbers: 29.97 is 30).
    pub fn rounded(self) -> u32 {
        let seconds = u64::from(self.seconds);
        let rounded = (u64::from(self.frames) + seconds / 2) / seconds;
        u32::try_from(rounded.max(1)).unwrap_or(u32::MAX)
    }

    /// The time from frame to frame in nanoseconds.
    pub fn period_ns(self) -> u64 {
        u64::from(self.seconds) * 1_000_000_000 / u64::from(self.frames)
    }
}

impl PartialEq for FrameRate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for FrameRate {}
impl PartialOrd for FrameRate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for FrameRate {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let a = u64::from(self.frames) * u64::from(other.seconds);
        let b = u64::from(other.frames) * u64::from(self.seconds);
        a.cmp(&b)
    }
}

/// A range of whole frame rates, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RateRange {
    /// The slowest rate, frames per second.
    pub min: u32,
    /// The fastest.
    pub max: u32,
}

/// What an output asks for, or a camera offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Profile {
    /// Pixel format.
    pub format: PixelFormat,
    /// Picture size.
    pub size: Size,
    /// Frame rates: for video profiles only.
    pub rates: Option<RateRange>,
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.format, self.size)?;
        match self.rates {
            Some(rates) => write!(f, " at {} to {} per second", rates.min, rates.max),
            None => Ok(()),
        }
    }
}

/// The most image planes or memories that a frame has.
pub const MAX_PLANES: usize = 4;

/// Where one image plane lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlaneLayout {
    /// Which of the frame's memories.
    pub memory: u32,
    /// Bytes from the start of that memory.
    pub offset: usize,
    /// Bytes from row to row; 0 for compressed data.
    pub stride: u32,
    /// Rows; 0 for compressed data.
    pub rows: u32,
    /// Bytes from the first of the plane to the last that may be read.
    pub length: usize,
}

/// Where every image plane of a frame lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    planes: [PlaneLayout; MAX_PLANES],
    count: usize,
}

impl Layout {
    /// The layout of a picture.
    ///
    /// `strides` holds, for each memory, the bytes per row of its first plane (0: as narrow as
    /// the picture); further planes of the same memory follow at once with a stride in
    /// proportion, as V4L2 defines it. `None` when a size does not fit in memory.
    pub fn new(format: PixelFormat, size: Size, strides: &[u32]) -> Option<Layout> {
        let Some(shape) = format.shape() else {
            let stride = strides.first().copied().unwrap_or(0);
            let length = usize::try_from(u64::from(stride) * u64::from(size.height)).ok()?;
            let rows = if stride == 0 { 0 } else { size.height };
            let only = PlaneLayout { memory: 0, offset: 0, stride, rows, length };
            return Some(Layout {
                planes: [only, Default::default(), Default::default(), Default::default()],
                count: 1,
            });
        };
        let mut layout = Layout { planes: Default::default(), count: shape.planes.len() };
        let first = &shape.planes[0];
        let mut offset = 0usize;
        for (index, plane) in shape.planes.iter().enumerate() {
            let memory = if shape.separate { index } else { 0 };
            if shape.separate {
                offset = 0;
            }
            let narrow = size.width.div_ceil(plane.columns).checked_mul(plane.bytes)?;
            let given = strides.get(memory).copied().unwrap_or(0);
            let stride = if given == 0 {
                narrow
            } else if index == 0 || shape.separate {
                given
            } else {
                // In proportion to the first plane: bytes per pixel here over bytes per pixel there.
                let scaled = u64::from(given) * u64::from(plane.bytes) * u64::from(first.columns)
                    / (u64::from(plane.columns) * u64::from(first.bytes));
                u32::try_from(scaled).ok()?
            };
            let rows = size.height.div_ceil(plane.rows);
            let length = usize::try_from(u64::from(stride) * u64::from(rows)).ok()?;
            layout.planes[index] = PlaneLayout { memory: memory as u32, offset, stride, rows, length };
            offset = offset.checked_add(length)?;
        }
        Some(layout)
    }

    /// The same layout for compressed data of this length in memory 0.
    pub fn compressed(length: usize) -> Layout {
        let only = PlaneLayout { length, ..Default::default() };
        Layout { planes: [only, Default::default(), Default::default(), Default::default()], count: 1 }
    }

    /// The image planes.
    pub fn planes(&self) -> &[PlaneLayout] {
        &self.planes[..self.count]
    }

    /// Bytes that the planes of one memory reach to.
    pub fn memory_length(&self, memory: usize) -> usize {
        self.planes()
            .iter()
            .filter(|plane| plane.memory as usize == memory)
            .map(|plane| plane.offset + plane.length)
            .max()
            .unwrap_or(0)
    }

    /// How many memories the planes lie in.
    pub fn memory_count(&self) -> usize {
        self.planes().iter().map(|plane| plane.memory as usize + 1).max().unwrap_or(0)
    }

    /// Moves the planes of each memory by so many bytes (V4L2's `data_offset`).
    pub(crate) fn advance(&mut self, offsets: &[usize]) {
        for plane in &mut self.planes[..self.count] {
            let by = offsets.get(plane.memory as usize).copied().unwrap_or(0);
            plane.offset = plane.offset.saturating_add(by);
        }
    }

    /// Cuts every plane off where its memory ends (`used`: valid bytes of each memory), so
    /// that no plane reaches beyond what the driver gave.
    pub fn clip(&mut self, used: &[usize]) {
        for plane in &mut self.planes[..self.count] {
            let end = used.get(plane.memory as usize).copied().unwrap_or(0);
            plane.offset = plane.offset.min(end);
            plane.length = plane.length.min(end - plane.offset);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_those_of_v4l2() {
        let nv12 = Layout::new(PixelFormat::NV12, Size::new(640, 480), &[704]).unwrap();
        let [y, uv] = nv12.planes() else { panic!("two planes") };
        assert_eq!((y.offset, y.stride, y.rows), (0, 704, 480));
        assert_eq!((uv.offset, uv.stride, uv.rows, uv.length), (704 * 480, 704, 240, 704 * 240));
        let i420 = Layout::new(PixelFormat::I420, Size::new(5, 3), &[]).unwrap();
        let sizes: Vec<_> = i420.planes().iter().map(|p| (p.offset, p.stride, p.rows)).collect();
        assert_eq!(sizes, [(0, 5, 3), (15, 3, 2), (21, 3, 2)]);
        let nv12m = Layout::new(PixelFormat::NV12M, Size::new(64, 32), &[64, 128]).unwrap();
        assert_eq!((nv12m.memory_count(), nv12m.memory_length(1)), (2, 128 * 16));
        let yuyv = Layout::new(PixelFormat::YUYV, Size::new(3, 1), &[]).unwrap();
        assert_eq!(yuyv.planes()[0].stride, 8);
    }

    #[test]
    fn a_short_buffer_clips_the_planes() {
        let mut layout = Layout::new(PixelFormat::NV12, Size::new(4, 4), &[4]).unwrap();
        layout.clip(&[18]);
        assert_eq!(layout.planes()[0].length, 16);
        assert_eq!(layout.planes()[1].length, 2);
        layout.clip(&[3]);
        assert_eq!(layout.planes()[1], PlaneLayout { offset: 3, length: 0, ..layout.planes()[1] });
    }

    #[test]
    fn data_offsets_move_the_planes_of_their_memory_and_clipping_still_holds() {
        let mut layout = Layout::new(PixelFormat::NV12M, Size::new(4, 4), &[4, 4]).unwrap();
        layout.advance(&[128, usize::MAX]);
        assert_eq!(layout.planes()[0].offset, 128);
        layout.clip(&[128 + 16, 8]);
        assert_eq!(layout.planes()[0].length, 16);
        assert_eq!((layout.planes()[1].offset, layout.planes()[1].length), (8, 0));
    }

    #[test]
    fn rates_compare_by_value_and_round() {
        assert_eq!(FrameRate { frames: 742500, seconds: 12375 }, FrameRate::per_second(60));
        assert_eq!(FrameRate { frames: 30000, seconds: 1001 }.rounded(), 30);
        assert!(FrameRate { frames: 15, seconds: 2 } < FrameRate::per_second(8));
        assert_eq!(FrameRate { frames: 1, seconds: 100 }.rounded(), 1);
    }

    #[test]
    fn formats_print_as_people_write_them() {
        assert_eq!(PixelFormat::YUYV.to_string(), "YUYV");
        assert_eq!(PixelFormat::from_number(u32::from_le_bytes(*b"Y16 ") | 1 << 31).to_string(), "Y16 -BE");
        assert_eq!(PixelFormat::JPEG.to_string(), "JPEG");
        assert!(PixelFormat::YUYV.is_fourcc() && !PixelFormat::YUV_420_SP.is_fourcc());
    }

    #[test]
    fn aspect_ratios_within_one_percent_are_the_same() {
        assert!(Size::new(1920, 1080).has_aspect_of(Size::new(1920, 1088)));
        assert!(!Size::new(1920, 1080).has_aspect_of(Size::new(640, 480)));
        assert!(Size::new(u32::MAX, 1).has_aspect_of(Size::new(u32::MAX, 1)));
        assert!(!Size::new(u32::MAX, 1).has_aspect_of(Size::new(1, u32::MAX)));
    }
}
