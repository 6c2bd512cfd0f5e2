//! What is in a recording: pictures, duration, rate, and every gap.
//!
//! `cargo run --example mjpeg-report camera.mkv --png camera.png` also saves the
//! last picture, decoded, to look at.

use std::error::Error;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::prelude::*;

#[path = "../common/mod.rs"]
mod common;
mod container;
mod intervals;
mod pipeline;
mod png;
mod recording;
mod text;

use common::program::{self, Command, say};
use intervals::Intervals;
use recording::Recording;

const HELP: &str = "\
Usage: mjpeg-report [OPTIONS] FILE

Says what is in a recording: pictures, duration, rate, and every gap.

    FILE         a recording of one camera: Matroska, MP4 or AVI
    --png FILE   save the last picture, decoded, as PNG
    --help       this text
    --version    the version

Exit status: 0 if there is a picture in it, 1 if there is none, or it cannot be
read, 2 if the command line is wrong.
";

struct Options {
    file: PathBuf,
    png: Option<PathBuf>,
}

fn main() -> ExitCode {
    program::run(env!("CARGO_BIN_NAME"), HELP, parse(), run)
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    gst::init()?;
    let file = &options.file;
    let bytes = size(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let recording = Recording::read(file)?;
    let Some(last) = &recording.last else {
        return Err(no_picture(file, &recording).into());
    };
    print(file, bytes, &recording);
    if let Some(png) = &options.png {
        png::save(last, png)?;
        say(&format!("  picture     {} (the last one)", png.display()));
    }
    Ok(())
}

fn parse() -> Result<Command<Options>, lexopt::Error> {
    let (mut file, mut png) = (None, None);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("png") => png = Some(arguments.value()?.into()),
            Value(value) if file.is_none() => file = Some(value.into()),
            _ => return Err(argument.unexpected()),
        }
    }
    let file = file.ok_or("which recording? For instance camera.mkv")?;
    Ok(Command::Run(Options { file, png }))
}

fn size(file: &Path) -> io::Result<u64> {
    Ok(File::open(file)?.metadata()?.len())
}

fn no_picture(file: &Path, recording: &Recording) -> String {
    let reason = recording.damage.as_deref();
    let reason = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
    format!("there is no picture in {}{reason}", file.display())
}

fn print(file: &Path, bytes: u64, recording: &Recording) {
    say(&file.display().to_string());
    say(&format!("  pictures    {}", recording.times.len()));
    say(&format!("  size        {}", text::size(bytes)));
    if let Some((width, height)) = recording.picture_size() {
        say(&format!("  resolution  {width}x{height}"));
    }
    match Intervals::of(&recording.times) {
        Some(intervals) => print_intervals(&intervals),
        None => say("  one picture only: no rate, no gaps"),
    }
    if let Some(damage) = &recording.damage {
        say(&format!("  damaged after the last picture: {damage}"));
    }
}

fn print_intervals(intervals: &Intervals) {
    say(&format!("  duration    {}", text::seconds(intervals.duration())));
    say(&format!("  rate        {:.2} per second", intervals.rate()));
    say(&format!(
        "  intervals   {} to {}, median {}",
        text::milliseconds(intervals.shortest()),
        text::milliseconds(intervals.longest()),
        text::milliseconds(intervals.median()),
    ));
    let gaps = intervals.gaps();
    if gaps.is_empty() {
        say("  no gaps");
    }
    for gap in gaps {
        let (length, start) = (text::milliseconds(gap.length), text::seconds(gap.start));
        say(&format!("  gap         {length} at {start}"));
    }
}
