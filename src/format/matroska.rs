//! What Matroska files call uncompressed formats.

use super::PixelFormat;

const fn v4l2(code: &[u8; 4]) -> PixelFormat {
    PixelFormat::from_fourcc(*code)
}

/// What Matroska calls a format (UncompressedFourCC, RFC 9559, section 5.1.4.1.28.15), "similar
/// in scope to the biCompression value of AVI's BITMAPINFO": there is no registry. These are codes
/// that FFmpeg knows, whose demuxer most players have; the tests ask it. Formats that it has no
/// code for are written as planes.
const FOURCCS: &[(PixelFormat, [u8; 4])] = &[
    (PixelFormat::YUYV, *b"YUY2"),
    (v4l2(b"UYVY"), *b"UYVY"),
    (v4l2(b"YVYU"), *b"YVYU"),
    (PixelFormat::NV12, *b"NV12"),
    (PixelFormat::NV12M, *b"NV12"),
    (PixelFormat::NV21, *b"NV21"),
    (v4l2(b"NM21"), *b"NV21"),
    (PixelFormat::YUV_420_SP, *b"NV21"),
    (PixelFormat::I420, *b"I420"),
    (v4l2(b"YM12"), *b"I420"),
    (v4l2(b"YV12"), *b"YV12"),
    (v4l2(b"YM21"), *b"YV12"),
    (v4l2(b"422P"), *b"Y42B"),
    (v4l2(b"YM16"), *b"Y42B"),
    (v4l2(b"444P"), *b"444P"),
    (v4l2(b"YM24"), *b"444P"),
    (v4l2(b"GREY"), *b"Y800"),
    (v4l2(b"Y16 "), *b"Y1\0\x10"),
    (v4l2(b"RGB3"), *b"RGB\x18"),
    (v4l2(b"BGR3"), *b"BGR\x18"),
    (v4l2(b"RGBP"), *b"RGB\x10"),
    (PixelFormat::RGBA_8888, *b"RGBA"),
    (v4l2(b"AB24"), *b"RGBA"),
    (v4l2(b"AR24"), *b"BGRA"),
    (v4l2(b"XR24"), *b"BGR\0"),
    (v4l2(b"XB24"), *b"RGB\0"),
    (v4l2(b"BA81"), *b"\xbaBG\x08"),
    (v4l2(b"GBRG"), *b"\xbaGB\x08"),
    (v4l2(b"GRBG"), *b"\xbaGR\x08"),
    (v4l2(b"RGGB"), *b"\xbaRG\x08"),
];

/// Matroska's code for a format, if it has one.
pub(crate) fn fourcc(format: PixelFormat) -> Option<[u8; 4]> {
    FOURCCS.iter().find(|(known, _)| *known == format).map(|(_, code)| *code)
}

/// The format with this code: of those that only their memories tell apart, the one in one memory.
pub(crate) fn format(code: [u8; 4]) -> Option<PixelFormat> {
    FOURCCS.iter().find(|(_, known)| *known == code).map(|(format, _)| *format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_in_one_memory_comes_back_from_its_code() {
        for (known, code) in FOURCCS {
            let found = format(*code).unwrap();
            assert_eq!(found.memory_count(), 1, "{known}");
            assert_eq!(fourcc(found), Some(*code));
        }
        assert_eq!(format(*b"NV12"), Some(PixelFormat::NV12));
        assert_eq!(format(*b"none"), None);
    }
}
