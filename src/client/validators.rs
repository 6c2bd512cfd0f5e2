//! A picture that is asked for again: only if it is another one (RFC 9110 §13).

use ureq::http::{HeaderMap, HeaderValue, header};

use crate::http::location::Location;

/// By what the camera tells one picture from another (RFC 9110 §8.8).
#[derive(Debug, Clone)]
pub(crate) struct Validators {
    /// The address of the picture.
    location: Location,
    etag: Option<HeaderValue>,
    last_modified: Option<HeaderValue>,
}

impl Validators {
    pub(crate) fn of(location: Location, headers: &HeaderMap) -> Self {
        Self {
            location,
            etag: headers.get(header::ETAG).cloned(),
            last_modified: headers.get(header::LAST_MODIFIED).cloned(),
        }
    }

    /// Did the picture come from this address?
    pub(crate) fn is_of(&self, location: &Location) -> bool {
        *location == self.location
    }

    /// The fields that ask this address for its picture only if it is another one.
    pub(crate) fn fields(
        &self,
        location: &Location,
    ) -> impl Iterator<Item = (&'static str, &HeaderValue)> {
        let is_known = self.is_of(location);
        let etag = self.etag.iter().map(|value| ("If-None-Match", value));
        let time = self.last_modified.iter().map(|value| ("If-Modified-Since", value));
        etag.chain(time).filter(move |_| is_known)
    }
}
