//! Cameras behind proxies: real ones, and scripted ones that look at every letter.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::Pipeline;
use crate::common::jpeg::jpeg;
use crate::programs::certificates::{Authority, GOOD};
use crate::programs::doors::Visitor;
use crate::programs::launch::gst_launch;
use crate::programs::process::Process;
use crate::programs::server::Server;
use crate::programs::servers::{self, NO_SIGNAL};
use crate::programs::wait::PATIENCE;
use crate::programs::watch::{assert_video, watch};
use crate::programs::{nginx, proxies};
use gst::prelude::*;

const VISITOR: Visitor = Visitor { user: "me", password: "pass word: 100%", realm: b"proxy" };

// Real proxies

/// A camera by http and, where somebody vouches for it, by https.
struct Cameras {
    http: Server,
    https: Server,
    authority: Authority,
}

impl Cameras {
    fn new() -> Self {
        let authority = Authority::new();
        let https = nginx::with_tls(servers::ustreamer(&[]), &authority.issue("camera", GOOD), "");
        Self { http: servers::ustreamer(&[]), https, authority }
    }

    /// Asks both for two pictures.
    fn watch(&self, properties: &[(&str, &str)]) -> [Result<Vec<gst::Sample>, glib::Error>; 2] {
        let authority = self.authority.certificate().to_str().unwrap();
        let more = [("retries", "0"), ("ssl-ca-file", authority)];
        let properties = [properties, &more].concat();
        [self.http.url("/stream"), self.https.https("/stream")]
            .map(|url| watch(&url, &properties, 2))
    }

    fn assert_seen_through(&self, proxy: &str, login: &[(&str, &str)]) {
        for pictures in self.watch(&[&[("proxy", proxy)], login].concat()) {
            assert_video(&pictures.unwrap(), 2, NO_SIGNAL);
        }
    }

    fn assert_refused(&self, proxy: &str, login: &[(&str, &str)], words: &str) {
        for refused in self.watch(&[&[("proxy", proxy)], login].concat()) {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), Some(gst::ResourceError::NotAuthorized), "{error}");
            let words = format!("the proxy {proxy} {words}");
            assert!(error.message().contains(&words), "{words}: {error}");
            assert!(error.message().contains("proxy-id and proxy-pw"), "{error}");
        }
    }
}

const LOGIN: [(&str, &str); 2] = [("proxy-id", VISITOR.user), ("proxy-pw", VISITOR.password)];
const WRONG: [(&str, &str); 2] = [("proxy-id", VISITOR.user), ("proxy-pw", "wrong")];

#[test]
fn squid() {
    let (cameras, proxy) = (Cameras::new(), proxies::squid());
    cameras.assert_seen_through(&proxy.url(""), &[]);
}

#[test]
fn squid_with_basic() {
    let (cameras, proxy) = (Cameras::new(), proxies::squid_with_login("Basic", &VISITOR));
    cameras.assert_seen_through(&proxy.url(""), &LOGIN);
    cameras.assert_refused(&proxy.url(""), &WRONG, "refused this login (Basic)");
    cameras.assert_refused(&proxy.url(""), &[], "asks for a login (Basic)");
}

#[test]
fn squid_with_digest() {
    let (cameras, proxy) = (Cameras::new(), proxies::squid_with_login("Digest", &VISITOR));
    cameras.assert_seen_through(&proxy.url(""), &LOGIN);
    cameras.assert_refused(&proxy.url(""), &WRONG, "refused this login (Digest MD5)");
}

#[test]
fn squid_that_connects_to_few_ports() {
    let (cameras, proxy) = (Cameras::new(), proxies::squid_for_few_ports());
    let [http, https] = cameras.watch(&[("proxy", &proxy.url(""))]);
    assert_video(&http.unwrap(), 2, NO_SIGNAL);
    let error = https.unwrap_err();
    assert!(error.message().contains("refused to connect to the camera (403)"), "{error}");
}

#[test]
fn tinyproxy() {
    let (cameras, proxy) = (Cameras::new(), proxies::tinyproxy("BasicAuth me secret"));
    let login = [("proxy-id", "me"), ("proxy-pw", "secret")];
    cameras.assert_seen_through(&proxy.url(""), &login);
    let in_address = proxy.url("").replace("http://", "http://me:secret@");
    cameras.assert_seen_through(&in_address, &[]);
    cameras.assert_refused(&proxy.url(""), &[], "asks for a login (Basic)");
    // It refuses with 401, so that for http it is the camera who seems to ask.
    for refused in cameras.watch(&[&[("proxy", proxy.url("").as_str())], &WRONG[..]].concat()) {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), Some(gst::ResourceError::NotAuthorized), "{error}");
    }
}

