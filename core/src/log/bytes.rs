//! The one way bytes are read and written in every format of ours: fixed arrays, varints, length-prefixed bytes.

/// Bytes that are not what their format says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end inside `what`.
    #[error("the bytes end inside {what}")]
    Truncated {
        /// The field that was being read.
        what: &'static str,
    },
    /// A number or a length is above its bound.
    #[error("{what} is {found}; the limit is {max}")]
    TooLarge {
        /// The field that was being read.
        what: &'static str,
        /// The value found.
        found: u64,
        /// The largest value allowed.
        max: u64,
    },
    /// A field has a value that the format does not allow.
    #[error("{what} is not valid")]
    Invalid {
        /// The field that was being read.
        what: &'static str,
    },
    /// Bytes are left over after the last field.
    #[error("{count} bytes are left over")]
    Trailing {
        /// How many.
        count: usize,
    },
}

/// Reads fields off the front of a byte slice; never reads past its end and never allocates more than is there.
#[derive(Debug, Clone)]
pub struct ByteReader<'a> {
    rest: &'a [u8],
}

impl<'a> ByteReader<'a> {
    /// Starts at the front of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// True when everything was read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes `count` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if fewer are left.
    pub fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let (head, tail) =
            self.rest.split_at_checked(count).ok_or(DecodeError::Truncated { what })?;
        self.rest = tail;
        Ok(head)
    }

    /// Takes an array of `N` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if fewer are left.
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], DecodeError> {
        let (head, tail) =
            self.rest.split_first_chunk::<N>().ok_or(DecodeError::Truncated { what })?;
        self.rest = tail;
        Ok(*head)
    }

    /// Takes one byte.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if none is left.
    pub fn byte(&mut self, what: &'static str) -> Result<u8, DecodeError> {
        self.array::<1>(what).map(|[byte]| byte)
    }

    /// Takes an unsigned LEB128 number of at most 64 bits.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], or [`DecodeError::Invalid`] if it has more than 64 bits.
    pub fn number(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(DecodeError::Invalid { what });
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::Invalid { what })
    }

    /// Takes a signed LEB128 number of at most 64 bits.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], or [`DecodeError::Invalid`] if it has more than 64 bits.
    pub fn signed(&mut self, what: &'static str) -> Result<i64, DecodeError> {
        let mut value = 0_i64;
        for shift in (0..70).step_by(7) {
            let byte = self.byte(what)?;
            let bits = i64::from(byte & 0x7f);
            if shift < 63 {
                value |= bits << shift;
            } else if bits == 0x7f || bits == 0 || bits == 1 {
                value |= (bits & 1) << 63;
            } else {
                return Err(DecodeError::Invalid { what });
            }
            if byte & 0x80 == 0 {
                if byte & 0x40 != 0 && shift + 7 < 64 {
                    value |= -1_i64 << (shift + 7);
                }
                return Ok(value);
            }
        }
        Err(DecodeError::Invalid { what })
    }

    /// Takes a number that must not be above `max`, as a count of things in memory.
    ///
    /// # Errors
    /// As [`ByteReader::number`], and [`DecodeError::TooLarge`].
    pub fn count(&mut self, max: usize, what: &'static str) -> Result<usize, DecodeError> {
        let found = self.number(what)?;
        usize::try_from(found).ok().filter(|count| *count <= max).ok_or(DecodeError::TooLarge {
            what,
            found,
            max: max as u64,
        })
    }

    /// Takes a length of at most `max` and that many bytes.
    ///
    /// # Errors
    /// As [`ByteReader::count`] and [`ByteReader::take`].
    pub fn bytes(&mut self, max: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let count = self.count(max, what)?;
        self.take(count, what)
    }

    /// Takes a length of at most `max` bytes and UTF-8 text of that length.
    ///
    /// # Errors
    /// As [`ByteReader::bytes`], and [`DecodeError::Invalid`] if it is not UTF-8.
    pub fn text(&mut self, max: usize, what: &'static str) -> Result<&'a str, DecodeError> {
        std::str::from_utf8(self.bytes(max, what)?).map_err(|_| DecodeError::Invalid { what })
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// [`DecodeError::Trailing`] if something is.
    pub const fn end(&self) -> Result<(), DecodeError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::Trailing { count: self.rest.len() })
        }
    }
}

/// Writes what [`ByteReader`] reads.
#[derive(Debug, Clone, Default)]
pub struct ByteWriter {
    bytes: Vec<u8>,
}

impl ByteWriter {
    /// Starts with no bytes.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// Appends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Appends one byte.
    pub fn byte(&mut self, byte: u8) -> &mut Self {
        self.bytes.push(byte);
        self
    }

    /// Appends an unsigned LEB128 number.
    pub fn number(&mut self, mut value: u64) -> &mut Self {
        while value >= 0x80 {
            self.bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.byte(value as u8)
    }

    /// Appends a signed LEB128 number in its shortest form.
    pub fn signed(&mut self, mut value: i64) -> &mut Self {
        loop {
            let bits = (value & 0x7f) as u8;
            value >>= 7;
            if (value == 0 && bits & 0x40 == 0) || (value == -1 && bits & 0x40 != 0) {
                return self.byte(bits);
            }
            self.byte(bits | 0x80);
        }
    }

    /// Appends a length and that many bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64).raw(bytes)
    }

    /// What was written so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What was written.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// How many bytes were written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// True when nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_written_is_the_number_read(value: u64) {
            let mut writer = ByteWriter::new();
            writer.number(value);
            let bytes = writer.finish();
            let mut reader = ByteReader::new(&bytes);
            prop_assert_eq!(reader.number("value"), Ok(value));
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn a_signed_number_written_is_the_number_read(value: i64) {
            let mut writer = ByteWriter::new();
            writer.signed(value);
            let bytes = writer.finish();
            let mut reader = ByteReader::new(&bytes);
            prop_assert_eq!(reader.signed("value"), Ok(value));
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn reading_never_panics(bytes: Vec<u8>) {
            let mut reader = ByteReader::new(&bytes);
            while reader.number("n").is_ok() && reader.signed("s").is_ok() && reader.bytes(16, "b").is_ok() {}
        }
    }

    #[test]
    fn signed_numbers_read_as_leb128_says() {
        for (bytes, value) in
            [(&[0x7f][..], -1), (&[0x80, 0x7f], -128), (&[0xc0, 0x00], 64), (&[0x3f], 63)]
        {
            assert_eq!(ByteReader::new(bytes).signed("s"), Ok(value));
        }
    }
}
