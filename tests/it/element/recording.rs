//! Recordings hold every frame sent, in order, byte for byte, at its time.

use std::time::{Duration, Instant};

use crate::common::camera::{Camera, HEAD, part};
use crate::common::element::init;
use crate::common::jpeg::jpeg;
use crate::common::recorded::{play, read_back};

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
