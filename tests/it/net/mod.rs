//! Connections that are encrypted.

mod camera;
mod socks;
mod tls;
mod tls_legacy;
