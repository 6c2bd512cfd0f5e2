//! Scanner two parts: on to whatever starts the next one.

use super::{Decoder, DecoderState, HEAD_LIMIT, Part, Step};
use crate::multipart::scanner::{Scanner, Token};
use crate::multipart::{Event, Skip};
use crate::quirk::Quirk;

impl Decoder {
    pub(super) fn between(&mut self, mut between: Scanner) -> Step {
        let bytes = self.window.bytes();
        let rest = &bytes[between.position..];
        let blanks = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        // CR alone ends no line.
        between.within_line &= !rest[..blanks].contains(&b'\n');
        let rest = &rest[blanks..];
        between.skip(blanks);
        between.passed.line_ends += blanks;
        match between.scan(rest, &mut self.delimiter) {
            Token::More => {
                // Nothing before this place is of use any more.
                self.window.discard(between.position);
                between.position = 0;
                Step::More(DecoderState::Scanning(between))
            }
            Token::Text(count) => {
                let status = status_line(&rest[..count]).filter(|_| self.parts == 0);
                if let Some(status) = status {
                    self.quirks.note(Quirk::StatusInBody);
                    between.skip(count);
                    let skip = Skip::StatusLine { status };
                    return Step::Tell(DecoderState::Scanning(between), Event::Skipped(skip));
                }
                self.pass_over(&mut between, count, false);
                Step::To(DecoderState::Scanning(between))
            }
            Token::Lines(count) => {
                self.pass_over(&mut between, count, false);
                Step::To(DecoderState::Scanning(between))
            }
            Token::Piece(count) => {
                self.pass_over(&mut between, count, true);
                Step::To(DecoderState::Scanning(between))
            }
            Token::Closed(length) => {
                between.skip(length);
                between.announced = 0;
                between.passed.closing = true;
                between.passed.line_ends = 0;
                Step::To(DecoderState::Scanning(between))
            }
            Token::Head(length) => {
                between.passed.judge(length > 0, &mut self.quirks);
                if length == 0 && !self.is_bare {
                    self.quirks.note(Quirk::FirstDelimiterMissing);
                } else if length > 0 && rest[length - 1] != b'\n' {
                    self.quirks.note(Quirk::DelimiterGluedToField);
                }
                let start = self.keep_from(between.position) + length;
                Step::To(DecoderState::Head { start, line: start })
            }
            Token::Picture => {
                between.passed.judge(false, &mut self.quirks);
                let start = self.keep_from(between.position);
                Step::To(DecoderState::Body(Part::bare(start)))
            }
        }
    }

    /// Takes `count` bytes without meaning off the way, and looks what they are.
    fn pass_over(&mut self, between: &mut Scanner, count: usize, within_line: bool) {
        let bytes = &self.window.bytes()[between.position..][..count];
        if bytes.starts_with(b"MJPG") {
            self.quirks.note(Quirk::SercomBlocks);
        } else if bytes.starts_with(b"mjpeg ") {
            self.quirks.note(Quirk::WebcamXpBlocks);
        } else if self.parts == 0 && count > 0 && !between.passed.junk && !between.lost {
            self.quirks.note(Quirk::Preamble);
        }
        between.passed.junk |= count > 0;
        between.skip(count);
        between.within_line = within_line;
    }

    /// Leaves room for a whole part behind much junk; where the part starts then.
    fn keep_from(&mut self, position: usize) -> usize {
        if position <= HEAD_LIMIT {
            return position;
        }
        self.window.discard(position);
        0
    }
}

/// The code of `HTTP/1.1 404 Not Found`: some proxies write their failure behind a head
/// that says 200.
fn status_line(line: &[u8]) -> Option<u16> {
    let line = line.strip_prefix(b"HTTP/1.")?;
    let code = line.split(|&b| b == b' ').nth(1)?;
    std::str::from_utf8(code)
        .ok()?
        .trim_ascii()
        .parse()
        .ok()
        .filter(|code| (300..600).contains(code))
}
