//! rustls, set up for one camera.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;

use super::ca_verifier::CaVerifier;
use super::files;
use super::no_verifier::NoVerifier;
use super::pinned_verifier::PinnedVerifier;
use super::trust::{TlsSettings, Trust};
use crate::error::Error;

/// TLS 1.2 and 1.3. Reads the files that the settings name.
pub(super) fn build(settings: &TlsSettings) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = verifier(&settings.trust)?;
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Internal { why: error.to_string() })?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    Ok(match &settings.identity {
        Some(identity) => config.with_client_cert_resolver(files::identity(identity, &provider)?),
        None => config.with_no_client_auth(),
    })
}

/// Who looks at the camera's certificate. Reads the files that the settings name.
pub(super) fn verifier(trust: &Trust) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let provider = Arc::new(ring::default_provider());
    Ok(match trust {
        // What cannot be read of the system's list is not trusted, and nothing worse.
        Trust::System => {
            let list = rustls_native_certs::load_native_certs().certs;
            Arc::new(CaVerifier::by(list, provider))
        }
        Trust::CaFile(file) => {
            let list = files::certificates("ssl-ca-file", file)?;
            Arc::new(CaVerifier::by(list, provider))
        }
        Trust::Certificate(fingerprint) => Arc::new(PinnedVerifier {
            fingerprint: *fingerprint,
            algorithms: provider.signature_verification_algorithms,
        }),
        Trust::Anything => Arc::new(NoVerifier),
    })
}
