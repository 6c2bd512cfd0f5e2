//! The rate of a camera without a clock, as a clock.
//!
//! A camera that takes a picture each `T` makes arrivals `a(n) = t + n·T + d(n)`, with a
//! delay `d` that varies. A line through the arrivals tells `t` and `T`, and its height at `n`
//! is the time of the picture without its delay, but for the mean of the delays:
//!
//! * [`Pace`] is that line. After k arrivals its height is known to `2σ/√k` where these scatter
//!   by σ, which is the best that can be had of Gaussian delays. It begins with [`FIRST`] arrivals
//!   at once, whose median gap tells where pictures are missing among them. Later an arrival far
//!   off the line is drawn near before it counts (Huber), and one that was held up by the one
//!   before does not count.
//! * [`Scatter`] tells σ, and whether arrivals have a line at all. The rate is used while they do,
//!   and arrivals are where they do not. Where hardly anything varies, there is nothing to remove.
//! * [`Change`] tells when the last arrivals are not those of the line. Then another line goes
//!   through these: at the interval from before if theirs may be that, else at their own. σ is that
//!   of the network and stays, so the rate goes on being used: a line through a few arrivals is
//!   never worse than the last one alone. Where lines break again and again, arrivals are used
//!   until there is one that holds, for longer each time.
//! * Hardly a picture should be stamped behind its arrival. So PTS lie below the line by a
//!   margin. It moves no farther than it has to when σ becomes better known, as each step of it is
//!   an error.
//! * Where pictures are missing, several intervals have gone by. Where delays vary by too
//!   much to tell how many, the next residuals tell.

use super::change::{Change, LAST};
use super::pace::{LONGEST, Pace, SHORTEST, WHOLE};
use super::scatter::{STEP, Scatter};

const MS: i64 = 1_000_000;
/// Arrivals that begin a line.
const FIRST: usize = 8;
/// Arrivals that make a rate.
const YOUNG: i64 = 16;
/// Where the line moves without turning, so many arrivals are remembered.
const MOVED: i64 = 8;
const DRIFTED: i64 = 16;
/// Arrivals that vary by less are as good as any line; by twice that, the line is better.
const QUIET: i64 = MS;
/// Most pictures that it takes to believe in a line again.
const PATIENCE: i64 = 256;
/// What a break counts for. Each picture takes one away.
const BREAK: i64 = 200;
/// More than this, and the rate does not hold any more.
const TROUBLE: i64 = 450;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug)]
pub struct Rate {
    /// The last arrivals, the newest first, and how many there are for a line that is to begin.
    arrivals: [i64; FIRST],
    waiting: usize,
    pace: Option<Pace>,
    scatter: Scatter,
    change: Change,
    /// Pictures since the line broke, and how many it takes to believe in it again.
    calm: i64,
    needed: i64,
    trouble: i64,
    holds: bool,
    /// By how much PTS should be earlier, and by how much they are since the rate held first.
    margin: i64,
    kept: Option<i64>,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            arrivals: [0; FIRST],
            waiting: 0,
            pace: None,
            scatter: Scatter::default(),
            change: Change::default(),
            calm: 0,
            needed: YOUNG,
            trouble: 0,
            holds: false,
            margin: 0,
            kept: None,
        }
    }
}

/// Where the rate puts a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// The time by the line.
    pub time: i64,
    /// By how much PTS are to be earlier.
    pub margin: i64,
}

impl Rate {
    /// Takes an arrival in; where the rate puts that picture, if it holds.
    pub fn observe(&mut self, arrival: i64) -> Option<Beat> {
        self.arrivals.rotate_right(1);
        self.arrivals[0] = arrival;
        let gap = arrival - self.arrivals[1];
        if self.waiting > 0 && gap > LONGEST {
            self.disturbed();
            (self.pace, self.waiting) = (None, 0);
        }
        let time = match self.pace {
            Some(pace) => self.follow(pace, arrival, gap),
            None => self.wait(arrival),
        };
        self.judge();
        self.beat(arrival, time)
    }

