//! Units and origins of clocks.

/// The unit in which a clock counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Unit {
    const ALL: [Self; 4] =
        [Self::Seconds, Self::Milliseconds, Self::Microseconds, Self::Nanoseconds];

    /// The unit in which `advance`, in 10⁻⁹ of it, is about `ours` nanoseconds. Units are
    /// 1000 apart, so anything within √1000 ≈ 31 of it is nearest to it.
    pub fn guess(advance: i128, ours: i64) -> Option<Self> {
        let ours = i128::from(ours);
        let near = |unit: &Self| {
            let advance = advance / unit.per_second();
            advance <= ours.saturating_mul(31) && advance.saturating_mul(31) >= ours
        };
        (ours > 0).then(|| Self::ALL.into_iter().find(near)).flatten()
    }

    /// `value`, in 10⁻⁹ of this unit, in nanoseconds.
    pub fn nanoseconds(self, value: i128) -> Option<i64> {
        i64::try_from(value / self.per_second()).ok()
    }

    /// Its symbol.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "us",
            Self::Nanoseconds => "ns",
        }
    }

    fn per_second(self) -> i128 {
        match self {
            Self::Seconds => 1,
            Self::Milliseconds => 1_000,
            Self::Microseconds => 1_000_000,
            Self::Nanoseconds => 1_000_000_000,
        }
    }
}

/// How sure it is where a clock counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The header does not say: the value has to.
    ByValue,
    /// From 1970 in UTC.
    Utc,
    /// The time of a zone that is not known, or of a clock that was never set.
    Local,
}

/// Where a clock counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// 1970-01-01 00:00:00 UTC.
    Epoch,
    /// 1970 too, but by a clock of an unknown zone or one that was never set.
    Local,
    /// The camera's start.
    Boot,
    /// The connection's start.
    Connection,
}

/// 2001-09-09, the first second of ten digits: before it there was hardly such a camera.
const EARLIEST: i64 = 1_000_000_000 * SECOND;
/// 2100-01-01.
const LATEST: i64 = 4_102_444_800 * SECOND;
/// A clock that shows less in the first frame was started for it.
const FRESH: i64 = 10 * SECOND;

const SECOND: i64 = 1_000_000_000;

impl Origin {
    /// By the time, in ns, that the clock showed first.
    pub fn of(basis: Basis, first: i64) -> Self {
        match basis {
            Basis::Utc => Self::Epoch,
            Basis::Local => Self::Local,
            Basis::ByValue if (EARLIEST..LATEST).contains(&first) => Self::Epoch,
            Basis::ByValue if first < FRESH => Self::Connection,
            Basis::ByValue => Self::Boot,
        }
    }

    /// Its name in the statistics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Epoch => "since-1970",
            Self::Local => "local-time",
            Self::Boot => "since-boot",
            Self::Connection => "since-connection",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_known_by_its_advance() {
        use Unit::{Microseconds, Milliseconds, Nanoseconds, Seconds};
        for (advance, milliseconds, expected) in [
            (0.333, 333, Some(Seconds)),
            (0.333, 400, Some(Seconds)),
            (333.0, 333, Some(Milliseconds)),
            (333_000.0, 333, Some(Microseconds)),
            (333_000_000.0, 333, Some(Nanoseconds)),
            (333e9, 333, None),
            (0.001, 333, None),
            (0.3, 0, None),
            (0.0, 333, None),
            (-0.3, 333, None),
        ] {
            #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
            let advance = (advance * 1e9) as i128;
            assert_eq!(Unit::guess(advance, milliseconds * 1_000_000), expected, "{advance}");
        }
    }

    #[test]
    fn an_origin_is_known_by_the_first_time() {
        for (basis, seconds, expected) in [
            (Basis::ByValue, 1_757_408_620, Origin::Epoch),
            (Basis::ByValue, 184_659, Origin::Boot),
            (Basis::ByValue, 0, Origin::Connection),
            (Basis::ByValue, 5_000_000_000, Origin::Boot),
            (Basis::Utc, 784_111_777, Origin::Epoch),
            (Basis::Local, 1_757_408_620, Origin::Local),
        ] {
            assert_eq!(Origin::of(basis, seconds * SECOND), expected, "{seconds}");
        }
    }
}
