//! By how much PTS are earlier than the line, so that hardly one lies behind its arrival.
//!
//! Each step of the margin is an error of all pictures that follow, beside those before. So it
//!
//! * begins as soon as a line is likely, and grows with how likely it is;
//! * is the smaller the later the line was found: a late picture that is held at its arrival costs
//!   less than a step in the midst of a stream;
//! * moves no farther than it has to when σ becomes better known, and not at once;
//! * stays where it is when the rate does not hold any more.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "times are below 2⁵³ ns, and a nanosecond does not matter"
)]

/// A line that was found after so many seconds has the whole margin, and after so many the least.
const SOON: f64 = 2.5;
const LATE: f64 = 7.0;
/// The least, as a share.
const LEAST: f64 = 0.4;
/// Pictures in which a part of 1/e of the share remains to be made up.
const PATIENCE: f64 = 16_384.0;
/// A line that is less likely has no margin.
const LIKELY: f64 = 0.1;
/// How much smaller and larger than wanted it may be.
const SMALLEST: f64 = 0.8;
const LARGEST: f64 = 2.5;

/// See the [module](self). All times are nanoseconds.
#[derive(Debug)]
pub struct Margin {
    share: f64,
    /// A line has held.
    held: bool,
    /// Where it goes, and where it is since there was one.
    aim: i64,
    kept: Option<i64>,
}

impl Default for Margin {
    fn default() -> Self {
        Self { share: 1.0, held: false, aim: 0, kept: None }
    }
}

impl Margin {
    /// One step of at most `most`, with what is wanted of a line that is certain. This one is
    /// likely by `weight`, and the first picture was `since` ago.
    pub fn step(&mut self, wanted: i64, weight: f64, since: i64, most: i64) {
        if weight <= LIKELY {
            return;
        }
        let holds = weight >= 1.0;
        if self.held {
            self.share += (1.0 - self.share) / PATIENCE;
        } else {
            let late = (since as f64 / 1e9 - SOON) / (LATE - SOON);
            self.share = (1.0 - (1.0 - LEAST) * late).clamp(LEAST, 1.0);
        }
        self.held |= holds;
        let wanted = wanted as f64 * weight * self.share;
        let kept = self.kept.unwrap_or(0);
        let wanted = if holds { wanted } else { wanted.max(kept as f64) };
        let (smallest, largest) = (SMALLEST * wanted, LARGEST * wanted);
        self.aim = match self.kept {
            None => wanted as i64,
            Some(_) => self.aim.clamp(smallest as i64, largest as i64),
        };
        self.kept = Some(kept + ((self.aim - kept) / 3).clamp(-most, most));
    }

    /// What it is, once a line was likely.
    pub fn get(&self) -> Option<i64> {
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    /// The margin after a hundred steps with a line that holds, found after so many seconds.
    fn margin(seconds: i64) -> i64 {
        let mut margin = Margin::default();
        (0..100).for_each(|_| margin.step(40 * MS, 1.0, seconds * 1000 * MS, 5 * MS));
        margin.get().unwrap()
    }

    #[test]
    fn a_line_that_was_found_late_has_less_of_it() {
        assert!((margin(1) - 40 * MS).abs() < 10, "{}", margin(1));
        assert!((15 * MS..18 * MS).contains(&margin(20)), "{}", margin(20));
    }

    #[test]
    fn it_goes_in_small_steps_and_not_back_for_a_little() {
        let (mut margin, mut before) = (Margin::default(), 0);
        for step in 0..60 {
            let wanted = if step < 30 { 40 * MS } else { 36 * MS };
            margin.step(wanted, 1.0, 0, 5 * MS);
            let now = margin.get().unwrap();
            assert!((before..=before + 5 * MS).contains(&now), "{step}: {now}");
            before = now;
        }
    }

    #[test]
    fn a_line_that_is_not_likely_leaves_it_where_it_is() {
        let mut margin = Margin::default();
        margin.step(40 * MS, 0.05, 0, 5 * MS);
        assert_eq!(margin.get(), None);
        margin.step(40 * MS, 0.5, 0, 5 * MS);
        let before = margin.get();
        margin.step(40 * MS, 0.05, 0, 5 * MS);
        assert!(before.is_some() && margin.get() == before);
    }
}
