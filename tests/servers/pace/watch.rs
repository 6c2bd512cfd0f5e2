//! A pipeline, and what comes to its sink when.

use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use gst::prelude::*;

use super::camera::{number, taken, wall};
use crate::common::jpeg::tag_of;

/// One picture as it was shown. All times in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) number: usize,
    /// By its PTS.
    pub(crate) stamped: f64,
    /// When the sink let it go.
    pub(crate) at: f64,
}

/// Plays `line`, whose sink is called `sink`, for a while, with a camera at `fps`; `disturb` is called for each picture
/// before the sink has it.
pub(crate) fn play(
    line: &str,
    fps: f64,
    time: Duration,
    disturb: impl Fn(usize) + Send + Sync + 'static,
) -> Vec<Shown> {
    let pipeline = gst::parse::launch(line).unwrap().downcast::<gst::Pipeline>().unwrap();
    let shown: Arc<Mutex<Vec<Shown>>> = Arc::default();
    let pad = pipeline.by_name("sink").unwrap().static_pad("sink").unwrap();
    let (list, top) = (shown.clone(), pipeline.downgrade());
    // What was shown is known when the next one comes.
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let (Some(buffer), Some(top)) = (info.buffer(), top.upgrade()) else {
            return gst::PadProbeReturn::Ok;
        };
        let running = top.current_running_time().unwrap();
        let stamped = buffer.pts().unwrap();
        let ago = running.nseconds() as f64 - stamped.nseconds() as f64;
        let now = wall();
        let number = number(tag_of(&buffer.map_readable().unwrap()), fps);
        let mut list: MutexGuard<'_, Vec<Shown>> = list.lock().unwrap();
        if let Some(last) = list.last_mut() {
            last.at = now;
        }
        list.push(Shown { number, stamped: now - ago / 1e9, at: now });
        let count = list.len();
        drop(list);
        disturb(count);
        gst::PadProbeReturn::Ok
    });
    pipeline.set_state(gst::State::Playing).unwrap();
    // As long as somebody looks.
    thread::sleep(time);
    pipeline.set_state(gst::State::Null).unwrap();
    let mut shown = shown.lock().unwrap().clone();
    // Of the last one it is not known.
    shown.pop();
    shown
}

/// What somebody who looks sees.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Shown of those that were taken meanwhile, as a share.
    pub(crate) share: f64,
    /// Root mean square of (spacing of PTS − true spacing), in ms.
    pub(crate) spacing: f64,
    /// How old the last picture was when the next one took its place, less one interval; in ms.
    pub(crate) age: f64,
    /// How far a PTS is from the truth at worst, in ms.
    pub(crate) worst: f64,
}

pub(crate) fn judge(shown: &[Shown], fps: f64) -> Seen {
    let (first, last) = (shown[0], shown[shown.len() - 1]);
    let taken_meanwhile = (last.at - first.at) * fps;
    let squares: Vec<f64> = shown
        .windows(2)
        .map(|pair| {
            let truth = (pair[1].number - pair[0].number) as f64 / fps;
            (1000.0 * (pair[1].stamped - pair[0].stamped - truth)).powi(2)
        })
        .collect();
    let off = |shown: &Shown| 1000.0 * (shown.stamped - taken(shown.number, fps)).abs();
    Seen {
        share: (shown.len() - 1) as f64 / taken_meanwhile,
        spacing: (squares.iter().sum::<f64>() / squares.len() as f64).sqrt(),
        age: 1000.0 * (last.at - taken(last.number, fps) - 1.0 / fps),
        worst: shown.iter().map(off).fold(0.0, f64::max),
    }
}
