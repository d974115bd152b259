//! Scaling down by area: a sample of the result is the mean of the samples that it covers,
//! those at its edges in proportion.
//!
//! libyuv's box filter is exact for whole ratios only, takes no chroma in pairs (it falls back
//! to bilinear, which skips samples), and adds up columns without vector instructions.

use super::kernels::kernels;
use super::{Plane, PlaneMut};
use crate::format::Size;

/// Weights across make this together, times 256 down for weighted rows.
const ONE: u32 = 1 << 20;
/// The largest ratio whose sums fit in 16 bits, with weights of at least 2 in 256.
const MOST: u32 = 128;

/// For each sample of the result, the samples that it covers and what each counts.
struct Taps {
    /// Samples for one of the result; the weights of one after the other.
    count: usize,
    starts: Vec<u32>,
    weights: Vec<u32>,
    /// All of `count` samples count the same.
    whole: bool,
}

impl Taps {
    /// Weights that are in proportion and make `sum` together.
    fn new(from: u32, to: u32, sum: u32) -> Taps {
        let whole = from.is_multiple_of(to);
        let count = if whole { from / to } else { (from.div_ceil(to) + 1).min(from) } as usize;
        let (mut starts, mut weights) = (Vec::new(), Vec::new());
        // In units of 1/to samples, so that all is exact.
        let (from, to) = (u64::from(from), u64::from(to));
        for index in 0..to {
            let (begin, end) = (index * from, (index + 1) * from);
            let start = (begin / to).min(from - count as u64);
            starts.push(start as u32);
            // What was given to the samples up to here, so that rounding does not add up.
            let (mut covered, mut given) = (0, 0);
            for sample in start..start + count as u64 {
                covered += ((sample + 1) * to).min(end).saturating_sub((sample * to).max(begin));
                let weight = (u64::from(sum) * covered + from / 2) / from - given;
                given += weight;
                weights.push(weight as u32);
            }
        }
        Taps { count, starts, weights, whole }
    }

    fn of(&self, index: usize) -> (usize, &[u32]) {
        (self.starts[index] as usize, &self.weights[index * self.count..][..self.count])
    }
}

/// Scales planes of one size to another, of samples that are one byte or a pair.
pub(in crate::image) struct Area {
    from: Size,
    to: Size,
    channels: usize,
    down: Taps,
    across: Taps,
    /// A row's sum.
    sum: Vec<u16>,
}

impl Area {
    /// Sizes are in samples; `None` when that is not scaling down, or by more than it can.
    pub(in crate::image) fn new(from: Size, to: Size, channels: usize) -> Option<Area> {
        let fits = |from: u32, to: u32| to > 0 && to <= from && from.div_ceil(to) <= MOST;
        if !fits(from.width, to.width) || !fits(from.height, to.height) || !(1..=2).contains(&channels) {
            return None;
        }
        let down = Taps::new(from.height, to.height, 256);
        let rows = if down.whole { down.count as u32 } else { 256 };
        let across = Taps::new(from.width, to.width, (ONE + rows / 2) / rows);
        Some(Area { from, to, channels, down, across, sum: vec![0; from.width as usize * channels] })
    }

    /// Was it made for this?
    pub(in crate::image) fn is_for(&self, from: Size, to: Size, channels: usize) -> bool {
        (self.from, self.to, self.channels) == (from, to, channels)
    }

    /// Planes of the sizes given, pairs being two bytes.
    pub(in crate::image) fn scale(&mut self, from: Plane<'_>, mut to: PlaneMut<'_>) {
        let bytes = |size: Size| Size::new(size.width * self.channels as u32, size.height);
        assert!(from.size() == bytes(self.from) && to.size() == bytes(self.to));
        let quarters =
            self.channels == 2 && [&self.down, &self.across].iter().all(|taps| taps.whole && taps.count == 4);
        for (index, out) in to.rows_mut().enumerate() {
            if quarters {
                let rows = [0, 1, 2, 3].map(|number| from.row(4 * index as u32 + number));
                if quarter_pairs(rows, out) {
                    continue;
                }
            }
            self.add_rows(from, index);
            if self.channels == 1 { self.add_columns::<1>(out) } else { self.add_columns::<2>(out) }
        }
    }

