//! The body of an answer, read from the transport itself.

use std::fmt;
use std::io;
use std::time::Duration;

use ureq::Timeout;
use ureq::unversioned::transport::{NextTimeout, Transport, time};

use super::chunked::{BadChunk, Chunked};
use crate::session::connect::Body;

/// A body that ends with its last chunk, or when the camera closes the connection: a
/// stream's `Content-Length`, where one is sent, is made up.
pub struct HttpBody {
    transport: Box<dyn Transport>,
    chunked: Option<Chunked>,
}

impl HttpBody {
    pub(super) fn new(transport: Box<dyn Transport>, is_chunked: bool) -> Self {
        Self { transport, chunked: is_chunked.then(Chunked::new) }
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

impl Body for HttpBody {
    fn read(&mut self, space: &mut [u8], timeout: Option<Duration>) -> io::Result<usize> {
        while self.chunked.as_ref().is_none_or(|chunked| !chunked.is_done()) {
            if !self.fill(timeout)? {
                return Ok(0);
            }
            let buffers = self.transport.buffers();
            let input = buffers.input();
            let (consumed, produced) = if let Some(chunked) = &mut self.chunked {
                let done = chunked.decode(input, space).map_err(bad_chunk)?;
                (done.consumed, done.produced)
            } else {
                let count = input.len().min(space.len());
                space[..count].copy_from_slice(&input[..count]);
                (count, count)
            };
            buffers.input_consume(consumed);
            if produced > 0 {
                return Ok(produced);
            }
        }
        Ok(0)
    }
}

impl fmt::Debug for HttpBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBody").field("chunked", &self.chunked).finish_non_exhaustive()
    }
}

fn bad_chunk(BadChunk(line): BadChunk) -> io::Error {
    let why = format!("chunk size expected where \"{line}\" stands");
    io::Error::new(io::ErrorKind::InvalidData, why)
}
