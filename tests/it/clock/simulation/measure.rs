//! How far PTS are from the truth.

use std::fmt;

use super::scene::{Frame, Scene};

const SECOND: i64 = 1_000_000_000;

/// In milliseconds.
#[derive(Debug, Default)]
pub struct Measured {
    /// Root mean square of (spacing of arrivals − true spacing).
    pub arrivals: f64,
    /// Root mean square of (spacing of PTS − true spacing), behind the first two
    /// seconds, of neighbours whose delay is within latency.
    pub spacing: f64,
    /// What 99 of 100 of them do not exceed.
    pub p99: f64,
    /// Mean error of the last minute less that of ten minutes behind the first one (in
    /// short scenes: last ten seconds, ten seconds behind the third), as an amount.
    pub drifted: f64,
    /// Frames that arrived later than latency or before their time, by the stamper.
    pub clamped: u64,
    /// What it takes the camera's drift for, in ppm.
    pub drift: f64,
    /// Frames whose PTS lies behind their arrival, without need, or more than latency before.
    pub late: u64,
    pub frames: u64,
}

impl Measured {
    pub const HEAD: &str = concat!(
        "ms                                          ",
        "  frames  arrivals  spacing      p99  drifted  clamped      ppm"
    );

    pub fn of(scene: &Scene) -> Self {
        let (begin, span, end) =
            if scene.length > 1200 * SECOND { (60, 600, 60) } else { (3, 10, 10) };
        let [begin, span, end] = [begin, span, end].map(|seconds| seconds * SECOND);
        let mut this = Self::default();
        let (mut arrivals, mut spacing) = (Mean::default(), Mean::default());
        let (mut first, mut last) = (Mean::default(), Mean::default());
        let mut errors = Vec::new();
        let mut before: Option<Frame> = None;
        let write = |time: i64, text: &mut String| scene.write(time, 0, text);
        let report = scene.play(write, |frame| {
            this.frames += 1;
            let early = frame.arrival - frame.pts;
            // Two PTS are a millisecond apart, whatever arrives.
            let earliest = before.map_or(0, |before| before.pts + 1_000_000);
            let is_early = early < 0 && frame.pts > earliest;
            this.late += u64::from(is_early || early > scene.latency);
            let error = (frame.pts - frame.truth) as f64;
            if (begin..begin + span).contains(&frame.truth) && frame.inside(scene) {
                first.add(error);
            }
            if frame.truth >= scene.length - end && frame.inside(scene) {
                last.add(error);
            }
            let pair = before.replace(frame).map(|before| (before, frame));
            let Some((before, frame)) = pair.filter(|(before, _)| before.truth > 3 * SECOND) else {
                return;
            };
            let truth = frame.truth - before.truth;
            arrivals.add(((frame.arrival - before.arrival - truth) as f64).powi(2));
            if before.inside(scene) && frame.inside(scene) {
                let error = frame.pts - before.pts - truth;
                spacing.add((error as f64).powi(2));
                errors.push(u32::try_from(error.unsigned_abs()).unwrap_or(u32::MAX));
            }
        });
        let place = errors.len() * 99 / 100;
        let (_, p99, _) = errors.select_nth_unstable(place);
        Self {
            arrivals: arrivals.mean().sqrt() / 1e6,
            spacing: spacing.mean().sqrt() / 1e6,
            p99: f64::from(*p99) / 1e6,
            drifted: (last.mean() - first.mean()).abs() / 1e6,
            clamped: report.clamped,
            drift: f64::from(report.drift) / 1000.0,
            ..this
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { arrivals, spacing, p99, drifted, clamped, drift, frames, .. } = self;
        write!(
            f,
            "{frames:8}{arrivals:10.3}{spacing:9.3}{p99:9.3}{drifted:9.3}{clamped:9}{drift:9.2}"
        )
    }
}

#[derive(Default)]
struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    fn add(&mut self, number: f64) {
        self.sum += number;
        self.count += 1.0;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count
    }
}
