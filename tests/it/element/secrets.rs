//! Nothing that is secret shows: neither in the most talkative log, nor on the bus, nor
//! in a dump of the pipeline, nor where properties are read.
//!
//! A process of its own does all that has to do with secrets, for GStreamer reads once
//! where to write its log; then everything that it has written is searched.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::{PATIENCE, init};
use crate::common::guard::Guard;
use crate::common::jpeg::jpeg;
use gst::prelude::*;

/// Every secret has this word in it.
const SECRET: &str = "hidden";
/// So have these, in base64: of `admin:hidden-password` and `me:hidden-proxy`.
const IN_BASE64: [&str; 2] = ["YWRtaW46aGlkZGVuLXBhc3N3b3Jk", "bWU6aGlkZGVuLXByb3h5"];

const PASSWORD: &str = "hidden-password";
const QUERY: &str = "?user=admin&pwd=hidden-1&password=hidden-2;pass=hidden-3&token=hidden-4\
    &auth=hidden-5&src=http://admin:hidden-6@x/&loginpas=hidden-7&p=hidden-8&hidden-9&size=640";

#[test]
fn nothing_secret_is_written_anywhere() {
    let folder = tempfile::TempDir::new().unwrap();
    let log = folder.path().join("log");
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "element::secrets::deals_with_secrets", "--ignored", "--nocapture"])
        .env("GST_DEBUG", "*:9")
        .env("GST_DEBUG_NO_COLOR", "1")
        .env("GST_DEBUG_FILE", &log)
        .env("GST_DEBUG_DUMP_DOT_DIR", folder.path())
        .env("RUST_LOG", "trace")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(output.status.success(), "{text}");

    // What must be there, lest the search be for nothing.
    for (words, place) in [
        ("refused this login (Basic)", text.as_ref()),
        ("pwd=***&password=***;pass=***", &text),
        ("frames", &text),
        ("Streaming: http://", &fs::read_to_string(&log).unwrap()),
    ] {
        assert!(place.contains(words), "{words} is missing: {text}");
    }
    let dumps = files(folder.path()).filter(|(name, _)| name.contains("case-"));
    assert!(dumps.count() >= CASES.len());

    for (name, text) in files(folder.path()).chain([("the output".into(), text.into_owned())]) {
        for line in text.lines() {
            let shows = |word: &&str| line.contains(*word);
            let found = [SECRET, "Authorization:", "Cookie:"].iter().find(|word| shows(word));
            let found = found.or_else(|| IN_BASE64.iter().find(|word| shows(word)));
            assert!(found.is_none(), "{name} shows {found:?}: {line}");
        }
    }
}

fn files(folder: &Path) -> impl Iterator<Item = (String, String)> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries.map(|entry| {
        let bytes = fs::read(entry.path()).unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, String::from_utf8_lossy(&bytes).into_owned())
    })
}

// The process that deals with secrets

type Set = fn(&gst::Element, &Camera);

/// What the camera is like, and what is set.
const CASES: [(fn() -> Camera, Set); 9] = [
    (
        || camera_with_login("Basic realm=\"cam\""),
        |source, camera| {
            source.set_property("location", format!("{}{QUERY}", camera.url()));
            log_in(source);
        },
    ),
    (
        || camera_with_login("Digest realm=\"cam\", qop=\"auth\", nonce=\"n\""),
        |source, camera| {
            let address = camera.url().replace("http://", &format!("http://admin:{PASSWORD}@"));
            source.set_property("location", format!("{address}{QUERY}"));
        },
    ),
    // A wrong one.
    (
        || camera_with_login("Basic realm=\"cam\""),
        |source, camera| {
            source.set_property("location", camera.url());
            log_in(source);
            source.set_property("password", "hidden-other");
        },
    ),
    (camera_with_cookies, |source, camera| {
        source.set_property("location", camera.url());
        source.set_property("cookies", vec!["a=hidden-cookie".to_owned()]);
        let fields = gst::Structure::builder("x").field("X-Key", "hidden-field").build();
        source.set_property("extra-headers", fields);
    }),
    // Leads in a circle.
    (
        || Camera::answering(redirect("/stream?token=hidden")),
        |source, camera| {
            source.set_property("location", format!("{}?token=hidden", camera.url()));
        },
    ),
    (proxy_with_login, |source, camera| {
        source.set_property("location", format!("http://cam.invalid/{QUERY}"));
        let proxy = format!("http://me:hidden-proxy@{}", camera.address());
        source.set_property("proxy", proxy);
    }),
    // No TLS there, and no SOCKS.
    (proxy_with_login, |source, camera| {
        source.set_property("location", camera.url().replace("http:", "https:") + QUERY);
        log_in(source);
    }),
    (proxy_with_login, |source, camera| {
        source.set_property("location", format!("http://cam.invalid/{QUERY}"));
        source.set_property("proxy", format!("socks5://{}", camera.address()));
        source.set_property("proxy-id", "me");
        source.set_property("proxy-pw", "hidden-proxy");
    }),
    // No address.
    (proxy_with_login, |source, _| {
        source.set_property("location", "http://admin:hidden/word@cam/?pwd=hidden");
    }),
];

