//! What can be set on the command line.

use std::ops::RangeInclusive;

use lexopt::prelude::*;

use super::common::program::Command;
use super::common::server::{Answers, Timestamps};
use super::common::values::{size, within};

/// What the JPEG encoder and most players manage.
const SIDES: RangeInclusive<u32> = 16..=4096;

pub(crate) const HELP: &str = "\
Usage: mjpeg-testcam [OPTIONS]

An MJPEG camera for people without one: a moving picture with a clock in it.

    --host ADDRESS            where to listen [127.0.0.1]
    --port N                  0 picks a free one [8080]
    --size WIDTHxHEIGHT       size of the picture [640x480]
    --fps N                   pictures a second [25]
    --frames N                end after so many pictures [never]
    --timestamps on|off|zero  X-Timestamp: the time the picture was taken,
                              none, or always 0.000000 [on]
    --length on|off           Content-Length in front of each picture [on]
    --login USER:PASSWORD     ask for this login (Basic) [none]
    --help                    this text
    --version                 the version

The first line it prints is `Camera ready: ` and the URL of the stream.
The same server has /snapshot (one picture) and / (a page to look at), and
answers to mjpg-streamer's /?action=stream and /?action=snapshot.

Exit status: 0 if the last of --frames is taken or it was ended, 1 if something
failed, 2 if the command line is wrong.
";

pub(crate) struct Options {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) picture: PictureOptions,
    pub(crate) answers: Answers,
}

pub(crate) struct PictureOptions {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) fps: u32,
    pub(crate) frames: Option<i32>,
}

const PAGE: &str = "<!DOCTYPE html>
<title>Test camera</title>
<h1>Test camera</h1>
<p><img src=\"/stream\" alt=\"The camera's picture\"></p>
<p><a href=\"/stream\">stream</a> \u{b7} <a href=\"/snapshot\">snapshot</a></p>
";

impl Default for Options {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 8080,
            picture: PictureOptions { width: 640, height: 480, fps: 25, frames: None },
            answers: Answers { page: PAGE, timestamps: Timestamps::On, length: true, login: None },
        }
    }
}

pub(crate) fn parse() -> Result<Command<Options>, lexopt::Error> {
    let mut options = Options::default();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        let Options { picture, answers, .. } = &mut options;
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("host") => options.host = arguments.value()?.string()?,
            Long("port") => options.port = arguments.value()?.parse_with(within(0..=u16::MAX))?,
            Long("size") => {
                (picture.width, picture.height) = arguments.value()?.parse_with(size(SIDES))?;
            }
            Long("fps") => picture.fps = arguments.value()?.parse_with(within(1..=1000))?,
            Long("frames") => {
                picture.frames = Some(arguments.value()?.parse_with(within(1..=i32::MAX))?);
            }
            Long("timestamps") => answers.timestamps = arguments.value()?.parse_with(timestamps)?,
            Long("length") => answers.length = arguments.value()?.parse_with(switch)?,
            Long("login") => answers.login = Some(login(arguments.value()?.string()?)?),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Command::Run(options))
}

fn timestamps(text: &str) -> Result<Timestamps, &'static str> {
    match text {
        "on" => Ok(Timestamps::On),
        "off" => Ok(Timestamps::Off),
        "zero" => Ok(Timestamps::Zero),
        _ => Err("expected on, off or zero"),
    }
}

fn switch(text: &str) -> Result<bool, &'static str> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("expected on or off"),
    }
}

fn login(text: String) -> Result<String, lexopt::Error> {
    if text.contains(':') {
        Ok(text)
    } else {
        Err("--login: a login looks like user:password".into())
    }
}
