//! The TIFF structure inside the EXIF segment (Exif 2.32, 4.5.2 and 4.6.2; TIFF 6.0, section 2).
//! Numbers are written with the lower byte first.

/// What a tag says. The numbers are those of the types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Type 1.
    Bytes(Vec<u8>),
    /// Type 2, written with the 0 at its end, which it must not have itself.
    Ascii(String),
    /// Type 3.
    Short(u16),
    /// Type 4.
    Long(u32),
    /// Type 5, numerators and denominators.
    Rationals(Vec<(u32, u32)>),
    /// Type 7.
    Undefined(&'static [u8]),
}

impl Value {
    fn kind(&self) -> u16 {
        match self {
            Value::Bytes(_) => 1,
            Value::Ascii(_) => 2,
            Value::Short(_) => 3,
            Value::Long(_) => 4,
            Value::Rationals(_) => 5,
            Value::Undefined(_) => 7,
        }
    }

    fn count(&self) -> usize {
        match self {
            Value::Bytes(bytes) => bytes.len(),
            Value::Ascii(text) => text.len() + 1,
            Value::Short(_) | Value::Long(_) => 1,
            Value::Rationals(numbers) => numbers.len(),
            Value::Undefined(bytes) => bytes.len(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Value::Bytes(bytes) => bytes.clone(),
            Value::Ascii(text) => text.bytes().chain([0]).collect(),
            Value::Short(number) => number.to_le_bytes().into(),
            Value::Long(number) => number.to_le_bytes().into(),
            Value::Rationals(numbers) => {
                numbers.iter().flat_map(|&(over, under)| [over, under]).flat_map(u32::to_le_bytes).collect()
            }
            Value::Undefined(bytes) => bytes.to_vec(),
        }
    }
}

/// An image file directory while it is put together.
#[derive(Debug, Default)]
pub(super) struct Directory {
    entries: Vec<(u16, Value)>,
}

impl Directory {
    pub(super) fn add(&mut self, tag: u16, value: Value) {
        self.entries.push((tag, value));
    }

    pub(super) fn add_if(&mut self, tag: u16, value: Option<Value>) {
        self.entries.extend(value.map(|value| (tag, value)));
    }

    /// Bytes of the directory and of the values behind it.
    fn length(&self) -> usize {
        let behind = |(_, value): &(u16, Value)| {
            let length = value.bytes().len();
            if length > 4 { length.next_multiple_of(2) } else { 0 }
        };
        2 + 12 * self.entries.len() + 4 + self.entries.iter().map(behind).sum::<usize>()
    }

    /// Writes it at the end of `file`, where its place has to be even.
    fn write(mut self, file: &mut Vec<u8>) {
        // Readers may rely on the order.
        self.entries.sort_by_key(|(tag, _)| *tag);
        let mut behind = Vec::new();
        let start_of_values = file.len() + 2 + 12 * self.entries.len() + 4;
        file.extend_from_slice(&(self.entries.len() as u16).to_le_bytes());
        for (tag, value) in &self.entries {
            file.extend_from_slice(&tag.to_le_bytes());
            file.extend_from_slice(&value.kind().to_le_bytes());
            file.extend_from_slice(&(value.count() as u32).to_le_bytes());
            let mut bytes = value.bytes();
            if bytes.len() > 4 {
                let at = start_of_values + behind.len();
                // A value begins on a word.
                bytes.resize(bytes.len().next_multiple_of(2), 0);
                behind.append(&mut bytes);
                file.extend_from_slice(&(at as u32).to_le_bytes());
            } else {
                bytes.resize(4, 0);
                file.append(&mut bytes);
            }
        }
        // No directory follows: there is no thumbnail.
        file.extend_from_slice(&[0; 4]);
        file.append(&mut behind);
    }
}

/// The header and the directories, with the pointers to the second and third in the first
/// (4.6.3).
pub(super) fn file(mut zeroth: Directory, exif: Directory, gps: Option<Directory>) -> Vec<u8> {
    const HEADER: &[u8] = b"II\x2a\0\x08\0\0\0";
    let pointers = 12 * (1 + usize::from(gps.is_some()));
    let at_exif = HEADER.len() + zeroth.length() + pointers;
    zeroth.add(0x8769, Value::Long(at_exif as u32)); // Exif IFD Pointer
    if gps.is_some() {
        zeroth.add(0x8825, Value::Long((at_exif + exif.length()) as u32)); // GPS Info IFD Pointer
    }
    let mut file = HEADER.to_vec();
    zeroth.write(&mut file);
    debug_assert_eq!(file.len(), at_exif);
    exif.write(&mut file);
    if let Some(gps) = gps {
        gps.write(&mut file);
    }
    file
}
