//! The segments of a JPEG picture (ITU-T T.81, annex B): as much of them as it takes to know
//! its size, to tell that it is whole, and to put in Huffman tables.

use super::tables;
use crate::format::Size;

/// Start and end of the picture.
const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
/// Start of a scan: a header, then the compressed picture without a length.
const SOS: u8 = 0xda;
/// Of applications: JFIF or AVI1, and EXIF (or XMP, which is left alone).
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
/// Huffman tables.
const DHT: u8 = 0xc4;
/// How often a scan begins anew.
const DRI: u8 = 0xdd;
/// Markers without a segment: the restarts, and one for temporary use.
const RST0: u8 = 0xd0;
const RST7: u8 = 0xd7;
const TEM: u8 = 0x01;

/// Why bytes are no JPEG picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Defect {
    #[error("it does not begin with a start marker (FF D8)")]
    NoStart,
    #[error("it ends in the middle, at byte {0}")]
    Truncated(usize),
    #[error("byte {0} should be a marker and is not")]
    NoMarker(usize),
    #[error("the segment at byte {0} has an impossible length")]
    BadLength(usize),
    #[error("its size, {0}, is not handled")]
    BadSize(Size),
    #[error("a scan or the end comes before the header of the frame")]
    NoFrameHeader,
    #[error("it has no Huffman tables, and is not of the kind for which there are standard ones")]
    NoTables,
}

struct Segment<'a> {
    marker: u8,
    /// Where the marker's FF is.
    start: usize,
    /// What follows the length.
    body: &'a [u8],
}

/// Reads one segment after the other, and over the compressed data between them.
struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Segments<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, Defect> {
        if bytes.starts_with(&[0xff, SOI]) { Ok(Segments { bytes, at: 2 }) } else { Err(Defect::NoStart) }
    }

    fn byte(&self, at: usize) -> Result<u8, Defect> {
        self.bytes.get(at).copied().ok_or(Defect::Truncated(self.bytes.len()))
    }

    /// The next segment; the end marker has an empty one.
    fn next(&mut self) -> Result<Segment<'a>, Defect> {
        if self.byte(self.at)? != 0xff {
            return Err(Defect::NoMarker(self.at));
        }
        // Any number of FF may precede a marker's own.
        while self.byte(self.at + 1)? == 0xff {
            self.at += 1;
        }
        let start = self.at;
        let marker = self.byte(start + 1)?;
        match marker {
            0 | SOI => return Err(Defect::NoMarker(start)),
            EOI | TEM | RST0..=RST7 => {
                self.at = start + 2;
                return Ok(Segment { marker, start, body: &[] });
            }
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([self.byte(start + 2)?, self.byte(start + 3)?]));
        if length < 2 {
            return Err(Defect::BadLength(start));
        }
        let body = self.bytes.get(start + 4..start + 2 + length).ok_or(Defect::Truncated(self.bytes.len()))?;
        self.at = start + 2 + length;
        Ok(Segment { marker, start, body })
    }

    /// Goes over compressed data to the next marker that is no part of it.
    fn skip_scan(&mut self) -> Result<(), Defect> {
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or(&[]);
            let found = rest.iter().position(|&byte| byte == 0xff).ok_or(Defect::Truncated(self.bytes.len()))?;
            self.at += found;
            match self.byte(self.at + 1)? {
                0 | RST0..=RST7 => self.at += 2,
                0xff => self.at += 1,
                _ => return Ok(()),
            }
        }
    }
}

/// Is this the header of a frame? Its kind is in the marker.
fn is_frame_header(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, DHT | 0xc8 | 0xcc)
}

/// Sequential Huffman coding, 8 bits: the kind of Motion-JPEG, to which the standard tables fit.
fn takes_standard_tables(header: &Segment<'_>) -> bool {
    matches!(header.marker, 0xc0 | 0xc1) && header.body.first() == Some(&8)
}

fn size_in(header: &Segment<'_>) -> Result<Size, Defect> {
    let &[_, h1, h0, w1, w0, _, ..] = header.body else { return Err(Defect::BadLength(header.start)) };
    let size = Size::new(u16::from_be_bytes([w1, w0]).into(), u16::from_be_bytes([h1, h0]).into());
    if size.is_valid() { Ok(size) } else { Err(Defect::BadSize(size)) }
}

/// The size that the header of the frame says.
pub(super) fn size(bytes: &[u8]) -> Result<Size, Defect> {
    let mut segments = Segments::new(bytes)?;
    loop {
        let segment = segments.next()?;
        match segment.marker {
            SOS | EOI => return Err(Defect::NoFrameHeader),
            marker if is_frame_header(marker) => return size_in(&segment),
            _ => {}
        }
    }
}

/// The picture from its start to its end, with the standard Huffman tables if it has none, in
/// parts that follow one another. What follows the end, as drivers leave it there, is left out.
pub(super) fn whole(bytes: &[u8]) -> Result<[&[u8]; 3], Defect> {
    let mut segments = Segments::new(bytes)?;
    let (mut standard_fits, mut has_tables) = (None, false);
    let mut first_scan = None;
    loop {
        let segment = segments.next()?;
        match segment.marker {
            DHT => has_tables |= first_scan.is_none(),
            SOS => {
                if standard_fits.is_none() {
                    return Err(Defect::NoFrameHeader);
                }
                first_scan.get_or_insert(segment.start);
                segments.skip_scan()?;
            }
            EOI => break,
            marker if is_frame_header(marker) => {
                size_in(&segment)?;
                standard_fits = Some(takes_standard_tables(&segment));
            }
            _ => {}
        }
    }
    let scan = first_scan.ok_or(Defect::NoFrameHeader)?;
    if has_tables {
        return Ok([&bytes[..segments.at], &[], &[]]);
    }
    if standard_fits != Some(true) {
        return Err(Defect::NoTables);
    }
    Ok([&bytes[..scan], tables::SEGMENT, &bytes[scan..segments.at]])
}

