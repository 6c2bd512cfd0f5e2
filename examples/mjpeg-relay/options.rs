//! What can be set on the command line.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use lexopt::prelude::*;

use super::common::camera::{CameraOption, CameraOptions};
use super::common::program::Command;
use super::common::values::{idle, size, within};

/// What openh264 takes.
const SIDES: RangeInclusive<u32> = 16..=3840;

pub(crate) const HELP: &str = "\
Usage: mjpeg-relay [OPTIONS] URL

Passes a camera on to up to 256 viewers, over one connection to the camera.
Browsers, players and mjpeghttpsrc get its pictures as they are, at once; a slow
viewer gets the newest ones.

    URL                  http or https address of the camera
    --host ADDRESS       where to listen; whoever can reach it sees the camera [127.0.0.1]
    --port N             0 picks a free one [8080]
    --viewers USER:PASSWORD
                         ask viewers for this login (Basic) [none]
    --hls FOLDER         also write H.264 behind a playlist (HLS) into this folder, for
                         any web server; viewers are some 6 to 10 seconds behind
    --size WIDTHxHEIGHT  of the picture in HLS [640x480]
    --fps N              pictures a second in HLS [25]
    --kbps N             thousands of bits a second in HLS [2000]
    --help               this text
    --version            the version

The first line it prints is `Relay ready: ` and the address of a page to look at.
It has the pictures at /stream and the newest one at /snapshot.

Exit status: 0 if it was ended, 1 if something failed, 2 if the command line is
wrong.

";

/// Which camera goes where.
pub(crate) struct Options {
    pub(crate) url: String,
    pub(crate) camera: CameraOptions,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) viewers: Option<String>,
    /// Where HLS goes, and how it is made.
    pub(crate) hls: Option<(PathBuf, Shape)>,
}

/// What viewers of HLS get.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) fps: i32,
    pub(crate) kbps: u32,
}

/// Reads the command line.
pub(crate) fn parse() -> Result<Command<Options>, lexopt::Error> {
    let (mut url, mut folder, mut viewers) = (None, None, None);
    let (mut host, mut port) = ("127.0.0.1".to_owned(), 8080);
    let mut shape = Shape { width: 640, height: 480, fps: 25, kbps: 2000 };
    let mut of_hls = None;
    let mut camera = CameraOptions::default();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        if let Long(name @ ("size" | "fps" | "kbps")) = argument {
            of_hls = Some(format!("--{name}"));
        }
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("host") => host = arguments.value()?.string()?,
            Long("port") => port = arguments.value()?.parse_with(within(0..=u16::MAX))?,
            Long("viewers") => viewers = Some(viewers_login(arguments.value()?.string()?)?),
            Long("hls") => folder = Some(PathBuf::from(arguments.value()?)),
            Long("size") => {
                (shape.width, shape.height) = arguments.value()?.parse_with(even_size)?;
            }
            Long("fps") => shape.fps = arguments.value()?.parse_with(within(1..=60))?,
            Long("kbps") => shape.kbps = arguments.value()?.parse_with(within(50..=50_000))?,
            Value(value) if url.is_none() => url = Some(value.string()?),
            other => {
                let option = CameraOption::of(other)?;
                camera.set(option, &mut arguments)?;
            }
        }
    }
    let url: String = url.ok_or("which camera? For instance http://camera/video.mjpg")?;
    if let (Some(option), None) = (of_hls, &folder) {
        return Err(idle(&option, "--hls"));
    }
    camera.refuse_idle([url.as_str()])?;
    let hls = folder.map(|folder| (folder, shape));
    Ok(Command::Run(Options { url, camera, host, port, viewers, hls }))
}

/// H.264 has half the colours across and down.
fn even_size(text: &str) -> Result<(u32, u32), String> {
    let (width, height) = size(SIDES)(text)?;
    if width % 2 == 0 && height % 2 == 0 {
        Ok((width, height))
    } else {
        Err("expected even numbers".into())
    }
}

fn viewers_login(text: String) -> Result<String, lexopt::Error> {
    if text.contains(':') {
        Ok(text)
    } else {
        Err("--viewers: a login looks like user:password".into())
    }
}
