//! What a driver says about its colours, as the library knows colours.
//!
//! The source is the V4L2 documentation, "Defining Colorspaces in V4L2" (colorspaces-defs) and
//! "Detailed Colorspace Descriptions" (colorspaces-details), and the macros of videodev2.h that
//! say what a default means: `V4L2_MAP_YCBCR_ENC_DEFAULT`, `V4L2_MAP_QUANTIZATION_DEFAULT`.

use super::sys::{self, Colorimetry};
use crate::format::{Colour, Matrix, PixelFormat, Range};

/// What YUV of this format means, or YUV that is made of it if it is RGB.
///
/// The library has two matrices. The obsolete SMPTE 240M and the BT.2020 of ultra-high
/// definition, which no camera of today sends in 8 bits, count as BT.709, which is the nearest.
pub(super) fn colour(format: PixelFormat, reported: Colorimetry) -> Colour {
    // A JPEG picture says itself what it means, whatever the driver says: some report the
    // colours of the sensor.
    if format.is_jpeg() {
        return Colour::JFIF;
    }
    if format.is_rgb() {
        return Colour::BT601_LIMITED;
    }
    let encoding = match reported.encoding {
        sys::YCBCR_ENC_DEFAULT => default_encoding(reported.colorspace),
        encoding => encoding,
    };
    let matrix = match encoding {
        sys::YCBCR_ENC_709
        | sys::YCBCR_ENC_XV709
        | sys::YCBCR_ENC_BT2020
        | sys::YCBCR_ENC_BT2020_CONST_LUM
        | sys::YCBCR_ENC_SMPTE240M => Matrix::Bt709,
        // 601, xvYCC 601, sYCC, and numbers that did not exist when this was written.
        _ => Matrix::Bt601,
    };
    let range = match reported.quantization {
        sys::QUANTIZATION_FULL_RANGE => Range::Full,
        sys::QUANTIZATION_LIM_RANGE => Range::Limited,
        // V4L2_MAP_QUANTIZATION_DEFAULT, for what is not RGB.
        _ if reported.colorspace == sys::COLORSPACE_JPEG => Range::Full,
        _ => Range::Limited,
    };
    Colour { matrix, range }
}

/// `V4L2_MAP_YCBCR_ENC_DEFAULT`.
fn default_encoding(colorspace: u32) -> u32 {
    match colorspace {
        sys::COLORSPACE_REC709 | sys::COLORSPACE_DCI_P3 => sys::YCBCR_ENC_709,
        sys::COLORSPACE_BT2020 => sys::YCBCR_ENC_BT2020,
        sys::COLORSPACE_SMPTE240M => sys::YCBCR_ENC_SMPTE240M,
        _ => sys::YCBCR_ENC_601,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Matrix::{Bt601, Bt709};
    use Range::{Full, Limited};

    /// By the numbers of the kernel's interface: colorspace (0 to 12), and what its defaults are.
    const DEFAULTS: [(u32, Matrix, Range); 14] = [
        (0, Bt601, Limited),    // not told
        (1, Bt601, Limited),    // SMPTE 170M
        (2, Bt709, Limited),    // SMPTE 240M
        (3, Bt709, Limited),    // Rec. 709
        (4, Bt601, Limited),    // BT.878
        (5, Bt601, Limited),    // 470 System M
        (6, Bt601, Limited),    // 470 System B, G
        (7, Bt601, Full),       // JPEG
        (8, Bt601, Limited),    // sRGB
        (9, Bt601, Limited),    // opRGB
        (10, Bt709, Limited),   // BT.2020
        (11, Bt601, Limited),   // raw
        (12, Bt709, Limited),   // DCI-P3
        (9999, Bt601, Limited), // of another day
    ];
    const ENCODINGS: [(u32, Matrix); 9] = [
        (1, Bt601), // 601
        (2, Bt709), // 709
        (3, Bt601), // xvYCC 601
        (4, Bt709), // xvYCC 709
        (5, Bt601), // sYCC
        (6, Bt709), // BT.2020
        (7, Bt709), // BT.2020 constant luminance
        (8, Bt709), // SMPTE 240M
        (99, Bt601),
    ];
    const QUANTIZATIONS: [(u32, Range); 2] = [(1, Full), (2, Limited)];

    fn of(format: PixelFormat, colorspace: u32, encoding: u32, quantization: u32) -> Colour {
        colour(format, Colorimetry { colorspace, encoding, quantization })
    }

    #[test]
    fn what_is_said_counts_and_what_is_not_follows_from_the_colorspace() {
        for format in [*b"YUYV", *b"NV12", *b"NM12", *b"GREY", *b"YM24"].map(PixelFormat::from_fourcc) {
            for (colorspace, matrix, range) in DEFAULTS {
                assert_eq!(of(format, colorspace, 0, 0), Colour { matrix, range }, "{format} {colorspace}");
                assert_eq!(of(format, colorspace, 0, 77), Colour { matrix, range }, "{format} {colorspace}");
                for (encoding, matrix) in ENCODINGS {
                    assert_eq!(of(format, colorspace, encoding, 0), Colour { matrix, range });
                    for (quantization, range) in QUANTIZATIONS {
                        assert_eq!(of(format, colorspace, encoding, quantization), Colour { matrix, range });
                    }
                }
                for (quantization, range) in QUANTIZATIONS {
                    assert_eq!(of(format, colorspace, 0, quantization), Colour { matrix, range });
                }
            }
        }
    }

    #[test]
    fn jpeg_and_rgb_do_not_depend_on_the_driver() {
        for (colorspace, ..) in DEFAULTS {
            for quantization in 0..3 {
                assert_eq!(of(PixelFormat::MJPEG, colorspace, 2, quantization), Colour::JFIF);
                assert_eq!(of(PixelFormat::JFIF, colorspace, 0, quantization), Colour::JFIF);
                let rgb = [*b"RGB3", *b"XR24", *b"RGBP"].map(PixelFormat::from_fourcc);
                assert!(rgb.iter().all(|format| of(*format, colorspace, 2, quantization) == Colour::BT601_LIMITED));
            }
        }
    }
}
