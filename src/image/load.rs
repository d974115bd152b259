//! A frame, or a part of it, as three planes.

use super::convert::{Arrangement, made, plane, room};
use super::jpeg::markers;
use super::planes::{Grid, Planes};
use super::recipe::Rect;
use super::sys::decompress::{Decompressor, Opened};
use super::sys::{self, Plane, PlaneMut, RgbOrder, Sampling, kernels};
use crate::error::{Error, Result};
use crate::format::Size;
use crate::frame::Frame;

/// Chroma without colour.
pub(super) const NEUTRAL: u8 = 128;

/// Takes uncompressed frames apart.
#[derive(Default)]
pub(super) struct Loader {
    memory: [Vec<u8>; 3],
}

impl Loader {
    /// A part of the picture. Planes that the frame has are used where they lie.
    pub(super) fn load<'a>(&'a mut self, frame: &'a Frame, arrangement: Arrangement, rect: Rect) -> Result<Planes<'a>> {
        let size = frame.info().size;
        let [first, second, third] = &mut self.memory;
        Ok(match arrangement {
            Arrangement::Planar { sampling, v_first } => {
                let shared = sampling.plane_size(size, 1);
                let y = plane(frame, 0, size.width, size.height)?;
                let (u, v) = if v_first { (2, 1) } else { (1, 2) };
                let [u, v] = [u, v].map(|index| plane(frame, index, shared.width, shared.height));
                Planes::new([y, u?, v?], Grid::of(sampling)).part(rect)
            }
            Arrangement::SemiPlanar { sampling, v_first } => {
                let grid = Grid::of(sampling);
                let (y, pairs) = semi(frame, sampling, rect)?;
                let shared = Size::new(pairs.width() / 2, pairs.height());
                sys::split_chroma(pairs, room(second, shared), room(third, shared));
                let (u, v) = if v_first { (third, second) } else { (second, third) };
                let phase = (rect.x % grid.columns, rect.y % grid.rows);
                Planes { items: [y, made(u, shared), made(v, shared)], grid, phase }
            }
            Arrangement::Packed { order, v_first } => {
                // Pairs of pixels, of which a first or last pixel may be too many.
                let skip = rect.x % 2;
                let shared = Size::new((skip + rect.size.width).div_ceil(2), rect.size.height);
                let padded = Size::new(2 * shared.width, shared.height);
                sys::split_packed(
                    packed(frame, rect)?,
                    order,
                    room(first, padded),
                    room(second, shared),
                    room(third, shared),
                );
                let (u, v) = if v_first { (third, second) } else { (second, third) };
                let y = made(first, padded).part(skip, 0, rect.size.width, rect.size.height);
                Planes { items: [y, made(u, shared), made(v, shared)], grid: Grid::YUV422, phase: (skip, 0) }
            }
            Arrangement::Grey => {
                let y = plane(frame, 0, size.width, size.height)?;
                let y = y.part(rect.x, rect.y, rect.size.width, rect.size.height);
                let [u, v] = [second, third].map(|memory| neutral(memory, Grid::YUV420.shared_size(rect.size)));
                Planes::new([y, u, v], Grid::YUV420)
            }
            Arrangement::Rgb(order) => {
                let pixels = pixels(frame, order, rect)?;
                let [mut r, mut g, mut b] = [&mut *first, second, third].map(|memory| room(memory, rect.size));
                let rows = r.rows_mut().zip(g.rows_mut().zip(b.rows_mut()));
                for (pixels, (r, (g, b))) in pixels.rows().zip(rows) {
                    kernels::split_rgb(order, pixels, [r, g, b]);
                }
                Planes::new([r, g, b].map(PlaneMut::into_plane), Grid::FULL)
            }
        })
    }
}

/// Luma of a part of a semi-planar picture, and the pairs of chroma that it touches.
pub(super) fn semi(frame: &Frame, sampling: Sampling, rect: Rect) -> Result<(Plane<'_>, Plane<'_>)> {
    let (size, grid) = (frame.info().size, Grid::of(sampling));
    let shared = grid.shared_size(size);
    let y = plane(frame, 0, size.width, size.height)?;
    let pairs = plane(frame, 1, 2 * shared.width, shared.height)?;
    let touched = grid.touched(rect);
    Ok((
        y.part(rect.x, rect.y, rect.size.width, rect.size.height),
        pairs.part(2 * touched.x, touched.y, 2 * touched.size.width, touched.size.height),
    ))
}

/// The pixels of a part of a picture of RGB.
pub(super) fn pixels(frame: &Frame, order: RgbOrder, rect: Rect) -> Result<Plane<'_>> {
    let (bytes, size) = (order.bytes(), frame.info().size);
    let pixels = plane(frame, 0, size.width * bytes, size.height)?;
    Ok(pixels.part(rect.x * bytes, rect.y, rect.size.width * bytes, rect.size.height))
}

