//! Elsewhere than on Unix there is no TLS of old cameras: nothing ends a handshake of GIO's that
//! is under way there, so that an element could not be stopped.

use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use ureq::Error as Failure;
use ureq::unversioned::transport::{LazyBuffers, Transport};

use super::trust::Identity;
use super::verifier::Verifier;
use crate::error::Error;
use crate::net::deadline::Deadline;

/// Says so.
pub(super) fn connect(
    _: &ServerName<'static>,
    _: Arc<TcpStream>,
    _: Option<&Identity>,
    _: Verifier,
    _: LazyBuffers,
    _: Deadline,
) -> Result<Box<dyn Transport>, Failure> {
    let why = "the TLS of old cameras is not there on this system".into();
    Err(Failure::Other(Box::new(Error::TlsSetting { property: "ssl-legacy", why })))
}
