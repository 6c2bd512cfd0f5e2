//! Threads, file descriptors and memory of this process.

use std::fs;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Footprint {
    pub(crate) threads: usize,
    pub(crate) descriptors: usize,
    /// Resident, in KiB.
    pub(crate) memory: usize,
}

impl Footprint {
    pub(crate) fn now() -> Self {
        Self {
            threads: entries("/proc/self/task"),
            descriptors: entries("/proc/self/fd"),
            memory: memory(),
        }
    }

    /// Is nothing left over, with this much memory (KiB) for what allocators keep?
    pub(crate) fn is_back_at(&self, before: &Self, tolerance: usize) -> bool {
        self.threads <= before.threads
            && self.descriptors <= before.descriptors
            && self.memory <= before.memory + tolerance
    }
}

fn entries(folder: &str) -> usize {
    fs::read_dir(folder).unwrap().count()
}

fn memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
