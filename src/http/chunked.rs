//! The chunked transfer coding (RFC 9112 §7.1), bytes to bytes.
//!
//! ```text
//!  First ──size──▶ Data(n) ──n bytes──▶ Size ──size──▶ Data(n)
//!    │                 ▲                 │  └──0──▶ Trailer ──blank line──▶ Done
//!    │                 │                 └──no size──▶ Lost ◀──no size──┐
//!    └──no size        └─────────size──── Found ◀──line end──┘          │
//!         └──▶ Raw                          └───────────────────────────┘
//! ```
//!
//! It never fails. An answer that does not begin with a size is not chunked, whatever
//! its head says, and ends with its length if one is told. Where a size is missing later on,
//! bytes pass as they are until one stands on a line of its own. A wrong guess there costs the
//! few bytes of that line, so one picture at most: the decoder behind looks for the next.

use std::collections::BTreeSet;

use super::chunk_size::{ParsedSize, SizeLine};
use super::chunk_trailer::Trailer;
use crate::quirk::Quirk;

/// Largest size that is believed of a line found in the middle of data.
const FOUND_LIMIT: u64 = 16 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChunkState {
    /// Nothing but, maybe, the start of a size line was read.
    First,
    /// A size line, or the line end before it.
    Size,
    Data(u64),
    /// No size where one should be.
    Lost,
    /// Lost, within what may be a line end and a size line.
    Found,
    /// Not chunked: so many bytes.
    Raw(u64),
    Trailer(Trailer),
    Done,
}

/// Takes the coding off, in pieces of any size.
#[derive(Debug)]
pub struct Chunked {
    state: ChunkState,
    size: SizeLine,
    /// The size line under way: data after all, if it turns out to be none.
    held: Vec<u8>,
    /// Data that waits for room in the output.
    owed: Vec<u8>,
    /// The size lines end in line feeds alone.
    is_lf_only: bool,
    /// The chunks end in a line end, so that the sizes stand on lines of their own; `None`
    /// before the second.
    has_own_lines: Option<bool>,
    /// Of the body, if it turns out not to be chunked.
    length: u64,
    quirks: BTreeSet<Quirk>,
}

/// What one call has done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Bytes of the input that are used up.
    pub consumed: usize,
    /// Bytes written to the output.
    pub produced: usize,
}

impl Default for Chunked {
    fn default() -> Self {
        Self::new()
    }
}

impl Chunked {
    /// Before the first byte of the body.
    pub fn new() -> Self {
        Self {
            state: ChunkState::First,
            size: SizeLine::new(),
            held: Vec::new(),
            owed: Vec::new(),
            is_lf_only: false,
            has_own_lines: None,
            length: u64::MAX,
            quirks: BTreeSet::new(),
        }
    }

    /// The same for an answer that tells a length as well, which holds if there are no chunks.
    pub(crate) fn or_length(length: Option<u64>) -> Self {
        Self { length: length.unwrap_or(u64::MAX), ..Self::new() }
    }

    /// The last chunk and its trailer have been read, and all data handed out.
    pub fn is_done(&self) -> bool {
        self.state == ChunkState::Done && self.owed.is_empty()
    }

    /// There is output to be had without further input.
    pub fn has_output(&self) -> bool {
        !self.owed.is_empty()
    }

    /// Bytes of input that come next and are output as they are.
    pub fn data_ahead(&self) -> usize {
        match self.state {
            _ if self.has_output() => 0,
            ChunkState::Data(left) | ChunkState::Raw(left) => {
                usize::try_from(left).unwrap_or(usize::MAX)
            }
            _ => 0,
        }
    }

    /// The caller has passed on `count` of these.
    pub fn passed(&mut self, count: usize) {
        let less = |left: u64| left.saturating_sub(count as u64);
        match self.state {
            ChunkState::Data(left) if less(left) == 0 => self.expect_size(),
            ChunkState::Data(left) => self.state = ChunkState::Data(less(left)),
            ChunkState::Raw(left) if less(left) == 0 => self.state = ChunkState::Done,
            ChunkState::Raw(left) => self.state = ChunkState::Raw(less(left)),
            _ => {}
        }
    }

    /// Decodes from `input` to `output` until one of them is used up.
    pub fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Decoded {
        let mut done = Decoded::default();
        loop {
            done.produced += self.pay(&mut output[done.produced..]);
            let (rest, room) = (&input[done.consumed..], &mut output[done.produced..]);
            let Some(&byte) = rest.first().filter(|_| !room.is_empty()) else {
                return done;
            };
            match self.state {
                ChunkState::Done => return done,
                ChunkState::Data(left) | ChunkState::Raw(left) => {
                    let wanted = usize::try_from(left).unwrap_or(usize::MAX);
                    let count = copy(&rest[..wanted.min(rest.len())], room);
                    done.add(count, count);
                    self.passed(count);
                }
                ChunkState::Lost => {
                    let end = memchr::memchr(self.line_end()[0], rest).unwrap_or(rest.len());
                    let count = copy(&rest[..end], room);
                    done.add(count, count);
                    if count == end && end < rest.len() {
                        self.size = SizeLine::without_blank_lines();
                        self.state = ChunkState::Found;
                    }
                }
                ChunkState::First | ChunkState::Size | ChunkState::Found => {
                    done.add(usize::from(self.size_byte(byte)), 0);
                }
                ChunkState::Trailer(trailer) => {
                    done.add(1, 0);
                    self.state = trailer.push(byte).map_or(ChunkState::Done, ChunkState::Trailer);
                }
            }
        }
    }

