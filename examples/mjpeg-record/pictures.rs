//! The way of a camera's pictures into segments: which picture begins a file, which one ends
//! it, and what becomes of those that cannot be written. Nothing is lost without being
//! counted.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;

use super::archive::{Key, Teller, Told};
use super::board::{Board, Entry};
use super::common::lock::lock;
use super::index::{Gap, NewSegment};
use super::names;
use super::segment::Segment;
use super::time::Time;

mod open;

use open::{Open, SET_BACK, Slot};

/// A camera's clock that is farther from ours is not believed.
const BELIEVED: Duration = Duration::from_secs(60);

/// Where nothing can be written, the next attempt comes after this time.
const NEXT_ATTEMPT: Duration = Duration::from_secs(1);

/// A file that was written to for so long can be written to.
const PROVEN: Duration = Duration::from_secs(1);

/// A shorter time without a picture is no gap.
pub(crate) const SHORTEST_GAP: Duration = Duration::from_secs(2);

/// So many intervals without a picture are none either.
const INTERVALS: u32 = 4;

/// A segment that no picture has come for in this time is finished.
const LONGEST_OPEN: Duration = Duration::from_secs(5);

/// How often a gap that is open is noted. A kill costs the rest.
const NOTED_EACH: Duration = Duration::from_secs(60);

/// A picture that the element gave.
pub(crate) struct Arrival<'a> {
    pub(crate) sample: &'a gst::Sample,
    /// When it was taken, by our clock.
    pub(crate) taken: Time,
    /// The same by the camera's clock, if it has one.
    pub(crate) camera: Option<Time>,
}

pub(crate) struct Pictures {
    camera: Arc<Entry>,
    folder: PathBuf,
    board: Arc<Board>,
    archive: Teller,
    /// In milliseconds.
    segment: AtomicI64,
    state: Mutex<State>,
    /// Why pictures do not come, as far as it is known. Apart, as `state` may wait for a disk.
    cause: Mutex<Option<String>>,
    /// Since when none is to come.
    stopped: OnceCell<Instant>,
}

struct State {
    open: Option<Open>,
    /// What was not written, from its first picture on.
    losing: Option<Gap>,
    noted: Noted,
    next_attempt: Instant,
    newest: Newest,
}

struct Newest {
    taken: Time,
    seen: Instant,
    /// Usual time from one picture to the next.
    interval: Duration,
}

/// What is told already of gaps that are open.
#[derive(Default)]
struct Noted {
    /// When the newest that none came was, and whether the cause was known.
    away: Option<(Instant, bool)>,
    losing: Option<Instant>,
}

impl Pictures {
    pub(crate) fn new(
        camera: Arc<Entry>,
        folder: PathBuf,
        segment: Duration,
        board: Arc<Board>,
        archive: Teller,
    ) -> Self {
        let newest = Newest { taken: Time::now(), seen: Instant::now(), interval: Duration::ZERO };
        let state = State {
            open: None,
            losing: None,
            noted: Noted::default(),
            next_attempt: Instant::now(),
            newest,
        };
        let segment = AtomicI64::new(milliseconds(segment));
        Self {
            camera,
            folder,
            board,
            archive,
            segment,
            state: Mutex::new(state),
            cause: Mutex::default(),
            stopped: OnceCell::new(),
        }
    }

    /// From the next segment on.
    pub(crate) fn set_segment(&self, length: Duration) {
        self.segment.store(milliseconds(length), Ordering::Relaxed);
    }

    /// Why pictures may not come from now on.
    pub(crate) fn note_cause(&self, cause: &str) {
        *lock(&self.cause) = Some(cause.to_owned());
    }

