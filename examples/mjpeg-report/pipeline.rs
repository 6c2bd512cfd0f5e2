//! A pipeline that runs from start to end while we wait.

use std::error::Error;

use gst::prelude::*;

pub(crate) type Failure = Box<dyn Error>;

pub(crate) struct Pipeline {
    pipeline: gst::Element,
}

impl Pipeline {
    pub(crate) fn parse(description: &str) -> Result<Self, Failure> {
        let pipeline = gst::parse::launch(description)?;
        Ok(Self { pipeline })
    }

    pub(crate) fn element(&self, name: &str) -> Result<gst::Element, Failure> {
        let bin = self.pipeline.downcast_ref::<gst::Bin>();
        let element = bin.and_then(|bin| bin.by_name(name));
        element.ok_or_else(|| format!("the pipeline has no {name}").into())
    }

    pub(crate) fn run_to_end(&self) -> Result<(), Failure> {
        let bus = self.pipeline.bus().ok_or("the pipeline has no bus")?;
        // If this fails, the reason is on the bus.
        let _ = self.pipeline.set_state(gst::State::Playing);
        let end = [gst::MessageType::Eos, gst::MessageType::Error];
        let message = bus.timed_pop_filtered(None, &end);
        match message.as_deref().map(gst::MessageRef::view) {
            Some(gst::MessageView::Error(error)) => Err(error.error().into()),
            _ => Ok(()),
        }
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        // Only fails when the pipeline is broken anyway.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}
