//! Which bytes of a body are a picture.
//!
//! ```text
//!      ┌──────────────────── end, damage, another type ──────────────────┐
//!      ▼                                                                 │
//!   Between ──delimiter or field──▶ Head ──blank line──▶ Body ──SOI──▶ Picture ──EOI──▶ Frame
//!      │                                                                 ▲
//!      └──────────────────────────── SOI ────────────────────────────────┘
//! ```
//!
//! Three witnesses tell where a picture ends: the walk through the JPEG itself, the
//! length its head announced, and the delimiter behind it. The walk decides; the
//! length saves the walk while it has proved right ([`Lengths`]); the delimiter finds
//! the way back when the walk breaks off. Everything read since the picture began is
//! still in the window then, so a fault costs that one picture and nothing after it.

use std::ops::Range;
use std::time::Duration;

use memchr::{memchr, memmem};

use super::ContentType;
use super::between::{Between, Look};
use super::delimiter::{Delimiter, Reading};
use super::event::{Event, Frame, Skip};
use super::head::{Head, is_text};
use super::lengths::Lengths;
use super::pool::Pool;
use super::window::Window;
use crate::jpeg::{EOI, Progress, SOI, Walk};

/// Longest head of a part, in bytes; also how much junk may precede a picture.
const HEAD_LIMIT: usize = 64 * 1024;
/// A text part up to this size, in bytes, is handed on whole.
const TEXT_LIMIT: usize = 64 * 1024;
/// What the window holds beyond the largest picture, in bytes.
const OVERHEAD: usize = 4 * HEAD_LIMIT;

/// See the [module](self).
#[derive(Debug)]
pub struct Decoder {
    pool: Pool,
    window: Window,
    state: State,
    delimiter: Delimiter,
    lengths: Lengths,
    max_frame_size: usize,
    /// When the bytes read last arrived.
    arrival: Duration,
}

#[derive(Debug)]
enum State {
    Between(Between),
    Head { start: usize, line: usize },
    Body(Part),
    Picture { part: Part, walk: Walk, arrival: Duration },
}

/// A part whose head has been read; positions in the window.
#[derive(Debug, Clone)]
struct Part {
    head: Range<usize>,
    start: usize,
    /// Of the body, from `start` on, if the head announced one that is possible.
    length: Option<usize>,
}

enum Step {
    /// On in this state.
    To(State),
    /// On in this state, with something to tell.
    Tell(State, Event),
    /// Nothing more without more bytes.
    More(State),
}

impl Decoder {
    /// `boundary` is the header's; `max_frame_size` in bytes bounds a picture and,
    /// with 256 KiB on top, the decoder's memory.
    pub fn new(boundary: Option<&[u8]>, max_frame_size: usize, pool: Pool) -> Self {
        Self {
            window: Window::new(pool.clone(), max_frame_size.saturating_add(OVERHEAD)),
            pool,
            state: State::Between(Between::default()),
            delimiter: Delimiter::new(boundary),
            lengths: Lengths::default(),
            max_frame_size,
            arrival: Duration::ZERO,
        }
    }

    /// Where the next bytes go; never empty once [`poll`](Self::poll) has returned
    /// `None`. For a picture of believed length it ends where the picture ends.
    pub fn space(&mut self) -> &mut [u8] {
        let end = match &self.state {
            State::Picture { part, .. } | State::Body(part) => {
                part.length.filter(|&length| self.lengths.believes(length)).map(|l| part.start + l)
            }
            _ => None,
        };
        match end {
            Some(end) if end > self.window.filled() => self.window.space_until(end),
            _ => self.window.space(),
        }
    }

    /// `count` bytes were put at the start of the space; they arrived at `arrival`.
    pub fn advance(&mut self, count: usize, arrival: Duration) {
        self.window.advance(count);
        self.arrival = arrival;
    }

    /// The next thing found; `None` when more bytes are needed.
    pub fn poll(&mut self) -> Option<Event> {
        loop {
            let step = match std::mem::replace(&mut self.state, State::Between(Between::default()))
            {
                State::Between(between) => self.between(between),
                State::Head { start, line } => self.head(start, line),
                State::Body(part) => self.body(part),
                State::Picture { part, walk, arrival } => self.picture(part, walk, arrival),
            };
            match step {
                Step::To(state) => self.state = state,
                Step::Tell(state, event) => {
                    self.state = state;
                    return Some(event);
                }
                Step::More(state) => {
                    self.state = state;
                    return None;
                }
            }
        }
    }

