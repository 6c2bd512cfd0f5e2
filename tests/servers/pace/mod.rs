//! What people type, for as long as they look: pictures come at the camera's pace, with a
//! constant delay, whatever waits downstream.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of pictures and seconds of a day"
)]

mod camera;
mod watch;

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::element::init;
use crate::programs::certificates::{Authority, GOOD};
use crate::programs::launch::with_plugin;
use crate::programs::process::command;
use crate::programs::proxies;
use crate::programs::screen::Screen;
use camera::{Camera, Framing};
use gst::prelude::*;
use watch::{Seen, judge, play};

const LOOK: Duration = Duration::from_secs(8);
const SINK: &str = "fakesink name=sink sync=true";

/// The other process of [`Camera::start`].
#[test]
#[ignore = "a part of the other tests"]
fn camera() {
    camera::run();
}

fn fps(fps: f64) -> Camera {
    Camera { fps, ..Camera::default() }
}

/// Runs the rows side by side: they sleep most of the time.
fn side_by_side<T: Send>(rows: Vec<T>, row: impl Fn(T) + Sync) {
    thread::scope(|scope| {
        let handles: Vec<_> = rows.into_iter().map(|one| scope.spawn(|| row(one))).collect();
        for handle in handles {
            handle.join().unwrap();
        }
    });
}

/// Looks again where a machine with more to do was in the way.
fn looks_well(name: &str, oldest: f64, look: impl Fn() -> Seen) {
    const LOOKS: usize = 3;
    let is_well = |seen: &Seen| seen.share >= 0.97 && seen.spacing <= 3.0 && seen.age <= oldest;
    let mut all = Vec::new();
    while all.len() < LOOKS && !all.last().is_some_and(is_well) {
        let seen = look();
        println!("{name}: {seen:.3?}");
        all.push(seen);
    }
    assert!(all.last().is_some_and(is_well), "{name}: {all:?}");
}

#[test]
fn a_sink_that_synchronises_shows_every_picture_without_a_queue() {
    init();
    let says_time = |camera| Camera { says_time: true, ..camera };
    let framed = |framing| Camera { framing, ..Camera::default() };
    side_by_side(
        vec![
            ("10 fps", fps(10.0), ""),
            ("25 fps", fps(25.0), ""),
            ("25 fps, with a clock", says_time(fps(25.0)), ""),
            ("30 fps", fps(30.0), ""),
            ("60 fps", fps(60.0), ""),
            ("60 fps, with a clock", says_time(fps(60.0)), ""),
            ("no length", framed(Framing::Delimiters), ""),
            ("chunks", framed(Framing::Chunks), ""),
            ("more latency", fps(25.0), "latency=500"),
            ("arrivals", fps(25.0), "timestamp-mode=arrival"),
        ],
        |(name, camera, properties)| {
            let server = camera.start();
            let url = server.url("/");
            let line = format!("mjpeghttpsrc location={url} {properties} ! {SINK}");
            let oldest = if properties == "latency=500" { 700.0 } else { 250.0 };
            looks_well(name, oldest, || judge(&play(&line, camera.fps, LOOK, |_| ()), camera.fps));
        },
    );
}

#[test]
fn what_lies_in_between_changes_nothing() {
    init();
    let authority = Authority::new();
    let pair = authority.self_signed("camera", GOOD);
    let camera = Camera::default();
    let (server, behind) = (camera.start(), camera.start());
    let tls = proxies::over_tls(behind, &pair);
    let (http, socks) = (proxies::tinyproxy(""), proxies::microsocks(None));
    let url = server.url("/");
    side_by_side(
        vec![
            ("TLS", format!("location={} ssl-strict=false", tls.https("/"))),
            ("http proxy", format!("location={url} proxy={}", http.url(""))),
            ("SOCKS proxy", format!("location={url} proxy=socks5://127.0.0.1:{}", socks.port())),
        ],
        |(name, properties)| {
            let line = format!("mjpeghttpsrc {properties} ! {SINK}");
            looks_well(name, 250.0, || {
                let shown = play(&line, camera.fps, LOOK, |_| ());
                // What lies in between starts a process for each connection, which takes time.
                judge(&shown[5..], camera.fps)
            });
        },
    );
}

#[test]
fn single_pictures_are_asked_for_at_their_interval() {
    init();
    let camera = Camera { framing: Framing::Snapshots, ..fps(100.0) };
    let server = camera.start();
    let line = format!("mjpeghttpsrc location={} snapshot-interval=100 ! {SINK}", server.url("/"));
    let shown = play(&line, camera.fps, Duration::from_secs(5), |_| ());
    assert!(shown.len() >= 47, "{}", shown.len());
    let age = shown.last().map(|last| last.at - camera::taken(last.number, camera.fps));
    assert!(age.unwrap() < 0.35, "{age:?}");
}

