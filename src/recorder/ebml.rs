//! EBML (RFC 8794): elements with an ID, a size and content, as bytes.

/// A size of eight bytes that says "until something begins that cannot be in here" (RFC 8794,
/// section 6.2). As long as a known size of eight bytes, so that one can take its place.
pub(super) const UNKNOWN_SIZE: [u8; 8] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

/// The ID of an element without meaning, for space that is used later (RFC 8794, section 11.3.2).
const VOID: u32 = 0xec;

/// An ID. It is written as it is: its length is in its first bits (RFC 8794, section 5).
pub(super) fn id(out: &mut Vec<u8>, id: u32) {
    let bytes = id.to_be_bytes();
    let first = bytes.iter().position(|&byte| byte != 0).unwrap_or(3);
    out.extend_from_slice(&bytes[first..]);
}

/// A size in as few bytes as it takes (RFC 8794, section 4.1): `n` bytes hold 7 * n bits, of
/// which all ones would mean that the size is unknown.
pub(super) fn size(out: &mut Vec<u8>, value: u64) {
    let length = (1..8).find(|length| value < (1 << (7 * length)) - 1).unwrap_or(8);
    let marked = value | 1 << (7 * length);
    out.extend_from_slice(&marked.to_be_bytes()[8 - length..]);
}

/// A size in eight bytes; it may take the place of [`UNKNOWN_SIZE`].
pub(super) fn wide_size(value: u64) -> [u8; 8] {
    debug_assert!(value < (1 << 56) - 1);
    (value | 1 << 56).to_be_bytes()
}

/// An element with this content.
pub(super) fn binary(out: &mut Vec<u8>, element: u32, content: &[u8]) {
    id(out, element);
    size(out, content.len() as u64);
    out.extend_from_slice(content);
}

/// A number, in as few bytes as it takes, but one (a reader may take none for a missing value).
pub(super) fn unsigned(out: &mut Vec<u8>, element: u32, value: u64) {
    let bytes = value.to_be_bytes();
    let first = bytes.iter().position(|&byte| byte != 0).unwrap_or(7);
    binary(out, element, &bytes[first..]);
}

/// A number in eight bytes, which can be written again with another value.
pub(super) fn wide_unsigned(out: &mut Vec<u8>, element: u32, value: u64) {
    binary(out, element, &value.to_be_bytes());
}

/// A number with a fraction.
pub(super) fn float(out: &mut Vec<u8>, element: u32, value: f64) {
    binary(out, element, &value.to_be_bytes());
}

/// Text.
pub(super) fn text(out: &mut Vec<u8>, element: u32, value: &str) {
    binary(out, element, value.as_bytes());
}

/// An element that holds others.
pub(super) fn master(out: &mut Vec<u8>, element: u32, children: impl FnOnce(&mut Vec<u8>)) {
    let mut content = Vec::new();
    children(&mut content);
    binary(out, element, &content);
}

/// Space of so many bytes, from 2 to 128, its own head included.
pub(super) fn void(out: &mut Vec<u8>, length: usize) {
    debug_assert!((2..=128).contains(&length));
    id(out, VOID);
    size(out, length as u64 - 2);
    out.resize(out.len() + length - 2, 0);
}
