//! Conversions against a plain reference, and frames that are not what they say.

mod damage;
mod photo;
mod reference;
mod sheet;
mod speed;
mod spoilt;

use super::*;
use crate::format::{Colour, PixelFormat};
use crate::frame::HeapPool;
use crate::image::recipe::{Rotation, can_convert};
use reference::{difference, expected};

const SOURCES: [&[u8; 4]; 37] = [
    b"YUYV",
    b"UYVY",
    b"YVYU",
    b"VYUY",
    b"NV12",
    b"NV21",
    b"NM12",
    b"NM21",
    b"NV16",
    b"NV61",
    b"NM16",
    b"NM61",
    b"NV24",
    b"NV42",
    b"YU12",
    b"YV12",
    b"YM12",
    b"YM21",
    b"422P",
    b"YM16",
    b"YM61",
    b"444P",
    b"YM24",
    b"YM42",
    b"GREY",
    b"RGB3",
    b"BGR3",
    b"XB24",
    b"AB24",
    b"XR24",
    b"AR24",
    b"BGR4",
    b"BX24",
    b"BA24",
    b"RGB4",
    b"\x03\0\0\0",
    b"\xeb\x03\0\0",
];
const COLOURS: [Colour; 4] = [Colour::BT601_LIMITED, Colour::JFIF, Colour::BT709_LIMITED, Colour::BT709_FULL];
const TURNS: [(Rotation, bool); 8] = [
    (Rotation::None, false),
    (Rotation::None, true),
    (Rotation::Quarter, false),
    (Rotation::Quarter, true),
    (Rotation::Half, false),
    (Rotation::Half, true),
    (Rotation::ThreeQuarters, false),
    (Rotation::ThreeQuarters, true),
];
const SIZES: [Size; 4] = [Size::new(33, 17), Size::new(1, 1), Size::new(50, 31), Size::new(96, 6)];

fn fourcc(code: &[u8; 4]) -> PixelFormat {
    PixelFormat::from_fourcc(*code)
}

fn sources() -> impl Iterator<Item = PixelFormat> {
    SOURCES.iter().map(|code| fourcc(code))
}

fn targets() -> impl Iterator<Item = PixelFormat> {
    sources().filter(|format| format.memory_count() == 1)
}

fn kind(format: PixelFormat, size: Size, colour: Colour) -> Kind {
    Kind { format, size, colour }
}

/// Bytes without a pattern, the same for the same seed.
fn noise(seed: u32) -> impl Iterator<Item = u8> {
    let mut state = u64::from(seed) * 2 + 1;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as u8
    })
}

/// A frame with these bytes in its memories and no more.
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
        sequence: 7,
        timestamp_ns: 1,
        flags: 0,
        colour: crate::format::Colour::JFIF,
    })
}

/// A frame of noise; with padding, its rows are longer than needed and the last is cut short.
fn noisy(format: PixelFormat, size: Size, padding: u32, seed: u32) -> Frame {
    let narrow = Layout::new(format, size, &[]).unwrap();
    let stride = |memory: usize| {
        let first = narrow.planes().iter().find(|plane| plane.memory as usize == memory).unwrap();
        if padding == 0 { 0 } else { (first.stride + padding).next_multiple_of(4) }
    };
    let strides: Vec<u32> = (0..format.memory_count()).map(stride).collect();
    let layout = Layout::new(format, size, &strides).unwrap();
    let memories: Vec<Vec<u8>> = (0..layout.memory_count())
        .map(|memory| {
            let last = layout.planes().iter().rposition(|plane| plane.memory as usize == memory).unwrap();
            let cut = layout.planes()[last].stride - narrow.planes()[last].stride;
            noise(seed + memory as u32).take(layout.memory_length(memory) - cut as usize).collect()
        })
        .collect();
    frame_of(format, size, layout, &memories)
}

/// A target that is exactly as long as it has to be.
fn lease_for(recipe: &Recipe) -> Lease {
    let layout = target_layout(recipe.target.format, recipe.target.size).unwrap();
    HeapPool::new(1, &[layout.memory_length(0)]).take().unwrap().1
}

fn convert(frame: &Frame, recipe: &Recipe) -> Result<Frame> {
    Converter::new(*recipe)?.run(frame, lease_for(recipe))
}

/// The difference from the reference.
fn error_of(frame: &Frame, recipe: &Recipe) -> f64 {
    error_within(3.0, frame, recipe)
}

