//! What kind of clock is it? One classifier listens to one header field of one connection.
//!
//! ```text
//!             0.3 s, agrees with ours                every 2 s: still so?
//! Watching ──────────────────────────▶ Usable ─────────────────────────────▶ …
//!     │                                   │ no                   ▲
//!     └── 0.7 s: Constant, Text, Coarse … ◀┘ ──── 2 s, then 4 s ──┘ it does now
//! ```
//!
//! Its advance is compared with ours over a window. Both are known up to the network's
//! jitter J, so they agree if `|Δours − Δcamera| ≤ J + ε·Δours`: strictly at first, so
//! that a simulation at another speed is not believed; generously after two seconds,
//! in which a stalled network may have been. A single jump is a clock that was set or a
//! camera that restarted, and the map's business; one jump after the other is a loop.

use super::classification::Classification;
use super::header::ClockValue;
use super::history::{History, Pair};
use super::padding::Padding;
use super::unit::{Basis, Origin, Unit};

const MS: i64 = 1_000_000;
/// A clock that agrees strictly is watched for so long before it is used …
const FIRST_LOOK: i64 = 300 * MS;
/// … and one that stands still for so long before it is said to.
const STILL: i64 = 700 * MS;
/// A used clock is looked at again each time so much has gone by.
const LONG_LOOK: i64 = 2_000 * MS;
/// A clock that failed has to be good for as long; one that failed again, for this.
const LONGEST_LOOK: i64 = 4_000 * MS;
/// Farther ahead than this from one frame to the next is a jump.
const AHEAD: i64 = 1_000 * MS;
/// Jumps nearer together than this are one after the other …
const CALM: i64 = 5_000 * MS;
/// … and so many of them are too many.
const JUMPS: u32 = 4;

/// See the [module](self).
#[derive(Debug)]
pub struct Classifier {
    hasty: bool,
    padding: Padding,
    classification: Classification,
    unit: Option<Unit>,
    /// Where the value's origin was told, and the value after the last jump.
    start: Option<(Basis, i128)>,
    look: i64,
    window: History,
    last: Option<Pair>,
    /// The value before that, if none of them has jumped.
    previous: Option<i128>,
    /// Arrival and offset when it was found to be usable.
    anchor: Option<(i64, i64)>,
    jumps: (u32, i64),
    /// Arrival of the last frame whose time was a new one, and frames since.
    idle: (i64, u32),
}

impl Classifier {
    /// A `hasty` one believes a clock when two frames show it to advance. The first
    /// frame with this header arrived at `arrival` ns.
    pub fn new(hasty: bool, arrival: i64) -> Self {
        Self {
            hasty,
            padding: Padding::default(),
            classification: Classification::Watching,
            unit: None,
            start: None,
            look: FIRST_LOOK,
            window: History::new(arrival, None),
            last: None,
            previous: None,
            anchor: None,
            jumps: (0, i64::MIN),
            idle: (arrival, 0),
        }
    }

    /// Takes a frame in. The camera's time in ns, if it has gone on since the last one
    /// and its unit is known.
    pub fn observe(&mut self, arrival: i64, value: &ClockValue) -> Option<i64> {
        let advanced = match *value {
            ClockValue::Missing => return None,
            ClockValue::Text => {
                self.window.texts += 1;
                false
            }
            ClockValue::Time { number, unit, basis } => {
                self.window.whole &= number.fraction.digits == 0;
                let value = self.padding.read(arrival, &number);
                let gap = self.last.map_or(0, |last| arrival - last.arrival);
                self.take(Pair { arrival, value, gap }, unit, basis)
            }
        };
        self.window.frames += 1;
        if advanced
            && arrival - self.idle.0 > CALM / 2
            && self.classification == Classification::Constant
        {
            // It goes again: what it did before no longer counts.
            self.window = History::new(arrival, self.last);
        }
        self.idle = if advanced { (arrival, 0) } else { (self.idle.0, self.idle.1 + 1) };
        if let Some(classification) = self.judge(arrival) {
            self.settle(classification, arrival);
        }
        if advanced { self.time() } else { None }
    }

    /// What it is held to be now.
    pub fn classification(&self) -> Classification {
        self.classification
    }

    /// Its unit, once that is known.
    pub fn unit(&self) -> Option<Unit> {
        self.unit
    }

    /// Where it counts from, once its unit is known.
    pub fn origin(&self) -> Option<Origin> {
        let (basis, value) = self.start?;
        Some(Origin::of(basis, self.unit?.nanoseconds(value)?))
    }

    /// What it showed last, in ns.
    pub fn time(&self) -> Option<i64> {
        self.unit?.nanoseconds(self.last?.value)
    }

    /// How far it went from the frame before to the last one, in ns.
    pub fn interval(&self) -> Option<i64> {
        self.unit?.nanoseconds(self.last?.value.saturating_sub(self.previous?))
    }

