//! Whether and when to try again.
//!
//! | | before the first picture ever | after it |
//! |---|---|---|
//! | permanent failure | fail | retry |
//! | end of the stream, `retries=0` | end | end |
//! | anything else | retry | retry |
//!
//! A camera with several addresses fails for good only when each of them has, and none is
//! waited for before each was tried.
//!
//! A retry costs one of `retries`; a picture gives them all back. The first follows at
//! once, the n-th after it waits `factor · 2^(n-1)` seconds, a quarter more or less by
//! chance, so that a site's cameras are not all called at once, but never longer than
//! `max`, and never shorter than the camera asks.
//!
//! A camera that ends each connection after a picture or two would be called without a
//! pause that way. From the second such connection in a row on, it waits `2 · factor`.

use std::time::Duration;

use crate::error::Error;

/// How patient to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Attempts in a row without a picture; `None` for ever.
    pub retries: Option<u32>,
    /// Delay before the second retry, in seconds.
    pub factor: f64,
    /// Longest delay, in seconds.
    pub max: f64,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decision {
    /// Try again.
    Retry {
        /// Retries since the last picture, this one included.
        attempt: u32,
        /// Time to wait first.
        delay: Duration,
    },
    /// The stream is over, as the camera wished.
    End,
    /// Give up.
    Fail,
}

/// See the [module](self).
#[derive(Debug)]
pub struct Retry {
    policy: Policy,
    /// Of the camera.
    addresses: u32,
    attempts: u32,
    /// Permanent failures in a row.
    permanent: u32,
    had_picture: bool,
    /// Connections in a row that ended within a second.
    short: u32,
}

/// A connection that lasts less is a short one.
const SHORT: Duration = Duration::from_secs(1);

impl Retry {
    /// Before the first attempt to reach a camera that has so many addresses.
    pub fn new(policy: Policy, addresses: usize) -> Self {
        let addresses = u32::try_from(addresses).unwrap_or(u32::MAX).max(1);
        Self { policy, addresses, attempts: 0, permanent: 0, had_picture: false, short: 0 }
    }

    /// A picture has come.
    pub fn succeeded(&mut self) {
        self.attempts = 0;
        self.had_picture = true;
    }

    /// An attempt, or the stream it had opened, failed after it had `lasted` so long.
    /// `chance` is a random number from 0 to 1.
    pub fn failed(&mut self, error: &Error, lasted: Duration, chance: f64) -> Decision {
        self.short = if lasted < SHORT { self.short.saturating_add(1) } else { 0 };
        if *error == Error::Ended && self.policy.retries == Some(0) {
            return Decision::End;
        }
        let used_up = self.policy.retries.is_some_and(|retries| self.attempts >= retries);
        self.permanent = if error.is_permanent() { self.permanent.saturating_add(1) } else { 0 };
        if used_up || self.permanent >= self.addresses && !self.had_picture {
            return Decision::Fail;
        }
        let delay = self.delay(chance).max(error.retry_after().unwrap_or_default());
        self.attempts = self.attempts.saturating_add(1);
        Decision::Retry { attempt: self.attempts, delay }
    }

