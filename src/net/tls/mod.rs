//! TLS towards cameras, whose certificates are seldom what browsers ask for.
//!
//! | file | idea |
//! |---|---|
//! | [`trust`] | whom to trust, who we are, and the PEM files that say it |
//! | [`connectors`] | the camera, and others on the way |
//! | [`handshake`] | the handshake on a connection that is there, and what is read behind it |
//! | [`legacy`] | both with the TLS of old cameras; elsewhere than on Unix it says that there is none |
//! | [`verifier`] | which certificates are accepted |
//! | [`signature`] | does the camera hold the key of its certificate? |
//! | [`certificate`] | the fields of any certificate, however odd, and its fingerprint |
//! | [`refusal`] | why a certificate is refused or a handshake fails, and what to do |

mod certificate;
mod connectors;
mod handshake;
#[cfg_attr(not(unix), path = "legacy_elsewhere.rs")]
pub(crate) mod legacy;
pub(crate) mod refusal;
mod signature;
mod trust;
pub(crate) mod verifier;

pub use certificate::Fingerprint;
pub(crate) use connectors::TlsConnectors;
pub(crate) use handshake::{Below, TlsConnector};
pub(crate) use refusal::explain;
pub use trust::{Identity, TlsSettings, Trust, Versions};