    /// Has the clock gone on?
    fn take(&mut self, pair: Pair, unit: Option<Unit>, basis: Basis) -> bool {
        let last = self.last.replace(pair);
        self.previous = last.map(|last| last.value);
        let first = *self.window.first.get_or_insert(pair);
        let (start, _) = *self.start.get_or_insert((basis, pair.value));
        if self.classification != Classification::Usable {
            let guess =
                Unit::guess(pair.value.saturating_sub(first.value), pair.arrival - first.arrival);
            self.learn(unit.or(guess).or(self.unit));
        }
        if let Some(offset) = self.offset(pair) {
            self.window.least = self.window.least.min(offset);
        }
        let Some(last) = last else { return true };
        if start != basis || pair.value < last.value || self.is_ahead(last, pair) {
            self.jumped(pair, basis);
            return true;
        }
        if pair.value == last.value {
            self.window.repeats += 1;
            return false;
        }
        let step =
            self.unit.and_then(|unit| unit.nanoseconds(pair.value.saturating_sub(last.value)));
        self.window.advanced(last, pair, step);
        true
    }

    fn learn(&mut self, unit: Option<Unit>) {
        if self.unit != unit {
            self.unit = unit;
            self.window.forget_unit();
        }
    }

    /// `arrival − camera`.
    fn offset(&self, pair: Pair) -> Option<i64> {
        Some(pair.arrival.saturating_sub(self.unit?.nanoseconds(pair.value)?))
    }

    fn is_ahead(&self, last: Pair, pair: Pair) -> bool {
        let step = |unit: Unit| unit.nanoseconds(pair.value.saturating_sub(last.value));
        self.classification == Classification::Usable
            && self.unit.and_then(step).is_none_or(|step| step > pair.gap.saturating_add(AHEAD))
    }

    fn jumped(&mut self, pair: Pair, basis: Basis) {
        let (count, before) = self.jumps;
        let calm = pair.arrival.saturating_sub(before) > CALM;
        self.jumps = (if calm { 1 } else { count + 1 }, pair.arrival);
        self.start = Some((basis, pair.value));
        self.anchor = None;
        self.previous = None;
        self.window = History::new(pair.arrival, Some(pair));
    }

    /// A classification, if it is time for one.
    fn judge(&self, now: i64) -> Option<Classification> {
        let History { frames, texts, steps, repeats, .. } = self.window;
        let time = now - self.window.begun;
        if self.jumps.0 >= JUMPS && now - self.jumps.1 <= CALM {
            return Some(Classification::Jumping);
        }
        if self.classification == Classification::Usable
            && self.idle.1 >= 8
            && now - self.idle.0 >= STILL
        {
            return Some(if repeats == 0 {
                Classification::Text
            } else {
                Classification::Constant
            });
        }
        let ripe = match self.classification {
            Classification::Usable => time >= LONG_LOOK && frames >= 16,
            Classification::Watching if self.hasty => frames >= 2,
            _ => time >= self.look && frames >= 4,
        };
        if !ripe {
            None
        } else if 2 * texts > frames {
            Some(Classification::Text)
        } else if steps == 0 {
            (time >= STILL).then_some(Classification::Constant)
        } else if self.window.is_coarse(self.unit) {
            Some(Classification::Coarse)
        } else if self.window.is_of_previous_frame() {
            Some(Classification::PreviousFrame)
        } else {
            self.judge_speed(time)
        }
    }

    fn judge_speed(&self, time: i64) -> Option<Classification> {
        let (agrees, patience) = match self.classification {
            Classification::Usable => (self.still_agrees(time), LONGEST_LOOK),
            _ => (self.agrees(time), LONG_LOOK),
        };
        if agrees {
            return Some(Classification::Usable);
        }
        // The frames of a stalled network may still be on their way.
        (time >= patience).then_some(Classification::OtherSpeed)
    }

    /// By the least delayed frames of the first window and this one.
    fn still_agrees(&self, time: i64) -> bool {
        let History { begun, first, least, .. } = self.window;
        let first = first.and_then(|first| self.offset(first)).unwrap_or(least);
        let (since, offset) = self.anchor.unwrap_or((begun, first));
        let apart = least.saturating_sub(offset).saturating_abs();
        apart <= 500 * MS + (begun - since + time) / 64
    }

    /// By the first frame of this window and the last one.
    fn agrees(&self, time: i64) -> bool {
        let (Some(first), Some(last)) = (self.window.first, self.last) else { return false };
        let camera =
            self.unit.and_then(|unit| unit.nanoseconds(last.value.saturating_sub(first.value)));
        let Some(camera) = camera else { return false };
        let ours = last.arrival - first.arrival;
        let apart = ours.saturating_sub(camera).saturating_abs();
        match time {
            LONG_LOOK.. => apart <= 500 * MS + ours / 64,
            _ if self.hasty => apart <= 500 * MS + ours / 8,
            _ => apart <= 60 * MS + ours / 16,
        }
    }

