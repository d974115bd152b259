//! What a session recording says: line by line what the camera did, and with which set-up.
//!
//! A recording (a *trace*) is read by people and by the replay camera, so each line is a short
//! sentence with exact numbers in it:
//!
//! ```text
//! 0.000000000 start
//! 0.033412345 frame 0 taken 0.033101222, 153600 bytes
//! 0.066801111 frame 1 taken 0.066434555, key, left out: the disk was too slow
//! 0.100044221 corrupt 2
//! 0.133377554 end 7400108: the camera was unplugged
//! ```
//!
//! The first number is when the library learned it, in seconds from the start of the trace;
//! `taken` is the frame's own time by the same clock. Lines that begin with another word are passed
//! over by a reader: they are later versions', or for people.

use crate::error::{Code, Error};
use crate::format::{Colour, FrameRate, Matrix, PixelFormat, Range, Size};
use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// What a frame's flags may say of the camera; the others say what the library did with it. The
/// numbers are those of `FrameInfo`.
const FLAGS: [(u32, &str); 2] = [(4, "key"), (1, "estimated")];

/// What became of a frame's picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Picture {
    /// It is in the file, behind the line, with so many bytes.
    Bytes(u64),
    /// It is not, for this reason.
    LeftOut(Cow<'static, str>),
}

/// Something that the camera or its user did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// What was committed, in words.
    Configuration(String),
    /// The stream is started: a run begins.
    Start,
    /// That failed.
    StartFailed(Error),
    /// A frame arrived.
    Frame { number: u64, taken_ns: i64, flags: u32, picture: Picture },
    /// A frame arrived damaged.
    Corrupt(u64),
    /// The stream was stopped.
    Stop,
    /// The stream ended by itself, or its device is gone.
    End(Error),
    /// So many events are missing here: the disk did not move for too long.
    Lost(u64),
    /// The trace was stopped. Without it the file was cut off.
    Close,
}

/// A line of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// From the start of the trace.
    pub(crate) at_ns: i64,
    pub(crate) event: Event,
}

/// Nanoseconds as seconds, exactly.
struct Seconds(i64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let ns = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000)
    }
}

fn seconds(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.')?;
    if part.len() != 9 || ![whole, part].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let ns = i128::from(whole.parse::<u64>().ok()?) * 1_000_000_000 + i128::from(part.parse::<u64>().ok()?);
    i64::try_from(ns * sign).ok()
}

/// In one line, whatever a driver called itself.
fn flat(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) { text.replace(char::is_control, " ").into() } else { text.into() }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", Seconds(self.at_ns))?;
        match &self.event {
            Event::Configuration(words) => write!(f, "configuration\n{}", words.trim_end()),
            Event::Start => f.write_str("start"),
            Event::StartFailed(error) => write!(f, "fail {}: {}", error.code().number(), flat(error.detail())),
            Event::Frame { number, taken_ns, flags, picture } => {
                write!(f, "frame {number} taken {}", Seconds(*taken_ns))?;
                for (_, word) in FLAGS.iter().filter(|(bit, _)| flags & bit != 0) {
                    write!(f, ", {word}")?;
                }
                match picture {
                    Picture::Bytes(count) => write!(f, ", {count} bytes"),
                    Picture::LeftOut(why) => write!(f, ", left out: {}", flat(why)),
                }
            }
            Event::Corrupt(number) => write!(f, "corrupt {number}"),
            Event::Stop => f.write_str("stop"),
            Event::End(error) => write!(f, "end {}: {}", error.code().number(), flat(error.detail())),
            Event::Lost(count) => write!(f, "lost {count} lines: the disk did not move for too long"),
            Event::Close => f.write_str("close"),
        }
    }
}

impl Line {
    /// Reads a line; `None` when it is none that is known.
    pub(crate) fn parse(text: &str) -> Option<Line> {
        let (at, rest) = text.split_once(' ')?;
        let (word, rest) = rest.split_once([' ', '\n']).unwrap_or((rest, ""));
        let event = match word {
            "configuration" => Event::Configuration(rest.to_owned()),
            "start" => Event::Start,
            "fail" => Event::StartFailed(error(rest)?),
            "frame" => frame(rest)?,
            "corrupt" => Event::Corrupt(rest.parse().ok()?),
            "stop" => Event::Stop,
            "end" => Event::End(error(rest)?),
            "lost" => Event::Lost(rest.split_once(' ')?.0.parse().ok()?),
            "close" => Event::Close,
            _ => return None,
        };
        Some(Line { at_ns: seconds(at)?, event })
    }
}

