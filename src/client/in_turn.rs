//! One camera at several addresses, of which any will do.

use super::connector::HttpConnector;
use super::request::Request;
use super::response_body::HttpBody;
use crate::session::connect::{Answer, Connect, ConnectError};
use crate::session::control::{Control, Epoch};

/// Connects to the address whose turn it is.
#[derive(Debug)]
pub struct InTurn {
    now: HttpConnector,
    /// In the order of their turns.
    others: Vec<HttpConnector>,
}

impl InTurn {
    /// Begins with `first`; the `others` follow in their order, then it begins again.
    pub fn new(first: Request, others: Vec<Request>) -> Self {
        let others = others.into_iter().map(HttpConnector::new).collect();
        Self { now: HttpConnector::new(first), others }
    }
}

impl Connect for InTurn {
    type Body = HttpBody;

    fn connect(
        &mut self,
        control: &Control,
        epoch: Epoch,
    ) -> Result<Answer<HttpBody>, ConnectError> {
        self.now.connect(control, epoch)
    }

    fn keep(&mut self, body: HttpBody) {
        self.now.keep(body);
    }

    fn camera(&self) -> String {
        self.now.camera()
    }

    fn addresses(&self) -> usize {
        1 + self.others.len()
    }

    fn turn(&mut self) {
        if self.others.is_empty() {
            return;
        }
        self.now.close();
        let next = self.others.remove(0);
        self.others.push(std::mem::replace(&mut self.now, next));
    }
}
