//! The example `mjpeg-record`, run as a user would. `cargo test` builds it and the test camera;
//! where one test is run alone, `cargo build --examples` has to come first.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::common::camera::{Camera, HEAD, part};
use crate::common::jpeg::jpeg;
use crate::programs::example::{self, example};
use crate::programs::port;
use crate::programs::process::{Process, command};
use crate::programs::wait::{self, PATIENCE};

use tempfile::TempDir;

/// In bytes.
const QUOTA: u64 = 400_000;

/// 9 September 2001, 01:46:40 UTC.
const THEN: u64 = 1_000_000_000;

#[test]
fn segments_are_named_kept_within_the_quota_and_finished() {
    let began = SystemTime::now();
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let door = test_camera(folder.path(), port);
    let yard = camera_of_another_size_every_40_pictures();
    let recorder = Recorder::start(
        folder.path(),
        &format!(
            "folder = 'segments'\nsegment = 1\nquota = '{} kB'\n\
             [[camera]]\nname = 'door'\nlocation = 'http://127.0.0.1:{port}/stream'\nretry-max = 1\n\
             [[camera]]\nname = 'yard'\nlocation = '{}'\nretry-max = 1\n\
             [[camera]]\nname = 'attic'\nlocation = 'http://127.0.0.1:{}/'\nretry-max = 1\n",
            QUOTA / 1000,
            yard.url(),
            port::free(),
        ),
    );
    recorder.wait_for("door: streaming", 1);
    recorder.wait_for("attic: waiting", 1);
    // Until the element trusts the camera's clock, ours is the one.
    recorder.wait_for("yard: writing", 1);
    recorder.wait_for("yard/2001-09-09T01-4", 1);
    recorder.wait_for("door: finished", 1);

    drop(door);
    recorder.wait_for("door: waiting", 1);
    let _door = test_camera(folder.path(), port);
    recorder.wait_for("door: streaming", 2);
    // Each start after another size makes a pipeline and so a first state.
    recorder.wait_for("yard: streaming", 2);
    let finished = recorder.count("door: finished");
    recorder.wait_for("door: finished", finished + 2);
    recorder.wait_for("deleted ", 2);
    recorder.interrupt();

    let segments = segments(&folder.path().join("segments"));
    let said = recorder.0.output();
    assert!(!said.contains("CRITICAL") && !said.contains("quota is not kept"), "{said}");
    let bytes: u64 = segments.iter().map(|file| fs::metadata(file).unwrap().len()).sum();
    assert!(bytes <= QUOTA, "{bytes} bytes are left");
    assert!(segments.iter().any(|file| file.to_string_lossy().contains("/door/")));
    let now = [began, SystemTime::now()].map(name_of);
    for file in &segments {
        assert!(packets(file) > 0, "{}", file.display());
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let is_then = name.starts_with("2001-09-09T01-4");
        let is_yard = file.to_string_lossy().contains("/yard/");
        let is_now = now[0] <= name && name <= now[1];
        assert!(is_now || (is_then && is_yard), "{} is not within {now:?}", file.display());
    }
}

/// The element's own state tells the recorder nothing new then: it has no picture yet.
#[test]
fn ctrl_c_ends_while_the_camera_is_away() {
    let folder = TempDir::new().unwrap();
    let camera = Camera::start(|mut visit| {
        if visit.number == 0 {
            visit.send(HEAD)?;
            for seed in 0..10 {
                visit.send(part(&jpeg(seed, 320, 240, 2000), None))?;
            }
        }
        Ok(())
    });
    let recorder = Recorder::start(
        folder.path(),
        &format!(
            "folder = 'segments'\nsegment = 60\nquota = '1 GB'\n\
             [[camera]]\nname = 'door'\nlocation = '{}'\n",
            camera.url()
        ),
    );
    recorder.wait_for("door: writing", 1);
    recorder.wait_for("door: waiting", 1);
    recorder.interrupt();
    let segments = segments(&folder.path().join("segments"));
    assert_eq!(segments.iter().map(|file| packets(file)).collect::<Vec<_>>(), [10]);
}

