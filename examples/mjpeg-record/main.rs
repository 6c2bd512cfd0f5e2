//! Records several cameras, day and night.
//!
//! `cargo run --example mjpeg-record cameras.toml`; the file is explained in
//! `examples/mjpeg-record/cameras.toml`, and `mjpeg-recorder.service` beside it has systemd
//! start the recorder.

use std::cell::RefCell;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

use lexopt::prelude::*;

mod camera;
#[path = "../common/mod.rs"]
mod common;
mod config;
mod names;
mod quota;
mod screen;
mod status;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "elsewhere.rs")]
mod system;

use camera::Camera;
use common::program::{self, Command};
use config::Config;
use screen::Screen;

const HELP: &str = "\
Usage: mjpeg-record FILE.toml

Records several cameras, day and night.

    FILE.toml   which cameras, and where to; cameras.toml, which comes with this
                program, says what can be set
    --help      this text
    --version   the version

Ctrl-C ends; the segments are finished then.

Exit status: 0 if it was ended, 1 if something failed, 2 if the command line is
wrong.
";

/// How often the terminal and the disk are looked at.
const TICK: Duration = Duration::from_secs(1);

/// How long a disk may take to finish the segments.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    program::run(env!("CARGO_BIN_NAME"), HELP, parse(), |file| run(file))
}

fn run(file: &Path) -> Result<(), Box<dyn Error>> {
    let config = Config::read(file)?;
    gst::init()?;
    gstmjpeghttp::plugin_register_static()?;
    record(&config)
}

fn parse() -> Result<Command<PathBuf>, lexopt::Error> {
    let mut file = None;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Value(value) if file.is_none() => file = Some(value.into()),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Command::Run(file.ok_or("which cameras? For instance cameras.toml")?))
}

fn record(config: &Config) -> Result<(), Box<dyn Error>> {
    let screen = Rc::new(RefCell::new(Screen::new()));
    let mut cameras = Vec::new();
    for settings in &config.cameras {
        cameras.push(Camera::start(settings, config, &screen)?);
    }

    let signals = system::count_signals();
    glib::timeout_add_local(TICK, {
        let (cameras, screen, config) = (cameras.clone(), screen.clone(), config.clone());
        let mut told = Vec::new();
        move || {
            look_after(&cameras, &screen, &config, &mut told);
            glib::ControlFlow::Continue
        }
    });
    let context = glib::MainContext::default();
    while signals.get() == 0 {
        context.iteration(true);
    }

    screen.borrow_mut().say("ending; Ctrl-C again does not wait for the segments");
    // The cameras finish side by side; the tick wakes this loop, too.
    cameras.iter().for_each(Camera::end);
    let deadline = Instant::now() + PATIENCE;
    let is_running = || cameras.iter().any(Camera::is_running);
    while is_running() && signals.get() == 1 && Instant::now() < deadline {
        context.iteration(true);
    }
    cameras.iter().for_each(Camera::stop);
    look_after(&cameras, &screen, config, &mut Vec::new());
    Ok(())
}

/// What has to be done every now and then. `told` is what of the quota was said last.
fn look_after(
    cameras: &[Camera],
    screen: &Rc<RefCell<Screen>>,
    config: &Config,
    told: &mut Vec<String>,
) {
    let in_use: Vec<_> = cameras.iter().filter_map(Camera::file).collect();
    let kept = quota::keep(&config.folder, &config.names(), config.quota, &in_use);
    for file in kept.deleted {
        screen.borrow_mut().say(&format!("deleted {}", file.display()));
    }
    for failure in kept.failures.iter().filter(|failure| !told.contains(failure)) {
        screen.borrow_mut().say(&format!("the quota is not kept: {failure}"));
    }
    *told = kept.failures;
    let lines: Vec<_> = cameras.iter().map(Camera::look).collect();
    screen.borrow_mut().draw(&lines, system::columns());
}
