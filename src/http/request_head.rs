//! The head of a request, letter by letter as it goes out (RFC 9112 §3).
//!
//! Old cameras compare the names of fields letter by letter, want `Host` first, and get
//! their realm back in the character set it came in; a proxy wants the whole address in
//! the request line. ureq writes names in lower case, refuses such realms and knows one
//! kind of request line. So ureq is asked for the root of a server and sees neither path
//! nor credentials; the head it writes is replaced between ureq and the connection.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// A request line and fields, in their order. `Debug` does not show them.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RequestHead(Vec<u8>);

impl RequestHead {
    pub(super) fn new(method: &str, target: &str) -> Self {
        Self(format!("{method} {target} HTTP/1.1\r\n").into_bytes())
    }

    /// Adds a field. What would end its line is left out: values come from cameras too.
    pub(super) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.0.extend(name.as_bytes());
        self.0.extend(b": ");
        self.0.extend(value.as_ref().iter().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)));
        self.0.extend(b"\r\n");
        self
    }

    fn finish(mut self) -> Vec<u8> {
        self.0.extend(b"\r\n");
        self.0
    }
}

impl fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestHead(***)")
    }
}

/// Where the head of the next request is put before ureq is called.
#[derive(Debug, Clone, Default)]
pub(super) struct Outgoing(Arc<Mutex<Option<RequestHead>>>);

impl Outgoing {
    pub(super) fn put(&self, head: RequestHead) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(head);
    }

    fn take(&self) -> Option<RequestHead> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A connector of ureq's chain.
#[derive(Debug)]
pub(super) struct WriteHead(pub(super) Outgoing);

impl<In: Transport> Connector<In> for WriteHead {
    type Out = Writer<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Writer<In>>, Error> {
        Ok(chained.map(|inner| Writer { inner, outgoing: self.0.clone() }))
    }
}

/// Passes everything on to the transport, but the head that was put in place of ureq's.
#[derive(Debug)]
pub(super) struct Writer<In> {
    inner: In,
    outgoing: Outgoing,
}

impl<In: Transport> Transport for Writer<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let Some(head) = self.outgoing.take() else {
            return self.inner.transmit_output(amount, timeout);
        };
        let head = head.finish();
        let space = self.inner.buffers().output().get_mut(..head.len());
        space.ok_or_else(too_long)?.copy_from_slice(&head);
        self.inner.transmit_output(head.len(), timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

fn too_long() -> Error {
    Error::Io(io::Error::new(io::ErrorKind::InvalidInput, "the request is too long to be sent"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_begin_another_field() {
        let head = RequestHead::new("GET", "/").with("A", "b\r\nC: d\0").with("E", [0xE9, b'\t']);
        assert_eq!(head.finish(), b"GET / HTTP/1.1\r\nA: bC: d\r\nE: \xE9\t\r\n\r\n");
    }

    #[test]
    fn nobody_sees_it() {
        let head = RequestHead::new("GET", "/?pwd=hidden").with("Cookie", "hidden");
        assert!(!format!("{head:?}").contains("hidden"));
    }
}
