//! JPEG pictures from frames.

pub(super) mod markers;
mod recolour;
mod tables;
#[cfg(all(test, not(loom)))]
mod tests;

use super::convert::{self, Picture, Scratch};
use super::exif::Exif;
use super::sys::{self, Compressor, Sampling};
use crate::error::{Error, Result};
use crate::format::{Colour, PixelFormat, Size};
use crate::frame::Frame;
use recolour::Recolour;
use std::fmt::Display;

/// RGB has a chroma sample for each pixel; in the JPEG four pixels share one, as is usual for
/// photos.
const SAMPLING_OF_RGB: Sampling = Sampling::Yuv420;

/// Can [`Encoder::encode`] take frames of this format?
pub(crate) fn can_encode(format: PixelFormat) -> bool {
    format.is_jpeg() || convert::is_handled(format)
}

/// The size of a JPEG picture, as its header says; the picture itself may be cut off.
pub(crate) fn dimensions(jpeg: &[u8]) -> Result<Size> {
    markers::size(jpeg).map_err(|defect| Error::fatal(format!("this is not a JPEG picture: {defect}")))
}

/// The picture in `bytes` as a decoder wants it, in parts that follow one another and are not
/// copied: the Huffman tables that Motion-JPEG may leave out are put in, and what drivers leave
/// behind the end is left out. The failure says why `bytes` are no whole picture.
pub(crate) fn whole(bytes: &[u8]) -> Result<[&[u8]; 3]> {
    markers::whole(bytes).map_err(|defect| Error::fatal(format!("this is not a whole JPEG picture: {defect}")))
}

/// What a JPEG picture is to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// libjpeg's quality, from 1 to 100.
    pub(crate) quality: u8,
    /// What the frame's YUV means; nothing for RGB, and for JPEG, which says itself.
    pub(crate) colour: Colour,
    /// What the picture says about itself.
    pub(crate) exif: Option<&'a Exif>,
}

/// How a picture was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Compressed here.
    Encoded,
    /// As the camera compressed it.
    PassedThrough,
}

/// Makes JPEG pictures. Keeps its memory from picture to picture; one for each thread.
#[derive(Default)]
pub(crate) struct Encoder {
    /// Made when needed, and anew after an error.
    compressor: Option<Compressor>,
    scratch: Scratch,
    recolour: Recolour,
    /// Has room for the worst case, so that `out` need not.
    jpeg: Vec<u8>,
}

impl Encoder {
    /// Replaces `out` by the frame as a JPEG picture. On failure `out` is empty.
    ///
    /// YUV keeps its chroma resolution (4:2:2 becomes a 4:2:2 picture), and its values become
    /// those that JPEG means, BT.601 with full range. A frame that is a JPEG
    /// picture is copied whatever the quality, up to its end, after a check that it is whole;
    /// the Huffman tables that Motion-JPEG may leave out are put in.
    ///
    /// With facts the picture begins with their segment (Exif 2.32, 4.5.4), in place of an
    /// APP0 and an EXIF segment that the camera's picture may have. Without them an encoded
    /// picture is a JFIF file, and another is left as it is.
    pub(crate) fn encode(&mut self, frame: &Frame, request: &Request<'_>, out: &mut Vec<u8>) -> Result<Way> {
        out.clear();
        if !(1..=100).contains(&request.quality) {
            let quality = request.quality;
            return Err(Error::invalid(format!("the JPEG quality is {quality}: it must be from 1 to 100")));
        }
        let info = frame.info();
        let failed = |reason: &dyn Display| {
            Error::fatal(format!("no JPEG picture from a {} frame of {}: {reason}", info.format, info.size))
        };
        if info.format.is_jpeg() {
            let (_, jpeg) = frame.plane(0).ok_or_else(|| failed(&"it has no bytes"))?;
            let segment = match request.exif {
                Some(exif) => Some(exif.segment(markers::size(jpeg).map_err(|defect| failed(&defect))?)),
                None => None,
            };
            markers::copy_whole(jpeg, segment.as_deref(), out).map_err(|defect| failed(&defect))?;
            return Ok(Way::PassedThrough);
        }
        let length = self.compress(frame, request).map_err(|reason| failed(&reason))?;
        let jpeg = &self.jpeg[..length];
        match request.exif {
            Some(exif) => {
                let rest = markers::copy_head(jpeg, &exif.segment(info.size), out).map_err(|defect| failed(&defect))?;
                out.extend_from_slice(rest);
            }
            None => out.extend_from_slice(jpeg),
        }
        Ok(Way::Encoded)
    }

    /// The JPEG's length in `self.jpeg`, or what went wrong.
    fn compress(&mut self, frame: &Frame, request: &Request<'_>) -> Result<usize, String> {
        let (size, quality) = (frame.info().size, request.quality);
        let picture = convert::picture(frame, &mut self.scratch).map_err(|error| error.detail().to_owned())?;
        let sampling = match &picture {
            Picture::Planes { sampling, .. } => *sampling,
            Picture::Rgb { .. } => SAMPLING_OF_RGB,
        };
        let capacity = sys::jpeg_capacity(size, sampling).ok_or("the picture is too large")?;
        if self.jpeg.len() < capacity {
            self.jpeg = vec![0; capacity];
        }
        let mut compressor = match self.compressor.take() {
            Some(compressor) => compressor,
            None => Compressor::new().ok_or("libjpeg-turbo has no memory")?,
        };
        let length = match picture {
            Picture::Planes { planes, sampling } => {
                let planes = self.recolour.jfif(planes, sampling, request.colour);
                compressor.planes(&planes, sampling, size, quality, &mut self.jpeg)?
            }
            Picture::Rgb { pixels, order } => compressor.rgb(pixels, order, sampling, size, quality, &mut self.jpeg)?,
        };
        // Put back after success only.
        self.compressor = Some(compressor);
        Ok(length)
    }
}
