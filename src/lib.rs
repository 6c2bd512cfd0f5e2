//! # mjpeghttp
//!
//! A GStreamer plugin with one element, `mjpeghttpsrc`: the URL of a network
//! camera in, timestamped `image/jpeg` buffers out.

pub mod jpeg;
pub mod multipart;
