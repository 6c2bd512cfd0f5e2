//! The folder emptied while it is recorded to, as people do when a disk is full. What is recorded
//! from then on has a lock and an index again, and cameras begin new files.

use std::path::Path;

use super::super::index::{self, Index};
use super::{Keeper, LOCK, lock, opening};

impl Keeper {
    /// Makes anew what is not there any more.
    pub(super) fn look_for_files(&mut self) -> Result<(), String> {
        if is_gone(&self.folder.join(LOCK)) {
            std::fs::create_dir_all(&self.folder).map_err(|error| error.to_string())?;
            self.lock = lock(&self.folder)?;
        }
        if is_gone(&index::path(&self.folder)) {
            self.renew_index().map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn renew_index(&mut self) -> index::Result<()> {
        // Whoever closes an index deletes files beside it by their names, which those of the new
        // one have, too.
        self.index = Index::nowhere()?;
        self.index = opening::open(&self.folder, &self.screen)?;
        self.screen.say("the index was deleted and is made anew");
        for writing in self.writing.values_mut() {
            writing.begin_again(&self.index)?;
        }
        self.reconcile()
    }
}

/// What cannot be looked at is there.
pub(super) fn is_gone(file: &Path) -> bool {
    file.try_exists().is_ok_and(|exists| !exists)
}
