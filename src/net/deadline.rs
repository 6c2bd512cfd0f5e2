//! How long a request may still take, up to the head of its answer.

use std::time::{Duration, Instant};

use ureq::unversioned::transport::{NextTimeout, time};
use ureq::{Error, Timeout};

/// How long an attempt may take where there is no limit.
const ATTEMPT: Duration = Duration::from_secs(5);

/// One limit for the look-up, the connection, the handshakes and the answer together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    begun: Instant,
    limit: Option<Duration>,
    until: Option<Instant>,
}

impl Deadline {
    /// Begins now; `None` is for ever.
    pub(crate) fn within(limit: Option<Duration>) -> Self {
        let begun = Instant::now();
        Self { begun, limit, until: limit.and_then(|limit| begun.checked_add(limit)) }
    }

    /// The whole time, for an error that says it is over. Without a limit it is the system that
    /// has given up: the time that has passed.
    pub(crate) fn told(&self) -> Duration {
        self.limit.unwrap_or_else(|| Duration::from_secs(self.begun.elapsed().as_secs()))
    }

    /// Half of what is left, where that is known: for an attempt behind which another comes.
    pub(crate) fn share(&self) -> Self {
        let now = Instant::now();
        let half = self.until.map(|until| until.saturating_duration_since(now) / 2);
        Self { until: now.checked_add(half.unwrap_or(ATTEMPT)), ..*self }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.until.is_some_and(|until| until <= Instant::now())
    }

    /// What is left of it, in ureq's words; an error if nothing is.
    pub(crate) fn left(&self) -> Result<NextTimeout, Error> {
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(Error::Timeout(Timeout::Connect));
        }
        let after = left.map_or(time::Duration::NotHappening, time::Duration::Exact);
        Ok(NextTimeout { after, reason: Timeout::Connect, per_read: None, per_write: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_the_limit_or_what_has_passed() {
        let long = Duration::from_secs(90);
        let begun = Instant::now().checked_sub(long).unwrap();
        for (limit, told) in [(Some(Duration::from_secs(5)), 5), (None, 90)] {
            let deadline = Deadline { begun, ..Deadline::within(limit) };
            assert_eq!(deadline.told(), Duration::from_secs(told), "{limit:?}");
        }
    }

    #[test]
    fn an_attempt_leaves_time_for_another() {
        let most = Duration::from_secs(20);
        for (limit, attempt) in [(Some(most), most / 2), (None, ATTEMPT)] {
            let share = Deadline::within(limit).share();
            let left = share.until.unwrap() - share.begun;
            assert!(
                left >= attempt && left < attempt + Duration::from_secs(5),
                "{limit:?} {left:?}"
            );
            assert_eq!(share.limit, limit);
        }
    }
}