fn error_within(limit: f64, frame: &Frame, recipe: &Recipe) -> f64 {
    let result = convert(frame, recipe).unwrap();
    assert_eq!((result.info().format, result.info().size), (recipe.target.format, recipe.target.size));
    assert_eq!((result.info().sequence, result.info().timestamp_ns), (7, 1));
    let (worst, place) = difference(&result, &expected(frame, recipe));
    assert!(worst <= limit, "{recipe:?}: {place}");
    worst
}

/// Worst without and with a matrix.
#[derive(Default)]
struct Worst {
    plain: f64,
    matrix: f64,
}

impl Worst {
    fn add(&mut self, frame: &Frame, recipe: &Recipe) {
        let worst = if reference::has_matrix(recipe) { &mut self.matrix } else { &mut self.plain };
        *worst = worst.max(error_of(frame, recipe));
    }
}

#[test]
fn every_pair_of_formats_is_as_the_reference() {
    let mut worst = Worst::default();
    for (number, source) in (0..).zip(sources()) {
        for (other, target) in (0..).zip(targets()) {
            assert!(can_convert(source, target));
            for (index, size) in (0..).zip(SIZES) {
                let frame = noisy(source, size, [0, 5][(number + index as usize) % 2], index);
                let colour = COLOURS[(number + index as usize) % 4];
                let recipe = Recipe::plain(kind(source, size, colour), kind(target, size, colour));
                worst.add(&frame, &recipe);
                if index != 2 {
                    let colour = COLOURS[(number + other + 1) % 4];
                    worst.add(&frame, &Recipe { target: kind(target, size, colour), ..recipe });
                }
            }
        }
    }
    println!("worst difference: {:.3} without, {:.3} with a matrix", worst.plain, worst.matrix);
    assert!(worst.plain <= 1.0 && worst.matrix <= 2.0);
}

#[test]
fn parts_turned_are_as_the_reference() {
    let mut worst = Worst::default();
    let formats = [b"YUYV", b"NV12", b"YU12", b"NV16", b"444P", b"XB24", b"GREY", b"RGB3"].map(fourcc);
    let crops = [(0, 0, 50, 31), (2, 4, 20, 10), (1, 0, 33, 17), (3, 5, 8, 21), (4, 3, 46, 28), (49, 30, 1, 1)];
    for source in formats {
        let frame = noisy(source, Size::new(50, 31), 3, 9);
        for target in formats {
            for (number, (x, y, width, height)) in crops.into_iter().enumerate() {
                let size = Size::new(width, height);
                for (index, (rotation, mirror)) in TURNS.into_iter().enumerate() {
                    let turned = if rotation.is_sideways() { Size::new(height, width) } else { size };
                    let colours = [COLOURS[number % 4], COLOURS[if index % 2 == 0 { number % 4 } else { index / 2 }]];
                    let recipe = Recipe {
                        source: kind(source, Size::new(50, 31), colours[0]),
                        crop: Rect { x, y, size },
                        rotation,
                        mirror,
                        target: kind(target, turned, colours[1]),
                    };
                    worst.add(&frame, &recipe);
                }
            }
        }
    }
    println!("worst difference: {:.3} without, {:.3} with a matrix", worst.plain, worst.matrix);
    assert!(worst.plain <= 1.0 && worst.matrix <= 2.0);
}

/// A plane that keeps its samples keeps them exactly.
#[test]
fn turns_are_exact() {
    for format in [b"NV12", b"YU12", b"444P", b"GREY", b"NV24", b"XR24"].map(fourcc) {
        for (rotation, mirror) in TURNS {
            let size = Size::new(38, 22);
            let turned = if rotation.is_sideways() { Size::new(22, 38) } else { size };
            let [source, target] = [size, turned].map(|size| kind(format, size, Colour::JFIF));
            let recipe = Recipe { rotation, mirror, ..Recipe::plain(source, target) };
            assert_eq!(error_of(&noisy(format, size, 0, 3), &recipe), 0.0, "{recipe:?}");
        }
    }
}

