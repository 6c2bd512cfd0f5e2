//! The end of a picture, by three witnesses.

use std::time::Duration;

use memchr::memmem;

use super::{Decoder, DecoderState, Part, Step};
use crate::jpeg::{EOI, Picture, SOI, Walk, Walked, huffman};
use crate::multipart::delimiter::LONGEST;
use crate::multipart::scanner::{Last, Passed, Scanner};
use crate::multipart::{Event, Frame, Skip};
use crate::quirk::Quirk;

impl Decoder {
    pub(super) fn picture(&mut self, mut part: Part, mut walk: Walk, arrival: Duration) -> Step {
        let data = &self.window.bytes()[part.start..];
        if let Some(length) = part.length.filter(|&length| self.lengths.trusts(length)) {
            let Some(data) = data.get(..length) else {
                return Step::More(DecoderState::Picture { part, walk, arrival });
            };
            if walk.advance_to_scan(data) == Walked::More
                && data.ends_with(&EOI)
                && walk.picture().is_some()
            {
                return self.emit(&part, &walk, length, arrival);
            }
            self.lengths.distrust();
            part.is_contradicted = true;
        }
        // Not beyond the limit, so that it does not matter how much has come at once.
        let data = &data[..data.len().min(self.max_frame_size.saturating_add(1))];
        match walk.advance(data) {
            Walked::End(end) if part.is_contradicted => match self.is_fused(&part, end) {
                None => Step::More(DecoderState::Picture { part, walk, arrival }),
                Some(true) => {
                    self.judge_length(&part, end);
                    self.abandon(&part, end, Skip::Damaged)
                }
                Some(false) => {
                    part.is_contradicted = false;
                    Step::To(DecoderState::Picture { part, walk, arrival })
                }
            },
            Walked::End(end) if end <= self.max_frame_size => self.emit(&part, &walk, end, arrival),
            Walked::More if data.len() <= self.max_frame_size => {
                Step::More(DecoderState::Picture { part, walk, arrival })
            }
            Walked::Broken(at) => self.abandon(&part, at, Skip::Damaged),
            Walked::End(at) => self.abandon(&part, at, Skip::TooLarge),
            Walked::More => self.abandon(&part, data.len(), Skip::TooLarge),
        }
    }

    /// Either the length lies, or bytes are missing, and what ends there is the start of one
    /// picture and the end of another. `None`: more bytes tell.
    fn is_fused(&self, part: &Part, end: usize) -> Option<bool> {
        let padding = part.length.map_or(0, |length| length.saturating_sub(end));
        let behind = &self.window.bytes()[part.start + end..];
        let near = &behind[..behind.len().min(padding + LONGEST)];
        if !self.lengths.bear_witness() {
            return Some(false);
        }
        // A line end alone is the one in front of the delimiter.
        if near[..padding].trim_ascii().is_empty() {
            return Some(true);
        }
        let soi = memmem::find(&near[..padding], &[SOI[0], SOI[1], 0xFF]);
        let delimiter = self.delimiter.find(near).filter(|&at| at < padding);
        if soi.is_some() || delimiter.is_some() {
            return Some(true);
        }
        (!self.delimiter.may_begin(near, padding - 1)).then_some(false)
    }

    fn emit(&mut self, part: &Part, walk: &Walk, size: usize, arrival: Duration) -> Step {
        let Some(picture) = walk.picture() else {
            return self.abandon(part, size, Skip::Damaged);
        };
        self.lengths.record(part.length, size);
        self.judge(part, picture, size);
        let mut end = part.start + size;
        let mut buffer = self.window.take(end, size);
        if let Some(scan) = walk.first_scan().filter(|_| picture.needs_standard_tables()) {
            let tables = huffman::standard_tables();
            let at = part.start + scan;
            let room = end + tables.len();
            // As large as the windows, it comes back as one.
            if buffer.len() < room {
                buffer.resize(room, 0);
            }
            buffer.copy_within(at..end, at + tables.len());
            buffer[at..at + tables.len()].copy_from_slice(&tables);
            end = room;
        }
        let frame = Frame {
            bytes: self.pool.lend(buffer, part.start..end),
            picture,
            arrival,
            head: part.head.clone().unwrap_or_default(),
        };
        let announced = part.length.map_or(0, |length| length.saturating_sub(size));
        let last = if announced > 0 { Last::OverlongPicture } else { Last::Picture };
        let passed = Passed { last, ..Passed::default() };
        let between = Scanner { announced, passed, ..Scanner::default() };
        Step::Tell(DecoderState::Scanning(between), Event::Frame(frame))
    }

    fn judge(&mut self, part: &Part, picture: Picture, size: usize) {
        self.judge_length(part, size);
        if !picture.has_huffman_tables {
            self.quirks.note(Quirk::NoHuffmanTables);
        }
        let size = (picture.width, picture.height);
        if self.size.replace(size).is_some_and(|before| before != size) {
            self.quirks.note(Quirk::SizeChanged);
        }
        self.parts += 1;
        self.picture_in_fill = true;
    }

    fn judge_length(&mut self, part: &Part, size: usize) {
        if part.length.is_some_and(|length| length < size) {
            self.quirks.note(Quirk::LengthTooSmall);
        }
    }

    /// The picture is lost `at` bytes behind its start. If the delimiter, or in a
    /// stream without one the next picture, stands before that place, it was cut
    /// there; else the search goes on from that place.
    fn abandon(&mut self, part: &Part, at: usize, why: Skip) -> Step {
        self.quirks.note(match why {
            Skip::TooLarge => Quirk::PictureTooLarge,
            _ => Quirk::PictureDamaged,
        });
        let begun = self.window.offset_of(part.start);
        let failed = self.window.offset_of(part.start + at);
        // What was walked twice is not walked again for each delimiter in it.
        let walked_twice = begun < self.abandoned && failed >= self.abandoned;
        self.abandoned = self.abandoned.max(failed);
        let cut = if walked_twice { None } else { self.resync_point(part, at) };
        let between = Scanner {
            position: part.start + cut.unwrap_or(at),
            lost: true,
            within_line: cut.is_none(),
            ..Scanner::default()
        };
        Step::Tell(DecoderState::Scanning(between), Event::Skipped(why))
    }

    /// Where, behind its start and before `at`, another part or picture begins.
    fn resync_point(&self, part: &Part, at: usize) -> Option<usize> {
        let seen = &self.window.bytes()[part.start..][..at][SOI.len()..];
        let cut = self.delimiter.find(seen).or_else(|| {
            let glued = [EOI, SOI].concat();
            memmem::find(seen, &glued).map(|end| end + EOI.len())
        });
        cut.map(|cut| SOI.len() + cut)
    }
}
