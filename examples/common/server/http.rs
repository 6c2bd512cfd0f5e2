//! The part of HTTP that cameras speak (RFC 9112).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Longer request heads are nobody's.
const MAX_HEAD: u64 = 16 * 1024;

/// Reads a connection until a time is over, however slowly bytes come.
pub(crate) struct Within<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl<'a> Within<'a> {
    pub(crate) fn new(stream: &'a TcpStream, time: Duration) -> Self {
        Self { stream, until: Instant::now() + time }
    }
}

impl Read for Within<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(space)
    }
}

pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
}

impl Request {
    /// None if the client left, or said something that is not HTTP.
    pub(crate) fn read(stream: impl Read) -> io::Result<Option<Self>> {
        let mut lines = BufReader::new(stream.take(MAX_HEAD)).lines();
        let Some(first) = lines.next().transpose()? else {
            return Ok(None);
        };
        let mut authorization = None;
        loop {
            let Some(line) = lines.next().transpose()? else {
                return Ok(None);
            };
            match line.split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                    authorization = Some(value.trim().to_owned());
                }
                None if line.is_empty() => break,
                _ => {}
            }
        }
        let mut words = first.split(' ').map(str::to_owned);
        Ok(words.next().zip(words.next()).map(|(method, target)| Self {
            method,
            target,
            authorization,
        }))
    }
}

/// A whole response at once. `headers` are complete lines.
pub(crate) fn answer(
    mut stream: impl Write,
    status: &str,
    headers: &str,
    body: &[u8],
) -> io::Result<()> {
    let mut response = head(status, &format!("{headers}Content-Length: {}\r\n", body.len()));
    response.extend_from_slice(body);
    stream.write_all(&response)
}

/// The start of a response. HTTP/1.0: the body ends where the connection does.
pub(crate) fn head(status: &str, headers: &str) -> Vec<u8> {
    format!(
        "HTTP/1.0 {status}\r\n\
         Connection: close\r\n\
         Cache-Control: no-store\r\n\
         {headers}\r\n"
    )
    .into_bytes()
}
