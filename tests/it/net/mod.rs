//! Connections that are encrypted.

mod camera;
mod tls;
mod tls_legacy;
