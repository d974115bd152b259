//! A reader of Matroska, written from RFC 8794 and RFC 9559: it takes what is there of a file
//! that is cut off, and is strict about what is.

use super::super::matroska::id;
use super::sinks::Sparse;
use std::ops::Range;

/// Where a file is read from.
pub(super) trait Source {
    fn length(&self) -> u64;
    fn read(&self, at: u64, length: usize) -> Option<Vec<u8>>;
}

impl Source for [u8] {
    fn length(&self) -> u64 {
        self.len() as u64
    }
    fn read(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        let at = usize::try_from(at).ok()?;
        Some(self.get(at..at.checked_add(length)?)?.to_vec())
    }
}

impl Source for Sparse {
    fn length(&self) -> u64 {
        Sparse::length(self)
    }
    fn read(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        Sparse::read(self, at, length)
    }
}

/// The head of an element.
#[derive(Debug, Clone, PartialEq)]
struct Element {
    id: u32,
    content: u64,
    /// `None`: unknown.
    size: Option<u64>,
}

impl Element {
    fn end(&self) -> u64 {
        self.content + self.size.expect("only segments and clusters have an unknown size")
    }
}

fn element<S: Source + ?Sized>(source: &S, at: u64) -> Option<Element> {
    let first = source.read(at, 1)?[0];
    let id_length = first.leading_zeros() as usize + 1;
    assert!(id_length <= 4, "no ID at {at}: {first:#x}");
    let id = source.read(at, id_length)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
    let at = at + id_length as u64;
    let size_length = source.read(at, 1)?[0].leading_zeros() as usize + 1;
    assert!(size_length <= 8, "no size at {at}");
    let marked = source.read(at, size_length)?.iter().fold(0u64, |size, byte| size << 8 | u64::from(*byte));
    let size = marked & !(1 << (7 * size_length));
    let unknown = size == (1 << (7 * size_length)) - 1;
    Some(Element { id, content: at + size_length as u64, size: (!unknown).then_some(size) })
}

/// A frame in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) tick: u64,
    pub(super) key: bool,
    pub(super) data: Range<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cluster {
    pub(super) at: u64,
    pub(super) size: Option<u64>,
    pub(super) tick: u64,
    pub(super) blocks: usize,
}

/// What is in a file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct File {
    /// The segment's content begins here.
    pub(super) content: u64,
    pub(super) segment_size: Option<u64>,
    /// IDs of the segment's elements in order, without repetition of clusters.
    pub(super) order: Vec<u32>,
    pub(super) seeks: Vec<(u32, u64)>,
    pub(super) scale: u64,
    pub(super) duration: Option<f64>,
    pub(super) codec: String,
    pub(super) private: Vec<u8>,
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) fourcc: Vec<u8>,
    /// Elements and their values.
    pub(super) colour: Vec<(u32, u64)>,
    pub(super) clusters: Vec<Cluster>,
    pub(super) blocks: Vec<Block>,
    /// Tick and position of each cue.
    pub(super) cues: Vec<(u64, u64)>,
}

/// The elements in a range that are whole.
fn children<S: Source + ?Sized>(source: &S, range: Range<u64>) -> Vec<Element> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let child = element(source, at).expect("a whole element's children are there");
        at = child.end();
        assert!(at <= range.end, "a child reaches beyond its parent");
        found.push(child);
    }
    found
}

fn bytes<S: Source + ?Sized>(source: &S, element: &Element) -> Vec<u8> {
    source.read(element.content, element.size.unwrap() as usize).unwrap()
}

