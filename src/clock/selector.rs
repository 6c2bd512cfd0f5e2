//! Which of a camera's clocks is used, and for what.
//!
//! Each of the [`SOURCES`] that appears on a connection has a [`Classifier`]. The first
//! usable one makes the PTS. The first one that counts from 1970 says when the frame was
//! taken in the world's time, be it the same or another: Kasa cameras send the time
//! since boot in microseconds and the time since 1970 in seconds.

use super::classification::Classification;
use super::classifier::Classifier;
use super::header::{ClockFields, ClockValue, Moment, SOURCES};
use super::unit::{Origin, Unit};

/// See the [module](self).
#[derive(Debug)]
pub struct ClockSelector {
    hasty: bool,
    classifiers: [Option<Classifier>; SOURCES.len()],
    used: Option<usize>,
}

/// The clocks of one frame. All numbers are nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// A clock is used, whether or not it has a time for this frame.
    pub used: bool,
    /// Another one than for the frame before, or none any more.
    pub changed: bool,
    /// When the frame was taken by the clock in use.
    pub camera: Option<i64>,
    /// From the frame before, by the clock in use; none where it has jumped.
    pub interval: Option<i64>,
    /// When the frame was taken, since 1970.
    pub unix: Option<i64>,
    /// A clock of the seconds since 1970 shows this; true are up to a second more.
    pub coarse_unix: Option<i64>,
}

/// What was found out about the camera's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SelectedClock {
    /// The header field; empty if there was none.
    pub header: &'static str,
    /// Where the clock counts from, or why it is not used.
    pub kind: &'static str,
    /// Symbol of its unit; empty if that is not known.
    pub unit: &'static str,
    /// `capture` or `sending`; empty without a clock.
    pub moment: &'static str,
    /// It makes the PTS.
    pub used: bool,
}

impl ClockSelector {
    /// See [`Classifier::new`].
    pub fn new(hasty: bool) -> Self {
        Self { hasty, classifiers: [const { None }; SOURCES.len()], used: None }
    }

    /// Takes in a frame that arrived at `arrival` ns with these fields.
    pub fn observe(&mut self, arrival: i64, fields: &ClockFields) -> Times {
        let mut times = [None; SOURCES.len()];
        for ((source, classifier), time) in
            SOURCES.iter().zip(&mut self.classifiers).zip(&mut times)
        {
            let value = source.read(fields);
            if value != ClockValue::Missing {
                let classifier =
                    classifier.get_or_insert_with(|| Classifier::new(self.hasty, arrival));
                *time = classifier.observe(arrival, &value);
            }
        }
        let before = self.used;
        self.used = self.find(|classifier| classifier.classification() == Classification::Usable);
        let of_1970 = |classifier: &Classifier, classification| {
            classifier.classification() == classification
                && classifier.origin() == Some(Origin::Epoch)
        };
        let fine = self.find(|classifier| of_1970(classifier, Classification::Usable));
        let coarse = self.find(|classifier| of_1970(classifier, Classification::Coarse));
        let shown = |index: usize| self.classifiers[index].as_ref()?.time();
        Times {
            used: self.used.is_some(),
            changed: before.is_some() && before != self.used,
            camera: self.used.and_then(|index| times[index]),
            interval: self.used.and_then(|index| self.classifiers[index].as_ref()?.interval()),
            unix: fine.and_then(|index| times[index]),
            coarse_unix: coarse.and_then(shown),
        }
    }

    /// The clock in use; without one, the one that would be if it were any good.
    pub fn selected(&self) -> SelectedClock {
        let told = |index: usize| Some((&SOURCES[index], self.classifiers[index].as_ref()?));
        let index = self.used.or_else(|| self.find(|_| true));
        let Some((source, classifier)) = index.and_then(told) else {
            return SelectedClock { kind: "none", ..SelectedClock::default() };
        };
        let origin = classifier.origin().map_or("", Origin::name);
        SelectedClock {
            header: source.name,
            kind: if self.used.is_some() { origin } else { classifier.classification().name() },
            unit: classifier.unit().map_or("", Unit::symbol),
            moment: match source.moment {
                Moment::Capture => "capture",
                Moment::Sending => "sending",
            },
            used: self.used.is_some(),
        }
    }

