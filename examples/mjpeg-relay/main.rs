//! Passes a camera on to browsers: H.264 in short files behind a playlist
//! (HTTP Live Streaming, RFC 8216), which any web server can serve.
//!
//! `cargo run --release --example mjpeg-relay -- --help` lists what can be set.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use gst::prelude::*;

mod options;

use options::{Command, Options, Picture};

/// The compositor makes pictures of one size at a steady rate, black ones while the camera is
/// away, so that the playlist goes on. It starts with the camera's first one: its own ones from
/// before would have later times.
const PIPELINE: &str = "
    mjpeghttpsrc name=camera ! jpegdec
    ! compositor name=screen background=black start-time-selection=first
    ! capsfilter name=shape ! openh264enc name=encoder ! h264parse
    ! hlssink2 name=files target-duration=2 playlist-length=5 max-files=8";

const PAGE: &str = include_str!("index.html");

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mjpeg-relay: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = match options::parse()? {
        Command::Help => {
            print!("{}", options::HELP);
            return Ok(());
        }
        Command::Relay(options) => options,
    };
    gst::init()?;
    gstmjpeghttp::plugin_register_static()?;
    fs::create_dir_all(&options.folder)?;
    fs::write(options.folder.join("index.html"), PAGE)?;
    relay(&options)
}

fn relay(options: &Options) -> Result<(), Box<dyn Error>> {
    let pipeline = pipeline(options)?;
    let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
    let interrupted = pipeline.clone();
    // The end of the stream finishes the last file and the playlist.
    ctrlc::set_handler(move || {
        interrupted.send_event(gst::event::Eos::new());
    })?;
    // A start that fails is on the bus as well, in better words.
    let _ = pipeline.set_state(gst::State::Playing);
    println!("Open {} through a web server", options.folder.join("index.html").display());
    let end = watch(&bus);
    pipeline.set_state(gst::State::Null)?;
    end
}

fn pipeline(options: &Options) -> Result<gst::Pipeline, Box<dyn Error>> {
    let pipeline = gst::parse::launch(PIPELINE)?
        .downcast::<gst::Pipeline>()
        .map_err(|_| "several elements make a pipeline")?;
    let element = |name| pipeline.by_name(name).ok_or("an element of the pipeline is missing");
    let Picture { width, height, fps, kbps } = options.picture;

    element("camera")?.set_property("location", &options.url);
    let input = element("screen")?.static_pad("sink_0").ok_or("the screen has no input")?;
    input.set_properties(&[("width", &width), ("height", &height)]);
    input.set_property_from_str("sizing-policy", "keep-aspect-ratio");
    let shape = gst::Caps::builder("video/x-raw")
        .field("format", "I420")
        .field("width", width)
        .field("height", height)
        .field("framerate", gst::Fraction::new(fps, 1))
        .build();
    element("shape")?.set_property("caps", shape);
    element("encoder")?.set_property("bitrate", kbps * 1000);
    let files = element("files")?;
    files.set_property("location", text(&options.folder.join("%05d.ts"))?);
    files.set_property("playlist-location", text(&options.folder.join("playlist.m3u8"))?);
    Ok(pipeline)
}

fn text(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("GStreamer takes no such name: {}", path.display()))
}

/// Tells warnings until the end or an error.
fn watch(bus: &gst::Bus) -> Result<(), Box<dyn Error>> {
    for message in bus.iter_timed(gst::ClockTime::NONE) {
        match message.view() {
            gst::MessageView::Eos(_) => break,
            gst::MessageView::Error(error) => return Err(error.error().into()),
            gst::MessageView::Warning(warning) => eprintln!("mjpeg-relay: {}", warning.error()),
            _ => {}
        }
    }
    Ok(())
}
