//! What a row says of a file below `tests/data`.

use super::build::{Answer, picture};

/// The numbers of four pictures.
const ALL: &[usize] = &[0, 1, 2, 3];

/// What comes after the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The stream ends as it should.
    Clean,
    /// One picture: the address is asked again.
    Polled,
    /// An error whose message has these words.
    Error(&'static str),
}

pub struct Row {
    /// Name of the file below `tests/data`, without `.http`.
    pub file: &'static str,
    pub answer: Answer,
    /// Numbers of the pictures that come out, in order.
    pub pictures: &'static [usize],
    /// What the picture of a number comes out as.
    pub as_sent: fn(usize) -> Vec<u8>,
    /// Ids of the quirks told, in order.
    pub quirks: &'static [&'static str],
    pub end: End,
}

pub fn row(file: &'static str, answer: Answer, quirks: &'static [&'static str]) -> Row {
    Row { file, answer, pictures: ALL, as_sent: picture, quirks, end: End::Clean }
}

impl Row {
    pub fn gives(self, pictures: &'static [usize]) -> Self {
        Self { pictures, ..self }
    }

    pub fn coming_out(self, as_sent: fn(usize) -> Vec<u8>) -> Self {
        Self { as_sent, ..self }
    }

    pub fn ends(self, end: End) -> Self {
        Self { end, ..self }
    }
}
