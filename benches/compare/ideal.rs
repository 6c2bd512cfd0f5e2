//! The floor: a bare client that reads each picture into memory of its own and does
//! nothing else. It knows this server's habits and believes every word. With tiny pictures,
//! whoever takes several of them with one call may still be cheaper.

use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd};

use memchr::memmem;
use rustix::buffer::spare_capacity;

/// Room for the head of a part and what comes along with it.
const HEAD: usize = 4096;
const EOI: &[u8] = &[0xFF, 0xD9];

/// How it waits for the rest of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Each read gives what is there.
    Plain,
    /// The kernel wakes it when the rest is there (`SO_RCVLOWAT`).
    ForTheRest,
}

/// Asks for the stream at `host:port`.
pub fn connect(address: &str) -> io::Result<TcpStream> {
    let mut socket = TcpStream::connect(address)?;
    socket.write_all(b"GET /stream HTTP/1.0\r\n\r\n")?;
    Ok(socket)
}

/// Hands every picture to `show` until the stream ends.
pub fn receive(
    input: impl AsFd,
    waiting: Waiting,
    mut show: impl FnMut(&[u8]),
) -> rustix::io::Result<()> {
    let mut rest: Vec<u8> = Vec::with_capacity(HEAD);
    let mut last = HEAD;
    let head_end = memmem::Finder::new(b"\r\n\r\n");
    let eoi = memmem::Finder::new(EOI);
    loop {
        // The head of the answer has no picture behind it.
        let (head, length) = loop {
            if let Some(end) = head_end.find(&rest) {
                let head = &rest[..end];
                if memmem::find(head, b"image/jpeg").is_some() {
                    break (end + 4, length_in(head));
                }
                rest.drain(..end + 4);
            } else if rustix::io::read(&input, spare_capacity(&mut rest))? == 0 {
                return Ok(());
            }
        };
        let mut picture = Vec::with_capacity(length.unwrap_or(last + HEAD));
        let begun = (rest.len() - head).min(length.unwrap_or(usize::MAX));
        picture.extend_from_slice(&rest[head..head + begun]);
        rest.drain(..head + begun);
        let mut searched = 0;
        loop {
            let end = match length {
                Some(length) => Some(length).filter(|&length| picture.len() >= length),
                None => eoi.find(&picture[searched..]).map(|eoi| searched + eoi + 2),
            };
            if let Some(end) = end {
                rest.splice(..0, picture.drain(end..));
                break;
            }
            searched = picture.len().saturating_sub(1);
            if picture.len() == picture.capacity() {
                picture.reserve(picture.len());
            }
            if let (Waiting::ForTheRest, Some(length)) = (waiting, length) {
                wake_at(&input, length - picture.len());
            }
            if rustix::io::read(&input, spare_capacity(&mut picture))? == 0 {
                return Ok(());
            }
        }
        if waiting == Waiting::ForTheRest {
            wake_at(&input, 1);
        }
        last = picture.len();
        show(&picture);
    }
}

fn length_in(head: &[u8]) -> Option<usize> {
    // FFmpeg writes it in lower case.
    let head = head.to_ascii_lowercase();
    let at = memmem::find(&head, b"content-length: ")? + b"content-length: ".len();
    let digits = head[at..].split(|byte| *byte == b'\r').next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Reads wait until so many bytes are there.
#[allow(unsafe_code, reason = "no safe crate has this socket option")]
fn wake_at(socket: impl AsFd, bytes: usize) {
    let bytes = libc::c_int::try_from(bytes).unwrap();
    // SAFETY: the descriptor is open while it is borrowed; the value is a C int that
    // outlives the call, and its size is given as it is.
    let result = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_RCVLOWAT,
            (&raw const bytes).cast(),
            size_of_val(&bytes).try_into().unwrap(),
        )
    };
    assert_eq!(result, 0, "{}", io::Error::last_os_error());
}
