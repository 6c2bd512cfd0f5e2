//! How everything is now, for the terminal, the web page and the metrics to look at.
//! Nobody waits for who looks: each lock is held for an assignment or a copy.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::common::lock::lock;
use super::status::Status;
use super::time::Time;

/// The cameras in the order of their list, and the disk.
pub(crate) struct Board {
    pub(crate) started: Time,
    cameras: Mutex<Vec<Arc<Entry>>>,
    disk: Mutex<Disk>,
    /// When the main loop last came round.
    beat: Mutex<Option<Instant>>,
}

/// One camera.
pub(crate) struct Entry {
    pub(crate) name: String,
    status: Mutex<Status>,
    newest: watch::Sender<Option<Picture>>,
}

/// A picture of a camera as it came; a copy is the same memory.
#[derive(Clone)]
pub(crate) struct Picture {
    pub(crate) jpeg: bytes::Bytes,
    pub(crate) captured: Time,
}

/// The disk that is recorded to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disk {
    /// Bytes of all segments.
    pub(crate) used: u64,
    /// Bytes that the segments may have.
    pub(crate) quota: Option<u64>,
    /// Bytes that are free, if that is known.
    pub(crate) free: Option<u64>,
    /// Bytes that stay free for others.
    pub(crate) reserve: u64,
    /// Why nothing is recorded, while that is so.
    pub(crate) alarm: Option<String>,
    /// Segments that went for newer ones, since the start.
    pub(crate) deleted: u64,
}

impl Board {
    pub(crate) fn new() -> Self {
        Self {
            started: Time::now(),
            cameras: Mutex::default(),
            disk: Mutex::default(),
            beat: Mutex::default(),
        }
    }

    pub(crate) fn cameras(&self) -> Vec<Arc<Entry>> {
        lock(&self.cameras).clone()
    }

    pub(crate) fn camera(&self, name: &str) -> Option<Arc<Entry>> {
        lock(&self.cameras).iter().find(|entry| entry.name == name).cloned()
    }

    /// Another list, after the file of settings has changed.
    pub(crate) fn set_cameras(&self, cameras: Vec<Arc<Entry>>) {
        *lock(&self.cameras) = cameras;
    }

    pub(crate) fn disk(&self) -> Disk {
        lock(&self.disk).clone()
    }

    /// Why nothing may be recorded, while that is so.
    pub(crate) fn alarm(&self) -> Option<String> {
        lock(&self.disk).alarm.clone()
    }

    /// Why nothing is recorded, while that is so although pictures come.
    pub(crate) fn standstill(&self) -> Option<String> {
        self.alarm().or_else(|| {
            let statuses: Vec<_> = self.cameras().iter().map(|camera| camera.status()).collect();
            let is_recorded = |status: &Status| status.file.is_some() && status.unwritten.is_none();
            let is_recorded = statuses.iter().any(is_recorded);
            statuses.into_iter().find_map(|status| status.unwritten).filter(|_| !is_recorded)
        })
    }

    pub(crate) fn change_disk(&self, change: impl FnOnce(&mut Disk)) {
        change(&mut lock(&self.disk));
    }

    /// The main loop has come round; it says so each second.
    pub(crate) fn beat(&self) {
        *lock(&self.beat) = Some(Instant::now());
    }

    /// How long ago it did, whatever has become of the clock meanwhile.
    pub(crate) fn since_beat(&self) -> Option<Duration> {
        lock(&self.beat).map(|beat| beat.elapsed())
    }
}

impl Entry {
    pub(crate) fn new(name: &str) -> Arc<Self> {
        let status = Mutex::new(Status { name: name.to_owned(), ..Status::default() });
        Arc::new(Self { name: name.to_owned(), status, newest: watch::Sender::new(None) })
    }

    pub(crate) fn status(&self) -> Status {
        lock(&self.status).clone()
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Status)) {
        change(&mut lock(&self.status));
    }

    /// The picture takes the place of the one before it.
    pub(crate) fn show(&self, picture: Picture) {
        self.newest.send_replace(Some(picture));
    }

    /// The newest picture, and to be told of newer ones.
    pub(crate) fn watch(&self) -> watch::Receiver<Option<Picture>> {
        self.newest.subscribe()
    }

    /// How many are told.
    #[cfg(test)]
    pub(crate) fn viewers(&self) -> usize {
        self.newest.receiver_count()
    }
}
