//! How well the map does: what the statistics show.

use std::time::Duration;

use super::selector::SelectedClock;

/// What is known about the clock and its map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Which clock it is.
    pub selected: SelectedClock,
    /// Running time less camera time in ns; 0 without a clock.
    pub offset: i64,
    /// How much faster than ours the camera's clock is, in parts per billion.
    pub drift: i32,
    /// Standard deviation of the delay that was taken out of the arrivals.
    pub jitter_removed: Duration,
    /// Frames whose time lay before `arrival − latency` or behind `arrival`, by more than
    /// a millisecond.
    pub clamped: u64,
}

/// The deviation of numbers from their mean, over the last [`MEMORY`] of them.
#[derive(Debug, Default)]
pub struct Deviation {
    count: i64,
    mean: i64,
    square: u128,
}

/// Numbers over which the mean is taken.
const MEMORY: i64 = 1024;

impl Deviation {
    /// Takes a number in.
    pub fn add(&mut self, number: i64) {
        self.count = (self.count + 1).min(MEMORY);
        let apart = number.saturating_sub(self.mean);
        self.mean += apart / self.count;
        let weight = u128::from(self.count.unsigned_abs());
        let apart = u128::from(apart.unsigned_abs());
        // West's update of a mean of squares, with weights that fade.
        self.square = (self.square * weight.saturating_sub(1)
            + apart * apart * weight.saturating_sub(1) / weight)
            / weight;
    }

    /// Root of the mean square.
    pub fn root(&self) -> u64 {
        u64::try_from(self.square.isqrt()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deviation_of_a_die_is_known() {
        let mut deviation = Deviation::default();
        for roll in 0..6000i64 {
            deviation.add(1_000_000 * (roll % 6));
        }
        // √(35/12) of a step.
        assert!(deviation.root().abs_diff(1_707_825) < 20_000, "{}", deviation.root());
    }
}