fn number<S: Source + ?Sized>(source: &S, element: &Element) -> u64 {
    bytes(source, element).iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn within(element: &Element) -> Range<u64> {
    element.content..element.end()
}

/// Reads what is there.
pub(super) fn read<S: Source + ?Sized>(source: &S) -> File {
    let mut file = File::default();
    let Some(header) = element(source, 0) else { return file };
    assert_eq!(header.id, id::EBML);
    let Some(segment) = element(source, header.end()) else { return file };
    assert_eq!(segment.id, id::SEGMENT);
    file.content = segment.content;
    file.segment_size = segment.size;
    if segment.size.is_some() {
        assert!(segment.end() >= source.length(), "bytes behind the segment");
    }
    let mut at = segment.content;
    while let Some(child) = element(source, at) {
        if file.order.last() != Some(&child.id) {
            file.order.push(child.id);
        }
        if child.id == id::CLUSTER {
            at = cluster(source, at, &child, &mut file);
            continue;
        }
        at = child.end();
        if at > source.length() {
            break;
        }
        match child.id {
            id::SEEK_HEAD => seek_head(source, &child, &mut file),
            id::INFO => info(source, &child, &mut file),
            id::TRACKS => tracks(source, &child, &mut file),
            id::CUES => cues(source, &child, &mut file),
            other => assert_eq!(other, 0xec, "an element that is not expected"),
        }
    }
    file
}

fn seek_head<S: Source + ?Sized>(source: &S, head: &Element, file: &mut File) {
    for seek in children(source, within(head)) {
        assert_eq!(seek.id, id::SEEK);
        let parts = children(source, within(&seek));
        assert_eq!([parts[0].id, parts[1].id], [id::SEEK_ID, id::SEEK_POSITION]);
        file.seeks.push((number(source, &parts[0]) as u32, number(source, &parts[1])));
    }
}

fn info<S: Source + ?Sized>(source: &S, info: &Element, file: &mut File) {
    for part in children(source, within(info)) {
        match part.id {
            id::TIMESTAMP_SCALE => file.scale = number(source, &part),
            id::DURATION => file.duration = Some(f64::from_be_bytes(bytes(source, &part).try_into().unwrap())),
            _ => {}
        }
    }
}

fn tracks<S: Source + ?Sized>(source: &S, tracks: &Element, file: &mut File) {
    let entries = children(source, within(tracks));
    assert_eq!(entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), [id::TRACK_ENTRY]);
    for part in children(source, within(&entries[0])) {
        match part.id {
            id::CODEC_ID => file.codec = String::from_utf8(bytes(source, &part)).unwrap(),
            id::CODEC_PRIVATE => file.private = bytes(source, &part),
            id::VIDEO => {
                for part in children(source, within(&part)) {
                    match part.id {
                        id::PIXEL_WIDTH => file.width = number(source, &part),
                        id::PIXEL_HEIGHT => file.height = number(source, &part),
                        id::UNCOMPRESSED_FOURCC => file.fourcc = bytes(source, &part),
                        id::COLOUR => {
                            file.colour = children(source, within(&part))
                                .iter()
                                .map(|part| (part.id, number(source, part)))
                                .collect();
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

/// Reads a cluster and returns where what follows it begins.
fn cluster<S: Source + ?Sized>(source: &S, at: u64, cluster: &Element, file: &mut File) -> u64 {
    let end = if cluster.size.is_some() { cluster.end() } else { u64::MAX };
    let mut child_at = cluster.content;
    let mut tick = None;
    let before = file.blocks.len();
    while child_at < end
        && let Some(child) = element(source, child_at)
    {
        match child.id {
            id::TIMESTAMP if child.end() <= source.length() => tick = Some(number(source, &child)),
            id::SIMPLE_BLOCK if child.end() <= source.length() => {
                let head = source.read(child.content, 4).unwrap();
                assert_eq!(head[0], 0x81, "track 1");
                assert_eq!(head[3] & 0x7f, 0, "no lacing");
                let relative = i16::from_be_bytes([head[1], head[2]]);
                file.blocks.push(Block {
                    tick: tick.expect("the time comes first").checked_add_signed(relative.into()).unwrap(),
                    key: head[3] & 0x80 != 0,
                    data: child.content + 4..child.end(),
                });
            }
            id::TIMESTAMP | id::SIMPLE_BLOCK => break,
            // What cannot be in a cluster ends one of unknown size.
            other => {
                assert!(cluster.size.is_none(), "{other:#x} in a cluster");
                break;
            }
        }
        child_at = child.end();
    }
    if let Some(tick) = tick {
        file.clusters.push(Cluster { at, size: cluster.size, tick, blocks: file.blocks.len() - before });
    }
    if end == u64::MAX { child_at.max(at + 1) } else { end }
}

fn cues<S: Source + ?Sized>(source: &S, cues: &Element, file: &mut File) {
    for point in children(source, within(cues)) {
        assert_eq!(point.id, id::CUE_POINT);
        let parts = children(source, within(&point));
        assert_eq!([parts[0].id, parts[1].id], [id::CUE_TIME, id::CUE_TRACK_POSITIONS]);
        let positions = children(source, within(&parts[1]));
        assert_eq!(positions[1].id, id::CUE_CLUSTER_POSITION);
        file.cues.push((number(source, &parts[0]), number(source, &positions[1])));
    }
}
