//! The header block of one part (RFC 2046 §5.1, RFC 5322 §2.2 as cameras know it).

use super::ContentType;
use crate::quirk::{Quirk, Quirks};

/// Header lines of a part, as they stand in the stream. Lines without a colon are
/// passed over; the first of several equal names counts.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a>(&'a [u8]);

impl<'a> Head<'a> {
    /// `block` holds the lines between delimiter and body.
    pub fn new(block: &'a [u8]) -> Self {
        Self(block)
    }

    /// Name and value of each line, trimmed.
    pub fn fields(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.0.split(|&b| b == b'\n').filter_map(|line| {
            let colon = memchr::memchr(b':', line)?;
            Some((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()))
        })
    }

    /// The value of the first field of that name, whatever its case.
    pub fn get(self, name: &str) -> Option<&'a [u8]> {
        self.fields()
            .find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// `Content-Type`; the empty type if there is none.
    pub fn content_type(self) -> ContentType {
        self.get("Content-Type").map(ContentType::parse).unwrap_or_default()
    }

    /// The length of the body in bytes, from `Content-Length` or Sony's `DataLen`.
    /// `None` unless it is a plain decimal number.
    pub fn length(self) -> Option<usize> {
        let value = self.get("Content-Length").or_else(|| self.get("DataLen"))?;
        std::str::from_utf8(value).ok()?.parse().ok()
    }

    /// There is a field for the length, whatever it says.
    pub fn announces_length(self) -> bool {
        self.get("Content-Length").or_else(|| self.get("DataLen")).is_some()
    }

    /// What is odd about these lines.
    pub fn judge(self, quirks: &mut Quirks) {
        if self.get("Content-Length").is_none() && self.get("DataLen").is_some() {
            quirks.note(Quirk::DataLen);
        }
        let lines = self.0.split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty());
        if lines.count() > self.fields().count() {
            quirks.note(Quirk::PartLineWithoutColon);
        }
    }

    /// Is this line `name: value`, with a name of token characters (RFC 9110 §5.1)?
    pub fn is_field(line: &[u8]) -> bool {
        let Some(colon) = memchr::memchr(b':', line) else {
            return false;
        };
        let name = line[..colon].trim_ascii_end();
        !name.is_empty()
            && name.iter().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b))
            && is_text(line)
    }
}

/// No control characters but tab and the line's end: text, not a piece of a picture.
pub fn is_text(line: &[u8]) -> bool {
    line.iter().all(|b| !b.is_ascii_control() || matches!(b, b'\t' | b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_whatever_the_spelling() {
        let head = Head::new(
            b"Content-type:image/JPEG; x=y\r\ngarbage\r\nCONTENT-LENGTH :   12 \nX-Timestamp: 1.5\r\nX-Timestamp: 2.5\r\n",
        );
        assert_eq!(head.content_type().essence, "image/jpeg");
        assert_eq!(head.length(), Some(12));
        assert_eq!(head.get("x-timestamp"), Some(&b"1.5"[..]));
        assert_eq!(head.get("X-Missing"), None);
    }

    #[test]
    fn length_is_a_plain_number_or_nothing() {
        for (text, expected) in [
            ("Content-Length: 0", Some(0)),
            ("Content-Length:00017", Some(17)),
            ("Content-Length: -1", None),
            ("Content-Length: abc", None),
            ("Content-Length: 99999999999999999999999", None),
            ("DataLen: 00012345", Some(12345)),
            ("", None),
        ] {
            assert_eq!(Head::new(text.as_bytes()).length(), expected, "{text}");
        }
    }

    #[test]
    fn a_field_has_a_token_for_a_name() {
        for (line, expected) in [
            ("Content-Type: image/jpeg\r", true),
            ("X-Odd : y", true),
            ("sessionid=1", false),
            ("two words: x", false),
            (": x", false),
            ("a:\u{1}", false),
        ] {
            assert_eq!(Head::is_field(line.as_bytes()), expected, "{line}");
        }
    }
}
