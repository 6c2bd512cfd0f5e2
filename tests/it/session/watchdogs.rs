//! What the element says and does when the camera is there and yet shows nothing new.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::{PATIENCE, Pipeline, bytes, pts};
use crate::common::full::Full;
use crate::common::jpeg::jpeg;
use gst::prelude::*;

/// A camera's pace: the pause between two pictures, or two bytes.
fn pace() {
    thread::sleep(Duration::from_millis(20));
}

fn drip(mut visit: Visit, bytes: &[u8]) -> io::Result<()> {
    for byte in bytes.iter().cycle() {
        visit.send([*byte])?;
        pace();
    }
    Ok(())
}

/// The same picture for ever; `fields` go into the head of each part.
fn still(mut visit: Visit, fields: &str) -> io::Result<()> {
    visit.send(HEAD)?;
    let part = part(&jpeg(1, 64, 48, 100), None);
    let part = [b"--b\r\n", fields.as_bytes(), &part[5..]].concat();
    loop {
        visit.send(&part)?;
        pace();
    }
}

#[test]
fn every_watchdog_has_its_own_words() {
    type Script = fn(Visit) -> io::Result<()>;
    let rows: [(&str, &str, Script); 10] = [
        // Each phase has its own time, and the error says which.
        ("no answer within 2 s", "connect-timeout=2 timeout=1", Visit::hold),
        ("no picture within 2 s", "connect-timeout=1 timeout=2", |mut visit| {
            visit.send(HEAD)?;
            visit.hold()
        }),
        ("a picture stopped for 1 s: 244 of 247 bytes had come", "timeout=1", |mut visit| {
            visit.send(HEAD)?;
            let part = part(&jpeg(1, 64, 48, 100), None);
            visit.send(&part[..part.len() - 5])?;
            visit.hold()
        }),
        ("a picture was not whole after 4 s", "timeout=1", |mut visit| {
            visit.send(HEAD)?;
            visit.send("--b\r\nContent-Type: image/jpeg\r\n\r\n")?;
            visit.send(&jpeg(1, 64, 48, 100)[..90])?;
            drip(visit, b"U")
        }),
        ("no answer within 1 s", "connect-timeout=1", Visit::hold),
        ("the head of the answer was not whole after 1 s", "connect-timeout=1", |visit| {
            drip(visit, b"HTTP/1.0 200 OK\r\nX: y\r\n")
        }),
        ("an answer, but no picture within 1 s", "timeout=1", |mut visit| {
            visit.send(HEAD)?;
            visit.hold()
        }),
        ("no picture for 1 s", "timeout=1", |mut visit| {
            visit.send(HEAD)?;
            visit.send(part(&jpeg(1, 64, 48, 100), None))?;
            drip(visit, b"\r\n")
        }),
        ("the picture has been the same for 1 s", "frozen-timeout=1", |visit| still(visit, "")),
        ("the camera has been without its own source for 1 s", "frozen-timeout=1", |mut visit| {
            visit.send(HEAD)?;
            for picture in 1.. {
                let part = part(&jpeg(picture, 64, 48, 100), None);
                visit.send([b"--b\r\nX-UStreamer-Online: false\r\n", &part[5..]].concat())?;
                pace();
            }
            Ok(())
        }),
    ];
    for (words, properties, script) in rows {
        let camera = Camera::start(script);
        let pipeline =
            Pipeline::playing(&camera.url(), &format!("{properties} retry-backoff-factor=0.01"));
        let warning = pipeline.warning();
        assert!(warning.message().contains(words), "{words}: {warning}");
        assert!(warning.message().contains("retry 1, now"), "{words}: {warning}");
    }
}

#[test]
fn a_picture_that_comes_slowly_and_steadily_is_seen() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        for picture in 0..2 {
            for piece in part(&jpeg(picture, 64, 48, 40_000), None).chunks(400) {
                visit.send(piece)?;
                pace();
            }
        }
        visit.hold()
    });
    let pipeline = Pipeline::playing(&camera.url(), "timeout=1");
    let frames = pipeline.frames(2);
    assert!(pts(&frames[1]) - pts(&frames[0]) > gst::ClockTime::from_seconds(1));
    assert_eq!(pipeline.stat("connections"), 1);
}

/// Not only when something is given up, which nothing is here.
#[test]
fn pictures_that_are_too_large_are_told_at_the_first() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        loop {
            visit.send(part(&jpeg(1, 64, 48, 40_000), None))?;
            pace();
        }
    });
    let pipeline = Pipeline::playing(&camera.url(), "max-frame-size=4000 timeout=0");
    let told = std::iter::repeat_with(|| pipeline.message(gst::MessageType::Element));
    let mut ids = told.map(|told| told.structure().unwrap().get::<String>("id").unwrap());
    assert!(ids.any(|id| id == "D12"));
    let pipeline = Pipeline::playing(&camera.url(), "max-frame-size=4000 timeout=1 retries=0");
    let error = pipeline.error();
    let words = "its pictures are larger than max-frame-size, which is 4000 bytes. Set it to more";
    assert!(error.message().contains(words), "{error}");
}

