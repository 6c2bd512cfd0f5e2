//! From a host to the addresses to connect to.

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::takeover::Slot;

/// The system's look-up, with the interface that leads to link-local addresses.
#[derive(Debug)]
pub(super) struct CameraResolver {
    /// The number of the interface; 0 for none.
    pub(super) scope: u32,
    /// A tunnel that waits here leads to the camera: its name is the proxy's business.
    pub(super) tunnel: Slot,
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
        let mut addresses = DefaultResolver::default().resolve(uri, config, timeout)?;
        for address in addresses.iter_mut() {
            if let std::net::SocketAddr::V6(address) = address
                && address.ip().is_unicast_link_local()
                && address.scope_id() == 0
            {
                address.set_scope_id(self.scope);
            }
        }
        Ok(addresses)
    }
}
