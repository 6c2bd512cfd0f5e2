//! The start lines of real camera servers.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::process::{command, give_to_unprivileged, unprivileged};
use super::server::Server;

/// The size of the pictures that ustreamer sends when it has no device.
pub(crate) const NO_SIGNAL: (i32, i32) = (640, 480);

/// The size of the test pictures that the other servers send, ten a second.
pub(crate) const TEST_PICTURE: (i32, i32) = (320, 240);

/// FFmpeg's description of the test pictures.
const TEST_SOURCE: &str = "testsrc2=size=320x240:rate=10";

/// ustreamer without a capture device: a NO SIGNAL picture once a second.
pub(crate) fn ustreamer(options: &[&str]) -> Server {
    Server::start(|_, port| {
        let mut command = command("ustreamer", "ustreamer");
        command
            .args(["--device", "/dev/no-such-camera"])
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .args(options);
        command
    })
}

/// ustreamer without a capture device, showing a test picture instead of NO
/// SIGNAL.
pub(crate) fn ustreamer_with_test_picture() -> Server {
    Server::start(|folder, port| {
        let picture = folder.join("picture.jpg");
        ffmpeg_makes(&picture, &["-frames:v", "1"]);
        let mut command = command("ustreamer", "ustreamer");
        command
            .args(["--device", "/dev/no-such-camera"])
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .arg("--blank")
            .arg(picture);
        command
    })
}

/// FFmpeg, which serves one client and ends. Without a type of its own it
/// announces `application/octet-stream`.
pub(crate) fn ffmpeg(content_type: Option<&str>) -> Server {
    Server::start(|_, port| {
        let mut command = command("ffmpeg", "ffmpeg");
        command
            .args(["-nostdin", "-loglevel", "error", "-re"])
            .args(["-f", "lavfi", "-i", TEST_SOURCE])
            .args(["-c:v", "mjpeg", "-f", "mpjpeg", "-listen", "1"]);
        if let Some(content_type) = content_type {
            command.args(["-content_type", content_type]);
        }
        command.arg(format!("http://127.0.0.1:{port}/cam.mjpg"));
        command
    })
}

/// What makes FFmpeg announce what it sends.
pub(crate) const FFMPEG_TYPE: &str = "multipart/x-mixed-replace; boundary=ffmpeg";

/// VLC with a clip and a chain of outputs, in which `DST` stands for the
/// address to serve at.
pub(crate) fn vlc(chain: &str) -> Server {
    Server::start(|folder, port| {
        let clip = clip(folder);
        // It keeps files of its own at home.
        give_to_unprivileged(folder);
        let chain = chain.replace("DST", &format!("127.0.0.1:{port}/cam.mjpg"));
        let mut command = unprivileged("vlc", "vlc-bin and vlc-plugin-base");
        command
            .env("HOME", folder)
            .args(["-I", "dummy", "--no-interact", "--quiet"])
            .args(["--loop", "--no-audio"])
            .arg(clip)
            .args(["--sout", &chain, "--sout-keep"]);
        command
    })
}

/// motion, with a clip in place of its camera, which takes it a moment to open.
/// `more` are settings beside the usual ones, a line each.
pub(crate) fn motion(more: &str) -> Server {
    Server::start(|folder, port| {
        let configuration = format!(
            "camera_id 1
             netcam_url file://{clip}
             width 320
             height 240
             target_dir {folder}
             log_file {folder}/motion.log
             stream_port {port}
             stream_localhost on
             stream_motion off
             stream_maxrate 10
             webcontrol_port 0
             picture_output off
             movie_output off
             {more}\n",
            clip = clip(folder).display(),
            folder = folder.display(),
        );
        let file = folder.join("motion.conf");
        fs::write(&file, configuration).expect("a file in the folder");
        let mut command = command("motion", "motion");
        command.args(["-n", "-c"]).arg(file);
        command
    })
}

/// GStreamer's multipartmux behind a response head of the simplest kind.
pub(crate) fn multipartmux() -> Server {
    Server::start(|folder, port| {
        let script = r"#!/bin/sh
            while read -r line && [ ${#line} -gt 1 ]; do :; done
            printf 'HTTP/1.0 200 OK\r\n'
            printf 'Content-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n'
            exec gst-launch-1.0 -q videotestsrc is-live=true \
                ! video/x-raw,width=320,height=240,framerate=10/1 \
                ! jpegenc ! multipartmux boundary=b ! fdsink fd=1
            ";
        let file = folder.join("serve.sh");
        fs::write(&file, script).expect("a file in the folder");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let mut command = command("socat", "socat");
        command
            .arg(format!("TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr"))
            .arg("EXEC:./serve.sh");
        command
    })
}

/// GStreamer's `multipartmux` into a bare socket, without any HTTP.
pub(crate) fn tcpserversink() -> Server {
    Server::start(|_, port| {
        let line = format!(
            "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=10/1 \
             ! jpegenc ! multipartmux ! tcpserversink host=127.0.0.1 port={port}"
        );
        let mut command = command("gst-launch-1.0", "gstreamer1.0-tools");
        command.arg("-q").args(line.split_whitespace());
        command
    })
}

/// Three seconds of test pictures: Motion JPEG in AVI.
fn clip(folder: &Path) -> PathBuf {
    let clip = folder.join("clip.avi");
    ffmpeg_makes(&clip, &["-t", "3", "-c:v", "mjpeg"]);
    clip
}

fn ffmpeg_makes(file: &Path, options: &[&str]) {
    let made = command("ffmpeg", "ffmpeg")
        .args(["-nostdin", "-loglevel", "error"])
        .args(["-f", "lavfi", "-i", TEST_SOURCE])
        .args(options)
        .arg(file)
        .status()
        .expect("ffmpeg starts");
    assert!(made.success(), "ffmpeg makes {}", file.display());
}
