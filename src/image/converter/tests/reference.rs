//! What conversions should give, in double precision and without any haste.

use super::*;
use crate::format::{Matrix, Range};

/// Samples of one component.
#[derive(Clone)]
pub(super) struct Samples {
    pub(super) size: Size,
    pub(super) values: Vec<f64>,
}

impl Samples {
    pub(super) fn make(size: Size, value: impl Fn(u32, u32) -> f64) -> Samples {
        let values = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
        Samples { size, values: values.map(|(x, y)| value(x, y)).collect() }
    }

    pub(super) fn at(&self, x: u32, y: u32) -> f64 {
        self.values[(y * self.size.width + x) as usize]
    }
}

/// The bytes of each plane's groups: Y, U, V, R, G, B, and x for what means nothing.
pub(super) fn groups(format: PixelFormat) -> Vec<&'static [u8]> {
    if format == PixelFormat::RGBA_8888 {
        return vec![b"RGBx"];
    }
    if format == PixelFormat::YUV_420_SP {
        return vec![b"Y", b"VU"];
    }
    match &format.number().to_le_bytes() {
        b"YUYV" => vec![b"YUYV"],
        b"YVYU" => vec![b"YVYU"],
        b"UYVY" => vec![b"UYVY"],
        b"VYUY" => vec![b"VYUY"],
        b"NV12" | b"NM12" | b"NV16" | b"NM16" | b"NV24" => vec![b"Y", b"UV"],
        b"NV21" | b"NM21" | b"NV61" | b"NM61" | b"NV42" => vec![b"Y", b"VU"],
        b"YV12" | b"YM21" | b"YM61" | b"YM42" => vec![b"Y", b"V", b"U"],
        b"GREY" => vec![b"Y"],
        b"RGB3" => vec![b"RGB"],
        b"BGR3" => vec![b"BGR"],
        b"XB24" | b"AB24" => vec![b"RGBx"],
        b"XR24" | b"AR24" | b"BGR4" => vec![b"BGRx"],
        b"BX24" | b"BA24" | b"RGB4" => vec![b"xRGB"],
        _ => vec![b"Y", b"U", b"V"],
    }
}

/// Pixels in a row and rows that share chroma.
pub(super) fn shared(format: PixelFormat) -> (u32, u32) {
    if format == PixelFormat::YUV_420_SP {
        return (2, 2);
    }
    match &format.number().to_le_bytes() {
        b"NV12" | b"NM12" | b"NV21" | b"NM21" | b"YU12" | b"YV12" | b"YM12" | b"YM21" => (2, 2),
        b"YUYV" | b"YVYU" | b"UYVY" | b"VYUY" | b"NV16" | b"NM16" | b"NV61" | b"NM61" | b"422P" | b"YM16" | b"YM61" => {
            (2, 1)
        }
        _ => (1, 1),
    }
}

pub(super) fn is_rgb(format: PixelFormat) -> bool {
    groups(format)[0].contains(&b'R')
}

pub(super) fn shrink(size: Size, (columns, rows): (u32, u32)) -> Size {
    Size::new(size.width.div_ceil(columns), size.height.div_ceil(rows))
}

/// One component of a frame; `None` when the format has none.
pub(super) fn component(frame: &Frame, name: u8) -> Option<Samples> {
    let info = frame.info();
    let groups = groups(info.format);
    let (plane, group) = groups.iter().enumerate().find(|(_, group)| group.contains(&name))?;
    let places: Vec<usize> = (0..group.len()).filter(|at| group[*at] == name).collect();
    let size = if b"UV".contains(&name) { shrink(info.size, shared(info.format)) } else { info.size };
    let (layout, bytes) = frame.plane(plane).unwrap();
    Some(Samples::make(size, |x, y| {
        let (number, place) = (x as usize / places.len(), places[x as usize % places.len()]);
        bytes[y as usize * layout.stride as usize + number * group.len() + place].into()
    }))
}

