//! YUV as JPEG means it: BT.601 with full range (JFIF 1.02, "Standard color space", which EXIF
//! takes over: Exif 2.32, annex E).

use crate::format::{Colour, Matrix};
use crate::image::colour::{self, Row, Rows};
use crate::image::convert::{Vec3, made, room};
use crate::image::sys::{Plane, PlaneMut, Sampling, kernels};

/// Makes planes of JPEG's colour. Keeps its memory from picture to picture.
#[derive(Default)]
pub(super) struct Recolour {
    planes: [Vec<u8>; 3],
    /// What chroma adds to the luma of a row, in units of 1/32.
    terms: Vec<i16>,
}

impl Recolour {
    /// The planes themselves when they are of that colour already. The luma of each must be
    /// as wide and high as its chroma reaches, or less.
    pub(super) fn jfif<'a>(
        &'a mut self,
        planes: Vec3<Plane<'a>>,
        sampling: Sampling,
        colour: Colour,
    ) -> Vec3<Plane<'a>> {
        // Without chroma the matrix makes no difference.
        let colour = if sampling == Sampling::Grey { Colour { matrix: Matrix::Bt601, ..colour } } else { colour };
        let Some(rows) = colour::between(colour, Colour::JFIF) else { return planes };
        let Recolour { planes: memory, terms } = self;
        let [first, second, third] = memory;
        match &planes[..] {
            [y, u, v] => {
                let (y_size, shared) = (y.size(), u.size());
                let mut to = [room(first, y_size), room(second, shared), room(third, shared)];
                if rows[0].weights[1..] == [0, 0] {
                    for ((from, row), to) in [y, u, v].into_iter().zip(&rows).zip(&mut to) {
                        stretch(from, row, to);
                    }
                } else {
                    mix([*y, *u, *v], sampling, &rows, terms, to);
                }
                Vec3::three([made(first, y_size), made(second, shared), made(third, shared)])
            }
            [y, ..] => {
                let size = y.size();
                stretch(y, &rows[0], &mut room(first, size));
                Vec3::one(made(first, size))
            }
            [] => planes,
        }
    }
}

/// Another range.
fn stretch(from: &Plane<'_>, row: &Row, to: &mut PlaneMut<'_>) {
    for (from, to) in from.rows().zip(to.rows_mut()) {
        kernels::stretch(from, row, to);
    }
}

/// Another matrix: a row of chroma and the rows of luma that share it at a time.
fn mix(from: [Plane<'_>; 3], sampling: Sampling, rows: &Rows, terms: &mut Vec<i16>, to: [PlaneMut<'_>; 3]) {
    let ([y, u, v], [mut to_y, mut to_u, mut to_v]) = (from, to);
    let (columns, shared_rows) = sampling.shared();
    terms.resize((u.width() * columns) as usize, 0);
    let mut luma = y.rows().zip(to_y.rows_mut());
    let chroma = u.rows().zip(v.rows()).zip(to_u.rows_mut().zip(to_v.rows_mut()));
    for ((u, v), (to_u, to_v)) in chroma {
        if columns == 2 {
            kernels::luma_terms::<2>(u, v, &rows[0], terms);
        } else {
            kernels::luma_terms::<1>(u, v, &rows[0], terms);
        }
        for (y, to) in luma.by_ref().take(shared_rows as usize) {
            kernels::add_luma(y, terms, &rows[0], to);
        }
        kernels::mix_chroma(u, v, &rows[1], to_u);
        kernels::mix_chroma(u, v, &rows[2], to_v);
    }
}
