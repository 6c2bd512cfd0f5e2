//! What can go wrong, and what the user is told.

use std::net::TcpListener;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::{Pipeline, bytes, pts};
use crate::common::jpeg::jpeg;
use gst::prelude::*;

/// Logs in as admin:secret, then plays.
fn camera_with_login() -> Camera {
    Camera::start(|mut visit| {
        // base64 of admin:secret
        if !visit.request.contains("Authorization: Basic YWRtaW46c2VjcmV0\r\n") {
            return visit.send(
                "HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"cam\"\r\n\r\n",
            );
        }
        visit.send(HEAD)?;
        visit.send(part(&jpeg(1, 64, 48, 100), None))?;
        visit.hold()
    })
}

fn answer(status: &str, fields: &str, body: &str) -> Camera {
    Camera::answering(format!("HTTP/1.1 {status}\r\n{fields}Connection: close\r\n\r\n{body}"))
}

#[test]
fn a_login_is_sent_only_when_the_camera_asks() {
    let camera = camera_with_login();
    let pipeline = Pipeline::playing(&camera.url(), "login=admin password=secret");
    pipeline.frames(1);
    let requests = camera.requests();
    assert_eq!(requests.len(), 2);
    assert!(!requests[0].contains("Authorization"));
}

#[test]
fn a_login_in_the_address_is_used_and_not_shown() {
    let camera = camera_with_login();
    let url = camera.url().replace("http://", "http://admin:secret@");
    let pipeline = Pipeline::playing(&url, "");
    pipeline.frames(1);
    assert_eq!(pipeline.source.property::<Option<String>>("location"), Some(camera.url()));
}

#[test]
fn each_failure_is_one_clear_error() {
    use gst::ResourceError::*;
    let page = "<html><head><title>IP Camera Login</title></head></html>";
    // camera, properties, code, words of the message
    let rows = [
        (answer("404 Not Found", "", ""), "", NotFound, "no such page (404)"),
        (answer("410 Gone", "", ""), "", NotFound, "no such page (410)"),
        (answer("403 Forbidden", "", ""), "", NotAuthorized, "forbids access"),
        (camera_with_login(), "", NotAuthorized, "asks for a login (Basic)"),
        (
            camera_with_login(),
            "login=admin password=wrong",
            NotAuthorized,
            "refused this login (Basic)",
        ),
        (
            answer("401 Unauthorized", "WWW-Authenticate: Negotiate\r\n", ""),
            "login=admin password=secret",
            NotAuthorized,
            "can be used: Negotiate",
        ),
        (answer("407 Ask", "", ""), "", NotAuthorized, "answered 407 Ask"),
        (answer("599 ", "", ""), "retries=0", OpenRead, "answered 599"),
        (
            answer("599 Too many viewers", "", ""),
            "retries=0",
            OpenRead,
            "answered 599 Too many viewers",
        ),
        (
            answer("400 Bad Request", "", ""),
            "",
            OpenRead,
            "answered 400 Bad Request. Check the address; perhaps this port wants https://",
        ),
        (answer("503 Service Unavailable", "", ""), "retries=0", OpenRead, "answered 503"),
        (Camera::answering("SSH-2.0-OpenSSH\r\n\r\n"), "retries=0", OpenRead, "no HTTP"),
        (
            Camera::answering(""),
            "retries=0",
            OpenRead,
            "closed the connection without one. Perhaps it is busy, or this port wants https://",
        ),
        // An alert, as a port for TLS answers to what is none.
        (
            Camera::answering([21, 3, 3, 0, 2, 2, 70]),
            "retries=0",
            OpenRead,
            "it is TLS. Write https:// into the address",
        ),
    ];
    for (camera, properties, code, words) in rows {
        let pipeline = Pipeline::playing(&camera.url(), properties);
        let error = pipeline.error();
        assert!(error.matches(code), "{words}: {error:?}");
        assert!(error.message().contains(words), "{words}: {error}");
        assert!(error.message().matches("https://").count() <= 1, "said twice: {error}");
        assert!(error.message().contains(&camera.url()), "names the camera: {error}");
    }
    let pipeline = answer("200 OK", "Content-Type: text/html\r\n", page);
    let pipeline = Pipeline::playing(&pipeline.url(), "");
    let error = pipeline.error();
    assert!(error.matches(gst::StreamError::WrongType), "{error:?}");
    assert!(error.message().contains("a web page titled \"IP Camera Login\""), "{error}");
}

