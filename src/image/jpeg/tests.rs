//! Pictures there and back, and frames that are not what they say.

use super::*;
use crate::format::Layout;
use crate::frame::{FrameInfo, HeapPool};
use crate::image::sys::decode::{Decoded, decode};
use proptest::prelude::*;

fn fourcc(code: &[u8; 4]) -> PixelFormat {
    PixelFormat::from_fourcc(*code)
}

const RGB: [&[u8; 4]; 10] = [b"RGB3", b"BGR3", b"XB24", b"AB24", b"XR24", b"AR24", b"BGR4", b"BX24", b"BA24", b"RGB4"];
const YUV: [&[u8; 4]; 23] = [
    b"YUYV", b"UYVY", b"YVYU", b"VYUY", b"NV12", b"NV21", b"NM12", b"NM21", b"NV16", b"NV61", b"NM16", b"NM61",
    b"NV24", b"NV42", b"YU12", b"YV12", b"YM12", b"YM21", b"422P", b"YM16", b"YM61", b"444P", b"YM24",
];

/// A smooth picture; each component changes in a direction of its own.
fn component(name: u8, x: u32, y: u32, size: Size) -> u8 {
    let (x, y) = (x.min(size.width - 1), y.min(size.height - 1));
    let (across, down) = (x * 160 / size.width, y * 160 / size.height);
    (match name {
        b'Y' | b'R' => 40 + across,
        b'U' | b'G' => 40 + down,
        b'V' | b'B' => 200 - (across + down) / 2,
        // What nobody is to read.
        _ => 255 * ((x + y) % 2),
    }) as u8
}

/// For each plane of a format: the components of a group of bytes, each with its pixel.
fn planes_of(format: PixelFormat) -> Vec<Vec<(u8, u32)>> {
    let first = |names: &[u8]| names.iter().map(|&name| (name, 0)).collect::<Vec<_>>();
    let code = format.number().to_le_bytes();
    match &code {
        b"YUYV" => vec![vec![(b'Y', 0), (b'U', 0), (b'Y', 1), (b'V', 0)]],
        b"YVYU" => vec![vec![(b'Y', 0), (b'V', 0), (b'Y', 1), (b'U', 0)]],
        b"UYVY" => vec![vec![(b'U', 0), (b'Y', 0), (b'V', 0), (b'Y', 1)]],
        b"VYUY" => vec![vec![(b'V', 0), (b'Y', 0), (b'U', 0), (b'Y', 1)]],
        b"NV12" | b"NM12" | b"NV16" | b"NM16" | b"NV24" => vec![first(b"Y"), first(b"UV")],
        b"NV21" | b"NM21" | b"NV61" | b"NM61" | b"NV42" => vec![first(b"Y"), first(b"VU")],
        b"YV12" | b"YM21" | b"YM61" => vec![first(b"Y"), first(b"V"), first(b"U")],
        b"GREY" => vec![first(b"Y")],
        b"RGB3" => vec![first(b"RGB")],
        b"BGR3" => vec![first(b"BGR")],
        b"XB24" | b"AB24" => vec![first(b"RGBx")],
        b"XR24" | b"AR24" | b"BGR4" => vec![first(b"BGRx")],
        b"BX24" | b"BA24" | b"RGB4" => vec![first(b"xRGB")],
        _ if format == PixelFormat::YUV_420_SP => vec![first(b"Y"), first(b"VU")],
        _ if format == PixelFormat::RGBA_8888 => vec![first(b"RGBx")],
        _ => vec![first(b"Y"), first(b"U"), first(b"V")],
    }
}

/// A frame with these bytes in its memories, and no more.
fn frame_of(format: PixelFormat, size: Size, layout: Layout, memories: &[Vec<u8>]) -> Frame {
    let lengths: Vec<usize> = memories.iter().map(Vec::len).collect();
    let pool = HeapPool::new(1, &lengths);
    let (_, mut lease) = pool.take().unwrap();
    for (index, memory) in memories.iter().enumerate() {
        lease.bytes_mut(index).copy_from_slice(memory);
    }
    lease.into_frame(FrameInfo {
        format,
        size,
        layout,
        sequence: 0,
        timestamp_ns: 0,
        flags: 0,
        colour: crate::format::Colour::JFIF,
    })
}

