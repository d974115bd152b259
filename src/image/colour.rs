//! The matrices of colour, as the numbers that `sys::kernels` works with.

use crate::format::{Colour, Matrix, Range};

/// Levels are in units of 1/32.
const UNIT: f64 = 32.0;

/// YUV to RGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ToRgb {
    /// Times 16384.
    pub(super) luma: i16,
    /// Those of chroma times 8192.
    pub(super) red_v: i16,
    pub(super) green_u: i16,
    pub(super) green_v: i16,
    pub(super) blue_u: i16,
    /// Added once to each, in units of 1/32: black level and rounding.
    pub(super) offset: i16,
}

/// One component from three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// Times 16384.
    pub(super) weights: [i16; 3],
    /// In units of 1/32.
    pub(super) offset: i16,
}

/// Three components from three.
pub(super) type Rows = [Row; 3];

/// Weights of red and blue in luma.
fn weights(matrix: Matrix) -> (f64, f64) {
    match matrix {
        Matrix::Bt601 => (0.299, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
    }
}

/// Levels of luma and of chroma for 255 levels of RGB, and the luma of black.
fn levels(range: Range) -> (f64, f64, f64) {
    match range {
        Range::Limited => (219.0 / 255.0, 224.0 / 255.0, 16.0),
        Range::Full => (1.0, 1.0, 0.0),
    }
}

/// Matrix and biases: RGB = matrix * (YUV - bias).
fn rgb_from_yuv(colour: Colour) -> ([[f64; 3]; 3], [f64; 3]) {
    let (red, blue) = weights(colour.matrix);
    let (luma, chroma, black) = levels(colour.range);
    let green = 1.0 - red - blue;
    let (y, v, u) = (1.0 / luma, 2.0 * (1.0 - red) / chroma, 2.0 * (1.0 - blue) / chroma);
    ([[y, 0.0, v], [y, -u * blue / green, -v * red / green], [y, u, 0.0]], [black, 128.0, 128.0])
}

/// YUV = matrix * RGB + bias.
fn yuv_from_rgb(colour: Colour) -> ([[f64; 3]; 3], [f64; 3]) {
    let (red, blue) = weights(colour.matrix);
    let (luma, chroma, black) = levels(colour.range);
    let y = [red, 1.0 - red - blue, blue];
    let difference = |component: usize, weight: f64| {
        let unit = |index| if index == component { 1.0 } else { 0.0 };
        [0, 1, 2].map(|index| (unit(index) - y[index]) * chroma / (2.0 * (1.0 - weight)))
    };
    ([y.map(|weight| weight * luma), difference(2, blue), difference(0, red)], [black, 128.0, 128.0])
}

fn fixed(value: f64, unit: f64) -> i16 {
    (value * unit).round() as i16
}

/// What makes RGB of YUV.
pub(super) fn to_rgb(colour: Colour) -> ToRgb {
    let ([[luma, _, red_v], [_, green_u, green_v], [_, blue_u, _]], [black, ..]) = rgb_from_yuv(colour);
    ToRgb {
        luma: fixed(luma, 16384.0),
        red_v: fixed(red_v, 8192.0),
        green_u: fixed(green_u, 8192.0),
        green_v: fixed(green_v, 8192.0),
        blue_u: fixed(blue_u, 8192.0),
        // Half a level to round, and half a unit for each of two products that were cut off.
        offset: fixed(0.5 - luma * black, UNIT) + 1,
    }
}

fn rows(matrix: [[f64; 3]; 3], bias_in: [f64; 3], bias_out: [f64; 3]) -> Rows {
    [0, 1, 2].map(|index| {
        let row: [f64; 3] = matrix[index];
        let bias = bias_out[index] - row.iter().zip(bias_in).map(|(weight, bias)| weight * bias).sum::<f64>();
        let products = row.iter().filter(|weight| **weight != 0.0).count() as f64;
        Row { weights: row.map(|weight| fixed(weight, 16384.0)), offset: fixed(bias + 0.5 + products / 64.0, UNIT) }
    })
}

/// What makes YUV of RGB.
pub(super) fn to_yuv(colour: Colour) -> Rows {
    let (matrix, bias) = yuv_from_rgb(colour);
    rows(matrix, [0.0; 3], bias)
}

/// What makes YUV of another colour of YUV; `None` when it is the same.
pub(super) fn between(from: Colour, to: Colour) -> Option<Rows> {
    if from == to {
        return None;
    }
    let (to_rgb, bias_in) = rgb_from_yuv(from);
    let (to_yuv, bias_out) = yuv_from_rgb(to);
    let product = |row: usize, column: usize| {
        let exact: f64 = (0..3).map(|index| to_yuv[row][index] * to_rgb[index][column]).sum();
        // What is nothing but for the rounding.
        if exact.abs() < 1e-9 { 0.0 } else { exact }
    };
    Some(rows([0, 1, 2].map(|row| [0, 1, 2].map(|column| product(row, column))), bias_in, bias_out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_is_the_same() {
        for colour in [Colour::BT601_LIMITED, Colour::JFIF, Colour::BT709_LIMITED, Colour::BT709_FULL] {
            let ((there, _), (back, _)) = (yuv_from_rgb(colour), rgb_from_yuv(colour));
            for (index, row) in back.into_iter().enumerate() {
                for column in [0, 1, 2] {
                    let product: f64 = row.iter().zip(there).map(|(weight, there)| weight * there[column]).sum();
                    assert!((product - f64::from(u8::from(index == column))).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn only_another_matrix_mixes_luma_and_chroma() {
        let rows = between(Colour::BT601_LIMITED, Colour::JFIF).unwrap();
        assert_eq!(
            rows.map(|row| row.weights.map(|weight| weight != 0)),
            [[true, false, false], [false, true, false], [false, false, true]]
        );
        assert!(between(Colour::JFIF, Colour::JFIF).is_none());
        assert!(between(Colour::JFIF, Colour::BT709_FULL).unwrap()[0].weights.iter().all(|weight| *weight != 0));
    }
}
