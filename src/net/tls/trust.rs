//! Whom to trust, and who we are.

use std::path::PathBuf;

use super::fingerprint::Fingerprint;

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
