//! Delays for tests, as good as random.

/// From −20 to 20 ms, in nanoseconds: Knuth's multiplier, twice.
pub(super) fn noise(number: i64) -> i64 {
    const MULTIPLIER: u64 = 6_364_136_223_846_793_005;
    let mixed = u64::from_ne_bytes(number.to_ne_bytes()).wrapping_mul(MULTIPLIER);
    let mixed = (mixed ^ mixed >> 32).wrapping_mul(MULTIPLIER);
    i64::try_from((mixed >> 40) % 40_001).unwrap_or(0) * 1000 - 20_000_000
}
