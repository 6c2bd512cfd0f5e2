//! The head of a part, line by line.

use std::ops::Range;

use memchr::memchr;

use super::{Decoder, HEAD_LIMIT, Part, State, Step};
use crate::multipart::between::Between;
use crate::multipart::delimiter::Reading;
use crate::multipart::head::{Head, is_text};

impl Decoder {
    pub(super) fn head(&mut self, start: usize, line: usize) -> Step {
        let rest = &self.window.bytes()[line..];
        let stay = State::Head { start, line };
        let lost =
            State::Between(Between { position: line, lost: true, within_line: true, announced: 0 });
        match rest {
            [] | [0xFF] => return Step::More(stay),
            [0xFF, 0xD8, ..] => return Step::To(self.end_of_head(start..line, line)),
            [b'-', ..] => match self.delimiter.read(rest) {
                Reading::More => return Step::More(stay),
                // A head that is a delimiter again, or that never ended.
                Reading::Opens { length } => {
                    let start = line + length;
                    return Step::To(State::Head { start, line: start });
                }
                Reading::Closes { length } => {
                    return Step::To(State::Between(Between {
                        position: line + length,
                        ..Between::default()
                    }));
                }
                Reading::No => {}
            },
            _ => {}
        }
        let end = memchr(b'\n', rest).map(|end| end + 1);
        let text = &rest[..end.unwrap_or(rest.len())];
        if !is_text(text) || line + text.len() - start > HEAD_LIMIT {
            return Step::To(lost);
        }
        match end {
            None => Step::More(stay),
            Some(length) if text.trim_ascii().is_empty() => {
                Step::To(self.end_of_head(start..line, line + length))
            }
            Some(length) => Step::To(State::Head { start, line: line + length }),
        }
    }

    fn end_of_head(&mut self, head: Range<usize>, start: usize) -> State {
        self.delimiter.settle();
        let length = Head::new(&self.window.bytes()[head.clone()]).length();
        let length = length.filter(|&length| length <= self.max_frame_size);
        State::Body(Part { head, start, length })
    }
}
