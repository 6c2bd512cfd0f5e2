//! What there is of a time. With a number of rows asked for, an answer costs the same however
//! much is recorded before and after that time.

use rusqlite::{Row, params};

use super::{Gap, Index, Result, Segment, Time, count, segment};

/// No segment is longer: an hour is the most that the file of settings takes.
const LONGEST: i64 = 2 * 60 * 60 * 1000;

const SEGMENTS: &str = "
    SELECT * FROM segment WHERE camera = ?1 AND began BETWEEN ?2 - ?5 AND ?3
    AND (ended >= ?2 OR growing) ORDER BY began DESC LIMIT ?4";

const GAPS: &str = "
    SELECT * FROM gap WHERE camera = ?1 AND ended BETWEEN ?2 AND ?3 ORDER BY ended DESC LIMIT ?4";

/// Few gaps overlap, so those that span a moment are among the first that end behind it.
const GAPS_AT_THE_END: &str = "
    SELECT * FROM (SELECT * FROM gap WHERE camera = ?1 AND ended > ?2 ORDER BY ended LIMIT ?3)
    WHERE began <= ?2";

impl Index {
    /// Those of a camera that have something of the time from `from` to `to`, in the order in
    /// which they were recorded. If there are more than `most`, the newest ones.
    pub(crate) fn segments(
        &self,
        camera: &str,
        from: Time,
        to: Time,
        most: Option<usize>,
    ) -> Result<Vec<Segment>> {
        let mut statement = self.database.prepare_cached(SEGMENTS)?;
        let values = params![camera, from.0, to.0, limit(most), LONGEST];
        let rows = statement.query_map(values, segment)?;
        let mut found: Vec<_> = rows.collect::<Result<_>>()?;
        // A clock may have been set back between them.
        found.sort_by_key(|segment| segment.id);
        Ok(found)
    }

    /// The gaps of a camera that have something of that time, by their begin. If there are
    /// more than `most`, the newest ones.
    pub(crate) fn gaps(
        &self,
        camera: &str,
        from: Time,
        to: Time,
        most: Option<usize>,
    ) -> Result<Vec<Gap>> {
        let most_rows = limit(most);
        let mut statement = self.database.prepare_cached(GAPS)?;
        let rows = statement.query_map(params![camera, from.0, to.0, most_rows], gap)?;
        let mut found: Vec<_> = rows.collect::<Result<_>>()?;
        let mut statement = self.database.prepare_cached(GAPS_AT_THE_END)?;
        for gap in statement.query_map(params![camera, to.0, most_rows], gap)? {
            found.push(gap?);
        }
        found.sort_by_key(|gap| gap.began);
        found.drain(..found.len().saturating_sub(most.unwrap_or(usize::MAX)));
        Ok(found)
    }
}

/// SQLite has no limit with a negative number.
fn limit(most: Option<usize>) -> i64 {
    most.map_or(-1, |most| i64::try_from(most).unwrap_or(i64::MAX))
}

fn gap(row: &Row<'_>) -> Result<Gap> {
    Ok(Gap {
        began: Time(row.get("began")?),
        ended: Time(row.get("ended")?),
        lost: count(row.get("lost")?),
        cause: row.get("cause")?,
        // Who only looks may find an index of an earlier version.
        open: row.get("open").unwrap_or(false),
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    const MINUTE: i64 = 60 * 1000;
    const HOUR: i64 = 60 * MINUTE;

    /// A camera with a segment and a gap each minute, for so many minutes.
    fn recorded(minutes: i64) -> (tempfile::TempDir, Index) {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::open(folder.path()).expect("an index");
        let rows = |insert: &str| {
            let sql = format!(
                "WITH RECURSIVE minute (n) AS
                 (SELECT 0 UNION ALL SELECT n + 1 FROM minute WHERE n + 1 < {minutes}) {insert}"
            );
            index.database.execute(&sql, []).expect("rows")
        };
        rows(
            "INSERT INTO segment (camera, file, began, ended, pictures, bytes, growing)
             SELECT 'door', n || '.mkv', n * 60000, n * 60000 + 55000, 1, 1, 0 FROM minute",
        );
        rows(
            "INSERT INTO gap (camera, began, ended, lost, cause)
             SELECT 'door', n * 60000 + 55000, n * 60000 + 60000, 0, 'away' FROM minute",
        );
        (folder, index)
    }

    /// What SQLite does for an answer with these values, in steps of its machine.
    fn steps(index: &Index, sql: &str, values: impl rusqlite::Params) -> i32 {
        let mut statement = index.database.prepare(sql).expect("a statement");
        let mut rows = statement.query(values).expect("an answer");
        while rows.next().expect("a row").is_some() {}
        drop(rows);
        statement.get_status(StatementStatus::VmStep)
    }

    #[test]
    fn an_answer_costs_the_same_however_much_is_recorded() {
        let (short, long) = (recorded(6 * 60), recorded(24 * 60));
        // At the begin, the end, and of everything.
        let spans = |end: i64| [(0, HOUR), (end - HOUR, end), (0, end)];
        for (of_short, of_long) in spans(6 * HOUR).into_iter().zip(spans(24 * HOUR)) {
            let costs = |index: &Index, (from, to): (i64, i64)| {
                [
                    steps(index, SEGMENTS, params!["door", from, to, 100, LONGEST]),
                    steps(index, GAPS, params!["door", from, to, 100]),
                    steps(index, GAPS_AT_THE_END, params!["door", to, 100]),
                ]
            };
            let (few, many) = (costs(&short.1, of_short), costs(&long.1, of_long));
            for (few, many) in few.into_iter().zip(many) {
                assert!(many <= few + 20, "{few} and {many} of {of_long:?}");
            }
        }
    }

    #[test]
    fn the_newest_ones_of_a_time_are_found() {
        let (_folder, index) = recorded(60);
        let (from, to) = (Time(10 * MINUTE), Time(20 * MINUTE));
        let files = |most| {
            let found = index.segments("door", from, to, most).expect("segments");
            found.into_iter().map(|segment| segment.file).collect::<Vec<_>>()
        };
        let all: Vec<_> = (10..=20).map(|minute| format!("{minute}.mkv")).collect();
        assert_eq!(files(None), all);
        assert_eq!(files(Some(3)), all[8..]);
        let gaps = |from, most| index.gaps("door", from, to, most).expect("gaps");
        // Those that end when the time begins belong to it.
        assert_eq!(gaps(from, None).len(), 11);
        assert_eq!(gaps(from, Some(3)), gaps(from, None)[8..]);
    }

    #[test]
    fn a_gap_that_spans_the_time_is_found() {
        let (_folder, index) = recorded(60);
        let gap = Gap {
            began: Time(MINUTE),
            ended: Time(HOUR),
            lost: 1,
            cause: "no room".into(),
            open: false,
        };
        index.note_gap("door", &gap).expect("an index");
        let found = index.gaps("door", Time(10 * MINUTE), Time(HOUR - 1), None).expect("gaps");
        assert_eq!(found[0], gap);
    }
}
