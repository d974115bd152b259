//! JPEG frames, whole and not, and frames and recipes that lie.

use super::*;
use crate::image::jpeg::{Encoder, Request};
use crate::image::sys::decode::{Decoded as Jpeg, decode};
use proptest::prelude::*;

/// A smooth picture in a format.
fn smooth(format: PixelFormat, size: Size) -> Frame {
    let layout = Layout::new(format, size, &[]).unwrap();
    let memories: Vec<Vec<u8>> = (0..layout.memory_count())
        .map(|memory| {
            let mut bytes = vec![0; layout.memory_length(memory)];
            for (index, plane) in
                layout.planes().iter().enumerate().filter(|(_, plane)| plane.memory as usize == memory)
            {
                for (at, byte) in bytes[plane.offset..][..plane.length].iter_mut().enumerate() {
                    let (x, y) = (at % plane.stride as usize, at / plane.stride as usize);
                    *byte =
                        (60 + 40 * index + (x + 2 * y) * 100 / (3 * plane.rows as usize + plane.stride as usize)) as u8;
                }
            }
            bytes
        })
        .collect();
    frame_of(format, size, layout, &memories)
}

fn jpeg_of(format: &[u8; 4], size: Size) -> Vec<u8> {
    let mut bytes = Vec::new();
    Encoder::default()
        .encode(&smooth(fourcc(format), size), &Request { quality: 90, colour: Colour::JFIF, exif: None }, &mut bytes)
        .unwrap();
    bytes
}

fn jpeg_frame(size: Size, bytes: &[u8]) -> Frame {
    frame_of(PixelFormat::MJPEG, size, Layout::compressed(bytes.len()), &[bytes.to_vec()])
}

/// The header of the frame says that luma is sampled so many times as chroma.
fn with_sampling(mut jpeg: Vec<u8>, columns: u8, rows: u8) -> Vec<u8> {
    let header = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[header + 11] = columns << 4 | rows;
    jpeg
}

fn without_tables(jpeg: &[u8]) -> Vec<u8> {
    let mut out = jpeg.to_vec();
    while let Some(at) = out.windows(2).position(|pair| pair == [0xff, 0xc4]) {
        let length = usize::from(u16::from_be_bytes([out[at + 2], out[at + 3]]));
        out.drain(at..at + 2 + length);
    }
    out
}

/// What libjpeg-turbo makes of it, as a frame of planes.
fn decoded(jpeg: &[u8]) -> Frame {
    let Jpeg { size, sampling, planes, .. } = decode(jpeg).unwrap();
    let (format, (columns, rows)) = match sampling {
        0 => (b"444P", (1, 1)),
        1 => (b"422P", (2, 1)),
        2 => (b"YU12", (2, 2)),
        3 => (b"GREY", (1, 1)),
        4 => (b"444P", (1, 2)),
        5 => (b"444P", (4, 1)),
        _ => panic!("sampling {sampling}"),
    };
    let format = fourcc(format);
    let layout = Layout::new(format, size, &[]).unwrap();
    let mut bytes = Vec::new();
    for (index, plane) in layout.planes().iter().enumerate() {
        for y in 0..plane.rows {
            for x in 0..plane.stride {
                // Only what has no format of its own is spread out.
                let (x, y) = if index > 0 && format == fourcc(b"444P") { (x / columns, y / rows) } else { (x, y) };
                bytes.push(planes[index][(y * (size.width + 16) + x) as usize]);
            }
        }
    }
    frame_of(format, size, layout, &[bytes])
}

fn targets_of_jpeg() -> [PixelFormat; 8] {
    [b"NV12", b"NV21", b"YU12", b"YV12", b"422P", b"YUYV", b"XB24", b"GREY"].map(fourcc)
}

#[test]
fn jpeg_frames_of_every_sampling_are_as_decoded() {
    let (even, odd) = (Size::new(64, 32), Size::new(33, 17));
    let mut pictures = Vec::new();
    for size in [even, odd, Size::new(1, 1)] {
        pictures.extend([b"YU12", b"422P", b"444P", b"GREY"].map(|format| (size, jpeg_of(format, size))));
    }
    // The same blocks, laid out another way.
    pictures.push((even, with_sampling(jpeg_of(b"422P", even), 1, 2)));
    pictures.push((even, with_sampling(jpeg_of(b"YU12", even), 4, 1)));
    for (size, jpeg) in pictures {
        let planes = decoded(&jpeg);
        for bytes in [jpeg.clone(), without_tables(&jpeg)] {
            let frame = jpeg_frame(size, &bytes);
            for target in targets_of_jpeg() {
                for turn in [Rotation::None, Rotation::Quarter] {
                    let turned = if turn.is_sideways() { Size::new(size.height, size.width) } else { size };
                    let recipe = |source| Recipe {
                        rotation: turn,
                        ..Recipe::plain(kind(source, size, Colour::JFIF), kind(target, turned, Colour::JFIF))
                    };
                    let result = convert(&frame, &recipe(PixelFormat::MJPEG)).unwrap();
                    let expected = expected(&planes, &recipe(planes.info().format));
                    let (worst, place) = difference(&result, &expected);
                    assert!(worst <= if target == fourcc(b"XB24") { 2.0 } else { 1.0 }, "{target} {size}: {place}");
                }
            }
        }
    }
}

