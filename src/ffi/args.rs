//! Arguments from C: checked, then typed.
//!
//! What cannot be checked is promised by the caller of every exported function: a pointer that
//! is not NULL points to what the header says, for as long as the call lasts.

use super::metering::camera_point;
use crate::error::{Error, Result};
use std::ffi::c_char;
use std::fmt::Display;

/// Where a result goes. Written only on success.
pub(super) struct Out<T>(*mut T);

impl<T> Out<T> {
    /// # Safety
    ///
    /// `pointer` is NULL or valid for one write of `T` for as long as the value lives.
    pub(super) unsafe fn new(pointer: *mut T, name: &str) -> Result<Self> {
        if pointer.is_null() {
            return Err(Error::invalid(format!("{name} is NULL: there is nowhere to write the result")));
        }
        Ok(Out(pointer))
    }

    /// As `new`, for a result that the caller may not want.
    ///
    /// # Safety
    ///
    /// As `new`.
    pub(super) unsafe fn optional(pointer: *mut T) -> Option<Self> {
        (!pointer.is_null()).then_some(Out(pointer))
    }

    pub(super) fn set(self, value: T) {
        // SAFETY: promised to `new`; unaligned, because nothing tells that C aligned it.
        unsafe { self.0.write_unaligned(value) };
    }
}

/// A structure of the header that begins with its size in bytes.
///
/// # Safety
///
/// `repr(C)`, its first field a `u32` with the size, all bit patterns valid, no padding.
pub(super) unsafe trait Sized32: Copy {
    /// Bytes of the structure in its first version: the least that is accepted.
    const FIRST: usize;
}

/// No structure will ever be larger.
const MOST: usize = 4096;

/// # Safety
///
/// `pointer` is NULL or points to a readable `u32`.
unsafe fn struct_size<T: Sized32>(pointer: *const T, name: &str) -> Result<usize> {
    if pointer.is_null() {
        return Err(Error::invalid(format!("{name} is NULL")));
    }
    // SAFETY: promised by the caller; the structure begins with this field.
    let size = unsafe { pointer.cast::<u32>().read_unaligned() } as usize;
    if size < T::FIRST || size > MOST {
        return Err(Error::invalid(format!(
            "{name}->size is {size}, not {}: set it to sizeof, for example with the structure's _INIT macro",
            size_of::<T>()
        )));
    }
    Ok(size)
}

/// A structure that the caller filled. Fields that an older program does not know are zero;
/// fields that this library does not know must be.
///
/// # Safety
///
/// `pointer` is NULL or points to as many readable bytes as its first field says.
pub(super) unsafe fn read<T: Sized32>(pointer: *const T, name: &str) -> Result<T> {
    // SAFETY: passed on.
    let size = unsafe { struct_size(pointer, name)? };
    // SAFETY: promised by the caller.
    let bytes = unsafe { std::slice::from_raw_parts(pointer.cast::<u8>(), size) };
    let known = size.min(size_of::<T>());
    if bytes[known..].iter().any(|&byte| byte != 0) {
        return Err(Error::invalid(format!(
            "{name} uses fields beyond its first {known} bytes, which this version {} does not know",
            env!("CARGO_PKG_VERSION")
        )));
    }
    let mut value = std::mem::MaybeUninit::<T>::zeroed();
    // SAFETY: `known` bytes are readable in one and writable in the other, which do not
    // overlap; every bit pattern is a valid T, zeros included.
    unsafe {
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), value.as_mut_ptr().cast::<u8>(), known);
        Ok(value.assume_init())
    }
}

/// A structure that the caller wants filled.
pub(super) struct OutStruct<T> {
    pointer: *mut T,
    size: usize,
}

impl<T: Sized32> OutStruct<T> {
    /// # Safety
    ///
    /// `pointer` is NULL or points to as many writable bytes as its first field says, for as
    /// long as the value lives.
    pub(super) unsafe fn new(pointer: *mut T, name: &str) -> Result<Self> {
        // SAFETY: passed on.
        let size = unsafe { struct_size(pointer, name)? };
        Ok(OutStruct { pointer, size })
    }

    /// Fills what the caller knows; what only the caller knows becomes zero. The size field
    /// stays the caller's.
    pub(super) fn set(self, value: T) {
        const FIELD: usize = size_of::<u32>();
        let known = self.size.min(size_of::<T>());
        let target = self.pointer.cast::<u8>();
        // SAFETY: `size` bytes are writable, as promised to `new`; `value` has at least
        // `known`, without padding.
        unsafe {
            let source = (&raw const value).cast::<u8>();
            std::ptr::copy_nonoverlapping(source.add(FIELD), target.add(FIELD), known - FIELD);
            std::ptr::write_bytes(target.add(known), 0, self.size - known);
        }
    }
}

/// Where a text of any length goes, cut off to fit.
pub(super) struct OutText {
    pointer: *mut c_char,
    size: usize,
}

impl OutText {
    /// # Safety
    ///
    /// `pointer` is NULL or valid for writing `size` bytes for as long as the value lives.
    pub(super) unsafe fn new(pointer: *mut c_char, size: usize, name: &str) -> Result<Self> {
        if pointer.is_null() || size == 0 {
            return Err(Error::invalid(format!("{name} is NULL or has no room: there is nowhere to write the result")));
        }
        Ok(OutText { pointer, size })
    }

