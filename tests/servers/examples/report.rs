//! The example `mjpeg-report`, run as a user would.

use std::fs;

use crate::common::camera::{Camera, HEAD, part};
use crate::common::jpeg::jpeg;
use crate::programs::example::example;
use crate::programs::launch::gst_launch;
use tempfile::TempDir;

/// The three that README.md records.
#[test]
fn each_kind_of_recording_is_read() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        for seed in 0..10 {
            visit.send(part(&jpeg(seed, 320, 240, 2000), None))?;
            // The camera's own pace.
            std::thread::sleep(std::time::Duration::from_millis(40));
        }
        visit.hold()
    });
    let folder = TempDir::new().unwrap();
    for (muxer, name) in [
        ("matroskamux", "camera.mkv"),
        ("qtmux", "camera.mp4"),
        ("image/jpeg,framerate=25/1 ! avimux", "camera.avi"),
    ] {
        let file = folder.path().join(name);
        let line = format!(
            "mjpeghttpsrc location={} num-buffers=10 ! {muxer} ! filesink location={}",
            camera.url(),
            file.display()
        );
        let recorded = gst_launch().args(line.split(' ')).output().unwrap();
        assert!(recorded.status.success(), "{recorded:?}");
        let output = example("mjpeg-report").arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("pictures    10\n"), "{name}: {said} {output:?}");
        assert!(said.contains("resolution  320x240\n"), "{name}: {said}");
        assert_eq!(output.status.code(), Some(0), "{name}");
    }
}

#[test]
fn another_file_is_an_error_that_says_so() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("notes.txt");
    fs::write(&file, "no recording").unwrap();
    let output = example("mjpeg-report").arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("is neither a Matroska file nor an MP4 nor an AVI"), "{said}");
}
