//! One ureq agent, set up for cameras, and what its connections leave behind.

use ureq::Agent;
use ureq::config::Config;
use ureq::unversioned::transport::{Connector, SocksConnector};

use super::exchange::Request;
use super::head_repair::HEAD_LIMIT;
use super::lookup::Lookups;
use super::progress::Progress;
use super::proxy::Proxy;
use super::recording::Record;
use super::repair_transport::{Notes, RepairHead};
use super::request_head::{Outgoing, WriteHead};
use super::resolver::CameraResolver;
use super::takeover::{Slot, TakeOver};
use super::tcp::{ConnectTcp, LastSocket};
use super::tls::TlsConnectors;
use super::tunnel::{ThroughTunnel, Tunnel};
use crate::error::Error;

/// Redirects, logins, cookies, TLS and proxies are not left to ureq, but for SOCKS. After
/// a shut-down the agents are of no use any more.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) agent: Agent,
    /// Where the head of the next request is put.
    pub(super) outgoing: Outgoing,
    /// The way to https cameras, where there is an http proxy.
    pub(super) tunnel: Option<Tunnel>,
    /// Where the connection of a stream is left.
    pub(super) slot: Slot,
    /// What the connection is, if TLS or a SOCKS proxy is not in between.
    pub(super) socket: LastSocket,
    /// What was odd about the heads.
    pub(super) notes: Notes,
    /// What a time-out is to blame on.
    pub(super) progress: Progress,
    lookups: Lookups,
}

impl Client {
    pub(super) fn new(request: &Request, tls: &TlsConnectors) -> Result<Self, Error> {
        let scope = request.location.interface()?;
        let proxy = request.proxy.as_ref();
        let socks = proxy.map(Proxy::socks).transpose()?.flatten();
        let has_http_proxy = proxy.is_some_and(|proxy| !proxy.is_socks());
        let config = config(request, socks);

        let dug = Slot::default();
        let (lookups, progress) = (Lookups::default(), Progress::default());
        let tunnel = has_http_proxy.then(|| {
            Tunnel::new(config.clone(), tls, dug.clone(), lookups.clone(), progress.clone())
        });
        let socket = LastSocket::default();
        let (outgoing, slot) = (Outgoing::default(), Slot::default());
        let notes = Notes::default();
        let connector = ThroughTunnel(dug.clone())
            .chain(SocksConnector::default())
            .chain(ConnectTcp(socket.clone(), progress.clone()))
            .chain(tls.clone())
            .chain(WriteHead(outgoing.clone()))
            .chain(Record(request.recording.clone()))
            .chain(RepairHead(notes.clone(), progress.clone()))
            .chain(TakeOver(slot.clone()));
        let (names, time) = (lookups.clone(), progress.clone());
        let resolver = CameraResolver { scope, tunnel: dug, lookups: names, progress: time };
        let agent = Agent::with_parts(config, connector, resolver);
        Ok(Self { agent, outgoing, tunnel, slot, socket, notes, progress, lookups })
    }

    /// Ends every connection, and every wait for one.
    pub(super) fn shutdown(self) {
        self.lookups.cancel();
        self.agent.shutdown();
        if let Some(tunnel) = self.tunnel {
            tunnel.agent.shutdown();
        }
    }
}

/// Longest head of a request, in bytes.
const OUTPUT: usize = 32 * 1024;

fn config(request: &Request, socks: Option<ureq::Proxy>) -> Config {
    Config::builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(1)
        .proxy(socks)
        .input_buffer_size(HEAD_LIMIT + HEAD_LIMIT / 4)
        .output_buffer_size(OUTPUT)
        .timeout_resolve(request.connect_timeout)
        .timeout_connect(request.connect_timeout)
        .timeout_recv_body(request.silence)
        .timeout_per_read(request.silence)
        .build()
}
