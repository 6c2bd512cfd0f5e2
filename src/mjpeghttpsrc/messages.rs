//! Messages on the bus that the camera causes: no more than are read.
//!
//! An application that does not read its bus keeps every message there for ever, and a camera
//! may cause thousands a second. So it is known of each whether it is still there, and
//! beyond [`MOST`] and [`MOST_BYTES`] only the newest waits for its turn; the others are
//! counted.

use std::collections::VecDeque;

use gst::prelude::*;

use super::MjpegHttpSrc;

/// Messages of one kind that may be unread.
const MOST: usize = 256;
/// Text in them, in bytes; one message always fits.
const MOST_BYTES: usize = 1024 * 1024;

/// Of one kind. See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Messages {
    posted: VecDeque<Message>,
    waiting: Option<Message>,
}

/// One message, and the bytes of its text.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) message: gst::Message,
    pub(super) bytes: usize,
}

impl Messages {
    /// Posts it, now or when there is room and no newer one has come; how many were left out
    /// for it.
    pub(super) fn post(&mut self, element: &MjpegHttpSrc, message: Message) -> u64 {
        let left_out = self.waiting.replace(message).is_some();
        self.catch_up(element);
        u64::from(left_out)
    }

    /// Posts what waits, if there is room now.
    pub(super) fn catch_up(&mut self, element: &MjpegHttpSrc) {
        if self.waiting.is_none() {
            return;
        }
        // Where this is the only reference left, the message was read.
        self.posted.retain(|posted| !posted.message.is_writable());
        let bytes: usize = self.posted.iter().chain(&self.waiting).map(|one| one.bytes).sum();
        let has_room = self.posted.len() < MOST && bytes <= MOST_BYTES;
        if (has_room || self.posted.is_empty())
            && let Some(waiting) = self.waiting.take()
        {
            let message = waiting.message.clone();
            self.posted.push_back(waiting);
            // Without a bus nobody listens.
            let _ = element.post_message(message);
        }
    }
}