#[test]
fn a_wrong_password_is_tried_once() {
    let camera = camera_with_login();
    let pipeline = Pipeline::playing(&camera.url(), "login=admin password=wrong");
    pipeline.error();
    assert_eq!(camera.requests().len(), 2);
}

#[test]
fn a_bad_address_is_refused_before_anything_is_opened() {
    crate::common::element::init();
    for (url, words) in [
        (None, "no camera address"),
        (Some("/dev/video0"), "not a camera address"),
        (Some("rtsp://cam/"), "use rtspsrc"),
        (Some("http://cam:99999/"), "port"),
        (Some("http://cam/?pwd=***"), "*** stands in it for a secret. Write the secret there"),
    ] {
        let source =
            gst::ElementFactory::make("mjpeghttpsrc").property("location", url).build().unwrap();
        let bus = gst::Bus::new();
        source.set_bus(Some(&bus));
        assert!(source.set_state(gst::State::Playing).is_err(), "{words}");
        let message = bus.pop_filtered(&[gst::MessageType::Error]).unwrap();
        let gst::MessageView::Error(error) = message.view() else { unreachable!() };
        assert!(error.error().matches(gst::ResourceError::Settings), "{error:?}");
        assert!(error.error().message().contains(words), "{error:?}");
        source.set_state(gst::State::Null).unwrap();
    }
}

#[test]
fn the_stream_comes_back_after_an_end_and_says_so() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        for seed in 0..3 {
            visit.send(part(&jpeg(10 * visit.number as u64 + seed, 64, 48, 100), None))?;
        }
        // Half a picture, which must not come out.
        visit.send(&part(&jpeg(99, 64, 48, 100), None)[..100])
    });
    let pipeline = Pipeline::playing(&camera.url(), "retry-backoff-factor=0");
    let frames = pipeline.frames(9);
    for (index, frame) in frames.iter().enumerate() {
        let seed = 10 * (index / 3) + index % 3;
        assert_eq!(bytes(frame), jpeg(seed as u64, 64, 48, 100));
        let discont = frame.buffer().unwrap().flags().contains(gst::BufferFlags::DISCONT);
        assert_eq!(discont, index % 3 == 0, "frame {index}");
    }
    assert!(frames.windows(2).all(|pair| pts(&pair[0]) < pts(&pair[1])), "running time goes on");
    let warning = pipeline.warning();
    assert!(warning.matches(gst::ResourceError::Read), "{warning:?}");
    assert!(warning.message().contains("in the middle of a picture"), "{warning}");
    assert!(warning.message().contains("retry 1, now"), "{warning}");
}

/// Some cameras serve one client and wait for it to leave.
#[test]
fn the_connection_of_a_failed_attempt_is_closed_before_the_wait() {
    let (left, leaves) = std::sync::mpsc::channel();
    let camera = Camera::start(move |mut visit| {
        visit.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")?;
        visit.hold()?;
        left.send(()).map_err(std::io::Error::other)
    });
    let pipeline =
        Pipeline::playing(&camera.url(), "retry-backoff-factor=600 retry-backoff-max=600");
    for _ in 0..2 {
        let patience = std::time::Duration::from_nanos(crate::common::element::PATIENCE.nseconds());
        leaves.recv_timeout(patience).expect("the connection is still open");
    }
    pipeline.wait_for_state("waiting");
}

