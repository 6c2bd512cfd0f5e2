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
//!   before, or is very far off, does not count.
//! * [`Likely`] is that line when the camera has one of the nominal rates, or the one from before a
//!   change, as far as that is likely. Its height is known to `σ/√k`.
//! * [`Scatter`] tells σ, and whether arrivals have a line at all. [`Evidence`] tells that sooner.
//!   [`Belief`] makes of both how far the rate is used. Arrivals are used for the rest. Where
//!   hardly anything varies, there is nothing to remove.
//! * [`Change`] tells when the last arrivals are not those of the line. Then a line goes through
//!   these alone, and what they said of σ is taken back: σ is that of the network and stays, so the
//!   rate goes on being used. A line through a few arrivals is never worse than the last one
//!   alone.
//! * Hardly a picture should be stamped behind its arrival. So PTS lie below the line by a
//!   [`Margin`].
//! * Where pictures are missing, several intervals have gone by. Where delays vary by too
//!   much to tell how many, the next residuals tell.

use super::belief::Belief;
use super::change::{Change, LAST};
use super::evidence::Evidence;
use super::margin::Margin;
use super::nominal::Likely;
use super::pace::{LONGEST, Pace, SHORTEST, WHOLE};
use super::scatter::{STEP, Scatter};

const MS: i64 = 1_000_000;
/// Arrivals that begin a line.
const FIRST: usize = 8;
/// Where the line drifts, so many arrivals are remembered.
const DRIFTED: i64 = 16;
/// A line of so many knows its interval well.
const SETTLED: i64 = 12;
/// Arrivals that vary by less are as good as any line; by twice that, the line is better.
const QUIET: i64 = MS;
/// An interval that is longer by this, and by much longer than the one before, is a pause.
const PAUSE: i64 = 100 * MS;
/// After one that is longer by this, the line is the one that lies nearest.
const LONG_PAUSE: i64 = 400 * MS;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug, Default)]
pub struct Rate {
    /// The last arrivals, the newest first, and how many there are for a line that is to begin.
    arrivals: [i64; FIRST],
    waiting: usize,
    first: Option<i64>,
    pace: Option<Pace>,
    /// The interval before the line broke.
    known: Option<i64>,
    seen: Seen,
    /// What was seen before each of the last arrivals, the newest first.
    seen_before: [Seen; LAST],
    change: Change,
    belief: Belief,
    margin: Margin,
}

