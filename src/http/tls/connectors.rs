//! TLS with everybody on the way.
//!
//! The user's certificate is shown to the camera only, and only the camera has the
//! fingerprint that was set: neither a proxy nor whom the camera redirects to.

use ureq::Error;
use ureq::unversioned::transport::{ConnectionDetails, Connector, Either, Transport};

use super::connector::TlsConnector;
use super::settings::{TlsSettings, Trust};
use super::transport::TlsTransport;
use crate::http::exchange::Request;
use crate::http::location::Location;

/// See the [module](self).
#[derive(Debug, Clone)]
pub(in crate::http) struct TlsConnectors {
    home: Location,
    camera: TlsConnector,
    others: TlsConnector,
}

impl TlsConnectors {
    pub(in crate::http) fn new(request: &Request) -> Self {
        Self {
            home: request.location.clone(),
            camera: TlsConnector::new(request.tls.clone()),
            others: TlsConnector::new(for_others(&request.tls)),
        }
    }
}

impl<In: Transport> Connector<In> for TlsConnectors {
    type Out = Either<In, TlsTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let target = Location::parse(&details.uri.to_string());
        let is_home = target.is_ok_and(|(target, _)| self.home.is_same_camera(&target));
        let connector = if is_home { &self.camera } else { &self.others };
        connector.connect(details, chained)
    }
}

fn for_others(settings: &TlsSettings) -> TlsSettings {
    let trust = match &settings.trust {
        Trust::Certificate(_) => Trust::System,
        other => other.clone(),
    };
    TlsSettings { trust, identity: None }
}
