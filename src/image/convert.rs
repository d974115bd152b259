//! Frames as the planes that the C libraries work on.

use super::sys::{self, Packed, Plane, PlaneMut, RgbOrder, Sampling};
use crate::error::{Error, Result};
use crate::format::{PixelFormat, PlaneLayout, Size};
use crate::frame::Frame;

/// How a format arranges its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrangement {
    /// Luma alone.
    Grey,
    /// Luma and chroma in turn.
    Packed { order: Packed, v_first: bool },
    /// A plane of luma, a plane of chroma in pairs.
    SemiPlanar { sampling: Sampling, v_first: bool },
    /// Three planes.
    Planar { sampling: Sampling, v_first: bool },
    /// Red, green and blue.
    Rgb(RgbOrder),
}

/// The arrangements as V4L2 defines them; `None` for formats that are not handled.
pub(super) fn arrangement(format: PixelFormat) -> Option<Arrangement> {
    use Arrangement::{Grey, Planar, Rgb, SemiPlanar};
    use Sampling::{Yuv420, Yuv422, Yuv444};
    let packed = |order, v_first| Some(Arrangement::Packed { order, v_first });
    let semi = |sampling, v_first| Some(SemiPlanar { sampling, v_first });
    let planar = |sampling, v_first| Some(Planar { sampling, v_first });
    match format {
        PixelFormat::RGBA_8888 => return Some(Rgb(RgbOrder::Rgbx)),
        PixelFormat::YUV_420_SP => return semi(Yuv420, true),
        _ => {}
    }
    match &format.number().to_le_bytes() {
        b"YUYV" => packed(Packed::LumaFirst, false),
        b"YVYU" => packed(Packed::LumaFirst, true),
        b"UYVY" => packed(Packed::ChromaFirst, false),
        b"VYUY" => packed(Packed::ChromaFirst, true),
        b"NV12" | b"NM12" => semi(Yuv420, false),
        b"NV21" | b"NM21" => semi(Yuv420, true),
        b"NV16" | b"NM16" => semi(Yuv422, false),
        b"NV61" | b"NM61" => semi(Yuv422, true),
        b"NV24" => semi(Yuv444, false),
        b"NV42" => semi(Yuv444, true),
        b"YU12" | b"YM12" => planar(Yuv420, false),
        b"YV12" | b"YM21" => planar(Yuv420, true),
        b"422P" | b"YM16" => planar(Yuv422, false),
        b"YM61" => planar(Yuv422, true),
        b"444P" | b"YM24" => planar(Yuv444, false),
        b"YM42" => planar(Yuv444, true),
        b"GREY" => Some(Grey),
        b"RGB3" => Some(Rgb(RgbOrder::Rgb)),
        b"BGR3" => Some(Rgb(RgbOrder::Bgr)),
        b"XB24" | b"AB24" => Some(Rgb(RgbOrder::Rgbx)),
        b"XR24" | b"AR24" | b"BGR4" => Some(Rgb(RgbOrder::Bgrx)),
        b"BX24" | b"BA24" | b"RGB4" => Some(Rgb(RgbOrder::Xrgb)),
        _ => None,
    }
}

/// Can frames of this format be taken apart?
pub(super) fn is_handled(format: PixelFormat) -> bool {
    arrangement(format).is_some()
}

/// A frame's picture, ready for the C libraries.
pub(super) enum Picture<'a> {
    /// Y, U and V, each at least of [`Sampling::plane_size`]; Y alone for grey.
    Planes { planes: Vec3<Plane<'a>>, sampling: Sampling },
    /// Pixels of red, green and blue.
    Rgb { pixels: Plane<'a>, order: RgbOrder },
}

/// Up to three of something.
pub(super) struct Vec3<T> {
    items: [T; 3],
    count: usize,
}

impl<T: Copy> Vec3<T> {
    pub(super) fn one(item: T) -> Vec3<T> {
        Vec3 { items: [item; 3], count: 1 }
    }

    pub(super) fn three(items: [T; 3]) -> Vec3<T> {
        Vec3 { items, count: 3 }
    }
}

impl<T> std::ops::Deref for Vec3<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.items[..self.count]
    }
}

/// Memory for planes that a frame does not have as such; kept from frame to frame.
#[derive(Default)]
pub(super) struct Scratch {
    planes: [Vec<u8>; 3],
}

