//! What is in the files.

use super::super::matroska::{Codec, Matroska, TICK_NS, id};
use super::super::{ebml, file, raw};
use super::*;
use reader::read;
use std::time::SystemTime;

const MS: i64 = 1_000_000;

#[test]
fn numbers_and_sizes_are_those_of_rfc_8794() {
    let sizes: [(u64, &[u8]); 9] = [
        (0, &[0x80]),
        (126, &[0xfe]),
        // All ones would be an unknown size.
        (127, &[0x40, 0x7f]),
        (16_382, &[0x7f, 0xfe]),
        (16_383, &[0x20, 0x3f, 0xff]),
        ((1 << 28) - 2, &[0x1f, 0xff, 0xff, 0xfe]),
        (1 << 32, &[0x09, 0, 0, 0, 0]),
        ((1 << 49) - 1, &[0x01, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ((1 << 56) - 2, &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]),
    ];
    for (value, expected) in sizes {
        let mut out = Vec::new();
        ebml::size(&mut out, value);
        assert_eq!(out, expected, "{value}");
        assert_eq!(ebml::wide_size(value)[1..], value.to_be_bytes()[1..]);
    }
    type Write = fn(&mut Vec<u8>);
    let elements: [(Write, &[u8]); 7] = [
        (|out| ebml::unsigned(out, 0xd7, 0), &[0xd7, 0x81, 0]),
        (|out| ebml::unsigned(out, 0x53ac, 256), &[0x53, 0xac, 0x82, 1, 0]),
        (|out| ebml::wide_unsigned(out, 0x53ac, 256), &[0x53, 0xac, 0x88, 0, 0, 0, 0, 0, 0, 1, 0]),
        (|out| ebml::float(out, 0x4489, 1.0), &[0x44, 0x89, 0x88, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]),
        (|out| ebml::text(out, 0x1f43b675, "ab"), &[0x1f, 0x43, 0xb6, 0x75, 0x82, b'a', b'b']),
        (|out| ebml::master(out, 0xae, |out| ebml::unsigned(out, 0xd7, 1)), &[0xae, 0x83, 0xd7, 0x81, 1]),
        (|out| ebml::void(out, 4), &[0xec, 0x82, 0, 0]),
    ];
    for (write, expected) in elements {
        let mut out = Vec::new();
        write(&mut out);
        assert_eq!(out, expected);
    }
}

#[test]
fn a_finished_matroska_file_has_everything_in_its_place() {
    let size = Size::new(16, 8);
    let times = [5_000, 5_033, 5_067, 5_150, 9_000, 9_040].map(|ms| ms * MS + 12_345);
    let frames: Vec<_> =
        (0..).zip(times).map(|(number, time)| picture(PixelFormat::YUYV, size, 0, number, time)).collect();
    let (before, after) = record(Container::Matroska, None, &frames);
    for (bytes, finished) in [(&before, false), (&after, true)] {
        let file = read(&bytes[..]);
        let mut order = vec![id::SEEK_HEAD, 0xec, id::INFO, id::TRACKS, id::CLUSTER];
        if finished {
            // The SeekHead fills the place of the Void.
            order.remove(1);
            order.push(id::CUES);
        }
        assert_eq!(file.order, order);
        assert_eq!((file.width, file.height, file.scale), (16, 8, TICK_NS));
        assert_eq!((file.codec.as_str(), file.fourcc.as_slice()), ("V_UNCOMPRESSED", &b"YUY2"[..]));
        let ticks: Vec<_> = file.blocks.iter().map(|block| block.tick).collect();
        assert_eq!(ticks, [0, 330, 670, 1_500, 40_000, 40_400]);
        for (block, frame) in file.blocks.iter().zip(&frames) {
            assert!(block.key);
            assert_eq!(bytes[block.data.start as usize..block.data.end as usize], tight_bytes(frame));
        }
        assert_eq!(file.clusters.len(), 2, "3.9 s do not fit one cluster");
        assert_eq!(file.segment_size.is_some(), finished);
        assert_eq!(file.clusters[1].size.is_some(), finished);
        assert!(file.clusters[0].size.is_some(), "known once the next begins");
        assert_eq!(file.duration, finished.then_some(40_800.0));
        let position = |index: usize| file.clusters[index].at - file.content;
        if finished {
            assert_eq!(file.segment_size, Some(bytes.len() as u64 - file.content));
            assert_eq!(file.cues, [(0, position(0)), (40_000, position(1))]);
        }
        for (element, position) in &file.seeks {
            let at = (file.content + position) as usize;
            assert_eq!(bytes[at..at + 4], element.to_be_bytes());
        }
        assert_eq!(file.seeks.len(), if finished { 3 } else { 2 });
    }
}

#[test]
fn times_are_rounded_each_by_itself_and_never_the_same() {
    let size = Size::new(2, 2);
    // 30000/1001 frames per second, as drivers round it to microseconds; then two frames nearer
    // than a tick.
    let mut times: Vec<i64> = (0..3_000).map(|n| 77_777_777 + n * 1_001_000_000 / 30 / 1_000 * 1_000).collect();
    times.push(times[2_999] + 20_000);
    times.push(times[2_999] + 60_000);
    let frames: Vec<_> =
        (0..).zip(&times).map(|(number, time)| picture(v4l2(b"GREY"), size, 0, number, *time)).collect();
    let (_, bytes) = record(Container::Matroska, None, &frames);
    let file = read(&bytes[..]);
    assert_eq!(file.blocks.len(), times.len());
    for (block, time) in file.blocks.iter().zip(&times[..3_000]) {
        let exact = (time - times[0]) as u64;
        assert!(exact.abs_diff(block.tick * TICK_NS) <= TICK_NS / 2, "{exact} is written as {}", block.tick);
    }
    let last: Vec<_> = file.blocks[2_999..].iter().map(|block| block.tick - file.blocks[2_999].tick).collect();
    assert_eq!(last, [0, 1, 2]);
    for cluster in &file.clusters {
        assert!(cluster.blocks <= 91, "at most 3 s");
    }
}

#[test]
fn motion_jpeg_is_passed_through_and_made_whole() {
    let size = Size::new(64, 48);
    let whole = jpeg(size, 0, true);
    let mut stripped = jpeg(size, 0, false);
    assert!(stripped.len() + 400 < whole.len());
    stripped.extend_from_slice(&[0; 50]);
    let frames = [
        compressed(PixelFormat::MJPEG, size, &whole, 0, 0),
        compressed(PixelFormat::MJPEG, size, &stripped, 1, 40 * MS),
    ];
    let (_, bytes) = record(Container::Matroska, None, &frames);
    let file = read(&bytes[..]);
    assert_eq!(file.codec, "V_MJPEG");
    let data: Vec<_> =
        file.blocks.iter().map(|block| &bytes[block.data.start as usize..block.data.end as usize]).collect();
    assert_eq!(data[0], whole, "not a byte is changed");
    assert_eq!(data[1].len(), stripped.len() - 50 + 420);
    assert_eq!(data[1][data[1].len() - 2..], [0xff, 0xd9]);
    // One that is cut off is not written, and the recording goes on.
    let memory = sinks::Memory::default();
    let mut recording = Recording::new(Container::Matroska, None, Box::new(memory.clone()));
    let torn = compressed(PixelFormat::MJPEG, size, &whole[..whole.len() / 2], 0, 0);
    assert!(matches!(recording.frame(&torn), Ok(Taken::Skipped(reason)) if reason.contains("ends in the middle")));
    assert_eq!(recording.frame(&frames[1]), Ok(Taken::Written));
    assert_eq!(recording.duration_ns(), 0);
}

#[test]
fn h264_begins_at_a_key_frame_and_again_after_a_loss() {
    let format = v4l2(b"H264");
    let size = Size::new(64, 48);
    let sets: &[u8] = &[0, 0, 0, 1, 0x67, 66, 0xc0, 30, 9, 0, 0, 0, 1, 0x68, 5];
    let idr: &[u8] = &[0, 0, 0, 1, 0x65, 1, 2, 3];
    let other: &[u8] = &[0, 0, 1, 0x41, 4];
    let memory = sinks::Memory::default();
    let mut recording = Recording::new(Container::Matroska, None, Box::new(memory.clone()));
    let mut give = |number: u64, parts: &[&[u8]]| {
        let frame = compressed(format, size, &parts.concat(), number, number as i64 * 40 * MS);
        recording.frame(&frame).unwrap()
    };
    assert!(matches!(give(0, &[other]), Taken::Skipped(_)));
    assert!(matches!(give(1, &[idr]), Taken::Skipped(_)), "its parameters are missing");
    assert_eq!(give(2, &[sets]), Taken::Used);
    assert_eq!(give(3, &[idr]), Taken::Written);
    assert_eq!(give(4, &[other]), Taken::Written);
    assert!(matches!(give(6, &[other]), Taken::Skipped(_)), "5 was lost");
    assert!(matches!(give(7, &[other]), Taken::Skipped(_)));
    assert_eq!(give(8, &[sets, idr]), Taken::Written);
    recording.pause();
    let mut give = |number: u64, parts: &[&[u8]]| {
        let frame = compressed(format, size, &parts.concat(), number, number as i64 * 40 * MS);
        recording.frame(&frame).unwrap()
    };
    assert!(matches!(give(9, &[other]), Taken::Skipped(_)), "the first after a pause is a key frame");
    assert_eq!(give(10, &[idr]), Taken::Written);
    recording.finish().0.unwrap();
    let bytes = memory.bytes();
    let file = read(&bytes[..]);
    assert_eq!(file.codec, "V_MPEG4/ISO/AVC");
    assert_eq!(file.private, [1, 66, 0xc0, 30, 0xff, 0xe1, 0, 5, 0x67, 66, 0xc0, 30, 9, 1, 0, 2, 0x68, 5]);
    let keys: Vec<_> = file.blocks.iter().map(|block| (block.tick, block.key)).collect();
    // The pause is as long as the interval before it.
    assert_eq!(keys, [(0, true), (400, false), (2_000, true), (3_600, true)]);
    assert_eq!(file.clusters.len(), 3, "key frames begin clusters");
    assert_eq!(file.cues.len(), 1, "not more often than twice a second");
    let first = &file.blocks[0].data;
    assert_eq!(bytes[first.start as usize..first.end as usize], [0, 0, 0, 4, 0x65, 1, 2, 3]);
}

/// The file tells what the YUV means, so that players show it right.
#[test]
fn the_meaning_of_the_colours_is_in_the_file() {
    for (colour, matrix, range, word) in [
        (Colour::BT601_LIMITED, 6, 1, "XCOLORRANGE=LIMITED"),
        (Colour::JFIF, 6, 2, "XCOLORRANGE=FULL"),
        (Colour::BT709_LIMITED, 1, 1, "XCOLORRANGE=LIMITED"),
    ] {
        let size = Size::new(8, 4);
        let layout = Layout::new(PixelFormat::I420, size, &[]).unwrap();
        let frame = || {
            let pool = HeapPool::new(1, &[layout.memory_length(0)]);
            let (format, sequence, timestamp_ns, flags) = (PixelFormat::I420, 0, 0, 0);
            let info = FrameInfo { format, size, layout, sequence, timestamp_ns, flags, colour };
            [pool.take().unwrap().1.into_frame(info)]
        };
        let file = read(&record(Container::Matroska, None, &frame()).1[..]);
        assert_eq!(file.colour, [(id::MATRIX_COEFFICIENTS, matrix), (id::RANGE, range)]);
        let (words, _) = read_y4m(&record(Container::Y4m, None, &frame()).1);
        assert_eq!(words.last().unwrap(), word);
    }
}

#[test]
fn padding_is_left_out_of_every_uncompressed_format() {
    for (format, size) in [
        (PixelFormat::YUYV, Size::new(7, 3)),
        (PixelFormat::NV12, Size::new(7, 5)),
        (PixelFormat::NV12M, Size::new(6, 4)),
        (PixelFormat::I420, Size::new(8, 6)),
        (PixelFormat::RGBA_8888, Size::new(5, 2)),
        (v4l2(b"GREY"), Size::new(3, 1)),
    ] {
        for padding in [0, 6] {
            let frame = picture(format, size, padding, 3, 0);
            let mut scratch = Vec::new();
            let parts = raw::tight(&frame, &mut scratch).unwrap();
            assert_eq!(parts.concat(), tight_bytes(&frame), "{format} {size} {padding}");
        }
    }
    // A frame with fewer bytes than its picture is refused.
    let whole = picture(PixelFormat::NV12, Size::new(8, 8), 0, 0, 0);
    let mut info = *whole.info();
    info.layout.clip(&[95]);
    let short = HeapPool::new(1, &[95]).take().unwrap().1.into_frame(info);
    assert!(raw::tight(&short, &mut Vec::new()).is_err());
    let memory = sinks::Memory::default();
    let mut recording = Recording::new(Container::Y4m, None, Box::new(memory));
    assert!(matches!(recording.frame(&short), Ok(Taken::Skipped(_))));
}

/// Y4M as a reader sees it: width, height, rate, colour space and pictures.
fn read_y4m(bytes: &[u8]) -> (Vec<String>, Vec<&[u8]>) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    let words: Vec<_> = std::str::from_utf8(&bytes[..end]).unwrap().split(' ').map(str::to_owned).collect();
    assert_eq!(words[0], "YUV4MPEG2");
    let value = |letter| words.iter().find_map(|word| word.strip_prefix(letter)).unwrap();
    let (width, height): (usize, usize) = (value('W').parse().unwrap(), value('H').parse().unwrap());
    let chroma = match value('C') {
        "420jpeg" => width.div_ceil(2) * height.div_ceil(2),
        "422" => width.div_ceil(2) * height,
        "444" => width * height,
        "mono" => 0,
        other => panic!("{other}"),
    };
    let length = width * height + 2 * chroma;
    let frames = bytes[end + 1..].chunks(6 + length).filter(|chunk| chunk.len() == 6 + length);
    (words.clone(), frames.map(|chunk| chunk.strip_prefix(b"FRAME\n").unwrap()).collect())
}

