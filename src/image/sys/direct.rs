//! The same work by direct calls of the C libraries, to compare with.

use super::{Compressor, Plane, Sampling, c_int, c_uchar, c_ulong, c_void, decompress, tjDestroy};
use crate::format::Size;

unsafe extern "C" {
    fn tjInitDecompress() -> *mut c_void;
    fn tjDecompress2(
        handle: *mut c_void,
        jpeg: *const c_uchar,
        length: c_ulong,
        pixels: *mut c_uchar,
        width: c_int,
        pitch: c_int,
        height: c_int,
        pixel_format: c_int,
        flags: c_int,
    ) -> c_int;
    fn YUY2ToNV12(
        from: *const u8,
        from_stride: c_int,
        y: *mut u8,
        y_stride: c_int,
        uv: *mut u8,
        uv_stride: c_int,
        width: c_int,
        height: c_int,
    ) -> c_int;
    fn YUY2ToI420(
        from: *const u8,
        from_stride: c_int,
        y: *mut u8,
        y_stride: c_int,
        u: *mut u8,
        u_stride: c_int,
        v: *mut u8,
        v_stride: c_int,
        width: c_int,
        height: c_int,
    ) -> c_int;
    fn YUY2ToARGB(
        from: *const u8,
        from_stride: c_int,
        to: *mut u8,
        stride: c_int,
        width: c_int,
        height: c_int,
    ) -> c_int;
    fn NV12ToABGR(
        y: *const u8,
        y_stride: c_int,
        uv: *const u8,
        uv_stride: c_int,
        to: *mut u8,
        stride: c_int,
        width: c_int,
        height: c_int,
    ) -> c_int;
    fn ABGRToI420(
        from: *const u8,
        from_stride: c_int,
        y: *mut u8,
        y_stride: c_int,
        u: *mut u8,
        u_stride: c_int,
        v: *mut u8,
        v_stride: c_int,
        width: c_int,
        height: c_int,
    ) -> c_int;
    fn NV12Scale(
        y: *const u8,
        y_stride: c_int,
        uv: *const u8,
        uv_stride: c_int,
        width: c_int,
        height: c_int,
        to_y: *mut u8,
        to_y_stride: c_int,
        to_uv: *mut u8,
        to_uv_stride: c_int,
        to_width: c_int,
        to_height: c_int,
        filter: c_int,
    ) -> c_int;
    fn I420Scale(
        y: *const u8,
        y_stride: c_int,
        u: *const u8,
        u_stride: c_int,
        v: *const u8,
        v_stride: c_int,
        width: c_int,
        height: c_int,
        to_y: *mut u8,
        to_y_stride: c_int,
        to_u: *mut u8,
        to_u_stride: c_int,
        to_v: *mut u8,
        to_v_stride: c_int,
        to_width: c_int,
        to_height: c_int,
        filter: c_int,
    ) -> c_int;
    fn I420Rotate(
        y: *const u8,
        y_stride: c_int,
        u: *const u8,
        u_stride: c_int,
        v: *const u8,
        v_stride: c_int,
        to_y: *mut u8,
        to_y_stride: c_int,
        to_u: *mut u8,
        to_u_stride: c_int,
        to_v: *mut u8,
        to_v_stride: c_int,
        width: c_int,
        height: c_int,
        mode: c_int,
    ) -> c_int;
}

/// What libyuv is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::image) enum Work {
    YuyvToNv12,
    YuyvToI420,
    YuyvToBgra,
    Nv12ToRgba,
    RgbaToI420,
    /// With libyuv's box filter, which for chroma is bilinear.
    Nv12Scale,
    I420Scale,
    I420Quarter,
}

