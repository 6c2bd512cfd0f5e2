//! The pictures of a time in one file of their own.
//!
//! A file gets its name when all of it is written: until then it is `out.mkv.part`, which is
//! deleted where something fails.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};

use super::common::program::say;
use super::config::Config;
use super::index::Index;
use super::matroska::{Closed, Input, Output};
use super::options::Span;
use super::search::{index_of, nothing};
use super::system::Signals;
use super::time::Time;

/// The gap that is left between pictures of two segments where their times overlap.
const NEXT: gst::ClockTime = gst::ClockTime::from_mseconds(1);

/// Writes the pictures of the time to a Matroska file, as they are.
pub(crate) fn export(config: &Config, what: &Span, out: &Path) -> Result<(), Box<dyn Error>> {
    let signals = Signals::watch();
    let context = glib::MainContext::default();
    let is_ended = || {
        while context.iteration(false) {}
        signals.ends() > 0 || signals.take_reload()
    };
    let index = index_of(&config.folder)?;
    let written = copy(&index, &config.folder, what, out, is_ended)?;
    if written.is_empty() {
        return Err(nothing(&index, config, what)?.into());
    }
    for (file, pictures) in &written {
        say(&format!("{pictures} pictures in {}", file.display()));
    }
    if written.len() > 1 {
        say("The size of the pictures changed, and a file has one size");
    }
    Ok(())
}

