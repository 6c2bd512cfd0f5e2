//! What the tests against real programs share.

#![allow(dead_code, reason = "each test program uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says why and stops"
)]

pub(crate) mod certificates;
pub(crate) mod doors;
pub(crate) mod example;
pub(crate) mod launch;
pub(crate) mod namespaces;
pub(crate) mod nginx;
pub(crate) mod port;
pub(crate) mod process;
pub(crate) mod proxies;
pub(crate) mod recording;
pub(crate) mod screen;
pub(crate) mod server;
pub(crate) mod servers;
pub(crate) mod tls;
pub(crate) mod wait;
pub(crate) mod watch;
