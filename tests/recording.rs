//! Recordings hold every frame sent, in order, byte for byte, at its time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails that way")]

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::camera::{Camera, HEAD, part};
use common::element::{PATIENCE, init};
use common::jpeg::jpeg;
use gst::prelude::*;

const FRAMES: u64 = 25;
const INTERVAL: Duration = Duration::from_millis(40);

#[test]
fn matroska() {
    record("matroskamux", "matroskademux", "mkv");
}

#[test]
fn mp4() {
    record("qtmux", "qtdemux", "mp4");
}

#[test]
fn quicktime() {
    record("qtmux", "qtdemux", "mov");
}

#[test]
fn avi_with_a_frame_rate() {
    record("image/jpeg,framerate=25/1 ! avimux", "avidemux", "avi");
}

fn record(muxer: &str, demuxer: &str, extension: &str) {
    init();
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        let start = Instant::now();
        for seed in 0..FRAMES {
            // The camera's own pace.
            let due = INTERVAL * u32::try_from(seed).unwrap();
            std::thread::sleep(due.saturating_sub(start.elapsed()));
            let time = format!("{:.6}", 1000.0 + due.as_secs_f64());
            visit.send(part(&jpeg(seed, 320, 240, 3000), Some(&time)))?;
        }
        visit.hold()
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("camera.{extension}"));
    let source = format!("mjpeghttpsrc location={} num-buffers={FRAMES}", camera.url());
    play(&format!("{source} ! {muxer} ! filesink location={}", file.display()));

    let frames = read_back(&file, demuxer);
    let sent: Vec<_> = (0..FRAMES).map(|seed| jpeg(seed, 320, 240, 3000)).collect();
    let bytes: Vec<_> = frames.iter().map(|(_, bytes)| bytes.clone()).collect();
    assert_eq!(bytes.len(), sent.len());
    assert!(bytes == sent, "other bytes than were sent");
    let times: Vec<_> = frames.iter().map(|(time, _)| *time).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
    let span = times[times.len() - 1] - times[0];
    let error = span.mseconds().abs_diff(40 * (FRAMES - 1));
    assert!(error < 100, "recorded {span}");
}

/// Runs a pipeline to its end.
fn play(line: &str) {
    let pipeline = gst::parse::launch(line).unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    let message = pipeline.bus().unwrap().timed_pop_filtered(PATIENCE, &ends).expect("an end");
    pipeline.set_state(gst::State::Null).unwrap();
    assert!(matches!(message.view(), gst::MessageView::Eos(_)), "{message:?}");
}

fn read_back(file: &Path, demuxer: &str) -> Vec<(gst::ClockTime, Vec<u8>)> {
    let line =
        format!("filesrc location={} ! {demuxer} ! appsink name=sink sync=false", file.display());
    let pipeline = gst::parse::launch(&line).unwrap().downcast::<gst::Pipeline>().unwrap();
    let sink: gst_app::AppSink = pipeline.by_name("sink").unwrap().downcast().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let mut frames = Vec::new();
    while let Some(sample) = sink.try_pull_sample(PATIENCE) {
        frames.push((common::element::pts(&sample), common::element::bytes(&sample)));
    }
    assert!(sink.is_eos(), "{} was not read to its end", file.display());
    pipeline.set_state(gst::State::Null).unwrap();
    frames
}
