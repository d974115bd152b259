//! Matroska (RFC 9559) with a video track that a camera could give: Motion-JPEG, H.264 or
//! uncompressed, in blocks without lacing, as this library's recorder writes it.
//!
//! Blocks are found by walking from element to element, into segments and clusters and over the
//! rest: neither an index nor sizes of clusters are needed, so a file that was cut off plays up to
//! there.

use super::input::Input;
use super::{Facts, Item, Picture, Reader};
use crate::error::Result;
use crate::format::{self, Colour, FrameRate, PixelFormat, Size};
use crate::trace::Tag;
use std::borrow::Cow;

/// IDs of elements (RFC 8794, section 11.2; RFC 9559, section 5).
mod id {
    pub(super) const EBML: u32 = 0x1a45dfa3;
    pub(super) const SEGMENT: u32 = 0x18538067;
    pub(super) const INFO: u32 = 0x1549a966;
    pub(super) const TIMESTAMP_SCALE: u32 = 0x2ad7b1;
    pub(super) const TRACKS: u32 = 0x1654ae6b;
    pub(super) const TRACK_ENTRY: u32 = 0xae;
    pub(super) const TRACK_NUMBER: u32 = 0xd7;
    pub(super) const CODEC_ID: u32 = 0x86;
    pub(super) const CODEC_PRIVATE: u32 = 0x63a2;
    pub(super) const VIDEO: u32 = 0xe0;
    pub(super) const PIXEL_WIDTH: u32 = 0xb0;
    pub(super) const PIXEL_HEIGHT: u32 = 0xba;
    pub(super) const UNCOMPRESSED_FOURCC: u32 = 0x2eb524;
    pub(super) const CLUSTER: u32 = 0x1f43b675;
    pub(super) const TIMESTAMP: u32 = 0xe7;
    pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
    pub(super) const BLOCK_GROUP: u32 = 0xa0;
    pub(super) const BLOCK: u32 = 0xa1;
    pub(super) const TAGS: u32 = 0x1254c367;
    pub(super) const TAG: u32 = 0x7373;
    pub(super) const SIMPLE_TAG: u32 = 0x67c8;
    pub(super) const TAG_NAME: u32 = 0x45a3;
    pub(super) const TAG_STRING: u32 = 0x4487;
}

const H264: PixelFormat = PixelFormat::from_fourcc(*b"H264");

/// A tick when the file does not say (TimestampScale's default), in nanoseconds.
const DEFAULT_SCALE: u64 = 1_000_000;
/// Text and parameter sets are not longer.
pub(super) const LONGEST_VALUE: u64 = 1 << 16;
/// More tags are not looked at.
const MOST_TAGS: usize = 64;
/// Pictures from whose times the rate is made out.
const SAMPLE: usize = 64;
/// The rate of a file with one picture.
pub(super) const LONE_RATE: FrameRate = FrameRate::per_second(30);
/// A rate so near to a whole number is that: times are rounded to ticks.
const NEARLY: f64 = 0.005;

/// The head of an element.
#[derive(Debug, Clone, Copy)]
struct Element {
    id: u32,
    at: u64,
    content: u64,
    /// `None`: not known.
    end: Option<u64>,
}

/// A block whose content can be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) track: u64,
    /// Its time.
    tick: i64,
    pub(super) start: u64,
    pub(super) end: u64,
    key: bool,
}

/// Goes from block to block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blocks {
    pub(super) at: u64,
    cluster_tick: u64,
}

impl Blocks {
    /// From the cluster at this position on.
    pub(super) fn from(at: u64) -> Blocks {
        Blocks { at, cluster_tick: 0 }
    }

