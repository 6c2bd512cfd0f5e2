//! What the tests share.
#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails that way")]

pub mod camera;
pub mod element;
pub mod full;
pub mod guard;
pub mod jpeg;
pub mod parts;
pub mod random;
pub mod recorded;
pub mod solid;
pub mod waiting;
