//! The program `mjpeg-record`, run as a user would. `cargo test` builds it and the test camera;
//! where one test is run alone, `cargo build --profile test --examples` has to come first.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::common::camera::{Camera, HEAD, part};
use crate::common::jpeg::jpeg;
use crate::programs::example::{self, example};
use crate::programs::port;
use crate::programs::process::{Process, command};
use crate::programs::wait::{self, PATIENCE};

use tempfile::TempDir;

mod disk;
mod list;
mod recording;
mod together;

/// 9 September 2001, 01:46:40 UTC.
const THEN: u64 = 1_000_000_000;

/// A file of one camera, named door, in segments of so many seconds.
fn one_camera(segment: u32, location: &str) -> String {
    format!(
        "folder = 'segments'\nsegment = {segment}\nreserve = '1 kB'\n\
         [[camera]]\nname = 'door'\nlocation = '{location}'\n",
    )
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

    /// Has the recorder read another file of cameras.
    fn reload(&self, folder: &Path, config: &str) {
        fs::write(folder.join("cameras.toml"), config).unwrap();
        self.0.hang_up();
    }

    /// After its end: each picture is in a file or lost with a cause.
    fn accounts_for_all(&self, cameras: &[&str]) {
        for camera in cameras {
            let (came, recorded, lost) = self.account(camera);
            let said = self.0.output();
            assert!(came > 0 && came == recorded + lost, "{camera}: {came}, {lost}\n{said}");
        }
    }

    /// After its end: the pictures that came, are recorded, and are lost.
    fn account(&self, camera: &str) -> (u64, u64, u64) {
        let said = self.0.output();
        let start = format!("{camera}: ");
        let mut lines = said.lines().filter_map(|line| line.strip_prefix(&start));
        let line = lines.find(|line| line.contains(" pictures came, "));
        let line = line.unwrap_or_else(|| panic!("{camera} is missing in\n{said}"));
        let numbers = line.split(|letter: char| !letter.is_ascii_digit());
        let numbers: Vec<u64> = numbers.filter_map(|number| number.parse().ok()).collect();
        let [came, recorded, lost] = numbers[..] else { panic!("{line}") };
        (came, recorded, lost)
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
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    // The index lies beside the folders.
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

/// The same of a file that grows.
fn packets_so_far(file: &Path) -> usize {
    if fs::metadata(file).map_or(0, |file| file.len()) < 10_000 { 0 } else { packets(file) }
}

/// What there is of the door, in lines.
fn find(folder: &Path) -> String {
    let mut program = example("mjpeg-record");
    program.args(["find", "door", "2026-01-01", "now", "--cameras"]);
    let output = program.arg(folder.join("cameras.toml")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Up to the second.
fn name_of(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let date = glib::DateTime::from_unix_utc(i64::try_from(seconds).unwrap()).unwrap();
    date.format("%Y-%m-%dT%H-%M-%S").unwrap().into()
}
