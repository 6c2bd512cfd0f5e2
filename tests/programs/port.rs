//! Loopback ports: which are free, and which have a listener.

use std::fs::read_to_string;
use std::net::{Ipv4Addr, TcpListener};
use std::process::id;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the ports that Linux hands out by itself (from 32768), so that no
/// connection of another test can take the port between this look and the
/// server's start.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

/// A port nobody listens on, never the same twice in one test program.
pub(crate) fn free() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Programs that run at the same time start at different places.
    let start = id().wrapping_mul(61);
    (0..COUNT)
        .map(|_| start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT + FIRST)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .expect("a free port on loopback")
}

/// Whether somebody listens on the port. Asks the kernel: a connection would
/// use up the only client that `ffmpeg -listen 1` serves.
pub(crate) fn has_listener(port: u16) -> bool {
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|table| read_to_string(table).ok())
        .any(|table| table.lines().any(|row| is_listener(row, port)))
}

/// One row of the kernel's table: number, local address, remote address, state.
fn is_listener(row: &str, port: u16) -> bool {
    const LISTEN: &str = "0A";
    let mut columns = row.split_whitespace().skip(1);
    let local = columns.next().unwrap_or_default();
    let state = columns.nth(1).unwrap_or_default();
    state == LISTEN && local.ends_with(&format!(":{port:04X}"))
}
