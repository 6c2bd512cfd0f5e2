//! The decoder's memory is bounded whatever is sent, for as long as it is sent.
#![no_main]

#[path = "../../tests/alone/counting.rs"]
mod counting;

use std::time::Duration;

use counting::{Counting, most_during};
use fuzz::split;
use gstmjpeghttp::multipart::Decoder;
use gstmjpeghttp::multipart::pool::Pool;
use libfuzzer_sys::fuzz_target;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MAX_FRAME: usize = 64 * 1024;
/// A window of the largest frame and 256 KiB, as many again as the pool keeps and one
/// that a frame holds, and some change.
const BOUND: usize = 6 * (MAX_FRAME + 256 * 1024) + 128 * 1024;
const SENT: usize = BOUND + BOUND / 4;

fuzz_target!(|input: &[u8]| {
    let (bytes, mut cuts) = split(input);
    // What is sent once, and what is sent again and again behind it.
    let (once, again) = bytes.split_at(bytes.len() * usize::from(cuts.byte()) / 256);
    if again.is_empty() {
        return;
    }
    // In pieces of some size, so that copying them costs little.
    let again = again.repeat(1 + 4096 / again.len());
    let most = most_during(|| {
        let mut decoder = Decoder::new(Some(b"b"), MAX_FRAME, Pool::default());
        let mut sent = 0;
        let mut rest = once;
        while sent < SENT {
            while decoder.poll().is_some() {}
            if rest.is_empty() {
                rest = &again;
            }
            let space = decoder.space();
            assert!(!space.is_empty(), "no place for more");
            let count = rest.len().min(space.len());
            space[..count].copy_from_slice(&rest[..count]);
            decoder.advance(count, Duration::ZERO);
            rest = &rest[count..];
            sent += count;
        }
    });
    assert!(most <= BOUND, "{most} bytes");
});
