//! The `Content-Type` header field (RFC 9110 §8.3.1), read with a forgiving eye.

/// A media type and the one parameter that matters here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentType {
    /// `type/subtype`, in lower case; empty if the field was empty.
    pub essence: String,
    /// The `boundary` parameter without quotes, as the header writes it.
    pub boundary: Option<Vec<u8>>,
}

impl ContentType {
    /// Never fails: what cannot be understood is left out. Accepts blanks around
    /// `=`, missing closing quotes and parameters in any order.
    pub fn parse(value: &[u8]) -> Self {
        let end = value.iter().position(|&b| b == b';').unwrap_or(value.len());
        let essence = String::from_utf8_lossy(value[..end].trim_ascii()).to_ascii_lowercase();
        let boundary = parameter(&value[end..], b"boundary").filter(|b| !b.is_empty());
        Self { essence, boundary }
    }

    /// Any `multipart/*`: cameras misspell the subtype.
    pub fn is_multipart(&self) -> bool {
        self.essence.starts_with("multipart/")
    }

    /// `image/jpeg` under one of its names.
    pub fn is_jpeg(&self) -> bool {
        matches!(self.essence.as_str(), "image/jpeg" | "image/jpg" | "image/pjpeg" | "image/x-jpeg")
    }

    /// Text a person or a program can read: `text/*`, XML, JSON.
    pub fn is_text(&self) -> bool {
        self.essence.starts_with("text/")
            || self.essence.ends_with("xml")
            || self.essence.ends_with("json")
    }

    /// Says nothing about the content, so that the content has to say it.
    pub fn is_unspecific(&self) -> bool {
        matches!(self.essence.as_str(), "" | "application/octet-stream")
    }
}

/// The value of parameter `name` in `; a=b; c="d"`.
fn parameter(mut rest: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    loop {
        rest = rest.strip_prefix(b";")?.trim_ascii_start();
        let equals = rest.iter().position(|b| matches!(b, b'=' | b';'))?;
        let found = rest[..equals].trim_ascii_end();
        let Some(value) = rest[equals..].strip_prefix(b"=") else {
            rest = &rest[equals..];
            continue;
        };
        let (value, behind) = parameter_value(value.trim_ascii_start());
        if found.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = behind;
    }
}

/// A token up to `;`, or a quoted string (RFC 9110 §5.6.4), and what follows.
fn parameter_value(rest: &[u8]) -> (Vec<u8>, &[u8]) {
    let Some(quoted) = rest.strip_prefix(b"\"") else {
        let end = rest.iter().position(|&b| b == b';').unwrap_or(rest.len());
        return (rest[..end].trim_ascii().to_vec(), &rest[end..]);
    };
    let mut value = Vec::new();
    let mut bytes = quoted.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => value.extend(bytes.next()),
            _ => value.push(byte),
        }
    }
    let behind = bytes.as_slice();
    let end = behind.iter().position(|&b| b == b';').unwrap_or(behind.len());
    (value, &behind[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundary_is_found_as_cameras_write_it() {
        let rows: [(&str, &str, Option<&str>); 14] = [
            ("multipart/x-mixed-replace;boundary=b", "multipart/x-mixed-replace", Some("b")),
            ("multipart/x-mixed-replace; boundary=--b", "multipart/x-mixed-replace", Some("--b")),
            ("multipart/mixed; boundary=\"a b\"", "multipart/mixed", Some("a b")),
            ("multipart/mixed; boundary=\"a\\\"b\"; x=y", "multipart/mixed", Some("a\"b")),
            ("multipart/mixed; boundary=\"open", "multipart/mixed", Some("open")),
            ("Multipart/X-Mixed-Replace ; Boundary = b ", "multipart/x-mixed-replace", Some("b")),
            ("multipart/x-mixed-replace;boundary =--b", "multipart/x-mixed-replace", Some("--b")),
            (
                "multipart/x-mixed-replace; boundary=b; charset=utf-8",
                "multipart/x-mixed-replace",
                Some("b"),
            ),
            (
                "multipart/x-mixed-replace; charset=utf-8; boundary=b",
                "multipart/x-mixed-replace",
                Some("b"),
            ),
            ("multipart/x-mixed-replace;flag;boundary=b", "multipart/x-mixed-replace", Some("b")),
            (
                "multipart/x-mixed-replace; boundary=video boundary--",
                "multipart/x-mixed-replace",
                Some("video boundary--"),
            ),
            ("multipart/x-mixed-replace; boundary=", "multipart/x-mixed-replace", None),
            ("multipart/x-mixed-replace", "multipart/x-mixed-replace", None),
            ("", "", None),
        ];
        for (value, essence, boundary) in rows {
            let parsed = ContentType::parse(value.as_bytes());
            assert_eq!(parsed.essence, essence, "{value}");
            assert_eq!(parsed.boundary.as_deref(), boundary.map(str::as_bytes), "{value}");
        }
    }
}
