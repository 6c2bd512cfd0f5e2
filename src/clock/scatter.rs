//! How arrivals scatter around their line, and whether a line is what they have.
//!
//! Delays disturb two intervals, against each other, and the line not at all. Where the
//! intervals themselves vary, arrivals wander off any line. So two numbers are compared:
//!
//! * the mean square of arrivals around the line, σ²;
//! * the mean square of the change from one interval to the next. Delays that do not depend on
//!   each other make it 6σ². Intervals that do not depend on each other make it less the more
//!   arrivals there are: about 5/k of that among k.
//!
//! That is the ratio of J. von Neumann ("Distribution of the ratio of the mean square successive
//! difference to the variance", 1941), taken of differences once more since a line has a slope.
//! Among few arrivals both cases overlap: with sixteen arrivals, one camera in twenty has less than
//! half of 6σ² though its delays are independent, and one in twenty more than five sixths of it
//! though its intervals are. So it takes a high ratio to believe in a line of few arrivals, a
//! lower one with more, and less than that to go on believing.
//!
//! A camera that wanders slowly, and one of whose pictures many are lost, has a good ratio and a
//! mean of the last residuals that is not 0. That mean has a bound, too.
//!
//! Delays with a floor have a long tail: the mean cube of residuals tells it, which is 0 where they
//! are symmetrical, and twice σ³ of exponential ones.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a skewness needs no more than a float has"
)]

use super::pace::Pace;
use super::recent::Recent;

/// Squares over which their mean is taken.
const SPREAD: i64 = 64;
/// The same of what changes slowly.
const LONG: i64 = 512;
/// Residuals that make the scatter known.
const KNOWN: i64 = 8;
/// The last residuals of which the mean is taken.
const BIAS: i64 = 8;
/// Residuals up to this are never far off.
pub const STEP: i64 = 2_000_000;
/// Ratios, in hundredths of what independent delays make it: among the fewest arrivals, less for
/// each one more, and least.
const CONVINCING: i64 = 100;
const EACH: i64 = 2;
const LEAST: i64 = 57;
/// The least where pictures come faster than delays last, so that one holds up the next.
const LEAST_HELD_UP: i64 = 47;
/// What of the ratio suffices to go on believing, in twentieths.
const SHARE: i64 = 15;
const SHARE_HELD_UP: i64 = 8;
/// How often the mean square of the mean of the last residuals goes into a tenth of σ² at least, to
/// begin and to go on. It is 1/15 of σ² where residuals do not depend on each other.
const WANDER: (i64, i64) = (100, 75);
const WANDER_HELD_UP: (i64, i64) = (60, 32);
/// Mean cubes from which delays have a tail, and from which it is long, in parts of σ³.
const TAIL: f64 = 0.4;
const LONG_TAIL: f64 = 0.8;
/// Few arrivals that scatter by more are rather those of a camera without a rate, in nanoseconds.
pub const ROUGH: i64 = 40_000_000;
/// The first ratio is of so many residuals.
const FEWEST: i64 = 14;

/// See the [module](self). Times are nanoseconds, squares those of microseconds.
#[derive(Debug, Default, Clone, Copy)]
pub struct Scatter {
    /// Mean square of arrivals around the line, and of changes of the interval.
    square: i64,
    changes: i64,
    /// Mean square and cube over a long time, in microseconds.
    long_square: i64,
    cube: f64,
    /// Residuals that made these means.
    seen: i64,
    /// The last interval and how many pictures it was of.
    last: Option<(i64, i64)>,
    /// How far arrivals lay below the line.
    early: Recent,
    /// Mean of the last residuals, and of its square.
    bias: i64,
    wander: i64,
}

impl Scatter {
    /// Takes in the last arrival that `pace` has: how far from it that was before, drawn near, and
    /// the gap to the arrival before, in which so many intervals have `passed`.
    pub fn add(&mut self, arrival: i64, near: i64, pace: &Pace, (gap, passed): (i64, i64)) {
        self.bias += (near - self.bias) / BIAS;
        let before = self.last.replace((gap, passed));
        if !pace.is_overdetermined() {
            return;
        }
        let (known, far) = (self.is_known(), self.far());
        self.seen = (self.seen + 1).min(i64::from(u16::MAX));
        let weight = self.seen.min(SPREAD);
        let own = pace.own(square(near));
        self.square += (own - self.square) / weight;
        let long = self.seen.min(LONG);
        self.long_square += (own - self.long_square) / long;
        self.cube += (cube(near) - self.cube) / long as f64;
        if let Some((gap_before, passed_before)) = before {
            let change = gap - gap_before - (passed - passed_before) * pace.interval;
            let change = if known { change.clamp(-3 * far, 3 * far) } else { change };
            self.changes += (square(change) - self.changes) / weight;
        }
        self.wander += (square(self.bias) - self.wander) / weight;
        self.early.add(pace.height - arrival);
    }