/// A half, a quarter and an eighth are decoded as such; that is another filter than the mean,
/// and the same for smooth pictures.
#[test]
fn jpeg_frames_are_made_smaller() {
    let size = Size::new(96, 64);
    for format in [b"YU12", b"422P", b"444P", b"GREY"] {
        let jpeg = jpeg_of(format, size);
        let (frame, planes) = (jpeg_frame(size, &jpeg), decoded(&jpeg));
        for target in targets_of_jpeg() {
            for (width, height) in [(48, 32), (24, 16), (12, 8), (40, 30), (13, 9)] {
                for crop in [Rect::whole(size), Rect { x: 16, y: 8, size: Size::new(80, 48) }] {
                    let small = Size::new(width, height);
                    let recipe = |source| Recipe {
                        crop,
                        ..Recipe::plain(kind(source, size, Colour::JFIF), kind(target, small, Colour::JFIF))
                    };
                    let result = convert(&frame, &recipe(PixelFormat::MJPEG)).unwrap();
                    let (worst, place) = difference(&result, &expected(&planes, &recipe(planes.info().format)));
                    // Chroma that was shared stays so: with pixels of so steep a slope, it shows.
                    let limit = if target == fourcc(b"XB24") { 20.0 } else { 4.0 };
                    assert!(worst <= limit, "{target} {small}: {place}");
                }
            }
        }
    }
}

#[test]
fn damaged_jpeg_frames_are_refused_and_the_next_is_not() {
    let size = Size::new(64, 48);
    let good = jpeg_of(b"422P", size);
    let recipe =
        Recipe::plain(kind(PixelFormat::MJPEG, size, Colour::JFIF), kind(PixelFormat::NV12, size, Colour::JFIF));
    let mut converter = Converter::new(recipe).unwrap();
    let mut run = |bytes: &[u8]| converter.run(&jpeg_frame(size, bytes), lease_for(&recipe));
    let mut wrong_kind = good.clone();
    wrong_kind[good.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap() + 1] = 0xc3;
    let scan = good.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let mut restart = good.clone();
    restart.splice(scan + 60..scan + 62, [0xff, 0xd3]);
    for (what, bytes) in [
        ("nothing", &[][..]),
        ("no start", &good[1..]),
        ("header cut off", &good[..100]),
        ("scan cut off", &good[..good.len() / 2 + scan / 2]),
        ("end cut off", &good[..good.len() - 2]),
        ("zeros", &[0; 5000]),
        ("of another kind", &wrong_kind),
        ("a marker in the scan", &restart),
        ("of another size", &jpeg_of(b"YU12", Size::new(48, 64))),
    ] {
        let error = run(bytes).expect_err(what);
        assert!(error.detail().contains("MJPG frame 7 of 64x48 cannot be decoded: "), "{what}: {error}");
        run(&good).unwrap_or_else(|error| panic!("after {what}: {error}"));
    }
}

#[test]
fn what_drivers_leave_around_a_jpeg_picture_is_no_harm() {
    let size = Size::new(64, 48);
    let good = jpeg_of(b"422P", size);
    let recipe =
        Recipe::plain(kind(PixelFormat::MJPEG, size, Colour::JFIF), kind(PixelFormat::NV12, size, Colour::JFIF));
    let plain = convert(&jpeg_frame(size, &good), &recipe).unwrap();
    let (picture, end) = good.split_at(good.len() - 2);
    for bytes in [[&good[..], &[0; 100]].concat(), [picture, &[0, 0, 0], end].concat(), [&good[..], &good].concat()] {
        let mut converter = Converter::new(recipe).unwrap();
        for _ in 0..3 {
            let frame = converter.run(&jpeg_frame(size, &bytes), lease_for(&recipe)).unwrap();
            assert_eq!(frame.plane(0).unwrap().1, plain.plane(0).unwrap().1);
        }
    }
}

#[test]
fn recipes_that_cannot_be_followed_are_refused() {
    let (size, colour) = (Size::new(16, 8), Colour::JFIF);
    let good = Recipe::plain(kind(PixelFormat::NV12, size, colour), kind(PixelFormat::I420, size, colour));
    assert!(Converter::new(good).is_ok());
    let crop = |x, y, width, height| Recipe { crop: Rect { x, y, size: Size::new(width, height) }, ..good };
    for wrong in [
        Recipe { source: kind(fourcc(b"H264"), size, colour), ..good },
        Recipe { source: kind(fourcc(b"RGBP"), size, colour), ..good },
        Recipe { target: kind(PixelFormat::JPEG, size, colour), ..good },
        Recipe { target: kind(PixelFormat::NV12M, size, colour), ..good },
        Recipe { target: kind(PixelFormat::I420, Size::new(0, 8), colour), ..good },
        Recipe { target: kind(PixelFormat::I420, Size::new(8, 32769), colour), ..good },
        crop(1, 0, 16, 8),
        crop(0, 8, 16, 1),
        crop(0, 0, 0, 8),
        crop(u32::MAX, 0, 2, 2),
    ] {
        assert!(Converter::new(wrong).is_err(), "{wrong:?}");
    }
    assert!(target_layout(PixelFormat::NV12M, size).is_none() && target_layout(PixelFormat::MJPEG, size).is_none());
}

