//! The body of an answer, read from the connection or from the socket below it.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::http::chunked::Chunked;
use crate::net::direct::Direct;
use crate::net::wire::Wire;
use crate::quirk::Quirk;
use crate::session::connect::Body;

/// Where a body ends (RFC 9112 §6.3). A stream's `Content-Length`, where one is sent, is
/// made up.
#[derive(Debug)]
pub(crate) enum Framing {
    /// With its last chunk.
    Chunked(Box<Chunked>),
    /// After so many bytes more.
    Length(u64),
    /// When the camera closes the connection.
    Close,
}

/// The body of an answer that may hold pictures.
pub struct HttpBody {
    source: BodySource,
    framing: Framing,
}

enum BodySource {
    /// Where something has to be done to what the socket receives.
    Wire(Wire),
    Socket {
        socket: Direct,
        ahead: Ahead,
    },
}

/// What was read and is not the caller's yet.
struct Ahead {
    bytes: Vec<u8>,
    consumed: usize,
}

impl HttpBody {
    pub(crate) fn new(mut wire: Wire, framing: Framing) -> Self {
        // Behind a body of known length the connection may be used again.
        let may_go_past = !matches!(framing, Framing::Length(_));
        let socket = wire.socket().filter(|_| may_go_past);
        let source = match socket.and_then(Direct::new) {
            Some(socket) => {
                let bytes = wire.input().to_vec();
                BodySource::Socket { socket, ahead: Ahead { bytes, consumed: 0 } }
            }
            None => BodySource::Wire(wire),
        };
        Self { source, framing }
    }

    /// The connection, if the body was read to its end.
    pub(crate) fn into_wire(self) -> Option<Wire> {
        match (self.source, self.framing) {
            (BodySource::Wire(wire), Framing::Length(0)) => Some(wire),
            _ => None,
        }
    }

    /// Straight into `space`; `None` if that cannot be.
    fn read_straight(
        &mut self,
        space: &mut [u8],
        wanted: usize,
        timeout: Option<Duration>,
    ) -> Option<io::Result<usize>> {
        let BodySource::Socket { socket, ahead } = &mut self.source else {
            return None;
        };
        if !ahead.rest().is_empty() {
            return None;
        }
        let chunked = match &mut self.framing {
            Framing::Chunked(chunked) => chunked,
            Framing::Close => return Some(socket.read(space, wanted, timeout)),
            Framing::Length(_) => return None,
        };
        let room = chunked.data_ahead().min(space.len());
        if room < LEAST_DIRECT {
            return None;
        }
        let result = socket.read(&mut space[..room], wanted, timeout);
        if let Ok(count @ 1..) = result {
            chunked.passed(count);
        }
        Some(result).filter(|result| !matches!(result, Ok(0)))
    }

    /// How much came out of what is there, and whether nothing more will.
    fn step(&mut self, space: &mut [u8], timeout: Option<Duration>) -> io::Result<(usize, bool)> {
        let has_output = matches!(&self.framing, Framing::Chunked(chunked) if chunked.has_output());
        let is_over = !has_output && !self.source.fill(timeout)?;
        let input = self.source.input();
        let copy = |space: &mut [u8], limit: usize| {
            let count = input.len().min(space.len()).min(limit);
            space[..count].copy_from_slice(&input[..count]);
            count
        };
        let (consumed, produced) = match &mut self.framing {
            Framing::Chunked(chunked) => {
                if is_over {
                    chunked.end();
                }
                let done = chunked.decode(input, space);
                (done.consumed, done.produced)
            }
            Framing::Length(left) => {
                let count = copy(space, usize::try_from(*left).unwrap_or(usize::MAX));
                *left = left.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
                (count, count)
            }
            Framing::Close => {
                let count = copy(space, usize::MAX);
                (count, count)
            }
        };
        self.source.consume(consumed);
        Ok((produced, is_over))
    }

    fn is_done(&self) -> bool {
        match &self.framing {
            Framing::Chunked(chunked) => chunked.is_done(),
            Framing::Length(left) => *left == 0,
            Framing::Close => false,
        }
    }
}

impl BodySource {
    /// Waits for input where there is none; false at the end of the connection.
    fn fill(&mut self, timeout: Option<Duration>) -> io::Result<bool> {
        if !self.input().is_empty() {
            return Ok(true);
        }
        match self {
            Self::Wire(wire) => wire.read(timeout),
            Self::Socket { socket, ahead } => {
                // Only what frames the chunks: the data shall not come this way.
                ahead.bytes.resize(FRAMING, 0);
                ahead.consumed = FRAMING;
                let count = socket.read(&mut ahead.bytes, 1, timeout)?;
                ahead.bytes.truncate(count);
                ahead.consumed = 0;
                Ok(count > 0)
            }
        }
    }

    fn input(&mut self) -> &[u8] {
        match self {
            Self::Wire(wire) => wire.input(),
            Self::Socket { ahead, .. } => ahead.rest(),
        }
    }

    fn consume(&mut self, count: usize) {
        match self {
            Self::Wire(wire) => wire.consume(count),
            Self::Socket { ahead, .. } => ahead.consume(count),
        }
    }
}

impl Ahead {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.consumed..]
    }

    fn consume(&mut self, count: usize) {
        self.consumed += count;
        if self.consumed == self.bytes.len() {
            self.bytes.clear();
            self.bytes.shrink_to(FRAMING);
            self.consumed = 0;
        }
    }
}

/// So much is read where a chunk's size is expected, in bytes.
const FRAMING: usize = 4 * 1024;
/// Less of a chunk is not worth a read of its own, in bytes.
const LEAST_DIRECT: usize = 4 * 1024;

impl Body for HttpBody {
    fn read(
        &mut self,
        space: &mut [u8],
        wanted: usize,
        timeout: Option<Duration>,
    ) -> io::Result<usize> {
        if self.is_done() {
            return Ok(0);
        }
        if let Some(result) = self.read_straight(space, wanted, timeout) {
            return result;
        }
        let (produced, is_over) = self.step(space, timeout)?;
        if produced > 0 || is_over || self.is_done() {
            return Ok(produced);
        }
        // Only sizes and trailers; the caller looks at the time before it goes on.
        Err(io::ErrorKind::TimedOut.into())
    }

    fn outlast_length(&mut self) {
        if matches!(self.framing, Framing::Length(_)) {
            self.framing = Framing::Close;
        }
    }

    fn take_quirks(&mut self) -> Vec<Quirk> {
        match &mut self.framing {
            Framing::Chunked(chunked) => chunked.take_quirks(),
            Framing::Length(_) | Framing::Close => Vec::new(),
        }
    }
}

impl fmt::Debug for HttpBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBody").field("framing", &self.framing).finish_non_exhaustive()
    }
}
