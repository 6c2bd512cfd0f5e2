//! Room on the disk: quotas, days to keep, and free space. The oldest segments go first. What
//! is recorded is counted once, at the start, and by sums from then on.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::time::{Duration, Instant};

use super::super::config::{Config, Limits};
use super::super::index::{Index, Result, Segment};
use super::super::system;
use super::super::time::Time;
use super::Keeper;
use super::pending::Pending;

/// How often days are counted.
const DAYS: Duration = Duration::from_secs(60);

/// A clock has to go right for so long before it is asked for the age of recordings: what it
/// deletes is gone, and it may be set by the network only after the start.
const TRUSTED: Duration = Duration::from_secs(60 * 60);

/// A clock that is set by more goes wrong, before or after it.
const CLOCK_SET: Duration = Duration::from_secs(60);

/// Segments deleted at once, before others have their turn.
const MOST_AT_ONCE: usize = 100;

/// And tried to delete.
const MOST_TRIED: usize = 1000;

/// Failures that are told of these.
const MOST_TOLD: usize = 10;

pub(super) struct Room {
    limits: Limits,
    reserve: u64,
    cameras: BTreeMap<String, Limits>,
    /// Bytes of each camera's finished segments, also of those that are not recorded any more.
    sums: HashMap<String, u64>,
    /// Since when the clock goes right.
    trusted: (Time, Instant),
    days_counted: Option<Instant>,
    pending: Pending,
    /// A segment found no room, whatever the disk says.
    is_full: bool,
    /// Of one camera or of all: the segments up to here could not be deleted.
    behind: HashMap<Option<String>, i64>,
    told: Vec<String>,
}

/// What is too much.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Excess {
    /// Of one camera.
    Camera(String),
    Quota,
    /// Others have too little.
    Reserve,
    /// Nothing could be written.
    NoRoom,
}

impl Room {
    pub(super) fn new(config: &Config) -> Self {
        let mut room = Self::without_limits();
        room.set(config);
        room
    }

    fn without_limits() -> Self {
        Self {
            limits: Limits::default(),
            reserve: 0,
            cameras: BTreeMap::new(),
            sums: HashMap::new(),
            trusted: (Time::now(), Instant::now()),
            days_counted: None,
            pending: Pending::default(),
            is_full: false,
            behind: HashMap::new(),
            told: Vec::new(),
        }
    }

    pub(super) fn set(&mut self, config: &Config) {
        (self.limits, self.reserve) = (config.limits, config.reserve);
        let of = |camera: &super::super::config::Camera| (camera.name.clone(), camera.limits);
        self.cameras = config.cameras.iter().map(of).collect();
        self.days_counted = None;
    }

    pub(super) fn count(&mut self, index: &Index) -> Result<()> {
        self.sums = index.sums()?.into_iter().collect();
        Ok(())
    }

    pub(super) fn add(&mut self, camera: &str, bytes: u64) {
        *self.sums.entry(camera.to_owned()).or_default() += bytes;
    }

    /// A segment was broken off because the disk was full.
    pub(super) fn ask_for_more(&mut self) {
        self.is_full = true;
    }

    fn remove(&mut self, segment: &Segment) {
        if let Some(sum) = self.sums.get_mut(&segment.camera) {
            *sum = sum.saturating_sub(segment.bytes);
        }
    }

    /// The first that is too much, but for those that nothing can be done about. `growing` is
    /// what segments have that are not finished.
    fn excess(
        &self,
        growing: &HashMap<String, u64>,
        free: Option<u64>,
        hopeless: &[Excess],
    ) -> Option<Excess> {
        let of = |camera: &str| {
            let count = |sums: &HashMap<String, u64>| sums.get(camera).copied().unwrap_or(0);
            count(&self.sums) + count(growing)
        };
        let exceeds = |quota: Option<u64>, used: u64| quota.is_some_and(|quota| used > quota);
        let cameras = self.cameras.iter().filter(|(name, limits)| exceeds(limits.quota, of(name)));
        let mut all = cameras.map(|(name, _)| Excess::Camera(name.clone())).collect::<Vec<_>>();
        all.extend(exceeds(self.limits.quota, self.used(growing)).then_some(Excess::Quota));
        let comes = self.pending.bytes();
        let is_short = free.is_some_and(|free| free.saturating_add(comes) < self.reserve);
        all.extend(is_short.then_some(Excess::Reserve));
        all.extend(self.is_full.then_some(Excess::NoRoom));
        all.into_iter().find(|excess| !hopeless.contains(excess))
    }

    fn used(&self, growing: &HashMap<String, u64>) -> u64 {
        self.sums.values().chain(growing.values()).sum()
    }

    /// How long a camera's recordings are kept.
    fn keep(&self, camera: &str) -> Option<Duration> {
        let own = self.cameras.get(camera).and_then(|limits| limits.keep);
        own.into_iter().chain(self.limits.keep).min()
    }

    /// Has the clock gone right for long enough?
    fn trusts_clock(&mut self) -> bool {
        let (time, instant) = self.trusted;
        let should_be = time.plus(instant.elapsed());
        let now = Time::now();
        if now.since(should_be).max(should_be.since(now)) > CLOCK_SET {
            self.trusted = (now, Instant::now());
        }
        self.trusted.1.elapsed() >= TRUSTED
    }
}

