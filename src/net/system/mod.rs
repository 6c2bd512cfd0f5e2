//! What each system does in its own way: a file for each.
//!
//! | file | idea |
//! |---|---|
//! | `unix` | a connect that a shutdown ends, a read that never waits |
//! | `elsewhere` | both with what every system has, for Windows |

// Tested on Unix, too.
#[cfg(any(not(unix), test))]
#[cfg_attr(unix, allow(dead_code, reason = "only its tests use it here"))]
pub(crate) mod elsewhere;
#[cfg(unix)]
pub(crate) mod unix;

#[cfg(not(unix))]
pub(crate) use elsewhere::{connect, read_now};
#[cfg(unix)]
pub(crate) use unix::{connect, read_now};

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_cancel_ends_the_wait_for_a_connection() {
        use std::io;
        use std::net::{SocketAddr, TcpStream};
        use std::sync::{Arc, Weak};
        use std::thread;
        use std::time::{Duration, Instant};

        use socket2::{Domain, Socket, Type};
        use ureq::unversioned::transport::ShutdownHandle;

        type Register = dyn FnMut(Weak<dyn ShutdownHandle>) -> io::Result<()>;
        type Connected = io::Result<io::Result<Arc<TcpStream>>>;
        type Connect = fn(SocketAddr, &mut Register) -> Connected;
        const LONG: Option<Duration> = Some(Duration::from_secs(20));

        let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        full.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
        full.listen(0).unwrap();
        let address = full.local_addr().unwrap().as_socket().unwrap();
        let knock = |_| {
            let stream = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            stream.set_nonblocking(true).unwrap();
            // In progress is all that is wanted.
            let _ = stream.connect(&address.into());
            stream
        };
        let _waiting: Vec<_> = (0..4).map(knock).collect();
        let ways: [Connect; 2] = [
            |address, mut register| connect(address, LONG, &mut register),
            |address, mut register| elsewhere::connect(address, LONG, &mut register),
        ];
        for connect in ways {
            let mut cancel = |wait: Weak<dyn ShutdownHandle>| {
                thread::spawn(move || {
                    while let Some(wait) = wait.upgrade() {
                        wait.shutdown();
                        thread::yield_now();
                    }
                });
                Ok(())
            };
            let begun = Instant::now();
            connect(address, &mut cancel).unwrap().unwrap_err();
            assert!(begun.elapsed() < Duration::from_secs(10));
        }
    }
}