#[test]
fn a_connection_that_is_not_accepted_is_told_from_a_silent_one() {
    let full = Full::start();
    let url = format!("http://{}/", full.address);
    let pipeline = Pipeline::playing(&url, "connect-timeout=1");
    let warning = pipeline.warning();
    assert!(warning.message().contains("no connection within 1 s"), "{warning}");
}

#[test]
fn a_picture_that_changes_or_a_camera_that_is_online_is_not_frozen() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        for picture in 1.. {
            let part = part(&jpeg(picture / 30, 64, 48, 100), None);
            visit.send([b"--b\r\nX-UStreamer-Online: true\r\n", &part[5..]].concat())?;
            pace();
        }
        Ok(())
    });
    let pipeline = Pipeline::playing(&camera.url(), "frozen-timeout=1");
    pipeline.frames(150);
    assert_eq!(pipeline.stat("connections"), 1);
}

#[test]
fn without_a_timeout_a_still_picture_may_stay() {
    let camera = Camera::start(|visit| still(visit, "X-UStreamer-Online: false\r\n"));
    let pipeline = Pipeline::playing(&camera.url(), "");
    pipeline.frames(100);
    assert_eq!(pipeline.stat("connections"), 1);
}

#[test]
fn a_single_picture_that_stays_the_same_is_frozen_too() {
    type Known = fn(&str) -> bool;
    let rows: [(&str, Known); 2] = [
        ("sent again", |_| false),
        ("not changed, says the camera", |request| request.contains("If-None-Match")),
    ];
    for (name, is_known) in rows {
        let camera = Camera::start(move |mut visit| {
            let picture = jpeg(1, 64, 48, 100);
            loop {
                if is_known(&visit.request) {
                    visit.send("HTTP/1.1 304 Not Modified\r\n\r\n")?;
                } else {
                    let length = picture.len();
                    visit.send(format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nETag: \"1\"\r\n\
                         Content-Length: {length}\r\n\r\n"
                    ))?;
                    visit.send(&picture)?;
                }
                visit.next_request()?;
            }
        });
        let pipeline = Pipeline::playing(&camera.url(), "frozen-timeout=1 snapshot-interval=50");
        let warning = pipeline.warning();
        assert!(warning.message().contains("the same for 1 s"), "{name}: {warning}");
    }
}

#[test]
fn a_fallback_takes_over_and_the_first_follows_when_it_fails() {
    let is_up = Arc::new(AtomicBool::new(true));
    let state = is_up.clone();
    let second = Camera::start(move |mut visit| {
        visit.send(HEAD)?;
        while state.load(Ordering::SeqCst) {
            visit.send(part(&jpeg(2, 64, 48, 100), None))?;
            pace();
        }
        Ok(())
    });
    let first = Camera::start(|mut visit| {
        if visit.number == 0 {
            return visit.send("HTTP/1.0 404 Not Found\r\n\r\n");
        }
        visit.send(HEAD)?;
        visit.send(part(&jpeg(1, 64, 48, 100), None))?;
        visit.hold()
    });
    let secret = second.url().replace("http://", "http://viewer:secret@");
    let pipeline = Pipeline::playing(
        &first.url(),
        &format!("fallback-locations=<\"{secret}\"> retry-backoff-factor=0.01"),
    );
    let shown = pipeline.source.property::<gst::Array>("fallback-locations");
    let shown: Vec<&str> = shown.iter().map(|address| address.get().unwrap()).collect();
    assert_eq!(shown, [second.url()], "without the login");
    let warning = pipeline.warning();
    assert!(warning.message().starts_with(&first.url()), "{warning}");
    assert_eq!(bytes(&pipeline.frames(2)[1]), jpeg(2, 64, 48, 100));
    is_up.store(false, Ordering::SeqCst);
    let warning = pipeline.warning();
    assert!(warning.message().starts_with(&second.url()), "{warning}");
    let mut frames = std::iter::from_fn(|| pipeline.frame());
    assert!(frames.any(|frame| bytes(&frame) == jpeg(1, 64, 48, 100)));
}

