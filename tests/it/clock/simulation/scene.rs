//! From the truth to PTS: camera, clock, network.

use std::fmt::Write;
use std::time::Duration;

use gstmjpeghttp::clock::{Mode, Report, Stamper};

use crate::common::random::Random;

const MS: i64 = 1_000_000;
const SECOND: i64 = 1_000 * MS;

/// How frames are delayed. No frame overtakes another.
#[derive(Debug, Clone, Copy)]
pub enum Network {
    /// All alike.
    Quiet,
    /// Each by itself, around five deviations.
    Gaussian { deviation: i64 },
    /// A few milliseconds, and now and then nothing at all for up to half a second.
    WiFi,
    /// Quiet but for one time in which nothing arrives.
    OneBurst { at: i64, length: i64 },
}

/// All times in ns.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    pub network: Network,
    /// How much faster than ours the camera's clock is, in ppm.
    pub drift: i64,
    pub interval: i64,
    /// Intervals from half to one and a half of the mean.
    pub variable: bool,
    /// One in so many frames is lost; 0 = none.
    pub lost: usize,
    /// Step of the camera's clock.
    pub granularity: i64,
    pub latency: i64,
    pub length: i64,
}

/// One frame that arrived.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// When it was taken.
    pub truth: i64,
    /// How long it took beyond the shortest way.
    pub delay: i64,
    pub arrival: i64,
    pub pts: i64,
    pub from_camera: bool,
    pub discont: bool,
}

/// The shortest way from the camera to us.
const WAY: i64 = 5 * MS;

impl Default for Scene {
    fn default() -> Self {
        Self {
            network: Network::Quiet,
            drift: 0,
            interval: 33_333_333,
            variable: false,
            lost: 0,
            granularity: 1_000,
            latency: 200 * MS,
            length: 60 * SECOND,
        }
    }
}

impl Frame {
    /// Could its delay be taken out?
    pub fn inside(&self, scene: &Scene) -> bool {
        self.delay < scene.latency
    }
}

impl Scene {
    pub fn frames(&self) -> Vec<Frame> {
        self.frames_with(|_| 0)
    }

    /// The camera's clock is off by so much at a time.
    pub fn frames_with(&self, off: impl Fn(i64) -> i64) -> Vec<Frame> {
        let mut frames = Vec::new();
        self.play(|time, text| self.write(time, off(time), text), |frame| frames.push(frame));
        frames
    }

    /// The camera writes this.
    pub fn frames_written(&self, write: impl Fn(i64) -> String) -> Vec<Frame> {
        let mut frames = Vec::new();
        self.play(|time, text| text.push_str(&write(time)), |frame| frames.push(frame));
        frames
    }

    /// Gives each frame as soon as it has arrived, and at the end what is known.
    pub fn play(&self, write: impl Fn(i64, &mut String), mut take: impl FnMut(Frame)) -> Report {
        let latency = Duration::from_nanos(self.latency.unsigned_abs());
        let mut stamper = Stamper::new(Mode::Auto, latency);
        let mut random = Random::new(4711);
        let mut way = Way { network: self.network, blocked: 0, last: 0 };
        let mut text = String::new();
        let mut truth = SECOND;
        while truth < self.length {
            let share = if self.variable { 0.5 + random.unit() } else { 1.0 };
            truth += (self.interval as f64 * share) as i64;
            if self.lost > 0 && random.below(self.lost) == 0 {
                continue;
            }
            let arrival = way.arrival(truth, &mut random);
            text.clear();
            write(truth, &mut text);
            let field = (&b"X-Timestamp"[..], text.as_bytes());
            let stamp =
                stamper.stamp(Duration::from_nanos(arrival.unsigned_abs()), [field].into_iter());
            take(Frame {
                truth,
                delay: arrival - truth - WAY,
                arrival,
                pts: i64::try_from(stamp.pts.as_nanos()).unwrap(),
                from_camera: stamp.from_camera,
                discont: stamp.discont,
            });
        }
        stamper.report()
    }

    pub fn write(&self, time: i64, off: i64, text: &mut String) {
        let camera = 1_000_000 * SECOND + time + time / 1_000_000 * self.drift + off;
        let camera = camera - camera % self.granularity;
        write!(text, "{}.{:06}", camera / SECOND, camera % SECOND / 1000).unwrap();
    }
}

struct Way {
    network: Network,
    /// Nothing arrives before.
    blocked: i64,
    last: i64,
}

impl Way {
    fn arrival(&mut self, truth: i64, random: &mut Random) -> i64 {
        let extra = match self.network {
            Network::Quiet => 0,
            Network::Gaussian { deviation } => {
                ((5.0 + random.gaussian()) * deviation as f64).max(0.0) as i64
            }
            Network::WiFi => {
                if random.below(100) == 0 {
                    // Pareto: half of the gaps are longer than 35 ms, one in 40 is half a second.
                    let gap = 20.0 * random.unit().powf(-1.0 / 1.15);
                    self.blocked = truth + (gap.min(500.0) * MS as f64) as i64;
                }
                (-2.0 * random.unit().ln() * MS as f64) as i64
            }
            Network::OneBurst { at, length } => {
                if truth >= at && self.blocked == 0 {
                    self.blocked = truth + length;
                }
                0
            }
        };
        // A frame takes a tenth of a millisecond on the wire.
        let free = (self.last + MS / 10).max(self.blocked);
        self.last = (truth + WAY + extra).max(free);
        self.last
    }
}
