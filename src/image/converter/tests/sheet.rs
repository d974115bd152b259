//! One picture with every conversion and every way around, for people to look at:
//! target/contact-sheet.png.

use super::*;
use crate::image::jpeg::{Encoder, Request};
use std::path::PathBuf;

const PICTURE: Size = Size::new(96, 64);
/// A cell: a picture lying or standing, and two lines of text.
const CELL: Size = Size::new(104, 118);
const COLUMNS: usize = 10;
/// Of [`COLOURS`].
const NAMES: [&str; 4] = ["601 limited", "601 full", "709 limited", "709 full"];

/// Letters of 3 by 5 dots, as lines of three bits from top to bottom.
fn letter(letter: char) -> [u8; 5] {
    match letter.to_ascii_uppercase() {
        '0' | 'O' => [7, 5, 5, 5, 7],
        '1' | 'I' => [2, 6, 2, 2, 7],
        '2' => [7, 1, 7, 4, 7],
        '3' => [7, 1, 7, 1, 7],
        '4' => [5, 5, 7, 1, 1],
        '5' | 'S' => [7, 4, 7, 1, 7],
        '6' => [7, 4, 7, 5, 7],
        '7' => [7, 1, 1, 1, 1],
        '8' => [7, 5, 7, 5, 7],
        '9' => [7, 5, 7, 1, 7],
        'A' => [2, 5, 7, 5, 5],
        'B' => [6, 5, 6, 5, 6],
        'C' => [7, 4, 4, 4, 7],
        'D' => [6, 5, 5, 5, 6],
        'E' => [7, 4, 6, 4, 7],
        'F' => [7, 4, 6, 4, 4],
        'G' => [7, 4, 5, 5, 7],
        'H' => [5, 5, 7, 5, 5],
        'J' => [1, 1, 1, 5, 7],
        'K' => [5, 5, 6, 5, 5],
        'L' => [4, 4, 4, 4, 7],
        'M' => [5, 7, 7, 5, 5],
        'N' => [6, 5, 5, 5, 5],
        'P' => [7, 5, 7, 4, 4],
        'Q' => [7, 5, 5, 7, 1],
        'R' => [6, 5, 6, 5, 5],
        'T' => [7, 2, 2, 2, 2],
        'U' => [5, 5, 5, 5, 7],
        'V' => [5, 5, 5, 5, 2],
        'W' => [5, 5, 7, 7, 5],
        'X' => [5, 5, 2, 5, 5],
        'Y' => [5, 5, 7, 2, 2],
        'Z' => [7, 1, 2, 4, 7],
        '-' => [0, 0, 7, 0, 0],
        '/' => [1, 1, 2, 4, 4],
        '_' => [0, 0, 0, 0, 7],
        _ => [0; 5],
    }
}

/// Pixels of red, green and blue.
struct Canvas {
    size: Size,
    pixels: Vec<u8>,
}

impl Canvas {
    fn set(&mut self, x: u32, y: u32, rgb: [u8; 3]) {
        if x < self.size.width && y < self.size.height {
            let at = 3 * (y * self.size.width + x) as usize;
            self.pixels[at..at + 3].copy_from_slice(&rgb);
        }
    }

    fn text(&mut self, x: u32, y: u32, scale: u32, text: &str, rgb: [u8; 3]) {
        for (index, character) in (0..).zip(text.chars()) {
            for (down, line) in (0..).zip(letter(character)) {
                for across in (0..3).filter(|across| line >> (2 - across) & 1 == 1) {
                    for dot in 0..scale * scale {
                        let (dx, dy) = (dot % scale, dot / scale);
                        self.set(x + (4 * index + across) * scale + dx, y + down * scale + dy, rgb);
                    }
                }
            }
        }
    }
}

