//! Motion-JPEG as cables and cameras spoil it: parts lost, twice, in the wrong place, changed.
//! A spoilt frame is refused where it can be told, and the next good one is as if it had not been.

use super::*;
use crate::image::jpeg::{Encoder, Request};

const SIZE: Size = Size::new(128, 96);
/// Rows of a strip between restarts.
const ROWS: u32 = 8;

/// A picture with something to compress in every block.
fn rich(size: Size, from_row: u32) -> Frame {
    let format = fourcc(b"422P");
    let layout = Layout::new(format, size, &[]).unwrap();
    let mut bytes = Vec::new();
    for (index, plane) in (0..).zip(layout.planes()) {
        let places = (from_row..from_row + plane.rows).flat_map(|y| (0..plane.stride).map(move |x| (x, y)));
        bytes.extend(places.map(|(x, y)| (60 + 30 * index + (x * 7 + y * 3) % 50 + (x * y) % 23) as u8));
    }
    frame_of(format, size, layout, &[bytes])
}

fn encoded(frame: &Frame) -> Vec<u8> {
    let mut out = Vec::new();
    Encoder::default().encode(frame, &Request { quality: 85, colour: Colour::JFIF, exif: None }, &mut out).unwrap();
    out
}

/// Before the scan, the scan's data, and the end.
fn parts(jpeg: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let start = jpeg.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let data = start + 2 + usize::from(u16::from_be_bytes([jpeg[start + 2], jpeg[start + 3]]));
    (&jpeg[..data], &jpeg[data..jpeg.len() - 2], &jpeg[jpeg.len() - 2..])
}

/// A picture with a restart after each strip (ITU-T T.81, B.2.4.4 and E.1.4), which cameras use
/// so that less is lost: before the scan, the data of each strip, and the end.
fn with_restarts() -> (Vec<u8>, Vec<Vec<u8>>) {
    let strip = Size::new(SIZE.width, ROWS);
    let strips: Vec<Vec<u8>> = (0..SIZE.height).step_by(ROWS as usize).map(|row| encoded(&rich(strip, row))).collect();
    let mut head = parts(&strips[0]).0.to_vec();
    let header = head.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    head[header + 5..header + 7].copy_from_slice(&(SIZE.height as u16).to_be_bytes());
    let scan = head.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let interval = (SIZE.width / 16) as u8;
    head.splice(scan..scan, [0xff, 0xdd, 0, 4, 0, interval]);
    (head, strips.iter().map(|strip| parts(strip).1.to_vec()).collect())
}

/// With a marker after each strip but the last.
fn joined(head: &[u8], strips: &[Vec<u8>]) -> Vec<u8> {
    let mut jpeg = head.to_vec();
    for (index, strip) in strips.iter().enumerate() {
        if index > 0 {
            jpeg.extend_from_slice(&[0xff, 0xd0 + ((index - 1) % 8) as u8]);
        }
        jpeg.extend_from_slice(strip);
    }
    jpeg.extend_from_slice(&[0xff, 0xd9]);
    jpeg
}

/// Tries a spoilt frame after good ones, and a good one after it, with one converter.
struct Bench {
    converter: Converter,
    recipe: Recipe,
    good: Vec<u8>,
    expected: Vec<u8>,
}

impl Bench {
    fn new(good: &[u8]) -> Bench {
        let kinds = [PixelFormat::MJPEG, PixelFormat::NV12].map(|format| kind(format, SIZE, Colour::JFIF));
        let recipe = Recipe::plain(kinds[0], kinds[1]);
        let mut bench =
            Bench { converter: Converter::new(recipe).unwrap(), recipe, good: good.to_vec(), expected: Vec::new() };
        bench.expected = bench.run(good).unwrap();
        bench
    }

    fn run(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        let frame = frame_of(PixelFormat::MJPEG, SIZE, Layout::compressed(bytes.len()), &[bytes.to_vec()]);
        let made = self.converter.run(&frame, lease_for(&self.recipe))?;
        Ok(made.planes().flat_map(|(_, bytes)| bytes.to_vec()).collect())
    }

    fn refuses(&mut self, what: &str, bytes: &[u8]) {
        let error = self.run(bytes).map(|_| ()).expect_err(what);
        assert!(error.detail().contains("cannot be decoded: "), "{what}: {error}");
        self.takes_a_good_one(what);
    }

