//! One file of a trace: Matroska with the camera's pictures as one track, and lines of text as
//! another, which players show as subtitles.
//!
//! ```text
//! EBML header
//! Segment (size unknown until the end)
//!   Info                    at the end: a Duration takes the place of a Void
//!   Tracks                  1: pictures, 2: lines
//!   Tags                    what the camera is, and what was committed
//!   Cluster (size unknown until the next begins)
//!     Timestamp
//!     BlockGroup            a line
//!     SimpleBlock           the picture of that line, if it has one
//!     ...
//! ```
//!
//! A line and its picture are one write, so the file is one that can be replayed wherever it was cut
//! off. There is no index: a trace is read from front to back.

use super::super::ebml::{self, UNKNOWN_SIZE};
use super::super::file::Output;
use super::super::matroska::{
    CLUSTER_BYTES, CLUSTER_TICKS, Codec, DURATION_LENGTH, KEY, TICK_NS, TRACK, begin_segment, id, segment_info,
    video_track,
};
use super::super::raw::Parts;
use crate::format::{self, PixelFormat};
use crate::trace::{Setup, Tag};
use std::io::{self, IoSlice};
use std::time::SystemTime;

/// More IDs of elements (RFC 9559, section 5).
mod more {
    pub(super) const NAME: u32 = 0x536e;
    pub(super) const BLOCK_GROUP: u32 = 0xa0;
    pub(super) const BLOCK: u32 = 0xa1;
    pub(super) const BLOCK_DURATION: u32 = 0x9b;
    pub(super) const TAGS: u32 = 0x1254c367;
    pub(super) const TAG: u32 = 0x7373;
    pub(super) const TARGETS: u32 = 0x63c0;
    pub(super) const SIMPLE_TAG: u32 = 0x67c8;
    pub(super) const TAG_NAME: u32 = 0x45a3;
    pub(super) const TAG_STRING: u32 = 0x4487;
}

/// The track of the lines.
const LINES: u8 = 2;
/// For how long a player shows a line that is no frame's: long enough to be read.
const SHOWN_TICKS: u64 = 1_000_000_000 / TICK_NS;
/// And a frame's, when the rate is not known.
const FRAME_TICKS: u64 = SHOWN_TICKS / 30;

struct Cluster {
    at: u64,
    tick: u64,
}

/// The picture of a line.
pub(super) struct Block<'a> {
    pub(super) parts: Parts<'a>,
    pub(super) key: bool,
}

/// A file of a trace that is being written.
pub(super) struct TraceFile {
    content: u64,
    /// Where the Void is that becomes the Duration.
    duration: u64,
    /// Of the trace's time, in nanoseconds, that is 0 in this file.
    origin_ns: i64,
    frame_ticks: u64,
    cluster: Option<Cluster>,
    newest: u64,
    newest_picture: Option<u64>,
    head: Vec<u8>,
}

/// How pictures of a format are in the file: always byte by byte as the camera gives them, in a way
/// that players understand where there is one. FFmpeg has no code for some uncompressed layouts
/// (VYUY, NV16, NV61, NV24, NV42 and their kind); theirs is V4L2's.
pub(super) fn codec(format: PixelFormat) -> Codec {
    // Bit 31 marks V4L2's big-endian variants, and is no character.
    let fourcc = match &(format.number() & 0x7fff_ffff).to_le_bytes() {
        // What players look for in a file.
        b"HEVC" => *b"hev1",
        b"MPG4" => *b"FMP4",
        other => *other,
    };
    match format::matroska::fourcc(format) {
        _ if format.is_jpeg() => Codec::MotionJpeg,
        _ if format.is_compressed() => Codec::ByteStream(fourcc),
        Some(code) => Codec::Uncompressed(code),
        None => Codec::Uncompressed(fourcc),
    }
}

fn tracks(out: &mut Vec<u8>, setup: &Setup) {
    let codec = codec(setup.format);
    // Streams of other formats say themselves what their colours mean, and those of RGB mean themselves.
    let told = !matches!(codec, Codec::ByteStream(_)) && !setup.format.is_rgb();
    ebml::master(out, id::TRACKS, |tracks| {
        ebml::master(tracks, id::TRACK_ENTRY, |track| {
            video_track(track, &codec, setup.size, told.then_some(setup.colour));
        });
        ebml::master(tracks, id::TRACK_ENTRY, |track| {
            ebml::unsigned(track, id::TRACK_NUMBER, LINES.into());
            ebml::unsigned(track, id::TRACK_UID, LINES.into());
            // 17: subtitles.
            ebml::unsigned(track, id::TRACK_TYPE, 17);
            ebml::unsigned(track, id::FLAG_LACING, 0);
            ebml::text(track, more::NAME, "what the camera did");
            ebml::text(track, id::LANGUAGE, "eng");
            ebml::text(track, id::CODEC_ID, "S_TEXT/UTF8");
        });
    });
}