fn error(text: &str) -> Option<Error> {
    let (code, detail) = text.split_once(": ")?;
    Some(Error::new(Code::from_number(code.parse().ok()?)?, detail.to_owned()))
}

fn frame(text: &str) -> Option<Event> {
    let (number, rest) = text.split_once(" taken ")?;
    let (taken, mut rest) = rest.split_once(", ")?;
    let mut flags = 0;
    let picture = loop {
        if let Some(why) = rest.strip_prefix("left out: ") {
            break Picture::LeftOut(why.to_owned().into());
        }
        if let Some(count) = rest.strip_suffix(" bytes").and_then(|count| count.parse().ok()) {
            break Picture::Bytes(count);
        }
        let (word, behind) = rest.split_once(", ")?;
        flags |= FLAGS.iter().find(|(_, known)| *known == word).map_or(0, |(bit, _)| *bit);
        rest = behind;
    };
    Some(Event::Frame { number: number.parse().ok()?, taken_ns: seconds(taken)?, flags, picture })
}

/// What the stream was set to, and what it said of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) format: PixelFormat,
    pub(crate) size: Size,
    pub(crate) rate: Option<FrameRate>,
    pub(crate) colour: Colour,
}

/// A name and a value at the head of a trace, which players show as well.
pub(crate) type Tag = (Cow<'static, str>, String);

/// The value with this name.
pub(crate) fn tag<'a>(tags: &'a [Tag], name: &str) -> Option<&'a str> {
    tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The tag that every trace has, and what it says in this version of the format. A reader takes
/// those with the same number.
pub(crate) const MARK: &str = "CAMERA_SESSION_TRACE";
pub(crate) const VERSION: &str = "1";

const FORMAT: &str = "FORMAT";
const SIZE: &str = "SIZE";
const RATE: &str = "RATE";
const COLOUR: &str = "COLOUR";

impl Setup {
    pub(crate) fn tags(&self) -> Vec<Tag> {
        let Setup { format, size, rate, colour } = *self;
        let matrix = if colour.matrix == Matrix::Bt709 { "BT.709" } else { "BT.601" };
        let range = if colour.range == Range::Full { "full" } else { "limited" };
        let mut tags = vec![
            // The number is what counts: names are for people.
            (FORMAT.into(), format!("{} {}", format.number(), flat(&format.to_string()))),
            (SIZE.into(), size.to_string()),
            (COLOUR.into(), format!("{matrix} {range}")),
        ];
        if let Some(FrameRate { frames, seconds }) = rate {
            tags.push((RATE.into(), format!("{frames}/{seconds}")));
        }
        tags
    }

    /// The set-up that the head of a trace tells; the name of the tag that is missing or wrong.
    pub(crate) fn from_tags(tags: &[Tag]) -> Result<Setup, &'static str> {
        let format = tag(tags, FORMAT).and_then(|value| value.split(' ').next()?.parse().ok()).ok_or(FORMAT)?;
        let pair = |value: &str, between| {
            let (a, b) = value.split_once(between)?;
            Some((a.parse::<u32>().ok()?, b.parse::<u32>().ok()?))
        };
        let (width, height) = tag(tags, SIZE).and_then(|value| pair(value, 'x')).ok_or(SIZE)?;
        let rate = match tag(tags, RATE) {
            Some(value) => Some(pair(value, '/').and_then(|(a, b)| FrameRate::new(a, b)).ok_or(RATE)?),
            None => None,
        };
        let (matrix, range) = tag(tags, COLOUR).and_then(|value| value.split_once(' ')).ok_or(COLOUR)?;
        let colour = Colour {
            matrix: if matrix == "BT.709" { Matrix::Bt709 } else { Matrix::Bt601 },
            range: if range == "full" { Range::Full } else { Range::Limited },
        };
        Ok(Setup { format: PixelFormat::from_number(format), size: Size::new(width, height), rate, colour })
    }
}

