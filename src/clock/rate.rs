//! The rate of a camera without a clock, as a clock.
//!
//! A camera that takes a picture each `T` makes arrivals `a(n) = t + n·T + d(n)`, with a
//! delay `d` that varies. A line through the arrivals tells `t` and `T`, and its height at `n`
//! is the time of the picture without its delay, but for the mean of the delays:
//!
//! * The line is that of least squares with growing memory (E. Brookner, "Tracking and Kalman
//!   Filtering Made Easy", §1.2.10): with the residual `r` of the k-th arrival, the height
//!   grows by `2(2k−1)/(k(k+1))·r` and the interval by `6/(k(k+1))·r`. From [`MEMORY`]
//!   arrivals on k stays there. That is a delay-locked loop (F. Adriaensen, "Using a DLL to
//!   filter time", LAC 2005) whose bandwidth falls until it is as narrow as it should be. An
//!   arrival far off the line is drawn near before it counts (Huber).
//! * Hardly a picture should be stamped behind its arrival. So PTS lie below the line by what
//!   arrivals lie below it: 2.5 standard deviations, or the most that was seen if that is less.
//! * Where pictures are missing, several intervals have gone by. Where delays vary by too
//!   much to tell how many, the next residuals tell: the line moves when their mean is as much
//!   as half an interval.
//! * Three residuals in a row far off on one side, with gaps that delays do not explain, are
//!   another rate: the line begins anew.
//!
//! The rate is used while it holds, and arrivals are where it does not:
//!
//! * Delays disturb two intervals, against each other, and the line not at all. So arrivals
//!   scatter around the line less than intervals around `T`, neighbouring intervals are
//!   correlated by −1/2, and residuals have no mean of their own over a few pictures.
//! * Where the intervals themselves vary, arrivals wander off any line, and all three fail.
//! * Behind each disturbance the line has to be calm for a while, longer each time.
//! * Where hardly anything varies, there is nothing to remove.

const MS: i64 = 1_000_000;
/// Arrivals that count.
const MEMORY: i64 = 512;
/// Arrivals that make a rate.
const YOUNG: i64 = 20;
/// Deviations over which their mean is taken.
const SPREAD: i64 = 64;
/// Means of residuals are over so many.
const BIAS: i64 = 8;
/// Residuals far off in a row that are another rate.
const RUN: i32 = 3;
/// Shortest and longest interval.
const SHORTEST: i64 = MS;
const LONGEST: i64 = 2_000 * MS;
/// Residuals up to this are never far off.
const STEP: i64 = 2 * MS;
/// Arrivals that vary by less are as good as any line; by twice that, the line is better.
const QUIET: i64 = MS;
/// Most pictures that it takes to believe in a line again.
const PATIENCE: i64 = 256;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug)]
pub struct Rate {
    last: Option<i64>,
    /// Of the line at the last picture.
    height: i64,
    interval: i64,
    points: i64,
    /// Mean distance of arrivals from the line, and of intervals from that of the line.
    spread: i64,
    scatter: i64,
    /// Mean distance of arrivals from the line over a longer time.
    depth: i64,
    /// By how much the last interval differed from that of the line, in µs; means of its
    /// square, and of its product with the one before.
    off: i64,
    square: i64,
    product: i64,
    /// Pictures that made these means.
    seen: i64,
    /// Mean of the last residuals.
    bias: i64,
    /// Mean distance of that mean from 0.
    wander: i64,
    /// Residuals in a row far off on one side; below the line as a negative number.
    run: i32,
    /// The last gaps between arrivals.
    gaps: [i64; 3],
    /// How far arrivals lay below the line.
    early: Recent,
    /// Pictures since the line broke, and how many it takes to believe in it again.
    calm: i64,
    needed: i64,
    holds: bool,
    /// By how much PTS are earlier since it held first.
    kept: Option<i64>,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            last: None,
            height: 0,
            interval: SHORTEST,
            points: 0,
            spread: 0,
            scatter: 0,
            depth: 0,
            off: 0,
            square: 0,
            product: 0,
            seen: 0,
            bias: 0,
            wander: 0,
            run: 0,
            gaps: [0; 3],
            early: Recent::default(),
            calm: 0,
            needed: YOUNG,
            holds: false,
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

/// The greatest of the last [`MEMORY`] numbers or more, at least 0.
#[derive(Debug, Default)]
struct Recent {
    now: i64,
    before: i64,
    count: i64,
}

impl Recent {
    fn add(&mut self, number: i64) {
        if self.count == MEMORY {
            *self = Self { now: 0, before: self.now, count: 0 };
        }
        self.now = self.now.max(number);
        self.count += 1;
    }

    fn most(&self) -> i64 {
        self.now.max(self.before)
    }
}

impl Rate {
    /// Takes an arrival in; where the rate puts that picture, if it holds.
    pub fn observe(&mut self, arrival: i64) -> Option<Beat> {
        let Some(last) = self.last.replace(arrival) else {
            self.begin(arrival, SHORTEST, 1);
            return None;
        };
        let gap = arrival - last;
        self.gaps.rotate_left(1);
        self.gaps[2] = gap;
        if gap > LONGEST {
            self.disturbed();
            self.begin(arrival, SHORTEST, 1);
        } else if self.points == 1 {
            self.begin(arrival, gap, 2);
        } else {
            self.follow(arrival, gap);
        }
        self.judge();
        self.beat(arrival)
    }

