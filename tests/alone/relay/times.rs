//! How long the stream was away, as a table.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::fault::Fault;

/// From the camera's return to the next new picture, by kind of fault.
#[derive(Default)]
pub(crate) struct Times(BTreeMap<Fault, Vec<Duration>>);

impl Times {
    pub(crate) fn add(&mut self, fault: Fault, time: Duration) {
        self.0.entry(fault).or_default().push(time);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (fault, times) in other.0 {
            self.0.entry(fault).or_default().extend(times);
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    pub(crate) fn of(&self, fault: Fault) -> usize {
        self.0.get(&fault).map_or(0, Vec::len)
    }

    pub(crate) fn kinds(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:24} {:>6} {:>9} {:>9} {:>9}",
            "fault", "count", "p50 ms", "p99 ms", "max ms"
        )?;
        for (fault, times) in &self.0 {
            let mut times = times.clone();
            times.sort();
            let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
            let (half, most, all) = (at(50), at(99), at(100));
            writeln!(f, "{fault:24} {:>6} {half:>9.1} {most:>9.1} {all:>9.1}", times.len())?;
        }
        Ok(())
    }
}
