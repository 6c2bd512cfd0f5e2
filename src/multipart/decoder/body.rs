//! The first bytes of a body: what kind of part is it?

use memchr::memmem;

use super::{Decoder, HEAD_LIMIT, Part, State, Step, TEXT_LIMIT};
use crate::jpeg::{SOI, Walk};
use crate::multipart::between::Between;
use crate::multipart::head::Head;
use crate::multipart::{ContentType, Event, Skip};

impl Decoder {
    /// What kind of body is it? Its first bytes are believed before its type.
    pub(super) fn body(&mut self, mut part: Part) -> Step {
        let rest = &self.window.bytes()[part.start..];
        match rest {
            [] | [0xFF] | [0xFF, 0xD8] => return Step::More(State::Body(part)),
            [0xFF, 0xD8, 0xFF, ..] => {
                let arrival = self.arrival;
                return Step::To(State::Picture { part, walk: Walk::default(), arrival });
            }
            _ => {}
        }
        if part.length == Some(0) {
            return Step::To(State::Between(Between {
                position: part.start,
                ..Between::default()
            }));
        }
        let head = Head::new(&self.window.bytes()[part.head.clone()]);
        let content_type = head.content_type();
        if !content_type.is_jpeg() && !content_type.is_unspecific() {
            return self.other(part, &content_type);
        }
        // Junk in front of the picture, or no picture at all.
        let length = part.length.unwrap_or(HEAD_LIMIT).min(HEAD_LIMIT);
        let soi = memmem::find(rest, &[SOI[0], SOI[1], 0xFF]);
        let delimiter = self.delimiter.find(rest);
        match (soi, delimiter) {
            (Some(soi), end) if soi < length && end.is_none_or(|end| soi < end) => {
                part.start += soi;
                part.length = part.length.map(|length| length - soi);
                Step::To(State::Body(part))
            }
            (_, Some(end)) if end <= length + 2 => {
                let state =
                    State::Between(Between { position: part.start + end, ..Between::default() });
                if rest[..end].trim_ascii().is_empty() {
                    return Step::To(state);
                }
                Step::Tell(
                    state,
                    Event::Skipped(Skip::OtherPart { essence: content_type.essence, text: None }),
                )
            }
            _ if rest.len() < length + 2 => Step::More(State::Body(part)),
            _ => {
                let between = Between {
                    position: part.start,
                    lost: true,
                    within_line: true,
                    announced: length,
                };
                let skip = Skip::OtherPart { essence: content_type.essence, text: None };
                Step::Tell(State::Between(between), Event::Skipped(skip))
            }
        }
    }

    /// A part of another type: text is collected, anything else skipped.
    fn other(&mut self, part: Part, content_type: &ContentType) -> Step {
        let rest = &self.window.bytes()[part.start..];
        let end = part.length.or_else(|| self.delimiter.find(rest));
        let tell = |between, text| {
            let skip = Skip::OtherPart { essence: content_type.essence.clone(), text };
            Step::Tell(State::Between(between), Event::Skipped(skip))
        };
        if content_type.is_text() {
            match end {
                Some(end) if end <= TEXT_LIMIT && end <= rest.len() => {
                    let text = String::from_utf8_lossy(rest[..end].trim_ascii()).into_owned();
                    let position = part.start + end;
                    return tell(Between { position, ..Between::default() }, Some(text));
                }
                Some(end) if end <= TEXT_LIMIT => return Step::More(State::Body(part)),
                None if rest.len() < TEXT_LIMIT => return Step::More(State::Body(part)),
                _ => {}
            }
        }
        // Without a length, only the delimiter can end it.
        let known = self.delimiter.learned().is_some();
        let announced = part.length.unwrap_or(if known { usize::MAX } else { 0 });
        tell(Between { position: part.start, announced, lost: true, within_line: true }, None)
    }
}
