//! What the decoder makes of a byte takes the same time however many have come at once.

use std::time::Duration;

use crate::alone;
use gstmjpeghttp::multipart::Decoder;
use gstmjpeghttp::multipart::pool::Pool;
use rustix::time::{ClockId, clock_gettime};

const BYTES: usize = 1024 * 1024;
const MAX_FRAME: usize = 1024 * 1024;

/// The processor time for that many bytes, read in pieces of `piece` bytes at most.
fn cost(again: &[u8], piece: usize) -> Duration {
    let mut decoder = Decoder::new(Some(b"b"), MAX_FRAME, Pool::default());
    let mut stream = again.iter().cycle();
    let begun: Duration = clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap();
    let mut sent = 0;
    while sent < BYTES {
        while decoder.poll().is_some() {}
        let space = decoder.space();
        let count = space.len().min(piece);
        for byte in &mut space[..count] {
            *byte = *stream.next().unwrap();
        }
        decoder.advance(count, Duration::ZERO);
        sent += count;
    }
    let end: Duration = clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap();
    end.saturating_sub(begun)
}

#[test]
fn much_at_once_costs_no_more_than_little_by_little() {
    let _alone = alone();
    let rows: [(&str, &[u8]); 7] = [
        ("starts of pictures", b"\xFF\xD8"),
        ("starts of delimiters", b"\n--"),
        ("parts without pictures", b"--b\r\n\r\n\xFF\xD8"),
        ("short parts", b"--b\r\nContent-Length: 3\r\n\r\nabc"),
        ("short parts of text", b"Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc"),
        ("short lines", b"a: b\n"),
        ("short pictures", b"\xFF\xD8\xFF\xD9\n--b\n"),
    ];
    for (name, again) in rows {
        let (little, much) = (cost(again, 2048), cost(again, usize::MAX));
        println!("{name}: {little:?} in small pieces, {much:?} in large ones");
        assert!(much < 5 * little + Duration::from_millis(50), "{name}: {much:?}, not {little:?}");
    }
}
