//! What is measured of the process or the machine: memory, threads, processor time, delay.
//! One test runs at a time.
#![allow(unreachable_pub, reason = "a test has no outside")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails that way")]

#[path = "../common/mod.rs"]
mod common;
mod counting;
#[path = "../programs/mod.rs"]
mod programs;
mod relay;

mod decoder_cost;
mod jitter_recording;
mod memory;
mod network;
mod prompt_states;
mod relay_faults;
mod synchronised_sink;
mod toggles;

use std::sync::{Mutex, MutexGuard, PoisonError};

use counting::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Waits until no other test of this program runs.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
