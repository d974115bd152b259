//! What vivid says about its colours, and whether its pictures then show what they should.

use super::{config, rig, started};
use crate::format::{Colour, Matrix, PixelFormat, Range};
use crate::frame::Frame;

// vivid's controls, from its vivid-ctrls.c, and the numbers of their menus.
const TEST_PATTERN: u32 = 0x00f0_f000;
const COLORSPACE: u32 = 0x00f0_f019;
const YCBCR_ENCODING: u32 = 0x00f0_f01b;
const QUANTIZATION: u32 = 0x00f0_f01c;
const COLOUR_BARS_100: i32 = 1;
const SRGB: i32 = 2;

const WHITE_TO_BLACK: [[f64; 3]; 8] = [
    [255.0, 255.0, 255.0],
    [255.0, 255.0, 0.0],
    [0.0, 255.0, 255.0],
    [0.0, 255.0, 0.0],
    [255.0, 0.0, 255.0],
    [255.0, 0.0, 0.0],
    [0.0, 0.0, 255.0],
    [0.0, 0.0, 0.0],
];

/// Luma and chroma at a pixel whose neighbours are alike.
fn yuv_at(frame: &Frame, x: usize, y: usize) -> [f64; 3] {
    let ((first, luma), second) = (frame.plane(0).unwrap(), frame.plane(1));
    let row = &luma[y * first.stride as usize..];
    match second {
        // YUYV.
        None => [row[2 * x], row[2 * x / 4 * 4 + 1], row[2 * x / 4 * 4 + 3]].map(f64::from),
        // NV12 or NM12.
        Some((layout, chroma)) => {
            let pairs = &chroma[y / 2 * layout.stride as usize + x / 2 * 2..];
            [row[x], pairs[0], pairs[1]].map(f64::from)
        }
    }
}

fn rgb([y, u, v]: [f64; 3], colour: Colour) -> [f64; 3] {
    let (red, blue) = if colour.matrix == Matrix::Bt601 { (0.299, 0.114) } else { (0.2126, 0.0722) };
    let (y, scale) = match colour.range {
        Range::Full => (y, 1.0),
        Range::Limited => ((y - 16.0) * 255.0 / 219.0, 255.0 / 224.0),
    };
    let r = y + 2.0 * (1.0 - red) * (v - 128.0) * scale;
    let b = y + 2.0 * (1.0 - blue) * (u - 128.0) * scale;
    [r, (y - red * r - blue * b) / (1.0 - red - blue), b]
}

#[test]
#[ignore = "needs the vivid driver: make test-vm runs it in a virtual machine"]
fn colours_are_as_the_driver_says_and_the_pictures_show() {
    let rig = rig();
    let cases = [(0, PixelFormat::YUYV), (0, PixelFormat::NV12), (1, PixelFormat::YUYV), (1, PixelFormat::NV12M)];
    // Encodings and quantizations of vivid's menus, and what they are.
    let encodings = [(0, Matrix::Bt601), (1, Matrix::Bt601), (2, Matrix::Bt709)];
    let quantizations = [(0, Range::Limited), (1, Range::Full), (2, Range::Limited)];
    for (camera, format) in cases {
        rig.control(camera, TEST_PATTERN, COLOUR_BARS_100);
        let device = rig.open(camera);
        for (encoding, matrix) in encodings {
            for (quantization, range) in quantizations {
                rig.control(camera, YCBCR_ENCODING, encoding);
                rig.control(camera, QUANTIZATION, quantization);
                let stream = device.configure(&config(format)).unwrap();
                let colour = stream.colour();
                assert_eq!(colour, Colour { matrix, range }, "{format} {encoding} {quantization}");
                let sink = started(&stream, 1);
                let frame = sink.frames(1).held[0].clone();
                stream.stop().unwrap();
                for (bar, should) in WHITE_TO_BLACK.iter().enumerate() {
                    // Below the text that vivid writes into the picture.
                    let is = rgb(yuv_at(&frame, 40 * bar + 20, 160), colour);
                    let worst = is.iter().zip(should).map(|(is, should)| (is - should).abs()).fold(0.0, f64::max);
                    assert!(worst < 4.0, "camera {camera} {format} {colour:?}: bar {bar} is {is:?}");
                }
            }
        }
        rig.control(camera, YCBCR_ENCODING, 0);
        rig.control(camera, QUANTIZATION, 0);
        // What follows from the colorspace alone.
        for (colorspace, matrix) in [(0, Matrix::Bt601), (1, Matrix::Bt709), (5, Matrix::Bt709), (SRGB, Matrix::Bt601)]
        {
            rig.control(camera, COLORSPACE, colorspace);
            let stream = device.configure(&config(format)).unwrap();
            assert_eq!(stream.colour(), Colour { matrix, range: Range::Limited }, "{format}, colorspace {colorspace}");
        }
        rig.control(camera, TEST_PATTERN, 0);
    }
    let rgb = PixelFormat::from_fourcc(*b"RGB3");
    assert_eq!(rig.open(0).configure(&config(rgb)).unwrap().colour(), Colour::BT601_LIMITED);
}