impl Keeper {
    /// Deletes what is too much, and tells the board.
    pub(super) fn make_room(&mut self) {
        let growing = self.growing();
        let at_first = system::free(&self.folder);
        self.room.pending.look(at_first);
        let mut told = Vec::new();
        self.delete_old(&mut told);
        let (mut freed, mut deleted, mut hopeless) = (0, 0, Vec::new());
        for _ in 0..MOST_TRIED {
            if deleted == MOST_AT_ONCE {
                break;
            }
            let free = at_first.map(|free| free.saturating_add(freed));
            let Some(excess) = self.room.excess(&growing, free, &hopeless) else { break };
            let camera = match &excess {
                Excess::Camera(name) => Some(name.clone()),
                Excess::Quota | Excess::Reserve | Excess::NoRoom => None,
            };
            let place = self.room.behind.get(&camera).copied().unwrap_or_default();
            let oldest = self.index.oldest(camera.as_deref(), place);
            let Some(Some(oldest)) = self.indexed(oldest) else {
                // Next time from the first on.
                self.room.behind.remove(&camera);
                hopeless.push(excess);
                continue;
            };
            let Some(bytes) = self.delete(&oldest, &mut told) else {
                self.room.behind.insert(camera, oldest.id);
                continue;
            };
            deleted += 1;
            freed += bytes;
            if excess == Excess::NoRoom && bytes > 0 {
                self.room.is_full = false;
            }
            if self.behind {
                // Its row is there still.
                self.room.behind.insert(camera, oldest.id);
                break;
            }
        }
        self.room.is_full = false;
        let free = if freed > 0 { system::free(&self.folder) } else { at_first };
        self.room.pending.add(freed, free);
        let alarm = hopeless.contains(&Excess::Reserve).then(|| self.alarm(at_first));
        self.tell(told);
        self.show(&growing, free, alarm);
    }

    /// Without room nothing is recorded; a quota that is too small for what grows is no
    /// reason to stop.
    fn alarm(&self, free: Option<u64>) -> String {
        format!(
            "the disk of {} has {} MB left, and {} MB are reserved for others",
            self.folder.display(),
            free.unwrap_or(0) / 1_000_000,
            self.room.reserve / 1_000_000,
        )
    }

    fn delete_old(&mut self, told: &mut Vec<String>) {
        if self.room.days_counted.is_some_and(|counted| counted.elapsed() < DAYS) {
            return;
        }
        self.room.days_counted = Some(Instant::now());
        if !self.room.trusts_clock() {
            return;
        }
        let cameras: Vec<_> = self.room.sums.keys().cloned().collect();
        for camera in cameras {
            let Some(keep) = self.room.keep(&camera) else { continue };
            let mut behind = 0;
            // The rest has its turn in a minute.
            for _ in 0..MOST_AT_ONCE {
                let oldest = self.index.oldest(Some(&camera), behind);
                let Some(Some(oldest)) = self.indexed(oldest) else { break };
                let now = Time::now();
                behind = oldest.id;
                // One of a time to come tells nothing of those behind it.
                if oldest.ended > now {
                    continue;
                }
                if now.since(oldest.ended) <= keep {
                    break;
                }
                self.delete(&oldest, told);
                if self.behind {
                    return;
                }
            }
        }
    }

    /// The bytes that this frees; `None` if it cannot be deleted.
    fn delete(&mut self, segment: &Segment, told: &mut Vec<String>) -> Option<u64> {
        let file = segment.path(&self.folder);
        let bytes = match fs::remove_file(&file) {
            Ok(()) => {
                self.screen.say(&format!("deleted {}", file.display()));
                self.board.change_disk(|disk| disk.deleted += 1);
                segment.bytes
            }
            // Somebody was faster.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            Err(error) => {
                if told.len() < MOST_TOLD {
                    told.push(format!("cannot delete {}: {error}", file.display()));
                }
                return None;
            }
        };
        self.forget(segment);
        Some(bytes)
    }

    /// Its file is gone. Where its row is there still, all is counted again later.
    pub(super) fn forget(&mut self, segment: &Segment) {
        let forgotten = self.index.forget(segment.id);
        self.indexed(forgotten);
        self.room.remove(segment);
    }

    /// Bytes of the segments that grow.
    fn growing(&self) -> HashMap<String, u64> {
        let mut growing = HashMap::new();
        for writing in self.writing.values() {
            let (camera, file) = writing.place();
            let file = fs::metadata(self.folder.join(&camera).join(file));
            *growing.entry(camera).or_default() += file.map_or(0, |file| file.len());
        }
        growing
    }

    /// Once, not each second.
    fn tell(&mut self, told: Vec<String>) {
        for text in told.iter().filter(|text| !self.room.told.contains(text)) {
            self.screen.say(text);
        }
        if !told.is_empty() {
            self.room.told = told;
        }
    }

    fn show(&self, growing: &HashMap<String, u64>, free: Option<u64>, alarm: Option<String>) {
        for camera in self.board.cameras() {
            let bytes = growing.get(&camera.name).copied().unwrap_or(0);
            camera.change(|status| status.bytes = bytes);
        }
        // Not again for each MB.
        if alarm.is_some() != self.board.disk().alarm.is_some() {
            self.screen.say(&alarm.as_ref().map_or_else(
                || "recording continues".into(),
                |alarm| format!("nothing is recorded: {alarm}"),
            ));
        }
        self.board.change_disk(|disk| {
            disk.used = self.room.used(growing);
            disk.quota = self.room.limits.quota;
            disk.reserve = self.room.reserve;
            (disk.free, disk.alarm) = (free, alarm);
        });
    }
}

#[cfg(test)]
mod tests;
