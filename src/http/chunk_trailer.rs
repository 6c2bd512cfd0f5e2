//! The fields behind the last chunk (RFC 9112 §7.1.2). Nobody needs them.

use super::chunk_size::LINE_LIMIT;

/// What was read of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trailer {
    length: usize,
    is_line_blank: bool,
}

impl Trailer {
    /// Behind the line of the last chunk.
    pub(super) fn new() -> Self {
        Self { length: 0, is_line_blank: true }
    }

    /// The trailer with `byte`; `None` if it ends there.
    pub(super) fn push(self, byte: u8) -> Option<Self> {
        let length = self.length + 1;
        match byte {
            b'\n' if self.is_line_blank => None,
            // Whatever this is, it is no trailer.
            _ if length > LINE_LIMIT => None,
            b'\n' => Some(Self { length, is_line_blank: true }),
            b'\r' => Some(Self { length, ..self }),
            _ => Some(Self { length, is_line_blank: false }),
        }
    }
}
