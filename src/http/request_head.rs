//! The head of a request, letter by letter as it goes out (RFC 9112 §3).
//!
//! Old cameras compare the names of fields letter by letter, want `Host` first, and get
//! their realm back in the character set it came in; a proxy wants the whole address in
//! the request line.

use std::fmt;

use super::redaction::MASK;

/// A request line and fields, in their order. `Debug` does not show them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RequestHead(Vec<u8>);

impl RequestHead {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self(format!("{method} {target} HTTP/1.1\r\n").into_bytes())
    }

    /// Adds a field. What would end its line is left out: values come from cameras too.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.0.extend(name.as_bytes());
        self.0.extend(b": ");
        self.0.extend(value.as_ref().iter().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)));
        self.0.extend(b"\r\n");
        self
    }

    /// The whole head, its blank line included.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.0.extend(b"\r\n");
        self.0
    }
}

impl fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestHead({MASK})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_begin_another_field() {
        let head = RequestHead::new("GET", "/").with("A", "b\r\nC: d\0").with("E", [0xE9, b'\t']);
        assert_eq!(head.finish(), b"GET / HTTP/1.1\r\nA: bC: d\r\nE: \xE9\t\r\n\r\n");
    }

    #[test]
    fn nobody_sees_it() {
        let head = RequestHead::new("GET", "/?pwd=hidden").with("Cookie", "hidden");
        assert!(!format!("{head:?}").contains("hidden"));
    }
}
