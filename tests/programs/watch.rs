//! A pipeline that takes what the element makes of a camera.

use std::sync::Once;

use gst::prelude::*;

use super::wait::PATIENCE;

/// The first `frames` pictures of the camera, or the error that came on the
/// bus instead. `properties` are set on the element by name.
pub(crate) fn watch(
    location: &str,
    properties: &[(&str, &str)],
    frames: i32,
) -> Result<Vec<gst::Sample>, glib::Error> {
    init();
    let source = gst::ElementFactory::make("mjpeghttpsrc")
        .property("location", location)
        .property("num-buffers", frames)
        .build()
        .expect("the plugin is registered");
    for (name, value) in properties {
        source.set_property_from_str(name, value);
    }
    // The end is told at once and not only when all pictures are taken.
    let sink = gst_app::AppSink::builder().sync(false).wait_on_eos(false).build();
    let pipeline = gst::Pipeline::new();
    pipeline.add_many([&source, sink.upcast_ref()]).expect("both are new");
    source.link(&sink).expect("the sink takes everything");

    pipeline.set_state(gst::State::Playing).expect("nothing blocks the start");
    let end = end_of(&pipeline);
    let samples = std::iter::from_fn(|| sink.try_pull_sample(gst::ClockTime::ZERO)).collect();
    pipeline.set_state(gst::State::Null).expect("a pipeline can always be stopped");
    match end.expect("the end of the stream or an error").view() {
        gst::MessageView::Error(error) => {
            eprintln!("{}: {:?}", error.error(), error.debug());
            Err(error.error())
        }
        _ => Ok(samples),
    }
}

/// Registers the plugin with this process.
pub(crate) fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        gst::init().expect("GStreamer starts");
        gstmjpeghttp::plugin_register_static().expect("the plugin registers");
    });
}

fn end_of(pipeline: &gst::Pipeline) -> Option<gst::Message> {
    let limit = gst::ClockTime::try_from(PATIENCE).expect("it fits");
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    let bus = pipeline.bus().expect("a pipeline has a bus");
    bus.timed_pop_filtered(limit, &ends)
}

/// What holds for every camera: complete pictures of the announced size, which
/// a decoder takes, each with a time of its own and a duration.
pub(crate) fn assert_video(samples: &[gst::Sample], frames: usize, size: (i32, i32)) {
    assert_eq!(samples.len(), frames, "number of pictures");
    let mut last = None;
    for sample in samples {
        let caps = sample.caps().expect("every picture has caps");
        assert_eq!(size_of(caps), size, "size in {caps}");
        let buffer = sample.buffer().expect("every sample has a buffer");
        assert!(buffer.duration().is_some(), "no duration: {buffer:?}");
        assert!(buffer.pts() > last, "after {last:?} came {buffer:?}");
        last = buffer.pts();
        let picture = buffer.map_readable().expect("readable");
        assert_eq!(picture.get(..2), Some(&[0xff, 0xd8][..]), "start of image");
        assert!(picture.ends_with(&[0xff, 0xd9]), "end of image");
    }
    assert_decodes(samples, size);
}

fn assert_decodes(samples: &[gst::Sample], size: (i32, i32)) {
    let mut decoder = gst_check::Harness::new("jpegdec");
    for sample in samples {
        let caps = sample.caps_owned().expect("every picture has caps");
        decoder.set_src_caps(caps);
        let buffer = sample.buffer_owned().expect("every sample has a buffer");
        decoder.push_and_pull(buffer).expect("jpegdec takes it");
    }
    let caps =
        decoder.sinkpad().and_then(|pad| pad.current_caps()).expect("jpegdec knows the size");
    assert_eq!(size_of(&caps), size, "size in {caps}");
}

fn size_of(caps: &gst::CapsRef) -> (i32, i32) {
    let structure = caps.structure(0).expect("fixed caps");
    let number = |field| structure.get(field).expect("a number of pixels");
    (number("width"), number("height"))
}
