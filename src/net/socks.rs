//! The way through a SOCKS 5 proxy (RFC 1928), with a login (RFC 1929), on a connection that
//! is open already. The proxy looks names up.

use std::net::IpAddr;

use ureq::Error as Failure;
use ureq::unversioned::transport::Transport;

use super::deadline::Deadline;
use crate::error::Error;

const VERSION: u8 = 5;
/// RFC 1928 §3.
const NO_LOGIN: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const NO_METHOD: u8 = 0xFF;
/// RFC 1928 §4.
const CONNECT: u8 = 1;
/// RFC 1928 §5.
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;
/// RFC 1929 §2.
const LOGIN_VERSION: u8 = 1;

/// Asks the proxy behind `transport` for a connection to `host`, an IPv6 number in brackets.
/// What comes behind its answer stays in the transport. `login` is a user and a password.
pub(super) fn connect(
    transport: &mut impl Transport,
    (host, port): (&str, u16),
    login: Option<(&str, &str)>,
    deadline: Deadline,
) -> Result<(), Failure> {
    let mut talk = Talk { transport, deadline };
    talk.log_in(login)?;
    let mut request = vec![VERSION, CONNECT, 0];
    request.extend(address(host)?);
    request.extend(port.to_be_bytes());
    talk.send(&request)?;
    let [version, reply] = talk.receive()?;
    if version != VERSION {
        return Err(foreign());
    }
    if reply != 0 {
        return Err(failed(refusal(reply)));
    }
    // Where it connects from is of no use.
    let [_, kind] = talk.receive()?;
    let length = match kind {
        IPV4 => 4,
        IPV6 => 16,
        NAME => talk.receive::<1>()?[0].into(),
        _ => return Err(foreign()),
    };
    talk.skip(length + size_of::<u16>())
}

struct Talk<'a, T> {
    transport: &'a mut T,
    deadline: Deadline,
}

impl<T: Transport> Talk<'_, T> {
    fn log_in(&mut self, login: Option<(&str, &str)>) -> Result<(), Failure> {
        match login {
            Some(_) => self.send(&[VERSION, 2, USER_AND_PASSWORD, NO_LOGIN])?,
            None => self.send(&[VERSION, 1, NO_LOGIN])?,
        }
        let scheme = || "SOCKS 5".to_owned();
        match (self.receive()?, login) {
            ([VERSION, NO_LOGIN], _) => Ok(()),
            ([VERSION, USER_AND_PASSWORD], Some((user, password))) => {
                let mut request = vec![LOGIN_VERSION];
                for text in [user, password] {
                    let length = u8::try_from(text.len()).ok().filter(|&length| length > 0);
                    let scheme = "SOCKS 5 takes users and passwords of 1 to 255 bytes";
                    let unfit = || ours(Error::LoginUnsupported { scheme: scheme.into() });
                    request.push(length.ok_or_else(unfit)?);
                    request.extend(text.as_bytes());
                }
                self.send(&request)?;
                match self.receive()? {
                    [LOGIN_VERSION, 0] => Ok(()),
                    [LOGIN_VERSION, _] => Err(ours(Error::LoginRefused { scheme: scheme() })),
                    _ => Err(foreign()),
                }
            }
            ([VERSION, NO_METHOD | USER_AND_PASSWORD], None) => {
                Err(ours(Error::LoginNeeded { scheme: scheme() }))
            }
            ([VERSION, _], _) => Err(ours(Error::LoginUnsupported { scheme: scheme() })),
            _ => Err(foreign()),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let space = self.transport.buffers().output().get_mut(..bytes.len());
        space.ok_or_else(|| failed("its buffer is too small"))?.copy_from_slice(bytes);
        self.transport.transmit_output(bytes.len(), self.deadline.left()?)
    }

    fn receive<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], Failure> {
        self.wait_for(COUNT)?;
        let mut bytes = [0; COUNT];
        bytes.copy_from_slice(&self.transport.buffers().input()[..COUNT]);
        self.transport.buffers().input_consume(COUNT);
        Ok(bytes)
    }

    fn skip(&mut self, count: usize) -> Result<(), Failure> {
        self.wait_for(count)?;
        self.transport.buffers().input_consume(count);
        Ok(())
    }

    fn wait_for(&mut self, count: usize) -> Result<(), Failure> {
        while self.transport.buffers().input().len() < count {
            if !self.transport.await_input(self.deadline.left()?)? {
                return Err(failed("it closed the connection"));
            }
        }
        Ok(())
    }
}

/// A number goes as one, and a name as it is (RFC 1928 §5).
fn address(host: &str) -> Result<Vec<u8>, Failure> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let (kind, bytes) = match bare.parse() {
        Ok(IpAddr::V4(number)) => (vec![IPV4], number.octets().to_vec()),
        Ok(IpAddr::V6(number)) => (vec![IPV6], number.octets().to_vec()),
        Err(_) => {
            let length = u8::try_from(host.len()).map_err(|_| failed("the name is too long"))?;
            (vec![NAME, length], host.as_bytes().to_vec())
        }
    };
    Ok([kind, bytes].concat())
}

