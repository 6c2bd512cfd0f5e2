//! Who answers at the addresses of the page.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gst::prelude::*;
use tempfile::TempDir;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::bytes;
use crate::programs::certificates::{Authority, GOOD, Pair};
use crate::programs::server::Server;
use crate::programs::watch::init;
use crate::programs::{proxies, tls};

/// A folder, and one camera for each way of being asked.
pub struct Stage {
    folder: TempDir,
    _authority: Authority,
    certificate: Pair,
    open: Camera,
    /// Lets in who says `user` and `password`.
    for_user: Camera,
    for_admin: Camera,
    secure: Server,
    proxy: Server,
}

impl Stage {
    pub fn new() -> Self {
        let parts = parts();
        let stream = [HEAD.as_bytes(), &parts.concat()].concat();
        let authority = Authority::new();
        let certificate = authority.self_signed("camera", GOOD);
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("password.txt"), "secret\n").unwrap();
        Self {
            folder,
            for_user: behind_a_login("user:password", parts.clone()),
            for_admin: behind_a_login("admin:secret", parts.clone()),
            open: Camera::start(move |visit| film(visit, &parts)),
            secure: tls::openssl(&certificate, &[], &stream),
            proxy: proxies::tinyproxy("BasicAuth user password"),
            certificate,
            _authority: authority,
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The line with the stage's addresses in place of the page's.
    pub fn with_addresses(&self, line: &str) -> String {
        let camera =
            if line.contains("login=admin password=secret") || line.contains("user-id=admin") {
                &self.for_admin
            } else {
                &self.open
            };
        line.replace("http://user:password@camera/video.mjpg", &with_login(&self.for_user.url()))
            .replace("http://user:password@proxy:3128", &with_login(&self.proxy.url("")))
            .replace("http://camera/video.mjpg", &camera.url())
            .replace("https://camera/video.mjpg", &self.secure.https("/stream"))
            .replace("5A:1B:…", &self.certificate.fingerprint())
            .replace("http://127.0.0.1:8080/stream", &self.open.url())
    }

    /// Fails unless the page's commands have said what its recipes promise.
    pub fn assert_used(&self) {
        for camera in [&self.for_user, &self.for_admin] {
            assert!(camera.requests().iter().any(|request| request.contains(": Basic ")));
        }
        let requests = self.open.requests();
        let with_fields = |request: &String| {
            request.contains("X-Key: abc\r\n") && request.contains("Cookie: a=b; c=d\r\n")
        };
        assert!(requests.iter().any(with_fields), "{requests:#?}");
        assert!(requests.iter().any(|request| request.contains("(tinyproxy")), "{requests:#?}");
    }
}

fn with_login(url: &str) -> String {
    url.replace("http://", "http://user:password@")
}

fn behind_a_login(login: &str, parts: Vec<Vec<u8>>) -> Camera {
    let wanted = format!("Basic {}\r\n", STANDARD.encode(login));
    Camera::start(move |mut visit| {
        if visit.request.contains(&wanted) {
            film(visit, &parts)
        } else {
            visit.send("HTTP/1.0 401 Who\r\nWWW-Authenticate: Basic realm=\"camera\"\r\n\r\n")
        }
    })
}

fn film(mut visit: Visit, parts: &[Vec<u8>]) -> io::Result<()> {
    visit.send(HEAD)?;
    for part in parts {
        visit.send(part)?;
        // The camera's own pace.
        thread::sleep(Duration::from_millis(40));
    }
    visit.hold()
}

/// More pictures than any command takes, for decoders.
fn parts() -> Vec<Vec<u8>> {
    init();
    let source = "videotestsrc num-buffers=12 ! video/x-raw,width=320,height=240";
    let line = format!("{source} ! jpegenc ! appsink name=sink sync=false");
    let pipeline = gst::parse::launch(&line).unwrap().downcast::<gst::Pipeline>().unwrap();
    let sink: gst_app::AppSink = pipeline.by_name("sink").unwrap().downcast().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let samples = std::iter::from_fn(|| sink.pull_sample().ok());
    let parts: Vec<_> = samples.map(|sample| part(&bytes(&sample), None)).collect();
    pipeline.set_state(gst::State::Null).unwrap();
    assert_eq!(parts.len(), 12);
    parts
}
