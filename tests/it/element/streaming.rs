//! From the camera's bytes to buffers: caps, times, flags, ends.

use std::io::Write;
use std::thread;
use std::time::Duration;

use crate::common::camera::{Camera, HEAD, part};
use crate::common::element::{Pipeline, bytes, pts};
use crate::common::jpeg::jpeg;
use gst::prelude::*;

fn pictures(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(|seed| jpeg(seed, 320, 240, 2000)).collect()
}

/// A camera that sends these pictures to everybody and closes.
fn camera_with(pictures: &[Vec<u8>]) -> Camera {
    let parts = pictures.iter().flat_map(|picture| part(picture, None));
    Camera::answering(HEAD.bytes().chain(parts).collect::<Vec<_>>())
}

#[test]
fn every_picture_comes_out_byte_for_byte_with_caps_time_and_duration() {
    let pictures = pictures(30);
    let camera = camera_with(&pictures);
    let pipeline = Pipeline::playing(&camera.url(), "retries=0");
    let frames = pipeline.frames(30);
    for (frame, picture) in frames.iter().zip(&pictures) {
        assert_eq!(bytes(frame), *picture);
        assert!(frame.buffer().unwrap().duration().is_some());
        let caps = frame.caps().unwrap().structure(0).unwrap();
        assert_eq!(caps.name(), "image/jpeg");
        assert_eq!(caps.get::<i32>("width"), Ok(320));
        assert_eq!(caps.get::<i32>("height"), Ok(240));
        assert_eq!(caps.get::<bool>("parsed"), Ok(true));
        assert_eq!(caps.get::<i32>("sof-marker"), Ok(0));
        assert_eq!(caps.get::<&str>("sampling"), Ok("YCbCr-4:2:0"));
        assert_eq!(caps.get::<gst::Fraction>("framerate"), Ok(gst::Fraction::new(0, 1)));
    }
    assert!(frames.windows(2).all(|pair| pts(&pair[0]) < pts(&pair[1])));
    let discont =
        |frame: &gst::Sample| frame.buffer().unwrap().flags().contains(gst::BufferFlags::DISCONT);
    assert!(discont(&frames[0]) && !frames[1..].iter().any(discont));
    assert!(pipeline.frame().is_none(), "a clean end is the end of the stream");
    assert_eq!(pipeline.stat("frames"), 30);
    assert_eq!(pipeline.stat("bytes"), pictures.iter().map(|p| p.len() as u64).sum::<u64>());
}

/// As in lines that were made for other sources.
#[test]
fn do_timestamp_changes_no_time() {
    let camera = camera_with(&pictures(3));
    let pipeline = Pipeline::playing(&camera.url(), "retries=0 do-timestamp=true");
    for frame in pipeline.frames(3) {
        let buffer = frame.buffer().unwrap();
        assert!(buffer.dts().is_none() && buffer.pts().is_some(), "{buffer:?}");
    }
}

#[test]
fn a_new_size_brings_new_caps_before_its_buffer() {
    let pictures = [jpeg(1, 320, 240, 500), jpeg(2, 640, 480, 500), jpeg(3, 320, 240, 500)];
    let camera = camera_with(&pictures);
    let pipeline = Pipeline::playing(&camera.url(), "retries=0");
    let width = |frame: &gst::Sample| {
        frame.caps().unwrap().structure(0).unwrap().get::<i32>("width").unwrap()
    };
    let widths: Vec<_> = pipeline.frames(3).iter().map(width).collect();
    assert_eq!(widths, [320, 640, 320]);
}

#[test]
fn a_frame_rate_asked_for_downstream_is_in_the_caps() {
    let camera = camera_with(&pictures(2));
    for (wanted, expected) in [
        ("image/jpeg", (0, 1)),
        ("image/jpeg,framerate=25/1", (25, 1)),
        ("image/jpeg,framerate=[0/1,60/1]", (0, 1)),
        ("image/jpeg,framerate=[10/1,60/1]", (25, 1)),
        ("image/jpeg,framerate=[1/1,10/1]", (10, 1)),
        ("image/jpeg,framerate={15/1,30/1}", (30, 1)),
        ("image/jpeg,framerate={30/1,0/1}", (0, 1)),
        ("image/jpeg,framerate=10/1;image/jpeg", (10, 1)),
        // Of something else.
        ("video/x-raw,framerate=30/1;image/jpeg", (0, 1)),
        ("image/jpeg,width=9,framerate=30/1;image/jpeg,framerate=5/1", (5, 1)),
    ] {
        let filter = format!("retries=0 ! capsfilter caps=\"{wanted}\"");
        let pipeline = Pipeline::playing(&camera.url(), &filter);
        let caps = pipeline.frame().unwrap().caps_owned().unwrap();
        let expected = gst::Fraction::new(expected.0, expected.1);
        assert_eq!(caps.structure(0).unwrap().get("framerate"), Ok(expected), "{wanted}");
    }
}

