//! What a process has used so far, as the kernel counts it.

use std::fs;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Of this process.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Processor time of all threads, in ns.
    pub cpu: u64,
    /// Time since the machine started, in ns; the same in all processes.
    pub time: u64,
    /// Context switches of all threads that still run.
    pub switches: u64,
}

impl Usage {
    /// At the beginning: what it costs to look is not counted.
    pub fn before() -> Self {
        let switches = switches();
        Self { cpu: nanoseconds(ClockId::ProcessCPUTime), time: now(), switches }
    }

    /// At the end: likewise.
    pub fn after() -> Self {
        let cpu = nanoseconds(ClockId::ProcessCPUTime);
        Self { cpu, time: now(), switches: switches() }
    }
}

/// Monotonic time in ns.
pub fn now() -> u64 {
    nanoseconds(ClockId::Monotonic)
}

fn nanoseconds(clock: ClockId) -> u64 {
    let time = Duration::try_from(clock_gettime(clock)).unwrap();
    u64::try_from(time.as_nanos()).unwrap()
}

fn switches() -> u64 {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    // A thread may end in between.
    let status = tasks.filter_map(|task| fs::read_to_string(task.path().join("status")).ok());
    let names = ["voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:"];
    status.map(|text| names.iter().map(|name| field(&text, name)).sum::<u64>()).sum()
}

/// Threads, and resident memory in KiB, of this process.
pub fn threads_and_memory() -> (u64, u64) {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    (field(&text, "Threads:"), field(&text, "VmRSS:"))
}

/// Processor time of another process, ended or not, in ns. The kernel shows it in
/// hundredths of a second.
pub fn cpu_of(process: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // Behind the name, which may contain anything, in parentheses.
    let (_, fields) = text.rsplit_once(')').unwrap();
    let field = |index| fields.split_whitespace().nth(index).unwrap().parse::<u64>().unwrap();
    (field(11) + field(12)) * 10_000_000
}

fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()).map_or(0, |word| word.parse().unwrap())
}
