//! Messages that a camera causes, and work.

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::Pipeline;
use crate::common::jpeg::jpeg;
use gst::prelude::*;

/// Most that is unread of each kind.
const MOST: usize = 256;

fn text_part(text: &str) -> Vec<u8> {
    let length = text.len();
    format!("--b\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{text}\r\n").into()
}

fn messages(pipeline: &Pipeline, kind: gst::MessageType) -> Vec<gst::Message> {
    let bus = pipeline.top.bus().unwrap();
    std::iter::from_fn(|| bus.pop_filtered(&[kind])).collect()
}

fn text(message: &gst::Message) -> String {
    message.structure().unwrap().get("text").unwrap()
}

#[test]
fn texts_that_are_read_all_come() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        for number in 0..40 {
            visit.send(part(&jpeg(number, 64, 48, 100), None))?;
            visit.send(text_part(&number.to_string()))?;
        }
        visit.send(part(&jpeg(99, 64, 48, 100), None))?;
        visit.hold()
    });
    let pipeline = Pipeline::playing(&camera.url(), "");
    let mut texts = Vec::new();
    while texts.len() < 40 {
        let message = pipeline.message(gst::MessageType::Element);
        if message.structure().unwrap().name() == "mjpeghttpsrc-part" {
            texts.push(text(&message));
        }
    }
    assert_eq!(texts, (0..40).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[test]
fn warnings_are_bounded() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        visit.send(part(&jpeg(visit.number as u64, 64, 48, 100), None))
    });
    let pipeline = Pipeline::playing(&camera.url(), "retry-backoff-factor=0");
    pipeline.frames(400);
    assert!(messages(&pipeline, gst::MessageType::Warning).len() <= MOST);
    assert!(pipeline.stat("retries") >= 399);
}

#[test]
fn a_storm_of_pieces_that_are_no_picture_ends_the_connection() {
    for piece in [&b"\xFF\xD8"[..], b"\xFF\xD8\xFF", &text_part("x")] {
        let storm = piece.repeat(20_000);
        let camera = Camera::start(move |mut visit: Visit| {
            visit.send(HEAD)?;
            visit.send(part(&jpeg(1, 64, 48, 100), None))?;
            visit.send(b"--b\r\n")?;
            visit.send(&storm)?;
            visit.hold()
        });
        let pipeline = Pipeline::playing(&camera.url(), "");
        pipeline.frame();
        let warning = pipeline.warning();
        assert!(warning.message().contains("10000 pieces came that are no picture"), "{warning}");
    }
}

/// Texts between pictures, as many as cameras send, are no storm.
#[test]
fn pictures_make_up_for_texts() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        for number in 0..3000 {
            visit.send(part(&jpeg(number, 64, 48, 100), None))?;
            visit.send(text_part("x").repeat(5))?;
        }
        visit.hold()
    });
    let pipeline = Pipeline::playing(&camera.url(), "");
    pipeline.frames(3000);
    assert_eq!(pipeline.stat("connections"), 1);
}
