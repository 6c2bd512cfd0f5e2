//! The signatures of RSA keys from 1024 bits on.
//!
//! rustls takes none below 2048. Who names the one certificate to accept has not to
//! believe an issuer; a short key can only be broken to listen to that one camera.

use ring::signature::{
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RsaParameters, UnparsedPublicKey,
};
use rustls::SignatureScheme;
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

/// The algorithm for a scheme of TLS 1.2, which is PKCS #1 v1.5: ring has no other for them.
pub(super) fn algorithm(scheme: SignatureScheme) -> Option<&'static ShortRsa> {
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
pub(super) struct ShortRsa {
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
