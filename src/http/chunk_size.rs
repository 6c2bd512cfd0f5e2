//! One size line of the chunked transfer coding (RFC 9112 §7.1), byte by byte.
//!
//! ```text
//!  [blank lines] [0x] hex digits [blanks] [;extension] line end
//! ```

/// Longest size line with its extensions, in bytes.
pub(crate) const LINE_LIMIT: usize = 4096;

/// A size line under way.
#[derive(Debug)]
pub(crate) struct SizeLine {
    place: Place,
    value: u64,
    length: usize,
}

/// What the bytes so far are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParsedSize {
    Partial,
    Size(u64),
    /// No size line, whatever follows.
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the line: blank lines may stand here.
    Before,
    FirstDigit,
    /// Behind a 0 that may begin `0x`.
    Zero,
    Prefix,
    Digits,
    Blanks,
    Extension,
}

impl SizeLine {
    /// Blank lines may come first, such as the end of the chunk before.
    pub(crate) fn new() -> Self {
        Self { place: Place::Before, value: 0, length: 0 }
    }

    /// The line begins at once.
    pub(crate) fn without_blank_lines() -> Self {
        Self { place: Place::FirstDigit, ..Self::new() }
    }

    pub(crate) fn push(&mut self, byte: u8) -> ParsedSize {
        use Place::{Before, Blanks, Digits, Extension, FirstDigit, Prefix, Zero};
        self.length += 1;
        if self.length > LINE_LIMIT {
            return ParsedSize::Not;
        }
        self.place = match (self.place, byte) {
            (Before, b' ' | b'\t' | b'\r' | b'\n') => Before,
            (Before | FirstDigit, b'0') => Zero,
            (Zero, b'x' | b'X') => Prefix,
            (Before | FirstDigit | Zero | Prefix | Digits, b) if b.is_ascii_hexdigit() => {
                let digit = char::from(b).to_digit(16).unwrap_or(0);
                match self.value.checked_mul(16) {
                    Some(value) => self.value = value + u64::from(digit),
                    None => return ParsedSize::Not,
                }
                Digits
            }
            (Zero | Digits | Blanks | Extension, b'\n') => return ParsedSize::Size(self.value),
            (Zero | Digits | Blanks, b' ' | b'\t' | b'\r') => Blanks,
            (Zero | Digits | Blanks, b';') => Extension,
            (Extension, b) if matches!(b, b'\t' | b'\r') || !b.is_ascii_control() => Extension,
            _ => return ParsedSize::Not,
        };
        ParsedSize::Partial
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut line: SizeLine, text: &str) -> ParsedSize {
        let sizes = text.bytes().map(|byte| line.push(byte));
        sizes.into_iter().find(|&size| size != ParsedSize::Partial).unwrap_or(ParsedSize::Partial)
    }

    #[test]
    fn a_size_is_understood_however_it_is_spelt() {
        use ParsedSize::{Not, Partial, Size};
        for (text, expected) in [
            ("5\r\n", Size(5)),
            ("5\n", Size(5)),
            ("1F4\r\n", Size(500)),
            ("1f4\r\n", Size(500)),
            ("0001F4\r\n", Size(500)),
            ("0x1F4\r\n", Size(500)),
            ("0X5\r\n", Size(5)),
            ("0\r\n", Size(0)),
            ("00\r\n", Size(0)),
            ("5  \r\n", Size(5)),
            ("5 ;name=\"value\"\r\n", Size(5)),
            ("5\r\r\n", Size(5)),
            ("ffffffffffffffff\r\n", Size(u64::MAX)),
            ("1ffffffffffffffff\r\n", Not),
            ("x5\r\n", Not),
            ("0x\r\n", Not),
            ("-5\r\n", Not),
            ("+5\r\n", Not),
            ("5 5\r\n", Not),
            ("5;\u{0}\r\n", Not),
            ("hello\r\n", Not),
            ("--b\r\n", Not),
            ("5\r", Partial),
            ("", Partial),
        ] {
            assert_eq!(read(SizeLine::new(), text), expected, "{text:?}");
            assert_eq!(read(SizeLine::without_blank_lines(), text), expected, "{text:?}");
            assert_eq!(read(SizeLine::new(), &format!("\r\n\n {text}")), expected, "{text:?}");
        }
        assert_eq!(read(SizeLine::without_blank_lines(), "\r\n5\r\n"), Not);
        assert_eq!(read(SizeLine::new(), &"0".repeat(LINE_LIMIT + 1)), Not);
    }
}
