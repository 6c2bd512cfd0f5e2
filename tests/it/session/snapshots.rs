//! Addresses that answer with single pictures are asked again and again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::common::camera::{Camera, Visit};
use crate::common::element::{Pipeline, bytes, pts};
use crate::common::jpeg::jpeg;
use gst::prelude::*;

fn snapshot(number: u64, fields: &str) -> Vec<u8> {
    let picture = jpeg(number, 64, 48, 500);
    let length = picture.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {length}\r\n{fields}\r\n"
    );
    [head.as_bytes(), &picture].concat()
}

/// A camera with a new picture for each request, on connections it keeps open.
#[test]
fn one_connection_serves_all_pictures_but_the_first() {
    let number = AtomicU64::new(0);
    let camera = Camera::start(move |mut visit: Visit| {
        loop {
            visit.send(snapshot(number.fetch_add(1, Ordering::SeqCst), ""))?;
            let close = visit.request.contains("Connection: close");
            if close {
                return Ok(());
            }
            visit.next_request()?;
        }
    });
    let pipeline = Pipeline::playing(&camera.url(), "snapshot-interval=20");
    let frames = pipeline.frames(5);
    for (number, frame) in frames.iter().enumerate() {
        assert_eq!(bytes(frame), jpeg(number as u64, 64, 48, 500));
        let discont = frame.buffer().unwrap().flags().contains(gst::BufferFlags::DISCONT);
        assert_eq!(discont, number == 0, "frame {number}");
    }
    let interval = pts(&frames[4]) - pts(&frames[1]);
    assert!(interval >= gst::ClockTime::from_mseconds(55), "three intervals of 20 ms: {interval}");
    assert_eq!(camera.requests().len(), 2, "connections");
    assert_eq!(pipeline.stat("retries"), 0);
    assert_eq!(pipeline.state(), "streaming");
}

#[test]
fn a_camera_that_closes_each_connection_is_asked_on_new_ones() {
    let camera = Camera::start(|mut visit| visit.send(snapshot(visit.number as u64, "")));
    let pipeline = Pipeline::playing(&camera.url(), "snapshot-interval=1");
    for number in 0..5 {
        assert_eq!(bytes(&pipeline.frame().unwrap()), jpeg(number, 64, 48, 500));
    }
    assert_eq!(pipeline.stat("retries"), 0);
    assert_eq!(pipeline.quirks(), ["D1"]);
}

#[test]
fn a_picture_that_has_not_changed_is_not_sent_again() {
    let asked = Arc::new(AtomicU64::new(0));
    let count = asked.clone();
    let camera = Camera::start(move |mut visit: Visit| {
        loop {
            let number = count.fetch_add(1, Ordering::SeqCst);
            let etag = format!("\"{}\"", number / 3);
            if visit.request.contains(&format!("If-None-Match: {etag}")) {
                visit.send("HTTP/1.1 304 Not Modified\r\n\r\n")?;
            } else {
                visit.send(snapshot(number / 3, &format!("ETag: {etag}\r\n")))?;
            }
            visit.next_request()?;
        }
    });
    let pipeline = Pipeline::playing(&camera.url(), "snapshot-interval=1");
    for number in 0..4 {
        assert_eq!(bytes(&pipeline.frame().unwrap()), jpeg(number, 64, 48, 500));
    }
    assert!(pipeline.stat("unchanged") >= 6, "{}", pipeline.stat("unchanged"));
}

/// It says that it keeps the connection, and then does not listen to it any more.
#[test]
fn a_camera_that_is_deaf_on_its_connections_is_asked_on_new_ones() {
    let camera = Camera::start(|mut visit| {
        visit.send(snapshot(visit.number as u64, ""))?;
        visit.hold()
    });
    let properties = "snapshot-interval=1 connect-timeout=1 retries=0";
    let pipeline = Pipeline::playing(&camera.url(), properties);
    pipeline.frames(5);
}

/// Without validators the bytes tell.
#[test]
fn the_same_bytes_are_not_sent_again() {
    let camera = Camera::start(|mut visit| visit.send(snapshot(visit.number as u64 / 3, "")));
    let pipeline = Pipeline::playing(&camera.url(), "snapshot-interval=1");
    for number in 0..4 {
        assert_eq!(bytes(&pipeline.frame().unwrap()), jpeg(number, 64, 48, 500));
    }
}

/// ustreamer puts the time into the head of the answer.
#[test]
fn the_head_of_the_answer_carries_the_time() {
    let camera = Camera::start(|mut visit| {
        let time = format!(
            "X-Timestamp: {}.{:03}000\r\n",
            1000 + visit.number / 50,
            visit.number % 50 * 20
        );
        visit.send(snapshot(visit.number as u64, &time))
    });
    let pipeline = Pipeline::playing(&camera.url(), "snapshot-interval=20 timestamp-mode=camera");
    pipeline.frames(5);
    assert!(pipeline.stat("frames-by-camera-clock") > 0);
}

/// A picture of known length is a part like any other: same decoder, same bound.
#[test]
fn a_picture_above_the_bound_is_counted_and_the_next_one_shown() {
    let camera = Camera::start(|mut visit| {
        let size = if visit.number == 0 { 20_000 } else { 500 };
        let picture = jpeg(visit.number as u64, 64, 48, size);
        let length = picture.len();
        visit.send(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n"
        ))?;
        visit.send(picture)
    });
    let properties = "max-frame-size=4096 snapshot-interval=1 retry-backoff-factor=0";
    let pipeline = Pipeline::playing(&camera.url(), properties);
    assert_eq!(bytes(&pipeline.frame().unwrap()), jpeg(1, 64, 48, 500));
    assert_eq!(pipeline.stat("too-large"), 1);
}