    fn add_rows(&mut self, from: Plane<'_>, index: usize) {
        let (start, weights) = self.down.of(index);
        let row = |number: usize| from.row((start + number) as u32);
        let sum = &mut self.sum[..];
        if self.down.whole {
            match self.down.count {
                1 => copy_row(row(0), sum),
                2 => sum_two(row(0), row(1), sum),
                3 => sum_three(row(0), row(1), row(2), sum),
                count => {
                    sum_four(row(0), row(1), row(2), row(3), sum);
                    (4..count).for_each(|number| add_row(row(number), sum));
                }
            }
        } else {
            let weight = |number: usize| weights[number] as u16;
            weigh_row(row(0), weight(0), sum);
            // The last may not be covered at all.
            for number in (1..weights.len()).filter(|number| weights[*number] > 0) {
                add_weighted_row(row(number), weight(number), sum);
            }
        }
    }

    fn add_columns<const C: usize>(&self, out: &mut [u8]) {
        let (taps, sum) = (&self.across, &self.sum[..]);
        if taps.whole {
            let weight = taps.weights[0];
            match taps.count {
                1 => whole_columns::<C, 1>(sum, weight, out),
                2 => whole_columns::<C, 2>(sum, weight, out),
                3 => whole_columns::<C, 3>(sum, weight, out),
                4 => whole_columns::<C, 4>(sum, weight, out),
                6 => whole_columns::<C, 6>(sum, weight, out),
                8 => whole_columns::<C, 8>(sum, weight, out),
                count => many_columns::<C>(sum, count, weight, out),
            }
            return;
        }
        if 2 * self.from.width == 3 * self.to.width {
            return two_of_three_columns::<C>(sum, taps.weights[0], taps.weights[1], out);
        }
        match taps.count {
            2 => weighted_columns::<C, 2>(taps, sum, out),
            3 => weighted_columns::<C, 3>(taps, sum, out),
            4 => weighted_columns::<C, 4>(taps, sum, out),
            5 => weighted_columns::<C, 5>(taps, sum, out),
            6 => weighted_columns::<C, 6>(taps, sum, out),
            _ => any_columns::<C>(taps, sum, out),
        }
    }
}

/// A row of pairs that are each the mean of four by four: what chroma becomes in a picture of a
/// quarter of the size. `false`, and nothing done, where the loops below are as good.
fn quarter_pairs(rows: [&[u8]; 4], out: &mut [u8]) -> bool {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2; the function asks for nothing else.
        let done = unsafe { super::x86::quarter_pairs(rows, out) };
        for (index, out) in out.chunks_exact_mut(2).enumerate().skip(done / 2) {
            let sum = |channel| {
                let samples = rows.iter().flat_map(|row| row[8 * index + channel..].iter().step_by(2).take(4));
                samples.map(|sample| u16::from(*sample)).sum::<u16>()
            };
            (out[0], out[1]) = (((sum(0) + 8) >> 4) as u8, ((sum(1) + 8) >> 4) as u8);
        }
        return true;
    }
    let _ = (rows, out);
    false
}

/// Back from sums of weights that make [`ONE`]. Weights are rounded, so that white may come
/// out as a little more than white.
#[inline(always)]
fn level(sum: u32) -> u8 {
    ((sum + ONE / 2) >> 20).min(255) as u8
}

