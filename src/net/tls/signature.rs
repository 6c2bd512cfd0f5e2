//! Does the camera hold the key of its certificate?
//!
//! rustls asks the same, but only of certificates it can read, and of RSA keys of 2048 bits
//! or more. Here the key is enough, and RSA keys may have 1024 bits: where the user names
//! the one certificate to accept, no issuer has to be trusted, and a broken key opens that
//! one camera only.

use ring::signature::{
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RsaParameters, UnparsedPublicKey,
};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm,
    SubjectPublicKeyInfoDer, alg_id,
};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use webpki::RawPublicKeyEntity;

use super::certificate::Certificate;

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
    let short = short_rsa(signed.scheme);
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

/// The algorithm for a scheme of TLS 1.2, which is PKCS #1 v1.5: ring has no other for them.
fn short_rsa(scheme: SignatureScheme) -> Option<&'static ShortRsa> {
    match scheme {
        SignatureScheme::RSA_PKCS1_SHA256 => Some(&SHA256),
        SignatureScheme::RSA_PKCS1_SHA512 => Some(&SHA512),
        _ => None,
    }
}

static SHA256: ShortRsa = ShortRsa {
    parameters: &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    signature: alg_id::RSA_PKCS1_SHA256,
};

static SHA512: ShortRsa = ShortRsa {
    parameters: &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    signature: alg_id::RSA_PKCS1_SHA512,
};

/// One of them.
#[derive(Debug)]
struct ShortRsa {
    parameters: &'static RsaParameters,
    signature: AlgorithmIdentifier,
}

impl SignatureVerificationAlgorithm for ShortRsa {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = UnparsedPublicKey::new(self.parameters, public_key);
        key.verify(message, signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}
