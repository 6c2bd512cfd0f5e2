//! From a frame's arrival and header fields to its times.

use std::time::Duration;

use super::coarse::CoarseClock;
use super::header::ClockFields;
use super::map::Map;
use super::rate::{Beat, Rate};
use super::report::{Deviation, Report};
use super::selector::{ClockSelector, SelectedClock, Times};
use super::slew::{Slew, SlewTarget};
use super::unix::Ticks;

/// Running time that goes back by more than this has started anew.
const ANOTHER_TIME: Duration = Duration::from_millis(100);

/// Which time becomes the PTS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// The camera's where usable, else by the rate of the frames, else arrival.
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
    /// The camera's clock has jumped, or another one is used: to other times of the
    /// camera the PTS relates as the frames before did not.
    pub discont: bool,
    /// When it was taken, since 1970, if the camera says so.
    pub unix: Option<Duration>,
}

/// What a duration is guessed to be before there was an interval.
const FIRST_DURATION: Duration = Duration::from_millis(40);
/// Longest interval that is taken for a duration: beyond it, frames are missing.
const LONGEST_DURATION: Duration = Duration::from_secs(10);

/// See the [module](super).
#[derive(Debug)]
pub struct Stamper {
    mode: Mode,
    latency: i64,
    selector: ClockSelector,
    map: Map,
    coarse: CoarseClock,
    rate: Rate,
    slew: Slew,
    ticks: Ticks,
    base: Base,
    last: Option<(Duration, Duration)>,
    arrived: Duration,
    gap: bool,
    removed: Deviation,
    clamped: u64,
}

/// What PTS are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    Arrival,
    Rate,
    Camera,
}

impl Stamper {
    /// No PTS lies more than `latency` before the arrival of its frame.
    pub fn new(mode: Mode, latency: Duration) -> Self {
        let latency = nanoseconds(latency);
        Self {
            mode,
            latency,
            selector: ClockSelector::new(mode == Mode::Camera),
            map: Map::default(),
            coarse: CoarseClock::default(),
            rate: Rate::default(),
            slew: Slew::new(latency),
            ticks: Ticks::default(),
            base: Base::Arrival,
            last: None,
            arrived: Duration::ZERO,
            gap: false,
            removed: Deviation::default(),
            clamped: 0,
        }
    }

    /// A new connection: the camera may have a new clock, and what lies between its
    /// first frame and the one before is a gap, not an interval.
    pub fn restart(&mut self) {
        self.selector = ClockSelector::new(self.mode == Mode::Camera);
        self.map = Map::default();
        self.coarse = CoarseClock::default();
        self.rate = Rate::default();
        self.ticks = Ticks::default();
        self.base = Base::Arrival;
        self.gap = true;
    }

    /// Another running time: nothing of what was is of use.
    pub fn forget(&mut self) {
        self.restart();
        self.slew = Slew::new(self.latency);
        self.last = None;
        self.gap = false;
    }

    /// Stamps a frame that arrived at `arrival` in running time; `fields` are name and
    /// value of each line in the head of its part.
    pub fn stamp<'a>(
        &mut self,
        arrival: Duration,
        fields: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Stamp {
        // Frames arrive one behind the other: this is another running time.
        if arrival + ANOTHER_TIME < self.arrived {
            self.forget();
        }
        self.arrived = arrival;
        let arrival = nanoseconds(arrival);
        let times = self.selector.observe(arrival, &ClockFields::of(fields));
        let (target, discont) = self.target(arrival, &times);
        let placed = self.slew.place(arrival, target);
        let from_camera = self.base == Base::Camera && target != SlewTarget::Unknown;
        if from_camera {
            self.removed.add(arrival - placed.pts);
            self.clamped += u64::from(placed.held);
        }
        let shown = times.coarse_unix.map(|shown| self.ticks.observe(placed.pts, shown));
        let unix = times.unix.or(shown).and_then(|time| u64::try_from(time).ok());
        let pts = duration(placed.pts);
        let duration = self.duration(pts);
        self.last = Some((pts, duration));
        Stamp { pts, duration, from_camera, discont, unix: unix.map(Duration::from_nanos) }
    }

    /// No later frame may be stamped before `time`.
    pub fn nothing_before(&mut self, time: Duration) {
        self.slew.nothing_before(nanoseconds(time));
    }

    /// What is known about the camera's clock.
    pub fn selected(&self) -> SelectedClock {
        self.selector.selected()
    }

