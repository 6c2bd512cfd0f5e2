//! The session's only way to the network.

use std::fmt::Debug;
use std::io;
use std::time::Duration;

use super::control::{Control, Epoch};
use crate::error::Error;
use crate::quirk::Quirk;

/// Opens connections to one camera. There is one implementation for HTTP; tests have
/// another, so that reconnects are tested without a socket.
pub trait Connect: Debug {
    /// What a connection is read from.
    type Body: Body;

    /// Asks the camera for its pictures. Blocks until the head of the answer is here. Arms
    /// `control` so that the end of `epoch` ends this and every later read.
    fn connect(
        &mut self,
        control: &Control,
        epoch: Epoch,
    ) -> Result<Answer<Self::Body>, ConnectError>;

    /// Takes back the body of a single picture that was read to its end: its connection may
    /// serve the next request.
    fn keep(&mut self, body: Self::Body) {
        drop(body);
    }

    /// The address whose turn it is, as it may be shown.
    fn camera(&self) -> String;

    /// How many addresses the camera has.
    fn addresses(&self) -> usize {
        1
    }

    /// The next connection goes to the camera's next address.
    fn turn(&mut self) {}
}

/// What a camera says to a request.
#[derive(Debug)]
pub enum Answer<B> {
    /// Something that may hold pictures.
    Pictures(Response<B>),
    /// The single picture it sent last has not changed (RFC 9110 §15.4.5).
    Unchanged,
}

/// What the head of an answer says of its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Pictures in parts; with the `boundary` parameter of the `Content-Type`.
    Multipart(Option<Vec<u8>>),
    /// Pictures without a frame around them: one, or one behind the other. If it was one, the
    /// address is asked again for the next.
    Jpeg,
    /// No type, or one for anything.
    Nothing,
    /// HTML.
    Page,
    /// Another text: this type.
    Text(String),
    /// Something else: this type.
    Other(String),
    /// Compressed this way (RFC 9110 §8.4.1). Nobody has asked for that, so that nothing has to
    /// be inflated that may have no end.
    Compressed(&'static str),
}

/// An answer that may hold pictures.
#[derive(Debug)]
pub struct Response<B> {
    /// What they are said to be.
    pub claim: Claim,
    /// The length of the body in bytes, if that is told.
    pub length: Option<u64>,
    /// Fields of the head that are about the one picture in the body, as those of a part.
    pub part_head: Vec<u8>,
    /// What was odd about its head.
    pub quirks: Vec<Quirk>,
    /// Its body, transfer coding removed.
    pub body: B,
}

impl<B> Response<B> {
    /// A body of this kind, of which nothing more is known.
    pub fn new(claim: Claim, body: B) -> Self {
        Self { claim, length: None, part_head: Vec::new(), quirks: Vec::new(), body }
    }
}

/// The bytes of an answer.
pub trait Body: Debug {
    /// Reads at least one byte, or none at the end. [`io::ErrorKind::TimedOut`] says that
    /// there is none yet, after `timeout` at the latest. `space` is not empty. It may
    /// sleep until `wanted` bytes are there, at least 1: with fewer the caller has no use
    /// for a wake-up.
    fn read(
        &mut self,
        space: &mut [u8],
        wanted: usize,
        timeout: Option<Duration>,
    ) -> io::Result<usize>;

    /// It is a stream, whose length is made up: it goes on behind that.
    fn outlast_length(&mut self) {}

    /// What had to be repaired since the last call.
    fn take_quirks(&mut self) -> Vec<Quirk> {
        Vec::new()
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum ConnectError {
    /// `control` moved on.
    Cancelled,
    /// The camera, or what lies between.
    Failed(Error),
}

impl From<Error> for ConnectError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
