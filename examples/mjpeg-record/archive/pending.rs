//! What was deleted and is not free yet: some disks free it only after a while.

use std::time::{Duration, Instant};

/// A disk that has not freed by then what was deleted does not free it.
const FREED: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(super) struct Pending {
    bytes: u64,
    /// When something was deleted last.
    since: Option<Instant>,
    /// What was free at the last look.
    free: Option<u64>,
}

impl Pending {
    /// Bytes that will be free without anything else being deleted.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What is free now. Where that is more, it is what was deleted.
    pub(super) fn look(&mut self, free: Option<u64>) {
        let before = std::mem::replace(&mut self.free, free);
        let risen = free.zip(before).map_or(0, |(free, before)| free.saturating_sub(before));
        self.bytes = self.bytes.saturating_sub(risen);
        if self.since.is_some_and(|since| since.elapsed() >= FREED) {
            self.bytes = 0;
        }
    }

    /// So much was deleted since the last look, and so much is free after it.
    pub(super) fn add(&mut self, deleted: u64, free: Option<u64>) {
        if deleted > 0 {
            self.bytes = self.bytes.saturating_add(deleted);
            self.since = Some(Instant::now());
        }
        self.look(free);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_at_once_is_not_waited_for() {
        let mut pending = Pending::default();
        pending.look(Some(100));
        pending.add(50, Some(150));
        assert_eq!(pending.bytes(), 0);
        pending.look(Some(90));
        assert_eq!(pending.bytes(), 0, "others have written since");
    }

    #[test]
    fn a_disk_that_frees_late_is_waited_for() {
        let mut pending = Pending::default();
        pending.look(Some(100));
        pending.add(50, Some(110));
        assert_eq!(pending.bytes(), 40);
        pending.look(Some(60));
        assert_eq!(pending.bytes(), 40, "what is written does not make it come");
        pending.look(Some(85));
        assert_eq!(pending.bytes(), 15);
        pending.since = Instant::now().checked_sub(FREED);
        pending.look(Some(80));
        assert_eq!(pending.bytes(), 0, "it did not come");
    }
}
