//! The example `wall`, run as a user would. `cargo test` builds it; where one test is run
//! alone, `cargo build --example mjpeg-wall` has to come first.

use std::io;
use std::process::Command;
use std::time::Duration;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::solid::solid;
use crate::programs::example::example;
use crate::programs::port;
use crate::programs::process::Process;
use crate::programs::screen::{Screen, Screenshot};
use crate::programs::wait::{self, PATIENCE};
use tempfile::TempDir;

const RED: [u8; 3] = [200, 30, 30];
const GREEN: [u8; 3] = [30, 160, 30];
const BLUE: [u8; 3] = [30, 30, 200];
/// Where a camera is away.
const DARK: [u8; 3] = [0x26, 0x32, 0x3c];

/// Most of a quarter of 640x480; the rest is text.
const TILE: usize = 320 * 240 * 3 / 4;

#[test]
fn a_picture_shows_who_is_there_and_who_is_not() {
    let cameras = [RED, GREEN, BLUE].map(camera_showing);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("wall.png");
    let mut wall = wall(&cameras);
    wall.arg(format!("attic=http://127.0.0.1:{}/", port::free()));
    let wall = Process::start(
        wall.args(["--seconds", "30", "--png"]).arg(&file),
        &folder.path().join("log"),
    );
    assert!(wall.ends_well(PATIENCE * 2), "it says\n{}", wall.output());
    assert!(wall.output().contains("attic: "), "why it is away: {}", wall.output());
    let picture = Screenshot::of_file(&file);
    assert_eq!(tiles(&picture), [true; 4], "{}", wall.output());
}

#[test]
fn ctrl_c_ends_the_wait_for_the_picture() {
    let camera = Camera::start(Visit::hold);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("wall.png");
    let cameras = [camera];
    let mut wall = wall(&cameras);
    wall.args(["--seconds", "3600", "--png"]).arg(&file);
    let wall = Process::start(&mut wall, &folder.path().join("log"));
    let asked = wait::until(PATIENCE, || (!cameras[0].requests().is_empty()).then_some(()));
    assert!(asked.is_some(), "{}", wall.output());
    wall.interrupt();
    let said = "ended before the picture was whole";
    let ended = wait::until(PATIENCE, || wall.output().contains(said).then_some(()));
    assert!(ended.is_some() && !file.exists(), "{}", wall.output());
}

#[test]
fn a_camera_that_refuses_does_not_stop_the_others() {
    let cameras = [camera_showing(RED), Camera::answering("HTTP/1.0 403 Forbidden\r\n\r\n")];
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("wall.png");
    let mut wall = wall(&cameras);
    // One beside the other, each in the shape of the cameras and with room for the text.
    wall.args(["--size", "1280x480", "--seconds", "30", "--png"]).arg(&file);
    let wall = Process::start(&mut wall, &folder.path().join("log"));
    assert!(wall.ends_well(PATIENCE * 2), "it says\n{}", wall.output());
    assert!(wall.output().contains("403"), "why it is away: {}", wall.output());
    let picture = Screenshot::of_file(&file);
    assert_eq!(tiles(&picture), [true, false, false, true], "{}", wall.output());
}

#[test]
fn a_window_goes_on_without_a_camera_that_leaves() {
    let [red, green, blue] = [RED, GREEN, BLUE].map(camera_showing);
    let screen = Screen::start();
    let folder = TempDir::new().unwrap();
    let cameras = [red, green, blue];
    let mut command = wall(&cameras);
    command.env("DISPLAY", screen.display());
    let wall = Process::start(&mut command, &folder.path().join("log"));
    wait_for(&screen, &wall, [true, true, true, false]);

    let [red, green, _blue] = cameras;
    drop((red, green));
    let alone = |shot: &Screenshot| {
        shot.alike(BLUE) > TILE && shot.alike(DARK) > 2 * TILE && shot.alike(RED) < TILE / 10
    };
    let shown = wait::until(PATIENCE, || alone(&screen.screenshot()).then_some(()));
    assert!(shown.is_some() && !wall.has_ended(), "the wall says:\n{}", wall.output());
}

/// An error ends the element's own attempts; whoever put the password right should not have
/// to start the wall again.
#[test]
fn a_camera_that_refused_is_asked_again() {
    let red = part(&solid(RED), None);
    let refusing = Camera::start(move |mut visit| match visit.number {
        0 => visit.send("HTTP/1.0 403 Forbidden\r\n\r\n"),
        _ => send_for_ever(&mut visit, &red),
    });
    let cameras = [refusing, camera_showing(GREEN)];
    let screen = Screen::start();
    let folder = TempDir::new().unwrap();
    let mut command = wall(&cameras);
    command.env("DISPLAY", screen.display());
    let wall = Process::start(&mut command, &folder.path().join("log"));
    wait_for(&screen, &wall, [false, true, false, true]);
    assert!(wall.output().contains("403"), "why it is away: {}", wall.output());

    wait_for(&screen, &wall, [true, true, false, false]);
    assert_eq!(cameras[0].requests().len(), 2, "it is not asked all the time");
}

fn wait_for(screen: &Screen, wall: &Process, wanted: [bool; 4]) {
    let shown = wait::until(PATIENCE, || {
        let shown = tiles(&screen.screenshot()) == wanted;
        (shown || wall.has_ended()).then_some(shown)
    });
    assert_eq!(shown, Some(true), "the wall says:\n{}", wall.output());
}

/// Who is there: red, green, blue and dark.
fn tiles(picture: &Screenshot) -> [bool; 4] {
    [RED, GREEN, BLUE, DARK].map(|colour| picture.alike(colour) > TILE)
}

fn wall(cameras: &[Camera]) -> Command {
    let mut wall = example("mjpeg-wall");
    wall.args(["--size", "640x480"]);
    for (number, camera) in cameras.iter().enumerate() {
        wall.arg(format!("camera {number}={}", camera.url()));
    }
    wall
}

fn camera_showing(colour: [u8; 3]) -> Camera {
    let picture = part(&solid(colour), None);
    Camera::start(move |mut visit| send_for_ever(&mut visit, &picture))
}

fn send_for_ever(visit: &mut Visit, picture: &[u8]) -> io::Result<()> {
    visit.send(HEAD)?;
    loop {
        visit.send(picture)?;
        // The camera's own pace.
        std::thread::sleep(Duration::from_millis(100));
    }
}