    /// The connection has ended.
    pub fn end(&mut self) {
        match self.state {
            ChunkState::Raw(_) | ChunkState::Trailer(_) | ChunkState::Done => return,
            // A start of a size line is none.
            ChunkState::First | ChunkState::Found => self.owed.append(&mut self.held),
            ChunkState::Size | ChunkState::Data(_) | ChunkState::Lost => {}
        }
        self.quirks.insert(Quirk::ChunkedCut);
    }

    /// What was odd since the last call.
    pub fn take_quirks(&mut self) -> Vec<Quirk> {
        std::mem::take(&mut self.quirks).into_iter().collect()
    }

    /// Moves what is owed to `output`.
    fn pay(&mut self, output: &mut [u8]) -> usize {
        let count = copy(&self.owed, output);
        self.owed.drain(..count);
        count
    }

    fn expect_size(&mut self) {
        self.size = SizeLine::new();
        self.state = ChunkState::Size;
    }

    /// Takes `byte` for a part of a size line; false if it is none.
    fn size_byte(&mut self, byte: u8) -> bool {
        match self.judge(byte) {
            ParsedSize::Not => {
                self.quirks.insert(Quirk::ChunksBroken);
                let held = self.held.len();
                self.owed.append(&mut self.held);
                if self.state == ChunkState::First {
                    self.state = ChunkState::Raw(self.length);
                    self.passed(held);
                } else {
                    self.state = ChunkState::Lost;
                }
                return false;
            }
            ParsedSize::Partial => self.held.push(byte),
            ParsedSize::Size(size) => {
                self.is_lf_only = self.held.last() != Some(&b'\r');
                if self.state == ChunkState::Size {
                    self.has_own_lines.get_or_insert(self.held.contains(&b'\n'));
                }
                self.held.clear();
                self.state = match size {
                    0 => ChunkState::Trailer(Trailer::new()),
                    size => ChunkState::Data(size),
                };
            }
        }
        true
    }

    /// A size line has to look like the others before where it is only found, and to stand
    /// on a line of its own if they do: digits where a line end should be are data.
    fn judge(&mut self, byte: u8) -> ParsedSize {
        if self.state != ChunkState::Found {
            let may_follow = byte.is_ascii_whitespace() || self.held.contains(&b'\n');
            return match self.has_own_lines {
                Some(true) if !may_follow => ParsedSize::Not,
                _ => self.size.push(byte),
            };
        }
        let line_end = self.line_end();
        if let Some(&expected) = line_end.get(self.held.len()) {
            return if byte == expected { ParsedSize::Partial } else { ParsedSize::Not };
        }
        match self.size.push(byte) {
            ParsedSize::Size(size) => {
                let ends_alike = self.is_lf_only || self.held.last() == Some(&b'\r');
                if size <= FOUND_LIMIT && ends_alike {
                    ParsedSize::Size(size)
                } else {
                    ParsedSize::Not
                }
            }
            other => other,
        }
    }

    fn line_end(&self) -> &'static [u8] {
        if self.is_lf_only { b"\n" } else { b"\r\n" }
    }
}

impl Decoded {
    fn add(&mut self, consumed: usize, produced: usize) {
        self.consumed += consumed;
        self.produced += produced;
    }
}

/// Copies as much as there is room for.
fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let count = from.len().min(to.len());
    to[..count].copy_from_slice(&from[..count]);
    count
}

#[cfg(test)]
mod tests {
    use super::super::chunk_size::LINE_LIMIT;
    use super::*;

    /// The text behind the coding, fed in pieces of `cut` bytes into `room` bytes,
    /// whether the last chunk was seen, and what was odd.
    fn decode(input: &[u8], cut: usize, room: usize) -> (String, bool, Vec<&'static str>) {
        let mut chunked = Chunked::new();
        let mut text = Vec::new();
        for piece in input.chunks(cut).chain([&[][..]]) {
            let mut rest = piece;
            if rest.is_empty() {
                chunked.end();
            }
            while !chunked.is_done() && (!rest.is_empty() || chunked.has_output()) {
                let mut output = vec![0; room];
                let done = chunked.decode(rest, &mut output);
                assert!(done.consumed + done.produced > 0, "no progress");
                text.extend(&output[..done.produced]);
                rest = &rest[done.consumed..];
            }
        }
        let ids = chunked.take_quirks().into_iter().map(Quirk::id).collect();
        (String::from_utf8(text).unwrap(), chunked.is_done(), ids)
    }