/// The three components, 128 for chroma that is not there.
pub(super) fn components(frame: &Frame) -> [Samples; 3] {
    let names = if is_rgb(frame.info().format) { *b"RGB" } else { *b"YUV" };
    names.map(|name| {
        component(frame, name).unwrap_or_else(|| Samples::make(shrink(frame.info().size, (2, 2)), |_, _| 128.0))
    })
}

type Three = [f64; 3];

fn weights(colour: Colour) -> (f64, f64, f64) {
    match colour.matrix {
        Matrix::Bt601 => (0.299, 0.587, 0.114),
        Matrix::Bt709 => (0.2126, 0.7152, 0.0722),
    }
}

fn to_rgb([y, u, v]: Three, colour: Colour) -> Three {
    let (r, g, b) = weights(colour);
    let limited = colour.range == Range::Limited;
    let y = if limited { (y - 16.0) / 219.0 } else { y / 255.0 };
    let [u, v] = [u, v].map(|c| (c - 128.0) / if limited { 224.0 } else { 255.0 });
    let red = y + 2.0 * (1.0 - r) * v;
    let blue = y + 2.0 * (1.0 - b) * u;
    [red, (y - r * red - b * blue) / g, blue].map(|c| c * 255.0)
}

fn to_yuv(rgb: Three, colour: Colour) -> Three {
    let (r, g, b) = weights(colour);
    let limited = colour.range == Range::Limited;
    let [red, green, blue] = rgb.map(|c| c / 255.0);
    let y = r * red + g * green + b * blue;
    let chroma = [(blue - y) / (2.0 * (1.0 - b)), (red - y) / (2.0 * (1.0 - r))];
    let [u, v] = chroma.map(|c| 128.0 + c * if limited { 224.0 } else { 255.0 });
    [if limited { 16.0 + y * 219.0 } else { y * 255.0 }, u, v]
}

/// A pixel as the target has it, not yet between 0 and 255.
fn recolour(pixel: Three, recipe: &Recipe) -> Three {
    let (source, target) = (&recipe.source, &recipe.target);
    match (is_rgb(source.format), is_rgb(target.format)) {
        (true, true) => pixel,
        (true, false) => to_yuv(pixel, target.colour),
        (false, true) => to_rgb(pixel, source.colour),
        (false, false) if source.colour == target.colour => pixel,
        (false, false) => to_yuv(to_rgb(pixel, source.colour), target.colour),
    }
}

/// Is a matrix needed?
pub(super) fn has_matrix(recipe: &Recipe) -> bool {
    let (source, target) = (&recipe.source, &recipe.target);
    is_rgb(source.format) != is_rgb(target.format) || !is_rgb(source.format) && source.colour != target.colour
}

/// Means over the pixels of each sample.
fn reduced(samples: &Samples, (columns, rows): (u32, u32)) -> Samples {
    Samples::make(shrink(samples.size, (columns, rows)), |x, y| {
        let within = |start: u32, count: u32, all: u32| start * count..((start + 1) * count).min(all);
        let columns = within(x, columns, samples.size.width);
        let rows = within(y, rows, samples.size.height);
        let count = f64::from((columns.end - columns.start) * (rows.end - rows.start));
        rows.flat_map(|y| columns.clone().map(move |x| (x, y))).map(|(x, y)| samples.at(x, y)).sum::<f64>() / count
    })
}

fn turned(samples: &Samples, recipe: &Recipe) -> Samples {
    let Size { width, height } = samples.size;
    let size = if recipe.rotation.is_sideways() { Size::new(height, width) } else { samples.size };
    Samples::make(size, |x, y| {
        let x = if recipe.mirror { size.width - 1 - x } else { x };
        match recipe.rotation {
            Rotation::None => samples.at(x, y),
            Rotation::Quarter => samples.at(y, height - 1 - x),
            Rotation::Half => samples.at(width - 1 - x, height - 1 - y),
            Rotation::ThreeQuarters => samples.at(width - 1 - y, x),
        }
    })
}

