//! What the decoder finds is in the bytes, not in how they came; and of what was written
//! it finds all.
#![no_main]

use fuzz::common::jpeg::{jpeg, with_segment};
use fuzz::common::parts::{WRITERS, decode_up_to, written};
use fuzz::{Cuts, split};
use libfuzzer_sys::fuzz_target;

/// Bounds on a picture, in bytes: one that no input reaches, and one that most do.
const BOUNDS: [usize; 2] = [1 << 20, 300];

fuzz_target!(|input: &[u8]| {
    let (stream, mut cuts) = split(input);
    for max in BOUNDS {
        let expected = decode_up_to(stream, Some("b"), max, || 1);
        assert_eq!(decode_up_to(stream, Some("b"), max, || usize::MAX), expected, "whole");
        assert_eq!(decode_up_to(stream, Some("b"), max, || cuts.size()), expected, "cut");
    }
    as_written(stream, cuts);
});

/// The input is what the pictures hold; the oracle knows nothing of multipart.
fn as_written(content: &[u8], mut cuts: Cuts) {
    let writer = WRITERS[usize::from(cuts.byte()) % WRITERS.len()];
    let size = 1 + content.len() / 4;
    let pictures: Vec<_> = content.chunks(size).map(picture_of).collect();
    let stream = writer.write(&pictures);
    let found = decode_up_to(&stream, writer.hint, BOUNDS[0], || cuts.size());
    assert_eq!(found, written(&pictures), "{}", writer.name);
}

/// A picture with `content` in a comment and in its entropy-coded data.
fn picture_of(content: &[u8]) -> Vec<u8> {
    let comment = &content[..content.len().min(60_000)];
    let mut picture = with_segment(&jpeg(0, 64, 48, 0), 0xFE, comment);
    let end = picture.len() - 2;
    let stuffed = content.iter().flat_map(|&byte| match byte {
        0xFF => [Some(0xFF), Some(0)],
        byte => [Some(byte), None],
    });
    picture.splice(end..end, stuffed.flatten());
    picture
}
