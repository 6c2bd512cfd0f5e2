//! The one certificate to accept, whatever it says of itself: who issued it to whom, and
//! until when, is of no account.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

use super::fingerprint::Fingerprint;
use super::{refusal, signature};

#[derive(Debug)]
pub(super) struct PinnedVerifier {
    pub(super) fingerprint: Fingerprint,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for PinnedVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if Fingerprint::of(end_entity) == self.fingerprint {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(refusal::other_certificate(end_entity))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signature::verify_tls12(message, certificate, signed, &self.algorithms)
            .map_err(|error| refusal::bad_signature(certificate, &error))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signature::verify_tls13(message, certificate, signed, &self.algorithms)
            .map_err(|error| refusal::bad_signature(certificate, &error))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        signature::schemes(&self.algorithms)
    }
}
