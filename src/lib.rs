//! # mjpeghttp
//!
//! A GStreamer plugin with one element, `mjpeghttpsrc`: the URL of a network
//! camera in, timestamped `image/jpeg` buffers out.
//!
//! ```text
//! socket ─▶ net ─▶ client ─▶ multipart + jpeg ─▶ Frame ─▶ clock ─▶ gst::Buffer
//! ```
//!
//! | layer | knows | holds |
//! |---|---|---|
//! | [`jpeg`] | bytes | the walk that finds the true end of a picture |
//! | [`multipart`] | bytes, `jpeg` | the tolerant decoder |
//! | [`clock`] | numbers | camera time to running time |
//! | [`session`] | std, the layers above | connect, read, watch, try again, cancel |
//! | [`http`] | bytes | heads, addresses, chunks: HTTP's messages |
//! | [`login`] | bytes | what to send to who asks for a login |
//! | [`net`] | ureq, rustls, `http` | connections: look-up, SOCKS, TCP, TLS |
//! | [`client`] | `net`, `login`, `http`, `session` | one camera, asked for its pictures |
//! | [`mjpeghttpsrc`] | GStreamer | the element |
//!
//! [`error`] (why there is no picture), [`quirk`] (what cameras do beside the book) and [`stats`]
//! (what is counted) are words for all of them, and `plugin` is GStreamer's way in. Which layer
//! may know which is checked by `tests/it/layering`. Each layer's page has a table of its files.
//!
//! # From hop to hop
//!
//! * A picture: [`net::direct`] reads it into the decoder's [`multipart::window`], [`session::stream`] hands
//!   it on, [`session::backlog`] holds it, `mjpeghttpsrc::streaming` stamps it ([`clock`]) and pushes it.
//! * A request: [`client::connector`] begins an attempt, [`client::exchange`] follows redirects,
//!   [`client::ask`] answers who asks for a login, [`net::dial`] connects, [`net::wire`] sends and reads the head.
//! * A failure: [`error::Error`] from where it happens, [`session::retry`] decides, [`mjpeghttpsrc`]
//!   posts it.
//!
//! # Where do I change …
//!
//! | what | where |
//! |---|---|
//! | which pictures may wait, and which go | [`session::backlog`] |
//! | when it tries again, `Retry-After` | [`session::retry`], [`http::retry_after`] |
//! | a camera that is busy, a page, another type of video | [`session::opening`] |
//! | time-outs | [`net::deadline`], [`session::progress`] |
//! | a picture that stays the same | [`session::frozen`] |
//! | single pictures | [`session::snapshot_polling`], [`client::validators`] |
//! | redirects | [`http::redirect`] |
//! | which login is tried, a stale nonce | [`login::dialogue`], [`login::stale_nonce`] |
//! | how often a nonce was used | [`login::memory`] |
//! | what of an address may be shown | [`http::redaction`], [`mjpeghttpsrc::secrets`] |
//! | an odd head of an answer | [`http::head_repair`], [`http::head_fields`] |
//! | chunks | [`http::chunked`] |
//! | SO_RCVLOWAT, system calls | [`net::direct`], `net::lowat`, [`net::system`] |
//! | certificates and what is wrong with them | [`net::tls::verifier`], [`net::tls::refusal`] |
//! | the TLS of old cameras | [`net::tls::legacy`] |
//! | proxies | [`client::proxy`], [`client::ask`], [`net::dial`] |
//! | the delimiter as it really is | [`multipart::delimiter`] |
//! | a wrong Content-Length | [`multipart::lengths`] |
//! | Huffman tables that are missing | [`jpeg::huffman`], [`multipart::decoder`] |
//! | which header field is a clock | [`clock::header`], [`clock::classifier`] |
//! | jitter, drift, a rate as a clock | [`clock::envelope`], [`clock::rate`], [`clock::slew`] |
//! | caps | [`mjpeghttpsrc::caps`] |
//! | GAP events | [`mjpeghttpsrc::gap`] |
//! | the latency query, changes of state | [`mjpeghttpsrc::latency`], [`mjpeghttpsrc::imp`] |
//! | what is posted on the bus, and how much of it | [`mjpeghttpsrc::bus`], [`mjpeghttpsrc::messages`] |
//!
//! What users need is in `README.md`, what who changes something needs in `CONTRIBUTING.md`.

#![allow(rustdoc::private_intra_doc_links, reason = "the page is for who works on it")]

pub mod client;
pub mod clock;
pub mod error;
pub mod http;
pub mod jpeg;
pub mod login;
pub mod mjpeghttpsrc;
pub mod multipart;
pub mod net;
pub mod quirk;
pub mod session;
pub mod stats;

mod plugin;

pub use plugin::plugin_register_static;