/// By area: weights are in 256ths down, so that a mean of n rows can be n/4 of a level off, and
/// is by chance about a half. Bilinear: libyuv cuts its weights off to 128ths across (up to 2
/// levels between black and white) and to 256ths down (1), and rounds twice (1).
#[test]
fn scaling_is_as_the_reference() {
    let mut worst = [0.0; 3];
    let targets = [
        (31, 22),
        (20, 15),
        (62, 15),
        (31, 45),
        (15, 11),
        (27, 20),
        (7, 5),
        (3, 44),
        (1, 1),
        (46, 34),
        (61, 44),
        (40, 30),
        (63, 46),
        (124, 90),
        (123, 89),
        (100, 80),
        (62, 60),
        (200, 20),
        (20, 90),
        (2, 2),
    ];
    for format in [b"NV12", b"YU12", b"YUYV", b"444P", b"XB24", b"GREY"].map(fourcc) {
        // Exact ratios, of widths that are no multiple of a vector's.
        let exact =
            [2, 3, 4, 8].map(|ratio| ((16 * 24 + 24) / ratio, 48 / ratio)).map(|size| (Size::new(408, 48), size));
        let parts = [(306, 36), (272, 32), (204, 24)].map(|size| (Size::new(408, 48), size));
        for (large, (width, height)) in
            targets.map(|target| (Size::new(62, 45), target)).into_iter().chain(exact).chain(parts)
        {
            let frame = noisy(format, large, 4, 5);
            let small = Size::new(width, height);
            let recipe = Recipe::plain(kind(format, large, Colour::JFIF), kind(format, small, Colour::JFIF));
            let is_area = large.width >= width && large.height >= height;
            let is_bilinear = large.width <= width && large.height <= height;
            let index = if is_area {
                0
            } else if is_bilinear {
                1
            } else {
                2
            };
            worst[index] = f64::max(worst[index], error_within(4.0, &frame, &recipe));
        }
    }
    println!("worst difference: {:.3} by area, {:.3} bilinear, {:.3} both", worst[0], worst[1], worst[2]);
    assert!(worst[0] <= 1.5 && worst[1] <= 4.0 && worst[2] <= 4.0);
}

#[test]
fn everything_at_once_is_as_the_reference() {
    let formats = [b"YUYV", b"NV12", b"422P", b"XB24", b"GREY"].map(fourcc);
    let crops = [(0, 0, 50, 31), (6, 2, 40, 28), (1, 1, 33, 29)];
    let sizes = [(25, 16), (11, 9), (50, 30), (64, 47)];
    for source in formats {
        let frame = noisy(source, Size::new(50, 31), 0, 1);
        for target in formats {
            for (x, y, width, height) in crops {
                for (index, (rotation, mirror)) in TURNS.into_iter().enumerate() {
                    let (to_width, to_height) = sizes[index % 4];
                    let recipe = Recipe {
                        source: kind(source, Size::new(50, 31), Colour::BT601_LIMITED),
                        crop: Rect { x, y, size: Size::new(width, height) },
                        rotation,
                        mirror,
                        target: kind(target, Size::new(to_width, to_height), Colour::BT601_LIMITED),
                    };
                    // A matrix makes of the 4 levels of bilinear scaling up to 2.1 times as much.
                    let result = convert(&frame, &recipe).unwrap();
                    let (worst, place) = difference(&result, &expected(&frame, &recipe));
                    let matrix = reference::has_matrix(&recipe);
                    assert!(worst <= if matrix { 10.0 } else { 4.0 }, "{recipe:?}: {place}");
                }
            }
        }
    }
}

#[test]
fn memory_is_kept_from_frame_to_frame() {
    let size = Size::new(64, 48);
    let recipe = Recipe {
        rotation: Rotation::Quarter,
        ..Recipe::plain(
            kind(PixelFormat::YUYV, size, Colour::JFIF),
            kind(PixelFormat::RGBA_8888, Size::new(20, 30), Colour::JFIF),
        )
    };
    let mut converter = Converter::new(recipe).unwrap();
    let frame = noisy(PixelFormat::YUYV, size, 0, 0);
    let addresses = |converter: &Converter| {
        let placed = &converter.placed;
        placed
            .planes
            .iter()
            .chain(&placed.regridded)
            .map(|memory| (memory.as_ptr(), memory.capacity()))
            .collect::<Vec<_>>()
    };
    converter.run(&frame, lease_for(&recipe)).unwrap();
    let before = addresses(&converter);
    converter.run(&frame, lease_for(&recipe)).unwrap();
    assert_eq!(addresses(&converter), before);
}
