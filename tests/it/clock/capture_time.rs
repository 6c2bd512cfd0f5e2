//! When a picture was taken, on its buffer and in the statistics.

use std::thread;
use std::time::{Duration, Instant};

use crate::common::camera::{Camera, HEAD};
use crate::common::element::Pipeline;
use crate::common::jpeg::jpeg;
use crate::programs::launch::gst_launch;
use gst::prelude::*;

const FRAMES: u64 = 40;

/// A camera at 50 fps whose parts have these lines, for the ms since the first.
fn camera(lines: impl Fn(u64) -> String + Send + Sync + 'static) -> Camera {
    Camera::start(move |mut visit| {
        visit.send(HEAD)?;
        let start = Instant::now();
        for number in 0..FRAMES {
            // The camera's own pace.
            thread::sleep(Duration::from_millis(20 * number).saturating_sub(start.elapsed()));
            let picture = jpeg(number, 320, 240, 500);
            let lines = lines(20 * number);
            let head = format!("--b\r\nContent-Length: {}\r\n{lines}\r\n\r\n", picture.len());
            visit.send([head.as_bytes(), &picture, b"\r\n"].concat())?;
        }
        visit.hold()
    })
}

/// Milliseconds since 1970 on the last frame, and what is known of the clock.
fn played(
    lines: impl Fn(u64) -> String + Send + Sync + 'static,
) -> (Option<u64>, gst::Structure, Vec<gst::Sample>) {
    let camera = camera(lines);
    let pipeline = Pipeline::playing(&camera.url(), "");
    let frames = pipeline.frames(usize::try_from(FRAMES).unwrap());
    let last = frames.last().unwrap().buffer().unwrap();
    let unix = last.meta::<gst::ReferenceTimestampMeta>().map(|meta| {
        assert_eq!(meta.reference().to_string(), "timestamp/x-unix");
        assert_eq!(meta.duration(), None);
        meta.timestamp().mseconds()
    });
    (unix, pipeline.source.property("stats"), frames)
}

fn words(stats: &gst::Structure) -> [String; 4] {
    ["clock-header", "clock-kind", "clock-unit", "clock-moment"]
        .map(|field| stats.get(field).unwrap())
}

#[test]
fn a_clock_that_counts_from_1970_is_on_the_buffer() {
    let (unix, stats, _) =
        played(|ms| format!("X-Timestamp: 17574086{:02}.{:03}000", ms / 1000, ms % 1000));
    assert_eq!(unix, Some(1_757_408_600_000 + 20 * (FRAMES - 1)));
    assert_eq!(words(&stats), ["X-Timestamp", "since-1970", "s", "capture"]);
    assert_eq!(stats.get("clock-used"), Ok(true));
    assert!(stats.get::<i64>("clock-offset").unwrap() < -1_757_000_000_000_000_000);
    assert!(stats.get::<f64>("clock-drift-ppm").unwrap().abs() < 2000.0);
    assert!(stats.get::<gst::ClockTime>("clock-jitter-removed").unwrap().mseconds() < 100);
    assert!(stats.get::<u64>("clock-frames-clamped").unwrap() <= FRAMES);
}

#[test]
fn a_clock_that_counts_from_elsewhere_is_used_without() {
    let (unix, stats, frames) = played(|ms| format!("X-Capture-Us: {}", 1000 * (ms + 777_000)));
    assert_eq!(unix, None);
    assert_eq!(words(&stats), ["X-Capture-Us", "since-boot", "us", "capture"]);
    assert!(stats.get::<u64>("frames-by-camera-clock").unwrap() > FRAMES / 3);
    let discont =
        |frame: &gst::Sample| frame.buffer().unwrap().flags().contains(gst::BufferFlags::DISCONT);
    assert!(!frames[1..].iter().any(discont));
}

#[test]
fn a_clock_that_is_set_makes_a_discont() {
    let set = |ms| if ms < 500 { 7_777_000 } else { 777_000 };
    let (_, _, frames) = played(move |ms| format!("X-Timestamp-Ms: {}", set(ms) + ms));
    let discont = |&index: &usize| {
        frames[index].buffer().unwrap().flags().contains(gst::BufferFlags::DISCONT)
    };
    let disconts: Vec<_> = (0..frames.len()).filter(discont).collect();
    assert_eq!(disconts, [0, 25]);
}

#[test]
fn a_clock_that_is_not_used_says_why() {
    let (unix, stats, _) = played(|_| "X-Timestamp: 0.000000".into());
    assert_eq!(unix, None);
    assert_eq!(words(&stats), ["X-Timestamp", "constant", "", "capture"]);
    assert_eq!(stats.get("clock-used"), Ok(false));
    assert_eq!(stats.get::<i64>("clock-offset"), Ok(0));
}

/// What is kept for the next buffer is not listed as forgotten.
#[test]
fn the_tracer_of_leaks_lists_nothing() {
    let camera = camera(|ms| format!("X-Timestamp: 17574086{:02}.{:03}000", ms / 1000, ms % 1000));
    let output = gst_launch()
        .env("GST_TRACERS", "leaks")
        .env("GST_DEBUG", "GST_TRACER:7")
        .env("GST_DEBUG_NO_COLOR", "1")
        .args(["mjpeghttpsrc", &format!("location={}", camera.url())])
        .arg(format!("num-buffers={FRAMES}"))
        .args(["!", "fakesink", "sync=false"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("GST_TRACER"), "the tracer says nothing: {said}");
    assert!(!said.contains(":: object-alive, "), "{said}");
}
