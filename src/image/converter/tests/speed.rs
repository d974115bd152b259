//! How long conversions take, beside direct calls of the C libraries in the same run. With
//! `cargo test --release --lib image::converter::tests::speed -- --ignored --nocapture`.

use super::*;
use crate::image::exif::Exif;
use crate::image::jpeg::{Encoder, Request, Way};
use crate::image::sys::decompress::Decompressor;
use crate::image::sys::direct::{self, ToPixels, Work};
use crate::image::sys::{Compressor, Sampling, jpeg_capacity};
use std::time::{Duration, Instant};

const FULL: Size = Size::new(1920, 1080);
const HALF: Size = Size::new(960, 540);
const THIRD: Size = Size::new(640, 360);
const ROUNDS: usize = 101;

fn once(mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Median milliseconds of both, taken in turns.
fn compare(mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (f64, f64) {
    ours();
    theirs();
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        if round % 2 == 0 {
            times[0].push(once(&mut ours));
            times[1].push(once(&mut theirs));
        } else {
            times[1].push(once(&mut theirs));
            times[0].push(once(&mut ours));
        }
    }
    let [ours, theirs] = times.map(|mut times| {
        times.sort();
        times[ROUNDS / 2].as_secs_f64() * 1000.0
    });
    (ours, theirs)
}

fn print(what: &str, ours: f64, theirs: Option<f64>) {
    match theirs {
        Some(theirs) => println!("{what:<44} {ours:7.3} ms   direct {theirs:7.3} ms   ratio {:5.2}", ours / theirs),
        None => println!("{what:<44} {ours:7.3} ms"),
    }
}

/// A smooth picture with some noise.
fn photo(format: PixelFormat, size: Size) -> Frame {
    let layout = Layout::new(format, size, &[]).unwrap();
    let bytes = noise(1).take(layout.memory_length(0)).enumerate();
    let picture = bytes.map(|(at, noise)| (at / 16 % 200) as u8 + noise / 16).collect();
    frame_of(format, size, layout, &[picture])
}

fn run(recipe: Recipe, frame: &Frame) -> impl FnMut() {
    let layout = target_layout(recipe.target.format, recipe.target.size).unwrap();
    let pool = HeapPool::new(2, &[layout.memory_length(0)]);
    let mut converter = Converter::new(recipe).unwrap();
    let frame = frame.clone();
    move || drop(converter.run(&frame, pool.take().unwrap().1).unwrap())
}

fn recipe(from: PixelFormat, size: Size, to: PixelFormat, to_size: Size) -> Recipe {
    Recipe::plain(kind(from, size, Colour::BT601_LIMITED), kind(to, to_size, Colour::BT601_LIMITED))
}

#[test]
#[ignore = "measures"]
fn conversions() {
    let rgba = PixelFormat::RGBA_8888;
    let bgra = fourcc(b"XR24");
    let (yuyv, nv12, i420) = (PixelFormat::YUYV, PixelFormat::NV12, PixelFormat::I420);
    for (what, from, to, to_size, rotation, work) in [
        ("YUYV to NV12", yuyv, nv12, FULL, 0, Some(Work::YuyvToNv12)),
        ("YUYV to I420", yuyv, i420, FULL, 0, Some(Work::YuyvToI420)),
        ("YUYV to BGRX", yuyv, bgra, FULL, 0, Some(Work::YuyvToBgra)),
        ("NV12 to RGBA", nv12, rgba, FULL, 0, Some(Work::Nv12ToRgba)),
        ("RGBA to I420", rgba, i420, FULL, 0, Some(Work::RgbaToI420)),
        ("NV12 3:1 (libyuv: chroma bilinear)", nv12, nv12, THIRD, 0, Some(Work::Nv12Scale)),
        ("NV12 2:1", nv12, nv12, HALF, 0, Some(Work::Nv12Scale)),
        ("NV12 3:2", nv12, nv12, Size::new(1280, 720), 0, Some(Work::Nv12Scale)),
        ("NV12 9:4 (libyuv: chroma bilinear)", nv12, nv12, Size::new(854, 480), 0, Some(Work::Nv12Scale)),
        ("NV12 4:1 (libyuv: chroma bilinear)", nv12, nv12, Size::new(480, 270), 0, Some(Work::Nv12Scale)),
        ("I420 3:1", i420, i420, THIRD, 0, Some(Work::I420Scale)),
        ("I420 2:1", i420, i420, HALF, 0, Some(Work::I420Scale)),
        ("NV12 6:5", nv12, nv12, Size::new(1600, 900), 0, Some(Work::Nv12Scale)),
        ("I420 3:2", i420, i420, Size::new(1280, 720), 0, Some(Work::I420Scale)),
        ("I420 4:3", i420, i420, Size::new(1440, 810), 0, Some(Work::I420Scale)),
        ("I420 4:1", i420, i420, Size::new(480, 270), 0, Some(Work::I420Scale)),
        ("I420 1:2", i420, i420, Size::new(3840, 2160), 0, Some(Work::I420Scale)),
        ("I420 9:4", i420, i420, Size::new(854, 480), 0, Some(Work::I420Scale)),
        ("I420 6:1", i420, i420, Size::new(320, 180), 0, Some(Work::I420Scale)),
        ("I420 90 degrees", i420, i420, Size::new(1080, 1920), 90, Some(Work::I420Quarter)),
        ("RGB3 to NV12", fourcc(b"RGB3"), nv12, FULL, 0, None),
        ("RGBA to NV12", rgba, nv12, FULL, 0, None),
        ("RGBA to YUYV", rgba, yuyv, FULL, 0, None),
        ("YUYV 3:1 to NV12", yuyv, nv12, THIRD, 0, None),
        ("YUYV 3:1 to RGBA", yuyv, rgba, THIRD, 0, None),
        ("NV12 3:1 to RGBA", nv12, rgba, THIRD, 0, None),
        ("NV12 90 degrees to RGBA", nv12, rgba, Size::new(1080, 1920), 90, None),
    ] {
        if std::env::var("ONLY").is_ok_and(|only| !what.contains(&only)) {
            continue;
        }
        let frame = photo(from, FULL);
        let rotation = Rotation::from_degrees(rotation).unwrap();
        let mut ours = run(Recipe { rotation, ..recipe(from, FULL, to, to_size) }, &frame);
        let (_, bytes) = frame.plane(0).unwrap();
        let all: Vec<u8> = frame.planes().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
        let _ = bytes;
        let mut out = vec![0; 12 * (FULL.width * FULL.height) as usize];
        if let Some(work) = work {
            let (ours, theirs) = compare(ours, || direct::libyuv(work, &all, FULL, &mut out, to_size));
            print(what, ours, Some(theirs));
        } else {
            let (ours, _) = compare(&mut ours, || ());
            print(what, ours, None);
        }
    }
    // The copy of a frame, for scale.
    let frame = photo(nv12, FULL);
    let all: Vec<u8> = frame.planes().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    let mut out = all.clone();
    print("memcpy of an NV12 frame", compare(|| out.copy_from_slice(&all), || ()).0, None);
}

#[test]
#[ignore = "measures"]
fn jpeg() {
    for format in [PixelFormat::YUYV, PixelFormat::NV12] {
        let mut bytes = Vec::new();
        Encoder::default()
            .encode(&photo(format, FULL), &Request { quality: 85, colour: Colour::JFIF, exif: None }, &mut bytes)
            .unwrap();
        let frame = frame_of(PixelFormat::MJPEG, FULL, Layout::compressed(bytes.len()), &[bytes.clone()]);
        let mut decompressor = Decompressor::new().unwrap();
        let mut out = vec![0; 4 * (FULL.width * FULL.height) as usize];
        let planar = if format == PixelFormat::NV12 { PixelFormat::I420 } else { fourcc(b"422P") };
        for (to, size) in [
            (planar, FULL),
            (PixelFormat::NV12, FULL),
            (PixelFormat::RGBA_8888, FULL),
            (PixelFormat::NV12, HALF),
            (PixelFormat::NV12, THIRD),
        ] {
            let ours = run(recipe(PixelFormat::MJPEG, FULL, to, size), &frame);
            let (ours, theirs) = if to == PixelFormat::RGBA_8888 {
                let mut pixels = ToPixels::new();
                compare(ours, || pixels.run(&bytes, size, &mut out))
            } else {
                compare(ours, || direct::jpeg(&mut decompressor, &bytes, &mut out))
            };
            print(&format!("JPEG of {format} ({} KB) to {to} {size}", bytes.len() / 1000), ours, Some(theirs));
        }
    }
}

/// The compression, beside libjpeg-turbo alone.
#[test]
#[ignore = "measures"]
fn encoding() {
    let frame = photo(PixelFormat::I420, FULL);
    let planes: Vec<u8> = frame.planes().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    let (mut encoder, mut compressor) = (Encoder::default(), Compressor::new().unwrap());
    let mut direct = vec![0; jpeg_capacity(FULL, Sampling::Yuv420).unwrap()];
    let mut ours = Vec::new();
    let request = Request { quality: 95, colour: Colour::JFIF, exif: None };
    let facts = Exif::default();
    for (name, request) in [("", request), (" with facts", Request { exif: Some(&facts), ..request })] {
        let (ours, theirs) = compare(
            || assert_eq!(encoder.encode(&frame, &request, &mut ours).unwrap(), Way::Encoded),
            || direct::compress(&mut compressor, &planes, FULL, 95, &mut direct),
        );
        print(&format!("I420 to JPEG{name}"), ours, Some(theirs));
    }
}

/// What colour costs: beside the encoding of the same picture in JPEG's own colour.
#[test]
#[ignore = "measures"]
fn photos() {
    let [mut encoder, mut other] = [Encoder::default(), Encoder::default()];
    for format in [PixelFormat::YUYV, PixelFormat::NV12, PixelFormat::I420] {
        let frame = photo(format, FULL);
        for (name, colour) in [("601 limited", Colour::BT601_LIMITED), ("709 limited", Colour::BT709_LIMITED)] {
            let to_jfif = Recipe::plain(kind(format, FULL, colour), kind(format, FULL, Colour::JFIF));
            let already = convert(&frame, &to_jfif).unwrap();
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            let request = Request { quality: 95, colour, exif: None };
            let as_is = Request { colour: Colour::JFIF, ..request };
            let ours = || assert_eq!(encoder.encode(&frame, &request, &mut ours).unwrap(), Way::Encoded);
            let theirs = || assert_eq!(other.encode(&already, &as_is, &mut theirs).unwrap(), Way::Encoded);
            let (ours, theirs) = compare(ours, theirs);
            print(&format!("photo of {format}, {name}"), ours, Some(theirs));
        }
    }
}
