//! Opens a TCP connection so that a cancel ends the wait for it.
//!
//! Whoever cancels knows how to end it before it begins.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::ShutdownHandle;

use super::system;

/// The least time an address is given to answer.
const LEAST_PER_ADDRESS: Duration = Duration::from_millis(10);

/// The first address that answers. Each but the last has half of the time that is left.
/// `register` gets what ends the wait for each.
pub(crate) fn any<E: From<io::Error>>(
    addresses: &[SocketAddr],
    timeout: Option<Duration>,
    mut register: impl FnMut(Weak<dyn ShutdownHandle>) -> Result<(), E>,
) -> Result<Arc<TcpStream>, E> {
    let begun = Instant::now();
    let mut last = io::ErrorKind::ConnectionRefused.into();
    for (index, address) in addresses.iter().enumerate() {
        let is_last = index + 1 == addresses.len();
        let left = timeout.map(|timeout| {
            let left = timeout.saturating_sub(begun.elapsed());
            (if is_last { left } else { left / 2 }).max(LEAST_PER_ADDRESS)
        });
        match system::connect(*address, left, &mut register)? {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last.into())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const LONG: Option<Duration> = Some(Duration::from_secs(20));

    #[test]
    fn the_next_address_is_tried_when_one_refuses() {
        let refusing = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let answering = listener.local_addr().unwrap();
        let none = |_| Ok::<(), io::Error>(());
        let socket = any(&[refusing, answering], LONG, none).unwrap();
        assert_eq!(socket.peer_addr().unwrap(), answering);
        let refused = any(&[refusing], LONG, none).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }
}