    /// A line goes through the first arrivals as soon as there are enough of them.
    fn wait(&mut self, arrival: i64) -> i64 {
        self.waiting += 1;
        if self.waiting < FIRST {
            return arrival;
        }
        let pace = self.begin();
        self.pace = Some(pace);
        pace.height
    }

    /// A line through the first arrivals.
    fn begin(&mut self) -> Pace {
        let arrivals = self.arrivals;
        let mut gaps = [0; FIRST - 1];
        for (gap, pair) in gaps.iter_mut().zip(arrivals.windows(2)) {
            *gap = pair[0] - pair[1];
        }
        let mut sorted = gaps;
        sorted.sort_unstable();
        let middle = sorted[FIRST / 2 - 1].max(SHORTEST);
        let passed = |gap: i64| (gap + middle / 2) / middle;
        let is_clear =
            |gap: i64| passed(gap) > 0 && 6 * (gap - passed(gap) * middle).abs() <= middle;
        let are_clear = gaps.iter().all(|gap| is_clear(*gap));
        let mut pace = Pace::begin(arrivals[FIRST - 1], middle);
        for (arrival, gap) in arrivals.iter().zip(gaps).rev() {
            let passed = if are_clear { passed(gap) } else { 1 };
            self.add(&mut pace, *arrival, gap, passed);
        }
        pace
    }

    /// Where the line, or the next one, puts the arrival.
    fn follow(&mut self, mut pace: Pace, arrival: i64, gap: i64) -> i64 {
        self.trouble = (self.trouble - 1).max(0);
        let passed = self.passed(&pace, arrival);
        let residual = arrival - pace.due(passed);
        let is_known = self.scatter.is_known();
        if is_known && residual > self.scatter.deviation() && 4 * gap < pace.interval {
            // It was held up by the one before, which says nothing of the rate.
            pace.pass(passed);
            self.scatter.skip();
            self.pace = Some(pace);
            return pace.height;
        }
        let uncertainty = pace.uncertainty();
        let verdict = self.change.observe(residual, uncertainty, &self.scatter);
        let mut leave = verdict.leave;
        if let Some(broken) = verdict.broken {
            pace.pass(passed);
            pace = self.next_line(pace, broken.arrivals, broken.mean);
            leave = 0;
        } else {
            self.add(&mut pace, arrival, gap, passed);
            // The mean of the last eight scatters by a quarter of a deviation.
            let bound = 5 * self.scatter.deviation() * (WHOLE * uncertainty).isqrt() / (4 * WHOLE);
            let bias = self.scatter.bias();
            if is_known && bias.abs() > bound + STEP {
                self.disturbed();
                self.scatter.moved();
                pace.lift(bias, DRIFTED);
                leave = 0;
            }
        }
        self.pace = Some(pace);
        pace.height + leave
    }

    fn add(&mut self, pace: &mut Pace, arrival: i64, gap: i64, passed: i64) {
        self.calm += 1;
        let near = self.scatter.draw_near(arrival - pace.due(passed));
        pace.add(near, passed);
        self.scatter.add(arrival, near, pace, (gap, passed));
    }

    /// A line through the last arrivals, which are not those of `line`, but `apart` from it.
    fn next_line(&mut self, line: Pace, count: usize, apart: i64) -> Pace {
        // Twice the deviation of the interval of a line through 2, 3 and 4 arrivals, in 1/64.
        const UNCLEAR: [i64; LAST + 1] = [0, 0, 181, 91, 57];
        let was_calm = self.calm >= YOUNG;
        self.disturbed();
        self.scatter.moved();
        self.change.moved();
        let moved = || {
            let mut moved = line;
            moved.lift(apart, MOVED);
            moved
        };
        let Some(pace) = Pace::through(&self.arrivals[..count]) else { return moved() };
        let unclear = self.scatter.deviation() * UNCLEAR[count] / 64 + STEP;
        let is_same = (pace.interval - line.interval).abs() < unclear;
        if is_same && was_calm { moved() } else { pace }
    }

    /// How many intervals have gone by since the last picture.
    fn passed(&self, pace: &Pace, arrival: i64) -> i64 {
        let ahead = arrival - pace.height;
        let unclear = self.scatter.deviation() * self.scatter.skew();
        let passed = if unclear < pace.interval {
            (ahead + pace.interval / 2) / pace.interval
        } else {
            (ahead - unclear) / pace.interval
        };
        passed.max(1)
    }