#[test]
fn behind_a_stall_every_picture_has_its_own_time() {
    init();
    let stalls = [0.2, 2.0, 10.0];
    let rows = stalls.into_iter().flat_map(|stall| [(stall, false), (stall, true)]).collect();
    side_by_side(rows, |(stall, says_time)| {
        let camera = Camera { says_time, ..Camera::default() };
        let server = camera.start();
        let line = format!("mjpeghttpsrc location={} ! fakesink name=sink", server.url("/"));
        let stop = move |count| {
            if count == 50 {
                thread::sleep(Duration::from_secs_f64(stall));
            }
        };
        let shown = play(&line, camera.fps, Duration::from_secs_f64(stall + 4.0), stop);
        let seen = judge(&shown, camera.fps);
        println!("{stall} s, clock {says_time}: {seen:.3?}");
        assert!(seen.worst <= 45.0, "{stall} s: {seen:?}");
        assert!(seen.age <= 100.0, "{stall} s: {seen:?}");
        assert!(shown.windows(2).all(|pair| pair[1].number == pair[0].number + 1), "{stall} s");
    });
}

#[test]
fn a_full_backlog_pushes_the_camera_back_and_loses_nothing() {
    init();
    // More than sockets hold.
    let camera = Camera { size: 400_000, ..fps(50.0) };
    let server = camera.start();
    let url = server.url("/");
    let line = format!("mjpeghttpsrc location={url} max-backlog=1000000 ! fakesink name=sink");
    let stop = |count| {
        if count == 50 {
            thread::sleep(Duration::from_secs(3));
        }
    };
    let shown = play(&line, camera.fps, Duration::from_secs(6), stop);
    assert!(shown.windows(2).all(|pair| pair[1].number == pair[0].number + 1));
    assert!(judge(&shown, camera.fps).age < 250.0, "it has caught up");
}

#[test]
fn who_never_takes_a_picture_costs_no_more_than_the_backlog() {
    let camera = Camera { size: 200_000, ..fps(250.0) };
    let server = camera.start();
    // Its memory is its own.
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "pace::who_never_takes", "--ignored", "--nocapture"])
        .env(URL, server.url("/"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, number) = said.split_once("MiB: ").unwrap_or_else(|| panic!("{output:?}"));
    let more: u64 = number.lines().next().unwrap().parse().unwrap();
    assert!(more < 16 + 40, "{more} MiB");
}

const URL: &str = "PACE_URL";

/// The other process of the test above.
#[test]
#[ignore = "a part of the other tests"]
fn who_never_takes() {
    let Ok(url) = env::var(URL) else { return };
    init();
    let memory = || {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    };
    let before = memory();
    let line = format!("mjpeghttpsrc location={url} ! fakesink name=sink");
    let stop = |_| thread::sleep(Duration::from_secs(4));
    play(&line, 250.0, Duration::from_secs(5), stop);
    println!("MiB: {}", memory() - before);
}

#[test]
fn two_cameras_meet_in_a_compositor() {
    init();
    let folder = tempfile::TempDir::new().unwrap();
    let file = real_picture(folder.path());
    let camera = Camera { file: Some(file), ..Camera::default() };
    let (left, right) = (camera.start(), camera.start());
    let [left, right] = [left.url("/"), right.url("/")];
    let line = format!(
        "compositor name=wall sink_1::xpos=320 ! video/x-raw,framerate=25/1 ! \
         fakesink name=sink sync=true \
         mjpeghttpsrc name=left location={left} ! jpegdec ! wall. \
         mjpeghttpsrc name=right location={right} ! jpegdec ! wall."
    );
    let shown = rendered(&line, LOOK);
    assert!(shown.pictures >= 0.97 * 25.0 * shown.seconds, "{shown:?}");
    assert!((shown.ages.1 - shown.ages.0).abs() < 0.1, "{shown:?}");
    assert!(
        shown.taken.iter().all(|taken| *taken >= (0.97 * 25.0 * shown.seconds) as u64),
        "{shown:?}"
    );
}

#[test]
fn another_source_may_be_late() {
    init();
    let camera = Camera::default();
    let server = camera.start();
    let line = format!(
        "mjpeghttpsrc location={} ! {SINK} \
         audiotestsrc is-live=true ! queue min-threshold-time=500000000 ! fakesink sync=true",
        server.url("/")
    );
    let look = || judge(&play(&line, camera.fps, LOOK, |_| ()), camera.fps);
    looks_well("half a second", 900.0, look);
}