#[test]
fn frames_and_targets_that_do_not_fit_are_refused() {
    let (size, colour) = (Size::new(16, 8), Colour::JFIF);
    let recipe = Recipe::plain(kind(PixelFormat::NV12, size, colour), kind(PixelFormat::RGBA_8888, size, colour));
    let mut converter = Converter::new(recipe).unwrap();
    let short = HeapPool::new(1, &[16 * 8 * 4 - 1]).take().unwrap().1;
    assert!(converter.run(&noisy(PixelFormat::NV12, size, 0, 0), short).is_err());
    let none = HeapPool::new(1, &[]).take().unwrap().1;
    assert!(converter.run(&noisy(PixelFormat::NV12, size, 0, 0), none).is_err());
    assert!(converter.run(&noisy(PixelFormat::NV21, size, 0, 0), lease_for(&recipe)).is_err());
    assert!(converter.run(&noisy(PixelFormat::NV12, Size::new(8, 16), 0, 0), lease_for(&recipe)).is_err());
    assert!(converter.run(&noisy(PixelFormat::NV12, size, 0, 0), lease_for(&recipe)).is_ok());
}

fn any_format() -> impl Strategy<Value = PixelFormat> {
    prop::sample::select(sources().collect::<Vec<_>>())
}

fn any_target() -> impl Strategy<Value = PixelFormat> {
    prop::sample::select(targets().collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1500, ..ProptestConfig::default() })]

    /// Every memory is as long as it says and no longer, so that a sanitizer sees one byte too
    /// many. Layouts lie about strides and lengths; whatever comes of it, it is no crash.
    #[test]
    fn nothing_reaches_out_of_bounds(
        (source, target) in (any_format(), any_target()),
        (width, height) in (1u32..100, 1u32..40),
        (to_width, to_height) in (1u32..100, 1u32..40),
        (x, y, part) in (0u32..30, 0u32..20, any::<bool>()),
        (same_size, turn) in (any::<bool>(), 0usize..8),
        (padding, missing) in (0u32..40, prop_oneof![Just(0usize), 0usize..3000]),
        colours in (0usize..4, 0usize..4),
    ) {
        let size = Size::new(width, height);
        let (x, y) = if part { (x % width, y % height) } else { (0, 0) };
        let crop = Rect { x, y, size: Size::new(width - x, height - y) };
        let (rotation, mirror) = TURNS[turn];
        let to = if !same_size {
            Size::new(to_width, to_height)
        } else if rotation.is_sideways() {
            Size::new(crop.size.height, crop.size.width)
        } else {
            crop.size
        };
        let recipe = Recipe {
            source: kind(source, size, COLOURS[colours.0]),
            crop,
            rotation,
            mirror,
            target: kind(target, to, COLOURS[colours.1]),
        };
        let mut frame = noisy(source, size, padding, 1);
        if missing > 0 {
            let layout = frame.info().layout;
            let memories: Vec<Vec<u8>> = (0..layout.memory_count())
                .map(|memory| vec![9; layout.memory_length(memory).saturating_sub(missing)])
                .collect();
            frame = frame_of(source, size, layout, &memories);
        }
        let whole = missing == 0;
        let mut converter = Converter::new(recipe).unwrap();
        for _ in 0..2 {
            let result = converter.run(&frame, lease_for(&recipe));
            prop_assert!(!whole || result.is_ok());
        }
    }

    #[test]
    fn damaged_jpeg_frames_do_no_harm(
        format in prop::sample::select(vec![*b"YU12", *b"422P", *b"444P", *b"GREY"]),
        target in any_target(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        (to_width, to_height) in (1u32..80, 1u32..60),
    ) {
        let size = Size::new(64, 40);
        let mut jpeg = jpeg_of(&format, size);
        for (index, byte) in damage {
            let at = index.index(jpeg.len());
            jpeg[at] = byte;
        }
        jpeg.truncate(jpeg.len() - cut.index(jpeg.len()) / 4);
        let to = kind(target, Size::new(to_width, to_height), Colour::BT709_LIMITED);
        let recipe = Recipe::plain(kind(PixelFormat::MJPEG, size, Colour::JFIF), to);
        let mut converter = Converter::new(recipe).unwrap();
        let _ = converter.run(&jpeg_frame(size, &jpeg), lease_for(&recipe));
        prop_assert!(converter.run(&jpeg_frame(size, &jpeg_of(&format, size)), lease_for(&recipe)).is_ok());
    }
}
