//! What comes out of the decoder.

use std::ops::Range;
use std::time::Duration;

use super::head::Head;
use super::pool::Lent;
use crate::jpeg::Picture;

/// What the decoder has found.
#[derive(Debug)]
pub enum Event {
    /// A whole picture.
    Frame(Frame),
    /// Something that was left out.
    Skipped(Skip),
}

/// A picture from SOI to EOI and the head of its part.
#[derive(Debug)]
pub struct Frame {
    /// The picture's bytes.
    pub bytes: Lent,
    /// What its frame header says.
    pub picture: Picture,
    /// When its first byte arrived, or the head that tells its length, on the caller's clock.
    pub arrival: Duration,
    pub(in crate::multipart) head: Range<usize>,
}

impl Frame {
    /// The header fields of its part; none for pictures without one.
    pub fn head(&self) -> Head<'_> {
        Head::new(&self.bytes.whole()[self.head.clone()])
    }
}

/// Why something was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// A picture cut short or damaged so that no decoder would show all of it.
    Damaged,
    /// A picture above the largest size allowed.
    TooLarge,
    /// A status line of HTTP where a part should start.
    StatusLine {
        /// Its code, 300 to 599.
        status: u16,
    },
    /// A part that is no JPEG.
    OtherPart {
        /// Its media type, in lower case; empty if it had none.
        essence: String,
        /// Its body, if that is text of no more than 64 KiB.
        text: Option<String>,
    },
}
