//! What the process holds, as `/proc/self` shows it.

use std::fs;
use std::time::{Duration, Instant};

use crate::common::element::PATIENCE;

/// Threads and descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    threads: usize,
    descriptors: usize,
}

impl Held {
    /// Once what lingers is gone: GLib keeps idle threads.
    pub fn settled() -> Self {
        glib::ThreadPool::set_max_unused_threads(Some(0));
        glib::ThreadPool::stop_unused_threads();
        let mut now = Self::now();
        let mut since = Instant::now();
        while since.elapsed() < Duration::from_millis(500) {
            std::thread::sleep(Duration::from_millis(10));
            if Self::now() != now {
                (now, since) = (Self::now(), Instant::now());
            }
        }
        now
    }

    pub fn now() -> Self {
        let count = |folder| fs::read_dir(folder).unwrap().count();
        Self { threads: count("/proc/self/task"), descriptors: count("/proc/self/fd") }
    }

    /// Waits until no more is held than this.
    pub fn wait(self) {
        glib::ThreadPool::stop_unused_threads();
        let start = Instant::now();
        let mut now = Self::now();
        while now.threads > self.threads || now.descriptors > self.descriptors {
            assert!(start.elapsed() < PATIENCE.into(), "{now:?} instead of {self:?}: {}", names());
            std::thread::sleep(Duration::from_millis(10));
            now = Self::now();
        }
    }
}

/// What the threads are called, and where the descriptors lead.
fn names() -> String {
    let threads = fs::read_dir("/proc/self/task").unwrap().flatten();
    let threads = threads.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    let files = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let files = files.filter_map(|file| fs::read_link(file.path()).ok());
    format!("{:?} {:?}", threads.collect::<Vec<_>>(), files.collect::<Vec<_>>())
}

/// Resident memory, sampled.
#[derive(Default)]
pub struct Memory {
    /// Seconds and MiB.
    samples: Vec<(f64, f64)>,
}

impl Memory {
    pub fn sample(&mut self, at: Duration) {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        self.samples.push((at.as_secs_f64(), kilobytes / 1024.0));
    }

    /// In MiB.
    pub fn by_the_minute(&self) -> String {
        let sizes = self.samples.iter().step_by(60).map(|(_, size)| format!("{size:.1}"));
        sizes.collect::<Vec<_>>().join(" ")
    }

    /// MiB a minute from this time on, by least squares.
    pub fn slope(&self, from: Duration) -> f64 {
        let count = self.behind(from).count() as f64;
        let (times, sizes) = self
            .behind(from)
            .fold((0.0, 0.0), |(t, s), (time, size)| (t + time / count, s + size / count));
        let (above, below) = self.behind(from).fold((0.0, 0.0), |(above, below), (time, size)| {
            let distance = time - times;
            (above + distance * (size - sizes), below + distance * distance)
        });
        60.0 * above / below
    }

    fn behind(&self, from: Duration) -> impl Iterator<Item = (f64, f64)> {
        let from = from.as_secs_f64();
        self.samples.iter().copied().filter(move |(time, _)| *time >= from)
    }
}

#[test]
fn the_slope_is_that_of_a_line() {
    let samples = (0..100).map(|second| (f64::from(second), 7.0 + f64::from(second) / 30.0));
    let memory = Memory { samples: samples.collect() };
    assert!((memory.slope(Duration::from_secs(20)) - 2.0).abs() < 1e-9);
}
