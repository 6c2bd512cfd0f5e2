//! The lower envelope of the offsets `arrival − camera`.
//!
//! A frame arrives its delay after it was taken: `arrival = camera + offset + delay`,
//! with a delay that is never negative, mostly small and sometimes very large. So the
//! offset is looked for below the frames, as rtpjitterbuffer's skew estimation does and
//! Paxson in "On Calibrating Measurements of Packet Transit Times" (1998):
//!
//! * Frames are taken together in blocks of two seconds or sixteen frames, whichever is
//!   longer. Of each only the least delayed one counts: a burst that is shorter than a
//!   block leaves no trace.
//! * A [`Line`] goes through these minima. Its slope is the drift.
//! * The minima of n random delays scatter; hardly a frame should lie below the offset,
//!   since no PTS may lie behind its arrival. The offset is therefore the line less 3/2 of
//!   the mean distance of the minima from it. For delays without a floor (Gaussian, σ)
//!   this comes to 2.8 σ below their mean and one frame in 400 in front of it; for
//!   delays with a floor the minima hardly scatter, and the offset is the floor.
//! * While there are few blocks, the offset is the least of all frames so far.
//!
//! A minimum far off the line is drawn near before it counts (Huber); three in a row on
//! the same side mean that the way has changed, and the line moves there.

use super::line::Line;

const MS: i64 = 1_000_000;
/// Shortest block, in nanoseconds.
const BLOCK: i64 = 2_000 * MS;
/// Fewest frames in a block.
const FRAMES: u32 = 16;
/// Blocks that make a line.
const YOUNG: u32 = 8;
/// What is remembered when the line has moved.
const MOVED: u32 = 8;
/// Blocks over which the spread is a mean.
const SPREAD: i64 = 32;
/// A minimum farther off than this counts as if it were this far off, in nanoseconds.
const FARTHEST: i64 = 10_000 * MS;
/// Minima far off on the same side, one after the other, that move the line.
const OUTLIERS: i32 = 3;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// What the numbers below are relative to.
    origin: i64,
    least: i64,
    line: Option<Line>,
    /// Mean distance of the minima from the line.
    spread: i64,
    block: Option<Block>,
    /// When the last block was closed.
    added: i64,
    /// Minima in a row above the line by far, or below as a negative number.
    outliers: i32,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    begun: i64,
    frames: u32,
    least: i64,
    at: i64,
}

impl Envelope {
    /// `offset` of the first frame.
    pub fn new(offset: i64) -> Self {
        Self { origin: offset, least: 0, line: None, spread: 0, block: None, added: 0, outliers: 0 }
    }

    /// Takes in a frame that arrived at `arrival` with this `arrival − camera`.
    pub fn observe(&mut self, arrival: i64, offset: i64) {
        let offset = offset.saturating_sub(self.origin);
        self.least = self.least.min(offset);
        if let Some(line) = self.mature() {
            let early = line.height(arrival) - offset;
            if early > 10 * self.spread + 5 * MS {
                // A frame cannot arrive before it was taken: no need for a second one.
                self.move_line(self.margin() - early);
            }
        }
        let fresh = Block { begun: arrival, frames: 0, least: offset, at: arrival };
        let block = self.block.get_or_insert(fresh);
        block.frames += 1;
        if offset < block.least {
            (block.least, block.at) = (offset, arrival);
        }
        if arrival - block.begun >= BLOCK && block.frames >= FRAMES {
            let block = *block;
            self.block = None;
            self.close(block, arrival);
        }
    }

    /// What to add to the camera's time of a frame that arrived at `arrival`.
    pub fn offset(&self, arrival: i64) -> i64 {
        let relative =
            self.mature().map_or(self.least, |line| line.height(arrival) - self.margin());
        self.origin.saturating_add(relative)
    }

    /// Moves everything: the camera's clock was set.
    pub fn shift(&mut self, by: i64) {
        self.origin = self.origin.saturating_add(by);
        self.block = None;
        self.outliers = 0;
        if let Some(line) = &mut self.line {
            line.lift(0, MOVED);
        }
    }

