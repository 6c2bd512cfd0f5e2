//! Cameras that make one wait, each in another place.

use std::any::Any;
use std::net::TcpListener;

use super::camera::{Camera, HEAD, Visit, part};
use super::full::Full;
use super::jpeg::jpeg;

pub struct Waiting {
    pub name: &'static str,
    pub url: String,
    /// What the element's `connection-state` says meanwhile.
    pub state: &'static str,
    _camera: Box<dyn Any>,
}

impl Waiting {
    fn at(name: &'static str, state: &'static str, camera: Camera) -> Self {
        Self { name, url: camera.url(), state, _camera: Box::new(camera) }
    }
}

/// One for each phase of a connection but the look-up of its name.
pub fn cameras() -> Vec<Waiting> {
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
    vec![
        refusing(),
        black_hole(),
        handshake(),
        Waiting::at("silent after accept", "connecting", Camera::start(Visit::hold)),
        Waiting::at("mid head", "connecting", mid_head),
        Waiting::at("mid body", "streaming", mid_body),
        Waiting::at("streaming", "streaming", streaming),
    ]
}

fn refusing() -> Waiting {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    Waiting { name: "refused, in back-off", url, state: "waiting", _camera: Box::new(()) }
}

fn black_hole() -> Waiting {
    let full = Full::start();
    let url = format!("http://{}/", full.address);
    Waiting { name: "black hole", url, state: "connecting", _camera: Box::new(full) }
}

/// A port whose queue of connections is all the answer there is.
fn handshake() -> Waiting {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    Waiting { name: "TLS handshake", url, state: "connecting", _camera: Box::new(listener) }
}