/// The files and their pictures. Where there is an error, or an end by `is_ended`, there are
/// none.
fn copy(
    index: &Index,
    folder: &Path,
    what: &Span,
    out: &Path,
    is_ended: impl Fn() -> bool,
) -> Result<Vec<(PathBuf, u64)>, Box<dyn Error>> {
    let mut writer: Option<Writer> = None;
    let mut written = Vec::new();
    for segment in index.segments(&what.camera, what.from, what.to, None)? {
        let file = segment.path(folder);
        let mut read = 0;
        for sample in Input::open(&file).into_iter().flatten() {
            if is_ended() {
                return Err(ENDED.into());
            }
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
    if is_ended() {
        return Err(ENDED.into());
    }
    name_all(written)
}

const ENDED: &str = "it was ended before all was copied; no file is left";

/// All or none.
fn name_all(written: Vec<(Part, u64)>) -> Result<Vec<(PathBuf, u64)>, Box<dyn Error>> {
    let mut named = Vec::new();
    for (part, pictures) in written {
        if let Err(error) = part.name() {
            for (file, _) in &named {
                // It was made just now, and is ours.
                let _ = fs::remove_file(file);
            }
            return Err(error.into());
        }
        named.push((part.file.clone(), pictures));
    }
    Ok(named)
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

/// A file that is not complete, under a name of its own; deleted when it is dropped.
struct Part {
    file: PathBuf,
    path: PathBuf,
}

impl Part {
    /// An empty one, for what will be `file`.
    fn make(file: &Path) -> Result<Self, String> {
        if file.exists() {
            return Err(there_already(file));
        }
        let mut path = file.as_os_str().to_owned();
        path.push(".part");
        let path = PathBuf::from(path);
        match File::create_new(&path) {
            Ok(_) => Ok(Self { file: file.to_owned(), path }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(format!(
                "{}: another export writes it, or one was killed and left it; then delete it",
                there_already(&path)
            )),
            Err(error) => Err(format!("cannot write {}: {error}", file.display())),
        }
    }

    /// Gives it its name, unless that is taken.
    fn name(&self) -> Result<(), String> {
        let named = match fs::hard_link(&self.path, &self.file) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => self.rename(),
            linked => linked,
        };
        named.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => there_already(&self.file),
            _ => format!("cannot write {}: {error}", self.file.display()),
        })
    }

    /// On a disk that knows no links a file may come in between.
    fn rename(&self) -> io::Result<()> {
        if self.file.exists() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        fs::rename(&self.path, &self.file)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Not there any more where it was renamed.
        let _ = fs::remove_file(&self.path);
    }
}

fn there_already(file: &Path) -> String {
    format!("{} is there already", file.display())
}

/// A file that pictures are copied to.
struct Writer {
    output: Output,
    closed: Receiver<Closed>,
    /// Dropped behind the output, which has it open.
    part: Part,
    began: Time,
    before: Option<gst::ClockTime>,
    pictures: u64,
}

impl Writer {
    fn begin(file: &Path, sample: &gst::Sample, began: Time) -> Result<Self, Box<dyn Error>> {
        let part = Part::make(file)?;
        let caps = sample.caps_owned().ok_or("a picture without caps")?;
        let (sender, closed) = mpsc::channel();
        let output = Output::begin(&part.path, caps, move |end| {
            // Nobody waits after an error.
            let _ = sender.send(end);
        })?;
        Ok(Self { output, closed, part, began, before: None, pictures: 0 })
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
    fn end(self) -> Result<(Part, u64), String> {
        self.output.end();
        self.closed.recv().map_err(|_| "the file has no end")??;
        Ok((self.part, self.pictures))
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    // Of the test program, where the plugin is registered once for all.
    use crate::common::element::init;
    use crate::common::jpeg::jpeg;

    use super::super::index::{NewSegment, Parts};
    use super::*;

    /// Pictures of two sizes, in two segments; and a folder for what is exported.
    struct Site {
        folder: TempDir,
        index: Index,
        out: PathBuf,
    }

    impl Site {
        fn new() -> Self {
            init();
            let folder = TempDir::new().expect("a folder");
            let index = Index::open(folder.path()).expect("an index");
            let out = folder.path().join("out");
            fs::create_dir_all(&out).expect("a folder");
            fs::create_dir_all(folder.path().join("door")).expect("a folder");
            for (began, width) in [(0, 320), (1000, 640)] {
                record(&index, folder.path(), began, width);
            }
            Self { folder, index, out }
        }

        fn copy(&self, name: &str, is_ended: fn() -> bool) -> Result<Vec<u64>, String> {
            let what = Span { camera: "door".into(), from: Time(0), to: Time(5000) };
            let out = self.out.join(name);
            let written = copy(&self.index, self.folder.path(), &what, &out, is_ended);
            let written = written.map_err(|error| error.to_string())?;
            Ok(written.into_iter().map(|(_, pictures)| pictures).collect())
        }

        fn names(&self) -> Vec<String> {
            let files = fs::read_dir(&self.out).expect("a folder");
            let name = |file: io::Result<fs::DirEntry>| file.expect("a file").file_name();
            let mut names: Vec<_> = files.map(name).collect();
            names.sort();
            names.iter().map(|name| name.to_string_lossy().into_owned()).collect()
        }
    }

    /// Five pictures.
    fn record(index: &Index, folder: &Path, began: i64, width: u16) {
        let caps = gst::Caps::builder("image/jpeg")
            .field("width", i32::from(width))
            .field("height", 240)
            .field("framerate", gst::Fraction::new(0, 1))
            .build();
        let file = format!("{began}.mkv");
        let (sender, closed) = mpsc::channel();
        let path = folder.join("door").join(&file);
        let output = Output::begin(&path, caps, move |end| sender.send(end).expect("a reader"));
        let output = output.expect("a file");
        for number in 0..5 {
            let mut picture = gst::Buffer::from_slice(jpeg(number, width, 240, 500));
            let times = picture.get_mut().expect("a buffer of ours");
            times.set_pts(gst::ClockTime::from_mseconds(number * 100));
            output.push(picture).expect("a picture");
        }
        output.end();
        closed.recv().expect("an end").expect("a whole file");
        let began = Time(began);
        let new = NewSegment { camera: "door".into(), file, began, camera_began: None };
        let id = index.begin(&new).expect("a segment");
        let parts = Parts { ended: Time(began.0 + 400), pictures: 5, bytes: 1 };
        index.finish(id, parts, false).expect("a segment");
    }

    #[test]
    fn each_size_has_its_file_and_no_file_is_overwritten() {
        let site = Site::new();
        assert_eq!(site.copy("t.mkv", || false), Ok(vec![5, 5]));
        assert_eq!(site.names(), ["t-2.mkv", "t.mkv"]);
        let error = site.copy("t.mkv", || false).expect_err("it is there");
        assert!(error.ends_with("t.mkv is there already"), "{error}");
        fs::remove_file(site.out.join("t.mkv")).expect("a file");
        let error = site.copy("t.mkv", || false).expect_err("the second one is there");
        assert!(error.ends_with("t-2.mkv is there already"), "{error}");
        assert_eq!(site.names(), ["t-2.mkv"]);
    }

    #[test]
    fn what_is_not_complete_leaves_no_file() {
        let site = Site::new();
        assert_eq!(site.copy("t.mkv", || true), Err(ENDED.to_owned()));
        assert!(site.names().is_empty());
        let other = site.out.join("v.mkv");
        let parts = [site.out.join("u.mkv"), other.clone()].map(|file| Part::make(&file));
        fs::write(&other, "another program's").expect("a file");
        let parts = parts.map(|part| (part.expect("a part"), 1));
        assert!(name_all(parts.into()).is_err());
        assert_eq!(site.names(), ["v.mkv"]);
        assert_eq!(fs::read_to_string(&other).expect("a file"), "another program's");
    }

    #[test]
    fn an_error_is_the_systems_own() {
        let site = Site::new();
        let error = site.copy("nodir/t.mkv", || false).expect_err("no folder");
        assert!(error.starts_with("cannot write ") && error.contains("os error"), "{error}");
        fs::write(site.out.join("t.mkv.part"), "").expect("a file");
        let error = site.copy("t.mkv", || false).expect_err("a part is there");
        assert!(error.contains("then delete it"), "{error}");
        assert_eq!(site.names(), ["t.mkv.part"], "it is not ours");
    }
}
