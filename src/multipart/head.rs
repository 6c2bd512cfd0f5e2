//! The header block of one part (RFC 2046 §5.1, RFC 5322 §2.2 as cameras know it).

use super::ContentType;

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
        self.lines().filter_map(|line| {
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

    /// Everything that matters of each part, in one go.
    pub fn survey(self) -> Survey {
        let (mut length, mut data_length, mut content_type) = (None, None, None);
        let mut has_other_lines = false;
        for line in self.lines() {
            let Some(colon) = memchr::memchr(b':', line) else {
                has_other_lines |= !line.trim_ascii().is_empty();
                continue;
            };
            let name = line[..colon].trim_ascii();
            let field = match name.len() {
                14 if name.eq_ignore_ascii_case(b"Content-Length") => &mut length,
                12 if name.eq_ignore_ascii_case(b"Content-Type") => &mut content_type,
                7 if name.eq_ignore_ascii_case(b"DataLen") => &mut data_length,
                _ => continue,
            };
            field.get_or_insert(line[colon + 1..].trim_ascii());
        }
        Survey {
            length: match length.or(data_length) {
                None => Length::Missing,
                Some(value) => number(value).map_or(Length::Impossible, Length::Of),
            },
            is_data_length: length.is_none() && data_length.is_some(),
            is_plain_jpeg: content_type.is_some_and(|v| v.eq_ignore_ascii_case(b"image/jpeg")),
            has_other_lines,
        }
    }

    /// Each line, without its LF.
    fn lines(self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = Some(self.0);
        std::iter::from_fn(move || {
            let bytes = rest?;
            let end = memchr::memchr(b'\n', bytes);
            rest = end.map(|end| &bytes[end + 1..]);
            Some(&bytes[..end.unwrap_or(bytes.len())])
        })
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

/// See [`Head::survey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survey {
    /// Of the body, in bytes, from `Content-Length` or Sony's `DataLen`.
    pub length: Length,
    /// It was `DataLen`.
    pub is_data_length: bool,
    /// `Content-Type` is `image/jpeg` and nothing else.
    pub is_plain_jpeg: bool,
    /// There are lines that are no fields.
    pub has_other_lines: bool,
}

/// What a head says of the length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Nothing.
    Missing,
    /// Something that is no plain decimal number.
    Impossible,
    /// This.
    Of(usize),
}

fn number(value: &[u8]) -> Option<usize> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// No control characters but tab and the line's end: text, not a piece of a picture.
pub fn is_text(line: &[u8]) -> bool {
    let is_control = |b: &u8| b.is_ascii_control() & !matches!(b, b'\t' | b'\r' | b'\n');
    // To the end in any case: many bytes at once are faster than the first of them.
    !line.iter().fold(false, |found, b| found | is_control(b))
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
        assert_eq!(head.survey().length, Length::Of(12));
        assert!(head.survey().has_other_lines);
        assert_eq!(head.get("x-timestamp"), Some(&b"1.5"[..]));
        assert_eq!(head.get("X-Missing"), None);
    }

    #[test]
    fn length_is_a_plain_number_or_nothing() {
        for (text, expected) in [
            ("Content-Length: 0", Length::Of(0)),
            ("Content-Length:00017", Length::Of(17)),
            ("Content-Length: -1", Length::Impossible),
            ("Content-Length: abc", Length::Impossible),
            ("Content-Length: 99999999999999999999999", Length::Impossible),
            ("DataLen: 00012345", Length::Of(12345)),
            ("", Length::Missing),
        ] {
            assert_eq!(Head::new(text.as_bytes()).survey().length, expected, "{text}");
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
