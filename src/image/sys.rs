//! The functions of libjpeg-turbo (the `tj` calls of 2.1, also in 3) and libyuv that are used,
//! and safe calls of them. Lengths are checked in [`Plane`] and [`PlaneMut`], whose fields no
//! other module can set.

pub(super) mod area;
#[cfg(test)]
pub(super) mod decode;
pub(super) mod decompress;
#[cfg(test)]
pub(super) mod direct;
pub(super) mod from_rgb;
pub(super) mod kernels;
#[cfg(target_arch = "x86_64")]
mod x86;
pub(super) mod yuv;

use crate::format::Size;
use std::ffi::{CStr, c_char, c_int, c_uchar, c_ulong, c_void};
use std::ptr::{NonNull, null};

unsafe extern "C" {
    fn tjInitCompress() -> *mut c_void;
    fn tjDestroy(handle: *mut c_void) -> c_int;
    fn tjGetErrorStr2(handle: *mut c_void) -> *mut c_char;
    fn tjBufSize(width: c_int, height: c_int, sampling: c_int) -> c_ulong;
    fn tjCompressFromYUVPlanes(
        handle: *mut c_void,
        planes: *const *const c_uchar,
        width: c_int,
        strides: *const c_int,
        height: c_int,
        sampling: c_int,
        jpeg: *mut *mut c_uchar,
        jpeg_length: *mut c_ulong,
        quality: c_int,
        flags: c_int,
    ) -> c_int;
    fn tjCompress2(
        handle: *mut c_void,
        pixels: *const c_uchar,
        width: c_int,
        pitch: c_int,
        height: c_int,
        pixel_format: c_int,
        jpeg: *mut *mut c_uchar,
        jpeg_length: *mut c_ulong,
        sampling: c_int,
        quality: c_int,
        flags: c_int,
    ) -> c_int;
}

type PackedTo422 = unsafe extern "C" fn(
    source: *const u8,
    source_stride: c_int,
    y: *mut u8,
    y_stride: c_int,
    u: *mut u8,
    u_stride: c_int,
    v: *mut u8,
    v_stride: c_int,
    width: c_int,
    height: c_int,
) -> c_int;

unsafe extern "C" {
    fn YUY2ToI422(
        source: *const u8,
        source_stride: c_int,
        y: *mut u8,
        y_stride: c_int,
        u: *mut u8,
        u_stride: c_int,
        v: *mut u8,
        v_stride: c_int,
        width: c_int,
        height: c_int,
    ) -> c_int;
    fn UYVYToI422(
        source: *const u8,
        source_stride: c_int,
        y: *mut u8,
        y_stride: c_int,
        u: *mut u8,
        u_stride: c_int,
        v: *mut u8,
        v_stride: c_int,
        width: c_int,
        height: c_int,
    ) -> c_int;
    fn SplitUVPlane(
        uv: *const u8,
        uv_stride: c_int,
        u: *mut u8,
        u_stride: c_int,
        v: *mut u8,
        v_stride: c_int,
        width: c_int,
        height: c_int,
    );
}

/// The JPEG is written where it is told to be, never into memory of the library's own.
const TJFLAG_NOREALLOC: c_int = 1024;
/// The exact transform, which costs hardly more than the fast one.
const TJFLAG_ACCURATEDCT: c_int = 4096;
const FLAGS: c_int = TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT;

/// How many pixels share a chroma sample. The numbers are TurboJPEG's (`enum TJSAMP`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(super) enum Sampling {
    Yuv444 = 0,
    Yuv422 = 1,
    Yuv420 = 2,
    Grey = 3,
}

impl Sampling {
    /// Pixels in a row, and rows, that share a chroma sample.
    pub(super) fn shared(self) -> (u32, u32) {
        match self {
            Sampling::Yuv444 | Sampling::Grey => (1, 1),
            Sampling::Yuv422 => (2, 1),
            Sampling::Yuv420 => (2, 2),
        }
    }

