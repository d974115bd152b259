//! Loops over rows of pixels for what libyuv has no function for, or none that is exact
//! enough: its BT.709 matrix is up to 15 levels off.
//!
//! They are plain Rust that the compiler turns into vector instructions, compiled once for
//! the target and on x86-64 once more for AVX2, which is chosen when the program runs. All work
//! on the shortest of their slices.
//!
//! Arithmetic is on 16 bits, in units of 1/32 level: a sample times 128 (a chroma difference
//! times 256), times a coefficient times 16384 (8192), of which the upper half is kept.

use crate::image::colour::{Row, ToRgb};

/// Defines functions that exist for the target as it is and for AVX2.
macro_rules! kernels {
    ($(
        $(#[$meta:meta])*
        $visibility:vis fn $name:ident $(<$(const $generic:ident: $kind:ty),+>)? ($($argument:ident: $type:ty),* $(,)?)
        $body:block
    )+) => { $(
        $(#[$meta])*
        #[inline]
        $visibility fn $name $(<$(const $generic: $kind),+>)? ($($argument: $type),*) {
            #[inline(always)]
            fn plain $(<$(const $generic: $kind),+>)? ($($argument: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2 $(<$(const $generic: $kind),+>)? ($($argument: $type),*) {
                    plain $(::<$($generic),+>)? ($($argument),*);
                }
                if std::arch::is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has AVX2; the function asks for nothing else.
                    unsafe { avx2 $(::<$($generic),+>)? ($($argument),*) };
                    return;
                }
            }
            plain $(::<$($generic),+>)? ($($argument),*);
        }
    )+ };
}
pub(super) use kernels;

/// The upper half of a product.
#[inline(always)]
fn times(a: i16, b: i16) -> i16 {
    ((i32::from(a) * i32::from(b)) >> 16) as i16
}

/// A sample's distance from 128, times 256. The sign is changed and not 128 subtracted: so the
/// compiler does not see through to the sample, and multiplies 16 bits and not 32.
#[inline(always)]
fn centred(sample: u8) -> i16 {
    ((u16::from(sample) << 8) ^ 0x8000) as i16
}

/// A row's weights for what [`centred`] makes, and its offset with what that takes away.
#[inline(always)]
fn for_centred(row: &Row) -> ([i16; 3], i16) {
    let [a, b, c] = row.weights;
    // Halves that are cut off are a 32768th of a level for each.
    ([a >> 1, b >> 1, c >> 1], row.offset + (a >> 2) + (b >> 2) + (c >> 2))
}

/// Back from units of 1/32.
#[inline(always)]
fn level(value: i16) -> u8 {
    (value >> 5).clamp(0, 255) as u8
}

/// Where red, green and blue are in a pixel. As a number, for use in `const` parameters.
pub(in crate::image) mod order {
    use crate::image::sys::RgbOrder;

    pub(in crate::image) const RGBX: u8 = 0;
    pub(in crate::image) const BGRX: u8 = 1;
    pub(in crate::image) const XRGB: u8 = 2;
    pub(in crate::image) const RGB: u8 = 3;
    pub(in crate::image) const BGR: u8 = 4;

    /// Bytes in a pixel.
    pub(in crate::image::sys) const fn bytes(order: u8) -> usize {
        if order < RGB { 4 } else { 3 }
    }

    /// The bytes of red, green and blue.
    pub(in crate::image::sys) const fn places(order: u8) -> [usize; 3] {
        match order {
            RGBX | RGB => [0, 1, 2],
            XRGB => [1, 2, 3],
            _ => [2, 1, 0],
        }
    }

    pub(super) const fn of(order: RgbOrder) -> u8 {
        match order {
            RgbOrder::Rgb => RGB,
            RgbOrder::Bgr => BGR,
            RgbOrder::Rgbx => RGBX,
            RgbOrder::Bgrx => BGRX,
            RgbOrder::Xrgb => XRGB,
        }
    }
}

/// What chroma adds to red, green and blue, pixel by pixel.
#[derive(Clone, Copy)]
pub(in crate::image) struct Terms<'a> {
    pub(in crate::image) red: &'a [i16],
    pub(in crate::image) green: &'a [i16],
    pub(in crate::image) blue: &'a [i16],
}

/// The same, to be written.
pub(in crate::image) struct TermsMut<'a> {
    pub(in crate::image) red: &'a mut [i16],
    pub(in crate::image) green: &'a mut [i16],
    pub(in crate::image) blue: &'a mut [i16],
}