    pub(crate) fn take(&self, arrival: &Arrival<'_>) {
        let mut state = lock(&self.state);
        self.note_absence(&mut state, arrival.taken);
        let slot = Slot::of(arrival.taken, self.segment.load(Ordering::Relaxed));
        let alarm = self.board.alarm();
        let fits =
            |open: &mut Open| open.fits(arrival, slot) && alarm.is_none() && !open.is_deleted();
        if !state.open.as_mut().is_none_or(fits) {
            self.finish(&mut state);
        }
        let written = match (state.open.as_mut(), &alarm) {
            (Some(open), _) => open.push(arrival),
            (None, Some(alarm)) => Err(alarm.clone()),
            (None, None) => self.begin(&mut state, arrival, slot),
        };
        match written {
            Ok(()) => self.found_again(&mut state),
            Err(cause) => {
                if alarm.is_none() {
                    self.camera.change(|status| status.unwritten = Some(cause.clone()));
                }
                if state.open.is_some() {
                    state.next_attempt = Instant::now() + NEXT_ATTEMPT;
                }
                self.finish(&mut state);
                self.lose(&mut state, arrival.taken, cause);
            }
        }
    }

    /// Finishes a segment that no picture comes for, and tells of gaps that are open.
    pub(crate) fn look_after(&self) {
        // Whoever has the lock has a picture.
        let Ok(mut state) = self.state.try_lock() else { return };
        let patience = LONGEST_OPEN.max(state.newest.interval * INTERVALS);
        if state.open.is_some() && state.newest.seen.elapsed() > patience {
            self.finish(&mut state);
        }
        if self.stopped.get().is_none() {
            self.note_open(&mut state);
        }
    }

    /// From now on it is not the camera's affair that no picture comes.
    pub(crate) fn stop(&self) {
        let _ = self.stopped.set(Instant::now());
    }

    /// False while a picture waits for the disk.
    pub(crate) fn end(&self) -> bool {
        let Ok(mut state) = self.state.try_lock() else { return false };
        let found = state.open.as_ref().map(|open| open.began);
        self.finish(&mut state);
        self.end_losing(&mut state, found);
        // A camera that is away at the end has been away until then.
        let stopped = self.stopped.get().copied().unwrap_or_else(Instant::now);
        let away = stopped.saturating_duration_since(state.newest.seen);
        let until = state.newest.taken.plus(away);
        self.note_absence(&mut state, until);
        true
    }

    fn begin(&self, state: &mut State, arrival: &Arrival<'_>, slot: Slot) -> Result<(), String> {
        let losing = state.losing.as_ref().filter(|_| Instant::now() < state.next_attempt);
        if let Some(gap) = losing {
            return Err(gap.cause.clone());
        }
        let believed = arrival
            .camera
            .filter(|&time| time.since(arrival.taken).max(arrival.taken.since(time)) <= BELIEVED);
        let name = names::new_file(&self.folder, believed.unwrap_or(arrival.taken));
        let file = self.folder.join(&name);
        let key = Key::new();
        self.archive.begins(key, &self.camera.name, &name);
        let teller = self.archive.clone();
        let begun = Segment::begin(&file, arrival.sample, move |closed| {
            teller.tell(Told::Closed { key, closed });
        });
        let segment = begun.inspect_err(|_| {
            state.next_attempt = Instant::now() + NEXT_ATTEMPT;
            self.archive.tell(Told::NotBegun { key });
        })?;
        self.archive.tell(Told::Began {
            key,
            camera: self.camera.clone(),
            new: NewSegment {
                camera: self.camera.name.clone(),
                file: name,
                began: arrival.taken,
                camera_began: arrival.camera,
            },
        });
        self.camera.change(|status| status.file = Some(file));
        state.open = Some(Open::begin(key, segment, slot, arrival.taken));
        Ok(())
    }

    fn finish(&self, state: &mut State) {
        let Some(open) = state.open.take() else { return };
        open.segment.end();
        self.camera.change(|status| status.file = None);
        self.archive.tell(Told::Ended {
            key: open.key,
            segment: open.segment,
            pictures: open.pictures,
            ended: open.ended,
        });
    }

