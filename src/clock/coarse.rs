//! A clock whose steps are seen: Axis shows hundredths of a second, others the ticks of a kernel.
//!
//! What it shows is up to a step before the time of the picture. Where pictures have a rate, the
//! line through what it shows is nearer to that than each one is, as with arrivals behind a
//! network: [`Rate`] is the same. What is shown is no farther from that line than half a step. Where
//! it is, pictures are taken at no such rate, and what the clock shows is all there is.

use super::rate::Rate;

/// Shorter steps are left as they are.
const SEEN: i64 = 5_000_000;
/// So many pictures have to be where the rate says.
const STEADY: u32 = 16;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug, Default)]
pub struct CoarseClock {
    first: Option<i64>,
    last: i64,
    /// The longest of which all intervals are multiples.
    step: i64,
    rate: Rate,
    /// Pictures in a row that were where the rate says.
    fitting: u32,
}

impl CoarseClock {
    /// The time of the picture at which the clock showed `shown`, which has not jumped.
    pub fn refine(&mut self, shown: i64) -> i64 {
        // Numbers as large as the time since 1970 leave no room for sums.
        let first = *self.first.get_or_insert(shown);
        let time = shown.saturating_sub(first);
        self.step = common_divisor(self.step, time.saturating_sub(self.last).saturating_abs());
        self.last = time;
        if (1..SEEN).contains(&self.step) {
            return shown;
        }
        let Some(beat) = self.rate.observe(time) else { return shown };
        let fits = (beat.time - time).saturating_abs() <= self.step / 2 + self.step / 8;
        self.fitting = if fits { self.fitting.saturating_add(1) } else { 0 };
        if self.fitting < STEADY { shown } else { first.saturating_add(beat.time) }
    }
}

/// Euclid's.
fn common_divisor(mut one: i64, mut other: i64) -> i64 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    /// The root mean square of how far intervals behind the third second are off those of
    /// pictures taken at `taken`, in µs, where the clock shows multiples of `step`.
    fn error(step: i64, taken: impl Fn(i64) -> i64) -> i64 {
        let mut clock = CoarseClock::default();
        let mut times = Vec::new();
        for number in 0..400 {
            let shown = 1_757_408_620_000 * MS + taken(number) / step * step;
            times.push((taken(number), clock.refine(shown)));
        }
        let pairs = times[100..].windows(2);
        let squares = pairs.map(|pair| (pair[1].1 - pair[0].1 - pair[1].0 + pair[0].0).pow(2));
        (squares.sum::<i64>() / 299).isqrt() / 1000
    }

    #[test]
    fn the_rate_takes_the_steps_out() {
        for fps in [12, 15, 24, 30, 50, 60] {
            let error = error(10 * MS, |number| number * 1000 * MS / fps);
            assert!(error < 1000, "{fps} fps: {error} µs");
        }
    }

    #[test]
    fn without_a_rate_it_is_what_is_shown() {
        let taken = |number: i64| (100 * number + number * number * 7919 % 81) * MS;
        let error = error(10 * MS, taken);
        assert!(error < 5000, "{error} µs");
    }

    #[test]
    fn a_fine_clock_is_left_alone() {
        for step in [1, 1000, MS] {
            let mut clock = CoarseClock::default();
            for number in 0..100 {
                let shown = number * 1_000_000_000 / 30 / step * step;
                assert_eq!(clock.refine(shown), shown);
            }
        }
    }
}
