//! Recordings made from a camera, read back by other programs.

use crate::programs::recording::Recording;

#[test]
fn matroska_holds_every_frame() {
    assert_holds_every_frame("matroskamux", "camera.mkv");
}

#[test]
fn quicktime_holds_every_frame() {
    assert_holds_every_frame("qtmux", "camera.mov");
}

#[test]
fn avi_holds_every_frame() {
    assert_holds_every_frame("image/jpeg,framerate=25/1 ! avimux", "camera.avi");
}

fn assert_holds_every_frame(muxer: &str, name: &'static str) {
    let recording = Recording::start(&["num-buffers=15"], muxer, name);
    recording.finish();
    recording.assert_holds(15);
}

#[test]
fn matroska_ended_by_ctrl_c_holds_every_frame() {
    assert_ctrl_c_loses_nothing("matroskamux", "camera.mkv");
}

#[test]
fn quicktime_ended_by_ctrl_c_holds_every_frame() {
    assert_ctrl_c_loses_nothing("qtmux", "camera.mov");
}

fn assert_ctrl_c_loses_nothing(muxer: &str, name: &'static str) {
    let recording = Recording::start(&[], muxer, name);
    recording.wait_for(5);
    recording.interrupt();
    recording.finish();
    recording.assert_holds(recording.frames());
}
