//! More of libyuv: copying, merging, packing, turning and scaling planes.

use super::{Packed, Plane, PlaneMut, c_int};
use crate::format::Size;

unsafe extern "C" {
    fn CopyPlane(from: *const u8, from_stride: c_int, to: *mut u8, to_stride: c_int, width: c_int, height: c_int);
    fn MergeUVPlane(
        u: *const u8,
        u_stride: c_int,
        v: *const u8,
        v_stride: c_int,
        uv: *mut u8,
        uv_stride: c_int,
        width: c_int,
        height: c_int,
    );
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
    fn UYVYToNV12(
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
    fn UYVYToI420(
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
    fn I422ToYUY2(
        y: *const u8,
        y_stride: c_int,
        u: *const u8,
        u_stride: c_int,
        v: *const u8,
        v_stride: c_int,
        to: *mut u8,
        to_stride: c_int,
        width: c_int,
        height: c_int,
    ) -> c_int;
    fn I422ToUYVY(
        y: *const u8,
        y_stride: c_int,
        u: *const u8,
        u_stride: c_int,
        v: *const u8,
        v_stride: c_int,
        to: *mut u8,
        to_stride: c_int,
        width: c_int,
        height: c_int,
    ) -> c_int;
    fn RotatePlane(
        from: *const u8,
        from_stride: c_int,
        to: *mut u8,
        to_stride: c_int,
        width: c_int,
        height: c_int,
        mode: c_int,
    ) -> c_int;
    fn ScalePlane(
        from: *const u8,
        from_stride: c_int,
        from_width: c_int,
        from_height: c_int,
        to: *mut u8,
        to_stride: c_int,
        to_width: c_int,
        to_height: c_int,
        filter: c_int,
    );
    fn UVScale(
        from: *const u8,
        from_stride: c_int,
        from_width: c_int,
        from_height: c_int,
        to: *mut u8,
        to_stride: c_int,
        to_width: c_int,
        to_height: c_int,
        filter: c_int,
    ) -> c_int;
}

/// libyuv's filters (`enum FilterMode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(in crate::image) enum Filter {
    Bilinear = 2,
    /// The mean of the samples covered, in whole samples.
    Box = 3,
}

/// Copies a plane.
pub(in crate::image) fn copy(from: Plane<'_>, to: PlaneMut<'_>) {
    assert!(from.size() == to.size());
    // SAFETY: for width w and height h the function reads w bytes of h rows at the one stride
    // and writes as many at the other; both planes are of that size. The casts lose nothing,
    // here and below: `plane_length` refuses what is beyond a c_int.
    unsafe {
        CopyPlane(
            from.bytes.as_ptr(),
            from.stride as c_int,
            to.bytes.as_mut_ptr(),
            to.row as c_int,
            to.row as c_int,
            to.rows as c_int,
        );
    }
}

/// Interleaves chroma. `u` gives the byte that comes first.
pub(in crate::image) fn merge_chroma(u: Plane<'_>, v: Plane<'_>, to: PlaneMut<'_>) {
    assert!(u.size() == v.size() && to.row == 2 * u.row && to.rows == u.rows);
    // SAFETY: for width w the function reads w bytes of each row of u and v and writes 2w; the
    // planes hold so many.
    unsafe {
        MergeUVPlane(
            u.bytes.as_ptr(),
            u.stride as c_int,
            v.bytes.as_ptr(),
            v.stride as c_int,
            to.bytes.as_mut_ptr(),
            to.row as c_int,
            u.row as c_int,
            u.rows as c_int,
        );
    }
}

/// libyuv's `YUY2ToNV12` with AVX2 takes chroma of what is left of a row beside multiples of
/// this from the wrong place.
pub(in crate::image) const PACKED_TO_SEMI_WIDTH: u32 = 32;

/// Packed 4:2:2 to luma and chroma in pairs, of 4:2:0; pairs keep the order that chroma has in
/// the source. The width is a multiple of [`PACKED_TO_SEMI_WIDTH`].
pub(in crate::image) fn packed_to_semi(from: Plane<'_>, order: Packed, y: PlaneMut<'_>, pairs: PlaneMut<'_>) {
    assert!(y.row.is_multiple_of(PACKED_TO_SEMI_WIDTH) && from.row == 2 * y.row && pairs.row == y.row);
    assert!(from.rows == y.rows && pairs.rows == y.rows.div_ceil(2));
    let (from_start, from_stride) = (from.bytes.as_ptr(), from.stride as c_int);
    let (y_start, y_stride) = (y.bytes.as_mut_ptr(), y.row as c_int);
    let (start, stride) = (pairs.bytes.as_mut_ptr(), pairs.row as c_int);
    let (width, height) = (y.row as c_int, y.rows as c_int);
    // SAFETY: for an even width w and height h the functions read 2w bytes of h rows and write
    // w bytes of h rows of y and of (h + 1) / 2 rows of pairs; asserted above.
    let result = unsafe {
        match order {
            Packed::LumaFirst => YUY2ToNV12(from_start, from_stride, y_start, y_stride, start, stride, width, height),
            Packed::ChromaFirst => UYVYToNV12(from_start, from_stride, y_start, y_stride, start, stride, width, height),
        }
    };
    debug_assert_eq!(result, 0, "it fails for null pointers and sizes of zero only");
}

/// Packed 4:2:2 to planes of 4:2:0. `u` gets the chroma sample that comes first.
pub(in crate::image) fn packed_to_planes(
    from: Plane<'_>,
    order: Packed,
    y: PlaneMut<'_>,
    u: PlaneMut<'_>,
    v: PlaneMut<'_>,
) {
    assert!(from.row == 4 * y.row.div_ceil(2) && from.rows == y.rows);
    assert!(u.size() == Size::new(y.row.div_ceil(2), y.rows.div_ceil(2)) && v.size() == u.size());
    let function = match order {
        Packed::LumaFirst => YUY2ToI420,
        Packed::ChromaFirst => UYVYToI420,
    };
    // SAFETY: for width w and height h the functions read (w + 1) / 2 groups of four bytes of h
    // rows, and write w bytes of h rows of y and (w + 1) / 2 bytes of (h + 1) / 2 rows of u and
    // v; asserted above.
    let result = unsafe {
        function(
            from.bytes.as_ptr(),
            from.stride as c_int,
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

/// Planes of 4:2:2 to packed. `u` gives the chroma that comes first; the width is even.
pub(in crate::image) fn pack(y: Plane<'_>, u: Plane<'_>, v: Plane<'_>, order: Packed, to: PlaneMut<'_>) {
    assert!(to.row == 2 * y.row && y.row == 2 * u.row && u.size() == v.size());
    assert!(to.rows == y.rows && y.rows == u.rows);
    let function = match order {
        Packed::LumaFirst => I422ToYUY2,
        Packed::ChromaFirst => I422ToUYVY,
    };
    // SAFETY: for an even width w the functions read w, w/2 and w/2 bytes of each row of y, u
    // and v and write 2w; asserted above.
    let result = unsafe {
        function(
            y.bytes.as_ptr(),
            y.stride as c_int,
            u.bytes.as_ptr(),
            u.stride as c_int,
            v.bytes.as_ptr(),
            v.stride as c_int,
            to.bytes.as_mut_ptr(),
            to.row as c_int,
            y.row as c_int,
            y.rows as c_int,
        )
    };
    debug_assert_eq!(result, 0, "it fails for null pointers and sizes of zero only");
}

/// Turns a plane clockwise by so many degrees (0, 90, 180 or 270), upside down first if asked.
pub(in crate::image) fn rotate(from: Plane<'_>, upside_down: bool, degrees: u32, to: PlaneMut<'_>) {
    let Size { width, height } = from.size();
    let quarter = match degrees {
        0 | 180 => false,
        90 | 270 => true,
        _ => panic!("{degrees} degrees"),
    };
    assert!(to.size() == if quarter { Size::new(height, width) } else { Size::new(width, height) });
    let sign = if upside_down { -1 } else { 1 };
    // SAFETY: the function reads `height` rows of `width` bytes (from the last to the first
    // when the height is negative) and writes as many bytes, in columns as rows for a quarter
    // turn; asserted above. The mode is one of libyuv's.
    let result = unsafe {
        RotatePlane(
            from.bytes.as_ptr(),
            from.stride as c_int,
            to.bytes.as_mut_ptr(),
            to.row as c_int,
            width as c_int,
            sign * height as c_int,
            degrees as c_int,
        )
    };
    debug_assert_eq!(result, 0, "it fails for null pointers and sizes of zero only");
}

/// Scales a plane. At least two samples wide and high: for one, libyuv reads a second.
pub(in crate::image) fn scale(from: Plane<'_>, to: PlaneMut<'_>, filter: Filter) {
    assert!(from.row >= 2 && from.rows >= 2);
    // SAFETY: the function reads within `from` and fills `to`, whose sizes it is given; with
    // two samples in each direction it finds a neighbour for every one.
    unsafe {
        ScalePlane(
            from.bytes.as_ptr(),
            from.stride as c_int,
            from.row as c_int,
            from.rows as c_int,
            to.bytes.as_mut_ptr(),
            to.row as c_int,
            to.row as c_int,
            to.rows as c_int,
            filter as c_int,
        );
    }
}

/// Scales a plane of pairs, as [`scale`] does.
pub(in crate::image) fn scale_pairs(from: Plane<'_>, to: PlaneMut<'_>, filter: Filter) {
    assert!(from.row >= 4 && from.rows >= 2);
    assert!(from.row.is_multiple_of(2) && to.row.is_multiple_of(2));
    // SAFETY: as in `scale`; widths are in pairs.
    let result = unsafe {
        UVScale(
            from.bytes.as_ptr(),
            from.stride as c_int,
            (from.row / 2) as c_int,
            from.rows as c_int,
            to.bytes.as_mut_ptr(),
            to.row as c_int,
            (to.row / 2) as c_int,
            to.rows as c_int,
            filter as c_int,
        )
    };
    debug_assert_eq!(result, 0, "it fails for null pointers and sizes of zero only");
}
