//! An answer that is one picture: read whole, so that its connection can be used again.

use std::fmt::Write;

use ureq::Body;
use ureq::http::{HeaderMap, HeaderValue, Response, header};

use super::location::Location;
use crate::error::Error;

/// By what the camera tells one picture from another (RFC 9110 §8.8).
#[derive(Debug, Clone)]
pub(super) struct Validators {
    /// The address of the picture.
    location: Location,
    etag: Option<HeaderValue>,
    last_modified: Option<HeaderValue>,
}

impl Validators {
    fn of(location: Location, headers: &HeaderMap) -> Self {
        Self {
            location,
            etag: headers.get(header::ETAG).cloned(),
            last_modified: headers.get(header::LAST_MODIFIED).cloned(),
        }
    }

    /// The fields that ask this address for its picture only if it is another one.
    pub(super) fn fields(
        &self,
        location: &Location,
    ) -> impl Iterator<Item = (&'static str, &HeaderValue)> {
        let is_known = *location == self.location;
        let etag = self.etag.iter().map(|value| ("If-None-Match", value));
        let time = self.last_modified.iter().map(|value| ("If-Modified-Since", value));
        etag.chain(time).filter(move |_| is_known)
    }
}

/// Is the body one picture of known length? Cameras that go on behind it are asked
/// again all the same.
pub(super) fn is_one(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|length| length.trim().parse::<u64>().ok()).is_some_and(|length| length > 0)
}

/// The answer of `location` as a part: its header fields, a blank line, and the picture.
pub(super) fn read(
    location: Location,
    response: Response<Body>,
    max_size: usize,
) -> Result<(Vec<u8>, Validators), Error> {
    let headers = response.headers();
    let validators = Validators::of(location, headers);
    let mut part = String::new();
    for (name, value) in headers {
        // Writing to a String cannot fail.
        let _ = write!(part, "{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes()));
    }
    part.push_str("\r\n");
    let mut part = part.into_bytes();
    let limit = u64::try_from(max_size).unwrap_or(u64::MAX);
    let picture = response.into_body().into_with_config().limit(limit).read_to_vec();
    part.extend(picture.map_err(|error| Error::Broken { why: error.to_string() })?);
    Ok((part, validators))
}