/// What arrivals say.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    scatter: Scatter,
    evidence: Evidence,
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
    /// Takes an arrival in; where the rate puts that picture, once there was one.
    pub fn observe(&mut self, arrival: i64) -> Option<Beat> {
        self.arrivals.rotate_right(1);
        self.arrivals[0] = arrival;
        self.first.get_or_insert(arrival);
        let gap = arrival - self.arrivals[1];
        if self.waiting > 0 && gap > LONGEST {
            self.belief.disturb();
            (self.pace, self.waiting) = (None, 0);
        }
        let time = match self.pace {
            Some(pace) => self.follow(pace, arrival, gap),
            None => self.wait(arrival, gap),
        };
        self.judge(arrival);
        self.beat(arrival, time)
    }

    /// A line goes through the first arrivals as soon as there are enough of them without a pause.
    fn wait(&mut self, arrival: i64, gap: i64) -> i64 {
        self.waiting += 1;
        if self.waiting > 2 {
            let before = self.arrivals[1] - self.arrivals[self.waiting - 1];
            let intervals = i64::try_from(self.waiting - 2).unwrap_or(1);
            if gap > 3 * before / intervals + PAUSE {
                self.waiting = 1;
            }
        }
        if self.waiting < FIRST {
            return arrival;
        }
        let pace = self.begin();
        self.pace = Some(pace);
        self.likely(&pace).height
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
        self.belief.pass();
        let likely = self.likely(&pace);
        let passed = self.passed(&likely, arrival);
        let deviation = self.seen.scatter.deviation();
        let is_known = self.seen.scatter.is_known();
        if is_known && arrival - pace.due(passed) > deviation && 4 * gap < pace.interval {
            // It was held up by the one before, which says nothing of the rate.
            pace.pass(passed);
            self.seen.scatter.skip();
            self.pace = Some(pace);
            return self.likely(&pace).height;
        }
        self.seen_before.rotate_right(1);
        self.seen_before[0] = self.seen;
        let pause = gap > 4 * likely.interval + PAUSE && gap > 2 * self.gap_before();
        let residual = arrival - likely.due(passed);
        let verdict = self.change.observe(residual, pause, likely.uncertainty, &self.seen.scatter);
        let mut leave = verdict.leave;
        if let Some(arrivals) = verdict.broken {
            pace.pass(passed);
            pace = self.next_line(pace, arrivals);
            leave = 0;
        } else if verdict.is_alone {
            pace.pass(passed);
            self.seen.scatter.skip();
        } else {
            self.add(&mut pace, arrival, gap, passed);
            // The mean of the last eight scatters by a quarter of a deviation.
            let deviation = self.seen.scatter.deviation();
            let bound = 5 * deviation * (WHOLE * likely.uncertainty).isqrt() / (4 * WHOLE);
            let bias = self.seen.scatter.bias();
            if is_known && bias.abs() > bound + STEP {
                self.belief.disturb();
                self.seen.scatter.moved();
                pace.lift(bias, DRIFTED);
                leave = 0;
            }
        }
        self.pace = Some(pace);
        if leave == 0 { self.likely(&pace).height } else { pace.height + leave }
    }

    fn add(&mut self, pace: &mut Pace, arrival: i64, gap: i64, passed: i64) {
        self.belief.add();
        let Seen { scatter, evidence } = &mut self.seen;
        // How far off an arrival may be is by how well the line knows where it should be.
        let share = (WHOLE * pace.uncertainty()).isqrt();
        let residual = arrival - pace.due(passed);
        let near = scatter.draw_near(residual * WHOLE / share) * share / WHOLE;
        pace.add(near, passed);
        let far = scatter.is_known().then(|| scatter.far());
        evidence.add(gap - (passed - 1) * pace.interval, far);
        scatter.add(arrival, near, pace, (gap, passed));
    }

    /// A line through the last arrivals, which are not those of `line`.
    fn next_line(&mut self, line: Pace, count: usize) -> Pace {
        self.seen = self.seen_before[count - 1];
        self.belief.disturb();
        self.seen.scatter.moved();
        self.change.moved();
        if line.points() >= SETTLED || self.known.is_none() {
            self.known = Some(self.likely(&line).interval);
        }
        // It begins behind a pause.
        let mut begin = count;
        let mut least = self.arrivals[0] - self.arrivals[1];
        for index in 1..count - 1 {
            let gap = self.arrivals[index] - self.arrivals[index + 1];
            if gap > 2 * least + 3 * self.seen.scatter.deviation() {
                begin = index + 1;
                break;
            }
            least = least.min(gap);
        }
        let pace = Pace::through(&self.arrivals[..begin]).unwrap_or(line);
        self.seen.evidence.moved(self.likely(&pace).interval);
        pace
    }

    fn likely(&self, pace: &Pace) -> Likely {
        Likely::of(pace, self.seen.scatter.deviation(), self.known)
    }

    /// How many intervals have gone by since the last picture.
    fn passed(&self, likely: &Likely, arrival: i64) -> i64 {
        let Likely { height, interval, uncertainty, .. } = *likely;
        let ahead = arrival - height;
        let share = (WHOLE * uncertainty).isqrt();
        let scatter = &self.seen.scatter;
        let unclear = scatter.deviation() * scatter.skew() * share / WHOLE;
        let is_pause = ahead > 4 * interval + LONG_PAUSE && ahead > 2 * self.gap_before();
        let passed = if unclear < interval || is_pause {
            (ahead + interval / 2) / interval
        } else {
            (ahead - unclear) / interval
        };
        passed.max(1)
    }

    fn gap_before(&self) -> i64 {
        self.arrivals[1] - self.arrivals[2]
    }

    /// How far is the rate believed?
    fn judge(&mut self, arrival: i64) {
        let Some(pace) = self.pace else { return };
        let Seen { scatter, evidence } = &self.seen;
        let log = evidence.log(scatter.deviation()) + self.likely(&pace).log_odds;
        self.belief.judge(scatter, pace.interval, log);
        let since = arrival - self.first.unwrap_or(arrival);
        let most = (pace.interval / 16).max(scatter.deviation() / 2);
        self.margin.step(scatter.margin(), self.belief.weight(), since, most);
    }

    /// Where hardly anything varies there is nothing to remove, and arrivals stay as they are.
    /// A rate that does not hold any more leaves its margin, so that no PTS goes to and fro.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "line and arrival lie near each other"
    )]
    fn beat(&self, arrival: i64, time: i64) -> Option<Beat> {
        // The mean distance of a Gaussian is 0.8 of its standard deviation.
        let share = (self.seen.scatter.deviation() * 4 / 5 - QUIET).clamp(0, QUIET);
        let part = |whole: i64| whole / QUIET * share;
        let earlier = (part(time - arrival) as f64 * self.belief.weight()) as i64;
        let margin = self.margin.get()?;
        Some(Beat { time: arrival + earlier, margin: part(margin) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::noise::noise;
    use super::*;

    /// The beats of pictures taken and delayed so, in ms.
    fn beats(pictures: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, Option<Beat>)> {
        let mut rate = Rate::default();
        pictures.map(|(taken, delay)| (taken * MS, rate.observe((taken + delay) * MS))).collect()
    }

    /// From 0 to 40.
    fn delay(number: i64) -> i64 {
        noise(number) / MS + 20
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
