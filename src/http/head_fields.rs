//! The header fields of an answer (RFC 9112 §5), read with a forgiving eye.

use std::collections::BTreeSet;

use super::status_line::StatusLine;
use crate::multipart::ContentType;
use crate::quirk::Quirk;

/// More fields than this help nobody, and the parser behind has its limit.
const MOST: usize = 100;
/// No answer is as long, in bytes.
const ABSURD_LENGTH: u64 = 1 << 40;

/// The fields worth keeping.
#[derive(Debug, Default)]
pub(crate) struct HeadFields(Vec<Field>);

#[derive(Debug)]
struct Field {
    name: Vec<u8>,
    value: Vec<u8>,
}

impl HeadFields {
    /// Reads `lines`, which come without their ends. What is no field is left out; a
    /// folded value (RFC 9112 §5.2) is put on one line.
    pub(crate) fn parse<'a>(
        lines: impl Iterator<Item = &'a [u8]>,
        quirks: &mut BTreeSet<Quirk>,
    ) -> Self {
        let mut fields: Vec<Field> = Vec::new();
        // The line before, if it was kept: what a folded line goes on with.
        let mut before: Option<bool> = None;
        for line in lines {
            if line.first().is_some_and(|b| matches!(b, b' ' | b'\t')) && before.is_some() {
                quirks.insert(Quirk::HeadLineWithoutName);
                if let (Some(true), Some(field)) = (before, fields.last_mut()) {
                    field.value.push(b' ');
                    field.value.extend(line.trim_ascii());
                }
                continue;
            }
            let field = Field::parse(line, quirks).filter(|_| fields.len() < MOST);
            before = Some(field.is_some());
            match field {
                Some(field) => fields.push(field),
                None if StatusLine::parse(line).is_some() => {
                    quirks.insert(Quirk::StatusLineTwice);
                }
                None => {
                    quirks.insert(Quirk::HeadLineWithoutName);
                }
            }
        }
        for field in &mut fields {
            field.clean(quirks);
        }
        Self(fields)
    }

    /// Leaves one `Content-Length` or none: none for a stream, which has no length, and
    /// none where it is no length (RFC 9112 §6.3).
    pub(crate) fn settle_length(&mut self, status: u16, quirks: &mut BTreeSet<Quirk>) {
        let texts = self.values("Content-Length").flat_map(|value| value.split(|&b| b == b','));
        let lengths: Vec<_> = texts.map(length).collect();
        let Some(&first) = lengths.first() else {
            return;
        };
        let usable = first.filter(|_| lengths.iter().all(|&other| other == first));
        if usable.is_none() {
            quirks.insert(Quirk::HeadLengthImpossible);
        } else if self.is_stream(status) {
            quirks.insert(Quirk::HeadLengthMadeUp);
        }
        let mut kept = usable.filter(|_| !self.is_stream(status));
        self.0.retain_mut(|field| {
            if !field.is("Content-Length") {
                return true;
            }
            // The first stays.
            let length = kept.take();
            field.value = length.map(|length| length.to_string().into_bytes()).unwrap_or_default();
            length.is_some()
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends the fields as they should have been written.
    pub(crate) fn write(&self, head: &mut Vec<u8>) {
        for Field { name, value } in &self.0 {
            for piece in [name.as_slice(), b": ", value, b"\r\n"] {
                head.extend(piece);
            }
        }
    }

    fn is_stream(&self, status: u16) -> bool {
        let mut types = self.values("Content-Type").map(ContentType::parse);
        (200..300).contains(&status) && types.any(|content_type| content_type.is_multipart())
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter(move |field| field.is(name)).map(|field| field.value.as_slice())
    }
}

impl Field {
    /// `None` unless the name is a token (RFC 9110 §5.1).
    fn parse(line: &[u8], quirks: &mut BTreeSet<Quirk>) -> Option<Self> {
        let line = line.trim_ascii_start();
        let colon = memchr::memchr(b':', line)?;
        let name = line[..colon].trim_ascii_end();
        // Two hyphens are a delimiter, indented by who knows what: written at the start of a
        // line they would begin the body.
        if name.is_empty() || name.starts_with(b"--") || !name.iter().all(|&b| is_token(b)) {
            return None;
        }
        if name.len() < colon {
            quirks.insert(Quirk::HeadBlankBeforeColon);
        }
        Some(Self { name: name.to_vec(), value: line[colon + 1..].to_vec() })
    }

    /// Takes control characters and the blanks around the value out.
    fn clean(&mut self, quirks: &mut BTreeSet<Quirk>) {
        let length = self.value.len();
        self.value.retain(|b| *b == b'\t' || !b.is_ascii_control());
        if self.value.len() < length {
            quirks.insert(Quirk::HeadLineWithoutName);
        }
        self.value = self.value.trim_ascii().to_vec();
        let is_closed = self.is("Connection") && self.value.eq_ignore_ascii_case(b"closed");
        if is_closed || self.is("Connecton") {
            quirks.insert(Quirk::ConnectionOdd);
        }
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

fn length(text: &[u8]) -> Option<u64> {
    let text = text.trim_ascii();
    let digits = std::str::from_utf8(text).ok()?;
    let plain = text.iter().all(u8::is_ascii_digit);
    digits.parse().ok().filter(|&length| plain && length < ABSURD_LENGTH)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields of a 200 and the quirks in them.
    fn repair(lines: &str) -> (String, Vec<&'static str>) {
        let mut quirks = BTreeSet::new();
        let lines = lines.split('\n').filter(|line| !line.is_empty()).map(str::as_bytes);
        let mut fields = HeadFields::parse(lines, &mut quirks);
        fields.settle_length(200, &mut quirks);
        let mut head = Vec::new();
        fields.write(&mut head);
        let ids = quirks.into_iter().map(Quirk::id).collect();
        (String::from_utf8(head).unwrap().replace("\r\n", "\n"), ids)
    }

    #[test]
    fn lines_are_kept_repaired_or_left_out() {
        let rows: [(&str, &str, &[&str]); 19] = [
            ("Server: x\nDate:y\n", "Server: x\nDate: y\n", &[]),
            ("X:\n", "X: \n", &[]),
            ("Content-Type : image/jpeg\n", "Content-Type: image/jpeg\n", &["A11"]),
            ("no colon\nServer: x\n", "Server: x\n", &["A9"]),
            (": nameless\nServer: x\n", "Server: x\n", &["A9"]),
            ("two words: y\nServer: x\n", "Server: x\n", &["A9"]),
            ("Thu, 01 Jan 1970 00:00:00 GMT\nServer: x\n", "Server: x\n", &["A9"]),
            ("N\u{e4}me: y\nServer: x\n", "Server: x\n", &["A9"]),
            (
                "x-vnv686_response:\nlicence=1\nServer: x\n",
                "x-vnv686_response: \nServer: x\n",
                &["A9"],
            ),
            ("HTTP/1.1 200 OK\nServer: x\n", "Server: x\n", &["A8"]),
            ("Server: x\n y\n\t z\n", "Server: x y z\n", &["A9"]),
            ("no colon\n y: z\nServer: x\n", "Server: x\n", &["A9"]),
            (" Server: x\n", "Server: x\n", &[]),
            ("Server: x\u{0}\u{1}\u{7f}y\tz\r\n", "Server: xy\tz\n", &["A9"]),
            ("Connection: closed\n", "Connection: closed\n", &["A15"]),
            ("Connecton: close\n", "Connecton: close\n", &["A15"]),
            ("Connection: close\n", "Connection: close\n", &[]),
            ("Server: \u{fc}\u{20ac}\n", "Server: \u{fc}\u{20ac}\n", &[]),
            ("", "", &[]),
        ];
        for (lines, expected, ids) in rows {
            assert_eq!(repair(lines), (expected.into(), ids.to_vec()), "{lines:?}");
        }
    }

    #[test]
    fn a_length_is_one_plain_number_or_left_out() {
        let rows: [(&str, &str, &[&str]); 14] = [
            ("Content-Length: 5\n", "Content-Length: 5\n", &[]),
            ("Content-Length: 0\n", "Content-Length: 0\n", &[]),
            ("Content-Length: 5\ncontent-length: 5\n", "Content-Length: 5\n", &[]),
            ("Content-Length: 5, 5\n", "Content-Length: 5\n", &[]),
            ("Content-Length: -1\n", "", &["A5"]),
            ("Content-Length:\n", "", &["A5"]),
            ("Content-Length: none\n", "", &["A5"]),
            ("Content-Length: +5\n", "", &["A5"]),
            ("Content-Length: 99999999999999999999999\n", "", &["A5"]),
            ("Content-Length: 9999999999999999\n", "", &["A5"]),
            ("Content-Length: 5\nContent-Length: 6\n", "", &["A5"]),
            (
                "Content-Type: multipart/x-mixed-replace\nContent-Length: 9999999\n",
                "Content-Type: multipart/x-mixed-replace\n",
                &["A6"],
            ),
            (
                "Content-Length: -1\nContent-Type: text/plain\nContent-Type: Multipart/Mixed\n",
                "Content-Type: text/plain\nContent-Type: Multipart/Mixed\n",
                &["A5"],
            ),
            (
                "Content-Type: image/jpeg\nContent-Length: 27616\n",
                "Content-Type: image/jpeg\nContent-Length: 27616\n",
                &[],
            ),
        ];
        for (lines, expected, ids) in rows {
            assert_eq!(repair(lines), (expected.into(), ids.to_vec()), "{lines:?}");
        }
    }

    #[test]
    fn surplus_fields_are_left_out() {
        let (repaired, ids) = repair(&"X-Many: y\n".repeat(150));
        assert_eq!(repaired, "X-Many: y\n".repeat(MOST));
        assert_eq!(ids, ["A9"]);
    }
}
