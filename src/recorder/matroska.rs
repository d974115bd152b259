//! Matroska (RFC 9559) with one video track, written from front to back as frames come.
//!
//! ```text
//! EBML header
//! Segment (size unknown)
//!   SeekHead, Void         at the end: the SeekHead knows the Cues too
//!   Info                   at the end: a Duration takes the place of a Void
//!   Tracks
//!   Cluster (size unknown until the next begins)
//!     Timestamp, SimpleBlock, SimpleBlock, ...
//!   Cluster ...
//!   Cues                   at the end
//! ```
//!
//! At any moment the file is one that was cut off after a whole frame: nothing that was written
//! has to be changed before it can be played (RFC 9559, section 23.2, "Livestreaming": a Segment and
//! Clusters of unknown size). What is put in later makes seeking fast.

use super::ebml::{self, UNKNOWN_SIZE};
use super::file::Output;
use super::raw::Parts;
use crate::format::{Colour, Matrix, Range, Size};
use std::io::{self, IoSlice};
use std::time::SystemTime;

/// IDs of elements (RFC 8794, section 11.2; RFC 9559, section 5).
pub(super) mod id {
    pub(in super::super) const EBML: u32 = 0x1a45dfa3;
    pub(super) const EBML_VERSION: u32 = 0x4286;
    pub(super) const EBML_READ_VERSION: u32 = 0x42f7;
    pub(super) const EBML_MAX_ID_LENGTH: u32 = 0x42f2;
    pub(super) const EBML_MAX_SIZE_LENGTH: u32 = 0x42f3;
    pub(super) const DOC_TYPE: u32 = 0x4282;
    pub(super) const DOC_TYPE_VERSION: u32 = 0x4287;
    pub(super) const DOC_TYPE_READ_VERSION: u32 = 0x4285;
    pub(in super::super) const SEGMENT: u32 = 0x18538067;
    pub(in super::super) const SEEK_HEAD: u32 = 0x114d9b74;
    pub(in super::super) const SEEK: u32 = 0x4dbb;
    pub(in super::super) const SEEK_ID: u32 = 0x53ab;
    pub(in super::super) const SEEK_POSITION: u32 = 0x53ac;
    pub(in super::super) const INFO: u32 = 0x1549a966;
    pub(in super::super) const TIMESTAMP_SCALE: u32 = 0x2ad7b1;
    pub(in super::super) const DURATION: u32 = 0x4489;
    pub(super) const DATE_UTC: u32 = 0x4461;
    pub(super) const MUXING_APP: u32 = 0x4d80;
    pub(super) const WRITING_APP: u32 = 0x5741;
    pub(in super::super) const TRACKS: u32 = 0x1654ae6b;
    pub(in super::super) const TRACK_ENTRY: u32 = 0xae;
    pub(in super::super) const TRACK_NUMBER: u32 = 0xd7;
    pub(in super::super) const TRACK_UID: u32 = 0x73c5;
    pub(in super::super) const TRACK_TYPE: u32 = 0x83;
    pub(in super::super) const FLAG_LACING: u32 = 0x9c;
    pub(in super::super) const LANGUAGE: u32 = 0x22b59c;
    pub(in super::super) const CODEC_ID: u32 = 0x86;
    pub(in super::super) const CODEC_PRIVATE: u32 = 0x63a2;
    pub(in super::super) const VIDEO: u32 = 0xe0;
    pub(super) const FLAG_INTERLACED: u32 = 0x9a;
    pub(in super::super) const PIXEL_WIDTH: u32 = 0xb0;
    pub(in super::super) const PIXEL_HEIGHT: u32 = 0xba;
    pub(in super::super) const COLOUR: u32 = 0x55b0;
    pub(in super::super) const MATRIX_COEFFICIENTS: u32 = 0x55b1;
    pub(in super::super) const RANGE: u32 = 0x55b9;
    pub(in super::super) const UNCOMPRESSED_FOURCC: u32 = 0x2eb524;
    pub(in super::super) const CLUSTER: u32 = 0x1f43b675;
    pub(in super::super) const TIMESTAMP: u32 = 0xe7;
    pub(in super::super) const SIMPLE_BLOCK: u32 = 0xa3;
    pub(in super::super) const CUES: u32 = 0x1c53bb6b;
    pub(in super::super) const CUE_POINT: u32 = 0xbb;
    pub(in super::super) const CUE_TIME: u32 = 0xb3;
    pub(in super::super) const CUE_TRACK_POSITIONS: u32 = 0xb7;
    pub(super) const CUE_TRACK: u32 = 0xf7;
    pub(in super::super) const CUE_CLUSTER_POSITION: u32 = 0xf1;
}