/// Writes a line where there was text before, so that its memory is used again.
pub(crate) fn write(into: &mut String, line: &Line) {
    into.clear();
    // A String takes everything.
    let _ = write!(into, "{line}");
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(at_ns: i64, event: Event) -> Line {
        Line { at_ns, event }
    }

    #[test]
    fn lines_are_sentences_with_exact_numbers() {
        let gone = Error::new(Code::DeviceDisabled, "gone: for\ngood");
        for (line, text) in [
            (line(0, Event::Start), "0.000000000 start"),
            (line(1_500_000_001, Event::End(gone)), "1.500000001 end 7400108: gone: for good"),
            (
                line(33_412_345, Event::Frame { number: 7, taken_ns: -1, flags: 4, picture: Picture::Bytes(9) }),
                "0.033412345 frame 7 taken -0.000000001, key, 9 bytes",
            ),
            (line(2, Event::Lost(3)), "0.000000002 lost 3 lines: the disk did not move for too long"),
            (line(2, Event::Configuration("a\nb\n".into())), "0.000000002 configuration\na\nb"),
        ] {
            assert_eq!(line.to_string(), text);
        }
        for none in ["", "start", "x start", "1.0 start", "1.000000000 dance", "1.000000000 end 5: x", "- corrupt 1"] {
            assert_eq!(Line::parse(none), None, "{none}");
        }
        let later = "0.000000001 frame 1 taken 0.000000000, blurred, estimated, 5 bytes";
        let Some(Line { event: Event::Frame { flags, .. }, .. }) = Line::parse(later) else { panic!("{later}") };
        assert_eq!(flags, 1, "words of later versions are passed over");
    }

    #[test]
    fn set_ups_come_back_from_their_tags() {
        let setup = Setup {
            format: PixelFormat::YUV_420_SP,
            size: Size::new(640, 480),
            rate: FrameRate::new(30000, 1001),
            colour: Colour::BT709_FULL,
        };
        assert_eq!(Setup::from_tags(&setup.tags()), Ok(setup));
        let untold = Setup { rate: None, colour: Colour::BT601_LIMITED, ..setup };
        assert_eq!(Setup::from_tags(&untold.tags()), Ok(untold));
        assert_eq!(Setup::from_tags(&untold.tags()[1..]), Err(FORMAT));
    }

    fn events() -> impl Strategy<Value = Event> {
        let error =
            || (prop::sample::select(Code::ALL), "[ -~äß:]{0,40}").prop_map(|(code, detail)| Error::new(code, detail));
        let picture = prop_oneof![
            any::<u64>().prop_map(Picture::Bytes),
            "[ -~]{0,30}".prop_map(|why| Picture::LeftOut(why.into()))
        ];
        prop_oneof![
            Just(Event::Start),
            Just(Event::Stop),
            Just(Event::Close),
            any::<u64>().prop_map(Event::Corrupt),
            any::<u64>().prop_map(Event::Lost),
            error().prop_map(Event::StartFailed),
            error().prop_map(Event::End),
            "[a-z \n]{0,40}[a-z]".prop_map(Event::Configuration),
            (any::<u64>(), any::<i64>(), prop::sample::select(vec![0u32, 1, 4, 5]), picture)
                .prop_map(|(number, taken_ns, flags, picture)| Event::Frame { number, taken_ns, flags, picture }),
        ]
    }

    proptest! {
        #[test]
        fn every_line_is_read_as_it_was_meant(at_ns in any::<i64>(), event in events()) {
            let line = Line { at_ns, event };
            prop_assert_eq!(Line::parse(&line.to_string()), Some(line));
        }

        #[test]
        fn any_text_is_a_line_or_none(text in "[0-9.]{0,12} ?(frame|end|lost|corrupt|fail)?[ -~\n]{0,40}") {
            if let Some(line) = Line::parse(&text) {
                prop_assert_eq!(Line::parse(&line.to_string()), Some(line));
            }
        }
    }
}
