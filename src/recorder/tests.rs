//! Recordings: what is in the files, read back by a reader of its own and by FFmpeg, and what
//! becomes of them when the disk is full, slow or gone.

mod cut_off;
mod ffmpeg;
mod ffmpeg_trace;
mod files;
mod object;
mod reader;
mod sinks;
mod trace;

use super::recording::{Recording, Taken};
use super::*;
use crate::format::{Colour, Layout, Size};
use crate::frame::{Frame, FrameInfo, HeapPool};
use crate::image::jpeg::{Encoder, Request};

fn v4l2(code: &[u8; 4]) -> PixelFormat {
    PixelFormat::from_fourcc(*code)
}

/// A frame with rows that are `padding` bytes longer than the picture; its bytes follow from
/// `number` and their place, and are 0xee in the padding.
fn picture(format: PixelFormat, size: Size, padding: u32, number: u64, timestamp_ns: i64) -> Frame {
    let narrow = Layout::new(format, size, &[]).unwrap();
    // Strides of further planes of the same memory follow from the first, which drivers make even.
    let first = |memory| narrow.planes().iter().find(|plane| plane.memory as usize == memory).unwrap().stride;
    let padded = (0..narrow.memory_count()).map(|memory| (first(memory) + padding).next_multiple_of(2));
    let strides: Vec<u32> = if padding == 0 { Vec::new() } else { padded.collect() };
    let layout = Layout::new(format, size, &strides).unwrap();
    let lengths: Vec<usize> = (0..layout.memory_count()).map(|memory| layout.memory_length(memory)).collect();
    let (_, mut lease) = HeapPool::new(1, &lengths).take().unwrap();
    let mut next = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for (plane, narrow) in layout.planes().iter().zip(narrow.planes()) {
        let bytes = lease.bytes_mut(plane.memory as usize);
        for row in 0..plane.rows as usize {
            let row = &mut bytes[plane.offset + row * plane.stride as usize..][..plane.stride as usize];
            row.fill(0xee);
            for byte in &mut row[..narrow.stride as usize] {
                next ^= next << 13;
                next ^= next >> 7;
                next ^= next << 17;
                *byte = (next >> 32) as u8;
            }
        }
    }
    lease.into_frame(FrameInfo {
        format,
        size,
        layout,
        sequence: number,
        timestamp_ns,
        flags: 0,
        colour: crate::format::Colour::JFIF,
    })
}

/// The bytes of a picture without padding, one plane after the other.
fn tight_bytes(frame: &Frame) -> Vec<u8> {
    let info = frame.info();
    let narrow = Layout::new(info.format, info.size, &[]).unwrap();
    let mut out = Vec::new();
    for ((plane, bytes), narrow) in frame.planes().zip(narrow.planes()) {
        for row in bytes.chunks(plane.stride as usize) {
            out.extend_from_slice(&row[..narrow.stride as usize]);
        }
    }
    out
}

/// A compressed frame.
fn compressed(format: PixelFormat, size: Size, bytes: &[u8], number: u64, timestamp_ns: i64) -> Frame {
    let (_, mut lease) = HeapPool::new(1, &[bytes.len()]).take().unwrap();
    lease.bytes_mut(0).copy_from_slice(bytes);
    let layout = Layout::compressed(bytes.len());
    lease.into_frame(FrameInfo {
        format,
        size,
        layout,
        sequence: number,
        timestamp_ns,
        flags: 0,
        colour: crate::format::Colour::JFIF,
    })
}

/// A JPEG picture, with or without Huffman tables.
fn jpeg(size: Size, number: u64, tables: bool) -> Vec<u8> {
    let mut out = Vec::new();
    // Smooth, so that it compresses as pictures do.
    let layout = Layout::new(PixelFormat::I420, size, &[]).unwrap();
    let (_, mut lease) = HeapPool::new(1, &[layout.memory_length(0)]).take().unwrap();
    for (index, byte) in lease.bytes_mut(0).iter_mut().enumerate() {
        let (x, y) = (index as u32 % size.width, index as u32 / size.width);
        *byte = ((x + 3 * number as u32) / 4 + y / 3 + (x * y) % 7) as u8;
    }
    let info = FrameInfo {
        format: PixelFormat::I420,
        size,
        layout,
        sequence: 0,
        timestamp_ns: 0,
        flags: 0,
        colour: crate::format::Colour::JFIF,
    };
    let request = Request { quality: 85, colour: Colour::JFIF, exif: None };
    Encoder::default().encode(&lease.into_frame(info), &request, &mut out).unwrap();
    if tables {
        return out;
    }
    let (mut stripped, mut at) = (out[..2].to_vec(), 2);
    while out[at + 1] != 0xda {
        let end = at + 2 + usize::from(u16::from_be_bytes([out[at + 2], out[at + 3]]));
        if out[at + 1] != 0xc4 {
            stripped.extend_from_slice(&out[at..end]);
        }
        at = end;
    }
    stripped.extend_from_slice(&out[at..]);
    stripped
}

/// A recording of these frames into memory; returns the file before and after its end.
fn record(container: Container, rate: Option<FrameRate>, frames: &[Frame]) -> (Vec<u8>, Vec<u8>) {
    let memory = sinks::Memory::default();
    let mut recording = Recording::new(container, rate, Box::new(memory.clone()));
    for frame in frames {
        assert_eq!(recording.frame(frame).unwrap(), Taken::Written);
    }
    let before = memory.bytes();
    let (result, finished) = recording.finish();
    result.unwrap();
    let after = memory.bytes();
    assert_eq!((finished.frames, finished.bytes), (frames.len() as u64, after.len() as u64));
    (before, after)
}
