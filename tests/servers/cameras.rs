//! The element with the servers that people really run: one test a server.

use crate::programs::nginx;
use crate::programs::server::Server;
use crate::programs::servers::{self, FFMPEG_TYPE, NO_SIGNAL, TEST_PICTURE};
use crate::programs::watch::{assert_video, watch};

/// All pictures have to come over the first connection.
const AT_ONCE: (&str, &str) = ("retries", "0");

// ustreamer

#[test]
fn ustreamer() {
    assert_shows_no_signal("/stream");
}

#[test]
fn ustreamer_with_headers_of_its_own() {
    assert_shows_no_signal("/stream?extra_headers=1");
}

#[test]
fn ustreamer_that_sends_headers_in_advance() {
    assert_shows_no_signal("/stream?advance_headers=1");
}

#[test]
fn ustreamer_that_sends_final_frames_twice() {
    assert_shows_no_signal("/stream?dual_final_frames=1");
}

fn assert_shows_no_signal(path: &str) {
    let camera = servers::ustreamer(&[]);
    let pictures = watch(&camera.url(path), &[AT_ONCE], 3).unwrap();
    assert_video(&pictures, 3, NO_SIGNAL);
}

#[test]
fn ustreamer_single_picture() {
    let camera = servers::ustreamer(&[]);
    let pictures = watch(&camera.url("/snapshot"), &[AT_ONCE], 1).unwrap();
    assert_video(&pictures, 1, NO_SIGNAL);
}

#[test]
fn ustreamer_that_sends_only_empty_parts_is_silent() {
    let camera = servers::ustreamer(&[]);
    let properties = [("timeout", "2"), AT_ONCE];
    let error = watch(&camera.url("/stream?zero_data=1"), &properties, 3).unwrap_err();
    assert_eq!(error.kind(), Some(gst::ResourceError::Read), "{error}");
}

// FFmpeg

#[test]
fn ffmpeg_with_a_content_type() {
    assert_shows_test_picture(&servers::ffmpeg(Some(FFMPEG_TYPE)), "/cam.mjpg");
}

#[test]
fn ffmpeg_that_announces_no_boundary() {
    assert_shows_test_picture(&servers::ffmpeg(None), "/cam.mjpg");
}

// VLC

#[test]
fn vlc_passing_a_clip_on() {
    let camera = servers::vlc("#standard{access=http,mux=mpjpeg,dst=DST}");
    assert_shows_test_picture(&camera, "/cam.mjpg");
}

#[test]
fn vlc_that_counts_the_dashes_of_the_boundary_twice() {
    const BOUNDARY: &str = "--7b3cc56e5f51db803f790dad720ed50a";
    let camera = servers::vlc(&format!(
        "#transcode{{vcodec=MJPG,venc=avcodec{{strict=-1}}}}:std{{access=http{{\
         mime=multipart/x-mixed-replace;boundary={BOUNDARY}}},mux=mpjpeg,dst=DST}}"
    ));
    assert_shows_test_picture(&camera, "/cam.mjpg");
}

// Others

#[test]
fn motion_that_hangs_up_until_its_own_camera_answers() {
    let camera = servers::motion("");
    let pictures = watch(&camera.url("/1/stream"), &[], 10).unwrap();
    assert_video(&pictures, 10, TEST_PICTURE);
}

#[test]
fn multipartmux() {
    assert_shows_test_picture(&servers::multipartmux(), "/");
}

#[test]
fn multipartmux_without_any_http() {
    assert_shows_test_picture(&servers::tcpserversink(), "/");
}

fn assert_shows_test_picture(camera: &Server, path: &str) {
    let pictures = watch(&camera.url(path), &[AT_ONCE], 10).unwrap();
    assert_video(&pictures, 10, TEST_PICTURE);
}

// Login

const LOGIN: &str = "user";
const PASSWORD: &str = "pass word @ 100%";

fn ustreamer_with_login() -> Server {
    servers::ustreamer(&["--user", LOGIN, "--passwd", PASSWORD])
}

fn nginx_with_login() -> Server {
    nginx::with_login(servers::ustreamer(&[]), LOGIN, PASSWORD)
}

#[test]
fn ustreamer_takes_the_login() {
    assert_login_opens(&ustreamer_with_login());
}

#[test]
fn nginx_takes_the_login() {
    assert_login_opens(&nginx_with_login());
}

fn assert_login_opens(camera: &Server) {
    let login = [("login", LOGIN), ("password", PASSWORD), AT_ONCE];
    let pictures = watch(&camera.url("/stream"), &login, 3).unwrap();
    assert_video(&pictures, 3, NO_SIGNAL);
}

#[test]
fn ustreamer_refuses_a_wrong_password() {
    let login = [("login", LOGIN), ("password", "wrong")];
    assert_refused(&ustreamer_with_login(), &login);
}

#[test]
fn ustreamer_refuses_who_has_no_login() {
    assert_refused(&ustreamer_with_login(), &[]);
}

#[test]
fn nginx_refuses_a_wrong_password() {
    let login = [("login", LOGIN), ("password", "wrong")];
    assert_refused(&nginx_with_login(), &login);
}

#[test]
fn nginx_refuses_who_has_no_login() {
    assert_refused(&nginx_with_login(), &[]);
}

fn assert_refused(camera: &Server, login: &[(&str, &str)]) {
    let error = watch(&camera.url("/stream"), login, 3).unwrap_err();
    assert_eq!(error.kind(), Some(gst::ResourceError::NotAuthorized), "{error}");
}
