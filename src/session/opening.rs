//! The start of an answer: is it what its head says?
//!
//! A camera that is busy or wakes up answers 200 with nothing, a short text, XML or JSON; some
//! forget to name the type of their pictures, or name a wrong one. So what begins as a
//! multipart or as a JPEG is played, and of everything else it is told what it is.
//!
//! | the head says | pictures begin | a text and the end | a page | anything else |
//! |---|---|---|---|---|
//! | multipart, JPEG, nothing | played | busy | a page | left to the decoder |
//! | a page | played | a page | a page | a page |
//! | a text | played | busy | a page | no video |
//! | another type | played | no JPEG, or no video | no video | no JPEG, or no video |
//!
//! Nothing at all is a busy camera, whatever its head says.

use std::time::Duration;

use super::connect::Claim;
use crate::error::Error;
use crate::jpeg::SOI;

/// As much is looked at, in bytes.
const LIMIT: usize = 4 * 1024;
/// The rest of a text is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(1);
/// As much of a text is quoted, in characters.
const QUOTED: usize = 200;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Opening {
    claim: Claim,
    /// Bytes in all, if the head tells.
    length: Option<u64>,
    start: Vec<u8>,
    /// When bytes came last.
    since: Duration,
}

/// What is known so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Undecided,
    /// Pictures, or what the decoder is to find some in.
    Pictures,
    No(Error),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    Pictures,
    /// Too few bytes to tell.
    Undecided,
    Other,
}

impl Opening {
    pub(super) fn new(claim: Claim, length: Option<u64>, now: Duration) -> Self {
        // The length of a stream is made up.
        let length = length.filter(|_| !matches!(claim, Claim::Multipart(_)));
        Self { claim, length, start: Vec::new(), since: now }
    }

    /// The type was wrong, where pictures begin.
    pub(super) fn is_odd(&self) -> bool {
        !matches!(self.claim, Claim::Multipart(_) | Claim::Jpeg | Claim::Nothing)
    }

    /// What came begins with a picture, not with a part.
    pub(super) fn is_bare(&self) -> bool {
        self.start.trim_ascii_start().starts_with(&SOI)
    }

    /// `bytes` came.
    pub(super) fn add(&mut self, bytes: &[u8], now: Duration) {
        let room = LIMIT - self.start.len();
        self.start.extend(&bytes[..bytes.len().min(room)]);
        self.since = now;
    }

    /// Nobody listened for `time`.
    pub(super) fn excuse(&mut self, time: Duration) {
        self.since += time;
    }

    pub(super) fn look(&self, now: Duration) -> Verdict {
        let has_come = u64::try_from(self.start.len()).unwrap_or(u64::MAX);
        let is_whole = self.length.is_some_and(|length| length > 0 && has_come >= length);
        let is_late = now.saturating_sub(self.since) >= PATIENCE
            && (self.is_odd() && !self.start.is_empty() || self.length == Some(0));
        if is_whole || is_late {
            return self.end();
        }
        let is_full = self.start.len() == LIMIT;
        match beginning(&self.start) {
            Beginning::Pictures => Verdict::Pictures,
            Beginning::Undecided if !is_full => Verdict::Undecided,
            Beginning::Undecided | Beginning::Other => match &self.claim {
                Claim::Multipart(_) | Claim::Jpeg | Claim::Nothing if is_full => Verdict::Pictures,
                Claim::Multipart(_) | Claim::Jpeg | Claim::Nothing => Verdict::Undecided,
                Claim::Page | Claim::Text(_) if !is_full && title(&self.text()).is_none() => {
                    Verdict::Undecided
                }
                _ => self.other(),
            },
        }
    }

    /// Nothing more comes.
    pub(super) fn end(&self) -> Verdict {
        if self.start.trim_ascii().is_empty() {
            return Verdict::No(Error::Empty);
        }
        if beginning(&self.start) == Beginning::Pictures {
            return Verdict::Pictures;
        }
        let text = self.text();
        let is_text = self.start.len() < LIMIT && is_text(&text) && !is_page(&text);
        match &self.claim {
            Claim::Page | Claim::Other(_) | Claim::Compressed(_) => self.other(),
            _ if is_text => Verdict::No(Error::Busy { text: quote(&text) }),
            Claim::Text(_) => self.other(),
            _ if is_page(&text) => Verdict::No(page(&text)),
            Claim::Multipart(_) | Claim::Jpeg | Claim::Nothing => Verdict::Pictures,
        }
    }

