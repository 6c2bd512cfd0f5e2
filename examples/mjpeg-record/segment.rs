//! One file of a camera that is being written.

use std::fs;
use std::path::{Path, PathBuf};

use super::matroska::{Closed, Output};

pub(crate) struct Segment {
    output: Output,
    file: PathBuf,
    first: gst::ClockTime,
}

impl Segment {
    /// With the first picture, so that no file is without one. `closed` is called once, from
    /// another thread, when nothing is written any more.
    pub(crate) fn begin(
        file: &Path,
        sample: &gst::Sample,
        closed: impl Fn(Closed) + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let caps = sample.caps_owned().ok_or("a picture without caps")?;
        let first =
            sample.buffer().and_then(gst::BufferRef::pts).ok_or("a picture without time")?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)
                .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
        }
        let segment =
            Self { output: Output::begin(file, caps, closed)?, file: file.to_owned(), first };
        segment.push(sample)?;
        Ok(segment)
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn takes(&self, sample: &gst::Sample) -> bool {
        self.output.takes(sample.caps())
    }

    /// Waits while the disk is slow. An error says why nothing is written any more.
    pub(crate) fn push(&self, sample: &gst::Sample) -> Result<(), String> {
        let mut buffer = sample.buffer_owned().ok_or("a sample without a picture")?;
        let times = buffer.make_mut();
        // Each segment begins at 0, as players expect.
        times.set_pts(times.pts().map(|time| time.saturating_sub(self.first)));
        times.set_dts(None);
        self.output.push(buffer)
    }

    /// Has the file completed; `closed` tells when it is.
    pub(crate) fn end(&self) {
        self.output.end();
    }
}
