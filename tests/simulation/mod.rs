//! A camera, a network, and what the stamper makes of them.
#![allow(unreachable_pub, reason = "a test has no outside")]

pub mod clockless;
pub mod measure;
pub mod scene;
