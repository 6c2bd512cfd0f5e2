//! The element `mjpeghttpsrc`.
//!
//! | file | idea |
//! |---|---|
//! | `imp` | the virtual methods of `GstElement`, `GstBaseSrc` and `GstPushSrc` |
//! | `properties` | the properties as GObject sees them |
//! | `enums` | the enumerations among them |
//! | `settings` | what they hold, and what the layers below make of it |
//! | `extra_headers` | header fields as structures hold them |
//! | `ssl` | the `ssl-…` properties, and what they mean together |
//! | `secrets` | what no message may show |
//! | `fallback` | the camera's other addresses |
//! | `streaming` | what the streaming thread owns: session, clock, caps |
//! | `caps` | what a picture says, as caps |
//! | `bus` | errors and warnings on the bus |
//! | `messages` | no more of them than are read |
//! | `latency` | the answer to the latency query |
//! | `gap` | tells downstream that there is no picture |
//! | `uri` | the element behind `mjpeg+http://…` |
//! | `time` | what the camera's clock says, for buffers, statistics and the log |

use glib::prelude::*;
use once_cell::sync::Lazy;

pub(crate) mod bus;
pub(crate) mod caps;
mod enums;
mod extra_headers;
mod fallback;
pub(crate) mod gap;
pub(crate) mod imp;
pub(crate) mod latency;
pub(crate) mod messages;
mod properties;
pub(crate) mod secrets;
mod settings;
mod ssl;
mod streaming;
mod time;
mod uri;

pub use enums::{ConnectionState, TimestampMode};
pub use secrets::Secrets;
pub use settings::Settings;

glib::wrapper! {
    /// Live source: the URL of a network camera in, timestamped `image/jpeg` out.
    ///
    /// ```text
    /// gst-launch-1.0 mjpeghttpsrc location=http://camera/video.mjpg ! jpegdec ! autovideosink
    /// ```
    ///
    /// * Each buffer is one whole picture, with the time it was taken at as its PTS.
    /// * A camera that goes away makes a warning for each attempt to reach it again, and
    ///   `GAP` events meanwhile. An error comes where trying again does not help, or
    ///   `retries` are used up.
    /// * What the camera does beside the book comes once as the element message
    ///   `mjpeghttpsrc-quirk`, its text parts as `mjpeghttpsrc-part`; all of it is
    ///   counted in the property `stats`.
    /// * No change of state waits for the camera.
    ///
    /// The properties are explained in `gst-inspect-1.0 mjpeghttpsrc`, recipes in
    /// `docs/recipes.md`.
    pub struct MjpegHttpSrc(ObjectSubclass<imp::MjpegHttpSrc>)
        @extends gst_base::PushSrc, gst_base::BaseSrc, gst::Element, gst::Object,
        @implements gst::URIHandler;
}

/// Registers the element with GStreamer. `autovideosrc` would take one with a rank for a
/// webcam; who looks for a URI's scheme does not ask for a rank.
pub fn register(plugin: &gst::Plugin) -> Result<(), glib::BoolError> {
    gst::Element::register(
        Some(plugin),
        "mjpeghttpsrc",
        gst::Rank::NONE,
        MjpegHttpSrc::static_type(),
    )
}

static CAT: Lazy<gst::DebugCategory> = Lazy::new(|| {
    gst::DebugCategory::new(
        "mjpeghttpsrc",
        gst::DebugColorFlags::empty(),
        Some("MJPEG over HTTP camera source"),
    )
});
