//! Opens a TCP connection so that a cancel ends the wait for it.
//!
//! The socket exists, and can be shut down from another thread, before it is connected:
//! that makes a connect under way fail at once.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The least time an address is given to answer.
const LEAST_PER_ADDRESS: Duration = Duration::from_millis(10);

/// The first address that answers. Each but the last has half of the time that is left.
/// Each socket is shown to `register` before it is connected.
pub(crate) fn any<E: From<io::Error>>(
    addresses: &[SocketAddr],
    timeout: Option<Duration>,
    mut register: impl FnMut(&Arc<TcpStream>) -> Result<(), E>,
) -> Result<Arc<TcpStream>, E> {
    let begun = Instant::now();
    let mut last = io::ErrorKind::ConnectionRefused.into();
    for (index, address) in addresses.iter().enumerate() {
        let is_last = index + 1 == addresses.len();
        let left = timeout.map(|timeout| {
            let left = timeout.saturating_sub(begun.elapsed());
            (if is_last { left } else { left / 2 }).max(LEAST_PER_ADDRESS)
        });
        match one(*address, left, &mut register)? {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last.into())
}

#[cfg(unix)]
fn one<E: From<io::Error>>(
    address: SocketAddr,
    timeout: Option<Duration>,
    register: &mut impl FnMut(&Arc<TcpStream>) -> Result<(), E>,
) -> Result<io::Result<Arc<TcpStream>>, E> {
    let socket = match unconnected(address) {
        Ok(socket) => Arc::new(socket),
        Err(error) => return Ok(Err(error)),
    };
    register(&socket)?;
    Ok(connect(&socket, address, timeout).map(|()| socket))
}

#[cfg(unix)]
fn unconnected(address: SocketAddr) -> io::Result<TcpStream> {
    use std::os::fd::OwnedFd;

    use rustix::net::{AddressFamily, SocketType, socket};

    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket: OwnedFd = socket(family, SocketType::STREAM, None)?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    Ok(socket.into())
}

#[cfg(unix)]
fn connect(socket: &TcpStream, address: SocketAddr, timeout: Option<Duration>) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;

    let until = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    socket.set_nonblocking(true)?;
    match rustix::net::connect(socket, &address) {
        Ok(()) => return socket.set_nonblocking(false),
        Err(Errno::INPROGRESS | Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut [PollFd::new(socket, PollFlags::OUT)], left.as_ref()) {
            Ok(0) | Err(Errno::INTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(error) = socket.take_error()? {
            return Err(error);
        }
        // A socket that was shut down is writable, too, and connected to nobody.
        socket.peer_addr()?;
        return socket.set_nonblocking(false);
    }
}

/// Elsewhere the wait is not ended, but bounded.
#[cfg(not(unix))]
fn one<E: From<io::Error>>(
    address: SocketAddr,
    timeout: Option<Duration>,
    register: &mut impl FnMut(&Arc<TcpStream>) -> Result<(), E>,
) -> Result<io::Result<Arc<TcpStream>>, E> {
    let socket = match timeout {
        Some(timeout) => TcpStream::connect_timeout(&address, timeout),
        None => TcpStream::connect(address),
    };
    match socket.map(Arc::new) {
        Ok(socket) => register(&socket).map(|()| Ok(socket)),
        Err(error) => Ok(Err(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Shutdown, TcpListener};
    use std::thread;

    use super::*;

    const LONG: Option<Duration> = Some(Duration::from_secs(20));

    #[test]
    fn the_next_address_is_tried_when_one_refuses() {
        let refusing = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let answering = listener.local_addr().unwrap();
        let none = |_: &Arc<TcpStream>| Ok::<(), io::Error>(());
        let socket = any(&[refusing, answering], LONG, none).unwrap();
        assert_eq!(socket.peer_addr().unwrap(), answering);
        let refused = any(&[refusing], LONG, none).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }

    #[cfg(unix)]
    #[test]
    fn a_shut_down_ends_the_wait_for_a_connection() {
        let full =
            socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        full.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
        full.listen(0).unwrap();
        let address = full.local_addr().unwrap().as_socket().unwrap();
        let knock = |_| {
            let stream = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
            let stream = stream.unwrap();
            stream.set_nonblocking(true).unwrap();
            // In progress is all that is wanted.
            let _ = stream.connect(&address.into());
            stream
        };
        let _waiting: Vec<_> = (0..4).map(knock).collect();
        let shut_down = |socket: &Arc<TcpStream>| {
            let socket = socket.clone();
            thread::spawn(move || {
                while Arc::strong_count(&socket) > 1 {
                    let _ = socket.shutdown(Shutdown::Both);
                    thread::yield_now();
                }
            });
            Ok::<(), io::Error>(())
        };
        let begun = Instant::now();
        any(&[address], LONG, shut_down).unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
