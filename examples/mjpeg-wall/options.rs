//! What can be set on the command line.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use lexopt::prelude::*;

use super::common::camera::{CameraOption, CameraOptions};
use super::common::program::Command;
use super::common::values::{idle, size, within};

const SIDES: RangeInclusive<u32> = 64..=8192;

pub(crate) const HELP: &str = "\
Usage: mjpeg-wall [OPTIONS] [NAME=]URL...

Shows several cameras on one screen. A camera that is away is a dark tile until
it is back.

    NAME=URL              an http or https address, and what to call the camera
    --size WIDTHxHEIGHT   size of the whole picture [1280x720]
    --png FILE            save one picture of the wall and end
    --seconds N           with --png: how many seconds to wait for the cameras [10]
    --help                this text
    --version             the version

Exit status: 0 if it was ended or, with --png, the picture is saved; 1 if
something failed; 2 if the command line is wrong.

The options below are for all cameras. A login of its own stands in a camera's
address, as in http://user:password@camera/.

";

pub(crate) struct Options {
    pub(crate) cameras: Vec<Named>,
    pub(crate) camera: CameraOptions,
    pub(crate) size: (u32, u32),
    pub(crate) png: Option<PathBuf>,
    pub(crate) seconds: u64,
}

/// A camera and what to call it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) url: String,
}

/// Reads the command line.
pub(crate) fn parse() -> Result<Command<Options>, lexopt::Error> {
    let mut options = Options {
        cameras: Vec::new(),
        camera: CameraOptions::default(),
        size: (1280, 720),
        png: None,
        seconds: 10,
    };
    let mut seconds = None;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("size") => options.size = arguments.value()?.parse_with(size(SIDES))?,
            Long("png") => options.png = Some(arguments.value()?.into()),
            Long("seconds") => {
                seconds = Some(arguments.value()?.parse_with(within(0..=3600))?);
            }
            Value(value) => {
                let number = options.cameras.len() + 1;
                options.cameras.push(named(&value.string()?, number));
            }
            other => {
                let option = CameraOption::of(other)?;
                options.camera.set(option, &mut arguments)?;
            }
        }
    }
    if options.cameras.is_empty() {
        return Err("which cameras? For instance door=http://camera/video.mjpg".into());
    }
    if seconds.is_some() && options.png.is_none() {
        return Err(idle("--seconds", "--png"));
    }
    options.seconds = seconds.unwrap_or(options.seconds);
    options.camera.refuse_idle(options.cameras.iter().map(|camera| camera.url.as_str()))?;
    Ok(Command::Run(options))
}

/// An address has `=` in it, too, but not before its colon.
fn named(text: &str, number: usize) -> Named {
    match text.split_once('=') {
        Some((name, url)) if !name.contains([':', '/', '?']) => {
            Named { name: name.into(), url: url.into() }
        }
        _ => Named { name: format!("camera {number}"), url: text.into() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_before_the_address() {
        let rows = [
            ("door=http://a/?b=c", "door", "http://a/?b=c"),
            ("http://a/?action=stream", "camera 3", "http://a/?action=stream"),
            ("http://a/", "camera 3", "http://a/"),
        ];
        for (text, name, url) in rows {
            assert_eq!(named(text, 3), Named { name: name.into(), url: url.into() });
        }
    }
}
