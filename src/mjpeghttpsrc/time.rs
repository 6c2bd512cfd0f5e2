//! What the camera's clock says, for buffers, statistics and the log.

use std::time::Duration;

use gst::prelude::*;
use once_cell::sync::Lazy;

use super::{CAT, MjpegHttpSrc};
use crate::clock::{Report, SelectedClock};

/// Time since 1970 without leap seconds, as GStreamer's own clients of NTP write it.
static UNIX: Lazy<gst::Caps> = Lazy::new(|| {
    let mut caps = gst::Caps::new_empty_simple("timestamp/x-unix");
    // It lives as long as the plugin, and is no leak.
    caps.make_mut().mark_may_be_leaked();
    caps
});

/// Writes on the buffer when its frame was taken, since 1970.
pub(super) fn add_unix(buffer: &mut gst::BufferRef, time: Duration) {
    if let Ok(time) = gst::ClockTime::try_from(time) {
        gst::ReferenceTimestampMeta::add(buffer, &UNIX, time, gst::ClockTime::NONE);
    }
}

/// Logs it when another clock is used, or the same for another reason.
pub(super) fn tell(element: &MjpegHttpSrc, told: &mut SelectedClock, selected: SelectedClock) {
    if *told != selected {
        *told = selected;
        let SelectedClock { header, kind, unit, moment, used } = selected;
        let verb = if used { "use" } else { "leave" };
        gst::debug!(CAT, obj = element, "clock: {verb} {header} {kind} {unit} {moment}");
    }
}

/// How long ago something was, by its running time.
pub(super) fn age(element: &MjpegHttpSrc, time: Duration) -> Option<gst::ClockTime> {
    let now = element.current_running_time()?;
    Some(now.saturating_sub(gst::ClockTime::try_from(time).ok()?))
}

/// Adds the fields of the clock to the statistics.
pub(super) fn show(stats: &mut gst::StructureRef, report: &Report) {
    let Report { selected, offset, drift, jitter_removed, clamped } = report;
    stats.set("clock-header", selected.header);
    stats.set("clock-kind", selected.kind);
    stats.set("clock-unit", selected.unit);
    stats.set("clock-moment", selected.moment);
    stats.set("clock-used", selected.used);
    stats.set("clock-offset", offset);
    stats.set("clock-drift-ppm", f64::from(*drift) / 1000.0);
    stats.set("clock-jitter-removed", gst::ClockTime::try_from(*jitter_removed).ok());
    stats.set("clock-frames-clamped", clamped);
}
