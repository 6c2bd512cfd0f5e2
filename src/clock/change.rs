//! Are the last arrivals still those of the line?
//!
//! A mean of n residuals scatters by `σ/√n`, and by as much more as the line is uncertain. Where
//! one is farther off than that explains, the camera has another rate, pictures are missing, or
//! the way through the network is another. This is a test of the generalised likelihood ratio over
//! the last one to four arrivals (M. Basseville and I. Nikiforov, "Detection of Abrupt Changes",
//! 1993, §2.4), in two steps:
//!
//! * Beyond five sixths of the limit of 3σ, the time of the picture leaves the line for its arrival,
//!   by what is beyond, and by twice what is beyond the limit. So no picture is off by much more than
//!   jitter is while a change is not yet certain.
//! * Beyond one and a half times the limit, the line is given up.
//!
//! Delays need not be Gaussian. The limit is less than 3σ where residuals have never come near it,
//! and more above the line where the delays have a long tail or were seen to. One picture that is
//! late by much is no change, nor does it make one with neighbours that are in time. Where there is a
//! tail, its time is that of the line, unless it comes after a pause of the camera.

use super::pace::WHOLE;
use super::recent::Recent;
use super::scatter::{STEP, Scatter};

/// The most residuals whose mean is looked at.
pub const LAST: usize = 4;
/// Residuals after which it tells something that one was never seen.
const EXPERIENCE: i64 = 48;
/// From this [`Scatter::skew`] on, delays have a tail.
const TAIL: i64 = 9;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug, Default)]
pub struct Change {
    /// The newest first.
    residuals: [i64; LAST],
    /// How many of them are of this line.
    fresh: usize,
    /// The most that means of so many lay above the line.
    late: [Recent; LAST],
}

/// What the last residuals say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Departure {
    /// By how much the time of the last picture is to leave the line for its arrival.
    pub leave: i64,
    /// The last picture is so far off that it says nothing of the line.
    pub is_alone: bool,
    /// So many of the last arrivals are not those of the line.
    pub broken: Option<usize>,
}

impl Change {
    /// Takes in a residual of a line whose uncertainty is in parts of [`WHOLE`]. There may have been
    /// a `pause` before it.
    pub fn observe(
        &mut self,
        residual: i64,
        pause: bool,
        uncertainty: i64,
        scatter: &Scatter,
    ) -> Departure {
        self.residuals.rotate_right(1);
        self.residuals[0] = residual;
        self.fresh = (self.fresh + 1).min(LAST);
        let mut departure = Departure::default();
        if !scatter.is_known() {
            return departure;
        }
        let (mut sum, mut least) = (0, i64::MAX);
        for (index, number) in (0..self.fresh).zip(1..) {
            sum += self.residuals[index];
            least = least.min(self.residuals[index]);
            let mean = sum / number;
            let limit = self.limit(index, mean, (WHOLE * uncertainty / number).isqrt(), scatter);
            let latest = self.late[index].most();
            self.late[index].add(mean);
            if mean > 0 && 2 * least < limit {
                continue;
            }
            let has_tail = scatter.skew() > TAIL;
            let usual = scatter.seen() < EXPERIENCE || 2 * mean < 3 * latest;
            if index == 0 && mean > 0 && has_tail && usual && !pause {
                continue;
            }
            let far = mean.abs();
            departure.is_alone |= index == 0 && 2 * far > 3 * limit;
            let leave = (far - limit * 5 / 6).max(2 * (far - limit)).clamp(0, far) * mean.signum();
            if leave.abs() > departure.leave.abs() {
                departure.leave = leave;
            }
            if index > 0 && 2 * far > 3 * limit {
                departure.broken = departure.broken.or(Some(index + 1));
            }
        }
        departure
    }

    /// How far off a mean may be whose deviation is `share` of that of an arrival, in parts of
    /// [`WHOLE`].
    fn limit(&self, index: usize, mean: i64, share: i64, scatter: &Scatter) -> i64 {
        let usual = 3 * scatter.deviation() * share / WHOLE + STEP;
        let (usual, most) = if mean < 0 {
            (usual, scatter.earliest() * share / WHOLE)
        } else {
            (usual * scatter.skew() / 8, self.late[index].most())
        };
        let seen = scatter.seen();
        if mean > 0 && most > usual {
            most.min(usual * 3 / 2)
        } else if seen < EXPERIENCE {
            usual
        } else {
            usual.min(most + most / 6 + 6 * most / seen + STEP)
        }
    }

    /// The line is another one.
    pub fn moved(&mut self) {
        self.fresh = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::pace::Pace;
    use super::*;

    const MS: i64 = 1_000_000;

    /// From −20 to 20 ms, as good as random: Weyl's sequence.
    fn noise(number: i64) -> i64 {
        (number * number * 618_034 / 7 % 1_000_000 - 500_000) * 40
    }

    /// After pictures with that noise, the departures on these residuals, in ms.
    fn departures(residuals: &[i64]) -> Vec<Departure> {
        let (mut scatter, mut change) = (Scatter::default(), Change::default());
        let (mut pace, mut last) = (Pace::begin(0, 100 * MS), 0);
        for number in 1..200 {
            let arrival = 100 * MS * number + noise(number);
            let residual = arrival - pace.due(1);
            let departure = change.observe(residual, false, pace.uncertainty(), &scatter);
            assert_eq!(departure.broken, None, "{number}");
            pace.add(residual, 1);
            scatter.add(arrival, residual, &pace, (arrival - last, 1));
            last = arrival;
        }
        let observe =
            |residual: &i64| change.observe(residual * MS, false, pace.uncertainty(), &scatter);
        residuals.iter().map(observe).collect()
    }

    #[test]
    fn what_jitter_explains_is_no_change() {
        assert!(departures(&[9, 10, -9, -10, 8]).iter().all(|it| *it == Departure::default()));
    }

    #[test]
    fn one_late_picture_leaves_the_line_and_does_not_break_it() {
        let departures = departures(&[80, 2, -3, 5]);
        assert_eq!(departures[0], Departure { leave: 80 * MS, is_alone: true, broken: None });
        assert!(departures[1..].iter().all(|it| *it == Departure::default()), "{departures:?}");
    }

    #[test]
    fn two_far_off_on_a_side_break_it() {
        for side in [1, -1] {
            let departures = departures(&[45 * side, 135 * side]);
            assert!(departures[0].broken.is_none());
            assert_eq!(departures[1].broken, Some(2));
        }
    }
}
