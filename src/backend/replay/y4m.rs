//! YUV4MPEG2, as mjpegtools defines it (yuv4mpeg(5)): a line of text, then for each picture a line and
//! the planes of Y, U and V.

use super::input::Input;
use super::{Facts, Item, Picture, Reader};
use crate::error::Result;
use crate::format::{Colour, FrameRate, PixelFormat, Size};

/// Lines are not longer in any file that a program writes.
const LONGEST_LINE: usize = 1024;
/// The rate of a file that says 0:0, which is "not known".
const UNKNOWN_RATE: FrameRate = FrameRate::per_second(30);

pub(super) struct Y4m {
    input: Input,
    facts: Facts,
    /// Where the first picture's line begins.
    first: u64,
    /// Where the next one's does.
    at: u64,
    /// Where the samples are of the picture that was found.
    samples: u64,
    /// Pictures found.
    count: u64,
}

/// The layout that a colour space means; chroma lies differently in them, which no camera tells.
fn format(space: &str) -> Option<PixelFormat> {
    Some(match space {
        "420jpeg" | "420mpeg2" | "420paldv" | "420" => PixelFormat::I420,
        "422" => PixelFormat::from_fourcc(*b"422P"),
        "444" => PixelFormat::from_fourcc(*b"444P"),
        "mono" => PixelFormat::from_fourcc(*b"GREY"),
        _ => return None,
    })
}

/// The line at this position without its end; `None` when the file ends before.
fn line(input: &mut Input, at: u64) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    for place in at..at.saturating_add(LONGEST_LINE as u64) {
        match input.byte(place)? {
            None => return Ok(None),
            Some(b'\n') => return Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Some(byte) => bytes.push(byte),
        }
    }
    Err(input.refuse_at(at, &format!("a line of at most {LONGEST_LINE} bytes")))
}

impl Y4m {
    pub(super) fn new(mut input: Input) -> Result<Y4m> {
        let head = line(&mut input, 0)?.ok_or_else(|| input.refuse("it ends within its first line".into()))?;
        let (mut width, mut height, mut rate, mut space, mut full) = (0, 0, UNKNOWN_RATE, "420jpeg", false);
        for word in head.split(' ').skip(1).filter(|word| !word.is_empty()) {
            let (tag, value) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            let number =
                || value.parse::<u32>().map_err(|_| input.refuse(format!("\"{word}\" in its first line is no number")));
            match tag {
                "W" => width = number()?,
                "H" => height = number()?,
                "F" => {
                    let parts = value.split_once(':').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
                    let (frames, seconds) = parts
                        .ok_or_else(|| input.refuse(format!("\"{word}\" in its first line is no rate, as F30:1 is")))?;
                    rate = FrameRate::new(frames, seconds).unwrap_or(UNKNOWN_RATE);
                }
                "C" => space = value,
                "X" => full |= value == "COLORRANGE=FULL",
                // Interlacing, shape of the pixels, comments.
                _ => {}
            }
        }
        let format = format(space).ok_or_else(|| {
            input.refuse(format!("its colour space is {space}; 420, 422, 444 and mono of 8 bits are played"))
        })?;
        let colour = if full { Colour::JFIF } else { Colour::BT601_LIMITED };
        let facts = Facts::new(&input, format, Size::new(width, height), rate, colour)?;
        let first = head.len() as u64 + 1;
        let mut y4m = Y4m { input, facts, first, at: first, samples: 0, count: 0 };
        if y4m.next()?.is_none() {
            return Err(y4m.input.refuse(format!("it has no whole picture: {} bytes are needed for one", facts.room)));
        }
        y4m.rewind();
        Ok(y4m)
    }
}

impl Reader for Y4m {
    fn facts(&self) -> Facts {
        self.facts
    }

    fn next(&mut self) -> Result<Option<Item>> {
        let Some(line) = line(&mut self.input, self.at)? else { return Ok(None) };
        if line != "FRAME" && !line.starts_with("FRAME ") {
            return Err(self.input.refuse_at(self.at, "the line FRAME"));
        }
        self.samples = self.at + line.len() as u64 + 1;
        let end = self.samples + self.facts.room as u64;
        if end > self.input.length()? {
            return Ok(None);
        }
        self.at = end;
        let FrameRate { frames, seconds } = self.facts.rate;
        let time = u128::from(self.count) * 1_000_000_000 * u128::from(seconds) / u128::from(frames);
        self.count += 1;
        let time_ns = u64::try_from(time).unwrap_or(u64::MAX);
        Ok(Some(Item::Picture(Picture { time_ns, key: false, told: None })))
    }

    fn read(&mut self, into: &mut [u8]) -> Result<Option<usize>> {
        let Some(into) = into.get_mut(..self.facts.room) else { return Ok(None) };
        let whole = self.input.read(self.samples, into)? == into.len();
        Ok(whole.then_some(self.facts.room))
    }

    fn rewind(&mut self) {
        (self.at, self.count) = (self.first, 0);
    }
}