/// A tick in nanoseconds (TimestampScale). A block's time is a signed 16-bit number of ticks
/// from its cluster's (RFC 9559, section 11.1): with the usual tick of 1 ms frames would be half
/// a millisecond off, which shows in a measurement of frame intervals; with 1 µs every frame at
/// 30 a second would need a cluster of its own. With 100 µs a cluster holds 3.2 s, and a frame
/// is at most 50 µs off, less than cameras' own timestamps jitter. Rounded is each frame's own
/// time: errors do not add up.
pub(super) const TICK_NS: u64 = 100_000;

/// A cluster ends before it holds more: 3 s and 5 MB. RFC 9559, section 25.1 recommends at most
/// 5 s and 5 MB; a block's time must fit 16 bits.
pub(super) const CLUSTER_TICKS: u64 = 30_000;
pub(super) const CLUSTER_BYTES: u64 = 5_000_000;
const _: () = assert!(CLUSTER_TICKS <= i16::MAX as u64);

/// The index lists every cluster until it would be longer than this, then every other one: a
/// recording of days needs no more memory than one of hours.
const MOST_CUES: usize = 8192;
/// At first the index has no two entries nearer than this.
const CUE_TICKS: u64 = 5_000;

/// The only track.
pub(super) const TRACK: u8 = 1;
/// The block can be decoded without others (RFC 9559, section 10.2).
pub(super) const KEY: u8 = 0x80;

/// Bytes of a Duration, and of the Void that keeps its place: ID 2, size 1, number 8.
pub(super) const DURATION_LENGTH: usize = 11;
/// A Seek is 21 bytes: its own head 3, SeekID 3 and 4, SeekPosition 3 and 8.
const SEEK_LENGTH: usize = 21;
/// A SeekHead with three of them: its own head is 5.
const SEEK_HEAD_LENGTH: usize = 5 + 3 * SEEK_LENGTH;

/// What the track holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Codec {
    /// JPEG pictures.
    MotionJpeg,
    /// H.264, with the record of its parameter sets.
    Avc(Vec<u8>),
    /// Pictures with this FourCC.
    Uncompressed([u8; 4]),
    /// Compressed pictures with this FourCC, byte by byte as the camera gives them: H.264 with start
    /// codes, for example, and its parameter sets where they come.
    ByteStream([u8; 4]),
}

impl Codec {
    /// Names of the Matroska codec mappings. FFmpeg and GStreamer read and write V_MJPEG.
    fn name(&self) -> &'static str {
        match self {
            Codec::MotionJpeg => "V_MJPEG",
            Codec::Avc(_) => "V_MPEG4/ISO/AVC",
            Codec::Uncompressed(_) => "V_UNCOMPRESSED",
            Codec::ByteStream(_) => "V_MS/VFW/FOURCC",
        }
    }

    /// Does a key frame always begin a cluster, so that the index leads to it? Where all frames
    /// are key frames any cluster does.
    fn has_dependent_frames(&self) -> bool {
        matches!(self, Codec::Avc(_))
    }
}

/// The cluster that is being written.
struct Cluster {
    /// Where its ID is in the file.
    at: u64,
    tick: u64,
}

struct Cue {
    tick: u64,
    /// Of the cluster, from the start of the segment's content.
    position: u64,
}

/// A Matroska file that is being written.
pub(super) struct Matroska {
    codec: Codec,
    /// Where the segment's content begins: positions in the file count from there.
    content: u64,
    /// Where the Void is that becomes the Duration.
    duration: u64,
    info: u64,
    tracks: u64,
    cluster: Option<Cluster>,
    newest: Option<u64>,
    cues: Vec<Cue>,
    cue_ticks: u64,
    /// Memory for the heads of elements.
    head: Vec<u8>,
}