/// Y, U and V of a pixel, told from the format's definition alone.
fn yuv_at(frame: &Frame, x: usize, y: usize) -> (u8, u8, u8) {
    let row = |plane: usize, shared: usize| {
        let (plane, bytes) = frame.plane(plane).unwrap();
        &bytes[y / shared * plane.stride as usize..]
    };
    let group = x / 2 * 4;
    let format = frame.info().format;
    if format == PixelFormat::YUV_420_SP {
        return (row(0, 1)[x], row(1, 2)[x / 2 * 2 + 1], row(1, 2)[x / 2 * 2]);
    }
    match &format.number().to_le_bytes() {
        b"YUYV" => (row(0, 1)[2 * x], row(0, 1)[group + 1], row(0, 1)[group + 3]),
        b"UYVY" => (row(0, 1)[2 * x + 1], row(0, 1)[group], row(0, 1)[group + 2]),
        b"YVYU" => (row(0, 1)[2 * x], row(0, 1)[group + 3], row(0, 1)[group + 1]),
        b"VYUY" => (row(0, 1)[2 * x + 1], row(0, 1)[group + 2], row(0, 1)[group]),
        b"NV12" | b"NM12" => (row(0, 1)[x], row(1, 2)[x / 2 * 2], row(1, 2)[x / 2 * 2 + 1]),
        b"NV21" => (row(0, 1)[x], row(1, 2)[x / 2 * 2 + 1], row(1, 2)[x / 2 * 2]),
        b"NV16" => (row(0, 1)[x], row(1, 1)[x / 2 * 2], row(1, 1)[x / 2 * 2 + 1]),
        b"NV61" => (row(0, 1)[x], row(1, 1)[x / 2 * 2 + 1], row(1, 1)[x / 2 * 2]),
        b"NV24" => (row(0, 1)[x], row(1, 1)[x * 2], row(1, 1)[x * 2 + 1]),
        b"NV42" => (row(0, 1)[x], row(1, 1)[x * 2 + 1], row(1, 1)[x * 2]),
        b"YU12" => (row(0, 1)[x], row(1, 2)[x / 2], row(2, 2)[x / 2]),
        b"YV12" => (row(0, 1)[x], row(2, 2)[x / 2], row(1, 2)[x / 2]),
        b"422P" => (row(0, 1)[x], row(1, 1)[x / 2], row(2, 1)[x / 2]),
        b"444P" => (row(0, 1)[x], row(1, 1)[x], row(2, 1)[x]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn y4m_has_every_pixel_of_every_format() {
    let codes: [&[u8; 4]; 14] = [
        b"YUYV", b"UYVY", b"YVYU", b"VYUY", b"NV12", b"NV21", b"NM12", b"NV16", b"NV61", b"NV24", b"NV42", b"YU12",
        b"YV12", b"422P",
    ];
    let formats = codes.iter().map(|code| v4l2(code)).chain([v4l2(b"444P"), PixelFormat::YUV_420_SP]);
    for format in formats {
        for (size, padding) in [(Size::new(8, 6), 0), (Size::new(8, 6), 4), (Size::new(5, 3), 0), (Size::new(1, 1), 0)]
        {
            let frames = [0, 1].map(|number| picture(format, size, padding, number, number as i64 * 100 * MS));
            let (_, bytes) = record(Container::Y4m, None, &frames);
            let (words, pictures) = read_y4m(&bytes);
            assert_eq!(pictures.len(), 2, "{format}");
            let (width, height) = (size.width as usize, size.height as usize);
            let shared = match words[words.len() - 2].as_str() {
                "C420jpeg" => (2, 2),
                "C422" => (2, 1),
                _ => (1, 1),
            };
            let chroma_width = width.div_ceil(shared.0);
            let chroma = chroma_width * height.div_ceil(shared.1);
            for (frame, picture) in frames.iter().zip(&pictures) {
                for (x, y) in (0..width).flat_map(|x| (0..height).map(move |y| (x, y))) {
                    let at = width * height + y / shared.1 * chroma_width + x / shared.0;
                    let seen = (picture[y * width + x], picture[at], picture[at + chroma]);
                    assert_eq!(seen, yuv_at(frame, x, y), "{format} {size} {padding} at {x}, {y}");
                }
            }
        }
    }
    let grey = picture(v4l2(b"GREY"), Size::new(6, 2), 3, 1, 0);
    let (_, bytes) = record(Container::Y4m, None, std::slice::from_ref(&grey));
    assert_eq!(read_y4m(&bytes).1, [tight_bytes(&grey)]);
}

#[test]
fn y4m_says_the_rate_that_was_given_or_measured() {
    let frames: Vec<_> =
        (0..31).map(|number| picture(v4l2(b"GREY"), Size::new(2, 2), 0, number, number as i64 * 40 * MS)).collect();
    let rate = |rate, frames: &[Frame]| {
        let (before, after) = record(Container::Y4m, rate, frames);
        assert_eq!(before.len(), after.len());
        read_y4m(&after).0[3].clone()
    };
    assert_eq!(rate(None, &frames), "F0000000025:0000000001");
    assert_eq!(rate(None, &frames[..1]), "F0000000030:0000000001");
    assert_eq!(rate(FrameRate::new(30_000, 1_001), &frames), "F0000030000:0000001001");
}

#[test]
fn containers_say_what_they_hold() {
    for (container, format, accepted) in [
        (Container::Matroska, PixelFormat::MJPEG, true),
        (Container::Matroska, PixelFormat::JPEG, true),
        (Container::Matroska, v4l2(b"H264"), true),
        (Container::Matroska, v4l2(b"HEVC"), false),
        (Container::Matroska, PixelFormat::YUYV, true),
        (Container::Y4m, PixelFormat::YUYV, true),
        (Container::Y4m, PixelFormat::MJPEG, false),
        (Container::Y4m, PixelFormat::RGBA_8888, false),
    ] {
        assert_eq!(container.accepts(format), accepted, "{format}");
        let frame = compressed(format, Size::new(4, 4), &[0; 64], 0, 0);
        let result = Recording::new(container, None, Box::new(sinks::Memory::default())).frame(&frame);
        assert_eq!(result.is_ok(), accepted);
    }
}

#[test]
fn positions_beyond_4_gib_are_right() {
    let sparse = sinks::Sparse::default();
    let mut out = file::Output::new(Box::new(sparse.clone()));
    let size = Size::new(4096, 4096);
    let mut matroska = Matroska::begin(&mut out, Codec::Uncompressed(*b"Y800"), size, None, SystemTime::now()).unwrap();
    let data = vec![0; 16 << 20];
    let count = 600u64;
    for number in 0..count {
        matroska.frame(&mut out, number * 100_000_000, true, &[&data, &[], &[], &[]]).unwrap();
    }
    matroska.finish(&mut out, count * 100_000_000).unwrap();
    assert!(out.length() > 9 << 30);
    let file = read(&sparse);
    assert_eq!(file.segment_size, Some(sparse.length() - file.content));
    assert_eq!(file.duration, Some(600_000.0));
    assert_eq!(file.blocks.len() as u64, count);
    for (number, block) in (0..).zip(&file.blocks) {
        assert_eq!((block.tick, block.data.end - block.data.start), (number * 1_000, data.len() as u64));
    }
    assert_eq!(file.cues.len(), 120, "twice a second");
    assert!(file.cues.last().unwrap().1 > 8 << 30);
    for (tick, position) in &file.cues {
        let cluster = file.clusters.iter().find(|cluster| cluster.at == file.content + position).unwrap();
        assert_eq!(cluster.tick, *tick);
    }
    let (_, cues) = file.seeks[2];
    assert!(cues > 9 << 30);
    assert_eq!(sparse.read(file.content + cues, 4).unwrap(), id::CUES.to_be_bytes());
}

#[test]
fn y4m_goes_on_beyond_4_gib() {
    let sparse = sinks::Sparse::default();
    let mut recording = Recording::new(Container::Y4m, None, Box::new(sparse.clone()));
    let (format, size) = (v4l2(b"GREY"), Size::new(4096, 4096));
    let layout = Layout::new(format, size, &[]).unwrap();
    let pool = HeapPool::new(1, &[layout.memory_length(0)]);
    let count = 300u64;
    for n in 0..count {
        let info = FrameInfo {
            format,
            size,
            layout,
            sequence: n,
            timestamp_ns: n as i64 * 50 * MS,
            flags: 0,
            colour: crate::format::Colour::JFIF,
        };
        assert_eq!(recording.frame(&pool.take().unwrap().1.into_frame(info)), Ok(Taken::Written));
    }
    let (result, finished) = recording.finish();
    result.unwrap();
    let header = b"YUV4MPEG2 W4096 H4096 F0000000020:0000000001 Ip A1:1 Cmono XCOLORRANGE=FULL\n";
    assert_eq!(sparse.read(0, header.len()).unwrap(), header);
    let picture = 6 + 4096 * 4096;
    assert_eq!(sparse.length(), header.len() as u64 + count * picture);
    assert_eq!((finished.frames, finished.bytes), (count, sparse.length()));
    assert!(sparse.length() > 4 << 30);
    for n in 0..count {
        assert_eq!(sparse.read(header.len() as u64 + n * picture, 6).unwrap(), b"FRAME\n", "{n}");
    }
}

#[test]
fn a_single_frame_may_be_larger_than_4_gib() {
    // One slice four times: 4.5 GiB without the memory.
    let quarter = vec![0; 1152 << 20];
    let sparse = sinks::Sparse::default();
    let mut out = file::Output::new(Box::new(sparse.clone()));
    let codec = Codec::Uncompressed(*b"Y800");
    let mut matroska = Matroska::begin(&mut out, codec, Size::new(32768, 32768), None, SystemTime::now()).unwrap();
    for number in 0..2 {
        matroska.frame(&mut out, number * 1_000_000, true, &[&quarter; 4]).unwrap();
    }
    matroska.finish(&mut out, 0).unwrap();
    let lengths: Vec<_> = read(&sparse).blocks.iter().map(|block| block.data.end - block.data.start).collect();
    assert_eq!(lengths, [4608 << 20; 2]);
}

#[test]
fn the_index_stays_small_and_spread_over_the_recording() {
    let memory = sinks::Memory::default();
    let mut out = file::Output::new(Box::new(memory.clone()));
    let mut matroska = Matroska::begin(&mut out, Codec::MotionJpeg, Size::new(1, 1), None, SystemTime::now()).unwrap();
    // A frame every 4 s begins a cluster each: 22 hours.
    for number in 0..20_000u64 {
        matroska.frame(&mut out, number * 4_000_000_000, true, &[b"x", &[], &[], &[]]).unwrap();
    }
    matroska.finish(&mut out, 0).unwrap();
    let bytes = memory.bytes();
    let file = read(&bytes[..]);
    assert!((4_000..8_192).contains(&file.cues.len()), "{}", file.cues.len());
    let widest = file.cues.windows(2).map(|pair| pair[1].0 - pair[0].0).max().unwrap();
    assert!(widest <= 4 * 40_000, "{widest}");
    assert!(file.cues.last().unwrap().0 > 19_990 * 40_000);
    for (tick, position) in &file.cues {
        assert!(file.clusters.iter().any(|c| c.tick == *tick && c.at == file.content + position));
    }
}
