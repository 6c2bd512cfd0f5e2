//! The tables of the index. All times are milliseconds since 1970, by our clock but for
//! `camera_began`. `pending` is set while the command for finished segments has to run,
//! `open` while a gap is not over: `ended` grows then.

use rusqlite::Connection;

use super::Result;

/// Each makes of one version the next: the tables of the first, and what was changed since.
const CHANGES: [&str; 3] = [
    TABLES,
    "CREATE INDEX segment_of_time ON segment (camera, began);",
    "ALTER TABLE gap ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
     CREATE INDEX gap_open ON gap (open) WHERE open;",
];

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

/// Makes the tables where there are none, and those of an earlier version right. Those of a
/// later one are made anew.
pub(super) fn prepare(database: &Connection) -> Result<()> {
    // Readers and the writer do not wait for each other then. A power cut may cost the last
    // changes, which the files tell again.
    database.pragma_update(None, "journal_mode", "wal")?;
    database.pragma_update(None, "synchronous", "normal")?;
    let version: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let (drop, changes) =
        match usize::try_from(version).ok().and_then(|version| CHANGES.get(version..)) {
            Some([]) => return Ok(()),
            Some(changes) if version > 0 => ("", changes),
            _ => ("DROP TABLE IF EXISTS segment; DROP TABLE IF EXISTS gap;", &CHANGES[..]),
        };
    let (changes, version) = (changes.concat(), CHANGES.len());
    database
        .execute_batch(&format!("BEGIN; {drop} {changes} PRAGMA user_version = {version}; COMMIT;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_an_earlier_version_keeps_what_it_has() {
        for version in 1..CHANGES.len() {
            let database = Connection::open_in_memory().expect("an index");
            let changes = CHANGES[..version].concat();
            let before = format!("{changes} PRAGMA user_version = {version}");
            database.execute_batch(&before).expect("tables");
            let gap = "INSERT INTO gap (camera, began, ended, lost, cause)
                       VALUES ('door', 1, 2, 0, 'away')";
            database.execute_batch(gap).expect("a gap");
            prepare(&database).expect("tables");
            prepare(&database).expect("the same tables");
            let gaps: i64 = database
                .query_row("SELECT count(*) FROM gap", [], |row| row.get(0))
                .expect("a number");
            assert_eq!(gaps, 1, "version {version}");
        }
    }

    #[test]
    fn an_index_of_a_later_version_is_made_anew() {
        let database = Connection::open_in_memory().expect("an index");
        let later = CHANGES.len() + 1;
        let strange = format!("CREATE TABLE segment (x INTEGER); PRAGMA user_version = {later}");
        database.execute_batch(&strange).expect("tables");
        prepare(&database).expect("tables");
        let segments = "SELECT count(*) FROM segment WHERE growing";
        let segments: i64 = database.query_row(segments, [], |row| row.get(0)).expect("a number");
        assert_eq!(segments, 0);
    }
}
