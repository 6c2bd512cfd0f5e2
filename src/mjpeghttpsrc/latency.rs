//! The answer to the latency query.

use std::time::Duration;

/// A live source whose pictures may be stamped `latency` before they are there. Without a
/// maximum: what waits is held by the backlog.
pub(super) fn answer(query: &mut gst::query::Latency, latency: Duration) {
    let latency = gst::ClockTime::try_from(latency).unwrap_or_default();
    query.set(true, latency, gst::ClockTime::NONE);
}
