//! YUV to pixels of four bytes, and chroma to a quarter of its size, with AVX2, where the
//! compiler makes too slow a thing of the plain loops. Results are those of the loops, byte for
//! byte.
//!
//! The functions work on as many pixels as there are whole steps, and return how many.

use super::kernels::{Chroma, order};
use crate::image::colour::ToRgb;
use std::arch::x86_64::*;

/// Pixels at a time.
const STEP: usize = 16;

/// What is the same for all pixels.
struct Constants {
    luma: __m256i,
    red_v: __m256i,
    green_u: __m256i,
    green_v: __m256i,
    blue_u: __m256i,
    offset: __m256i,
    /// Takes the one of a pair of chroma for both of its pixels.
    take_u: __m256i,
    take_v: __m256i,
    sign: __m256i,
}

impl Constants {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(rgb: &ToRgb, v_first: bool) -> Constants {
        let first = _mm256_setr_epi8(
            0, 1, 0, 1, 4, 5, 4, 5, 8, 9, 8, 9, 12, 13, 12, 13, 0, 1, 0, 1, 4, 5, 4, 5, 8, 9, 8, 9, 12, 13, 12, 13,
        );
        let second = _mm256_add_epi8(first, _mm256_set1_epi8(2));
        let (take_u, take_v) = if v_first { (second, first) } else { (first, second) };
        Constants {
            luma: _mm256_set1_epi16(rgb.luma),
            red_v: _mm256_set1_epi16(rgb.red_v),
            green_u: _mm256_set1_epi16(rgb.green_u),
            green_v: _mm256_set1_epi16(rgb.green_v),
            blue_u: _mm256_set1_epi16(rgb.blue_u),
            offset: _mm256_set1_epi16(rgb.offset),
            take_u,
            take_v,
            sign: _mm256_set1_epi16(i16::MIN),
        }
    }

    /// What chroma adds to red, green and blue of 16 pixels; the eight pairs are in the upper
    /// bytes of 16 bits each.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn terms(&self, pairs: __m256i) -> [__m256i; 3] {
        // Without 128: the sign changes.
        let pairs = _mm256_xor_si256(pairs, self.sign);
        let (u, v) = (_mm256_shuffle_epi8(pairs, self.take_u), _mm256_shuffle_epi8(pairs, self.take_v));
        let green = _mm256_add_epi16(_mm256_mulhi_epi16(u, self.green_u), _mm256_mulhi_epi16(v, self.green_v));
        [_mm256_mulhi_epi16(v, self.red_v), green, _mm256_mulhi_epi16(u, self.blue_u)]
            .map(|term| _mm256_add_epi16(term, self.offset))
    }

    /// Sixteen pixels of luma, in 16 bits each, and the terms.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn pixels<const ORDER: u8>(&self, y: __m256i, terms: [__m256i; 3], to: &mut [u8; 4 * STEP]) {
        let y = _mm256_mulhi_epi16(_mm256_slli_epi16::<7>(y), self.luma);
        let mut bytes = [_mm256_set1_epi16(255); 4];
        for (at, term) in const { order::places(ORDER) }.into_iter().zip(terms) {
            bytes[at] = _mm256_srai_epi16::<5>(_mm256_add_epi16(y, term));
        }
        // Saturated to bytes; in each half the even bytes of eight pixels, and the odd ones.
        let even = _mm256_packus_epi16(bytes[0], bytes[2]);
        let odd = _mm256_packus_epi16(bytes[1], bytes[3]);
        let (front, back) = (_mm256_unpacklo_epi8(even, odd), _mm256_unpackhi_epi8(even, odd));
        let (low, high) = (_mm256_unpacklo_epi16(front, back), _mm256_unpackhi_epi16(front, back));
        let (first, second) = to.split_at_mut(2 * STEP);
        // SAFETY: each half of the array has the 32 bytes that are written.
        unsafe {
            _mm256_storeu_si256(first.as_mut_ptr().cast(), _mm256_permute2x128_si256::<0x20>(low, high));
            _mm256_storeu_si256(second.as_mut_ptr().cast(), _mm256_permute2x128_si256::<0x31>(low, high));
        }
    }
}

