//! The delimiter line between parts (RFC 2046 §5.1.1).
//!
//! What the header calls the boundary is only a hint: cameras announce it with or
//! without the two dashes, announce another one, or none. The delimiter is learned
//! as the body writes it, dashes included, and is settled once a part's head has
//! followed it. Another delimiter has to come twice in a row to take its place.

use memchr::memmem;

use super::head::{Head, is_text};
use crate::quirk::{Quirk, Quirks};

/// Longest delimiter line, in bytes (RFC 2046 allows 70 and the dashes).
pub(super) const LONGEST: usize = 256;

/// What stands at a place where a delimiter may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelimiterMatch {
    /// More bytes are needed to tell.
    More,
    /// A delimiter of `length` bytes, its line end included; a part's head follows.
    Opens {
        /// Bytes up to the head.
        length: usize,
    },
    /// The closing delimiter, `length` bytes with its two dashes.
    Closes {
        /// Bytes up to the epilogue.
        length: usize,
    },
    /// Something else.
    No,
}

/// See the [module](self).
#[derive(Debug, Clone, Default)]
pub struct Delimiter {
    hint: Vec<u8>,
    learned: Option<memmem::Finder<'static>>,
    /// Read last, not yet followed by a head.
    candidate: Vec<u8>,
    /// Another one than `learned`, followed by a head once.
    rival: Vec<u8>,
}

impl Delimiter {
    /// `hint` is the boundary parameter of the header, with or without dashes.
    pub fn new(hint: Option<&[u8]>) -> Self {
        Self { hint: hint.unwrap_or_default().to_vec(), ..Self::default() }
    }

    /// Reads a line that starts with `rest`.
    pub fn read(&mut self, rest: &[u8]) -> DelimiterMatch {
        if let Some(found) = self.read_learned(rest) {
            return found;
        }
        if !b"--".starts_with(&rest[..rest.len().min(2)]) {
            return DelimiterMatch::No;
        }
        let line = match memchr::memchr(b'\n', &rest[..rest.len().min(LONGEST)]) {
            Some(end) => &rest[..=end],
            None if rest.len() < LONGEST => return DelimiterMatch::More,
            None => return DelimiterMatch::No,
        };
        let text = line.trim_ascii_end();
        if !is_text(line) || strip_dashes(text).is_empty() {
            return DelimiterMatch::No;
        }
        if Some(text) == self.closing().as_deref() {
            return DelimiterMatch::Closes { length: text.len() };
        }
        let length = self.end_within(text);
        self.candidate = text[..length].to_vec();
        if length < text.len() {
            return DelimiterMatch::Opens { length };
        }
        DelimiterMatch::Opens { length: line.len() }
    }

    /// A head has followed the delimiter read last.
    pub fn settle(&mut self, quirks: &mut Quirks) {
        let candidate = std::mem::take(&mut self.candidate);
        if candidate.is_empty() {
            return;
        }
        match self.learned() {
            Some(learned) if learned == candidate => self.rival.clear(),
            Some(_) if self.rival != candidate => self.rival = candidate,
            Some(_) => {
                quirks.note(Quirk::BoundaryChanged);
                self.learn(&candidate);
            }
            None => {
                self.compare_with_hint(&candidate, quirks);
                self.learn(&candidate);
            }
        }
    }

    fn learn(&mut self, delimiter: &[u8]) {
        self.learned = Some(memmem::Finder::new(delimiter).into_owned());
    }

    fn compare_with_hint(&self, delimiter: &[u8], quirks: &mut Quirks) {
        if self.hint.is_empty() {
            quirks.note(Quirk::NoBoundary);
        } else if strip_dashes(delimiter) != strip_dashes(&self.hint) {
            quirks.note(Quirk::OtherBoundary);
        } else if delimiter == self.hint {
            quirks.note(Quirk::BoundaryWithDashes);
        }
        if delimiter.ends_with(b"--") {
            quirks.note(Quirk::DelimiterLooksClosing);
        }
    }

    /// The first place of `data` where the delimiter stands, line start or not.
    pub fn find(&self, data: &[u8]) -> Option<usize> {
        self.learned.as_ref()?.find(data)
    }

    /// Could more bytes show that the delimiter begins at `latest` or before?
    pub fn may_begin(&self, data: &[u8], latest: usize) -> bool {
        self.learned().is_some_and(|learned| {
            let first = (data.len() + 1).saturating_sub(learned.len());
            let mut begins = (first..=latest).map(|at| data.get(at..));
            begins.any(|tail| tail.is_none_or(|tail| learned.starts_with(tail)))
        })
    }

    /// The delimiter as the body writes it, once that is known.
    pub fn learned(&self) -> Option<&[u8]> {
        self.learned.as_ref().map(memmem::Finder::needle)
    }

    /// The common case without a look at the line's end further on than needed.
    /// `None` where the line is not the learned delimiter.
    fn read_learned(&mut self, rest: &[u8]) -> Option<DelimiterMatch> {
        let learned = self.learned()?;
        let Some(behind) = rest.strip_prefix(learned) else {
            return learned.starts_with(rest).then_some(DelimiterMatch::More);
        };
        let length = learned.len();
        let found = match behind {
            [] | [b'\r' | b'-'] => DelimiterMatch::More,
            [b'\n', ..] => DelimiterMatch::Opens { length: length + 1 },
            [b'\r', b'\n', ..] => DelimiterMatch::Opens { length: length + 2 },
            [b'-', b'-', ..] => DelimiterMatch::Closes { length: length + 2 },
            _ => return None,
        };
        if matches!(found, DelimiterMatch::Opens { .. }) {
            self.candidate.clear();
            self.rival.clear();
        }
        Some(found)
    }

    fn closing(&self) -> Option<Vec<u8>> {
        Some([self.learned()?, b"--"].concat())
    }

    /// Where the delimiter ends in its line: some cameras glue the first header field
    /// to it.
    fn end_within(&self, text: &[u8]) -> usize {
        let lower = text.to_ascii_lowercase();
        if let Some(at) = memmem::find(&lower, b"content-")
            && at > 2
            && Head::is_field(&text[at..])
        {
            return at;
        }
        let known = self.learned().filter(|known| text.starts_with(known));
        let announced = || {
            let dashes = text.len() - strip_dashes(text).len();
            let hint = strip_dashes(&self.hint);
            let hinted = !hint.is_empty() && text[dashes..].starts_with(hint);
            hinted.then_some(dashes + hint.len())
        };
        let end = known.map(<[u8]>::len).or_else(announced);
        end.filter(|&end| Head::is_field(&text[end..])).unwrap_or(text.len())
    }
}

fn strip_dashes(boundary: &[u8]) -> &[u8] {
    let dashes = boundary.iter().take_while(|&&b| b == b'-').count();
    &boundary[dashes..]
}
