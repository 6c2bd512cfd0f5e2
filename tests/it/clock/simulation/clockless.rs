//! Cameras without a clock: how far their PTS are from the truth, beside arrivals.

use std::time::Duration;

use gstmjpeghttp::clock::{Mode, Stamper};

use crate::common::random::Random;

const MS: f64 = 1e6;
const LATENCY: f64 = 100.0;

/// From the number and the time of a picture to the time of the next.
pub type Interval = Box<dyn Fn(u32, f64, &mut Random) -> f64>;
/// The network's.
pub type Delay = fn(&mut Random) -> f64;

/// All times in ms.
pub struct Scene {
    pub interval: Interval,
    pub delay: Delay,
    /// One picture in so many is lost; 0 = none.
    pub lost: usize,
    pub seconds: f64,
}

/// In milliseconds, behind the first three seconds.
#[derive(Debug, Default, Clone, Copy)]
pub struct Measured {
    /// Root mean square of (spacing − true spacing).
    pub spacing: f64,
    /// Root mean square of (time − truth), but for its mean.
    pub error: f64,
    /// The largest of these.
    pub worst: f64,
}

/// Of the arrivals and of the PTS, and how many PTS lie where none may.
pub fn measure(scene: &Scene, seed: u64) -> (Measured, Measured, usize) {
    let mut stamper = Stamper::new(Mode::Auto, Duration::from_secs_f64(LATENCY / 1000.0));
    let mut random = Random::new(seed);
    let (mut truth, mut last, mut number) = (1000.0, 0.0_f64, 0);
    let (mut arrivals, mut stamps, mut wrong) = (Vec::new(), Vec::new(), 0);
    let mut before = f64::MIN;
    while truth < 1000.0 * scene.seconds {
        truth += (scene.interval)(number, truth, &mut random);
        number += 1;
        if scene.lost > 0 && random.below(scene.lost) == 0 {
            continue;
        }
        // No picture overtakes another; each takes a tenth of a millisecond on the wire.
        last = (truth + 5.0 + (scene.delay)(&mut random)).max(last + 0.1);
        let arrival = Duration::from_secs_f64(last / 1000.0);
        let pts = stamper.stamp(arrival, std::iter::empty()).pts.as_nanos() as f64 / MS;
        let earliest = (last - LATENCY).max(before + 1.0);
        wrong += usize::from(pts > last.max(before + 1.0) + 0.001 || pts < earliest - 0.001);
        before = pts;
        if truth > 4000.0 {
            arrivals.push((truth, last));
            stamps.push((truth, pts));
        }
    }
    (of(&arrivals), of(&stamps), wrong)
}

fn of(times: &[(f64, f64)]) -> Measured {
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
    let spacings: Vec<f64> = times
        .windows(2)
        .map(|pair| (pair[1].1 - pair[0].1 - pair[1].0 + pair[0].0).powi(2))
        .collect();
    let errors: Vec<f64> = times.iter().map(|(truth, time)| time - truth).collect();
    let middle = mean(&errors);
    let squares: Vec<f64> = errors.iter().map(|error| (error - middle).powi(2)).collect();
    let worst = errors.iter().map(|error| (error - middle).abs()).fold(0.0, f64::max);
    Measured { spacing: mean(&spacings).sqrt(), error: mean(&squares).sqrt(), worst }
}
