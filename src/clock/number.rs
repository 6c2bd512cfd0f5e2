//! A decimal number as it stands in a header, without a float: those have no
//! nanoseconds left for times since 1970.

/// Digits of nanoseconds.
const NANO: u8 = 9;
/// More digits than any time has.
const DIGITS: usize = 24;
/// Larger exponents than any time has.
const EXPONENT: u32 = 20;

/// A number that is not negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// In 10⁻⁹ of the written unit; what is smaller is cut off.
    pub nanos: i128,
    /// What stands behind the point.
    pub fraction: Fraction,
}

/// The digits behind the point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fraction {
    /// How many.
    pub digits: u8,
    /// Read as a whole number.
    pub value: i128,
    /// The first of several is 0.
    pub leads_with_zero: bool,
    /// The last of several is 0.
    pub ends_with_zero: bool,
}

impl Number {
    /// `12`, `12.5`, `12.000042`, `1e-05`. `None` for text, signs, thousands marks, two
    /// points, and numbers no clock shows.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (mantissa, exponent) = split(text.trim_ascii(), |b| matches!(b, b'e' | b'E'));
        let (whole, behind) = split(mantissa, |b| b == b'.');
        let behind = behind.unwrap_or_default();
        let exponent =
            exponent.map_or(Some(0), |text| std::str::from_utf8(text).ok()?.parse().ok())?;
        let fits = whole.len() + behind.len() <= DIGITS && i32::unsigned_abs(exponent) <= EXPONENT;
        if whole.is_empty() || !fits {
            return None;
        }
        let fraction = Fraction::of(behind)?;
        let mantissa = digits(whole)? * power(fraction.digits) + fraction.value;
        let places = i32::from(NANO) + exponent - i32::from(fraction.digits);
        let power = 10i128.checked_pow(places.unsigned_abs())?;
        let nanos = if places < 0 { mantissa / power } else { mantissa.checked_mul(power)? };
        Some(Self { nanos, fraction })
    }

    /// Whole seconds and parts of a second, each written with as many digits.
    pub fn new(whole: i128, fraction: i128, digits: u8) -> Self {
        let nanos = whole * power(NANO) + fraction * power(NANO.saturating_sub(digits));
        Self { nanos, fraction: Fraction { digits, value: fraction, ..Fraction::default() } }
    }

    /// The number if the zeros behind its point were left out: `5.42` as 5.000042, where
    /// the fraction should have had `digits`, 1 to 9.
    pub fn unpadded(&self, digits: u8) -> i128 {
        let whole = self.nanos.div_euclid(power(NANO)) * power(NANO);
        whole + self.fraction.value * power(NANO.saturating_sub(digits))
    }
}

impl Fraction {
    /// `behind` are no more than [`DIGITS`].
    fn of(behind: &[u8]) -> Option<Self> {
        let several = behind.len() > 1;
        Some(Self {
            digits: u8::try_from(behind.len()).ok()?,
            value: digits(behind)?,
            leads_with_zero: several && behind.starts_with(b"0"),
            ends_with_zero: several && behind.ends_with(b"0"),
        })
    }
}

/// What stands before the first such byte, and what behind it.
fn split(text: &[u8], at: impl Fn(u8) -> bool) -> (&[u8], Option<&[u8]>) {
    let end = text.iter().position(|&b| at(b));
    end.map_or((text, None), |end| (&text[..end], Some(&text[end + 1..])))
}

/// The whole number of no more than [`DIGITS`]; 0 of none.
fn digits(text: &[u8]) -> Option<i128> {
    text.iter().try_fold(0, |value, digit| {
        digit.is_ascii_digit().then(|| 10 * value + i128::from(digit - b'0'))
    })
}

fn power(digits: u8) -> i128 {
    10i128.pow(digits.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_to_the_nanosecond() {
        for (text, expected) in [
            ("0.000000", Some(0)),
            ("184659.604338", Some(184_659_604_338_000)),
            ("1757408620.691116", Some(1_757_408_620_691_116_000)),
            ("1757408620.691116123", Some(1_757_408_620_691_116_123)),
            ("1757408620691116123", Some(1_757_408_620_691_116_123_000_000_000)),
            ("12", Some(12_000_000_000)),
            ("12.5", Some(12_500_000_000)),
            (" 0.152 ", Some(152_000_000)),
            ("1e-05", Some(10_000)),
            ("1.25E+2", Some(125_000_000_000)),
            ("1.0000000019", Some(1_000_000_001)),
            ("1e-30", None),
            ("1e999999999999", None),
            ("1e-2147483648", None),
            ("-1.5", None),
            ("+1", None),
            ("0.00.0.000000", None),
            ("1,234.5", None),
            ("Sat Jan 1", None),
            ("nan", None),
            ("9999999999999999999999999", None),
            ("", None),
            (".5", None),
            ("e5", None),
        ] {
            let nanos = Number::parse(text.as_bytes()).map(|number| number.nanos);
            assert_eq!(nanos, expected, "{text}");
        }
    }

    #[test]
    fn a_fraction_knows_its_digits() {
        let fraction = |text: &[u8]| Number::parse(text).unwrap().fraction;
        assert_eq!((fraction(b"5.42").digits, fraction(b"5.42").value), (2, 42));
        assert!(fraction(b"5.042").leads_with_zero && !fraction(b"5.0").leads_with_zero);
        assert!(fraction(b"5.420").ends_with_zero && !fraction(b"5.0").ends_with_zero);
    }

    #[test]
    fn zeros_left_out_are_put_back() {
        for (text, digits, expected) in [
            ("5.42", 6, 5_000_042_000),
            ("5.123456", 6, 5_123_456_000),
            ("5.7", 3, 5_007_000_000),
            ("5", 6, 5_000_000_000),
        ] {
            assert_eq!(Number::parse(text.as_bytes()).unwrap().unpadded(digits), expected);
        }
    }
}
