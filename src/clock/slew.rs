//! From where frames should be to where their PTS are: without a step.
//!
//! A PTS is a base, the camera's time or the arrival, plus an offset. What the offset
//! should be changes by steps: a clock starts or stops being used, a line moves. The
//! offset in use goes after it by a quarter of what is missing, by no more than a
//! sixteenth of an interval from frame to frame; where the base itself is another one,
//! the offset starts so that the frame follows the one before by the interval that the camera
//! tells, or by the usual one.
//!
//! Then the PTS is held between `arrival − latency` and `arrival`, and at least a millisecond
//! behind the one before, as Matroska, AVI and many players count in milliseconds. Where
//! frames that arrive at the same instant leave no room for that, the last rule wins, up to
//! [`AHEAD`]; beyond that it is kept by nanoseconds.

/// An interval between frames before there was one.
const FIRST_INTERVAL: i64 = 40_000_000;
/// Intervals over which their mean is taken.
const INTERVALS: i64 = 16;
/// Frames farther apart than this do not make an offset go faster.
const LONGEST_INTERVAL: i64 = 1_000_000_000;
/// Two PTS are at least this far apart.
const APART: i64 = 1_000_000;
/// No PTS lies farther behind its arrival for that.
const AHEAD: i64 = 100_000_000;
/// Less than this is an offset on its way.
const HELD: u64 = 1_000_000;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug)]
pub struct Slew {
    latency: i64,
    /// Mean of the last intervals between PTS, of as many as there were at first.
    interval: i64,
    intervals: i64,
    offset: i64,
    last: Option<LastFrame>,
    /// No PTS is earlier.
    floor: i64,
}

#[derive(Debug, Clone, Copy)]
struct LastFrame {
    arrival: i64,
    pts: i64,
    /// Where base and offset put it.
    wish: i64,
}

/// A PTS and whether it is where the base and the offset put it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pts {
    /// Nanoseconds of running time.
    pub pts: i64,
    /// It was held by more than a millisecond.
    pub held: bool,
}

/// What a frame's PTS is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlewTarget {
    /// The same base as before, and the offset wanted.
    Same {
        /// The camera's time, or arrival.
        base: i64,
        /// What should be added.
        wanted: i64,
    },
    /// Another base: another clock, or one that has jumped.
    Other {
        /// The camera's time, or arrival.
        base: i64,
        /// From the frame before, if the camera has told it.
        interval: Option<i64>,
    },
    /// Nothing is known of this frame: one interval behind the last.
    Unknown,
    /// Where it arrived, whatever was before: the first behind a gap.
    Arrival,
}

impl Slew {
    /// No PTS lies more than `latency` before the frame's arrival.
    pub fn new(latency: i64) -> Self {
        Self { latency, interval: FIRST_INTERVAL, intervals: 0, offset: 0, last: None, floor: 0 }
    }

    /// Where the frame that arrived at `arrival` is if it follows the one before at its
    /// interval. Where frames are missing, more than jitter can be, it is later.
    pub fn expected(&self, arrival: i64) -> i64 {
        self.behind_last(arrival, None)
    }

    fn behind_last(&self, arrival: i64, interval: Option<i64>) -> i64 {
        let Some(last) = self.last else { return arrival };
        let gap = arrival - last.arrival;
        let longest = (2 * self.interval).saturating_add(self.latency);
        let usual = if gap > longest { gap } else { self.interval };
        let interval = interval.unwrap_or(usual);
        last.wish.saturating_add(interval).min(arrival)
    }