    /// The next block of one of the tracks; `None` at the end, or where the file was cut off.
    pub(super) fn next(&mut self, input: &mut Input, tracks: &[u64]) -> Result<Option<Block>> {
        let length = input.length()?;
        loop {
            let Some(element) = element(input, self.at)? else { return Ok(None) };
            match element.id {
                id::CLUSTER | id::BLOCK_GROUP => {
                    self.at = element.content;
                    continue;
                }
                _ => {}
            }
            let end = element.end.ok_or_else(|| input.refuse_at(element.at, "an element of known size"))?;
            if end > length {
                // Cut off.
                return Ok(None);
            }
            self.at = end;
            match element.id {
                id::TIMESTAMP => {
                    self.cluster_tick = value(input, &element)?.map_or(0, |bytes| unsigned(&bytes));
                }
                id::SIMPLE_BLOCK | id::BLOCK => match self.block(input, &element, end, tracks)? {
                    Some(block) => return Ok(Some(block)),
                    None => continue,
                },
                _ => {}
            }
        }
    }

    /// The head of a block (RFC 9559, section 10): track, time and flags; `None` for another track's.
    fn block(&self, input: &mut Input, element: &Element, end: u64, tracks: &[u64]) -> Result<Option<Block>> {
        let Some((track, at)) = number(input, element.content)? else { return Ok(None) };
        let Some([high, low, flags]) = input.array::<3>(at)? else { return Ok(None) };
        let start = at + 3;
        if start > end {
            return Err(input.refuse_at(element.at, "a block of at least four bytes"));
        }
        let Some(track) = track.filter(|track| tracks.contains(track)) else { return Ok(None) };
        if flags & 0x06 != 0 {
            return Err(input.refuse_at(at + 2, "a block without lacing"));
        }
        let tick = i64::try_from(self.cluster_tick).unwrap_or(i64::MAX);
        let tick = tick.saturating_add(i16::from_be_bytes([high, low]).into());
        // A Block tells by its group whether it is a key frame, which is looked for in the picture.
        let key = flags & 0x80 != 0 || element.id == id::BLOCK;
        Ok(Some(Block { track, tick, start, end, key }))
    }
}

pub(super) struct Matroska {
    input: Input,
    facts: Facts,
    track: u64,
    /// Nanoseconds of a tick.
    scale: u64,
    /// Of H.264: bytes of a length, and the parameter sets with start codes.
    avc: Option<(usize, Vec<u8>)>,
    /// The first cluster.
    first: u64,
    /// Where to go on.
    blocks: Blocks,
    /// The time of the first picture, in ticks, and of the newest in nanoseconds from there.
    first_tick: Option<i64>,
    newest_ns: u64,
    found: Option<Block>,
    /// Memory for pictures that are read in another form.
    scratch: Vec<u8>,
}

/// The element at this position; `None` when the file ends within its head.
fn element(input: &mut Input, at: u64) -> Result<Option<Element>> {
    let Some(first) = input.byte(at)? else { return Ok(None) };
    let id_length = u64::from(first.leading_zeros()) + 1;
    if id_length > 4 {
        return Err(input.refuse_at(at, "the ID of an element"));
    }
    let mut id = 0;
    for place in at..at + id_length {
        let Some(byte) = input.byte(place)? else { return Ok(None) };
        id = id << 8 | u32::from(byte);
    }
    let Some((size, content)) = number(input, at + id_length)? else { return Ok(None) };
    let end = match size {
        Some(size) => {
            Some(content.checked_add(size).ok_or_else(|| input.refuse_at(at, "an element of a size that can be"))?)
        }
        None => None,
    };
    Ok(Some(Element { id, at, content, end }))
}

/// A number of variable length (RFC 8794, section 4), `None` inside when all its bits are set, and
/// where it ends.
fn number(input: &mut Input, at: u64) -> Result<Option<(Option<u64>, u64)>> {
    let Some(first) = input.byte(at)? else { return Ok(None) };
    let length = u64::from(first.leading_zeros()) + 1;
    if length > 8 {
        return Err(input.refuse_at(at, "the size of an element"));
    }
    let mut value = u64::from(first) & ((1u64 << (8 - length)) - 1);
    for place in at + 1..at + length {
        let Some(byte) = input.byte(place)? else { return Ok(None) };
        value = value << 8 | u64::from(byte);
    }
    let unknown = value == (1 << (7 * length)) - 1;
    Ok(Some(((!unknown).then_some(value), at + length)))
}

