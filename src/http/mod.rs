//! HTTP towards the camera, on top of ureq.
//!
//! | file | idea |
//! |---|---|
//! | [`location`] | the address as people type it, and as it may be shown |
//! | [`connector`] | opens a connection on a helper thread that a cancel can leave behind |
//! | [`client`] | one ureq agent, set up for cameras |
//! | [`exchange`] | request, login, status, kind of answer |
//! | [`login`] | what to send when it asks for a login |
//! | [`eight_bit`] | credentials beyond ASCII, which ureq refuses |
//! | [`repair_transport`] | puts the repaired head in front of ureq's parser |
//! | [`head_repair`] | finds the head of an answer and repairs it |
//! | [`status_line`], [`head_fields`] | its lines, read with a forgiving eye |
//! | [`takeover`] | takes the connection out of ureq's hands behind the head |
//! | [`snapshot`] | an answer that is one picture |
//! | [`ready`] | reads what has arrived already, without waiting for more |
//! | [`recording`] | a copy of the answer, for those who want to look at it |
//! | [`tls`] | https: whom to trust, and why not |
//! | [`body`] | reads it from there, chunked or not |
//! | [`chunked`], [`chunk_size`] | the chunked transfer coding |
//! | [`failure`] | ureq's errors in our words |

mod body;
mod chunk_size;
pub mod chunked;
mod client;
mod connector;
mod eight_bit;
mod exchange;
mod failure;
mod head_fields;
pub mod head_repair;
mod location;
mod login;
mod page;
mod ready;
mod recording;
mod repair_transport;
mod snapshot;
mod status_line;
mod takeover;
mod tls;

pub use connector::HttpConnector;
pub use exchange::Request;
pub use location::{Location, Userinfo};
pub use login::Login;
pub use recording::Recording;
pub use tls::{Fingerprint, Identity, TlsSettings, Trust};
