//! What can be set on the command line.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use lexopt::prelude::*;

/// What the JPEG encoder and most players manage.
const SIDES: RangeInclusive<u32> = 16..=4096;

pub(crate) const HELP: &str = "\
An MJPEG camera for people without one.

    mjpeg-testcam [OPTIONS]

    --host ADDRESS            where to listen [127.0.0.1]
    --port N                  0 picks a free one [8080]
    --size WIDTHxHEIGHT       size of the picture [640x480]
    --fps N                   frames per second [25]
    --frames N                end after so many frames [never]
    --timestamps on|off|zero  X-Timestamp: the time the frame was taken,
                              none, or always 0.000000 [on]
    --length on|off           Content-Length in front of each frame [on]
    --login USER:PASSWORD     ask for this login (Basic) [none]

The first line it prints is `Camera ready: ` and the URL of the stream.
The same server has /snapshot (one picture) and / (a page to look at), and
answers to mjpg-streamer's /?action=stream and /?action=snapshot.
";

pub(crate) enum Command {
    Help,
    Film(Options),
}

pub(crate) struct Options {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) picture: PictureOptions,
    pub(crate) answers: AnswerOptions,
}

pub(crate) struct PictureOptions {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) fps: u32,
    pub(crate) frames: Option<i32>,
}

pub(crate) struct AnswerOptions {
    pub(crate) timestamps: Timestamps,
    pub(crate) length: bool,
    pub(crate) login: Option<String>,
}

#[derive(Clone, Copy)]
pub(crate) enum Timestamps {
    On,
    Off,
    Zero,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 8080,
            picture: PictureOptions { width: 640, height: 480, fps: 25, frames: None },
            answers: AnswerOptions { timestamps: Timestamps::On, length: true, login: None },
        }
    }
}

pub(crate) fn parse() -> Result<Command, lexopt::Error> {
    let mut options = Options::default();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        let Options { picture, answers, .. } = &mut options;
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("host") => options.host = arguments.value()?.string()?,
            Long("port") => options.port = arguments.value()?.parse_with(within(0..=u16::MAX))?,
            Long("size") => {
                (picture.width, picture.height) = arguments.value()?.parse_with(size)?;
            }
            Long("fps") => picture.fps = arguments.value()?.parse_with(within(1..=1000))?,
            Long("frames") => {
                picture.frames = Some(arguments.value()?.parse_with(within(1..=i32::MAX))?);
            }
            Long("timestamps") => answers.timestamps = arguments.value()?.parse_with(timestamps)?,
            Long("length") => answers.length = arguments.value()?.parse_with(switch)?,
            Long("login") => answers.login = Some(arguments.value()?.parse_with(login)?),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Command::Film(options))
}

fn within<T>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (start, end) = (range.start(), range.end());
        number.ok_or_else(|| format!("expected a whole number from {start} to {end}"))
    }
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let (width, height) = text.split_once('x').ok_or("a size looks like 640x480")?;
    let side = within(SIDES);
    Ok((side(width)?, side(height)?))
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

fn login(text: &str) -> Result<String, &'static str> {
    if text.contains(':') { Ok(text.to_owned()) } else { Err("a login looks like user:password") }
}
