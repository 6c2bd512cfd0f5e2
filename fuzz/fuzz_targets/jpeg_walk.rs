//! The walk through a picture ends at the same place however the picture grows.
#![no_main]

use fuzz::split;
use gstmjpeghttp::jpeg::{EOI, Picture, SOI, Walk, Walked};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (data, cuts) = split(input);
    let whole = walk(data, std::iter::once(data.len()));
    assert_eq!(walk(data, 0..=data.len()), whole, "byte by byte");
    assert_eq!(walk(data, cuts.ends(data)), whole, "cut");

    let (progress, picture, first_scan) = whole;
    match progress {
        Walked::End(end) => {
            assert!(data.starts_with(&SOI) && data[..end].ends_with(&EOI));
            assert!(picture.is_some(), "an end without a picture");
        }
        Walked::Broken(at) => assert!(at < data.len(), "broken at {at}"),
        Walked::More => {}
    }
    if let Some(scan) = first_scan {
        assert_eq!(data[scan..][..2], [0xFF, 0xDA]);
    }
    let mut short = Walk::default();
    if short.advance_to_scan(data) == Walked::More {
        assert_eq!(short.first_scan(), first_scan, "on the short way");
    }
});

fn walk(
    data: &[u8],
    ends: impl Iterator<Item = usize>,
) -> (Walked, Option<Picture>, Option<usize>) {
    let mut walk = Walk::default();
    let mut progress = Walked::More;
    for end in ends {
        progress = walk.advance(&data[..end]);
        if progress != Walked::More {
            break;
        }
    }
    (progress, walk.picture(), walk.first_scan())
}
