//! Keeps the recordings: one thread that is told what happens, writes it into the index, and
//! sees that the disk has room. No camera waits for it.
//!
//! | file | idea |
//! |---|---|
//! | `mod` | what is told, and the thread |
//! | `growing` | the files that are being written |
//! | `opening` | the index opened, also on a full disk |
//! | `emptied` | lock and index made anew, where somebody has deleted or replaced them |
//! | `missing` | segments that somebody has deleted or moved away |
//! | `finish` | a segment that is complete, or not |
//! | `room` | quota, days to keep, free space |
//! | `pending` | what was deleted and is not free yet |
//! | `reconcile` | the index made right by the files |
//! | `contents` | what is in a file |
//! | `handover` | the command for finished segments |

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::board::{Board, Entry};
use super::config::Config;
use super::index::{self, Gap, Index, NewSegment};
use super::matroska::Closed;
use super::pictures::SHORTEST_GAP;
use super::screen::Screen;
use super::segment::Segment;
use super::system;
use super::time::Time;

pub(crate) mod contents;
mod emptied;
mod finish;
mod growing;
mod handover;
mod missing;
mod opening;
mod pending;
pub(crate) mod reconcile;
mod room;

use emptied::Opened;
pub(crate) use emptied::is_gone;
use finish::Writing;
pub(crate) use growing::Growing;
use handover::{Handover, Running};
use room::Room;

/// How often the disk is looked at, and told to keep what it has.
const TICK: Duration = Duration::from_secs(1);

/// Why there is nothing of the time before a camera's start.
const NOT_RUNNING: &str = "mjpeg-record was not running";
const NOT_IN_THE_FILE: &str = "the camera was not in the file";

/// More gaps than that do not wait for an index that cannot be written.
const MOST_MISSING: usize = 1000;

/// The file that a recorder locks.
const LOCK: &str = "recorder.lock";

/// Names a segment until the index has a number for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key(u64);

impl Key {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What happens.
pub(crate) enum Told {
    /// A file has its first picture.
    Began { key: Key, camera: Arc<Entry>, new: NewSegment },
    /// It could not be made.
    NotBegun { key: Key },
    /// It gets no more.
    Ended { key: Key, segment: Segment, pictures: u64, ended: Time },
    /// Nothing of it is written any more.
    Closed { key: Key, closed: Closed },
    /// A camera that was not recorded until now.
    Starts { camera: String, now: Time },
    /// Each time that there is more to say of one that is open.
    Gap { camera: String, gap: Gap },
    /// One that was told as open was none.
    NoGap { camera: String, began: Time },
    /// The file of settings has changed.
    Settings(Box<Config>),
    /// The command for a segment has ended.
    HandedOver { id: i64, succeeded: Result<(), String> },
    /// What is in the files of a list has been read.
    ReadAgain,
    /// Segments whose files are not there.
    Missing(Vec<index::Segment>),
    /// No more segments begin.
    Stop,
}

#[derive(Clone)]
pub(crate) struct Teller {
    sender: Sender<Told>,
    growing: Arc<Growing>,
}

impl Teller {
    /// And who listens to it.
    pub(crate) fn pair() -> (Self, Receiver<Told>) {
        let (sender, receiver) = mpsc::channel();
        (Self { sender, growing: Arc::default() }, receiver)
    }

    /// A file is about to be made.
    pub(crate) fn begins(&self, key: Key, camera: &str, file: &str) {
        self.growing.add(key, camera, file);
    }

    #[cfg(test)]
    pub(crate) fn growing(&self) -> &Growing {
        &self.growing
    }