    /// No pictures, and nothing that could become some.
    fn other(&self) -> Verdict {
        let text = self.text();
        Verdict::No(match &self.claim {
            Claim::Compressed(coding) => Error::Compressed { coding },
            Claim::Page => page(&text),
            _ if is_page(&text) => page(&text),
            Claim::Other(essence)
                if essence.starts_with("video/") || essence.starts_with("image/") =>
            {
                Error::OtherVideo { essence: essence.clone() }
            }
            Claim::Other(essence) | Claim::Text(essence) => {
                Error::NotVideo { what: essence.clone() }
            }
            Claim::Multipart(_) | Claim::Jpeg | Claim::Nothing => {
                Error::NotVideo { what: "something unknown".into() }
            }
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.start).into_owned()
    }
}

/// A JPEG (T.81 §B.1.1.2), or the head of a part, behind a delimiter or without one.
fn beginning(start: &[u8]) -> Beginning {
    let start = start.trim_ascii_start();
    let soi = b"\xFF\xD8\xFF";
    if start.starts_with(soi) {
        return Beginning::Pictures;
    }
    let mut is_behind_delimiter = false;
    for line in start.split_inclusive(|&byte| byte == b'\n') {
        let is_whole = line.ends_with(b"\n");
        let line = line.trim_ascii_end();
        if is_whole && is_behind_delimiter && is_field(line) {
            return Beginning::Pictures;
        }
        is_behind_delimiter = is_whole && line.len() > 2 && line.starts_with(b"--");
    }
    let first = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let content = b"content-";
    let common = content.len().min(first.len());
    if first[..common].eq_ignore_ascii_case(&content[..common]) {
        return if common == content.len() { Beginning::Pictures } else { Beginning::Undecided };
    }
    if soi.starts_with(start) || start.starts_with(b"-") {
        return Beginning::Undecided;
    }
    Beginning::Other
}

fn is_field(line: &[u8]) -> bool {
    let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
    name.len() < line.len()
        && !name.is_empty()
        && name.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_text(text: &str) -> bool {
    !text.chars().any(|c| c == char::REPLACEMENT_CHARACTER || c.is_control() && !c.is_whitespace())
}

fn is_page(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("<html") || lower.contains("<!doctype html")
}

fn page(text: &str) -> Error {
    let what = match title(text) {
        Some(title) => format!("a web page titled \"{title}\""),
        None => "a web page".into(),
    };
    Error::NotVideo { what }
}

fn title(text: &str) -> Option<String> {
    // ASCII changes its case without changing its length.
    let lower = text.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower[open..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = words(&text[start..end], 80);
    (!title.is_empty()).then_some(title)
}

fn quote(text: &str) -> String {
    words(text, QUOTED)
}

/// On one line, without control characters, up to so many characters; a mark shows that more
/// stood there.
fn words(text: &str, most: usize) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = words.chars().filter(|c| !c.is_control()).collect();
    if let Some((end, _)) = shown.char_indices().nth(most) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1);

    fn opening(claim: Claim, start: &[u8]) -> Opening {
        let mut opening = Opening::new(claim, None, NOW);
        opening.add(start, NOW);
        opening
    }

    fn busy(text: &str) -> Verdict {
        Verdict::No(Error::Busy { text: text.into() })
    }

    fn no_video(what: &str) -> Verdict {
        Verdict::No(Error::NotVideo { what: what.into() })
    }

    #[test]
    fn what_begins_as_pictures_is_played_whatever_it_is_called() {
        let claims =
            [Claim::Page, Claim::Text("text/plain".into()), Claim::Other("video/mp4".into())];
        for claim in claims.into_iter().chain([Claim::Compressed("gzip"), Claim::Nothing]) {
            for start in [
                &b"\xFF\xD8\xFF\xE0"[..],
                b"\r\n--b\r\nContent-Type: image/jpeg\r\n",
                b"--b\nX-Timestamp: 1\n",
                b"Content-Type: image/jpeg\r\n",
                b"some preamble\r\n--b\r\nContent-Length: 5\r\n",
            ] {
                let whole = opening(claim.clone(), start);
                assert_eq!(whole.look(NOW), Verdict::Pictures, "{claim:?}");
                for end in 0..start.len().min(12) {
                    let cut = opening(claim.clone(), &start[..end]);
                    let is_open = start[0] != b's' || end == 0;
                    let found = cut.look(NOW);
                    assert!(!is_open || found != no_video("text/plain"), "{claim:?} {end}");
                }
            }
        }
    }

    #[test]
    fn the_table_of_the_module_holds() {
        let text = || Claim::Text("text/xml".into());
        let other = || Claim::Other("video/mp4".into());
        let other_video = || Verdict::No(Error::OtherVideo { essence: "video/mp4".into() });
        // what the head says, the start, at once, at the end
        let rows: [(Claim, &[u8], Verdict, Verdict); 17] = [
            (Claim::Jpeg, b"Device Busy", Verdict::Undecided, busy("Device Busy")),
            (Claim::Multipart(None), b"busy\n", Verdict::Undecided, busy("busy")),
            (Claim::Nothing, b"{\"a\":1}", Verdict::Undecided, busy("{\"a\":1}")),
            (Claim::Nothing, b"<HTML>", Verdict::Undecided, no_video("a web page")),
            (Claim::Jpeg, b"\0\x01", Verdict::Undecided, Verdict::Pictures),
            (Claim::Jpeg, b"", Verdict::Undecided, Verdict::No(Error::Empty)),
            (Claim::Page, b"busy", Verdict::Undecided, no_video("a web page")),
            (
                Claim::Page,
                b"<title>\n Cam  Login</TITLE>",
                no_video("a web page titled \"Cam Login\""),
                no_video("a web page titled \"Cam Login\""),
            ),
            (Claim::Page, b" \r\n", Verdict::Undecided, Verdict::No(Error::Empty)),
            (text(), b"<a>\n <b/></a>", Verdict::Undecided, busy("<a> <b/></a>")),
            (text(), b"<?xml?><html>", Verdict::Undecided, no_video("a web page")),
            (text(), b"\0\0", Verdict::Undecided, no_video("text/xml")),
            (other(), b"\0\0\0\x18ftyp", other_video(), other_video()),
            (other(), b"", Verdict::Undecided, Verdict::No(Error::Empty)),
            (other(), b"-", Verdict::Undecided, other_video()),
            (
                Claim::Other("application/pdf".into()),
                b"%PDF",
                no_video("application/pdf"),
                no_video("application/pdf"),
            ),
            (
                Claim::Compressed("gzip"),
                b"\x1F\x8B",
                Verdict::No(Error::Compressed { coding: "gzip" }),
                Verdict::No(Error::Compressed { coding: "gzip" }),
            ),
        ];
        for (claim, start, at_once, at_the_end) in rows {
            let opening = opening(claim, start);
            assert_eq!(opening.look(NOW), at_once, "{opening:?}");
            assert_eq!(opening.end(), at_the_end, "{opening:?}");
        }
    }

    #[test]
    fn no_more_is_looked_at_than_that() {
        let long = vec![b'x'; 2 * LIMIT];
        assert_eq!(
            opening(Claim::Text("text/plain".into()), &long).look(NOW),
            no_video("text/plain")
        );
        assert_eq!(opening(Claim::Jpeg, &long).look(NOW), Verdict::Pictures);
        let text = "a ".repeat(1000);
        let Verdict::No(Error::Busy { text }) = opening(Claim::Jpeg, text.as_bytes()).end() else {
            panic!("busy");
        };
        assert_eq!(text.chars().count(), QUOTED + 1);
        assert!(text.ends_with('…'), "{text}");
    }

    #[test]
    fn a_length_or_a_pause_is_an_end_too() {
        let mut opening = Opening::new(Claim::Text("text/plain".into()), Some(4), NOW);
        opening.add(b"bus", NOW);
        assert_eq!(opening.look(NOW), Verdict::Undecided);
        assert_eq!(opening.look(NOW + PATIENCE), busy("bus"));
        opening.add(b"y", NOW);
        assert_eq!(opening.look(NOW), busy("busy"));
        let empty = Opening::new(Claim::Jpeg, Some(0), NOW);
        assert_eq!(empty.look(NOW), Verdict::Undecided);
        assert_eq!(empty.look(NOW + PATIENCE), Verdict::No(Error::Empty));
        // A stream may be slow, and its length is made up.
        let stream = Opening::new(Claim::Multipart(None), Some(0), NOW);
        assert_eq!(stream.look(NOW + PATIENCE), Verdict::Undecided);
    }
}
