//! Reads the socket itself, straight into the picture's memory.
//!
//! ```text
//!  head of a part:     recv            sleeps until something is there
//!  rest of a picture:  recv            takes what is there
//!                      poll            sleeps until all of it is there (SO_RCVLOWAT)
//!                      recv
//! ```
//!
//! A picture costs two wake-ups that way, however small the packets are. Asleep for the
//! rest, nobody notices that bytes come; so whenever the time is over, what has come is
//! taken, and the caller sees whether there is progress.

use std::fmt;
use std::io::{self, Read};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use once_cell::sync::Lazy;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::net::{lowat, system};

/// So little is not worth a sleep of its own, in bytes.
const LEAST_REST: usize = 4 * 1024;

/// With the environment variable `MJPEGHTTPSRC_PLAIN_READS` the socket is read as elsewhere, to
/// find out whether this way is at fault.
static WANTED: Lazy<bool> = Lazy::new(|| std::env::var_os("MJPEGHTTPSRC_PLAIN_READS").is_none());

/// A plain connection.
pub(crate) struct Direct {
    /// Shared with ureq, which shuts it down from another thread.
    socket: Arc<TcpStream>,
    /// What the kernel was told last.
    timeout: Option<Duration>,
    least: libc::c_int,
    /// The last read took all there was.
    is_drained: bool,
}

impl Direct {
    /// `None` if the connection is to be read as everywhere.
    pub(crate) fn new(socket: &Arc<TcpStream>) -> Option<Self> {
        if !*WANTED {
            return None;
        }
        let timeout = socket.read_timeout().ok()?;
        Some(Self { socket: socket.clone(), timeout, least: 1, is_drained: true })
    }

    /// See [`Body::read`](crate::session::connect::Body::read).
    pub(crate) fn read(
        &mut self,
        space: &mut [u8],
        wanted: usize,
        timeout: Option<Duration>,
    ) -> io::Result<usize> {
        if wanted.min(space.len()) >= LEAST_REST {
            return self.read_rest(space, wanted.min(space.len()), timeout);
        }
        self.read_some(space, timeout)
    }

    fn read_some(&mut self, space: &mut [u8], timeout: Option<Duration>) -> io::Result<usize> {
        self.sleep_until(1)?;
        if self.timeout != timeout {
            self.socket.set_read_timeout(timeout)?;
            self.timeout = timeout;
        }
        let result = (&*self.socket).read(space);
        self.note(space.len(), result)
    }

    /// Reads what is there.
    fn read_now(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let result = system::read_now(&self.socket, space);
        self.note(space.len(), result)
    }

    fn read_rest(
        &mut self,
        space: &mut [u8],
        rest: usize,
        timeout: Option<Duration>,
    ) -> io::Result<usize> {
        if !self.is_drained {
            let there = self.read_now(space);
            if !there.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::TimedOut) {
                return there;
            }
        }
        self.sleep_until(libc::c_int::try_from(rest).unwrap_or(libc::c_int::MAX))?;
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        // An interrupted sleep is a short one.
        let _ = poll(&mut [PollFd::new(&*self.socket, PollFlags::IN)], timeout.as_ref());
        self.read_now(space)
    }

    /// Tells the kernel with how many bytes to wake this thread.
    fn sleep_until(&mut self, least: libc::c_int) -> io::Result<()> {
        if self.least != least {
            lowat::set(&self.socket, least)?;
            self.least = least;
        }
        Ok(())
    }

    fn note(&mut self, space: usize, result: io::Result<usize>) -> io::Result<usize> {
        self.is_drained = !matches!(result, Ok(count) if count == space);
        result.map_err(|error| match error.kind() {
            // An interrupted sleep is a short one, too.
            io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => {
                io::ErrorKind::TimedOut.into()
            }
            _ => error,
        })
    }
}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Direct").field("socket", &self.socket).finish_non_exhaustive()
    }
}
