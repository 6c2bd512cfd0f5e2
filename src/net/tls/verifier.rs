//! Which certificates are accepted.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};

use super::certificate::Fingerprint;
use super::trust::{self, Trust};
use super::{refusal, signature};
use crate::error;

/// Looks at the camera's certificate.
#[derive(Debug)]
pub(super) struct Verifier {
    accepted: Accepted,
    algorithms: WebPkiSupportedAlgorithms,
}

#[derive(Debug)]
enum Accepted {
    /// What a trusted authority has issued for the camera's host.
    Issued(Authorities),
    /// One certificate. Its issuer, its host names and its dates do not count.
    Pinned(Fingerprint),
    /// Every certificate, unchecked: for `ssl-strict=false`.
    Every,
}

#[derive(Debug)]
struct Authorities {
    /// `None` where nobody is trusted: a system without certificates.
    chains: Option<Arc<WebPkiServerVerifier>>,
    trusted: Vec<CertificateDer<'static>>,
}

/// All there are.
const EVERY_SCHEME: [SignatureScheme; 13] = [
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP521_SHA512,
    SignatureScheme::ED25519,
    SignatureScheme::ED448,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::ECDSA_SHA1_Legacy,
    SignatureScheme::RSA_PKCS1_SHA1,
];

impl Verifier {
    /// Reads the files that `trust` names.
    pub(super) fn new(trust: &Trust) -> Result<Self, error::Error> {
        let provider = Arc::new(ring::default_provider());
        let algorithms = provider.signature_verification_algorithms;
        let accepted = match trust {
            // What cannot be read of the system's list is not trusted, and nothing worse.
            Trust::System => {
                let list = rustls_native_certs::load_native_certs().certs;
                Accepted::Issued(Authorities::new(list, provider))
            }
            Trust::CaFile(file) => {
                let list = trust::certificates("ssl-ca-file", file)?;
                Accepted::Issued(Authorities::new(list, provider))
            }
            Trust::Certificate(fingerprint) => Accepted::Pinned(*fingerprint),
            Trust::Anything => Accepted::Every,
        };
        Ok(Self { accepted, algorithms })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.accepted {
            Accepted::Issued(authorities) => authorities
                .check(end_entity, intermediates, host, now)
                .map_err(|error| refusal::refused(end_entity, &error)),
            Accepted::Pinned(fingerprint) if Fingerprint::of(end_entity) != *fingerprint => {
                Err(refusal::other_certificate(end_entity))
            }
            Accepted::Pinned(_) | Accepted::Every => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verify = match self.accepted {
            Accepted::Issued(_) => verify_tls12_signature,
            Accepted::Pinned(_) => signature::verify_tls12,
            Accepted::Every => return Ok(HandshakeSignatureValid::assertion()),
        };
        verify(message, certificate, signed, &self.algorithms)
            .map_err(|error| refusal::bad_signature(certificate, &error))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verify = match self.accepted {
            Accepted::Issued(_) => verify_tls13_signature,
            Accepted::Pinned(_) => signature::verify_tls13,
            Accepted::Every => return Ok(HandshakeSignatureValid::assertion()),
        };
        verify(message, certificate, signed, &self.algorithms)
            .map_err(|error| refusal::bad_signature(certificate, &error))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        match self.accepted {
            Accepted::Issued(_) => self.algorithms.supported_schemes(),
            Accepted::Pinned(_) => signature::schemes(&self.algorithms),
            Accepted::Every => EVERY_SCHEME.to_vec(),
        }
    }
}

impl Authorities {
    /// Trusts those that one of `trusted` has issued. Such a list may hold what is no
    /// certificate: systems do.
    fn new(trusted: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted.iter().cloned());
        let builder = WebPkiServerVerifier::builder_with_provider(roots.into(), provider);
        // The only error without revocation lists is that there are no roots.
        Self { chains: builder.build().ok(), trusted }
    }

    fn check(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chains = self.chains.as_ref().ok_or(CertificateError::UnknownIssuer)?;
        match chains.verify_server_cert(end_entity, intermediates, host, &[], now) {
            // What `openssl req -x509` makes for a camera calls itself an authority. webpki
            // has found it valid today before it says so.
            Err(error) if is_authority(&error) && self.trusted.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, host)?;
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }
}

/// Is it refused because it is the certificate of an authority?
fn is_authority(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) = error else {
        return false;
    };
    matches!(inner.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}
