//! The camera's eye: a GStreamer pipeline that draws and compresses.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gst::prelude::*;

use super::common::server::{Frame, Newest};
use super::options::PictureOptions;

pub(crate) struct Picture {
    pipeline: gst::Element,
}

impl Picture {
    /// Film into `newest`, which ends when the picture does.
    pub(crate) fn start(
        options: &PictureOptions,
        newest: Arc<Newest>,
    ) -> Result<Self, Box<dyn Error>> {
        let pipeline = gst::parse::launch(&description(options))?;
        let sink = sink(&pipeline).ok_or("the pipeline has no appsink")?;
        let bus = pipeline.bus().ok_or("the pipeline has no bus")?;

        publish_frames(&sink, Arc::clone(&newest));
        // From the thread that stops, so that nobody waits for a frame that
        // will not come.
        bus.set_sync_handler(move |_, message| {
            if let gst::MessageType::Eos | gst::MessageType::Error = message.type_() {
                newest.end();
            }
            gst::BusSyncReply::Pass
        });
        pipeline.set_state(gst::State::Playing)?;
        Ok(Self { pipeline })
    }

    /// To end it from another thread.
    pub(crate) fn pipeline(&self) -> gst::Element {
        self.pipeline.clone()
    }

    /// Block until the last frame was taken.
    pub(crate) fn wait_for_end(&self) -> Result<(), Box<dyn Error>> {
        let bus = self.pipeline.bus().ok_or("the pipeline has no bus")?;
        let end = [gst::MessageType::Eos, gst::MessageType::Error];
        let message = bus.timed_pop_filtered(None, &end);
        match message.as_deref().map(gst::MessageRef::view) {
            Some(gst::MessageView::Error(error)) => Err(error.error().into()),
            _ => Ok(()),
        }
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // Only fails when the pipeline is broken anyway.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

fn description(options: &PictureOptions) -> String {
    let PictureOptions { width, height, fps, .. } = options;
    let buffers = options.frames.map_or("-1".into(), |frames| frames.to_string());
    format!(
        "videotestsrc is-live=true num-buffers={buffers} \
         pattern=ball background-color=0xff1f4e79 foreground-color=0xffffb000 \
         ! video/x-raw,format=I420,width={width},height={height},framerate={fps}/1 \
         ! clockoverlay halignment=left valignment=top time-format=\"%F %T\" \
         ! timeoverlay halignment=right valignment=bottom \
         ! jpegenc \
         ! appsink name=sink sync=false"
    )
}

fn sink(pipeline: &gst::Element) -> Option<gst_app::AppSink> {
    let sink = pipeline.downcast_ref::<gst::Bin>()?.by_name("sink")?;
    sink.downcast().ok()
}

fn publish_frames(sink: &gst_app::AppSink, newest: Arc<Newest>) {
    let take = move |sink: &gst_app::AppSink| {
        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
        let frame = frame(sink, &sample).ok_or(gst::FlowError::Error)?;
        newest.publish(frame);
        Ok(gst::FlowSuccess::Ok)
    };
    sink.set_callbacks(gst_app::AppSinkCallbacks::builder().new_sample(take).build());
}

fn frame(sink: &gst_app::AppSink, sample: &gst::Sample) -> Option<Frame> {
    let buffer = sample.buffer()?;
    // How long ago the picture was taken: drawing and compressing take time.
    let age = sink.current_running_time()?.saturating_sub(buffer.pts()?);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(Frame {
        jpeg: buffer.map_readable().ok()?.to_vec(),
        captured: Some(now.saturating_sub(Duration::from(age))),
    })
}
