//! The decoder alone, in gigabytes a second: parts with and without a length, in reads
//! of the size of a network segment and of a full buffer.
//!
//!     cargo bench --bench decoder

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::{Duration, Instant};

use common::jpeg::jpeg;
use gstmjpeghttp::multipart::pool::Pool;
use gstmjpeghttp::multipart::{Decoder, Event};

const PICTURES: u64 = 20;
const ROUNDS: usize = 100;

fn main() {
    println!("{:>9} {:>8} {:>12} {:>12}", "picture", "read", "length", "no length");
    for size in [10_000, 50_000, 200_000] {
        for read in [1448, 65_536] {
            let [with, without] = [true, false].map(|length| measure(size, read, length));
            println!("{size:9} {read:8} {with:7.2} GB/s {without:7.2} GB/s");
        }
    }
}

/// The best of five runs.
fn measure(size: usize, read: usize, with_length: bool) -> f64 {
    let stream = stream(size, with_length);
    let bytes = u32::try_from(stream.len() * ROUNDS).map_or(0.0, f64::from);
    let run = |_| {
        let start = Instant::now();
        let mut decoder = Decoder::new(Some(b"b"), 1 << 24, Pool::default());
        let mut frames = 0;
        for _ in 0..ROUNDS {
            frames += decode(&mut decoder, &stream, read);
        }
        assert_eq!(frames, PICTURES * ROUNDS as u64);
        bytes / start.elapsed().as_secs_f64() / 1e9
    };
    (0..5).map(run).fold(0.0, f64::max)
}

fn decode(decoder: &mut Decoder, mut rest: &[u8], read: usize) -> u64 {
    let mut frames = 0;
    while !rest.is_empty() {
        let space = decoder.space();
        let count = read.min(rest.len()).min(space.len());
        space[..count].copy_from_slice(&rest[..count]);
        decoder.advance(count, Duration::ZERO);
        rest = &rest[count..];
        while let Some(event) = decoder.poll() {
            frames += u64::from(matches!(event, Event::Frame(_)));
        }
    }
    frames
}

fn stream(size: usize, with_length: bool) -> Vec<u8> {
    let part = |number: u64| {
        let picture = jpeg(number, 640, 480, size);
        let length = format!("Content-Length: {}\r\n", picture.len());
        let length = if with_length { &length } else { "" };
        let head =
            format!("--b\r\nContent-Type: image/jpeg\r\n{length}X-Timestamp: 0.000000\r\n\r\n");
        [head.as_bytes(), &picture, b"\r\n"].concat()
    };
    (0..PICTURES).flat_map(part).collect()
}
