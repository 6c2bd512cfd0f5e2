//! Where the body of an answer ends, on connections that stay open behind it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::common::camera::{Camera, Visit, part};
use crate::common::element::{Pipeline, bytes};
use crate::common::jpeg::jpeg;

fn picture(visit: &Visit) -> Vec<u8> {
    jpeg(visit.number as u64, 64, 48, 500)
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let size = format!("{:x}\r\n", body.len());
    [size.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
}

/// Each answer to `url` is a picture of its own, and nothing is waited for.
fn assert_polled(name: &str, camera: &Camera) {
    let begun = Instant::now();
    let pipeline = Pipeline::playing(&camera.url(), "snapshot-interval=1 retries=0");
    for (number, frame) in pipeline.frames(3).iter().enumerate() {
        assert_eq!(bytes(frame), jpeg(number as u64, 64, 48, 500), "{name}");
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{name}: {:?}", begun.elapsed());
}

/// Some cameras send both, and only the chunks are true (RFC 9112 §6.3).
#[test]
fn chunks_win_over_a_length() {
    type Answer = fn(&[u8]) -> (usize, Vec<u8>);
    let rows: [(&str, Answer); 4] = [
        ("the picture's length", |picture| (picture.len(), chunked(picture))),
        ("the body's length", |picture| (chunked(picture).len(), chunked(picture))),
        ("another length", |picture| (7, chunked(picture))),
        ("no chunks", |picture| (picture.len(), picture.to_vec())),
    ];
    for (name, answer) in rows {
        let camera = Camera::start(move |mut visit| {
            let (length, body) = answer(&picture(&visit));
            visit.send(format!(
                "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {length}\r\n\
                 Transfer-Encoding: chunked\r\n\r\n"
            ))?;
            visit.send(body)?;
            visit.hold()
        });
        assert_polled(name, &camera);
    }
}

#[test]
fn a_length_ends_a_picture_of_any_type() {
    for kind in ["", "Content-Type: application/octet-stream\r\n", "Content-Type: text/plain\r\n"] {
        let camera = Camera::start(move |mut visit| {
            let picture = picture(&visit);
            let length = picture.len();
            visit.send(format!("HTTP/1.1 200 OK\r\n{kind}Content-Length: {length}\r\n\r\n"))?;
            visit.send(picture)?;
            visit.hold()
        });
        assert_polled(kind, &camera);
    }
}

/// What is a stream, whatever its head says.
#[test]
fn a_stream_without_its_type_outlasts_a_made_up_length() {
    for length in [100, 10_000] {
        let camera = Camera::start(move |mut visit| {
            visit.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"))?;
            for number in 0..40 {
                visit.send(part(&jpeg(number, 64, 48, 500), None))?;
            }
            visit.hold()
        });
        let pipeline = Pipeline::playing(&camera.url(), "retries=0");
        pipeline.frames(40);
        assert_eq!(pipeline.stat("connections"), 1, "{length}");
    }
}

/// Nothing follows such a status (RFC 9112 §6.3).
#[test]
fn an_answer_without_content_is_no_reason_to_wait() {
    for answer in ["204 None\r\n\r\n", "204 None\r\nServer: x\r\n\r\n", "205 None\r\n\r\n"] {
        let camera = Camera::start(move |mut visit| {
            visit.send(format!("HTTP/1.1 {answer}"))?;
            visit.hold()
        });
        let begun = Instant::now();
        let warning = Pipeline::playing(&camera.url(), "").warning();
        assert!(warning.message().contains("without a picture. Is it busy"), "{warning}");
        assert!(begun.elapsed() < Duration::from_secs(4), "{answer}: {:?}", begun.elapsed());
    }
}

/// What comes behind a picture, in the same piece, is no answer to the next request.
#[test]
fn a_connection_with_something_left_on_it_is_not_used_again() {
    // What is left, and how many connections three pictures take, or four.
    for (rest, connections) in
        [("HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", 3..=4), ("\r\n", 1..=1), ("", 1..=1)]
    {
        let number = AtomicU64::new(0);
        let camera = Camera::start(move |mut visit| {
            loop {
                let picture = jpeg(number.fetch_add(1, Ordering::SeqCst), 64, 48, 500);
                let length = picture.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n"
                );
                visit.send([head.as_bytes(), &picture, rest.as_bytes()].concat())?;
                visit.next_request()?;
            }
        });
        let pipeline = Pipeline::playing(&camera.url(), "snapshot-interval=1 retries=0");
        for number in 0..3 {
            assert_eq!(bytes(&pipeline.frame().unwrap()), jpeg(number, 64, 48, 500), "{rest:?}");
        }
        let found = camera.requests().len();
        assert!(connections.contains(&found), "{rest:?}: {found}");
    }
}
