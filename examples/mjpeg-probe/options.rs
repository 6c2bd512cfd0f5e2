//! What can be set on the command line.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

use super::common::camera::{CameraOption, CameraOptions};
use super::common::program::Command;
use super::common::values::within;

pub(crate) const HELP: &str = "\
Usage: mjpeg-probe [OPTIONS] URL

Looks at a camera for a while and says what it is like: its answer, its parts,
its pictures, their rate, its clock, what is odd about it, and the line to use.

    URL            http or https address of the stream
    --seconds N    how long to look [10]
    --json         the same for programs, as one JSON object
    --raw FILE     save the first 2 MiB of the answer, for a bug report; it may hold
                   cookies of the camera
    --help         this text
    --version      the version

Ctrl-C ends the look and shows what was found.

Exit status: 0 if pictures came until the time was over, 1 if none came or the
camera ended the stream, 2 if the command line is wrong.

";

/// How to look at which camera.
pub(crate) struct Options {
    pub(crate) address: String,
    pub(crate) camera: CameraOptions,
    pub(crate) time: Duration,
    pub(crate) raw: Option<PathBuf>,
    pub(crate) format: Format,
}

/// For whom the findings are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    People,
    Json,
}

/// Whether the output is for programs, even where the command line cannot be read.
pub(crate) fn format() -> Format {
    if env::args_os().any(|argument| argument == "--json") { Format::Json } else { Format::People }
}

/// Reads the command line.
pub(crate) fn parse() -> Result<Command<Options>, lexopt::Error> {
    let (mut address, mut seconds, mut raw, mut format) = (None, 10, None, Format::People);
    let mut camera = CameraOptions::default();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("seconds") => seconds = arguments.value()?.parse_with(within(1..=86_400))?,
            Long("json") => format = Format::Json,
            Long("raw") => raw = Some(PathBuf::from(arguments.value()?)),
            Value(value) if address.is_none() => address = Some(value.string()?),
            other => {
                let option = CameraOption::of(other)?;
                camera.set(option, &mut arguments)?;
            }
        }
    }
    let address: String = address.ok_or("which camera? For instance http://camera/video.mjpg")?;
    camera.refuse_idle([address.as_str()])?;
    let time = Duration::from_secs(seconds);
    Ok(Command::Run(Options { address, camera, time, raw, format }))
}