#[test]
fn an_address_that_is_none_is_refused_at_the_start() {
    for (addresses, words) in [
        ("\"ftp://x/\"", "number 1 of fallback-locations is not a camera address: ftp: is not"),
        ("\"http://x/\",\"rtsp://x/\"", "number 2 of fallback-locations is not a camera"),
    ] {
        let addresses = format!("fallback-locations=<{addresses}>");
        let pipeline = Pipeline::new("http://127.0.0.1:9/", &addresses);
        assert!(pipeline.top.set_state(gst::State::Playing).is_err());
        let error = pipeline.error();
        assert!(error.matches(gst::ResourceError::Settings), "{error:?}");
        assert!(error.message().contains(words), "{words}: {error}");
    }
}

/// Start and length of each gap told, and the PTS of each buffer, in their order.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    Gap(gst::ClockTime, gst::ClockTime),
    Picture(gst::ClockTime),
}

#[test]
fn downstream_is_told_that_there_is_no_picture() {
    let (quiet, resume) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
    let (silent, wait) = (quiet.clone(), resume.clone());
    // Half a picture, and nothing; the connection is lost; the next one is not answered.
    let camera = Camera::start(move |mut visit| {
        if visit.number == 1 {
            return visit.hold();
        }
        visit.send(HEAD)?;
        visit.send(part(&jpeg(1, 64, 48, 100), None))?;
        if visit.number == 0 {
            visit.send(&part(&jpeg(1, 64, 48, 100), None)[..150])?;
            while silent.load(Ordering::SeqCst) && !wait.load(Ordering::SeqCst) {
                pace();
            }
            return Ok(());
        }
        visit.hold()
    });
    let pipeline = Pipeline::new(&camera.url(), "connect-timeout=2 retry-backoff-factor=0.01");
    let told = Arc::new(Mutex::new(Vec::new()));
    let list = told.clone();
    let pad = pipeline.source.static_pad("src").unwrap();
    let kinds = gst::PadProbeType::BUFFER | gst::PadProbeType::EVENT_DOWNSTREAM;
    pad.add_probe(kinds, move |_, info| {
        let mut list = list.lock().unwrap();
        match &info.data {
            Some(gst::PadProbeData::Buffer(buffer)) => {
                list.push(Told::Picture(buffer.pts().unwrap()));
            }
            Some(gst::PadProbeData::Event(event)) => {
                if let gst::EventView::Gap(gap) = event.view() {
                    let (start, length) = gap.get();
                    list.push(Told::Gap(start, length.unwrap()));
                }
            }
            _ => {}
        }
        gst::PadProbeReturn::Ok
    });
    let gaps = || told.lock().unwrap().iter().filter(|told| matches!(told, Told::Gap(..))).count();
    let wait_for_gaps = |count: usize| {
        let until = std::time::Instant::now() + Duration::from(PATIENCE);
        while gaps() < count {
            assert!(std::time::Instant::now() < until, "{:?}", told.lock().unwrap());
            pace();
        }
    };
    pipeline.play();
    let first = pipeline.frame().unwrap();
    wait_for_gaps(3);
    quiet.store(false, Ordering::SeqCst);
    wait_for_gaps(6);
    resume.store(true, Ordering::SeqCst);
    let second = pipeline.frame().unwrap();
    wait_for_gaps(7);

    let mut end = gst::ClockTime::ZERO;
    for told in told.lock().unwrap().iter() {
        match *told {
            Told::Gap(start, length) => {
                assert!(start >= end && start < end + gst::ClockTime::SECOND, "{told:?} {end}");
                end = start + length;
            }
            Told::Picture(pts) => {
                assert!(pts >= end, "{told:?} {end}");
                end = pts;
            }
        }
    }
    assert!(pts(&second) > pts(&first));
}

#[test]
fn a_muxer_does_not_wait_for_a_camera_that_is_away() {
    crate::common::element::init();
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        visit.send(part(&jpeg(1, 64, 48, 100), None))?;
        visit.send(part(&jpeg(1, 64, 48, 100), None))?;
        visit.hold()
    });
    let line = format!(
        "matroskamux name=mux streamable=true ! appsink name=sink sync=false \
         mjpeghttpsrc location={} ! queue ! mux. \
         audiotestsrc is-live=true samplesperbuffer=4410 ! queue ! mux.",
        camera.url()
    );
    let pipeline = gst::parse::launch(&line).unwrap().downcast::<gst::Pipeline>().unwrap();
    let sink = pipeline.by_name("sink").unwrap().downcast::<gst_app::AppSink>().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    // Its queue holds one second: three of them pass only if nobody waits.
    let has_come = std::iter::from_fn(|| sink.try_pull_sample(PATIENCE))
        .filter_map(|sample| sample.buffer().and_then(gst::BufferRef::pts))
        .any(|pts| pts > 3 * gst::ClockTime::SECOND);
    pipeline.set_state(gst::State::Null).unwrap();
    assert!(has_come, "the audio waits for the camera");
}
