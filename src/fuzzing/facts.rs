//! The facts in a photo, and the markers of pictures from outside.

use super::{Choices, frame_of, picture};
use crate::format::{Colour, Layout, PixelFormat, Size};
use crate::image::exif::{Exif, Location, Moment};
use crate::image::jpeg::{self, Encoder, Request};

const SIZE: Size = Size::new(16, 16);

/// Any facts make a segment that holds together; any bytes are a picture or are refused.
pub fn facts(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let exif = exif(&mut choices);
    let request = Request { quality: 1 + choices.byte() % 100, colour: Colour::JFIF, exif: Some(&exif) };
    let mut photo = Vec::new();
    Encoder::default().encode(&picture(SIZE), &request, &mut photo).expect("a good picture");
    check_photo(&photo, SIZE);

    // The same picture with something before its scan, then anything at all.
    let mut other = photo[..2].to_vec();
    other.extend_from_slice(choices.bytes(64));
    other.extend_from_slice(&photo[2..]);
    check_markers(&other, &request);
    check_markers(choices.rest(), &request);
}

fn exif(choices: &mut Choices<'_>) -> Exif {
    let mut text = || {
        let length = match choices.byte() {
            0 => return None,
            255 => 400,
            length => usize::from(length % 32),
        };
        let repeated = String::from_utf8_lossy(choices.bytes(length.min(32))).repeat(length.div_ceil(32).max(1));
        Some(repeated)
    };
    let (make, model, software) = (text(), text(), text());
    let taken = choices.flag().then(|| Moment {
        seconds: i64::from_le_bytes(choices.number()) >> (choices.byte() % 64),
        nanoseconds: choices.u32(),
        utc_offset: choices.u16() as i16,
    });
    let exposure = choices.flag().then(|| choices.u32());
    let iso = choices.flag().then(|| choices.u32());
    let mut degrees =
        |most: i32| f64::from(i32::from_le_bytes(choices.number())) / f64::from(i32::MAX) * f64::from(most);
    let (latitude, longitude, altitude) = (degrees(91), degrees(181), degrees(1_000_001));
    let location = Location::new(latitude, longitude, choices.flag().then_some(altitude)).ok();
    Exif { make, model, software, taken, exposure, iso, location: location.filter(|_| choices.flag()) }
}

/// A whole picture of this size that begins with its facts, whose directories hold together.
fn check_photo(photo: &[u8], size: Size) {
    assert_eq!(jpeg::dimensions(photo).expect("a photo has a size"), size);
    assert!(jpeg::whole(photo).expect("a photo is whole").concat() == photo);
    assert_eq!(photo[2..4], [0xff, 0xe1], "the facts come first");
    let length = usize::from(u16::from_be_bytes([photo[4], photo[5]]));
    let segment = &photo[6..4 + length];
    let tiff = segment.strip_prefix(b"Exif\0\0").expect("the segment's name");
    assert_eq!(tiff[..8], *b"II\x2a\0\x08\0\0\0");
    let pointers = check_directory(tiff, 8);
    assert!(!pointers.is_empty(), "the Exif directory");
    for at in pointers {
        assert!(check_directory(tiff, at).is_empty());
    }
}

/// Tags in order, values within the file (TIFF 6.0, section 2). Where other directories are.
fn check_directory(tiff: &[u8], at: usize) -> Vec<usize> {
    assert!(at.is_multiple_of(2));
    let short = |at: usize| u16::from_le_bytes(tiff[at..at + 2].try_into().expect("two bytes"));
    let long = |at: usize| u32::from_le_bytes(tiff[at..at + 4].try_into().expect("four bytes")) as usize;
    let entries = usize::from(short(at));
    let (mut before, mut pointers) = (None, Vec::new());
    for entry in (0..entries).map(|index| at + 2 + 12 * index) {
        let tag = short(entry);
        assert!(before < Some(tag), "tags in order");
        before = Some(tag);
        // Bytes of each type.
        let width = match short(entry + 2) {
            1 | 2 | 7 => 1,
            3 => 2,
            4 => 4,
            5 => 8,
            other => panic!("type {other}"),
        };
        let length = width * long(entry + 4);
        let value = if length > 4 { long(entry + 8) } else { entry + 8 };
        assert!(length > 0 && value + length <= tiff.len());
        if short(entry + 2) == 2 {
            let text = &tiff[value..value + length];
            assert!(text[..length - 1].iter().all(|byte| (b' '..=b'~').contains(byte)) && text[length - 1] == 0);
        }
        if tag == 0x8769 || tag == 0x8825 {
            pointers.push(long(entry + 8));
        }
    }
    assert_eq!(long(at + 2 + 12 * entries), 0, "no thumbnail");
    pointers
}

/// A whole picture stays what it is, whether it gets facts or not; what is none is refused.
fn check_markers(bytes: &[u8], request: &Request<'_>) {
    let size = jpeg::dimensions(bytes);
    let whole = jpeg::whole(bytes).map(|parts| parts.concat());
    if let Ok(whole) = &whole {
        assert_eq!(jpeg::dimensions(whole).expect("it has a size"), *size.as_ref().expect("whole, so it has a size"));
        assert!(jpeg::whole(whole).expect("whole already").concat() == *whole);
    }
    let frame = frame_of(PixelFormat::MJPEG, SIZE, Layout::compressed(bytes.len()), bytes);
    let mut out = vec![1];
    match Encoder::default().encode(&frame, request, &mut out) {
        Ok(_) => {
            assert!(whole.is_ok());
            check_photo(&out, size.expect("it has a size"));
        }
        Err(_) => assert!(out.is_empty()),
    }
}
