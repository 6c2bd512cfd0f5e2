//! The folder emptied or replaced while it is recorded to, as people do when a disk is full. What
//! is recorded from then on has a lock and an index again, and cameras begin new files.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::index::{self, Index};
use super::super::system::{self, FileId};
use super::finish::Writing;
use super::{Keeper, LOCK, lock, opening};

/// The files of the index that is open; none while it has to be opened again.
#[derive(Default)]
pub(super) struct Opened(Vec<(PathBuf, FileId)>);

impl Opened {
    /// Those that are there now.
    pub(super) fn look(folder: &Path) -> Self {
        let with_id = |file: PathBuf| {
            let id = system::file_id(&fs::metadata(&file).ok()?);
            Some((file, id))
        };
        Self(index::files(folder).into_iter().filter_map(with_id).collect())
    }

    fn are_there(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|(file, id)| has_id(file, *id))
    }
}

impl Keeper {
    /// Makes anew what is not there any more. Whether lock and index are those of the folder.
    pub(super) fn look_for_files(&mut self) -> bool {
        let looked = self.look_for_lock().and_then(|()| {
            if self.opened.are_there() {
                return Ok(());
            }
            self.renew_index().map_err(|error| error.to_string())
        });
        if let Err(error) = &looked {
            self.fall_behind(error);
        }
        looked.is_ok()
    }

    fn look_for_lock(&mut self) -> Result<(), String> {
        let Ok(ours) = self.lock.metadata() else { return Ok(()) };
        if has_id(&self.folder.join(LOCK), system::file_id(&ours)) {
            return Ok(());
        }
        fs::create_dir_all(&self.folder).map_err(|error| error.to_string())?;
        self.lock = lock(&self.folder)?;
        Ok(())
    }

    fn renew_index(&mut self) -> index::Result<()> {
        self.opened = Opened::default();
        // Numbers of the one before mean nothing in the next one.
        self.writing.values_mut().for_each(Writing::forget_row);
        self.handover.forget_place();
        // It is closed before the next one is opened, and what it is told meanwhile is forgotten.
        self.index = Index::nowhere()?;
        self.index = opening::open(&self.folder, &self.screen)?;
        for writing in self.writing.values_mut() {
            writing.begin_again(&self.index)?;
        }
        self.reconcile()?;
        self.opened = Opened::look(&self.folder);
        self.screen.say("the index was deleted or replaced: it is made right by the files");
        Ok(())
    }
}

/// What cannot be looked at is there.
pub(crate) fn is_gone(file: &Path) -> bool {
    file.try_exists().is_ok_and(|exists| !exists)
}

fn has_id(file: &Path, id: FileId) -> bool {
    match fs::metadata(file) {
        Ok(found) => system::file_id(&found) == id,
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}
