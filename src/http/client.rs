//! One ureq agent, set up for cameras, and what its connections leave behind.

use ureq::Agent;
use ureq::config::Config;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, TcpConnector};

use super::eight_bit::EightBit;
use super::exchange::Request;
use super::ready::ConnectReady;
use super::recording::Record;
use super::repair_transport::{Notes, RepairHead};
use super::takeover::{Slot, TakeOver};
use super::tls::TlsConnector;

/// Redirects, logins, proxies and TLS are not left to ureq. After a shut-down the agent is of
/// no use any more.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) agent: Agent,
    /// Where the connection of a stream is left.
    pub(super) slot: Slot,
    /// What was odd about the heads.
    pub(super) notes: Notes,
}

impl Client {
    pub(super) fn new(request: &Request, tls: TlsConnector) -> Self {
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(1)
            .proxy(None)
            .accept_encoding("identity")
            .timeout_resolve(request.connect_timeout)
            .timeout_connect(request.connect_timeout)
            .timeout_recv_body(request.silence)
            .timeout_per_read(request.silence)
            .build();
        let (slot, notes) = (Slot::default(), Notes::default());
        let repair = RepairHead { notes: notes.clone(), proxied: config.proxy().is_some() };
        let record = Record(request.recording.clone());
        let connector =
            ().chain(ConnectProxyConnector::default())
                .chain(ConnectReady { wanted: request.look_ahead })
                .chain(TcpConnector::default())
                .chain(tls)
                .chain(EightBit)
                .chain(record)
                .chain(repair)
                .chain(TakeOver(slot.clone()));
        let agent = Agent::with_parts(config, connector, DefaultResolver::default());
        Self { agent, slot, notes }
    }
}
