//! The index opened at the start, where others may have filled the disk: a recorder that did not
//! start then would not make room either, and nobody would.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::super::index::{Index, Result};
use super::super::screen::Screen;
use super::super::system;
use super::reconcile;

/// What SQLite needs to begin with is less. With more that is free, it is not the room that it
/// lacks.
const NEEDED: u64 = 1_000_000;

/// Segments that go for it. Some disks free what was deleted only after a while.
const MOST: usize = 10;

/// Deletes the oldest segments while the index does not open for want of room.
pub(super) fn open(folder: &Path, screen: &Screen) -> Result<Index> {
    let mut oldest = None;
    loop {
        let error = match attempt(folder, screen) {
            Err(error) if lacks_room(&error) => error,
            opened => return opened,
        };
        if system::free(folder).is_none_or(|free| free >= NEEDED) {
            return Err(error);
        }
        let files = oldest.get_or_insert_with(|| oldest_first(folder));
        let Some(file) = files.next() else { return Err(error) };
        if fs::remove_file(&file).is_ok() {
            screen.say(&format!("deleted {}", file.display()));
        }
    }
}

/// Gaps that were open when a recorder was killed end where it noted them last.
fn attempt(folder: &Path, screen: &Screen) -> Result<Index> {
    let (index, damaged) = Index::open_or_renew(folder)?;
    if let Some(aside) = damaged {
        screen.say(&format!("the index was damaged and is made anew; it is {}", aside.display()));
    }
    index.end_gaps()?;
    Ok(index)
}

fn lacks_room(error: &rusqlite::Error) -> bool {
    // Where the file that its parts share has no room, that is an error of the disk.
    let code = error.sqlite_error_code();
    code.is_some_and(|code| matches!(code, ErrorCode::DiskFull | ErrorCode::SystemIoFailure))
}

/// By their names: the index is not there yet.
fn oldest_first(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let mut files: Vec<_> = reconcile::folders(folder)
        .into_iter()
        .flat_map(|camera| {
            let names = reconcile::names(&folder.join(&camera));
            names.into_iter().map(move |(time, name)| (time, Path::new(&camera).join(name)))
        })
        .collect();
    files.sort();
    let folder = folder.to_owned();
    files.into_iter().take(MOST).map(move |(_, file)| folder.join(file))
}
