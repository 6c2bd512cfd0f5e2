//! Windows, and whatever is no Unix: with what every system has.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use ureq::unversioned::transport::ShutdownHandle;

/// Reads what is there; [`io::ErrorKind::WouldBlock`] if that is nothing.
pub(crate) fn read_now(mut socket: &TcpStream, space: &mut [u8]) -> io::Result<usize> {
    socket.set_nonblocking(true)?;
    let result = socket.read(space);
    socket.set_nonblocking(false)?;
    result
}

/// A thread of its own connects, for nothing ends a connect that is under way. A cancel leaves
/// it behind: it owns nothing but its end of a channel, and ends when the time is over or
/// the system gives up.
pub(crate) fn connect<E: From<io::Error>>(
    address: SocketAddr,
    timeout: Option<Duration>,
    register: &mut impl FnMut(Weak<dyn ShutdownHandle>) -> Result<(), E>,
) -> Result<io::Result<Arc<TcpStream>>, E> {
    let (sender, connected) = mpsc::channel();
    let wait = Arc::new(Wait(sender.clone()));
    let handle: Weak<Wait> = Arc::downgrade(&wait);
    register(handle)?;
    let run = move || {
        let socket = match timeout {
            Some(timeout) => TcpStream::connect_timeout(&address, timeout),
            None => TcpStream::connect(address),
        };
        // Nobody listens any more after a cancel.
        drop(sender.send(socket));
    };
    thread::Builder::new().name("mjpeghttp-dial".into()).spawn(run)?;
    let socket = connected.recv().unwrap_or_else(|_| Err(ended()));
    match socket.map(Arc::new) {
        Ok(socket) => {
            let handle: Weak<TcpStream> = Arc::downgrade(&socket);
            register(handle).map(|()| Ok(socket))
        }
        Err(error) => Ok(Err(error)),
    }
}

/// Somebody waits for that thread.
struct Wait(Sender<io::Result<TcpStream>>);

impl ShutdownHandle for Wait {
    fn shutdown(&self) {
        // It is connected already.
        drop(self.0.send(Err(ended())));
    }
}

fn ended() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn what_is_there_is_read_without_waiting() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let reader = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut writer, _) = listener.accept().unwrap();
        let mut space = [0; 8];
        let nothing = read_now(&reader, &mut space).unwrap_err();
        assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
        writer.write_all(b"there").unwrap();
        // Waits until it has arrived, and so shows that the socket waits again.
        assert_eq!(reader.peek(&mut space).unwrap(), 5);
        assert_eq!(read_now(&reader, &mut space).unwrap(), 5);
        assert_eq!(&space[..5], b"there");
    }
}
