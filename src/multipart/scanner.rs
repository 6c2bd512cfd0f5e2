//! What may stand between two parts: line ends, a delimiter, a head whose delimiter
//! is missing, a picture without any head, or bytes that mean nothing.

use memchr::{memchr, memmem};

use super::delimiter::{Delimiter, DelimiterMatch};
use super::head::{Head, is_text};
use super::nearest::nearest;
use crate::jpeg::SOI;
use crate::quirk::{Quirk, Quirks};

/// Longest line of text that is waited for, in bytes.
const LINE_LIMIT: usize = 64 * 1024;

/// A place between two parts.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    /// In the window.
    pub(super) position: usize,
    /// Bytes that the length of the last part still announces: in there, only a
    /// delimiter means something.
    pub(super) announced: usize,
    /// Off the track after a damaged picture: not every line with a colon is a head.
    pub(super) lost: bool,
    /// Not at the start of a line.
    pub(super) within_line: bool,
    /// What has been passed over on the way here.
    pub(super) passed: Passed,
}

/// What lay between the last part and this place; the evidence for quirks.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// What this place is behind.
    pub(super) last: Last,
    /// CR and LF bytes.
    pub(super) line_ends: usize,
    /// Bytes that mean nothing.
    pub(super) junk: bool,
    /// A closing delimiter.
    pub(super) closing: bool,
}

/// A part that has just ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Last {
    /// None, or nothing worth a thought.
    #[default]
    Other,
    /// A picture.
    Picture,
    /// A picture whose length had announced more bytes than it had.
    OverlongPicture,
}

impl Passed {
    /// What is odd about the way to a part that a delimiter opens, or nothing does.
    pub(super) fn judge(&self, delimited: bool, quirks: &mut Quirks) {
        if self.closing {
            quirks.note(Quirk::PartsBehindTheEnd);
        }
        match self.line_ends {
            0 if self.last != Last::Other && delimited && !self.junk => {
                quirks.note(Quirk::DelimiterGluedToPicture);
            }
            0..=2 => {}
            3 | 4 => quirks.note(Quirk::ManyBlankLines),
            _ => quirks.note(Quirk::KeepAliveLines),
        }
        match self.last {
            Last::Picture | Last::OverlongPicture if self.junk => {
                quirks.note(Quirk::JunkBehindPicture);
            }
            Last::OverlongPicture => quirks.note(Quirk::LengthTooLarge),
            _ => {}
        }
    }
}

/// What was found there, with its length in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// More bytes are needed to tell.
    More,
    /// A delimiter, or nothing: a head follows.
    Head(usize),
    /// A closing delimiter. Cameras send more parts behind it.
    Closed(usize),
    /// A picture starts here.
    Picture,
    /// A whole line of text, no field of a head.
    Text(usize),
    /// Nothing of use; behind it starts a line.
    Lines(usize),
    /// Nothing of use; the line goes on behind it.
    Piece(usize),
}

impl Scanner {
    /// What `rest`, the bytes from the position on, starts with.
    pub(super) fn scan(&self, rest: &[u8], delimiter: &mut Delimiter) -> Token {
        if self.within_line {
            return self.search(rest, 0, delimiter);
        }
        match rest {
            [] => Token::More,
            [b'-', ..] => match delimiter.read(rest) {
                DelimiterMatch::More => Token::More,
                DelimiterMatch::Opens { length } => Token::Head(length),
                DelimiterMatch::Closes { length } => Token::Closed(length),
                DelimiterMatch::No => self.search(rest, 1, delimiter),
            },
            _ if self.announced > 0 => self.search(rest, 1, delimiter),
            [0xFF] | [0xFF, 0xD8] => Token::More,
            [0xFF, 0xD8, 0xFF, ..] => Token::Picture,
            _ => self.line(rest, delimiter),
        }
    }

    /// Takes `count` bytes off the way.
    pub(super) fn skip(&mut self, count: usize) {
        self.position += count;
        self.announced = self.announced.saturating_sub(count);
    }

    fn line(&self, rest: &[u8], delimiter: &Delimiter) -> Token {
        let end = memchr(b'\n', &rest[..rest.len().min(LINE_LIMIT)]);
        let line = &rest[..end.map_or(rest.len(), |end| end + 1)];
        if !is_text(line) || rest.len() >= LINE_LIMIT && end.is_none() {
            return self.search(rest, 1, delimiter);
        }
        if end.is_none() {
            return Token::More;
        }
        let known = || line.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-"));
        if Head::is_field(line) && (!self.lost || known()) {
            return Token::Head(0);
        }
        Token::Text(line.len())
    }

    /// The next place, from byte `from` on, that is worth a look.
    fn search(&self, rest: &[u8], from: usize, delimiter: &Delimiter) -> Token {
        let tail = &rest[from.min(rest.len())..];
        let silent = self.announced.clamp(from, rest.len().max(from)) - from;
        let first = nearest(tail, |near| {
            let loud = near.get(silent..).unwrap_or_default();
            let soi = memmem::find(loud, &[SOI[0], SOI[1], 0xFF]).map(|at| silent + at);
            let line = memchr(b'\n', near).map(|at| at + 1);
            [soi, line, delimiter.find(near)].into_iter().flatten().min()
        });
        if let Some(at) = first {
            return Token::Lines(from + at);
        }
        // The start of what is looked for may stand at the end.
        let kept = delimiter.learned().map_or(0, <[u8]>::len).max(SOI.len() + 1) - 1;
        match rest.len().saturating_sub(kept) {
            0 => Token::More,
            count => Token::Piece(count),
        }
    }
}
