//! The first bytes of a body: what kind of part is it?

use memchr::memmem;

use super::{Decoder, DecoderState, HEAD_LIMIT, Part, Step, TEXT_LIMIT};
use crate::jpeg::{SOI, Walk};
use crate::multipart::delimiter::LONGEST;
use crate::multipart::head::Head;
use crate::multipart::nearest::nearest;
use crate::multipart::scanner::Scanner;
use crate::multipart::{ContentType, Event, Skip};
use crate::quirk::Quirk;

/// The bytes that tell whether a picture has SOI twice: both, and the marker behind them.
const TWO_STARTS: usize = 6;

impl Decoder {
    /// The first bytes are believed before the type.
    pub(super) fn body(&mut self, part: Part) -> Step {
        let rest = &self.window.bytes()[part.start..];
        match (rest, part.length) {
            ([] | [0xFF], _) => Step::More(DecoderState::Body(part)),
            ([0xFF, 0xD8, ..], _) if rest.len() < TWO_STARTS => {
                Step::More(DecoderState::Body(part))
            }
            // As some webcams have it.
            ([0xFF, 0xD8, 0xFF, 0xD8, 0xFF, behind, ..], _) if *behind != SOI[1] => {
                self.leave_out(part, SOI.len())
            }
            ([0xFF, 0xD8, 0xFF, ..], _) => self.begin_picture(part),
            (_, Some(0)) => {
                self.quirks.note(Quirk::EmptyPart);
                Step::To(DecoderState::Scanning(Scanner {
                    position: part.start,
                    ..Scanner::default()
                }))
            }
            _ => {
                let content_type = self.content_type(&part);
                if content_type.is_jpeg() || content_type.is_unspecific() {
                    self.late_picture(part, content_type)
                } else {
                    self.other(part, content_type)
                }
            }
        }
    }

    fn begin_picture(&mut self, mut part: Part) -> Step {
        if part.head.is_none() {
            // One picture is a snapshot; the second tells that it is a stream.
            if !self.is_bare || self.parts > 0 {
                self.quirks.note(Quirk::NoMultipart);
            }
        } else if !part.is_plain_jpeg {
            let content_type = self.content_type(&part);
            if content_type.essence.is_empty() {
                self.quirks.note(Quirk::NoPartType);
            } else if content_type.essence != "image/jpeg" {
                self.quirks.note(Quirk::PartTypeOdd);
            }
        }
        if part.length == Some(0) {
            self.quirks.note(Quirk::LengthZero);
            part.length = None;
        }
        // Whoever sleeps until the rest is there sees no first byte.
        let arrival = part.announced.unwrap_or(self.arrival);
        Step::To(DecoderState::Picture { part, walk: Walk::default(), arrival })
    }

    /// So many bytes in front of the picture.
    fn leave_out(&mut self, mut part: Part, junk: usize) -> Step {
        let rest = &self.window.bytes()[part.start..];
        if !rest[..junk].trim_ascii().is_empty() {
            self.quirks.note(Quirk::JunkBeforePicture);
        }
        part.start += junk;
        part.length = part.length.map(|length| length.saturating_sub(junk));
        Step::To(DecoderState::Body(part))
    }

    fn content_type(&self, part: &Part) -> ContentType {
        let head = part.head.clone().unwrap_or_default();
        Head::new(&self.window.bytes()[head]).content_type()
    }

    /// Junk in front of the picture, or no picture at all.
    fn late_picture(&mut self, part: Part, content_type: ContentType) -> Step {
        let rest = &self.window.bytes()[part.start..];
        let length = part.length.unwrap_or(HEAD_LIMIT).min(HEAD_LIMIT);
        let first = nearest(rest, |near| {
            let soi = memmem::find(near, &[SOI[0], SOI[1], 0xFF]);
            let delimiter = self.delimiter.find(near);
            (soi.is_some() || delimiter.is_some()).then_some((soi, delimiter))
        });
        match first.unwrap_or_default() {
            (Some(soi), end) if soi < length && end.is_none_or(|end| soi < end) => {
                self.leave_out(part, soi)
            }
            (_, Some(end)) if end <= length + 2 => {
                let position = part.start + end;
                let between = Scanner { position, ..Scanner::default() };
                if rest[..end].trim_ascii().is_empty() {
                    self.quirks.note(Quirk::EmptyPart);
                    return Step::To(DecoderState::Scanning(between));
                }
                self.skip_part(between, content_type, None)
            }
            _ if rest.len() < length + 2 || self.delimiter.may_begin(rest, length + 2) => {
                Step::More(DecoderState::Body(part))
            }
            _ => self.skip_part(lost_at(part.start, length), content_type, None),
        }
    }

    /// A part of another type, not empty: text is collected, anything else skipped.
    fn other(&mut self, part: Part, content_type: ContentType) -> Step {
        let rest = &self.window.bytes()[part.start..];
        if content_type.is_text() {
            // A length that reaches beyond the delimiter is wrong.
            let latest = part.length.map_or(TEXT_LIMIT, |length| TEXT_LIMIT.min(length - 1));
            let near = latest.saturating_add(LONGEST).min(rest.len());
            let delimited = self.delimiter.find(&rest[..near]).filter(|&end| end <= latest);
            let is_open = rest.len() <= latest || self.delimiter.may_begin(rest, latest);
            if delimited.is_none() && is_open {
                return Step::More(DecoderState::Body(part));
            }
            if let Some(end) = delimited.or(part.length).filter(|&end| end <= TEXT_LIMIT) {
                let text = String::from_utf8_lossy(rest[..end].trim_ascii()).into_owned();
                let position = part.start + end;
                let between = Scanner { position, ..Scanner::default() };
                return self.skip_part(between, content_type, Some(text));
            }
        }
        // Without a length, only the delimiter can end it.
        let known = self.delimiter.learned().is_some();
        let announced = part.length.unwrap_or(if known { usize::MAX } else { 0 });
        self.skip_part(lost_at(part.start, announced), content_type, None)
    }

    fn skip_part(
        &mut self,
        between: Scanner,
        content_type: ContentType,
        text: Option<String>,
    ) -> Step {
        self.quirks.note(match () {
            () if content_type.is_text() => Quirk::TextPart,
            () if content_type.essence.starts_with("image/") => Quirk::OtherPictureType,
            () => Quirk::OtherPart,
        });
        let skip = Skip::OtherPart { essence: content_type.essence, text };
        Step::Tell(DecoderState::Scanning(between), Event::Skipped(skip))
    }
}

fn lost_at(position: usize, announced: usize) -> Scanner {
    Scanner { position, announced, lost: true, within_line: true, ..Scanner::default() }
}
