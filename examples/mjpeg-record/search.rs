//! What there is of a time.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use rusqlite::ErrorCode;

use super::archive::contents;
use super::common::program::say;
use super::config::Config;
use super::index::{self, Index};
use super::options::Span;

/// Prints a line for each file: its times, pictures and path; and the gaps between.
pub(crate) fn find(config: &Config, what: &Span) -> Result<(), Box<dyn Error>> {
    let folder = &config.folder;
    let index = index_of(folder)?;
    let segments = index.segments(&what.camera, what.from, what.to, None)?;
    if segments.is_empty() {
        return Err(nothing(&index, config, what)?.into());
    }
    for segment in segments {
        let file = segment.path(folder);
        let (end, pictures) = if segment.growing {
            ("now".to_owned(), contents::read(&file).pictures)
        } else {
            (segment.ended.to_string(), segment.pictures)
        };
        say(&format!("{} to {end}  {pictures} pictures  {}", segment.began, file.display()));
    }
    for gap in index.gaps(&what.camera, what.from, what.to, None)? {
        say(&format!("{gap}"));
    }
    Ok(())
}

/// The index of a folder, to look at; what to do where it cannot be read.
pub(crate) fn index_of(folder: &Path) -> Result<Index, String> {
    let file = index::path(folder);
    if fs::metadata(&file).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Err(no_index(folder));
    }
    // SQLite looks at the file when it is asked for something.
    let index = Index::read(folder).and_then(|index| index.cameras().map(|_| index));
    index.map_err(|error| {
        let what = format!("cannot read {}: {error}", file.display());
        match error.sqlite_error_code() {
            // The last one: tables are missing.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => {
                format!("{what}. {ANEW}")
            }
            _ => what,
        }
    })
}

const ANEW: &str = "mjpeg-record --reindex, with the file of cameras, makes the index anew while \
                    no recorder runs";

fn no_index(folder: &Path) -> String {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut shares: Vec<_> = entries
        .filter(|entry| index::path(&entry.path()).exists())
        .filter_map(|entry| entry.file_name().to_str()?.strip_prefix("share-")?.parse().ok())
        .collect();
    shares.sort_unstable();
    let shares: Vec<_> = shares.iter().map(u32::to_string).collect();
    let folder = folder.display();
    if shares.is_empty() {
        return format!(
            "there is no index in {folder}. If nothing was recorded yet, start the recorder; if \
             recordings are there, {ANEW}"
        );
    }
    format!(
        "there is no index in {folder}, but there are recordings of shares: {}. Say which, such as \
         --share {}/OF, where OF is how many there are",
        shares.join(", "),
        shares[0]
    )
}

/// Why there is nothing to show.
pub(crate) fn nothing(index: &Index, config: &Config, what: &Span) -> index::Result<String> {
    let recorded = index.cameras()?;
    let set = || config.cameras.iter().map(|camera| camera.name.as_str());
    let Span { camera, from, to } = what;
    if recorded.contains(camera) {
        return Ok(format!("nothing of {camera} was recorded from {from} to {to}"));
    }
    if set().any(|name| name == camera) {
        return Ok(format!("nothing was recorded of {camera} yet"));
    }
    let names: BTreeSet<_> = recorded.iter().map(String::as_str).chain(set()).collect();
    if names.is_empty() {
        return Ok(format!("there is no camera {camera}, nor any other one"));
    }
    let names: Vec<_> = names.into_iter().collect();
    Ok(format!("there is no camera {camera}; the cameras are: {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::super::index::NewSegment;
    use super::super::time::Time;
    // Of the test program, where the plugin is registered once for all.
    use crate::common::element::init;

    use super::*;

    #[test]
    fn without_an_index_it_says_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let told = |expected: &str| {
            let error = index_of(folder.path()).err().expect("no index");
            assert!(error.contains(expected), "{error}");
        };
        told("start the recorder");
        told("--reindex");
        for share in ["share-2", "share-10"] {
            fs::create_dir(folder.path().join(share)).expect("a folder");
            Index::open(&folder.path().join(share)).expect("an index");
        }
        told("shares: 2, 10. Say which, such as --share 2/OF");
        for damaged in
            ["this is no database, but it is longer than the head of one".repeat(9), String::new()]
        {
            fs::write(index::path(folder.path()), damaged).expect("a file");
            told("--reindex");
        }
    }

    #[test]
    fn a_camera_without_recordings_is_told_from_one_that_does_not_exist() {
        init();
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("cameras.toml");
        let text = "folder = '.'\n[[camera]]\nname = 'yard'\nlocation = 'http://camera/'\n";
        fs::write(&file, text).expect("a file");
        let config = Config::read(&file).expect("a file without a mistake");
        let index = Index::open(folder.path()).expect("an index");
        let began = Time(0);
        let new = NewSegment { camera: "door".into(), file: "a".into(), began, camera_began: None };
        index.begin(&new).expect("a segment");
        for (camera, expected) in [
            ("door", "nothing of door was recorded from 1970-01-01T00:00:01.000Z to "),
            ("yard", "nothing was recorded of yard yet"),
            ("attic", "there is no camera attic; the cameras are: door, yard"),
        ] {
            let what = Span { camera: camera.into(), from: Time(1000), to: Time(2000) };
            let error = nothing(&index, &config, &what).expect("a text");
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