    /// The size with whole chroma samples, which is what the luma plane must have.
    pub(super) fn padded(self, size: Size) -> Size {
        let (columns, rows) = self.shared();
        Size::new(size.width.next_multiple_of(columns), size.height.next_multiple_of(rows))
    }

    /// The size of a plane, of which luma is the first.
    pub(super) fn plane_size(self, size: Size, plane: usize) -> Size {
        let padded = self.padded(size);
        let (columns, rows) = if plane == 0 { (1, 1) } else { self.shared() };
        Size::new(padded.width / columns, padded.height / rows)
    }

    pub(super) fn plane_count(self) -> usize {
        if self == Sampling::Grey { 1 } else { 3 }
    }
}

/// The order of bytes in a pixel. The numbers are TurboJPEG's (`enum TJPF`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(super) enum RgbOrder {
    Rgb = 0,
    Bgr = 1,
    Rgbx = 2,
    Bgrx = 3,
    Xrgb = 5,
}

impl RgbOrder {
    pub(super) fn bytes(self) -> u32 {
        match self {
            RgbOrder::Rgb | RgbOrder::Bgr => 3,
            RgbOrder::Rgbx | RgbOrder::Bgrx | RgbOrder::Xrgb => 4,
        }
    }
}

/// Bytes from the first of a plane to the last of its last row, which may lack its padding.
/// `None` when the numbers make no plane or are beyond what the C functions take.
pub(super) fn plane_length(stride: u32, row: u32, rows: u32) -> Option<usize> {
    let in_range = row > 0 && rows > 0 && row <= stride && i32::try_from(stride).is_ok() && i32::try_from(rows).is_ok();
    let length = u64::from(stride) * u64::from(rows - u32::from(rows > 0)) + u64::from(row);
    if in_range { usize::try_from(length).ok() } else { None }
}

/// Rows of bytes to read; all of them are there.
#[derive(Clone, Copy)]
pub(super) struct Plane<'a> {
    bytes: &'a [u8],
    stride: u32,
    row: u32,
    rows: u32,
}

impl<'a> Plane<'a> {
    /// `rows` rows of `row` bytes each; `None` when they are not all there.
    pub(super) fn new(bytes: &'a [u8], stride: u32, row: u32, rows: u32) -> Option<Self> {
        (bytes.len() >= plane_length(stride, row, rows)?).then_some(Plane { bytes, stride, row, rows })
    }

    /// Bytes in a row.
    pub(super) fn width(&self) -> u32 {
        self.row
    }

    /// Rows.
    pub(super) fn height(&self) -> u32 {
        self.rows
    }

    pub(super) fn size(&self) -> Size {
        Size::new(self.row, self.rows)
    }

    /// A part of it, measured in bytes and rows, which must lie within it.
    pub(super) fn part(&self, x: u32, y: u32, row: u32, rows: u32) -> Plane<'a> {
        assert!(u64::from(x) + u64::from(row) <= u64::from(self.row));
        assert!(u64::from(y) + u64::from(rows) <= u64::from(self.rows));
        let start = y as usize * self.stride as usize + x as usize;
        Plane::new(&self.bytes[start..], self.stride, row, rows).expect("it lies within a plane that is there")
    }

    /// One row.
    pub(super) fn row(&self, index: u32) -> &'a [u8] {
        assert!(index < self.rows);
        &self.bytes[index as usize * self.stride as usize..][..self.row as usize]
    }

    /// The rows, from top to bottom.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'a [u8]> {
        let (bytes, stride, row) = (self.bytes, self.stride as usize, self.row as usize);
        (0..self.rows as usize).map(move |index| &bytes[index * stride..][..row])
    }
}

/// Rows of bytes to write; all of them are there, one after the other.
pub(super) struct PlaneMut<'a> {
    bytes: &'a mut [u8],
    row: u32,
    rows: u32,
}

impl<'a> PlaneMut<'a> {
    /// `rows` rows of `row` bytes each; `None` when they are not all there.
    pub(super) fn new(bytes: &'a mut [u8], row: u32, rows: u32) -> Option<Self> {
        (bytes.len() >= plane_length(row, row, rows)?).then_some(PlaneMut { bytes, row, rows })
    }

