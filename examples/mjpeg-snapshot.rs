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

#[path = "common/mod.rs"]
mod common;

use common::camera::{self, CameraOption, CameraOptions};
use common::program::{self, Command};
use common::values::{idle, within};

const HELP: &str = "\
Usage: mjpeg-snapshot [OPTIONS] URL [FILE]

Keeps the newest picture of a camera in a file. A program that reads the file
never sees half a picture.

    URL          http or https address of a stream, or of single pictures
    FILE         where to keep the picture [frame.jpg]
    --once       end after the first picture
    --wait N     with --once: how many seconds to wait for it, 0 for ever [30]
    --help       this text
    --version    the version

Exit status: 0 if it was ended or, with --once, a picture is saved; 1 if
something failed; 2 if the command line is wrong.

";

struct Options {
    url: String,
    file: PathBuf,
    camera: CameraOptions,
    pictures: Pictures,
}

/// How many are saved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pictures {
    Every,
    /// The first, if it comes within this time.
    First(Option<gst::ClockTime>),
}

fn main() -> ExitCode {
    let help = [HELP, camera::HELP].concat();
    program::run(env!("CARGO_BIN_NAME"), &help, parse(), run)
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    gst::init()?;
    gstmjpeghttp::plugin_register_static()?;
    keep_newest(options)
}

fn parse() -> Result<Command<Options>, lexopt::Error> {
    let (mut url, mut file, mut once, mut wait) = (None, None, false, None);
    let mut camera = CameraOptions::default();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("once") => once = true,
            Long("wait") => wait = Some(arguments.value()?.parse_with(within(0..=86_400))?),
            Value(value) if url.is_none() => url = Some(value.string()?),
            Value(value) if file.is_none() => file = Some(value.into()),
            other => {
                let option = CameraOption::of(other)?;
                camera.set(option, &mut arguments)?;
            }
        }
    }
    if wait.is_some() && !once {
        return Err(idle("--wait", "--once"));
    }
    let url: String = url.ok_or("which camera? For instance http://camera/video.mjpg")?;
    camera.refuse_idle([url.as_str()])?;
    let wait = Some(wait.unwrap_or(30)).filter(|&seconds| seconds > 0);
    let wait = wait.map(gst::ClockTime::from_seconds);
    Ok(Command::Run(Options {
        url,
        file: file.unwrap_or_else(|| "frame.jpg".into()),
        camera,
        pictures: if once { Pictures::First(wait) } else { Pictures::Every },
    }))
}

fn keep_newest(options: &Options) -> Result<(), Box<dyn Error>> {
    let file = &options.file;
    let camera = Camera::start(options)?;
    let wait = match options.pictures {
        Pictures::First(wait) => wait,
        Pictures::Every => None,
    };
    let mut told = false;
    while let Some(jpeg) = camera.next_frame(wait)? {
        replace(file, &jpeg).map_err(|error| format!("cannot save {}: {error}", file.display()))?;
        if options.pictures != Pictures::Every {
            program::say(&format!("Saved {}", file.display()));
            return Ok(());
        }
        if !told {
            program::say(&format!("{} is the newest picture now; Ctrl-C ends", file.display()));
            told = true;
        }
    }
    match options.pictures {
        Pictures::First(_) => Err("it ended before a picture came".into()),
        Pictures::Every => Ok(()),
    }
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
    fn start(options: &Options) -> Result<Self, Box<dyn Error>> {
        let source = gst::ElementFactory::make("mjpeghttpsrc");
        let source = source.property("location", &options.url).build()?;
        options.camera.apply_to(&source);
        // Whoever saves slowly gets the newest frame, not the next one.
        let sink = gst_app::AppSink::builder().max_buffers(1).drop(true).sync(false).build();
        let pipeline = gst::Pipeline::new();
        pipeline.add_many([&source, sink.upcast_ref()])?;
        source.link(&sink)?;

        let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
        bus.set_sync_handler(|_, message| tell(message));
        let interrupted = pipeline.clone();
        ctrlc::set_handler(move || {
            interrupted.send_event(gst::event::Eos::new());
        })?;
        let camera = Self { pipeline, bus, sink };
        match camera.pipeline.set_state(gst::State::Playing) {
            Ok(_) => Ok(camera),
            Err(error) => Err(camera.error().unwrap_or_else(|| error.into())),
        }
    }

    /// The next frame, if it comes within `wait`; none when the camera has ended the stream.
    fn next_frame(&self, wait: Option<gst::ClockTime>) -> Result<Option<Vec<u8>>, Box<dyn Error>> {
        if let Some(sample) = self.sink.try_pull_sample(wait) {
            let buffer = sample.buffer().ok_or("a sample without a picture")?;
            return Ok(Some(buffer.map_readable()?.to_vec()));
        }
        // After an error, too, the stream ends; then the bus knows why.
        match (self.error(), wait) {
            (Some(error), _) => Err(error),
            (None, Some(wait)) if !self.sink.is_eos() => {
                Err(format!("no picture within {} s", wait.seconds()).into())
            }
            (None, _) => Ok(None),
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