/// The picture in a format, with at least `padding` bytes more in a row than needed, if any, and
/// `missing` bytes less at the end of the last memory.
fn picture(format: PixelFormat, size: Size, padding: u32, missing: usize) -> Frame {
    let narrow = Layout::new(format, size, &[]).unwrap();
    // Given strides are even, so that those of chroma planes, in proportion, are wide enough.
    let padded = |memory| {
        let first = narrow.planes().iter().find(|plane| plane.memory as usize == memory).unwrap();
        (first.stride + padding).next_multiple_of(4)
    };
    let memories = if padding == 0 { 0 } else { format.memory_count() };
    let strides: Vec<u32> = (0..memories).map(padded).collect();
    let layout = Layout::new(format, size, &strides).unwrap();
    let mut memories: Vec<Vec<u8>> =
        (0..layout.memory_count()).map(|memory| vec![0x55; layout.memory_length(memory)]).collect();
    for (index, group) in planes_of(format).iter().enumerate() {
        let (plane, least) = (layout.planes()[index], narrow.planes()[index]);
        let groups = least.stride / group.len() as u32;
        let (columns, rows) = (size.width.div_ceil(groups), size.height.div_ceil(plane.rows));
        for row in 0..plane.rows {
            for number in 0..groups {
                for (byte, (name, pixel)) in group.iter().enumerate() {
                    let x = number * columns + pixel;
                    let at = plane.offset + (row * plane.stride) as usize + number as usize * group.len() + byte;
                    memories[plane.memory as usize][at] = component(*name, x, row * rows, size);
                }
            }
        }
    }
    let last = memories.last_mut().unwrap();
    last.truncate(last.len() - missing);
    frame_of(format, size, layout, &memories)
}

/// YUV that needs no conversion, and no facts.
fn as_is(quality: u8) -> Request<'static> {
    Request { quality, colour: Colour::JFIF, exif: None }
}

fn encoded(frame: &Frame, quality: u8) -> Vec<u8> {
    let mut out = vec![1, 2, 3];
    Encoder::default().encode(frame, &as_is(quality), &mut out).unwrap();
    out
}

/// The planes of a decoded picture against the picture it should be.
fn assert_yuv(decoded: &Decoded, size: Size, grey: bool, what: &str) {
    assert_eq!(decoded.size, size, "{what}");
    let (columns, rows) = [(1, 1), (2, 1), (2, 2), (1, 1)][decoded.sampling as usize];
    for (index, name) in [b'Y', b'U', b'V'].into_iter().enumerate().take(if grey { 1 } else { 3 }) {
        let (columns, rows) = if index == 0 { (1, 1) } else { (columns, rows) };
        for y in 0..size.height.div_ceil(rows) {
            for x in 0..size.width.div_ceil(columns) {
                let is = decoded.planes[index][(y * (size.width + 16) + x) as usize];
                let should = component(name, x * columns, y * rows, size);
                let name = char::from(name);
                assert!(is.abs_diff(should) <= 6, "{what} {size}: {name} at {x}, {y} is {is}, not {should}");
            }
        }
    }
}

const SIZES: [Size; 4] = [Size::new(96, 64), Size::new(33, 17), Size::new(1, 1), Size::new(50, 31)];

