//! One frame as a picture to look at.

use std::path::Path;

use gst::prelude::*;

use super::pipeline::{Failure, Pipeline};

pub(crate) fn save(frame: &gst::Sample, file: &Path) -> Result<(), Failure> {
    let pipeline = Pipeline::parse(
        "appsrc name=source ! jpegdec ! videoconvert ! pngenc snapshot=true ! filesink name=sink",
    )?;
    pipeline.element("sink")?.set_property("location", file);
    let source = pipeline.element("source")?;
    let source = source.downcast_ref::<gst_app::AppSrc>().ok_or("appsrc is no AppSrc")?;
    source.push_sample(frame)?;
    source.end_of_stream()?;
    pipeline.run_to_end()
}
