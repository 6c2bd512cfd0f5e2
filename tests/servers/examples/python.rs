//! The examples in Python, run as a user would.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::programs::example::{TestCamera, source};
use crate::programs::launch::{gst_launch, with_plugin};
use crate::programs::process::{Process, command};
use crate::programs::screen::Screen;
use crate::programs::servers;
use crate::programs::wait::{self, PATIENCE};
use tempfile::TempDir;

/// Debian's own Python: another one in the path does not see Debian's modules. Tests that
/// run in the background of a shell ignore Ctrl-C, and Python goes on to ignore it.
fn python(script: &str) -> Command {
    let mut python = with_plugin(command("env", "coreutils"));
    python.args(["--default-signal=INT", "/usr/bin/python3", "-B"]);
    python.arg(source("python").join(script));
    python
}

#[test]
fn view_saves_one_picture() {
    let camera = TestCamera::start(0, (322, 240));
    let folder = TempDir::new().unwrap();
    let png = folder.path().join("frame.png");
    let output = python("view.py").args([camera.url(), "--png"]).arg(&png).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let size = command("identify", "imagemagick")
        .args(["-format", "%m %w %h"])
        .arg(&png)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&size.stdout), "PNG 322 240", "{size:?}");
}

#[test]
fn view_says_why_there_is_no_picture() {
    let folder = TempDir::new().unwrap();
    let mut view = python("view.py");
    view.args(["ftp://camera/", "--png"]).arg(folder.path().join("no.png"));
    let output = view.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("ftp") && !said.contains("Traceback"), "{said}");
}

#[test]
fn view_shows_a_window_until_ctrl_c() {
    let camera = servers::ustreamer_with_test_picture();
    let screen = Screen::start();
    let folder = TempDir::new().unwrap();
    let viewer = Process::start(
        python("view.py").env("DISPLAY", screen.display()).arg(camera.url("/stream")),
        &folder.path().join("log"),
    );
    let shown = wait::until(PATIENCE, || {
        let shown = screen.screenshot().shows_test_picture();
        (shown || viewer.has_ended()).then_some(shown)
    });
    let on_it = screen.screenshot();
    let (lit, colours) = (on_it.lit(), on_it.colours());
    assert_eq!(shown, Some(true), "{lit} pixels of {colours} colours, {}", viewer.output());
    viewer.interrupt();
    assert!(viewer.ends_well(PATIENCE), "{}", viewer.output());
}

/// Rows of 322 pixels are padded, and the camera's clock is known after a while.
#[test]
fn numpy_frames_have_their_size_and_times() {
    let camera = TestCamera::start(0, (322, 240));
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    let output = python("numpy_frames.py").args([camera.url(), "--count", "60"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 60, "{said}");
    assert!(lines.iter().all(|line| line.starts_with("(240, 322, 3) uint8 mean BGR [")), "{said}");
    let number_after = |line: &str, word| -> Option<f64> {
        line.split_once(word)?.1.split_whitespace().next()?.parse().ok()
    };
    let pts: Vec<_> = lines.iter().map(|line| number_after(line, "pts ").unwrap()).collect();
    assert!(pts.is_sorted_by(|earlier, later| earlier < later), "{said}");
    let captured = number_after(lines[59], "captured ").expect("the camera's clock is known");
    assert!(
        (started..started + 600.0).contains(&captured),
        "{captured} is not soon after {started}"
    );
}

/// Two viewers, one connection to the camera.
#[test]
fn rtsp_server_passes_the_camera_on() {
    let camera = TestCamera::start(0, (320, 240));
    let folder = TempDir::new().unwrap();
    let mut command = python("rtsp_server.py");
    let server = Process::start(command.args([camera.url(), "0"]), &folder.path().join("log"));
    let address = wait::until(PATIENCE, || {
        let said = server.output();
        let line = said.split_inclusive('\n').next()?.strip_suffix('\n')?;
        line.strip_prefix("Server ready: ").map(str::to_owned)
    });
    let address = address.unwrap_or_else(|| panic!("{}", server.output()));
    let line = format!(
        "rtspsrc location={address} protocols=tcp ! rtph264depay ! h264parse ! \
         video/x-h264,width=320,height=240 ! fakesink num-buffers=25"
    );
    let mut viewers: Vec<_> = (0..2)
        .map(|_| gst_launch().args(line.split_whitespace()).spawn().expect("gst-launch-1.0"))
        .collect();
    for viewer in &mut viewers {
        assert!(viewer.wait().unwrap().success(), "{}", server.output());
    }
}
