//! What was seen of a clock over a stretch of time.

use super::unit::Unit;

const MS: i64 = 1_000_000;
/// A stalled network counts for no more than this per frame.
const STALL: i64 = 50 * MS;
/// Intervals that vary by less say nothing about which frame they belong to.
const VARIED: i64 = 8 * MS;

/// One frame: a time of ours in ns, and what the camera's clock showed in 10⁻⁹ of its
/// unit.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// Arrival.
    pub arrival: i64,
    /// The camera's time.
    pub value: i128,
    /// From the arrival of the frame before to this one's.
    pub gap: i64,
}

/// Counts over a stretch. All times are nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct History {
    /// Where it began.
    pub begun: i64,
    /// The first frame whose time could be read.
    pub first: Option<Pair>,
    /// Frames with the header.
    pub frames: i64,
    /// Of these, with text in it.
    pub texts: i64,
    /// Of these, with a time behind that of the frame before.
    pub steps: i64,
    /// Of these, with the same time as the frame before.
    pub repeats: i64,
    /// No time had a digit behind a point.
    pub whole: bool,
    /// Least `arrival − camera`.
    pub least: i64,
    /// How far intervals of the camera differ from ours, taken together: of the same
    /// frame, and of the frame before.
    own: i64,
    previous: i64,
}

impl History {
    /// The first frame may be the last of the window before.
    pub fn new(begun: i64, first: Option<Pair>) -> Self {
        Self {
            begun,
            first,
            frames: 0,
            texts: 0,
            steps: 0,
            repeats: 0,
            whole: true,
            least: i64::MAX,
            own: 0,
            previous: 0,
        }
    }

    /// What was summed up in another unit is void.
    pub fn forget_unit(&mut self) {
        (self.least, self.own, self.previous) = (i64::MAX, 0, 0);
    }

    /// The clock has gone on by `step` since the frame before.
    pub fn advanced(&mut self, last: Pair, pair: Pair, step: Option<i64>) {
        self.steps += 1;
        if let Some(step) = step {
            let apart = |gap: i64| gap.saturating_sub(step).saturating_abs().min(STALL);
            self.own += apart(pair.gap);
            self.previous += apart(last.gap);
        }
    }

    /// Two frames or more in eight show the same, or whole seconds are all there is.
    pub fn is_coarse(&self, unit: Option<Unit>) -> bool {
        let seconds = unit == Some(Unit::Seconds) && self.whole;
        seconds || (self.frames >= 4 && 4 * self.repeats >= self.frames)
    }

    /// The head of a part has the time of the frame before: where the interval between
    /// frames varies, those of our clock are the camera's one frame later.
    pub fn is_of_previous_frame(&self) -> bool {
        self.steps >= 8 && self.own / self.steps > VARIED && self.own / 4 > self.previous
    }
}
