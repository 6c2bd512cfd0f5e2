//! From a host to the addresses to connect to.

use std::net::{IpAddr, SocketAddr};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{NextTimeout, time};

use super::lookup::Lookups;

/// Asks anew each time: a camera that has moved is found again. Puts the network interface
/// that the user has named into link-local addresses (RFC 4007 §11).
#[derive(Debug)]
pub(super) struct CameraResolver {
    /// The interface's number; 0 for any.
    pub(super) scope: u32,
    pub(super) lookups: Lookups,
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

/// Without a time limit of its own ureq starts no thread of its own.
fn look_up(uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
    let for_ever = NextTimeout { after: time::Duration::NotHappening, ..timeout };
    DefaultResolver::default().resolve(uri, config, for_ever)
}

fn is_number(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse::<IpAddr>().is_ok()
}
