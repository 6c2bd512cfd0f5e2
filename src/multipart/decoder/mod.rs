//! Which bytes of a body are a picture.
//!
//! ```text
//!      ┌──────────────────── end, damage, another type ──────────────────┐
//!      ▼                                                                 │
//!   Scanner ──delimiter or field──▶ Head ──blank line──▶ Body ──SOI──▶ Picture ──EOI──▶ Frame
//!      │                                                                 ▲
//!      └──────────────────────────── SOI ────────────────────────────────┘
//! ```
//!
//! Three witnesses tell where a picture ends: the walk through the JPEG itself, the
//! length its head announced, and the delimiter behind it. The walk decides; the
//! length saves the walk while it has proved right ([`Lengths`]); the delimiter finds
//! the way back when the walk breaks off. Everything read since the picture began is
//! still in the window then, so a fault costs that one picture and nothing after it.

mod part_body;
mod part_head;
mod picture;
mod scanning;

use std::ops::Range;
use std::time::Duration;

use super::delimiter::Delimiter;
use super::event::Event;
use super::lengths::Lengths;
use super::pool::Pool;
use super::scanner::Scanner;
use super::window::Window;
use crate::jpeg::Walk;
use crate::quirk::Quirks;

/// Longest head of a part, in bytes; also how much junk may precede a picture.
const HEAD_LIMIT: usize = 64 * 1024;
/// A text part up to this size, in bytes, is handed on whole.
const TEXT_LIMIT: usize = 64 * 1024;
/// A part up to this size, in bytes, has room made for it before its length has proved
/// right.
const HINT_LIMIT: usize = 1024 * 1024;
/// What the window holds beyond the largest picture, in bytes.
const OVERHEAD: usize = 4 * HEAD_LIMIT;

/// See the [module](self).
#[derive(Debug)]
pub struct Decoder {
    pool: Pool,
    window: Window,
    state: DecoderState,
    delimiter: Delimiter,
    lengths: Lengths,
    max_frame_size: usize,
    /// When the bytes read last arrived.
    arrival: Duration,
    quirks: Quirks,
    /// The furthest place, in the stream, at which a picture was given up.
    abandoned: u64,
    /// The answer does not claim to be multipart.
    is_bare: bool,
    /// Pictures so far.
    parts: u64,
    /// Width and height of the last one.
    size: Option<(u16, u16)>,
    /// A picture has ended among the bytes read last.
    picture_in_fill: bool,
    /// Heads in a row that came with the picture before them.
    hasty_heads: u8,
}

#[derive(Debug)]
enum DecoderState {
    Scanning(Scanner),
    Head { start: usize, line: usize },
    Body(Part),
    Picture { part: Part, walk: Walk, arrival: Duration },
}

/// A part whose head has been read; positions in the window.
#[derive(Debug, Clone)]
struct Part {
    /// `None` for a picture that just stands there.
    head: Option<Range<usize>>,
    start: usize,
    /// Of the body, from `start` on, if the head announced one that is possible.
    length: Option<usize>,
    /// When that head came, if its length is trusted: the picture is on its way by then. Not if
    /// it came with the picture before: it may have been sent early.
    announced: Option<Duration>,
    /// Its head calls it `image/jpeg`.
    is_plain_jpeg: bool,
    /// The length was believed, and no EOI stands there.
    is_contradicted: bool,
}

impl Part {
    /// A picture without a head.
    fn bare(start: usize) -> Self {
        Self {
            head: None,
            start,
            length: None,
            announced: None,
            is_plain_jpeg: false,
            is_contradicted: false,
        }
    }
}

enum Step {
    /// On in this state.
    To(DecoderState),
    /// On in this state, with something to tell.
    Tell(DecoderState, Event),
    /// Nothing more without more bytes.
    More(DecoderState),
}

