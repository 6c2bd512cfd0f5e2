//! Keeps the newest frame of a camera as a picture on disk.
//!
//! `cargo run --example mjpeg-snapshot http://camera/video.mjpg` writes `frame.jpg`
//! again and again, until it is interrupted.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use gst::prelude::*;
use lexopt::prelude::*;

const HELP: &str = "\
Keep the newest frame of a camera as a picture on disk.

    mjpeg-snapshot [--once] URL [FILE]

    URL      an MJPEG stream; a login goes in as http://user:password@camera/
    FILE     where to keep the picture [frame.jpg]
    --once   end after the first picture
";

struct Options {
    url: String,
    file: PathBuf,
    once: bool,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mjpeg-snapshot: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let Some(options) = parse()? else {
        print!("{HELP}");
        return Ok(());
    };
    gst::init()?;
    gstmjpeghttp::plugin_register_static()?;
    keep_newest(&options)
}

fn parse() -> Result<Option<Options>, lexopt::Error> {
    let (mut url, mut file, mut once) = (None, None, false);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("once") => once = true,
            Value(value) if url.is_none() => url = Some(value.string()?),
            Value(value) if file.is_none() => file = Some(value.into()),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(Options {
        url: url.ok_or("which camera? Try: mjpeg-snapshot http://camera/video.mjpg")?,
        file: file.unwrap_or_else(|| "frame.jpg".into()),
        once,
    }))
}

fn keep_newest(options: &Options) -> Result<(), Box<dyn Error>> {
    let file = &options.file;
    let camera = Camera::start(&options.url)?;
    let mut told = false;
    while let Some(jpeg) = camera.next_frame()? {
        replace(file, &jpeg).map_err(|error| format!("cannot save {}: {error}", file.display()))?;
        if options.once {
            println!("Saved {}", file.display());
            break;
        }
        if !told {
            println!("{} is the newest frame now; Ctrl-C ends", file.display());
            told = true;
        }
    }
    Ok(())
}

/// Write a picture in such a way that whoever looks at the file sees the old
/// one or the new one, never half of one.
fn replace(file: &Path, jpeg: &[u8]) -> io::Result<()> {
    let mut unfinished = OsString::from(file);
    unfinished.push(".part");
    fs::write(&unfinished, jpeg)?;
    fs::rename(&unfinished, file)
}

struct Camera {
    pipeline: gst::Pipeline,
    bus: gst::Bus,
    sink: gst_app::AppSink,
}

impl Camera {
    fn start(url: &str) -> Result<Self, Box<dyn Error>> {
        let source = gst::ElementFactory::make("mjpeghttpsrc").property("location", url).build()?;
        // Whoever saves slowly gets the newest frame, not the next one.
        let sink = gst_app::AppSink::builder().max_buffers(1).drop(true).sync(false).build();
        let pipeline = gst::Pipeline::new();
        pipeline.add_many([&source, sink.upcast_ref()])?;
        source.link(&sink)?;

        let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
        bus.set_sync_handler(|_, message| tell(message));
        let camera = Self { pipeline, bus, sink };
        match camera.pipeline.set_state(gst::State::Playing) {
            Ok(_) => Ok(camera),
            Err(error) => Err(camera.error().unwrap_or_else(|| error.into())),
        }
    }

    /// None when the camera has ended the stream.
    fn next_frame(&self) -> Result<Option<Vec<u8>>, Box<dyn Error>> {
        match self.sink.pull_sample() {
            Ok(sample) => {
                let buffer = sample.buffer().ok_or("a sample without a frame")?;
                Ok(Some(buffer.map_readable()?.to_vec()))
            }
            // After an error, too, the stream ends; then the bus knows why.
            Err(_) => self.error().map_or(Ok(None), Err),
        }
    }

    fn error(&self) -> Option<Box<dyn Error>> {
        let message = self.bus.pop_filtered(&[gst::MessageType::Error])?;
        match message.view() {
            gst::MessageView::Error(error) => Some(error.error().into()),
            _ => None,
        }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        // Only fails when the pipeline is broken anyway.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

/// Warnings are for the user, an error waits on the bus, nothing else is of
/// interest here.
fn tell(message: &gst::Message) -> gst::BusSyncReply {
    match message.view() {
        gst::MessageView::Warning(warning) => eprintln!("mjpeg-snapshot: {}", warning.error()),
        gst::MessageView::Error(_) => return gst::BusSyncReply::Pass,
        _ => {}
    }
    gst::BusSyncReply::Drop
}
