//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;

use super::common::camera::{CameraOption, CameraOptions};
use super::common::program::Command;
use super::share::Share;
use super::time::Time;

pub(crate) const HELP: &str = "\
Usage: mjpeg-record FILE.toml [--share N/OF]
   or: mjpeg-record --check FILE.toml
   or: mjpeg-record --reindex FILE.toml [--share N/OF]
   or: mjpeg-record --add URL [OPTIONS]
   or: mjpeg-record find CAMERA FROM TO [--cameras FILE.toml] [--share N/OF]
   or: mjpeg-record export CAMERA FROM TO OUT.mkv [--cameras FILE.toml] [--share N/OF]
   or: mjpeg-record --hash-password < FILE

Records several cameras.

    FILE.toml         which cameras, and where to; cameras.toml, which comes with
                      this program, says what can be set
    --check           tell all that is wrong in the file, and record nothing
    --share N/OF      record share N of the cameras; OF programs with the same file
                      share them. Each records to a folder of its own, share-N,
                      and has the quota for itself
    --reindex         make the index anew from the recordings
    --add URL         look at a camera, and print its lines for the file
    find              list the files with pictures of that time
    export            copy the pictures of that time into one new file, without
                      encoding; OUT-2.mkv begins where their size changes
    --cameras FILE    the cameras' file for find and export [cameras.toml]
    --hash-password   read a password, the first line of the input, and print the
                      web-password line for the file
    --help            this text
    --version         the version

FROM and TO look like 2026-11-22T13:05:00Z, '2026-11-22 13:05' in local time, 13:05
(today), 2026-11-22 (that day at 0:00) or now. Where the clocks show a local time twice,
FROM is the earlier one and TO the later one. Names of files, and what find prints, are
in UTC.

Ctrl-C ends; the segments are completed then. SIGHUP reads the file again: cameras
that did not change continue.

Exit status: 0 if it was ended, 1 if something failed, 2 if the command line is
wrong.
";

pub(crate) enum Task {
    Record { file: PathBuf, share: Option<Share> },
    Check { file: PathBuf },
    Reindex { file: PathBuf, share: Option<Share> },
    Add { location: String, options: CameraOptions },
    Find { file: PathBuf, share: Option<Share>, what: Span },
    Export { file: PathBuf, share: Option<Share>, what: Span, out: PathBuf },
    HashPassword,
}

/// A time of a camera.
pub(crate) struct Span {
    pub(crate) camera: String,
    pub(crate) from: Time,
    pub(crate) to: Time,
}

/// Which of the tasks, as far as the words before have told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Record,
    Check,
    Reindex,
    Add,
    Find,
    Export,
    HashPassword,
}

pub(crate) fn parse() -> Result<Command<Task>, lexopt::Error> {
    parse_from(&mut lexopt::Parser::from_env())
}