fn tag_elements<'a>(out: &mut Vec<u8>, all: impl Iterator<Item = &'a Tag>) {
    ebml::master(out, more::TAGS, |tags| {
        ebml::master(tags, more::TAG, |tag| {
            // Of the whole file.
            ebml::master(tag, more::TARGETS, |_| {});
            for (name, value) in all {
                ebml::master(tag, more::SIMPLE_TAG, |simple| {
                    ebml::text(simple, more::TAG_NAME, name);
                    ebml::text(simple, more::TAG_STRING, value);
                });
            }
        });
    });
}

impl TraceFile {
    /// Writes everything up to the first cluster. `origin_ns` of the trace's time is 0 in this file.
    pub(super) fn begin<'a>(
        out: &mut Output,
        setup: &Setup,
        tags: impl Iterator<Item = &'a Tag>,
        origin_ns: i64,
    ) -> io::Result<TraceFile> {
        let mut bytes = Vec::with_capacity(2048);
        begin_segment(&mut bytes);
        let content = bytes.len() as u64;
        segment_info(&mut bytes, SystemTime::now());
        let duration = (bytes.len() - DURATION_LENGTH) as u64;
        tracks(&mut bytes, setup);
        tag_elements(&mut bytes, tags);
        out.append(&mut [IoSlice::new(&bytes)])?;
        Ok(TraceFile {
            content,
            duration,
            origin_ns,
            frame_ticks: setup.rate.map_or(FRAME_TICKS, |rate| rate.period_ns() / TICK_NS).clamp(1, SHOWN_TICKS),
            cluster: None,
            newest: 0,
            newest_picture: None,
            head: Vec::with_capacity(256),
        })
    }

    /// Writes a line, with its picture. On failure the file ends with the line before.
    pub(super) fn line(
        &mut self,
        out: &mut Output,
        at_ns: i64,
        text: &str,
        is_frame: bool,
        block: Option<Block<'_>>,
    ) -> io::Result<()> {
        let time = u64::try_from(at_ns.saturating_sub(self.origin_ns)).unwrap_or(0);
        // Lines are in the order of the file, and two pictures at one time would be one to a player.
        let tick = (time / TICK_NS).max(self.newest);
        let tick = match (&block, self.newest_picture) {
            (Some(_), Some(picture)) => tick.max(picture + 1),
            _ => tick,
        };
        let length: u64 = block.iter().flat_map(|block| block.parts).map(|part| part.len() as u64).sum();
        let more = length + text.len() as u64;
        let fits = self.cluster.as_ref().filter(|cluster| {
            tick - cluster.tick <= CLUSTER_TICKS && out.length() - cluster.at + more <= CLUSTER_BYTES
        });
        self.head.clear();
        let begun = match fits {
            Some(cluster) => cluster.tick,
            None => {
                self.end_cluster(out);
                ebml::id(&mut self.head, id::CLUSTER);
                self.head.extend_from_slice(&UNKNOWN_SIZE);
                ebml::unsigned(&mut self.head, id::TIMESTAMP, tick);
                tick
            }
        };
        let relative = i16::try_from(tick - begun).expect("a cluster is shorter").to_be_bytes();
        let shown = if is_frame { self.frame_ticks } else { SHOWN_TICKS };
        ebml::master(&mut self.head, more::BLOCK_GROUP, |group| {
            ebml::id(group, more::BLOCK);
            ebml::size(group, text.len() as u64 + 4);
            group.extend_from_slice(&[0x80 | LINES, relative[0], relative[1], 0]);
            group.extend_from_slice(text.as_bytes());
            ebml::unsigned(group, more::BLOCK_DURATION, shown);
        });
        let mut parts = Parts::default();
        if let Some(block) = &block {
            ebml::id(&mut self.head, id::SIMPLE_BLOCK);
            ebml::size(&mut self.head, length + 4);
            let key = if block.key { KEY } else { 0 };
            self.head.extend_from_slice(&[0x80 | TRACK, relative[0], relative[1], key]);
            parts = block.parts;
        }
        let at = out.length();
        let [a, b, c, d] = parts;
        out.append(&mut [&self.head, a, b, c, d].map(IoSlice::new))?;
        self.newest = tick;
        if block.is_some() {
            self.newest_picture = Some(tick);
        }
        self.cluster.get_or_insert(Cluster { at, tick });
        Ok(())
    }

    /// Puts in the size of the cluster that ends here; without it the next element ends it.
    fn end_cluster(&mut self, out: &mut Output) {
        if let Some(cluster) = self.cluster.take() {
            let content = cluster.at + 4 + UNKNOWN_SIZE.len() as u64;
            let _ = out.patch(cluster.at + 4, &ebml::wide_size(out.length() - content));
        }
    }

    /// Puts in what is known at the end. Whatever fails, the file can be replayed.
    pub(super) fn finish(&mut self, out: &mut Output) -> io::Result<()> {
        self.end_cluster(out);
        let mut duration = Vec::with_capacity(DURATION_LENGTH);
        ebml::float(&mut duration, id::DURATION, (self.newest + self.frame_ticks) as f64);
        let timed = out.patch(self.duration, &duration);
        let size = ebml::wide_size(out.length() - self.content);
        timed.and(out.patch(self.content - size.len() as u64, &size))
    }
}
