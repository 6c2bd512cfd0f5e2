//! Looks at a camera and says what a person would look up with telnet or Wireshark.
//!
//! `cargo run --release --example mjpeg-probe -- --help` lists what can be set.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::process::ExitCode;

#[path = "../common/mod.rs"]
mod common;
mod intervals;
mod json;
mod launch_line;
mod look;
mod options;
mod text;

use common::program;
use look::Findings;
use options::{Format, Options};

fn main() -> ExitCode {
    let help = [options::HELP, common::camera::HELP].concat();
    let command = options::parse();
    if let (Err(error), Format::Json) = (&command, options::format()) {
        program::say(&format!("{:#}", json::without_findings(&error.to_string())));
    }
    program::run(env!("CARGO_BIN_NAME"), &help, command, run)
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let found = find(options);
    if let (Err(error), Format::Json) = (&found, options.format) {
        program::say(&format!("{:#}", json::without_findings(&error.to_string())));
    }
    let (findings, raw) = found?;
    match options.format {
        // A pipe that is closed is no reason to stop.
        Format::People => drop(write!(anstream::stdout(), "{}", text::of(&findings))),
        Format::Json => program::say(&format!("{:#}", json::of(&findings))),
    }
    if let (Some(mut file), Some(path)) = (raw, &options.raw) {
        let name = path.display();
        file.write_all(&findings.raw).map_err(|error| format!("cannot write {name}: {error}"))?;
        if options.format == Format::People {
            program::say(&format!("Raw answer   {} bytes in {name}", findings.raw.len()));
        }
    }
    match findings.failure {
        Some(failure) => Err(failure.into()),
        None => Ok(()),
    }
}

/// What is found, and the file for the answer as it came.
fn find(options: &Options) -> Result<(Findings, Option<File>), Box<dyn Error>> {
    gst::init()?;
    // Before the camera is looked at for a while.
    let raw = options.raw.as_ref().map(|path| {
        let name = path.display();
        File::create(path).map_err(|error| format!("cannot write {name}: {error}"))
    });
    let raw = raw.transpose()?;
    Ok((look::at(options)?, raw))
}