#[test]
fn a_proxy_over_tls() {
    let cameras = Cameras::new();
    let pair = cameras.authority.issue("proxy", GOOD);
    let proxy = proxies::over_tls(proxies::tinyproxy("BasicAuth me secret"), &pair);
    let login = [("proxy-id", "me"), ("proxy-pw", "secret")];
    cameras.assert_seen_through(&proxy.https(""), &login);
    // Whoever can show no good certificate is told nothing.
    let error = watch(&cameras.http.url("/stream"), &[("proxy", &proxy.https(""))], 1);
    assert!(error.unwrap_err().message().contains("certificate"));
}

#[test]
fn microsocks() {
    let (cameras, proxy) = (Cameras::new(), proxies::microsocks(None));
    cameras.assert_seen_through(&proxy.url("").replace("http:", "socks5:"), &[]);
}

#[test]
fn microsocks_with_a_login() {
    let login = (VISITOR.user, VISITOR.password);
    let (cameras, proxy) = (Cameras::new(), proxies::microsocks(Some(login)));
    let proxy = proxy.url("").replace("http:", "socks5:");
    cameras.assert_seen_through(&proxy, &LOGIN);
    cameras.assert_refused(&proxy, &WRONG, "refused this login");
    cameras.assert_refused(&proxy, &[], "asks for a login");
}

#[test]
fn single_pictures_come_through_a_tunnel_too() {
    let (cameras, proxy) = (Cameras::new(), proxies::tinyproxy(""));
    let authority = cameras.authority.certificate().display();
    let properties = format!("proxy={} ssl-ca-file={authority} retries=0", proxy.url(""));
    let url = cameras.https.https("/snapshot");
    let pipeline = Pipeline::playing(&url, &format!("{properties} snapshot-interval=10"));
    pipeline.frames(1);
    assert!(pipeline.reaches("unchanged", 2));
}

#[test]
fn the_environment_is_not_asked() {
    let camera = servers::ustreamer(&[]);
    let folder = tempfile::TempDir::new().unwrap();
    let mut launch = gst_launch();
    for name in ["ALL_PROXY", "HTTP_PROXY", "http_proxy", "all_proxy"] {
        launch.env(name, "http://127.0.0.1:1");
    }
    launch.args(["mjpeghttpsrc", "num-buffers=1", "retries=0"]);
    launch.arg(format!("location={}", camera.url("/stream"))).args(["!", "fakesink"]);
    let process = Process::start(&mut launch, &folder.path().join("log"));
    assert!(process.ends_well(PATIENCE), "{}", process.output());
}

// Scripted proxies

fn play(mut visit: Visit) -> io::Result<()> {
    visit.send(HEAD)?;
    visit.send(part(&jpeg(1, 64, 48, 100), None))?;
    visit.hold()
}

fn proxy_property(proxy: &Camera) -> String {
    format!("proxy=http://{}", proxy.address())
}

const ASKS: &str = "HTTP/1.1 407 Proxy Authentication Required\r\n\
    Proxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n";
/// base64 of me:hidden
const PROXY_BASIC: &str = "\r\nProxy-Authorization: Basic bWU6aGlkZGVu\r\n";
/// base64 of admin:secret
const BASIC: &str = "\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\n";

#[test]
fn a_proxy_gets_the_whole_address_and_looks_the_name_up() {
    for (url, line, host) in [
        ("http://cam.invalid", "GET http://cam.invalid/ HTTP/1.1", "cam.invalid"),
        (
            "http://cam.invalid:81/a b?c=d",
            "GET http://cam.invalid:81/a%20b?c=d HTTP/1.1",
            "cam.invalid:81",
        ),
        ("http://[::1]?x", "GET http://[::1]/?x HTTP/1.1", "[::1]"),
    ] {
        let proxy = Camera::start(play);
        Pipeline::playing(url, &proxy_property(&proxy)).frames(1);
        let start = format!("{line}\r\nHost: {host}\r\n");
        assert!(proxy.requests()[0].starts_with(&start), "{:?}", proxy.requests());
    }
}