#[test]
fn every_yuv_format_there_and_back() {
    let formats = YUV.iter().map(|code| fourcc(code)).chain([PixelFormat::YUV_420_SP, fourcc(b"GREY")]);
    for format in formats {
        assert!(can_encode(format), "{format}");
        for size in SIZES {
            for padding in [0, 32] {
                let decoded = decode(&encoded(&picture(format, size, padding, 0), 95)).unwrap();
                let sampling = match &format.to_string()[..] {
                    "YUYV" | "UYVY" | "YVYU" | "VYUY" | "NV16" | "NV61" | "NM16" | "NM61" | "422P" | "YM16"
                    | "YM61" => 1,
                    "NV24" | "NV42" | "444P" | "YM24" => 0,
                    "GREY" => 3,
                    _ => 2,
                };
                assert_eq!(decoded.sampling, sampling, "{format}");
                assert_yuv(&decoded, size, sampling == 3, &format.to_string());
            }
        }
    }
}

#[test]
fn every_rgb_format_there_and_back() {
    for format in RGB.iter().map(|code| fourcc(code)).chain([PixelFormat::RGBA_8888]) {
        assert!(can_encode(format), "{format}");
        for size in SIZES {
            for padding in [0, 20] {
                let decoded = decode(&encoded(&picture(format, size, padding, 0), 95)).unwrap();
                assert_eq!(decoded.size, size);
                for (index, is) in decoded.rgb.iter().enumerate() {
                    let (pixel, name) = (index as u32 / 3, b"RGB"[index % 3]);
                    let should = component(name, pixel % size.width, pixel / size.width, size);
                    // Four pixels share their chroma.
                    assert!(is.abs_diff(should) <= 16, "{format} {size}: byte {index} is {is}, not {should}");
                }
            }
        }
    }
}

#[test]
fn only_padding_may_be_missing_at_the_end() {
    for code in YUV.iter().chain(&RGB).chain(&[b"GREY"]) {
        for size in [Size::new(96, 64), Size::new(33, 17)] {
            let format = fourcc(code);
            // The padding of a memory's first plane; chroma planes have it in proportion.
            let padding = 32;
            let narrow = Layout::new(format, size, &[]).unwrap();
            let whole = picture(format, size, padding, 0);
            let (wide, least) = (whole.info().layout, narrow.planes().last().unwrap());
            let spare = (wide.planes().last().unwrap().stride - least.stride) as usize;
            assert_eq!(encoded(&picture(format, size, padding, spare), 90), encoded(&whole, 90), "{format}");
            for missing in [spare + 1, spare + 40, wide.memory_length(wide.memory_count() - 1)] {
                let mut out = vec![1];
                let error = Encoder::default()
                    .encode(&picture(format, size, padding, missing), &as_is(90), &mut out)
                    .unwrap_err();
                assert!(error.detail().contains("truncated"), "{error}");
                assert!(error.detail().contains(&format.to_string()) && error.detail().contains(&size.to_string()));
                assert!(out.is_empty());
            }
        }
    }
}

#[test]
fn layouts_that_make_no_sense_are_refused() {
    let (format, size) = (fourcc(b"NV12"), Size::new(64, 32));
    let bytes = vec![vec![0; 64 * 48]];
    let mut out = Vec::new();
    let narrow = Layout::new(format, Size::new(32, 32), &[]).unwrap();
    for (size, layout) in
        [(size, narrow), (size, Layout::compressed(64 * 48)), (Size::new(0, 4), narrow), (Size::new(40000, 1), narrow)]
    {
        assert!(Encoder::default().encode(&frame_of(format, size, layout, &bytes), &as_is(90), &mut out).is_err());
    }
    let unknown = frame_of(fourcc(b"pBAA"), size, Layout::compressed(10), &bytes);
    assert!(!can_encode(fourcc(b"pBAA")));
    assert!(Encoder::default().encode(&unknown, &as_is(90), &mut out).is_err());
    let frame = picture(format, size, 0, 0);
    for quality in [0, 101, 255] {
        assert!(Encoder::default().encode(&frame, &as_is(quality), &mut out).is_err());
    }
}