/// The content of a short element; `None` when the file ends before.
fn value(input: &mut Input, element: &Element) -> Result<Option<Vec<u8>>> {
    let length = element.end.map(|end| end - element.content).filter(|length| *length <= LONGEST_VALUE);
    let length = length.ok_or_else(|| input.refuse_at(element.at, "an element of at most 65536 bytes"))?;
    let mut bytes = vec![0; length as usize];
    let filled = input.read(element.content, &mut bytes)?;
    Ok((filled == bytes.len()).then_some(bytes))
}

/// An unsigned number as an element's content.
fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// What the head of a file says.
#[derive(Default)]
pub(super) struct Head {
    scale: Option<u64>,
    pub(super) tracks: Vec<Track>,
    /// Those before the first cluster.
    pub(super) tags: Vec<Tag>,
    /// Where the first cluster is.
    pub(super) cluster: Option<u64>,
}

#[derive(Default)]
pub(super) struct Track {
    pub(super) number: u64,
    pub(super) codec: String,
    private: Vec<u8>,
    pub(super) width: u64,
    height: u64,
    fourcc: Vec<u8>,
}

impl Head {
    /// Reads up to the first cluster.
    pub(super) fn read(input: &mut Input) -> Result<Head> {
        let mut head = Head::default();
        let mut at = 0;
        while let Some(element) = element(input, at)? {
            match element.id {
                id::EBML if at == 0 => {}
                // Into these.
                id::SEGMENT | id::INFO | id::TRACKS | id::VIDEO | id::TAGS | id::TAG => {
                    at = element.content;
                    continue;
                }
                id::TRACK_ENTRY => {
                    head.tracks.push(Track::default());
                    at = element.content;
                    continue;
                }
                id::SIMPLE_TAG if head.tags.len() < MOST_TAGS => {
                    head.tags.push((Cow::default(), String::new()));
                    at = element.content;
                    continue;
                }
                id::TAG_NAME | id::TAG_STRING => head.take_tag(input, &element)?,
                id::CLUSTER => {
                    head.cluster = Some(element.at);
                    break;
                }
                id::TIMESTAMP_SCALE => head.scale = value(input, &element)?.map(|bytes| unsigned(&bytes)),
                _ => {
                    if let Some(track) = head.tracks.last_mut() {
                        track.take(input, &element)?;
                    }
                }
            }
            at = element.end.ok_or_else(|| input.refuse_at(element.at, "an element of known size"))?;
            if head.tracks.len() > 64 {
                return Err(input.refuse("it has more than 64 tracks".into()));
            }
        }
        Ok(head)
    }

    fn take_tag(&mut self, input: &mut Input, element: &Element) -> Result<()> {
        let Some((name, text)) = self.tags.last_mut() else { return Ok(()) };
        let bytes = value(input, element)?.unwrap_or_default();
        let value = String::from_utf8_lossy(&bytes).into_owned();
        match element.id {
            id::TAG_NAME => *name = value.into(),
            _ => *text = value,
        }
        Ok(())
    }
}

impl Track {
    fn take(&mut self, input: &mut Input, element: &Element) -> Result<()> {
        let known = [
            id::TRACK_NUMBER,
            id::CODEC_ID,
            id::CODEC_PRIVATE,
            id::PIXEL_WIDTH,
            id::PIXEL_HEIGHT,
            id::UNCOMPRESSED_FOURCC,
        ];
        if !known.contains(&element.id) {
            return Ok(());
        }
        let bytes = value(input, element)?.unwrap_or_default();
        match element.id {
            id::TRACK_NUMBER => self.number = unsigned(&bytes),
            id::CODEC_ID => self.codec = String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned(),
            id::CODEC_PRIVATE => self.private = bytes,
            id::PIXEL_WIDTH => self.width = unsigned(&bytes),
            id::PIXEL_HEIGHT => self.height = unsigned(&bytes),
            _ => self.fourcc = bytes,
        }
        Ok(())
    }

