//! Uncompressed pictures without the padding that drivers leave between rows: as they are, or
//! as planes of Y, U and V.

use crate::format::{Layout, MAX_PLANES, PixelFormat, Size};
use crate::frame::Frame;

/// The bytes of a picture, in parts that follow one another.
pub(super) type Parts<'a> = [&'a [u8]; MAX_PLANES];

/// Matroska's code for planes of Y, U and V.
pub(super) fn planar_fourcc(components: &Components) -> [u8; 4] {
    match (components.all[1], components.shared) {
        (None, _) => *b"Y800",
        (_, (2, 2)) => *b"I420",
        (_, (2, 1)) => *b"Y42B",
        _ => *b"444P",
    }
}

/// Where the samples of one colour component are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    plane: usize,
    /// Bytes before the first sample of a row.
    first: usize,
    /// Bytes from sample to sample.
    step: usize,
}

/// A format as Y, U and V.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Components {
    pub(super) all: [Option<Component>; 3],
    /// Pixels in a row, and rows, that share a sample of U and V.
    pub(super) shared: (u32, u32),
}

/// The components of a format, if it has Y, or Y, U and V, of 8 bits.
pub(super) fn components(format: PixelFormat) -> Option<Components> {
    let at = |plane, first, step| Some(Component { plane, first, step });
    let planar = |u, v| [at(0, 0, 1), at(u, 0, 1), at(v, 0, 1)];
    let semi = |u, v| [at(0, 0, 1), at(1, u, 2), at(1, v, 2)];
    let packed = |y, u, v| [at(0, y, 2), at(0, u, 4), at(0, v, 4)];
    if format == PixelFormat::YUV_420_SP {
        return Some(Components { all: semi(1, 0), shared: (2, 2) });
    }
    let (all, shared) = match &format.number().to_le_bytes() {
        b"YU12" | b"YM12" => (planar(1, 2), (2, 2)),
        b"YV12" | b"YM21" => (planar(2, 1), (2, 2)),
        b"422P" | b"YM16" => (planar(1, 2), (2, 1)),
        b"YM61" => (planar(2, 1), (2, 1)),
        b"444P" | b"YM24" => (planar(1, 2), (1, 1)),
        b"YM42" => (planar(2, 1), (1, 1)),
        b"NV12" | b"NM12" => (semi(0, 1), (2, 2)),
        b"NV21" | b"NM21" => (semi(1, 0), (2, 2)),
        b"NV16" | b"NM16" => (semi(0, 1), (2, 1)),
        b"NV61" | b"NM61" => (semi(1, 0), (2, 1)),
        b"NV24" => (semi(0, 1), (1, 1)),
        b"NV42" => (semi(1, 0), (1, 1)),
        b"YUYV" => (packed(0, 1, 3), (2, 1)),
        b"YVYU" => (packed(0, 3, 1), (2, 1)),
        b"UYVY" => (packed(1, 0, 2), (2, 1)),
        b"VYUY" => (packed(1, 2, 0), (2, 1)),
        b"GREY" => ([at(0, 0, 1), None, None], (1, 1)),
        _ => return None,
    };
    Some(Components { all, shared })
}

/// A plane of a frame and how it would be without padding.
#[derive(Clone, Copy, Default)]
struct Plane<'a> {
    bytes: &'a [u8],
    stride: usize,
    narrow: usize,
    rows: usize,
}

impl<'a> Plane<'a> {
    /// Its rows without padding.
    fn rows(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.rows).map(move |row| &self.bytes[row * self.stride..][..self.narrow])
    }

    /// The rows in one piece, if they are.
    fn in_one(self) -> Option<&'a [u8]> {
        (self.stride == self.narrow || self.rows == 1).then(|| &self.bytes[..self.narrow * self.rows])
    }
}

/// The planes of a frame, each checked to hold its picture.
fn planes(frame: &Frame) -> Result<[Plane<'_>; MAX_PLANES], &'static str> {
    let info = frame.info();
    let narrow = Layout::new(info.format, info.size, &[]).ok_or("the picture is too large")?;
    if frame.planes().len() != narrow.planes().len() {
        return Err("the frame has another number of planes than its format");
    }
    let mut all = [Plane::default(); MAX_PLANES];
    for ((slot, narrow), (plane, bytes)) in all.iter_mut().zip(narrow.planes()).zip(frame.planes()) {
        let (width, stride, rows) = (narrow.stride as usize, plane.stride as usize, narrow.rows as usize);
        let needed = rows.checked_sub(1).and_then(|rows| rows.checked_mul(stride)?.checked_add(width));
        if width == 0 || stride < width || needed.is_none_or(|needed| bytes.len() < needed) {
            return Err("the frame holds less than its picture");
        }
        *slot = Plane { bytes, stride, narrow: width, rows };
    }
    Ok(all)
}

/// The bytes of the frame's picture: the frame's own where they lie in one piece, otherwise
/// copied to `scratch`.
pub(super) fn tight<'a>(frame: &'a Frame, scratch: &'a mut Vec<u8>) -> Result<Parts<'a>, &'static str> {
    let planes = planes(frame)?;
    let used = &planes[..frame.planes().len()];
    let mut parts = Parts::default();
    if used.iter().all(|plane| plane.in_one().is_some()) {
        for (part, plane) in parts.iter_mut().zip(used) {
            *part = plane.in_one().unwrap_or_default();
        }
        return Ok(parts);
    }
    scratch.clear();
    used.iter().flat_map(|plane| plane.rows()).for_each(|row| scratch.extend_from_slice(row));
    parts[0] = scratch;
    Ok(parts)
}

/// The samples of Y, then of U and of V, of a frame whose format has these components.
pub(super) fn planar<'a>(
    frame: &'a Frame,
    components: &Components,
    scratch: &'a mut Vec<u8>,
) -> Result<Parts<'a>, &'static str> {
    let planes = planes(frame)?;
    let size = frame.info().size;
    let direct = |component: Component| (component.step == 1).then(|| planes[component.plane].in_one())?;
    let mut parts = Parts::default();
    if components.all.iter().flatten().all(|component| direct(*component).is_some()) {
        for (part, component) in parts.iter_mut().zip(components.all.iter().flatten()) {
            *part = direct(*component).unwrap_or_default();
        }
        return Ok(parts);
    }
    scratch.clear();
    for (index, component) in components.all.iter().enumerate() {
        let Some(Component { plane, first, step }) = *component else { continue };
        let Size { width, .. } = component_size(size, components, index);
        for row in planes[plane].rows() {
            let samples = row.chunks_exact(step).take(width as usize);
            match step {
                1 => scratch.extend_from_slice(&row[..width as usize]),
                // The step as a constant: these loops become vector instructions.
                2 => scratch.extend(samples.map(|group| group[first & 1])),
                _ => scratch.extend(samples.map(|group| group[first & 3])),
            }
        }
    }
    parts[0] = scratch;
    Ok(parts)
}

/// Width and height of the plane of one component; 0 is Y.
pub(super) fn component_size(size: Size, components: &Components, index: usize) -> Size {
    let (columns, rows) = if index == 0 { (1, 1) } else { components.shared };
    Size::new(size.width.div_ceil(columns), size.height.div_ceil(rows))
}
