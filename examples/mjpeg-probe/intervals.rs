//! Rate and jitter from the times of arrival.

use std::time::Duration;

/// What the intervals between pictures are like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Intervals {
    /// Pictures per second.
    pub(crate) rate: f64,
    pub(crate) shortest: Duration,
    pub(crate) longest: Duration,
    /// Standard deviation.
    pub(crate) jitter: Duration,
}

impl Intervals {
    /// `None` for fewer than three pictures.
    pub(crate) fn between(arrivals: &[Duration]) -> Option<Self> {
        let intervals: Vec<_> =
            arrivals.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
        let (shortest, longest) = (*intervals.iter().min()?, *intervals.iter().max()?);
        let total: Duration = intervals.iter().sum();
        if intervals.len() < 2 || total.is_zero() {
            return None;
        }
        let count = f64::from(u32::try_from(intervals.len()).ok()?);
        let mean = total.as_secs_f64() / count;
        let square = |interval: &Duration| (interval.as_secs_f64() - mean).powi(2);
        let variance = intervals.iter().map(square).sum::<f64>() / count;
        let jitter = Duration::from_secs_f64(variance.sqrt());
        Some(Self { rate: 1.0 / mean, shortest, longest, jitter })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_jitter_of_known_intervals() {
        let ms = Duration::from_millis;
        let found = Intervals::between(&[ms(0), ms(30), ms(80), ms(120)]).unwrap();
        assert!((found.rate - 25.0).abs() < 1e-9);
        assert_eq!((found.shortest, found.longest), (ms(30), ms(50)));
        assert!((found.jitter.as_secs_f64() - 0.008_164_966).abs() < 1e-6);
        assert_eq!(Intervals::between(&[ms(0), ms(30)]), None);
    }
}