impl TermsMut<'_> {
    /// To read what was written.
    pub(in crate::image) fn read(&self) -> Terms<'_> {
        Terms { red: self.red, green: self.green, blue: self.blue }
    }

    /// For a while.
    pub(in crate::image) fn whole(&mut self) -> TermsMut<'_> {
        TermsMut { red: self.red, green: self.green, blue: self.blue }
    }
}

/// The chroma samples of one pixel, or of `REPEAT` pixels, turned into terms.
#[inline(always)]
fn terms<const REPEAT: usize>(samples: impl Iterator<Item = (u8, u8)>, rgb: &ToRgb, to: TermsMut<'_>) {
    let places = to.red.chunks_exact_mut(REPEAT).zip(to.green.chunks_exact_mut(REPEAT));
    let places = places.zip(to.blue.chunks_exact_mut(REPEAT));
    for ((u, v), ((red, green), blue)) in samples.zip(places) {
        let u = (i16::from(u) - 128) << 8;
        let v = (i16::from(v) - 128) << 8;
        red.fill(times(v, rgb.red_v) + rgb.offset);
        green.fill(times(u, rgb.green_u) + times(v, rgb.green_v) + rgb.offset);
        blue.fill(times(u, rgb.blue_u) + rgb.offset);
    }
}

kernels! {
    /// Terms from planes of chroma, each sample for `REPEAT` pixels.
    pub(in crate::image) fn plane_terms<const REPEAT: usize>(u: &[u8], v: &[u8], rgb: &ToRgb, to: TermsMut<'_>) {
        terms::<REPEAT>(u.iter().copied().zip(v.iter().copied()), rgb, to);
    }

    /// Terms from pairs of chroma.
    pub(in crate::image) fn pair_terms<const REPEAT: usize, const V_FIRST: bool>(
        pairs: &[u8],
        rgb: &ToRgb,
        to: TermsMut<'_>,
    ) {
        terms::<REPEAT>(
            pairs.chunks_exact(2).map(|pair| if V_FIRST { (pair[1], pair[0]) } else { (pair[0], pair[1]) }),
            rgb,
            to,
        );
    }

    fn luma_to_rgb<const ORDER: u8>(y: &[u8], terms: Terms<'_>, rgb: &ToRgb, pixels: &mut [u8]) {
        let [r, g, b] = const { order::places(ORDER) };
        let terms = terms.red.iter().zip(terms.green.iter()).zip(terms.blue.iter());
        let pixels = pixels.chunks_exact_mut(const { order::bytes(ORDER) });
        for (pixel, (y, ((red, green), blue))) in pixels.zip(y.iter().zip(terms)) {
            let y = times(i16::from(*y) << 7, rgb.luma);
            if order::bytes(ORDER) == 4 {
                pixel[6 - r - g - b] = 255;
            }
            pixel[r] = level(y + red);
            pixel[g] = level(y + green);
            pixel[b] = level(y + blue);
        }
    }

    fn merge<const ORDER: u8>(red: &[u8], green: &[u8], blue: &[u8], pixels: &mut [u8]) {
        let [r, g, b] = const { order::places(ORDER) };
        let pixels = pixels.chunks_exact_mut(const { order::bytes(ORDER) });
        for (pixel, (red, (green, blue))) in pixels.zip(red.iter().zip(green.iter().zip(blue))) {
            if order::bytes(ORDER) == 4 {
                pixel[6 - r - g - b] = 255;
            }
            pixel[r] = *red;
            pixel[g] = *green;
            pixel[b] = *blue;
        }
    }

    fn split<const ORDER: u8>(pixels: &[u8], red: &mut [u8], green: &mut [u8], blue: &mut [u8]) {
        let [r, g, b] = const { order::places(ORDER) };
        let pixels = pixels.chunks_exact(const { order::bytes(ORDER) });
        for (pixel, (red, (green, blue))) in pixels.zip(red.iter_mut().zip(green.iter_mut().zip(blue))) {
            *red = pixel[r];
            *green = pixel[g];
            *blue = pixel[b];
        }
    }

    /// A weighted sum of three samples.
    pub(in crate::image) fn combine(a: &[u8], b: &[u8], c: &[u8], row: &Row, to: &mut [u8]) {
        let (weights, offset) = for_centred(row);
        for (to, (a, (b, c))) in to.iter_mut().zip(a.iter().zip(b.iter().zip(c))) {
            let a = times(centred(*a), weights[0]);
            let b = times(centred(*b), weights[1]);
            let c = times(centred(*c), weights[2]);
            *to = level(a + b + c + offset);
        }
    }

    /// One component from itself: `row` has a weight for no other.
    pub(in crate::image) fn stretch(from: &[u8], row: &Row, to: &mut [u8]) {
        let ([a, b, c], offset) = for_centred(row);
        let weight = a | b | c;
        for (to, from) in to.iter_mut().zip(from) {
            *to = level(times(centred(*from), weight) + offset);
        }
    }

    /// What chroma, each sample of which is for `REPEAT` pixels, adds to luma, and the offset.
    pub(in crate::image) fn luma_terms<const REPEAT: usize>(u: &[u8], v: &[u8], row: &Row, terms: &mut [i16]) {
        let ([_, by_u, by_v], offset) = for_centred(row);
        for (terms, (u, v)) in terms.chunks_exact_mut(REPEAT).zip(u.iter().zip(v)) {
            terms.fill(times(centred(*u), by_u) + times(centred(*v), by_v) + offset);
        }
    }

    /// Luma from luma and what chroma adds.
    pub(in crate::image) fn add_luma(y: &[u8], terms: &[i16], row: &Row, to: &mut [u8]) {
        let ([weight, ..], _) = for_centred(row);
        for (to, (y, term)) in to.iter_mut().zip(y.iter().zip(terms)) {
            *to = level(times(centred(*y), weight) + term);
        }
    }

    /// One kind of chroma from both.
    pub(in crate::image) fn mix_chroma(u: &[u8], v: &[u8], row: &Row, to: &mut [u8]) {
        let ([_, by_u, by_v], offset) = for_centred(row);
        for (to, (u, v)) in to.iter_mut().zip(u.iter().zip(v)) {
            *to = level(times(centred(*u), by_u) + times(centred(*v), by_v) + offset);
        }
    }

    /// The mean of two rows, halves up, as libyuv does it.
    pub(in crate::image) fn average_rows(a: &[u8], b: &[u8], to: &mut [u8]) {
        for (to, (a, b)) in to.iter_mut().zip(a.iter().zip(b)) {
            *to = ((u16::from(*a) + u16::from(*b) + 1) >> 1) as u8;
        }
    }

    /// The mean of two samples side by side; the last may be alone.
    pub(in crate::image) fn average_columns(from: &[u8], to: &mut [u8]) {
        for (to, pair) in to.iter_mut().zip(from.chunks_exact(2)) {
            *to = ((u16::from(pair[0]) + u16::from(pair[1]) + 1) >> 1) as u8;
        }
        if let (Some(to), [last]) = (to.get_mut(from.len() / 2), from.chunks_exact(2).remainder()) {
            *to = *last;
        }
    }

    /// Each sample `N` times.
    pub(in crate::image) fn repeat_columns<const N: usize>(from: &[u8], to: &mut [u8]) {
        let whole = to.len() / N;
        for (to, from) in to.chunks_exact_mut(N).zip(from) {
            to.fill(*from);
        }
        if let Some(from) = from.get(whole) {
            to[whole * N..].fill(*from);
        }
    }
}

