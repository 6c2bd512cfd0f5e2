//! A straight line through points that come one by one, in integers.
//!
//! Least squares with growing memory: with the gains `g = 2(2k−1)/(k(k+1))` for the
//! height and `h = 6/(k(k+1))` for the slope, the k-th point turns the best line through
//! the k−1 points before into the best one through all (E. Brookner, "Tracking and
//! Kalman Filtering Made Easy", §1.2.10). From [`MEMORY`] points on k stays there, and
//! older points fade, so that a slope that changes is followed.

/// Points that count; a height from so many has `√(4/k)` of the noise of one.
pub const MEMORY: u32 = 256;
/// Slopes are counted in 10⁻¹².
const SLOPE: i128 = 1_000_000_000_000;
/// Steepest slope: 1000 ppm, twice what crystals do.
const STEEPEST: i64 = 1_000_000_000;

/// Height over time, both in ns.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    at: i64,
    height: i64,
    slope: i64,
    points: u32,
}

impl Line {
    /// A level line through the first point.
    pub fn new(at: i64, height: i64) -> Self {
        Self { at, height, slope: 0, points: 1 }
    }

    /// Its height at a time.
    pub fn height(&self, at: i64) -> i64 {
        let rise = i128::from(at - self.at) * i128::from(self.slope) / SLOPE;
        self.height.saturating_add(i64::try_from(rise).unwrap_or(0))
    }

    /// Its slope in parts per billion.
    pub fn slope(&self) -> i32 {
        i32::try_from(self.slope / 1000).unwrap_or(0)
    }

    /// How many points made it.
    pub fn points(&self) -> u32 {
        self.points
    }

    /// A point at `at`, `residual` above the line, `apart` from the one before.
    pub fn add(&mut self, at: i64, residual: i64, apart: i64) {
        self.points = (self.points + 1).min(MEMORY);
        let k = i128::from(self.points);
        let time = i128::from(apart.max(1));
        let rise = i128::from(residual) * 2 * (2 * k - 1) / (k * (k + 1));
        let steeper = i128::from(residual) * 6 * SLOPE / (k * (k + 1)) / time;
        self.height = self.height(at).saturating_add(i64::try_from(rise).unwrap_or(0));
        let slope = i128::from(self.slope) + steeper;
        let steepest = i128::from(STEEPEST);
        self.slope = i64::try_from(slope.clamp(-steepest, steepest)).unwrap_or(0);
        self.at = at;
    }

    /// Lifts the line; only as many points as given are remembered.
    pub fn lift(&mut self, by: i64, points: u32) {
        self.height = self.height.saturating_add(by);
        self.points = self.points.min(points);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn a_straight_line_is_found_from_two_points_and_kept() {
        let height = |at: i64| 5_000 + at / 2000;
        let mut line = Line::new(0, height(0));
        for step in 1..1000 {
            let at = 2 * step * SECOND;
            line.add(at, height(at) - line.height(at), 2 * SECOND);
            assert!(line.height(at).abs_diff(height(at)) < 1000, "{line:?}");
            assert_eq!(line.slope(), 500_000);
        }
    }

    #[test]
    fn noise_averages_out() {
        let mut line = Line::new(0, 0);
        for step in 1..1000 {
            let noise = if step % 2 == 0 { 1_000_000 } else { -1_000_000 };
            line.add(2 * step * SECOND, noise - line.height(2 * step * SECOND), 2 * SECOND);
        }
        assert!(line.height(2000 * SECOND).abs() < 40_000, "{line:?}");
        assert!(line.slope().abs() < 1000, "{line:?}");
    }

    #[test]
    fn no_line_is_steeper_than_crystals_are() {
        let mut line = Line::new(0, 0);
        line.add(SECOND, SECOND, SECOND);
        assert_eq!(line.slope(), 1_000_000);
    }
}
