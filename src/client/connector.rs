//! Asks the camera, one request after the other, on the thread of the caller.
//!
//! Everything that can wait in it is ended by a [`Cancel`]: sockets are shut down, and a name
//! look-up is left behind.

use super::ask::{Habit, Memories};
use super::exchange::{Exchange, Reply};
use super::kept;
use super::request::Request;
use super::response_body::HttpBody;
use super::validators::Validators;
use crate::error::Error;
use crate::net::cancel::Cancel;
use crate::net::deadline::Deadline;
use crate::net::tls::TlsConnectors;
use crate::net::wire::Wire;
use crate::session::connect::{Answer, Connect, ConnectError};
use crate::session::control::{Control, Epoch};

/// Connects to one camera.
#[derive(Debug)]
pub struct HttpConnector {
    request: Request,
    kept: Option<Kept>,
    may_keep: bool,
    memories: Memories,
    tls: TlsConnectors,
}

/// What is left of the last single picture.
#[derive(Debug)]
struct Kept {
    /// Whose end cancels it.
    epoch: Epoch,
    cancel: Cancel,
    validators: Validators,
    wire: Option<Wire>,
}

impl HttpConnector {
    /// A connector for `request`.
    pub fn new(request: Request) -> Self {
        let tls = TlsConnectors::new(request.location.clone(), request.tls.clone());
        Self { request, kept: None, may_keep: true, memories: Memories::default(), tls }
    }

    /// Closes what was kept for the next picture.
    pub(crate) fn close(&mut self) {
        self.kept = None;
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
            let kept = self.kept.take().filter(|kept| kept.epoch == epoch);
            let (cancel, known, wire) = match kept {
                Some(kept) => (kept.cancel, Some(kept.validators), kept.wire),
                None => (Cancel::default(), None, None),
            };
            let doomed = cancel.clone();
            let interrupt = Box::new(move || doomed.cancel());
            control.arm(epoch, interrupt).map_err(|_| ConnectError::Cancelled)?;
            let exchange = Exchange {
                request: &self.request,
                tls: &self.tls,
                cancel: &cancel,
                deadline: Deadline::within(self.request.connect_timeout),
                memories: &self.memories,
                habit: match &known {
                    Some(known) => Habit::Snapshots { known, may_keep: self.may_keep },
                    None => Habit::Stream,
                },
            };
            let was_kept = wire.is_some();
            let result = exchange.run(wire);
            if !control.is_current(epoch) {
                return Err(ConnectError::Cancelled);
            }
            match result {
                Ok(Reply::Stream(response)) => return Ok(Answer::Pictures(response)),
                Ok(Reply::Single(response, validators)) => {
                    self.kept = Some(Kept { epoch, cancel, validators, wire: None });
                    return Ok(Answer::Pictures(response));
                }
                Ok(Reply::Unchanged(wire)) => {
                    let wire = Some(wire).filter(Wire::is_kept);
                    self.kept = known.map(|validators| Kept { epoch, cancel, validators, wire });
                    return Ok(Answer::Unchanged);
                }
                Err(error) if was_kept && kept::may_be_its_end(&error) => {
                    // It keeps connections and does not listen to them any more.
                    let is_deaf =
                        matches!(error, Error::NoAnswer { .. } | Error::ProxySilent { .. });
                    self.may_keep &= !is_deaf;
                    let wire = None;
                    self.kept = known.map(|validators| Kept { epoch, cancel, validators, wire });
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn keep(&mut self, body: HttpBody) {
        if let Some(kept) = &mut self.kept {
            kept.wire = body.into_wire().filter(Wire::is_kept);
        }
    }

    fn camera(&self) -> String {
        self.request.location.to_string()
    }
}
