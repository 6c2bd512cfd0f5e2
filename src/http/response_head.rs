//! The head of an answer, as values.

use ureq::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::head_repair::Repaired;
use super::status_line::StatusLine;
use crate::quirk::Quirk;

/// Status line and fields, repaired.
#[derive(Debug, Clone)]
pub(crate) struct ResponseHead {
    /// From 100 to 999 (RFC 9110 §15).
    pub(crate) status: u16,
    /// The camera's own words; may be empty.
    pub(crate) reason: String,
    pub(crate) headers: HeaderMap,
    /// What had to be repaired.
    pub(crate) quirks: Vec<Quirk>,
    is_http_1_0: bool,
}

impl ResponseHead {
    /// `None` if there is no status.
    pub(crate) fn read(repaired: &Repaired) -> Option<Self> {
        let mut lines = repaired.head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end);
        let first = lines.next()?;
        let status = StatusLine::parse(first)?.status;
        if status < 100 {
            return None;
        }
        let reason = first.splitn(3, |&byte| byte == b' ').nth(2).unwrap_or_default();
        let mut headers = HeaderMap::new();
        for line in lines {
            let Some(colon) = memchr::memchr(b':', line) else { continue };
            let name = HeaderName::from_bytes(&line[..colon]);
            let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.append(name, value);
            }
        }
        Some(Self {
            status,
            reason: String::from_utf8_lossy(reason).into_owned(),
            headers,
            quirks: repaired.quirks.iter().copied().collect(),
            is_http_1_0: first.starts_with(b"HTTP/1.0"),
        })
    }

    /// The length of the body in bytes, if it is told (RFC 9112 §6.3).
    pub(crate) fn content_length(&self) -> Option<u64> {
        let value = self.headers.get(header::CONTENT_LENGTH)?;
        value.to_str().ok()?.trim().parse().ok()
    }

    /// May the connection serve another request behind this answer (RFC 9112 §9.3)?
    pub(crate) fn keeps_connection(&self) -> bool {
        if self.is_http_1_0 {
            self.says_to_connection("keep-alive")
        } else {
            !self.says_to_connection("close") && !self.says_to_connection("closed")
        }
    }

    /// Does it say that it keeps the connection, even where it was asked to close it?
    pub(crate) fn insists_on_connection(&self) -> bool {
        self.keeps_connection() && self.says_to_connection("keep-alive")
    }

    fn says_to_connection(&self, word: &str) -> bool {
        list(&self.headers, &header::CONNECTION)
            .any(|other| other.eq_ignore_ascii_case(word.as_bytes()))
    }

    pub(crate) fn is_chunked(&self) -> bool {
        list(&self.headers, &header::TRANSFER_ENCODING)
            .any(|coding| coding.eq_ignore_ascii_case(b"chunked"))
    }
}

/// All that a field lists, line by line (RFC 9110 §5.6.1).
pub(crate) fn list<'a>(
    headers: &'a HeaderMap,
    field: &HeaderName,
) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.get_all(field).iter();
    lines.flat_map(|value| value.as_bytes().split(|&b| b == b',')).map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn read(head: &str) -> Option<ResponseHead> {
        let head = head.as_bytes().to_vec();
        ResponseHead::read(&Repaired { consumed: 0, head, quirks: BTreeSet::new() })
    }

    #[test]
    fn a_head_is_read_into_values() {
        let head = read("HTTP/1.1 599 Too many users\r\nA: b\r\na: c:d \r\n\r\n").unwrap();
        assert_eq!((head.status, head.reason.as_str()), (599, "Too many users"));
        let values: Vec<_> = head.headers.get_all("A").iter().collect();
        assert_eq!(values, ["b", "c:d"]);
        assert_eq!(read("HTTP/1.0 600 \r\n\r\n").unwrap().reason, "");
    }

    #[test]
    fn a_connection_is_kept_where_both_sides_mean_to() {
        for (head, keeps, insists) in [
            ("HTTP/1.1 200 OK\r\n\r\n", true, false),
            ("HTTP/1.1 200 OK\r\nConnection: x, Close\r\n\r\n", false, false),
            ("HTTP/1.1 200 OK\r\nConnection: closed\r\n\r\n", false, false),
            ("HTTP/1.1 200 OK\r\nConnection: keep-alive, close\r\n\r\n", false, false),
            ("HTTP/1.1 200 OK\r\nConnection: x, keep-alive\r\n\r\n", true, true),
            ("HTTP/1.0 200 OK\r\n\r\n", false, false),
            ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n", true, true),
        ] {
            let head = read(head).unwrap();
            let found = (head.keeps_connection(), head.insists_on_connection());
            assert_eq!(found, (keeps, insists), "{head:?}");
        }
    }
}
