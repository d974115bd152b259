//! JPEG pictures against the plain reference: of every format in every colour they show the
//! red, green and blue that the frame means.

use super::*;
use crate::image::jpeg::{Encoder, Request};
use crate::image::sys::decode::decode;

/// Pixels of a JPEG block with shared chroma.
const BLOCK: u32 = 16;
/// Decoders smooth chroma over the edges of blocks: nothing is compared there.
const EDGE: u32 = 2;

/// Blocks of one colour each, of all brightnesses, the first black, white and the primaries.
fn blocks(size: Size) -> Frame {
    let edges = [0u8, 255].map(|r| [0, 255].map(|g| [0, 255].map(|b| [r, g, b])));
    let mut colours: Vec<[u8; 3]> = edges.into_iter().flatten().flatten().collect();
    let mut noise = noise(5);
    colours.extend(std::iter::from_fn(|| Some([noise.next()?, noise.next()?, noise.next()?])).take(100));
    let columns = size.width.div_ceil(BLOCK);
    let pixels =
        (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x / BLOCK + y / BLOCK * columns) as usize));
    let bytes = pixels.flat_map(|block| colours[block]).collect();
    let format = fourcc(b"RGB3");
    frame_of(format, size, Layout::new(format, size, &[]).unwrap(), &[bytes])
}

/// Is it away from the edges of its block?
fn is_inside(at: u32, all: u32) -> bool {
    let (within, last) = (at % BLOCK, (all - at / BLOCK * BLOCK).min(BLOCK));
    within >= EDGE && (within + EDGE < last || at + EDGE >= all)
}

/// The largest difference of the decoded picture from what the frame means.
fn worst(frame: &Frame, colour: Colour) -> (f64, String) {
    let (format, size) = (frame.info().format, frame.info().size);
    let mut jpeg = Vec::new();
    Encoder::default().encode(frame, &Request { quality: 100, colour, exif: None }, &mut jpeg).unwrap();
    let decoded = decode(&jpeg).unwrap();
    assert_eq!(decoded.size, size);
    let should = expected(frame, &Recipe::plain(kind(format, size, colour), kind(fourcc(b"RGB3"), size, colour)));
    let mut worst = (0.0, String::new());
    for (x, y) in (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y))) {
        if !is_inside(x, size.width) || !is_inside(y, size.height) {
            continue;
        }
        for (index, should) in should.iter().enumerate() {
            let is = f64::from(decoded.rgb[3 * (y * size.width + x) as usize + index]);
            let difference = (is - should.at(x, y)).abs();
            if difference > worst.0 {
                let name = char::from(b"RGB"[index]);
                worst = (difference, format!("{name} at {x}, {y} is {is}, not {:.1}", should.at(x, y)));
            }
        }
    }
    worst
}

#[test]
fn photos_show_what_the_frame_means() {
    let mut of_all = 0.0f64;
    for format in targets() {
        for size in [Size::new(160, 96), Size::new(61, 47)] {
            let picture = blocks(size);
            for colour in COLOURS {
                let frame =
                    convert(&picture, &Recipe::plain(kind(fourcc(b"RGB3"), size, colour), kind(format, size, colour)));
                let (worst, place) = worst(&frame.unwrap(), colour);
                // Of one level in chroma, blue gets two; the JPEG itself is a level off here and there.
                assert!(worst <= 3.0, "{format} {size} {colour:?}: {place}");
                of_all = of_all.max(worst);
            }
        }
    }
    println!("worst difference: {of_all:.2}");
}

/// Padded rows, planes in memories of their own, and values that no colour has.
#[test]
fn photos_are_the_same_from_any_memory() {
    for (one, other) in
        [(b"NV12", b"NM12"), (b"NV61", b"NM61"), (b"YV12", b"YM21"), (b"422P", b"YM16"), (b"444P", b"YM24")]
    {
        for size in SIZES {
            let narrow = noisy(fourcc(one), size, 0, 3);
            let memories: Vec<Vec<u8>> = narrow.planes().map(|(_, bytes)| bytes.to_vec()).collect();
            let layout = Layout::new(fourcc(other), size, &[]).unwrap();
            let apart = frame_of(fourcc(other), size, layout, &memories);
            for colour in COLOURS {
                let mut both = [Vec::new(), Vec::new()];
                for (frame, out) in [&narrow, &apart].into_iter().zip(&mut both) {
                    Encoder::default().encode(frame, &Request { quality: 90, colour, exif: None }, out).unwrap();
                }
                assert!(both[0] == both[1], "{size} {colour:?}");
            }
        }
    }
}