    pub(super) fn size(&self) -> Size {
        Size::new(self.row, self.rows)
    }

    /// Some of its rows, which must be there.
    pub(super) fn part(&mut self, y: u32, rows: u32) -> PlaneMut<'_> {
        assert!(u64::from(y) + u64::from(rows) <= u64::from(self.rows));
        let start = y as usize * self.row as usize;
        PlaneMut::new(&mut self.bytes[start..], self.row, rows).expect("they lie within a plane that is there")
    }

    /// All of it, for a while.
    pub(super) fn whole(&mut self) -> PlaneMut<'_> {
        PlaneMut { bytes: self.bytes, row: self.row, rows: self.rows }
    }

    /// The rows, from top to bottom.
    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        self.bytes.chunks_exact_mut(self.row as usize).take(self.rows as usize)
    }

    /// To read what was written.
    pub(super) fn into_plane(self) -> Plane<'a> {
        Plane::new(self.bytes, self.row, self.row, self.rows).expect("it was a plane")
    }
}

/// Which byte of a packed 4:2:2 pair comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed {
    /// Luma, chroma, luma, chroma.
    LumaFirst,
    /// Chroma, luma, chroma, luma.
    ChromaFirst,
}

/// Takes packed 4:2:2 apart. `u` gets the chroma sample that comes first.
pub(super) fn split_packed(source: Plane<'_>, order: Packed, y: PlaneMut<'_>, u: PlaneMut<'_>, v: PlaneMut<'_>) {
    assert!(source.row == 2 * y.row && y.row == 2 * u.row && u.row == v.row);
    assert!(source.rows == y.rows && y.rows == u.rows && u.rows == v.rows);
    let function: PackedTo422 = match order {
        Packed::LumaFirst => YUY2ToI422,
        Packed::ChromaFirst => UYVYToI422,
    };
    // SAFETY: for an even width w the functions read 2w bytes of each source row and write w,
    // w/2 and w/2 bytes of the rows of y, u and v. The planes hold so many (asserted above and
    // at their creation), and the written ones are borrowed exclusively. The casts lose
    // nothing: `plane_length` refuses what is beyond a c_int.
    let result = unsafe {
        function(
            source.bytes.as_ptr(),
            source.stride as c_int,
            y.bytes.as_mut_ptr(),
            y.row as c_int,
            u.bytes.as_mut_ptr(),
            u.row as c_int,
            v.bytes.as_mut_ptr(),
            v.row as c_int,
            y.row as c_int,
            y.rows as c_int,
        )
    };
    debug_assert_eq!(result, 0, "it fails for null pointers and sizes of zero only");
}

/// Takes interleaved chroma apart. `u` gets the byte that comes first.
pub(super) fn split_chroma(source: Plane<'_>, u: PlaneMut<'_>, v: PlaneMut<'_>) {
    assert!(source.row == 2 * u.row && u.row == v.row);
    assert!(source.rows == u.rows && u.rows == v.rows);
    // SAFETY: for a width w the function reads 2w bytes of each source row and writes w bytes
    // of the rows of u and v; the planes hold so many, as in `split_packed`.
    unsafe {
        SplitUVPlane(
            source.bytes.as_ptr(),
            source.stride as c_int,
            u.bytes.as_mut_ptr(),
            u.row as c_int,
            v.bytes.as_mut_ptr(),
            v.row as c_int,
            u.row as c_int,
            u.rows as c_int,
        );
    }
}

/// Bytes that the JPEG of a picture can have at most.
pub(super) fn jpeg_capacity(size: Size, sampling: Sampling) -> Option<usize> {
    let (width, height) = (c_int::try_from(size.width).ok()?, c_int::try_from(size.height).ok()?);
    // SAFETY: the function only computes; what it does not like it answers with -1.
    let length = unsafe { tjBufSize(width, height, sampling as c_int) };
    if length == c_ulong::MAX { None } else { usize::try_from(length).ok() }
}

/// A TurboJPEG instance that compresses. After an error it is to be thrown away: it may carry
/// the error over to the next picture.
pub(super) struct Compressor(NonNull<c_void>);