/// The first and the last sample that count for one of the result, in one direction, and the
/// weights; by area.
fn area(index: u32, from: u32, to: u32) -> Vec<(u32, f64)> {
    let ratio = f64::from(from) / f64::from(to);
    let (begin, end) = (f64::from(index) * ratio, f64::from(index + 1) * ratio);
    (0..from)
        .map(|sample| (sample, (f64::from(sample + 1).min(end) - f64::from(sample).max(begin)).max(0.0) / ratio))
        .filter(|(_, weight)| *weight > 1e-9)
        .collect()
}

fn bilinear(index: u32, from: u32, to: u32, twice: bool) -> Vec<(u32, f64)> {
    let at = if twice {
        (f64::from(index) + 0.5) * if from == to { 1.0 } else { 0.5 } - 0.5
    } else {
        // The corners stay where they are.
        f64::from(index) * f64::from(from - 1) / f64::from((to - 1).max(1))
    };
    let at = at.clamp(0.0, f64::from(from - 1));
    let first = at.floor();
    vec![(first as u32, 1.0 - (at - first)), ((first as u32 + 1).min(from - 1), at - first)]
}

fn weighted(samples: &Samples, size: Size, taps: impl Fn(u32, u32, u32) -> Vec<(u32, f64)>) -> Samples {
    let columns: Vec<_> = (0..size.width).map(|x| taps(x, samples.size.width, size.width)).collect();
    let rows: Vec<_> = (0..size.height).map(|y| taps(y, samples.size.height, size.height)).collect();
    Samples::make(size, |x, y| {
        let row = |y: u32| columns[x as usize].iter().map(|(x, weight)| samples.at(*x, y) * weight).sum::<f64>();
        rows[y as usize].iter().map(|(y, weight)| row(*y) * weight).sum()
    })
}

/// A plane scaled: by area where it becomes smaller, bilinear where it becomes larger.
pub(super) fn scaled(samples: &Samples, size: Size) -> Samples {
    let from = samples.size;
    if from.width > size.width || from.height > size.height {
        let middle = Size::new(from.width.min(size.width), from.height.min(size.height));
        let middle = weighted(samples, middle, area);
        return if middle.size == size { middle } else { scaled(&middle, size) };
    }
    let twice = size.width.div_ceil(2) == from.width && [size.height, size.height.div_ceil(2)].contains(&from.height);
    let mut samples = samples.clone();
    let mut result = weighted(&samples, size, |index, from, to| bilinear(index, from, to, twice));
    if twice && size.width % 2 == 1 {
        // libyuv ends such a row with the row's last sample itself.
        let last = samples.size.width - 1;
        let column: Vec<f64> = (0..samples.size.height).map(|y| samples.at(last, y)).collect();
        samples = Samples::make(Size::new(1, samples.size.height), |_, y| column[y as usize]);
        let column =
            weighted(&samples, Size::new(1, size.height), |index, from, to| bilinear(index, from, to, from < to));
        for (y, value) in (0..).zip(column.values) {
            result.values[((y + 1) * size.width - 1) as usize] = value;
        }
    }
    result
}

/// Scaled, then turned, or the other way around; whichever it is with fewer samples.
fn placed(samples: &Samples, upright: Size, recipe: &Recipe) -> Samples {
    if upright.width * upright.height <= samples.size.width * samples.size.height {
        return turned(&scaled(samples, upright), recipe);
    }
    let Size { width, height } = upright;
    scaled(&turned(samples, recipe), if recipe.rotation.is_sideways() { Size::new(height, width) } else { upright })
}

