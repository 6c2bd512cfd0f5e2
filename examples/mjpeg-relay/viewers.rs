//! The camera's pictures on their way to the viewers.

use std::error::Error;
use std::sync::Arc;

use gst::prelude::*;

use super::away;
use super::common::captured::captured;
use super::common::server::{Frame, Newest};

/// Has each picture published as it comes, and another one while the camera is away: nobody
/// shall take the last picture of a lost camera for the newest one.
pub(crate) fn publish(
    pipeline: &gst::Pipeline,
    newest: &Arc<Newest>,
) -> Result<(), Box<dyn Error>> {
    let camera = pipeline.by_name("camera").ok_or("the pipeline has no camera")?;
    let sink =
        pipeline.by_name("viewers").and_then(|sink| sink.downcast::<gst_app::AppSink>().ok());
    let sink = sink.ok_or("the pipeline has no appsink")?;

    let away = away::picture()?;
    let while_away = newest.clone();
    camera.connect_notify(Some("connection-state"), move |camera, _| {
        let state = camera.property_value("connection-state");
        if glib::EnumValue::from_value(&state).is_some_and(|(_, state)| state.nick() == "waiting") {
            while_away.publish(Frame { jpeg: away.clone(), captured: None });
        }
    });

    let newest = newest.clone();
    let take = move |sink: &gst_app::AppSink| {
        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
        let buffer = sample.buffer().ok_or(gst::FlowError::Error)?;
        let jpeg = buffer.map_readable().map_err(|_| gst::FlowError::Error)?.to_vec();
        newest.publish(Frame { jpeg, captured: captured(buffer) });
        Ok(gst::FlowSuccess::Ok)
    };
    sink.set_callbacks(gst_app::AppSinkCallbacks::builder().new_sample(take).build());
    Ok(())
}
