//! Opens connections: look-up, TCP, SOCKS, TLS.

use std::io::ErrorKind;

use ureq::Error as Failure;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::LazyBuffers;

use super::cancel::Cancel;
use super::deadline::Deadline;
use super::resolver::{self, CameraResolver};
use super::socks;
use super::tcp::Tcp;
use super::tls::{TlsConnector, TlsConnectors};
use super::wire::{INPUT, OUTPUT, Wire};
use crate::error::Error;
use crate::http::location::Location;

/// All that connections of one request have in common.
#[derive(Debug)]
pub(crate) struct Dialer<'a> {
    pub(crate) tls: &'a TlsConnectors,
    pub(crate) cancel: &'a Cancel,
    pub(crate) deadline: Deadline,
}

impl Dialer<'_> {
    /// Straight to the camera.
    pub(crate) fn to_camera(&self, location: &Location) -> Result<Wire, Failure> {
        let scope = location.interface().map_or(Ok(0), resolver::interface)?;
        let tcp = self.tcp(&location.root(), scope);
        let tcp = tcp.map_err(|error| needs_interface(error, location))?;
        self.to_camera_over(Wire::plain(tcp), location)
    }

    /// To the camera through a SOCKS proxy, which looks the name up. `login` is a user and a
    /// password for it.
    pub(crate) fn through_socks(
        &self,
        location: &Location,
        proxy: &Location,
        login: Option<(&str, &str)>,
    ) -> Result<Wire, Failure> {
        let mut tcp = self.tcp(&proxy.root(), 0)?;
        socks::connect(&mut tcp, (location.host(), location.port()), login, self.deadline)?;
        self.to_camera_over(Wire::plain(tcp), location)
    }

    /// To a proxy that speaks HTTP.
    pub(crate) fn to_proxy(&self, proxy: &Location) -> Result<Wire, Failure> {
        let wire = Wire::plain(self.tcp(&proxy.root(), 0)?);
        if proxy.is_https() {
            self.secure(wire, self.tls.to_proxy(), proxy.host())
        } else {
            Ok(wire)
        }
    }

    /// On a connection that leads to the camera; https begins here.
    pub(crate) fn to_camera_over(&self, wire: Wire, location: &Location) -> Result<Wire, Failure> {
        if location.is_https() {
            self.secure(wire, self.tls.to(location), location.host())
        } else {
            Ok(wire)
        }
    }

    fn secure(&self, wire: Wire, tls: &TlsConnector, host: &str) -> Result<Wire, Failure> {
        Ok(Wire::over(tls.connect(host, wire.into_below(), buffers(), self.deadline)?))
    }

    fn tcp(&self, root: &str, scope: u32) -> Result<Tcp, Failure> {
        let config = Config::default();
        let found = self.resolver(scope).resolve(&uri(root)?, &config, self.deadline.left()?)?;
        Tcp::connect(&found, self.deadline.left()?, buffers(), self.cancel)
    }

    fn resolver(&self, scope: u32) -> CameraResolver {
        CameraResolver { scope, lookups: self.cancel.lookups.clone() }
    }
}

/// Some systems choose an interface for a link-local address (RFC 4007 §6), others refuse.
fn needs_interface(error: Failure, location: &Location) -> Failure {
    match error {
        Failure::Io(error)
            if error.kind() == ErrorKind::InvalidInput && location.lacks_interface() =>
        {
            let host = location.host().to_owned();
            Failure::Other(Box::new(Error::InterfaceNeeded { host }))
        }
        other => other,
    }
}

fn buffers() -> LazyBuffers {
    LazyBuffers::new(INPUT, OUTPUT)
}

fn uri(root: &str) -> Result<Uri, Failure> {
    root.parse().map_err(|_| {
        let why = format!("{root} is no address of a host");
        Failure::Other(Box::new(Error::BadUrl { why }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_local_address_without_an_interface_is_told() {
        for (address, kind, words) in [
            ("http://[fe80::1]/", ErrorKind::InvalidInput, "as in http://[fe80::1%25eth0]/"),
            ("http://[fe80::1]/", ErrorKind::ConnectionRefused, "refused"),
            ("http://[fe80::1%25eth0]/", ErrorKind::InvalidInput, "invalid"),
            ("http://[fd00::1]/", ErrorKind::InvalidInput, "invalid"),
        ] {
            let (location, _) = Location::parse(address).unwrap();
            let error = needs_interface(Failure::Io(kind.into()), &location).to_string();
            assert!(error.contains(words), "{address}: {error}");
        }
    }
}