/// Calls a function for the order that is known only now.
macro_rules! with_order {
    ($order:expr, $function:ident($($argument:expr),*)) => {
        match order::of($order) {
            order::RGBX => $function::<{ order::RGBX }>($($argument),*),
            order::BGRX => $function::<{ order::BGRX }>($($argument),*),
            order::XRGB => $function::<{ order::XRGB }>($($argument),*),
            order::RGB => $function::<{ order::RGB }>($($argument),*),
            _ => $function::<{ order::BGR }>($($argument),*),
        }
    };
}

/// Calls a function for AVX2 for an order of four bytes; 0 when there is none.
#[cfg(target_arch = "x86_64")]
macro_rules! with_avx2 {
    ($order:expr, $function:ident::<$parameter:tt>($($argument:expr),*)) => {
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2; the functions ask for nothing else.
            unsafe {
                match order::of($order) {
                    order::RGBX => super::x86::$function::<{ order::RGBX }, $parameter>($($argument),*),
                    order::BGRX => super::x86::$function::<{ order::BGRX }, $parameter>($($argument),*),
                    order::XRGB => super::x86::$function::<{ order::XRGB }, $parameter>($($argument),*),
                    _ => 0,
                }
            }
        } else {
            0
        }
    };
}
#[cfg(not(target_arch = "x86_64"))]
macro_rules! with_avx2 {
    ($($any:tt)*) => {
        0
    };
}