    /// An arrival says nothing: the next interval is not to be compared with the last.
    pub fn skip(&mut self) {
        self.last = None;
    }

    /// The line is another one.
    pub fn moved(&mut self) {
        self.bias = 0;
    }

    /// Is there enough to tell what is far off?
    pub fn is_known(&self) -> bool {
        self.seen >= KNOWN
    }

    /// Residuals that were taken in.
    pub fn seen(&self) -> i64 {
        self.seen
    }

    /// Of arrivals around the line.
    pub fn deviation(&self) -> i64 {
        1000 * self.square.isqrt()
    }

    /// A residual, but not farther off than jitter goes (Huber).
    pub fn draw_near(&self, residual: i64) -> i64 {
        let far = self.far();
        if self.is_known() { residual.clamp(-far, far) } else { residual }
    }

    /// What is far off.
    pub fn far(&self) -> i64 {
        3 * self.deviation() + STEP
    }

    /// The most that an arrival lay below the line.
    pub fn earliest(&self) -> i64 {
        self.early.most()
    }

    /// How much farther than below the line arrivals may lie above it, in eighths.
    pub fn skew(&self) -> i64 {
        let skewness = self.cube / (self.long_square.max(1) as f64).powf(1.5);
        let tail = ((skewness - TAIL) / (LONG_TAIL - TAIL)).clamp(0.0, 1.0);
        8 + (8.0 * tail) as i64
    }

    /// Mean of the last residuals.
    pub fn bias(&self) -> i64 {
        self.bias
    }

    /// By how much PTS have to be earlier than the line so that hardly one lies behind its
    /// arrival: nine quarters of a deviation, or what arrivals lay below the line if that is less.
    /// The less has been seen, the more is likely to come.
    pub fn margin(&self) -> i64 {
        let most = self.earliest();
        (1000 * self.long_square.isqrt() * 9 / 4).min(most + 5 * most / self.seen.max(1))
    }

    /// Do arrivals have a line? It takes less to go on believing than to begin.
    pub fn has_line(&self, believed: bool, interval: i64) -> bool {
        let held_up = 2 * interval <= 3 * self.deviation();
        let (least, share, (begin, go_on)) = if held_up {
            (LEAST_HELD_UP, SHARE_HELD_UP, WANDER_HELD_UP)
        } else {
            (LEAST, SHARE, WANDER)
        };
        let more = (self.seen - FEWEST).max(0);
        let ratio = (CONVINCING - EACH * more).max(least);
        if !believed && self.seen < SPREAD && self.deviation() > ROUGH {
            return false;
        }
        let (ratio, wander) = if believed { (ratio * share / 20, go_on) } else { (ratio, begin) };
        100 * self.changes >= 6 * ratio * self.square && wander * self.wander <= 10 * self.square
    }
}

fn square(time: i64) -> i64 {
    (time / 1000).pow(2)
}

fn cube(time: i64) -> f64 {
    (time as f64 / 1000.0).powi(3)
}

#[cfg(test)]
mod tests {
    use super::super::noise::noise;
    use super::*;

    const MS: i64 = 1_000_000;

    /// The scatter of arrivals, the first of which is at 0.
    fn scatter(arrivals: impl Iterator<Item = i64>) -> Scatter {
        let (mut scatter, mut pace, mut last) = (Scatter::default(), Pace::begin(0, 100 * MS), 0);
        for arrival in arrivals {
            let near = scatter.draw_near(arrival - pace.due(1));
            pace.add(near, 1);
            scatter.add(arrival, near, &pace, (arrival - last, 1));
            last = arrival;
        }
        scatter
    }

    #[test]
    fn delays_leave_a_line() {
        let scatter = scatter((1..200).map(|number| 100 * MS * number + noise(number)));
        assert!(scatter.has_line(false, 100 * MS), "{scatter:?}");
        let uniform = scatter.deviation();
        assert!((uniform - 40 * MS * 100 / 346).abs() < 3 * MS, "{uniform} of 40 ms / √12");
        assert!((19 * MS..25 * MS).contains(&scatter.margin()), "{scatter:?}");
        assert_eq!(scatter.skew(), 8);
    }

    #[test]
    fn intervals_of_their_own_leave_none() {
        let mut arrival = 0;
        let arrivals = (1..60).map(|number| {
            arrival += 100 * MS + noise(number);
            arrival
        });
        let scatter = scatter(arrivals);
        assert!(!scatter.has_line(false, 100 * MS), "{scatter:?}");
        assert!(!scatter.has_line(true, 100 * MS), "{scatter:?}");
    }

    #[test]
    fn delays_with_a_long_tail_are_told_by_their_floor() {
        let delay = |number: i64| if number % 9 == 0 { 90 * MS } else { number % 3 * MS };
        let scatter = scatter((1..60).map(|number| 100 * MS * number + delay(number)));
        assert_eq!(scatter.skew(), 16, "{scatter:?}");
    }
}
