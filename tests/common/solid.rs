//! Pictures that a decoder can show, and a test can tell apart.

use gst::prelude::*;

/// A JPEG of 320 by 240 pixels, all of this red, green and blue.
pub fn solid([red, green, blue]: [u8; 3]) -> Vec<u8> {
    super::element::init();
    let line = format!(
        "videotestsrc num-buffers=1 pattern=solid-color foreground-color=0xff{red:02x}{green:02x}{blue:02x} \
         ! video/x-raw,format=RGB,width=320,height=240 ! videoconvert ! jpegenc ! appsink name=sink"
    );
    let pipeline = gst::parse::launch(&line).unwrap().downcast::<gst::Pipeline>().unwrap();
    let sink = pipeline.by_name("sink").unwrap().downcast::<gst_app::AppSink>().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let sample = sink.pull_sample().unwrap();
    pipeline.set_state(gst::State::Null).unwrap();
    sample.buffer().unwrap().map_readable().unwrap().to_vec()
}
