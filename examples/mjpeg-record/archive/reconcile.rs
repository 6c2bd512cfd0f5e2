//! The index made right by the files, which are the truth: at the start, after a disk that
//! was full, and with `--reindex`. First each file gets its row, in the order of recording
//! and without a look into it, so that recording begins at once. What is in the files is read
//! later, beside the recording.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::super::index::{self, Index, NewSegment, Parts, Segment};
use super::super::names;
use super::super::time::Time;
use super::{Growing, contents};

/// No picture fits into less bytes.
const SMALLEST: u64 = 1000;

/// A file that was written to in this time may be somebody's who writes it.
const YOUNG: Duration = Duration::from_secs(60);

/// A segment whose contents have to be read.
pub(crate) struct Unread {
    id: i64,
    camera: String,
    file: String,
    began: Time,
}

/// What the files gave.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) read: usize,
    /// Files without a picture, which are deleted.
    pub(crate) empty: usize,
}

struct File {
    name: String,
    bytes: u64,
    written: SystemTime,
}

/// The cameras that have a folder.
pub(crate) fn folders(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Gives each file a row, and takes the rows without a file away. The segments in `growing`
/// are being written. `pending`: the command for finished segments has to
/// run for those that are new here.
pub(crate) fn list(
    index: &Index,
    folder: &Path,
    cameras: &[String],
    growing: &Growing,
    pending: bool,
) -> index::Result<Vec<Unread>> {
    let mut known = index.cameras()?;
    known.extend(cameras.iter().cloned());
    known.sort();
    known.dedup();
    let (mut new, mut unread, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for camera in known {
        // Asked after the folder was read: what is in there and grows is known by then.
        let is_growing = |file: &str| growing.has(&camera, file);
        let rows = index.of_camera(&camera)?;
        let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.file.clone(), row)).collect();
        let files = match files(&folder.join(&camera)) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            // A folder that cannot be read has lost nothing yet.
            Err(_) => continue,
        };
        for file in files.into_iter().filter(|file| !is_growing(&file.name)) {
            match rows.remove(&file.name) {
                Some(row) if row.growing => unread.push((camera.clone(), file, Some(row))),
                // The recorder ended before it was read.
                Some(Segment { id, began, pictures: 0, .. }) => {
                    again.push(Unread { id, camera: camera.clone(), file: file.name, began });
                }
                Some(_) => {}
                None => new.push((camera.clone(), file)),
            }
        }
        for row in rows.values().filter(|row| !is_growing(&row.file)) {
            index.forget(row.id)?;
        }
    }
    // The numbers of the index are the order of recording.
    new.sort_by_key(|(_, file)| names::time_of(&file.name));
    unread.extend(new.into_iter().map(|(camera, file)| (camera, file, None)));
    let rows = unread.into_iter();
    let unread = rows.map(|(camera, file, before)| row(index, camera, file, before, pending));
    unread.chain(again.into_iter().map(Ok)).collect()
}

/// Until it is read, it ends when its file was last written to.
fn row(
    index: &Index,
    camera: String,
    file: File,
    before: Option<Segment>,
    pending: bool,
) -> index::Result<Unread> {
    let by_name = || names::time_of(&file.name).unwrap_or(Time(0));
    let began = before.as_ref().map_or_else(by_name, |row| row.began);
    let camera_began = before.and_then(|row| row.camera_began);
    let new = NewSegment { camera, file: file.name, began, camera_began };
    let id = index.begin(&new)?;
    let ended = Time::from(file.written).max(began);
    index.finish(id, Parts { ended, pictures: 0, bytes: file.bytes }, pending)?;
    Ok(Unread { id, camera: new.camera, file: new.file, began })
}

/// Reads what is in them. A file in which there is nothing is deleted.
pub(crate) fn read(index: &Index, folder: &Path, unread: &[Unread]) -> index::Result<Done> {
    let mut done = Done::default();
    for Unread { id, camera, file, began } in unread {
        let path = folder.join(camera).join(file);
        let contents = contents::read(&path);
        let Ok(data) = fs::metadata(&path) else {
            index.forget(*id)?;
            continue;
        };
        let is_old = || data.modified().ok().and_then(|time| time.elapsed().ok()) > Some(YOUNG);
        if contents.pictures > 0 {
            let ended = began.plus(contents.length);
            index
                .read_again(*id, Parts { ended, pictures: contents.pictures, bytes: data.len() })?;
            done.read += 1;
        } else if data.len() < SMALLEST && is_old() && fs::remove_file(&path).is_ok() {
            // The recorder was stopped before the first picture was in it.
            index.forget(*id)?;
            done.empty += 1;
        }
    }
    Ok(done)
}

/// When the segments in a folder began, and their names.
pub(super) fn names(folder: &Path) -> Vec<(Time, String)> {
    let files = files(folder).unwrap_or_default().into_iter();
    files.filter_map(|file| Some((names::time_of(&file.name)?, file.name))).collect()
}

/// The segments in a folder.
fn files(folder: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if names::time_of(&name).is_some() && entry.file_type()?.is_file() {
            let data = entry.metadata()?;
            files.push(File { name, bytes: data.len(), written: data.modified()? });
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::super::Key;
    use super::*;

    #[test]
    fn a_file_that_has_just_begun_is_not_taken_for_a_finished_one() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("door")).expect("a folder");
        let (finished, begun) = ("2026-11-22T12-00-00.000Z.mkv", "2026-11-22T12-01-00.000Z.mkv");
        for file in [finished, begun] {
            fs::write(folder.path().join("door").join(file), [0; 2000]).expect("a file");
        }
        let index = Index::open(folder.path()).expect("an index");
        let (growing, key) = (Growing::default(), Key::new());
        growing.add(key, "door", begun);
        growing.add(Key::new(), "yard", finished);
        let listed = || {
            let unread = list(&index, folder.path(), &["door".into()], &growing, true);
            unread.expect("an index").into_iter().map(|one| one.file).collect::<Vec<_>>()
        };
        assert_eq!(listed(), [finished]);
        assert_eq!(
            index.all_pending().expect("an index").len(),
            1,
            "the command is not run for it"
        );
        growing.remove(key);
        assert_eq!(listed(), [begun, finished], "nobody has read it yet");
    }
}
