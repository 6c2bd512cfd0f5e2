//! Opens a connection on a helper thread.
//!
//! Name look-up and TCP connect cannot be interrupted. So they run, with the rest of
//! the exchange, on a thread of their own; a cancel shuts the agent down, which ends
//! everything else at once, and leaves the thread behind: a connection it gets too
//! late is refused by the agent, and the thread ends.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use ureq::Agent;
use ureq::config::Config;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector, DefaultConnector};

use super::body::HttpBody;
use super::eight_bit::EightBit;
use super::exchange::{self, Request};
use super::login::Memory;
use super::takeover::{Slot, TakeOver};
use crate::error::Error;
use crate::session::connect::{Answer, Connect, ConnectError};
use crate::session::control::{Control, Epoch};

/// Connects to one camera.
#[derive(Debug)]
pub struct HttpConnector {
    request: Arc<Request>,
    /// How the camera wants its login.
    memory: Arc<Mutex<Memory>>,
}

enum News {
    Opened(Result<Answer<HttpBody>, Error>),
    Cancelled,
}

impl HttpConnector {
    /// A connector for `request`.
    pub fn new(request: Request) -> Self {
        Self { request: Arc::new(request), memory: Arc::default() }
    }
}

impl Connect for HttpConnector {
    type Body = HttpBody;

    fn connect(
        &mut self,
        control: &Control,
        epoch: Epoch,
    ) -> Result<Answer<HttpBody>, ConnectError> {
        let slot = Slot::default();
        let agent = agent(&self.request, &slot);
        let (sender, news) = mpsc::channel();
        let (canceller, doomed) = (sender.clone(), agent.clone());
        let interrupt = move || {
            // Nobody listens any more once the connection is open.
            let _ = canceller.send(News::Cancelled);
            doomed.shutdown();
        };
        control.arm(epoch, Box::new(interrupt)).map_err(|_| ConnectError::Cancelled)?;

        let request = self.request.clone();
        let memory = self.memory.clone();
        let open = move || {
            let exchange = AssertUnwindSafe(|| exchange::run(&agent, &slot, &request, &memory));
            let result = panic::catch_unwind(exchange).unwrap_or_else(|_| {
                Err(Error::Internal { why: "the HTTP client panicked".into() })
            });
            // Nobody listens any more after a cancel.
            let _ = sender.send(News::Opened(result));
        };
        thread::Builder::new()
            .name("mjpeghttp-open".into())
            .spawn(open)
            .map_err(|error| Error::Internal { why: format!("no thread: {error}") })?;

        match news.recv() {
            Ok(News::Opened(result)) => result.map_err(ConnectError::Failed),
            Ok(News::Cancelled) | Err(_) => Err(ConnectError::Cancelled),
        }
    }
}

/// One agent a connection: after a shut-down it is of no use.
fn agent(request: &Request, slot: &Slot) -> Agent {
    let config = Config::builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(0)
        .proxy(None)
        .accept_encoding("identity")
        .timeout_per_read(request.connect_timeout)
        .build();
    let connector = DefaultConnector::default().chain(EightBit).chain(TakeOver(slot.clone()));
    Agent::with_parts(config, connector, DefaultResolver::default())
}