#[test]
fn an_encoder_serves_pictures_of_any_kind_one_after_the_other() {
    let mut encoder = Encoder::default();
    let (mut out, mut lengths) = (Vec::new(), Vec::new());
    for (size, code) in [(SIZES[0], b"YUYV"), (SIZES[1], b"NV12"), (SIZES[0], b"RGB3"), (SIZES[3], b"YU12")] {
        let frame = picture(fourcc(code), size, 0, 0);
        for quality in [1, 50, 100] {
            encoder.encode(&frame, &as_is(quality), &mut out).unwrap();
            assert_eq!(out, encoded(&frame, quality), "what came before makes no difference");
            assert_eq!(dimensions(&out).unwrap(), size);
            lengths.push(out.len());
        }
        encoder.encode(&picture(fourcc(code), size, 0, 1), &as_is(90), &mut out).unwrap_err();
    }
    assert!(lengths.chunks(3).all(|each| each[0] < each[1] && each[1] < each[2]), "{lengths:?}");
}

/// A picture as a camera without tables sends it, and what the tables were.
fn without_tables(jpeg: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut stripped, mut tables, mut at) = (jpeg[..2].to_vec(), Vec::new(), 2);
    while jpeg[at + 1] != 0xda {
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] == 0xc4 {
            tables.extend_from_slice(&jpeg[at + 4..end]);
        } else {
            stripped.extend_from_slice(&jpeg[at..end]);
        }
        at = end;
    }
    stripped.extend_from_slice(&jpeg[at..]);
    (stripped, tables)
}

fn jpeg_frame(bytes: &[u8]) -> Frame {
    frame_of(PixelFormat::MJPEG, SIZES[0], Layout::compressed(bytes.len()), &[bytes.to_vec()])
}

#[test]
fn motion_jpeg_gets_the_tables_it_lacks() {
    let jpeg = encoded(&picture(PixelFormat::YUYV, SIZES[0], 0, 0), 90);
    let (mut stripped, mut expected) = without_tables(&jpeg);
    assert!(stripped.len() < jpeg.len() - 400);
    // libjpeg's order is its own.
    let mut own = tables::SEGMENT[4..].to_vec();
    own.sort_unstable();
    expected.sort_unstable();
    assert_eq!(own, expected);
    // What drivers leave behind the end goes.
    stripped.extend_from_slice(&[0; 100]);
    let spliced = encoded(&jpeg_frame(&stripped), 90);
    let (with, reference) = (decode(&spliced).unwrap(), decode(&jpeg).unwrap());
    assert_eq!(with.planes, reference.planes);
    assert_eq!(dimensions(&stripped).unwrap(), SIZES[0]);
    // Nothing to put in: nothing changes.
    assert_eq!(encoded(&jpeg_frame(&spliced), 90), spliced);
    assert_eq!(encoded(&jpeg_frame(&jpeg), 1), jpeg);
}

/// The markers before the first scan, with the beginning of what APP0 and APP1 say.
fn head(jpeg: &[u8]) -> Vec<(u8, String)> {
    let (mut found, mut at) = (Vec::new(), 2);
    while jpeg[at + 1] != 0xda {
        let body = at + 4..at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        let text = if matches!(jpeg[at + 1], 0xe0 | 0xe1) { &jpeg[body.start..body.start + 4] } else { b"" };
        found.push((jpeg[at + 1], String::from_utf8(text.to_vec()).unwrap()));
        at = body.end;
    }
    found
}

fn with_facts(frame: &Frame, exif: &Exif) -> (Way, Vec<u8>) {
    let mut out = vec![1, 2, 3];
    let way = Encoder::default().encode(frame, &Request { exif: Some(exif), ..as_is(90) }, &mut out).unwrap();
    (way, out)
}

fn read_back(jpeg: &[u8]) -> (String, u32, u32) {
    let read = ::exif::Reader::new().read_from_container(&mut std::io::Cursor::new(jpeg)).unwrap();
    let field = |tag| read.get_field(tag, ::exif::In::PRIMARY).unwrap();
    let number = |tag| field(tag).value.get_uint(0).unwrap();
    let model = field(::exif::Tag::Model).display_value().to_string();
    (model, number(::exif::Tag::PixelXDimension), number(::exif::Tag::PixelYDimension))
}