#[test]
fn num_buffers_ends_the_stream() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        for picture in pictures(10) {
            visit.send(part(&picture, None))?;
        }
        visit.hold()
    });
    let pipeline = Pipeline::playing(&camera.url(), "num-buffers=4");
    assert_eq!(pipeline.frames(4).len(), 4);
    assert!(pipeline.frame().is_none());
    pipeline.message(gst::MessageType::Eos);
}

/// `gst-launch-1.0 -e` ends a recording this way.
#[test]
fn an_eos_event_ends_a_silent_stream() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        visit.send(part(&jpeg(1, 320, 240, 500), None))?;
        visit.hold()
    });
    let pipeline = Pipeline::playing(&camera.url(), "");
    pipeline.frames(1);
    pipeline.top.send_event(gst::event::Eos::new());
    assert!(pipeline.frame().is_none());
}

/// A camera at `fps` whose frames arrive a little late, each by another delay.
fn jittering_camera(timestamp: impl Fn(u64) -> String + Send + Sync + 'static) -> Camera {
    Camera::start(move |mut visit| {
        visit.send(HEAD)?;
        let start = std::time::Instant::now();
        for number in 0..60 {
            let due = Duration::from_millis(20 * number + number * 7 % 15);
            // The camera's own pace.
            thread::sleep(due.saturating_sub(start.elapsed()));
            visit.send(part(&jpeg(number, 320, 240, 500), Some(&timestamp(number))))?;
        }
        visit.hold()
    })
}

#[test]
fn an_advancing_x_timestamp_becomes_the_pts() {
    let camera =
        jittering_camera(|number| format!("17574086{:02}.{:03}000", number / 50, number % 50 * 20));
    let pipeline = Pipeline::playing(&camera.url(), "");
    let frames = pipeline.frames(60);
    // Behind the probation of a third of a second, each interval is the camera's; a frame
    // less delayed than all before it moves the next ones by about a sixteenth at the most.
    let interval = |pair: &[gst::Sample]| (pts(&pair[1]) - pts(&pair[0])).nseconds();
    let errors: Vec<_> =
        frames[30..].windows(2).map(|pair| interval(pair).abs_diff(20_000_000)).collect();
    assert!(errors.iter().all(|error| *error < 20_000_000 / 10), "{errors:?}");
    assert!(pipeline.stat("frames-by-camera-clock") > 30);
}

#[test]
fn an_x_timestamp_that_stands_still_falls_back_to_arrival() {
    let camera = jittering_camera(|_| "0.000000".into());
    let pipeline = Pipeline::playing(&camera.url(), "");
    let frames = pipeline.frames(60);
    let span = pts(&frames[59]) - pts(&frames[0]);
    assert!(span.mseconds().abs_diff(59 * 20) < 200, "{span}");
    assert!(frames.windows(2).all(|pair| pts(&pair[0]) < pts(&pair[1])));
    assert_eq!(pipeline.stat("frames-by-camera-clock"), 0);
}

#[test]
fn the_latency_query_answers_the_latency_property() {
    let camera = camera_with(&pictures(2));
    let pipeline = Pipeline::playing(&camera.url(), "latency=250");
    pipeline.frame();
    let mut query = gst::query::Latency::new();
    assert!(pipeline.source.query(&mut query));
    assert_eq!(query.result(), (true, gst::ClockTime::from_mseconds(250), None));
}

#[test]
fn quirks_and_text_parts_are_element_messages() {
    let text = "--b\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>\r\n";
    let parts = [text.as_bytes(), &part(&jpeg(1, 64, 48, 100), None), text.as_bytes()].concat();
    let camera = Camera::answering([HEAD.as_bytes(), &parts].concat());
    let pipeline = Pipeline::playing(&camera.url(), "retries=0");
    pipeline.frames(1);
    assert!(pipeline.frame().is_none());
    let bus = pipeline.top.bus().unwrap();
    let mut told = Vec::new();
    while let Some(message) = bus.pop_filtered(&[gst::MessageType::Element]) {
        let structure = message.structure().unwrap();
        let field = if structure.name() == "mjpeghttpsrc-part" { "text" } else { "id" };
        told.push(format!("{} {}", structure.name(), structure.get::<&str>(field).unwrap()));
    }
    let (quirk, part) = ("mjpeghttpsrc-quirk C20", "mjpeghttpsrc-part <a/>");
    assert_eq!(told, [quirk, part, part], "each quirk once, each part");
}

/// RFC 9112 §7.1: chunks end anywhere, here in the middle of everything.
#[test]
fn a_chunked_answer_is_joined() {
    let pictures = pictures(5);
    let body: Vec<u8> = pictures.iter().flat_map(|picture| part(picture, None)).collect();
    let camera = Camera::start(move |mut visit| {
        visit.send("HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        for chunk in body.chunks(777) {
            write!(visit.stream, "{:X}\r\n", chunk.len())?;
            visit.send(chunk)?;
            visit.send("\r\n")?;
        }
        visit.send("0\r\n\r\n")?;
        visit.hold()
    });
    let pipeline = Pipeline::playing(&camera.url(), "retries=0");
    let frames: Vec<_> = pipeline.frames(5).iter().map(bytes).collect();
    assert_eq!(frames, pictures);
    assert!(pipeline.frame().is_none(), "the last chunk is a clean end");
}
