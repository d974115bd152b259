//! libjpeg-turbo's decompression to planes.

use super::{PlaneMut, c_int, c_uchar, c_ulong, c_void, message, tjDestroy};
use crate::format::Size;
use std::ptr::{NonNull, null_mut};

unsafe extern "C" {
    fn tjInitDecompress() -> *mut c_void;
    fn tjGetErrorCode(handle: *mut c_void) -> c_int;
    fn tjDecompressHeader3(
        handle: *mut c_void,
        jpeg: *const c_uchar,
        length: c_ulong,
        width: *mut c_int,
        height: *mut c_int,
        sampling: *mut c_int,
        colours: *mut c_int,
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

/// `enum TJCS`.
const YCBCR: c_int = 1;
const GREY: c_int = 2;
/// `enum TJERR`: the picture was completed.
const WARNING: c_int = 0;

/// A JPEG picture whose header was read.
pub(in crate::image) struct Opened<'a> {
    jpeg: &'a [u8],
    size: Size,
    /// Pixels in a row, and rows, that share a chroma sample; `None` for grey.
    shared: Option<(u32, u32)>,
}

impl<'a> Opened<'a> {
    pub(in crate::image) fn jpeg(&self) -> &'a [u8] {
        self.jpeg
    }

    pub(in crate::image) fn size(&self) -> Size {
        self.size
    }

    pub(in crate::image) fn shared(&self) -> Option<(u32, u32)> {
        self.shared
    }

    /// The size of plane 0, luma, or of a plane of chroma, in a picture that is divided by
    /// `divisor`: with whole chroma samples.
    pub(in crate::image) fn plane_size(&self, index: usize, divisor: u32) -> Size {
        let (columns, rows) = self.shared.unwrap_or((1, 1));
        let (width, height) = (self.size.width.div_ceil(divisor), self.size.height.div_ceil(divisor));
        let chroma = Size::new(width.div_ceil(columns), height.div_ceil(rows));
        if index == 0 { Size::new(chroma.width * columns, chroma.height * rows) } else { chroma }
    }
}

/// A TurboJPEG instance that decompresses. After an error it is to be thrown away: all that
/// follows may fail as well.
pub(in crate::image) struct Decompressor(NonNull<c_void>);

// SAFETY: an instance has no ties to a thread; it is used by one at a time through `&mut`.
unsafe impl Send for Decompressor {}

impl Decompressor {
    pub(in crate::image) fn new() -> Option<Decompressor> {
        // SAFETY: no arguments; null when there is no memory.
        NonNull::new(unsafe { tjInitDecompress() }).map(Decompressor)
    }

    /// Reads the header.
    pub(in crate::image) fn open<'a>(&mut self, jpeg: &'a [u8]) -> Result<Opened<'a>, String> {
        let (mut width, mut height, mut sampling, mut colours) = (0, 0, 0, 0);
        // SAFETY: the handle is valid and used by nobody else, the bytes are there, and the
        // results are variables of this function.
        let result = unsafe {
            tjDecompressHeader3(
                self.0.as_ptr(),
                jpeg.as_ptr(),
                jpeg.len() as c_ulong,
                &mut width,
                &mut height,
                &mut sampling,
                &mut colours,
            )
        };
        if result != 0 {
            return Err(self.message());
        }
        let size = Size::new(u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0));
        // `enum TJSAMP`.
        let shared = match (colours, sampling) {
            (GREY, 3) => None,
            (YCBCR, 0) => Some((1, 1)),
            (YCBCR, 1) => Some((2, 1)),
            (YCBCR, 2) => Some((2, 2)),
            (YCBCR, 4) => Some((1, 2)),
            (YCBCR, 5) => Some((4, 1)),
            _ => return Err("its colours are neither YCbCr nor grey".into()),
        };
        if size.is_valid() {
            Ok(Opened { jpeg, size, shared })
        } else {
            Err(format!("its size, {size}, is not handled"))
        }
    }

    /// Decompresses into planes of [`Opened::plane_size`] (one for grey), in 1/1, 1/2, 1/4 or
    /// 1/8 of its size; sizes that `divisor` does not divide are not for that.
    ///
    /// Something when the picture was completed with a warning, the first of perhaps many.
    pub(in crate::image) fn planes<const N: usize>(
        &mut self,
        opened: &Opened<'_>,
        divisor: u32,
        planes: [PlaneMut<'_>; N],
    ) -> Result<Option<String>, String> {
        assert_eq!(N, if opened.shared.is_some() { 3 } else { 1 });
        assert!([1, 2, 4, 8].contains(&divisor));
        let Size { width, height } = opened.size;
        assert!(width.is_multiple_of(divisor) && height.is_multiple_of(divisor));
        let (mut starts, mut strides) = ([null_mut(); 3], [0; 3]);
        for (index, plane) in planes.iter().enumerate() {
            assert_eq!(plane.size(), opened.plane_size(index, divisor));
            strides[index] = plane.row as c_int;
        }
        for (start, plane) in starts.iter_mut().zip(planes) {
            *start = plane.bytes.as_mut_ptr();
        }
        // SAFETY: the handle is valid and used by nobody else. The function takes the largest
        // of its scaling factors with which the picture is no larger than asked, which is
        // 1/divisor, and fills planes of the picture's size at that scale, padded to whole
        // chroma samples: `plane_size`, of the same bytes that `open` saw. Asserted above.
        let result = unsafe {
            tjDecompressToYUVPlanes(
                self.0.as_ptr(),
                opened.jpeg.as_ptr(),
                opened.jpeg.len() as c_ulong,
                starts.as_mut_ptr(),
                (width / divisor) as c_int,
                strides.as_ptr(),
                (height / divisor) as c_int,
                0,
            )
        };
        if result == 0 {
            return Ok(None);
        }
        let message = self.message();
        // SAFETY: the handle is valid.
        let code = unsafe { tjGetErrorCode(self.0.as_ptr()) };
        if code == WARNING { Ok(Some(message)) } else { Err(message) }
    }

    fn message(&mut self) -> String {
        // SAFETY: the handle is valid and used by nobody else.
        unsafe { message(self.0) }
    }
}

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: the handle is valid and not used after this.
        unsafe { tjDestroy(self.0.as_ptr()) };
    }
}
