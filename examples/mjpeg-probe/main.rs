//! Looks at a camera and says what a person would look up with telnet or Wireshark.
//!
//! `cargo run --release --example mjpeg-probe -- --help` lists what can be set.

use std::error::Error;
use std::fs;
use std::process::ExitCode;

mod intervals;
mod look;
mod options;
mod text;

use options::Command;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mjpeg-probe: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = match options::parse()? {
        Command::Help => {
            print!("{}", options::HELP);
            return Ok(());
        }
        Command::Probe(options) => options,
    };
    let findings = look::at(&options)?;
    print!("{}", text::of(&findings));
    if let Some(file) = &options.raw {
        fs::write(file, &findings.raw)?;
        println!("Raw answer   {} bytes in {}", findings.raw.len(), file.display());
    }
    match findings.failure {
        Some(failure) => Err(failure.to_string().into()),
        None => Ok(()),
    }
}
