//! TLS towards cameras, whose certificates are seldom what browsers ask for.
//!
//! | file | idea |
//! |---|---|
//! | [`trust`] | whom to trust, and who we are |
//! | [`fingerprint`] | the SHA-256 of a certificate, as people write it |
//! | [`handshake`] | the handshake, on a connection that is there |
//! | [`connectors`] | the camera, and others on the way |
//! | [`transport`] | reads and writes behind it |
//! | [`legacy`] | both with the TLS of old cameras |
//! | [`config`] | rustls, set up for one camera |
//! | [`files`] | certificates and keys in PEM files |
//! | [`ca_verifier`], [`pinned_verifier`], [`no_verifier`] | the three ways to look at a certificate |
//! | [`signature`], [`short_rsa`] | does the camera hold the key of its certificate? |
//! | [`certificate`] | the fields of any certificate, however odd |
//! | [`refusal`] | why a certificate is refused, and what to do |
//! | [`date`] | the day of a time |
//! | [`tls_error`] | rustls's other errors in our words |

pub(crate) mod ca_verifier;
mod certificate;
mod config;
mod connectors;
mod date;
mod files;
mod fingerprint;
mod handshake;
pub(crate) mod legacy;
mod no_verifier;
mod pinned_verifier;
pub(crate) mod refusal;
mod short_rsa;
mod signature;
mod tls_error;
mod transport;
mod trust;

pub(crate) use connectors::TlsConnectors;
pub use fingerprint::Fingerprint;
pub(crate) use handshake::{Below, TlsConnector};
pub(crate) use tls_error::explain;
pub use trust::{Identity, TlsSettings, Trust, Versions};