    /// The same with the numbers.
    pub fn report(&self) -> Report {
        let offset = if self.base == Base::Camera { self.slew.offset() } else { 0 };
        Report {
            selected: self.selected(),
            offset,
            drift: self.map.drift(),
            jitter_removed: Duration::from_nanos(self.removed.root()),
            clamped: self.clamped,
        }
    }

    /// What the PTS should be, and whether that breaks with the ones before.
    fn target(&mut self, arrival: i64, times: &Times) -> (SlewTarget, bool) {
        let before = self.base;
        if times.changed {
            self.map = Map::default();
        }
        if !times.used || self.mode == Mode::Arrival {
            return (self.target_without_clock(arrival), false);
        }
        let Some(camera) = times.camera else { return (SlewTarget::Unknown, false) };
        self.base = Base::Camera;
        self.rate = Rate::default();
        let placed = self.map.observe(arrival, camera, self.slew.expected(arrival));
        let other = times.changed || placed.jumped;
        if other {
            self.coarse = CoarseClock::default();
        }
        let camera = self.coarse.refine(camera);
        let target = if other || before != Base::Camera {
            SlewTarget::Other { base: camera, interval: times.interval.filter(|_| !other) }
        } else {
            SlewTarget::Same { base: camera, wanted: placed.offset }
        };
        (target, other)
    }

    fn target_without_clock(&mut self, arrival: i64) -> SlewTarget {
        let beat = match self.mode {
            Mode::Arrival => None,
            Mode::Auto | Mode::Camera => self.rate.observe(arrival),
        };
        let (base, time, margin) = match beat {
            Some(Beat { time, margin }) => (Base::Rate, time, margin),
            None => (Base::Arrival, arrival, 0),
        };
        let before = std::mem::replace(&mut self.base, base);
        if self.gap {
            SlewTarget::Arrival
        } else if before == Base::Camera {
            SlewTarget::Other { base: time - margin, interval: None }
        } else {
            // The rate counts running time, as arrivals do, and takes care of steps itself.
            SlewTarget::Same { base: time - margin, wanted: 0 }
        }
    }

    fn duration(&mut self, pts: Duration) -> Duration {
        let gap = std::mem::take(&mut self.gap);
        self.last.map_or(FIRST_DURATION, |(last, duration)| {
            let interval = pts.saturating_sub(last);
            if gap || interval > LONGEST_DURATION { duration } else { interval }
        })
    }
}

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