// SAFETY: an instance has no ties to a thread; it is used by one at a time through `&mut`.
unsafe impl Send for Compressor {}

impl Compressor {
    pub(super) fn new() -> Option<Compressor> {
        // SAFETY: no arguments; null when there is no memory.
        NonNull::new(unsafe { tjInitCompress() }).map(Compressor)
    }

    /// Compresses planes of Y, U and V (of Y alone for grey), each at least of
    /// [`Sampling::plane_size`], into `jpeg`, which has at least [`jpeg_capacity`] bytes;
    /// returns the length of the JPEG.
    pub(super) fn planes(
        &mut self,
        planes: &[Plane<'_>],
        sampling: Sampling,
        size: Size,
        quality: u8,
        jpeg: &mut [u8],
    ) -> Result<usize, String> {
        assert_eq!(planes.len(), sampling.plane_count());
        let mut starts = [null(); 3];
        let mut strides = [0; 3];
        for (index, plane) in planes.iter().enumerate() {
            let needed = sampling.plane_size(size, index);
            assert!(plane.row >= needed.width && plane.rows >= needed.height);
            starts[index] = plane.bytes.as_ptr();
            strides[index] = plane.stride as c_int;
        }
        assert!(jpeg_capacity(size, sampling).is_some_and(|capacity| jpeg.len() >= capacity));
        let (mut start, mut length) = (jpeg.as_mut_ptr(), jpeg.len() as c_ulong);
        // SAFETY: the handle is valid and used by nobody else. Of each plane the function
        // reads rows of `plane_size`, at the strides given; asserted above and at the planes'
        // creation. It writes at most `jpeg_capacity` bytes to `start`, which it does not
        // reallocate with TJFLAG_NOREALLOC.
        let result = unsafe {
            tjCompressFromYUVPlanes(
                self.0.as_ptr(),
                starts.as_ptr(),
                size.width as c_int,
                strides.as_ptr(),
                size.height as c_int,
                sampling as c_int,
                &mut start,
                &mut length,
                c_int::from(quality),
                FLAGS,
            )
        };
        self.length(result, length)
    }

    /// Compresses RGB pixels; else as [`Compressor::planes`].
    pub(super) fn rgb(
        &mut self,
        pixels: Plane<'_>,
        order: RgbOrder,
        sampling: Sampling,
        size: Size,
        quality: u8,
        jpeg: &mut [u8],
    ) -> Result<usize, String> {
        assert!(pixels.row / order.bytes() >= size.width && pixels.rows >= size.height);
        assert!(jpeg_capacity(size, sampling).is_some_and(|capacity| jpeg.len() >= capacity));
        let (mut start, mut length) = (jpeg.as_mut_ptr(), jpeg.len() as c_ulong);
        // SAFETY: as in `planes`; of each row the function reads the pixels' bytes.
        let result = unsafe {
            tjCompress2(
                self.0.as_ptr(),
                pixels.bytes.as_ptr(),
                size.width as c_int,
                pixels.stride as c_int,
                size.height as c_int,
                order as c_int,
                &mut start,
                &mut length,
                sampling as c_int,
                c_int::from(quality),
                FLAGS,
            )
        };
        self.length(result, length)
    }

    fn length(&self, result: c_int, length: c_ulong) -> Result<usize, String> {
        if result == 0 {
            return Ok(length as usize);
        }
        // SAFETY: the handle is valid.
        Err(unsafe { message(self.0) })
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        // SAFETY: the handle is valid and not used after this.
        unsafe { tjDestroy(self.0.as_ptr()) };
    }
}

/// What went wrong last with this instance.
///
/// # Safety
///
/// The handle must be a valid TurboJPEG instance that no other thread uses.
unsafe fn message(handle: NonNull<c_void>) -> String {
    // SAFETY: the instance is valid, and the string is its own, terminated, and copied here.
    unsafe { CStr::from_ptr(tjGetErrorStr2(handle.as_ptr())) }.to_string_lossy().into_owned()
}