/// Chroma of which a sample is for two pixels in a row.
#[derive(Clone, Copy)]
pub(in crate::image) enum Chroma<'a> {
    Planes(&'a [u8], &'a [u8]),
    Pairs { bytes: &'a [u8], v_first: bool },
}

/// Rows of pixels from rows of luma that share their chroma; a fourth byte is 255.
pub(in crate::image) fn shared_to_rgb<const ROWS: usize>(
    order: super::RgbOrder,
    chroma: Chroma<'_>,
    rgb: &ToRgb,
    mut terms: TermsMut<'_>,
    mut rows: [(&[u8], &mut [u8]); ROWS],
) {
    let done: usize = with_avx2!(order, shared_to_rgb::<ROWS>(chroma, rgb, &mut rows));
    if rows.iter().all(|(y, _)| y.len() == done) {
        return;
    }
    match chroma {
        Chroma::Planes(u, v) => plane_terms::<2>(&u[done / 2..], &v[done / 2..], rgb, terms.whole()),
        Chroma::Pairs { bytes, v_first: false } => pair_terms::<2, false>(&bytes[done..], rgb, terms.whole()),
        Chroma::Pairs { bytes, v_first: true } => pair_terms::<2, true>(&bytes[done..], rgb, terms.whole()),
    }
    for (y, pixels) in rows {
        let bytes = done * order.bytes() as usize;
        to_rgb(order, &y[done..], terms.read(), rgb, &mut pixels[bytes..]);
    }
}

/// Pixels from packed 4:2:2, which begins with a whole pair; a fourth byte is 255. `false`, and
/// nothing done, where it is better taken apart first.
pub(in crate::image) fn packed_to_rgb(
    order: super::RgbOrder,
    packed: &[u8],
    packing: super::Packed,
    v_first: bool,
    rgb: &ToRgb,
    pixels: &mut [u8],
) -> bool {
    let luma_first = packing == super::Packed::LumaFirst;
    let done: usize = if luma_first {
        with_avx2!(order, packed_to_rgb::<true>(packed, v_first, rgb, pixels))
    } else {
        with_avx2!(order, packed_to_rgb::<false>(packed, v_first, rgb, pixels))
    };
    if done == 0 {
        return false;
    }
    let bytes = order.bytes() as usize;
    for (packed, pixels) in packed[2 * done..].chunks_exact(4).zip(pixels[bytes * done..].chunks_mut(2 * bytes)) {
        let (y, chroma) = if luma_first {
            ([packed[0], packed[2]], [packed[1], packed[3]])
        } else {
            ([packed[1], packed[3]], [packed[0], packed[2]])
        };
        let (u, v) = if v_first { (chroma[1], chroma[0]) } else { (chroma[0], chroma[1]) };
        let mut terms = [[0; 2]; 3];
        let [red, green, blue] = &mut terms;
        plane_terms::<2>(&[u], &[v], rgb, TermsMut { red, green, blue });
        to_rgb(order, &y, TermsMut { red, green, blue }.read(), rgb, pixels);
    }
    true
}

/// Pixels from luma and the terms of chroma; a fourth byte is 255.
pub(in crate::image) fn to_rgb(order: super::RgbOrder, y: &[u8], terms: Terms<'_>, rgb: &ToRgb, pixels: &mut [u8]) {
    with_order!(order, luma_to_rgb(y, terms, rgb, pixels));
}

/// Pixels from red, green and blue; a fourth byte is 255.
pub(in crate::image) fn merge_rgb(order: super::RgbOrder, rgb: [&[u8]; 3], pixels: &mut [u8]) {
    let [red, green, blue] = rgb;
    with_order!(order, merge(red, green, blue, pixels));
}

/// Takes pixels apart.
pub(in crate::image) fn split_rgb(order: super::RgbOrder, pixels: &[u8], rgb: [&mut [u8]; 3]) {
    let [red, green, blue] = rgb;
    with_order!(order, split(pixels, red, green, blue));
}
