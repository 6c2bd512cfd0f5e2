//! An MJPEG camera for people without one: a moving picture with a clock in
//! it, served over HTTP as network cameras do.
//!
//! `cargo run --example mjpeg-testcam -- --help` lists what can be set.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

#[path = "../common/mod.rs"]
mod common;
mod options;
mod picture;

use common::program;
use common::server::{self, Newest, Service};
use gst::prelude::*;
use options::Options;
use picture::Picture;

fn main() -> ExitCode {
    program::run(env!("CARGO_BIN_NAME"), options::HELP, options::parse(), film)
}

fn film(options: &Options) -> Result<(), Box<dyn Error>> {
    gst::init()?;
    let listener = server::listen(&options.host, options.port)?;
    let address = listener.local_addr()?;

    let newest = Arc::new(Newest::default());
    let picture = Picture::start(&options.picture, Arc::clone(&newest))?;
    let service = Arc::new(Service::new(Arc::clone(&newest), options.answers.clone()));

    // Whoever reads this line finds a camera that has a picture.
    if newest.viewer().next_frame().is_some() {
        program::say(&format!("Camera ready: http://{address}/stream"));
        thread::spawn(move || server::serve(&listener, &service));
    }
    let interrupted = picture.pipeline();
    ctrlc::set_handler(move || {
        interrupted.send_event(gst::event::Eos::new());
    })?;
    picture.wait_for_end()?;
    newest.wait_for_viewers();
    Ok(())
}
