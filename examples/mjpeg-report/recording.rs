//! Reading a recording.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gst::prelude::*;

use super::container::Container;
use super::pipeline::{Failure, Pipeline};

#[derive(Clone, Default)]
pub(crate) struct Recording {
    /// The time of each frame.
    pub(crate) times: Vec<Duration>,
    pub(crate) last: Option<gst::Sample>,
    /// Why there is nothing to read after the last frame.
    pub(crate) damage: Option<String>,
}

impl Recording {
    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let container = Container::of(file)?;
        let pipeline = Pipeline::parse(&format!(
            "filesrc name=source ! {} name=demuxer \
             demuxer.video_0 ! appsink name=sink sync=false",
            container.demuxer()
        ))?;
        pipeline.element("source")?.set_property("location", file);
        let recording = collect(&pipeline.element("sink")?)?;
        let damage = pipeline.run_to_end().err();
        let recording = recording.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Self { damage: damage.map(|error| error.to_string()), ..recording.clone() })
    }

    pub(crate) fn picture_size(&self) -> Option<(i32, i32)> {
        let caps = self.last.as_ref()?.caps()?.structure(0)?;
        Some((caps.get("width").ok()?, caps.get("height").ok()?))
    }
}

fn collect(sink: &gst::Element) -> Result<Arc<Mutex<Recording>>, Failure> {
    let sink = sink.downcast_ref::<gst_app::AppSink>().ok_or("the sink is no appsink")?;
    let recording = Arc::new(Mutex::new(Recording::default()));
    let collected = Arc::clone(&recording);
    let take = move |sink: &gst_app::AppSink| {
        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
        let time = sample.buffer().and_then(gst::BufferRef::pts);
        let mut recording = recording.lock().unwrap_or_else(PoisonError::into_inner);
        recording.times.extend(time.map(Duration::from));
        recording.last = Some(sample);
        Ok(gst::FlowSuccess::Ok)
    };
    sink.set_callbacks(gst_app::AppSinkCallbacks::builder().new_sample(take).build());
    Ok(collected)
}