/// The target's components, each of its own size, between 0 and 255.
pub(super) fn expected(frame: &Frame, recipe: &Recipe) -> [Samples; 3] {
    let [first, second, third] = components(frame);
    let source = recipe.source.format;
    let has_chroma = groups(source).concat().contains(&b'U');
    let grid = if is_rgb(source) || has_chroma { shared(source) } else { (2, 2) };
    let Rect { x, y, size } = recipe.crop;
    let upright = recipe.upright_target();
    let to_grid = shared(recipe.target.format);
    let cut = |samples: &Samples| Samples::make(size, |at_x, at_y| samples.at(x + at_x, y + at_y));
    let full =
        |samples: &Samples| Samples::make(size, |at_x, at_y| samples.at((x + at_x) / grid.0, (y + at_y) / grid.1));
    let first = cut(&first);
    let planes = if size == upright {
        [first, full(&second), full(&third)].map(|samples| turned(&samples, recipe))
    } else {
        // Planes of chroma are scaled as such, if they can be cut out.
        let aligned = x % grid.0 == 0 && y % grid.1 == 0;
        let part = |samples: &Samples| {
            Samples::make(shrink(size, grid), |at_x, at_y| samples.at(x / grid.0 + at_x, y / grid.1 + at_y))
        };
        let [second, third] = if aligned { [part(&second), part(&third)] } else { [full(&second), full(&third)] };
        let upright_grid = chroma_grid(recipe, second.size);
        let chroma = [second, third].map(|samples| placed(&samples, shrink(upright, upright_grid), recipe));
        let target_grid = if recipe.rotation.is_sideways() { (upright_grid.1, upright_grid.0) } else { upright_grid };
        let [second, third] = chroma
            .map(|samples| Samples::make(recipe.target.size, |x, y| samples.at(x / target_grid.0, y / target_grid.1)));
        [placed(&first, upright, recipe), second, third]
    };
    let pixel = |x, y| recolour([planes[0].at(x, y), planes[1].at(x, y), planes[2].at(x, y)], recipe);
    let [first, second, third] = [0, 1, 2].map(|index| Samples::make(recipe.target.size, |x, y| pixel(x, y)[index]));
    [first, reduced(&second, to_grid), reduced(&third, to_grid)].map(|samples| Samples {
        values: samples.values.iter().map(|value| value.clamp(0.0, 255.0)).collect(),
        ..samples
    })
}

/// The grid that chroma has after scaling, before the turn.
fn chroma_grid(recipe: &Recipe, chroma: Size) -> (u32, u32) {
    let upright = recipe.upright_target();
    let odd = (upright.width % 2 == 1, upright.height % 2 == 1);
    let from_right = matches!(recipe.rotation, Rotation::Half | Rotation::ThreeQuarters);
    let from_below = matches!(recipe.rotation, Rotation::Half | Rotation::Quarter);
    // Mirroring is of columns, or of what were rows.
    let sideways = recipe.rotation.is_sideways();
    let from_right = from_right != (recipe.mirror && !sideways);
    let from_below = from_below != (recipe.mirror && sideways);
    let mixes = !is_rgb(recipe.target.format) && recipe.source.colour.matrix != recipe.target.colour.matrix;
    if mixes || is_rgb(recipe.source.format) || from_right && odd.0 || from_below && odd.1 {
        return (1, 1);
    }
    if is_rgb(recipe.target.format) {
        let least = |shared: u32, upright: u32| if shared < upright { 2 } else { 1 };
        let grid = (least(chroma.width, upright.width), least(chroma.height, upright.height));
        return if sideways && grid.0 != grid.1 { (1, 1) } else { grid };
    }
    let grid = shared(recipe.target.format);
    if sideways { (grid.1, grid.0) } else { grid }
}

/// The largest difference in any component, and where.
pub(super) fn difference(frame: &Frame, expected: &[Samples; 3]) -> (f64, String) {
    let names = if is_rgb(frame.info().format) { *b"RGB" } else { *b"YUV" };
    let mut worst = (0.0, String::new());
    for (name, expected) in names.into_iter().zip(expected) {
        let Some(actual) = component(frame, name) else { continue };
        assert_eq!(actual.size, expected.size);
        for y in 0..actual.size.height {
            for x in 0..actual.size.width {
                let (is, should) = (actual.at(x, y), expected.at(x, y));
                if (is - should).abs() > worst.0 {
                    worst = ((is - should).abs(), format!("{} at {x}, {y} is {is}, not {should:.2}", name as char));
                }
            }
        }
    }
    worst
}
