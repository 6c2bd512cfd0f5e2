//! A camera that sends, but shows nothing new.

use std::time::Duration;

use super::digest;
use crate::error::Error;
use crate::multipart::Frame;

/// ustreamer's word for whether its own source is there. What it shows while it is not is
/// a still picture of its own.
const ONLINE: &str = "X-UStreamer-Online";

/// Notices that the picture stays the same, byte for byte, or that the camera calls
/// itself offline.
#[derive(Debug)]
pub(super) struct Frozen {
    limit: Option<Duration>,
    shown: Option<LastPicture>,
    offline_since: Option<Duration>,
}

#[derive(Debug)]
struct LastPicture {
    digest: u64,
    since: Duration,
}

impl Frozen {
    /// Nothing is noticed without a `limit`.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self { limit, shown: None, offline_since: None }
    }

    /// Another connection.
    pub(super) fn restart(&mut self) {
        *self = Self::new(self.limit);
    }

    /// A picture that came `now`; an error if it has been the same for too long.
    pub(super) fn look(&mut self, frame: &Frame, now: Duration) -> Result<(), Error> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        let online = frame.head().get(ONLINE);
        if online.is_some_and(|value| value.eq_ignore_ascii_case(b"false")) {
            let since = *self.offline_since.get_or_insert(now);
            if now.saturating_sub(since) >= limit {
                return Err(Error::Offline { after: limit });
            }
        } else {
            self.offline_since = None;
        }
        let digest = digest(frame.bytes.as_ref());
        if self.shown.as_ref().is_none_or(|shown| shown.digest != digest) {
            self.shown = Some(LastPicture { digest, since: now });
        }
        self.unchanged(now)
    }

    /// The picture is still the one that came last.
    pub(super) fn unchanged(&self, now: Duration) -> Result<(), Error> {
        match (self.limit, &self.shown) {
            (Some(limit), Some(shown)) if now.saturating_sub(shown.since) >= limit => {
                Err(Error::Frozen { after: limit })
            }
            _ => Ok(()),
        }
    }
}
