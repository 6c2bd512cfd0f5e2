//! Servers that mean no good, or might as well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails that way")]

mod common;

use std::io;
use std::thread;
use std::time::Duration;

use common::camera::{Camera, HEAD, Visit};
use common::element::Pipeline;

/// Sends the start and then `more` again and again, as fast as it is taken.
fn endless(start: &'static str, more: &'static str) -> Camera {
    let many = more.repeat(1 + 4096 / more.len());
    Camera::start(move |mut visit: Visit| -> io::Result<()> {
        visit.send(start)?;
        loop {
            visit.send(&many)?;
        }
    })
}

/// Sends the start, and then `more` every 50 ms.
fn dripping(start: &'static str, more: &'static str) -> Camera {
    Camera::start(move |mut visit: Visit| -> io::Result<()> {
        visit.send(start)?;
        loop {
            visit.send(more)?;
            // The camera's own pace.
            thread::sleep(Duration::from_millis(50));
        }
    })
}

/// Whatever is sent, it ends in one clear error in time, and stopping takes no time.
#[test]
fn nothing_holds_the_element_up() {
    let chunked = "HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed;boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n";
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>";
    // name, camera, words of the error
    let rows = [
        ("delimiters", endless(HEAD, "--b\r\n"), "no picture within 1 s"),
        ("empty parts", endless(HEAD, "--b\r\nContent-Length: 0\r\n\r\n"), "no picture within 1 s"),
        ("part head", endless(HEAD, "X: y\r\n"), "no picture within 1 s"),
        ("line", endless(HEAD, "y"), "no picture within 1 s"),
        ("line ends", endless(HEAD, "\r\n"), "no picture within 1 s"),
        ("pictures that never start", endless(HEAD, "\u{0}\n"), "no picture within 1 s"),
        ("chunk sizes", endless(chunked, "1;x=y\r\n"), "no picture within 1 s"),
        ("trailer", dripping(chunked, "0\r\nX: y\r\n"), "no picture within 1 s"),
        ("head", endless("HTTP/1.1 200 OK\r\n", "X: y\r\n"), "head is longer than 64 KiB"),
        ("status line", endless("HTTP/1.1 200 ", "y"), "no HTTP"),
        ("head, byte by byte", dripping("HTTP/1.1 200 OK\r\n", "X"), "not whole after 1 s"),
        ("page", endless(page, "<p>"), "a web page"),
        ("page, drop by drop", dripping(page, "<p>"), "a web page"),
    ];
    for (name, camera, words) in rows {
        let properties = "timeout=1 connect-timeout=1 retries=0 max-frame-size=100000";
        let pipeline = Pipeline::playing(&camera.url(), properties);
        let error = pipeline.error();
        assert!(error.message().contains(words), "{name}: {error}");
        let took = pipeline.change(gst::State::Null);
        assert!(took < Duration::from_millis(100), "{name}: {took:?}");
    }
}

#[test]
fn a_retry_after_beyond_reason_is_bounded() {
    let answer =
        "HTTP/1.1 503 Busy\r\nRetry-After: 18446744073709551615\r\nConnection: close\r\n\r\n";
    let camera = Camera::answering(answer);
    let pipeline = Pipeline::playing(&camera.url(), "");
    let warning = pipeline.warning();
    assert!(warning.message().contains("follows in 3600.0 s"), "{warning}");
}
