//! Connections that are encrypted.

mod tls;
mod tls_legacy;
