//! H.264 from a camera, as a byte stream with start codes (ITU-T H.264, annex B), in the form
//! that files hold: each unit behind its length, and the parameter sets in a record of their
//! own (ISO/IEC 14496-15).

/// Types of units (H.264, table 7-1).
const SLICE_TYPES: std::ops::RangeInclusive<u8> = 1..=5;
const IDR_SLICE: u8 = 5;
const SEQUENCE_PARAMETERS: u8 = 7;
const PICTURE_PARAMETERS: u8 = 8;

/// Profiles whose sequence parameters, and so whose record, tell the chroma format and the bit
/// depths (those of H.264, 7.3.2.1.1, that the record's definition names).
const HIGH_PROFILES: [u8; 4] = [100, 110, 122, 144];

fn kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |header| header & 0x1f)
}

/// Where the next start code's 00 00 01 begins.
fn start_code(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at + 2 < bytes.len() {
        match bytes[at + 2] {
            0 => at += 1,
            1 if bytes[at] == 0 && bytes[at + 1] == 0 => return Some(at),
            _ => at += 3,
        }
    }
    None
}

/// The units between the start codes, without the zeros that may be around them.
pub(super) fn units(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut next = start_code(bytes, 0).map(|at| at + 3);
    std::iter::from_fn(move || {
        let begin = next?;
        let code = start_code(bytes, begin);
        next = code.map(|at| at + 3);
        let unit = &bytes[begin..code.unwrap_or(bytes.len())];
        // A unit's last byte is never zero (7.4.1): zeros are a longer start code, or padding.
        let length = unit.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        Some(&unit[..length])
    })
    .filter(|unit| !unit.is_empty())
}

/// What a buffer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Parameter sets at most.
    NoPicture,
    /// A picture that needs others.
    Picture,
    /// A picture at which decoding may begin.
    Key,
}

/// The parameter sets of a stream.
#[derive(Default)]
pub(super) struct Parameters {
    sequence: Vec<Vec<u8>>,
    picture: Vec<Vec<u8>>,
}

impl Parameters {
    /// Looks through a buffer, and keeps its parameter sets instead of those that were known.
    pub(super) fn look(&mut self, bytes: &[u8]) -> Content {
        let mut content = Content::NoPicture;
        let mut new = Parameters::default();
        for unit in units(bytes) {
            match kind(unit) {
                SEQUENCE_PARAMETERS => keep(&mut new.sequence, unit),
                PICTURE_PARAMETERS => keep(&mut new.picture, unit),
                IDR_SLICE => content = Content::Key,
                other if SLICE_TYPES.contains(&other) && content == Content::NoPicture => content = Content::Picture,
                _ => {}
            }
        }
        if !new.sequence.is_empty() {
            self.sequence = new.sequence;
        }
        if !new.picture.is_empty() {
            self.picture = new.picture;
        }
        content
    }

    /// The AVCDecoderConfigurationRecord (ISO/IEC 14496-15, section 5.3.3.1), which Matroska
    /// wants as CodecPrivate; `None` as long as sets are missing or not readable.
    pub(super) fn record(&self) -> Option<Vec<u8>> {
        let &[_, profile, compatibility, level, ..] = self.sequence.first()?.as_slice() else { return None };
        // The lowest bits: lengths of 4 bytes.
        let mut record = vec![1, profile, compatibility, level, 0xff];
        record.push(0xe0 | u8::try_from(self.sequence.len()).ok().filter(|count| *count < 32)?);
        append_sets(&mut record, &self.sequence)?;
        record.push(u8::try_from(self.picture.len()).ok().filter(|count| *count > 0)?);
        append_sets(&mut record, &self.picture)?;
        if HIGH_PROFILES.contains(&profile) {
            let [chroma, luma_depth, chroma_depth] = high_parameters(self.sequence.first()?)?;
            record.extend_from_slice(&[0xfc | chroma, 0xf8 | luma_depth, 0xf8 | chroma_depth, 0]);
        }
        Some(record)
    }
}

fn keep(sets: &mut Vec<Vec<u8>>, unit: &[u8]) {
    if !sets.iter().any(|set| set == unit) {
        sets.push(unit.to_vec());
    }
}

fn append_sets(record: &mut Vec<u8>, sets: &[Vec<u8>]) -> Option<()> {
    for set in sets {
        record.extend_from_slice(&u16::try_from(set.len()).ok()?.to_be_bytes());
        record.extend_from_slice(set);
    }
    Some(())
}

/// chroma_format_idc, bit_depth_luma_minus8 and bit_depth_chroma_minus8 (H.264, 7.3.2.1.1).
fn high_parameters(set: &[u8]) -> Option<[u8; 3]> {
    // Header, profile, constraints and level are 4 bytes.
    let mut bits = Bits { bytes: set, at: 4 * 8, zeros: 0 };
    let _id = bits.exp_golomb()?;
    let chroma = u8::try_from(bits.exp_golomb()?).ok().filter(|chroma| *chroma <= 3)?;
    if chroma == 3 {
        let _separate_planes = bits.bit()?;
    }
    let mut depth = || u8::try_from(bits.exp_golomb()?).ok().filter(|depth| *depth <= 6);
    Some([chroma, depth()?, depth()?])
}