    fn lose(&self, state: &mut State, taken: Time, cause: String) {
        self.camera.change(|status| {
            status.lost += 1;
            status.warning = Some(format!("not recorded: {cause}"));
        });
        let gap = state.losing.get_or_insert(Gap {
            began: taken,
            ended: taken,
            lost: 0,
            cause,
            open: true,
        });
        gap.lost += 1;
        gap.ended = taken;
    }

    /// A disk that is full takes the first picture, and says later that it has not.
    fn found_again(&self, state: &mut State) {
        let lasts = state.open.as_ref().filter(|open| open.since.elapsed() >= PROVEN);
        let Some(began) = lasts.map(|open| open.began) else { return };
        if self.end_losing(state, Some(began)) {
            self.camera.change(|status| (status.unwritten, status.warning) = (None, None));
        }
    }

    /// Whether pictures were lost.
    fn end_losing(&self, state: &mut State, found: Option<Time>) -> bool {
        state.noted.losing = None;
        let Some(gap) = state.losing.take() else { return false };
        let ended = found.unwrap_or(gap.ended);
        self.tell(Gap { ended, open: false, ..gap });
        true
    }

    fn note_open(&self, state: &mut State) {
        let is_due = |noted: Instant| noted.elapsed() >= NOTED_EACH;
        if let Some(gap) = state.losing.as_ref().filter(|_| state.noted.losing.is_none_or(is_due)) {
            state.noted.losing = Some(Instant::now());
            self.tell(gap.clone());
        }
        let newest = &state.newest;
        let away = newest.seen.elapsed();
        if away <= newest.no_gap() {
            return;
        }
        let cause = lock(&self.cause).clone();
        let is_news =
            |(noted, has_cause): (Instant, bool)| is_due(noted) || (!has_cause && cause.is_some());
        if state.noted.away.is_none_or(is_news) {
            state.noted.away = Some((Instant::now(), cause.is_some()));
            let (began, ended) = (newest.taken, newest.taken.plus(away));
            self.tell(Gap { began, ended, lost: 0, cause: or_usual(cause), open: true });
        }
    }

    /// Between the picture before and this one.
    fn note_absence(&self, state: &mut State, taken: Time) {
        let newest = &mut state.newest;
        let seen = newest.seen.elapsed();
        let before = std::mem::replace(&mut newest.taken, taken);
        // A clock that is set makes no gap, and hides none.
        let is_set_back = before.since(taken) > SET_BACK;
        let between = if is_set_back { seen } else { taken.since(before).min(seen) };
        let began = if is_set_back { taken.minus(seen) } else { before };
        newest.seen = Instant::now();
        let is_gap = between > newest.no_gap();
        let cause = lock(&self.cause).take();
        newest.interval = match newest.interval {
            before if is_gap && cause.is_some() => before,
            Duration::ZERO => between,
            // The camera may have become slower; if not, the next pictures tell.
            before if is_gap => between.min(before * 2),
            before => (before * 7 + between) / 8,
        };
        let noted = state.noted.away.take();
        if noted.is_some() && (!is_gap || began != before) {
            self.archive.tell(Told::NoGap { camera: self.camera.name.clone(), began: before });
        }
        if is_gap {
            let cause = or_usual(cause);
            self.tell(Gap { began, ended: taken, lost: 0, cause, open: false });
        }
    }

    fn tell(&self, gap: Gap) {
        self.archive.tell(Told::Gap { camera: self.camera.name.clone(), gap });
    }
}

impl Newest {
    /// The longest time without a picture that is no gap.
    fn no_gap(&self) -> Duration {
        SHORTEST_GAP.max(self.interval * INTERVALS)
    }
}

fn or_usual(cause: Option<String>) -> String {
    cause.unwrap_or_else(|| "the camera sent no picture".into())
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).max(1)
}

#[cfg(test)]
mod tests;
