//! A camera on a screen.

use crate::programs::launch::gst_launch;
use crate::programs::process::Process;
use crate::programs::screen::Screen;
use crate::programs::servers;
use crate::programs::wait::{self, PATIENCE};
use tempfile::TempDir;

#[test]
fn the_picture_fills_its_window() {
    let camera = servers::ustreamer_with_test_picture();
    let screen = Screen::start();
    let folder = TempDir::new().unwrap();
    let player = Process::start(
        gst_launch()
            .env("DISPLAY", screen.display())
            .arg("mjpeghttpsrc")
            .arg(format!("location={}", camera.url("/stream")))
            .args(["!", "jpegdec", "!", "autovideosink"]),
        &folder.path().join("log"),
    );
    let shown = wait::until(PATIENCE, || {
        let shown = screen.screenshot().shows_test_picture();
        (shown || player.has_ended()).then_some(shown)
    });
    assert_eq!(shown, Some(true), "the player says:\n{}", player.output());
}
