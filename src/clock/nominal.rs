//! The line through arrivals, when cameras have nominal rates.
//!
//! A line with a free slope knows its height to 2σ/√k after k arrivals, one whose slope is known
//! to σ/√k. Nearly all cameras take a whole number of pictures a second, off by what their
//! oscillator is. So the interval may be nominal, or that from before a change, or any other, and
//! these are weighed by Bayes' rule:
//!
//! * The interval of the free line scatters by `σ·√(12/(k(k²−1)))`. A candidate `c` explains it
//!   with the density of a Gaussian, whose variance has the candidate's tolerance in it, too. Where
//!   any rate is as likely as another, its density is flat. The ratio of both is
//!   `exp(−z²/2)/(√(2π)·s)`, with `z` how many deviations `c` is away, and `s` the deviation in
//!   pictures a second.
//! * The estimate is the mean of the candidates and the free line by their weights. These change
//!   smoothly: a camera off all nominal rates has the free line again as soon as arrivals tell it.
//! * A line through the middle of its arrivals turns around that middle. So with an interval
//!   that is `d` longer the height at the end is `(k−1)/2·d` more.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "intervals are below 2⁵³ ns, and a nanosecond does not matter"
)]

use super::pace::{Pace, WHOLE};

/// How much likelier a nominal rate is than one within the next picture a second.
const NOMINAL: f64 = 4.0;
/// The same of the rate from before.
const KNOWN: f64 = 120.0;
/// How far off nominal cameras are, and how well an interval is known from before.
const TOLERANCE: f64 = 3e-4;
const TOLERANCE_KNOWN: f64 = 5e-4;
/// Rates that are nominal though they are no whole numbers.
const HALVES: [f64; 2] = [7.5, 12.5];
/// From where to where rates are nominal.
const RATES: std::ops::Range<f64> = 0.7..64.0;
/// Arrivals are never thought to scatter by less, in nanoseconds.
const FINEST: f64 = 1e5;
const SECOND: f64 = 1e9;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Likely {
    /// Of the line at the last picture, in nanoseconds.
    pub height: i64,
    /// From picture to picture.
    pub interval: i64,
    /// As [`Pace::uncertainty`], of this line.
    pub uncertainty: i64,
    /// How much likelier arrivals are than if any rate were as likely as another, as a logarithm.
    pub log_odds: f64,
}

/// Sums over the candidates. The free line is one of them, with weight 1.
struct Sums {
    interval: f64,
    of_slope: f64,
    weight: f64,
    longer: f64,
    known: f64,
}

impl Likely {
    /// The line by `pace`, whose arrivals scatter by `deviation`, where the interval was `known`.
    pub fn of(pace: &Pace, deviation: i64, known: Option<i64>) -> Self {
        let points = pace.points();
        let (height, interval, uncertainty) = (pace.height, pace.interval, pace.uncertainty());
        if points < 2 {
            return Self { height, interval, uncertainty, log_odds: 0.0 };
        }
        let k = points as f64;
        let of_slope = (deviation as f64).max(FINEST).powi(2) * 12.0 / (k * (k * k - 1.0));
        let free = interval as f64;
        let mut sums = Sums { interval: free, of_slope, weight: 1.0, longer: 0.0, known: 0.0 };
        let mut log_odds = 0.0;
        if points > 2 && RATES.contains(&(SECOND / free)) {
            let nominal = sums.add(SECOND / nearest(SECOND / free), NOMINAL, TOLERANCE);
            log_odds = ((1.0 + nominal) / (1.0 + NOMINAL)).ln();
        }
        if let Some(known) = known {
            sums.add(known as f64, KNOWN, TOLERANCE_KNOWN);
        }
        let longer = sums.longer / sums.weight;
        let share = sums.known / sums.weight;
        let of_known = WHOLE as f64 * (1.0 + 1.0 / k);
        Self {
            height: height + (longer * (k - 1.0) / 2.0) as i64,
            interval: (free + longer) as i64,
            uncertainty: (share * of_known + (1.0 - share) * uncertainty as f64) as i64,
            log_odds,
        }
    }

    /// Where the line is after so many intervals.
    pub fn due(&self, passed: i64) -> i64 {
        self.height + passed * self.interval
    }
}

impl Sums {
    /// Weighs a candidate; its weight beside the free line.
    fn add(&mut self, candidate: f64, prior: f64, tolerance: f64) -> f64 {
        let variance = self.of_slope + (tolerance * candidate).powi(2);
        let longer = candidate - self.interval;
        let of_rate = variance.sqrt() / candidate.powi(2) * SECOND;
        let density =
            (-0.5 * longer * longer / variance).exp() / (std::f64::consts::TAU.sqrt() * of_rate);
        let weight = prior * density;
        // The tolerance leaves the free line a say.
        let part = self.of_slope / variance;
        self.weight += weight;
        self.longer += weight * part * longer;
        self.known += weight * part;
        weight
    }
}

/// The nominal rate that is nearest, in pictures a second.
fn nearest(rate: f64) -> f64 {
    let whole = rate.round().max(1.0);
    let nearer = |half: &f64| (half - rate).abs() < (whole - rate).abs();
    HALVES.into_iter().find(nearer).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::super::noise::noise;
    use super::*;

    const MS: i64 = 1_000_000;

    /// A free line through so many arrivals at an interval, and where it should end.
    fn line(interval: i64, count: i64, seed: i64) -> (Pace, i64) {
        let mut pace = Pace::begin(noise(seed), interval);
        for number in 1..count {
            pace.add(interval * number + noise(seed + number) - pace.due(1), 1);
        }
        (pace, interval * (count - 1))
    }

    #[test]
    fn a_nominal_rate_is_known_better_than_a_free_line_tells() {
        for count in [20, 50, 100] {
            let (mut of_likely, mut of_free) = (0, 0);
            for seed in 0..20 {
                let (pace, truth) = line(100 * MS, count, 1000 * seed);
                let likely = Likely::of(&pace, 12 * MS, None);
                of_likely += (likely.height - truth).abs();
                of_free += (pace.height - truth).abs();
                assert!(likely.uncertainty <= pace.uncertainty(), "{likely:?}");
            }
            assert!(4 * of_likely < 3 * of_free, "{count}: {of_likely} {of_free}");
        }
    }

    #[test]
    fn a_rate_off_all_nominal_ones_is_let_go_of() {
        let (pace, _) = line(95 * MS, 300, 0);
        let likely = Likely::of(&pace, 12 * MS, None);
        assert_eq!((likely.height, likely.interval), (pace.height, pace.interval));
        assert!(likely.log_odds < -0.5, "{likely:?}");
    }

    #[test]
    fn the_interval_from_before_makes_a_line_of_few_arrivals_sure() {
        let (pace, truth) = line(95 * MS, 4, 0);
        let likely = Likely::of(&pace, 12 * MS, Some(95 * MS));
        assert!((likely.interval - 95 * MS).abs() < MS, "{likely:?}");
        assert!((likely.due(3) - truth - 285 * MS).abs() < 20 * MS, "{likely:?}");
    }

    #[test]
    fn halves_are_nominal_too() {
        for (rate, nominal) in [(7.4, 7.5), (7.1, 7.0), (12.6, 12.5), (0.8, 1.0), (29.6, 30.0)] {
            assert!((nearest(rate) - nominal).abs() < 1e-9, "{rate}");
        }
    }
}
