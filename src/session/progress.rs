//! Does a picture come, and how fast?
//!
//! Only bytes of pictures count: some cameras send keep-alive bytes and no picture. A camera
//! is silent when none has come for a time, and a picture may take [`PICTURES`] times that,
//! so that a large one over a slow link is seen.

use std::time::Duration;

use crate::error::Error;

/// A picture may take this many times the silence, damaged ones before it included.
const PICTURES: u32 = 4;

/// The part of a picture that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartProgress {
    /// Bytes so far.
    pub(super) received: usize,
    /// Bytes of all of it, if its head tells.
    pub(super) length: Option<usize>,
    /// When its first byte came.
    pub(super) since: Duration,
}

/// What has not come in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Late {
    /// Bytes of a picture, for so long.
    Bytes(Duration),
    /// The end of a picture, for so long.
    Picture(Duration),
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Progress {
    silence: Option<Duration>,
    /// When bytes of a picture came last, or the connection was open.
    last: Duration,
    /// When the first byte of a picture came that did not become a whole one yet.
    begun: Option<Duration>,
}

impl Progress {
    /// Nothing is late without a `silence`.
    pub(super) fn new(silence: Option<Duration>, now: Duration) -> Self {
        Self { silence, last: now, begun: None }
    }

    /// Bytes of a picture came.
    pub(super) fn bytes(&mut self, now: Duration) {
        self.last = now;
        self.begun.get_or_insert(now);
    }

    /// Nobody listened to the camera for `time`, which is not its.
    pub(super) fn excuse(&mut self, time: Duration) {
        self.last += time;
        self.begun = self.begun.map(|begun| begun + time);
    }

    /// A picture is whole.
    pub(super) fn picture(&mut self, now: Duration) {
        self.last = now;
        self.begun = None;
    }

    /// How long to wait for the next byte; `None` for ever.
    pub(super) fn patience(&self, now: Duration) -> Result<Option<Duration>, Late> {
        let Some(silence) = self.silence else {
            return Ok(None);
        };
        let whole = silence.saturating_mul(PICTURES);
        let left = (self.last + silence).saturating_sub(now);
        let left_whole =
            self.begun.map_or(left, |begun| begun.saturating_add(whole).saturating_sub(now));
        if left.is_zero() {
            Err(Late::Bytes(silence))
        } else if left_whole.is_zero() {
            Err(Late::Picture(whole))
        } else {
            Ok(Some(left.min(left_whole)))
        }
    }
}

impl PartProgress {
    /// Why there is not all of it `now`.
    pub(super) fn unfinished(self, late: Late, now: Duration) -> Error {
        let (Late::Bytes(after) | Late::Picture(after)) = late;
        let seconds = now.saturating_sub(self.since).as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "a rate to read")]
        let rate = self.received as f64 / seconds / 1000.0;
        let length = self.length.map(|length| format!(" of {length}")).unwrap_or_default();
        let what = format!("{}{length} bytes had come, {rate:.1} kB/s", self.received);
        match late {
            Late::Bytes(_) => Error::Stopped { after, what },
            Late::Picture(_) => Error::TooSlow { after, what },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENCE: Duration = Duration::from_secs(3);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_picture_may_take_four_times_the_silence() {
        let mut progress = Progress::new(Some(SILENCE), seconds(0));
        assert_eq!(progress.patience(seconds(2)), Ok(Some(seconds(1))));
        for now in 2..14 {
            progress.bytes(seconds(now));
            let left = Ok(Some(seconds(3.min(14 - now))));
            assert_eq!(progress.patience(seconds(now)), left, "{now}");
        }
        assert_eq!(progress.patience(seconds(14)), Err(Late::Picture(seconds(12))));
        progress.picture(seconds(14));
        assert_eq!(progress.patience(seconds(16)), Ok(Some(seconds(1))));
    }

    #[test]
    fn a_picture_that_stops_is_silence() {
        let mut progress = Progress::new(Some(SILENCE), seconds(0));
        progress.bytes(seconds(1));
        assert_eq!(progress.patience(seconds(4)), Err(Late::Bytes(SILENCE)));
        let part = PartProgress { received: 4000, length: Some(9000), since: seconds(1) };
        let error = part.unfinished(Late::Bytes(SILENCE), seconds(5)).to_string();
        assert!(error.contains("4000 of 9000 bytes had come, 1.0 kB/s"), "{error}");
    }

    #[test]
    fn time_in_which_nobody_listens_is_not_the_cameras() {
        let mut progress = Progress::new(Some(SILENCE), seconds(0));
        progress.bytes(seconds(1));
        progress.excuse(seconds(100));
        assert_eq!(progress.patience(seconds(102)), Ok(Some(seconds(2))));
        for now in 102..113 {
            progress.bytes(seconds(now));
            assert!(progress.patience(seconds(now)).is_ok(), "{now}");
        }
        progress.bytes(seconds(113));
        assert_eq!(progress.patience(seconds(113)), Err(Late::Picture(seconds(12))));
    }

    #[test]
    fn without_a_silence_nothing_is_late() {
        let mut progress = Progress::new(None, seconds(0));
        progress.bytes(seconds(1));
        assert_eq!(progress.patience(seconds(1_000_000)), Ok(None));
    }
}
