//! The handshake on a connection that is there, and reads and writes behind it.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::unversioned::transport::{
    Buffers, LazyBuffers, NextTimeout, Transport, TransportAdapter, time,
};

use super::legacy;
use super::refusal::{explain, late};
use super::trust::{self, TlsSettings, Versions};
use super::verifier::Verifier;
use crate::error::Error;
use crate::net::deadline::Deadline;

/// Speaks TLS with https addresses. The copies of one share what is read from files, and
/// the sessions that can be resumed.
#[derive(Debug, Clone)]
pub(crate) struct TlsConnector {
    settings: TlsSettings,
    /// Read when it is needed first.
    config: Arc<OnceLock<Arc<ClientConfig>>>,
}

/// What TLS is spoken on.
#[derive(Debug)]
pub(crate) enum Below {
    Transport(Box<dyn Transport>),
    /// Nothing but this socket is in it.
    Socket(Box<dyn Transport>, Arc<TcpStream>),
}

impl TlsConnector {
    pub(crate) fn new(settings: TlsSettings) -> Self {
        Self { settings, config: Arc::default() }
    }

    fn config(&self) -> Result<Arc<ClientConfig>, Error> {
        if let Some(config) = self.config.get() {
            return Ok(config.clone());
        }
        let config = Arc::new(client_config(&self.settings)?);
        Ok(self.config.get_or_init(|| config).clone())
    }

    /// Makes `transport` a connection to `host`, as it stands in an address, that nobody
    /// in between can read.
    pub(crate) fn connect(
        &self,
        host: &str,
        below: Below,
        buffers: LazyBuffers,
        deadline: Deadline,
    ) -> Result<Box<dyn Transport>, ureq::Error> {
        let timeout = deadline.left()?;
        let host = server_name(host).map_err(ours)?;
        let transport = match (self.settings.versions, below) {
            (Versions::Safe, Below::Transport(transport) | Below::Socket(transport, _)) => {
                transport
            }
            (Versions::Legacy, Below::Socket(_, socket)) => {
                let verifier = Verifier::new(&self.settings.trust).map_err(ours)?;
                let identity = self.settings.identity.as_ref();
                return legacy::connect(&host, socket, identity, verifier, buffers, deadline);
            }
            (Versions::Legacy, Below::Transport(_)) => {
                let why = "it needs a connection of its own, which an https proxy has not";
                let property = "ssl-legacy";
                return Err(ours(Error::TlsSetting { property, why: why.into() }));
            }
        };
        let config = self.config().map_err(ours)?;
        let connection = ClientConnection::new(config, host);
        let mut connection = connection.map_err(|error| ours(explain(&error)))?;
        let mut socket = TransportAdapter::new(transport, Arc::new(time::Instant::now));
        socket.set_timeout(timeout);
        let mut heard = Heard { socket: &mut socket, is_answered: false };
        let shaken = connection.complete_io(&mut heard).map_err(hung_up);
        let is_answered = heard.is_answered;
        shaken.map_err(|error| late(error, is_answered, deadline))?;
        Ok(Box::new(TlsTransport::new(connection, socket, buffers)))
    }
}

/// A host as it stands in an address: IPv6 in brackets.
fn server_name(host: &str) -> Result<ServerName<'static>, Error> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    ServerName::try_from(bare.to_owned())
        .map_err(|_| Error::Tls { why: format!("{host} is no name that certificates are for") })
}

/// Looks whether the other side says anything in a handshake.
struct Heard<'a> {
    socket: &'a mut TransportAdapter,
    is_answered: bool,
}

impl Read for Heard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.socket.read(buffer)?;
        self.is_answered |= count > 0;
        Ok(count)
    }
}

impl Write for Heard<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// Cameras that restart hang up at any time.
fn hung_up(error: io::Error) -> ureq::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => ours(Error::Broken {
            why: "the camera hung up in the TLS handshake. Does it speak TLS 1.2 on this port?"
                .into(),
        }),
        _ => error.into(),
    }
}

/// An error of ours among ureq's.
fn ours(error: Error) -> ureq::Error {
    ureq::Error::Other(Box::new(error))
}

/// TLS 1.2 and 1.3. Reads the files that the settings name.
fn client_config(settings: &TlsSettings) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Verifier::new(&settings.trust)?);
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Internal { why: error.to_string() })?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    Ok(match &settings.identity {
        Some(identity) => config.with_client_cert_resolver(trust::identity(identity, &provider)?),
        None => config.with_no_client_auth(),
    })
}

/// A connection of ureq's with TLS on it.
struct TlsTransport {
    stream: StreamOwned<ClientConnection, TransportAdapter>,
    buffers: LazyBuffers,
}

impl TlsTransport {
    fn new(connection: ClientConnection, socket: TransportAdapter, buffers: LazyBuffers) -> Self {
        Self { stream: StreamOwned::new(connection, socket), buffers }
    }
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.sock.set_timeout(timeout);
        Ok(self.stream.write_all(&self.buffers.output()[..amount])?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.sock.set_timeout(timeout);
        let amount = match self.stream.read(self.buffers.input_append_buf()) {
            // Many cameras say no good-bye (RFC 8446 §6.1). What came is whole or not by its
            // own marks.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            other => other?,
        };
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsTransport")
            .field("socket", self.stream.sock.inner())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_of_an_address_has_a_name_for_certificates() {
        for (host, expected) in [
            ("camera", Some("camera")),
            ("cam_7.example", Some("cam_7.example")),
            ("192.168.0.7", Some("192.168.0.7")),
            ("[fd00::7]", Some("fd00::7")),
            ("", None),
            ("-", None),
        ] {
            let name = server_name(host);
            assert_eq!(name.ok().map(|name| name.to_str().into_owned()).as_deref(), expected);
        }
    }
}