impl Matroska {
    /// Writes everything up to the first cluster.
    pub(super) fn begin(
        out: &mut Output,
        codec: Codec,
        size: Size,
        colour: Option<Colour>,
        date: SystemTime,
    ) -> io::Result<Matroska> {
        let mut bytes = Vec::with_capacity(512);
        begin_segment(&mut bytes);
        let content = out.length() + bytes.len() as u64;
        let position = |bytes: &Vec<u8>| out.length() + bytes.len() as u64 - content;

        let seek_head = bytes.len();
        bytes.resize(seek_head + SEEK_HEAD_LENGTH, 0);
        let info = position(&bytes);
        segment_info(&mut bytes, date);
        let duration = out.length() + (bytes.len() - DURATION_LENGTH) as u64;
        let tracks = position(&bytes);
        ebml::master(&mut bytes, id::TRACKS, |tracks| {
            ebml::master(tracks, id::TRACK_ENTRY, |t| video_track(t, &codec, size, colour))
        });
        bytes.splice(seek_head..seek_head + SEEK_HEAD_LENGTH, seek_head_of(info, tracks, None));

        out.append(&mut [IoSlice::new(&bytes)])?;
        Ok(Matroska {
            codec,
            content,
            duration,
            info,
            tracks,
            cluster: None,
            newest: None,
            cues: Vec::new(),
            cue_ticks: CUE_TICKS,
            head: Vec::with_capacity(64),
        })
    }

    /// Writes a frame at this time, in nanoseconds from the start. On failure the file ends
    /// with the frame before.
    pub(super) fn frame(&mut self, out: &mut Output, time_ns: u64, key: bool, data: &Parts<'_>) -> io::Result<()> {
        let tick = time_ns.saturating_add(TICK_NS / 2) / TICK_NS;
        // Two frames at one time would be one to a player.
        let tick = self.newest.map_or(tick, |newest| tick.max(newest + 1));
        let length: u64 = data.iter().map(|part| part.len() as u64).sum();

        let fits = self.cluster.as_ref().filter(|cluster| {
            tick - cluster.tick <= CLUSTER_TICKS
                && out.length() - cluster.at + length <= CLUSTER_BYTES
                && !(key && self.codec.has_dependent_frames())
        });
        self.head.clear();
        let begin = match fits {
            Some(cluster) => cluster.tick,
            None => {
                self.end_cluster(out);
                ebml::id(&mut self.head, id::CLUSTER);
                self.head.extend_from_slice(&UNKNOWN_SIZE);
                ebml::unsigned(&mut self.head, id::TIMESTAMP, tick);
                tick
            }
        };
        ebml::id(&mut self.head, id::SIMPLE_BLOCK);
        // Track, time and flags are 4 bytes.
        ebml::size(&mut self.head, length + 4);
        self.head.push(0x80 | TRACK);
        let relative = i16::try_from(tick - begin).expect("a cluster is shorter");
        self.head.extend_from_slice(&relative.to_be_bytes());
        self.head.push(if key { KEY } else { 0 });

        let at = out.length();
        let [a, b, c, d] = *data;
        out.append(&mut [&self.head, a, b, c, d].map(IoSlice::new))?;
        self.newest = Some(tick);
        if self.cluster.is_none() {
            self.cluster = Some(Cluster { at, tick });
            if key {
                self.add_cue(Cue { tick, position: at - self.content });
            }
        }
        Ok(())
    }

    /// Puts in the size of the cluster that ends here. Without it the cluster ends where the
    /// next element begins that cannot be in it: a failure is no loss.
    fn end_cluster(&mut self, out: &mut Output) {
        if let Some(cluster) = self.cluster.take() {
            let content = cluster.at + 4 + UNKNOWN_SIZE.len() as u64;
            let _ = out.patch(cluster.at + 4, &ebml::wide_size(out.length() - content));
        }
    }

