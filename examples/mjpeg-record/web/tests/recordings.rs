//! What is recorded: lists, downloads, playing.

use std::time::Instant;

use gst::prelude::*;

use super::*;

#[test]
fn segments_and_gaps_of_a_time_are_listed() {
    let site = Site::with(&["door", "yard"]);
    for (number, began) in [(1, 100_000), (2, 200_000), (3, 300_000)] {
        site.record("door", &format!("{number}.mkv"), began, b"matroska");
    }
    site.note_gap("door", 150_000, 160_000, 5, "the camera was away");
    let files = |query: &str| {
        let all = site.json(&format!("/api/cameras/door/segments{query}"));
        let files = all["segments"].as_array().expect("a list").clone();
        files.iter().map(|segment| segment["file"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(files("?from=0&to=1000000"), ["3.mkv", "2.mkv", "1.mkv"], "the newest first");
    assert_eq!(files("?from=205000&to=250000"), ["2.mkv"]);
    assert_eq!(files("?from=1970-01-01T00:04:00Z&to=1000000"), ["3.mkv"]);
    assert!(files("").is_empty(), "nothing of the last day");
    assert_eq!(site.get("/api/cameras/door/segments?from=yesterday").status, 400);
    let gaps = site.json("/api/cameras/door/gaps?from=0&to=1000000");
    let gap = serde_json::json!({
        "began": 150_000, "ended": 160_000, "lost": 5, "cause": "the camera was away",
        "open": false,
    });
    assert_eq!(gaps, serde_json::json!({ "since": 100_000, "gaps": [gap], "more": false }));
    let all = site.json("/api/gaps?from=0&to=1000000");
    assert_eq!(all["door"], gaps);
    assert_eq!(all["yard"], serde_json::json!({ "since": null, "gaps": [], "more": false }));
}

#[test]
fn a_gap_that_is_open_lasts_until_now() {
    let site = Site::with(&["door"]);
    let before = Time::now();
    let (began, ended) = (Time(before.0 - 90_000), Time(before.0 - 30_000));
    site.note("door", &Gap { began, ended, lost: 0, cause: "away".into(), open: true });
    let gap = &site.json("/api/cameras/door/gaps")["gaps"][0];
    assert!(gap["ended"].as_i64() >= Some(before.0) && gap["open"] == true, "{gap}");
}

#[test]
fn an_answer_has_no_more_than_a_browser_can_show() {
    let site = Site::with(&["door"]);
    for number in 0..1001 {
        site.note_gap("door", number * 1000, number * 1000 + 1, 0, "a moment");
    }
    let gaps = site.json("/api/cameras/door/gaps?from=0&to=10000000");
    let listed = gaps["gaps"].as_array().expect("a list");
    assert_eq!((listed.len(), &gaps["more"]), (1000, &Value::Bool(true)));
    assert_eq!(listed[0]["began"], 1000, "the oldest one is left out");
}

#[test]
fn a_segment_is_downloaded_whole_under_a_name_of_its_own() {
    let site = Site::with(&["front door"]);
    let content: Vec<u8> = (0..300_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    let id = site.record("front door", "2026.mkv", 0, &content);
    let answer = site.get(&format!("/segments/{id}"));
    assert_eq!((answer.status, answer.field("content-length")), (200, "300000"));
    let name = "attachment; filename*=UTF-8''front%20door%202026%2Emkv";
    assert_eq!(answer.field("content-disposition"), name);
    assert!(answer.body == content);
}

#[test]
fn only_files_that_the_index_names_are_given_out() {
    let site = Site::with(&["door"]);
    std::fs::write(site.path().join("secret"), "secret").expect("a file");
    let good = site.record("door", "good.mkv", 0, b"matroska");
    let up = site.index("door", "../secret", 0, 6);
    let above = site.index("..", "secret", 0, 6);
    let gone = site.index("door", "gone.mkv", 0, 6);
    let link = site.index("door", "link.mkv", 0, 6);
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret", site.path().join("door/link.mkv")).expect("a link");
    assert_eq!(site.get(&format!("/segments/{good}")).status, 200);
    for id in [up, above, gone, link, 1000] {
        for path in [format!("/segments/{id}"), format!("/segments/{id}/play")] {
            let answer = site.get(&path);
            assert_eq!(answer.status, 404, "{path}");
            assert!(!answer.text().contains("secret"), "{path}");
        }
    }
    for path in ["/segments/..%2Fsecret", "/segments/index.sqlite", "/segments/-1", "/..%2Fsecret"]
    {
        assert!(matches!(site.get(path).status, 400 | 404), "{path}");
    }
}

/// Of 50 pictures within two seconds.
pub(super) fn matroska(path: &Path) {
    gst::init().expect("GStreamer");
    let launch = format!(
        "videotestsrc num-buffers=50 pattern=ball ! video/x-raw,width=320,height=180,framerate=25/1
         ! jpegenc ! matroskamux ! filesink location=\"{}\"",
        path.display()
    );
    let pipeline = gst::parse::launch(&launch).expect("a pipeline");
    pipeline.set_state(gst::State::Playing).expect("a start");
    let bus = pipeline.bus().expect("a bus");
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    let end = bus.timed_pop_filtered(gst::ClockTime::from_seconds(30), &ends).expect("an end");
    pipeline.set_state(gst::State::Null).expect("an end");
    assert_eq!(end.type_(), gst::MessageType::Eos, "{end:?}");
}

#[test]
fn a_segment_is_played_at_its_pace_from_where_it_is_asked_for() {
    let site = Site::with(&["door"]);
    let id = site.record("door", "2026.mkv", 1_000_000, b"");
    matroska(&site.path().join("door/2026.mkv"));
    let play = |query: &str| {
        let began = Instant::now();
        let (_, mut reader) = site.pictures(&format!("/segments/{id}/play{query}"));
        let mut times = Vec::new();
        while !reader.fill_buf().expect("pictures").is_empty() {
            let (fields, picture) = part(&mut reader);
            assert!(picture.starts_with(b"\xff\xd8") && picture.ends_with(b"\xff\xd9"));
            times.push(field(&fields, "x-timestamp").parse::<f64>().expect("a time"));
        }
        (times, began.elapsed())
    };
    let (times, took) = play("");
    assert!(times.len() > 5 && times.is_sorted(), "{times:?}");
    assert!(times[0] < 1000.5 && times.last() > Some(&1001.5), "{times:?}");
    assert!(took > Duration::from_millis(1900), "{took:?}");
    let (times, _) = play("?from=1.5");
    assert!(times[0] >= 1001.4, "{times:?}");
    let (times, slow) = play("?from=1&speed=0.5");
    assert!(times[0] >= 1000.9, "{times:?}");
    assert!(slow > Duration::from_millis(1800), "{slow:?}");
    for wrong in ["?speed=0", "?speed=-1", "?speed=nan", "?from=-1", "?from=inf", "?from=x"] {
        assert_eq!(site.get(&format!("/segments/{id}/play{wrong}")).status, 400, "{wrong}");
    }
}

#[test]
fn a_broken_segment_ends_and_a_player_whose_viewer_has_left_does_too() {
    let site = Site::with(&["door"]);
    gst::init().expect("GStreamer");
    let broken = site.record("door", "broken.mkv", 0, b"this is no Matroska file");
    assert!(site.get(&format!("/segments/{broken}/play")).body.starts_with(b"--picture"));
    let id = site.record("door", "2026.mkv", 0, b"");
    matroska(&site.path().join("door/2026.mkv"));
    // More than may play at once, so the places are given back.
    for _ in 0..40 {
        until(|| {
            (site.ask("HEAD", &format!("/segments/{id}/play?speed=0.1"), "").status == 200)
                .then_some(())
        });
    }
}
