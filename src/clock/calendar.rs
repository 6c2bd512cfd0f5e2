//! Dates as cameras write them, to seconds since 1970.
//!
//! Days of the proleptic Gregorian calendar are counted by `days_from_civil` of Howard
//! Hinnant's "chrono-Compatible Low-Level Date Algorithms": the year begins in March, so
//! that the leap day is its last, and 400 years have 146 097 days.

use super::number::Number;

/// A time of day on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// Seconds since 1970, in UTC if `zoned`, else in the camera's own time.
    pub number: Number,
    /// The zone is known.
    pub zoned: bool,
}

/// ISO 8601 with or without fraction and zone: `2013-03-15T10:51:44.314+04:00`.
pub fn iso(text: &[u8]) -> Option<Date> {
    let (civil, rest) = Civil::read(b"YYYY-MM-DD?hh:mm:ss", text)?;
    let digits = match rest.first() {
        Some(b'.' | b',') => rest[1..].iter().take_while(|b| b.is_ascii_digit()).count(),
        _ => 0,
    };
    let (fraction, zone) = if digits > 0 { rest.split_at(digits + 1) } else { (&[][..], rest) };
    let shift = zone_seconds(zone.trim_ascii())?;
    let seconds = civil.seconds()? - i128::from(shift.unwrap_or(0));
    let digits = u8::try_from(digits.min(9)).ok()?;
    let value = fraction.iter().skip(1).take(9).fold(0, |sum, b| 10 * sum + i128::from(b - b'0'));
    Some(Date { number: Number::new(seconds, value, digits), zoned: shift.is_some() })
}

/// RFC 1123 as HTTP writes it (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn rfc1123(text: &[u8]) -> Option<Date> {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let (civil, rest) = Civil::read(b"???, DD ??? YYYY hh:mm:ss", text)?;
    let month = MONTHS.chunks(3).position(|name| text[8..11].eq_ignore_ascii_case(name))?;
    let civil = Civil { month: i64::try_from(month).ok()? + 1, ..civil };
    let zoned = matches!(rest.trim_ascii(), b"GMT" | b"UTC" | b"+0000");
    Some(Date { number: Number::new(civil.seconds()?, 0, 0), zoned })
}

/// D-Link DCS and relatives, with their flags behind: `03-28-2025 12:32:19 AM IO_0 …`.
pub fn dlink(text: &[u8]) -> Option<Date> {
    let (civil, rest) = Civil::read(b"MM-DD-YYYY hh:mm:ss", text)?;
    let half = match rest.get(..3)? {
        b" AM" => 0,
        b" PM" => 12,
        _ => return None,
    };
    let civil = Civil { hour: civil.hour % 12 + half, ..civil };
    Some(Date { number: Number::new(civil.seconds()?, 0, 0), zoned: false })
}

/// Sony SNC: `2004-05-18 Tue 10:13:05`.
pub fn sony(text: &[u8]) -> Option<Date> {
    let (civil, _) = Civil::read(b"YYYY-MM-DD ??? hh:mm:ss", text)?;
    Some(Date { number: Number::new(civil.seconds()?, 0, 0), zoned: false })
}

#[derive(Debug, Clone, Copy)]
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    /// Reads `text` along a pattern: a letter of `YMDhms` is a digit of that number, `?`
    /// any character, all else itself. Also gives what stands behind.
    fn read<'a>(pattern: &[u8], text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (front, rest) = text.split_at_checked(pattern.len())?;
        // What has no number in the pattern is the first of its kind.
        let mut civil = Self { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
        for (&kind, &byte) in pattern.iter().zip(front) {
            let number = match kind {
                b'Y' => &mut civil.year,
                b'M' => &mut civil.month,
                b'D' => &mut civil.day,
                b'h' => &mut civil.hour,
                b'm' => &mut civil.minute,
                b's' => &mut civil.second,
                b'?' => continue,
                _ if kind == byte => continue,
                _ => return None,
            };
            *number = 10 * *number + i64::from((byte as char).to_digit(10)?);
        }
        Some((civil, rest))
    }

    fn seconds(self) -> Option<i128> {
        let sane = (1..=12).contains(&self.month)
            && (1..=31).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second <= 60;
        let time = (self.hour * 60 + self.minute) * 60 + self.second;
        sane.then(|| i128::from(self.days() * 86_400 + time))
    }

    /// Days since 1970-01-01.
    fn days(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        let day = (153 * ((self.month + 9) % 12) + 2) / 5 + self.day - 1;
        era * 146_097 + year * 365 + year / 4 - year / 100 + day - 719_468
    }
}