    fn find(&self, is: impl Fn(&Classifier) -> bool) -> Option<usize> {
        self.classifiers.iter().position(|classifier| classifier.as_ref().is_some_and(&is))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    /// The selector after four seconds at 25 fps, and the last frame's times.
    fn after(lines: impl Fn(i64) -> String) -> (SelectedClock, Times) {
        let mut selector = ClockSelector::new(false);
        let mut times = None;
        for frame in 0..100 {
            let text = lines(40 * frame);
            let lines = text.lines().filter_map(|line| line.split_once(": "));
            let fields =
                ClockFields::of(lines.map(|(name, value)| (name.as_bytes(), value.as_bytes())));
            times = Some(selector.observe(40 * frame * MS, &fields));
        }
        (selector.selected(), times.unwrap())
    }

    type Lines<'a> = &'a dyn Fn(i64) -> String;
    /// Lines over ms, the words of the selected clock, and the last frame's times in ms.
    type Row<'a> = (Lines<'a>, [&'static str; 4], Option<i64>, Option<i64>, Option<i64>);

    const BOOT: i64 = 77_000;
    const EPOCH: i64 = 1_757_408_620_000;

    #[test]
    fn the_best_usable_clock_is_used() {
        let s = |ms: i64| format!("{}.{:03}000", ms / 1000, ms % 1000);
        // The last frame was taken 3960 ms behind the first.
        let rows: [Row; 10] = [
            (&|_| String::new(), ["", "none", "", ""], None, None, None),
            (
                &|ms| format!("X-Timestamp: {}", s(BOOT + ms)),
                ["X-Timestamp", "since-boot", "s", "capture"],
                Some(BOOT + 3960),
                None,
                None,
            ),
            (
                &|ms| format!("X-Timestamp: {}", EPOCH + ms),
                ["X-Timestamp", "since-1970", "ms", "capture"],
                Some(EPOCH + 3960),
                Some(EPOCH + 3960),
                None,
            ),
            (
                &|ms| format!("X-Timestamp: {}", 1000 * ms),
                ["X-Timestamp", "since-connection", "us", "capture"],
                Some(3960),
                None,
                None,
            ),
            (
                &|ms| format!("X-Timestamp: {}\nX-UtcTime: {}", s(BOOT + ms), (EPOCH + ms) / 1000),
                ["X-Timestamp", "since-boot", "s", "capture"],
                Some(BOOT + 3960),
                None,
                Some(EPOCH + 3000),
            ),
            (
                &|ms| {
                    format!(
                        "X-Cam-Capture-Monotonic-Us: {}\nX-Cam-Capture-Epoch-Ms: {}",
                        1000 * (BOOT + ms),
                        EPOCH + ms
                    )
                },
                ["X-Cam-Capture-Monotonic-Us", "since-boot", "us", "capture"],
                Some(BOOT + 3960),
                Some(EPOCH + 3960),
                None,
            ),
            (
                &|ms| format!("X-Cam-Capture-Epoch-Ms: {}\nX-Cam-Clock-Synced: 0", EPOCH + ms),
                ["X-Cam-Capture-Epoch-Ms", "local-time", "ms", "capture"],
                Some(EPOCH + 3960),
                None,
                None,
            ),
            (
                &|ms| {
                    format!("X-Timestamp: {}\nX-UStreamer-Latency: 0.100000", s(EPOCH + ms + 100))
                },
                ["X-UStreamer-Latency", "since-1970", "s", "capture"],
                Some(EPOCH + 3960),
                Some(EPOCH + 3960),
                None,
            ),
            (
                &|ms| format!("X-Timestamp: {}\nX-UStreamer-Latency: -", s(EPOCH + ms)),
                ["X-Timestamp", "since-1970", "s", "sending"],
                Some(EPOCH + 3960),
                Some(EPOCH + 3960),
                None,
            ),
            (
                &|_| "X-Timestamp: 0.000000".into(),
                ["X-Timestamp", "constant", "", "capture"],
                None,
                None,
                None,
            ),
        ];
        for (lines, [header, kind, unit, moment], camera, unix, coarse) in rows {
            let (selected, times) = after(lines);
            let used = camera.is_some();
            let expected = SelectedClock { header, kind, unit, moment, used };
            assert_eq!(selected, expected, "{}", lines(0));
            let milliseconds = [times.camera, times.unix, times.coarse_unix]
                .map(|time| time.map(|time| time / MS));
            assert_eq!(milliseconds, [camera, unix, coarse], "{}", lines(0));
        }
    }

    #[test]
    fn a_part_without_the_header_has_no_time_and_changes_nothing() {
        let lines = |ms: i64| {
            if ms % 200 == 0 { String::new() } else { format!("X-Capture-Us: {}", 1000 * ms) }
        };
        assert_eq!(after(lines).0.header, "X-Capture-Us");
    }
}
