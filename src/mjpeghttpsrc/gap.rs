//! Tells downstream that there is no picture, so that no muxer or compositor waits for
//! one.

use std::time::Duration;

use gst::prelude::*;
use gst_base::prelude::*;

use super::MjpegHttpSrc;

/// Gaps shorter than this are not worth an event.
const LEAST: Duration = Duration::from_millis(250);

/// How far downstream knows what there is, in running time.
#[derive(Debug, Default)]
pub(super) struct Gap {
    /// `None` until the first buffer: before it there are neither caps nor a segment.
    known: Option<Duration>,
}

impl Gap {
    /// A buffer is on its way; there is a picture until `end`.
    pub(super) fn picture_until(&mut self, end: Option<Duration>) {
        self.known = end;
    }

    /// The segment is another one.
    pub(super) fn forget(&mut self) {
        self.known = None;
    }

    /// Nothing is there, and nothing before `end` will come any more. True if downstream
    /// was told; no later buffer may begin before `end` then.
    pub(super) fn nothing_until(&mut self, element: &MjpegHttpSrc, end: Duration) -> bool {
        let Some(known) = self.known else {
            return false;
        };
        let length = end.saturating_sub(known);
        if length < LEAST {
            return false;
        }
        let (Ok(start), Ok(length)) =
            (gst::ClockTime::try_from(known), gst::ClockTime::try_from(length))
        else {
            return false;
        };
        self.known = Some(end);
        // Who does not take it does not wait for it either.
        element.src_pad().push_event(gst::event::Gap::builder(start).duration(length).build());
        true
    }
}