#[test]
fn both_logins_are_sent_only_when_asked_for() {
    let proxy = Camera::start(|mut visit| {
        if !visit.request.contains(PROXY_BASIC) {
            return visit.send(ASKS);
        }
        if visit.request.contains(BASIC) {
            return play(visit);
        }
        visit.send("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
    });
    let properties = format!(
        "{} proxy-id=me proxy-pw=hidden login=admin password=secret",
        proxy_property(&proxy)
    );
    Pipeline::playing("http://cam.invalid/", &properties).frames(1);
    let carried = |request: &String| (request.contains(PROXY_BASIC), request.contains(BASIC));
    let carried: Vec<_> = proxy.requests().iter().map(carried).collect();
    assert_eq!(carried, [(false, false), (true, false), (false, true), (true, true)]);
}

#[test]
fn a_tunnel_is_asked_for_without_anything_that_is_the_cameras() {
    // What the proxy answers, the code and words of the error.
    let rows = [
        ("HTTP/1.1 403 Forbidden\r\n\r\n", gst::ResourceError::OpenRead, "refused to connect"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", gst::ResourceError::OpenRead, "(502)"),
        ("HTTP/1.0 200 Connection established\r\n\r\n", gst::ResourceError::Read, "hung up"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", gst::ResourceError::Read, "hung up"),
        (ASKS, gst::ResourceError::NotAuthorized, "asks for a login (Basic)"),
    ];
    for (answer, code, words) in rows {
        let proxy = Camera::start(move |mut visit| {
            visit.send(answer)?;
            let mut hello = [0; 3];
            io::Read::read_exact(&mut visit.stream, &mut hello)?;
            // A TLS record with a handshake in it, and not the request.
            assert_eq!(hello, [0x16, 3, 1]);
            Ok(())
        });
        let properties = format!(
            "{} retries=0 login=admin password=secret extra-headers=\"x,X-Key=secret,Cookie=\\\"a=secret\\\"\"",
            proxy_property(&proxy)
        );
        let error = Pipeline::playing("https://cam.invalid/secret", &properties).error();
        assert!(error.matches(code), "{error:?}");
        assert!(error.message().contains(words), "{words}: {error}");
        let head = "CONNECT cam.invalid:443 HTTP/1.1\r\nHost: cam.invalid:443\r\n\r\n";
        assert_eq!(proxy.requests(), [head], "{answer}");
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for scheme in ["http", "socks5"] {
        for url in ["http://cam.invalid/", "https://cam.invalid/"] {
            // Nobody listens there, and nobody is called that.
            for (host, why) in
                [(address.to_string(), ""), ("proxy.invalid:1".into(), "cannot find the host")]
            {
                let proxy = format!("{scheme}://{host}");
                let error = Pipeline::playing(url, &format!("proxy={proxy} retries=0")).error();
                assert!(error.matches(gst::ResourceError::OpenRead), "{error:?}");
                let words = format!("no connection through the proxy {proxy}: {why}");
                assert!(error.message().contains(&words), "{error}");
            }
        }
    }
}

#[test]
fn what_is_no_proxy_is_said_at_the_start() {
    crate::common::element::init();
    let source = gst::ElementFactory::make("mjpeghttpsrc")
        .property("location", "http://cam/")
        .property("proxy", "ftp://me:hidden@proxy/")
        .build()
        .unwrap();
    let bus = gst::Bus::new();
    source.set_bus(Some(&bus));
    assert!(source.set_state(gst::State::Playing).is_err());
    let message = bus.pop_filtered(&[gst::MessageType::Error]).unwrap();
    let gst::MessageView::Error(error) = message.view() else { unreachable!() };
    assert!(error.error().matches(gst::ResourceError::Settings), "{error:?}");
    assert!(error.error().message().contains("ftp: is not supported"), "{error:?}");
    source.set_state(gst::State::Null).unwrap();
}

#[test]
fn no_state_change_waits_for_a_proxy() {
    let silent = Camera::start(Visit::hold);
    for scheme in ["http", "socks5"] {
        for url in ["http://cam.invalid/", "https://cam.invalid/"] {
            let before = silent.requests().len();
            let properties = format!("proxy={scheme}://{}", silent.address());
            let pipeline = Pipeline::playing(url, &properties);
            pipeline.wait_for_state("connecting");
            while scheme == "http" && silent.requests().len() == before {
                std::thread::yield_now();
            }
            let time = pipeline.change(gst::State::Null);
            assert!(time < Duration::from_millis(100), "{scheme} {url}: {time:?}");
        }
    }
}

#[test]
fn a_proxy_that_is_silent_is_not_taken_for_the_camera() {
    let silent = Camera::start(Visit::hold);
    for url in ["http://cam.invalid/", "https://cam.invalid/"] {
        let address = format!("http://{}", silent.address());
        let properties = format!("proxy={address} connect-timeout=1 retries=0");
        let error = Pipeline::playing(url, &properties).error();
        let words = format!("no answer through the proxy {address} within 1 s");
        assert!(error.message().contains(&words), "{url}: {error}");
    }
}
