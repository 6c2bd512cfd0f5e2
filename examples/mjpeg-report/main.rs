//! What is in a recording: frames, duration, frame rate, and every gap.
//!
//! `cargo run --example mjpeg-report camera.mkv --png camera.png` also saves the
//! last frame, decoded, to look at.

use std::error::Error;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::prelude::*;

mod intervals;
mod pipeline;
mod png;
mod recording;
mod text;

use intervals::Intervals;
use recording::Recording;

const HELP: &str = "\
What is in a recording.

    mjpeg-report FILE.mkv [--png FILE]

    --png FILE   save the last frame, decoded, as a picture
";

struct Options {
    file: PathBuf,
    png: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mjpeg-report: {error}");
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
    let file = &options.file;
    let bytes = size(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let recording = Recording::read(file)?;
    let Some(last) = &recording.last else {
        return Err(no_frame(file, &recording).into());
    };
    print(file, bytes, &recording);
    if let Some(png) = &options.png {
        png::save(last, png)?;
        println!("  picture     {} (the last frame)", png.display());
    }
    Ok(())
}

fn parse() -> Result<Option<Options>, lexopt::Error> {
    let (mut file, mut png) = (None, None);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("png") => png = Some(arguments.value()?.into()),
            Value(value) if file.is_none() => file = Some(value.into()),
            _ => return Err(argument.unexpected()),
        }
    }
    let file = file.ok_or("which recording? Try: mjpeg-report camera.mkv")?;
    Ok(Some(Options { file, png }))
}

fn size(file: &Path) -> io::Result<u64> {
    Ok(File::open(file)?.metadata()?.len())
}

fn no_frame(file: &Path, recording: &Recording) -> String {
    let reason = recording.damage.as_deref();
    let reason = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
    format!("there is no frame in {}{reason}", file.display())
}

fn print(file: &Path, bytes: u64, recording: &Recording) {
    println!("{}", file.display());
    println!("  frames      {}", recording.times.len());
    println!("  size        {}", text::size(bytes));
    if let Some((width, height)) = recording.picture_size() {
        println!("  frame size  {width}x{height}");
    }
    match Intervals::of(&recording.times) {
        Some(intervals) => print_intervals(&intervals),
        None => println!("  one frame only: no frame rate, no gaps"),
    }
    if let Some(damage) = &recording.damage {
        println!("  damaged after the last frame: {damage}");
    }
}

fn print_intervals(intervals: &Intervals) {
    println!("  duration    {}", text::seconds(intervals.duration()));
    println!("  frame rate  {:.2} per second", intervals.rate());
    println!(
        "  intervals   {} to {}, median {}",
        text::milliseconds(intervals.shortest()),
        text::milliseconds(intervals.longest()),
        text::milliseconds(intervals.median()),
    );
    let gaps = intervals.gaps();
    if gaps.is_empty() {
        println!("  no gaps");
    }
    for gap in gaps {
        let (length, start) = (text::milliseconds(gap.length), text::seconds(gap.start));
        println!("  gap         {length} at {start}");
    }
}
