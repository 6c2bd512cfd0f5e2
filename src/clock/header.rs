//! The camera's time, from the head of a part: which header fields there are and how
//! each is written. What they count — and for most of them in which unit — is not in
//! their names; [`classifier`](super::classifier) finds it out.

use super::calendar::{self, Date};
use super::number::Number;
use super::unit::{Basis, Unit};

/// A header field that has to do with time; the index into [`NAMES`].
#[derive(Debug, Clone, Copy)]
enum Name {
    Timestamp,
    TimestampMs,
    FrameTimestamp,
    FrameTime,
    Time,
    UtcTime,
    CaptureUs,
    CamMonotonicUs,
    CamEpochMs,
    CamSynced,
    UStreamerGrab,
    UStreamerLatency,
    Axis,
    CamTim,
    Date,
}

const NAMES: [&str; 15] = [
    "X-Timestamp",
    "X-Timestamp-Ms",
    "X-Frame-Timestamp",
    "X-Frame-Time",
    "X-Time",
    "X-UtcTime",
    "X-Capture-Us",
    "X-Cam-Capture-Monotonic-Us",
    "X-Cam-Capture-Epoch-Ms",
    "X-Cam-Clock-Synced",
    "X-UStreamer-Grab-Begin-Time",
    "X-UStreamer-Latency",
    "x-axis-dvr-frame-time",
    "CamTim",
    "Date",
];

/// The values of the fields that have to do with time, of one part.
#[derive(Debug, Default)]
pub struct ClockFields<'a>([Option<&'a [u8]>; NAMES.len()]);

impl<'a> ClockFields<'a> {
    /// Picks them out of name and value of each line. The first of several counts.
    pub fn of(lines: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let mut this = Self::default();
        for (name, value) in lines {
            let index = NAMES.iter().position(|known| known.as_bytes().eq_ignore_ascii_case(name));
            if let Some(place) = index.map(|index| &mut this.0[index]) {
                place.get_or_insert(value);
            }
        }
        this
    }

    fn get(&self, name: Name) -> Option<&'a [u8]> {
        self.0[name as usize]
    }
}

/// The moment in a frame's life that a clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It was taken.
    Capture,
    /// It was sent: what it waited for in the camera is jitter.
    Sending,
}

/// What one header field of one part says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockValue {
    /// It is not there.
    Missing,
    /// No time can be read from it.
    Text,
    /// A time.
    Time {
        /// As written.
        number: Number,
        /// Its unit, where the header's name or format says it.
        unit: Option<Unit>,
        /// Where it counts from.
        basis: Basis,
    },
}

/// One place where cameras write times.
pub struct Source {
    /// The header field, as its maker writes it.
    pub name: &'static str,
    /// What its time is the time of.
    pub moment: Moment,
    read: fn(&ClockFields) -> ClockValue,
}

impl Source {
    /// What it says in a part with these fields.
    pub fn read(&self, fields: &ClockFields) -> ClockValue {
        (self.read)(fields)
    }
}

/// All of them, the best clock first: capture before sending, monotonic
/// clocks before those that are set, finer before coarser.
pub const SOURCES: [Source; 15] = [
    capture("X-UStreamer-Grab-Begin-Time", |f| seconds(f.get(Name::UStreamerGrab))),
    capture("X-Cam-Capture-Monotonic-Us", |f| microseconds(f.get(Name::CamMonotonicUs))),
    capture("X-Capture-Us", |f| microseconds(f.get(Name::CaptureUs))),
    capture("X-UStreamer-Latency", sent_minus_latency),
    capture("X-Frame-Timestamp", |f| number(f.get(Name::FrameTimestamp))),
    capture("X-Timestamp", |f| if of_ustreamer(f) { ClockValue::Missing } else { timestamp(f) }),
    capture("X-Cam-Capture-Epoch-Ms", set_clock),
    capture("X-Frame-Time", |f| number(f.get(Name::FrameTime))),
    capture("X-Timestamp-Ms", |f| milliseconds(f.get(Name::TimestampMs))),
    capture("X-Time", |f| number_or(f.get(Name::Time), calendar::iso)),
    capture("x-axis-dvr-frame-time", |f| hundredths(f.get(Name::Axis))),
    Source {
        name: "X-Timestamp",
        moment: Moment::Sending,
        read: |f| if of_ustreamer(f) { timestamp(f) } else { ClockValue::Missing },
    },
    capture("X-UtcTime", |f| seconds(f.get(Name::UtcTime))),
    capture("Date", |f| {
        date(f.get(Name::Date), |text| calendar::rfc1123(text).or_else(|| calendar::dlink(text)))
    }),
    capture("CamTim", |f| date(f.get(Name::CamTim), calendar::sony)),
];

const fn capture(name: &'static str, read: fn(&ClockFields) -> ClockValue) -> Source {
    Source { name, moment: Moment::Capture, read }
}