    fn delay(&self, chance: f64) -> Duration {
        let doublings = match self.attempts {
            0 if self.short > 1 => 1,
            attempts if attempts < self.addresses => return Duration::ZERO,
            attempts => attempts - self.addresses,
        };
        let plain = self.policy.factor * 2_f64.powi(doublings.min(64).cast_signed());
        let seconds = (plain * (0.75 + chance / 2.0)).min(self.policy.max);
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const POLICY: Policy = Policy { retries: None, factor: 0.5, max: 30.0 };

    fn refused() -> Error {
        Error::Connect { why: "refused".into() }
    }

    fn busy(retry_after: u64) -> Error {
        let retry_after = Some(Duration::from_secs(retry_after));
        Error::Status { status: 503, reason: String::new(), retry_after }
    }

    #[test]
    fn the_table_of_the_module_holds() {
        let not_found = Error::NotFound { status: 404 };
        // retries, had a picture, error, expectation
        let rows = [
            (None, false, refused(), "retry"),
            (None, false, not_found.clone(), "fail"),
            (None, true, not_found.clone(), "retry"),
            (None, false, Error::Ended, "retry"),
            (Some(0), false, Error::Ended, "end"),
            (Some(0), true, Error::Ended, "end"),
            (Some(0), true, refused(), "fail"),
            (Some(0), true, not_found, "fail"),
            (Some(1), false, refused(), "retry"),
            (Some(1), true, Error::Ended, "retry"),
        ];
        for (retries, had_picture, error, expected) in rows {
            let mut retry = Retry::new(Policy { retries, ..POLICY }, 1);
            if had_picture {
                retry.succeeded();
            }
            let found = match retry.failed(&error, LONG, 0.5) {
                Decision::Retry { .. } => "retry",
                Decision::End => "end",
                Decision::Fail => "fail",
            };
            assert_eq!(found, expected, "{retries:?} {had_picture} {error}");
        }
    }

    #[test]
    fn delays_double_up_to_the_longest() {
        let mut retry = Retry::new(POLICY, 1);
        let mut delays = Vec::new();
        for _ in 0..9 {
            if let Decision::Retry { delay, .. } = retry.failed(&refused(), LONG, 0.5) {
                delays.push(delay.as_secs_f64());
            }
        }
        assert_eq!(delays, [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]);
    }

    #[test]
    fn every_address_is_tried_before_one_is_waited_for() {
        let mut retry = Retry::new(POLICY, 3);
        let mut delays = Vec::new();
        for _ in 0..6 {
            if let Decision::Retry { delay, .. } = retry.failed(&refused(), LONG, 0.5) {
                delays.push(delay.as_secs_f64());
            }
        }
        assert_eq!(delays, [0.0, 0.0, 0.0, 0.5, 1.0, 2.0]);
    }

    #[test]
    fn every_address_has_to_fail_for_good() {
        let not_found = Error::NotFound { status: 404 };
        let mut retry = Retry::new(POLICY, 2);
        let refused = refused();
        let mut fails = |error| retry.failed(error, LONG, 0.5) == Decision::Fail;
        assert!(!fails(&not_found) && !fails(&refused) && !fails(&not_found));
        assert!(fails(&not_found));
    }

    #[test]
    fn chance_moves_a_delay_by_a_quarter() {
        for (chance, expected) in [(0.0, 375), (1.0, 625)] {
            let mut retry = Retry::new(POLICY, 1);
            retry.failed(&refused(), LONG, chance);
            let delay = Duration::from_millis(expected);
            assert_eq!(
                retry.failed(&refused(), LONG, chance),
                Decision::Retry { attempt: 2, delay }
            );
        }
    }

    #[test]
    fn the_camera_may_ask_for_more() {
        let mut retry = Retry::new(POLICY, 1);
        let delay = Duration::from_secs(120);
        assert_eq!(retry.failed(&busy(120), LONG, 0.5), Decision::Retry { attempt: 1, delay });
    }

    #[test]
    fn a_picture_gives_the_retries_back() {
        let mut retry = Retry::new(Policy { retries: Some(2), ..POLICY }, 1);
        let attempt = |retry: &mut Retry| retry.failed(&refused(), LONG, 0.5) != Decision::Fail;
        assert!(attempt(&mut retry) && attempt(&mut retry) && !attempt(&mut retry));
        retry.succeeded();
        assert!(attempt(&mut retry) && attempt(&mut retry) && !attempt(&mut retry));
    }

    #[test]
    fn a_camera_that_ends_each_connection_at_once_is_not_called_without_a_pause() {
        let mut retry = Retry::new(POLICY, 1);
        let mut delays = Vec::new();
        for lasted in [0, 0, 0, 5, 0] {
            retry.succeeded();
            let lasted = Duration::from_secs(lasted);
            if let Decision::Retry { attempt: 1, delay } = retry.failed(&Error::Ended, lasted, 0.5)
            {
                delays.push(delay.as_secs_f64());
            }
        }
        assert_eq!(delays, [0.0, 1.0, 1.0, 0.0, 0.0]);
    }
}