/// Reads bits, and over the bytes that keep start codes out of a unit (7.4.1.1).
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Zero bytes before this one.
    zeros: u32,
}

impl Bits<'_> {
    fn bit(&mut self) -> Option<u32> {
        let byte = *self.bytes.get(self.at / 8)?;
        if self.at.is_multiple_of(8) {
            if self.zeros >= 2 && byte == 3 {
                self.zeros = 0;
                self.at += 8;
                return self.bit();
            }
            self.zeros = if byte == 0 { self.zeros + 1 } else { 0 };
        }
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit.into())
    }

    /// A number of variable length, ue(v) (9.1).
    fn exp_golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.bit()? == 0 {
            zeros += 1;
            if zeros > 16 {
                return None;
            }
        }
        let mut value = 1;
        for _ in 0..zeros {
            value = value << 1 | self.bit()?;
        }
        Some(value - 1)
    }
}

/// Replaces `out` by the units, each behind its length in 4 bytes.
pub(super) fn length_prefixed(bytes: &[u8], out: &mut Vec<u8>) {
    out.clear();
    for unit in units(bytes) {
        out.extend_from_slice(&(unit.len() as u32).to_be_bytes());
        out.extend_from_slice(unit);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units_are_found_between_start_codes_of_either_length() {
        let cases: [(&[u8], &[&[u8]]); 7] = [
            (&[], &[]),
            (&[9, 9, 9], &[]),
            (&[0, 0, 1, 0x65, 7], &[&[0x65, 7]]),
            (&[0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 2, 0, 0, 1, 0x65], &[&[0x67, 1], &[0x68, 2], &[0x65]]),
            (&[0, 0, 1, 0x65, 1, 0, 0, 0, 0], &[&[0x65, 1]]),
            (&[0, 0, 1, 0, 0, 1, 0x41], &[&[0x41]]),
            (&[1, 0, 1, 0, 0, 3, 1, 0, 0, 1], &[]),
        ];
        for (bytes, expected) in cases {
            assert_eq!(units(bytes).collect::<Vec<_>>(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_stream_begins_where_parameters_and_a_whole_picture_are() {
        let mut parameters = Parameters::default();
        assert_eq!(parameters.look(&[0, 0, 1, 0x41, 1]), Content::Picture);
        assert_eq!(parameters.record(), None);
        assert_eq!(parameters.look(&[0, 0, 1, 0x67, 66, 0xc0, 30, 9, 0, 0, 1, 0x68, 5]), Content::NoPicture);
        assert_eq!(parameters.look(&[0, 0, 1, 0x09, 1, 0, 0, 1, 0x65, 8]), Content::Key);
        let record = parameters.record().unwrap();
        assert_eq!(record, [1, 66, 0xc0, 30, 0xff, 0xe1, 0, 5, 0x67, 66, 0xc0, 30, 9, 1, 0, 2, 0x68, 5]);
        let mut out = vec![9];
        length_prefixed(&[0, 0, 0, 1, 0x65, 8, 9, 0, 0, 1, 0x41], &mut out);
        assert_eq!(out, [0, 0, 0, 3, 0x65, 8, 9, 0, 0, 0, 1, 0x41]);
    }

    #[test]
    fn high_profiles_tell_chroma_and_depth_behind_escaped_bytes_too() {
        // id 0 (1), chroma_format_idc 1 (010), depths 0 (1) and 0 (1).
        assert_eq!(high_parameters(&[0x67, 100, 0, 40, 0b1010_1100]), Some([1, 0, 0]));
        // id 0, chroma 2 (011), depths 2 (011) and 2 (011): High 4:2:2 with 10 bits.
        assert_eq!(high_parameters(&[0x67, 122, 0, 40, 0b1011_0110, 0b1100_0000]), Some([2, 2, 2]));
        // Two zero bytes and a 3 that is not there; 16 zeros begin an impossible id.
        let escaped = [0x67, 100, 0, 40, 0, 0, 3, 0x80];
        assert_eq!(high_parameters(&escaped), None);
        let mut bits = Bits { bytes: &[0, 0, 3, 0x80], at: 0, zeros: 0 };
        assert_eq!((0..17).filter_map(|_| bits.bit()).collect::<Vec<_>>()[16], 1);
        assert_eq!(high_parameters(&[0x67, 100]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(3), Just(0x67), Just(100), any::<u8>()], 0..200)) {
            let mut parameters = Parameters::default();
            parameters.look(&bytes);
            parameters.record();
            let mut out = Vec::new();
            length_prefixed(&bytes, &mut out);
            // Reading the lengths gives the same units again.
            let mut at = 0;
            for unit in units(&bytes) {
                prop_assert_eq!(&out[at..at + 4], &(unit.len() as u32).to_be_bytes());
                prop_assert_eq!(&out[at + 4..at + 4 + unit.len()], unit);
                at += 4 + unit.len();
            }
            prop_assert_eq!(at, out.len());
        }
    }
}
