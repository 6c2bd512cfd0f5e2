//! HTTP's messages (RFC 9110, RFC 9112), bytes to values and back. Nothing here opens a socket.
//!
//! | file | idea |
//! |---|---|
//! | [`location`] | the address as people type it, and as it may be shown |
//! | [`redaction`] | what of its query may be shown |
//! | [`mistyped`] | what people type in the place of an address |
//! | [`zone`] | the network interface in it |
//! | [`redirect`] | where redirects lead, and what may go along |
//! | [`request_head`] | the head of a request, letter by letter |
//! | [`fields`], [`cookies`] | what the user and the camera add to it |
//! | [`head_repair`], [`first_bytes`] | finds the head of an answer |
//! | [`repaired_head`] | the head as it should have been sent |
//! | [`status_line`], [`head_fields`] | its lines, read with a forgiving eye |
//! | [`response_head`] | the head as values |
//! | [`retry_after`] | how long a camera asks to be left alone |
//! | [`chunked`], [`chunk_size`], [`chunk_trailer`] | the chunked transfer coding |

mod chunk_size;
mod chunk_trailer;
pub mod chunked;
pub(crate) mod cookies;
pub(crate) mod fields;
mod first_bytes;
pub(crate) mod head_fields;
pub mod head_repair;
pub(crate) mod location;
mod mistyped;
pub(crate) mod redaction;
pub(crate) mod redirect;
mod repaired_head;
pub(crate) mod request_head;
pub(crate) mod response_head;
pub(crate) mod retry_after;
mod status_line;
mod zone;

pub use cookies::Cookies;
pub use fields::{Fields, check_value};
pub use location::{Location, Userinfo};
pub(crate) use redaction::MASK;
