//! A server that means no good, and the element that meets it in a process of its own, so
//! that what the element takes of this machine can be told from what the server takes.

pub(crate) mod server;
pub(crate) mod victim;
