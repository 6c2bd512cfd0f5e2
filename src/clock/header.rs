//! The camera's time, from the head of a part.

use std::time::Duration;

/// The header field that mjpg-streamer made common.
pub const X_TIMESTAMP: &str = "X-Timestamp";

/// Seconds with a fraction, as in `X-Timestamp: 184659.604338`. `None` for anything
/// else: text, negative numbers, or more than a `Duration` holds.
pub fn seconds(value: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    // Not as a float: it has no nanoseconds left for times since 1970.
    let nanoseconds = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanoseconds = nanoseconds.fold(0, |sum, digit| 10 * sum + u32::from(digit - b'0'));
    Some(Duration::new(whole.parse().ok()?, nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_to_the_nanosecond() {
        for (text, expected) in [
            ("0.000000", Some(Duration::ZERO)),
            ("184659.604338", Some(Duration::new(184_659, 604_338_000))),
            ("1757408620.691116", Some(Duration::new(1_757_408_620, 691_116_000))),
            ("12", Some(Duration::from_secs(12))),
            ("12.5", Some(Duration::from_millis(12_500))),
            ("1.0000000019", Some(Duration::new(1, 1))),
            ("-1.5", None),
            ("0.00.0.000000", None),
            ("Sat Jan 1", None),
            ("99999999999999999999", None),
            ("", None),
            (".5", None),
        ] {
            assert_eq!(seconds(text.as_bytes()), expected, "{text}");
        }
    }
}
