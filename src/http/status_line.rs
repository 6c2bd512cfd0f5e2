//! The first line of an answer (RFC 9112 §4), read with a forgiving eye.

use crate::quirk::Quirk;

/// What a status line says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StatusLine {
    /// Three digits; whether it is one of HTTP's is for others to judge.
    pub(crate) status: u16,
    /// How it should have been written, without a line end.
    pub(crate) written: Vec<u8>,
    /// What is wrong with it.
    pub(crate) quirk: Option<Quirk>,
}

impl StatusLine {
    /// Accepts any version, any number of blanks and no reason; `None` if `line`, which
    /// comes without its end, is no status line at all.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let end = line.iter().position(|&b| is_blank(b))?;
        let (protocol, rest) = line.split_at(end);
        let icy = protocol.eq_ignore_ascii_case(b"ICY");
        let version = if icy { "1.0" } else { version(protocol)? };

        let (digits, reason) = rest.trim_ascii_start().split_at_checked(3)?;
        if !digits.iter().all(u8::is_ascii_digit) || reason.first().is_some_and(u8::is_ascii_digit)
        {
            return None;
        }
        let status = digits.iter().fold(0, |status, digit| status * 10 + u16::from(digit - b'0'));

        let mut written = format!("HTTP/{version} {status:03} ").into_bytes();
        let is_text = |b: &&u8| is_blank(**b) || !b.is_ascii_control();
        let reason: Vec<u8> = reason.iter().filter(is_text).copied().collect();
        written.extend(reason.trim_ascii_start());

        let odd = if icy { Quirk::Icy } else { Quirk::StatusLineOdd };
        let quirk = (written != line).then_some(odd);
        Some(Self { status, written, quirk })
    }
}

/// The version to go by: `HTTP/1` and before is 1.0, whatever comes later is 1.1, as no
/// other can answer a request of that version (RFC 9110 §6.2).
fn version(protocol: &[u8]) -> Option<&'static str> {
    let (name, number) = protocol.split_at_checked(5)?;
    if !name.eq_ignore_ascii_case(b"HTTP/") {
        return None;
    }
    let (major, minor) = match number.iter().position(|&b| b == b'.') {
        Some(dot) => (&number[..dot], &number[dot + 1..]),
        None => (number, &b"0"[..]),
    };
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if !is_number(major) || !is_number(minor) {
        return None;
    }
    let is_zero = |text: &[u8]| text.iter().all(|&b| b == b'0');
    let is_old = is_zero(major) || (major == b"1" && is_zero(minor));
    Some(if is_old { "1.0" } else { "1.1" })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_line_is_understood_however_it_is_spelt() {
        use Quirk::{Icy, StatusLineOdd};
        for (line, written, quirk) in [
            ("HTTP/1.1 200 OK", "HTTP/1.1 200 OK", None),
            ("HTTP/1.0 404 Not Found", "HTTP/1.0 404 Not Found", None),
            ("HTTP/1.0 200 ", "HTTP/1.0 200 ", None),
            ("HTTP/1.0 200", "HTTP/1.0 200 ", Some(StatusLineOdd)),
            ("HTTP/1.0  200 OK", "HTTP/1.0 200 OK", Some(StatusLineOdd)),
            ("HTTP/1.0\t200  OK", "HTTP/1.0 200 OK", Some(StatusLineOdd)),
            ("HTTP/1.0 200OK", "HTTP/1.0 200 OK", Some(StatusLineOdd)),
            ("HTTP/1.1 200 O\0K\r", "HTTP/1.1 200 OK", Some(StatusLineOdd)),
            ("http/1.1 200 ok", "HTTP/1.1 200 ok", Some(StatusLineOdd)),
            ("HTTP/0.9 200 OK", "HTTP/1.0 200 OK", Some(StatusLineOdd)),
            ("HTTP/1 200 OK", "HTTP/1.0 200 OK", Some(StatusLineOdd)),
            ("HTTP/1.2 200 OK", "HTTP/1.1 200 OK", Some(StatusLineOdd)),
            ("HTTP/2.0 200 OK", "HTTP/1.1 200 OK", Some(StatusLineOdd)),
            ("HTTP/1.1 099 Odd", "HTTP/1.1 099 Odd", None),
            ("ICY 200 OK", "HTTP/1.0 200 OK", Some(Icy)),
        ] {
            let parsed = StatusLine::parse(line.as_bytes()).unwrap();
            assert_eq!(parsed.written, written.as_bytes(), "{line}");
            assert_eq!(parsed.quirk, quirk, "{line}");
            let again = StatusLine::parse(&parsed.written).unwrap();
            assert_eq!((again.written, again.quirk), (parsed.written, None), "{line}");
        }
    }

    #[test]
    fn what_is_no_status_line_stays_none() {
        for line in [
            "",
            "HTTP/1.1",
            "HTTP/1.1 ",
            "HTTP/1.1 20",
            "HTTP/1.1 2000 OK",
            "HTTP/1.1 OK",
            "HTTP/ 200 OK",
            "HTTP/x.1 200 OK",
            "HTTP/1. 200 OK",
            "RTSP/1.0 200 OK",
            "SSH-2.0-OpenSSH",
            "Server: HTTP/1.1 200 OK",
        ] {
            assert_eq!(StatusLine::parse(line.as_bytes()), None, "{line}");
        }
    }
}
