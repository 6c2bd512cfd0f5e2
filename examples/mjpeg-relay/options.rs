//! What can be set on the command line.

use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

pub(crate) const HELP: &str = "\
Passes a camera on to browsers, as H.264 in short files behind a playlist (HLS).
Any web server can serve the folder; open its index.html.

    mjpeg-relay [OPTIONS] URL FOLDER

    URL                 http or https address; user:password@ in it is used
    FOLDER              gets index.html, playlist.m3u8 and the files; made if missing
    --size WIDTHxHEIGHT size of the picture that browsers get (640x480)
    --fps N             pictures a second that browsers get (25)
    --kbps N            thousands of bits a second (2000)
    --help              this text
";

/// What to do.
pub(crate) enum Command {
    Help,
    Relay(Options),
}

/// Which camera goes where, and how.
pub(crate) struct Options {
    pub(crate) url: String,
    pub(crate) folder: PathBuf,
    pub(crate) picture: Picture,
}

/// What browsers get.
pub(crate) struct Picture {
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) fps: i32,
    pub(crate) kbps: u32,
}

/// Reads the command line.
pub(crate) fn parse() -> Result<Command, lexopt::Error> {
    let (mut url, mut folder) = (None, None);
    let mut picture = Picture { width: 640, height: 480, fps: 25, kbps: 2000 };
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("size") => {
                (picture.width, picture.height) = parser.value()?.parse_with(size)?;
            }
            Arg::Long("fps") => picture.fps = parser.value()?.parse_with(rate)?,
            Arg::Long("kbps") => picture.kbps = parser.value()?.parse_with(bitrate)?,
            Arg::Value(value) if url.is_none() => url = Some(value.string()?),
            Arg::Value(value) if folder.is_none() => folder = Some(PathBuf::from(value)),
            other => return Err(other.unexpected()),
        }
    }
    let url = url.ok_or("the address of a camera is missing; see --help")?;
    let folder = folder.ok_or("the folder is missing; see --help")?;
    Ok(Command::Relay(Options { url, folder, picture }))
}

/// Sides that H.264 with its half-size colours can have, within what openh264 takes.
fn size(text: &str) -> Result<(i32, i32), &'static str> {
    let sides = text.split_once('x').and_then(|(width, height)| {
        let side = |text: &str| text.parse().ok().filter(|side| side % 2 == 0);
        Some((side(width)?, side(height)?))
    });
    sides
        .filter(|(width, height)| (16..=3840).contains(width) && (16..=2160).contains(height))
        .ok_or("expected even numbers from 16x16 to 3840x2160")
}

fn rate(text: &str) -> Result<i32, &'static str> {
    let rate = text.parse().ok().filter(|rate| (1..=60).contains(rate));
    rate.ok_or("expected a whole number from 1 to 60")
}

fn bitrate(text: &str) -> Result<u32, &'static str> {
    let kbps = text.parse().ok().filter(|kbps| (50..=50_000).contains(kbps));
    kbps.ok_or("expected a whole number from 50 to 50000")
}