    fn add_cue(&mut self, cue: Cue) {
        if self.cues.last().is_some_and(|last| cue.tick - last.tick < self.cue_ticks) {
            return;
        }
        self.cues.push(cue);
        if let [first, .., last] = self.cues.as_slice()
            && self.cues.len() >= MOST_CUES
        {
            // Entries to come are as far apart as those that stay.
            self.cue_ticks = (last.tick - first.tick) / (MOST_CUES as u64 / 2);
            let mut index = 0;
            self.cues.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
    }

    /// Puts in what is known at the end: the index, the duration, the sizes. All is tried; the
    /// first failure is returned. Whatever fails, the file plays.
    pub(super) fn finish(&mut self, out: &mut Output, duration_ns: u64) -> io::Result<()> {
        self.end_cluster(out);
        let cues = out.length() - self.content;
        let indexed = if self.cues.is_empty() { Ok(()) } else { self.write_cues(out) };

        // Neither shorter than up to the last frame, nor nothing: it must be more than 0.
        let ticks = (duration_ns as f64 / TICK_NS as f64).max(self.newest.unwrap_or(0) as f64).max(1.0);
        let mut duration = Vec::with_capacity(DURATION_LENGTH);
        ebml::float(&mut duration, id::DURATION, ticks);
        let timed = out.patch(self.duration, &duration);

        let cues = (indexed.is_ok() && !self.cues.is_empty()).then_some(cues);
        let sought = out.patch(self.content, &seek_head_of(self.info, self.tracks, cues));
        // Last: from here on the file is finished.
        let size = ebml::wide_size(out.length() - self.content);
        let sized = out.patch(self.content - size.len() as u64, &size);
        indexed.and(timed).and(sought).and(sized)
    }

    fn write_cues(&self, out: &mut Output) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(self.cues.len() * 24 + 16);
        ebml::master(&mut bytes, id::CUES, |cues| {
            for cue in &self.cues {
                ebml::master(cues, id::CUE_POINT, |point| {
                    ebml::unsigned(point, id::CUE_TIME, cue.tick);
                    ebml::master(point, id::CUE_TRACK_POSITIONS, |positions| {
                        ebml::unsigned(positions, id::CUE_TRACK, TRACK.into());
                        ebml::unsigned(positions, id::CUE_CLUSTER_POSITION, cue.position);
                    });
                });
            }
        });
        out.append(&mut [IoSlice::new(&bytes)])
    }
}

/// The head of a file, and that of its segment, of which the content follows.
pub(super) fn begin_segment(out: &mut Vec<u8>) {
    ebml::master(out, id::EBML, |header| {
        ebml::unsigned(header, id::EBML_VERSION, 1);
        ebml::unsigned(header, id::EBML_READ_VERSION, 1);
        ebml::unsigned(header, id::EBML_MAX_ID_LENGTH, 4);
        ebml::unsigned(header, id::EBML_MAX_SIZE_LENGTH, 8);
        ebml::text(header, id::DOC_TYPE, "matroska");
        ebml::unsigned(header, id::DOC_TYPE_VERSION, 4);
        // SimpleBlock came with version 2.
        ebml::unsigned(header, id::DOC_TYPE_READ_VERSION, 2);
    });
    ebml::id(out, id::SEGMENT);
    out.extend_from_slice(&UNKNOWN_SIZE);
}

/// The Info. Its last [`DURATION_LENGTH`] bytes are the place of the Duration.
pub(super) fn segment_info(out: &mut Vec<u8>, date: SystemTime) {
    ebml::master(out, id::INFO, |info| {
        ebml::unsigned(info, id::TIMESTAMP_SCALE, TICK_NS);
        ebml::binary(info, id::DATE_UTC, &date_of(date).to_be_bytes());
        ebml::text(info, id::MUXING_APP, concat!("camera-session ", env!("CARGO_PKG_VERSION")));
        ebml::text(info, id::WRITING_APP, concat!("camera-session ", env!("CARGO_PKG_VERSION")));
        // Last, so that its place follows from where the Info ends.
        ebml::void(info, DURATION_LENGTH);
    });
}

