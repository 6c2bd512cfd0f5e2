//! How far `Content-Length` is believed.
//!
//! A believed length saves the walk through the entropy-coded data, which is most
//! of a picture. It is believed once lengths have been right, as long as they are,
//! and only while they are in line with the pictures seen: what a single lie can
//! hold back is then about one picture.
//!
//! A believed length also bears witness: where a picture ends elsewhere, bytes are
//! missing, and what looks like one picture is the start of one and the end of
//! another. A camera that has lied often is no witness any more.

/// Right lengths in a row after which the next one is believed.
const ENOUGH: u8 = 2;
/// A length may exceed twice the largest picture by this much, in bytes.
const SLACK: usize = 64 * 1024;
/// Trusted lengths that may be wrong before no length is trusted any more.
const PATIENCE: u8 = 4;

/// The record of one connection.
#[derive(Debug, Clone, Default)]
pub struct Lengths {
    right: u8,
    lies: u8,
    largest: usize,
}

impl Lengths {
    /// May the picture be read to `length` without looking inside?
    pub fn trusts(&self, length: usize) -> bool {
        self.right >= ENOUGH && length <= 2 * self.largest + SLACK
    }

    /// Is a picture that contradicts its believed length a damaged one?
    pub fn bear_witness(&self) -> bool {
        self.lies <= PATIENCE
    }

    /// A picture of `size` bytes ended; its head had said `announced`.
    pub fn record(&mut self, announced: Option<usize>, size: usize) {
        self.largest = self.largest.max(size);
        self.right = match announced {
            Some(length) if length == size => self.right.saturating_add(1),
            Some(_) => 0,
            None => self.right,
        };
    }

    /// A believed length was wrong.
    pub fn distrust(&mut self) {
        self.right = 0;
        self.lies = self.lies.saturating_add(1);
    }
}
