//! Moments, in milliseconds since 1970 (UTC), as the index has them and people write them.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment by the clock of this machine, unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub(crate) i64);

impl Time {
    pub(crate) fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// As people write them: `2026-11-22T13:05:00Z`, `2026-11-22 13:05` in the time zone of
    /// this machine, `13:05` for today, or `now`.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "a time looks like 2026-11-22T13:05:00Z, '2026-11-22 13:05', 13:05 \
                                or now";
        let text = text.trim();
        if text == "now" {
            return Ok(Self::now());
        }
        let zone = glib::TimeZone::local();
        let day = || Some(glib::DateTime::now(&zone).ok()?.format("%Y-%m-%d").ok()?.to_string());
        let mut whole = text.replacen(' ', "T", 1);
        if !whole.contains('T') {
            // A day alone has no colon.
            whole = if whole.contains(':') {
                format!("{}T{whole}", day().ok_or(EXPECTED)?)
            } else {
                format!("{whole}T00:00:00")
            };
        }
        // GLib asks for the seconds.
        let minutes = whole.find('T').map_or(0, |at| at + "T13:05".len());
        if whole.get(minutes..).is_some_and(|rest| !rest.starts_with(':')) {
            whole.insert_str(minutes, ":00");
        }
        let time = glib::DateTime::from_iso8601(&whole, Some(&zone)).map_err(|_| EXPECTED)?;
        Ok(Self(time.to_unix() * 1000 + i64::from(time.microsecond() / 1000)))
    }

    pub(crate) fn plus(self, time: Duration) -> Self {
        Self(self.0.saturating_add(millis(time)))
    }

    pub(crate) fn minus(self, time: Duration) -> Self {
        Self(self.0.saturating_sub(millis(time)))
    }

    /// Zero if the other one is later.
    pub(crate) fn since(self, other: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(other.0)).unwrap_or(0))
    }

    /// By the pattern of `g_date_time_format()`, in UTC. The calendar goes to the year 9999.
    pub(crate) fn format(self, pattern: &str) -> String {
        let date = glib::DateTime::from_unix_utc(self.0.div_euclid(1000));
        let text = date.and_then(|date| date.format(pattern));
        text.map_or_else(|_| "9999-12-31".into(), Into::into)
    }

    /// Of the second.
    pub(crate) fn milliseconds(self) -> i64 {
        self.0.rem_euclid(1000)
    }
}

impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Self {
        // A clock before 1970 has not been set.
        Self::from(time.duration_since(UNIX_EPOCH).unwrap_or_default())
    }
}

/// Since 1970.
impl From<Duration> for Time {
    fn from(time: Duration) -> Self {
        Self(millis(time))
    }
}

/// RFC 3339, in UTC, to the millisecond.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}Z", self.format("%Y-%m-%dT%H:%M:%S"), self.milliseconds())
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let noon = Time::parse("2026-11-22T12:00:00Z").expect("a time");
        assert_eq!(noon, Time(1_795_348_800_000));
        assert_eq!(noon.to_string(), "2026-11-22T12:00:00.000Z");
        for same in ["2026-11-22T12:00Z", "2026-11-22T13:00:00+01:00", " 2026-11-22 12:00:00Z "] {
            assert_eq!(Time::parse(same), Ok(noon), "{same}");
        }
        let day = Duration::from_secs(24 * 60 * 60);
        for near in ["12:00", "12:00:30", "now"] {
            let time = Time::parse(near).expect(near);
            assert!(time.since(Time::now()) < day && Time::now().since(time) < day, "{near}");
        }
        for wrong in ["", "yesterday", "12", "2026-13-01", "25:00"] {
            assert!(Time::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn fractions_of_a_second_stay() {
        let time = Time(1_000_000_000_999);
        assert_eq!(time.to_string(), "2001-09-09T01:46:40.999Z");
        assert_eq!(Time::parse("2001-09-09T01:46:40.999Z"), Ok(time));
        assert_eq!(time.plus(Duration::from_millis(2)), Time(1_000_000_001_001));
        assert_eq!(time.since(Time(0)), Duration::from_millis(1_000_000_000_999));
        assert_eq!(Time(0).since(time), Duration::ZERO);
    }
}