kernels! {
    fn copy_row(row: &[u8], sum: &mut [u16]) {
        for (sum, row) in sum.iter_mut().zip(row) {
            *sum = u16::from(*row);
        }
    }

    fn sum_two(a: &[u8], b: &[u8], sum: &mut [u16]) {
        for (sum, (a, b)) in sum.iter_mut().zip(a.iter().zip(b)) {
            *sum = u16::from(*a) + u16::from(*b);
        }
    }

    fn sum_three(a: &[u8], b: &[u8], c: &[u8], sum: &mut [u16]) {
        for (sum, (a, (b, c))) in sum.iter_mut().zip(a.iter().zip(b.iter().zip(c))) {
            *sum = u16::from(*a) + u16::from(*b) + u16::from(*c);
        }
    }

    fn sum_four(a: &[u8], b: &[u8], c: &[u8], d: &[u8], sum: &mut [u16]) {
        for (sum, ((a, b), (c, d))) in sum.iter_mut().zip(a.iter().zip(b).zip(c.iter().zip(d))) {
            *sum = u16::from(*a) + u16::from(*b) + u16::from(*c) + u16::from(*d);
        }
    }

    fn add_row(row: &[u8], sum: &mut [u16]) {
        for (sum, row) in sum.iter_mut().zip(row) {
            *sum += u16::from(*row);
        }
    }

    fn weigh_row(row: &[u8], weight: u16, sum: &mut [u16]) {
        for (sum, row) in sum.iter_mut().zip(row) {
            *sum = u16::from(*row) * weight;
        }
    }

    fn add_weighted_row(row: &[u8], weight: u16, sum: &mut [u16]) {
        for (sum, row) in sum.iter_mut().zip(row) {
            *sum += u16::from(*row) * weight;
        }
    }

    fn whole_columns<const C: usize, const N: usize>(sum: &[u16], weight: u32, out: &mut [u8]) {
        if C == 1 {
            for (out, group) in out.iter_mut().zip(sum.chunks_exact(N)) {
                *out = level(group.iter().map(|sum| u32::from(*sum)).sum::<u32>() * weight);
            }
        } else {
            for (out, group) in out.chunks_exact_mut(2).zip(sum.chunks_exact(2 * N)) {
                let (mut first, mut second) = (0, 0);
                for pair in group.chunks_exact(2) {
                    first += u32::from(pair[0]);
                    second += u32::from(pair[1]);
                }
                out[0] = level(first * weight);
                out[1] = level(second * weight);
            }
        }
    }

    fn many_columns<const C: usize>(sum: &[u16], count: usize, weight: u32, out: &mut [u8]) {
        for (out, group) in out.chunks_exact_mut(C).zip(sum.chunks_exact(C * count)) {
            for (channel, out) in out.iter_mut().enumerate() {
                *out = level(group.chunks_exact(C).map(|sample| u32::from(sample[channel])).sum::<u32>() * weight);
            }
        }
    }

    /// 1080 to 720: the middle one of three goes to both.
    fn two_of_three_columns<const C: usize>(sum: &[u16], more: u32, less: u32, out: &mut [u8]) {
        for (out, group) in out.chunks_exact_mut(2 * C).zip(sum.chunks_exact(3 * C)) {
            for channel in 0..C {
                let [a, b, c] = [0, C, 2 * C].map(|at| u32::from(group[at + channel]));
                out[channel] = level(a * more + b * less);
                out[C + channel] = level(b * less + c * more);
            }
        }
    }

    fn weighted_columns<const C: usize, const N: usize>(taps: &Taps, sum: &[u16], out: &mut [u8]) {
        let weights = taps.weights.as_chunks::<N>().0;
        for (out, (start, weights)) in out.chunks_exact_mut(C).zip(taps.starts.iter().zip(weights)) {
            let samples = &sum[C * *start as usize..][..C * N];
            for (channel, out) in out.iter_mut().enumerate() {
                *out = level((0..N).map(|number| u32::from(samples[C * number + channel]) * weights[number]).sum());
            }
        }
    }

    fn any_columns<const C: usize>(taps: &Taps, sum: &[u16], out: &mut [u8]) {
        for (index, out) in out.chunks_exact_mut(C).enumerate() {
            let (start, weights) = taps.of(index);
            let samples = &sum[C * start..][..C * weights.len()];
            for (channel, out) in out.iter_mut().enumerate() {
                let samples = samples.chunks_exact(C).zip(weights);
                *out = level(samples.map(|(sample, weight)| u32::from(sample[channel]) * weight).sum());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_make_their_sum_and_samples_lie_within() {
        for (from, to) in [(1, 1), (3, 1), (33, 17), (1080, 480), (128, 1), (1000, 999), (7, 3), (255, 2)] {
            let taps = Taps::new(from, to, 4096);
            for index in 0..to as usize {
                let (start, weights) = taps.of(index);
                assert_eq!(weights.iter().sum::<u32>(), 4096, "{from} to {to}");
                assert!(start + weights.len() <= from as usize);
            }
        }
    }

    #[test]
    fn what_it_cannot_do_is_refused() {
        let area =
            |from: (u32, u32), to: (u32, u32)| Area::new(Size::new(from.0, from.1), Size::new(to.0, to.1), 1).is_some();
        assert!(area((128, 5), (1, 5)));
        assert!(!area((129, 5), (1, 5)) && !area((4, 4), (5, 4)) && !area((4, 4), (4, 0)));
    }
}
