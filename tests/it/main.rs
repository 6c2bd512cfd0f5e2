//! The plugin against cameras that a test makes up. The rooms are those of `src`.
//!
//! | room | what is tried |
//! |---|---|
//! | `multipart` | the decoder alone, and the files in `tests/data` |
//! | `clock` | PTS against the truth |
//! | `http` | requests, heads, redirects, and what each answer leads to |
//! | `login` | Basic and Digest |
//! | `net` | TLS |
//! | `session` | connections that fail, end, fall silent or come back |
//! | `element` | properties, states, events, addresses, recordings |
//! | `hostile` | servers that mean no good |
//! | `layering` | which file of `src` may know which |
//! | `examples` | the unit tests of the examples |
#![allow(unreachable_pub, reason = "a test has no outside")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails that way")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../programs/mod.rs"]
mod programs;

mod clock;
mod element;
mod examples;
mod hostile;
mod http;
mod layering;
mod login;
mod multipart;
mod net;
mod session;