fn duration(nanoseconds: i64) -> Duration {
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    /// Stamps of 100 frames at 25 fps that arrive late by a few ms and carry a timestamp.
    fn stamps(mode: Mode, timestamp: impl Fn(u64) -> Option<String>) -> Vec<Stamp> {
        let jitter = [3, 40, 0, 25, 11, 60, 5, 0, 33, 17];
        let mut stamper = Stamper::new(mode, ms(100));
        let frame = |index: u64| {
            let arrival = ms(1000 + 40 * index + jitter[usize::try_from(index).unwrap() % 10]);
            let text = timestamp(index);
            let field = text.as_ref().map(|text| (&b"X-Timestamp"[..], text.as_bytes()));
            stamper.stamp(arrival, field.into_iter())
        };
        (0..100).map(frame).collect()
    }

    fn seconds(milliseconds: u64) -> String {
        format!("{}.{:03}000", milliseconds / 1000, milliseconds % 1000)
    }

    fn largest_error(stamps: &[Stamp]) -> Duration {
        let intervals = stamps.windows(2).map(|pair| pair[1].pts.abs_diff(pair[0].pts));
        intervals.map(|interval| interval.abs_diff(ms(40))).max().unwrap()
    }

    #[test]
    fn an_advancing_camera_clock_removes_the_jitter() {
        for unit in [1, 1000, 1_000_000] {
            let stamps = stamps(Mode::Auto, |index| Some(format!("{}", unit * (500 + 40 * index))));
            assert!(stamps[20..].iter().all(|stamp| stamp.from_camera && !stamp.discont));
            assert!(largest_error(&stamps[60..]) < Duration::from_micros(100));
        }
    }

    #[test]
    fn nothing_is_stamped_within_a_gap_that_was_told() {
        let mut stamper = Stamper::new(Mode::Auto, ms(100));
        stamper.stamp(ms(1000), [].into_iter());
        stamper.nothing_before(ms(2000));
        assert_eq!(stamper.stamp(ms(1990), [].into_iter()).pts, ms(2000), "its head was early");
        assert_eq!(stamper.stamp(ms(2040), [].into_iter()).pts, ms(2040));
        stamper.forget();
        assert_eq!(stamper.stamp(ms(10), [].into_iter()).pts, ms(10), "another running time");
    }

    #[test]
    fn camera_mode_believes_the_second_frame() {
        let stamps = stamps(Mode::Camera, |index| Some(seconds(500_000 + 40 * index)));
        assert!(!stamps[0].from_camera && stamps[1..].iter().all(|stamp| stamp.from_camera));
    }

    #[test]
    fn a_running_time_that_starts_anew_is_followed() {
        let mut stamper = Stamper::new(Mode::Auto, ms(100));
        let pts = |stamper: &mut Stamper, arrival| stamper.stamp(ms(arrival), [].into_iter()).pts;
        assert_eq!(pts(&mut stamper, 5000), ms(5000));
        assert_eq!(pts(&mut stamper, 40), ms(40));
        assert_eq!(pts(&mut stamper, 80), ms(80));
    }

    #[test]
    fn a_clock_that_stands_still_falls_back_to_arrival() {
        for camera in [Some(seconds(0)), Some(seconds(77)), Some("noon".into()), None] {
            let stamps = stamps(Mode::Auto, |_| camera.clone());
            assert!(stamps.iter().all(|stamp| !stamp.from_camera));
            assert_eq!(stamps[1].pts, ms(1080), "arrival, to the millisecond");
        }
    }

    #[test]
    fn arrival_mode_ignores_the_camera_but_says_its_time() {
        let stamps = stamps(Mode::Arrival, |index| Some(seconds(1_757_408_620_000 + 40 * index)));
        assert!(stamps.iter().all(|stamp| !stamp.from_camera));
        assert_eq!(stamps[99].unix, Some(ms(1_757_408_620_000 + 40 * 99)));
        assert_eq!(stamps[99].pts, ms(1000 + 40 * 99 + 17));
    }

    #[test]
    fn stamps_increase_over_a_jump_that_is_told() {
        let jump = |index| if index < 50 { 900_000 + 40 * index } else { 40 * index };
        let stamps = stamps(Mode::Auto, |index| Some(seconds(jump(index))));
        assert!(stamps.windows(2).all(|pair| pair[0].pts < pair[1].pts));
        let disconts: Vec<_> = (0..100).filter(|&index| stamps[index].discont).collect();
        assert_eq!(disconts, [50]);
        assert!(stamps[50].pts.abs_diff(stamps[49].pts + ms(40)) < ms(10));
    }

    #[test]
    fn a_clock_that_is_set_to_the_time_since_1970_says_it_from_then_on() {
        let origin = |index| if index < 50 { 5_000 } else { 1_757_408_620_000 };
        let stamps = stamps(Mode::Auto, |index| Some(seconds(origin(index) + 40 * index)));
        assert!(stamps[..50].iter().all(|stamp| stamp.unix.is_none()));
        assert_eq!(stamps[50].unix, Some(ms(1_757_408_622_000)));
        assert!(stamps[20..].iter().all(|stamp| stamp.from_camera));
    }

    #[test]
    fn a_gap_is_no_duration() {
        let mut stamper = Stamper::new(Mode::Auto, ms(100));
        let none = || std::iter::empty();
        stamper.stamp(ms(0), none());
        assert_eq!(stamper.stamp(ms(50), none()).duration, ms(50));
        stamper.restart();
        let stamp = stamper.stamp(ms(5000), none());
        assert_eq!((stamp.pts, stamp.duration), (ms(5000), ms(50)));
        assert_eq!(stamper.stamp(ms(5060), none()).duration, ms(60));
        assert_eq!(stamper.stamp(ms(60_000), none()).duration, ms(60));
    }

    #[test]
    fn durations_are_intervals() {
        let stamps = stamps(Mode::Arrival, |_| None);
        assert_eq!(stamps[0].duration, FIRST_DURATION);
        assert_eq!(stamps[1].duration, ms(77));
    }

    #[test]
    fn a_new_connection_has_a_new_clock() {
        let mut stamper = Stamper::new(Mode::Auto, ms(100));
        for connection in 0..2u64 {
            stamper.restart();
            for index in 0..50 {
                let text = format!("{}", 1_000_000 * (2 - connection) + 40 * index);
                let field = (&b"X-Timestamp"[..], text.as_bytes());
                let arrival = ms(10_000 * connection + 40 * index);
                let stamp = stamper.stamp(arrival, [field].into_iter());
                assert_eq!(stamp.from_camera, index >= 8, "{connection} {index}");
                assert_eq!(stamp.pts, arrival);
                assert!(!stamp.discont);
            }
        }
        assert_eq!(stamper.selected().kind, "since-boot");
    }
}
