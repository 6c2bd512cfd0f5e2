//! Passes a camera on to up to 256 viewers, over one connection to the camera.
//!
//! `cargo run --release --example mjpeg-relay -- --help` lists what can be set.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use gst::prelude::*;

mod away;
#[path = "../common/mod.rs"]
mod common;
mod hls;
mod options;
mod viewers;

use common::program;
use common::server::{self, Answers, Newest, Service, Timestamps};
use options::Options;

/// Viewers and HLS have a queue each, which gives the newest pictures to who is slow.
const PIPELINE: &str = "
    mjpeghttpsrc name=camera timeout=5 ! tee name=tee
    ! queue max-size-buffers=2 leaky=downstream ! appsink name=viewers sync=false";

const PAGE: &str = include_str!("page.html");

fn main() -> ExitCode {
    let help = [options::HELP, common::camera::HELP].concat();
    program::run(env!("CARGO_BIN_NAME"), &help, options::parse(), run)
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    gst::init()?;
    gstmjpeghttp::plugin_register_static()?;
    let pipeline = pipeline(options)?;
    let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
    let newest = Arc::new(Newest::default());
    viewers::publish(&pipeline, &newest)?;
    let listener = server::listen(&options.host, options.port)?;
    let address = listener.local_addr()?;
    let answers = Answers {
        page: PAGE,
        timestamps: Timestamps::On,
        length: true,
        login: options.viewers.clone(),
    };
    let service = Arc::new(Service::new(newest, answers));
    thread::spawn(move || server::serve(&listener, &service));

    let interrupted = pipeline.clone();
    // The end of the stream finishes the last file of HLS and its playlist.
    ctrlc::set_handler(move || {
        interrupted.send_event(gst::event::Eos::new());
    })?;
    program::say(&format!("Relay ready: http://{address}/"));
    // A start that fails is on the bus as well, in better words.
    let _ = pipeline.set_state(gst::State::Playing);
    let end = watch(&bus);
    pipeline.set_state(gst::State::Null)?;
    end
}

fn pipeline(options: &Options) -> Result<gst::Pipeline, Box<dyn Error>> {
    let branch = if options.hls.is_some() { hls::BRANCH } else { "" };
    let pipeline = gst::parse::launch(&[PIPELINE, branch].concat())?
        .downcast::<gst::Pipeline>()
        .map_err(|_| "several elements make a pipeline")?;
    let camera = pipeline.by_name("camera").ok_or("the pipeline has no camera")?;
    camera.set_property("location", &options.url);
    options.camera.apply_to(&camera);
    if let Some((folder, shape)) = &options.hls {
        hls::set_up(&pipeline, folder, *shape)?;
    }
    Ok(pipeline)
}

/// Tells warnings until the end or an error.
fn watch(bus: &gst::Bus) -> Result<(), Box<dyn Error>> {
    for message in bus.iter_timed(gst::ClockTime::NONE) {
        match message.view() {
            gst::MessageView::Eos(_) => break,
            gst::MessageView::Error(error) => return Err(error.error().into()),
            gst::MessageView::Warning(warning) => {
                eprintln!("{}: {}", env!("CARGO_BIN_NAME"), warning.error());
            }
            _ => {}
        }
    }
    Ok(())
}