/// BITMAPINFOHEADER of Windows, which Matroska's V_MS/VFW/FOURCC has as its private data.
fn bitmap_header(fourcc: [u8; 4], size: Size) -> Vec<u8> {
    let mut out = Vec::with_capacity(40);
    for field in [40, size.width, size.height] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    // One plane, 24 bits.
    out.extend_from_slice(&[1, 0, 24, 0]);
    out.extend_from_slice(&fourcc);
    out.resize(40, 0);
    out
}

/// The entry of the track with the pictures, which is number 1.
pub(super) fn video_track(out: &mut Vec<u8>, codec: &Codec, size: Size, colour: Option<Colour>) {
    ebml::unsigned(out, id::TRACK_NUMBER, TRACK.into());
    ebml::unsigned(out, id::TRACK_UID, TRACK.into());
    ebml::unsigned(out, id::TRACK_TYPE, 1);
    ebml::unsigned(out, id::FLAG_LACING, 0);
    ebml::text(out, id::LANGUAGE, "und");
    ebml::text(out, id::CODEC_ID, codec.name());
    match codec {
        Codec::Avc(record) => ebml::binary(out, id::CODEC_PRIVATE, record),
        Codec::ByteStream(fourcc) => ebml::binary(out, id::CODEC_PRIVATE, &bitmap_header(*fourcc, size)),
        Codec::MotionJpeg | Codec::Uncompressed(_) => {}
    }
    // No DefaultDuration: the rate of a camera varies, and each frame tells its time.
    ebml::master(out, id::VIDEO, |video| {
        // 2: progressive.
        ebml::unsigned(video, id::FLAG_INTERLACED, 2);
        ebml::unsigned(video, id::PIXEL_WIDTH, size.width.into());
        ebml::unsigned(video, id::PIXEL_HEIGHT, size.height.into());
        if let Codec::Uncompressed(fourcc) = codec {
            ebml::binary(video, id::UNCOMPRESSED_FOURCC, fourcc);
        }
        if let Some(colour) = colour {
            ebml::master(video, id::COLOUR, |element| {
                // The numbers of ITU-T H.273: 6 is BT.601, 1 is BT.709.
                let matrix = if colour.matrix == Matrix::Bt709 { 1 } else { 6 };
                ebml::unsigned(element, id::MATRIX_COEFFICIENTS, matrix);
                // 1: broadcast, 2: full (RFC 9559, section 5.1.4.1.28.24).
                ebml::unsigned(element, id::RANGE, if colour.range == Range::Full { 2 } else { 1 });
            });
        }
    });
}

/// A SeekHead with positions of Info, Tracks and, once they are there, Cues, then a Void for
/// what it is shorter than with all of them. The SeekHead must be the segment's first element
/// (RFC 9559, section 25.2 has the Void behind it).
fn seek_head_of(info: u64, tracks: u64, cues: Option<u64>) -> Vec<u8> {
    let mut out = Vec::with_capacity(SEEK_HEAD_LENGTH);
    ebml::master(&mut out, id::SEEK_HEAD, |head| {
        let known = [(id::INFO, Some(info)), (id::TRACKS, Some(tracks)), (id::CUES, cues)];
        for (element, position) in known {
            let Some(position) = position else { continue };
            ebml::master(head, id::SEEK, |seek| {
                ebml::binary(seek, id::SEEK_ID, &element.to_be_bytes());
                ebml::wide_unsigned(seek, id::SEEK_POSITION, position);
            });
        }
    });
    if out.len() < SEEK_HEAD_LENGTH {
        let left = SEEK_HEAD_LENGTH - out.len();
        ebml::void(&mut out, left);
    }
    debug_assert_eq!(out.len(), SEEK_HEAD_LENGTH);
    out
}

/// Nanoseconds since the start of 2001, UTC (RFC 8794, section 7.6: Date Element).
fn date_of(date: SystemTime) -> i64 {
    const SECONDS_FROM_1970: i64 = 978_307_200;
    let since_1970 = date.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let nanoseconds = i64::try_from(since_1970.as_nanos()).unwrap_or(i64::MAX);
    nanoseconds.saturating_sub(SECONDS_FROM_1970 * 1_000_000_000)
}