/// Appends the picture, as [`whole`] makes it, to `out`; with a segment `exif` as [`copy_head`]
/// has it. On failure `out` is as it was.
pub(super) fn copy_whole(bytes: &[u8], exif: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), Defect> {
    let mut parts = whole(bytes)?;
    out.reserve(parts.iter().map(|part| part.len()).sum::<usize>() + exif.map_or(0, <[u8]>::len));
    if let Some(exif) = exif {
        parts[0] = copy_head(parts[0], exif, out)?;
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    Ok(())
}

/// Appends what is before the first scan to `out`, with `exif` as the first segment and without
/// what would contradict it: APP0, of which JFIF wants to be the first too, and the EXIF of
/// others. Returns the rest. On failure `out` is as it was.
pub(super) fn copy_head<'a>(bytes: &'a [u8], exif: &[u8], out: &mut Vec<u8>) -> Result<&'a [u8], Defect> {
    let mut segments = Segments::new(bytes)?;
    let before = out.len();
    out.extend_from_slice(&[0xff, SOI]);
    out.extend_from_slice(exif);
    while segments.at < bytes.len() {
        let begin = segments.at;
        let segment = segments.next().inspect_err(|_| out.truncate(before))?;
        match segment.marker {
            SOS => return Ok(&bytes[begin..]),
            APP0 => {}
            APP1 if segment.body.starts_with(b"Exif\0") => {}
            _ => out.extend_from_slice(&bytes[segment.start..segments.at]),
        }
    }
    Ok(&[])
}

/// More than cameras leave behind the data, and of zeros, with which some fill up a packet.
const MOST_REST: usize = 16;
const MOST_ZEROS: usize = 1024;

/// Is this warning of libjpeg's about bytes that a camera leaves between the data and a marker?
/// Some do so before restarts, and the picture is whole; others leave zeros before the end.
///
/// Other damage may have the same first sign, so the restarts have to be all there, in their
/// order, in the one scan of the picture. What cannot be told is damage between two restarts
/// after a rest in an earlier place.
pub(in crate::image) fn is_mere_rest(jpeg: &[u8], warning: &str) -> bool {
    let Some((length, marker)) = rest(warning) else { return false };
    let Some(end) = end_of_whole_scan(jpeg) else { return false };
    match marker {
        RST0..=RST7 => length <= MOST_REST,
        EOI => {
            let left = end.checked_sub(length).and_then(|start| jpeg.get(start..end));
            length <= MOST_REST || length <= MOST_ZEROS && left.is_some_and(|left| left.iter().all(|byte| *byte == 0))
        }
        _ => false,
    }
}

/// How many bytes before which marker, in libjpeg's words (JWRN_EXTRANEOUS_DATA).
fn rest(warning: &str) -> Option<(usize, u8)> {
    let (before, marker) = warning.split_once(" extraneous bytes before marker 0x")?;
    let length = before.rsplit(' ').next()?.parse().ok()?;
    Some((length, u8::from_str_radix(marker.get(..2)?, 16).ok()?))
}

/// Where the data of the only scan end, if that is at the end marker and every restart is there
/// (ITU-T T.81, B.2.1 and E.2.4: numbered in turn from 0 to 7, one after each interval).
fn end_of_whole_scan(jpeg: &[u8]) -> Option<usize> {
    let mut segments = Segments::new(jpeg).ok()?;
    let (mut blocks, mut interval) = (None, 0);
    loop {
        let segment = segments.next().ok()?;
        match (segment.marker, segment.body) {
            (DRI, &[high, low]) => interval = u32::from(u16::from_be_bytes([high, low])),
            (SOS, _) => break,
            (EOI, _) => return None,
            (marker, _) if is_frame_header(marker) => blocks = Some(units(&segment)?),
            _ => {}
        }
    }
    // 0 is for no restarts.
    let expected = (blocks? - 1).checked_div(interval).unwrap_or(0);
    let (mut at, mut found) = (segments.at, 0);
    loop {
        at += jpeg.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match *jpeg.get(at + 1)? {
            0 => at += 2,
            0xff => at += 1,
            marker @ RST0..=RST7 if u32::from(marker - RST0) == found % 8 => {
                found += 1;
                at += 2;
            }
            EOI => return (found == expected).then_some(at),
            _ => return None,
        }
    }
}

/// Minimum coded units of a picture whose components are in one scan (A.2); not 0.
fn units(header: &Segment<'_>) -> Option<u32> {
    let size = size_in(header).ok()?;
    let components = header.body.get(6..)?.chunks_exact(3).map(|component| component[1]);
    let samples = components.clone().map(|factors| (u32::from(factors >> 4), u32::from(factors & 15)));
    let (columns, rows) = match components.len() {
        // A scan of one component is made of blocks, whatever its factors are.
        1 => (1, 1),
        _ => samples.reduce(|most, one| (most.0.max(one.0), most.1.max(one.1)))?,
    };
    if columns == 0 || rows == 0 {
        return None;
    }
    Some(size.width.div_ceil(8 * columns) * size.height.div_ceil(8 * rows))
}
