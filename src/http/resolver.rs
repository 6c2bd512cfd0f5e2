//! From a host to the addresses to connect to.

use std::net::{IpAddr, SocketAddr};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{NextTimeout, time};

use super::lookup::Lookups;
use super::progress::Progress;
use super::takeover::Slot;

/// The system's look-up, with the interface that leads to link-local addresses.
#[derive(Debug)]
pub(super) struct CameraResolver {
    /// The number of the interface; 0 for none.
    pub(super) scope: u32,
    /// A tunnel that waits here leads to the camera: its name is the proxy's business.
    pub(super) tunnel: Slot,
    pub(super) lookups: Lookups,
    pub(super) progress: Progress,
}

impl Resolver for CameraResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        if self.tunnel.is_filled() {
            return Ok(self.empty());
        }
        let timeout = self.progress.limit(timeout)?;
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

/// On this thread: without a time, ureq makes no other.
fn look_up(uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
    let for_ever = NextTimeout { after: time::Duration::NotHappening, ..timeout };
    DefaultResolver::default().resolve(uri, config, for_ever)
}

/// No name server is asked for an address in numbers.
fn is_number(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse::<IpAddr>().is_ok()
}
