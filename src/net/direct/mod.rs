//! Reads the socket past ureq's transport, where the system has what makes that worth while.
//!
//! | file | idea |
//! |---|---|
//! | `linux` | straight into the picture's memory, with few wake-ups |
//! | `elsewhere` | not at all |
//!
//! With the environment variable `MJPEGHTTPSRC_PLAIN_READS` Linux reads as elsewhere.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::Direct;
#[cfg(target_os = "linux")]
pub(crate) use linux::Direct;
