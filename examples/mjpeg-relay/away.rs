//! What viewers see while the camera is away.

use std::error::Error;

use gst::prelude::*;

/// A dark picture, as JPEG.
pub(crate) fn picture() -> Result<Vec<u8>, Box<dyn Error>> {
    let pipeline = gst::parse::launch(
        "videotestsrc num-buffers=1 pattern=black ! video/x-raw,width=640,height=360
         ! textoverlay text=\"The camera is away\" valignment=center font-desc=\"Sans 24\"
         ! jpegenc ! appsink name=sink sync=false",
    )?;
    let sink = pipeline.downcast_ref::<gst::Bin>().and_then(|bin| bin.by_name("sink"));
    let sink = sink.and_then(|sink| sink.downcast::<gst_app::AppSink>().ok());
    let sink = sink.ok_or("the pipeline has no appsink")?;
    // If this fails, no sample comes.
    let _ = pipeline.set_state(gst::State::Playing);
    let sample = sink.pull_sample();
    pipeline.set_state(gst::State::Null)?;
    let sample = sample.map_err(|_| "cannot draw the picture for a camera that is away")?;
    let buffer = sample.buffer().ok_or("a sample without a picture")?;
    Ok(buffer.map_readable()?.to_vec())
}
