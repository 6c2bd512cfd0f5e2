//! One connection: the head of a request goes out, the head of its answer comes in, and
//! what follows is the body.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use ureq::unversioned::transport::{NextTimeout, Transport, time};
use ureq::{Error as Failure, Timeout};

use super::deadline::Deadline;
use super::recording::Recording;
use super::tcp::Tcp;
use super::tls::Below;
use crate::error::Error;
use crate::http::head_repair::{HEAD_LIMIT, HeadRepair, Repair, Repaired};
use crate::http::request_head::RequestHead;
use crate::http::response_head::ResponseHead;

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct Wire {
    transport: Box<dyn Transport>,
    /// The connection itself, where nothing has to be done to what it receives.
    socket: Option<Arc<TcpStream>>,
    recording: Option<Recording>,
    /// By the head of the last answer.
    is_kept: bool,
}

/// Why there is no head of an answer.
#[derive(Debug)]
pub(crate) enum NoHead {
    Failure(Failure),
    /// Not a byte of it came in time.
    Silent,
    /// It had begun.
    Late,
    /// The connection ended before a byte of it.
    Closed,
    Bad(&'static str),
}

impl Wire {
    pub(crate) fn plain(tcp: Tcp) -> Self {
        Self {
            socket: Some(tcp.socket()),
            transport: Box::new(tcp),
            recording: None,
            is_kept: false,
        }
    }

    pub(crate) fn over(transport: Box<dyn Transport>) -> Self {
        Self { socket: None, transport, recording: None, is_kept: false }
    }

    /// The connection, for TLS on top.
    pub(crate) fn into_below(mut self) -> Below {
        // Bytes that were read ahead are not in the socket any more.
        match self.socket.take().filter(|_| self.transport.buffers().input().is_empty()) {
            Some(socket) => Below::Socket(self.transport, socket),
            None => Below::Transport(self.transport),
        }
    }

    /// From now on all that arrives is copied there.
    pub(crate) fn record(&mut self, recording: Option<Recording>) {
        self.recording = recording;
    }

    /// May it serve another request behind the last answer?
    pub(crate) fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// Open, and silent: whoever has said something unasked is not to be asked again. Blank
    /// lines before a head are nothing (RFC 9112 §2.2).
    pub(crate) fn is_open(&mut self) -> bool {
        let is_silent = self.input().iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        is_silent && self.transport.is_open()
    }

    /// The socket, to be read past this. What is read there is not recorded, and not
    /// decrypted.
    pub(crate) fn socket(&self) -> Option<&Arc<TcpStream>> {
        self.socket.as_ref().filter(|_| self.recording.is_none())
    }

    /// Sends a request without a body.
    pub(crate) fn send(&mut self, head: RequestHead, deadline: Deadline) -> Result<(), Failure> {
        if let Some(recording) = &self.recording {
            recording.restart();
        }
        let head = head.finish();
        let space = self.transport.buffers().output().get_mut(..head.len());
        let Some(space) = space else {
            let why = "the request is too long to be sent".into();
            return Err(Failure::Other(Box::new(Error::BadAnswer { why })));
        };
        space.copy_from_slice(&head);
        self.transport.transmit_output(head.len(), deadline.left()?)
    }

    /// The head of the answer; the body follows.
    pub(crate) fn receive(
        &mut self,
        mut repair: HeadRepair,
        deadline: Deadline,
    ) -> Result<ResponseHead, NoHead> {
        let mut has_begun = false;
        loop {
            if is_alert(self.input()) {
                return Err(NoHead::Bad(WANTS_TLS));
            }
            let repaired = match repair.feed(self.input()) {
                Repair::Done(repaired) => Some(repaired),
                Repair::Foreign => return Err(NoHead::Bad("it does not begin with a status line")),
                Repair::TooLong => return Err(NoHead::Bad("its head is longer than 64 KiB")),
                Repair::More => None,
            };
            if let Some(repaired) = repaired {
                return self.head(&repaired);
            }
            let more = deadline.left().and_then(|left| self.fill(left));
            match more {
                Ok(true) => has_begun = true,
                Ok(false) => {
                    let repaired = repair.end(self.input()).ok_or(match self.input() {
                        [] => NoHead::Closed,
                        _ => NoHead::Bad("the camera closed the connection within its head"),
                    })?;
                    return self.head(&repaired);
                }
                Err(Failure::Io(error)) if !has_begun && is_end(&error) => {
                    return Err(NoHead::Closed);
                }
                Err(Failure::Timeout(_)) if has_begun => return Err(NoHead::Late),
                Err(Failure::Timeout(_)) => return Err(NoHead::Silent),
                Err(failure) => return Err(NoHead::Failure(failure)),
            }
        }
    }

    fn head(&mut self, repaired: &Repaired) -> Result<ResponseHead, NoHead> {
        self.consume(repaired.consumed);
        let head = ResponseHead::read(repaired).ok_or(NoHead::Bad("it has no status"))?;
        self.is_kept = head.keeps_connection();
        Ok(head)
    }

    /// What has arrived.
    pub(crate) fn input(&mut self) -> &[u8] {
        self.transport.buffers().input()
    }

    pub(crate) fn consume(&mut self, count: usize) {
        self.transport.buffers().input_consume(count);
    }

    /// Reads past `count` bytes; false if they do not come in time.
    pub(crate) fn skip(&mut self, mut count: usize, deadline: Deadline) -> bool {
        loop {
            let there = self.input().len().min(count);
            self.consume(there);
            count -= there;
            if count == 0 {
                return true;
            }
            let more = deadline.left().and_then(|left| self.fill(left));
            if !more.is_ok_and(|more| more) {
                return false;
            }
        }
    }

    /// Waits for more; false at the end of the connection.
    pub(crate) fn read(&mut self, timeout: Option<Duration>) -> io::Result<bool> {
        let after = timeout.map_or(time::Duration::NotHappening, time::Duration::Exact);
        let reason = Timeout::PerRead;
        let timeout = NextTimeout { after, reason, per_read: None, per_write: None };
        self.fill(timeout).map_err(|failure| match failure {
            Failure::Timeout(_) => io::ErrorKind::TimedOut.into(),
            other => other.into_io(),
        })
    }

    fn fill(&mut self, timeout: NextTimeout) -> Result<bool, Failure> {
        let before = self.input().len();
        let more = self.transport.await_input(timeout)?;
        if let Some(recording) = &self.recording {
            recording.add(self.transport.buffers().input().get(before..).unwrap_or_default());
        }
        Ok(more)
    }
}

const WANTS_TLS: &str = "it is TLS. Write https:// into the address";

/// What a port for TLS says to a request without (RFC 8446 §5.1 and §6): an alert.
fn is_alert(input: &[u8]) -> bool {
    matches!(input, [21, 3, 0..=4, ..])
}

/// Who closes a connection in which a request is still unread resets it.
fn is_end(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted)
}

/// Room for a head and the start of the body behind it, in bytes.
pub(crate) const INPUT: usize = HEAD_LIMIT + HEAD_LIMIT / 4;
/// Longest head of a request, in bytes.
pub(crate) const OUTPUT: usize = 32 * 1024;
