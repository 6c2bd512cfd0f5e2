//! Opens a connection on a helper thread.
//!
//! Name look-up and TCP connect cannot be interrupted. So they run, with the rest of
//! the exchange, on a thread of their own; a cancel shuts the agent down, which ends
//! everything else at once, and leaves the thread behind: a connection it gets too
//! late is refused by the agent, and the thread ends.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

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
    /// An attempt that has no answer yet.
    pending: Option<Pending>,
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

/// An attempt under way on its thread.
#[derive(Debug)]
struct Pending {
    epoch: Epoch,
    client: Client,
    /// Of the picture that came over this client before.
    known: Option<Validators>,
    news: Receiver<News>,
    begun: Instant,
    /// Time to the head of the answer; none once it is here.
    limit: Option<Duration>,
}

#[derive(Debug)]
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
        let memories = Arc::default();
        Self { request, pending: None, kept: None, may_keep: true, memories, tls }
    }

    /// The address as it may be shown.
    pub fn camera(&self) -> String {
        self.request.location.to_string()
    }

    /// Closes what was kept for the next picture.
    pub(super) fn close(&mut self) {
        let pending = self.pending.take().map(|pending| pending.client);
        let kept = self.kept.take().map(|kept| kept.client);
        pending.into_iter().chain(kept).for_each(Client::shutdown);
    }

    fn begin(
        &self,
        client: Client,
        known: Option<Validators>,
        control: &Control,
        epoch: Epoch,
    ) -> Result<Pending, ConnectError> {
        let (sender, news) = mpsc::channel();
        let (canceller, doomed) = (sender.clone(), client.clone());
        let interrupt = move || {
            // Nobody listens any more once the connection is open.
            let _ = canceller.send(News::Cancelled);
            doomed.shutdown();
        };
        control.arm(epoch, Box::new(interrupt)).map_err(|_| ConnectError::Cancelled)?;
        let begun = Instant::now();
        self.open(client.clone(), known.clone(), sender)?;
        let limit = self.request.connect_timeout;
        Ok(Pending { epoch, client, known, news, begun, limit })
    }

    fn open(
        &self,
        client: Client,
        known: Option<Validators>,
        sender: Sender<News>,
    ) -> Result<(), Error> {
        let (request, memories) = (self.request.clone(), self.memories.clone());
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
        let thread = thread::Builder::new().name("mjpeghttp-open".into()).spawn(open);
        match thread {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::Internal { why: format!("no thread: {error}") }),
        }
    }

    /// The attempt to take up again, or a new one.
    fn attempt(&mut self, control: &Control, epoch: Epoch) -> Result<Pending, ConnectError> {
        if let Some(pending) = self.pending.take().filter(|pending| pending.epoch == epoch) {
            return Ok(pending);
        }
        match self.kept.take().filter(|kept| kept.epoch == epoch) {
            Some(Kept { client, validators, .. }) => {
                self.begin(client, Some(validators), control, epoch)
            }
            None => self.begin(Client::new(&self.request, &self.tls)?, None, control, epoch),
        }
    }

    fn answer(&mut self, pending: Pending, reply: Reply) -> Answer<HttpBody> {
        let Pending { epoch, client, known, .. } = pending;
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

impl Pending {
    /// The reply, if it comes within `patience`; its head is waited for no longer than
    /// allowed.
    fn wait(&mut self, patience: Duration) -> Option<Result<Reply, ConnectError>> {
        let until = Instant::now() + patience;
        loop {
            let patience = until.saturating_duration_since(Instant::now());
            let left = self.limit.map(|limit| limit.saturating_sub(self.begun.elapsed()));
            return match self.news.recv_timeout(left.map_or(patience, |left| left.min(patience))) {
                Ok(News::Head) => {
                    self.limit = None;
                    continue;
                }
                Ok(News::Reply(result)) => Some(result.map_err(ConnectError::Failed)),
                Err(RecvTimeoutError::Timeout) => match self.limit {
                    Some(limit) if self.begun.elapsed() >= limit => {
                        Some(Err(self.client.progress.late(limit).into()))
                    }
                    _ => None,
                },
                Ok(News::Cancelled) | Err(RecvTimeoutError::Disconnected) => {
                    Some(Err(ConnectError::Cancelled))
                }
            };
        }
    }
}

impl Connect for HttpConnector {
    type Body = HttpBody;

    fn connect(
        &mut self,
        control: &Control,
        epoch: Epoch,
        patience: Duration,
    ) -> Result<Answer<HttpBody>, ConnectError> {
        loop {
            let mut pending = self.attempt(control, epoch)?;
            let error = match pending.wait(patience) {
                Some(Ok(reply)) => return Ok(self.answer(pending, reply)),
                Some(Err(error)) => error,
                None => {
                    self.pending = Some(pending);
                    return Ok(Answer::NotYet);
                }
            };
            pending.client.shutdown();
            match error {
                // The camera has closed the connection meanwhile, as it may.
                ConnectError::Failed(Error::BadAnswer { .. } | Error::Broken { .. })
                    if pending.known.is_some() => {}
                // It keeps connections and does not listen to them any more.
                ConnectError::Failed(Error::NoAnswer { .. }) if pending.known.is_some() => {
                    self.may_keep = false;
                }
                error => return Err(error),
            }
        }
    }
}
