//! The time between frames.

use std::time::Duration;

pub(crate) struct Interval {
    /// When the earlier of the two frames was taken.
    pub(crate) start: Duration,
    pub(crate) length: Duration,
}

/// At least one interval, so at least two frames.
pub(crate) struct Intervals {
    in_order: Vec<Interval>,
    sorted: Vec<Duration>,
}

impl Intervals {
    /// None if there are fewer than two frames. `times` are in order.
    pub(crate) fn of(times: &[Duration]) -> Option<Self> {
        let in_order: Vec<Interval> = times
            .windows(2)
            .map(|pair| Interval { start: pair[0], length: pair[1].saturating_sub(pair[0]) })
            .collect();
        let mut sorted: Vec<Duration> = in_order.iter().map(|interval| interval.length).collect();
        sorted.sort_unstable();
        (!sorted.is_empty()).then_some(Self { in_order, sorted })
    }

    pub(crate) fn shortest(&self) -> Duration {
        self.sorted[0]
    }

    pub(crate) fn longest(&self) -> Duration {
        self.sorted[self.sorted.len() - 1]
    }

    pub(crate) fn median(&self) -> Duration {
        self.sorted[self.sorted.len() / 2]
    }

    /// The last frame is shown as long as most others are.
    pub(crate) fn duration(&self) -> Duration {
        self.between_first_and_last() + self.median()
    }

    /// Mean number of frames per second.
    #[expect(clippy::cast_precision_loss, reason = "nobody records 2^52 frames")]
    pub(crate) fn rate(&self) -> f64 {
        self.sorted.len() as f64 / self.between_first_and_last().as_secs_f64()
    }

    /// Where a frame is missing: the intervals that are clearly longer than
    /// most.
    pub(crate) fn gaps(&self) -> Vec<&Interval> {
        let limit = self.median() * 3 / 2;
        self.in_order.iter().filter(|interval| interval.length > limit).collect()
    }

    fn between_first_and_last(&self) -> Duration {
        self.sorted.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals(milliseconds: &[u64]) -> Intervals {
        let times: Vec<Duration> =
            milliseconds.iter().copied().map(Duration::from_millis).collect();
        Intervals::of(&times).unwrap()
    }

    #[test]
    fn fewer_than_two_frames_have_no_intervals() {
        assert!(Intervals::of(&[]).is_none());
        assert!(Intervals::of(&[Duration::from_secs(1)]).is_none());
    }

    #[test]
    fn a_steady_recording_has_no_gaps() {
        let steady = intervals(&[100, 140, 180, 220, 260]);
        assert!(steady.gaps().is_empty());
        assert_eq!(steady.shortest(), steady.longest());
        assert_eq!(steady.duration(), Duration::from_millis(200));
        assert!((steady.rate() - 25.0).abs() < 1e-9);
    }

    #[test]
    fn a_gap_is_longer_than_one_and_a_half_intervals() {
        let uneven = intervals(&[0, 40, 100, 140, 201, 241, 281]);
        let gaps = uneven.gaps();
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].start, Duration::from_millis(140));
        assert_eq!(gaps[0].length, Duration::from_millis(61));
        assert_eq!(uneven.longest(), gaps[0].length);
    }

    #[test]
    fn equal_times_are_intervals_of_nothing() {
        let stuck = intervals(&[5, 5, 5]);
        assert!(stuck.gaps().is_empty());
        assert_eq!(stuck.duration(), Duration::ZERO);
    }
}
