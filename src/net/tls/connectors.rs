//! TLS with everybody on the way.
//!
//! The client certificate, `ssl-fingerprint` and `ssl-legacy` are for the camera alone. A
//! proxy, and a host that the camera redirects to, get none of the three.

use super::handshake::TlsConnector;
use super::trust::{TlsSettings, Trust};
use crate::http::location::Location;

/// See the [module](self).
#[derive(Debug, Clone)]
pub(crate) struct TlsConnectors {
    origin: Location,
    camera: TlsConnector,
    others: TlsConnector,
}

impl TlsConnectors {
    /// `origin` is where the camera is that these settings are for.
    pub(crate) fn new(origin: Location, settings: TlsSettings) -> Self {
        let others = TlsConnector::new(for_others(&settings));
        Self { origin, camera: TlsConnector::new(settings), others }
    }

    /// For the host at `location`.
    pub(crate) fn to(&self, location: &Location) -> &TlsConnector {
        if self.origin.is_same_camera(location) { &self.camera } else { &self.others }
    }

    /// For a proxy.
    pub(crate) fn to_proxy(&self) -> &TlsConnector {
        &self.others
    }
}

fn for_others(settings: &TlsSettings) -> TlsSettings {
    let trust = match &settings.trust {
        Trust::Certificate(_) => Trust::System,
        other => other.clone(),
    };
    TlsSettings { trust, ..TlsSettings::default() }
}
