//! When a picture was taken, as its buffer says it.

use std::time::Duration;

/// By the camera's clock, since 1970, if it counts from there.
pub(crate) fn captured(buffer: &gst::BufferRef) -> Option<Duration> {
    let unix = gst::Caps::new_empty_simple("timestamp/x-unix");
    let mut times = buffer.iter_meta::<gst::ReferenceTimestampMeta>();
    let time = times.find(|time| time.reference().can_intersect(&unix))?;
    Some(time.timestamp().into())
}
