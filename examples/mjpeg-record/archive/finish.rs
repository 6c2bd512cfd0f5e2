//! A segment from its first picture to the index.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::super::board::Entry;
use super::super::index::{self, Gap, Index, NewSegment, Parts};
use super::super::matroska::{self, Closed};
use super::super::segment::Segment;
use super::super::time::Time;
use super::{Keeper, Key, contents, is_gone};

/// Why pictures that were written are lost.
const DELETED: &str = "the file was deleted while it was written";

/// A segment that is not complete. It is when both have been told: that it ended, and that
/// nothing is written any more; in whatever order.
pub(super) struct Writing {
    camera: Arc<Entry>,
    new: NewSegment,
    /// The number in the index, if that could be written.
    id: Option<i64>,
    ended: Option<Ended>,
    closed: Option<Closed>,
}

struct Ended {
    segment: Segment,
    pictures: u64,
    time: Time,
}

impl Writing {
    pub(super) fn end(&mut self, segment: Segment, pictures: u64, time: Time) {
        self.ended = Some(Ended { segment, pictures, time });
    }

    pub(super) fn forget_row(&mut self) {
        self.id = None;
    }

    /// In an index that knows nothing of it.
    pub(super) fn begin_again(&mut self, index: &Index) -> index::Result<()> {
        self.id = Some(index.begin(&self.new)?);
        Ok(())
    }

    /// Camera and file.
    pub(super) fn place(&self) -> (String, String) {
        (self.new.camera.clone(), self.new.file.clone())
    }
}

impl Keeper {
    pub(super) fn begin(&mut self, key: Key, camera: Arc<Entry>, new: NewSegment) {
        self.screen.note(&new.camera, &format!("writing {}", new.file));
        let begun = self.index.begin(&new);
        let id = self.indexed(begun);
        // Where writing fails at once, that is told first.
        let closed = self.closed_early.remove(&key);
        self.writing.insert(key, Writing { camera, new, id, ended: None, closed });
    }

    pub(super) fn close(&mut self, key: Key, closed: Closed) {
        match self.writing.get_mut(&key) {
            Some(writing) => drop(writing.closed.get_or_insert(closed)),
            None => drop(self.closed_early.insert(key, closed)),
        }
    }

    pub(super) fn finish(&mut self, key: Key) {
        let Some(Writing { ended: Some(ended), closed: Some(_), .. }) = self.writing.get(&key)
        else {
            return;
        };
        let is_deleted = is_gone(ended.segment.file());
        if is_deleted {
            // The index may be gone, too, and what is lost is for the next one.
            self.look_for_files();
        }
        let Some(Writing { camera, new, id, ended: Some(ended), closed: Some(closed) }) =
            self.writing.remove(&key)
        else {
            return;
        };
        self.teller.growing.remove(key);
        let file = ended.segment.file().to_owned();
        // The file is closed.
        drop(ended.segment);
        let parts = Parts {
            ended: ended.time,
            pictures: ended.pictures,
            bytes: fs::metadata(&file).map_or(0, |file| file.len()),
        };
        let closed = if is_deleted { Err(DELETED.to_owned()) } else { closed };
        let parts = match closed {
            Ok(()) => parts,
            Err(cause) => self.incomplete(&camera, &new, &file, parts, &cause),
        };
        camera.change(|status| status.recorded += parts.pictures);
        self.complete(&new, id, &file, parts);
    }

    fn complete(&mut self, new: &NewSegment, id: Option<i64>, file: &Path, parts: Parts) {
        if parts.pictures == 0 {
            // A file without a picture is no recording.
            let _ = fs::remove_file(file);
            if let Some(id) = id {
                let forgotten = self.index.forget(id);
                self.indexed(forgotten);
            }
            return;
        }
        self.screen.note(&new.camera, &format!("finished {}", new.file));
        self.room.add(&new.camera, parts.bytes);
        let pending = self.handover.is_wanted();
        let has_row = id.is_some_and(|id| {
            let finished = self.index.finish(id, parts, pending);
            self.indexed(finished).unwrap_or(false)
        });
        if !has_row {
            // It could not be written when the segment began.
            let finished =
                self.index.begin(new).and_then(|id| self.index.finish(id, parts, pending));
            self.indexed(finished);
        }
        self.make_room();
        self.hand_over();
    }

    /// What of a segment is in its file after all; the rest is counted.
    fn incomplete(
        &mut self,
        camera: &Entry,
        new: &NewSegment,
        file: &Path,
        parts: Parts,
        cause: &str,
    ) -> Parts {
        if matroska::is_no_room(cause) {
            self.room.ask_for_more();
            self.make_room();
        }
        let contents = contents::read(file);
        let lost = parts.pictures.saturating_sub(contents.pictures);
        let ended = new.began.plus(contents.length);
        if lost > 0 {
            let gap = Gap {
                began: ended,
                ended: parts.ended,
                lost,
                cause: cause.to_owned(),
                open: false,
            };
            self.note_gap(&new.camera, gap);
            camera.change(|status| status.lost += lost);
        }
        Parts { ended, pictures: contents.pictures, bytes: parts.bytes }
    }
}
