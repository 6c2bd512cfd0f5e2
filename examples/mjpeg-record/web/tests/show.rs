//! A board for a real browser: `tests/browser/recorder.py` starts it, and tells it by lines
//! of JSON what becomes of the cameras.

use std::collections::BTreeSet;
use std::io::stdin;
use std::sync::Mutex;
use std::thread;

use gst::prelude::*;

use super::recordings::matroska;
use super::*;

const PATTERNS: [&str; 6] = ["ball", "pinwheel", "circular", "spokes", "smpte", "gradient"];
const SECOND: i64 = 1000;
const HOUR: i64 = 3600 * SECOND;

#[test]
#[ignore = "tests/browser/recorder.py needs it"]
fn a_board_for_a_browser() {
    gst::init().expect("GStreamer");
    let site = Site::with(&[]);
    let away = Arc::new(Mutex::new(BTreeSet::new()));
    let moving = (site.board.clone(), away.clone());
    thread::spawn(move || pictures(&moving.0, &moving.1));
    println!("Page ready: http://{}/", site.address);
    for line in stdin().lines() {
        let command: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        let name = |key: &str| command[key].as_str().map(str::to_owned);
        if let Some(names) = command["cameras"].as_array() {
            let names = names.iter().map(|name| Entry::new(name.as_str().expect("a name")));
            site.board.set_cameras(names.collect());
        }
        if let Some(name) = name("away") {
            site.camera(&name).change(|status| {
                status.state = "waiting".into();
                status.retries += 1;
                status.file = None;
                status.warning = Some("cannot connect: no route to host".into());
            });
            away.lock().expect("a lock").insert(name);
        }
        if let Some(name) = name("back") {
            away.lock().expect("a lock").remove(&name);
        }
        if let Some(name) = name("recorded") {
            record(&site, &name);
        }
        if !command["alarm"].is_null() {
            site.board
                .change_disk(|disk| disk.alarm = name("alarm").filter(|text| !text.is_empty()));
        }
        println!("Done");
    }
}

/// A day with some gaps, and a segment that can be played.
fn record(site: &Site, name: &str) {
    let now = Time::now().0;
    for (before, long, lost, cause) in [
        (21 * HOUR, 40 * SECOND, 0, "the camera closed the connection"),
        (13 * HOUR, 1500 * SECOND, 0, "cannot connect: no route to host"),
        (5 * HOUR, 3 * SECOND, 61, "the disk was too slow"),
        (HOUR, 300 * SECOND, 0, "no picture for 15 s"),
    ] {
        site.note_gap(name, now - before, now - before + long, lost, cause);
    }
    for number in (1..=20_i64).rev() {
        let file = format!("{number}.mkv");
        site.record(name, &file, now - number * 300 * SECOND - 22 * HOUR * (number / 20), b"");
        if number == 1 {
            matroska(&site.path().join(name).join(file));
        }
    }
    site.board.change_disk(|disk| {
        (disk.used, disk.quota) = (13_400_000_000, Some(20_000_000_000));
        (disk.free, disk.reserve) = (Some(87_000_000_000), 1_000_000_000);
    });
}

/// 25 pictures a second for each camera that is there.
fn pictures(board: &Board, away: &Mutex<BTreeSet<String>>) {
    let series = PATTERNS.map(series);
    for turn in 0_usize.. {
        board.beat();
        for (at, camera) in board.cameras().iter().enumerate() {
            if away.lock().expect("a lock").contains(&camera.name) {
                continue;
            }
            let pictures = &series[at % series.len()];
            let jpeg = pictures[(turn + at) % pictures.len()].clone();
            camera.change(|status| {
                status.state = "streaming".into();
                status.frames += 1;
                status.received += jpeg.len() as u64;
                status.bytes += jpeg.len() as u64;
                (status.rate, status.newest, status.warning) = (25.0, Some(Time::now()), None);
                status.file = Some("2026-11-28T07-55-00Z.mkv".into());
            });
            camera.show(Picture { jpeg, captured: Time::now() });
        }
        thread::sleep(Duration::from_millis(40));
    }
}

fn series(pattern: &str) -> Vec<Bytes> {
    let launch = format!(
        "videotestsrc num-buffers=50 pattern={pattern} horizontal-speed=4
         ! video/x-raw,width=480,height=270,framerate=25/1
         ! jpegenc ! appsink name=sink sync=false"
    );
    let pipeline = gst::parse::launch(&launch).expect("a pipeline");
    let sink = pipeline.downcast_ref::<gst::Bin>().and_then(|bin| bin.by_name("sink"));
    let sink = sink.and_then(|sink| sink.downcast::<gst_app::AppSink>().ok()).expect("a sink");
    pipeline.set_state(gst::State::Playing).expect("a start");
    let mut pictures = Vec::new();
    while let Ok(sample) = sink.pull_sample() {
        let jpeg = sample.buffer().expect("a picture").map_readable().expect("a picture");
        pictures.push(Bytes::copy_from_slice(&jpeg));
    }
    pipeline.set_state(gst::State::Null).expect("an end");
    pictures
}
