//! The pure parts, in bytes a second: the decoder with and without a length, in reads of
//! the size of a network segment and of a full buffer; the JPEG walk; the repair of a
//! head; the parser of challenges; the clock. Each says what it made of its input.
//!
//!     cargo bench --bench pure
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench fails that way"
)]

#[path = "../tests/common/mod.rs"]
mod common;

/// Nobody outside the crate may ask for it, so it is built in once more.
#[path = "../src/login"]
#[allow(dead_code, unreachable_pub, reason = "the bench uses a part of it")]
mod http {
    mod challenge;

    pub fn schemes(field: &[u8]) -> Vec<String> {
        challenge::parse([field].into_iter()).iter().map(ToString::to_string).collect()
    }
}

use std::hint::black_box;
use std::time::Duration;

use common::jpeg::jpeg;
use criterion::{BenchmarkId, Criterion, Throughput};
use gstmjpeghttp::clock::{Mode, Stamper};
use gstmjpeghttp::http::head_repair::{HeadRepair, Repair};
use gstmjpeghttp::jpeg::{Walk, Walked};
use gstmjpeghttp::multipart::pool::Pool;
use gstmjpeghttp::multipart::{Decoder, Event};

const PICTURES: u64 = 20;
const SIZES: [usize; 3] = [10_000, 50_000, 200_000];
/// What Ethernet carries in a segment with time stamps, and a full buffer.
const READS: [usize; 2] = [1448, 64 * 1024];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    decoder(&mut criterion);
    storms(&mut criterion);
    walk(&mut criterion);
    head_repair(&mut criterion);
    challenge(&mut criterion);
    clock(&mut criterion);
    criterion.final_summary();
}

fn decoder(criterion: &mut Criterion) {
    for (name, with_length) in [("decoder, length", true), ("decoder, no length", false)] {
        let mut group = criterion.benchmark_group(name);
        for size in SIZES {
            let stream = stream(size, with_length);
            group.throughput(Throughput::Bytes(stream.len() as u64));
            for read in READS {
                let mut decoder = Decoder::new(Some(b"b"), 1 << 24, Pool::default());
                let id = BenchmarkId::new(format!("{size} bytes"), format!("read {read}"));
                group.bench_function(id, |bencher| {
                    bencher.iter(|| assert_eq!(decode(&mut decoder, &stream, read), PICTURES));
                });
            }
        }
    }
}

/// What costs most for its bytes, beside small pictures. A connection is given up after some
/// thousand pieces that are no picture, so that none of these lasts.
fn storms(criterion: &mut Criterion) {
    let small = stream(300, true);
    let text = b"--b\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx\r\n";
    let rows: [(&str, &[u8]); 7] = [
        ("small pictures", &small),
        ("SOI", b"\xFF\xD8"),
        ("FF D8 FF", b"\xFF\xD8\xFF"),
        ("tiny text parts", text),
        ("near delimiters", b"\r\n--a"),
        ("delimiters", b"--b\r\n"),
        ("empty parts", b"--b\r\nContent-Length: 0\r\n\r\n"),
    ];
    let mut group = criterion.benchmark_group("storms");
    for (name, piece) in rows {
        let stream = piece.repeat((256 * 1024 / piece.len()).max(1));
        group.throughput(Throughput::Bytes(stream.len() as u64));
        let mut decoder = Decoder::new(Some(b"b"), 1 << 24, Pool::default());
        group.bench_function(name, |bencher| {
            bencher.iter(|| decode(&mut decoder, &stream, 64 * 1024));
        });
    }
}

/// How many frames there are in `rest`.
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

fn walk(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("JPEG walk");
    for size in SIZES {
        let picture = jpeg(1, 640, 480, size);
        group.throughput(Throughput::Bytes(picture.len() as u64));
        group.bench_function(format!("{size} bytes"), |bencher| {
            bencher.iter(|| {
                let end = Walk::default().advance(black_box(&picture));
                assert_eq!(end, Walked::End(picture.len()));
            });
        });
    }
}

fn head_repair(criterion: &mut Criterion) {
    let fields = "Server: camera\r\nCache-Control: no-store\r\nPragma: no-cache\r\n";
    let kind = "Content-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n";
    // name, head, how many quirks
    let rows = [
        ("sound", format!("HTTP/1.0 200 OK\r\n{fields}{kind}"), 0),
        ("odd", format!("ICY 200 OK\r\n{fields}a line without a name\r\n{kind}"), 2),
    ];
    let mut group = criterion.benchmark_group("head repair");
    for (name, head, quirks) in rows {
        group.throughput(Throughput::Bytes(head.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let repair = HeadRepair::new().feed(black_box(head.as_bytes()));
                let Repair::Done(repaired) = repair else { panic!("{repair:?}") };
                assert_eq!((repaired.consumed, repaired.quirks.len()), (head.len(), quirks));
            });
        });
    }
}

fn challenge(criterion: &mut Criterion) {
    let field = "Digest realm=\"camera\", qop=\"auth\", algorithm=SHA-256, \
        nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", \
        Digest realm=\"camera\", qop=\"auth\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c0\", \
        Basic realm=\"camera\"";
    let mut group = criterion.benchmark_group("challenge");
    group.throughput(Throughput::Bytes(field.len() as u64));
    group.bench_function("three offers", |bencher| {
        bencher.iter(|| assert_eq!(http::schemes(black_box(field.as_bytes())).len(), 3));
    });
}

/// A minute at 30 fps, with a clock in microseconds that is two milliseconds ahead of
/// every arrival; the bytes are those of the heads.
fn clock(criterion: &mut Criterion) {
    const FRAMES: u32 = 1800;
    let interval = Duration::from_secs(1) / 30;
    let time = |number| Duration::from_secs(1_700_000_000) + interval * number;
    let text = |number| format!("{}.{:06}", time(number).as_secs(), time(number).subsec_micros());
    let heads: Vec<_> = (0..FRAMES).map(text).collect();
    let mut group = criterion.benchmark_group("clock");
    let bytes: usize = heads.iter().map(|head| "X-Timestamp: \r\n".len() + head.len()).sum();
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("a minute at 30 fps", |bencher| {
        bencher.iter(|| {
            let mut stamper = Stamper::new(Mode::Auto, Duration::from_millis(100));
            let mut from_camera = 0;
            for (arrival, head) in (0..).map(|number| interval * number).zip(&heads) {
                let fields: [(&[u8], &[u8]); 2] =
                    [(b"Content-Type", b"image/jpeg"), (b"X-Timestamp", head.as_bytes())];
                let stamp = stamper.stamp(arrival, fields.into_iter());
                from_camera += u32::from(stamp.from_camera);
            }
            assert!(from_camera > FRAMES / 2, "the clock is good: {from_camera}");
        });
    });
}
