//! JPEG pictures one after the other (ITU-T T.81, annex B: how a picture is made of segments).

use super::input::Input;
use super::{Facts, Item, Picture, Reader};
use crate::error::Result;
use crate::format::{Colour, FrameRate, PixelFormat, Size};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;

/// Where a picture is, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    start: u64,
    end: u64,
    /// What its frame header says.
    size: Option<Size>,
    /// It ends where another begins, or where no segment is.
    damaged: bool,
}

pub(super) struct Jpegs {
    input: Input,
    facts: Facts,
    /// Where to look for the next picture.
    at: u64,
    found: Option<Found>,
    count: u64,
}

/// Is this the marker of a frame header (SOF0 to SOF15 without DHT, JPG and DAC)?
fn is_frame(marker: u8) -> bool {
    (0xc0..=0xcf).contains(&marker) && ![0xc4, 0xc8, 0xcc].contains(&marker)
}

/// The next 0xff from this position on.
fn next_ff(input: &mut Input, mut at: u64) -> Result<Option<u64>> {
    loop {
        let bytes = input.look(at)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if let Some(place) = bytes.iter().position(|&byte| byte == 0xff) {
            return Ok(Some(at + place as u64));
        }
        at += bytes.len() as u64;
    }
}

/// The next picture from this position on. `None` when there is none that is whole, or cut off by
/// another.
fn find(input: &mut Input, from: u64) -> Result<Option<Found>> {
    // What is between pictures (padding, mostly) is passed over.
    let mut start = from;
    loop {
        let Some(at) = next_ff(input, start)? else { return Ok(None) };
        if input.byte(at + 1)? == Some(SOI) {
            start = at;
            break;
        }
        start = at + 1;
    }
    let (mut at, mut size) = (start + 2, None);
    loop {
        let damaged = |at: u64| Ok(Some(Found { start, end: at.max(start + 2), size, damaged: true }));
        match input.byte(at)? {
            None => return Ok(None),
            Some(0xff) => {}
            Some(_) => return damaged(at),
        }
        let Some(marker) = input.byte(at + 1)? else { return Ok(None) };
        match marker {
            // A fill byte.
            0xff => at += 1,
            EOI => return Ok(Some(Found { start, end: at + 2, size, damaged: false })),
            SOI => return damaged(at),
            // TEM and restart markers stand alone.
            0x01 | 0xd0..=0xd7 => at += 2,
            _ => {
                let Some(length) = input.array::<2>(at + 2)?.map(u16::from_be_bytes) else { return Ok(None) };
                if length < 2 {
                    return damaged(at);
                }
                if is_frame(marker)
                    && size.is_none()
                    && let Some([a, b, c, d]) = input.array::<4>(at + 5)?
                {
                    let (height, width) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
                    size = Some(Size::new(width.into(), height.into()));
                }
                at += 2 + u64::from(length);
                if marker == SOS {
                    // Up to a marker that is neither a stuffed byte nor a restart.
                    loop {
                        let Some(place) = next_ff(input, at)? else { return Ok(None) };
                        at = place;
                        match input.byte(at + 1)? {
                            None => return Ok(None),
                            Some(0x00 | 0xd0..=0xd7) => at += 2,
                            Some(0xff) => at += 1,
                            Some(_) => break,
                        }
                    }
                }
            }
        }
    }
}

impl Jpegs {
    pub(super) fn new(mut input: Input, rate: FrameRate) -> Result<Jpegs> {
        let found = find(&mut input, 0)?;
        let size = found.filter(|found| !found.damaged).and_then(|found| found.size).ok_or_else(|| {
            input.refuse_at(found.map_or(0, |found| found.end), "the rest of a whole JPEG picture that tells its size")
        })?;
        let facts = Facts::new(&input, PixelFormat::MJPEG, size, rate, Colour::JFIF)?;
        Ok(Jpegs { input, facts, at: 0, found: None, count: 0 })
    }
}

impl Reader for Jpegs {
    fn facts(&self) -> Facts {
        self.facts
    }

    fn next(&mut self) -> Result<Option<Item>> {
        self.found = find(&mut self.input, self.at)?;
        let Some(found) = self.found else { return Ok(None) };
        self.at = found.end;
        let FrameRate { frames, seconds } = self.facts.rate;
        let time = u128::from(self.count) * 1_000_000_000 * u128::from(seconds) / u128::from(frames);
        self.count += 1;
        let time_ns = u64::try_from(time).unwrap_or(u64::MAX);
        Ok(Some(Item::Picture(Picture { time_ns, key: true, told: None })))
    }

    fn read(&mut self, into: &mut [u8]) -> Result<Option<usize>> {
        let Some(Found { start, end, size, damaged: false }) = self.found else { return Ok(None) };
        let length = usize::try_from(end - start).unwrap_or(usize::MAX);
        // A picture of another size is none of this camera's.
        let Some(into) = into.get_mut(..length).filter(|_| size == Some(self.facts.size)) else { return Ok(None) };
        Ok((self.input.read(start, into)? == length).then_some(length))
    }

    fn rewind(&mut self) {
        (self.at, self.count, self.found) = (0, 0, None);
    }
}
