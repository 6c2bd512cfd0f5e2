//! TCP connections whose socket can be had.
//!
//! ureq's TCP transport shows its socket to nobody, and opens it so that nothing can end the
//! wait. So this one stands in its place, but behind a SOCKS proxy, where ureq's own stays.
//!
//! The kernel's receive buffer is left to grow as it likes. What waits there can be read
//! in no time; what it has no room for waits in the camera, where nothing can be skipped.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use rustix::net::RecvFlags;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, ShutdownHandle,
    Transport,
};
use ureq::{Error, Timeout};

use super::dial;
use super::progress::Progress;

/// Where the socket of the connection that was opened last is to be had.
#[derive(Debug, Clone, Default)]
pub(super) struct LastSocket(Arc<Mutex<Weak<TcpStream>>>);

impl LastSocket {
    /// The socket, if it is still in use.
    pub(super) fn get(&self) -> Option<Arc<TcpStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).upgrade()
    }

    fn put(&self, socket: &Arc<TcpStream>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(socket);
    }
}

/// The connector in place of ureq's.
#[derive(Debug, Clone, Default)]
pub(super) struct ConnectTcp(pub(super) LastSocket, pub(super) Progress);

impl<In: Transport> Connector<In> for ConnectTcp {
    type Out = Either<In, Tcp>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        if chained.is_some() {
            return Ok(chained.map(Either::A));
        }
        let limit = self.1.limit(details.timeout)?;
        let timeout = (!limit.after.is_not_happening()).then(|| *limit.after);
        let register = |socket: &Arc<TcpStream>| {
            let handle: Weak<TcpStream> = Arc::downgrade(socket);
            (details.register_shutdown)(handle as Weak<dyn ShutdownHandle>)
        };
        let socket = dial::any(&details.addrs, timeout, register).map_err(late)?;
        socket.set_nodelay(details.config.no_delay())?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        let tcp = Tcp::new(socket, buffers, self.1.clone());
        self.0.put(&tcp.socket);
        Ok(Some(Either::B(tcp)))
    }
}

/// A connection that can be read without waiting.
#[derive(Debug)]
pub(super) struct Tcp {
    /// Shared with ureq, which shuts it down from another thread.
    socket: Arc<TcpStream>,
    buffers: LazyBuffers,
    progress: Progress,
    /// What the kernel was told last.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Tcp {
    fn new(socket: Arc<TcpStream>, buffers: LazyBuffers, progress: Progress) -> Self {
        Self { socket, buffers, progress, read_timeout: None, write_timeout: None }
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
        read_now(&self.socket, self.buffers.input_append_buf())
    }
}

impl Transport for Tcp {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = self.progress.limit(timeout.for_write())?;
        let limit = timeout.not_zero().map(|limit| *limit);
        if self.write_timeout != limit {
            self.socket.set_write_timeout(limit)?;
            self.write_timeout = limit;
        }
        let output = &self.buffers.output()[..amount];
        (&*self.socket).write_all(output).map_err(|error| failure(error, timeout.reason))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = self.progress.limit(timeout.for_read())?;
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

/// Reads what is there; [`io::ErrorKind::WouldBlock`] if that is nothing.
pub(super) fn read_now(socket: &TcpStream, space: &mut [u8]) -> io::Result<usize> {
    let (_, count) = rustix::net::recv(socket, space, RecvFlags::DONTWAIT)?;
    Ok(count)
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