fn parse_from(arguments: &mut lexopt::Parser) -> Result<Command<Task>, lexopt::Error> {
    let mut kind = None;
    let mut words: Vec<std::ffi::OsString> = Vec::new();
    let (mut share, mut cameras) = (None, None);
    let mut options = CameraOptions::default();
    while let Some(argument) = arguments.next()? {
        let is_first = kind.is_none() && words.is_empty();
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("check") if is_first => kind = Some(Kind::Check),
            Long("reindex") if is_first => kind = Some(Kind::Reindex),
            Long("add") if is_first => kind = Some(Kind::Add),
            Long("hash-password") if is_first => kind = Some(Kind::HashPassword),
            Long("share") => share = Some(arguments.value()?.parse_with(str::parse::<Share>)?),
            Long("cameras") => cameras = Some(PathBuf::from(arguments.value()?)),
            Value(word) if is_first && word == "find" => kind = Some(Kind::Find),
            Value(word) if is_first && word == "export" => kind = Some(Kind::Export),
            Value(word) => words.push(word),
            _ if kind == Some(Kind::Add) => {
                let option = CameraOption::of(argument)?;
                options.set(option, arguments)?;
            }
            _ => return Err(argument.unexpected()),
        }
    }
    let kind = kind.unwrap_or(Kind::Record);
    let is_search = matches!(kind, Kind::Find | Kind::Export);
    if share.is_some() && matches!(kind, Kind::Check | Kind::Add | Kind::HashPassword) {
        return Err("--share goes with recordings only".into());
    }
    if cameras.is_some() && !is_search {
        return Err("--cameras goes with find and export only".into());
    }
    let file = cameras.unwrap_or_else(|| "cameras.toml".into());
    let mut words = words.into_iter();
    let mut next = |what: &str| words.next().ok_or_else(|| format!("{what} is missing"));
    let task = match kind {
        Kind::Record => Task::Record { file: next("FILE.toml")?.into(), share },
        Kind::Check => Task::Check { file: next("FILE.toml")?.into() },
        Kind::Reindex => Task::Reindex { file: next("FILE.toml")?.into(), share },
        Kind::HashPassword => Task::HashPassword,
        Kind::Add => Task::Add { location: next("URL")?.string()?, options },
        Kind::Find | Kind::Export => {
            let camera = next("CAMERA")?.string()?;
            let from = next("FROM")?.parse_with(Time::parse)?;
            let to = next("TO")?.parse_with(Time::parse_later)?;
            if to < from {
                return Err("FROM is later than TO".into());
            }
            let what = Span { camera, from, to };
            match kind {
                Kind::Find => Task::Find { file, share, what },
                _ => Task::Export { file, share, what, out: matroska(next("OUT.mkv")?)? },
            }
        }
    };
    match words.next() {
        // Not shown: there may be a login in it.
        Some(_) => Err("there is one argument too many".into()),
        None => Ok(Command::Run(task)),
    }
}

/// Players go by the name.
fn matroska(file: std::ffi::OsString) -> Result<PathBuf, lexopt::Error> {
    let file = PathBuf::from(file);
    if !file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("mkv")) {
        return Err("OUT.mkv is a Matroska file: its name has to end with .mkv".into());
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Result<Command<Task>, String> {
        let words = shlex::split(words).expect("words");
        parse_from(&mut lexopt::Parser::from_args(words)).map_err(|error| error.to_string())
    }

    #[test]
    fn each_task_has_its_words() {
        let is = |words: &str, right: fn(&Task) -> bool| {
            assert!(matches!(parsed(words), Ok(Command::Run(task)) if right(&task)), "{words}");
        };
        is("a.toml", |task| matches!(task, Task::Record { share: None, .. }));
        is("a.toml --share 2/5", |task| matches!(task, Task::Record { share: Some(_), .. }));
        is("--check a.toml", |task| matches!(task, Task::Check { .. }));
        is("--reindex a.toml", |task| matches!(task, Task::Reindex { .. }));
        is("--add http://c/ --login a:b", |task| matches!(task, Task::Add { .. }));
        is("--hash-password", |task| matches!(task, Task::HashPassword));
        is("find door 13:00 13:05", |task| matches!(task, Task::Find { .. }));
        is("find door 13:00 13:05 --cameras b.toml", |task| matches!(task, Task::Find { .. }));
        is("export door 2026-01-01 now OUT.MKV", |task| matches!(task, Task::Export { .. }));
    }

    #[test]
    fn what_is_missing_or_too_much_is_told() {
        for (words, expected) in [
            ("", "FILE.toml is missing"),
            ("a.toml b.toml", "too many"),
            ("--check", "FILE.toml is missing"),
            ("a.toml --check", "--check"),
            ("--check a.toml --share 1/2", "--share goes with"),
            ("a.toml --share 3/2", "from 1 to"),
            ("a.toml --login a:b", "--login"),
            ("find door", "FROM is missing"),
            ("find door 13:05 13:00", "FROM is later"),
            ("find door tomorrow now", "a time looks like"),
            ("export door 13:00 13:05", "OUT.mkv is missing"),
            ("export door 13:00 13:05 out.mp4", "has to end with .mkv"),
            ("export door 13:00 13:05 -", "has to end with .mkv"),
        ] {
            let error = parsed(words).err().unwrap_or_default();
            assert!(error.contains(expected), "{words}: {error}");
        }
    }
}
