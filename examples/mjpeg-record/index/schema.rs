//! The tables of the index. All times are milliseconds since 1970, by our clock but for
//! `camera_began`. `pending` is set while the command for finished segments has to run.

use rusqlite::Connection;

use super::Result;

/// Grows with each change of the tables; an index of another version is made anew.
const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE segment (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        camera TEXT NOT NULL,
        file TEXT NOT NULL,
        began INTEGER NOT NULL,
        ended INTEGER NOT NULL,
        camera_began INTEGER,
        pictures INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        growing INTEGER NOT NULL,
        pending INTEGER NOT NULL DEFAULT 0,
        UNIQUE (camera, file)
    ) STRICT;
    CREATE INDEX segment_of_camera ON segment (camera, id);
    CREATE INDEX segment_growing ON segment (growing) WHERE growing;
    CREATE INDEX segment_pending ON segment (pending) WHERE pending;
    CREATE TABLE gap (
        camera TEXT NOT NULL,
        began INTEGER NOT NULL,
        ended INTEGER NOT NULL,
        lost INTEGER NOT NULL,
        cause TEXT NOT NULL
    ) STRICT;
    CREATE INDEX gap_of_camera ON gap (camera, ended);";

/// Makes the tables where there are none.
pub(super) fn prepare(database: &Connection) -> Result<()> {
    // Readers and the writer do not wait for each other then. A power cut may cost the last
    // changes, which the files tell again.
    database.pragma_update(None, "journal_mode", "wal")?;
    database.pragma_update(None, "synchronous", "normal")?;
    let version: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == VERSION {
        return Ok(());
    }
    database.execute_batch(&format!(
        "BEGIN; DROP TABLE IF EXISTS segment; DROP TABLE IF EXISTS gap; {TABLES}
         PRAGMA user_version = {VERSION}; COMMIT;"
    ))
}
