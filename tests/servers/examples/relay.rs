//! The example `relay`, run as a user would.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::{Pipeline, bytes};
use crate::common::solid::solid;
use crate::programs::example::{TestCamera, example};
use crate::programs::port;
use crate::programs::process::{Process, command};
use crate::programs::recording::ffprobe;
use crate::programs::screen::Screenshot;
use crate::programs::wait;
use tempfile::TempDir;

/// Encoding takes its time on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

const RED: [u8; 3] = [200, 30, 30];
const BLACK: [u8; 3] = [0, 0, 0];

/// Over one connection to the camera, and as the camera sends it.
#[test]
fn viewers_get_the_pictures_as_they_are() {
    let picture = solid(RED);
    let camera = Camera::start({
        let picture = part(&picture, None);
        move |mut visit| {
            visit.send(HEAD)?;
            loop {
                visit.send(&picture)?;
                // The camera's own pace.
                std::thread::sleep(Duration::from_millis(40));
            }
        }
    });
    let folder = TempDir::new().unwrap();
    let mut command = example("mjpeg-relay");
    command.args(["--port", "0", "--viewers", "me:secret", &camera.url()]);
    let relay = Process::start(&mut command, &folder.path().join("log"));
    let address = address(&relay);
    // As browsers get past their caches.
    let url = format!("{address}stream?1732822878");
    std::thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| {
                let pipeline = Pipeline::playing(&url, "login=me password=secret num-buffers=10");
                for frame in pipeline.frames(10) {
                    assert_eq!(bytes(&frame), picture, "not the camera's picture");
                }
            });
        }
    });
    assert_eq!(camera.requests().len(), 1, "one connection to the camera");
    let error = Pipeline::playing(&url, "retries=0").error();
    assert!(error.message().contains("asks for a login"), "{error}");
    relay.interrupt();
    assert!(relay.ends_well(LIMIT), "{}", relay.output());
}

/// Nobody shall take the last picture of a lost camera for the newest one.
#[test]
fn viewers_see_that_the_camera_is_away() {
    let picture = solid(RED);
    let camera = Camera::start({
        let picture = part(&picture, None);
        move |mut visit| {
            if visit.number > 0 {
                return visit.hold();
            }
            visit.send(HEAD)?;
            visit.send(&picture)
        }
    });
    let folder = TempDir::new().unwrap();
    let mut command = example("mjpeg-relay");
    command.args(["--port", "0", "--connect-timeout", "1", &camera.url()]);
    let relay = Process::start(&mut command, &folder.path().join("log"));
    let pipeline = Pipeline::playing(&format!("{}stream", address(&relay)), "");
    // One that comes late finds no other.
    while bytes(&pipeline.frame().expect("another picture")) == picture {}
}

/// A camera that comes late, goes and comes back; a picture that is not as wide as it.
#[test]
fn the_playlist_goes_on_while_the_camera_is_away() {
    let port = port::free();
    let folder = TempDir::new().unwrap();
    let served = folder.path().join("served");
    let url = format!("http://127.0.0.1:{port}/stream");
    let mut command = example("mjpeg-relay");
    command.args(["--port", "0", "--size", "320x180", &url, "--hls"]).arg(&served);
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

/// Nobody shall take the last picture of a lost camera for the newest one.
#[test]
fn a_camera_that_falls_silent_is_black_until_it_is_back() {
    let silent = Arc::new(AtomicBool::new(false));
    let picture = part(&solid(RED), None);
    let camera = Camera::start({
        let silent = silent.clone();
        move |mut visit| {
            visit.send(HEAD)?;
            while visit.number > 0 || !silent.load(Ordering::SeqCst) {
                visit.send(&picture)?;
                // The camera's own pace.
                std::thread::sleep(Duration::from_millis(100));
            }
            visit.hold()
        }
    });
    let folder = TempDir::new().unwrap();
    let mut command = example("mjpeg-relay");
    command.args(["--port", "0", "--size", "160x120", "--fps", "10", &camera.url(), "--hls"]);
    command.arg(folder.path());
    let relay = Process::start(&mut command, &folder.path().join("log"));
    wait_for_colour(&relay, folder.path(), RED);
    silent.store(true, Ordering::SeqCst);
    wait_for_colour(&relay, folder.path(), BLACK);
    camera.hang_up();
    wait_for_colour(&relay, folder.path(), RED);
    relay.interrupt();
    assert!(relay.ends_well(LIMIT), "{}", relay.output());
}

/// Without a picture there is no file to finish.
#[test]
fn ctrl_c_ends_while_no_picture_has_come() {
    let camera = Camera::start(Visit::hold);
    let folder = TempDir::new().unwrap();
    let mut command = example("mjpeg-relay");
    command.args(["--port", "0", "--hls"]).arg(folder.path().join("hls")).arg(camera.url());
    let relay = Process::start(&mut command, &folder.path().join("log"));
    address(&relay);
    relay.interrupt();
    assert!(relay.ends_well(LIMIT), "{}", relay.output());
}

#[test]
fn a_camera_that_refuses_at_once_is_an_error() {
    let camera = Camera::answering("HTTP/1.0 403 Forbidden\r\n\r\n");
    let folder = TempDir::new().unwrap();
    let mut command = example("mjpeg-relay");
    command.args(["--port", "0", &camera.url()]);
    let relay = Process::start(&mut command, &folder.path().join("log"));
    assert!(wait::until(LIMIT, || relay.has_ended().then_some(())).is_some());
    assert!(!relay.ends_well(Duration::ZERO), "it has to be started again");
    assert!(relay.output().contains("403"), "{}", relay.output());
}

#[test]
fn an_address_of_no_camera_is_an_error() {
    let output = example("mjpeg-relay").args(["--port", "0", "ftp://camera/"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("mjpeg-relay: not a camera address"), "{said}");
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

/// Waits until the newest file begins with a picture of this colour.
fn wait_for_colour(relay: &Process, served: &Path, colour: [u8; 3]) {
    let mut seen = None;
    let shown = wait::until(LIMIT, || {
        if relay.has_ended() {
            return Some(false);
        }
        let newest = files(served).pop().filter(|file| seen.as_ref() != Some(file))?;
        let picture = first_picture(&served.join(&newest));
        seen = Some(newest);
        (picture.alike(colour) > 160 * 120 * 3 / 4).then_some(true)
    });
    assert_eq!(shown, Some(true), "no {colour:?} in {seen:?}\n{}", relay.output());
}

fn first_picture(file: &Path) -> Screenshot {
    let picture = file.with_extension("png");
    let made = command("ffmpeg", "ffmpeg")
        .args(["-loglevel", "error", "-y", "-i"])
        .arg(file)
        .args(["-frames:v", "1"])
        .arg(&picture)
        .status()
        .unwrap();
    assert!(made.success(), "{}", file.display());
    Screenshot::of_file(&picture)
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

/// Where the relay serves.
fn address(relay: &Process) -> String {
    let address = wait::until(LIMIT, || {
        let said = relay.output();
        let line = said.split_inclusive('\n').next()?.strip_suffix('\n')?;
        line.strip_prefix("Relay ready: ").map(str::to_owned)
    });
    address.unwrap_or_else(|| panic!("no relay: {}", relay.output()))
}
