//! Whom to trust, who we are, and the PEM files that say it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{Error as Tls, InconsistentKeys};

use super::certificate::Fingerprint;
use crate::error::Error;

/// How TLS is spoken with a camera.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// Which cameras are the right ones.
    pub trust: Trust,
    /// Shown to a camera that asks for it.
    pub identity: Option<Identity>,
    /// What may be spoken.
    pub versions: Versions,
}

/// Which TLS is accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Versions {
    /// 1.2 with forward secrecy and authenticated encryption, and 1.3.
    #[default]
    Safe,
    /// What GIO's TLS accepts, too: RSA key exchange, CBC, 1.1 and 1.0 on most systems.
    Legacy,
}

/// Which certificates of cameras are accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those that one of the system's authorities has issued for the camera's host.
    #[default]
    System,
    /// Those that a certificate in this PEM file has issued for the camera's host.
    CaFile(PathBuf),
    /// This very one, whatever it says of itself.
    Certificate(Fingerprint),
    /// Every one: an attacker's too.
    Anything,
}

/// A certificate of our own and its key, in PEM files that may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The certificate, and those of its issuers behind it.
    pub certificate: PathBuf,
    /// The key, not encrypted.
    pub key: PathBuf,
}

/// All certificates in the file that a property names: at least one.
pub(super) fn certificates(
    property: &'static str,
    file: &Path,
) -> Result<Vec<CertificateDer<'static>>, Error> {
    let bad = |error: pem::Error| unusable(property, file, &reason(&error));
    let read = CertificateDer::pem_file_iter(file).map_err(bad)?;
    let certificates = read.collect::<Result<Vec<_>, _>>().map_err(bad)?;
    if certificates.is_empty() {
        return Err(unusable(property, file, "it holds no certificate in PEM"));
    }
    Ok(certificates)
}

/// Our own certificate and its key. Of the certificate nothing is asked but that it
/// belongs to the key where that can be told: it is for the camera to read, and an
/// X.509v1 one will do.
pub(super) fn identity(
    files: &Identity,
    provider: &CryptoProvider,
) -> Result<Arc<SingleCertAndKey>, Error> {
    let chain = certificates("ssl-client-cert", &files.certificate)?;
    let bad = |why: &str| unusable("ssl-client-key", &files.key, why);
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| match error {
        pem::Error::NoItemsFound => bad("it holds no key in PEM that is not encrypted"),
        other => bad(&reason(&other)),
    })?;
    let key = provider.key_provider.load_private_key(key);
    let key = key.map_err(|error| bad(&error.to_string()))?;
    let pair = CertifiedKey::new(chain, key);
    match pair.keys_match() {
        Err(Tls::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            Err(bad("it does not belong to the certificate of ssl-client-cert"))
        }
        _ => Ok(Arc::new(pair.into())),
    }
}

fn unusable(property: &'static str, file: &Path, why: &str) -> Error {
    Error::TlsSetting { property, why: format!("{}: {why}", file.display()) }
}

fn reason(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}
