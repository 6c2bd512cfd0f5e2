//! Segments as pictures at their pace, for browsers, which know no Matroska with JPEGs.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use bytes::Bytes;
use gst::prelude::*;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::board::Picture;
use super::matroska;
use super::routes::Refusal;
use super::time::Time;
use super::{Shared, files, live};

/// Segments that are played at once.
const PLAYERS: usize = 16;

/// How often it is looked whether the viewer is still there.
const TURN: gst::ClockTime = gst::ClockTime::from_mseconds(200);

/// How long the first picture may take.
const PATIENCE: gst::ClockTime = gst::ClockTime::from_seconds(10);

type Failure = Box<dyn std::error::Error>;

pub(super) struct Players(Arc<Semaphore>);

impl Default for Players {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PLAYERS)))
    }
}

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    /// Seconds from the start of the segment.
    from: f64,
    speed: f64,
}

impl Default for Wish {
    fn default() -> Self {
        Self { from: 0.0, speed: 1.0 }
    }
}

struct Job {
    file: PathBuf,
    began: Time,
    from: gst::ClockTime,
    speed: f64,
    viewer: Arc<watch::Sender<Option<Picture>>>,
    _seat: OwnedSemaphorePermit,
}

pub(super) async fn play(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<i64>,
    Query(wish): Query<Wish>,
) -> Result<Response, Refusal> {
    let from = Duration::try_from_secs_f64(wish.from).ok();
    let from = from.and_then(|from| gst::ClockTime::try_from(from).ok());
    let from = from.ok_or(Refusal::wrong("from is a number of seconds"))?;
    if !(0.1..=100.0).contains(&wish.speed) {
        return Err(Refusal::wrong("speed is 0.1 to 100"));
    }
    let (segment, file) = files::find(&shared, id).await?;
    let seat = shared.players.0.clone().try_acquire_owned();
    let seat = seat.map_err(|_| Refusal::later("too many segments are played at once"))?;
    let (viewer, pictures) = watch::channel(None);
    let viewer = Arc::new(viewer);
    let began = segment.began;
    let job = Job { file, began, from, speed: wish.speed, viewer, _seat: seat };
    // What is broken in a file ends its pictures; the file can be downloaded all the same.
    let started = thread::Builder::new().name("play".into()).spawn(move || drop(run(&job)));
    started.map_err(Refusal::later)?;
    Ok(live::one(pictures, || None))
}

/// Until the end of the segment, or until the viewer has gone.
fn run(job: &Job) -> Result<(), Failure> {
    let pipeline = pipeline(job)?;
    let played = wait(&pipeline, job);
    pipeline.set_state(gst::State::Null)?;
    played
}

fn wait(pipeline: &gst::Pipeline, job: &Job) -> Result<(), Failure> {
    let bus = pipeline.bus().ok_or("a pipeline without a bus")?;
    pipeline.set_state(gst::State::Paused)?;
    pipeline.state(PATIENCE).0?;
    if job.from > gst::ClockTime::ZERO || job.speed.to_bits() != 1.0_f64.to_bits() {
        let flags = gst::SeekFlags::FLUSH | gst::SeekFlags::ACCURATE;
        let (set, none) = (gst::SeekType::Set, gst::SeekType::None);
        pipeline.seek(job.speed, flags, set, job.from, none, gst::ClockTime::NONE)?;
    }
    pipeline.set_state(gst::State::Playing)?;
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    while !job.viewer.is_closed() {
        if bus.timed_pop_filtered(TURN, &ends).is_some() {
            break;
        }
    }
    Ok(())
}

fn pipeline(job: &Job) -> Result<gst::Pipeline, Failure> {
    let sink = gst_app::AppSink::builder()
        .caps(&gst::Caps::new_empty_simple("image/jpeg"))
        .sync(true)
        .max_buffers(1)
        .callbacks(callbacks(job))
        .build();
    Ok(matroska::pipeline_to(&job.file, &sink)?)
}

fn callbacks(job: &Job) -> gst_app::AppSinkCallbacks {
    let (viewer, began) = (job.viewer.clone(), job.began);
    let show = move |sample: Result<gst::Sample, glib::BoolError>| {
        let sample = sample.map_err(|_| gst::FlowError::Eos)?;
        let buffer = sample.buffer().ok_or(gst::FlowError::Error)?;
        let jpeg = buffer.map_readable().map_err(|_| gst::FlowError::Error)?;
        let captured = began.plus(buffer.pts().map(Duration::from).unwrap_or_default());
        viewer.send_replace(Some(Picture { jpeg: Bytes::copy_from_slice(&jpeg), captured }));
        Ok(gst::FlowSuccess::Ok)
    };
    gst_app::AppSinkCallbacks::builder().new_sample(move |sink| show(sink.pull_sample())).build()
}
