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
//! may know which is checked by `tests/layering`. Each layer's page has a table of its files.
//!
//! What users need is in `README.md`, what who changes something needs in `CONTRIBUTING.md`.

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
