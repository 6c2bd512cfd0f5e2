//! How far a request has come, and how long it may still take to the head of the answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{NextTimeout, time};

use crate::error::Error;

/// ```text
///  Connecting ──request sent──▶ Asked ──first byte──▶ Answering ──head──▶ no limit any more
/// ```
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    phase: Phase,
    until: Option<Instant>,
}

#[derive(Debug, Clone, Copy, Default)]
enum Phase {
    #[default]
    Connecting,
    Asked,
    Answering,
}

impl Progress {
    /// An attempt begins; the head of its last answer has to be here within `limit`.
    pub(super) fn start(&self, limit: Option<Duration>) {
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        *self.lock() = Inner { phase: Phase::Connecting, until };
    }

    /// A connection is about to be opened. Where no time is left for it, what was before it
    /// took too long.
    pub(super) fn begin(&self) {
        let mut inner = self.lock();
        let is_late = inner.until.is_some_and(|until| until <= Instant::now());
        inner.phase = if is_late { Phase::Asked } else { Phase::Connecting };
    }

    /// The request is on its way.
    pub(super) fn asked(&self) {
        self.lock().phase = Phase::Asked;
    }

    /// The head of the answer has begun.
    pub(super) fn answering(&self) {
        self.lock().phase = Phase::Answering;
    }

    /// The head is here: from now on nothing is late.
    pub(super) fn head_is_here(&self) {
        self.lock().until = None;
    }

    /// `timeout`, or what is left of the time for the attempt if that is less.
    pub(super) fn limit(&self, timeout: NextTimeout) -> Result<NextTimeout, ureq::Error> {
        let Some(until) = self.lock().until else {
            return Ok(timeout);
        };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ureq::Error::Timeout(timeout.reason));
        }
        let is_less = timeout.after.is_not_happening() || *timeout.after > left;
        let after = if is_less { time::Duration::Exact(left) } else { timeout.after };
        Ok(NextTimeout { after, ..timeout })
    }

    /// What has not happened within `after`.
    pub(super) fn late(&self, after: Duration) -> Error {
        match self.lock().phase {
            Phase::Connecting => Error::NoConnection { after },
            Phase::Asked => Error::NoAnswer { after },
            Phase::Answering => Error::SlowAnswer { after },
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
