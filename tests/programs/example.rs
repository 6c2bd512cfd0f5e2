//! The examples, as a user runs them. `cargo test` builds them; where one test
//! is run alone, `cargo build --examples` has to come first.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::process::{Process, command};
use super::wait::{self, PATIENCE};

/// The example of this name in Rust.
pub(crate) fn example(name: &str) -> Command {
    command(&program(name).to_string_lossy(), "none: cargo build --examples")
}

/// Its file.
pub(crate) fn program(name: &str) -> PathBuf {
    // Cargo puts the examples beside the folder of the tests.
    let tests = std::env::current_exe().expect("the test program has a path");
    tests.ancestors().nth(2).expect("Cargo's folder").join("examples").join(name)
}

/// A file below `examples`.
pub(crate) fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

/// The example `test_camera` on a port of its own: 25 pictures a second with
/// the time they were taken.
pub(crate) struct TestCamera {
    _process: Process,
    _folder: TempDir,
    url: String,
}

impl TestCamera {
    /// Starts it; `port` 0 is a free one.
    pub(crate) fn start(port: u16, (width, height): (u32, u32)) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut camera = example("mjpeg-testcam");
        camera.args(["--port", &port.to_string(), "--size", &format!("{width}x{height}")]);
        let process = Process::start(&mut camera, &folder.path().join("log"));
        let url = wait::until(PATIENCE, || {
            let said = process.output();
            let line = said.split_inclusive('\n').next()?.strip_suffix('\n')?;
            line.strip_prefix("Camera ready: ").map(str::to_owned)
        });
        let url = url.unwrap_or_else(|| panic!("no camera: {}", process.output()));
        Self { _process: process, _folder: folder, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}
