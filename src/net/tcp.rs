//! TCP connections whose socket can be had, and opened so that a cancel ends the wait.
//!
//! The kernel's receive buffer is left to grow as it likes. What waits there can be read
//! in no time; what it has no room for waits in the camera, where nothing can be skipped.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};
use ureq::{Error, Timeout};

use super::cancel::Cancel;
use super::{system, tcp_connect};

/// A connection that can be read without waiting.
#[derive(Debug)]
pub(crate) struct Tcp {
    /// Shared with those who read it past this transport, and with who shuts it down.
    socket: Arc<TcpStream>,
    buffers: LazyBuffers,
    /// What the kernel was told last.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Tcp {
    /// Connects to the first of `addresses` that answers.
    pub(crate) fn connect(
        addresses: &[SocketAddr],
        timeout: NextTimeout,
        buffers: LazyBuffers,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let limit = (!timeout.after.is_not_happening()).then(|| *timeout.after);
        let register = |wait| cancel.register(wait);
        let socket = tcp_connect::any(addresses, limit, register).map_err(late)?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, buffers, read_timeout: None, write_timeout: None })
    }

    pub(crate) fn socket(&self) -> Arc<TcpStream> {
        self.socket.clone()
    }

    /// Reads once, and waits for that no longer than `limit`.
    fn read(&mut self, limit: Option<Duration>) -> io::Result<usize> {
        if self.read_timeout != limit {
            self.socket.set_read_timeout(limit)?;
            self.read_timeout = limit;
        }
        let begun = Instant::now();
        loop {
            match (&*self.socket).read(self.buffers.input_append_buf()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    if limit.is_some_and(|limit| begun.elapsed() >= limit) {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                result => return result,
            }
        }
    }

    fn read_now(&mut self) -> io::Result<usize> {
        system::read_now(&self.socket, self.buffers.input_append_buf())
    }
}

impl Transport for Tcp {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = left(timeout.for_write())?;
        let limit = timeout.not_zero().map(|limit| *limit);
        if self.write_timeout != limit {
            self.socket.set_write_timeout(limit)?;
            self.write_timeout = limit;
        }
        let output = &self.buffers.output()[..amount];
        (&*self.socket).write_all(output).map_err(|error| failure(error, timeout.reason))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = left(timeout.for_read())?;
        let amount = self.read(timeout.not_zero().map(|limit| *limit));
        let amount = amount.map_err(|error| failure(error, timeout.reason))?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Open, and silent: a camera that has said something unasked is not to be asked again.
    fn is_open(&mut self) -> bool {
        let silent = self.read_now();
        silent.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}

/// Time that is over is not the second that ureq makes of it.
fn left(timeout: NextTimeout) -> Result<NextTimeout, Error> {
    if timeout.after.is_zero() { Err(Error::Timeout(timeout.reason)) } else { Ok(timeout) }
}

/// A connection that took too long.
fn late(error: Error) -> Error {
    match error {
        Error::Io(error) => failure(error, Timeout::Connect),
        other => other,
    }
}

fn failure(error: io::Error, reason: Timeout) -> Error {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Error::Timeout(reason),
        _ => error.into(),
    }
}