    pub(crate) fn tell(&self, told: Told) {
        // Nobody listens any more at the very end.
        let _ = self.sender.send(told);
    }
}

pub(crate) struct Archive {
    teller: Teller,
    running: Arc<Running>,
    thread: JoinHandle<()>,
}

/// The thread's.
struct Keeper {
    folder: PathBuf,
    index: Index,
    board: Arc<Board>,
    writing: HashMap<Key, Writing>,
    /// Of segments that nothing else is known of yet.
    closed_early: HashMap<Key, Closed>,
    teller: Teller,
    /// No other recorder writes to the folder.
    lock: File,
    opened: Opened,
    room: Room,
    handover: Handover,
    /// Something is not in the index: it is made right when that can be done.
    behind: bool,
    /// Gaps that are not.
    missing: Vec<(String, Gap)>,
    screen: Arc<Screen>,
}

impl Archive {
    /// Makes the index right first.
    pub(crate) fn start(
        config: &Config,
        board: &Arc<Board>,
        screen: &Arc<Screen>,
    ) -> Result<Self, String> {
        let folder = &config.folder;
        let failed = |error: &dyn std::fmt::Display| {
            format!("cannot record to {}: {error}", folder.display())
        };
        fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        let lock = lock(folder)?;
        let index = opening::open(folder, screen).map_err(|error| failed(&error))?;
        let (teller, receiver) = Teller::pair();
        let mut keeper = Keeper {
            folder: folder.clone(),
            board: board.clone(),
            writing: HashMap::new(),
            closed_early: HashMap::new(),
            teller: teller.clone(),
            lock,
            opened: Opened::look(folder),
            room: Room::new(config),
            handover: Handover::new(config.on_segment.as_deref(), teller.clone()),
            behind: false,
            missing: Vec::new(),
            screen: screen.clone(),
            index,
        };
        // What cannot be written yet is tried again: recording begins all the same.
        let reconciled = keeper.reconcile();
        keeper.indexed(reconciled);
        keeper.look_after();
        let running = keeper.handover.running().clone();
        let spawned = thread::Builder::new()
            .name("archive".into())
            .spawn(move || keeper.run(&receiver))
            .map_err(|error| failed(&error))?;
        sync_in_background(folder.clone());
        missing::look_in_background(folder.clone(), teller.clone());
        Ok(Self { teller, running, thread: spawned })
    }

    pub(crate) fn teller(&self) -> Teller {
        self.teller.clone()
    }

    /// For a program that ends before that: the command for segments ends, too.
    pub(crate) fn abandon(&self) {
        self.running.kill();
    }

