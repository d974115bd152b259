//! Decompression, to see in tests what became of a picture.

use super::{c_int, c_uchar, c_ulong, c_void, message, tjDestroy};
use crate::format::Size;
use std::ptr::{NonNull, null_mut};

unsafe extern "C" {
    fn tjInitDecompress() -> *mut c_void;
    fn tjDecompressHeader3(
        handle: *mut c_void,
        jpeg: *const c_uchar,
        length: c_ulong,
        width: *mut c_int,
        height: *mut c_int,
        sampling: *mut c_int,
        colours: *mut c_int,
    ) -> c_int;
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
    fn tjDecompressToYUVPlanes(
        handle: *mut c_void,
        jpeg: *const c_uchar,
        length: c_ulong,
        planes: *mut *mut c_uchar,
        width: c_int,
        strides: *const c_int,
        height: c_int,
        flags: c_int,
    ) -> c_int;
}

/// A decompressed picture.
pub(in crate::image) struct Decoded {
    pub(in crate::image) size: Size,
    /// TurboJPEG's number.
    pub(in crate::image) sampling: i32,
    /// Rows of R, G and B without gaps.
    pub(in crate::image) rgb: Vec<u8>,
    /// Y, U and V, each with rows of the picture's width plus 16 bytes.
    pub(in crate::image) planes: [Vec<u8>; 3],
}

pub(in crate::image) fn decode(jpeg: &[u8]) -> Result<Decoded, String> {
    // SAFETY: no arguments.
    let handle = NonNull::new(unsafe { tjInitDecompress() }).expect("there is memory");
    // SAFETY: every pointer is to memory of this function, of the length that TurboJPEG
    // writes: planes are padded to at most 16 columns and rows more than the picture.
    let result = unsafe {
        let (start, length) = (jpeg.as_ptr(), jpeg.len() as c_ulong);
        let (mut width, mut height, mut sampling, mut colours) = (0, 0, 0, 0);
        let mut result =
            tjDecompressHeader3(handle.as_ptr(), start, length, &mut width, &mut height, &mut sampling, &mut colours);
        let mut rgb = vec![0; (width * height * 3) as usize];
        let mut planes = [0; 3].map(|_| vec![0; ((width + 16) * (height + 16)) as usize]);
        if result == 0 {
            result = tjDecompress2(handle.as_ptr(), start, length, rgb.as_mut_ptr(), width, 3 * width, height, 0, 0);
        }
        if result == 0 {
            let mut starts = planes.each_mut().map(|plane| plane.as_mut_ptr());
            if sampling == super::Sampling::Grey as c_int {
                starts[1..].fill(null_mut());
            }
            let strides = [width + 16; 3];
            result = tjDecompressToYUVPlanes(
                handle.as_ptr(),
                start,
                length,
                starts.as_mut_ptr(),
                width,
                strides.as_ptr(),
                height,
                0,
            );
        }
        let size = Size::new(width as u32, height as u32);
        if result == 0 { Ok(Decoded { size, sampling, rgb, planes }) } else { Err(message(handle)) }
    };
    // SAFETY: the handle is valid and not used after this.
    unsafe { tjDestroy(handle.as_ptr()) };
    result
}
