//! Repairs the head of an answer before a strict parser reads it, bytes to bytes.
//!
//! ```text
//!            ┌──────────── interim answer (1xx) ◀─────────────┐
//!            ▼                                                │
//!  ──▶ Beginning ──status line──▶ Lines ──blank line, or the body begins──▶ Done
//!        │  │                       ▲  └──a status line and nothing else──▶ Behind ──▶ Done
//!        │  └─ `--`, FF D8 …        └──────────another status line────────────┘
//!        │        └─▶ Done, with a head of our own
//!        └─ anything else ──▶ Foreign
//! ```
//!
//! This file finds the lines. `first_bytes` tells what they begin, `repaired_head` writes
//! the head anew; `status_line` repairs its first line, `head_fields` the others.

use super::first_bytes::FirstBytes;
pub use super::repaired_head::Repaired;
use super::repaired_head::{Summary, repair, without_cr, without_lf};
use super::status_line::StatusLine;
use crate::quirk::Quirk;

/// Longest head, with everything before it, in bytes.
pub const HEAD_LIMIT: usize = 64 * 1024;
/// The head of an answer that has none.
const OWN_HEAD: &[u8] = b"HTTP/1.0 200 OK\r\n\r\n";

/// Finds the head of one answer and repairs it.
#[derive(Debug)]
pub struct HeadRepair {
    state: RepairState,
    /// Where the head begins: behind blank lines and interim answers.
    start: usize,
    /// Where the line under way begins.
    line: usize,
    /// No line end between `line` and here.
    searched: usize,
    /// A head that was nothing but a status line, and where it ended.
    bare: Option<(Repaired, usize)>,
    /// Behind such a head another one may follow.
    may_be_twice: bool,
}

/// What is known so far.
#[derive(Debug, PartialEq, Eq)]
pub enum Repair {
    /// The head goes on behind these bytes.
    More,
    /// The head is complete.
    Done(Repaired),
    /// This is no HTTP. It is best left as it is, for the parser to say so.
    Foreign,
    /// The head is longer than [`HEAD_LIMIT`].
    TooLong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RepairState {
    Beginning,
    Lines,
    Behind,
}

/// What the next line is.
enum NextLine {
    /// Not all of it is here.
    Partial,
    Text,
    /// The blank line that ends the head.
    Blank,
    /// No line of a head any more.
    Body,
    TooLong,
}

impl Default for HeadRepair {
    fn default() -> Self {
        Self::new()
    }
}

impl HeadRepair {
    /// Before the first byte of an answer.
    pub fn new() -> Self {
        let state = RepairState::Beginning;
        Self { state, start: 0, line: 0, searched: 0, bare: None, may_be_twice: true }
    }

    /// The same for the answer to `CONNECT`, behind which the other side is silent until it
    /// is spoken to.
    pub fn of_a_tunnel() -> Self {
        Self { may_be_twice: false, ..Self::new() }
    }

    /// Looks at `answer`: what was there at the last call, and more. How often it is
    /// called, and so how the answer is cut, makes no difference.
    pub fn feed(&mut self, answer: &[u8]) -> Repair {
        loop {
            let result = match self.state {
                RepairState::Beginning => self.open(answer),
                RepairState::Lines => self.read_line(answer),
                RepairState::Behind => self.look_behind(answer),
            };
            if let Some(result) = result {
                return result;
            }
        }
    }

    /// The connection has ended with `answer`. What there is of a refusal is enough to
    /// tell it; a head without its end that promises pictures is not.
    pub fn end(&mut self, answer: &[u8]) -> Option<Repaired> {
        if let Some((bare, _)) = self.bare.take() {
            return Some(bare);
        }
        let lines = answer.get(self.start..).filter(|_| self.state == RepairState::Lines)?;
        let first = lines.split(|&b| b == b'\n').next().map(without_cr)?;
        let is_refusal = StatusLine::parse(first).is_some_and(|line| line.status >= 300);
        (is_refusal && lines.ends_with(b"\n")).then(|| repair(lines, answer.len()).0)
    }

