//! What a photo says about itself: the EXIF segment of a JPEG picture.
//!
//! The source of facts is "Exchangeable image file format for digital still cameras: Exif
//! Version 2.32" (CIPA DC-008-2019): 4.5.2 for the TIFF structure, 4.6.4 for the tags of the 0th
//! IFD, 4.6.5 for those of the Exif IFD, 4.6.6 for those of the GPS IFD, 4.7.2 for the segment.
//! Version 3.0 has the same tags; what it added is not used.
//!
//! EXIF text is 7-bit ASCII. Control characters become spaces, any other character beyond ASCII
//! becomes `?`, spaces around a text go, a text is cut at [`MOST_TEXT`] characters, and an empty
//! one is left out. (Version 3.0 has a type for UTF-8, which hardly any program reads yet.)

mod location;
mod moment;
#[cfg(all(test, not(loom)))]
mod tests;
mod tiff;

pub(crate) use location::Location;
pub(crate) use moment::Moment;

use crate::format::Size;
use tiff::{Directory, Value};

/// The most characters of a text; the segment, which holds at most 65533 bytes, has room for
/// all texts whatever they are.
pub(crate) const MOST_TEXT: usize = 255;

/// Facts about a photo. What is not known is left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Exif {
    /// Who made the camera.
    pub(crate) make: Option<String>,
    /// What the camera is called.
    pub(crate) model: Option<String>,
    /// What made the picture of what the camera sent.
    pub(crate) software: Option<String>,
    /// When it was taken.
    pub(crate) taken: Option<Moment>,
    /// How long it was exposed, in units of 100 microseconds, which are those of V4L2
    /// (`V4L2_CID_EXPOSURE_ABSOLUTE`).
    pub(crate) exposure: Option<u32>,
    /// The sensitivity as an ISO speed. EXIF has numbers up to 65535, which stands for all
    /// above it.
    pub(crate) iso: Option<u32>,
    /// Where it was taken.
    pub(crate) location: Option<Location>,
}

impl Exif {
    /// The whole APP1 segment for a picture of `size`, marker and length included.
    pub(super) fn segment(&self, size: Size) -> Vec<u8> {
        let gps = self.location.as_ref().map(|location| location.directory(self.taken.as_ref()));
        let body = tiff::file(self.zeroth(), self.exif(size), gps);
        // 4.7.2: marker, length (which counts itself), identifier and a pad byte, TIFF.
        let length = 2 + 6 + body.len();
        let length = u16::try_from(length).expect("texts are cut so that all fits into a segment");
        let mut segment = vec![0xff, 0xe1];
        segment.extend_from_slice(&length.to_be_bytes());
        segment.extend_from_slice(b"Exif\0\0");
        segment.extend_from_slice(&body);
        segment
    }

    /// The 0th IFD (4.6.4). Its resolution and the place of chroma are mandatory (4.6.8); the
    /// resolution, which a camera's picture does not have, is the 72 dpi that the tables say
    /// for this case.
    fn zeroth(&self) -> Directory {
        let mut zeroth = Directory::default();
        for (tag, text) in [
            (0x010f, &self.make),  // Make
            (0x0110, &self.model), // Model
        ] {
            zeroth.add_if(tag, text.as_deref().and_then(ascii));
        }
        // Orientation: as it is stored. The pixels themselves are laid down as they are to be seen.
        zeroth.add(0x0112, Value::Short(1));
        zeroth.add(0x011a, Value::Rationals(vec![(72, 1)])); // XResolution
        zeroth.add(0x011b, Value::Rationals(vec![(72, 1)])); // YResolution
        zeroth.add(0x0128, Value::Short(2)); // ResolutionUnit: inches
        zeroth.add_if(0x0131, self.software.as_deref().and_then(ascii)); // Software
        let civil = self.taken.as_ref().and_then(Moment::civil);
        zeroth.add_if(0x0132, civil.as_ref().map(|civil| Value::Ascii(civil.date_time()))); // DateTime
        zeroth.add(0x0213, Value::Short(1)); // YCbCrPositioning: centred, as JPEG decoders take it
        zeroth
    }

    /// The Exif IFD (4.6.5).
    fn exif(&self, size: Size) -> Directory {
        let mut exif = Directory::default();
        if let Some(exposure) = self.exposure {
            exif.add(0x829a, Value::Rationals(vec![lowest_terms(exposure, 10_000)])); // ExposureTime
        }
        if let Some(iso) = self.iso {
            // PhotographicSensitivity, and SensitivityType, which goes with it: unknown, as
            // drivers do not tell which of the kinds of ISO 12232 theirs is.
            exif.add(0x8827, Value::Short(u16::try_from(iso).unwrap_or(u16::MAX)));
            exif.add(0x8830, Value::Short(0));
        }
        exif.add(0x9000, Value::Undefined(b"0232")); // ExifVersion
        if let Some(civil) = self.taken.as_ref().and_then(Moment::civil) {
            // A digital camera digitizes when it takes the picture.
            exif.add(0x9003, Value::Ascii(civil.date_time())); // DateTimeOriginal
            exif.add(0x9004, Value::Ascii(civil.date_time())); // DateTimeDigitized
            exif.add(0x9010, Value::Ascii(civil.offset())); // OffsetTime
            exif.add(0x9011, Value::Ascii(civil.offset())); // OffsetTimeOriginal
            exif.add(0x9012, Value::Ascii(civil.offset())); // OffsetTimeDigitized
            exif.add(0x9290, Value::Ascii(civil.milliseconds())); // SubSecTime
            exif.add(0x9291, Value::Ascii(civil.milliseconds())); // SubSecTimeOriginal
            exif.add(0x9292, Value::Ascii(civil.milliseconds())); // SubSecTimeDigitized
        }
        exif.add(0x9101, Value::Undefined(&[1, 2, 3, 0])); // ComponentsConfiguration: Y, Cb, Cr
        exif.add(0xa000, Value::Undefined(b"0100")); // FlashpixVersion
        exif.add(0xa001, Value::Short(1)); // ColorSpace: sRGB
        exif.add(0xa002, Value::Long(size.width)); // PixelXDimension
        exif.add(0xa003, Value::Long(size.height)); // PixelYDimension
        exif
    }
}

/// A text as EXIF has it; `None` when nothing is left of it.
fn ascii(text: &str) -> Option<Value> {
    let clean = |character: char| match character {
        ' '..='~' => character,
        _ if character.is_control() || character.is_whitespace() => ' ',
        _ => '?',
    };
    let clean: String = text.chars().map(clean).collect();
    // All of it is ASCII now: a byte is a character.
    let clean = clean.trim();
    let clean = clean[..clean.len().min(MOST_TEXT)].trim_end();
    (!clean.is_empty()).then(|| Value::Ascii(clean.to_owned()))
}

fn lowest_terms(numerator: u32, denominator: u32) -> (u32, u32) {
    let (mut a, mut b) = (numerator, denominator);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    // `denominator` is not 0, so neither is their divisor.
    (numerator / a, denominator / a)
}