impl Decoder {
    /// `boundary` is the header's; `max_frame_size` in bytes bounds a picture and,
    /// with 256 KiB on top, the decoder's memory.
    pub fn new(boundary: Option<&[u8]>, max_frame_size: usize, pool: Pool) -> Self {
        Self {
            window: Window::new(pool.clone(), max_frame_size.saturating_add(OVERHEAD)),
            pool,
            state: DecoderState::Scanning(Scanner::default()),
            delimiter: Delimiter::new(boundary),
            lengths: Lengths::default(),
            max_frame_size,
            arrival: Duration::ZERO,
            quirks: Quirks::default(),
            abandoned: 0,
            is_bare: false,
            parts: 0,
            size: None,
            picture_in_fill: false,
            hasty_heads: 0,
        }
    }

    /// Where the next bytes go; never empty once [`poll`](Self::poll) has returned
    /// `None`. For a part of known length it ends a little behind the part.
    pub fn space(&mut self) -> &mut [u8] {
        match self.announced_end() {
            Some((end, length)) if length <= HINT_LIMIT || self.lengths.trusts(length) => {
                self.window.space_beyond(end)
            }
            _ => self.window.space(),
        }
    }

    /// Bytes that are missing before the decoder can have something to tell: the rest of a
    /// picture whose length it trusts, else 1. Also 1 where it does not know when that picture
    /// began to come.
    pub fn wanted(&self) -> usize {
        let has_come = match &self.state {
            DecoderState::Body(part) => part.announced.is_some(),
            _ => true,
        };
        match self.announced_end() {
            Some((end, length)) if has_come && self.lengths.trusts(length) => {
                end - self.window.filled()
            }
            _ => 1,
        }
    }

    /// Where in the window the part under way ends, and its length, if its head tells.
    fn announced_end(&self) -> Option<(usize, usize)> {
        let (DecoderState::Picture { part, .. } | DecoderState::Body(part)) = &self.state else {
            return None;
        };
        let (end, length) = (part.start + part.length?, part.length?);
        (end > self.window.filled()).then_some((end, length))
    }

    /// `count` bytes were put at the start of the space; they arrived at `arrival`.
    pub fn advance(&mut self, count: usize, arrival: Duration) {
        self.window.advance(count);
        self.arrival = arrival;
        self.picture_in_fill = false;
    }

    /// The next thing found; `None` when more bytes are needed.
    pub fn poll(&mut self) -> Option<Event> {
        loop {
            let step = match std::mem::replace(
                &mut self.state,
                DecoderState::Scanning(Scanner::default()),
            ) {
                DecoderState::Scanning(between) => self.between(between),
                DecoderState::Head { start, line } => self.head(start, line),
                DecoderState::Body(part) => self.body(part),
                DecoderState::Picture { part, walk, arrival } => self.picture(part, walk, arrival),
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

    /// Nothing more will come: a length that was not reached may have been a lie, and there
    /// may be whole pictures within what it claimed. They come out of
    /// [`poll`](Self::poll).
    pub fn end(&mut self) {
        if let DecoderState::Picture { part, .. } = &mut self.state
            && part.length.take().is_some()
        {
            self.lengths.distrust();
        }
    }

    /// A decoder for pictures without multipart around them, where no part has a head.
    pub fn bare(max_frame_size: usize, pool: Pool) -> Self {
        Self { is_bare: true, ..Self::new(None, max_frame_size, pool) }
    }

    /// What was odd about the parts so far.
    pub fn quirks(&self) -> &Quirks {
        &self.quirks
    }

    /// When the first byte came of the picture whose last is still to come.
    pub fn picture_arrival(&self) -> Option<Duration> {
        match &self.state {
            DecoderState::Picture { arrival, .. } => Some(*arrival),
            _ => None,
        }
    }

    /// Of that picture the bytes that are here, all of them if its head tells, and when the
    /// first came.
    pub fn picture_under_way(&self) -> Option<(usize, Option<usize>, Duration)> {
        let DecoderState::Picture { part, arrival, .. } = &self.state else {
            return None;
        };
        Some((self.window.filled().saturating_sub(part.start), part.length, *arrival))
    }

    /// Would the stream, ended here, cut a picture off?
    pub fn is_within_picture(&self) -> bool {
        matches!(self.state, DecoderState::Picture { .. })
    }
}
