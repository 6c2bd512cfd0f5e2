//! Pictures one after the other in one answer, each as it came from the camera.
//!
//! The next picture is taken when the connection has room for it, so a slow viewer misses
//! pictures, and none waits for it.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::board::Picture;

/// Another picture takes the place of the one before it: browsers show that in an `<img>`.
pub(super) const REPLACE: &str = "multipart/x-mixed-replace; boundary=picture";

/// One picture after the other.
pub(super) const MIXED: &str = "multipart/mixed; boundary=picture";

/// Browsers show a picture when they see what is behind it, so the delimiter follows at once.
const DELIMITER: &[u8] = b"--picture\r\n";
const BEHIND: &[u8] = b"\r\n--picture\r\n";

/// A picture, and whose it is if that is not clear.
pub(super) struct Part {
    pub(super) camera: Option<String>,
    pub(super) picture: Picture,
}

pub(super) fn answer(
    kind: &'static str,
    parts: impl Stream<Item = Part> + Send + 'static,
) -> Response {
    let first = stream::iter([Bytes::from_static(DELIMITER)]);
    let parts = parts.flat_map(|part| {
        let head = head(&part);
        stream::iter([head, part.picture.jpeg, Bytes::from_static(BEHIND)])
    });
    let body = Body::from_stream(first.chain(parts).map(Ok::<_, Infallible>));
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// With the time of the picture as `mjpeghttpsrc` reads it.
fn head(part: &Part) -> Bytes {
    let Picture { jpeg, captured } = &part.picture;
    let camera = part.camera.as_deref().map_or_else(String::new, |name| {
        format!("X-Camera: {}\r\n", utf8_percent_encode(name, NON_ALPHANUMERIC))
    });
    let (seconds, fraction) = (captured.0.div_euclid(1000), captured.milliseconds());
    format!(
        "Content-Type: image/jpeg\r\nContent-Length: {}\r\n\
         X-Timestamp: {seconds}.{fraction:03}\r\n{camera}\r\n",
        jpeg.len()
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::super::time::Time;
    use super::*;

    #[test]
    fn a_part_says_whose_it_is_how_long_it_is_and_when_it_was_taken() {
        let picture =
            Picture { jpeg: Bytes::from_static(b"jpeg"), captured: Time(1_000_000_000_007) };
        let part = Part { camera: Some("ворота 1\r\n".into()), picture };
        assert_eq!(
            head(&part),
            "Content-Type: image/jpeg\r\nContent-Length: 4\r\nX-Timestamp: 1000000000.007\r\n\
             X-Camera: %D0%B2%D0%BE%D1%80%D0%BE%D1%82%D0%B0%201%0D%0A\r\n\r\n"
        );
        assert!(!head(&Part { camera: None, ..part }).ends_with(b"%0A\r\n\r\n"));
    }
}
