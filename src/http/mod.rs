//! HTTP towards the camera, on top of ureq.
//!
//! | file | idea |
//! |---|---|
//! | [`location`] | the address as people type it, and as it may be shown |
//! | [`zone`] | the network interface in it |
//! | [`connector`] | opens connections, one after the other |
//! | [`in_turn`] | one camera at several addresses |
//! | [`client`] | one ureq agent, set up for cameras |
//! | [`resolver`] | from a host to the addresses to connect to |
//! | [`lookup`] | a look-up that a cancel can leave behind |
//! | [`proxy`], [`tunnel`] | what lies in front of the camera, and the way through it |
//! | [`exchange`] | one attempt: redirects, status, kind of answer |
//! | [`redirect`] | where they lead, and what may go along |
//! | [`ask`] | one address, asked until nobody wants a login any more |
//! | [`login`] | what to send when somebody does |
//! | [`request_head`] | the head of a request, letter by letter |
//! | [`fields`], [`cookies`] | what the user and the camera add to it |
//! | [`repair_transport`] | puts the repaired head in front of ureq's parser |
//! | [`head_repair`] | finds the head of an answer and repairs it |
//! | [`status_line`], [`head_fields`] | its lines, read with a forgiving eye |
//! | [`takeover`] | takes the connection out of ureq's hands behind the head |
//! | [`snapshot`] | an answer that is one picture |
//! | [`page`] | an answer that is a web page, and what it is called |
//! | [`dial`] | TCP connections, opened so that a cancel ends the wait |
//! | [`tcp`] | TCP connections whose socket can be had |
//! | [`recording`] | a copy of the answer, for those who want to look at it |
//! | [`tls`] | https: whom to trust, and why not |
//! | [`body`] | reads it from there, chunked or not |
//! | [`direct`] | reads the socket itself, with few wake-ups |
//! | [`lowat`] | one system call for that |
//! | [`chunked`], [`chunk_size`] | the chunked transfer coding |
//! | [`failure`] | ureq's errors in our words |
//! | [`progress`] | how far a request has come, and how long it may still take |

mod ask;
mod body;
mod chunk_size;
pub mod chunked;
mod client;
mod connector;
mod cookies;
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
mod page;
mod progress;
mod proxy;

mod recording;
mod redirect;
mod repair_transport;
mod request_head;
mod resolver;
mod snapshot;
mod status_line;
mod takeover;
mod tcp;
mod tls;
mod tunnel;
mod zone;

pub use connector::HttpConnector;
pub use cookies::Cookies;
pub use exchange::Request;
pub use fields::{Fields, check_value};
pub use in_turn::InTurn;
pub use location::{Location, Userinfo};
pub use login::Login;
pub use proxy::Proxy;
pub use recording::Recording;
pub use tls::{Fingerprint, Identity, TlsSettings, Trust};