/// What downstream takes to take a picture is not the camera's silence.
#[test]
fn a_blocked_downstream_is_no_silent_camera() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        loop {
            visit.send(part(&jpeg(1, 64, 48, 10_000), None))?;
        }
    });
    let pipeline = Pipeline::new(&camera.url(), "timeout=1 retries=0");
    let sink = pipeline.top.by_name("sink").unwrap();
    sink.set_property("max-buffers", 1_u32);
    pipeline.change(gst::State::Playing);
    pipeline.frames(1);
    // Longer than the timeout: this is what is tried here.
    std::thread::sleep(std::time::Duration::from_millis(1200));
    pipeline.frames(50);
}

#[test]
fn the_state_is_idle_where_nothing_goes_on() {
    let failing = Camera::answering("HTTP/1.0 404 Not Found\r\n\r\n");
    let pipeline = Pipeline::playing(&failing.url(), "");
    pipeline.error();
    assert_eq!(pipeline.state(), "idle", "after a failure");
    let ending = Camera::answering([HEAD.as_bytes(), &part(&jpeg(1, 64, 48, 100), None)].concat());
    let pipeline = Pipeline::playing(&ending.url(), "retries=0");
    pipeline.frames(1);
    assert!(pipeline.frame().is_none());
    assert_eq!(pipeline.state(), "idle", "at the end");
    let streaming = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        visit.hold()
    });
    let pipeline = Pipeline::playing(&streaming.url(), "");
    pipeline.wait_for_state("streaming");
    pipeline.change(gst::State::Paused);
    pipeline.wait_for_state("idle");
    pipeline.change(gst::State::Playing);
    pipeline.wait_for_state("streaming");
}

#[test]
fn retries_are_counted_and_then_used_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let pipeline = Pipeline::playing(&url, "retries=3 retry-backoff-factor=0.01");
    for attempt in 1..=3 {
        let warning = pipeline.warning();
        assert!(warning.message().contains(&format!("retry {attempt}")), "{warning}");
    }
    let error = pipeline.error();
    assert!(error.matches(gst::ResourceError::OpenRead), "{error:?}");
    assert!(error.message().contains("refused"), "{error}");
    assert_eq!(pipeline.stat("retries"), 3);
}

/// As a port for TLS does to a request without.
#[test]
fn a_reset_before_the_answer_is_told_as_an_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        // What came and is not read makes it a reset.
        stream.peek(&mut [0]).unwrap();
    });
    let error = Pipeline::playing(&url, "retries=0").error();
    server.join().unwrap();
    assert!(error.matches(gst::ResourceError::OpenRead), "{error:?}");
    assert!(error.message().contains("or this port wants https://"), "{error}");
}

/// Whoever listens there may wait for a request without TLS.
#[test]
fn a_port_that_does_not_answer_tls_is_no_missing_camera() {
    // The queue of connections is all the answer there is.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    for properties in ["", "ssl-legacy=true"] {
        let properties = format!("{properties} connect-timeout=1 retries=0");
        let error = Pipeline::playing(&url, &properties).error();
        assert!(error.matches(gst::ResourceError::OpenRead), "{error:?}");
        for words in ["TLS was not answered within 1 s", "Perhaps this port wants http://"] {
            assert!(error.message().contains(words), "{properties}: {error}");
        }
    }
}

#[test]
fn silence_and_no_answer_are_noticed() {
    let silent = Camera::start(Visit::hold);
    let pipeline = Pipeline::playing(&silent.url(), "connect-timeout=1 retries=0");
    let error = pipeline.error();
    assert!(error.matches(gst::ResourceError::OpenRead), "{error:?}");
    assert!(error.message().contains("no answer within 1 s"), "{error}");

    // Bytes are not pictures: this camera sends line ends for ever.
    let alive = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        visit.send(part(&jpeg(1, 64, 48, 100), None))?;
        loop {
            visit.send("\r\n")?;
            // The camera's own pace.
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    });
    let pipeline = Pipeline::playing(&alive.url(), "timeout=1 retries=0");
    pipeline.frames(1);
    let error = pipeline.error();
    assert!(error.matches(gst::ResourceError::Read), "{error:?}");
    assert!(error.message().contains("no picture for 1 s"), "{error}");
}