    /// As a camera's format.
    fn format(&self) -> Option<PixelFormat> {
        match self.codec.as_str() {
            "V_MJPEG" => Some(PixelFormat::MJPEG),
            "V_MPEG4/ISO/AVC" => Some(H264),
            "V_UNCOMPRESSED" => format::matroska::format(self.fourcc.as_slice().try_into().ok()?),
            _ => None,
        }
    }

    /// What it is, for people.
    fn describe(&self) -> String {
        match self.fourcc.as_slice() {
            [] => self.codec.clone(),
            code => format!("{} {:?}", self.codec, String::from_utf8_lossy(code)),
        }
    }
}

/// The AVCDecoderConfigurationRecord (ISO/IEC 14496-15, section 5.3.3.1): how long a unit's length is,
/// and the parameter sets as a byte stream.
fn avc(record: &[u8]) -> Option<(usize, Vec<u8>)> {
    let (&[1, _, _, _, lengths, count], mut rest) = record.split_first_chunk::<6>()? else { return None };
    let mut sets = Vec::new();
    let mut take = |count: u8, rest: &mut &[u8]| {
        for _ in 0..count {
            let (length, behind) = rest.split_first_chunk::<2>()?;
            let (set, behind) = behind.split_at_checked(u16::from_be_bytes(*length).into())?;
            sets.extend_from_slice(&[0, 0, 0, 1]);
            sets.extend_from_slice(set);
            *rest = behind;
        }
        Some(())
    };
    take(count & 0x1f, &mut rest)?;
    let (&count, behind) = rest.split_first()?;
    rest = behind;
    take(count, &mut rest)?;
    Some((usize::from(lengths & 3) + 1, sets))
}

impl Matroska {
    pub(super) fn new(input: Input, head: Head) -> Result<Matroska> {
        let Some(track) = head.tracks.iter().find(|track| track.format().is_some()) else {
            let tracks: Vec<String> = head.tracks.iter().map(Track::describe).collect();
            let tracks = if tracks.is_empty() { "none".into() } else { tracks.join(", ") };
            return Err(input.refuse(format!(
                "of its tracks ({tracks}) none is V_MJPEG, V_MPEG4/ISO/AVC or V_UNCOMPRESSED in a known layout"
            )));
        };
        let format = track.format().unwrap_or(PixelFormat::MJPEG);
        let avc = match format {
            H264 => {
                let record = avc(&track.private);
                Some(record.ok_or_else(|| input.refuse("the record of its H.264 (CodecPrivate) is not whole".into()))?)
            }
            _ => None,
        };
        let side = |pixels: u64| u32::try_from(pixels).unwrap_or(u32::MAX);
        let size = Size::new(side(track.width), side(track.height));
        let colour = if format == PixelFormat::MJPEG { Colour::JFIF } else { Colour::BT601_LIMITED };
        let scale = head.scale.unwrap_or(DEFAULT_SCALE);
        if !(1..=1_000_000_000).contains(&scale) {
            return Err(input.refuse(format!("a tick of {scale} ns (TimestampScale) is none that can be played")));
        }
        let number = track.number;
        let facts = Facts::new(&input, format, size, LONE_RATE, colour)?;
        let at = head.cluster.ok_or_else(|| input.refuse("it has no cluster, and so no picture".into()))?;
        let mut file = Matroska {
            input,
            facts,
            track: number,
            scale,
            avc,
            first: at,
            blocks: Blocks::from(at),
            first_tick: None,
            newest_ns: 0,
            found: None,
            scratch: Vec::new(),
        };
        file.facts.rate = file.measure()?;
        file.rewind_to(at);
        Ok(file)
    }

