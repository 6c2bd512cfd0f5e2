//! Connections, on top of ureq's transports: opened, secured, read, and ended from other
//! threads.
//!
//! | file | idea |
//! |---|---|
//! | [`dial`] | look-up, TCP, SOCKS and TLS, one on top of the other |
//! | [`socks`] | the way through a SOCKS proxy |
//! | [`resolver`] | from a host to the addresses to connect to |
//! | [`lookup`] | a look-up that a cancel can leave behind |
//! | [`tcp`], [`tcp_connect`] | TCP connections, opened so that a cancel ends the wait |
//! | [`tls`] | https: whom to trust, and why not |
//! | [`wire`] | one connection: a head goes out, a head comes in, the body follows |
//! | [`direct`] | reads the socket itself, with few wake-ups; on Linux |
//! | `lowat` | one system call for that |
//! | [`system`] | what each system does in its own way |
//! | [`recording`] | a copy of the answer, for those who want to look at it |
//! | [`cancel`], [`deadline`] | what ends the wait for all that |

pub(crate) mod cancel;
pub(crate) mod deadline;
pub(crate) mod dial;
pub(crate) mod direct;
mod lookup;
#[cfg(target_os = "linux")]
pub(crate) mod lowat;
pub(crate) mod recording;
mod resolver;
mod socks;
pub(crate) mod system;
mod tcp;
mod tcp_connect;
pub(crate) mod tls;
pub(crate) mod wire;

pub use recording::Recording;
pub use tls::{Fingerprint, Identity, TlsSettings, Trust, Versions};
