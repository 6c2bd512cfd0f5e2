//! Since when a picture has been arriving: told by the thread that reads, asked by others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One number, shared. On the clock of [`Frame::arrival`](crate::multipart::Frame::arrival).
#[derive(Debug, Clone)]
pub struct Arriving(Arc<AtomicU64>);

/// No picture is arriving.
const NONE: u64 = u64::MAX;

impl Default for Arriving {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(NONE)))
    }
}

impl Arriving {
    /// When the first byte of the picture came of which the last is still to come.
    pub fn since(&self) -> Option<Duration> {
        let since = self.0.load(Ordering::Acquire);
        (since != NONE).then(|| Duration::from_nanos(since))
    }

    pub(super) fn set(&self, since: Option<Duration>) {
        let since = since.and_then(|since| u64::try_from(since.as_nanos()).ok());
        self.0.store(since.unwrap_or(NONE), Ordering::Release);
    }
}