    /// The PTS of the frame that arrived at `arrival`, not before the one before.
    pub fn place(&mut self, arrival: i64, target: SlewTarget) -> Pts {
        let expected = self.expected(arrival);
        let wish = match target {
            SlewTarget::Same { base, wanted } => {
                let most = self.interval / 16;
                let step = wanted.saturating_sub(self.offset) / 4;
                self.offset += step.clamp(-most, most);
                base.saturating_add(self.offset)
            }
            SlewTarget::Other { base, interval } => {
                let wish = self.behind_last(arrival, interval);
                self.offset = wish.saturating_sub(base);
                wish
            }
            SlewTarget::Unknown => expected,
            SlewTarget::Arrival => {
                self.offset = 0;
                arrival
            }
        };
        let next = |last: LastFrame| {
            let next = last.pts.saturating_add(APART);
            if next > arrival.saturating_add(AHEAD) { last.pts.saturating_add(1) } else { next }
        };
        let earliest = self.last.map_or(self.floor, |last| self.floor.max(next(last)));
        let pts = wish.min(arrival).max(arrival.saturating_sub(self.latency)).max(earliest);
        if let Some(last) = self.last.filter(|_| target != SlewTarget::Arrival) {
            let gap = (pts - last.pts).min(LONGEST_INTERVAL);
            self.intervals = (self.intervals + 1).min(INTERVALS);
            self.interval += (gap - self.interval) / self.intervals;
        }
        self.last = Some(LastFrame { arrival, pts, wish });
        Pts { pts, held: pts.abs_diff(wish) > HELD }
    }

    /// Somebody was told that nothing comes before `time`.
    pub fn nothing_before(&mut self, time: i64) {
        self.floor = self.floor.max(time);
    }

    /// The offset in use.
    pub fn offset(&self) -> i64 {
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn a_pts_lies_between_latency_and_arrival_behind_the_one_before() {
        let mut slew = Slew::new(100 * MS);
        let mut place = |arrival: i64, base: i64| {
            let target = SlewTarget::Same { base: base * MS, wanted: 0 };
            slew.place(arrival * MS, target)
        };
        for (arrival, base, pts, held) in [
            (1000, 990, 990 * MS, false),
            (1040, 1050, 1040 * MS, true),
            (1200, 1070, 1100 * MS, true),
            (1200, 1070, 1101 * MS, true),
            (1201, 1150, 1150 * MS, false),
        ] {
            assert_eq!(place(arrival, base), Pts { pts, held }, "{arrival} {base}");
        }
    }

    #[test]
    fn a_flood_at_one_instant_goes_no_farther_than_a_tenth_of_a_second() {
        let mut slew = Slew::new(100 * MS);
        let mut last = 0;
        for frame in 0..1000 {
            let pts = slew.place(1000 * MS, SlewTarget::Arrival).pts;
            assert!(pts > last && pts <= 1101 * MS, "{frame}: {pts}");
            last = pts;
        }
    }

    #[test]
    fn a_new_offset_is_reached_in_small_steps() {
        let mut slew = Slew::new(200 * MS);
        let mut last = slew.place(0, SlewTarget::Arrival).pts;
        for frame in 1..100 {
            let arrival = 40 * frame * MS;
            let pts = slew.place(arrival, SlewTarget::Same { base: arrival, wanted: -60 * MS }).pts;
            assert!((pts - last - 40 * MS).abs() <= 40 * MS / 16, "{frame}");
            last = pts;
        }
        assert!((slew.offset() + 60 * MS).abs() < MS / 1000);
    }

    #[test]
    fn another_base_goes_on_at_the_interval_of_a_slow_camera_too() {
        let mut slew = Slew::new(200 * MS);
        for frame in 0..8 {
            slew.place(100 * frame * MS, SlewTarget::Same { base: 100 * frame * MS, wanted: 0 });
        }
        let next = slew.place(801 * MS, SlewTarget::Other { base: 7, interval: None });
        assert_eq!(next.pts, 800 * MS);
    }

    #[test]
    fn another_base_goes_on_at_the_interval() {
        let mut slew = Slew::new(200 * MS);
        for frame in 0..50 {
            slew.place(40 * frame * MS, SlewTarget::Arrival);
        }
        let base = 77_000 * MS;
        assert_eq!(
            slew.place(2010 * MS, SlewTarget::Other { base, interval: None }).pts,
            2000 * MS
        );
        assert_eq!(slew.offset(), -75_000 * MS);
        assert_eq!(slew.place(2030 * MS, SlewTarget::Unknown).pts, 2030 * MS, "not in the future");
    }
}