    /// The line was not where arrivals were. If that happens too often it is not believed for a
    /// while.
    fn disturbed(&mut self) {
        self.trouble += BREAK;
        if !self.holds {
            let longer = (self.needed + YOUNG / 2).min(PATIENCE);
            self.needed = if self.calm > PATIENCE { YOUNG } else { longer };
        } else if self.trouble > TROUBLE {
            self.give_up();
        }
        self.calm = 0;
    }

    fn give_up(&mut self) {
        self.holds = false;
        self.needed = if self.calm > PATIENCE { YOUNG } else { (2 * self.needed).min(PATIENCE) };
        self.calm = 0;
    }

    /// Does the rate hold?
    fn judge(&mut self) {
        let Some(Pace { interval, .. }) = self.pace else { return };
        let has_line = self.scatter.has_line(self.holds, interval);
        if self.holds && !has_line {
            self.give_up();
        }
        self.holds = has_line && (self.holds || self.calm >= self.needed);
        if self.holds {
            self.keep(interval);
        }
    }

    /// The margin goes to where it should be, and not at one step.
    fn keep(&mut self, interval: i64) {
        let wanted = self.scatter.margin();
        let kept = self.kept.unwrap_or(0);
        self.margin = match self.kept {
            None => wanted,
            Some(_) => self.margin.clamp(wanted * 4 / 5, wanted * 5 / 2),
        };
        let most = (interval / 16).max(self.scatter.deviation() / 2);
        self.kept = Some(kept + ((self.margin - kept) / 3).clamp(-most, most));
    }

    /// Where hardly anything varies there is nothing to remove, and arrivals stay as they are.
    /// A rate that does not hold any more leaves its margin, so that no PTS goes to and fro.
    fn beat(&self, arrival: i64, time: i64) -> Option<Beat> {
        // The mean distance of a Gaussian is 0.8 of its standard deviation.
        let share = (self.scatter.deviation() * 4 / 5 - QUIET).clamp(0, QUIET);
        let part = |whole: i64| whole / QUIET * share;
        let time = if self.holds { arrival + part(time - arrival) } else { arrival };
        self.kept.map(|margin| Beat { time, margin: part(margin) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beats of pictures taken and delayed so, in ms.
    fn beats(pictures: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, Option<Beat>)> {
        let mut rate = Rate::default();
        pictures.map(|(taken, delay)| (taken * MS, rate.observe((taken + delay) * MS))).collect()
    }

    /// From 0 to 40, as good as random: Knuth's multiplier, twice.
    fn delay(number: i64) -> i64 {
        let mixed =
            u64::from_ne_bytes(number.to_ne_bytes()).wrapping_mul(6_364_136_223_846_793_005);
        let mixed = (mixed ^ mixed >> 32).wrapping_mul(6_364_136_223_846_793_005);
        i64::try_from((mixed >> 40) % 41).unwrap()
    }

    #[test]
    fn a_steady_camera_behind_jitter_has_a_rate() {
        let beats = beats((0..400).map(|number| (40 * number, delay(number))));
        let known: Vec<_> = beats[200..]
            .iter()
            .filter_map(|(taken, beat)| Some(beat.as_ref()?.time - taken))
            .collect();
        assert_eq!(known.len(), 200);
        let spread = known.iter().max().unwrap() - known.iter().min().unwrap();
        assert!(spread < 8 * MS, "{spread} of 40 ms");
    }

    #[test]
    fn without_jitter_arrivals_are_left_as_they_are() {
        for (taken, beat) in beats((0..200).map(|number| (40 * number, 0))) {
            assert!(beat.is_none_or(|beat| beat.time == taken && beat.margin == 0), "{beat:?}");
        }
    }

    #[test]
    fn a_camera_without_a_rate_has_none() {
        let mut taken = 0;
        let pictures = (0..1000).map(|number| {
            taken += 83 + 6 * delay(number);
            (taken, 0)
        });
        assert!(beats(pictures).iter().all(|(_, beat)| beat.is_none()));
    }
}