    /// The picture is whole, whatever is with it.
    fn takes(&mut self, what: &str, bytes: &[u8]) {
        assert!(self.run(bytes).unwrap_or_else(|error| panic!("{what}: {error}")) == self.expected, "{what}");
        self.takes_a_good_one(what);
    }

    fn takes_a_good_one(&mut self, what: &str) {
        let good = self.good.clone();
        assert!(self.run(&good).unwrap_or_else(|error| panic!("after {what}: {error}")) == self.expected);
    }
}

#[test]
fn strips_make_the_same_picture() {
    let (head, strips) = with_restarts();
    let whole = Bench::new(&encoded(&rich(SIZE, 0)));
    assert!(Bench::new(&joined(&head, &strips)).expected == whole.expected);
}

#[test]
fn what_is_lost_or_twice_in_a_scan_is_noticed() {
    let good = encoded(&rich(SIZE, 0));
    let (head, data, end) = parts(&good);
    let mut bench = Bench::new(&good);
    let third = data.len() / 3;
    assert!(third > 500);
    bench.refuses("a part lost", &[head, &data[..third], &data[third + 200..], end].concat());
    bench.refuses("a part twice", &[head, &data[..third], &data[third - 200..], end].concat());
    bench.refuses("another picture's end", &[head, data, &data[third..], end].concat());
    bench.refuses("no data", &[head, end].concat());
    bench.refuses("zeros for data", &[head, &vec![0; data.len()], end].concat());
    bench.refuses("a second start", &[head, &data[..third], &good].concat());
    // A few bytes are what cameras leave there; so are zeros.
    bench.takes("rest of a word", &[head, data, &data[..3], end].concat());
    bench.takes("zeros", &[head, data, &[0; 1000], end].concat());
    bench.refuses("many zeros", &[head, data, &[0; 5000], end].concat());
}

#[test]
fn lost_strips_are_noticed() {
    let (head, strips) = with_restarts();
    let good = joined(&head, &strips);
    let mut bench = Bench::new(&good);
    for count in 1..strips.len() {
        bench.refuses("the last strips lost", &joined(&head, &strips[..count]));
        // As before, and the last one there is too long.
        let mut long = strips[..count].to_vec();
        long.last_mut().unwrap().extend_from_slice(&[0; 3]);
        bench.refuses("the last strips lost after a rest", &joined(&head, &long));
        let mut swapped = strips.clone();
        swapped[count] = strips[count][..strips[count].len() / 2].to_vec();
        bench.refuses("half of a strip lost", &joined(&head, &swapped));
    }
    for lost in 0..strips.len() - 1 {
        let mut jpeg = head.clone();
        for (index, strip) in strips.iter().enumerate().filter(|(index, _)| *index != lost) {
            jpeg.extend_from_slice(strip);
            jpeg.extend_from_slice(&[0xff, 0xd0 + (index % 8) as u8]);
        }
        let length = jpeg.len() - 2;
        bench.refuses("a strip lost", &[&jpeg[..length], &[0xff, 0xd9]].concat());
    }
    // Rests do no harm here either: some cameras leave them before every restart.
    for filler in [0, 0x5a] {
        let with_rest = |strip: &Vec<u8>| [&strip[..], &[filler; 7]].concat();
        bench.takes("rests", &joined(&head, &strips.iter().map(with_rest).collect::<Vec<_>>()));
    }
}

/// Any change: no crash, and the next frame is as good as ever.
#[test]
fn no_change_of_a_frame_spoils_the_next() {
    let (head, strips) = with_restarts();
    for good in [encoded(&rich(SIZE, 0)), joined(&head, &strips)] {
        let mut bench = Bench::new(&good);
        let mut numbers = noise(17).zip(noise(18)).map(|(high, low)| usize::from(high) << 8 | usize::from(low));
        let mut refused = 0;
        for round in 0..400 {
            let mut bytes = good.clone();
            for _ in 0..1 + round % 4 {
                let at = numbers.next().unwrap() % bytes.len();
                match numbers.next().unwrap() % 4 {
                    0 => bytes[at] ^= 1 << (round % 8),
                    1 => bytes[at] = 0xff,
                    2 => drop(bytes.drain(at..(at + 64).min(bytes.len()))),
                    _ => bytes.truncate(at),
                }
                if bytes.is_empty() {
                    break;
                }
            }
            refused += u32::from(bench.run(&bytes).is_err());
            bench.takes_a_good_one(&format!("round {round}"));
        }
        assert!(refused > 200, "{refused} of 400");
    }
}
