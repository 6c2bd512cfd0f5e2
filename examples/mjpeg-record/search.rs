//! What there is of a time: the files, and one file cut out of them.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};

use super::common::program::say;
use super::index::Index;
use super::matroska::{Closed, Input, Output};
use super::options::Span;
use super::time::Time;

/// The gap that is left between pictures of two segments where their times overlap.
const NEXT: gst::ClockTime = gst::ClockTime::from_mseconds(1);

/// Prints a line for each file: its times, pictures and path; and the gaps between.
pub(crate) fn find(folder: &Path, what: &Span) -> Result<(), Box<dyn Error>> {
    let index = Index::read(folder)?;
    let segments = index.segments(&what.camera, what.from, what.to, None)?;
    if segments.is_empty() {
        return Err(nothing(&index, what).into());
    }
    for segment in segments {
        let file = segment.path(folder);
        let end = if segment.growing { "now".to_owned() } else { segment.ended.to_string() };
        say(&format!(
            "{} to {end}  {} pictures  {}",
            segment.began,
            segment.pictures,
            file.display()
        ));
    }
    for gap in index.gaps(&what.camera, what.from, what.to, None)? {
        say(&format!("{gap}"));
    }
    Ok(())
}

/// Writes the pictures of the time to a Matroska file, as they are.
pub(crate) fn export(folder: &Path, what: &Span, out: &Path) -> Result<(), Box<dyn Error>> {
    let index = Index::read(folder)?;
    let mut writer: Option<Writer> = None;
    let mut written = Vec::new();
    for segment in index.segments(&what.camera, what.from, what.to, None)? {
        let file = segment.path(folder);
        let mut read = 0;
        for sample in Input::open(&file).into_iter().flatten() {
            read += 1;
            let Some(time) = sample.buffer().and_then(gst::BufferRef::pts) else { continue };
            let taken = segment.began.plus(time.into());
            if taken < what.from || taken > what.to {
                continue;
            }
            if writer.as_ref().is_some_and(|writer| !writer.output.takes(sample.caps())) {
                written.extend(writer.take().map(Writer::end).transpose()?);
            }
            if writer.is_none() {
                writer = Some(Writer::begin(&numbered(out, written.len() + 1), &sample, taken)?);
            }
            if let Some(writer) = &mut writer {
                writer.write(&sample, taken)?;
            }
        }
        if read < segment.pictures {
            let missing = segment.pictures - read;
            say(&format!("{missing} pictures of {} cannot be read", file.display()));
        }
    }
    written.extend(writer.map(Writer::end).transpose()?);
    if written.is_empty() {
        return Err(nothing(&index, what).into());
    }
    for (file, pictures) in &written {
        say(&format!("{pictures} pictures in {}", file.display()));
    }
    if written.len() > 1 {
        say("The size of the pictures changed, and a file has one size");
    }
    Ok(())
}

fn nothing(index: &Index, what: &Span) -> String {
    let cameras = index.cameras().unwrap_or_default();
    let Span { camera, from, to } = what;
    if cameras.contains(camera) {
        format!("nothing of {camera} was recorded from {from} to {to}")
    } else {
        format!("there is no camera {camera}; the cameras are: {}", cameras.join(", "))
    }
}

/// The second one beside `out.mkv` is `out-2.mkv`.
fn numbered(out: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return out.to_owned();
    }
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let name = match out.extension() {
        Some(extension) => format!("{stem}-{number}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{number}"),
    };
    out.with_file_name(name)
}

/// A file that pictures are copied to.
struct Writer {
    output: Output,
    closed: Receiver<Closed>,
    file: PathBuf,
    began: Time,
    before: Option<gst::ClockTime>,
    pictures: u64,
}

impl Writer {
    fn begin(file: &Path, sample: &gst::Sample, began: Time) -> Result<Self, Box<dyn Error>> {
        if file.exists() {
            return Err(format!("{} is there already", file.display()).into());
        }
        let caps = sample.caps_owned().ok_or("a picture without caps")?;
        let (sender, closed) = mpsc::channel();
        let output = Output::begin(file, caps, move |end| {
            // Nobody waits after an error.
            let _ = sender.send(end);
        })?;
        Ok(Self { output, closed, file: file.to_owned(), began, before: None, pictures: 0 })
    }

    fn write(&mut self, sample: &gst::Sample, taken: Time) -> Result<(), Box<dyn Error>> {
        let mut buffer = sample.buffer_owned().ok_or("a sample without a picture")?;
        let time = gst::ClockTime::try_from(taken.since(self.began))?;
        // Where the clock was set back, one comes after the other all the same.
        let time = self.before.map_or(time, |before| time.max(before + NEXT));
        self.before = Some(time);
        let times = buffer.make_mut();
        times.set_pts(time);
        times.set_dts(None);
        self.pictures += 1;
        Ok(self.output.push(buffer)?)
    }

    /// The file and its pictures.
    fn end(self) -> Result<(PathBuf, u64), String> {
        self.output.end();
        self.closed.recv().map_err(|_| "the file has no end")??;
        Ok((self.file, self.pictures))
    }
}