    pub(super) fn set(self, text: &str) {
        let mut end = text.len().min(self.size - 1);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        // SAFETY: `end` bytes and a NUL are at most the `size` that was promised to `new`.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr(), self.pointer.cast::<u8>(), end);
            self.pointer.add(end).write(0);
        }
    }
}

/// The bytes of a string of at most `most` bytes, without the NUL.
///
/// # Safety
///
/// `pointer` is NULL or points to a string that ends with NUL.
pub(super) unsafe fn bytes<'a>(pointer: *const c_char, most: usize, name: &str) -> Result<&'a [u8]> {
    if pointer.is_null() {
        return Err(Error::invalid(format!("{name} is NULL")));
    }
    let mut length = 0;
    // SAFETY: every byte before the NUL and the NUL itself are readable; no more are read.
    while unsafe { pointer.add(length).read() } != 0 {
        length += 1;
        if length > most {
            return Err(Error::invalid(format!("{name} is longer than {most} bytes")));
        }
    }
    // SAFETY: `length` bytes were just read.
    Ok(unsafe { std::slice::from_raw_parts(pointer.cast::<u8>(), length) })
}

/// As `bytes`, for text.
///
/// # Safety
///
/// As `bytes`.
pub(super) unsafe fn text<'a>(pointer: *const c_char, most: usize, name: &str) -> Result<&'a str> {
    // SAFETY: passed on.
    let bytes = unsafe { bytes(pointer, most, name) }?;
    std::str::from_utf8(bytes).map_err(|_| Error::invalid(format!("{name} is not valid UTF-8")))
}

/// One of an enumeration's values.
pub(super) fn one_of<T: Copy>(value: i32, name: &str, values: &[(i32, T)]) -> Result<T> {
    values.iter().find(|(number, _)| *number == value).map(|(_, typed)| *typed).ok_or_else(|| {
        let known: Vec<String> = values.iter().map(|(number, _)| number.to_string()).collect();
        Error::invalid(format!("{name} is {value}, not one of {}", known.join(", ")))
    })
}

/// A number within a range.
pub(super) fn within(value: u32, least: u32, most: u32, name: impl Display) -> Result<u32> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(Error::invalid(format!("{name} is {value}, not within {least} to {most}")))
    }
}

/// A point of the picture, from its top left to its bottom right corner.
pub(super) fn within_picture(point: camera_point) -> Result<()> {
    if (0.0..=1.0).contains(&point.x) && (0.0..=1.0).contains(&point.y) {
        return Ok(());
    }
    Err(Error::invalid(format!("the point is {}, {}, not within 0 to 1", point.x, point.y)))
}

/// Text in a field of fixed length: cut off at a character's end, always with a NUL.
pub(super) fn fixed<const N: usize>(text: &str) -> [c_char; N] {
    let mut end = text.len().min(N - 1);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut field = [0; N];
    for (target, byte) in field.iter_mut().zip(text[..end].bytes()) {
        *target = byte as c_char;
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    #[repr(C)]
    struct Grown {
        size: u32,
        first: u32,
        later: u32,
    }
    // SAFETY: three u32, the first is the size.
    unsafe impl Sized32 for Grown {
        const FIRST: usize = 8;
    }

    #[test]
    fn older_and_newer_programs_are_understood() {
        let older = [8u32, 5, 0xdead];
        // SAFETY: the array has the 8 bytes that its first element says.
        let read_older = unsafe { read(older.as_ptr().cast::<Grown>(), "grown") };
        assert_eq!(read_older.unwrap(), Grown { size: 8, first: 5, later: 0 });
        for (tail, fine) in [(0u32, true), (1, false)] {
            let newer = [16u32, 5, 6, tail];
            // SAFETY: the array has the 16 bytes that its first element says.
            assert_eq!(unsafe { read(newer.as_ptr().cast::<Grown>(), "grown") }.is_ok(), fine);
        }
        for size in [0u32, 7, 4097, u32::MAX] {
            // SAFETY: only the first field is read, because it is refused.
            assert!(unsafe { read(std::ptr::from_ref(&size).cast::<Grown>(), "grown") }.is_err());
        }
    }

    #[test]
    fn a_result_fits_what_the_caller_knows() {
        let value = Grown { size: 12, first: 1, later: 2 };
        let mut older = [8u32, 0, 0xdead];
        // SAFETY: the array has the 8 bytes that its first element says.
        unsafe { OutStruct::new(older.as_mut_ptr().cast::<Grown>(), "grown") }.unwrap().set(value);
        assert_eq!(older, [8, 1, 0xdead]);
        let mut newer = [16u32, 9, 9, 9];
        // SAFETY: the array has the 16 bytes that its first element says.
        unsafe { OutStruct::new(newer.as_mut_ptr().cast::<Grown>(), "grown") }.unwrap().set(value);
        assert_eq!(newer, [16, 1, 2, 0]);
    }

    #[test]
    fn strings_are_bounded_and_cut_at_characters() {
        // SAFETY: C string literals end with NUL.
        let check = |text_: &std::ffi::CStr| unsafe { text(text_.as_ptr(), 4, "id").map(str::to_owned) };
        assert_eq!(check(c"four").unwrap(), "four");
        assert!(check(c"fives").is_err());
        assert!(check(c"\xff").is_err());
        let field: [c_char; 4] = fixed("aéé");
        assert_eq!(field.map(|c| c as u8), [b'a', 0xc3, 0xa9, 0]);
    }
}