#[test]
fn a_real_screen_shows_every_picture() {
    init();
    let folder = tempfile::TempDir::new().unwrap();
    let file = real_picture(folder.path());
    let screen = Screen::start();
    // The sink picks its screen when it is made.
    for rate in [10.0, 25.0, 30.0, 60.0] {
        let camera = Camera { file: Some(file.clone()), ..fps(rate) };
        let server = camera.start();
        let output = with_plugin(command("gst-launch-1.0", "gstreamer1.0-tools"))
            .env("DISPLAY", screen.display())
            .env("GST_DEBUG", "basesink:4")
            .args(["-v", "-e", "mjpeghttpsrc", &format!("location={}", server.url("/"))])
            .arg(format!("num-buffers={}", rate * 10.0))
            .args(["!", "jpegdec", "!", "fpsdisplaysink", "text-overlay=false"])
            .arg("video-sink=autovideosink")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let last = said.lines().rfind(|line| line.contains("last-message = rendered")).unwrap();
        let number = |word: &str| -> f64 {
            let (_, rest) = last.split_once(word).unwrap();
            rest.split(',').next().unwrap().trim().trim_end_matches('"').parse().unwrap()
        };
        println!("{rate} fps: {last}");
        assert!(number("rendered: ") >= 0.95 * rate * 9.0, "{rate} fps: {last}");
        assert!(number("dropped: ") <= 0.03 * rate * 10.0, "{rate} fps: {last}");
        let average = number("average: ");
        assert!((average / rate - 1.0).abs() < 0.03, "{rate} fps: {last}");
    }
}

#[test]
fn opencv_reads_at_the_cameras_pace() {
    let folder = tempfile::TempDir::new().unwrap();
    let camera = Camera { file: Some(real_picture(folder.path())), ..Camera::default() };
    let server = camera.start();
    let script = format!(
        "import cv2, time\n\
         camera = cv2.VideoCapture('mjpeghttpsrc location={} ! jpegdec ! videoconvert ! appsink', cv2.CAP_GSTREAMER)\n\
         for _ in range(25): assert camera.read()[0]\n\
         begun = time.monotonic()\n\
         for _ in range(150): assert camera.read()[0]\n\
         print(150 / (time.monotonic() - begun))\n",
        server.url("/")
    );
    let output = with_plugin(command("/usr/bin/python3", "python3-opencv"))
        .args(["-B", "-c", &script])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate: f64 = said.trim().parse().unwrap_or_else(|_| panic!("{output:?}"));
    println!("OpenCV: {rate} pictures a second");
    assert!((0.97 * 25.0..1.03 * 25.0).contains(&rate), "{rate}");
}

/// What a sink without numbers in its pictures has shown.
#[derive(Debug)]
struct Rendered {
    pictures: f64,
    seconds: f64,
    /// How old, by their PTS, pictures were soon and at the end, in seconds.
    ages: (f64, f64),
    /// How many the sources have handed on.
    taken: Vec<u64>,
}

fn rendered(line: &str, time: Duration) -> Rendered {
    let pipeline = gst::parse::launch(line).unwrap().downcast::<gst::Pipeline>().unwrap();
    let sink = pipeline.by_name("sink").unwrap();
    let sources = ["left", "right"].map(|name| pipeline.by_name(name).unwrap());
    let now = || {
        let stats = sink.property::<gst::Structure>("stats");
        let sample = sink.property::<Option<gst::Sample>>("last-sample");
        let age =
            sample.and_then(|sample| sample.buffer().and_then(gst::BufferRef::pts)).map(|pts| {
                pipeline.current_running_time().unwrap().nseconds() as f64 - pts.nseconds() as f64
            });
        let taken = sources
            .each_ref()
            .map(|source| source.property::<gst::Structure>("stats").get::<u64>("frames").unwrap());
        (stats.get::<u64>("rendered").unwrap() as f64, age.unwrap_or_default() / 1e9, taken)
    };
    pipeline.set_state(gst::State::Playing).unwrap();
    // As long as somebody looks.
    thread::sleep(Duration::from_secs(2));
    let (begun, before) = (Instant::now(), now());
    thread::sleep(time);
    let (seconds, behind) = (begun.elapsed().as_secs_f64(), now());
    pipeline.set_state(gst::State::Null).unwrap();
    let taken = behind.2.iter().zip(before.2).map(|(behind, before)| behind - before);
    Rendered {
        pictures: behind.0 - before.0,
        seconds,
        ages: (before.1, behind.1),
        taken: taken.collect(),
    }
}

/// A picture that decoders take, in a file.
fn real_picture(folder: &Path) -> String {
    gst::init().unwrap();
    let file = folder.join("picture.jpg").display().to_string();
    let line = format!(
        "videotestsrc num-buffers=1 ! video/x-raw,width=320,height=240 ! jpegenc ! \
         filesink location={file}"
    );
    let pipeline = gst::parse::launch(&line).unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    pipeline.bus().unwrap().timed_pop_filtered(gst::ClockTime::from_seconds(20), &ends);
    pipeline.set_state(gst::State::Null).unwrap();
    file
}
