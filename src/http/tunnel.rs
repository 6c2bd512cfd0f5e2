//! The way to an https camera through an http proxy (RFC 9110 §9.3.6).
//!
//! ```text
//!  dig ──CONNECT──▶ 407 ──▶ dig, with a login
//!             └───▶ 200 ──▶ the connection waits in a slot ──▶ TLS to the camera
//! ```
//!
//! An agent of its own speaks with the proxy, for what comes behind its answer belongs to
//! the camera: no head is repaired there, and nothing recorded.

use ureq::config::Config;
use ureq::http::Response;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Agent, Body, Error};

use super::lookup::Lookups;
use super::progress::Progress;
use super::request_head::{Outgoing, RequestHead, WriteHead};
use super::resolver::CameraResolver;
use super::takeover::{Slot, TakeOver};
use super::tcp::{ConnectTcp, LastSocket};
use super::tls::TlsConnectors;

/// See the [module](self).
#[derive(Debug, Clone)]
pub(super) struct Tunnel {
    pub(super) agent: Agent,
    outgoing: Outgoing,
    slot: Slot,
}

impl Tunnel {
    /// Leaves its connections in `slot`.
    pub(super) fn new(
        config: Config,
        tls: &TlsConnectors,
        slot: Slot,
        lookups: Lookups,
        progress: Progress,
    ) -> Self {
        let outgoing = Outgoing::default();
        let connector =
            ().chain(ConnectTcp(LastSocket::default(), progress.clone()))
                .chain(tls.clone())
                .chain(WriteHead(outgoing.clone()))
                .chain(TakeOver(slot.clone()));
        let resolver = CameraResolver { scope: 0, tunnel: Slot::default(), lookups, progress };
        let agent = Agent::with_parts(config, connector, resolver);
        Self { agent, outgoing, slot }
    }

    /// Asks the proxy at `root`. If it agrees, the connection is in the slot once the
    /// answer is dropped.
    pub(super) fn dig(&self, root: &str, head: RequestHead) -> Result<Response<Body>, Error> {
        self.outgoing.put(head);
        self.slot.reserve();
        self.agent.get(root).call()
    }

    /// Closes what an answer has left that was none.
    pub(super) fn fill_in(&self) {
        drop(self.slot.take());
    }
}

/// The first connector of the camera's chain: takes the tunnel that waits, if any.
#[derive(Debug)]
pub(super) struct ThroughTunnel(pub(super) Slot);

impl Connector for ThroughTunnel {
    type Out = Inside;

    fn connect(&self, _: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Inside>, Error> {
        Ok(self.0.take().map(Inside))
    }
}

/// The inside of a tunnel: whatever there is towards the proxy, TLS towards the camera is
/// still to come.
#[derive(Debug)]
pub(super) struct Inside(Box<dyn Transport>);

impl Transport for Inside {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        false
    }
}
