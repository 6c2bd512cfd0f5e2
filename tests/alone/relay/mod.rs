//! A relay between the element and a camera that does to a connection what networks do.
//!
//! | file | idea |
//! |---|---|
//! | [`fault`] | everything that can happen to a connection, by kind |
//! | [`act`] | what the relay does for it, connection by connection |
//! | [`port`] | the relay: a TCP port that gives each connection its act |
//! | [`link`] | one connection: bytes passed on until an act is due |
//! | [`place`] | which part of an answer a byte belongs to |
//! | [`numbered`] | pictures that say which they are and whether they are whole |
//! | [`camera`] | a camera that sends them, plain, in chunks or over TLS |
//! | [`viewer`] | the element, and what must hold for every picture it delivers |
//! | [`footprint`] | threads, file descriptors and memory of this process |
//! | [`times`] | how long the stream was away, as a table |

pub(crate) mod act;
pub(crate) mod camera;
pub(crate) mod fault;
pub(crate) mod footprint;
pub(crate) mod link;
pub(crate) mod numbered;
pub(crate) mod place;
pub(crate) mod port;
pub(crate) mod times;
pub(crate) mod viewer;