    fn open(&mut self, answer: &[u8]) -> Option<Repair> {
        let rest = &answer[self.start..];
        // RFC 9112 §2.2.
        let blank = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.start += blank;
        if self.start > HEAD_LIMIT {
            return Some(Repair::TooLong);
        }
        match FirstBytes::of(&rest[blank..]) {
            FirstBytes::Undecided => Some(Repair::More),
            FirstBytes::Foreign => Some(Repair::Foreign),
            FirstBytes::Body => Some(Repair::Done(Repaired {
                consumed: self.start,
                head: OWN_HEAD.to_vec(),
                quirks: [Quirk::NoHead].into(),
            })),
            FirstBytes::Head => {
                self.begin(self.start);
                None
            }
        }
    }

    fn begin(&mut self, start: usize) {
        self.start = start;
        self.line = start;
        self.searched = start;
        self.state = RepairState::Lines;
    }

    fn read_line(&mut self, answer: &[u8]) -> Option<Repair> {
        let line = self.line;
        match self.next_line(answer) {
            NextLine::Partial => Some(Repair::More),
            NextLine::TooLong => Some(Repair::TooLong),
            NextLine::Text if line == self.start => {
                StatusLine::parse(without_cr(without_lf(&answer[line..self.line]))).is_none().then(
                    || self.bare.take().map_or(Repair::Foreign, |(bare, _)| Repair::Done(bare)),
                )
            }
            NextLine::Text => None,
            NextLine::Blank | NextLine::Body => self.complete(answer),
        }
    }

    /// Moves `self.line` behind the next line, unless it is none of the head.
    fn next_line(&mut self, answer: &[u8]) -> NextLine {
        let rest = &answer[self.line..];
        if self.line > self.start {
            match FirstBytes::of(rest) {
                // A picture need not hold a line end for long.
                FirstBytes::Body if matches!(rest, [b'-' | 0xFF, ..]) => return NextLine::Body,
                FirstBytes::Undecided if matches!(rest, [b'-' | 0xFF]) => return NextLine::Partial,
                _ => {}
            }
        }
        let end = memchr::memchr(b'\n', &answer[self.searched..]).map(|at| self.searched + at + 1);
        self.searched = end.unwrap_or(answer.len());
        if self.searched > HEAD_LIMIT {
            return NextLine::TooLong;
        }
        let Some(end) = end else {
            return NextLine::Partial;
        };
        let line = without_cr(without_lf(&answer[self.line..end]));
        self.line = end;
        if line.is_empty() { NextLine::Blank } else { NextLine::Text }
    }

    /// The head ends at `self.line`.
    fn complete(&mut self, answer: &[u8]) -> Option<Repair> {
        let (mut repaired, summary) = repair(&answer[self.start..self.line], self.line);
        if self.bare.take().is_some() {
            repaired.quirks.insert(Quirk::StatusLineTwice);
        }
        match summary {
            // RFC 9110 §15.2; 101 answers an Upgrade that was not sent; the caller refuses it.
            Summary { status: 100 | 102..200, .. } => {
                self.start = self.line;
                self.state = RepairState::Beginning;
                None
            }
            // A script behind a server wrote a head of its own, and the server one more.
            // Only a body can follow, so looking at its start takes no longer; behind 204 and 205
            // there is none.
            Summary { status: 200..=203 | 206..300, is_bare: true } if self.may_be_twice => {
                self.bare = Some((repaired, self.line));
                self.state = RepairState::Behind;
                None
            }
            _ => Some(Repair::Done(repaired)),
        }
    }

