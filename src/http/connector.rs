//! Opens connections, one after the other, on the thread of the caller.
//!
//! Everything that can wait in it is ended by a cancel: the agent is shut down, which closes
//! its sockets, and a name look-up is left behind ([`lookup`](super::lookup)).

use std::panic::{self, AssertUnwindSafe};

use super::ask::Memories;
use super::body::HttpBody;
use super::client::Client;
use super::exchange::{Exchange, Reply, Request};
use super::snapshot::Validators;
use super::tls::TlsConnectors;
use crate::error::Error;
use crate::session::connect::{Answer, Connect, ConnectError};
use crate::session::control::{Control, Epoch};

/// Connects to one camera.
#[derive(Debug)]
pub struct HttpConnector {
    request: Request,
    /// The camera sent a single picture last; its connection may still be open.
    kept: Option<Kept>,
    may_keep: bool,
    memories: Memories,
    tls: TlsConnectors,
}

#[derive(Debug)]
struct Kept {
    /// Whose end shuts the client down.
    epoch: Epoch,
    client: Client,
    validators: Validators,
}

impl HttpConnector {
    /// A connector for `request`.
    pub fn new(request: Request) -> Self {
        let tls = TlsConnectors::new(&request);
        Self { request, kept: None, may_keep: true, memories: Memories::default(), tls }
    }

    /// Closes what was kept for the next picture.
    pub(super) fn close(&mut self) {
        if let Some(kept) = self.kept.take() {
            kept.client.shutdown();
        }
    }

    fn ask(&self, client: &Client, known: Option<&Validators>) -> Result<Reply, Error> {
        client.progress.start(self.request.connect_timeout);
        let (request, memories) = (&self.request, &self.memories);
        let exchange = Exchange { client, request, known, memories };
        // ureq panics at some certificates of clients.
        panic::catch_unwind(AssertUnwindSafe(|| exchange.run()))
            .unwrap_or_else(|_| Err(Error::Internal { why: "the HTTP client panicked".into() }))
    }

    fn answer(
        &mut self,
        epoch: Epoch,
        client: Client,
        known: Option<Validators>,
        reply: Reply,
    ) -> Answer<HttpBody> {
        let (answer, validators) = match reply {
            Reply::Stream(response) => (Answer::Pictures(response), known),
            Reply::Single(response, validators) => {
                (Answer::Pictures(response), self.may_keep.then_some(validators))
            }
            Reply::Unchanged => (Answer::Unchanged, known),
        };
        self.kept = validators.map(|validators| Kept { epoch, client, validators });
        answer
    }
}

impl Connect for HttpConnector {
    type Body = HttpBody;

    fn connect(
        &mut self,
        control: &Control,
        epoch: Epoch,
    ) -> Result<Answer<HttpBody>, ConnectError> {
        loop {
            let (client, known) = match self.kept.take().filter(|kept| kept.epoch == epoch) {
                Some(Kept { client, validators, .. }) => (client, Some(validators)),
                None => (Client::new(&self.request, &self.tls)?, None),
            };
            let doomed = client.clone();
            let interrupt = Box::new(move || doomed.shutdown());
            control.arm(epoch, interrupt).map_err(|_| ConnectError::Cancelled)?;
            let result = self.ask(&client, known.as_ref());
            if !control.is_current(epoch) {
                return Err(ConnectError::Cancelled);
            }
            let error = match result {
                Ok(reply) => return Ok(self.answer(epoch, client, known, reply)),
                Err(error) => error,
            };
            client.shutdown();
            match error {
                // The camera has closed the connection meanwhile, as it may.
                Error::BadAnswer { .. } | Error::Broken { .. } if known.is_some() => {}
                // It keeps connections and does not listen to them any more.
                Error::NoAnswer { .. } if known.is_some() => self.may_keep = false,
                error => return Err(error.into()),
            }
        }
    }

    fn camera(&self) -> String {
        self.request.location.to_string()
    }
}
