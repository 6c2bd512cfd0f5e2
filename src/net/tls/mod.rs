//! TLS towards cameras, whose certificates are seldom what browsers ask for.
//!
//! | file | idea |
//! |---|---|
//! | [`settings`] | whom to trust, and who we are |
//! | [`fingerprint`] | the SHA-256 of a certificate, as people write it |
//! | [`connector`] | the handshake, on a connection that is there |
//! | [`connectors`] | the camera, and others on the way |
//! | [`transport`] | reads and writes behind it |
//! | [`legacy`] | both with the TLS of old cameras |
//! | [`config`] | rustls, set up for one camera |
//! | [`files`] | certificates and keys in PEM files |
//! | [`issued`], [`pinned`], [`anything`] | the three ways to look at a certificate |
//! | [`signature`], [`short_rsa`] | does the camera hold the key of its certificate? |
//! | [`certificate`] | the fields of any certificate, however odd |
//! | [`refusal`] | why a certificate is refused, and what to do |
//! | [`date`] | the day of a time |
//! | [`failure`] | rustls's other errors in our words |

mod anything;
mod certificate;
mod config;
mod connector;
mod connectors;
mod date;
mod failure;
mod files;
mod fingerprint;
mod issued;
mod legacy;
mod pinned;
mod refusal;
mod settings;
mod short_rsa;
mod signature;
mod transport;

pub(crate) use connector::{Below, TlsConnector};
pub(crate) use connectors::TlsConnectors;
pub(crate) use failure::explain;
pub use fingerprint::Fingerprint;
pub use settings::{Identity, TlsSettings, Trust, Versions};
