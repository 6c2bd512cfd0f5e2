//! The body of an answer, read from the transport itself.

use std::fmt;
use std::io::{self, Cursor, Read};
use std::time::Duration;

use ureq::Timeout;
use ureq::unversioned::transport::{NextTimeout, Transport, time};

use super::chunked::Chunked;
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
    fn read(&mut self, space: &mut [u8], timeout: Option<Duration>) -> io::Result<usize> {
        match self {
            Self::Live(body) => body.read(space, timeout),
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
    transport: Box<dyn Transport>,
    chunked: Option<Chunked>,
}

impl LiveBody {
    pub(super) fn new(transport: Box<dyn Transport>, is_chunked: bool) -> Self {
        Self { transport, chunked: is_chunked.then(Chunked::new) }
    }

    /// How much came out of what is there, and whether nothing more will.
    fn step(&mut self, space: &mut [u8], timeout: Option<Duration>) -> io::Result<(usize, bool)> {
        let has_output = self.chunked.as_ref().is_some_and(Chunked::has_output);
        let is_over = !has_output && !self.fill(timeout)?;
        let buffers = self.transport.buffers();
        let (consumed, produced) = if let Some(chunked) = &mut self.chunked {
            if is_over {
                chunked.end();
            }
            let done = chunked.decode(buffers.input(), space);
            (done.consumed, done.produced)
        } else {
            let input = buffers.input();
            let count = input.len().min(space.len());
            space[..count].copy_from_slice(&input[..count]);
            (count, count)
        };
        buffers.input_consume(consumed);
        Ok((produced, is_over))
    }

    /// Waits for input where there is none; false at the end of the connection.
    fn fill(&mut self, timeout: Option<Duration>) -> io::Result<bool> {
        if !self.transport.buffers().input().is_empty() {
            return Ok(true);
        }
        let after = timeout.map_or(time::Duration::NotHappening, time::Duration::Exact);
        let next = NextTimeout { after, reason: Timeout::PerRead, per_read: None, per_write: None };
        self.transport.await_input(next).map_err(|error| match error {
            ureq::Error::Timeout(_) => io::ErrorKind::TimedOut.into(),
            other => other.into_io(),
        })
    }
}

impl Body for LiveBody {
    fn read(&mut self, space: &mut [u8], timeout: Option<Duration>) -> io::Result<usize> {
        if self.chunked.as_ref().is_some_and(Chunked::is_done) {
            return Ok(0);
        }
        loop {
            let (produced, is_over) = self.step(space, timeout)?;
            let is_done = is_over || self.chunked.as_ref().is_some_and(Chunked::is_done);
            if produced > 0 || is_done {
                return Ok(produced);
            }
            // Only sizes and trailers; the caller looks at the time before it goes on,
            // unless none passes.
            if timeout != Some(Duration::ZERO) {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
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
