//! What a camera sends, and how.

use std::fmt::Write;
use std::time::Duration;

use crate::common::jpeg::{jpeg, with_segment};

/// Marker of a comment, which carries the time.
const COM: u8 = 0xFE;
/// Where the time is in a picture: behind SOI, the marker and the length of the segment.
const TIME_AT: usize = 6;
/// Nanoseconds in decimal digits.
const TIME_DIGITS: usize = 19;
/// So many bytes of a picture are enough to read the time.
pub const BEGIN: usize = TIME_AT + TIME_DIGITS;
/// So many different pictures in turn.
const PICTURES: u64 = 4;

/// What one client gets from one server.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Connections; nothing is sent before all of them are there.
    pub cameras: usize,
    /// Size of a picture in bytes, as near as pictures are made.
    pub picture: usize,
    pub habit: Habit,
    pub pace: Pace,
    /// Frames of each camera before anything is measured.
    pub warm_up: usize,
    /// Frames of each camera that are measured.
    pub frames: usize,
}

/// How the bytes go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As fast as the client takes them.
    Drain,
    /// A frame with one call at each interval.
    Frames(Duration),
    /// A frame at each interval, in segments of Ethernet's size over a link of 100 Mbit/s.
    Segments(Duration),
}

/// What is sent with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Length, and a line end behind the picture.
    LineEnd,
    /// The same without the length.
    LineEndWithoutLength,
    /// Length, and the next delimiter right behind the picture.
    Delimiter,
    /// Length, and nothing behind the picture.
    Nothing,
    /// Neither length nor anything behind the picture.
    NothingWithoutLength,
}

impl Habit {
    /// Before the first part.
    pub fn opening(self) -> &'static str {
        if self == Self::Delimiter { "--b\r\n" } else { "" }
    }

    fn before(self) -> &'static str {
        match self {
            Self::LineEnd | Self::LineEndWithoutLength => "--b\r\n",
            Self::Delimiter => "",
            Self::Nothing | Self::NothingWithoutLength => "\r\n--b\r\n",
        }
    }

    fn behind(self) -> &'static str {
        match self {
            Self::LineEnd | Self::LineEndWithoutLength => "\r\n",
            Self::Delimiter => "\r\n--b\r\n",
            Self::Nothing | Self::NothingWithoutLength => "",
        }
    }

    fn tells_length(self) -> bool {
        !matches!(self, Self::LineEndWithoutLength | Self::NothingWithoutLength)
    }
}

impl Load {
    /// Frames of each camera that are sent: some clients keep the last one until another
    /// follows.
    pub fn sent(&self) -> usize {
        self.warm_up + self.frames + 2
    }

    /// The parts that are sent in turn.
    pub fn parts(&self) -> Vec<Part> {
        (0..PICTURES).map(|number| Part::new(self, number)).collect()
    }
}

/// A part of the stream, as it goes to the socket.
#[derive(Clone)]
pub struct Part {
    pub bytes: Vec<u8>,
    time_at: usize,
}

impl Part {
    fn new(load: &Load, number: u64) -> Self {
        let picture = jpeg(number, 640, 480, load.picture);
        let picture = with_segment(&picture, COM, &[b'0'; TIME_DIGITS]);
        let mut head = format!("{}Content-Type: image/jpeg\r\n", load.habit.before());
        if load.habit.tells_length() {
            let _ = write!(head, "Content-Length: {}\r\n", picture.len());
        }
        head.push_str("X-Timestamp: 0.000000\r\n\r\n");
        let time_at = head.len() + TIME_AT;
        Self {
            bytes: [head.as_bytes(), &picture, load.habit.behind().as_bytes()].concat(),
            time_at,
        }
    }

    /// Writes the time into the picture.
    pub fn stamp(&mut self, now: u64) {
        let text = format!("{now:0TIME_DIGITS$}");
        self.bytes[self.time_at..][..TIME_DIGITS].copy_from_slice(text.as_bytes());
    }
}

/// The time that [`Part::stamp`] has written; `None` where somebody else made the picture.
pub fn time_of(picture: &[u8]) -> Option<u64> {
    let digits = picture.get(TIME_AT..BEGIN)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
