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
    /// this machine, `13:05` for today, or `now`. The earlier one where the clocks show it
    /// twice; the moment of the change where they skip it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        moments(text, &glib::TimeZone::local()).map(|(earlier, _)| earlier)
    }

    /// The same, but for the later one where the clocks show it twice.
    pub(crate) fn parse_later(text: &str) -> Result<Self, &'static str> {
        moments(text, &glib::TimeZone::local()).map(|(_, later)| later)
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

/// The moments that a text can mean, the earlier one first.
fn moments(text: &str, zone: &glib::TimeZone) -> Result<(Time, Time), &'static str> {
    const EXPECTED: &str = "a time looks like 2026-11-22T13:05:00Z, '2026-11-22 13:05', 13:05 \
                            or now";
    let text = text.trim();
    if text == "now" {
        let now = Time::now();
        return Ok((now, now));
    }
    let day = || Some(glib::DateTime::now(zone).ok()?.format("%Y-%m-%d").ok()?.to_string());
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
    let read = |zone: glib::TimeZone| {
        glib::DateTime::from_iso8601(&whole, Some(&zone)).map_err(|_| EXPECTED)
    };
    let shown = read(glib::TimeZone::utc())?;
    let time = |seconds| Time(seconds * 1000 + i64::from(shown.microsecond() / 1000));
    // A time with a zone of its own is the same in each.
    if read(glib::TimeZone::new(Some("+01:00")))?.to_unix() == shown.to_unix() {
        return Ok((time(shown.to_unix()), time(shown.to_unix())));
    }
    let (earlier, later) = when_shown(shown.to_unix(), zone);
    Ok((time(earlier), time(later)))
}

/// When the clocks of a zone show a time, first and last, in seconds since 1970. `shown` is
/// when those of UTC do. For a time that is skipped it is the moment of the change.
fn when_shown(shown: i64, zone: &glib::TimeZone) -> (i64, i64) {
    const DAY: i64 = 24 * 60 * 60;
    let offset = |at| i64::from(zone.offset(zone.find_interval(glib::TimeType::Universal, at)));
    let before = offset(shown - DAY);
    let mut found = [shown - before, shown - offset(shown + DAY)];
    found.sort_unstable();
    let [earlier, later] = found;
    match found.map(|at| at + offset(at) == shown) {
        [true, true] => (earlier, later),
        [true, false] => (earlier, earlier),
        [false, true] => (later, later),
        [false, false] => {
            let (mut start, mut end) = (earlier, later);
            while end - start > 1 {
                let middle = start + (end - start) / 2;
                if offset(middle) == before { start = middle } else { end = middle }
            }
            (end, end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_comes_twice_is_two_and_one_that_is_skipped_is_the_change() {
        const BERLIN: &str = "CET-1CEST,M3.5.0/2,M10.5.0/3";
        const LONDON: &str = "GMT0BST,M3.5.0/1,M10.5.0/2";
        const NEW_YORK: &str = "EST5EDT,M3.2.0/2,M11.1.0/2";
        for (zone, text, earlier, later) in [
            (BERLIN, "2026-10-25 01:59", "2026-10-24T23:59:00Z", "2026-10-24T23:59:00Z"),
            (BERLIN, "2026-10-25 02:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
            (BERLIN, "2026-10-25 02:30:00.5", "2026-10-25T00:30:00.5Z", "2026-10-25T01:30:00.5Z"),
            (BERLIN, "2026-10-25 03:00", "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"),
            (BERLIN, "2026-10-25T02:30+01:00", "2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z"),
            (BERLIN, "2026-10-25T02:30Z", "2026-10-25T02:30:00Z", "2026-10-25T02:30:00Z"),
            (BERLIN, "2026-03-29 01:59", "2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z"),
            (BERLIN, "2026-03-29 02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
            (BERLIN, "2026-03-29 03:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
            (LONDON, "2026-10-25 01:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            (LONDON, "2026-11-22 12:00", "2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z"),
            (NEW_YORK, "2026-11-01 01:30", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"),
            (NEW_YORK, "2026-03-08 02:30", "2026-03-08T07:00:00Z", "2026-03-08T07:00:00Z"),
        ] {
            let expected = [earlier, later].map(|text| Time::parse(text).expect(text));
            let zone = glib::TimeZone::new(Some(zone));
            assert_eq!(moments(text, &zone), Ok(expected.into()), "{text}");
        }
    }

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