    fn follow(&mut self, arrival: i64, gap: i64) {
        let passed = self.passed(arrival - self.height);
        let mut line = self.height + passed * self.interval;
        let far = 3 * self.spread + STEP;
        let is_early = arrival - line < -(self.margin() + 2 * far + self.interval / 2);
        if is_early {
            // It cannot have been taken behind its arrival: fewer pictures were missing.
            line -= (line - arrival) / self.interval * self.interval;
        }
        let residual = arrival - line;
        if residual > far && 2 * gap < self.interval {
            // It was held up with the one before, which says nothing of the rate.
            self.height = line;
            return;
        }
        let side = if is_early || residual < -far { -1 } else { i32::from(residual > far) };
        self.run = if self.run * side > 0 { self.run + side } else { side };
        if self.run.abs() >= RUN && self.is_another_rate() {
            self.disturbed();
            self.begin(arrival, self.gap(), 2);
            return;
        }
        self.add(line, residual, far, passed, gap - passed * self.interval);
        if is_early {
            self.disturbed();
        }
        if self.points > BIAS && 2 * self.bias.abs() > self.interval.max(3 * self.spread) {
            // Pictures were missing, or the way through the network is another.
            self.disturbed();
            self.height += self.bias;
            self.points = self.points.min(2 * BIAS);
            self.bias = 0;
        }
    }

    /// The last gaps are not what was taken for the interval: alike, or all of them longer
    /// or all of them shorter than delays explain.
    fn is_another_rate(&self) -> bool {
        let mean = self.gap();
        let alike = self.gaps.iter().all(|gap| 4 * (gap - mean).abs() <= mean);
        let apart = 2 * self.spread + STEP;
        let longer = self.gaps.iter().all(|gap| *gap > self.interval + apart);
        let shorter = self.gaps.iter().all(|gap| *gap < self.interval - apart);
        longer || shorter || alike && (mean - self.interval).abs() > apart
    }

    /// Mean of the last gaps.
    fn gap(&self) -> i64 {
        self.gaps.iter().sum::<i64>() / 3
    }

    /// How many intervals have gone by since the last picture.
    fn passed(&self, ahead: i64) -> i64 {
        let unclear = 8 * self.spread;
        let passed = if unclear < self.interval {
            (ahead + self.interval / 2) / self.interval
        } else {
            (ahead - unclear) / self.interval
        };
        passed.max(1)
    }

    fn begin(&mut self, arrival: i64, interval: i64, points: i64) {
        self.height = arrival;
        self.interval = interval.clamp(SHORTEST, LONGEST);
        self.points = points;
        (self.bias, self.run) = (0, 0);
    }

    /// The line was not where arrivals were: it is not believed for a while.
    fn disturbed(&mut self) {
        self.needed = if self.calm > PATIENCE { YOUNG } else { (2 * self.needed).min(PATIENCE) };
        self.calm = 0;
    }

    /// The line with another point.
    fn add(&mut self, line: i64, residual: i64, far: i64, passed: i64, off: i64) {
        self.calm += 1;
        self.points = (self.points + 1).min(MEMORY);
        let k = self.points;
        let near = if k > BIAS { residual.clamp(-far, far) } else { residual };
        self.height = line + near * 2 * (2 * k - 1) / (k * (k + 1));
        self.interval += near * 6 / (k * (k + 1)) / passed;
        self.interval = self.interval.clamp(SHORTEST, LONGEST);
        let most = 4 * self.interval + 4 * self.spread;
        self.seen = (self.seen + 1).min(MEMORY);
        let weight = self.seen.min(SPREAD);
        self.spread += (residual.abs().min(most) - self.spread) / weight;
        self.scatter += (off.abs().min(most) - self.scatter) / weight;
        self.depth += (residual.abs().min(most) - self.depth) / self.seen;
        let off = off.clamp(-most, most) / 1000;
        let before = std::mem::replace(&mut self.off, off);
        self.square += (off * off - self.square) / self.seen.min(2 * SPREAD);
        self.product += (off * before - self.product) / self.seen.min(2 * SPREAD);
        self.bias += (residual.clamp(-far, far) - self.bias) / BIAS;
        self.wander += (self.bias.abs() - self.wander) / weight;
        self.early.add(-residual);
    }

    /// Does the rate hold? Once it does, it is given up later than it was taken.
    fn judge(&mut self) {
        let (spread, product, wander) = if self.holds { (8, 16, 60) } else { (9, 8, 42) };
        self.holds = self.calm >= self.needed
            && 100 * self.wander <= wander * self.spread + 100 * MS / 2
            && spread * self.spread <= 10 * self.scatter + MS
            && -product * self.product >= self.square;
        if self.holds {
            self.kept = Some(self.margin());
        }
    }

    /// Where hardly anything varies there is nothing to remove, and arrivals stay as they are.
    /// A rate that does not hold any more leaves its margin, so that no PTS goes to and fro.
    fn beat(&self, arrival: i64) -> Option<Beat> {
        let share = (self.spread - QUIET).clamp(0, QUIET);
        let part = |whole: i64| whole / QUIET * share;
        let time = if self.holds { arrival + part(self.height - arrival) } else { arrival };
        self.kept.map(|margin| Beat { time, margin: part(margin) })
    }

    fn margin(&self) -> i64 {
        // The mean distance of a Gaussian is 0.8 of its standard deviation.
        (self.depth * 25 / 8).min(self.early.most())
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
