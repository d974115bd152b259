//! Motion-JPEG frames, whole, spoilt and invented, through the converter and into photos.

use super::{Choices, frame_of, picture};
use crate::format::{Colour, Layout, PixelFormat, Size};
use crate::frame::{Frame, HeapPool};
use crate::image::jpeg::{self, Encoder, Request};
use crate::image::recipe::Rotation;
use crate::image::{Converter, Kind, Recipe, Rect, target_layout};

const SIZES: [Size; 4] = [Size::new(64, 48), Size::new(16, 16), Size::new(33, 17), Size::new(128, 96)];
const TARGETS: [PixelFormat; 5] =
    [PixelFormat::NV12, PixelFormat::I420, PixelFormat::RGBA_8888, PixelFormat::YUYV, PixelFormat::NV21];

/// Any frame is decoded or refused, and a good one after it is decoded as if it had not been.
pub fn motion_jpeg(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let size = choices.one(&SIZES);
    let good = compressed(size, 1 + choices.byte() % 100);
    let recipe = recipe(&mut choices, size);
    let bad = if choices.flag() { choices.rest().to_vec() } else { spoilt(&good, &mut choices) };

    let mut converter = Converter::new(recipe).expect("the recipe is within the picture");
    let expected = run(&mut converter, &recipe, &good).expect("a good frame");
    // Refused or not; twice, because the first may have changed what is kept from frame to frame.
    let first = run(&mut converter, &recipe, &bad);
    let again = run(&mut converter, &recipe, &bad);
    assert_eq!(first.is_some(), again.is_some(), "the same frame is decoded or refused");
    assert_eq!(first, again, "the same frame is the same picture");
    assert!(run(&mut converter, &recipe, &good) == Some(expected), "a good frame after a bad one");
    check_photo(size, &bad);
}

fn compressed(size: Size, quality: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let request = Request { quality, colour: Colour::JFIF, exif: None };
    Encoder::default().encode(&picture(size), &request, &mut out).expect("a good picture");
    out
}

fn jpeg_frame(size: Size, bytes: &[u8]) -> Frame {
    frame_of(PixelFormat::MJPEG, size, Layout::compressed(bytes.len()), bytes)
}

fn recipe(choices: &mut Choices<'_>, size: Size) -> Recipe {
    let source = Kind { format: PixelFormat::MJPEG, size, colour: Colour::JFIF };
    let colour = choices.one(&[Colour::JFIF, Colour::BT601_LIMITED, Colour::BT709_LIMITED]);
    let format = choices.one(&TARGETS);
    let rotation = choices.one(&[Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters]);
    let (mirror, whole) = (choices.flag(), !choices.flag());
    let mut part = |length: u32| {
        let start = choices.below(length as usize) as u32;
        (start, 1 + choices.below((length - start) as usize) as u32)
    };
    let crop = if whole {
        Rect::whole(size)
    } else {
        let ((x, width), (y, height)) = (part(size.width), part(size.height));
        Rect { x, y, size: Size::new(width, height) }
    };
    let upright = match choices.byte() % 3 {
        0 => crop.size,
        1 => Size::new(crop.size.width.div_ceil(2), crop.size.height.div_ceil(2)),
        _ => Size::new(1 + choices.byte() as u32, 1 + choices.byte() as u32),
    };
    let target = if rotation.is_sideways() { Size::new(upright.height, upright.width) } else { upright };
    Recipe { source, crop, rotation, mirror, target: Kind { format, size: target, colour } }
}

/// Parts lost, twice, in the wrong place, changed.
fn spoilt(good: &[u8], choices: &mut Choices<'_>) -> Vec<u8> {
    let mut out = good.to_vec();
    for _ in 0..1 + choices.byte() % 8 {
        if out.is_empty() {
            break;
        }
        let at = usize::from(choices.u16()) % out.len();
        let end = at + usize::from(choices.u16()) % 512 % (out.len() - at + 1);
        match choices.byte() % 7 {
            0 => out[at] = choices.byte(),
            1 => out[at] ^= 1 << (choices.byte() % 8),
            2 => out.truncate(at),
            3 => drop(out.drain(at..end)),
            4 => out[at..end].fill(choices.byte()),
            5 => {
                let part = out[at..end].to_vec();
                let to = usize::from(choices.u16()) % out.len();
                out.splice(to..to, part);
            }
            _ => drop(out.splice(at..at, [0xff, choices.byte()])),
        }
    }
    out
}

/// The planes that come out, or nothing when the frame is refused.
fn run(converter: &mut Converter, recipe: &Recipe, jpeg: &[u8]) -> Option<Vec<u8>> {
    let layout = target_layout(recipe.target.format, recipe.target.size).expect("a small picture");
    let (_, lease) = HeapPool::new(1, &[layout.memory_length(0)]).take().expect("its one buffer");
    let made = converter.run(&jpeg_frame(recipe.source.size, jpeg), lease).ok()?;
    let (info, target) = (made.info(), &recipe.target);
    assert_eq!((info.format, info.size, info.sequence), (target.format, target.size, 7));
    Some(made.planes().flat_map(|(_, bytes)| bytes.to_vec()).collect())
}

/// As a photo a frame is passed through as it is, or refused and nothing is left.
fn check_photo(size: Size, bytes: &[u8]) {
    let mut out = vec![1, 2, 3];
    let request = Request { quality: 90, colour: Colour::JFIF, exif: None };
    match Encoder::default().encode(&jpeg_frame(size, bytes), &request, &mut out) {
        Ok(_) => {
            let whole = jpeg::whole(&out).expect("a photo is a whole picture").concat();
            assert!(whole == out, "a whole picture stays as it is");
            assert_eq!(jpeg::dimensions(&out).ok(), jpeg::dimensions(bytes).ok());
        }
        Err(_) => assert!(out.is_empty()),
    }
}
