//! How long a request may still take, up to the head of its answer.

use std::time::{Duration, Instant};

use ureq::unversioned::transport::{NextTimeout, time};
use ureq::{Error, Timeout};

/// How long an attempt may take where there is no limit.
const ATTEMPT: Duration = Duration::from_secs(5);

/// One limit for the look-up, the connection, the handshakes and the answer together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    limit: Option<Duration>,
    until: Option<Instant>,
}

impl Deadline {
    /// Begins now; `None` is for ever.
    pub(crate) fn within(limit: Option<Duration>) -> Self {
        Self { limit, until: limit.and_then(|limit| Instant::now().checked_add(limit)) }
    }

    /// The whole time, for an error that says it is over.
    pub(crate) fn limit(&self) -> Duration {
        self.limit.unwrap_or_default()
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
