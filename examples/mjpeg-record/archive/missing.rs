//! Segments that somebody has deleted or moved away while the recorder runs: they are no reason to
//! delete others.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::super::index::{self, Index, Segment};
use super::{Keeper, Teller, Told, is_gone};

/// How often it is looked.
const EACH: Duration = Duration::from_secs(60);

/// A look takes no more than this part of the time.
const SHARE: u32 = 20;

/// In a thread of its own, as a disk may take its time.
pub(super) fn look_in_background(folder: PathBuf, teller: Teller) {
    let spawned = thread::Builder::new().name("missing".into()).spawn(move || {
        let mut wait = EACH;
        loop {
            thread::sleep(wait);
            let began = Instant::now();
            let missing = Index::read(&folder).and_then(|index| look(&index, &folder));
            // An index that cannot be read is the keeper's affair.
            if let Ok(missing) = missing
                && !missing.is_empty()
            {
                teller.tell(Told::Missing(missing));
            }
            wait = EACH.max(began.elapsed() * SHARE);
        }
    });
    // Without it they are found at the next start.
    drop(spawned);
}

/// Finished segments whose files are not there.
fn look(index: &Index, folder: &Path) -> index::Result<Vec<Segment>> {
    let mut missing = Vec::new();
    for camera in index.cameras()? {
        // Before the folder is read: what is finished by now is in there.
        let segments = index.of_camera(&camera)?;
        let Some(names) = names(&folder.join(&camera)) else { continue };
        let finished = segments.into_iter().filter(|segment| !segment.growing);
        missing.extend(finished.filter(|segment| !names.contains(&segment.file)));
    }
    Ok(missing)
}

/// Nothing of a folder that cannot be read.
fn names(folder: &Path) -> Option<HashSet<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Some(HashSet::new()),
        Err(_) => return None,
    };
    let name = |entry: std::io::Result<fs::DirEntry>| {
        Some(entry.ok()?.file_name().to_string_lossy().into_owned())
    };
    entries.map(name).collect()
}

impl Keeper {
    /// What was found: it may be long ago.
    pub(super) fn forget_missing(&mut self, segments: &[Segment]) {
        for segment in segments {
            let row = self.index.segment(segment.id);
            let is_known = row.is_ok_and(|row| row.as_ref() == Some(segment));
            if is_known && is_gone(&segment.path(&self.folder)) {
                self.forget(segment);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::index::{NewSegment, Parts};
    use super::super::super::time::Time;
    use super::*;

    #[test]
    fn only_finished_segments_without_a_file_are_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::open(folder.path()).expect("an index");
        let begin = |camera: &str, file: &str| {
            let (camera, file) = (camera.to_owned(), file.to_owned());
            let new = NewSegment { camera, file, began: Time(0), camera_began: None };
            index.begin(&new).expect("a row")
        };
        let finish = |id| {
            let parts = Parts { ended: Time(1), pictures: 1, bytes: 1 };
            assert!(index.finish(id, parts, false).expect("an index"));
        };
        for (camera, file) in [("door", "there"), ("door", "away"), ("yard", "away")] {
            finish(begin(camera, file));
        }
        begin("door", "grows");
        fs::create_dir(folder.path().join("door")).expect("a folder");
        fs::write(folder.path().join("door/there"), "").expect("a file");
        let found = look(&index, folder.path()).expect("an index");
        let found: Vec<_> = found.iter().map(|one| (&*one.camera, &*one.file)).collect();
        assert_eq!(found, [("door", "away"), ("yard", "away")]);
    }
}