/// Red, green, blue and white corners, colour bars, a grey wedge, an F and a fine pattern.
fn test_picture() -> Canvas {
    let Size { width, height } = PICTURE;
    let mut canvas = Canvas { size: PICTURE, pixels: vec![0; (3 * width * height) as usize] };
    for y in 0..height {
        for x in 0..width {
            let rgb = if y < height / 2 {
                let bar = 7 - x * 8 / width;
                [bar >> 1 & 1, bar >> 2 & 1, bar & 1].map(|on| if on == 1 { 235 } else { 16 })
            } else if y < height * 3 / 4 {
                [(x * 255 / width) as u8; 3]
            } else if x < width / 2 {
                [(x * 5) as u8, 128, (255 - x * 5) as u8]
            } else {
                [if x / 2 % 2 == y / 2 % 2 { 220 } else { 30 }; 3]
            };
            canvas.set(x, y, rgb);
        }
    }
    for dot in 0..100 {
        let (x, y) = (dot % 10, dot / 10);
        canvas.set(x, y, [255, 0, 0]);
        canvas.set(width - 1 - x, y, [0, 255, 0]);
        canvas.set(x, height - 1 - y, [0, 0, 255]);
        canvas.set(width - 1 - x, height - 1 - y, [255, 255, 255]);
    }
    canvas.text(40, 12, 4, "F", [0, 0, 0]);
    canvas
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// A PNG file whose pixels are stored as they are.
fn png(canvas: &Canvas) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        let body = [&kind[..], data].concat();
        file.extend_from_slice(&(data.len() as u32).to_be_bytes());
        file.extend_from_slice(&body);
        file.extend_from_slice(&crc(&body).to_be_bytes());
    };
    let Size { width, height } = canvas.size;
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[&sides[..], &[8, 2, 0, 0, 0]].concat());
    // Each row begins with the number of a filter: none.
    let rows: Vec<u8> = canvas.pixels.chunks_exact(3 * width as usize).flat_map(|row| [&[0], row].concat()).collect();
    let mut stream = vec![0x78, 0x01];
    let blocks = rows.chunks(65535);
    let last = blocks.len() - 1;
    for (index, block) in blocks.enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from(index == last));
        stream.extend_from_slice(&length.to_le_bytes());
        stream.extend_from_slice(&(!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    let (a, b) = rows.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    stream.extend_from_slice(&(b << 16 | a).to_be_bytes());
    chunk(b"IDAT", &stream);
    chunk(b"IEND", &[]);
    file
}

/// A frame converted on, as it would be for this recipe's target without the turn.
fn made(frame: &Frame, target: Kind, turn: (Rotation, bool), colour: Colour) -> Frame {
    let (rotation, mirror) = turn;
    let source = kind(frame.info().format, frame.info().size, colour);
    convert(frame, &Recipe { rotation, mirror, ..Recipe::plain(source, target) }).unwrap()
}

/// Label, frame, what its YUV means, the way around, and the size as RGB.
type Cell = (String, Frame, Colour, (Rotation, bool), Size);

#[test]
fn a_contact_sheet_is_written() {
    let canvas = test_picture();
    let rgb3 = fourcc(b"RGB3");
    let picture = frame_of(rgb3, PICTURE, Layout::new(rgb3, PICTURE, &[]).unwrap(), &[canvas.pixels]);
    let upright = (Rotation::None, false);
    let mut cells: Vec<Cell> = Vec::new();
    for format in targets() {
        let frame = made(&picture, kind(format, PICTURE, COLOURS[0]), upright, COLOURS[0]);
        cells.push((format!("{format}"), frame, COLOURS[0], upright, PICTURE));
    }
    for (colour, name) in COLOURS.into_iter().zip(NAMES) {
        let frame = made(&picture, kind(PixelFormat::NV12, PICTURE, colour), upright, colour);
        cells.push((format!("NV12 {name}"), frame, colour, upright, PICTURE));
        let other = made(&cells.last().unwrap().1, kind(fourcc(b"444P"), PICTURE, Colour::JFIF), upright, colour);
        cells.push((format!("{name}-JFIF"), other, Colour::JFIF, upright, PICTURE));
    }
    // Photos of each colour, which become JPEG's.
    for format in [b"YUYV", b"NV12", b"444P", b"GREY"].map(fourcc) {
        for (colour, name) in COLOURS.into_iter().zip(NAMES) {
            let frame = made(&picture, kind(format, PICTURE, colour), upright, colour);
            let mut jpeg = Vec::new();
            Encoder::default().encode(&frame, &Request { quality: 92, colour, exif: None }, &mut jpeg).unwrap();
            let photo = frame_of(PixelFormat::MJPEG, PICTURE, Layout::compressed(jpeg.len()), &[jpeg]);
            cells.push((
                format!("photo {format} {}", name.replace("limited", "lim")),
                photo,
                Colour::JFIF,
                upright,
                PICTURE,
            ));
        }
    }
    for format in [b"422P", b"YU12", b"GREY"].map(fourcc) {
        let mut jpeg = Vec::new();
        let planes = made(&picture, kind(format, PICTURE, Colour::JFIF), upright, Colour::JFIF);
        Encoder::default()
            .encode(&planes, &Request { quality: 92, colour: Colour::JFIF, exif: None }, &mut jpeg)
            .unwrap();
        let frame = frame_of(PixelFormat::MJPEG, PICTURE, Layout::compressed(jpeg.len()), &[jpeg]);
        for (name, size) in [("", PICTURE), (" 1/2", Size::new(48, 32)), (" 5/8", Size::new(60, 40))] {
            cells.push((format!("MJPG {format}{name}"), frame.clone(), Colour::JFIF, upright, size));
        }
    }
    for format in [b"YUYV", b"NV12"].map(fourcc) {
        let frame = made(&picture, kind(format, PICTURE, COLOURS[0]), upright, COLOURS[0]);
        for turn in TURNS {
            let (rotation, mirror) = turn;
            let size = if rotation.is_sideways() { Size::new(64, 96) } else { PICTURE };
            let name = format!("{format} {}{}", rotation.degrees(), if mirror { " mirror" } else { "" });
            cells.push((name, frame.clone(), COLOURS[0], turn, size));
        }
        for (width, height) in [(48, 32), (32, 21), (64, 43), (72, 48), (24, 16), (100, 66), (101, 99)] {
            cells.push((
                format!("{format} {width}x{height}"),
                frame.clone(),
                COLOURS[0],
                upright,
                Size::new(width, height),
            ));
        }
    }
    let rows = cells.len().div_ceil(COLUMNS) as u32;
    let size = Size::new(CELL.width * COLUMNS as u32, CELL.height * rows);
    let mut sheet = Canvas { size, pixels: vec![90; (3 * size.width * size.height) as usize] };
    let mut levels = Vec::new();
    for (index, (label, frame, colour, turn, size)) in cells.into_iter().enumerate() {
        let (left, top) = ((index % COLUMNS) as u32 * CELL.width, (index / COLUMNS) as u32 * CELL.height);
        let result = made(&frame, kind(PixelFormat::RGBA_8888, size, colour), turn, colour);
        let pixels = result.plane(0).unwrap().1;
        for (at, pixel) in (0..).zip(pixels.chunks_exact(4)) {
            sheet.set(left + 2 + at % size.width, top + 14 + at / size.width, [pixel[0], pixel[1], pixel[2]]);
        }
        sheet.text(left + 2, top + 4, 1, &label, [255, 255, 255]);
        let sum: u64 = pixels.chunks_exact(4).flat_map(|pixel| &pixel[..3]).map(|byte| u64::from(*byte)).sum();
        levels.push((label, sum as f64 / (3 * size.width * size.height) as f64));
    }
    // All are of the same brightness.
    let bright = levels[0].1;
    for (label, level) in &levels {
        assert!((level - bright).abs() < 9.0, "{label}: {level:.1}, not {bright:.1}");
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("contact-sheet.png"), png(&sheet)).unwrap();
}
