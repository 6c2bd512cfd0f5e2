//! An address that answers with single pictures: when it is asked again, and whether the
//! picture is another one.

use std::time::Duration;

use super::digest;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct SnapshotPolling {
    /// From one request to the next.
    interval: Duration,
    is_active: bool,
    /// Digest of the picture that came last.
    last: Option<u64>,
}

impl SnapshotPolling {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, is_active: false, last: None }
    }

    /// The address answers with single pictures.
    pub(super) fn is_active(&self) -> bool {
        self.is_active
    }

    /// A single picture was all that came. True the first time.
    pub(super) fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.is_active, true)
    }

    /// It is not known any more how the address answers, and whoever takes the next picture may
    /// have none yet.
    pub(super) fn end(&mut self) {
        self.is_active = false;
    }

    /// A single picture has come: is it the same as the one before?
    pub(super) fn is_unchanged(&mut self, picture: &[u8]) -> bool {
        let digest = digest(picture);
        self.last.replace(digest) == Some(digest) && self.is_active
    }

    /// When the camera is asked again that was asked at `asked`.
    pub(super) fn next_request(&self, asked: Duration) -> Duration {
        asked + self.interval
    }
}