/// Not one empty file for each attempt.
#[test]
fn a_camera_that_refuses_the_login_leaves_no_file() {
    let camera = Camera::answering(
        "HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\n",
    );
    let folder = TempDir::new().unwrap();
    let recorder = Recorder::start(
        folder.path(),
        &format!(
            "folder = 'segments'\nsegment = 60\nquota = '1 GB'\n\
             [[camera]]\nname = 'door'\nlocation = '{}'\n",
            camera.url()
        ),
    );
    recorder.wait_for("asks for a login", 1);
    recorder.interrupt();
    assert_eq!(segments(&folder.path().join("segments")), Vec::<PathBuf>::new());
}

/// Beside it is nothing: no password, no folder.
#[test]
fn the_file_that_comes_with_it_records_the_test_camera() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let config = fs::read_to_string(example::source("mjpeg-record/cameras.toml")).unwrap();
    let here = config.replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"));
    assert_ne!(config, here, "it does not have the address of the test camera");
    // Nor shall the other one be looked for in the outside world.
    let recorder = Recorder::start(
        folder.path(),
        &here.replace("192.0.2.7", &format!("127.0.0.1:{}", port::free())),
    );
    recorder.wait_for("door: writing", 1);
    recorder.wait_for("yard: waiting", 1);
    recorder.interrupt();
    let segments = segments(&folder.path().join("recordings"));
    assert_eq!(segments.len(), 1);
    assert!(packets(&segments[0]) > 0);
}

#[test]
fn a_mistake_in_the_file_is_an_error_with_its_place() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cameras.toml");
    fs::write(&file, "folder = 'x'\nsegment = 'long'\n").unwrap();
    let output = example("mjpeg-record").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    for words in ["cameras.toml", "line 2", "segment: expected u32"] {
        assert!(error.contains(words), "{words} is missing in\n{error}");
    }
}

struct Recorder(Process);

impl Recorder {
    fn start(folder: &Path, config: &str) -> Self {
        let file = folder.join("cameras.toml");
        fs::write(&file, config).unwrap();
        let log = folder.join("recorder.log");
        Self(Process::start(example("mjpeg-record").arg(file), &log))
    }

    fn count(&self, text: &str) -> usize {
        self.0.output().matches(text).count()
    }

    fn wait_for(&self, text: &str, count: usize) {
        let found = wait::until(PATIENCE, || (self.count(text) >= count).then_some(()));
        assert!(found.is_some(), "{count} times {text:?} in\n{}", self.0.output());
    }

    fn interrupt(&self) {
        self.0.interrupt();
        assert!(self.0.ends_well(PATIENCE), "it says\n{}", self.0.output());
    }
}

/// Its clock is the time of day.
fn test_camera(folder: &Path, port: u16) -> Process {
    let mut camera = example("mjpeg-testcam");
    camera.args(["--port", &port.to_string(), "--size", "160x120", "--fps", "10"]);
    let process = Process::start(&mut camera, &folder.join("test_camera.log"));
    let ready = wait::until(PATIENCE, || process.output().contains("ready").then_some(()));
    assert!(ready.is_some(), "{}", process.output());
    process
}

/// Its clock begins in 2001 and goes at the right speed: ten pictures a second.
fn camera_of_another_size_every_40_pictures() -> Camera {
    let pictures = AtomicU64::new(0);
    Camera::start(move |mut visit| {
        visit.send(HEAD)?;
        loop {
            let number = pictures.fetch_add(1, Ordering::SeqCst);
            let width = if (number / 40).is_multiple_of(2) { 320 } else { 640 };
            let time = format!("{}.{}00000", THEN + number / 10, number % 10);
            visit.send(part(&jpeg(number, width, 240, 2000), Some(&time)))?;
            // The camera's own pace.
            std::thread::sleep(Duration::from_millis(100));
        }
    })
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let files = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    files(folder).iter().flat_map(|camera| files(camera)).collect()
}

/// How many pictures FFmpeg finds.
fn packets(file: &Path) -> usize {
    let probe = command("ffprobe", "ffmpeg")
        .args(["-loglevel", "error", "-count_packets"])
        .args(["-show_entries", "stream=nb_read_packets", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8(probe.stdout).unwrap();
    text.trim().parse().unwrap_or_else(|_| panic!("{}: {text}", file.display()))
}

fn name_of(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let date = glib::DateTime::from_unix_utc(i64::try_from(seconds).unwrap()).unwrap();
    format!("{}.mkv", date.format("%Y-%m-%dT%H-%M-%SZ").unwrap())
}
