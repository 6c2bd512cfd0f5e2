//! When was a picture taken? Numbers in, numbers out.
//!
//! | file | idea |
//! |---|---|
//! | [`number`], [`padding`], [`calendar`] | times as they are written |
//! | [`header`] | the camera's time, from the head of a part |
//! | [`mod@line`], [`envelope`] | offset and drift, from the least delayed frames |
//! | [`map`] | camera time to running time |
//!
//! [`Stamper`] puts them together: it watches the camera's clock beside ours, uses it
//! once it has proved to advance as ours does, and drops it when it jumps. Until then,
//! and for cameras whose clock stands still (`X-Timestamp: 0.000000` is common), the
//! arrival of the frame's first byte is the time.

pub mod calendar;
pub mod envelope;
pub mod header;
pub mod line;
pub mod map;
pub mod number;
pub mod padding;

use std::time::Duration;

use map::Map;

/// Which time becomes the PTS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// The camera's where usable, else arrival.
    #[default]
    Auto,
    /// Always arrival.
    Arrival,
    /// The camera's as soon as two frames have shown it to advance.
    Camera,
}

/// The time of one frame, in running time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// When it was taken, as well as that is known. Increases from frame to frame.
    pub pts: Duration,
    /// Interval from the frame before, as the best guess for this one.
    pub duration: Duration,
    /// Comes from the camera's clock.
    pub from_camera: bool,
}

/// What a duration is guessed to be before there was an interval.
const FIRST_DURATION: Duration = Duration::from_millis(40);
/// Longest interval that is taken for a duration: beyond it, frames are missing.
const LONGEST_DURATION: Duration = Duration::from_secs(10);

/// See the [module](self).
#[derive(Debug)]
pub struct Stamper {
    mode: Mode,
    latency: Duration,
    map: Map,
    last: Option<Stamp>,
    gap: bool,
}

impl Stamper {
    /// No PTS lies more than `latency` before the arrival of its frame.
    pub fn new(mode: Mode, latency: Duration) -> Self {
        Self { mode, latency, map: Map::new(mode == Mode::Camera), last: None, gap: false }
    }

    /// A new connection: the camera may have a new clock, and what lies between its
    /// first frame and the one before is a gap, not an interval.
    pub fn restart(&mut self) {
        self.map.restart();
        self.gap = true;
    }

    /// Another running time: nothing of what was is of use.
    pub fn forget(&mut self) {
        self.restart();
        self.last = None;
    }

    /// Stamps a frame that arrived at `arrival` in running time and says of itself
    /// that it was taken at `camera`.
    pub fn stamp(&mut self, arrival: Duration, camera: Option<Duration>) -> Stamp {
        let camera = camera.filter(|_| self.mode != Mode::Arrival);
        let mapped = self.map.observe(arrival, camera);
        let pts = match mapped {
            Some(taken) => taken.clamp(arrival.saturating_sub(self.latency), arrival),
            None => arrival,
        };
        let earliest = self.last.map(|last| last.pts + Duration::from_nanos(1));
        let pts = earliest.map_or(pts, |earliest| pts.max(earliest));
        let gap = std::mem::take(&mut self.gap);
        let duration = self.last.map_or(FIRST_DURATION, |last| {
            let interval = pts.saturating_sub(last.pts);
            if gap || interval > LONGEST_DURATION { last.duration } else { interval }
        });
        let stamp = Stamp { pts, duration, from_camera: mapped.is_some() };
        self.last = Some(stamp);
        stamp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    /// PTS of frames at 25 fps that arrive late by `jitter` and carry `camera` time.
    fn stamps(mode: Mode, camera: impl Fn(u64) -> Option<Duration>) -> Vec<Stamp> {
        let jitter = [3, 40, 0, 25, 11, 60, 5, 0, 33, 17];
        let mut stamper = Stamper::new(mode, ms(100));
        let frame = |index: u64| {
            let arrival = ms(1000 + 40 * index + jitter[usize::try_from(index).unwrap() % 10]);
            stamper.stamp(arrival, camera(index))
        };
        (0..100).map(frame).collect()
    }

    fn largest_error(stamps: &[Stamp]) -> Duration {
        let intervals = stamps.windows(2).map(|pair| pair[1].pts.abs_diff(pair[0].pts));
        intervals.map(|interval| interval.abs_diff(ms(40))).max().unwrap()
    }

    #[test]
    fn an_advancing_camera_clock_removes_the_jitter() {
        let stamps = stamps(Mode::Auto, |index| Some(ms(500_000 + 40 * index)));
        assert!(stamps[50..].iter().all(|stamp| stamp.from_camera));
        assert_eq!(largest_error(&stamps[50..]), ms(0));
    }

    #[test]
    fn a_clock_that_stands_still_falls_back_to_arrival() {
        for camera in [Some(ms(0)), Some(ms(77)), None] {
            let stamps = stamps(Mode::Auto, |_| camera);
            assert!(stamps.iter().all(|stamp| !stamp.from_camera));
            assert_eq!(stamps[1].pts, ms(1080), "arrival, to the millisecond");
        }
    }

    #[test]
    fn a_clock_in_another_unit_is_not_believed() {
        let stamps = stamps(Mode::Auto, |index| Some(Duration::from_secs(40 * index)));
        assert!(stamps.iter().all(|stamp| !stamp.from_camera));
    }

    #[test]
    fn arrival_mode_ignores_the_camera() {
        let stamps = stamps(Mode::Arrival, |index| Some(ms(40 * index)));
        assert!(stamps.iter().all(|stamp| !stamp.from_camera));
    }

    #[test]
    fn stamps_increase_and_stay_within_latency_over_a_jump() {
        let jump = |index| if index < 50 { ms(900_000 + 40 * index) } else { ms(40 * index) };
        let stamps = stamps(Mode::Auto, |index| Some(jump(index)));
        assert!(stamps.windows(2).all(|pair| pair[0].pts < pair[1].pts));
        assert!(stamps[99].from_camera && !stamps[51].from_camera);
    }

    #[test]
    fn a_gap_is_no_duration() {
        let mut stamper = Stamper::new(Mode::Auto, ms(100));
        let mut duration = |arrival| stamper.stamp(ms(arrival), None).duration;
        duration(0);
        assert_eq!(duration(50), ms(50));
        stamper.restart();
        let mut duration = |arrival| stamper.stamp(ms(arrival), None).duration;
        assert_eq!(duration(5000), ms(50));
        assert_eq!(duration(5060), ms(60));
        assert_eq!(duration(60_000), ms(60));
    }

    #[test]
    fn durations_are_intervals() {
        let stamps = stamps(Mode::Arrival, |_| None);
        assert_eq!(stamps[0].duration, FIRST_DURATION);
        assert_eq!(stamps[1].duration, ms(77));
    }
}
