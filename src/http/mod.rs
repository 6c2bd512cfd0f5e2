//! HTTP towards the camera, on top of ureq's transports.
//!
//! | file | idea |
//! |---|---|
//! | [`location`] | the address as people type it, and as it may be shown |
//! | [`redaction`] | what of its query may be shown |
//! | [`zone`] | the network interface in it |
//! | [`connector`] | opens connections, one after the other |
//! | [`in_turn`] | one camera at several addresses |
//! //! | [`resolver`] | from a host to the addresses to connect to |
//! | [`lookup`] | a look-up that a cancel can leave behind |
//! | [`proxy`] | what lies in front of the camera |
//! | [`dial`] | look-up, SOCKS, TCP and TLS, one on top of the other |
//! | [`wire`] | one connection: a head goes out, a head comes in, the body follows |
//! | [`cancel`], [`deadline`] | what ends the wait for all that |
//! | [`exchange`] | one attempt: redirects, status, kind of answer |
//! | [`redirect`] | where they lead, and what may go along |
//! | [`ask`] | one address, asked until nobody wants a login any more |
//! | [`login`] | what to send when somebody does |
//! | [`request`] | what the user has said about one address |
//! | [`request_head`] | the head of a request, letter by letter |
//! | [`fields`], [`cookies`] | what the user and the camera add to it |
//! | [`head_repair`] | finds the head of an answer and repairs it |
//! | [`status_line`], [`head_fields`] | its lines, read with a forgiving eye |
//! | [`response_head`] | the head as values |
//! | [`snapshot`] | an answer that is one picture |
//! | [`tcp`], [`tcp_connect`] | TCP connections, opened so that a cancel ends the wait |
//! | [`recording`] | a copy of the answer, for those who want to look at it |
//! | [`tls`] | https: whom to trust, and why not |
//! | [`body`] | reads it from there, chunked or not |
//! | [`direct`] | reads the socket itself, with few wake-ups |
//! | [`lowat`] | one system call for that |
//! | [`chunked`], [`chunk_size`] | the chunked transfer coding |
//! | [`failure`] | ureq's errors in our words |

mod ask;
mod body;
mod cancel;
mod chunk_size;
pub mod chunked;
mod connector;
mod cookies;
mod deadline;
mod dial;
mod direct;
mod exchange;
mod failure;
mod fields;
mod head_fields;
pub mod head_repair;
mod in_turn;
mod location;
pub mod login;
mod lookup;
#[cfg(target_os = "linux")]
mod lowat;
mod proxy;
mod recording;
mod redaction;
mod redirect;
mod request;
mod request_head;
mod resolver;
mod response_head;
mod snapshot;
mod status_line;
mod tcp;
mod tcp_connect;
mod tls;
mod wire;
mod zone;

pub use connector::HttpConnector;
pub use cookies::Cookies;
pub use fields::{Fields, check_value};
pub use in_turn::InTurn;
pub use location::{Location, Userinfo};
pub use login::Login;
pub use proxy::Proxy;
pub use recording::Recording;
pub use request::Request;
pub use tls::{Fingerprint, Identity, TlsSettings, Trust, Versions};