/// The frame's picture. Planes that the frame has are used where they lie, the others are made
/// in `scratch`. Refused when the frame is not handled or lacks bytes.
pub(super) fn picture<'a>(frame: &'a Frame, scratch: &'a mut Scratch) -> Result<Picture<'a>> {
    let (format, size) = (frame.info().format, frame.info().size);
    let arrangement =
        arrangement(format).ok_or_else(|| Error::fatal(format!("frames of format {format} are not handled")))?;
    if !size.is_valid() {
        return Err(Error::fatal(format!("a picture of {size} is not handled")));
    }
    let [first, second, third] = &mut scratch.planes;
    Ok(match arrangement {
        Arrangement::Rgb(order) => {
            Picture::Rgb { pixels: plane(frame, 0, size.width * order.bytes(), size.height)?, order }
        }
        Arrangement::Grey => {
            let y = plane(frame, 0, size.width, size.height)?;
            Picture::Planes { planes: Vec3::one(y), sampling: Sampling::Grey }
        }
        Arrangement::Packed { order, v_first } => {
            let sampling = Sampling::Yuv422;
            let padded = sampling.padded(size);
            let source = plane(frame, 0, 2 * padded.width, padded.height)?;
            let [y, u, v] = [first, second, third].map(|vec| &mut *vec);
            let chroma = sampling.plane_size(size, 1);
            sys::split_packed(source, order, room(y, padded), room(u, chroma), room(v, chroma));
            // The pixel that completes the last pair is the driver's padding, whatever it holds.
            if padded.width != size.width {
                let width = padded.width as usize;
                for row in y.chunks_exact_mut(width).take(padded.height as usize) {
                    row[width - 1] = row[width - 2];
                }
            }
            let (u, v) = if v_first { (v, u) } else { (u, v) };
            Picture::planes([made(y, padded), made(u, chroma), made(v, chroma)], sampling)
        }
        Arrangement::SemiPlanar { sampling, v_first } => {
            let chroma = sampling.plane_size(size, 1);
            let y = luma(frame, sampling, size, first)?;
            let pairs = plane(frame, 1, 2 * chroma.width, chroma.height)?;
            sys::split_chroma(pairs, room(second, chroma), room(third, chroma));
            let (u, v) = if v_first { (third, second) } else { (second, third) };
            Picture::planes([y, made(u, chroma), made(v, chroma)], sampling)
        }
        Arrangement::Planar { sampling, v_first } => {
            let chroma = sampling.plane_size(size, 1);
            let y = luma(frame, sampling, size, first)?;
            let (u, v) = if v_first { (2, 1) } else { (1, 2) };
            let [u, v] = [u, v].map(|index| plane(frame, index, chroma.width, chroma.height));
            Picture::planes([y, u?, v?], sampling)
        }
    })
}

impl<'a> Picture<'a> {
    fn planes(items: [Plane<'a>; 3], sampling: Sampling) -> Picture<'a> {
        Picture::Planes { planes: Vec3::three(items), sampling }
    }
}

/// A plane of the frame, in which these rows must be.
pub(super) fn plane(frame: &Frame, index: usize, row: u32, rows: u32) -> Result<Plane<'_>> {
    let (layout, bytes) = frame.plane(index).unwrap_or((PlaneLayout::default(), &[]));
    Plane::new(bytes, layout.stride, row, rows).ok_or_else(|| {
        Error::fatal(format!(
            "plane {index} of the {} frame of {} is truncated: {} bytes in rows of {}, where {rows} rows of {row} are needed",
            frame.info().format,
            frame.info().size,
            bytes.len(),
            layout.stride
        ))
    })
}

/// The luma plane. Where chroma samples reach beyond the picture's edge, the luma has to as
/// well, and its last column and row are repeated in a copy.
fn luma<'a>(frame: &'a Frame, sampling: Sampling, size: Size, copy: &'a mut Vec<u8>) -> Result<Plane<'a>> {
    let padded = sampling.padded(size);
    let source = plane(frame, 0, size.width, size.height)?;
    if padded == size {
        return Ok(source);
    }
    room(copy, padded);
    let (width, last) = (padded.width as usize, size.height as usize - 1);
    for (row, to) in source.rows().zip(copy.chunks_exact_mut(width)) {
        to[..row.len()].copy_from_slice(row);
        to[row.len()..].fill(row[row.len() - 1]);
    }
    if padded.height != size.height {
        copy.copy_within(last * width..(last + 1) * width, (last + 1) * width);
    }
    Ok(made(copy, padded))
}

/// Room for a plane of this size.
pub(super) fn room(memory: &mut Vec<u8>, size: Size) -> PlaneMut<'_> {
    let length = size.width as usize * size.height as usize;
    if memory.len() < length {
        // Not resized: what it holds need not be kept.
        *memory = vec![0; length];
    }
    PlaneMut::new(memory, size.width, size.height).expect("the memory was made for it")
}

/// A plane that was made in [`room`] of this size.
pub(super) fn made(memory: &[u8], size: Size) -> Plane<'_> {
    Plane::new(memory, size.width, size.width, size.height).expect("the memory was made for it")
}
