//! What goes downstream besides pictures, and in which order.

use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use crate::common::camera::{Camera, HEAD, part};
use crate::common::element::{PATIENCE, Pipeline, init};
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

/// A flush that begins while the streaming thread is downstream, which is not in the element
/// to see it: at the second picture, so long behind the first. The next one comes so long
/// behind the flush.
fn flush_under_way(resets_time: bool, before: Duration, behind: Duration) {
    let camera = Camera::start(move |mut visit| {
        visit.send(HEAD)?;
        if visit.number == 0 {
            visit.send(part(&jpeg(1, 64, 48, 100), None))?;
        }
        // The camera's own pace.
        thread::sleep(if visit.number == 0 { before } else { behind });
        visit.send(part(&jpeg(2, 64, 48, 100), None))?;
        visit.hold()
    });
    let pipeline = Pipeline::new(&camera.url(), "");
    let pad = pipeline.source.static_pad("src").unwrap();
    let (tell, told) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let (tell, may_go_on) = (Mutex::new(tell), Mutex::new(may_go_on));
    let source = pipeline.source.downgrade();
    let kinds = gst::PadProbeType::BUFFER
        | gst::PadProbeType::EVENT_DOWNSTREAM
        | gst::PadProbeType::EVENT_FLUSH;
    // The test may have ended: nobody hears of what comes then, and nothing waits for it.
    pad.add_probe(kinds, move |_, info| {
        let tell = tell.lock().unwrap();
        match &info.data {
            Some(gst::PadProbeData::Event(event)) => {
                let _ = tell.send(Told::Event(event.type_()));
            }
            Some(gst::PadProbeData::Buffer(buffer)) => {
                let now = source.upgrade().unwrap().current_running_time().unwrap();
                let _ = tell.send(Told::Picture(buffer.pts().unwrap(), now));
                drop(tell);
                let _ = may_go_on.lock().unwrap().recv();
            }
            _ => {}
        }
        gst::PadProbeReturn::Ok
    });
    let next = || told.recv_timeout(PATIENCE.into()).expect("something goes downstream");
    let next_picture = || {
        loop {
            if let Told::Picture(pts, now) = next() {
                return (pts, now);
            }
        }
    };
    pipeline.play();
    next_picture();
    go_on.send(()).unwrap();
    next_picture();
    assert!(pipeline.top.send_event(gst::event::FlushStart::new()));
    go_on.send(()).unwrap();
    assert!(pipeline.top.send_event(gst::event::FlushStop::new(resets_time)));
    while next() != Told::Event(gst::EventType::FlushStop) {}
    let mut has_segment = false;
    let (pts, now) = loop {
        match next() {
            Told::Picture(pts, now) => break (pts, now),
            Told::Event(gst::EventType::Segment) => has_segment = true,
            Told::Event(event) => assert!(has_segment || event != gst::EventType::Gap, "a gap"),
        }
    };
    assert!(has_segment && pts <= now, "stamped {pts}, and it is {now}");
    go_on.send(()).unwrap();
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    Event(gst::EventType),
    /// Its PTS, and when it left.
    Picture(gst::ClockTime, gst::ClockTime),
}

/// The picture is later than the first gap would be told.
#[test]
fn no_gap_comes_between_a_flush_and_the_segment_behind_it() {
    flush_under_way(false, Duration::from_millis(300), Duration::from_millis(1300));
}

/// Too short a step back for the clock to notice by itself.
#[test]
fn a_flush_that_resets_the_time_stamps_no_picture_in_the_future() {
    flush_under_way(true, Duration::from_millis(80), Duration::ZERO);
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
    let message = bus.timed_pop_filtered(PATIENCE, &errors).unwrap();
    let gst::MessageView::Error(error) = message.view() else { unreachable!() };
    assert!(error.error().matches(gst::ResourceError::NotFound));
    // The bus holds messages that hold the element.
    source.set_bus(None::<&gst::Bus>);
}
