//! Matroska files: `appsrc ! matroskamux ! filesink`, and back again.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use gst::prelude::*;

/// What may wait for a slow disk, in bytes.
const MOST_WAITING: u64 = 4 * 1024 * 1024;

/// How long a disk may take for a picture.
const PATIENCE: gst::ClockTime = gst::ClockTime::from_seconds(30);

/// What the end of a file was: all is in it, or why not.
pub(crate) type Closed = Result<(), String>;

/// A file that is being written. Players read it while it grows.
pub(crate) struct Output {
    pipeline: gst::Pipeline,
    input: gst_app::AppSrc,
    caps: gst::Caps,
    failure: Arc<OnceLock<String>>,
}

impl Output {
    /// `closed` is called once, from another thread, when nothing is written any more.
    pub(crate) fn begin(
        file: &Path,
        caps: gst::Caps,
        closed: impl Fn(Closed) + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let input = gst_app::AppSrc::builder()
            .caps(&caps)
            .format(gst::Format::Time)
            .block(true)
            .max_bytes(MOST_WAITING)
            .build();
        let pipeline = pipeline(&input, file).map_err(|error| error.to_string())?;
        let failure = Arc::new(OnceLock::new());
        let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
        let (told, is_closed, waits) = (failure.clone(), AtomicBool::new(false), input.downgrade());
        bus.set_sync_handler(move |_, message| {
            let end = match message.view() {
                gst::MessageView::Eos(_) => Ok(()),
                gst::MessageView::Error(error) => {
                    let reason = told.get_or_init(|| reason(error)).clone();
                    // Whoever waits to push a picture would wait for ever.
                    let _ = waits.upgrade().map(|input| input.end_of_stream());
                    Err(reason)
                }
                _ => return gst::BusSyncReply::Drop,
            };
            if !is_closed.swap(true, Ordering::SeqCst) {
                closed(end);
            }
            gst::BusSyncReply::Drop
        });
        let output = Self { pipeline, input, caps, failure };
        match output.pipeline.set_state(gst::State::Playing) {
            Ok(_) => Ok(output),
            Err(_) => Err(output.failure("the file cannot be made")),
        }
    }

    /// A file has one kind of picture.
    pub(crate) fn takes(&self, caps: Option<&gst::CapsRef>) -> bool {
        caps.is_some_and(|caps| *caps == *self.caps)
    }

    /// Waits while the disk is slow. An error says why nothing is written any more.
    pub(crate) fn push(&self, picture: gst::Buffer) -> Result<(), String> {
        if let Some(failure) = self.failure.get() {
            return Err(failure.clone());
        }
        let pushed = self.input.push_buffer(picture);
        pushed.map(drop).map_err(|_| self.failure("the file cannot be written"))
    }

    /// Has the file completed; `closed` tells when it is.
    pub(crate) fn end(&self) {
        // Fails only where an error was told already.
        let _ = self.input.end_of_stream();
    }

    fn failure(&self, otherwise: &str) -> String {
        self.failure.get().cloned().unwrap_or_else(|| otherwise.to_owned())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Only fails when the pipeline is broken anyway.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

fn pipeline(input: &gst_app::AppSrc, file: &Path) -> Result<gst::Pipeline, glib::BoolError> {
    let muxer = gst::ElementFactory::make("matroskamux").build()?;
    let sink = gst::ElementFactory::make("filesink")
        .property("location", file)
        // A program that is killed has nothing left to write then.
        .property_from_str("buffer-mode", "unbuffered")
        .property("async", false)
        .build()?;
    let pipeline = gst::Pipeline::new();
    pipeline.add_many([input.upcast_ref(), &muxer, &sink])?;
    gst::Element::link_many([input.upcast_ref(), &muxer, &sink])?;
    Ok(pipeline)
}

/// Whether a failure means that the disk has no room for us.
pub(crate) fn is_no_room(reason: &str) -> bool {
    reason == FULL
}

const FULL: &str = "the disk is full";

fn reason(error: &gst::message::Error) -> String {
    let has_no_quota = error.debug().is_some_and(|text| text.contains("quota exceeded"));
    if has_no_quota || error.error().matches(gst::ResourceError::NoSpaceLeft) {
        return FULL.into();
    }
    error.error().message().to_owned()
}

/// `filesrc ! matroskademux !` and a sink for the pictures of the file.
pub(crate) fn pipeline_to(
    file: &Path,
    sink: &gst_app::AppSink,
) -> Result<gst::Pipeline, glib::BoolError> {
    let source = gst::ElementFactory::make("filesrc").property("location", file).build()?;
    let demuxer = gst::ElementFactory::make("matroskademux").build()?;
    let pipeline = gst::Pipeline::new();
    pipeline.add_many([&source, &demuxer, sink.upcast_ref()])?;
    source.link(&demuxer)?;
    let into = sink.static_pad("sink").ok_or_else(|| glib::bool_error!("a sink without a pad"))?;
    demuxer.connect_pad_added(move |_, pad| {
        // One that is not of pictures stays as it is.
        let _ = pad.link(&into);
    });
    Ok(pipeline)
}

/// The pictures of a file, one after the other, to its end, wherever that is.
pub(crate) struct Input {
    pipeline: gst::Pipeline,
    output: gst_app::AppSink,
    last: Option<gst::ClockTime>,
}

impl Input {
    /// None if it cannot be read at all.
    pub(crate) fn open(file: &Path) -> Option<Self> {
        let output = gst_app::AppSink::builder().sync(false).max_buffers(4).build();
        let pipeline = pipeline_to(file, &output).ok()?;
        let input = Self { pipeline, output, last: None };
        input.pipeline.set_state(gst::State::Playing).ok()?;
        Some(input)
    }
}

impl Iterator for Input {
    type Item = gst::Sample;

    fn next(&mut self) -> Option<Self::Item> {
        let bus = self.pipeline.bus()?;
        let step = gst::ClockTime::from_mseconds(100);
        let mut waited = gst::ClockTime::ZERO;
        while waited < PATIENCE {
            if let Some(sample) = self.output.try_pull_sample(step) {
                let time = sample.buffer().and_then(gst::BufferRef::pts);
                // Where a file ends in zeros, the demuxer goes back and reads some again.
                if time <= self.last {
                    continue;
                }
                self.last = time;
                return Some(sample);
            }
            let has_failed = bus.pop_filtered(&[gst::MessageType::Error]).is_some();
            if has_failed || self.output.is_eos() {
                return None;
            }
            waited += step;
        }
        None
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        // Only fails when the pipeline is broken anyway.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}
