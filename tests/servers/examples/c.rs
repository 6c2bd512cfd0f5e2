//! The example in C, compiled and run as a user would.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::programs::example::{TestCamera, source};
use crate::programs::launch::with_plugin;
use crate::programs::process::{Process, command};
use crate::programs::recording::ffprobe;
use crate::programs::servers;
use crate::programs::wait::{self, PATIENCE};
use tempfile::TempDir;

#[test]
fn a_few_seconds_are_recorded_and_what_is_odd_is_said() {
    let camera = servers::ffmpeg(None);
    let folder = TempDir::new().unwrap();
    let recorder = start(&folder, &[&camera.url("/cam.mjpg"), "camera.mkv", "3"]);
    assert!(recorder.ends_well(PATIENCE), "{}", recorder.output());
    let said = recorder.output();
    let states: Vec<_> = said.lines().filter(|line| line.starts_with("connection: ")).collect();
    let expected = ["connection: connecting", "connection: streaming", "connection: idle"];
    assert_eq!(states, expected, "{said}");
    assert!(said.contains("message: mjpeghttpsrc-quirk, id="), "{said}");
    assert_holds_pictures(&folder.path().join("camera.mkv"), "mjpeg,320,240,");
}

#[test]
fn ctrl_c_finishes_the_file() {
    let camera = TestCamera::start(0, (322, 240));
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("camera.mkv");
    let recorder = start(&folder, &[camera.url(), "camera.mkv"]);
    let writes = wait::until(PATIENCE, || {
        let bytes = file.metadata().map_or(0, |file| file.len());
        (bytes > 100_000).then_some(())
    });
    assert!(writes.is_some(), "{}", recorder.output());
    recorder.interrupt();
    assert!(recorder.ends_well(PATIENCE), "{}", recorder.output());
    assert_holds_pictures(&file, "mjpeg,322,240,");
    // Only a file that was finished knows how long it is.
    let length = command("ffprobe", "ffmpeg")
        .args(["-loglevel", "error", "-show_entries", "format=duration", "-of", "csv=p=0"])
        .arg(&file)
        .output()
        .unwrap();
    let length: f64 = String::from_utf8(length.stdout).unwrap().trim().parse().unwrap();
    assert!(length > 0.0);
}

#[test]
fn a_wrong_address_is_an_error() {
    let folder = TempDir::new().unwrap();
    let recorder = start(&folder, &["ftp://camera/", "camera.mkv"]);
    assert!(wait::until(PATIENCE, || recorder.has_ended().then_some(())).is_some());
    assert!(!recorder.ends_well(Duration::ZERO));
    assert!(recorder.output().contains("error: not a camera address"), "{}", recorder.output());
}

/// Compiles `record.c` into the folder and starts it there.
fn start(folder: &TempDir, arguments: &[&str]) -> Process {
    let flags = command("pkg-config", "pkg-config")
        .args(["--cflags", "--libs", "gstreamer-1.0"])
        .output()
        .unwrap();
    let flags = String::from_utf8(flags.stdout).unwrap();
    let program = folder.path().join("record");
    let compiled = command("cc", "gcc")
        .args(["-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&program)
        .arg(source("c/record.c"))
        .args(flags.split_whitespace())
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let mut recorder = with_plugin(Command::new(program));
    Process::start(recorder.args(arguments).current_dir(folder.path()), &folder.path().join("log"))
}

fn assert_holds_pictures(file: &Path, stream: &str) {
    let found = ffprobe(file);
    let pictures: u32 = found.strip_prefix(stream).expect(&found).parse().unwrap();
    assert!(pictures > 0);
}
