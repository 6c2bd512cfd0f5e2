//! The plugin with what people use: servers, proxies, players, screens, the README and the
//! examples.
#![allow(unreachable_pub, reason = "a test has no outside")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails that way")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../programs/mod.rs"]
mod programs;

mod cameras;
mod display;
mod examples;
mod login;
mod pace;
mod players;
mod proxies;
mod readme;
mod vlc_bursts;
