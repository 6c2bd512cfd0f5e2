//! Watches the camera for a while and collects what there is to know.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use glib::prelude::*;
use gstmjpeghttp::client::{HttpConnector, Request};
use gstmjpeghttp::clock::{Mode, Report, Stamper};
use gstmjpeghttp::error::Error;
use gstmjpeghttp::jpeg::Picture;
use gstmjpeghttp::mjpeghttpsrc::{self, Secrets};
use gstmjpeghttp::multipart::Frame;
use gstmjpeghttp::net::Recording;
use gstmjpeghttp::quirk::Quirks;
use gstmjpeghttp::session::control::Control;
use gstmjpeghttp::session::{Output, Session, Settings, retry};

use super::intervals::Intervals;
use super::launch_line;
use super::options::Options;

/// How much of the answer is kept, in bytes.
const RAW_LIMIT: usize = 2 * 1024 * 1024;

/// What was found.
pub(crate) struct Findings {
    pub(crate) camera: String,
    /// The lines of the answer's head, as they came.
    pub(crate) head: Vec<String>,
    /// Header fields of the first picture's part.
    pub(crate) part: Vec<String>,
    pub(crate) picture: Option<Picture>,
    /// Bytes of the pictures.
    pub(crate) sizes: Vec<usize>,
    pub(crate) intervals: Option<Intervals>,
    pub(crate) clock: Clock,
    pub(crate) quirks: Quirks,
    /// How to show the camera.
    pub(crate) launch_line: String,
    /// The answer from its first byte on, without the secrets that the camera was sent.
    pub(crate) raw: Vec<u8>,
    /// Why it ended before the time was over, or why nothing came.
    pub(crate) failure: Option<String>,
}

/// What the camera says of the time.
pub(crate) struct Clock {
    /// What was found out.
    pub(crate) report: Report,
    /// The value seen last.
    pub(crate) value: String,
}

/// Watches the camera for the time asked for.
pub(crate) fn at(options: &Options) -> Result<Findings, Box<dyn std::error::Error>> {
    let recording = Recording::new(RAW_LIMIT);
    let mut said = mjpeghttpsrc::Settings::default();
    said.set("location", &options.address.to_value());
    for (name, value) in options.camera.properties() {
        said.set(name, &value);
    }
    let request = Request { recording: Some(recording.clone()), ..said.request()? };
    let camera = request.location.to_string();
    let control = Arc::new(Control::default());
    let settings = Settings {
        retry: retry::Policy { retries: Some(0), factor: 0.0, max: 0.0 },
        ..said.session()
    };
    control.taking();
    let mut session = Session::new(HttpConnector::new(request), control.clone(), settings);
    let interrupted = control.clone();
    ctrlc::set_handler(move || interrupted.stop())?;
    let time = options.time;
    let alarm = move || {
        thread::sleep(time);
        control.stop();
    };
    thread::Builder::new().spawn(alarm)?;

    let secrets = said.secrets();
    let mut watch = Watch::new(&secrets);
    let begun = Instant::now();
    let failure = loop {
        match session.advance() {
            Output::Frame { frame, .. } => watch.see(&frame),
            Output::Stopped => break None,
            Output::Ended => break Some(Error::Ended.to_string()),
            Output::Failed { error, .. } => break Some(error.to_string()),
            _ => {}
        }
    };
    let mut raw = recording.bytes();
    secrets.cover(&mut raw);
    let has_none = watch.arrivals.is_empty();
    let none = || has_none.then(|| nothing_came(raw.is_empty(), begun.elapsed()));
    let failure = failure.or_else(none);
    Ok(Findings {
        camera,
        head: head_lines(&raw, &secrets),
        part: watch.part,
        picture: watch.picture,
        intervals: Intervals::between(&watch.arrivals),
        sizes: watch.sizes,
        clock: Clock { report: watch.stamper.report(), value: watch.time },
        quirks: session.quirks(),
        launch_line: launch_line::of(&said, &options.camera),
        raw,
        failure: failure.map(|error| secrets.hide(error)),
    })
}

/// The look was over before the camera's time was.
fn nothing_came(is_silent: bool, time: Duration) -> String {
    let what = if is_silent { "no answer" } else { "no picture" };
    format!("{what} came within {:.0} s. Look for longer with --seconds", time.as_secs_f64())
}

struct Watch<'a> {
    secrets: &'a Secrets,
    part: Vec<String>,
    picture: Option<Picture>,
    sizes: Vec<usize>,
    arrivals: Vec<Duration>,
    stamper: Stamper,
    time: String,
}

impl<'a> Watch<'a> {
    fn new(secrets: &'a Secrets) -> Self {
        Self {
            secrets,
            part: Vec::new(),
            picture: None,
            sizes: Vec::new(),
            arrivals: Vec::new(),
            stamper: Stamper::new(Mode::Auto, Duration::from_millis(100)),
            time: String::new(),
        }
    }

    fn see(&mut self, frame: &Frame) {
        let field = |(name, value): (&[u8], &[u8])| {
            format!("{}: {}", shown(name, self.secrets), shown(value, self.secrets))
        };
        if self.arrivals.is_empty() {
            self.part = frame.head().fields().map(field).collect();
        }
        self.picture = Some(frame.picture);
        self.sizes.push(frame.bytes.as_ref().len());
        self.arrivals.push(frame.arrival);
        self.stamper.stamp(frame.arrival, frame.head().fields());
        let value = frame.head().get(self.stamper.selected().header);
        self.time = value.map(|value| shown(value, self.secrets)).unwrap_or_default();
    }
}

/// Everything before the first blank line, as far as it can be shown.
fn head_lines(raw: &[u8], secrets: &Secrets) -> Vec<String> {
    let lines = raw.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    lines.take_while(|line| !line.is_empty()).take(100).map(|line| shown(line, secrets)).collect()
}

/// A camera may send back what it was sent.
fn shown(line: &[u8], secrets: &Secrets) -> String {
    let text = secrets.hide(String::from_utf8_lossy(line).into_owned());
    text.chars().take(200).map(|c| if c.is_control() { '.' } else { c }).collect()
}