/// The pairs of pixels of packed 4:2:2 that a part touches.
pub(super) fn packed(frame: &Frame, rect: Rect) -> Result<Plane<'_>> {
    let (size, touched) = (frame.info().size, Grid::YUV422.touched(rect));
    let whole = plane(frame, 0, 4 * size.width.div_ceil(2), size.height)?;
    Ok(whole.part(4 * touched.x, touched.y, 4 * touched.size.width, touched.size.height))
}

fn neutral(memory: &mut Vec<u8>, size: Size) -> Plane<'_> {
    let mut plane = room(memory, size);
    plane.rows_mut().for_each(|row| row.fill(NEUTRAL));
    plane.into_plane()
}

/// Decompresses JPEG frames. Keeps its memory, and its instance unless there was an error.
#[derive(Default)]
pub(super) struct JpegLoader {
    decompressor: Option<Decompressor>,
    memory: [Vec<u8>; 3],
}

/// Where the planes of a JPEG picture may go at once.
pub(super) struct Direct<'a> {
    pub(super) luma: PlaneMut<'a>,
    /// Planes of U and V, with their grid.
    pub(super) chroma: Option<(PlaneMut<'a>, PlaneMut<'a>, Grid)>,
}

/// What became of them.
pub(super) enum Decoded<'a> {
    /// All is here.
    Planes(Planes<'a>),
    /// Luma is where it was to go, chroma here, or nowhere for grey pictures.
    Chroma(Option<(Plane<'a>, Plane<'a>, Grid)>),
    /// All is where it was to go.
    Done,
}

impl JpegLoader {
    /// The picture in 1/`divisor` of its size, which `divisor` must divide.
    pub(super) fn load<'a>(
        &'a mut self,
        frame: &Frame,
        divisor: u32,
        direct: Option<Direct<'_>>,
    ) -> Result<Decoded<'a>> {
        let info = frame.info();
        let failed = |reason: &str| {
            Error::fatal(format!(
                "the {} frame {} of {} cannot be decoded: {reason}",
                info.format, info.sequence, info.size
            ))
        };
        let (_, jpeg) = frame.plane(0).ok_or_else(|| failed("it has no bytes"))?;
        let mut decompressor = match self.decompressor.take() {
            Some(decompressor) => decompressor,
            None => Decompressor::new().ok_or_else(|| failed("libjpeg-turbo has no memory"))?,
        };
        let opened = decompressor.open(jpeg).map_err(|reason| failed(&reason))?;
        if opened.size() != info.size {
            return Err(failed(&format!("it is a picture of {}", opened.size())));
        }
        let decoded = decode(&mut decompressor, &opened, divisor, direct, &mut self.memory);
        let decoded = decoded.map_err(|reason| failed(&reason))?;
        // Put back after success only.
        self.decompressor = Some(decompressor);
        Ok(decoded)
    }
}

/// Decompresses. Refused with libjpeg's warning: what it had to guess, and completed with grey.
fn planes<const N: usize>(
    decompressor: &mut Decompressor,
    opened: &Opened<'_>,
    divisor: u32,
    planes: [PlaneMut<'_>; N],
) -> Result<(), String> {
    match decompressor.planes(opened, divisor, planes)? {
        Some(warning) if !markers::is_mere_rest(opened.jpeg(), &warning) => Err(warning),
        _ => Ok(()),
    }
}

fn decode<'a>(
    decompressor: &mut Decompressor,
    opened: &Opened<'_>,
    divisor: u32,
    direct: Option<Direct<'_>>,
    memory: &'a mut [Vec<u8>; 3],
) -> Result<Decoded<'a>, String> {
    let [first, second, third] = memory;
    let (luma, shared) = (opened.plane_size(0, divisor), opened.plane_size(1, divisor));
    let size = Size::new(opened.size().width / divisor, opened.size().height / divisor);
    // Whole samples of chroma may need more luma than there is room for.
    let direct = direct.filter(|direct| direct.luma.size() == luma);
    let Some((columns, rows)) = opened.shared() else {
        if let Some(direct) = direct {
            planes(decompressor, opened, divisor, [direct.luma])?;
            return Ok(Decoded::Chroma(None));
        }
        planes(decompressor, opened, divisor, [room(first, luma)])?;
        let [u, v] = [second, third].map(|memory| neutral(memory, Grid::YUV420.shared_size(size)));
        return Ok(Decoded::Planes(Planes::new([made(first, luma), u, v], Grid::YUV420)));
    };
    let grid = Grid { columns, rows };
    match direct {
        Some(Direct { luma: y, chroma: Some((u, v, to_grid)) }) if to_grid == grid => {
            planes(decompressor, opened, divisor, [y, u, v])?;
            Ok(Decoded::Done)
        }
        Some(Direct { luma: y, .. }) => {
            planes(decompressor, opened, divisor, [y, room(second, shared), room(third, shared)])?;
            Ok(Decoded::Chroma(Some((made(second, shared), made(third, shared), grid))))
        }
        None => {
            planes(decompressor, opened, divisor, [room(first, luma), room(second, shared), room(third, shared)])?;
            let items = [made(first, luma), made(second, shared), made(third, shared)];
            let planes = Planes::new(items, grid);
            Ok(Decoded::Planes(planes.part(Rect::whole(size))))
        }
    }
}
