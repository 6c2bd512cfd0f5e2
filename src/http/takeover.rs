//! Takes the connection out of ureq's hands once the head of the answer is read.
//!
//! ureq's own body reader copies every byte once more and gives up at the first
//! framing fault. A wrapper around the transport ([`Holder`]) leaves the transport,
//! with what it has read already, in a [`Slot`] when ureq drops it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ureq::http::Response;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Body, Error};

/// Where the transport is left.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot(Arc<Mutex<Content>>);

#[derive(Debug, Default)]
enum Content {
    /// ureq may keep its connections.
    #[default]
    Nothing,
    /// The next connection that is dropped belongs here.
    Claim,
    Transport(Box<dyn Transport>),
}

impl Slot {
    /// The connection of `response`, with what has been read of its body.
    pub(super) fn claim(&self, response: Response<Body>) -> Option<Box<dyn Transport>> {
        self.reserve();
        drop(response);
        self.take()
    }

    /// The connection that is dropped next is to be left here.
    pub(super) fn reserve(&self) {
        *self.lock() = Content::Claim;
    }

    /// What was left here; nothing more is expected then.
    pub(super) fn take(&self) -> Option<Box<dyn Transport>> {
        match std::mem::take(&mut *self.lock()) {
            Content::Transport(transport) => Some(transport),
            Content::Nothing | Content::Claim => None,
        }
    }

    pub(super) fn is_filled(&self) -> bool {
        matches!(*self.lock(), Content::Transport(_))
    }

    fn is_claimed(&self) -> bool {
        matches!(*self.lock(), Content::Claim)
    }

    fn put(&self, transport: Box<dyn Transport>) {
        *self.lock() = Content::Transport(transport);
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last connector of ureq's chain.
#[derive(Debug)]
pub(super) struct TakeOver(pub(super) Slot);

impl<In: Transport> Connector<In> for TakeOver {
    type Out = Holder;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Holder>, Error> {
        let hold = |transport| Holder { transport: Box::new(transport), slot: self.0.clone() };
        Ok(chained.map(hold))
    }
}

/// Passes everything on to the transport it holds.
#[derive(Debug)]
pub(super) struct Holder {
    transport: Box<dyn Transport>,
    slot: Slot,
}

impl Transport for Holder {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.transport.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.transport.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.transport.await_input(timeout)
    }

    /// A claimed one is not open for another request: ureq shall drop it, not pool it.
    fn is_open(&mut self) -> bool {
        !self.slot.is_claimed() && self.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        if self.slot.is_claimed() {
            // The unit transport only fills the place; nobody asks a dropped holder.
            self.slot.put(std::mem::replace(&mut self.transport, Box::new(())));
        }
    }
}
