//! What goes downstream besides pictures, and in which order.

use crate::common::camera::{Camera, HEAD, part};
use crate::common::element::init;
use crate::common::jpeg::jpeg;
use gst::prelude::*;
use gst_check::Harness;

fn harness(camera: &Camera, retries: i32) -> Harness {
    init();
    let source = gst::ElementFactory::make("mjpeghttpsrc")
        .property("location", camera.url())
        .property("retries", retries)
        .build()
        .unwrap();
    let mut harness = Harness::with_element(&source, None, Some("src"));
    harness.use_systemclock();
    harness.play();
    harness
}

fn camera(sizes: &'static [u16]) -> Camera {
    Camera::start(move |mut visit| {
        visit.send(HEAD)?;
        for &width in sizes {
            visit.send(part(&jpeg(u64::from(width), width, 48, 100), None))?;
        }
        Ok(())
    })
}

#[test]
fn the_latency_is_that_of_what_runs() {
    let camera = camera(&[64, 64]);
    let mut harness = harness(&camera, -1);
    harness.pull().unwrap();
    let source = harness.element().unwrap();
    let latency = || {
        let mut query = gst::query::Latency::new();
        assert!(source.query(&mut query));
        query.result().1
    };
    assert_eq!(latency(), gst::ClockTime::from_mseconds(100));
    source.set_property("latency", 500u32);
    assert_eq!(latency(), gst::ClockTime::from_mseconds(100), "until it starts anew");
    source.set_state(gst::State::Null).unwrap();
    assert_eq!(latency(), gst::ClockTime::from_mseconds(500));
}

#[test]
fn stream_start_caps_and_segment_come_before_the_first_buffer() {
    let camera = camera(&[64, 64]);
    let mut harness = harness(&camera, 0);
    let first = harness.pull().unwrap();
    assert!(first.flags().contains(gst::BufferFlags::DISCONT));
    let mut events = vec![];
    let second = harness.pull().unwrap();
    assert!(!second.flags().contains(gst::BufferFlags::DISCONT));
    assert_eq!(second.duration(), second.pts().opt_sub(first.pts()));
    while events.last() != Some(&gst::EventType::Eos) {
        events.push(harness.pull_event().unwrap().type_());
    }
    let wanted = [gst::EventType::StreamStart, gst::EventType::Caps, gst::EventType::Segment];
    assert!(events.starts_with(&wanted), "{events:?}");
}

#[test]
fn caps_are_sent_again_only_when_the_size_changes() {
    let camera = camera(&[64, 64, 128, 128]);
    let mut harness = harness(&camera, 0);
    let mut widths = Vec::new();
    loop {
        let event = harness.pull_event().unwrap();
        match event.view() {
            gst::EventView::Caps(caps) => {
                let structure = caps.caps().structure(0).unwrap();
                widths.push(structure.get::<i32>("width").unwrap());
            }
            gst::EventView::Eos(_) => break,
            _ => {}
        }
    }
    assert_eq!(widths, [64, 128]);
}

#[test]
fn an_error_is_a_message_and_the_end_of_the_stream() {
    let camera = Camera::answering("HTTP/1.0 404 Not Found\r\n\r\n");
    init();
    let source = gst::ElementFactory::make("mjpeghttpsrc")
        .property("location", camera.url())
        .build()
        .unwrap();
    let bus = gst::Bus::new();
    source.set_bus(Some(&bus));
    let mut harness = Harness::with_element(&source, None, Some("src"));
    harness.use_systemclock();
    harness.play();
    let errors = [gst::MessageType::Error];
    let message = bus.timed_pop_filtered(crate::common::element::PATIENCE, &errors).unwrap();
    let gst::MessageView::Error(error) = message.view() else { unreachable!() };
    assert!(error.error().matches(gst::ResourceError::NotFound));
    // The bus holds messages that hold the element.
    source.set_bus(None::<&gst::Bus>);
}