    /// Have all segments completed, and may the program end?
    pub(crate) fn is_done(&self) -> bool {
        self.thread.is_finished()
    }
}

impl Keeper {
    fn run(mut self, told: &Receiver<Told>) {
        let mut looked = Instant::now();
        let mut stopping = false;
        while !(stopping && self.writing.is_empty()) {
            match told.recv_timeout(TICK.saturating_sub(looked.elapsed())) {
                Ok(Told::Stop) => {
                    stopping = true;
                    self.handover.running().stop();
                }
                Ok(told) => self.take(told),
                Err(RecvTimeoutError::Timeout) => {
                    looked = Instant::now();
                    self.look_after();
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        self.look_after();
        self.handover.wait();
        // What it has done is not done again.
        for told in told.try_iter() {
            if let Told::HandedOver { id, succeeded } = told {
                self.handed_over(id, succeeded);
            }
        }
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Began { key, camera, new } => self.begin(key, camera, new),
            Told::NotBegun { key } => {
                self.closed_early.remove(&key);
                self.teller.growing.remove(key);
            }
            Told::Ended { key, segment, pictures, ended } => {
                if let Some(writing) = self.writing.get_mut(&key) {
                    writing.end(segment, pictures, ended);
                }
                self.finish(key);
            }
            Told::Closed { key, closed } => {
                self.close(key, closed);
                self.finish(key);
            }
            Told::Starts { camera, now } => self.start(&camera, now),
            Told::Gap { camera, gap } => self.note_gap(&camera, gap),
            Told::NoGap { camera, began } => {
                let taken_back = self.index.take_back_gap(&camera, began);
                self.indexed(taken_back);
            }
            Told::Settings(config) => {
                self.room.set(&config);
                self.handover.set(config.on_segment.as_deref());
            }
            Told::HandedOver { id, succeeded } => self.handed_over(id, succeeded),
            Told::ReadAgain => {
                let counted = self.room.count(&self.index);
                self.indexed(counted);
            }
            Told::Missing(segments) => self.forget_missing(&segments),
            Told::Stop => {}
        }
    }

    fn look_after(&mut self) {
        let is_ours = self.look_for_files();
        if is_ours && self.behind && self.reconcile().and_then(|()| self.note_missing()).is_ok() {
            self.behind = false;
            self.screen.say("the index is complete again");
        }
        self.make_room();
        self.hand_over();
    }

    /// The time before has its gap.
    fn start(&mut self, camera: &str, now: Time) {
        let known = self.index.known_until(camera, now);
        let Some(Some(began)) = self.indexed(known) else { return };
        if now.since(began) > SHORTEST_GAP {
            let has_run = began >= self.board.started;
            let cause = if has_run { NOT_IN_THE_FILE } else { NOT_RUNNING }.to_owned();
            self.note_gap(camera, Gap { began, ended: now, lost: 0, cause, open: false });
        }
    }

    fn note_gap(&mut self, camera: &str, gap: Gap) {
        if !gap.open {
            self.screen.note(camera, &gap.to_string());
        }
        let noted = self.index.note_gap(camera, &gap);
        // One that is open is told again.
        let waits = !gap.open && self.missing.len() < MOST_MISSING;
        if self.indexed(noted).is_none() && waits {
            self.missing.push((camera.to_owned(), gap));
        }
    }

    /// No file tells of gaps.
    fn note_missing(&mut self) -> index::Result<()> {
        self.index.together(|| {
            self.missing.iter().try_for_each(|(camera, gap)| self.index.note_gap(camera, gap))
        })?;
        self.missing.clear();
        Ok(())
    }

    /// Gives each file its row. What is in those that are new here is read in a thread of its
    /// own, as that may take long.
    fn reconcile(&mut self) -> index::Result<()> {
        let folders = reconcile::folders(&self.folder);
        let pending = self.handover.is_wanted();
        let growing = &self.teller.growing;
        let unread = self
            .index
            .together(|| reconcile::list(&self.index, &self.folder, &folders, growing, pending))?;
        self.room.count(&self.index)?;
        if unread.is_empty() {
            return Ok(());
        }
        let (folder, teller) = (self.folder.clone(), self.teller.clone());
        let spawned = thread::Builder::new().name("read again".into()).spawn(move || {
            if let Ok(index) = Index::open(&folder) {
                // What could not be written is read at the next start.
                let _ = reconcile::read(&index, &folder, &unread);
            }
            teller.tell(Told::ReadAgain);
        });
        // Without it the rows have what the folder says.
        drop(spawned);
        Ok(())
    }

    fn indexed<T>(&mut self, done: index::Result<T>) -> Option<T> {
        match done {
            Ok(value) => Some(value),
            Err(error) => {
                self.fall_behind(&error);
                None
            }
        }
    }

    fn fall_behind(&mut self, error: &dyn std::fmt::Display) {
        if !std::mem::replace(&mut self.behind, true) {
            self.screen.say(&format!("the index cannot be written: {error}"));
        }
    }
}

/// Two recorders in one folder would delete each other's files.
pub(crate) fn lock(folder: &Path) -> Result<File, String> {
    let file = folder.join(LOCK);
    let failed = |error: &dyn std::fmt::Display| format!("cannot lock {}: {error}", file.display());
    let lock = File::create(&file).map_err(|error| failed(&error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(format!("another mjpeg-record records to {}", folder.display()))
        }
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}

/// A power cut costs the last second. In a thread of its own, as a disk may take its time.
fn sync_in_background(folder: PathBuf) {
    let spawned = thread::Builder::new().name("sync".into()).spawn(move || {
        loop {
            thread::sleep(TICK);
            system::sync(&folder);
        }
    });
    // Without it the system writes when it likes to.
    drop(spawned);
}
