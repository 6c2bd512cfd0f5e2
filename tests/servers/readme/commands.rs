//! How each command of the page is run.

use std::path::Path;

use super::stage::Stage;
use crate::programs::example;
use crate::programs::launch::with_plugin;
use crate::programs::process::{Process, command};
use crate::programs::wait::{self, PATIENCE};

/// All commands that begin so are run like this.
pub struct Row {
    pub begin: &'static str,
    pub how: How,
}

#[derive(Clone, Copy)]
pub enum How {
    /// Here, until it ends by itself, all well.
    ToItsEnd,
    /// Here, until it has said or made this; then it is interrupted.
    UntilItSays(&'static str),
    UntilItMakes(&'static str),
    /// By this file, in these words.
    Elsewhere {
        place: &'static str,
        words: &'static str,
    },
}

pub const TABLE: &[Row] = &[
    row("gst-launch-1.0 ", How::ToItsEnd),
    row("gst-inspect-1.0 mjpeghttpsrc", How::ToItsEnd),
    row("mjpeg-probe ", How::ToItsEnd),
    row("mjpeg-report ", How::ToItsEnd),
    row("mjpeg-snapshot --once ", How::ToItsEnd),
    row("mjpeg-snapshot http", How::UntilItMakes("frame.jpg")),
    row("mjpeg-testcam ", How::UntilItSays("Camera ready: ")),
    row("mjpeg-relay ", How::UntilItSays("Relay ready: ")),
    row("examples/python/numpy_frames.py ", How::ToItsEnd),
    row("examples/python/rtsp_server.py ", How::UntilItSays("Server ready: ")),
    row("cc examples/c/record.c ", How::ToItsEnd),
    row(
        "examples/python/view.py ",
        elsewhere("tests/servers/examples/python.rs", "python(\"view.py\")"),
    ),
    row("mjpeg-record --add ", How::ToItsEnd),
    row("mjpeg-record --hash-password ", How::ToItsEnd),
    row(
        "mjpeg-record --check ",
        elsewhere("tests/servers/examples/recorder/list.rs", ".arg(\"--check\")"),
    ),
    row(
        "mjpeg-record cameras.toml --share ",
        elsewhere("tests/servers/examples/recorder/together.rs", "\"--share\""),
    ),
    row(
        "mjpeg-record find ",
        elsewhere("tests/servers/examples/recorder/mod.rs", "[\"find\", \"door\""),
    ),
    row(
        "mjpeg-record export ",
        elsewhere("tests/servers/examples/recorder/disk.rs", "[\"export\", \"door\""),
    ),
    row(
        "mjpeg-record examples/",
        elsewhere("tests/servers/examples/recorder/mod.rs", "example(\"mjpeg-record\")"),
    ),
    row("mjpeg-wall ", elsewhere("tests/servers/examples/wall.rs", "example(\"mjpeg-wall\")")),
    // What these start is checked by its files: no test has systemd or a cluster run it.
    row("sudo systemctl ", elsewhere("tests/units.sh", "systemd-analyze verify ")),
    row("kubectl apply ", elsewhere("tests/kubernetes.sh", "/kubernetes-validate\" --strict ")),
    row("sbatch ", elsewhere("tests/slurm.sh", "sbatch --array=1-5 ")),
    row(
        "scancel --batch ",
        elsewhere("tests/slurm.sh", "scancel --batch --signal=HUP --name=mjpeg-recorder"),
    ),
    row("scancel --name", elsewhere("tests/slurm.sh", "scancel --name=mjpeg-recorder")),
    row("gst-play-1.0 ", elsewhere("tests/it/element/uri.rs", "gst-play-1.0")),
    row("sudo apt install git gcc", elsewhere("tests/run.sh", "install_packages ")),
    row("sudo apt install python3-gi ", elsewhere("tests/wheel_chroot.sh", "apt-get install ")),
    row("python3 -m venv ", elsewhere("tests/wheel_chroot.sh", "python3 -m venv ")),
    row("venv/bin/pip install ", elsewhere("tests/wheel_chroot.sh", "venv/bin/pip install ")),
    row("packaging/windows.sh ", elsewhere("tests/long.sh", "packaging/windows.sh ")),
    row("packaging/release.sh ", elsewhere("tests/release.sh", "packaging/release.sh")),
    row("sudo apt install ./dist/", elsewhere("tests/release/debian.sh", "apt-get install ")),
    row("packaging/wheel.sh ", elsewhere("tests/wheel.sh", "packaging/wheel.sh ")),
    row(
        "cargo rustc ",
        elsewhere("tests/packages.sh", "--lib --features static --crate-type staticlib"),
    ),
    row("cargo cinstall ", elsewhere("tests/packages.sh", "cargo cinstall ")),
    row("examples/demo.sh", elsewhere(".ci/run", "examples/demo.sh")),
    row("tests/run.sh", elsewhere(".ci/run", "tests/run.sh")),
    row("cargo build --release", elsewhere("tests/packages.sh", "cargo build --locked --release")),
    row("export GST_PLUGIN_PATH=", elsewhere("examples/demo.sh", "export GST_PLUGIN_PATH=")),
    row("cargo bench --bench compare", elsewhere("tests/long.sh", "cargo bench --bench compare")),
    row("cargo bench --bench pure", elsewhere("tests/long.sh", "cargo bench --bench pure")),
];

const fn row(begin: &'static str, how: How) -> Row {
    Row { begin, how }
}

const fn elsewhere(place: &'static str, words: &'static str) -> How {
    How::Elsewhere { place, words }
}

/// Runs a command of the page as it stands there, but for its addresses and its end.
pub fn run(written: &str, how: How, stage: &Stage, display: &str) {
    if matches!(how, How::Elsewhere { .. }) {
        return;
    }
    let line = stage.with_addresses(&with_an_end(&with_built_example(written)));
    let mut shell = with_plugin(command("sh", "dash"));
    // So that what is interrupted is the program and not the shell.
    let exec = if line.contains("&&") { "" } else { "exec " };
    shell.args(["-c", &format!("{exec}{line}")]);
    shell.current_dir(stage.folder()).env("DISPLAY", display);
    shell.env("PYTHONUNBUFFERED", "1").env("PYTHONDONTWRITEBYTECODE", "1");
    let process = Process::start(&mut shell, &stage.folder().join("log"));
    let well = match how {
        How::ToItsEnd => process.ends_well(PATIENCE),
        How::UntilItSays(words) => shows(&process, || process.output().contains(words)),
        How::UntilItMakes(name) => shows(&process, || is_written(&stage.folder().join(name))),
        How::Elsewhere { .. } => unreachable!("not run here"),
    };
    assert!(well, "`{written}`, run as `{line}`, says:\n{}", process.output());
}

/// Is it so, before the program ends and before patience does?
fn shows(process: &Process, is_so: impl Fn() -> bool) -> bool {
    let shown = wait::until(PATIENCE, || {
        let ended = process.has_ended();
        (is_so() || ended).then_some(!ended)
    });
    process.interrupt();
    shown == Some(true)
}

fn is_written(file: &Path) -> bool {
    file.metadata().is_ok_and(|file| file.len() > 0)
}

/// With the example as Cargo built it for this test, or as it stands in the source.
fn with_built_example(line: &str) -> String {
    match line.split_once(' ') {
        Some((name, arguments)) if name.starts_with("mjpeg-") => {
            format!("{} {arguments}", example::program(name).display())
        }
        _ => line.replace("examples/", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/")),
    }
}

/// Three pictures instead of all there will ever be, a second instead of ten, and a port
/// that is free.
fn with_an_end(line: &str) -> String {
    line.replace(" mjpeghttpsrc ", " mjpeghttpsrc num-buffers=3 retries=2 ")
        .replace("/mjpeg-probe ", "/mjpeg-probe --seconds 1 ")
        .replace(" camera.mkv 10", " camera.mkv 1")
        .replace("--port 8080", "--port 0")
        // Another port than its own, which somebody may have.
        .replace(
            "/rtsp_server.py http://camera/video.mjpg",
            "/rtsp_server.py http://camera/video.mjpg 0",
        )
}
