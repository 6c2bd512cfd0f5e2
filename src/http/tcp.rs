//! Reads what has arrived already, and never waits for more.
//!
//! ureq's TCP transport can wait for a time, of which the kernel makes some milliseconds
//! at least, but not for none at all, and shows its socket to nobody. So this one stands
//! in its place: where the time to wait is zero, the socket does not block for that read.
//!
//! Behind a SOCKS proxy ureq's own transport stays; there only what ureq has read already
//! counts as arrived.
//!
//! The kernel's receive buffer is left to grow as it likes. What waits there can be read
//! in no time; what it has no room for waits in the camera, where nothing can be skipped.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, ShutdownHandle,
    Transport,
};
use ureq::{Error, Timeout};

/// The least time an address is given to answer.
const LEAST_PER_ADDRESS: Duration = Duration::from_millis(10);

/// Stands in front of ureq's TCP connector; does nothing unless it is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConnectReady {
    pub(super) wanted: bool,
}

impl<In: Transport> Connector<In> for ConnectReady {
    type Out = Either<In, Ready>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        if chained.is_some() || !self.wanted {
            return Ok(chained.map(Either::A));
        }
        let timeout = (!details.timeout.after.is_not_happening()).then(|| *details.timeout.after);
        let socket = connect_any(&details.addrs, timeout)?;
        socket.set_nodelay(details.config.no_delay())?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        let ready = Ready::new(socket, buffers);
        let handle: Weak<TcpStream> = Arc::downgrade(&ready.socket);
        (details.register_shutdown)(handle as Weak<dyn ShutdownHandle>)?;
        Ok(Some(Either::B(ready)))
    }
}

/// The first address that answers. Each but the last has half of the time that is left.
fn connect_any(addresses: &[SocketAddr], timeout: Option<Duration>) -> Result<TcpStream, Error> {
    let begun = Instant::now();
    let mut last = io::ErrorKind::ConnectionRefused.into();
    for (index, address) in addresses.iter().enumerate() {
        let is_last = index + 1 == addresses.len();
        let left = timeout.map(|timeout| {
            let left = timeout.saturating_sub(begun.elapsed());
            (if is_last { left } else { left / 2 }).max(LEAST_PER_ADDRESS)
        });
        let socket = match left {
            Some(left) => TcpStream::connect_timeout(address, left),
            None => TcpStream::connect(address),
        };
        match socket {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(failure(last, Timeout::Connect))
}

/// A connection that can be read without waiting.
#[derive(Debug)]
pub(super) struct Ready {
    /// Shared with ureq, which shuts it down from another thread.
    socket: Arc<TcpStream>,
    buffers: LazyBuffers,
    /// What the kernel was told last.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Ready {
    fn new(socket: TcpStream, buffers: LazyBuffers) -> Self {
        Self { socket: Arc::new(socket), buffers, read_timeout: None, write_timeout: None }
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

    /// Reads what is there. The time to wait stays as it is, which saves telling it again.
    fn read_now(&mut self) -> io::Result<usize> {
        self.socket.set_nonblocking(true)?;
        let result = (&*self.socket).read(self.buffers.input_append_buf());
        self.socket.set_nonblocking(false)?;
        result
    }
}

impl Transport for Ready {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = timeout.for_write();
        let limit = timeout.not_zero().map(|limit| *limit);
        if self.write_timeout != limit {
            self.socket.set_write_timeout(limit)?;
            self.write_timeout = limit;
        }
        let output = &self.buffers.output()[..amount];
        (&*self.socket).write_all(output).map_err(|error| failure(error, timeout.reason))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = timeout.for_read();
        let amount = if timeout.after.is_zero() {
            self.read_now()
        } else {
            self.read(timeout.not_zero().map(|limit| *limit))
        };
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

fn failure(error: io::Error, reason: Timeout) -> Error {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Error::Timeout(reason),
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use ureq::unversioned::transport::time;

    use super::*;

    fn pair() -> (Ready, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = connect_any(&[listener.local_addr().unwrap()], None).unwrap();
        (Ready::new(socket, LazyBuffers::new(100, 100)), listener.accept().unwrap().0)
    }

    fn timeout(after: Duration) -> NextTimeout {
        NextTimeout {
            after: time::Duration::Exact(after),
            reason: Timeout::PerRead,
            per_read: None,
            per_write: None,
        }
    }

    #[test]
    fn without_time_it_reads_what_is_there_and_waits_for_nothing() {
        let (mut ready, mut camera) = pair();
        for round in 0..3 {
            let nothing = ready.await_input(timeout(Duration::ZERO));
            assert!(matches!(nothing, Err(Error::Timeout(_))), "{nothing:?}");
            camera.write_all(b"one").unwrap();
            // With time, it waits all the same.
            assert!(ready.await_input(timeout(Duration::from_secs(20))).unwrap());
            camera.write_all(b"two").unwrap();
            ready.socket.peek(&mut [0]).unwrap();
            assert!(ready.await_input(timeout(Duration::ZERO)).unwrap());
            assert_eq!(ready.buffers().input(), b"onetwo", "round {round}");
            ready.buffers().input_consume(6);
        }
        drop(camera);
        ready.socket.peek(&mut [0]).unwrap();
        assert!(!ready.await_input(timeout(Duration::ZERO)).unwrap(), "the end is no silence");
    }

    #[test]
    fn the_next_address_is_tried_when_one_refuses() {
        let refusing = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let answering = listener.local_addr().unwrap();
        let timeout = Some(Duration::from_secs(20));
        let socket = connect_any(&[refusing, answering], timeout).unwrap();
        assert_eq!(socket.peer_addr().unwrap(), answering);
        let refused = connect_any(&[refusing], timeout);
        assert!(matches!(refused, Err(Error::Io(_))), "{refused:?}");
    }
}
