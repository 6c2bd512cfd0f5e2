//! State changes never wait for the camera.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails that way")]

mod common;

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use common::camera::{Camera, HEAD, Visit, part};
use common::element::{Pipeline, bytes};
use common::jpeg::jpeg;
use socket2::{Domain, Socket, Type};

/// What a user would call at once; the tests run beside each other on two cores.
const PROMPT: Duration = Duration::from_millis(100);

/// A port whose queue of connections is full: a connect to it waits for ever.
struct BlackHole {
    listener: Socket,
    _queue: Vec<TcpStream>,
}

impl BlackHole {
    fn new() -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok();
        let queue = std::iter::from_fn(connect).collect();
        Self { listener, _queue: queue }
    }

    fn url(&self) -> String {
        format!("http://{}/", self.listener.local_addr().unwrap().as_socket().unwrap())
    }
}

/// Cameras that make one wait, each in another place, with the state they are left in.
fn waiting_cameras() -> Vec<(&'static str, String, &'static str, Box<dyn std::any::Any>)> {
    let silent = Camera::start(Visit::hold);
    let mid_head = Camera::start(|mut visit| {
        visit.send("HTTP/1.0 200 OK\r\nContent-Ty")?;
        visit.hold()
    });
    let mid_body = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        visit.send(&part(&jpeg(1, 64, 48, 100), None)[..100])?;
        visit.hold()
    });
    let streaming = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        loop {
            visit.send(part(&jpeg(1, 64, 48, 100), None))?;
        }
    });
    let refused = TcpListener::bind("127.0.0.1:0").unwrap();
    let refused_url = format!("http://{}/", refused.local_addr().unwrap());
    drop(refused);
    let black_hole = BlackHole::new();
    vec![
        ("refused, in back-off", refused_url, "waiting", Box::new(())),
        ("black hole", black_hole.url(), "connecting", Box::new(black_hole)),
        ("silent after accept", silent.url(), "connecting", Box::new(silent)),
        ("mid head", mid_head.url(), "connecting", Box::new(mid_head)),
        ("mid body", mid_body.url(), "streaming", Box::new(mid_body)),
        ("streaming", streaming.url(), "streaming", Box::new(streaming)),
    ]
}

#[test]
fn no_state_change_waits_for_the_camera() {
    for (name, url, state, _camera) in waiting_cameras() {
        let pipeline =
            Pipeline::new(&url, "retry-backoff-factor=60 retry-backoff-max=60 connect-timeout=60");
        for round in 0..3 {
            let changes = [
                (gst::State::Playing, Some(state)),
                (gst::State::Paused, None),
                (gst::State::Playing, Some(state)),
                (gst::State::Null, None),
            ];
            for (to, wait_for) in changes {
                let took = pipeline.change(to);
                assert!(took < PROMPT, "{name}, round {round}: {to:?} took {took:?}");
                if let Some(state) = wait_for {
                    pipeline.wait_for_state(state);
                }
            }
        }
    }
}

#[test]
fn a_pause_drops_the_connection_and_a_resume_shows_no_stale_picture() {
    // Each connection has pictures of its own.
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        for seed in 0..5 {
            visit.send(part(&jpeg(100 * visit.number as u64 + seed, 64, 48, 100), None))?;
        }
        visit.hold()
    });
    let pipeline = Pipeline::playing(&camera.url(), "");
    assert_eq!(bytes(&pipeline.frames(5)[4]), jpeg(4, 64, 48, 100));
    for round in 1..20 {
        pipeline.change(gst::State::Paused);
        pipeline.change(gst::State::Playing);
        let frame = pipeline.frames(5).remove(0);
        assert_eq!(bytes(&frame), jpeg(100 * round, 64, 48, 100), "round {round}");
        assert!(frame.buffer().unwrap().flags().contains(gst::BufferFlags::DISCONT));
    }
}

#[test]
fn quick_toggles_never_hang() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        loop {
            visit.send(part(&jpeg(1, 64, 48, 1000), None))?;
        }
    });
    let pipeline = Pipeline::playing(&camera.url(), "");
    for _ in 0..100 {
        pipeline.change(gst::State::Paused);
        pipeline.change(gst::State::Playing);
        pipeline.frame().expect("a picture after each resume");
    }
    for _ in 0..20 {
        pipeline.change(gst::State::Ready);
        pipeline.change(gst::State::Playing);
        pipeline.frame().expect("a picture after each restart");
    }
}