    fn check(rows: &[(&str, &str, bool, &[&str])]) {
        for &(input, expected, done, ids) in rows {
            for cut in 1..=input.len().max(1) {
                for room in [1, 3, 100] {
                    let found = decode(input.as_bytes(), cut, room);
                    assert_eq!(
                        found,
                        (expected.into(), done, ids.to_vec()),
                        "{input:?} {cut} {room}"
                    );
                }
            }
        }
    }

    #[test]
    fn chunks_are_joined_however_they_are_cut() {
        check(&[
            ("5\r\nhello\r\n0\r\n\r\n", "hello", true, &[]),
            ("5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nX: y\r\n\r\n", "hello world", true, &[]),
            ("A  \r\n0123456789\r\n", "0123456789", false, &["A4"]),
            ("a\n0123456789\n1\nx\n0\n\n", "0123456789x", true, &[]),
            ("0\r\n\r\n", "", true, &[]),
            ("", "", false, &["A4"]),
        ]);
    }

    #[test]
    fn odd_size_lines_are_understood() {
        check(&[
            ("0x5\r\nhello\r\n0\r\n\r\n", "hello", true, &[]),
            ("\r\n5\r\nhello\r\n\r\n\r\n1\r\n!\r\n0\r\n\r\n", "hello!", true, &[]),
            ("5\r\nhello6\r\n world0\r\n\r\n", "hello world", true, &[]),
            ("5\r\r\nhello\r\r\n0\r\r\n\r\r\n", "hello", true, &[]),
            ("5\r\nhello\n1\n!\r\n0\n\r\n", "hello!", true, &[]),
        ]);
    }

    #[test]
    fn an_end_within_is_an_end_that_is_noted() {
        check(&[
            ("5\r\nhel", "hel", false, &["A4"]),
            ("5\r\nhello\r\n", "hello", false, &["A4"]),
            ("5\r\nhello\r\n1", "hello", false, &["A4"]),
            ("5\r\nhello\r\n0\r\n", "hello", false, &[]),
            ("5\r\nhello\r\n0\r\n\r\n5\r\nagain", "hello", true, &[]),
        ]);
    }

    #[test]
    fn a_body_that_is_not_chunked_passes_whole() {
        check(&[
            (
                "--b\r\nContent-Type: x\r\n\r\n5\r\n0\r\n\r\n",
                "--b\r\nContent-Type: x\r\n\r\n5\r\n0\r\n\r\n",
                false,
                &["A3"],
            ),
            ("\r\n--b\r\n", "\r\n--b\r\n", false, &["A3"]),
            ("Content-Type: x\r\n", "Content-Type: x\r\n", false, &["A3"]),
            ("hello\r\n", "hello\r\n", false, &["A3"]),
            ("-5\r\n", "-5\r\n", false, &["A3"]),
            ("11111111111111111\r\n", "11111111111111111\r\n", false, &["A3"]),
            ("ad", "ad", false, &["A4"]),
        ]);
    }

    #[test]
    fn after_a_broken_size_line_the_next_one_is_found() {
        check(&[
            // The line itself is data as far as anybody knows.
            ("3\r\nabc\r\n?\r\nxyz\r\n3\r\ndef\r\n0\r\n\r\n", "abc\r\n?\r\nxyzdef", true, &["A3"]),
            // Chunks longer and shorter than they say.
            ("3\r\nabcxyz\r\n3\r\ndef\r\n0\r\n\r\n", "abcxyzdef", true, &["A3"]),
            ("9\r\nabc\r\n3\r\nd?f\r\n3\r\nghi\r\n0\r\n\r\n", "abc\r\n3\r\nd?fghi", true, &["A3"]),
            ("3\nabcxyz\n3\ndef\n0\n\n", "abcxyzdef", true, &["A3"]),
            // Digits and a line end within data are no size line.
            (
                "3\r\nabc\r\n3\r\ndef123456\r\nxyz\r\n3\r\nghi\r\n0\r\n\r\n",
                "abcdef123456\r\nxyzghi",
                true,
                &["A3"],
            ),
            // The blank line before is data, the line end is not.
            ("3\r\nabcX: y\r\n\r\n\r\n1\r\nz\r\n0\r\n\r\n", "abcX: y\r\n\r\nz", true, &["A3"]),
            // No size of a chunk, or not on a line like the others.
            ("3\r\nabcxyz\r\nfffffff\r\ndef", "abcxyz\r\nfffffff\r\ndef", false, &["A3", "A4"]),
            ("3\r\nabcxyz\n3\ndef", "abcxyz\n3\ndef", false, &["A3", "A4"]),
            ("3\r\nabcxyz\r\n3", "abcxyz\r\n3", false, &["A3", "A4"]),
        ]);
    }

    #[test]
    fn a_trailer_has_an_end() {
        let input = format!("1\r\nx\r\n0\r\n{}", "data".repeat(LINE_LIMIT));
        assert_eq!(decode(input.as_bytes(), 1000, 10), ("x".into(), true, vec![]));
    }
}