fn timestamp(fields: &ClockFields) -> ClockValue {
    number_or(fields.get(Name::Timestamp), calendar::iso)
}

/// ustreamer's X-Timestamp is the time of sending; so its other fields say, if it was
/// asked for them.
fn of_ustreamer(fields: &ClockFields) -> bool {
    fields.get(Name::UStreamerLatency).or(fields.get(Name::UStreamerGrab)).is_some()
}

/// Its latency reaches from the grabbing to the sending.
fn sent_minus_latency(fields: &ClockFields) -> ClockValue {
    let Some(latency) = fields.get(Name::UStreamerLatency) else { return ClockValue::Missing };
    let latency = Number::parse(latency);
    match (timestamp(fields), latency) {
        (ClockValue::Time { number, basis, .. }, Some(latency)) => {
            let number = Number { nanos: number.nanos - latency.nanos, ..number };
            ClockValue::Time { number, unit: Some(Unit::Seconds), basis }
        }
        (ClockValue::Missing, _) => ClockValue::Missing,
        _ => ClockValue::Text,
    }
}

/// Milliseconds since 1970, unless the camera says that its clock was never set.
fn set_clock(fields: &ClockFields) -> ClockValue {
    let unset = fields.get(Name::CamSynced) == Some(b"0");
    match milliseconds(fields.get(Name::CamEpochMs)) {
        ClockValue::Time { number, unit, .. } if unset => {
            ClockValue::Time { number, unit, basis: Basis::Local }
        }
        value => value,
    }
}

fn number(value: Option<&[u8]>) -> ClockValue {
    of_unit(value, None)
}

fn seconds(value: Option<&[u8]>) -> ClockValue {
    of_unit(value, Some(Unit::Seconds))
}

fn milliseconds(value: Option<&[u8]>) -> ClockValue {
    of_unit(value, Some(Unit::Milliseconds))
}

fn microseconds(value: Option<&[u8]>) -> ClockValue {
    of_unit(value, Some(Unit::Microseconds))
}

fn of_unit(value: Option<&[u8]>, unit: Option<Unit>) -> ClockValue {
    let Some(value) = value else { return ClockValue::Missing };
    let time = |number| ClockValue::Time { number, unit, basis: Basis::ByValue };
    Number::parse(value).map_or(ClockValue::Text, time)
}

/// Axis: seconds, a colon, and hundredths of a second.
fn hundredths(value: Option<&[u8]>) -> ClockValue {
    let Some(value) = value else { return ClockValue::Missing };
    let mut halves = value.splitn(2, |&b| b == b':').map(Number::parse);
    match (halves.next().flatten(), halves.next().flatten()) {
        (Some(whole), Some(part)) if part.nanos < 100_000_000_000 => {
            let (whole, part) = (whole.nanos / 1_000_000_000, part.nanos / 1_000_000_000);
            let number = Number::new(whole, part, 2);
            ClockValue::Time { number, unit: Some(Unit::Seconds), basis: Basis::ByValue }
        }
        _ => ClockValue::Text,
    }
}

fn number_or(value: Option<&[u8]>, read: fn(&[u8]) -> Option<Date>) -> ClockValue {
    match number(value) {
        ClockValue::Text => date(value, read),
        value => value,
    }
}

