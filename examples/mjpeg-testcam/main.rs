//! An MJPEG camera for people without one: a moving picture with a clock in
//! it, served over HTTP as network cameras do.
//!
//! `cargo run --example mjpeg-testcam -- --help` lists what can be set.

use std::error::Error;
use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

mod http;
mod newest;
mod options;
mod picture;
mod service;

use newest::Newest;
use options::{Command, Options};
use picture::Picture;
use service::Service;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mjpeg-testcam: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    match options::parse()? {
        Command::Help => print!("{}", options::HELP),
        Command::Film(options) => film(options)?,
    }
    Ok(())
}

fn film(options: Options) -> Result<(), Box<dyn Error>> {
    gst::init()?;
    let listener = listen(&options.host, options.port)?;
    let address = listener.local_addr()?;

    let newest = Arc::new(Newest::default());
    let picture = Picture::start(&options.picture, Arc::clone(&newest))?;
    let service = Arc::new(Service::new(Arc::clone(&newest), options.answers));

    // Whoever reads this line finds a camera that has a picture.
    if newest.viewer().next_frame().is_some() {
        println!("Camera ready: http://{address}/stream");
        thread::spawn(move || service::serve(&listener, &service));
    }
    picture.wait_for_end()?;
    newest.wait_for_viewers();
    Ok(())
}

fn listen(host: &str, port: u16) -> Result<TcpListener, String> {
    TcpListener::bind((host, port)).map_err(|error| {
        format!(
            "cannot listen on {host} port {port} ({error}); try another --port, 0 picks a free one"
        )
    })
}
