//! Fractions whose leading zeros were left out: C's `%d.%d` of seconds and
//! microseconds writes 5.000042 s as `5.42`.
//!
//! A shortest decimal writes 5.42 s the same way, so the stream has to tell: without
//! padding no fraction of several digits begins with 0, and one in ten ends with it; a
//! shortest decimal never ends with 0, and one in ten begins with it. Before either was
//! seen, the reading nearer to the time gone by on our clock is the right one. A
//! fraction of full length means the same both ways, so nothing has to be read again.

use super::number::Number;

/// What the fractions of one header were like so far.
#[derive(Debug, Default)]
pub struct Padding {
    longest: u8,
    leading_zero: bool,
    /// A fraction ended with 0 though others are longer or shorter.
    trailing_zero: bool,
    shorter: bool,
    last: Option<(i64, i128)>,
}

impl Padding {
    /// The number meant, in 10⁻⁹ of its unit, in a frame that arrived at `arrival` ns.
    pub fn read(&mut self, arrival: i64, number: &Number) -> i128 {
        let fraction = number.fraction;
        self.shorter |= self.longest > 0 && fraction.digits != self.longest;
        self.longest = self.longest.max(fraction.digits);
        self.leading_zero |= fraction.leads_with_zero;
        self.trailing_zero |= fraction.ends_with_zero;
        let short = fraction.digits > 0 && fraction.digits < self.longest;
        let value = if short && self.is_unpadded(arrival, number) {
            self.unpadded(number)
        } else {
            number.nanos
        };
        self.last = Some((arrival, value));
        value
    }

    fn is_unpadded(&self, arrival: i64, number: &Number) -> bool {
        match (self.leading_zero, self.trailing_zero && self.shorter) {
            (true, _) => false,
            (false, true) => true,
            (false, false) => {
                let Some((before, value)) = self.last else { return false };
                let expected = value + i128::from(arrival - before);
                expected.abs_diff(self.unpadded(number)) < expected.abs_diff(number.nanos)
            }
        }
    }

    /// Milli-, micro- or nanoseconds behind the point.
    fn unpadded(&self, number: &Number) -> i128 {
        number.unpadded(self.longest.div_ceil(3) * 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Are the times since the start read as they were meant?
    fn reads(write: impl Fn(i64) -> String) -> bool {
        let mut padding = Padding::default();
        (1..2000i64).all(|frame| {
            let microseconds = 5_312_007 + frame * 33_367;
            let number = Number::parse(write(microseconds).as_bytes()).unwrap();
            // The network's delay.
            let arrival = frame * 33_367_000 + frame * 7919 % 20_000_000;
            padding.read(arrival, &number) == i128::from(microseconds) * 1000
        })
    }

    #[test]
    fn both_ways_of_writing_short_fractions_are_told_apart() {
        assert!(reads(|us| format!("{}.{:06}", us / 1_000_000, us % 1_000_000)));
        assert!(reads(|us| format!("{}.{}", us / 1_000_000, us % 1_000_000)), "no padding");
        let shortest = |us: i64| {
            let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        assert!(reads(shortest), "shortest decimal");
    }
}
