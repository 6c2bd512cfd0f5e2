//! Do arrivals lie along a line, or has each interval a length of its own?
//!
//! Both have an unknown interval and an unknown variance, so Bayes' rule compares them in closed
//! form (H. Jeffreys, "Theory of Probability", §5): with flat priors of these, the mean square of n
//! arrivals around their line, `L`, and that of intervals around their mean, `G`, the line is
//! likelier by the factor `√(12/(n²(n+1)))·(G/L)^((n−2)/2)`. Delays that do not depend on each
//! other make `G` twice `L`. Intervals that do not depend on each other make it 15/n of `L`. So
//! sixteen arrivals mostly tell, where the ratio of [`Scatter`](super::scatter) takes several
//! times as many.

#![allow(clippy::cast_precision_loss, reason = "times are below 2⁵³ ns")]

/// Intervals over which their variance is taken.
const SPREAD: f64 = 64.0;
/// Fewer arrivals say nothing.
const FEWEST: f64 = 5.0;
/// What is said then, and the least that is ever said.
pub const NONE: f64 = -9.0;
/// Arrivals are never thought to scatter by less, in nanoseconds.
const FINEST: f64 = 1e4;

/// See the [module](self). Times are nanoseconds.
#[derive(Debug, Default, Clone, Copy)]
pub struct Evidence {
    mean: f64,
    variance: f64,
    seen: f64,
}

impl Evidence {
    /// Takes in an interval, which counts as no farther from the mean than `far`.
    pub fn add(&mut self, gap: i64, far: Option<i64>) {
        let gap = gap as f64;
        self.seen = (self.seen + 1.0).min(SPREAD);
        if self.seen < 2.0 {
            self.mean = gap;
            return;
        }
        let most = far.map_or(f64::INFINITY, |far| 1.5 * far as f64);
        let off = (gap - self.mean).clamp(-most, most);
        let square = off * off * (self.seen - 1.0) / self.seen;
        self.variance += (square - self.variance) / (self.seen - 1.0);
        self.mean += off / self.seen;
    }

    /// The line is another one, with another interval.
    pub fn moved(&mut self, interval: i64) {
        self.mean = interval as f64;
    }

    /// The logarithm of the factor by which a line, around which arrivals scatter by `deviation`,
    /// is likelier than none.
    pub fn log(&self, deviation: i64) -> f64 {
        let n = self.seen + 1.0;
        if n < FEWEST {
            return NONE;
        }
        let ratio = self.variance / (deviation as f64).max(FINEST).powi(2);
        0.5 * (12.0 / (n * n * (n + 1.0))).ln() + (n - 2.0) / 2.0 * ratio.max(1e-3).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::super::noise::noise;
    use super::*;

    const MS: i64 = 1_000_000;

    fn evidence(gaps: impl Iterator<Item = i64>) -> Evidence {
        let mut evidence = Evidence::default();
        gaps.for_each(|gap| evidence.add(gap, None));
        evidence
    }

    #[test]
    fn delays_are_evidence_of_a_line_and_the_more_the_more_there_are() {
        let log = |count| {
            let gaps = (1..count).map(|number| 100 * MS + noise(number) - noise(number - 1));
            evidence(gaps).log(12 * MS)
        };
        assert!(log(4) <= NONE && log(20) > 1.0 && log(40) > log(20) + 3.0, "{}", log(20));
    }

    #[test]
    fn intervals_of_their_own_are_evidence_against_one() {
        // They wander off their line by √(n/15) of what an interval varies.
        let evidence = evidence((1..20).map(|number| 100 * MS + noise(number)));
        assert!(evidence.log(14 * MS) < -3.0, "{evidence:?}");
    }
}
