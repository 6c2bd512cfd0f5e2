//! How far a request has come, so that a time-out says what was waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use crate::error::Error;

/// ```text
///  Connecting ──request sent──▶ Asked ──first byte──▶ Answering
/// ```
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<AtomicU8>);

const CONNECTING: u8 = 0;
const ASKED: u8 = 1;
const ANSWERING: u8 = 2;

impl Progress {
    /// A connection is about to be opened.
    pub(super) fn begin(&self) {
        self.0.store(CONNECTING, Ordering::Relaxed);
    }

    /// The request is on its way.
    pub(super) fn asked(&self) {
        self.0.store(ASKED, Ordering::Relaxed);
    }

    /// The head of the answer has begun.
    pub(super) fn answering(&self) {
        self.0.store(ANSWERING, Ordering::Relaxed);
    }

    /// What has not happened within `after`.
    pub(super) fn late(&self, after: Duration) -> Error {
        match self.0.load(Ordering::Relaxed) {
            CONNECTING => Error::NoConnection { after },
            ASKED => Error::NoAnswer { after },
            _ => Error::SlowAnswer { after },
        }
    }
}
