//! A media type is read whatever stands there, and its boundary is what was written.
#![no_main]

use gstmjpeghttp::multipart::ContentType;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &[u8]| {
    let parsed = ContentType::parse(value);
    // What is no UTF-8 takes three bytes to say so.
    assert!(parsed.essence.len() <= 3 * value.len());
    let Some(boundary) = parsed.boundary else { return };
    assert!((1..value.len()).contains(&boundary.len()), "{boundary:?}");

    let mut written = b"multipart/x-mixed-replace; a=\";\\\"\"; boundary=\"".to_vec();
    for byte in &boundary {
        if matches!(byte, b'"' | b'\\') {
            written.push(b'\\');
        }
        written.push(*byte);
    }
    written.push(b'"');
    let again = ContentType::parse(&written);
    assert!(again.is_multipart());
    assert_eq!(again.boundary, Some(boundary), "written as RFC 9110 wants it");
});