    /// How much faster than ours the camera's clock is, in parts per billion.
    pub fn drift(&self) -> i32 {
        self.mature().map_or(0, |line| -line.slope())
    }

    /// From the mean of the minima to where hardly a frame is.
    fn margin(&self) -> i64 {
        self.spread * 3 / 2
    }

    fn mature(&self) -> Option<&Line> {
        self.line.as_ref().filter(|line| line.points() >= YOUNG)
    }

    fn close(&mut self, block: Block, now: i64) {
        let Some(line) = &mut self.line else {
            self.line = Some(Line::new(block.at, block.least));
            self.added = now;
            return;
        };
        let residual = (block.least - line.height(block.at)).clamp(-FARTHEST, FARTHEST);
        let apart = now - std::mem::replace(&mut self.added, now);
        if line.points() < YOUNG {
            line.add(block.at, residual, apart);
            if line.points() > 2 {
                self.spread += (residual.abs() - self.spread) / i64::from(line.points() - 2);
            }
            return;
        }
        let bound = 4 * self.spread + MS / 2;
        let near = residual.clamp(-bound, bound);
        let far = (residual - near).signum();
        let same = i64::from(self.outliers.signum()) == far;
        let side = if far > 0 { 1 } else { -1 };
        self.outliers = match (far, same) {
            (0, _) => 0,
            (_, true) => self.outliers + side,
            (_, false) => side,
        };
        if self.outliers.abs() >= OUTLIERS {
            self.outliers = 0;
            self.move_line(residual);
            return;
        }
        line.add(block.at, near, apart);
        let weight = i64::from(line.points()).min(SPREAD);
        self.spread += (near.abs() - self.spread) / weight;
    }

    fn move_line(&mut self, by: i64) {
        if let Some(line) = &mut self.line {
            line.lift(by, MOVED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An envelope after `frames` at 25 fps, each late by `delay` ms, with a camera that
    /// is slow by `drift` ppm.
    fn after(frames: i64, drift: i64, delay: impl Fn(i64) -> i64) -> (Envelope, i64) {
        let mut envelope = Envelope::new(7_000 * MS + delay(0) * MS);
        let mut truth = 0;
        for frame in 0..frames {
            truth = 7_000 * MS + frame * 40 * drift;
            let arrival = frame * 40 * MS + delay(frame) * MS;
            envelope.observe(arrival, truth + delay(frame) * MS);
        }
        (envelope, truth)
    }

    #[test]
    fn the_least_delayed_frames_make_the_offset() {
        let (envelope, truth) = after(5000, 0, |frame| frame * 7 % 23);
        assert!(envelope.offset(5000 * 40 * MS).abs_diff(truth) < 100_000);
    }

    #[test]
    fn drift_is_followed_in_both_directions() {
        for drift in [-500, -20, 0, 100, 500] {
            let (envelope, truth) = after(5000, drift, |frame| frame * 7 % 23);
            let error = envelope.offset(5000 * 40 * MS) - truth;
            assert!(error.abs() < 300_000, "{drift}: {error}");
            assert!((envelope.drift() + 1000 * i32::try_from(drift).unwrap()).abs() < 2000);
        }
    }

    #[test]
    fn a_burst_leaves_no_trace() {
        let delay = |frame| if (3000..3030).contains(&frame) { 500 } else { frame % 3 };
        let (envelope, truth) = after(3040, 0, delay);
        assert!(envelope.offset(3040 * 40 * MS).abs_diff(truth) < 100_000);
    }

    #[test]
    fn a_way_that_got_longer_or_shorter_is_followed() {
        for (before, behind) in [(0, 80), (80, 0), (50, 43)] {
            let delay = |frame| if frame < 2000 { before } else { behind } + frame % 3;
            let (envelope, truth) = after(4000, 0, delay);
            let error = envelope.offset(4000 * 40 * MS) - truth - behind * MS;
            assert!(error.abs() < MS, "{before} to {behind}: {error}");
        }
    }
}
