//! A line through arrivals: when the last picture was due, and how far apart pictures are.
//!
//! It is that of least squares with growing memory (E. Brookner, "Tracking and Kalman
//! Filtering Made Easy", §1.2.10): with the residual `r` of the k-th arrival, the height grows
//! by `2(2k−1)/(k(k+1))·r` and the interval by `6/(k(k+1))·r`. From [`MEMORY`] arrivals on k
//! stays there. That is a delay-locked loop (F. Adriaensen, "Using a DLL to filter time", LAC
//! 2005) whose bandwidth falls until it is as narrow as it should be.

/// Arrivals that count.
pub const MEMORY: i64 = 512;
/// Shortest interval.
pub const SHORTEST: i64 = 1_000_000;
/// Longest interval.
pub const LONGEST: i64 = 2_000_000_000;
/// What [`Pace::uncertainty`] counts in.
pub const WHOLE: i64 = 64;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Of the line at the last picture.
    pub height: i64,
    /// From picture to picture.
    pub interval: i64,
    points: i64,
}

impl Pace {
    /// A line through one arrival.
    pub fn begin(arrival: i64, interval: i64) -> Self {
        Self { height: arrival, interval: interval.clamp(SHORTEST, LONGEST), points: 1 }
    }

    /// A line through arrivals of which none is missing, the newest first. There are two at least.
    pub fn through(arrivals: &[i64]) -> Option<Self> {
        let (first, others) = arrivals.split_last()?;
        let (second, others) = others.split_last()?;
        let mut pace = Self::begin(*second, second - first);
        pace.points = 2;
        for arrival in others.iter().rev() {
            pace.add(arrival - pace.due(1), 1);
        }
        Some(pace)
    }

    /// Where the line is after so many intervals.
    pub fn due(&self, passed: i64) -> i64 {
        self.height + passed * self.interval
    }

    /// So many intervals have gone by, and what arrived is not to count.
    pub fn pass(&mut self, passed: i64) {
        self.height = self.due(passed);
    }

    /// The line with an arrival that lay `residual` above [`Self::due`].
    pub fn add(&mut self, residual: i64, passed: i64) {
        self.points = (self.points + 1).min(MEMORY);
        let k = self.points;
        self.height = self.due(passed) + residual * 2 * (2 * k - 1) / (k * (k + 1));
        self.interval += residual * 6 / (k * (k + 1)) / passed;
        self.interval = self.interval.clamp(SHORTEST, LONGEST);
    }

    /// Arrivals that count.
    pub fn points(&self) -> i64 {
        self.points
    }

    /// Lifts the line; only as many arrivals as given are remembered.
    pub fn lift(&mut self, by: i64, points: i64) {
        self.height += by;
        self.points = self.points.min(points);
    }

    /// Of the square of the residual that was added last, what is the arrival's own: the rest is
    /// how little the line knew. The sum of these is the sum of squares around the final line.
    pub fn own(&self, square: i64) -> i64 {
        let k = self.points;
        square * (k - 1) * (k - 2) / (k * (k + 1))
    }

    /// Expected square of the next residual, where that of an arrival around the true line is
    /// [`WHOLE`].
    pub fn uncertainty(&self) -> i64 {
        let k = self.points.max(2);
        WHOLE + 2 * WHOLE * (2 * k + 1) / (k * (k - 1))
    }

    /// Do the numbers of [`Self::own`] mean anything?
    pub fn is_overdetermined(&self) -> bool {
        self.points > 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn pictures_in_time_make_a_line_that_goes_through_them() {
        let arrivals: Vec<i64> = (0..8).rev().map(|number| (7 + 40 * number) * MS).collect();
        let pace = Pace::through(&arrivals).unwrap();
        assert_eq!((pace.height, pace.interval), (arrivals[0], 40 * MS));
        assert_eq!(pace.due(3), arrivals[0] + 120 * MS);
    }

    #[test]
    fn the_line_is_that_of_least_squares() {
        let pace = Pace::through(&[170 * MS, 100 * MS, 40 * MS, 0]).unwrap();
        // By hand: the slope is (3·170 + 100 − 40) / 10, the mean 77.5.
        assert!((pace.interval - 57 * MS).abs() < 10, "{pace:?}");
        assert!((pace.height - 163 * MS).abs() < 10, "{pace:?}");
    }

    #[test]
    fn what_is_the_arrivals_own_sums_up_to_the_squares_around_the_line() {
        let arrivals = [0, 45, 78, 125, 160, 190];
        let mut pace = Pace::begin(0, 400 * MS);
        let mut sum = 0;
        for arrival in &arrivals[1..] {
            let residual = arrival * 10 * MS - pace.due(1);
            pace.add(residual, 1);
            if pace.is_overdetermined() {
                sum += pace.own((residual / MS).pow(2));
            }
        }
        let last = i64::try_from(arrivals.len()).unwrap() - 1;
        let around = |(number, arrival): (i64, &i64)| {
            (arrival * 10 - (pace.height - (last - number) * pace.interval) / MS).pow(2)
        };
        let squares: i64 = (0..).zip(&arrivals).map(around).sum();
        assert!((squares - sum).abs() < squares / 100, "{squares} {sum}");
    }
}
