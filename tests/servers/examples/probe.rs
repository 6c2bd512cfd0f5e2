//! The example `mjpeg-probe`, run as a user would. `cargo test` builds it; where one test is
//! run alone, `cargo build --example mjpeg-probe` has to come first.

// Its arithmetic has tests of its own.
#[path = "../../../examples/mjpeg-probe/intervals.rs"]
mod intervals;

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::common::camera::{Camera, HEAD, part};
use crate::common::jpeg::jpeg;

fn probe(arguments: &[&str]) -> Output {
    // Cargo puts the examples beside the folder of the tests.
    let tests = std::env::current_exe().unwrap();
    let examples: PathBuf = tests.ancestors().nth(2).unwrap().join("examples");
    Command::new(examples.join("mjpeg-probe")).args(arguments).output().unwrap()
}

#[test]
fn everything_worth_knowing_is_said() {
    let camera = Camera::start(|mut visit| {
        visit.send("HTTP/1.0 200 OK\r\nServer: test\r\nContent-Type: multipart/x-mixed-replace;boundary=--b\r\n\r\n")?;
        for seed in 0..5 {
            visit.send(part(&jpeg(seed, 320, 240, 2000), Some("0.000000")))?;
            // The camera's own pace.
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        visit.hold()
    });
    let raw = tempfile::NamedTempFile::new().unwrap();
    let file = raw.path().to_str().unwrap();
    let output = probe(&["--seconds", "3", "--raw", file, &camera.url()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for words in [
        "HTTP/1.0 200 OK",
        "Server: test",
        "First part   Content-Type: image/jpeg",
        "X-Timestamp: 0.000000",
        "5 of 320x240, YCbCr 4:2:0",
        "per second",
        "which is not used; buffers are stamped by the rate or as they arrive",
        "B1  1x  The boundary is announced with the dashes of the delimiter.",
        "gst-launch-1.0 mjpeghttpsrc location=",
    ] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    assert!(std::fs::read(raw.path()).unwrap().starts_with(b"HTTP/1.0 200 OK\r\nServer: test\r\n"));
}

#[test]
fn a_camera_that_refuses_is_an_error_with_its_answer() {
    let camera = Camera::answering("HTTP/1.0 404 Not Found\r\n\r\n");
    let output = probe(&["--seconds", "1", &camera.url()]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("404 Not Found"), "{said}");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("no such page (404)"), "{error}");
}

/// The look may be shorter than the camera's time-outs.
#[test]
fn a_camera_that_says_nothing_is_an_error() {
    for (answer, words) in [("", "no answer came within 1 s"), (HEAD, "no picture came within 1 s")]
    {
        let camera = Camera::start(move |mut visit| {
            visit.send(answer)?;
            visit.hold()
        });
        let output = probe(&["--seconds", "1", &camera.url()]);
        assert_eq!(output.status.code(), Some(1));
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(words), "{error}");
    }
}

/// For programs, and with a line that shows the camera: what was said to the probe is in it,
/// but for the password.
#[test]
fn json_has_the_line_that_shows_the_camera() {
    let camera = Camera::start(|mut visit| {
        if !visit.request.contains("Authorization: Basic bWU6c2VjcmV0") {
            return visit.send(
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\
                 Content-Length: 0\r\n\r\n",
            );
        }
        // Cameras send back what they were sent.
        visit.send("HTTP/1.0 200 OK\r\nX-Was: bWU6c2VjcmV0, secret\r\n")?;
        visit.send("Content-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n")?;
        visit.send(part(&jpeg(1, 320, 240, 2000), Some("secret")))?;
        visit.hold()
    });
    let url = format!("{}?a=1&size=2", camera.url());
    let output = probe(&[
        "--json",
        "--seconds",
        "1",
        "--login",
        "me:secret",
        "--timeout",
        "20",
        "--header",
        "X-Key: hidden",
        "--cookie",
        "a=hidden",
        &url,
    ]);
    let text = String::from_utf8(output.stdout).unwrap();
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["pictures"]["width"], 320, "{text}");
    assert_eq!(found["error"], serde_json::Value::Null, "{text}");
    let line = found["gst-launch"].as_str().unwrap();
    assert!(line.starts_with("gst-launch-1.0 mjpeghttpsrc location='http://"), "{line}");
    let rest = " login=me password=… timeout=20 extra-headers='headers,X-Key=…,Cookie=…' ! jpegdec";
    assert!(line.contains(rest), "{line}");
    for secret in ["secret", "hidden", "bWU6c2VjcmV0"] {
        assert!(!text.contains(secret), "{text}");
    }
}

/// A program that reads JSON finds the reason there, whatever went wrong.
#[test]
fn json_has_each_error() {
    let address = "http://127.0.0.1:1/";
    for (arguments, status, words) in [
        (&["--seconds", "soon", "--json", address][..], 2, "from 1 to 86400"),
        (&["--json", "--password-file", "/proc/none", address], 2, "cannot read /proc/none"),
        (&["--json", "--no-such-option", address], 2, "--no-such-option"),
        (&["--json"], 2, "which camera?"),
        (&["--json", "ftp://camera/"], 1, "not a camera address"),
        (&["--json", "--raw", "/proc/none/raw", address], 1, "cannot write /proc/none/raw"),
        (&["--json", address], 1, "cannot connect"),
    ] {
        let output = probe(arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        let found: serde_json::Value = serde_json::from_str(&text).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let error = found["error"].as_str().unwrap();
        assert!(error.contains(words), "{arguments:?}: {text}");
        assert!(said.starts_with(&format!("mjpeg-probe: {error}\n")), "{said}");
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
        let names: Vec<_> = found.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, NAMES, "{arguments:?}");
    }
}

/// What each object has, in the order of serde_json.
const NAMES: [&str; 9] = [
    "answer",
    "camera",
    "clock",
    "error",
    "first-part",
    "gst-launch",
    "pictures",
    "quirks",
    "rate",
];

#[test]
fn a_file_that_cannot_be_written_is_told_at_once() {
    let output = probe(&["--raw", "/proc/none/raw", "http://127.0.0.1:1/"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("cannot write /proc/none/raw: "), "{error}");
}

#[test]
fn the_login_of_a_proxy_is_not_in_the_line() {
    // Nothing has to answer for that.
    let output =
        probe(&["--json", "--proxy", "http://pu:hidden@127.0.0.1:1", "http://127.0.0.1:1/"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("hidden"), "{text}");
}
