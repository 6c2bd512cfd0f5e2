//! What a pause does to the connection, and a resume to the pictures.

use crate::common::camera::{Camera, HEAD, part};
use crate::common::element::{Pipeline, bytes};
use crate::common::jpeg::jpeg;

#[test]
fn a_pause_drops_the_connection_and_a_resume_shows_no_stale_picture() {
    // Each connection has pictures of its own.
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        for seed in 0..5 {
            visit.send(part(&jpeg(100 * visit.number as u64 + seed, 64, 48, 100), None))?;
        }
        visit.hold()
    });
    let pipeline = Pipeline::playing(&camera.url(), "");
    assert_eq!(bytes(&pipeline.frames(5)[4]), jpeg(4, 64, 48, 100));
    for round in 1..20 {
        pipeline.change(gst::State::Paused);
        pipeline.change(gst::State::Playing);
        let frame = pipeline.frames(5).remove(0);
        assert_eq!(bytes(&frame), jpeg(100 * round, 64, 48, 100), "round {round}");
        assert!(frame.buffer().unwrap().flags().contains(gst::BufferFlags::DISCONT));
    }
}