/// Frames without padding, of even sizes.
pub(in crate::image) fn libyuv(work: Work, from: &[u8], size: Size, to: &mut [u8], to_size: Size) {
    let area = |size: Size| (size.width * size.height) as usize;
    let bytes = |from: bool| match work {
        Work::YuyvToNv12 | Work::YuyvToI420 if from => 4,
        Work::YuyvToBgra if from => 4,
        Work::RgbaToI420 if from => 8,
        Work::YuyvToBgra | Work::Nv12ToRgba if !from => 8,
        _ => 3,
    };
    assert!(size.width.is_multiple_of(2) && size.height.is_multiple_of(2));
    assert!(to_size.width.is_multiple_of(2) && to_size.height.is_multiple_of(2));
    assert!(from.len() >= area(size) * bytes(true) / 2 && to.len() >= area(to_size) * bytes(false) / 2);
    if work == Work::I420Quarter {
        assert_eq!((size.width, size.height), (to_size.height, to_size.width));
    } else if !matches!(work, Work::Nv12Scale | Work::I420Scale) {
        assert_eq!(size, to_size);
    }
    let [w, h, tw, th] = [size.width, size.height, to_size.width, to_size.height].map(|side| side as c_int);
    // SAFETY: planes without gaps follow one another, and the slices hold them: asserted above.
    unsafe {
        let (y, uv, v) = (from.as_ptr(), from.as_ptr().add(area(size)), from.as_ptr().add(area(size) * 5 / 4));
        let to_y = to.as_mut_ptr();
        let (to_uv, to_v) = (to_y.add(area(to_size)), to_y.add(area(to_size) * 5 / 4));
        match work {
            Work::YuyvToNv12 => YUY2ToNV12(y, 2 * w, to_y, tw, to_uv, tw, w, h),
            Work::YuyvToI420 => YUY2ToI420(y, 2 * w, to_y, tw, to_uv, tw / 2, to_v, tw / 2, w, h),
            Work::YuyvToBgra => YUY2ToARGB(y, 2 * w, to_y, 4 * tw, w, h),
            Work::Nv12ToRgba => NV12ToABGR(y, w, uv, w, to_y, 4 * tw, w, h),
            Work::RgbaToI420 => ABGRToI420(y, 4 * w, to_y, tw, to_uv, tw / 2, to_v, tw / 2, w, h),
            Work::Nv12Scale => NV12Scale(y, w, uv, w, w, h, to_y, tw, to_uv, tw, tw, th, 3),
            Work::I420Scale => {
                I420Scale(y, w, uv, w / 2, v, w / 2, w, h, to_y, tw, to_uv, tw / 2, to_v, tw / 2, tw, th, 3)
            }
            Work::I420Quarter => I420Rotate(y, w, uv, w / 2, v, w / 2, to_y, tw, to_uv, tw / 2, to_v, tw / 2, w, h, 90),
        };
    }
}

/// A picture of this size, by libjpeg-turbo alone, as planes without padding one after the other.
pub(in crate::image) fn jpeg(decompressor: &mut decompress::Decompressor, jpeg: &[u8], to: &mut [u8]) {
    let opened = decompressor.open(jpeg).unwrap();
    let [y, u, v] = [0, 1, 1].map(|index| opened.plane_size(index, 1));
    let area = |size: Size| (size.width * size.height) as usize;
    let (to_y, rest) = to.split_at_mut(area(y));
    let (to_u, to_v) = rest.split_at_mut(area(u));
    let planes = [(to_y, y), (to_u, u), (to_v, v)]
        .map(|(bytes, size)| super::PlaneMut::new(bytes, size.width, size.height).unwrap());
    assert_eq!(decompressor.planes(&opened, 1, planes).unwrap(), None);
}

/// A TurboJPEG instance that makes pixels.
pub(in crate::image) struct ToPixels(*mut c_void);

impl ToPixels {
    pub(in crate::image) fn new() -> ToPixels {
        // SAFETY: no arguments.
        let handle = unsafe { tjInitDecompress() };
        assert!(!handle.is_null());
        ToPixels(handle)
    }

    /// A picture of this size, by libjpeg-turbo alone, as RGBA with its faster chroma, which is
    /// repeated and not smoothed, as it is here.
    pub(in crate::image) fn run(&mut self, jpeg: &[u8], size: Size, to: &mut [u8]) {
        const TJPF_RGBA: c_int = 7;
        const TJFLAG_FASTUPSAMPLE: c_int = 256;
        assert!(to.len() >= 4 * (size.width * size.height) as usize);
        let (width, height) = (size.width as c_int, size.height as c_int);
        // SAFETY: the handle is valid, and the pixels have room: asserted above; with another
        // size in its header the picture is scaled down to this or refused.
        let result = unsafe {
            tjDecompress2(
                self.0,
                jpeg.as_ptr(),
                jpeg.len() as c_ulong,
                to.as_mut_ptr(),
                width,
                4 * width,
                height,
                TJPF_RGBA,
                TJFLAG_FASTUPSAMPLE,
            )
        };
        assert_eq!(result, 0);
    }
}

impl Drop for ToPixels {
    fn drop(&mut self) {
        // SAFETY: the handle is valid and not used after this.
        unsafe { tjDestroy(self.0) };
    }
}

/// I420 without gaps compressed by libjpeg-turbo alone.
pub(in crate::image) fn compress(compressor: &mut Compressor, from: &[u8], size: Size, quality: u8, to: &mut [u8]) {
    let (luma, rest) = from.split_at((size.width * size.height) as usize);
    let (u, v) = rest.split_at(rest.len() / 2);
    let planes = [(luma, 1), (u, 2), (v, 2)]
        .map(|(bytes, part)| Plane::new(bytes, size.width / part, size.width / part, size.height / part).unwrap());
    compressor.planes(&planes, Sampling::Yuv420, size, quality, to).unwrap();
}
