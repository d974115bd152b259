//! YUV4MPEG2, the format of mjpegtools: a line of text, then for each picture a line and the
//! planes of Y, U and V. It has one frame rate and no timestamps.

use super::file::Output;
use super::raw::{Components, Parts};
use crate::format::{FrameRate, Range, Size};
use std::io::{self, IoSlice};

/// The rate in the header until it is known: always as long, so that it can be put in later.
const UNKNOWN_RATE: (u32, u32) = (30, 1);
/// A measured rate is a number of frames in this many seconds.
const MEASURE: u32 = 1_000_000;

/// A Y4M file that is being written.
pub(super) struct Y4m {
    /// Where the rate is to be put in, unless it was given.
    rate: Option<u64>,
    /// Frames, and the time of the newest.
    frames: u64,
    newest_ns: u64,
}

/// What Y4M calls pictures with so many pixels to a chroma sample. V4L2 defines 4:2:0 with the
/// samples in the middle of four pixels ("Color Sample Location"), as JPEG has them.
fn colour_space(components: &Components) -> &'static str {
    match (components.all[1], components.shared) {
        (None, _) => "mono",
        (_, (2, 2)) => "420jpeg",
        (_, (2, 1)) => "422",
        _ => "444",
    }
}

fn rate_text((frames, seconds): (u32, u32)) -> String {
    format!("F{frames:010}:{seconds:010}")
}

/// A measured rate as the usual one that it is within a ten-thousandth: whole, or a thousandth less,
/// as that of television. Frames of a camera are never exactly on time.
fn usual_rate(measured: u32) -> (u32, u32) {
    let near = |(frames, seconds): (u32, u32)| {
        let usual = u64::from(frames) * u64::from(MEASURE) / u64::from(seconds);
        usual.abs_diff(measured.into()) * 10_000 <= usual
    };
    let whole = (u64::from(measured) + u64::from(MEASURE) / 2) / u64::from(MEASURE);
    let whole = u32::try_from(whole).unwrap_or(0);
    let usual = [(whole, 1), (whole.saturating_mul(1000), 1001)].into_iter().find(|rate| rate.0 > 0 && near(*rate));
    usual.unwrap_or((measured, MEASURE))
}

impl Y4m {
    /// Writes the header. Without a rate the measured one is put in at the end.
    pub(super) fn begin(
        out: &mut Output,
        components: &Components,
        size: Size,
        rate: Option<FrameRate>,
        range: Range,
    ) -> io::Result<Y4m> {
        let start = format!("YUV4MPEG2 W{} H{} ", size.width, size.height);
        let rate_at = rate.is_none().then_some(start.len() as u64);
        let rate = rate_text(rate.map_or(UNKNOWN_RATE, |rate| (rate.frames, rate.seconds)));
        // An extension of FFmpeg's, which others go over as they do over any comment.
        let range = if range == Range::Full { "FULL" } else { "LIMITED" };
        let header = format!("{start}{rate} Ip A1:1 C{} XCOLORRANGE={range}\n", colour_space(components));
        out.append(&mut [IoSlice::new(header.as_bytes())])?;
        Ok(Y4m { rate: rate_at, frames: 0, newest_ns: 0 })
    }

    /// Writes a picture. On failure the file ends with the picture before.
    pub(super) fn frame(&mut self, out: &mut Output, time_ns: u64, data: &Parts<'_>) -> io::Result<()> {
        let [a, b, c, d] = *data;
        out.append(&mut [b"FRAME\n", a, b, c, d].map(IoSlice::new))?;
        self.frames += 1;
        self.newest_ns = time_ns;
        Ok(())
    }

    /// Puts in the mean rate, with which the file lasts as long as the recording did.
    pub(super) fn finish(&mut self, out: &mut Output) -> io::Result<()> {
        let Some(at) = self.rate.filter(|_| self.frames > 1 && self.newest_ns > 0) else { return Ok(()) };
        let periods = u128::from(self.frames - 1);
        let frames = periods * u128::from(MEASURE) * 1_000_000_000 / u128::from(self.newest_ns);
        // Readers take a rate as two numbers of 31 bits.
        let frames = frames.clamp(1, i32::MAX as u128) as u32;
        out.patch(at, rate_text(usual_rate(frames)).as_bytes())
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn measured_rates_become_usual_ones_when_they_are_near() {
        for (measured, rate) in [
            (30_000_000, (30, 1)),
            (29_999_100, (30, 1)),
            (29_970_030, (30_000, 1001)),
            (29_980_000, (29_980_000, MEASURE)),
            (14_999_999, (15, 1)),
            (7_500_000, (7_500_000, MEASURE)),
            (1, (1, MEASURE)),
        ] {
            assert_eq!(usual_rate(measured), rate);
        }
    }
}
