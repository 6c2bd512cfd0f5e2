//! What was read and is not taken yet, in order and within a bound.
//!
//! ```text
//!  reading thread ──put──▶ [ picture, picture, warning, picture ] ──take──▶ streaming thread
//!                  waits while it is full        waits while it is empty
//! ```
//!
//! A slow consumer never delays a read while there is room. Where there is none, nothing is
//! read, and TCP pushes the camera back ([`Keep::All`]); or the newest picture takes the
//! place of those that wait ([`Keep::Newest`]).
//!
//! Pictures that come faster than a thousand a second, as after a stall, are taken several at a
//! time: to be woken for each would cost more than the picture.
//!
//! What was put in another epoch than it is taken in is dropped.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::control::{Control, Epoch};
use super::output::Output;
use crate::multipart::Skip;

/// Which pictures wait for a slow consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// All of them.
    All,
    /// The newest one.
    Newest,
}

/// What [`Backlog::take`] found.
#[derive(Debug)]
pub enum Taken {
    /// The oldest of what waits.
    Output(Output),
    /// Nothing came within the time given.
    Nothing,
    /// [`Control::taking`] says that nothing is to be taken.
    Flushing,
}

/// Pictures that are closer together come fast.
const FAST: Duration = Duration::from_millis(1);

/// What comes fast is left to gather for so long.
const GATHERING: Duration = Duration::from_micros(100);

/// What an output costs beside its bytes, in bytes.
const OVERHEAD: usize = 512;

/// See the [module](self). Its one lock is not held while [`Control`] is asked.
#[derive(Debug)]
pub struct Backlog {
    limit: usize,
    keep: Keep,
    inner: Mutex<BacklogInner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct BacklogInner {
    items: VecDeque<Item>,
    bytes: usize,
    /// Threads that wait for a change.
    waiting: u32,
    /// How often everybody was woken to look at [`Control`] again.
    stirred: u64,
    /// When the last picture was taken that had to be waited for.
    awaited: Option<Instant>,
    /// The one before it was taken just before.
    is_fast: bool,
}

#[derive(Debug)]
struct Item {
    epoch: Epoch,
    output: Output,
    weight: usize,
}

impl Backlog {
    /// Holds up to `limit` bytes; one output always fits.
    pub fn new(limit: usize, keep: Keep) -> Self {
        Self { limit, keep, inner: Mutex::default(), changed: Condvar::new() }
    }

    /// Appends what was read in `epoch`. Waits for room; drops it when the epoch is over.
    pub fn put(&self, control: &Control, epoch: Epoch, mut output: Output) {
        let weight = weight(&output);
        loop {
            let stirred = self.lock().stirred;
            // Also where there is room: it may be that of what a pause or flush has cleared.
            if !control.is_current(epoch) {
                return;
            }
            let mut inner = self.lock();
            if self.keep == Keep::Newest {
                inner.give_way(&mut output);
            }
            if inner.counts(epoch, &output) {
                return;
            }
            if inner.fits(weight, self.limit) {
                let can_wait = can_wait(&output);
                inner.bytes += weight;
                inner.items.push_back(Item { epoch, output, weight });
                if !can_wait {
                    self.tell(inner);
                }
                return;
            }
            let is_full = |inner: &mut BacklogInner| {
                inner.stirred == stirred && !inner.fits(weight, self.limit)
            };
            inner.waiting += 1;
            let inner = self.changed.wait_while(inner, is_full);
            inner.unwrap_or_else(PoisonError::into_inner).waiting -= 1;
        }
    }

    /// The oldest of what waits, or what comes within `patience`.
    pub fn take(&self, control: &Control, patience: Duration) -> Taken {
        loop {
            let mut inner = self.lock();
            let gathers = self.keep == Keep::All && inner.gathers();
            if gathers {
                drop(inner);
                thread::sleep(GATHERING);
                inner = self.lock();
            }
            let stirred = inner.stirred;
            drop(inner);
            let Some(epoch) = control.taking() else {
                return Taken::Flushing;
            };
            let is_empty =
                |inner: &mut BacklogInner| inner.stirred == stirred && inner.items.is_empty();
            let mut inner = self.lock();
            let waits = inner.items.is_empty();
            inner.waiting += 1;
            let inner = self.changed.wait_timeout_while(inner, patience, is_empty);
            let (mut inner, time) = inner.unwrap_or_else(PoisonError::into_inner);
            inner.waiting -= 1;
            let mut has_dropped = false;
            while let Some(item) = inner.items.pop_front() {
                inner.bytes -= item.weight;
                if item.epoch == epoch {
                    if waits || gathers {
                        inner.note_wait(&item.output);
                    }
                    self.tell(inner);
                    return Taken::Output(item.output);
                }
                has_dropped = true;
            }
            if has_dropped {
                // Its room is free, for which somebody may wait.
                self.tell(inner);
            }
            if time.timed_out() {
                return Taken::Nothing;
            }
        }
    }

