//! TCP connections whose socket can be had.
//!
//! ureq's TCP transport shows its socket to nobody, and cannot read what has arrived
//! already without waiting for more. So this one stands in its place.
//!
//! Behind a SOCKS proxy ureq's own transport stays; there only what ureq has read already
//! counts as arrived.
//!
//! The kernel's receive buffer is left to grow as it likes. What waits there can be read
//! in no time; what it has no room for waits in the camera, where nothing can be skipped.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use rustix::net::RecvFlags;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, ShutdownHandle,
    Transport,
};
use ureq::{Error, Timeout};

/// The least time an address is given to answer.
const LEAST_PER_ADDRESS: Duration = Duration::from_millis(10);

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
pub(super) struct ConnectTcp(pub(super) LastSocket);

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
        let timeout = (!details.timeout.after.is_not_happening()).then(|| *details.timeout.after);
        let socket = connect_any(&details.addrs, timeout)?;
        socket.set_nodelay(details.config.no_delay())?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        let tcp = Tcp::new(socket, buffers);
        self.0.put(&tcp.socket);
        let handle: Weak<TcpStream> = Arc::downgrade(&tcp.socket);
        (details.register_shutdown)(handle as Weak<dyn ShutdownHandle>)?;
        Ok(Some(Either::B(tcp)))
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
pub(super) struct Tcp {
    /// Shared with ureq, which shuts it down from another thread.
    socket: Arc<TcpStream>,
    buffers: LazyBuffers,
    /// What the kernel was told last.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Tcp {
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

    fn read_now(&mut self) -> io::Result<usize> {
        read_now(&self.socket, self.buffers.input_append_buf())
    }
}

impl Transport for Tcp {
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

/// Reads what is there; [`io::ErrorKind::WouldBlock`] if that is nothing.
pub(super) fn read_now(socket: &TcpStream, space: &mut [u8]) -> io::Result<usize> {
    let (_, count) = rustix::net::recv(socket, space, RecvFlags::DONTWAIT)?;
    Ok(count)
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

    fn pair() -> (Tcp, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = connect_any(&[listener.local_addr().unwrap()], None).unwrap();
        (Tcp::new(socket, LazyBuffers::new(100, 100)), listener.accept().unwrap().0)
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
        let (mut tcp, mut camera) = pair();
        for round in 0..3 {
            let nothing = tcp.await_input(timeout(Duration::ZERO));
            assert!(matches!(nothing, Err(Error::Timeout(_))), "{nothing:?}");
            camera.write_all(b"one").unwrap();
            // With time, it waits all the same.
            assert!(tcp.await_input(timeout(Duration::from_secs(20))).unwrap());
            camera.write_all(b"two").unwrap();
            tcp.socket.peek(&mut [0]).unwrap();
            assert!(tcp.await_input(timeout(Duration::ZERO)).unwrap());
            assert_eq!(tcp.buffers().input(), b"onetwo", "round {round}");
            tcp.buffers().input_consume(6);
        }
        drop(camera);
        tcp.socket.peek(&mut [0]).unwrap();
        assert!(!tcp.await_input(timeout(Duration::ZERO)).unwrap(), "the end is no silence");
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
