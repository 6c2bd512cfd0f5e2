//! A recording in the making, and what other programs find in it.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::launch::gst_launch;
use super::process::{Process, command, give_to_unprivileged, unprivileged};
use super::screen::Screenshot;
use super::server::Server;
use super::servers::{self, FFMPEG_TYPE, TEST_PICTURE};
use super::wait::{self, PATIENCE};

/// `gst-launch-1.0 -e mjpeghttpsrc … ! … ! filesink` with a camera that sends
/// test pictures.
pub(crate) struct Recording {
    player: Process,
    _camera: Server,
    folder: TempDir,
    name: &'static str,
}

impl Recording {
    /// Starts recording through `muxer`, which may be several elements, and
    /// with these properties of the source.
    pub(crate) fn start(properties: &[&str], muxer: &str, name: &'static str) -> Self {
        let camera = servers::ffmpeg(Some(FFMPEG_TYPE));
        let folder = TempDir::new().expect("a temporary folder");
        let mut launch = gst_launch();
        launch
            .args(["-e", "-v", "mjpeghttpsrc"])
            .arg(format!("location={}", camera.url("/cam.mjpg")))
            .args(properties)
            // Prints a line for each frame.
            .args(["!", "identity", "silent=false", "!"])
            .args(muxer.split(' '))
            .args(["!", "filesink", &format!("location={name}")])
            .current_dir(folder.path());
        let player = Process::start(&mut launch, &folder.path().join("log"));
        Self { player, _camera: camera, folder, name }
    }

    /// How many frames have come by now.
    pub(crate) fn frames(&self) -> usize {
        self.player.output().matches("chain   ***").count()
    }

    /// Waits until so many frames have come.
    pub(crate) fn wait_for(&self, frames: usize) {
        let came = wait::until(PATIENCE, || (self.frames() >= frames).then_some(()));
        let said = self.player.output();
        assert!(came.is_some(), "too few frames, the player says:\n{said}");
    }

    /// What Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        self.player.interrupt();
    }

    /// Waits until the player has ended by itself, all well.
    pub(crate) fn finish(&self) {
        let well = self.player.ends_well(PATIENCE);
        assert!(well, "the player says:\n{}", self.player.output());
    }

    /// Fails unless FFmpeg finds these many pictures in the file, and GStreamer and VLC
    /// read it, too.
    pub(crate) fn assert_holds(&self, frames: usize) {
        let file = self.folder.path().join(self.name);
        let (width, height) = TEST_PICTURE;
        assert_eq!(ffprobe(&file), format!("mjpeg,{width},{height},{frames}"));
        let found = run(command("gst-discoverer-1.0", "gstreamer1.0-plugins-base-apps").arg(&file));
        assert!(found.contains("JPEG"), "gst-discoverer-1.0 says:\n{found}");
        self.assert_is_shown_by_vlc();
    }

    /// On no screen: VLC saves each picture that it shows. How many it leaves out where the
    /// machine is slow is its business.
    fn assert_is_shown_by_vlc(&self) {
        let folder = self.folder.path();
        // It keeps files of its own at home.
        give_to_unprivileged(folder);
        let mut vlc = unprivileged("vlc", "vlc-bin and vlc-plugin-base");
        vlc.current_dir(folder)
            .env("HOME", folder)
            .args(["-I", "dummy", "--no-interact", "--play-and-exit", "--vout", "dummy"])
            .args(["--no-drop-late-frames", "--video-filter", "scene"])
            .args(["--scene-format", "png", "--scene-ratio", "1", "--scene-path"])
            .arg(folder)
            .args(["--scene-prefix", "shown", self.name]);
        let vlc = Process::start(&mut vlc, &folder.join("vlc.log"));
        assert!(vlc.ends_well(PATIENCE), "VLC says:\n{}", vlc.output());
        let first = folder.join("shown00001.png");
        assert!(first.is_file(), "VLC shows nothing and says:\n{}", vlc.output());
        let colours = Screenshot::of_file(&first).colours();
        assert!(colours > 1000, "VLC shows {colours} colours and says:\n{}", vlc.output());
    }
}

/// Codec, width, height and number of pictures, as `mjpeg,320,240,15`.
pub(crate) fn ffprobe(file: &Path) -> String {
    let found = run(command("ffprobe", "ffmpeg")
        .args(["-loglevel", "error", "-count_frames"])
        .args(["-show_entries", "stream=codec_name,width,height,nb_read_frames"])
        .args(["-of", "csv=p=0"])
        .arg(file));
    found.trim().to_owned()
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}
