//! Recordings: made, and read back.

use std::path::Path;

use gst::prelude::*;

use super::element::{PATIENCE, bytes, pts};

/// Runs a pipeline to its end.
pub fn play(line: &str) {
    let pipeline = gst::parse::launch(line).unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    let message = pipeline.bus().unwrap().timed_pop_filtered(PATIENCE, &ends).expect("an end");
    pipeline.set_state(gst::State::Null).unwrap();
    assert!(matches!(message.view(), gst::MessageView::Eos(_)), "{message:?}");
}

/// The times and bytes of all frames in a file.
pub fn read_back(file: &Path, demuxer: &str) -> Vec<(gst::ClockTime, Vec<u8>)> {
    let line =
        format!("filesrc location={} ! {demuxer} ! appsink name=sink sync=false", file.display());
    let pipeline = gst::parse::launch(&line).unwrap().downcast::<gst::Pipeline>().unwrap();
    let sink: gst_app::AppSink = pipeline.by_name("sink").unwrap().downcast().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let mut frames = Vec::new();
    while let Some(sample) = sink.try_pull_sample(PATIENCE) {
        frames.push((pts(&sample), bytes(&sample)));
    }
    assert!(sink.is_eos(), "{} was not read to its end", file.display());
    pipeline.set_state(gst::State::Null).unwrap();
    frames
}
