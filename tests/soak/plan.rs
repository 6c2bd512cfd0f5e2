//! What a camera does next, by chance.

use std::time::Duration;

use crate::common::random::Random;

/// How a camera writes.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    pub head: &'static str,
    pub framing: Framing,
    pub lengths: Lengths,
    /// At the end of each line of a part's head.
    pub line_end: &'static str,
    /// Behind a picture.
    pub behind: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    UntilClose,
    Chunked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lengths {
    Announced,
    Missing,
}

const PLAIN: Dialect = Dialect {
    head: "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n",
    framing: Framing::UntilClose,
    lengths: Lengths::Announced,
    line_end: "\r\n",
    behind: "\r\n",
};

/// One after the other goes to the cameras.
pub const DIALECTS: [Dialect; 5] = [
    PLAIN,
    Dialect { lengths: Lengths::Missing, ..PLAIN },
    Dialect {
        head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\
               Content-Type: multipart/x-mixed-replace; boundary=\"--b\"\r\n\r\n",
        framing: Framing::Chunked,
        ..PLAIN
    },
    Dialect { line_end: "\n", behind: "\n", ..PLAIN },
    Dialect { lengths: Lengths::Missing, behind: "\r\n\r\n", ..PLAIN },
];

/// What is wrong with a picture as it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Nothing,
    /// The end is missing, and the next part follows.
    Cut,
    /// A marker in the entropy-coded data that has no business there.
    Damaged,
    /// `Content-Length` lies.
    WrongLength,
    /// Larger than the element allows.
    TooLarge,
}

/// How a camera ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    Close,
    CloseWithinPicture,
    Reset,
    ResetWithinPicture,
    /// Not a byte until the client has left.
    Stall,
    /// Line ends, and no picture, until the client has left.
    KeepAlive,
}

#[derive(Debug, Clone, Copy)]
pub enum Step {
    Send(Fault),
    Resize,
    Finish(Finish),
}

/// The next step of a connection that is streaming.
pub fn step(random: &mut Random) -> Step {
    match random.below(1000) {
        0..4 => Step::Send(Fault::Cut),
        4..8 => Step::Send(Fault::Damaged),
        8..12 => Step::Send(Fault::WrongLength),
        12..14 => Step::Send(Fault::TooLarge),
        14..18 => Step::Resize,
        18..20 => Step::Finish(Finish::Close),
        20..22 => Step::Finish(Finish::CloseWithinPicture),
        22..24 => Step::Finish(Finish::Reset),
        24..26 => Step::Finish(Finish::ResetWithinPicture),
        26 => Step::Finish(Finish::Stall),
        27 => Step::Finish(Finish::KeepAlive),
        _ => Step::Send(Fault::Nothing),
    }
}

/// What a camera does with a client.
#[derive(Debug, Clone, Copy)]
pub enum Welcome {
    Stream,
    /// `503` with `Retry-After`.
    Busy,
    /// No port to connect to, for so long.
    Refuse(Duration),
}

pub fn welcome(random: &mut Random) -> Welcome {
    match random.below(20) {
        0 => Welcome::Busy,
        1 | 2 => Welcome::Refuse(Duration::from_millis(50 + random.next() % 1000)),
        _ => Welcome::Stream,
    }
}
