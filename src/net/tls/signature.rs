//! Does the camera hold the key of its certificate?
//!
//! rustls asks the same, but only of certificates it can read: here the key is enough.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use webpki::RawPublicKeyEntity;

use super::certificate::Certificate;
use super::short_rsa;

/// The schemes to offer. PSS last: a camera with an RSA key of 1024 bits can be
/// understood if it does not choose that one.
pub(super) fn schemes(algorithms: &WebPkiSupportedAlgorithms) -> Vec<SignatureScheme> {
    let mut schemes = algorithms.supported_schemes();
    schemes.sort_by_key(|scheme| {
        matches!(
            *scheme,
            SignatureScheme::RSA_PSS_SHA256
                | SignatureScheme::RSA_PSS_SHA384
                | SignatureScheme::RSA_PSS_SHA512
        )
    });
    schemes
}

/// RFC 5246 §7.4.3, where one scheme stands for several algorithms.
pub(super) fn verify_tls12(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let key = key(certificate)?;
    let key = RawPublicKeyEntity::try_from(&key).map_err(|_| CertificateError::BadEncoding)?;
    let offered = algorithms.mapping.iter().filter(|(scheme, _)| *scheme == signed.scheme);
    let short = short_rsa::algorithm(signed.scheme);
    let short = short.map(|short| -> &dyn SignatureVerificationAlgorithm { short });
    let mut candidates =
        offered.flat_map(|(_, candidates)| candidates.iter().copied()).chain(short);
    let is_right = |candidate| key.verify_signature(candidate, message, signed.signature()).is_ok();
    if candidates.any(is_right) {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(CertificateError::BadSignature.into())
    }
}

/// RFC 8446 §4.4.3.
pub(super) fn verify_tls13(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    verify_tls13_signature_with_raw_key(message, &key(certificate)?, signed, algorithms)
}

fn key<'a>(certificate: &'a CertificateDer<'_>) -> Result<SubjectPublicKeyInfoDer<'a>, Error> {
    let read = Certificate::read(certificate).ok_or(CertificateError::BadEncoding)?;
    Ok(read.key.into())
}