    /// The classification stands, and the next window begins.
    fn settle(&mut self, classification: Classification, now: i64) {
        if classification == Classification::Usable {
            let begun = self.window.begun;
            self.anchor.get_or_insert((begun, self.window.least));
        } else {
            self.anchor = None;
            if matches!(self.classification, Classification::Watching | Classification::Usable) {
                self.look = (2 * self.look).clamp(LONG_LOOK, LONGEST_LOOK);
            }
        }
        self.classification = classification;
        self.window = History::new(now, self.last);
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::Number;
    use super::*;

    const SECOND: i64 = 1_000 * MS;

    fn value(text: &str) -> ClockValue {
        Number::parse(text.as_bytes()).map_or(ClockValue::Text, |number| ClockValue::Time {
            number,
            unit: None,
            basis: Basis::ByValue,
        })
    }

    /// The classifications, each with the time in ms at which it was reached, on a clock that
    /// is read at 25 fps for ten seconds.
    fn classifications(write: impl Fn(i64) -> String) -> Vec<(i64, Classification)> {
        let mut classifier = Classifier::new(false, SECOND);
        let mut all = vec![];
        for frame in 0..250 {
            let (milliseconds, jitter) = (40 * frame, frame * 7 % 23);
            let arrival = SECOND + (milliseconds + jitter) * MS;
            classifier.observe(arrival, &value(&write(milliseconds)));
            if all
                .last()
                .is_none_or(|&(_, classification)| classification != classifier.classification())
            {
                all.push((milliseconds, classifier.classification()));
            }
        }
        all
    }

    type Write<'a> = &'a dyn Fn(i64) -> String;

    #[test]
    fn times_may_be_as_far_apart_as_numbers_are() {
        let most = i128::MAX;
        for signs in [["", "-"], ["-", ""]] {
            classifications(|ms| format!("{}{most}", signs[usize::from(ms / 40 % 2 == 0)]));
        }
    }

    #[test]
    fn each_kind_of_clock_is_recognised() {
        use Classification::{Coarse, Constant, Jumping, OtherSpeed, Text, Usable};
        let seconds = |ms: i64| format!("{}.{:03}", ms / 1000, ms % 1000);
        let rows: [(&str, Write, &[Classification], i64); 13] = [
            ("seconds", &|ms| seconds(ms + 77_000), &[Usable], 400),
            ("since 1970", &|ms| seconds(ms + 1_757_408_620_691), &[Usable], 400),
            ("milliseconds", &|ms| format!("{ms}"), &[Usable], 400),
            ("microseconds", &|ms| format!("{}", ms * 1000), &[Usable], 400),
            ("nanoseconds", &|ms| format!("{}", ms * MS), &[Usable], 400),
            ("constant", &|_| "0.000000".into(), &[Constant], 800),
            ("text", &|_| "Sat Jan  1 12:00:00".into(), &[Text], 400),
            ("two dots", &|_| "0.00.0.000000".into(), &[Text], 400),
            ("seconds without parts", &|ms| format!("{}", ms / 1000), &[Constant, Coarse], 800),
            ("steps of 100 ms", &|ms| seconds(ms / 100 * 100), &[Coarse], 400),
            ("double speed", &|ms| seconds(2 * ms), &[OtherSpeed], 2100),
            ("half speed", &|ms| seconds(ms / 2), &[OtherSpeed], 2100),
            ("a loop", &|ms| seconds(ms % 1000), &[Usable, Jumping], 400),
        ];
        for (name, write, expected, within) in rows {
            let all = classifications(write);
            let kinds: Vec<_> =
                all[1..].iter().map(|&(_, classification)| classification).collect();
            assert_eq!(kinds, expected, "{name}: {all:?}");
            assert!(all[1].0 <= within, "{name}: {all:?}");
        }
    }

    #[test]
    fn a_clock_that_stops_is_dropped_and_comes_back() {
        use Classification::{Constant, Text, Usable};
        let stopped: [(&str, &[Classification]); 2] =
            [("3.000", &[Usable, Constant, Usable]), ("no time", &[Usable, Text, Usable])];
        for (text, expected) in stopped {
            let all = classifications(|ms| match ms {
                3000..6000 => text.to_owned(),
                _ => format!("{}.{:03}", ms / 1000, ms % 1000),
            });
            let kinds: Vec<_> =
                all[1..].iter().map(|&(_, classification)| classification).collect();
            assert_eq!(kinds, expected, "{text}: {all:?}");
            assert!(all[2].0 <= 4000, "{text}: {all:?}");
        }
    }

    #[test]
    fn a_jump_or_two_are_forgiven() {
        let all = classifications(|ms| format!("{}", if ms < 5000 { ms + 3_600_000 } else { ms }));
        assert_eq!(all.len(), 2, "{all:?}");
    }

    #[test]
    fn the_time_of_the_frame_before_is_recognised() {
        // 40, 80, 20 ms in turn.
        let intervals = [40, 80, 20];
        let due = |frame: usize| intervals.iter().cycle().take(frame).sum::<i64>();
        for (lag, expected) in [(0, Classification::Usable), (1, Classification::PreviousFrame)] {
            let mut classifier = Classifier::new(false, 0);
            for frame in 1..200 {
                let text = format!("{}", 5000 + due(frame - lag));
                classifier.observe(due(frame) * MS, &value(&text));
            }
            assert_eq!(classifier.classification(), expected);
        }
    }
}