fn date(value: Option<&[u8]>, read: impl Fn(&[u8]) -> Option<Date>) -> ClockValue {
    let Some(value) = value else { return ClockValue::Missing };
    read(value).map_or(ClockValue::Text, |date| ClockValue::Time {
        number: date.number,
        unit: Some(Unit::Seconds),
        basis: if date.zoned { Basis::Utc } else { Basis::Local },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Basis::{ByValue, Local, Utc};
    use Unit::{Microseconds, Milliseconds, Seconds};

    type Expected = (&'static str, Moment, i128, Option<Unit>, Basis);

    /// The best source of a part with these lines.
    fn best(lines: &str) -> Option<Expected> {
        let fields = ClockFields::of(lines.lines().filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            Some((name.as_bytes(), value.as_bytes()))
        }));
        SOURCES.iter().find_map(|source| match source.read(&fields) {
            ClockValue::Time { number, unit, basis } => {
                Some((source.name, source.moment, number.nanos, unit, basis))
            }
            ClockValue::Missing | ClockValue::Text => None,
        })
    }

    #[test]
    fn every_format_that_cameras_use_is_read() {
        const S: i128 = 1_000_000_000;
        let capture = |name, nanos, unit, basis| Some((name, Moment::Capture, nanos, unit, basis));
        let timestamp = |nanos| capture("X-Timestamp", nanos, None, ByValue);
        for (lines, expected) in [
            ("X-Timestamp: 184659.604338", timestamp(184_659_604_338_000)),
            ("X-Timestamp: 0.000000", timestamp(0)),
            ("X-Timestamp: 1757408620.691116", timestamp(1_757_408_620_691_116_000)),
            ("X-Timestamp: 12.5", timestamp(12_500_000_000)),
            ("X-Timestamp: 1e-05", timestamp(10_000)),
            ("X-Timestamp: 1757408620691", timestamp(1_757_408_620_691 * S)),
            ("X-Timestamp: 33367", timestamp(33_367 * S)),
            ("X-Timestamp: 1.1\nX-Timestamp: 2.2", timestamp(1_100_000_000)),
            ("x-timestamp: 1.1", timestamp(1_100_000_000)),
            ("X-Timestamp: Sat Jan  1 12:00:00 2022", None),
            ("X-Timestamp: 0.00.0.000000", None),
            (
                "X-Timestamp: 2013-03-15T10:51:44.314+04:00",
                capture("X-Timestamp", 1_363_330_304_314_000_000, Some(Seconds), Utc),
            ),
            (
                "X-Time: 2013-03-15T10:51:44.314+04:00",
                capture("X-Time", 1_363_330_304_314_000_000, Some(Seconds), Utc),
            ),
            ("X-Timestamp: 0.152\nX-Time: 2013-03-15T10:51:44.314+04:00", timestamp(152_000_000)),
            ("X-Timestamp: 295528.317000\nX-UtcTime: 1690526144", timestamp(295_528_317_000_000)),
            (
                "X-UtcTime: 1690526144",
                capture("X-UtcTime", 1_690_526_144 * S, Some(Seconds), ByValue),
            ),
            (
                "X-Timestamp: 1757408620.7\nX-UStreamer-Latency: 0.09\nX-UStreamer-Grab-Begin-Time: 77.25",
                capture("X-UStreamer-Grab-Begin-Time", 77_250_000_000, Some(Seconds), ByValue),
            ),
            (
                "X-Timestamp: 1757408620.7\nX-UStreamer-Latency: 0.09",
                capture("X-UStreamer-Latency", 1_757_408_620_610_000_000, Some(Seconds), ByValue),
            ),
            (
                "X-Timestamp: 1757408620.7\nX-UStreamer-Latency: ?",
                Some(("X-Timestamp", Moment::Sending, 1_757_408_620_700_000_000, None, ByValue)),
            ),
            (
                "Date: 03-28-2025 12:32:19 AM IO_00000000_PT_191_010",
                capture("Date", 1_743_121_939 * S, Some(Seconds), Local),
            ),
            (
                "Date: Sun, 06 Nov 1994 08:49:37 GMT",
                capture("Date", 784_111_777 * S, Some(Seconds), Utc),
            ),
            (
                "CamTim: 2004-05-18 Tue 10:13:05",
                capture("CamTim", 1_084_875_185 * S, Some(Seconds), Local),
            ),
            (
                "x-axis-dvr-frame-time: 1003445674:23",
                capture("x-axis-dvr-frame-time", 1_003_445_674_230_000_000, Some(Seconds), ByValue),
            ),
            ("x-axis-dvr-frame-time: 1003445674:230", None),
            ("x-axis-dvr-frame-time: 1003445674", None),
            (
                "X-Frame-Timestamp: 1757408620.691116123",
                capture("X-Frame-Timestamp", 1_757_408_620_691_116_123, None, ByValue),
            ),
            (
                "X-Frame-Time: 1757408620.691\nX-Frame-Seq: 7",
                capture("X-Frame-Time", 1_757_408_620_691_000_000, None, ByValue),
            ),
            (
                "X-Timestamp-Ms: 1757408620691\nX-Frame-Id: 7",
                capture("X-Timestamp-Ms", 1_757_408_620_691 * S, Some(Milliseconds), ByValue),
            ),
            (
                "X-Cam-Capture-Epoch-Ms: 1757408620691\nX-Cam-Clock-Synced: 1",
                capture(
                    "X-Cam-Capture-Epoch-Ms",
                    1_757_408_620_691 * S,
                    Some(Milliseconds),
                    ByValue,
                ),
            ),
            (
                "X-Cam-Capture-Epoch-Ms: 5691\nX-Cam-Clock-Synced: 0",
                capture("X-Cam-Capture-Epoch-Ms", 5691 * S, Some(Milliseconds), Local),
            ),
            (
                "X-Cam-Capture-Epoch-Ms: 1757408620691\nX-Cam-Capture-Monotonic-Us: 5691000",
                capture("X-Cam-Capture-Monotonic-Us", 5_691_000 * S, Some(Microseconds), ByValue),
            ),
            (
                "X-Capture-Us: 5691000\nX-Encode-Us: 9000",
                capture("X-Capture-Us", 5_691_000 * S, Some(Microseconds), ByValue),
            ),
            ("X-Frame-Id: 7\nX-Framerate: 60\nX-Seq: 1", None),
        ] {
            assert_eq!(best(lines), expected, "{lines}");
        }
    }
}
