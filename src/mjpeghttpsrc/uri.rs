//! The element for addresses with a scheme of its own, so that players find it.
//!
//! `mjpeg+http` and `mjpeg+https`, like `rtsp+http`; plain `http` is other elements'.

use gst::prelude::*;
use gst::subclass::prelude::*;

use super::imp::MjpegHttpSrc;
use crate::http::Location;

/// What stands in front of the address.
const PREFIX: &str = "mjpeg+";

impl URIHandlerImpl for MjpegHttpSrc {
    const URI_TYPE: gst::URIType = gst::URIType::Src;

    fn protocols() -> &'static [&'static str] {
        &["mjpeg+http", "mjpeg+https"]
    }

    /// As it may be shown, like `location`.
    fn uri(&self) -> Option<String> {
        let location: Option<String> = self.obj().property("location");
        location.map(|location| format!("{PREFIX}{location}"))
    }

    /// Sets `location`. A URI that is refused changes nothing.
    fn set_uri(&self, uri: &str) -> Result<(), glib::Error> {
        let element = self.obj();
        if element.current_state() > gst::State::Ready {
            let why = "the URI cannot be changed while the element is running";
            return Err(glib::Error::new(gst::URIError::BadState, why));
        }
        // RFC 3986 §3.1: in whatever case.
        let is_prefix = |start: &&str| start.eq_ignore_ascii_case(PREFIX);
        let address =
            uri.get(..PREFIX.len()).filter(is_prefix).map_or(uri, |_| &uri[PREFIX.len()..]);
        Location::parse(address)
            .map_err(|error| glib::Error::new(gst::URIError::BadUri, &error.to_string()))?;
        element.set_property("location", address);
        Ok(())
    }
}
