//! The example `relay`, run as a user would.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails that way")]

mod programs;

use std::fs;
use std::path::Path;
use std::time::Duration;

use programs::example::{TestCamera, example};
use programs::port;
use programs::process::{Process, command};
use programs::recording::ffprobe;
use programs::wait;
use tempfile::TempDir;

/// Encoding takes its time on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A camera that comes late, goes and comes back; a picture that is not as wide as it.
#[test]
fn the_playlist_goes_on_while_the_camera_is_away() {
    let port = port::free();
    let folder = TempDir::new().unwrap();
    let served = folder.path().join("served");
    let url = format!("http://127.0.0.1:{port}/stream");
    let mut command = example("relay");
    command.args(["--size", "320x180", &url]).arg(&served);
    let relay = Process::start(&mut command, &folder.path().join("log"));

    let camera = TestCamera::start(port, (160, 120));
    wait_for_files(&relay, &served, 2);
    drop(camera);
    wait_for_files(&relay, &served, 4);
    let _camera = TestCamera::start(port, (160, 120));
    wait_for_files(&relay, &served, 6);
    relay.interrupt();
    assert!(relay.ends_well(LIMIT), "{}", relay.output());

    assert!(playlist(&served).ends_with("#EXT-X-ENDLIST"), "it says where it ends");
    assert!(fs::read_to_string(served.join("index.html")).unwrap().contains("playlist.m3u8"));
    for file in files(&served) {
        let found = ffprobe(&served.join(&file));
        assert!(found.starts_with("h264,320,180,"), "{file}: {found}");
    }
    let whole = duration(&served.join("playlist.m3u8"));
    assert!(whole > 6.0, "FFmpeg reads {whole} s from the playlist");
}

#[test]
fn an_address_of_no_camera_is_an_error() {
    let folder = TempDir::new().unwrap();
    let output = example("relay").arg("ftp://camera/").arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("relay: not a camera address"), "{said}");
}

/// Waits until so many files have been in the playlist, which forgets the oldest.
fn wait_for_files(relay: &Process, served: &Path, count: usize) {
    let newest = format!("{:05}.ts", count - 1);
    let came = wait::until(LIMIT, || {
        let came = files(served).iter().any(|file| *file >= newest);
        (came || relay.has_ended()).then_some(came)
    });
    assert_eq!(came, Some(true), "{}\n{}", playlist(served), relay.output());
}

/// What the playlist names.
fn files(served: &Path) -> Vec<String> {
    let playlist = playlist(served);
    playlist
        .lines()
        .filter(|line| Path::new(line).extension().is_some_and(|end| end == "ts"))
        .map(str::to_owned)
        .collect()
}

fn playlist(served: &Path) -> String {
    let text = fs::read_to_string(served.join("playlist.m3u8")).unwrap_or_default();
    text.trim().to_owned()
}

/// In seconds.
fn duration(playlist: &Path) -> f64 {
    let output = command("ffprobe", "ffmpeg")
        .args(["-loglevel", "error", "-show_entries", "format=duration", "-of", "csv=p=0"])
        .arg(playlist)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().expect("a number of seconds")
}
