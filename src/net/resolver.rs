//! From a host to the addresses to connect to.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{NextTimeout, time};

use super::lookup::Lookups;

/// Asks anew each time: a camera that has moved is found again. Puts the network interface
/// that the user has named into link-local addresses (RFC 4007 §11).
#[derive(Debug)]
pub(crate) struct CameraResolver {
    /// The interface's number; 0 for any.
    pub(crate) scope: u32,
    pub(crate) lookups: Lookups,
}

impl Resolver for CameraResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = if is_number(uri) {
            look_up(uri, config, timeout)?
        } else {
            let (name, config) = (uri.clone(), config.clone());
            self.lookups.run(move || look_up(&name, &config, timeout), timeout)?
        };
        for address in addresses.iter_mut() {
            if let SocketAddr::V6(address) = address
                && address.ip().is_unicast_link_local()
                && address.scope_id() == 0
            {
                address.set_scope_id(self.scope);
            }
        }
        Ok(addresses)
    }
}

/// The number of the interface with this name or number, as the system has it at the moment.
/// It reads zones by `if_nametoindex` (RFC 3493 §4.1).
pub(crate) fn interface(name: &str) -> Result<u32, Error> {
    let found = (format!("fe80::1%{name}"), 0).to_socket_addrs();
    let scopes = found.into_iter().flatten().filter_map(|address| match address {
        SocketAddr::V6(address) => Some(address.scope_id()),
        SocketAddr::V4(_) => None,
    });
    let mut known = scopes.filter(|&index| index > 0);
    let unknown = || crate::error::Error::NoInterface { name: name.to_owned() };
    known.next().ok_or_else(|| Error::Other(Box::new(unknown())))
}

/// Without a time limit of its own ureq starts no thread of its own.
fn look_up(uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
    let for_ever = NextTimeout { after: time::Duration::NotHappening, ..timeout };
    DefaultResolver::default().resolve(uri, config, for_ever).map_err(|error| match error {
        // What the system says of it in its own words.
        Error::Io(_) => Error::HostNotFound,
        other => other,
    })
}

fn is_number(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_has_a_number() {
        assert_eq!(interface("lo").ok(), Some(1));
        assert_eq!(interface("7").ok(), Some(7));
        for name in ["0", "none-such"] {
            let error = interface(name).unwrap_err();
            assert!(error.to_string().contains(&format!("no network interface {name}")), "{error}");
        }
    }
}
