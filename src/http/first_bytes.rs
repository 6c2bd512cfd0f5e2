//! How an answer begins, or a line of it.

/// How an answer may begin, whatever the case of its letters.
const OPENINGS: [(&[u8], FirstBytes); 5] = [
    (b"HTTP/", FirstBytes::Head),
    (b"ICY ", FirstBytes::Head),
    (b"--", FirstBytes::Body),
    (b"\xFF\xD8", FirstBytes::Body),
    // The head of a part whose delimiter is missing too.
    (b"Content-", FirstBytes::Body),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstBytes {
    /// More bytes tell.
    Undecided,
    /// A status line.
    Head,
    /// A body without a head before it.
    Body,
    /// No HTTP.
    Foreign,
}

impl FirstBytes {
    /// What `bytes`, the first of an answer or of a line, begin.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut found = FirstBytes::Foreign;
        for (start, opening) in OPENINGS {
            let common = start.len().min(bytes.len());
            if bytes[..common].eq_ignore_ascii_case(&start[..common]) {
                if common == start.len() {
                    return opening;
                }
                found = FirstBytes::Undecided;
            }
        }
        found
    }
}
