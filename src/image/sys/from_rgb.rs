//! libyuv's conversions from RGB, in one step from pixels to 4:2:0. They are for BT.601 alone.

use super::{Plane, PlaneMut, RgbOrder, c_int};
use crate::format::{Colour, Size};

/// Functions that differ by their names alone.
macro_rules! functions {
    ($($name:ident),+: $arguments:tt) => {
        unsafe extern "C" {
            $(fn $name $arguments -> c_int;)+
        }
    };
}

functions!(
    ABGRToI420, ARGBToI420, BGRAToI420, RAWToI420, RGB24ToI420, ABGRToJ420, ARGBToJ420, RAWToJ420, RGB24ToJ420: (
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
    )
);

functions!(
    ABGRToNV12, ARGBToNV12, ABGRToNV21, ARGBToNV21: (
        from: *const u8,
        from_stride: c_int,
        y: *mut u8,
        y_stride: c_int,
        uv: *mut u8,
        uv_stride: c_int,
        width: c_int,
        height: c_int,
    )
);

type ToPlanes = unsafe extern "C" fn(
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

type ToSemi = unsafe extern "C" fn(
    from: *const u8,
    from_stride: c_int,
    y: *mut u8,
    y_stride: c_int,
    uv: *mut u8,
    uv_stride: c_int,
    width: c_int,
    height: c_int,
) -> c_int;

/// libyuv names the bytes of a pixel from the last to the first. `None` where it has none.
fn to_planes(order: RgbOrder, colour: Colour) -> Option<ToPlanes> {
    Some(match (colour, order) {
        (Colour::BT601_LIMITED, RgbOrder::Rgbx) => ABGRToI420,
        (Colour::BT601_LIMITED, RgbOrder::Bgrx) => ARGBToI420,
        (Colour::BT601_LIMITED, RgbOrder::Xrgb) => BGRAToI420,
        (Colour::BT601_LIMITED, RgbOrder::Rgb) => RAWToI420,
        (Colour::BT601_LIMITED, RgbOrder::Bgr) => RGB24ToI420,
        (Colour::JFIF, RgbOrder::Rgbx) => ABGRToJ420,
        (Colour::JFIF, RgbOrder::Bgrx) => ARGBToJ420,
        (Colour::JFIF, RgbOrder::Rgb) => RAWToJ420,
        (Colour::JFIF, RgbOrder::Bgr) => RGB24ToJ420,
        _ => return None,
    })
}

fn to_semi(order: RgbOrder, colour: Colour, v_first: bool) -> Option<ToSemi> {
    Some(match (colour, order, v_first) {
        (Colour::BT601_LIMITED, RgbOrder::Rgbx, false) => ABGRToNV12,
        (Colour::BT601_LIMITED, RgbOrder::Bgrx, false) => ARGBToNV12,
        (Colour::BT601_LIMITED, RgbOrder::Rgbx, true) => ABGRToNV21,
        (Colour::BT601_LIMITED, RgbOrder::Bgrx, true) => ARGBToNV21,
        _ => return None,
    })
}

fn check(from: &Plane<'_>, order: RgbOrder, size: Size, bytes: u32, chroma: Size) {
    assert!(u64::from(from.row) == u64::from(size.width) * u64::from(order.bytes()) && from.rows == size.height);
    assert_eq!(chroma, Size::new(bytes * size.width.div_ceil(2), size.height.div_ceil(2)));
}

/// Pixels as planes of 4:2:0. `false`, and nothing done, for what libyuv has no function.
pub(in crate::image) fn rgb_to_planes(
    from: Plane<'_>,
    order: RgbOrder,
    colour: Colour,
    y: PlaneMut<'_>,
    u: PlaneMut<'_>,
    v: PlaneMut<'_>,
) -> bool {
    let Some(function) = to_planes(order, colour) else { return false };
    check(&from, order, y.size(), 1, u.size());
    assert!(u.size() == v.size());
    // SAFETY: for width w and height h the functions read w pixels of h rows and write w bytes
    // of h rows of y, and (w + 1) / 2 bytes of (h + 1) / 2 rows of u and v; asserted above. The
    // casts lose nothing: `plane_length` refuses what is beyond a c_int.
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
    result == 0
}

/// Pixels as luma and chroma in pairs, of 4:2:0; else as [`rgb_to_planes`].
pub(in crate::image) fn rgb_to_semi(
    from: Plane<'_>,
    order: RgbOrder,
    colour: Colour,
    y: PlaneMut<'_>,
    pairs: PlaneMut<'_>,
    v_first: bool,
) -> bool {
    let Some(function) = to_semi(order, colour, v_first) else { return false };
    check(&from, order, y.size(), 2, pairs.size());
    // SAFETY: as in `rgb_to_planes`, with (w + 1) / 2 pairs of bytes.
    let result = unsafe {
        function(
            from.bytes.as_ptr(),
            from.stride as c_int,
            y.bytes.as_mut_ptr(),
            y.row as c_int,
            pairs.bytes.as_mut_ptr(),
            pairs.row as c_int,
            y.row as c_int,
            y.rows as c_int,
        )
    };
    result == 0
}