#[test]
fn facts_come_first_and_alone() {
    let exif = Exif { model: Some("new".into()), ..Exif::default() };
    for (size, code) in [(SIZES[1], b"YUYV"), (SIZES[0], b"GREY"), (SIZES[3], b"RGB3")] {
        let frame = picture(fourcc(code), size, 0, 0);
        let plain = encoded(&frame, 90);
        assert_eq!(head(&plain)[0], (0xe0, "JFIF".into()));
        let (way, jpeg) = with_facts(&frame, &exif);
        assert_eq!(way, Way::Encoded);
        assert_eq!(read_back(&jpeg), ("\"new\"".into(), size.width, size.height));
        let expected = [&[(0xe1, "Exif".into())], &head(&plain)[1..]].concat();
        assert_eq!(head(&jpeg), expected);
        let (with, without) = (decode(&jpeg).unwrap(), decode(&plain).unwrap());
        assert_eq!((with.size, with.rgb), (without.size, without.rgb));
    }
}

#[test]
fn facts_replace_those_of_the_camera() {
    let old = Exif { model: Some("old".into()), make: Some("old".into()), ..Exif::default() };
    let new = Exif { model: Some("new".into()), ..Exif::default() };
    let plain = encoded(&picture(PixelFormat::YUYV, SIZES[0], 0, 0), 90);
    let (stripped, _) = without_tables(&plain);
    let other = |marker: u8, text: &[u8]| [&[0xff, marker, 0, 2 + text.len() as u8][..], text].concat();
    let extra = [
        // JFIF may come after EXIF; a fill byte before a marker is no part of it.
        &old.segment(SIZES[0])[..],
        &other(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
        &[0xff],
        &other(0xe0, b"AVI1\0\0\0\0"),
        &other(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x/>"),
        &other(0xfe, b"comment"),
    ]
    .concat();
    for (jpeg, tables) in [(&plain, false), (&stripped, true)] {
        let camera = [&jpeg[..2], &extra, &jpeg[2..]].concat();
        let frame = jpeg_frame(&camera);
        assert_eq!(Encoder::default().encode(&frame, &as_is(90), &mut Vec::new()).unwrap(), Way::PassedThrough);
        if !tables {
            assert_eq!(encoded(&frame, 90), camera, "without facts it stays as it is");
        }
        let (way, out) = with_facts(&frame, &new);
        assert_eq!(way, Way::PassedThrough);
        assert_eq!(read_back(&out), ("\"new\"".into(), SIZES[0].width, SIZES[0].height));
        let kept: Vec<(u8, String)> = head(&out).into_iter().take(3).collect();
        assert_eq!(kept, [(0xe1, "Exif".into()), (0xe1, "http".into()), (0xfe, String::new())]);
        assert!(head(&out)[3..].iter().all(|(marker, _)| !matches!(marker, 0xe0 | 0xe1)));
        assert_eq!(decode(&out).unwrap().planes, decode(&plain).unwrap().planes);
    }
}

#[test]
fn only_some_warnings_are_of_no_harm() {
    let jpeg = encoded(&picture(PixelFormat::YUYV, SIZES[0], 0, 0), 90);
    let rest = |text: &str| markers::is_mere_rest(&jpeg, text);
    let before =
        |length: u64, marker: &str| format!("Corrupt JPEG data: {length} extraneous bytes before marker {marker}");
    assert!(rest(&before(1, "0xd9")) && rest(&before(16, "0xd9")) && rest(&before(10, "0xd0")));
    for other in [
        before(17, "0xd0"),
        before(17, "0xd9"),
        before(u64::MAX, "0xd9"),
        before(2, "0xc4"),
        before(2, "0x"),
        before(2, "0xd\u{e9}"),
        "Corrupt JPEG data: premature end of data segment".into(),
        "extraneous bytes before marker 0xd9".into(),
        String::new(),
    ] {
        assert!(!rest(&other), "{other}");
    }
    assert!(!markers::is_mere_rest(&jpeg[..jpeg.len() - 2], &before(1, "0xd9")), "without an end");
    // Of more than one scan the restarts are not known.
    let scan = jpeg.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let twice = [&jpeg[..jpeg.len() - 2], &jpeg[scan..]].concat();
    assert!(markers::copy_whole(&twice, None, &mut Vec::new()).is_ok());
    assert!(!markers::is_mere_rest(&twice, &before(1, "0xd9")));
}

#[test]
fn damaged_motion_jpeg_is_refused() {
    let jpeg = encoded(&picture(PixelFormat::YUYV, SIZES[0], 0, 0), 90);
    let mut out = Vec::new();
    for length in 0..jpeg.len() {
        let error = Encoder::default().encode(&jpeg_frame(&jpeg[..length]), &as_is(90), &mut out).unwrap_err();
        assert!(error.detail().contains("MJPG") && out.is_empty());
    }
    assert!(dimensions(b"\xff\xd8\xff\xd9").is_err());
    assert!(dimensions(b"").is_err());
    // Progressive pictures have no standard tables.
    let (mut stripped, _) = without_tables(&jpeg);
    let header = stripped.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    stripped[header + 1] = 0xc2;
    let error = Encoder::default().encode(&jpeg_frame(&stripped), &as_is(90), &mut out).unwrap_err();
    assert!(error.detail().contains("Huffman"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut jpeg = vec![0xff, 0xd8];
        jpeg.extend_from_slice(&bytes);
        let mut out = Vec::new();
        for bytes in [&bytes, &jpeg] {
            let _ = dimensions(bytes);
            let _ = markers::copy_whole(bytes, None, &mut out);
            let _ = markers::copy_head(bytes, &[7], &mut out);
            let _ = markers::is_mere_rest(bytes, "2 extraneous bytes before marker 0xd9");
        }
    }

    #[test]
    fn damaged_pictures_are_read_without_a_panic(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let (mut jpeg, _) = without_tables(&encoded(&picture(PixelFormat::YUYV, SIZES[1], 0, 0), 60));
        for (index, byte) in damage {
            let at = index.index(jpeg.len());
            jpeg[at] = byte;
        }
        jpeg.truncate(jpeg.len() - cut.index(jpeg.len()) / 2);
        let mut out = Vec::new();
        let _ = dimensions(&jpeg);
        let _ = markers::is_mere_rest(&jpeg, "9 extraneous bytes before marker 0xd3");
        let whole = markers::copy_whole(&jpeg, None, &mut out);
        if whole.is_ok() {
            prop_assert!(out.ends_with(&[0xff, 0xd9]));
        }
        let mut out = vec![5];
        let exif = Exif::default().segment(SIZES[1]);
        prop_assert_eq!(markers::copy_whole(&jpeg, Some(&exif), &mut out), whole);
        prop_assert_eq!(whole.is_err(), out == [5]);
        prop_assert!(whole.is_err() || out[3..].starts_with(&exif));
    }

    /// Layouts that lie: never read out of bounds, whatever comes of it.
    #[test]
    fn any_layout_is_refused_or_encoded(
        format in prop::sample::select(YUV.iter().chain(&RGB).map(|code| fourcc(code)).collect::<Vec<_>>()),
        (width, height) in (0u32..70, 0u32..70),
        (layout_width, layout_height) in (1u32..70, 1u32..70),
        stride in 0u32..200,
        length in 0usize..6000,
    ) {
        let layout = Layout::new(format, Size::new(layout_width, layout_height), &[stride; 3]).unwrap();
        let memories = vec![vec![7; length]; layout.memory_count()];
        let mut out = Vec::new();
        let frame = frame_of(format, Size::new(width, height), layout, &memories);
        if Encoder::default().encode(&frame, &as_is(80), &mut out).is_ok() {
            prop_assert_eq!(dimensions(&out).unwrap(), Size::new(width, height));
        }
    }
}
