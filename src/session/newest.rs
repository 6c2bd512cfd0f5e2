//! Of the pictures that wait already, the newest.

use std::time::Duration;

use crate::multipart::Frame;

/// Longest that older pictures are left out in favour of newer ones. A camera that sends
/// faster than it can be read would never let one through.
const LIMIT: Duration = Duration::from_millis(100);

/// Holds a whole picture back as long as more is there to read.
#[derive(Debug, Default)]
pub(super) struct Newest {
    frame: Option<Frame>,
    /// When the first of the pictures was whole.
    since: Duration,
    skipped: u64,
}

impl Newest {
    /// A picture takes the place of the one before.
    pub(super) fn put(&mut self, frame: Frame, now: Duration) {
        if self.frame.replace(frame).is_some() {
            self.skipped += 1;
        } else {
            self.since = now;
        }
    }

    /// The picture, and how many were left out for it.
    pub(super) fn take(&mut self) -> Option<(Frame, u64)> {
        let frame = self.frame.take()?;
        Some((frame, std::mem::take(&mut self.skipped)))
    }

    /// Is there a picture, and time to look for a newer one?
    pub(super) fn may_look(&self, now: Duration) -> bool {
        self.frame.is_some() && now.saturating_sub(self.since) < LIMIT
    }
}