/// RFC 1928 §6.
fn refusal(reply: u8) -> &'static str {
    match reply {
        1 => "general SOCKS server failure",
        2 => "connection not allowed by ruleset",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address kind not supported",
        _ => "unknown error",
    }
}

fn foreign() -> Failure {
    failed("its answer is no SOCKS 5")
}

fn failed(why: &str) -> Failure {
    ours(Error::Connect { why: why.into() })
}

fn ours(error: Error) -> Failure {
    Failure::Other(Box::new(error))
}

#[cfg(test)]
mod tests {
    use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout};

    use super::*;

    /// A proxy that says this, a byte at a time.
    #[derive(Debug)]
    struct Script {
        buffers: LazyBuffers,
        replies: Vec<u8>,
        sent: Vec<u8>,
    }

    impl Transport for Script {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.buffers
        }

        fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Failure> {
            self.sent.extend(&self.buffers.output()[..amount]);
            Ok(())
        }

        fn await_input(&mut self, _: NextTimeout) -> Result<bool, Failure> {
            if self.replies.is_empty() {
                return Ok(false);
            }
            self.buffers.input_append_buf()[0] = self.replies.remove(0);
            self.buffers.input_appended(1);
            Ok(true)
        }

        fn is_open(&mut self) -> bool {
            true
        }
    }

    /// What was sent, and the error there is.
    fn talk(host: &str, login: Option<(&str, &str)>, replies: &[u8]) -> (Vec<u8>, String) {
        let buffers = LazyBuffers::new(1024, 1024);
        let mut script = Script { buffers, replies: replies.to_vec(), sent: Vec::new() };
        let result = connect(&mut script, (host, 443), login, Deadline::within(None));
        assert!(result.is_err() || script.replies == b"HTTP", "{host}: {:?}", script.replies);
        (script.sent, result.map_or_else(|error| error.to_string(), |()| String::new()))
    }

    const LOGIN: Option<(&str, &str)> = Some(("me", "secret"));
    const TO_NUMBER: &[u8] = &[5, 1, 0, 1, 10, 0, 0, 1, 1, 187];

    #[test]
    fn the_proxy_is_asked_as_the_rfc_says() {
        let there: &[u8] = &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        let name: &[u8] = &[&[5, 0, 0, 3, 4], &b"host"[..], &[0, 0]].concat();
        let number: &[u8] = &[&[5, 0, 0, 4], &[0; 18][..]].concat();
        let credentials = [&[1, 2], &b"me"[..], &[6], b"secret"].concat();
        for (host, login, replies, sent) in [
            ("10.0.0.1", None, [&[5, 0], there], [&[5, 1, 0], TO_NUMBER].concat()),
            (
                "cam.local",
                None,
                [&[5, 0], name],
                [&[5, 1, 0, 5, 1, 0, 3, 9], &b"cam.local"[..], &[1, 187]].concat(),
            ),
            (
                "[::1]",
                LOGIN,
                [&[5, 2, 1, 0], number],
                [
                    &[5, 2, 2, 0],
                    &credentials[..],
                    &[5, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 187],
                ]
                .concat(),
            ),
            // It may do without.
            ("10.0.0.1", LOGIN, [&[5, 0], there], [&[5, 2, 2, 0], TO_NUMBER].concat()),
        ] {
            let replies = [&replies.concat()[..], b"HTTP"].concat();
            assert_eq!(talk(host, login, &replies), (sent, String::new()), "{host}");
        }
    }

    #[test]
    fn a_proxy_that_refuses_is_told() {
        let long = "x".repeat(256);
        for (host, login, replies, words) in [
            ("a", None, &[5, 0xFF][..], "asks for a login (SOCKS 5)"),
            ("a", None, &[5, 2], "asks for a login (SOCKS 5)"),
            ("a", LOGIN, &[5, 0xFF], "no login that can be used: SOCKS 5"),
            ("a", LOGIN, &[5, 1], "no login that can be used: SOCKS 5"),
            ("a", LOGIN, &[5, 2, 1, 1], "refused this login (SOCKS 5)"),
            ("a", LOGIN, &[5, 2, 5, 0], "no SOCKS 5"),
            ("a", Some(("", "x")), &[5, 2], "of 1 to 255 bytes"),
            ("a", Some(("x", long.as_str())), &[5, 2], "of 1 to 255 bytes"),
            ("a", None, &[5, 0, 5, 5], "connection refused"),
            ("a", None, &[5, 0, 5, 99], "unknown error"),
            ("a", None, &[5, 0, 5, 0, 0, 9], "no SOCKS 5"),
            ("a", None, &[5, 0, 4, 0], "no SOCKS 5"),
            ("a", None, b"HTTP/1.1 400 Bad Request", "no SOCKS 5"),
            ("a", None, &[5, 0, 5, 0, 0, 1, 0], "it closed the connection"),
            (&long, None, &[5, 0], "the name is too long"),
        ] {
            let (_, error) = talk(host, login, replies);
            assert!(error.contains(words), "{words}: {error}");
        }
    }
}
