//! The body of an answer, read from the transport itself or from the socket below it.

use std::fmt;
use std::io::{self, Cursor, Read};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use ureq::Timeout;
use ureq::unversioned::transport::{NextTimeout, Transport, time};

use super::chunked::Chunked;
use super::direct::Direct;
use crate::quirk::Quirk;
use crate::session::connect::Body;

/// The body of an answer that may hold pictures.
#[derive(Debug)]
pub enum HttpBody {
    /// Arrives as it is read.
    Live(LiveBody),
    /// Has been read.
    Whole(Cursor<Vec<u8>>),
}

impl Body for HttpBody {
    fn read(
        &mut self,
        space: &mut [u8],
        wanted: usize,
        timeout: Option<Duration>,
    ) -> io::Result<usize> {
        match self {
            Self::Live(body) => body.read(space, wanted, timeout),
            Self::Whole(bytes) => bytes.read(space),
        }
    }

    fn take_quirks(&mut self) -> Vec<Quirk> {
        match self {
            Self::Live(body) => body.take_quirks(),
            Self::Whole(_) => Vec::new(),
        }
    }
}

/// A body that ends with its last chunk, or when the camera closes the connection: a
/// stream's `Content-Length`, where one is sent, is made up.
pub struct LiveBody {
    source: Source,
    chunked: Option<Chunked>,
}

enum Source {
    /// Where something has to be done to what the socket receives.
    Transport(Box<dyn Transport>),
    Socket {
        socket: Direct,
        ahead: Ahead,
    },
}

/// What was read from the socket and is not the caller's yet.
struct Ahead {
    bytes: Vec<u8>,
    consumed: usize,
}

impl LiveBody {
    /// `socket` is that of the transport, if nothing has to be done to what it receives.
    pub(super) fn new(
        mut transport: Box<dyn Transport>,
        socket: Option<Arc<TcpStream>>,
        is_chunked: bool,
    ) -> Self {
        let source = match socket.and_then(|socket| Direct::new(socket).ok()) {
            Some(socket) => {
                let bytes = transport.buffers().input().to_vec();
                Source::Socket { socket, ahead: Ahead { bytes, consumed: 0 } }
            }
            None => Source::Transport(transport),
        };
        Self { source, chunked: is_chunked.then(Chunked::new) }
    }

    /// Straight into `space`; `None` if that cannot be.
    fn read_straight(
        &mut self,
        space: &mut [u8],
        wanted: usize,
        timeout: Option<Duration>,
    ) -> Option<io::Result<usize>> {
        let Source::Socket { socket, ahead } = &mut self.source else {
            return None;
        };
        if !ahead.rest().is_empty() {
            return None;
        }
        let Some(chunked) = &mut self.chunked else {
            return Some(socket.read(space, wanted, timeout));
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
        let has_output = self.chunked.as_ref().is_some_and(Chunked::has_output);
        let is_over = !has_output && !self.source.fill(timeout)?;
        let input = self.source.input();
        let (consumed, produced) = if let Some(chunked) = &mut self.chunked {
            if is_over {
                chunked.end();
            }
            let done = chunked.decode(input, space);
            (done.consumed, done.produced)
        } else {
            let count = input.len().min(space.len());
            space[..count].copy_from_slice(&input[..count]);
            (count, count)
        };
        self.source.consume(consumed);
        Ok((produced, is_over))
    }
}

impl Source {
    /// Waits for input where there is none; false at the end of the connection.
    fn fill(&mut self, timeout: Option<Duration>) -> io::Result<bool> {
        if !self.input().is_empty() {
            return Ok(true);
        }
        match self {
            Self::Transport(transport) => {
                let after = timeout.map_or(time::Duration::NotHappening, time::Duration::Exact);
                let reason = Timeout::PerRead;
                let next = NextTimeout { after, reason, per_read: None, per_write: None };
                transport.await_input(next).map_err(|error| match error {
                    ureq::Error::Timeout(_) => io::ErrorKind::TimedOut.into(),
                    other => other.into_io(),
                })
            }
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
            Self::Transport(transport) => transport.buffers().input(),
            Self::Socket { ahead, .. } => ahead.rest(),
        }
    }

    fn consume(&mut self, count: usize) {
        match self {
            Self::Transport(transport) => transport.buffers().input_consume(count),
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

impl Body for LiveBody {
    fn read(
        &mut self,
        space: &mut [u8],
        wanted: usize,
        timeout: Option<Duration>,
    ) -> io::Result<usize> {
        if self.chunked.as_ref().is_some_and(Chunked::is_done) {
            return Ok(0);
        }
        if let Some(result) = self.read_straight(space, wanted, timeout) {
            return result;
        }
        let (produced, is_over) = self.step(space, timeout)?;
        let is_done = is_over || self.chunked.as_ref().is_some_and(Chunked::is_done);
        if produced > 0 || is_done {
            return Ok(produced);
        }
        // Only sizes and trailers; the caller looks at the time before it goes on.
        Err(io::ErrorKind::TimedOut.into())
    }

    fn take_quirks(&mut self) -> Vec<Quirk> {
        self.chunked.as_mut().map(Chunked::take_quirks).unwrap_or_default()
    }
}

impl fmt::Debug for LiveBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveBody").field("chunked", &self.chunked).finish_non_exhaustive()
    }
}
