//! What is in a file, complete or not: how many pictures, and for how long.

use std::path::Path;
use std::time::Duration;

use super::super::matroska::Input;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) pictures: u64,
    /// From the first picture to the last one.
    pub(crate) length: Duration,
}

/// Nothing, if it cannot be read at all.
pub(crate) fn read(file: &Path) -> Contents {
    let mut contents = Contents::default();
    for sample in Input::open(file).into_iter().flatten() {
        let time = sample.buffer().and_then(gst::BufferRef::pts).unwrap_or_default();
        contents.pictures += 1;
        contents.length = contents.length.max(time.into());
    }
    contents
}
