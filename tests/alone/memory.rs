//! Memory is bounded whatever is sent, and whoever does not take it.

use std::io;
use std::time::Duration;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::{PATIENCE, Pipeline};
use crate::common::jpeg::jpeg;
use crate::{alone, counting};
use gst::prelude::*;
use gstmjpeghttp::multipart::Decoder;
use gstmjpeghttp::multipart::pool::Pool;

const MAX_FRAME: usize = 4 * 1024 * 1024;
const SENT: usize = 24 * 1024 * 1024;

#[test]
fn no_stream_takes_more_than_the_largest_frame_and_a_mebibyte() {
    let _alone = alone();
    let head = "--b\r\nContent-Type: image/jpeg\r\n";
    let scan = jpeg(1, 64, 48, 10);
    let scan = &scan[..scan.len() - 2];
    // name, what is sent first, what is sent again and again
    let rows: [(&str, Vec<u8>, &[u8]); 9] = [
        ("endless preamble", vec![], b"this is no picture\n"),
        ("endless line", vec![], b"x"),
        ("endless junk", vec![], &[0, 1, 2, 0xFE]),
        ("endless delimiters", vec![], b"--b\r\n"),
        ("endless head", head.into(), b"X: y\r\n"),
        ("endless empty parts", vec![], b"--b\r\nContent-Length: 0\r\n\r\n"),
        (
            "endless picture of any length",
            [head.as_bytes(), b"Content-Length: 9223372036854775808\r\n\r\n", scan].concat(),
            &[0x55; 64],
        ),
        ("endless picture", [head.as_bytes(), b"\r\n", scan].concat(), &[0x55; 64]),
        ("endless text", b"--b\r\nContent-Type: text/plain\r\n\r\n".to_vec(), b"text "),
    ];
    for (name, first, again) in rows {
        let most = counting::most_during(|| {
            let mut decoder = Decoder::new(Some(b"b"), MAX_FRAME, Pool::default());
            let mut stream = first.iter().chain(again.iter().cycle());
            let mut sent = 0;
            while sent < SENT {
                while decoder.poll().is_some() {}
                let space = decoder.space();
                assert!(!space.is_empty(), "{name}: no place for more");
                for byte in space.iter_mut() {
                    *byte = *stream.next().unwrap();
                }
                sent += space.len();
                let count = space.len();
                decoder.advance(count, Duration::ZERO);
            }
        });
        assert!(most <= MAX_FRAME + 1024 * 1024, "{name}: {most} bytes");
    }
}

fn text_part(text: &str) -> Vec<u8> {
    let length = text.len();
    format!("--b\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{text}\r\n").into()
}

/// A hundred texts with each picture; the last text is short and comes before the camera falls silent.
fn texts(pictures: usize) -> impl Fn(Visit) -> io::Result<()> {
    let long = text_part(&"t".repeat(60_000));
    move |mut visit| {
        visit.send(HEAD)?;
        for number in 0..pictures {
            visit.send(part(&jpeg(number as u64, 64, 48, 100), None))?;
            for _ in 0..100 {
                visit.send(&long)?;
            }
        }
        visit.send(text_part("the newest"))?;
        visit.send(part(&jpeg(99, 64, 48, 100), None))?;
        visit.hold()
    }
}

#[test]
fn texts_on_a_bus_that_nobody_reads_are_bounded_and_the_newest_wins() {
    let _alone = alone();
    let camera = Camera::start(texts(20));
    let pipeline = Pipeline::new(&camera.url(), "max-backlog=1000000");
    // 120 MB of texts.
    let most = counting::most_during(|| {
        pipeline.play();
        pipeline.frames(21);
    });
    assert!(most < 8 * 1024 * 1024, "{most} bytes");
    assert!(pipeline.stat("messages-left-out") >= 1900);
    let bus = pipeline.top.bus().unwrap();
    let texts = || {
        let message = bus.timed_pop_filtered(PATIENCE, &[gst::MessageType::Element]).unwrap();
        let structure = message.structure().unwrap();
        (structure.name() == "mjpeghttpsrc-part").then(|| structure.get::<String>("text").unwrap())
    };
    let mut bytes = 0;
    // Once there is room, the newest follows.
    loop {
        match texts() {
            Some(text) if text == "the newest" => break,
            text => bytes += text.map_or(0, |text| text.len()),
        }
    }
    assert!(bytes <= 1024 * 1024, "{bytes} bytes");
}
