//! # mjpeghttp
//!
//! A GStreamer plugin with one element, `mjpeghttpsrc`: the URL of a network
//! camera in, timestamped `image/jpeg` buffers out.
//!
//! ```text
//! socket ─▶ http ─▶ multipart + jpeg ─▶ Frame ─▶ clock ─▶ gst::Buffer
//! ```
//!
//! | layer | knows | holds |
//! |---|---|---|
//! | [`jpeg`] | bytes | the walk that finds the true end of a picture |
//! | [`multipart`] | bytes, `jpeg` | the tolerant decoder |
//! | [`clock`] | numbers | camera time to running time |
//! | [`session`] | std, the layers above | connect, read, watch, try again, cancel |
//! | [`http`] | ureq, `session` | request, login, transport |
//! | [`mjpeghttpsrc`] | GStreamer | the element |
//!
//! [`error`], [`quirk`] and [`stats`] are words for all of them. Which layer may know which is
//! checked by `tests/layering.rs`.

pub mod clock;
pub mod error;
pub mod http;
pub mod jpeg;
pub mod mjpeghttpsrc;
pub mod multipart;
pub mod quirk;
pub mod session;
pub mod stats;

mod plugin;

pub use plugin::plugin_register_static;
