//! The decoder's memory is bounded whatever is sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails that way")]

mod common;
mod counting;

use std::time::Duration;

use common::jpeg::jpeg;
use counting::Counting;
use gstmjpeghttp::multipart::Decoder;
use gstmjpeghttp::multipart::pool::Pool;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MAX_FRAME: usize = 4 * 1024 * 1024;
const SENT: usize = 24 * 1024 * 1024;

#[test]
fn no_stream_takes_more_than_the_largest_frame_and_a_mebibyte() {
    let head = "--b\r\nContent-Type: image/jpeg\r\n";
    let scan = jpeg(1, 64, 48, 10);
    let scan = &scan[..scan.len() - 2];
    // name, what is sent first, what is sent again and again
    let rows: [(&str, Vec<u8>, &[u8]); 9] = [
        ("endless preamble", vec![], b"this is no picture\n"),
        ("endless line", vec![], b"x"),
        ("endless junk", vec![], &[0, 1, 2, 0xFE]),
        ("endless delimiters", vec![], b"--b\r\n"),
        ("endless head", head.into(), b"X: y\r\n"),
        ("endless empty parts", vec![], b"--b\r\nContent-Length: 0\r\n\r\n"),
        (
            "endless picture of any length",
            [head.as_bytes(), b"Content-Length: 9223372036854775808\r\n\r\n", scan].concat(),
            &[0x55; 64],
        ),
        ("endless picture", [head.as_bytes(), b"\r\n", scan].concat(), &[0x55; 64]),
        ("endless text", b"--b\r\nContent-Type: text/plain\r\n\r\n".to_vec(), b"text "),
    ];
    for (name, first, again) in rows {
        let most = counting::most_during(|| {
            let mut decoder = Decoder::new(Some(b"b"), MAX_FRAME, Pool::default());
            let mut stream = first.iter().chain(again.iter().cycle());
            let mut sent = 0;
            while sent < SENT {
                while decoder.poll().is_some() {}
                let space = decoder.space();
                assert!(!space.is_empty(), "{name}: no place for more");
                for byte in space.iter_mut() {
                    *byte = *stream.next().unwrap();
                }
                sent += space.len();
                let count = space.len();
                decoder.advance(count, Duration::ZERO);
            }
        });
        assert!(most <= MAX_FRAME + 1024 * 1024, "{name}: {most} bytes");
    }
}
