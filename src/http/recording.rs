//! A copy of what the camera sends, for those who want to look at it.

use std::sync::{Arc, Mutex, PoisonError};

use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport,
};

/// The start of the last answer, head and all, as it came from the connection (behind
/// TLS, before any repair).
#[derive(Debug, Clone)]
pub struct Recording {
    limit: usize,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Recording {
    /// Records up to `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, bytes: Arc::default() }
    }

    /// What there is so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, more: &[u8]) {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.limit.saturating_sub(bytes.len());
        bytes.extend(&more[..more.len().min(room)]);
    }

    fn restart(&self) {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The connector that makes the copy, if one is wanted.
#[derive(Debug)]
pub(super) struct Record(pub(super) Option<Recording>);

impl<In: Transport> Connector<In> for Record {
    type Out = Either<In, Recorded<In>>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let wrap = |inner| match &self.0 {
            None => Either::A(inner),
            Some(recording) => Either::B(Recorded { inner, recording: recording.clone() }),
        };
        Ok(chained.map(wrap))
    }
}

#[derive(Debug)]
pub(super) struct Recorded<T> {
    inner: T,
    recording: Recording,
}

impl<T: Transport> Transport for Recorded<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    /// A request: what follows is another answer.
    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.recording.restart();
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let before = self.inner.buffers().input().len();
        let more = self.inner.await_input(timeout)?;
        if let Some(new) = self.inner.buffers().input().get(before..) {
            self.recording.add(new);
        }
        Ok(more)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
