//! Opens a connection on a helper thread.
//!
//! Name look-up and TCP connect cannot be interrupted. So they run, with the rest of
//! the exchange, on a thread of their own; a cancel shuts the agent down, which ends
//! everything else at once, and leaves the thread behind: a connection it gets too
//! late is refused by the agent, and the thread ends.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Instant;

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
    request: Arc<Request>,
    /// The camera sent a single picture last; its connection may still be open.
    kept: Option<Kept>,
    may_keep: bool,
    memories: Arc<Memories>,
    tls: TlsConnectors,
}

#[derive(Debug, Clone)]
struct Kept {
    /// Whose end shuts the client down.
    epoch: Epoch,
    client: Client,
    validators: Validators,
}

enum News {
    /// The head is here, the time to wait for it is over.
    Head,
    Reply(Box<Result<Reply, Error>>),
    Cancelled,
}

impl HttpConnector {
    /// A connector for `request`.
    pub fn new(request: Request) -> Self {
        let request = Arc::new(request);
        let tls = TlsConnectors::new(&request);
        Self { request, kept: None, may_keep: true, memories: Arc::default(), tls }
    }

    fn answer(&mut self, epoch: Epoch, client: Client, reply: Reply) -> Answer<HttpBody> {
        match reply {
            Reply::Stream(response) => Answer::Pictures(response),
            Reply::Single(response, validators) => {
                self.kept = self.may_keep.then_some(Kept { epoch, client, validators });
                Answer::Pictures(response)
            }
            Reply::Unchanged => Answer::Unchanged,
        }
    }

    fn exchange(
        &self,
        client: &Client,
        known: Option<Validators>,
        control: &Control,
        epoch: Epoch,
    ) -> Result<Reply, ConnectError> {
        let (sender, news) = mpsc::channel();
        let (canceller, doomed) = (sender.clone(), client.clone());
        let interrupt = move || {
            // Nobody listens any more once the connection is open.
            let _ = canceller.send(News::Cancelled);
            doomed.shutdown();
        };
        control.arm(epoch, Box::new(interrupt)).map_err(|_| ConnectError::Cancelled)?;

        let (request, client) = (self.request.clone(), client.clone());
        let memories = self.memories.clone();
        let doomed = client.clone();
        let open = move || {
            let exchange = Exchange {
                client: &client,
                request: &request,
                known: known.as_ref(),
                memories: &memories,
            };
            // Nobody listens any more after a cancel.
            let head_is_here = || drop(sender.send(News::Head));
            let run = AssertUnwindSafe(|| exchange.run(head_is_here));
            let result = panic::catch_unwind(run).unwrap_or_else(|_| {
                Err(Error::Internal { why: "the HTTP client panicked".into() })
            });
            let _ = sender.send(News::Reply(Box::new(result)));
        };
        thread::Builder::new()
            .name("mjpeghttp-open".into())
            .spawn(open)
            .map_err(|error| Error::Internal { why: format!("no thread: {error}") })?;

        let reply = self.wait(&news);
        if reply.is_err() {
            doomed.shutdown();
        }
        reply
    }

    /// The reply; its head is waited for no longer than allowed.
    fn wait(&self, news: &Receiver<News>) -> Result<Reply, ConnectError> {
        let begun = Instant::now();
        let mut limit = self.request.connect_timeout;
        loop {
            let next = match limit {
                Some(limit) => news.recv_timeout(limit.saturating_sub(begun.elapsed())),
                None => news.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match (next, limit) {
                (Ok(News::Head), _) => limit = None,
                (Ok(News::Reply(result)), _) => return result.map_err(ConnectError::Failed),
                (Err(RecvTimeoutError::Timeout), Some(after)) => {
                    return Err(Error::NoAnswer { after }.into());
                }
                (Ok(News::Cancelled) | Err(_), _) => return Err(ConnectError::Cancelled),
            }
        }
    }
}

impl Connect for HttpConnector {
    type Body = HttpBody;

    fn connect(
        &mut self,
        control: &Control,
        epoch: Epoch,
    ) -> Result<Answer<HttpBody>, ConnectError> {
        let kept = self.kept.take().filter(|kept| kept.epoch == epoch);
        if let Some(Kept { client, validators, .. }) = kept {
            match self.exchange(&client, Some(validators.clone()), control, epoch) {
                Ok(reply) => {
                    self.kept = Some(Kept { epoch, client: client.clone(), validators });
                    return Ok(self.answer(epoch, client, reply));
                }
                // The camera has closed the connection meanwhile, as it may.
                Err(ConnectError::Failed(Error::BadAnswer { .. } | Error::Broken { .. })) => {}
                // It keeps connections and does not listen to them any more.
                Err(ConnectError::Failed(Error::NoAnswer { .. })) => self.may_keep = false,
                Err(error) => return Err(error),
            }
        }
        let client = Client::new(&self.request, &self.tls)?;
        let reply = self.exchange(&client, None, control, epoch)?;
        Ok(self.answer(epoch, client, reply))
    }
}
