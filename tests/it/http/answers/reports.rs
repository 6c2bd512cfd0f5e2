//! Answers that people have reported of cameras that work.

use std::io;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::{Pipeline, bytes};
use crate::common::jpeg::jpeg;

fn play(mut visit: Visit) -> io::Result<()> {
    visit.send(HEAD)?;
    visit.send(part(&jpeg(1, 64, 48, 100), None))?;
    visit.hold()
}

fn answer(fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[test]
fn a_busy_camera_is_asked_again_and_quoted() {
    let text = "Content-Type: text/plain\r\n";
    // times, the answer, what the warning says
    for (times, answer, words) in [
        (2, answer("Content-Type: image/jpeg\r\n", b""), "without a picture. Is it busy"),
        (1, answer("", b""), "without a picture. Is it busy"),
        (1, answer(text, b"Device Busy"), "no picture: \"Device Busy\""),
        (1, answer("Content-Type: image/jpeg\r\n", b"Device Busy"), "\"Device Busy\""),
        (1, answer("Content-Type: application/json\r\n", b"{\"e\":\n 1}"), "\"{\"e\": 1}\""),
        (1, answer("Content-Type: text/xml\r\n", b"<e>no</e>"), "\"<e>no</e>\""),
        (1, answer(text, b"try admin:hidden or http://a/?pwd=hidden2"), "try admin:***"),
    ] {
        let camera =
            Camera::start(
                move |mut visit| {
                    if visit.number < times { visit.send(&answer) } else { play(visit) }
                },
            );
        let properties = "login=admin password=hidden retry-backoff-factor=0";
        let pipeline = Pipeline::playing(&format!("{}?pwd=hidden2", camera.url()), properties);
        assert_eq!(bytes(&pipeline.frame().unwrap()), jpeg(1, 64, 48, 100), "{words}");
        let warning = pipeline.warning();
        assert!(warning.matches(gst::ResourceError::Busy), "{warning:?}");
        assert!(warning.message().contains(words), "{words}: {warning}");
        assert!(!warning.message().contains("hidden"), "{warning}");
        assert_eq!(pipeline.stat("retries"), u64::try_from(times).unwrap());
    }
}

/// What the camera keeps its connection open behind is no reason to wait.
#[test]
fn an_answer_is_whole_when_its_length_is_there() {
    let camera = Camera::start(|mut visit| match visit.number {
        0 => {
            visit.send(answer("Content-Type: text/plain\r\n", b"Device Busy"))?;
            visit.hold()
        }
        1 => {
            visit.send(answer("Content-Type: image/jpeg\r\n", b""))?;
            visit.hold()
        }
        2 => {
            visit.send("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<busy/>")?;
            visit.hold()
        }
        _ => play(visit),
    });
    let pipeline = Pipeline::playing(&camera.url(), "retry-backoff-factor=0 timeout=10");
    let begun = std::time::Instant::now();
    pipeline.frames(1);
    assert!(begun.elapsed().as_secs() < 8, "{:?}", begun.elapsed());
    assert_eq!(pipeline.stat("retries"), 3);
}

#[test]
fn pictures_are_played_whatever_they_are_called() {
    let stream = part(&jpeg(1, 64, 48, 100), None);
    for kind in ["text/html", "text/plain", "application/json", "video/mp4", "x", "image/png"] {
        for body in [stream.clone(), jpeg(1, 64, 48, 100)] {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n");
            let camera = Camera::start(move |mut visit: Visit| {
                visit.send(&head)?;
                visit.send(&body)?;
                visit.hold()
            });
            let pipeline = Pipeline::playing(&camera.url(), "retries=0");
            assert_eq!(bytes(&pipeline.frame().unwrap()), jpeg(1, 64, 48, 100), "{kind}");
            assert!(pipeline.quirks().contains(&"A26".into()), "{kind}: {:?}", pipeline.quirks());
        }
    }
}

#[test]
fn what_is_no_jpeg_is_one_error_at_once() {
    let parts = |kind: &str| {
        let part =
            format!("--b\r\nContent-Type: {kind}\r\nContent-Length: 4\r\n\r\n\0\0\0\x01\r\n");
        [HEAD, &part, &part].concat()
    };
    let compressed = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: \
                      multipart/x-mixed-replace; boundary=b\r\n\r\n\x1F\u{8b}";
    for (answer, words) in [
        (parts("video/x-h264"), "sends video/x-h264 and no JPEG pictures. Set its stream to MJPEG"),
        (parts("video/h265"), "sends video/h265 and no JPEG"),
        (parts("image/png"), "sends image/png and no JPEG"),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n\0\0\0\x18ftyp".into(),
            "sends video/mp4 and no JPEG",
        ),
        (compressed.into(), "compressed with gzip, which nothing has asked for. Switch"),
    ] {
        let camera = Camera::start(move |mut visit| {
            visit.send(&answer)?;
            visit.hold()
        });
        let error = Pipeline::playing(&camera.url(), "").error();
        assert!(error.matches(gst::StreamError::WrongType), "{error:?}");
        assert!(error.message().contains(words), "{words}: {error}");
        assert!(!error.message().contains("Check the path"), "{error}");
    }
}

/// Said to be compressed by a server that does not do it.
#[test]
fn what_is_only_called_compressed_is_played() {
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: \
                multipart/x-mixed-replace; boundary=b\r\n\r\n";
    let camera = Camera::start(move |mut visit| {
        visit.send(head)?;
        visit.send(part(&jpeg(1, 64, 48, 100), None))?;
        visit.hold()
    });
    Pipeline::playing(&camera.url(), "retries=0").frames(1);
}

#[test]
fn an_address_without_a_scheme_is_http() {
    let camera = Camera::start(play);
    let address = camera.url().replacen("http://", "", 1);
    Pipeline::playing(&address, "").frames(1);
}
