//! How long a camera asks to be left alone (`Retry-After`, RFC 9110 §10.2.3).

use std::time::Duration;

use ureq::http::{HeaderMap, header};

/// No camera is left alone for longer, whatever it asks.
const LONGEST: Duration = Duration::from_secs(3600);

/// Only the form in seconds: cameras that know a date are rare, and their clock may be
/// wrong.
pub(crate) fn of(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs).map(|time| time.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_seconds_count_and_not_too_many() {
        for (value, expected) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("99999999", Some(3600)),
            ("-1", None),
            ("Fri, 31 Dec 1999 23:59:59 GMT", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            assert_eq!(of(&headers), expected.map(Duration::from_secs), "{value}");
        }
    }
}
