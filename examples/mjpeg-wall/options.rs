//! What can be set on the command line.

use std::path::PathBuf;

use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Several cameras on one screen.

    mjpeg-wall [OPTIONS] [NAME=]URL…

    --size WIDTHxHEIGHT   size of the whole picture [1280x720]
    --png FILE            save one picture of the wall and end
    --seconds N           how long to wait for all cameras before it [10]
";

pub(crate) struct Options {
    pub(crate) cameras: Vec<Named>,
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

/// None when help is asked for.
pub(crate) fn parse() -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options { cameras: Vec::new(), size: (1280, 720), png: None, seconds: 10 };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("size") => options.size = arguments.value()?.parse_with(size)?,
            Long("png") => options.png = Some(arguments.value()?.into()),
            Long("seconds") => options.seconds = arguments.value()?.parse()?,
            Value(value) => {
                let number = options.cameras.len() + 1;
                options.cameras.push(named(&value.string()?, number));
            }
            _ => return Err(argument.unexpected()),
        }
    }
    if options.cameras.is_empty() {
        return Err("which cameras? Try: mjpeg-wall door=http://camera/video.mjpg".into());
    }
    Ok(Some(options))
}

fn size(text: &str) -> Result<(u32, u32), &'static str> {
    let sides = text.split_once('x').and_then(|(width, height)| {
        let (width, height) = (width.parse().ok()?, height.parse().ok()?);
        let is_side = |side| (64..=8192).contains(&side);
        (is_side(width) && is_side(height)).then_some((width, height))
    });
    sides.ok_or("expected WIDTHxHEIGHT, sides from 64 to 8192")
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