    fn look_behind(&mut self, answer: &[u8]) -> Option<Repair> {
        let (_, end) = self.bare.as_ref()?;
        let (rest, second) = (&answer[*end..], &b"HTTP/"[..]);
        if rest.starts_with(second) {
            self.begin(*end);
            return None;
        }
        if second.starts_with(rest) {
            return Some(Repair::More);
        }
        self.bare.take().map(|(bare, _)| Repair::Done(bare))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(answer: &[u8], pieces: impl Iterator<Item = usize>) -> Repair {
        let mut repair = HeadRepair::new();
        for end in pieces {
            match repair.feed(&answer[..end]) {
                Repair::More => {}
                done => return done,
            }
        }
        repair.end(answer).map_or(Repair::More, Repair::Done)
    }

    /// The repaired head, the body behind it and the quirks; the same however it is cut.
    fn repaired(answer: &[u8]) -> (String, Vec<u8>, Vec<&'static str>) {
        let size = answer.len();
        let whole = cut(answer, [size].into_iter());
        assert_eq!(cut(answer, 0..=size), whole, "byte by byte {}", answer.escape_ascii());
        for at in 0..size {
            assert_eq!(cut(answer, [at, size].into_iter()), whole, "cut at {at}");
        }
        let Repair::Done(Repaired { consumed, head, quirks }) = whole else {
            panic!("{whole:?} for {}", answer.escape_ascii());
        };
        let again = cut(&head, [head.len()].into_iter());
        let Repair::Done(again) = again else { panic!("{again:?}") };
        assert_eq!((again.consumed, &again.head), (head.len(), &head), "repaired once more");
        let left = again.quirks.into_iter().filter(|&quirk| quirk != Quirk::ConnectionOdd);
        assert_eq!(left.count(), 0);
        let ids = quirks.into_iter().map(Quirk::id).collect();
        (String::from_utf8(head).unwrap(), answer[consumed..].to_vec(), ids)
    }

    const GOOD: &str = "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n";

    #[test]
    fn a_head_is_repaired_and_the_body_is_left_alone() {
        let rows: [(&str, &str, &[&str]); 23] = [
            (GOOD, GOOD, &[]),
            ("HTTP/1.1 200 OK\nServer: x\n\n", GOOD, &["A10"]),
            ("HTTP/1.1 200 OK\r\nServer: x\r\n\n", GOOD, &["A10"]),
            ("HTTP/1.1 200 OK\r\nServer: x\n\r\n", GOOD, &["A10"]),
            ("HTTP/1.1 200 OK\r\r\nServer: x\r\r\n\r\r\n", GOOD, &["A10"]),
            ("\r\n\nHTTP/1.1 200 OK\r\nServer: x\r\n\r\n", GOOD, &[]),
            ("http/1.1  200 OK\r\nServer : x\r\n\r\n", GOOD, &["A11", "A12"]),
            ("HTTP/2.0 200 OK\r\nserver\r\nServer: x\r\n\r\n", GOOD, &["A9", "A12"]),
            ("HTTP/1.1 200 OK\r\nServer:\r\n x\r\n\r\n", GOOD, &["A9"]),
            ("HTTP/1.1 200 OK\r\n --b: x\r\nServer: x\r\n\r\n", GOOD, &["A9"]),
            ("ICY 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n", &["A13"]),
            ("HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", &[]),
            ("HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\nServer: x\r\n\r\n", GOOD, &["A8"]),
            ("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nServer: x\r\n\r\n", GOOD, &["A8"]),
            (
                "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 404 Gone\r\n\r\n",
                "HTTP/1.1 404 Gone\r\n\r\n",
                &["A8"],
            ),
            (
                "HTTP/1.1 100 Continue\r\nServer: y\r\n\r\nHTTP/1.1 200 OK\r\nServer: x\r\n\r\n",
                GOOD,
                &[],
            ),
            ("HTTP/1.1 404 Gone\r\n\r\n", "HTTP/1.1 404 Gone\r\n\r\n", &[]),
            ("HTTP/1.1 204 Empty\r\nA: b\r\n\r\n", "HTTP/1.1 204 Empty\r\nA: b\r\n\r\n", &[]),
            ("HTTP/1.1 204 Empty\r\n\r\n", "HTTP/1.1 204 Empty\r\n\r\n", &[]),
            ("HTTP/1.1 101 No\r\n\r\n", "HTTP/1.1 101 No\r\n\r\n", &[]),
            ("HTTP/1.1 099 No\r\n\r\n", "HTTP/1.1 099 No\r\n\r\n", &[]),
            (
                "HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed\r\n\r\n",
                &["A6"],
            ),
            (
                "HTTP/1.1 401 No\r\nContent-Type: multipart/mixed\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 401 No\r\nContent-Type: multipart/mixed\r\nContent-Length: 0\r\n\r\n",
                &[],
            ),
        ];
        for (head, expected, ids) in rows {
            for body in ["", "\r\n", "--b\r\nContent-Type: image/jpeg\r\n\r\n", "Hello", "HTML"] {
                let (found, rest, quirks) = repaired(&[head.as_bytes(), body.as_bytes()].concat());
                assert_eq!(
                    (found.as_str(), rest.as_slice()),
                    (expected, body.as_bytes()),
                    "{head:?}"
                );
                assert_eq!(quirks, ids, "{head:?}");
            }
        }
    }

    #[test]
    fn a_body_without_a_head_gets_one() {
        let bodies: [&[u8]; 4] =
            [b"--b\r\n\r\n", b"\xFF\xD8\xFF\xE0", b"content-type: image/jpeg\n\n", b"--"];
        for body in bodies {
            for blank in ["", "\r\n", "\n\n"] {
                let (head, rest, quirks) = repaired(&[blank.as_bytes(), body].concat());
                assert_eq!((head.as_bytes(), rest.as_slice()), (OWN_HEAD, body));
                assert_eq!(quirks, ["A14"]);
            }
        }
    }

    #[test]
    fn a_body_that_follows_without_a_blank_line_ends_the_head() {
        let bodies: [&[u8]; 2] = [b"--b\r\n\r\n", b"\xFF\xD8\xFF\xE0"];
        for body in bodies {
            let answer = [b"HTTP/1.1 200 OK\r\nServer: x\r\n", body].concat();
            let (head, rest, quirks) = repaired(&answer);
            assert_eq!((head.as_str(), rest.as_slice()), (GOOD, body));
            assert_eq!(quirks, ["A10"]);
        }
    }

    #[test]
    fn a_refusal_cut_off_is_enough_and_a_promise_is_not() {
        let (head, rest, quirks) = repaired(b"HTTP/1.0 404 Not Found\r\nServer: x\r\n");
        assert_eq!(head, "HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\n");
        assert_eq!((rest.len(), quirks), (0, vec!["A10"]));
        for answer in [
            "",
            "\r\n",
            "HTT",
            "-",
            "HTTP/1.0 404 Not Fou",
            "HTTP/1.0 404 Not Found\r\nServer",
            "HTTP/1.0 200 OK\r\nContent-Type: multi",
            "HTTP/1.0 200 OK\r\nServer: x\r\n",
            "HTTP/1.0 100 Continue\r\n\r\n",
        ] {
            assert_eq!(cut(answer.as_bytes(), 0..=answer.len()), Repair::More, "{answer:?}");
        }
    }

    #[test]
    fn what_is_no_http_is_left_to_the_parser() {
        for answer in [
            "SSH-2.0-OpenSSH\r\n",
            "RTSP/1.0 400 Bad Request\r\n\r\n",
            "HTTP 200\r\n",
            "HTTP/1.1\r\n",
            "HTTP/1.1 OK\r\n\r\n",
            "<html>",
            "-b",
            "\u{0}",
        ] {
            let size = answer.len();
            assert_eq!(cut(answer.as_bytes(), [size].into_iter()), Repair::Foreign, "{answer:?}");
            assert_eq!(cut(answer.as_bytes(), 0..=size), Repair::Foreign, "{answer:?}");
        }
        let bare = b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 is fine\r\n";
        assert_eq!(repaired(bare).0, "HTTP/1.1 200 OK\r\n\r\n");
    }

    #[test]
    fn an_endless_head_is_refused() {
        let field = "X-Long: y\r\n".repeat(HEAD_LIMIT / 11);
        for answer in [
            "\r\n".repeat(HEAD_LIMIT),
            format!("{GOOD}{field}").replace("\r\n\r\n", "\r\n"),
            "HTTP/1.1 200".repeat(HEAD_LIMIT),
        ] {
            let answer = answer.as_bytes();
            assert_eq!(cut(answer, [answer.len()].into_iter()), Repair::TooLong);
            assert_eq!(cut(answer, 0..=answer.len()), Repair::TooLong);
        }
    }
}
