//! The segment of a camera that grows, and which pictures it takes.

use std::time::{Duration, Instant};

use super::super::archive::{Key, is_gone};
use super::super::segment::Segment;
use super::super::time::Time;
use super::Arrival;

/// How often the file is looked for: somebody may delete it.
const LOOKED_EACH: Duration = Duration::from_secs(1);

/// Pictures are in order but for this, unless the clock was set back.
pub(super) const SET_BACK: Duration = Duration::from_secs(1);

/// A part of the time since 1970 that has a file of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    number: i64,
    /// In milliseconds.
    length: i64,
}

impl Slot {
    pub(super) fn of(time: Time, length: i64) -> Self {
        Self { number: time.0.div_euclid(length), length }
    }
}

/// A segment that grows.
pub(super) struct Open {
    pub(super) key: Key,
    pub(super) segment: Segment,
    slot: Slot,
    pub(super) pictures: u64,
    /// When its first and its last picture were taken.
    pub(super) began: Time,
    pub(super) ended: Time,
    /// When the first one was written, and when the file was looked for last.
    pub(super) since: Instant,
    looked: Instant,
}

impl Open {
    pub(super) fn begin(key: Key, segment: Segment, slot: Slot, taken: Time) -> Self {
        let now = Instant::now();
        let (since, looked) = (now, now);
        Self { key, segment, slot, pictures: 1, began: taken, ended: taken, since, looked }
    }

    /// A picture that is a little late belongs to the segment, too.
    pub(super) fn fits(&self, arrival: &Arrival<'_>, slot: Slot) -> bool {
        let is_set_back = self.ended.since(arrival.taken) > SET_BACK;
        let is_late = slot.length == self.slot.length && slot.number < self.slot.number;
        let is_in_time = slot == self.slot || (is_late && !is_set_back);
        is_in_time && self.segment.takes(arrival.sample)
    }

    /// Somebody has deleted the file: what is written into it is lost.
    pub(super) fn is_deleted(&mut self) -> bool {
        if self.looked.elapsed() < LOOKED_EACH {
            return false;
        }
        self.looked = Instant::now();
        is_gone(self.segment.file())
    }

    pub(super) fn push(&mut self, arrival: &Arrival<'_>) -> Result<(), String> {
        self.segment.push(arrival.sample)?;
        self.pictures += 1;
        self.ended = arrival.taken;
        Ok(())
    }
}
