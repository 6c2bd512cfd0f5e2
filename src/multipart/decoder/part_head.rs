//! The head of a part, line by line.

use std::ops::Range;

use memchr::memchr;

use super::{Decoder, DecoderState, HEAD_LIMIT, Part, Step};
use crate::multipart::delimiter::DelimiterMatch;
use crate::multipart::head::{Head, Length, is_text};
use crate::multipart::scanner::Scanner;
use crate::quirk::Quirk;

impl Decoder {
    pub(super) fn head(&mut self, start: usize, line: usize) -> Step {
        let rest = &self.window.bytes()[line..];
        let stay = DecoderState::Head { start, line };
        match rest {
            [] | [0xFF] => return Step::More(stay),
            [0xFF, 0xD8, ..] => {
                self.quirks.note(Quirk::NoBlankLineBehindHead);
                return Step::To(self.end_of_head(start..line, line));
            }
            [b'-', ..] => match self.delimiter.read(rest) {
                DelimiterMatch::More => return Step::More(stay),
                // A head that is a delimiter again, or that never ended.
                DelimiterMatch::Opens { .. } | DelimiterMatch::Closes { .. } => {
                    self.quirks.note(Quirk::DelimiterTwice);
                    let between = Scanner { position: line, ..Scanner::default() };
                    return Step::To(DecoderState::Scanning(between));
                }
                DelimiterMatch::No => {}
            },
            _ => {}
        }
        let end = memchr(b'\n', rest).map(|end| end + 1);
        let text = &rest[..end.unwrap_or(rest.len())];
        if line + text.len() - start > HEAD_LIMIT || !is_text(text) {
            return Step::To(DecoderState::Scanning(Scanner {
                position: line,
                lost: true,
                within_line: true,
                ..Scanner::default()
            }));
        }
        match end {
            None => Step::More(stay),
            Some(length) if text.trim_ascii().is_empty() => {
                if text.len() == 1 {
                    self.quirks.note(Quirk::LineFeedsAlone);
                }
                Step::To(self.end_of_head(start..line, line + length))
            }
            Some(length) => Step::To(DecoderState::Head { start, line: line + length }),
        }
    }

    fn end_of_head(&mut self, head: Range<usize>, start: usize) -> DecoderState {
        self.delimiter.settle(&mut self.quirks);
        let survey = Head::new(&self.window.bytes()[head.clone()]).survey();
        let length = match survey.length {
            Length::Of(length) if length <= self.max_frame_size => Some(length),
            Length::Of(_) | Length::Impossible => {
                self.quirks.note(Quirk::LengthImpossible);
                None
            }
            Length::Missing => {
                self.quirks.note(Quirk::NoLength);
                None
            }
        };
        if survey.is_data_length {
            self.quirks.note(Quirk::DataLen);
        }
        if survey.has_other_lines {
            self.quirks.note(Quirk::PartLineWithoutColon);
        }
        self.judge_haste(start, length);
        let is_new = |length: &usize| self.lengths.trusts(*length) && !self.picture_in_fill;
        let announced = length.filter(is_new).map(|_| self.arrival);
        DecoderState::Body(Part {
            head: Some(head),
            start,
            length,
            announced,
            is_plain_jpeg: survey.is_plain_jpeg,
            is_contradicted: false,
        })
    }

    /// A head without a length, nothing behind it, and it came in one breath with the
    /// picture before: if that is the habit, what it says was true of that one.
    fn judge_haste(&mut self, start: usize, length: Option<usize>) {
        let hasty = self.picture_in_fill && length.is_none() && start == self.window.filled();
        self.hasty_heads = if hasty { self.hasty_heads.saturating_add(1) } else { 0 };
        if self.hasty_heads == 3 {
            self.quirks.note(Quirk::HeadSentEarly);
        }
    }
}
