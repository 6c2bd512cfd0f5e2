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

    /// The same gap while it is open takes the place of what was noted of it before.
    pub(crate) fn note_gap(&self, camera: &str, gap: &Gap) -> Result<()> {
        let Gap { began, ended, lost, cause, open } = gap;
        let values = params![camera, began.0, number(*lost), ended.0, cause, open];
        // Pictures may be lost, and then none come: two gaps that may have begun at once.
        let sql = "UPDATE gap SET lost = ?3, ended = ?4, cause = ?5, open = ?6 WHERE open
                   AND camera = ?1 AND began = ?2 AND (lost > 0) = (?3 > 0)";
        if self.database.prepare_cached(sql)?.execute(values)? == 0 {
            let sql = "INSERT INTO gap (camera, began, lost, ended, cause, open)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            self.database.prepare_cached(sql)?.execute(values)?;
        }
        Ok(())
    }

    /// A gap of a camera that was noted as open, and was none: the next picture was only late.
    pub(crate) fn take_back_gap(&self, camera: &str, began: Time) -> Result<()> {
        let sql = "DELETE FROM gap WHERE open AND camera = ?1 AND began = ?2 AND lost = 0";
        self.database.prepare_cached(sql)?.execute(params![camera, began.0]).map(drop)
    }

    /// Before the first camera starts: gaps that were open when a recorder was killed end
    /// where it last noted them.
    pub(crate) fn end_gaps(&self) -> Result<()> {
        self.database.execute_batch("UPDATE gap SET open = 0 WHERE open")
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

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(ended: i64, lost: u64, open: bool) -> Gap {
        Gap { began: Time(1), ended: Time(ended), lost, cause: "away".into(), open }
    }

    fn index() -> (tempfile::TempDir, Index) {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::open(folder.path()).expect("an index");
        (folder, index)
    }

    fn gaps(index: &Index, camera: &str) -> Vec<Gap> {
        index.gaps(camera, Time(0), Time(100), None).expect("gaps")
    }

    #[test]
    fn an_open_gap_is_one_row_until_it_ends() {
        let (_folder, index) = index();
        let note = |camera, gap: &Gap| index.note_gap(camera, gap).expect("an index");
        note("yard", &gap(2, 0, true));
        for (ended, open) in [(2, true), (5, true), (9, false)] {
            note("door", &gap(ended, 0, open));
            assert_eq!(gaps(&index, "door"), [gap(ended, 0, open)]);
        }
        note("door", &gap(3, 7, true));
        assert_eq!(gaps(&index, "door").len(), 2, "pictures were lost besides");
        assert_eq!(gaps(&index, "yard"), [gap(2, 0, true)]);
        index.take_back_gap("yard", Time(1)).expect("an index");
        index.take_back_gap("door", Time(1)).expect("an index");
        assert!(gaps(&index, "yard").is_empty());
        assert_eq!(gaps(&index, "door").len(), 2, "one has ended, of the other pictures are lost");
    }

    #[test]
    fn after_a_kill_a_gap_ends_where_it_was_last_noted() {
        let (_folder, index) = index();
        let away = |now| index.known_until("door", Time(now)).expect("an index");
        assert_eq!(away(100), None, "there is nothing of it");
        index.note_gap("door", &gap(60, 0, true)).expect("an index");
        index.end_gaps().expect("an index");
        assert_eq!(gaps(&index, "door"), [gap(60, 0, false)]);
        assert_eq!(away(100), Some(Time(60)), "although nothing of it was ever recorded");
    }
}
