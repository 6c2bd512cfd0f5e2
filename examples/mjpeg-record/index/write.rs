//! What the recorder tells the index.

use rusqlite::{OptionalExtension, params};

use super::{Gap, Index, Result, Segment, Time, count, segment};

/// A segment that has its first picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewSegment {
    pub(crate) camera: String,
    pub(crate) file: String,
    pub(crate) began: Time,
    pub(crate) camera_began: Option<Time>,
}

/// What is in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    /// When the last picture was taken.
    pub(crate) ended: Time,
    pub(crate) pictures: u64,
    pub(crate) bytes: u64,
}

impl Index {
    /// Gives its number.
    pub(crate) fn begin(&self, new: &NewSegment) -> Result<i64> {
        let sql = "INSERT INTO segment
                   (camera, file, began, ended, camera_began, pictures, bytes, growing)
                   VALUES (?1, ?2, ?3, ?3, ?4, 0, 0, 1)
                   ON CONFLICT (camera, file) DO UPDATE SET began = ?3, ended = ?3,
                   camera_began = ?4, pictures = 0, bytes = 0, growing = 1, pending = 0";
        let camera_began = new.camera_began.map(|time| time.0);
        self.database.prepare_cached(sql)?.execute(params![
            new.camera,
            new.file,
            new.began.0,
            camera_began
        ])?;
        let sql = "SELECT id FROM segment WHERE camera = ?1 AND file = ?2";
        self.database.prepare_cached(sql)?.query_row([&new.camera, &new.file], |row| row.get(0))
    }

    /// `pending`: the command for finished segments has to run. Whether there was such a
    /// segment.
    pub(crate) fn finish(&self, id: i64, parts: Parts, pending: bool) -> Result<bool> {
        let sql = "UPDATE segment SET ended = ?2, pictures = ?3, bytes = ?4, growing = 0,
                   pending = ?5 WHERE id = ?1";
        let (pictures, bytes) = (number(parts.pictures), number(parts.bytes));
        let values = params![id, parts.ended.0, pictures, bytes, pending];
        Ok(self.database.prepare_cached(sql)?.execute(values)? > 0)
    }

    /// What is in a finished segment, after a look into its file.
    pub(crate) fn read_again(&self, id: i64, parts: Parts) -> Result<()> {
        let sql = "UPDATE segment SET ended = ?2, pictures = ?3, bytes = ?4 WHERE id = ?1";
        let values = params![id, parts.ended.0, number(parts.pictures), number(parts.bytes)];
        self.database.prepare_cached(sql)?.execute(values).map(drop)
    }

    /// The oldest segment that the command has to run for, behind this one.
    pub(crate) fn pending(&self, behind: i64) -> Result<Option<Segment>> {
        let sql = "SELECT * FROM segment WHERE pending AND id > ?1 ORDER BY id LIMIT 1";
        self.database.prepare_cached(sql)?.query_row([behind], segment).optional()
    }

    /// The camera and file of all that the command has to run for.
    pub(crate) fn all_pending(&self) -> Result<Vec<(String, String)>> {
        let sql = "SELECT camera, file FROM segment WHERE pending";
        let mut statement = self.database.prepare_cached(sql)?;
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    pub(crate) fn set_pending(&self, camera: &str, file: &str) -> Result<()> {
        let sql = "UPDATE segment SET pending = 1 WHERE camera = ?1 AND file = ?2";
        self.database.prepare_cached(sql)?.execute([camera, file]).map(drop)
    }

    pub(crate) fn hand_over(&self, id: i64) -> Result<()> {
        let sql = "UPDATE segment SET pending = 0 WHERE id = ?1";
        self.database.prepare_cached(sql)?.execute([id]).map(drop)
    }

    /// Its file is gone. Gaps that are older than what is left go with it, but those of the
    /// last two days, which people look at.
    pub(crate) fn forget(&self, id: i64) -> Result<()> {
        const KEPT: i64 = 2 * 24 * 60 * 60 * 1000;
        let sql = "DELETE FROM segment WHERE id = ?1 RETURNING camera";
        let camera: Option<String> =
            self.database.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
        let Some(camera) = camera else { return Ok(()) };
        let sql = "DELETE FROM gap WHERE camera = ?1 AND ended < min(?2, coalesce(
                   (SELECT began FROM segment WHERE camera = ?1 ORDER BY id LIMIT 1), ?2))";
        self.database.prepare_cached(sql)?.execute(params![camera, Time::now().0 - KEPT])?;
        Ok(())
    }

    pub(crate) fn note_gap(&self, camera: &str, gap: &Gap) -> Result<()> {
        let sql = "INSERT INTO gap (camera, began, ended, lost, cause) VALUES (?1, ?2, ?3, ?4, ?5)";
        let (began, ended, lost) = (gap.began.0, gap.ended.0, number(gap.lost));
        self.database
            .prepare_cached(sql)?
            .execute(params![camera, began, ended, lost, gap.cause])?;
        Ok(())
    }

    /// The oldest finished segment behind this one, of one camera or of all.
    pub(crate) fn oldest(&self, camera: Option<&str>, behind: i64) -> Result<Option<Segment>> {
        let Some(camera) = camera else {
            let sql = "SELECT * FROM segment WHERE id > ?1 AND NOT growing ORDER BY id LIMIT 1";
            return self.database.prepare_cached(sql)?.query_row([behind], segment).optional();
        };
        let sql = "SELECT * FROM segment WHERE camera = ?1 AND id > ?2 AND NOT growing
                   ORDER BY id LIMIT 1";
        let mut statement = self.database.prepare_cached(sql)?;
        statement.query_row(params![camera, behind], segment).optional()
    }

    /// Bytes of each camera's segments; one that grows has none yet.
    pub(crate) fn sums(&self) -> Result<Vec<(String, u64)>> {
        let sql = "SELECT camera, sum(bytes) FROM segment GROUP BY camera";
        let mut statement = self.database.prepare_cached(sql)?;
        statement.query_map([], |row| Ok((row.get(0)?, count(row.get(1)?))))?.collect()
    }

    /// All segments of a camera.
    pub(crate) fn of_camera(&self, camera: &str) -> Result<Vec<Segment>> {
        let sql = "SELECT * FROM segment WHERE camera = ?1";
        self.database.prepare_cached(sql)?.query_map([camera], segment)?.collect()
    }

    /// All segments, before they are made anew from the files. Gaps are in no file: they stay.
    pub(crate) fn clear(&self) -> Result<()> {
        self.database.execute_batch("DELETE FROM segment")
    }

    /// Many changes at once: one write to the disk for all.
    pub(crate) fn together<T>(&self, change: impl FnOnce() -> Result<T>) -> Result<T> {
        self.database.execute_batch("BEGIN")?;
        let done = change();
        self.database.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        done
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
