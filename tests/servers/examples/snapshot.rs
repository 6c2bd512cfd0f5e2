//! The example `mjpeg-snapshot`, run as a user would.

use std::fs;

use crate::common::camera::{Camera, HEAD, part};
use crate::common::jpeg::jpeg;
use crate::programs::example::example;
use crate::programs::port;
use tempfile::TempDir;

#[test]
fn once_saves_the_first_picture() {
    let picture = jpeg(1, 320, 240, 2000);
    let camera = Camera::start({
        let stream = [HEAD.as_bytes(), &part(&picture, None)].concat();
        move |mut visit| {
            visit.send(&stream)?;
            visit.hold()
        }
    });
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("frame.jpg");
    let header = ["--once", "--header", "X-Key: abc", "--cookie", "a=b"];
    let output = example("mjpeg-snapshot").args(header).arg(camera.url()).arg(&file).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(fs::read(&file).unwrap(), picture);
    let request = camera.requests().join("");
    assert!(request.contains("X-Key: abc\r\n") && request.contains("Cookie: a=b\r\n"), "{request}");
}

/// As a timer calls it.
#[test]
fn once_ends_when_the_camera_is_off() {
    let url = format!("http://127.0.0.1:{}/", port::free());
    let folder = TempDir::new().unwrap();
    let mut command = example("mjpeg-snapshot");
    command.current_dir(folder.path()).args(["--once", "--wait", "1", &url]);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot connect") && said.contains("no picture within 1 s"), "{said}");
    assert!(!folder.path().join("frame.jpg").exists(), "there was no picture");
}
