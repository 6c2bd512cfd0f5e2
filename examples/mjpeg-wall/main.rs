//! Several cameras on one screen, or in one picture.
//!
//! `cargo run --example mjpeg-wall -- door=http://camera/video.mjpg yard=http://…`

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gst::prelude::*;

#[path = "../common/mod.rs"]
mod common;
mod grid;
mod options;
mod tile;

use gstmjpeghttp::mjpeghttpsrc::Settings;
use options::{Named, Options};
use tile::Tile;

/// Of the wall, whatever the cameras do.
const FRAMES_PER_SECOND: u32 = 15;

/// What two seconds of the wall may take on a busy machine.
const LAST_PICTURES: Duration = Duration::from_secs(20);

type Failure = Box<dyn Error>;

fn main() -> ExitCode {
    let help = [options::HELP, common::camera::HELP].concat();
    common::program::run(env!("CARGO_BIN_NAME"), &help, options::parse(), run)
}

fn run(options: &Options) -> Result<(), Failure> {
    gst::init()?;
    gstmjpeghttp::plugin_register_static()?;
    refuse_bad_addresses(options)?;
    let ended = Arc::new(AtomicBool::new(false));
    let interrupted = ended.clone();
    ctrlc::set_handler(move || interrupted.store(true, Ordering::Relaxed))?;
    let wall = Wall::start(options)?;
    let is_ended = || ended.load(Ordering::Relaxed);
    match &options.png {
        Some(file) => wall.save(file, Duration::from_secs(options.seconds), is_ended),
        None => wall.watch_until(is_ended),
    }
}

/// One that cannot be asked is no camera that is away: the wall would wait for it for ever.
fn refuse_bad_addresses(options: &Options) -> Result<(), String> {
    for Named { name, url } in &options.cameras {
        let mut settings = Settings::default();
        for (name, value) in options.camera.properties() {
            settings.set(name, &value);
        }
        settings.set("location", &url.to_value());
        settings.request().map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

struct Wall {
    pipeline: gst::Pipeline,
    tiles: Vec<Tile>,
    sink: gst::Element,
}

impl Wall {
    fn start(options: &Options) -> Result<Self, Failure> {
        let pipeline = gst::Pipeline::new();
        let compositor = gst::ElementFactory::make("compositor")
            .property_from_str("background", "black")
            // What a busy machine may take to decode a picture.
            .property("latency", 200_000_000_u64)
            .build()?;
        let (width, height) = options.size;
        let sink = match options.png {
            Some(_) => "appsink name=sink max-buffers=1 drop=true",
            None => "autovideosink name=sink",
        };
        let screen = gst::parse::bin_from_description(
            &format!(
                "capsfilter caps=video/x-raw,format=I420,width={width},height={height},\
                 framerate={FRAMES_PER_SECOND}/1 ! videoconvert ! {sink}"
            ),
            true,
        )?;
        pipeline.add_many([&compositor, screen.upcast_ref()])?;
        compositor.link(&screen)?;
        let places = grid::places(options.cameras.len(), options.size);
        let tiles = options.cameras.iter().zip(places);
        let tiles = tiles.map(|(camera, place)| {
            Tile::add(&pipeline, &compositor, camera, &options.camera, place)
        });
        let tiles = tiles.collect::<Result<_, _>>()?;
        let sink = screen.by_name("sink").ok_or("the wall has no sink")?;
        let wall = Self { pipeline, tiles, sink };
        wall.go_on();
        Ok(wall)
    }

    /// Passes on what the cameras say, until `is_enough`, or an error of another element.
    fn watch_until(&self, mut is_enough: impl FnMut() -> bool) -> Result<(), Failure> {
        let context = glib::MainContext::default();
        let bus = self.pipeline.bus().ok_or("the pipeline has no bus")?;
        while !is_enough() {
            // Timers of the tiles.
            while context.iteration(false) {}
            let Some(message) = bus.timed_pop(gst::ClockTime::from_mseconds(50)) else {
                continue;
            };
            if let Some(tile) = self.tiles.iter().find(|tile| tile.is_source_of(&message)) {
                tile.take(&message);
                if message.type_() == gst::MessageType::Error {
                    self.go_on();
                }
            } else if let gst::MessageView::Error(error) = message.view() {
                return Err(error.error().into());
            } else if let gst::MessageView::Latency(_) = message.view() {
                self.pipeline.recalculate_latency()?;
            }
        }
        Ok(())
    }

    /// A pipeline that is not playing yet takes a camera's error for its own and stays paused.
    fn go_on(&self) {
        // If this fails, the reason is on the bus.
        let _ = self.pipeline.set_state(gst::State::Playing);
    }

    /// One picture, when each camera has shown one or is known to be away.
    fn save(
        &self,
        file: &Path,
        patience: Duration,
        is_ended: impl Fn() -> bool,
    ) -> Result<(), Failure> {
        let deadline = Instant::now() + patience;
        let is_settled = || self.tiles.iter().all(Tile::is_settled);
        self.watch_until(|| is_settled() || Instant::now() >= deadline || is_ended())?;
        let sink = self.sink.downcast_ref::<gst_app::AppSink>().ok_or("appsink is no AppSink")?;
        // The pictures that are on their way do not show all of it.
        let (mut left, mut newest) = (2 * FRAMES_PER_SECOND, None);
        let deadline = Instant::now() + LAST_PICTURES;
        self.watch_until(|| {
            while let Some(picture) = sink.try_pull_sample(gst::ClockTime::ZERO) {
                left = left.saturating_sub(1);
                newest = Some(picture);
            }
            left == 0 || Instant::now() >= deadline || is_ended()
        })?;
        if is_ended() {
            return Err("ended before the picture was whole".into());
        }
        if left > 0 {
            return Err(format!(
                "the wall still lacks {left} pictures after {} s",
                LAST_PICTURES.as_secs()
            )
            .into());
        }
        save_png(&newest.ok_or("the wall shows nothing")?, file)
    }
}

impl Drop for Wall {
    fn drop(&mut self) {
        // Only fails when the pipeline is broken anyway.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

fn save_png(picture: &gst::Sample, file: &Path) -> Result<(), Failure> {
    let pipeline = gst::parse::launch(
        "appsrc name=source format=time ! videoconvert ! pngenc snapshot=true ! filesink name=sink",
    )?;
    let pipeline = pipeline.downcast::<gst::Pipeline>().map_err(|_| "no pipeline")?;
    pipeline.by_name("sink").ok_or("no sink")?.set_property("location", file);
    let source = pipeline.by_name("source").ok_or("no source")?;
    let source = source.downcast::<gst_app::AppSrc>().map_err(|_| "appsrc is no AppSrc")?;
    let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
    // If this fails, the reason is on the bus.
    let _ = pipeline.set_state(gst::State::Playing);
    source.push_sample(picture)?;
    source.end_of_stream()?;
    let end = [gst::MessageType::Eos, gst::MessageType::Error];
    let message = bus.timed_pop_filtered(None, &end);
    let _ = pipeline.set_state(gst::State::Null);
    match message.as_deref().map(gst::MessageRef::view) {
        Some(gst::MessageView::Error(error)) => Err(error.error().into()),
        _ => Ok(()),
    }
}