    /// Drops all that waits, and has everybody look at [`Control`] again.
    pub fn clear(&self) {
        let mut inner = self.lock();
        let items = std::mem::take(&mut inner.items);
        inner.bytes = 0;
        inner.stirred += 1;
        drop(inner);
        self.changed.notify_all();
        drop(items);
    }

    /// A call into the kernel, but only where somebody waits.
    fn tell(&self, inner: MutexGuard<'_, BacklogInner>) {
        let is_awaited = inner.waiting > 0;
        drop(inner);
        if is_awaited {
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, BacklogInner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BacklogInner {
    fn fits(&self, weight: usize, limit: usize) -> bool {
        self.items.is_empty() || self.bytes.saturating_add(weight) <= limit
    }

    /// Is the taker to leave pictures alone for a moment?
    fn gathers(&self) -> bool {
        self.is_fast && self.items.is_empty()
    }

    /// The taker had to wait for `output`.
    fn note_wait(&mut self, output: &Output) {
        if let Output::Frame { .. } = output {
            let now = Instant::now();
            let before = self.awaited.replace(now);
            self.is_fast = before.is_some_and(|before| now - before < FAST);
        }
    }

    /// Is `output` the same as the newest that waits, but for their number? Some cameras send
    /// nothing but what is left out, as fast as they can.
    fn counts(&mut self, epoch: Epoch, output: &Output) -> bool {
        let (Some(last), Output::Skipped { skip, times }) = (self.items.back_mut(), output) else {
            return false;
        };
        match &mut last.output {
            Output::Skipped { skip: before, times: sum }
                if last.epoch == epoch && before == skip =>
            {
                *sum += times;
                true
            }
            _ => false,
        }
    }

    /// Drops the pictures that wait if `output` is a newer one, which says so.
    fn give_way(&mut self, output: &mut Output) {
        let Output::Frame { discont, skipped, .. } = output else {
            return;
        };
        self.items.retain(|item| {
            let Output::Frame { discont: older, skipped: before, .. } = item.output else {
                return true;
            };
            *discont |= older;
            *skipped += before + 1;
            self.bytes -= item.weight;
            false
        });
        *discont |= *skipped > 0;
    }
}

/// Nobody is woken for what is only counted: it is taken with what comes next.
pub(super) fn can_wait(output: &Output) -> bool {
    let Output::Skipped { skip, .. } = output else { return false };
    !matches!(skip, Skip::OtherPart { text: Some(_), .. })
}

/// The memory that `output` holds.
fn weight(output: &Output) -> usize {
    let bytes = match output {
        Output::Frame { frame, .. } => frame.bytes.whole().len(),
        Output::Skipped { skip: Skip::OtherPart { essence, text }, .. } => {
            essence.len() + text.as_ref().map_or(0, String::len)
        }
        _ => 0,
    };
    bytes + OVERHEAD
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    /// A backlog that has room for one output.
    fn small() -> (Backlog, Control) {
        (Backlog::new(0, Keep::All), Control::default())
    }

    /// As a pause and a flush do, short as they may be.
    fn next_epoch(control: &Control) -> Epoch {
        control.pause();
        control.resume();
        control.taking().unwrap()
    }

    #[test]
    fn what_is_put_in_an_old_epoch_takes_no_room() {
        let (backlog, control) = small();
        let old = control.taking().unwrap();
        let new = next_epoch(&control);
        backlog.put(&control, old, Output::Unchanged);
        let (done, is_done) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                backlog.put(&control, new, Output::Unchanged);
                done.send(()).unwrap();
            });
            let result = is_done.recv_timeout(PATIENCE);
            backlog.clear();
            result.expect("there is room");
        });
    }

    #[test]
    fn whoever_waits_for_room_hears_of_what_was_dropped() {
        let (backlog, control) = small();
        let old = control.taking().unwrap();
        backlog.put(&control, old, Output::Unchanged);
        let new = next_epoch(&control);
        thread::scope(|scope| {
            scope.spawn(|| backlog.put(&control, new, Output::Unchanged));
            while backlog.lock().waiting == 0 {
                thread::yield_now();
            }
            let taken = backlog.take(&control, PATIENCE);
            backlog.clear();
            assert!(matches!(taken, Taken::Output(Output::Unchanged)), "{taken:?}");
        });
    }
}