    /// Would the stream, ended here, cut a picture off?
    pub fn is_within_picture(&self) -> bool {
        matches!(self.state, State::Picture { .. })
    }

    fn between(&mut self, mut between: Between) -> Step {
        let bytes = self.window.bytes();
        let rest = &bytes[between.position..];
        let blanks = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        between.skip(blanks);
        between.within_line &= blanks == 0;
        match between.look(&rest[blanks..], &mut self.delimiter) {
            Look::More => {
                // Nothing before this place is of use any more.
                self.window.discard(between.position);
                between.position = 0;
                return Step::More(State::Between(between));
            }
            Look::Lines(count) => {
                between.skip(count);
                between.within_line = false;
            }
            Look::Piece(count) => {
                between.skip(count);
                between.within_line = true;
            }
            Look::Closed(length) => {
                between.skip(length);
                between.announced = 0;
            }
            Look::Head(length) => {
                let start = self.keep_from(between.position) + length;
                return Step::To(State::Head { start, line: start });
            }
            Look::Picture => {
                let start = self.keep_from(between.position);
                let part = Part { head: start..start, start, length: None };
                return Step::To(State::Body(part));
            }
        }
        Step::To(State::Between(between))
    }

    /// Leaves room for a whole part behind much junk; where the part starts then.
    fn keep_from(&mut self, position: usize) -> usize {
        if position <= HEAD_LIMIT {
            return position;
        }
        self.window.discard(position);
        0
    }

    fn head(&mut self, start: usize, line: usize) -> Step {
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

    /// What kind of body is it? Its first bytes are believed before its type.
    fn body(&mut self, mut part: Part) -> Step {
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

    fn picture(&mut self, part: Part, mut walk: Walk, arrival: Duration) -> Step {
        let data = &self.window.bytes()[part.start..];
        if let Some(length) = part.length.filter(|&length| self.lengths.believes(length)) {
            let Some(data) = data.get(..length) else {
                return Step::More(State::Picture { part, walk, arrival });
            };
            if walk.advance_to_scan(data) == Progress::More
                && data.ends_with(&EOI)
                && walk.picture().is_some()
            {
                return self.emit(&part, &walk, length, arrival);
            }
            self.lengths.doubt();
        }
        match walk.advance(data) {
            Progress::End(end) if end <= self.max_frame_size => {
                self.emit(&part, &walk, end, arrival)
            }
            Progress::More if data.len() <= self.max_frame_size => {
                Step::More(State::Picture { part, walk, arrival })
            }
            Progress::Broken(at) => self.give_up(&part, at, Skip::Damaged),
            Progress::End(at) => self.give_up(&part, at, Skip::TooLarge),
            Progress::More => self.give_up(&part, data.len(), Skip::TooLarge),
        }
    }

    fn emit(&mut self, part: &Part, walk: &Walk, size: usize, arrival: Duration) -> Step {
        let Some(picture) = walk.picture() else {
            return self.give_up(part, size, Skip::Damaged);
        };
        self.lengths.record(part.length, size);
        let end = part.start + size;
        let buffer = self.window.take(end, size);
        let frame = Frame {
            bytes: self.pool.lend(buffer, part.start..end),
            picture,
            arrival,
            head: part.head.clone(),
        };
        let announced = part.length.map_or(0, |length| length.saturating_sub(size));
        let between = Between { announced, ..Between::default() };
        Step::Tell(State::Between(between), Event::Frame(frame))
    }

    /// The picture is lost `at` bytes behind its start. If the delimiter, or in a
    /// stream without one the next picture, stands before that place, it was cut
    /// there; else the search goes on from that place.
    fn give_up(&mut self, part: &Part, at: usize, why: Skip) -> Step {
        self.lengths.doubt();
        let data = &self.window.bytes()[part.start..];
        let seen = &data[2.min(data.len())..at.clamp(2, data.len().max(2)).min(data.len())];
        let cut = self.delimiter.find(seen).or_else(|| {
            let glued = [EOI, SOI].concat();
            memmem::find(seen, &glued).map(|end| end + EOI.len())
        });
        let between = Between {
            position: part.start + cut.map_or(at.clamp(2, data.len()), |cut| cut + 2),
            announced: 0,
            lost: true,
            within_line: cut.is_none(),
        };
        Step::Tell(State::Between(between), Event::Skipped(why))
    }
}
