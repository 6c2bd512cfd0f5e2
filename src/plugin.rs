//! The plugin's entry points, for GStreamer's registry and for programs that link it in.
#![allow(missing_docs, reason = "the macro writes its items without")]

use crate::mjpeghttpsrc;

fn plugin_init(plugin: &gst::Plugin) -> Result<(), glib::BoolError> {
    mjpeghttpsrc::register(plugin)
}

gst::plugin_define!(
    mjpeghttp,
    env!("CARGO_PKG_DESCRIPTION"),
    plugin_init,
    concat!(env!("CARGO_PKG_VERSION"), "-", env!("COMMIT_ID")),
    "MIT/X11",
    env!("CARGO_PKG_NAME"),
    env!("CARGO_PKG_NAME"),
    env!("CARGO_PKG_REPOSITORY"),
    env!("BUILD_REL_DATE")
);
