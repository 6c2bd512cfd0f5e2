//! A screen that nobody sees, and what is on it.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use super::process::{Process, command};
use super::servers::TEST_PICTURE;
use super::wait::{self, PATIENCE};

/// An X server of its own, 800 by 600.
pub(crate) struct Screen {
    process: Process,
    _folder: TempDir,
    display: String,
}

impl Screen {
    pub(crate) fn start() -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let folder = TempDir::new().expect("a temporary folder");
        let mut xvfb = command("Xvfb", "xvfb");
        // Left to pick a number itself, it may pick that of another one that starts just
        // now. It prints the number when it is ready.
        let own = std::process::id() * 8 + STARTED.fetch_add(1, Ordering::Relaxed) % 8;
        let display = format!(":{}", 1000 + own % 50_000);
        xvfb.args([&display, "-displayfd", "1", "-nolisten", "tcp"]);
        // Otherwise it begins anew behind each last client, and lets none in meanwhile.
        xvfb.args(["-noreset", "-screen", "0", "800x600x24"]);
        let process = Process::start(&mut xvfb, &folder.path().join("log"));
        let number = wait::until(PATIENCE, || number(&process.output()))
            .unwrap_or_else(|| panic!("Xvfb does not start: {}", process.output()));
        Self { process, _folder: folder, display: format!(":{number}") }
    }

    /// What goes into `DISPLAY`.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    pub(crate) fn screenshot(&self) -> Screenshot {
        let shot = command("import", "imagemagick")
            .args(["-display", &self.display, "-window", "root"])
            .args(["-depth", "8", "rgb:-"])
            .output()
            .expect("import starts");
        assert!(shot.status.success(), "import: {shot:?}");
        Screenshot { rgb: shot.stdout }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Killed, it would leave its socket and its lock behind.
        self.process.terminate();
    }
}

fn number(output: &str) -> Option<u32> {
    // A line is complete when its end is there.
    let lines = output.split_inclusive('\n');
    lines.filter_map(|line| line.strip_suffix('\n')).find_map(|line| line.parse().ok())
}

pub(crate) struct Screenshot {
    rgb: Vec<u8>,
}

impl Screenshot {
    /// Whether there is one window with the servers' test picture. Without a
    /// window manager it is as large as its picture and all around it is black.
    /// Little of the picture is black, and it has thousands of colours.
    pub(crate) fn shows_test_picture(&self) -> bool {
        let (width, height) = TEST_PICTURE;
        let window = usize::try_from(width * height).expect("a number of pixels");
        (window * 3 / 4..=window).contains(&self.lit()) && self.colours() > 1000
    }

    /// The pixels of a file, which is looked at in the same way.
    pub(crate) fn of_file(file: &Path) -> Self {
        let picture = command("convert", "imagemagick")
            .arg(file)
            .args(["-depth", "8", "rgb:-"])
            .output()
            .expect("convert starts");
        assert!(picture.status.success(), "convert: {picture:?}");
        Self { rgb: picture.stdout }
    }

    /// How many pixels are not black.
    pub(crate) fn lit(&self) -> usize {
        self.pixels().filter(|pixel| pixel != &[0, 0, 0]).count()
    }

    /// How many different colours are on the screen.
    pub(crate) fn colours(&self) -> usize {
        self.pixels().collect::<HashSet<_>>().len()
    }

    /// How many pixels look like this colour, as far as JPEG keeps it.
    pub(crate) fn alike(&self, colour: [u8; 3]) -> usize {
        let is_alike = |pixel: &&[u8]| pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 24);
        self.pixels().filter(is_alike).count()
    }

    fn pixels(&self) -> impl Iterator<Item = &[u8]> {
        self.rgb.chunks_exact(3)
    }
}