fn log_in(source: &gst::Element) {
    source.set_property("login", "admin");
    source.set_property("password", PASSWORD);
}

#[test]
#[ignore = "nothing_secret_is_written_anywhere starts it"]
fn deals_with_secrets() {
    init();
    for (number, (camera, set)) in CASES.iter().enumerate() {
        let camera = camera();
        let source = gst::ElementFactory::make("mjpeghttpsrc").build().unwrap();
        source.set_property("num-buffers", 2);
        source.set_property("retries", 1);
        source.set_property("retry-backoff-factor", 0.0);
        source.set_property("connect-timeout", 2_u32);
        set(&source, &camera);
        let pipeline = gst::Pipeline::new();
        let sink = gst::ElementFactory::make("fakesink").build().unwrap();
        pipeline.add_many([&source, &sink]).unwrap();
        source.link(&sink).unwrap();
        // An address that is none fails here.
        let _ = pipeline.set_state(gst::State::Playing);
        let ends = [gst::MessageType::Error, gst::MessageType::Eos];
        for message in pipeline.bus().unwrap().iter_timed(PATIENCE) {
            println!("{:?} {:?}", message.view(), message.structure());
            if ends.contains(&message.type_()) {
                break;
            }
        }
        show_properties(&source);
        pipeline.debug_to_dot_file(gst::DebugGraphDetails::all(), format!("case-{number}"));
        println!("{}", pipeline.debug_to_dot_data(gst::DebugGraphDetails::all()));
        pipeline.set_state(gst::State::Null).unwrap();
    }
}

fn show_properties(source: &gst::Element) {
    for property in source.list_properties() {
        if property.flags().contains(glib::ParamFlags::READABLE) {
            println!("{} = {:?}", property.name(), source.property_value(property.name()));
        }
    }
}

fn play(mut visit: Visit) -> std::io::Result<()> {
    visit.send(HEAD)?;
    visit.send(part(&jpeg(1, 64, 48, 100), None))
}

fn camera_with_login(challenge: &'static str) -> Camera {
    let guard = Guard { user: "admin", password: PASSWORD, realm: b"cam" };
    Camera::start(move |mut visit| match guard.judge(&visit.request, "n") {
        Some(verdict) if verdict.is_right => play(visit),
        _ => visit.send(format!("HTTP/1.1 401 No\r\nWWW-Authenticate: {challenge}\r\n\r\n")),
    })
}

fn camera_with_cookies() -> Camera {
    Camera::start(|mut visit| {
        if visit.request.contains("session=hidden-session") {
            return play(visit);
        }
        let fields = "Set-Cookie: session=hidden-session\r\nLocation:";
        visit.send(redirect("/video?token=hidden-token").replace("Location:", fields))
    })
}

fn proxy_with_login() -> Camera {
    Camera::start(|mut visit| {
        if visit.request.contains("Proxy-Authorization: Basic bWU6aGlkZGVuLXByb3h5\r\n") {
            return play(visit);
        }
        visit.send("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\n\r\n")
    })
}

fn redirect(location: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
}