/// Sixteen bytes in 16 bits each.
#[inline]
#[target_feature(enable = "avx2")]
fn wide(bytes: &[u8; 16]) -> __m256i {
    // SAFETY: the array has the 16 bytes that are read.
    _mm256_cvtepu8_epi16(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
}

/// Rows that share their chroma, each sample of which is for two pixels of a row.
#[target_feature(enable = "avx2")]
pub(super) fn shared_to_rgb<const ORDER: u8, const ROWS: usize>(
    chroma: Chroma<'_>,
    rgb: &ToRgb,
    rows: &mut [(&[u8], &mut [u8]); ROWS],
) -> usize {
    const { assert!(order::bytes(ORDER) == 4) };
    let constants = Constants::new(rgb, matches!(chroma, Chroma::Pairs { v_first: true, .. }));
    let mut rows =
        rows.each_mut().map(|(y, pixels)| (y.as_chunks::<STEP>().0, pixels.as_chunks_mut::<{ 4 * STEP }>().0));
    let least = rows.iter().map(|(y, pixels)| y.len().min(pixels.len())).min().unwrap_or(0);
    let mut row = |step: usize, pairs: __m256i| {
        let terms = constants.terms(_mm256_slli_epi16::<8>(pairs));
        for (y, pixels) in &mut rows {
            constants.pixels::<ORDER>(wide(&y[step]), terms, &mut pixels[step]);
        }
    };
    match chroma {
        Chroma::Pairs { bytes, .. } => {
            let pairs = bytes.as_chunks::<STEP>().0;
            let steps = least.min(pairs.len());
            (0..steps).for_each(|step| row(step, wide(&pairs[step])));
            steps * STEP
        }
        Chroma::Planes(u, v) => {
            let (u, v) = (u.as_chunks::<{ STEP / 2 }>().0, v.as_chunks::<{ STEP / 2 }>().0);
            let steps = least.min(u.len()).min(v.len());
            for step in 0..steps {
                let [u, v] = [u, v].map(|plane| _mm_cvtsi64_si128(i64::from_le_bytes(plane[step])));
                row(step, _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(u, v)));
            }
            steps * STEP
        }
    }
}

/// Packed 4:2:2.
#[target_feature(enable = "avx2")]
pub(super) fn packed_to_rgb<const ORDER: u8, const LUMA_FIRST: bool>(
    packed: &[u8],
    v_first: bool,
    rgb: &ToRgb,
    pixels: &mut [u8],
) -> usize {
    const { assert!(order::bytes(ORDER) == 4) };
    let constants = Constants::new(rgb, v_first);
    let (packed, pixels) = (packed.as_chunks::<{ 2 * STEP }>().0, pixels.as_chunks_mut::<{ 4 * STEP }>().0);
    let lower = _mm256_set1_epi16(0xff);
    for (packed, pixels) in packed.iter().zip(pixels.iter_mut()) {
        // SAFETY: the array has the 32 bytes that are read.
        let both = unsafe { _mm256_loadu_si256(packed.as_ptr().cast()) };
        let (luma, chroma) = if LUMA_FIRST {
            (_mm256_and_si256(both, lower), _mm256_andnot_si256(lower, both))
        } else {
            (_mm256_srli_epi16::<8>(both), _mm256_slli_epi16::<8>(both))
        };
        constants.pixels::<ORDER>(luma, constants.terms(chroma), pixels);
    }
    packed.len().min(pixels.len()) * STEP
}

/// Pairs that are each the mean of four by four. Returns how many bytes of `out` it made.
#[target_feature(enable = "avx2")]
pub(super) fn quarter_pairs(rows: [&[u8]; 4], out: &mut [u8]) -> usize {
    // The first of four pairs, then the second of each.
    let apart = _mm256_setr_epi8(
        0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15, 0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15,
    );
    let (ones, one_each) = (_mm256_set1_epi8(1), _mm256_set1_epi16(1));
    let (half, gather) = (_mm256_set1_epi32(8), _mm256_setr_epi32(0, 4, 0, 0, 0, 0, 0, 0));
    let rows = rows.map(|row| row.as_chunks::<32>().0);
    let out = out.as_chunks_mut::<8>().0;
    let steps = rows.iter().map(|row| row.len()).min().unwrap_or(0).min(out.len());
    for (step, out) in out.iter_mut().enumerate().take(steps) {
        let sums = rows.map(|row| {
            // SAFETY: the array has the 32 bytes that are read.
            let bytes = unsafe { _mm256_loadu_si256(row[step].as_ptr().cast()) };
            _mm256_maddubs_epi16(_mm256_shuffle_epi8(bytes, apart), ones)
        });
        let sum = _mm256_add_epi16(_mm256_add_epi16(sums[0], sums[1]), _mm256_add_epi16(sums[2], sums[3]));
        let means = _mm256_srli_epi32::<4>(_mm256_add_epi32(_mm256_madd_epi16(sum, one_each), half));
        // Four bytes in each half.
        let bytes = _mm256_packus_epi16(_mm256_packs_epi32(means, means), means);
        let bytes = _mm256_permutevar8x32_epi32(bytes, gather);
        *out = _mm_cvtsi128_si64(_mm256_castsi256_si128(bytes)).to_le_bytes();
    }
    8 * steps
}