    /// The rate of the first pictures, gaps left out.
    fn measure(&mut self) -> Result<FrameRate> {
        let mut times = Vec::with_capacity(SAMPLE);
        while times.len() < SAMPLE
            && let Some(picture) = self.next_picture()?
        {
            times.push(picture.time_ns);
        }
        if times.is_empty() {
            return Err(self.input.refuse("it has no whole picture".into()));
        }
        let mut periods: Vec<u64> =
            times.windows(2).map(|pair| pair[1] - pair[0]).filter(|period| *period > 0).collect();
        periods.sort_unstable();
        let Some(&median) = periods.get(periods.len() / 2) else { return Ok(LONE_RATE) };
        // Ticks round each period: the mean of those that are no gaps is better than any of them.
        let regular: Vec<u64> = periods.into_iter().filter(|period| *period <= median + median / 2).collect();
        let mean = regular.iter().sum::<u64>() as f64 / regular.len() as f64;
        let rate = (1e9 / mean).clamp(0.001, 1_000_000.0);
        let whole = rate.round();
        Ok(if whole >= 1.0 && (rate - whole).abs() <= whole * NEARLY {
            FrameRate::per_second(whole as u32)
        } else {
            FrameRate { frames: (rate * 1000.0).round().max(1.0) as u32, seconds: 1000 }
        })
    }

    fn next_picture(&mut self) -> Result<Option<Picture>> {
        let Some(block) = self.blocks.next(&mut self.input, &[self.track])? else { return Ok(None) };
        let first = *self.first_tick.get_or_insert(block.tick);
        let ticks = u64::try_from(block.tick.saturating_sub(first)).unwrap_or(0);
        // Pictures come in the order of the file.
        self.newest_ns = self.newest_ns.max(ticks.saturating_mul(self.scale));
        self.found = Some(block);
        Ok(Some(Picture { time_ns: self.newest_ns, key: block.key, told: None }))
    }

    fn rewind_to(&mut self, cluster: u64) {
        (self.blocks, self.first_tick, self.newest_ns) = (Blocks::from(cluster), None, 0);
        self.found = None;
    }

    /// H.264 as cameras give it: a start code before each unit, the parameter sets before a key frame.
    fn byte_stream(&mut self, block: Block, into: &mut [u8]) -> Option<usize> {
        let (length_bytes, sets) = self.avc.as_ref()?;
        let mut parts: Vec<&[u8]> = Vec::new();
        let (mut rest, mut has_sets) = (self.scratch.as_slice(), false);
        while !rest.is_empty() {
            let (length, behind) = rest.split_at_checked(*length_bytes)?;
            let (unit, behind) = behind.split_at_checked(usize::try_from(unsigned(length)).ok()?)?;
            // A sequence parameter set (H.264, table 7-1).
            has_sets |= unit.first().is_some_and(|head| head & 0x1f == 7);
            parts.push(unit);
            rest = behind;
        }
        let mut at = 0usize;
        let mut copy = |bytes: &[u8]| {
            into.get_mut(at..at.checked_add(bytes.len())?)?.copy_from_slice(bytes);
            at += bytes.len();
            Some(())
        };
        if block.key && !has_sets {
            copy(sets)?;
        }
        for unit in parts {
            copy(&[0, 0, 0, 1])?;
            copy(unit)?;
        }
        Some(at)
    }
}

impl Reader for Matroska {
    fn facts(&self) -> Facts {
        self.facts
    }

    fn next(&mut self) -> Result<Option<Item>> {
        Ok(self.next_picture()?.map(Item::Picture))
    }

    fn read(&mut self, into: &mut [u8]) -> Result<Option<usize>> {
        let Some(block) = self.found else { return Ok(None) };
        let length = usize::try_from(block.end - block.start).unwrap_or(usize::MAX);
        if !self.facts.fits(length) || length > into.len() {
            return Ok(None);
        }
        if self.avc.is_none() {
            return Ok((self.input.read(block.start, &mut into[..length])? == length).then_some(length));
        }
        self.scratch.resize(length, 0);
        if self.input.read(block.start, &mut self.scratch)? < length {
            return Ok(None);
        }
        Ok(self.byte_stream(block, into))
    }

    fn rewind(&mut self) {
        self.rewind_to(self.first);
    }
}