/// Slower than `timeout` in all, but never silent for so long.
#[test]
fn a_picture_that_comes_slowly_is_shown() {
    let camera = Camera::start(|mut visit| {
        let answer = snapshot(visit.number as u64, "Connection: close\r\n");
        for piece in answer.chunks(answer.len() / 15) {
            visit.send(piece)?;
            // The camera's own pace.
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        Ok(())
    });
    let pipeline = Pipeline::playing(&camera.url(), "timeout=1 retries=0 snapshot-interval=1");
    pipeline.frames(2);
    assert_eq!(pipeline.stat("retries"), 0);
}

#[test]
fn a_new_life_shows_the_picture_there_is() {
    let camera = Camera::start(|mut visit: Visit| {
        if visit.request.contains("If-None-Match") {
            return visit.send("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
        }
        visit.send(snapshot(1, "ETag: \"e\"\r\nConnection: close\r\n"))
    });
    let pipeline = Pipeline::playing(&camera.url(), "snapshot-interval=1");
    for _ in 0..3 {
        assert_eq!(bytes(&pipeline.frame().unwrap()), jpeg(1, 64, 48, 500));
        let before = pipeline.stat("unchanged");
        assert!(pipeline.reaches("unchanged", before + 1));
        pipeline.change(gst::State::Paused);
        pipeline.change(gst::State::Playing);
    }
    // To the pipeline, as applications do: an event to the source alone holds the source's lock
    // while the sink's messages take the pipeline's, against the order of a change of state.
    let flush = |event: gst::Event| assert!(pipeline.top.send_event(event));
    pipeline.frame();
    flush(gst::event::FlushStart::new());
    flush(gst::event::FlushStop::new(true));
    assert_eq!(bytes(&pipeline.frame().unwrap()), jpeg(1, 64, 48, 500));
}

/// An address that shows pictures is the best there is; one that shows none any more is not.
#[test]
fn one_request_that_fails_does_not_leave_a_good_address() {
    for (failures, asks_the_fallback) in [(1, false), (2, true)] {
        let camera = Camera::start(move |mut visit| {
            if (3..3 + failures).contains(&visit.number) {
                return visit.send("HTTP/1.1 503 Service Unavailable\r\n\r\n");
            }
            visit.send(snapshot(visit.number as u64, "Connection: close\r\n"))
        });
        let fallback = Camera::start(|mut visit| {
            visit.send(snapshot(1000 + visit.number as u64, "Connection: close\r\n"))
        });
        let properties = format!(
            "fallback-locations=<\"{}\"> snapshot-interval=1 retry-backoff-factor=0.01",
            fallback.url()
        );
        let pipeline = Pipeline::playing(&camera.url(), &properties);
        let frames = pipeline.frames(6);
        let next = if asks_the_fallback { 1000 } else { 4 };
        for (frame, number) in frames.iter().zip([0, 1, 2, next, next + 1, next + 2]) {
            assert_eq!(bytes(frame), jpeg(number, 64, 48, 500), "{failures}: {number}");
        }
        assert_eq!(!fallback.requests().is_empty(), asks_the_fallback, "{failures}");
    }
}

/// It may show something else by then, or be away.
#[test]
fn behind_a_pause_the_camera_is_connected_to_anew() {
    let gate = Arc::new(Mutex::new(()));
    let open = gate.clone();
    let camera = Camera::start(move |mut visit| {
        drop(open.lock());
        visit.send(snapshot(visit.number as u64, "Connection: close\r\n"))
    });
    let pipeline = Pipeline::playing(&camera.url(), "snapshot-interval=1");
    pipeline.frames(3);
    pipeline.change(gst::State::Paused);
    assert_eq!(pipeline.state(), "idle");
    let closed = gate.lock().unwrap();
    pipeline.change(gst::State::Playing);
    pipeline.wait_for_state("connecting");
    assert_eq!(pipeline.stat("connections"), 1);
    drop(closed);
    pipeline.wait_for_state("streaming");
    assert_eq!(pipeline.stat("connections"), 2);
}

/// What is odd about an answer is counted once for it, on a kept connection as well.
#[test]
fn oddities_are_counted_once_an_answer() {
    let camera = Camera::start(|mut visit: Visit| {
        for number in 0.. {
            let picture = jpeg(visit.number as u64 * 1000 + number, 64, 48, 500);
            let length = picture.len();
            visit.send(format!(
                "HTTP/1.1 200 OK\r\nContent-Type : image/jpeg\r\nContent-Length: {length}\r\n\r\n"
            ))?;
            visit.send(picture)?;
            if visit.request.contains("Connection: close") {
                break;
            }
            visit.next_request()?;
        }
        Ok(())
    });
    let pipeline = Pipeline::playing(&camera.url(), "snapshot-interval=1");
    pipeline.frames(20);
    let stats = pipeline.source.property::<gst::Structure>("stats");
    let quirks = stats.get::<gst::Array>("quirks").unwrap();
    let quirks = quirks.iter().map(|quirk| quirk.get::<gst::Structure>().unwrap());
    let odd = quirks.into_iter().find(|quirk| quirk.get::<&str>("id").unwrap() == "A11").unwrap();
    let count: u64 = odd.get("count").unwrap();
    assert!((20..=60).contains(&count), "{count} for some 20 answers");
}
