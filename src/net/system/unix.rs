//! Linux, macOS and their like.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SocketType, recv, socket};
use ureq::unversioned::transport::ShutdownHandle;

/// Reads what is there; [`io::ErrorKind::WouldBlock`] if that is nothing.
pub(crate) fn read_now(socket: &TcpStream, space: &mut [u8]) -> io::Result<usize> {
    let (_, count) = recv(socket, space, RecvFlags::DONTWAIT)?;
    Ok(count)
}

/// The socket exists, and can be shut down from another thread, before it is connected: that
/// makes a connect under way fail at once.
pub(crate) fn connect<E: From<io::Error>>(
    address: SocketAddr,
    timeout: Option<Duration>,
    register: &mut impl FnMut(Weak<dyn ShutdownHandle>) -> Result<(), E>,
) -> Result<io::Result<Arc<TcpStream>>, E> {
    let socket = match unconnected(address) {
        Ok(socket) => Arc::new(socket),
        Err(error) => return Ok(Err(error)),
    };
    let handle: Weak<TcpStream> = Arc::downgrade(&socket);
    register(handle)?;
    Ok(finish(&socket, address, timeout).map(|()| socket))
}

fn unconnected(address: SocketAddr) -> io::Result<TcpStream> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket: OwnedFd = socket(family, SocketType::STREAM, None)?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    // Else writing to a camera that has hung up ends the program.
    #[cfg(target_vendor = "apple")]
    rustix::net::sockopt::set_socket_nosigpipe(&socket, true)?;
    Ok(socket.into())
}

fn finish(socket: &TcpStream, address: SocketAddr, timeout: Option<Duration>) -> io::Result<()> {
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
