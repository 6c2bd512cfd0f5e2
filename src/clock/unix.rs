//! Times since 1970 from a clock that shows whole seconds.
//!
//! Such a clock is behind by up to its step: `shown ≤ true`. Beside a fine clock, here
//! the PTS, `true = PTS + c` with a c that hardly changes, so `shown − PTS ≤ c`, and it
//! comes nearest to c in the frame behind the tick. The greatest `shown − PTS` of the
//! last minute or two is c, but for a frame interval and the drift of a minute.

/// Ticks older than twice this are forgotten.
const SPAN: i64 = 60_000_000_000;
/// A clock so far from what was known was set.
const SET: i64 = 2_000_000_000;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug, Default)]
pub struct Ticks {
    begun: i64,
    current: Option<i64>,
    before: Option<i64>,
}

impl Ticks {
    /// Takes in what the clock shows in a frame at `pts`; the true time of that frame.
    pub fn observe(&mut self, pts: i64, shown: i64) -> i64 {
        let constant = shown.saturating_sub(pts);
        let known = self.current.max(self.before);
        if known.is_none_or(|known| known.abs_diff(constant) > SET.unsigned_abs()) {
            *self = Self { begun: pts, current: None, before: None };
        }
        if pts - self.begun > SPAN {
            *self = Self { begun: pts, current: None, before: self.current };
        }
        self.current = self.current.max(Some(constant));
        pts.saturating_add(self.current.max(self.before).unwrap_or(constant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn the_tick_gives_the_fraction_away() {
        let mut ticks = Ticks::default();
        for frame in 0..10_000 {
            let (pts, set) = (33 * frame, if frame < 5000 { 0 } else { 3_600_000 });
            let now = 1_757_408_620_345 + pts + set;
            let time = ticks.observe(pts * MS, now / 1000 * 1000 * MS);
            let behind = now * MS - time;
            let fresh = frame < 50 || (5000..5050).contains(&frame);
            assert!(fresh || (0..=33 * MS).contains(&behind), "{frame}: {behind}");
        }
    }
}