/// Seconds east of Greenwich; the inner `None` if no zone is given.
#[expect(clippy::option_option, reason = "none, unknown and known differ")]
fn zone_seconds(zone: &[u8]) -> Option<Option<i64>> {
    let sign = match zone.first() {
        None => return Some(None),
        Some(b'Z' | b'z') if zone.len() == 1 => return Some(Some(0)),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let patterns: [&[u8]; 3] = [b"?hh:mm", b"?hhmm", b"?hh"];
    let read = |pattern: &&[u8]| Civil::read(pattern, zone).filter(|(_, rest)| rest.is_empty());
    let (offset, _) = patterns.iter().find_map(read)?;
    Some(Some(sign * (offset.hour * 60 + offset.minute) * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nanos(date: Option<Date>) -> Option<(i128, bool)> {
        date.map(|date| (date.number.nanos, date.zoned))
    }

    /// Reader, text, and nanoseconds since 1970 with whether the zone is known.
    type Row = (fn(&[u8]) -> Option<Date>, &'static str, Option<(i128, bool)>);

    /// `date -u -d "…" +%s` gave the seconds.
    #[test]
    fn dates_are_seconds_since_1970() {
        let rows: [Row; 19] = [
            (iso, "1970-01-01T00:00:00Z", Some((0, true))),
            (iso, "2013-03-15T10:51:44.314+04:00", Some((1_363_330_304_314_000_000, true))),
            (iso, "2013-03-15T10:51:44.314+0400", Some((1_363_330_304_314_000_000, true))),
            (iso, "2013-03-15 10:51:44-01", Some((1_363_348_304_000_000_000, true))),
            (iso, "2000-02-29T23:59:59", Some((951_868_799_000_000_000, false))),
            (iso, "2024-12-31T23:59:60.5Z", Some((1_735_689_600_500_000_000, true))),
            (iso, "1969-12-31T23:59:59Z", Some((-1_000_000_000, true))),
            (iso, "2013-13-15T10:51:44Z", None),
            (iso, "2013-03-15T10:51:44 CET", None),
            (iso, "2013-03-15", None),
            (rfc1123, "Sun, 06 Nov 1994 08:49:37 GMT", Some((784_111_777_000_000_000, true))),
            (rfc1123, "Sun, 06 Foo 1994 08:49:37 GMT", None),
            (rfc1123, "Sun, 06 Nov 1994", None),
            (
                dlink,
                "03-28-2025 12:32:19 AM IO_00000000_PT_191_010",
                Some((1_743_121_939_000_000_000, false)),
            ),
            (dlink, "03-28-2025 12:32:19 PM IO_0", Some((1_743_165_139_000_000_000, false))),
            (dlink, "03-28-2025 01:32:19 PM", Some((1_743_168_739_000_000_000, false))),
            (dlink, "03-28-2025 01:32:19", None),
            (sony, "2004-05-18 Tue 10:13:05", Some((1_084_875_185_000_000_000, false))),
            (sony, "2004-05-18 10:13:05", None),
        ];
        for (read, text, expected) in rows {
            assert_eq!(nanos(read(text.as_bytes())), expected, "{text}");
        }
    }

    #[test]
    fn every_day_of_800_years_follows_the_one_before() {
        let lengths = |year: i64| {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            [31, 28 + i64::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        };
        let mut expected = -134_774; // 1601-01-01, as Windows knows it
        for year in 1601..2401 {
            for (month, length) in (1..).zip(lengths(year)) {
                for day in 1..=length {
                    let civil = Civil { year, month, day, hour: 0, minute: 0, second: 0 };
                    assert_eq!(civil.days(), expected, "{civil:?}");
                    expected += 1;
                }
            }
        }
    }
}
