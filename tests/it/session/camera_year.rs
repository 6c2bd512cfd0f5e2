//! A camera's year in a minute: everything about it changes, and its pictures go on. Another
//! address has a test in `network.rs`, which has a network of its own.

use std::io;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::common::camera::{Camera, Visit};
use crate::common::element::{Pipeline, pts};
use crate::common::guard::Guard;
use crate::common::jpeg::jpeg;
use crate::programs::certificates::{Authority, GOOD, Pair, RSA, Wish};
use gst::prelude::*;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What the camera is like for a while.
#[derive(Clone, Copy)]
struct Season {
    name: &'static str,
    boundary: &'static str,
    size: (u16, u16),
    /// Seconds that its clock shows at the first picture; `None`: it has no clock.
    clock: Option<u64>,
    /// What it asks for, if it asks for a login.
    password: Option<&'static str>,
    answers: Answers,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answers {
    Stream,
    Snapshots,
    /// This, and no picture.
    Nonsense(&'static str),
}

const FIRST: Season = Season {
    name: "new",
    boundary: "b",
    size: (64, 48),
    clock: Some(1_700_000_000),
    password: None,
    answers: Answers::Stream,
};

const YEAR: [Season; 14] = [
    FIRST,
    Season { name: "another boundary", boundary: "--other boundary", ..FIRST },
    Season { name: "another resolution", size: (128, 96), ..FIRST },
    Season { name: "another clock", clock: Some(5), size: (128, 96), ..FIRST },
    Season { name: "no clock", clock: None, ..FIRST },
    Season { name: "a login", password: Some("secret"), ..FIRST },
    Season { name: "another password", password: Some("changed"), ..FIRST },
    Season { name: "the password is back", password: Some("secret"), ..FIRST },
    Season { name: "single pictures", answers: Answers::Snapshots, clock: None, ..FIRST },
    Season {
        name: "single pictures with a login",
        answers: Answers::Snapshots,
        password: Some("secret"),
        clock: None,
        ..FIRST
    },
    Season { name: "a stream again", boundary: "c", ..FIRST },
    Season {
        name: "starting",
        answers: Answers::Nonsense("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        ..FIRST
    },
    Season {
        name: "set up anew",
        answers: Answers::Nonsense(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><title>Welcome</title></html>",
        ),
        ..FIRST
    },
    Season { name: "as it was", ..FIRST },
];

const NONCE: &str = "n";

/// A running number for pictures, so that no two are alike.
static NUMBER: AtomicU64 = AtomicU64::new(1);

impl Season {
    fn serve(&self, mut visit: Visit, now: &AtomicUsize, index: usize) -> io::Result<()> {
        if let Some(password) = self.password {
            let guard = Guard { user: "admin", password, realm: b"cam" };
            if !guard.judge(&visit.request, NONCE).is_some_and(|verdict| verdict.is_right) {
                return visit.send(format!(
                    "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Digest \
                     realm=\"cam\", nonce=\"{NONCE}\", qop=\"auth\"\r\n\r\n"
                ));
            }
        }
        let picture = || {
            let number = NUMBER.fetch_add(1, Ordering::SeqCst);
            jpeg(number, self.size.0, self.size.1, 200)
        };
        match self.answers {
            Answers::Nonsense(answer) => visit.send(answer),
            Answers::Snapshots => {
                let picture = picture();
                visit.send(format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConnection: close\r\n\
                     Content-Length: {}\r\n\r\n",
                    picture.len()
                ))?;
                visit.send(picture)
            }
            Answers::Stream => {
                let boundary = self.boundary;
                visit.send(format!(
                    "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=\
                     \"{boundary}\"\r\n\r\n"
                ))?;
                for count in 0.. {
                    if now.load(Ordering::SeqCst) != index {
                        return Ok(());
                    }
                    let picture = picture();
                    let time = self.clock.map(|start| {
                        format!("X-Timestamp: {}.{:03}\r\n", start + count / 50, count % 50 * 20)
                    });
                    let time = time.unwrap_or_default();
                    visit.send(format!(
                        "--{boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n{time}\r\n",
                        picture.len()
                    ))?;
                    visit.send(&picture)?;
                    visit.send("\r\n")?;
                    // The camera's pace.
                    thread::sleep(Duration::from_millis(20));
                }
                Ok(())
            }
        }
    }

    /// Does the element show pictures then?
    fn is_seen(&self) -> bool {
        !matches!(self.answers, Answers::Nonsense(_)) && self.password != Some("changed")
    }
}

#[test]
fn whatever_changes_the_pictures_go_on() {
    let now = Arc::new(AtomicUsize::new(0));
    let served = now.clone();
    let camera = Camera::start(move |visit| {
        let index = served.load(Ordering::SeqCst);
        YEAR[index].serve(visit, &served, index)
    });
    let properties = "login=admin password=secret retry-backoff-factor=0.02 retry-backoff-max=0.1 \
                      snapshot-interval=20";
    let pipeline = Pipeline::playing(&camera.url(), properties);
    let mut last = None;
    for (index, season) in YEAR.iter().enumerate() {
        now.store(index, Ordering::SeqCst);
        let before = pipeline.stat("retries");
        if !season.is_seen() {
            // It is asked again and again, and the pictures before run out.
            assert!(pipeline.reaches("retries", before + 3), "{}", season.name);
            continue;
        }
        let is_of_this = |sample: &gst::Sample| {
            let structure = sample.caps().unwrap().structure(0).unwrap();
            structure.get::<i32>("width").unwrap() == i32::from(season.size.0)
        };
        let mut seen = 0;
        while seen < 30 {
            let sample = pipeline.frame().unwrap_or_else(|| panic!("{}: the end", season.name));
            assert!(last < Some(pts(&sample)), "{}: PTS go back", season.name);
            last = Some(pts(&sample));
            seen += u32::from(is_of_this(&sample));
        }
    }
    assert_eq!(pipeline.state(), "streaming");
    assert!(pipeline.stat("connections") >= YEAR.len() as u64 - 3);
    // Each loss was announced, and no message is an error.
    let bus = pipeline.top.bus().unwrap();
    let kinds = [gst::MessageType::Error, gst::MessageType::Warning];
    let messages: Vec<_> = std::iter::from_fn(|| bus.pop_filtered(&kinds)).collect();
    assert!(messages.iter().all(|message| message.type_() == gst::MessageType::Warning));
    assert!(messages.len() as u64 >= YEAR.len() as u64 - 3);
    assert!(messages.len() as u64 <= pipeline.stat("retries"));
}

/// A new certificate of the same issuer is as good; another one is not what was pinned.
#[test]
fn a_camera_with_another_certificate_is_judged_anew() {
    let authority = Authority::new();
    let first = authority.issue("first", GOOD);
    let second = authority.issue("second", Wish { key: RSA, ..GOOD });
    let server = rustls_server(&first);
    let trusted = format!("ssl-ca-file={}", authority.certificate().display());
    let pin = format!("ssl-fingerprint={}", first.fingerprint());
    let properties = "retry-backoff-factor=0.02 retry-backoff-max=0.1";
    let by_issuer = Pipeline::playing(&server.url, &format!("{trusted} {properties}"));
    let by_pin = Pipeline::playing(&server.url, &format!("{pin} {properties}"));
    by_issuer.frames(3);
    by_pin.frames(3);
    server.show(&second);
    let refused = loop {
        let warning = by_pin.warning();
        if warning.message().contains("ssl-fingerprint") {
            break warning;
        }
    };
    assert!(refused.message().contains("it is not the one of ssl-fingerprint"), "{refused}");
    let connections = by_issuer.stat("connections");
    assert!(by_issuer.reaches("connections", connections + 1));
    by_issuer.frames(3);
    server.show(&first);
    let connections = by_pin.stat("connections");
    assert!(by_pin.reaches("connections", connections + 1));
    by_pin.frames(3);
}

struct TlsCamera {
    url: String,
    config: Arc<Mutex<Arc<rustls::ServerConfig>>>,
}

impl TlsCamera {
    fn show(&self, pair: &Pair) {
        *self.config.lock().unwrap() = config(pair);
    }
}

fn config(pair: &Pair) -> Arc<rustls::ServerConfig> {
    let certificate = CertificateDer::from_pem_file(&pair.certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key);
    Arc::new(config.unwrap())
}

/// Sends a few pictures to each who comes, and hangs up.
fn rustls_server(pair: &Pair) -> TlsCamera {
    use std::io::{Read, Write};

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let current = Arc::new(Mutex::new(config(pair)));
    let shared = current.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(shared.lock().unwrap().clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            thread::spawn(move || -> io::Result<()> {
                // The head of a request is one record.
                let _request = stream.read(&mut [0; 2048])?;
                stream.write_all(crate::common::camera::HEAD.as_bytes())?;
                for _ in 0..5 {
                    let picture = jpeg(NUMBER.fetch_add(1, Ordering::SeqCst), 64, 48, 200);
                    stream.write_all(&crate::common::camera::part(&picture, None))?;
                    // The camera's pace.
                    thread::sleep(Duration::from_millis(20));
                }
                Ok(())
            });
        }
    });
    TlsCamera { url, config: current }
}
