//! The files that are being written: from before they are made until the index knows that
//! they are finished. What is told of a file may still be on its way to the keeper.

use std::collections::HashMap;
use std::sync::Mutex;

use super::super::common::lock::lock;
use super::Key;

#[derive(Default)]
pub(crate) struct Growing(Mutex<HashMap<Key, (String, String)>>);

impl Growing {
    pub(super) fn add(&self, key: Key, camera: &str, file: &str) {
        lock(&self.0).insert(key, (camera.to_owned(), file.to_owned()));
    }

    pub(super) fn remove(&self, key: Key) {
        lock(&self.0).remove(&key);
    }

    pub(crate) fn has(&self, camera: &str, file: &str) -> bool {
        lock(&self.0).values().any(|one| one.0 == camera && one.1 == file)
    }
}
