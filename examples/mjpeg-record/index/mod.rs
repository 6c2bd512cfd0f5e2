//! The index of what is recorded: an SQLite file in the folder of the recordings. The files
//! are the truth; the index is made anew from them when it is lost (`--reindex`).
//!
//! | file | idea |
//! |---|---|
//! | `mod` | what is asked for |
//! | `schema` | the tables |
//! | `span` | what there is of a time |
//! | `write` | what the recorder tells |

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row, params};

use super::time::Time;

mod schema;
mod span;
mod write;

pub(crate) use write::{NewSegment, Parts};

/// The name of the file.
const FILE: &str = "index.sqlite";

/// How long another program may hold the file.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) type Result<T> = std::result::Result<T, rusqlite::Error>;

/// A connection to the index. Each thread has its own.
pub(crate) struct Index {
    database: Connection,
}

/// A file of one camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Grows with each segment, whatever the clocks say.
    pub(crate) id: i64,
    pub(crate) camera: String,
    /// Its name in the folder of the camera.
    pub(crate) file: String,
    /// When the first picture was taken, by our clock.
    pub(crate) began: Time,
    /// When the last one was; of a segment that grows the first one.
    pub(crate) ended: Time,
    /// The first picture's time by the camera's clock, if it has one.
    pub(crate) camera_began: Option<Time>,
    pub(crate) pictures: u64,
    pub(crate) bytes: u64,
    pub(crate) growing: bool,
}

impl Segment {
    /// Where it is, in the folder of the recordings.
    pub(crate) fn path(&self, folder: &Path) -> PathBuf {
        folder.join(&self.camera).join(&self.file)
    }
}

/// A time without pictures, or with pictures that are not in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) began: Time,
    pub(crate) ended: Time,
    /// Pictures that came and are not in a file.
    pub(crate) lost: u64,
    /// In words.
    pub(crate) cause: String,
    /// It is not over: it lasts at least until `ended`.
    pub(crate) open: bool,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.ended.since(self.began).as_secs_f64();
        let least = if self.open { "at least " } else { "" };
        write!(f, "a gap of {least}{seconds:.1} s from {}: {}", self.began, self.cause)?;
        if self.lost > 0 {
            write!(f, "; {} pictures are lost", self.lost)?;
        }
        Ok(())
    }
}

impl Index {
    /// To write, in the folder of the recordings; made if it is not there. One that is damaged
    /// is put aside, and its new name told.
    pub(crate) fn open_or_renew(folder: &Path) -> Result<(Self, Option<PathBuf>)> {
        let is_damaged = |error: &rusqlite::Error| {
            let code = error.sqlite_error_code();
            code.is_some_and(|code| {
                matches!(code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            })
        };
        match Self::open(folder).and_then(Self::whole) {
            Err(error) if is_damaged(&error) => {
                let aside = path(folder).with_extension("damaged");
                // What is left of it would not fit a new one.
                let [_, beside @ ..] = files(folder);
                for file in beside {
                    let _ = fs::remove_file(file);
                }
                if fs::rename(path(folder), &aside).is_err() {
                    return Err(error);
                }
                Ok((Self::open(folder)?, Some(aside)))
            }
            opened => Ok((opened?, None)),
        }
    }

    /// To write, in the folder of the recordings; made if it is not there.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let index = Self { database: Connection::open(path(folder))? };
        index.database.busy_timeout(PATIENCE)?;
        schema::prepare(&index.database)?;
        Ok(index)
    }

    /// In the place of one that has to be closed; what it is told is forgotten.
    pub(crate) fn nowhere() -> Result<Self> {
        let index = Self { database: Connection::open_in_memory()? };
        schema::prepare(&index.database)?;
        Ok(index)
    }

    /// Reads all of it: damage at its end does not show at its head.
    fn whole(self) -> Result<Self> {
        let found: String =
            self.database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if found == "ok" {
            return Ok(self);
        }
        let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        Err(rusqlite::Error::SqliteFailure(error, Some(found)))
    }

    /// To look at, while the recorder writes to it.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(path(folder), flags)?;
        database.busy_timeout(PATIENCE)?;
        Ok(Self { database })
    }

    /// The newest ones of a camera, the newest first.
    pub(crate) fn newest(&self, camera: &str, count: u32) -> Result<Vec<Segment>> {
        let sql = "SELECT * FROM segment WHERE camera = ?1 ORDER BY id DESC LIMIT ?2";
        let mut statement = self.database.prepare_cached(sql)?;
        statement.query_map(params![camera, count], segment)?.collect()
    }

    /// The end of the newest segment of a camera, or of a gap behind it that is over by `now`.
    /// `None` while a segment grows, and of a camera that there is nothing of.
    pub(crate) fn known_until(&self, camera: &str, now: Time) -> Result<Option<Time>> {
        let newest = self.newest(camera, 1)?.pop();
        if newest.as_ref().is_some_and(|segment| segment.growing) {
            return Ok(None);
        }
        let segment = newest.map(|segment| segment.ended);
        let sql = "SELECT max(ended) FROM gap WHERE camera = ?1 AND ended <= ?2";
        let mut statement = self.database.prepare_cached(sql)?;
        let gap: Option<i64> = statement.query_row(params![camera, now.0], |row| row.get(0))?;
        Ok(segment.max(gap.map(Time)))
    }

    pub(crate) fn segment(&self, id: i64) -> Result<Option<Segment>> {
        let mut statement = self.database.prepare_cached("SELECT * FROM segment WHERE id = ?1")?;
        statement.query_row([id], segment).optional()
    }

    /// The names of all cameras that have something recorded, by name.
    pub(crate) fn cameras(&self) -> Result<Vec<String>> {
        let mut statement =
            self.database.prepare_cached("SELECT DISTINCT camera FROM segment ORDER BY camera")?;
        statement.query_map([], |row| row.get(0))?.collect()
    }
}

/// It and what SQLite keeps beside it while it is open.
pub(crate) fn files(folder: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| folder.join(format!("{FILE}{suffix}")))
}

/// Where it is.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

fn segment(row: &Row<'_>) -> Result<Segment> {
    Ok(Segment {
        id: row.get("id")?,
        camera: row.get("camera")?,
        file: row.get("file")?,
        began: Time(row.get("began")?),
        ended: Time(row.get("ended")?),
        camera_began: row.get::<_, Option<i64>>("camera_began")?.map(Time),
        pictures: count(row.get("pictures")?),
        bytes: count(row.get("bytes")?),
        growing: row.get("growing")?,
    })
}

/// SQLite's numbers have a sign.
fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
